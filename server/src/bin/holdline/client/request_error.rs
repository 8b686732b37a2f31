//! Errors of requests: refused by the server, failed on the way, or answered by something that is not a Holdline
//! server.

use std::error::Error;
use std::fmt;
use std::time::{Duration, SystemTime};

use holdline_shared::{Event, Problem, ProblemCode};
use reqwest::header::{DATE, HeaderMap, LOCATION, RETRY_AFTER};
use thiserror::Error;

use super::target::Target;

/// The reason why a request has no valid answer.
#[derive(Debug, Error)]
pub(crate) enum RequestError {
    /// The response has an error status.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// No response, or an incomplete one. A retry may succeed.
    #[error("{why}")]
    Failed {
        /// The reason, for people.
        why: String,
    },
    /// The responder is not a Holdline server, or not a trusted one. A retry is pointless, unless a Holdline server has
    /// answered before.
    #[error("{why}")]
    NotHoldline {
        /// The reason and the address, for people.
        why: String,
    },
}

/// A response with an error status.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: u16,
    /// The server's description of the error; `None` for a response of a proxy.
    problem: Option<Problem>,
    retry_after: Option<Duration>,
    /// The target of a redirect.
    location: Option<String>,
    target: Target,
}

impl RequestError {
    /// The error for a response with an error status.
    pub(super) fn refused(target: &Target, status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let location =
            headers.get(LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        Self::Refused(Box::new(Refusal {
            status,
            problem: serde_json::from_slice(body).ok(),
            retry_after: retry_after(headers),
            location,
            target: target.clone(),
        }))
    }

    /// The error for a body that cannot be decoded.
    pub(super) fn unreadable(target: &Target, error: &serde_json::Error) -> Self {
        let who = target.responder();
        if error.is_eof() {
            return Self::Failed { why: format!("the answer of {who} was cut short") };
        }
        Self::NotHoldline { why: format!("the answer of {who} is not one of a Holdline server: {error}") }
    }

    /// The error for a success that is not a Holdline server's.
    pub(super) fn not_holdline(target: &Target) -> Self {
        let who = target.responder();
        Self::NotHoldline { why: format!("{who} answers, but not as a Holdline server does") }
    }

    /// The error for a request without a response.
    pub(super) fn failed(target: &Target, error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::Failed { why: "no answer in time".to_owned() };
        }
        let error = error.without_url();
        if let Some(why) = find_cause(&error, |cause| wrong_protocol(target, cause)) {
            return Self::NotHoldline { why };
        }
        // The outer errors only name the request; the innermost has the reason.
        let mut innermost: &dyn Error = &error;
        while let Some(inner) = innermost.source() {
            innermost = inner;
        }
        let why = innermost.to_string();
        // The error of a tunnel has no public type.
        if why.contains("proxy authorization required") {
            return Self::NotHoldline { why: login_wanted(target, 407) };
        }
        if let (Some(proxy), "unsuccessful") = (&target.proxy, why.rsplit(": ").next().unwrap_or_default()) {
            let why = format!("the proxy {proxy} refuses to connect to {}", target.server);
            return Self::NotHoldline { why };
        }
        Self::Failed { why }
    }

    /// The status of the response, if any.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Refused(refusal) => Some(refusal.status),
            Self::Failed { .. } | Self::NotHoldline { .. } => None,
        }
    }

    /// The problem's code, if any.
    pub(crate) fn code(&self) -> Option<ProblemCode> {
        match self {
            Self::Refused(refusal) => refusal.problem.as_ref().map(|problem| problem.code),
            Self::Failed { .. } | Self::NotHoldline { .. } => None,
        }
    }

    /// The response's `Retry-After`.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            Self::Failed { .. } | Self::NotHoldline { .. } => None,
        }
    }

    /// Whether other requests would fail, too: the responder is not a Holdline server, or the server refuses every
    /// request of this client.
    pub(crate) fn is_about_the_server(&self) -> bool {
        match self {
            Self::Refused(refusal) => {
                refusal.problem.is_none() && refusal.status != 413
                    || self.code() == Some(ProblemCode::UnknownHost)
            }
            Self::Failed { .. } | Self::NotHoldline { .. } => true,
        }
    }

    /// Whether the server would refuse the same request again.
    pub(crate) fn is_final(&self) -> bool {
        self.status().is_some_and(|status| (300..500).contains(&status) && !matches!(status, 408 | 425 | 429))
    }
}

impl From<RequestError> for Event {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::Refused(refusal) => {
                let Refusal { status, problem, retry_after, .. } = *refusal;
                Self::Refused { status, problem, retry_after }
            }
            RequestError::Failed { why } | RequestError::NotHoldline { why } => Self::Failed { why },
        }
    }
}

/// Parses `Retry-After` in either of its forms. A date is compared with the response's own `Date`, because clocks
/// differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let asked = text(RETRY_AFTER)?;
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(asked).ok()?;
    let now =
        text(DATE).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(SystemTime::now);
    Some(until.duration_since(now).unwrap_or_default())
}

/// The first result of `judge` for an error or one of its causes, including those inside of I/O errors.
fn find_cause(
    error: &(dyn Error + 'static),
    judge: impl Fn(&(dyn Error + 'static)) -> Option<String>,
) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(why) = judge(error) {
            return Some(why);
        }
        // An I/O error's `source` skips the error inside of it.
        let inside = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = inside.map_or_else(|| error.source(), |inside| Some(inside));
    }
    None
}

/// Describes a permanent error: an untrusted certificate, or `http` instead of `https` or the reverse.
fn wrong_protocol(target: &Target, cause: &(dyn Error + 'static)) -> Option<String> {
    if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
        return match tls {
            rustls::Error::InvalidCertificate(why) => Some(format!(
                "the certificate of {target} is not trusted: {why}; SSL_CERT_FILE names a file of further authorities"
            )),
            rustls::Error::InvalidMessage(_) => Some(format!("{target} does not speak TLS; is it http://?")),
            _ => None,
        };
    }
    let is_no_http = cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_parse);
    is_no_http.then(|| format!("{target} does not speak HTTP; is it https://?"))
}

fn login_wanted(target: &Target, status: u16) -> String {
    match &target.proxy {
        Some(proxy) if status == 407 => format!(
            "the proxy {proxy} wants a login (status 407); give it in the proxy's address, as in http://USER:PASSWORD@HOST"
        ),
        _ => format!(
            "{} wants a login (status {status}); give it in the address, as in http://USER:PASSWORD@HOST",
            target.responder()
        ),
    }
}

/// The server's explanation if there is one, else the status and the responder's address.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let who = self.target.responder();
        match (self.status, &self.problem, &self.location) {
            (_, Some(problem), _) if problem.code == ProblemCode::SessionRequired => {
                write!(f, "{}; a program needs a token, in HOLDLINE_TOKEN", problem.detail)
            }
            (_, Some(problem), _) => f.write_str(&problem.detail),
            (300..400, None, Some(location)) => {
                write!(
                    f,
                    "the server is elsewhere, {who} points to {location}; give that address with --server"
                )
            }
            (status @ (401 | 407), None, _) => f.write_str(&login_wanted(&self.target, status)),
            (status @ 300..500, None, _) if status != 429 => {
                write!(f, "{who} answered with status {status}; is it a Holdline server?")
            }
            (status, None, _) => write!(f, "{who} answered with status {status}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn retry_after_is_a_number_or_a_date() {
        let date = ("date", "Thu, 26 Nov 2026 10:00:00 GMT");
        for (given, seconds) in [
            ("12", Some(12)),
            (" 0 ", Some(0)),
            ("Thu, 26 Nov 2026 10:00:12 GMT", Some(12)),
            ("Thursday, 26-Nov-26 10:01:00 GMT", Some(60)),
            ("Thu, 26 Nov 2026 09:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
        ] {
            let asked = retry_after(&headers(&[date, ("retry-after", given)]));
            assert_eq!(asked, seconds.map(Duration::from_secs), "{given}");
        }
    }

    #[test]
    fn refusal_names_the_responder_and_the_remedy() {
        let target = |server: &str| Target { server: server.parse().unwrap(), proxy: None };
        let words = |status, pairs: &[(&'static str, &'static str)], body: &str| {
            let target = target("http://ada:s3cret@chat.example");
            RequestError::refused(&target, status, &headers(pairs), body.as_bytes()).to_string()
        };
        for (said, part) in [
            (
                words(404, &[], "<html>"),
                "http://chat.example answered with status 404; is it a Holdline server?",
            ),
            (words(401, &[], ""), "http://chat.example wants a login (status 401)"),
            (words(308, &[("location", "https://b/")], ""), "points to https://b/; give that address"),
            (words(503, &[], ""), "http://chat.example answered with status 503"),
            (
                words(
                    421,
                    &[],
                    r#"{"type":"x","title":"x","status":421,"code":"unknown_host","detail":"use --host"}"#,
                ),
                "use --host",
            ),
        ] {
            assert!(said.contains(part) && !said.contains("s3cret"), "{said}");
        }
    }
}
