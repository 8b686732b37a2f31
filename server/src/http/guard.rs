//! Around every handler: finds the caller before it runs, answers for it if it panics, counts the answer, and adds the
//! headers that protect browsers.

use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::{ConnectInfo, OriginalUri, Request};
use axum::handler::Handler;
use axum::http::uri::Authority;
use axum::http::{HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use holdline_shared::{Problem, ProblemCode};
use pin_project_lite::pin_project;

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

/// A handler with the guard around it. Not a layer of axum's: each of those would cost every request several allocations.
#[derive(Clone)]
pub(super) struct Guarded<H>(pub(super) H);

impl<T: 'static, H: Handler<T, App>> Handler<T, App> for Guarded<H> {
    type Future = GuardedFuture<H::Future>;

    fn call(self, mut request: Request, app: App) -> Self::Future {
        // The buffer into which heads are read is larger, and how much depends on the packets in which they come.
        if head_length(&request) > HEAD_BYTES {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            let response = (status, [(header::CONNECTION, "close")]).into_response();
            return GuardedFuture::Refused { response: Some(response), app };
        }
        match find_caller(&app, &request) {
            Ok(caller) => {
                request.extensions_mut().insert(caller);
                GuardedFuture::Handled { response: self.0.call(request, app.clone()), app }
            }
            Err(failure) => GuardedFuture::Refused { response: Some(failure.into_response()), app },
        }
    }
}

pin_project! {
    /// The response of a guarded handler.
    #[project = Projected]
    pub(super) enum GuardedFuture<F> {
        Handled { #[pin] response: F, app: App },
        Refused { response: Option<Response>, app: App },
    }
}

impl<F: Future<Output = Response>> Future for GuardedFuture<F> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let (response, app) = match self.project() {
            Projected::Handled { response, app } => {
                let polled = catch_unwind(AssertUnwindSafe(|| response.poll(context)));
                (ready!(polled.unwrap_or_else(|_| Poll::Ready(after_panic()))), app)
            }
            // It is taken once: nothing is polled after it was ready.
            Projected::Refused { response, app } => (response.take().unwrap_or_default(), app),
        };
        let code = response.extensions().get::<Problem>().map(|problem| problem.code);
        app.hub.metrics().answered(response.status().as_u16(), code);
        Poll::Ready(protect(response))
    }
}

fn after_panic() -> Response {
    tracing::error!("a request's handler panicked; what it said stands above");
    let detail = "the server failed at this request; it may be sent again, and should be reported";
    Failure::new(ProblemCode::Internal, detail).into_response()
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
