//! The underlying HTTP client: TLS, the proxy, the connect time-out. Follows no redirects.

use std::time::Duration;

use anyhow::Context;

use super::target::Target;

/// The settings of every client of ours.
pub(crate) fn http_builder() -> reqwest::ClientBuilder {
    // Fails only if a provider is installed already, which is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .user_agent(concat!("holdline/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(10))
        // A redirected POST would become a GET; an error that names the new address is better.
        .redirect(reqwest::redirect::Policy::none())
}

/// Makes an HTTP client for this server. Sends nothing yet.
pub(super) fn http_client(target: &Target) -> anyhow::Result<reqwest::Client> {
    let mut http = http_builder();
    http = match &target.proxy {
        Some(proxy) => http.proxy(proxy.rule()),
        None => http.no_proxy(),
    };
    if !target.server.is_https() && !target.proxy.as_ref().is_some_and(super::proxy::Proxy::is_https) {
        // Plain HTTP needs no certificates, so that machines without any can use it.
        http = http.tls_certs_only([]);
    }
    http.build().with_context(|| {
        let is_empty = std::env::var_os("SSL_CERT_FILE").is_some_and(|file| file.is_empty());
        if is_empty {
            "SSL_CERT_FILE is set to nothing; unset it"
        } else {
            "cannot prepare for HTTP requests"
        }
    })
}
