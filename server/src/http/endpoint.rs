//! An operation or a page as an axum handler: makes the caller and the call, runs the operation, answers for
//! it if it panics, counts the answer, and adds the headers that protect browsers. Not a layer, because each
//! layer of axum costs every request several allocations.

use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{self, HttpBody as _};
use axum::extract::{ConnectInfo, FromRequestParts as _, OriginalUri, Path, Request};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt as _;
use holdline_shared::ProblemCode;
use pin_project_lite::pin_project;

use super::body::read;
use super::protection::protect;
use crate::api::{ApiError, App, Body, Call, Caller, CallerHeaders, Reply, RequestLine};

/// The longest head of a request, in bytes, without the space around values.
pub(crate) const HEAD_BYTES: usize = 32 * 1024;

/// An operation as a handler.
#[derive(Clone)]
pub(super) struct Operation<F>(pub(super) F);

/// A function that answers at once, from the caller and the request alone, as a handler.
#[derive(Clone)]
pub(super) struct Page<F>(pub(super) F);

impl<F, O> Handler<Operation<O>, App> for Operation<F>
where
    F: FnOnce(App, Call) -> O + Clone + Send + Sync + 'static,
    O: Future<Output = Result<Reply, ApiError>> + Send + 'static,
{
    type Future = Answering<O>;

    fn call(self, request: Request, app: App) -> Answering<O> {
        let (parts, body) = request.into_parts();
        let called = find_caller(&app, &parts).and_then(|caller| {
            let call = make_call(caller, parts, body)?;
            Ok(caught(|| (self.0)(app.clone(), call))?)
        });
        match called {
            Ok(operation) => Answering::Running { operation, app },
            Err(Refusal(response)) => Answering::Ready { response: Some(*response), app },
        }
    }
}

impl<F> Handler<Page<()>, App> for Page<F>
where
    F: FnOnce(&Caller, Request) -> Response + Clone + Send + Sync + 'static,
{
    type Future = Answering<std::future::Pending<Result<Reply, ApiError>>>;

    fn call(self, request: Request, app: App) -> Self::Future {
        let (parts, body) = request.into_parts();
        let response = find_caller(&app, &parts)
            .and_then(|caller| Ok(caught(|| (self.0)(&caller, Request::from_parts(parts, body)))?));
        Answering::Ready { response: Some(response.unwrap_or_else(|Refusal(response)| *response)), app }
    }
}

pin_project! {
    /// The pending response.
    #[project = Projected]
    pub(super) enum Answering<O> {
        Running { #[pin] operation: O, app: App },
        Ready { response: Option<Response>, app: App },
    }
}

impl<O: Future<Output = Result<Reply, ApiError>>> Future for Answering<O> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let (mut response, app) = match self.project() {
            Projected::Running { operation, app } => {
                let polled = caught(|| operation.poll(context));
                (ready!(polled.unwrap_or_else(|error| Poll::Ready(Err(error)))).into_response(), app)
            }
            // A future is not polled again after it was ready.
            Projected::Ready { response, app } => (response.take().unwrap_or_default(), app),
        };
        let code = response.extensions().get::<ProblemCode>().copied();
        app.hub.metrics().answered(response.status().as_u16(), code);
        protect(response.headers_mut());
        Poll::Ready(response)
    }
}

/// A response to a request that reaches no operation.
struct Refusal(Box<Response>);

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self(Box::new(error.into_response()))
    }
}

/// Runs a function, and turns a panic into an error.
fn caught<T>(act: impl FnOnce() -> T) -> Result<T, ApiError> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|_| {
        tracing::error!("an operation panicked; the message of the panic stands above");
        let detail = "the server failed at this request; it may be sent again, and should be reported";
        ApiError::new(ProblemCode::Internal, detail)
    })
}

fn find_caller(app: &App, parts: &Parts) -> Result<Caller, Refusal> {
    let original = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    // The buffer into which hyper reads heads is larger, by an amount that depends on the packets.
    if head_length(parts, original.path(), original.query()) > HEAD_BYTES {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        let response = (status, [(header::CONNECTION, "close")]).into_response();
        return Err(Refusal(Box::new(response)));
    }
    let path = parts.uri.path().trim_start_matches('/');
    let line = RequestLine {
        is_safe: parts.method.is_safe(),
        needs_host: parts.version == Version::HTTP_11,
        authority: parts.uri.authority().map(Authority::as_str),
        nested: original.path().strip_suffix(path).unwrap_or_default(),
    };
    let headers = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    Ok(Caller::find(app, peer(parts), line, &CallerHeaders::read(headers), None)?)
}

/// The length of the head as far as it can be reconstructed: two characters and a line break around each
/// header's name and value, and around the parts of the first line.
fn head_length(parts: &Parts, path: &str, query: Option<&str>) -> usize {
    let headers: usize =
        parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    let target = path.len() + query.map_or(0, |query| query.len() + 1);
    parts.method.as_str().len() + target + " HTTP/1.1\r\n\r\n ".len() + headers
}

fn peer(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip())
}

fn make_call(caller: Caller, mut parts: Parts, body: body::Body) -> Result<Call, ApiError> {
    // The extractor needs no input, so it never waits.
    let path = Path::<Vec<String>>::from_request_parts(&mut parts, &()).now_or_never();
    let Some(Ok(Path(path))) = path else {
        return Err(ApiError::parameter("the address is not text in UTF-8"));
    };
    let query = parts.uri.query().unwrap_or_default().to_owned();
    let body =
        if body.is_end_stream() { Body::Read(Bytes::new()) } else { Body::Unread(Box::pin(read(body))) };
    Ok(Call { caller, path, query, headers: parts.headers, body })
}
