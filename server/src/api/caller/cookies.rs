//! Finds cookies by name in the bytes of the headers. Other apps on the same host may set malformed cookies,
//! so parsers of whole headers are of no use.

use http::{HeaderMap, HeaderValue, header};

/// A cookie as a client sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) struct Cookie<'a> {
    pub(in crate::api) name: &'a [u8],
    /// The value, without the quotes around it.
    pub(in crate::api) value: &'a [u8],
}

/// The `Cookie` headers of a request.
#[derive(Debug, Default)]
pub(in crate::api) struct Cookies<'a>(Vec<&'a [u8]>);

impl<'a> Cookies<'a> {
    /// Collects the `Cookie` headers.
    pub(in crate::api) fn of(headers: &'a HeaderMap) -> Self {
        Self(headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes).collect())
    }

    /// Adds the value of a `Cookie` header.
    pub(in crate::api) fn add(&mut self, value: &'a [u8]) {
        self.0.push(value);
    }

    /// The cookies in the order of the headers.
    pub(in crate::api) fn iter(&self) -> impl Iterator<Item = Cookie<'a>> {
        let pairs = self.0.iter().flat_map(|value| value.split(|&b| b == b';'));
        pairs.filter_map(|pair| {
            let at = pair.iter().position(|&b| b == b'=')?;
            let (name, value) = (pair[..at].trim_ascii(), pair[at + 1..].trim_ascii());
            let bare = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
            Some(Cookie { name, value: bare.unwrap_or(value) })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookie_is_found_beside_whatever_others_put_there() {
        let mut headers = HeaderMap::new();
        let first = "name=J\u{f6}rg; a;=b; c = \"x y\" ;d=\"; e=1=2";
        headers.append(header::COOKIE, HeaderValue::from_bytes(first.as_bytes()).unwrap());
        headers.append(header::COOKIE, HeaderValue::from_bytes(b"f=\xff;g=").unwrap());
        let found: Vec<_> = Cookies::of(&headers).iter().map(|cookie| (cookie.name, cookie.value)).collect();
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
}
