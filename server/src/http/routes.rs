//! The table of routes: each with its methods, the operation that answers, and its description for `/api/openapi.json`.

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

/// Makes the routes as [`router`] does, for known host names or behind proxies: one that strips a prefix sends it in
/// `X-Forwarded-Prefix`, which is used if the proxy is trusted.
pub fn router_with<S: Clone + Send + Sync + 'static>(hub: Arc<Hub>, config: HttpConfig) -> Router<S> {
    routes(App::new(hub, config))
}

/// Makes the routes on a state that other transports share.
pub(crate) fn routes<S: Clone + Send + Sync + 'static>(app: App) -> Router<S> {
    Table::new()
        .route("/api/v1/poll", held(api::poll, api::POLL).post(api::poll_by_form, api::POLL_BY_FORM))
        .route("/api/v1/events", held(api::events, api::EVENTS))
        .route("/api/v1/rooms", get(api::rooms, api::ROOMS).post(api::make_room, api::MAKE_ROOM))
        .route(
            "/api/v1/rooms/{room}",
            put(api::put_room, api::PUT_ROOM).delete(api::delete_room, api::DELETE_ROOM),
        )
        .route("/api/v1/rooms/{room}/members", get(api::members, api::MEMBERS))
        .route(
            "/api/v1/rooms/{room}/members/{id}",
            put(api::put_member, api::PUT_MEMBER).delete(api::delete_member, api::DELETE_MEMBER),
        )
        .route("/api/v1/rooms/{room}/hooks", get(api::hooks, api::HOOKS).post(api::make_hook, api::MAKE_HOOK))
        .route("/api/v1/rooms/{room}/hooks/{id}", delete(api::remove_hook, api::REMOVE_HOOK))
        .route(
            "/api/v1/rooms/{room}/messages",
            get(api::history, api::HISTORY).post(api::publish, api::PUBLISH),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{seq}",
            get(api::message, api::MESSAGE).patch(api::edit, api::EDIT).delete(api::delete, api::DELETE),
        )
        .route(
            "/api/v1/rooms/{room}/messages/{seq}/reactions/{emoji}",
            put(api::react, api::REACT).delete(api::unreact, api::UNREACT),
        )
        .route("/api/v1/rooms/{room}/messages/{seq}/report", post(api::report, api::REPORT))
        .route("/api/v1/direct", post(api::direct, api::DIRECT_ROOM))
        .route(
            "/api/v1/people/{id}/ban",
            put(api::ban_person, api::BAN_PERSON).delete(api::unban_person, api::UNBAN_PERSON),
        )
        .route("/api/v1/bans", get(api::bans, api::BANS).post(api::ban, api::BAN))
        .route("/api/v1/bans/{id}", delete(api::lift_ban, api::LIFT_BAN))
        .route("/api/v1/tokens", get(api::tokens, api::TOKENS).post(api::make_token, api::MAKE_TOKEN))
        .route("/api/v1/tokens/{id}", delete(api::revoke_token, api::REVOKE_TOKEN))
        .route("/api/v1/audit", get(api::audit, api::AUDIT))
        .route(
            "/api/v1/session",
            get(api::show_session, api::SHOW_SESSION)
                .post(api::begin_session, api::BEGIN_SESSION)
                .delete(api::end_session, api::END_SESSION),
        )
        .route("/api/v1/door", get(api::show_door, api::SHOW_DOOR).put(api::put_door, api::PUT_DOOR))
        .route("/api/v1/admin-link", post(api::admin_link, api::ADMIN_LINK))
        .route("/api/v1/rotate-secret", post(api::rotate_secret, api::ROTATE_SECRET))
        .route("/api/v1/sign-in", post(api::sign_in, api::SIGN_IN))
        .route("/api/v1/redeem", post(api::redeem, api::REDEEM))
        .route("/api/v1/redeem/look", post(api::look_at_code, api::LOOK_AT_CODE))
        .route(
            "/api/v1/me",
            get(api::show_me, api::SHOW_ME)
                .patch(api::change_me, api::CHANGE_ME)
                .delete(api::erase_me, api::ERASE_ME),
        )
        .route(
            "/api/v1/me/sessions",
            get(api::own_sessions, api::OWN_SESSIONS)
                .delete(api::end_other_sessions, api::END_OTHER_SESSIONS),
        )
        .route("/api/v1/me/sessions/{id}", delete(api::end_own_session, api::END_OWN_SESSION))
        .route("/api/v1/me/device-link", post(api::make_device_link, api::MAKE_DEVICE_LINK))
        .route("/api/v1/people", get(api::people, api::PEOPLE))
        .route(
            "/api/v1/people/{id}",
            get(api::show_person, api::SHOW_PERSON)
                .patch(api::change_person, api::CHANGE_PERSON)
                .delete(api::erase_person, api::ERASE_PERSON),
        )
        .route(
            "/api/v1/people/{id}/sessions",
            get(api::sessions_of, api::SESSIONS_OF).delete(api::end_sessions_of, api::END_SESSIONS_OF),
        )
        .route("/api/v1/invites", get(api::invites, api::INVITES).post(api::make_invite, api::MAKE_INVITE))
        .route("/api/v1/invites/{id}", delete(api::revoke_invite, api::REVOKE_INVITE))
        .route("/hooks/{key}", post(api::post_to_hook, api::POST_TO_HOOK))
        .route("/subscribe", held(api::subscribe, api::SUBSCRIBE))
        .route("/publish", post(api::publish_classic, api::PUBLISH_CLASSIC))
        .route("/classic", page(classic_page::page(&app.config), classic_page::CLASSIC))
        .route("/healthz", get(api::healthz, api::HEALTHZ))
        .route("/readyz", get(api::readyz, api::READYZ))
        .route("/metrics", get(api::metrics, api::METRICS))
        .described_at("/api/openapi.json")
        .or_else(assets::serve(&app.config))
        .with_state(app)
}
