//! Around every route: finds the caller before a handler runs, answers for a handler that panics, and puts on every answer
//! what protects browsers.

use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;

use axum::extract::{ConnectInfo, OriginalUri, Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use holdline_shared::ProblemCode;

use super::caller::{Caller, CallerHeaders, Line};
use super::failure::Failure;
use super::{App, BUILD};

/// Nothing may be done with an answer of the API but read it.
const POLICY: &str = "default-src 'none'; frame-ancestors 'none'";

/// Every header that protects, in the order in which they are sent; an event loop sends the same.
pub(crate) const PROTECTION: &str = concat!(
    "x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n",
    "content-security-policy: default-src 'none'; frame-ancestors 'none'\r\nholdline-build: ",
    env!("HOLDLINE_BUILD"),
    "\r\n"
);

/// Longest head of a request, in bytes, without the space around values.
pub(crate) const HEAD_BYTES: usize = 32 * 1024;

/// The middleware.
pub(super) async fn guard(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let response = match find_caller(&app, &request) {
        // The buffer into which heads are read is larger, and how much depends on the packets in which they come.
        _ if head_length(&request) > HEAD_BYTES => {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            (status, [(header::CONNECTION, "close")]).into_response()
        }
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            let handled = AssertUnwindSafe(next.run(request)).catch_unwind().await;
            handled.unwrap_or_else(|_| {
                tracing::error!("a request's handler panicked; what it said stands above");
                let detail =
                    "the server failed at this request; it may be sent again, and should be reported";
                Failure::new(ProblemCode::Internal, detail).into_response()
            })
        }
        Err(failure) => failure.into_response(),
    };
    protect(response)
}

/// How long the head was, as far as it shows: two signs and a line's end around each header's name and value, and around
/// the parts of the first line.
fn head_length(request: &Request) -> usize {
    let headers: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let original = request.extensions().get::<OriginalUri>().map_or(request.uri(), |original| &original.0);
    let target = original.path().len() + original.query().map_or(0, |query| query.len() + 1);
    request.method().as_str().len() + target + " HTTP/1.1\r\n\r\n ".len() + headers
}

fn find_caller(app: &App, request: &Request) -> Result<Caller, Failure> {
    let headers = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let headers = CallerHeaders::read(headers);
    let original = request.extensions().get::<OriginalUri>().map(|original| original.path());
    let path = request.uri().path().trim_start_matches('/');
    let line = Line {
        is_safe: request.method().is_safe(),
        needs_host: request.version() == Version::HTTP_11,
        authority: request.uri().authority().map(Authority::as_str),
        nested: original.and_then(|original| original.strip_suffix(path)).unwrap_or_default(),
    };
    let peer = peer(request);
    if headers.has_forwarded() && !peer.is_some_and(|peer| app.config.trusts(peer)) {
        app.ignored.tell(peer);
    }
    let caller = Caller::find(&app.config, || peer, &headers, line)?;
    Ok(caller.with_visitor(&app.config, peer, &headers))
}

fn peer(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip())
}

fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (HeaderName::from_static("holdline-build"), BUILD),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn event_loops_send_the_same_headers() {
        let response = protect(Response::default());
        let lines = response.headers().iter().map(|(name, value)| {
            let value = value.to_str().unwrap();
            format!("{name}: {value}\r\n")
        });
        assert_eq!(lines.collect::<String>(), PROTECTION);
    }
}
