//! The sites that may show our pages in a frame, as the operator names them and as a content security policy has them.

use std::fmt;

use thiserror::Error;

use super::host::Host;

/// The sources of `frame-ancestors`; nobody unless some were added. A browser sends a framed page its session's cookie only
/// if the site around it has the same registrable domain (`SameSite=Lax`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FrameAncestors(Vec<String>);

/// The error for a text that is not the origin of a site.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{0:?} is not an origin; give a scheme and a name, as in https://intranet.example, or self for this server"
)]
pub struct InvalidFrameAncestor(String);

impl FrameAncestors {
    /// Adds an origin, as in `https://intranet.example:8443` or `https://*.example`; `self` stands for this server.
    pub fn with_origin(mut self, origin: &str) -> Result<Self, InvalidFrameAncestor> {
        let source = if origin == "self" { Some("'self'".to_owned()) } else { source(origin) };
        self.0.push(source.ok_or_else(|| InvalidFrameAncestor(origin.to_owned()))?);
        Ok(self)
    }
}

/// The origin in the form of a policy's source; `None` if it is none. A policy has no form for addresses in brackets.
fn source(origin: &str) -> Option<String> {
    let (scheme, host) = origin.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme))?;
    let host = host.strip_suffix('/').unwrap_or(host);
    let parsed = Host::parse(host.strip_prefix("*.").unwrap_or(host))?;
    let is_plain = !host.contains(['[', '_']) && !host.ends_with(':') && !parsed.name.starts_with('.');
    is_plain.then(|| format!("{scheme}://{}", host.to_ascii_lowercase()))
}

impl fmt::Display for FrameAncestors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { f.write_str("'none'") } else { f.write_str(&self.0.join(" ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_become_sources_of_a_policy() {
        assert_eq!(FrameAncestors::default().to_string(), "'none'");
        let all = ["self", "https://Intranet.example", "http://10.0.0.1:8080/", "https://*.example:444"];
        let ancestors =
            all.iter().try_fold(FrameAncestors::default(), |all, one| all.with_origin(one)).unwrap();
        let policy = "'self' https://intranet.example http://10.0.0.1:8080 https://*.example:444";
        assert_eq!(ancestors.to_string(), policy);
    }

    #[test]
    fn nothing_else_gets_into_the_policy() {
        for bad in [
            "",
            "*",
            "none",
            "'none'",
            "intranet.example",
            "https://",
            "https://*",
            "https://a/b",
            "ftp://a",
            "https://a b",
            "https://a;script-src *",
            "https://a,b",
            "https://a\r\nx: y",
            "https://[::1]",
            "https://a:",
            "https://.a",
            "https://a:99999",
            "HTTPS://a",
        ] {
            assert!(FrameAncestors::default().with_origin(bad).is_err(), "{bad}");
        }
    }
}
