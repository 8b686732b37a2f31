//! The browser's clocks and random numbers, for the pure state machines.

use std::time::Duration;

use holdline_shared::{Jitter, Moment, PublishKey, Timestamp};
use wasm_bindgen::UnwrapThrowExt;

/// Returns the current moment on a clock that never goes back.
pub fn now() -> Moment {
    let millis = web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now());
    Duration::from_secs_f64(millis.max(0.0) / 1_000.0)
}

/// Returns the current wall-clock time.
pub fn wall_clock() -> Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a time after 1970, in milliseconds"
    )]
    Timestamp(js_sys::Date::now().max(0.0) as u64)
}

/// Returns the time until the moment of an HTTP date, which `Retry-After` may contain.
pub(super) fn until_date(date: &str) -> Option<Duration> {
    let millis = js_sys::Date::parse(date) - js_sys::Date::now();
    Duration::try_from_secs_f64(millis.max(0.0) / 1_000.0).ok()
}

/// Converts a time for the browser's timers, which count in milliseconds up to 24 days.
pub fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs())
}

/// Returns a fresh random number for backoff.
pub fn jitter() -> Jitter {
    Jitter::new(js_sys::Math::random())
}

/// Creates a publish key. `crypto.randomUUID` does not exist on pages served without TLS; random bytes do.
pub fn random_key() -> PublishKey {
    let mut bytes = [0; 16];
    let crypto = web_sys::window().unwrap_throw().crypto().unwrap_throw();
    crypto.get_random_values_with_u8_array(&mut bytes).unwrap_throw();
    PublishKey::from_random(bytes)
}
