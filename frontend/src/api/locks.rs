//! Web Locks: of all tabs of this browser, one at a time holds a name. Available only to pages from HTTPS or this
//! machine.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_channel::oneshot::{self, Receiver};
use gloo_timers::callback::Timeout;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::time::millis;

/// A lock, held until it is dropped or the page goes.
pub struct Lock(Function);

impl Drop for Lock {
    fn drop(&mut self) {
        // Resolving a promise cannot throw.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// A request for a lock.
pub struct LockRequest {
    /// The lock, once it is granted.
    pub granted: Receiver<Lock>,
    /// The promise that settles when the lock is lost or the request failed.
    pub over: JsFuture,
}

/// Requests the lock of this name: in the queue, or with `steal` immediately from its holder. `None` if the browser has
/// no locks.
pub fn request_lock(name: &str, steal: bool) -> Option<LockRequest> {
    let navigator = web_sys::window()?.navigator();
    let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
    let request: Function = Reflect::get(&locks, &"request".into()).ok()?.dyn_into().ok()?;
    let options = Object::new();
    Reflect::set(&options, &"steal".into(), &steal.into()).ok()?;
    let (send, granted) = oneshot::channel();
    let mut send = Some(send);
    let hold = Closure::once_into_js(move |_: JsValue| -> JsValue {
        Promise::new(&mut |release, _| {
            if let Some(send) = send.take() {
                // If nobody waits any more, the lock is dropped and thereby released at once.
                let _ = send.send(Lock(release));
            }
        })
        .into()
    });
    let over = request.call3(&locks, &name.into(), &options, &hold).ok()?;
    Some(LockRequest { granted, over: JsFuture::from(over.dyn_into::<Promise>().ok()?) })
}

/// Waits for the lock of this name, but no longer than `patience`: its holder may be frozen. Returns `None` at once if
/// the browser has no locks, or refuses them, as it does where cookies are blocked.
pub async fn lock(name: &str, patience: Duration) -> Option<Lock> {
    let LockRequest { granted, over } = request_lock(name, false)?;
    let (send, first) = oneshot::channel();
    let send = Rc::new(Cell::new(Some(send)));
    let (waiting, refused) = (Rc::clone(&send), Rc::clone(&send));
    let _timer = Timeout::new(millis(patience), move || drop(waiting.take()));
    spawn_local(async move {
        // A lock that is granted too late is released by being dropped.
        if let (Ok(lock), Some(send)) = (granted.await, send.take()) {
            let _ = send.send(lock);
        }
    });
    spawn_local(async move {
        // An error also means no more than that the request is over.
        let _ = over.await;
        drop(refused.take());
    });
    first.await.ok()
}
