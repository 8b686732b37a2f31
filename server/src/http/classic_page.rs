//! `GET /classic`: a page without WebAssembly that uses the classic routes, for old browsers and as a
//! successor of the tutorial's page.

use axum::extract::Request;
use axum::response::{Html, IntoResponse, Response};

use super::page_protection::PageProtection;
use crate::api::{Caller, Description, HttpConfig};

/// The page as a handler.
pub(super) fn page(
    config: &HttpConfig,
) -> impl Fn(&Caller, Request) -> Response + Clone + Send + Sync + 'static {
    let protection = PageProtection::new(PAGE, ALLOWED, &config.frame_ancestors);
    move |caller, _| {
        let mut response = Html(PAGE).into_response();
        protection.add_to(response.headers_mut(), &caller.site);
        response
    }
}

/// The description of the page in `/api/openapi.json`.
pub(super) const CLASSIC: Description = Description::new("A page without WebAssembly for the classic routes")
    .answers_as(200, "text/html; charset=utf-8");

/// The sources that the page may use: the two routes, and its own scripts.
const ALLOWED: &str =
    "default-src 'none'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; script-src";

const PAGE: &str = include_str!("classic_page/page.html");
