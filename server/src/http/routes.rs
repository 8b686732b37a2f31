//! The table of routes, each with its methods.

use std::sync::Arc;

use axum::Router;

use super::methods::{Table, delete, get, held, page, post, put};
use super::{assets, classic_page};
use crate::api::{self, App, HttpConfig};
use crate::hub::Hub;

/// The router of a hub, to be served alone or nested under a prefix of another app. Generic in that app's
/// state. With `nest_service("/chat", …)` the page is at `/chat` and at `/chat/`; axum's `nest` leaves the
/// latter to the host. The client finds its prefix by itself. Answers to every host name and trusts no proxy;
/// see [`router_with`].
pub fn router<S: Clone + Send + Sync + 'static>(hub: Arc<Hub>) -> Router<S> {
    router_with(hub, HttpConfig::default())
}

/// Like [`router`], for known host names or behind proxies: one that strips a prefix sends it in
/// `X-Forwarded-Prefix`, which is used if the proxy is trusted.
pub fn router_with<S: Clone + Send + Sync + 'static>(hub: Arc<Hub>, config: HttpConfig) -> Router<S> {
    routes(App::new(hub, config))
}

/// Makes the routes on a state that other transports share.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(app: App) -> Router<S> {
    Table::new()
        .route("/api/v1/poll", held(api::poll).post(api::poll_by_form))
        .route("/api/v1/events", held(api::events))
        .route("/api/v1/rooms", get(api::rooms).post(api::make_room))
        .route("/api/v1/rooms/{room}", put(api::put_room).delete(api::delete_room))
        .route("/api/v1/rooms/{room}/members", get(api::members))
        .route("/api/v1/rooms/{room}/members/{id}", put(api::put_member).delete(api::delete_member))
        .route("/api/v1/rooms/{room}/messages", get(api::history).post(api::publish))
        .route("/api/v1/rooms/{room}/messages/{seq}", get(api::message).patch(api::edit).delete(api::delete))
        .route("/api/v1/rooms/{room}/messages/{seq}/reactions/{emoji}", put(api::react).delete(api::unreact))
        .route("/api/v1/rooms/{room}/messages/{seq}/report", post(api::report))
        .route("/api/v1/direct", post(api::direct))
        .route("/api/v1/people/{id}/ban", put(api::ban_person).delete(api::unban_person))
        .route("/api/v1/bans", get(api::bans).post(api::ban))
        .route("/api/v1/bans/{id}", delete(api::lift_ban))
        .route("/api/v1/tokens", get(api::tokens).post(api::make_token))
        .route("/api/v1/tokens/{id}", delete(api::revoke_token))
        .route("/api/v1/audit", get(api::audit))
        .route("/api/v1/session", get(api::show_session).post(api::begin_session).delete(api::end_session))
        .route("/api/v1/door", get(api::show_door).put(api::put_door))
        .route("/api/v1/admin-link", post(api::admin_link))
        .route("/api/v1/sign-in", post(api::sign_in))
        .route("/api/v1/redeem", post(api::redeem))
        .route("/api/v1/me", get(api::show_me).patch(api::change_me).delete(api::erase_me))
        .route("/api/v1/me/sessions", get(api::own_sessions).delete(api::end_other_sessions))
        .route("/api/v1/me/sessions/{id}", delete(api::end_own_session))
        .route("/api/v1/me/device-link", post(api::make_device_link))
        .route("/api/v1/people", get(api::people))
        .route(
            "/api/v1/people/{id}",
            get(api::show_person).patch(api::change_person).delete(api::erase_person),
        )
        .route("/api/v1/people/{id}/sessions", get(api::sessions_of).delete(api::end_sessions_of))
        .route("/api/v1/invites", get(api::invites).post(api::make_invite))
        .route("/api/v1/invites/{id}", delete(api::revoke_invite))
        .route("/subscribe", held(api::subscribe))
        .route("/publish", post(api::publish_classic))
        .route("/classic", page(classic_page::page))
        .route("/healthz", get(api::healthz))
        .route("/readyz", get(api::readyz))
        .route("/metrics", get(api::metrics))
        .or_else(assets::serve)
        .with_state(app)
}
