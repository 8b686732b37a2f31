//! Every route, in one table.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post, put};
use holdline_shared::ProblemCode;

use super::failure::Failure;
use super::{App, assets, change, classic, events, health, history, poll, publish, rooms, session};
use crate::hub::Hub;

/// Everything Holdline answers, for a hub: serve it alone, or nest it under a prefix of your own app. Generic in the
/// host's state. With `nest_service("/chat", …)` the page is at `/chat` and at `/chat/`; axum's `nest` leaves the latter
/// to the host. The client finds its prefix by itself; behind a proxy that strips one, let the proxy send
/// `X-Forwarded-Prefix`.
pub fn router<S: Clone + Send + Sync + 'static>(hub: Arc<Hub>) -> Router<S> {
    let app = App::new(hub);
    Router::new()
        .route("/api/v1/poll", get(poll::poll).head(method_not_allowed))
        .route("/api/v1/events", get(events::events).head(method_not_allowed))
        .route("/api/v1/rooms", get(rooms::list))
        .route("/api/v1/rooms/{room}", put(rooms::put))
        .route("/api/v1/rooms/{room}/messages", get(history::history).post(publish::publish))
        .route("/api/v1/rooms/{room}/messages/{seq}", patch(change::edit).delete(change::delete))
        .route(
            "/api/v1/rooms/{room}/messages/{seq}/reactions/{emoji}",
            put(change::react).delete(change::take_reaction_back),
        )
        .route("/api/v1/session", get(session::show).post(session::begin).delete(session::end))
        .route("/subscribe", get(classic::subscribe).head(method_not_allowed))
        .route("/publish", post(classic::publish))
        .route("/classic", get(classic::page))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(assets::serve)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn(refuse_cross_site))
        .layer(from_fn_with_state(app.clone(), health::count))
        .with_state(app)
}

async fn method_not_allowed(method: Method) -> Failure {
    Failure::new(
        ProblemCode::MethodNotAllowed,
        format!("this address does not take {method}; see the Allow header"),
    )
}

/// Browsers say when another site's page is the one that asks. Such a page may link here, but not change anything.
async fn refuse_cross_site(request: Request, next: Next) -> Response {
    let is_cross_site = request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    if is_cross_site && !request.method().is_safe() {
        let why = "a page of another site sent this request; open Holdline itself";
        return Failure::new(ProblemCode::CrossSite, why).into_response();
    }
    next.run(request).await
}
