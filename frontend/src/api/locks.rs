//! Web Locks: of all tabs of this browser, one at a time holds a name. Browsers have them in secure contexts only, so
//! that there may be none.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::base::object;
use super::once::{Awaited, once};

/// A lock, held until it is dropped or the page goes.
pub struct Lock(Function);

impl Drop for Lock {
    fn drop(&mut self) {
        // Nothing can be thrown by a promise's own resolving.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// What was asked for.
pub struct Asked {
    /// The lock, once it is ours.
    pub granted: Awaited<Lock>,
    /// Ends when it is not ours any more, or will never be.
    pub over: JsFuture,
}

/// Asks for the lock of this name: in the queue, or at once by taking it from who holds it. `None` where there are no
/// locks.
pub fn ask(name: &str, steal: bool) -> Option<Asked> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let options = object(&[("steal", steal.into())]);
    let (send, granted) = once();
    let mut send = Some(send);
    let hold = Closure::once_into_js(move |_: JsValue| -> JsValue {
        Promise::new(&mut |release, _| {
            if let Some(send) = send.take() {
                // Given back at once when nobody waits for it any more.
                send.give(Lock(release));
            }
        })
        .into()
    });
    let over = request.call3(&locks, &name.into(), &options, &hold).ok()?;
    Some(Asked { granted, over: JsFuture::from(over.dyn_into::<Promise>().ok()?) })
}

/// The lock of this name, after waiting for it, but no longer than `patience`: who holds it may be frozen. At once
/// nothing where there are no locks.
pub async fn lock(name: &str, patience: Duration) -> Option<Lock> {
    let granted = ask(name, false)?.granted;
    let (send, first) = once();
    let send = Rc::new(Cell::new(Some(send)));
    let waiting = Rc::clone(&send);
    let _timer =
        Timeout::new(patience.as_millis().try_into().unwrap_or(u32::MAX), move || drop(waiting.take()));
    spawn_local(async move {
        // A lock that comes too late is given back by being dropped.
        if let (Some(lock), Some(send)) = (granted.await, send.take()) {
            send.give(lock);
        }
    });
    first.await
}
