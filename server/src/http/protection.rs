//! The headers that protect browsers, the same on every answer of every transport.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Which build this is: the version, and a hash of the browser client that is embedded. Every answer says it in the header
/// `holdline-build`, so that an old page can offer to load itself again.
pub const BUILD: &str = env!("HOLDLINE_BUILD");

/// Names and values, in the order in which they are sent. Nothing may be done with an answer of the API but read it.
const PROTECTION: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("holdline-build", BUILD),
];

/// The same as lines of a head.
pub(crate) fn protection_lines() -> String {
    let mut lines = String::new();
    for (name, value) in PROTECTION {
        lines.extend([name, ": ", value, "\r\n"]);
    }
    lines
}

/// Adds them, unless the answer has its own.
pub(super) fn protect(headers: &mut HeaderMap) {
    for (name, value) in PROTECTION {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}
