//! One request and its answer. No retries, no meaning: see `answer` and the callers.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Request, Response};

use super::base::{base, object, set};
use super::{Answer, Fault};

/// Ends the requests that carry its signal when it is dropped.
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
    /// A guard with no requests yet.
    pub fn new() -> Self {
        Self(AbortController::new().ok())
    }

    /// To be given to requests.
    pub fn signal(&self) -> Signal {
        Signal(self.0.as_ref().map(AbortController::signal))
    }
}

/// Tells a request that nobody waits for it any more.
#[derive(Debug, Clone, Default)]
pub struct Signal(Option<AbortSignal>);

impl Signal {
    /// Whether it has told so.
    pub fn is_over(&self) -> bool {
        self.0.as_ref().is_some_and(AbortSignal::aborted)
    }
}

thread_local! {
    /// The server's build as the first answer said it, and whether a later answer said another one.
    static BUILD: RefCell<(Option<String>, bool)> = const { RefCell::new((None, false)) };
}

/// Whether the server is another build than the one that this page was loaded from.
pub fn is_outdated() -> bool {
    BUILD.with_borrow(|(_, is_outdated)| *is_outdated)
}

fn note_build(build: Option<String>) {
    let Some(build) = build else { return };
    BUILD.with_borrow_mut(|(first, is_outdated)| match first {
        None => *first = Some(build),
        Some(first) => *is_outdated |= *first != build,
    });
}

/// What becomes of a request. Boxed, so that the page carries this code once and not once for each caller.
pub(super) type Answering = Pin<Box<dyn Future<Output = Result<Answer, Fault>>>>;

/// Asks `route` of the server's API.
pub(super) fn get(route: String, signal: &Signal) -> Answering {
    send("GET", route, None, signal)
}

/// Sends a request, with a body of JSON or none.
pub(super) fn send(method: &'static str, route: String, body: Option<String>, signal: &Signal) -> Answering {
    send_as("application/json", method, route, body, signal)
}

/// Asks `route` by a form in the body, for what is too long to stand in an address.
pub(super) fn send_form(route: String, form: String, signal: &Signal) -> Answering {
    send_as("application/x-www-form-urlencoded", "POST", route, Some(form), signal)
}

fn send_as(
    content_type: &'static str,
    method: &'static str,
    route: String,
    body: Option<String>,
    signal: &Signal,
) -> Answering {
    let signal = signal.0.as_ref().map_or(JsValue::UNDEFINED, JsValue::from);
    Box::pin(async move {
        let body = body.map(|body| (content_type, body));
        let answer = fetch(method, &base().api(&route), body, signal).await;
        // Browsers give no reasons, only "Failed to fetch" in their own words; people deserve a sentence.
        answer.map_err(|_| Fault::Failed("the server cannot be reached".to_owned()))
    })
}

async fn fetch(
    method: &str,
    url: &str,
    body: Option<(&str, String)>,
    signal: JsValue,
) -> Result<Answer, JsValue> {
    let init = object(&[("method", method.into()), ("cache", "no-store".into()), ("signal", signal)]);
    if let Some((content_type, body)) = body {
        let headers = object(&[("Content-Type", content_type.into())]);
        set(&init, "headers", &headers);
        set(&init, "body", &body.into());
    }
    let request = Request::new_with_str_and_init(url, init.unchecked_ref())?;
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let response = JsFuture::from(window.fetch_with_request(&request)).await?;
    let response: &Response = response.unchecked_ref();
    let (status, headers) = (response.status(), response.headers());
    note_build(headers.get("holdline-build")?);
    let (content_type, retry_after) = (headers.get("content-type")?, headers.get("retry-after")?);
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer { status, content_type, retry_after, body })
}
