//! Cookies, found by their names in the bytes of the header: other apps of the same host may put there whatever they like.
//! A browser sends the cookies of all ports and of all paths above to each server of a host, so that names have to tell
//! servers apart.

use axum::http::{HeaderMap, header};

use super::caller::Caller;

/// The prefix of the names of all cookies here.
const SESSION: &str = "holdline_session";

/// A cookie that some client sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cookie<'a> {
    pub(super) name: &'a [u8],
    /// Without quotes around it.
    pub(super) value: &'a [u8],
}

/// All cookies of a request, in the order in which they came.
pub(super) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let pairs =
        headers.get_all(header::COOKIE).iter().flat_map(|value| value.as_bytes().split(|&b| b == b';'));
    pairs.filter_map(|pair| {
        let at = pair.iter().position(|&b| b == b'=')?;
        let (name, value) = (pair[..at].trim_ascii(), pair[at + 1..].trim_ascii());
        let bare = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        Some(Cookie { name, value: bare.unwrap_or(value) })
    })
}

/// The name of the session's cookie, for the port and the path that the browser shows: `holdline_session`,
/// `holdline_session_8502`, `holdline_session_8080_chat`.
pub(super) fn session_cookie(caller: &Caller) -> String {
    format!("{SESSION}{}", server_suffix(caller))
}

/// The session's cookie as earlier versions called it, on every port.
pub(super) const OLD_SESSION_COOKIE: &str = SESSION;

/// The part of a cookie's name that tells the servers of one host apart: the port and the path.
pub(super) fn server_suffix(caller: &Caller) -> String {
    let mut suffix = port_suffix(caller);
    let path = caller.base.trim_matches('/');
    if !path.is_empty() {
        suffix.push('_');
        // A path has slashes, which a name may not have.
        suffix.push_str(&path.replace('/', "."));
    }
    suffix
}

/// The port alone, as the names of cursor cookies had it in an earlier version.
pub(super) fn port_suffix(caller: &Caller) -> String {
    caller.port.map(|port| format!("_{port}")).unwrap_or_default()
}

/// `; Secure` when the browser's connection is encrypted: the cookie then stays on such.
pub(super) fn secure(caller: &Caller) -> &'static str {
    if caller.is_tls { "; Secure" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn cookie_is_found_beside_whatever_others_put_there() {
        let mut headers = HeaderMap::new();
        let first = "name=J\u{f6}rg; a;=b; c = \"x y\" ;d=\"; e=1=2";
        headers.append(header::COOKIE, HeaderValue::from_bytes(first.as_bytes()).unwrap());
        headers.append(header::COOKIE, HeaderValue::from_bytes(b"f=\xff;g=").unwrap());
        let found: Vec<_> = cookies(&headers).map(|cookie| (cookie.name, cookie.value)).collect();
        let expected: [(&[u8], &[u8]); 7] = [
            (b"name", "J\u{f6}rg".as_bytes()),
            (b"", b"b"),
            (b"c", b"x y"),
            (b"d", b"\""),
            (b"e", b"1=2"),
            (b"f", b"\xff"),
            (b"g", b""),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn name_tells_servers_of_one_host_apart() {
        for (port, base, name) in [
            (None, "/", "holdline_session"),
            (Some(8502), "/", "holdline_session_8502"),
            (Some(8080), "/chat/", "holdline_session_8080_chat"),
            (None, "/talk/chat/", "holdline_session_talk.chat"),
        ] {
            let caller = Caller { port, base: base.into(), ..Caller::default() };
            assert_eq!(session_cookie(&caller), name);
        }
    }
}
