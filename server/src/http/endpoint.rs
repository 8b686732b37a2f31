//! An operation or a page as a handler of axum's: makes the caller and the call, runs the operation, answers for it if it
//! panics, counts and logs the answer, and adds the id of the request and the headers that protect browsers. Not a
//! layer: each layer of axum's costs every request several allocations.

use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{self, HttpBody as _};
use axum::extract::{ConnectInfo, FromRequestParts as _, OriginalUri, Path, Request};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::FutureExt as _;
use holdline_shared::ProblemCode;
use parking_lot::Mutex;
use pin_project_lite::pin_project;
use tracing::Span;

use super::body::read;
use super::protection::protect;
use crate::api::{
    self, ApiError, App, Body, Call, Caller, CallerHeaders, OwnerConnection, REQUEST_ID, Reply, RequestId,
    RequestLine, STRICT_TRANSPORT,
};

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
        let headers = caller_headers(&app, &parts);
        let mut request = RequestContext::begin(app, &parts, &headers);
        let entered = request.span.clone().entered();
        let called = request.find_caller(&parts, &headers).and_then(|caller| {
            request.cookie = api::renew(&request.app, &caller);
            let call = make_call(caller, parts, body)?;
            Ok(caught(|| (self.0)(request.app.clone(), call))?)
        });
        drop(entered);
        match called {
            Ok(operation) => Answering::Running { operation, request },
            Err(refusal) => Answering::Ready { response: Some(request.refuse(refusal)), request },
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
        let headers = caller_headers(&app, &parts);
        let request = RequestContext::begin(app, &parts, &headers);
        let response = request
            .find_caller(&parts, &headers)
            .and_then(|caller| Ok(caught(|| (self.0)(&caller, Request::from_parts(parts, body)))?))
            .unwrap_or_else(|refusal| request.refuse(refusal));
        Answering::Ready { response: Some(response), request }
    }
}

pin_project! {
    /// The pending response.
    #[project = Projected]
    pub(super) enum Answering<O> {
        Running { #[pin] operation: O, request: RequestContext },
        Ready { response: Option<Response>, request: RequestContext },
    }
}

impl<O: Future<Output = Result<Reply, ApiError>>> Future for Answering<O> {
    type Output = Response;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response> {
        let (response, request) = match self.project() {
            Projected::Running { operation, request } => {
                let _entered = request.span.enter();
                let polled = caught(|| operation.poll(context));
                let replied = ready!(polled.unwrap_or_else(|error| Poll::Ready(Err(error))));
                let reply = replied.unwrap_or_else(Reply::from).renewing(request.cookie.take());
                (reply.identified(&request.id).into_response(), &*request)
            }
            // Nothing is polled after it was ready.
            Projected::Ready { response, request } => (response.take().unwrap_or_default(), &*request),
        };
        Poll::Ready(request.finish(response))
    }
}

/// A request from its arrival to its response.
pub(super) struct RequestContext {
    app: App,
    id: RequestId,
    span: Span,
    /// Whether the browser's connection is encrypted.
    is_tls: bool,
    /// A cookie that renews the caller's session.
    cookie: Option<String>,
}

/// The answer to a request that reaches no operation.
enum Refusal {
    Error(ApiError),
    HeadTooLong,
}

impl From<ApiError> for Refusal {
    fn from(error: ApiError) -> Self {
        Self::Error(error)
    }
}

impl RequestContext {
    fn begin(app: App, parts: &Parts, headers: &CallerHeaders<'_>) -> Self {
        let id = RequestId::given(&app.config, peer(parts), headers.request_id);
        let id = id.unwrap_or_else(RequestId::make);
        let span = tracing::debug_span!("request", %id, method = %parts.method, path = parts.uri.path());
        let is_tls = headers.is_tls(&app.config, peer(parts));
        Self { app, id, span, is_tls, cookie: None }
    }

    fn find_caller(&self, parts: &Parts, headers: &CallerHeaders<'_>) -> Result<Caller, Refusal> {
        let original = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        // The buffer into which heads are read is larger, and how much depends on the packets in which they come.
        if head_length(parts, original.path(), original.query()) > HEAD_BYTES {
            return Err(Refusal::HeadTooLong);
        }
        if parts.extensions.get::<OwnerConnection>().is_some() {
            return Ok(Caller::owner());
        }
        let path = parts.uri.path().trim_start_matches('/');
        let line = RequestLine {
            is_safe: parts.method.is_safe(),
            needs_host: parts.version == Version::HTTP_11,
            authority: parts.uri.authority().map(Authority::as_str),
            nested: original.path().strip_suffix(path).unwrap_or_default(),
        };
        Ok(Caller::find(&self.app, peer(parts), line, headers, None)?)
    }

    fn refuse(&self, refusal: Refusal) -> Response {
        match refusal {
            Refusal::Error(error) => Reply::from(error).identified(&self.id).into_response(),
            Refusal::HeadTooLong => {
                let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
                (status, [(header::CONNECTION, "close")]).into_response()
            }
        }
    }

    /// Counts the response, logs it, and adds what every response has.
    fn finish(&self, mut response: Response) -> Response {
        let (status, problem) = (response.status(), response.extensions().get::<ProblemCode>().copied());
        self.app.hub.metrics().answered(status.as_u16(), problem);
        tracing::debug!(parent: &self.span, status = status.as_u16(), "answered");
        let headers = response.headers_mut();
        // Refusals of pages; operations add theirs by themselves.
        if problem.is_some()
            && let Ok(id) = HeaderValue::from_str(&self.id.to_string())
        {
            headers.entry(REQUEST_ID).or_insert(id);
        }
        if self.is_tls {
            let (name, value) = STRICT_TRANSPORT;
            headers.insert(name, HeaderValue::from_static(value));
        }
        protect(headers);
        response
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

fn caller_headers<'a>(app: &App, parts: &'a Parts) -> CallerHeaders<'a> {
    CallerHeaders::read(
        &app.config,
        parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())),
    )
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
    let body = if body.is_end_stream() {
        Body::Read(Bytes::new())
    } else {
        Body::Unread(Mutex::new(Box::pin(read(body))))
    };
    Ok(Call { caller, path, query, headers: parts.headers, body })
}
