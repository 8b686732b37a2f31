//! The tests that need a browser: requests through its fetch, its storage, and where the reader is while rows come and
//! go. Run by `cargo xtask test` in headless Chromium.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that meets the unexpected fails")]

mod navigation;
mod played_server;
mod rooms;
mod session;
mod writing;

use std::time::Duration;

use holdline_frontend::api::{self, AbortOnDrop, Fault, Storage, scroll};
use holdline_shared::{Event, PollQuery, ProblemCode, RoomName, RoomSelection};
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A time beyond what any answer of these tests takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Puts a function in the place of fetch; it is given the request.
fn answer_with(body: &str) {
    let fetch = Function::new_with_args("request", body);
    js_sys::Reflect::set(&js_sys::global(), &"fetch".into(), &fetch).unwrap();
}

fn lobby() -> PollQuery {
    PollQuery::new(RoomSelection::Named(vec![RoomName::lobby()]))
}

#[wasm_bindgen_test]
async fn a_poll_is_a_request_and_its_answer_a_batch() {
    answer_with(
        "if (!request.url.endsWith('api/v1/poll?room=lobby') || request.cache !== 'no-store') return Promise.reject(request.url);
         return Promise.resolve(new Response(JSON.stringify({
             entries: [{seq: 7, room: 'lobby', at: 1, author: {id: 'ada', name: 'Ada'}, kind: 'delete', target: 3}],
             cursor: '00000000000000ff-7', wait: 25 })));",
    );
    let guard = AbortOnDrop::new();
    let batch = api::poll(&lobby(), PATIENCE, &guard.signal()).await.unwrap();
    assert_eq!(batch.cursor.to_string(), "00000000000000ff-7");
    assert_eq!(batch.entries[0].author.name.as_str(), "Ada");
}

#[wasm_bindgen_test]
async fn every_refusal_is_what_the_machine_is_told() {
    let guard = AbortOnDrop::new();
    answer_with(
        "return Promise.resolve(new Response(JSON.stringify({type: 'urn:holdline:problem:overloaded', title: 't', status: 503,
             code: 'overloaded', detail: 'come back'}),
             {status: 503, headers: {'content-type': 'application/problem+json', 'retry-after': '7'}}));",
    );
    let fault = api::poll(&lobby(), PATIENCE, &guard.signal()).await.unwrap_err();
    let Event::Refused { status, problem, retry_after } = Event::from(fault) else { panic!("not refused") };
    assert_eq!((status, problem.unwrap().code), (503, ProblemCode::Overloaded));
    assert_eq!(retry_after.unwrap().as_secs(), 7);

    answer_with("return Promise.resolve(new Response('<h1>Bad Gateway</h1>', {status: 502}));");
    let fault = api::poll(&lobby(), PATIENCE, &guard.signal()).await.unwrap_err();
    assert!(matches!(Event::from(fault), Event::Refused { status: 502, problem: None, .. }));

    answer_with("return Promise.resolve(new Response('{\"entries\":['));");
    assert!(
        matches!(api::poll(&lobby(), PATIENCE, &guard.signal()).await, Err(Fault::Failed(_))),
        "an answer that was cut"
    );

    answer_with("return Promise.reject(new TypeError('Failed to fetch'));");
    let fault = api::poll(&lobby(), PATIENCE, &guard.signal()).await.unwrap_err();
    assert!(matches!(Event::from(fault), Event::Failed { .. }));
}

/// The promise of a response with its body, as the page keeps it for the client.
fn kept(response: &str) -> String {
    format!("(async response => ({{ response, body: await response.text() }}))({response})")
}

#[wasm_bindgen_test]
async fn answer_that_came_before_the_client_is_taken_once() {
    let answer = |server: &str| {
        format!("new Response(JSON.stringify({{ door: 'open', person: null, server: '{server}' }}))")
    };
    answer_with(&format!("return Promise.resolve({});", answer("asked")));
    let first = async |promise: &str| {
        Function::new_no_args(&format!("globalThis.firstAnswers = {{ 'GET door': {promise} }}"))
            .call0(&JsValue::NULL)
            .unwrap();
        api::door().await.unwrap().server
    };
    assert_eq!(first(&kept(&answer("first"))).await, "first");
    assert_eq!(api::door().await.unwrap().server, "asked");
    assert_eq!(first("Promise.resolve(undefined)").await, "asked", "the page had a reason not to ask");
    assert_eq!(first("Promise.reject(new TypeError('Failed to fetch'))").await, "asked");
}

#[wasm_bindgen_test]
async fn refusal_that_came_before_the_client_counts() {
    answer_with("return Promise.reject(new Error('asked once more'));");
    let refusal = kept("new Response('', { status: 429, headers: { 'retry-after': '7' } })");
    Function::new_no_args(&format!(
        "globalThis.firstAnswers = {{ 'POST session': {refusal}, 'GET rooms/lobby/messages': {refusal} }}"
    ))
    .call0(&JsValue::NULL)
    .unwrap();
    let is_refusal = |fault| matches!(fault, Fault::Refused { status: 429, retry_after: Some(_), .. });
    assert!(is_refusal(api::first_session().await.unwrap().unwrap_err()));
    assert!(is_refusal(api::first_history(&RoomName::lobby()).await.unwrap().unwrap_err()));
    assert!(api::first_session().await.is_none(), "each is taken once");
}

#[wasm_bindgen_test]
async fn dropping_the_guard_ends_the_request() {
    answer_with(
        "return new Promise((_, reject) => request.signal.addEventListener('abort', () => reject(new Error('aborted'))));",
    );
    let guard = AbortOnDrop::new();
    let signal = guard.signal();
    let query = lobby();
    let polling = api::poll(&query, PATIENCE, &signal);
    wasm_bindgen_futures::spawn_local(async move { drop(guard) });
    assert!(polling.await.is_err(), "this would hang if the request were still held");
    assert!(signal.is_over());
}

#[wasm_bindgen_test]
fn storage_outlives_the_page_and_keeps_mounts_apart() {
    let (here, there) = (Storage::with_prefix("test:/:"), Storage::with_prefix("test:/chat/:"));
    here.set("draft:lobby", "half a sentence");
    here.set("draft:tea", "");
    assert_eq!(Storage::with_prefix("test:/:").get("draft:lobby").as_deref(), Some("half a sentence"));
    assert_eq!(there.get("draft:lobby"), None);
    let mut drafts: Vec<_> = here.all("draft:").into_iter().map(|(_, text)| text).collect();
    drafts.sort();
    assert_eq!(drafts, ["", "half a sentence"]);
    here.remove("draft:lobby");
    assert_eq!(Storage::with_prefix("test:/:").get("draft:lobby"), None);
    here.remove("draft:tea");
}

/// A view of 100 pixels with rows of 40 in it.
fn view(rows: u32) -> (Element, Element) {
    let document = document();
    let view: HtmlElement = document.create_element("div").unwrap().dyn_into().unwrap();
    view.set_attribute("style", "height: 100px; overflow-y: scroll; overflow-anchor: none").unwrap();
    let list = document.create_element("div").unwrap();
    view.append_child(&list).unwrap();
    document.body().unwrap().append_child(&view).unwrap();
    for n in 0..rows {
        list.append_child(&row(n)).unwrap();
    }
    (view.into(), list)
}

fn row(seq: u32) -> Element {
    let row = document().create_element("article").unwrap();
    row.set_attribute("style", "height: 40px").unwrap();
    row.set_attribute("data-seq", &seq.to_string()).unwrap();
    row
}

fn document() -> Document {
    web_sys::window().unwrap().document().unwrap()
}

#[wasm_bindgen_test]
fn the_end_is_known_and_found() {
    let (view, list) = view(20);
    assert!(!scroll::is_at_end(&view));
    scroll::to_end(&view);
    assert!(scroll::is_at_end(&view));
    list.append_child(&row(20)).unwrap();
    list.append_child(&row(21)).unwrap();
    assert!(!scroll::is_at_end(&view), "two rows came below");
    view.remove();
}

#[wasm_bindgen_test]
fn the_place_is_kept_when_older_rows_come_above() {
    let (view, list) = view(20);
    let heading = document().create_element("p").unwrap();
    heading.set_attribute("style", "height: 30px; margin: 0").unwrap();
    list.insert_before(&heading, list.first_child().as_ref()).unwrap();
    for (round, top) in (0..).zip([0, 25, 300]) {
        view.set_scroll_top(top);
        let place = scroll::place(&view, &list).unwrap();
        let seen = |seq: &str| {
            let row = list.query_selector(&format!("[data-seq='{seq}']")).unwrap().unwrap();
            row.get_bounding_client_rect().top() - view.get_bounding_client_rect().top()
        };
        let before = seen("10");
        let first = list.query_selector("article").unwrap();
        for n in 0..5 {
            list.insert_before(&row(1000 + 5 * round + n), first.as_ref().map(AsRef::as_ref)).unwrap();
        }
        assert!((seen("10") - before).abs() > 100.0, "the rows have moved");
        assert!(scroll::put_back(&view, &list, &place));
        assert!((seen("10") - before).abs() <= 1.0, "from {before} to {} at {top}", seen("10"));
    }
    view.remove();
}
