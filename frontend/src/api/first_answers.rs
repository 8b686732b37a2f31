//! The responses to the requests that the page sent while the client was loading (`frontend/first_requests.js`). Each
//! is taken once, in place of a request of the client's own.

use gloo_net::http::Response;
use js_sys::{Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// Takes the response to a request, given as method and route, with its body; `None` if the page did not send it, or if
/// it failed.
pub(super) async fn take(request: &str) -> Option<(Response, String)> {
    let answers = Reflect::get(&js_sys::global(), &"firstAnswers".into()).ok()?;
    let name = JsValue::from(request);
    let promise: Promise = Reflect::get(&answers, &name).ok()?.dyn_into().ok()?;
    Reflect::delete_property(answers.unchecked_ref::<Object>(), &name).ok()?;
    let answer = JsFuture::from(promise).await.ok()?;
    let response: web_sys::Response = Reflect::get(&answer, &"response".into()).ok()?.dyn_into().ok()?;
    Some((response.into(), Reflect::get(&answer, &"body".into()).ok()?.as_string()?))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use holdline_shared::{After, PollQuery, RoomName, RoomSelection, Seq};

    use crate::state::samples::at;

    /// The script's first poll is the client's, letter by letter: otherwise both would be sent.
    #[test]
    fn script_polls_as_the_client_does() {
        let query = PollQuery {
            rooms: RoomSelection::Named(vec![RoomName::lobby()]),
            after: After::At(at(7)),
            wait: Some(Duration::ZERO),
            here: vec![RoomName::lobby()],
            presence: None,
            memberships: Some(Seq::START),
        };
        let query = query.to_query_string();
        let template = query.replace("lobby", "${name}").replace(&at(7).to_string(), "${cursor}");
        let script = include_str!("../../first_requests.js");
        assert!(script.contains(&format!("`poll?{template}`")), "{template}");
    }
}
