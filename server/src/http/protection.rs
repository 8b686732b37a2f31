//! The headers that protect browsers, the same on every answer of every transport.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The build: the version, and a hash of the embedded browser client. Every answer has it in the header
/// `holdline-build`, so that an old page can offer to reload.
pub const BUILD: &str = env!("HOLDLINE_BUILD");

/// Names and values, in the order in which they are sent. An answer of the API may only be read; pages have a policy of
/// their own (`page_protection`).
const PROTECTION: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("cross-origin-resource-policy", "same-origin"),
    ("holdline-build", BUILD),
];

/// The headers as lines of a response's head.
pub(crate) fn protection_lines() -> String {
    let mut lines = String::new();
    for (name, value) in PROTECTION {
        lines.extend([name, ": ", value, "\r\n"]);
    }
    lines
}

/// Adds the headers that the answer does not have already.
pub(super) fn protect(headers: &mut HeaderMap) {
    for (name, value) in PROTECTION {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
}
