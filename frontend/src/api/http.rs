//! One request and its answer. No retries, no meaning: see `answer` and the callers.

use std::future::Future;
use std::pin::Pin;

use gloo_net::http::{Method, RequestBuilder};
use wasm_bindgen::JsValue;
use web_sys::{AbortController, AbortSignal, RequestCache};

use super::{Answer, Fault, base};

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

/// What becomes of a request. Boxed, so that the page carries this code once and not once for each caller.
pub(super) type Answering = Pin<Box<dyn Future<Output = Result<Answer, Fault>>>>;

/// Asks `route` of the server's API.
pub(super) fn get(route: String, signal: &Signal) -> Answering {
    send(Method::GET, route, None, signal)
}

/// Sends a request, with a body of JSON or none.
pub(super) fn send(method: Method, route: String, body: Option<String>, signal: &Signal) -> Answering {
    let signal = signal.clone();
    Box::pin(async move {
        let request = RequestBuilder::new(&base().api(&route)).method(method).cache(RequestCache::NoStore);
        let request = request.abort_signal(signal.0.as_ref());
        let request = match body {
            Some(body) => request.header("Content-Type", "application/json").body(JsValue::from(body)),
            None => request.build(),
        };
        let response = request.map_err(failed)?.send().await.map_err(failed)?;
        let (status, headers) = (response.status(), response.headers());
        let (content_type, retry_after) = (headers.get("content-type"), headers.get("retry-after"));
        let body = response.text().await.map_err(failed)?;
        Ok(Answer { status, content_type, retry_after, body })
    })
}

/// Browsers give no reasons, only "Failed to fetch" in their own words; people deserve a sentence.
fn failed(error: gloo_net::Error) -> Fault {
    match error {
        gloo_net::Error::JsError(_) => Fault::Failed("the server cannot be reached".to_owned()),
        gloo_net::Error::GlooError(why) => Fault::Failed(why),
    }
}
