//! The whole engine, in a room, against a server that is played by a function in the place of fetch.

use gloo_timers::future::TimeoutFuture;
use holdline_frontend::command::Command;
use holdline_frontend::engine::{Engine, Running};
use holdline_frontend::state::{Page, Phase};
use holdline_shared::RoomName;
use js_sys::{Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::answer_with;

/// Answers the page's requests, and notes them in `asked`. The only room is the lobby, with Ada's message 1, until
/// another one is made. A new passphrase ends the poll that is held; its own answer waits for `finish()`.
const SERVER: &str = r"
    const path = new URL(request.url).pathname.split('/api/v1/')[1];
    const what = `${request.method} ${path}`;
    asked.push(what);
    const cursor = '00000000000000ff-1';
    const ada = { id: 'ada', name: 'Ada' };
    const me = { ...ada, kind: 'member', admin: false, about: '', time_zone: '', has_passphrase: true };
    const answer = (body, status = 200) => new Response(JSON.stringify(body), {
        status, headers: { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' } });
    const refusal = (status, code) => answer({ type: `urn:holdline:problem:${code}`, title: 't', status, code, detail: 'no' }, status);
    const key = '7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f';
    const message = { seq: 1, room: 'lobby', at: 1, author: ada, key, text: 'one' };
    const history = messages => Promise.resolve(answer({ messages, more: false, topic: '', cursor }));
    switch (what) {
        case 'GET door': return Promise.resolve(answer({ door: 'open', person: me, server: '' }));
        case 'POST session': return Promise.resolve(answer({ person: ada }));
        case 'GET rooms': return Promise.resolve(answer({
            rooms: [{ name: 'lobby', topic: '', head: 1, said: 1, at: 1, here: 0 }], cursor }));
        case 'GET people': return Promise.resolve(answer({ people: [] }));
        case 'PUT rooms/tea': return Promise.resolve(new Response(null, { status: 204 }));
        case 'GET rooms/tea/messages':
            return asked.includes('PUT rooms/tea') ? history([]) : Promise.resolve(refusal(404, 'unknown_room'));
        case 'GET rooms/lobby/messages': return history([message]);
        case 'GET poll': return new Promise((resolve, reject) => {
            request.signal.addEventListener('abort', () => reject(new Error('aborted')));
            if (new URL(request.url).searchParams.get('wait') === '0') resolve(answer({ entries: [], cursor, wait: 25 }));
            else endPoll = () => resolve(refusal(401, 'session_required'));
        });
        case 'PATCH me':
            endPoll();
            return new Promise(resolve => finish = () => { asked.push('changed'); resolve(answer(me)); });
    }
    return Promise.resolve(refusal(404, 'unknown_route'));";

/// A page that polls the server. It ends when it is dropped.
pub(crate) struct PolledPage {
    engine: Engine,
    _running: Running,
}

impl PolledPage {
    /// Opens a page at this room, and waits until a poll is held.
    pub(crate) async fn open(room: &str) -> Self {
        let page = Self::start(room);
        until("poll", || global("endPoll").is_function()).await;
        page
    }

    /// Opens a page at a room that does not exist, and waits until the page says so.
    pub(crate) async fn open_missing(room: &str) -> Self {
        let page = Self::start(room);
        let is_missing = || page.engine.state().room().is_some_and(|room| room.phase == Phase::Missing);
        until("missing room", is_missing).await;
        page
    }

    fn start(room: &str) -> Self {
        set_global("asked", &Array::new());
        for function in ["finish", "endPoll"] {
            set_global(function, &JsValue::NULL);
        }
        answer_with(SERVER);
        let (engine, running) = Engine::start(Page::Room(RoomName::parse(room).unwrap(), None));
        Self { engine, _running: running }
    }

    pub(crate) fn run(&self, command: Command) {
        self.engine.run(command);
    }
}

/// Calls a function that the server has put up.
pub(crate) fn call(name: &str) {
    global(name).unchecked_into::<Function>().call0(&JsValue::NULL).unwrap();
}

/// Waits until the server has put up a function.
pub(crate) async fn until_there_is(name: &str) {
    until(name, || global(name).is_function()).await;
}

/// Waits until something was asked.
pub(crate) async fn until_asked(what: &str) {
    until(what, || asked().iter().any(|asked| asked == what)).await;
}

/// The requests so far.
pub(crate) fn asked() -> Vec<String> {
    global("asked").unchecked_into::<Array>().iter().filter_map(|what| what.as_string()).collect()
}

async fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..3_000 {
        if is_so() {
            return;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("no {what} after {:?}", asked());
}

fn global(name: &str) -> JsValue {
    Reflect::get(&js_sys::global(), &name.into()).unwrap()
}

fn set_global(name: &str, value: &JsValue) {
    Reflect::set(&js_sys::global(), &name.into(), value).unwrap();
}
