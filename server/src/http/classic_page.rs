//! `GET /classic`: a page without WebAssembly that uses the classic routes, for old browsers and as a
//! successor of the tutorial's page.

use std::sync::LazyLock;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use super::assets::hashes;
use crate::api::Caller;

/// Answers with the page.
pub(super) fn page(_: &Caller, _: Request) -> Response {
    static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
        let (scripts, styles) = (hashes(PAGE, "script"), hashes(PAGE, "style"));
        let policy = format!(
            "default-src 'none'; script-src{scripts}; style-src{styles}; connect-src 'self'; img-src data:; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
        );
        HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
    });
    ([(header::CONTENT_SECURITY_POLICY, POLICY.clone())], Html(PAGE)).into_response()
}

const PAGE: &str = include_str!("classic_page/page.html");
