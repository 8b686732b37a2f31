//! The headers that protect a page: what it may run and load, who may frame it, and the abilities of the browser that it
//! does without. Knows no page.

use std::fmt::Write as _;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::api::{FrameAncestors, Site};

/// The headers of one page.
#[derive(Debug, Clone)]
pub(super) struct PageProtection {
    policy: HeaderValue,
}

/// Abilities that no page of ours uses, and that no script may use in its name.
const UNUSED: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), fullscreen=(), \
                      geolocation=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), \
                      payment=(), picture-in-picture=(), publickey-credentials-get=(), screen-wake-lock=(), serial=(), \
                      usb=(), xr-spatial-tracking=()";

impl PageProtection {
    /// The headers of `page`. `allowed` is the beginning of its policy, up to the sources of scripts; the hashes of its
    /// inline scripts and styles are added.
    pub(super) fn new(page: &str, allowed: &str, ancestors: &FrameAncestors) -> Self {
        let (scripts, styles) = (hashes(page, "script"), hashes(page, "style"));
        let policy = format!("{allowed}{scripts}; style-src{styles}; frame-ancestors {ancestors}");
        // All parts are ASCII; a policy that were none would allow nothing.
        let nothing = HeaderValue::from_static("default-src 'none'");
        Self { policy: HeaderValue::from_str(&policy).unwrap_or(nothing) }
    }

    /// Adds the headers. Where a browser does not trust the connection, it would ignore the one about other windows and
    /// complain about it in its console.
    pub(super) fn add_to(&self, headers: &mut HeaderMap, site: &Site) {
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        headers.insert(HeaderName::from_static("permissions-policy"), HeaderValue::from_static(UNUSED));
        if site.is_trustworthy {
            let name = HeaderName::from_static("cross-origin-opener-policy");
            headers.insert(name, HeaderValue::from_static("same-origin"));
        }
    }
}

/// The hashes of a page's inline scripts or styles as sources of a policy, each with a space before it.
fn hashes(page: &str, tag: &str) -> String {
    let (begin, end) = (format!("<{tag}"), format!("</{tag}>"));
    let mut hashes = String::new();
    for inline in page.split(&begin).skip(1).filter_map(|rest| rest.split_once('>')?.1.split_once(&end)) {
        // Writing to a string cannot fail.
        let _ = write!(hashes, " 'sha256-{}'", STANDARD.encode(Sha256::digest(inline.0)));
    }
    hashes
}
