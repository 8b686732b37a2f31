//! The answers to what the page has asked while the client was loading (`frontend/first_requests.js`). Each is taken once, in
//! place of a request of the client's own.

use gloo_net::http::Response;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Takes the answer to a request, its method and its route; `None` if the page has not asked that, or in vain.
pub(super) async fn take(request: &str) -> Option<Response> {
    let answers = Reflect::get(&js_sys::global(), &"firstAnswers".into()).ok()?;
    let name = JsValue::from(request);
    let promise: Promise = Reflect::get(&answers, &name).ok()?.dyn_into().ok()?;
    Reflect::delete_property(answers.unchecked_ref::<Object>(), &name).ok()?;
    let answer = JsFuture::from(promise).await.ok()?;
    Some(Response::from(answer.dyn_into::<web_sys::Response>().ok()?))
}
