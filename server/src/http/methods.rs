//! The methods of one address, declared once: their handlers, the value of `Allow`, and the answers to
//! `OPTIONS` and to every other method.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter};
use bytes::Bytes;
use holdline_shared::ProblemCode;

use super::compression::compressed;
use super::endpoint::{Operation, Page};
use super::openapi::{Listed, OPENAPI, document};
use crate::api::{ApiError, App, Call, Caller, Description, Reply};

/// The answer of an operation.
type Answer = Result<Reply, ApiError>;

/// An operation.
pub(super) trait Act<O>: FnOnce(App, Call) -> O + Clone + Send + Sync + 'static {}

impl<O, F: FnOnce(App, Call) -> O + Clone + Send + Sync + 'static> Act<O> for F {}

/// A function that answers at once.
pub(super) trait Answers:
    FnOnce(&Caller, Request) -> Response + Clone + Send + Sync + 'static
{
}

impl<F: FnOnce(&Caller, Request) -> Response + Clone + Send + Sync + 'static> Answers for F {}

/// The methods that an address takes, with their handlers and descriptions.
pub(super) struct Methods {
    handlers: MethodRouter<App>,
    allow: Vec<&'static str>,
    described: Vec<(&'static str, Description)>,
}

/// `GET`, and with it `HEAD`, with answers that are compressed.
pub(super) fn get<O: Future<Output = Answer> + Send + 'static>(
    operation: impl Act<O>,
    description: Description,
) -> Methods {
    Methods::new().on(MethodFilter::GET, &["GET", "HEAD"], compressed(Operation(operation)), description)
}

/// Registers a page for `GET`, as [`get`] does an operation.
pub(super) fn page(page: impl Answers, description: Description) -> Methods {
    Methods::new().on(MethodFilter::GET, &["GET", "HEAD"], compressed(Page(page)), description)
}

/// `GET` for a held request, without `HEAD`: a hold without a body would be useless, and a cursor that it
/// moved would lose a message.
pub(super) fn held<O: Future<Output = Answer> + Send + 'static>(
    operation: impl Act<O>,
    description: Description,
) -> Methods {
    Methods::new().on(MethodFilter::GET, &["GET"], Operation(operation), description)
}

/// `POST`.
pub(super) fn post<O: Future<Output = Answer> + Send + 'static>(
    operation: impl Act<O>,
    description: Description,
) -> Methods {
    Methods::new().post(operation, description)
}

/// `PUT`.
pub(super) fn put<O: Future<Output = Answer> + Send + 'static>(
    operation: impl Act<O>,
    description: Description,
) -> Methods {
    Methods::new().put(operation, description)
}

/// `DELETE`.
pub(super) fn delete<O: Future<Output = Answer> + Send + 'static>(
    operation: impl Act<O>,
    description: Description,
) -> Methods {
    Methods::new().delete(operation, description)
}

impl Methods {
    fn new() -> Self {
        Self { handlers: MethodRouter::new(), allow: Vec::new(), described: Vec::new() }
    }

    /// Adds `POST`.
    pub(super) fn post<O: Future<Output = Answer> + Send + 'static>(
        self,
        operation: impl Act<O>,
        description: Description,
    ) -> Self {
        self.on(MethodFilter::POST, &["POST"], Operation(operation), description)
    }

    /// Adds `PUT`.
    pub(super) fn put<O: Future<Output = Answer> + Send + 'static>(
        self,
        operation: impl Act<O>,
        description: Description,
    ) -> Self {
        self.on(MethodFilter::PUT, &["PUT"], Operation(operation), description)
    }

    /// Adds `PATCH`.
    pub(super) fn patch<O: Future<Output = Answer> + Send + 'static>(
        self,
        operation: impl Act<O>,
        description: Description,
    ) -> Self {
        self.on(MethodFilter::PATCH, &["PATCH"], Operation(operation), description)
    }

    /// Adds `DELETE`.
    pub(super) fn delete<O: Future<Output = Answer> + Send + 'static>(
        self,
        operation: impl Act<O>,
        description: Description,
    ) -> Self {
        self.on(MethodFilter::DELETE, &["DELETE"], Operation(operation), description)
    }

    fn on<H: Handler<T, App>, T: 'static>(
        self,
        filter: MethodFilter,
        names: &[&'static str],
        handler: H,
        description: Description,
    ) -> Self {
        let Self { handlers, mut allow, mut described } = self;
        allow.extend(names);
        described.extend(names.first().map(|&method| (method, description)));
        Self { handlers: handlers.on(filter, handler), allow, described }
    }

    fn into_router(mut self) -> MethodRouter<App> {
        let has_head = self.allow.contains(&"HEAD");
        self.allow.push("OPTIONS");
        let allow = self.allow.join(", ");
        let refuse = Page(move |_: &Caller, request: Request| {
            if request.method() == Method::OPTIONS {
                options(&allow)
            } else {
                not_allowed(request.method(), &allow)
            }
        });
        let handlers =
            if has_head { self.handlers } else { self.handlers.on(MethodFilter::HEAD, refuse.clone()) };
        handlers.on(MethodFilter::OPTIONS, refuse.clone()).fallback(refuse)
    }
}

/// Addresses with their methods.
pub(super) struct Table {
    router: Router<App>,
    operations: Vec<Listed>,
}

impl Table {
    pub(super) fn new() -> Self {
        Self { router: Router::new(), operations: Vec::new() }
    }

    pub(super) fn route(mut self, path: &'static str, mut methods: Methods) -> Self {
        let described = methods.described.drain(..);
        self.operations.extend(described.map(|(method, description)| Listed { method, path, description }));
        Self { router: self.router.route(path, methods.into_router()), ..self }
    }

    /// Adds the document that describes the table, itself included. It is made when it is first asked for, and is the
    /// same for every router.
    pub(super) fn described_at(self, path: &'static str) -> Self {
        static DOCUMENT: OnceLock<Bytes> = OnceLock::new();
        let mut operations = self.operations;
        operations.push(Listed { method: "GET", path, description: OPENAPI });
        let operations = Arc::new(operations);
        let answer = move |_: &Caller, _: Request| {
            let document = DOCUMENT.get_or_init(|| document(&operations).to_string().into());
            Reply::encoded(200, document.clone()).into_response()
        };
        let table = Self { router: self.router, operations: Vec::new() };
        table.route(path, page(answer, OPENAPI))
    }

    /// The router of the table, with `fallback` for every other address.
    pub(super) fn or_else(self, fallback: impl Answers) -> Router<App> {
        self.router.fallback(compressed(Page(fallback)))
    }
}

/// The value of `Allow` for pages and files.
pub(super) const READING: &str = "GET, HEAD, OPTIONS";

/// Whether a request asks for the methods of the server as a whole (`OPTIONS *`).
pub(super) fn is_about_server(request: &Request) -> bool {
    request.method() == Method::OPTIONS && request.uri().path() == "*"
}

/// The union of the methods of all addresses.
pub(super) const EVERYTHING: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

/// Answers `OPTIONS`. Pages of other sites learn nothing from it: it has no `Access-Control-Allow-Origin`.
pub(super) fn options(allow: &str) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    with_allow(response, allow)
}

/// Answers a method that the address does not have.
pub(super) fn not_allowed(method: &Method, allow: &str) -> Response {
    let detail = format!("this address does not take {method}; it takes {allow}");
    with_allow(ApiError::new(ProblemCode::MethodNotAllowed, detail).into_response(), allow)
}

fn with_allow(mut response: Response, allow: &str) -> Response {
    response.headers_mut().extend(HeaderValue::from_str(allow).ok().map(|value| (header::ALLOW, value)));
    response
}
