//! The proxy that the environment names for a server. Determined once at the start, so that messages can name it and an
//! unusable one is refused at once.

use std::fmt;

use anyhow::{Context, bail};
use hyper::Uri;
use hyper_util::client::proxy::matcher::Matcher;

use super::address::Address;

/// A proxy in front of a server.
#[derive(Debug, Clone)]
pub(super) struct Proxy {
    /// The address without the login.
    address: String,
    proxy: reqwest::Proxy,
}

impl Proxy {
    /// Finds the proxy for this server in `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, in lower or upper
    /// case.
    pub(super) fn of(server: &Address) -> anyhow::Result<Option<Self>> {
        Self::by(server, |name| std::env::var(name).ok())
    }

    fn by(server: &Address, variable: impl Fn(&str) -> Option<String>) -> anyhow::Result<Option<Self>> {
        let set = |names: &[&'static str]| {
            let mut values = names.iter().filter_map(|name| Some((*name, variable(name)?)));
            values.find(|(_, value)| !value.is_empty())
        };
        let own: &[_] =
            if server.is_https() { &["HTTPS_PROXY", "https_proxy"] } else { &["HTTP_PROXY", "http_proxy"] };
        // In a CGI script, HTTP_PROXY is a header of the request and not a setting.
        if set(&["REQUEST_METHOD"]).is_some() {
            return Ok(None);
        }
        let Some((name, value)) = set(own).or_else(|| set(&["ALL_PROXY", "all_proxy"])) else {
            return Ok(None);
        };
        let exempt = set(&["NO_PROXY", "no_proxy"]).map(|(_, value)| value).unwrap_or_default();
        let uri: Uri =
            server.to_string().parse().context("the server's address cannot be used with a proxy")?;
        // The matcher accepts this wildcard for names only.
        if exempt.split(',').any(|one| one.trim() == "*") {
            return Ok(None);
        }
        let chosen = |all: String| Matcher::builder().all(all).no(exempt.clone()).build().intercept(&uri);
        if chosen("http://proxy.invalid".to_owned()).is_none() {
            return Ok(None);
        }
        let (scheme, rest) = value.split_once("://").unwrap_or(("http", &value));
        // No part of the value is shown, because the bounds of the password in an invalid value are uncertain.
        if !["http", "https"].iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
            bail!(
                "{name} names a proxy of another kind; only http:// and https:// proxies can be used. \
                no_proxy exempts servers from it"
            );
        }
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if rest[host.len()..].contains('@') {
            bail!(
                "the login in {name} has a sign that an address cannot have; write / as %2F, ? as %3F, # as %23"
            )
        }
        let Some(found) = chosen(value) else { bail!("{name} is not the address of a proxy") };
        let address = found.uri().to_string();
        let mut proxy =
            reqwest::Proxy::all(&address).with_context(|| format!("the proxy {address} cannot be used"))?;
        if let Some(login) = found.basic_auth() {
            proxy = proxy.custom_http_auth(login.clone());
        }
        Ok(Some(Self { address: address.trim_end_matches('/').to_owned(), proxy }))
    }

    /// Whether the connection to the proxy is encrypted.
    pub(super) fn is_https(&self) -> bool {
        self.address.starts_with("https:")
    }

    /// The proxy's setting for the HTTP client.
    pub(super) fn rule(&self) -> reqwest::Proxy {
        self.proxy.clone()
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(server: &str, variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let proxy = Proxy::by(&server.parse().unwrap(), variable);
        proxy.map(|proxy| proxy.map(|proxy| proxy.to_string())).map_err(|error| error.to_string())
    }

    #[test]
    fn proxy_is_found_in_the_environment() {
        for (server, variables, proxy) in [
            ("http://a", &[][..], None),
            ("http://a", &[("http_proxy", "http://p:1")], Some("http://p:1")),
            ("http://a", &[("http_proxy", "ada:s3cret@p:1")], Some("http://p:1")),
            ("http://a", &[("https_proxy", "http://p:1")], None),
            ("https://a", &[("all_proxy", "https://p:1")], Some("https://p:1")),
            ("http://a", &[("HTTP_PROXY", ""), ("http_proxy", "p:1")], Some("http://p:1")),
            ("http://a", &[("http_proxy", ""), ("all_proxy", "")], None),
            ("http://a", &[("http_proxy", "p:1"), ("no_proxy", "b,a")], None),
            ("http://a", &[("http_proxy", "socks5://p:1"), ("no_proxy", "*")], None),
            ("http://127.0.0.1:80", &[("http_proxy", "p:1"), ("no_proxy", "*")], None),
            ("http://[::1]:80", &[("http_proxy", "p:1"), ("no_proxy", "b, *")], None),
            ("http://10.0.0.1", &[("http_proxy", "p:1"), ("no_proxy", "10.0.0.0/8")], None),
            ("http://10.0.0.1", &[("http_proxy", "p:1"), ("no_proxy", "*.b")], Some("http://p:1")),
            ("http://a", &[("HTTP_PROXY", "p:1"), ("REQUEST_METHOD", "GET")], None),
        ] {
            assert_eq!(found(server, variables), Ok(proxy.map(str::to_owned)), "{server} {variables:?}");
        }
    }

    #[test]
    fn unusable_proxy_is_reported_without_its_password() {
        for password in
            ["s3cret", "s3cret=1", "'s3cret\"", "<s3cret", "my s3cret", "9/s3cret", "9?s3cret", "9#s3cret"]
        {
            for scheme in ["socks5", "ftp"] {
                let value = format!("{scheme}://ada:{password}@p:1");
                let why = found("http://a", &[("ALL_PROXY", &value)]).unwrap_err();
                assert!(why.contains("ALL_PROXY") && !why.contains("s3cret"), "{why}");
            }
            for scheme in ["http://", "https://", ""] {
                let value = format!("{scheme}ada:{password}@p:1");
                let shown = match found("http://a", &[("ALL_PROXY", &value)]) {
                    Ok(shown) => shown.expect("a proxy"),
                    Err(why) => why,
                };
                assert!(!shown.contains("s3cret"), "{value}: {shown}");
            }
        }
        let why = found("http://a", &[("http_proxy", "http://")]).unwrap_err();
        assert!(why.contains("not the address of a proxy"), "{why}");
    }
}
