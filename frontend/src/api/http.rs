//! Requests and their responses, each with a deadline. Does not retry or interpret: see `answer` and the callers.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use gloo_events::EventListener;
use gloo_net::http::{Method, Request, RequestBuilder, Response};
use gloo_timers::callback::Timeout;
use serde::Serialize;
use web_sys::{AbortController, AbortSignal, RequestCache, RequestRedirect};

use super::base::{base, kept_build};
use super::time::{millis, until_date};
use super::{Answer, Fault, first_answers};

use crate::words;

/// The deadline of a request that the server answers at once. A POST on a silently dead connection would otherwise wait
/// as long as TCP does.
const DEADLINE: Duration = Duration::from_secs(20);

/// A guard that aborts the requests with its signal when it is dropped.
#[derive(Debug, Default)]
pub struct AbortOnDrop(Option<AbortController>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl AbortOnDrop {
    /// Creates a guard without requests.
    pub fn new() -> Self {
        Self(AbortController::new().ok())
    }

    /// The signal for requests that dropping this guard aborts.
    pub fn signal(&self) -> Signal {
        Signal(self.0.as_ref().map(AbortController::signal))
    }
}

/// The signal to a request that nobody waits for it any more.
#[derive(Debug, Clone, Default)]
pub struct Signal(Option<AbortSignal>);

impl Signal {
    /// Whether the guard was dropped.
    pub fn is_over(&self) -> bool {
        self.0.as_ref().is_some_and(AbortSignal::aborted)
    }
}

thread_local! {
    /// The build of this page, taken from the page or else from the first response, and whether a later response named
    /// another build.
    static BUILD: RefCell<(Option<String>, bool)> = RefCell::new((kept_build(), false));
    /// The session's token, in a browser that refuses the cookie.
    static TOKEN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Whether the server runs another build than the one that this page was loaded from.
pub fn is_outdated() -> bool {
    BUILD.with_borrow(|(_, is_outdated)| *is_outdated)
}

/// Sends this token with every request from now on.
pub(super) fn use_token(token: Option<String>) {
    TOKEN.set(token);
}

/// Whether requests carry a token because the browser refuses the cookie.
pub fn uses_token() -> bool {
    TOKEN.with_borrow(Option::is_some)
}

fn note_build(build: Option<String>) {
    let Some(build) = build else { return };
    BUILD.with_borrow_mut(|(first, is_outdated)| match first {
        None => *first = Some(build),
        Some(first) => *is_outdated |= *first != build,
    });
}

/// A request to a route of the server's API.
pub(super) struct Call {
    /// Method and route.
    name: String,
    request: RequestBuilder,
    body: Option<String>,
    deadline: Duration,
    signal: Signal,
}

/// The outcome of a call. Boxed, so that the client contains the code once and not once for each caller.
pub(super) type Answering = Pin<Box<dyn Future<Output = Result<Answer, Fault>>>>;

impl Call {
    /// Creates a call of `route` with this method.
    pub(super) fn new(method: Method, route: &str) -> Self {
        let name = format!("{method} {route}");
        let request = RequestBuilder::new(&base().api(route)).method(method);
        Self { name, request, body: None, deadline: DEADLINE, signal: Signal::default() }
    }

    /// Creates a GET call of `route`.
    pub(super) fn get(route: &str) -> Self {
        Self::new(Method::GET, route)
    }

    /// Adds a JSON body.
    pub(super) fn json(self, body: &impl Serialize) -> Self {
        // The protocol's types always have a JSON form.
        let json = serde_json::to_string(body).unwrap_or_default();
        self.body("application/json", json)
    }

    /// Adds a form body, for fields that are too long for an address.
    pub(super) fn form(self, fields: String) -> Self {
        self.body("application/x-www-form-urlencoded", fields)
    }

    /// Aborts the call when the guard of this signal is dropped.
    pub(super) fn until(self, signal: &Signal) -> Self {
        Self { signal: signal.clone(), ..self }
    }

    /// Sets another deadline than the usual one.
    pub(super) fn within(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Sends the request, unless the page sent it while the client was loading, and reads the whole response.
    pub(super) fn send(self) -> Answering {
        Box::pin(self.run())
    }

    /// Returns the response if the page sent the request while the client was loading.
    pub(super) async fn answered(&self) -> Option<Answer> {
        first_answers::take(&self.name).await.map(|(response, body)| answer(&response, body))
    }

    fn body(self, content_type: &str, body: String) -> Self {
        Self { request: self.request.header("Content-Type", content_type), body: Some(body), ..self }
    }

    async fn run(self) -> Result<Answer, Fault> {
        // Browsers give no reasons, only "Failed to fetch" in their own words; people deserve a sentence.
        let unreachable = || Fault::Failed(words::UNREACHABLE.to_owned());
        let first = first_answers::take(&self.name).await;
        let controller = AbortController::new().map_err(|_| unreachable())?;
        let is_late = Rc::new(Cell::new(false));
        let _deadline = {
            let (controller, is_late) = (controller.clone(), Rc::clone(&is_late));
            Timeout::new(millis(self.deadline), move || {
                is_late.set(true);
                controller.abort();
            })
        };
        let _given_up = self.signal.0.as_ref().map(|signal| {
            let controller = controller.clone();
            EventListener::once(signal, "abort", move |_| controller.abort())
        });
        if self.signal.is_over() {
            return Err(unreachable());
        }
        if let Some((response, body)) = first {
            return Ok(answer(&response, body));
        }
        let request = self.request.cache(RequestCache::NoStore).redirect(RequestRedirect::Manual);
        let request = match TOKEN.with_borrow(Clone::clone) {
            Some(token) => request.header("Authorization", &format!("Bearer {token}")),
            None => request,
        };
        let request = request.abort_signal(Some(&controller.signal()));
        let request = match self.body {
            Some(body) => request.body(body),
            None => request.build(),
        };
        fetch(request.map_err(|_| unreachable())?).await.map_err(|_| {
            if is_late.get() { Fault::Failed(words::NO_ANSWER.to_owned()) } else { unreachable() }
        })
    }
}

async fn fetch(request: Request) -> Result<Answer, gloo_net::Error> {
    let response = request.send().await?;
    let body = response.text().await?;
    Ok(answer(&response, body))
}

fn answer(response: &Response, body: String) -> Answer {
    let headers = response.headers();
    note_build(headers.get("holdline-build"));
    let retry_after = headers
        .get("retry-after")
        .and_then(|text| text.trim().parse().map(Duration::from_secs).ok().or_else(|| until_date(&text)));
    Answer { status: response.status(), content_type: headers.get("content-type"), retry_after, body }
}
