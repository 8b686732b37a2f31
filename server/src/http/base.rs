//! Where Holdline is mounted, as the client sees it.

use axum::extract::OriginalUri;
use axum::http::request::Parts;

/// The path under which everything lies, from the client's point of view: begins and ends with `/`.
///
/// Two things can stand before it: the prefix under which a host app nested the router, and one that a proxy stripped
/// and says in `X-Forwarded-Prefix`.
pub(super) fn base_path(parts: &Parts) -> String {
    let nested = parts
        .extensions
        .get::<OriginalUri>()
        .and_then(|original| original.path().strip_suffix(parts.uri.path().trim_start_matches('/')))
        .unwrap_or_default();
    let stripped = parts
        .headers
        .get("x-forwarded-prefix")
        .and_then(|prefix| prefix.to_str().ok())
        .filter(|prefix| is_plain_path(prefix))
        .unwrap_or_default();
    format!("{}/{}/", stripped.trim_end_matches('/'), nested.trim_matches('/')).replace("//", "/")
}

/// Nothing in it that could mean more than a path, in HTML or in a cookie.
fn is_plain_path(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.' | b'~');
    text.starts_with('/') && !text.starts_with("//") && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(original: &str, inner: &str, forwarded: Option<&str>) -> String {
        let mut request = axum::http::Request::builder().uri(inner);
        if let Some(prefix) = forwarded {
            request = request.header("x-forwarded-prefix", prefix);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(OriginalUri(original.parse().unwrap()));
        base_path(&parts)
    }

    #[test]
    fn knows_both_kinds_of_prefix() {
        assert_eq!(base("/", "/", None), "/");
        assert_eq!(base("/r/tea", "/r/tea", None), "/");
        assert_eq!(base("/chat/r/tea", "/r/tea", None), "/chat/");
        assert_eq!(base("/chat/", "/", None), "/chat/");
        assert_eq!(base("/chat", "/", None), "/chat/");
        assert_eq!(base("/r/tea", "/r/tea", Some("/talk")), "/talk/");
        assert_eq!(base("/chat/r/tea", "/r/tea", Some("/talk/")), "/talk/chat/");
    }

    #[test]
    fn believes_no_strange_prefix() {
        for bad in ["chat", "//evil.example", "/a\"><script>", "/a;b", "/a b"] {
            assert_eq!(base("/", "/", Some(bad)), "/", "{bad}");
        }
    }
}
