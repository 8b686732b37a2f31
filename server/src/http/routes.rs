//! Every route, in one table, with the methods that it takes.

use std::sync::Arc;

use axum::Router;

use super::methods::{Table, get, held, post, put};
use super::{
    App, HttpConfig, assets, change, classic, events, health, history, poll, publish, rooms, session,
};
use crate::hub::Hub;

/// Everything Holdline answers, for a hub: serve it alone, or nest it under a prefix of your own app. Generic in the
/// host's state. With `nest_service("/chat", …)` the page is at `/chat` and at `/chat/`; axum's `nest` leaves the latter
/// to the host. The client finds its prefix by itself. Answers to every host name and believes no proxy; see
/// [`router_with`].
pub fn router<S: Clone + Send + Sync + 'static>(hub: Arc<Hub>) -> Router<S> {
    router_with(hub, HttpConfig::default())
}

/// The same for known host names, or behind proxies: one that strips a prefix says so in `X-Forwarded-Prefix`, and is
/// believed if it is trusted.
pub fn router_with<S: Clone + Send + Sync + 'static>(hub: Arc<Hub>, config: HttpConfig) -> Router<S> {
    routes(App::new(hub, config))
}

/// The same for an app that others share.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(app: App) -> Router<S> {
    Table::new()
        .route("/api/v1/poll", held(poll::poll).post(poll::poll_by_form))
        .route("/api/v1/events", held(events::events))
        .route("/api/v1/rooms", get(rooms::list))
        .route("/api/v1/rooms/{room}", put(rooms::put))
        .route("/api/v1/rooms/{room}/messages", get(history::history).post(publish::publish))
        .route(
            "/api/v1/rooms/{room}/messages/{seq}",
            get(history::message).patch(change::edit).delete(change::delete),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{seq}/reactions/{emoji}",
            put(change::react).delete(change::take_reaction_back),
        )
        .route("/api/v1/session", get(session::show).post(session::begin).delete(session::end))
        .route("/subscribe", held(classic::subscribe))
        .route("/publish", post(classic::publish))
        .route("/classic", get(classic::page))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .or_else(assets::serve)
        .with_state(app)
}
