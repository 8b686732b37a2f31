//! Extracts the parts of a request's head that identify its caller. `caller` judges them.

use std::net::IpAddr;

use holdline_shared::ProblemCode;

use super::forwarded::Forwarded;
use super::session_proof::Credentials;
use crate::api::config::HttpConfig;
use crate::api::error::ApiError;
use crate::api::host::Host;
use crate::api::proxy_login::LoginHeaders;

/// The request line, as far as the checks need it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestLine<'a> {
    /// Whether the method is a safe one.
    pub(crate) is_safe: bool,
    /// Whether the request is HTTP/1.1, which requires `Host`.
    pub(crate) needs_host: bool,
    /// The host of a request target in absolute form, which overrides `Host`.
    pub(crate) authority: Option<&'a str>,
    /// The prefix under which a host app nested the router.
    pub(crate) nested: &'a str,
}

/// The headers that identify the caller.
#[derive(Debug, Default)]
pub(crate) struct CallerHeaders<'a> {
    hosts: usize,
    host: &'a [u8],
    pub(super) origin: Option<&'a [u8]>,
    pub(super) fetch_site: Option<&'a [u8]>,
    pub(super) credentials: Credentials<'a>,
    pub(super) forwarded: Forwarded<'a>,
    /// `X-Request-Id`.
    pub(crate) request_id: Option<&'a [u8]>,
    /// Whether some proxy has left a trace, be it one that says nothing of use.
    pub(super) is_passed_on: bool,
    /// The headers in which a proxy names its user.
    pub(super) login: LoginHeaders<'a>,
}

impl<'a> CallerHeaders<'a> {
    /// Selects the identifying headers from all headers of a request.
    pub(crate) fn read(config: &HttpConfig, headers: impl Iterator<Item = (&'a str, &'a [u8])>) -> Self {
        let mut read = Self::default();
        for (name, value) in headers {
            if let Some(login) = &config.proxy_login {
                read.login.take(login, name, value);
            }
            match name.len() {
                4 if name.eq_ignore_ascii_case("host") => {
                    read.hosts += 1;
                    read.host = value;
                }
                6 if name.eq_ignore_ascii_case("origin") => read.origin = Some(value),
                14 if name.eq_ignore_ascii_case("sec-fetch-site") => read.fetch_site = Some(value),
                6 if name.eq_ignore_ascii_case("cookie") => read.credentials.cookies.add(value),
                13 if name.eq_ignore_ascii_case("authorization") => read.credentials.add_authorization(value),
                12 if name.eq_ignore_ascii_case("x-request-id") => read.request_id = Some(value),
                3 if name.eq_ignore_ascii_case("via") => read.is_passed_on = true,
                9 if name.eq_ignore_ascii_case("x-real-ip") => read.is_passed_on = true,
                9 | 15..=18 => read.forwarded.take(name, value),
                _ => {}
            }
        }
        read.is_passed_on |= read.has_forwarded();
        read
    }

    /// The forwarding headers, if a trusted proxy sent them.
    pub(super) fn trusted(&self, config: &HttpConfig, peer: Option<IpAddr>) -> Option<&Forwarded<'a>> {
        peer.is_some_and(|peer| config.trusts(peer)).then_some(&self.forwarded)
    }

    /// Whether the browser's connection is encrypted, according to a trusted proxy.
    pub(crate) fn is_tls(&self, config: &HttpConfig, peer: Option<IpAddr>) -> bool {
        self.trusted(config, peer).is_some_and(Forwarded::is_tls)
    }

    /// Whether a proxy sent any forwarding header.
    pub(super) fn has_forwarded(&self) -> bool {
        !self.forwarded.is_empty()
    }
}

/// A cache of the last accepted host. Nearly all requests name the same host, which is then neither parsed
/// nor looked up.
#[derive(Debug, Default)]
pub(crate) struct LastHost {
    header: Vec<u8>,
    name: String,
    port: Option<u16>,
}

impl LastHost {
    pub(super) fn find(&self, headers: &CallerHeaders<'_>, line: RequestLine<'_>) -> Option<Host<'_>> {
        let is_same = headers.hosts == 1 && line.authority.is_none() && headers.host == self.header;
        (is_same && !self.name.is_empty()).then(|| Host { name: &self.name, port: self.port })
    }

    pub(super) fn remember(&mut self, headers: &CallerHeaders<'_>, host: Host<'_>) {
        headers.host.clone_into(&mut self.header);
        host.name.clone_into(&mut self.name);
        self.port = host.port;
    }
}

/// The requested host: that of the request target, or that of the `Host` header, of which HTTP/1.1 requires
/// exactly one.
pub(super) fn find_host<'a>(
    headers: &CallerHeaders<'a>,
    line: RequestLine<'a>,
) -> Result<Option<Host<'a>>, ApiError> {
    let invalid = |why: &str| ApiError::new(ProblemCode::InvalidRequest, why);
    let host = match headers.hosts {
        0 if line.needs_host => return Err(invalid("HTTP/1.1 requires a Host header")),
        0 => None,
        1 => {
            let host = std::str::from_utf8(headers.host).ok().and_then(Host::parse);
            Some(host.ok_or_else(|| invalid("the Host header is neither a name nor an address"))?)
        }
        _ => return Err(invalid("there is more than one Host header")),
    };
    match line.authority {
        None => Ok(host),
        Some(text) => {
            let host = Host::parse(text);
            host.map(Some).ok_or_else(|| invalid("the request's target names no valid host"))
        }
    }
}
