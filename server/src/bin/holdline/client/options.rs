//! The flags that `send` and `tail` share: which server, and who I am there.

use std::time::Duration;

use anyhow::Context;
use clap::Args;
use holdline_shared::Nickname;
use parking_lot::Mutex;

use super::{Address, Client};

/// Which server, and who I am there.
#[derive(Args)]
pub(crate) struct ServerOptions {
    /// The server's address, with its path if it has one
    #[arg(long, env = "HOLDLINE_SERVER", value_name = "URL", default_value = "http://127.0.0.1:8080")]
    server: Address,

    /// The name to speak under [default: your user name, else one that the server makes up]
    #[arg(long, env = "HOLDLINE_NICKNAME", value_name = "NAME")]
    nickname: Option<Nickname>,
}

impl ServerOptions {
    /// A client for that server. Nothing is sent yet.
    pub(crate) fn client(self) -> anyhow::Result<Client> {
        let mut http = reqwest::Client::builder()
            .user_agent(concat!("holdline/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(Duration::from_secs(10))
            // A redirected POST would become a GET; better say where the server is.
            .redirect(reqwest::redirect::Policy::none());
        // Fails only when a provider is there already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        if !self.server.is_https() {
            // No certificate will be looked at, so machines that have none to trust can still speak plain HTTP.
            http = http.tls_certs_only([]);
        }
        let http = http.build().context("cannot prepare for HTTP requests")?;
        let nickname = self.nickname.or_else(user_name);
        Ok(Client { http, address: self.server, nickname, token: Mutex::new(None) })
    }
}

/// What the operating system calls this user, when that can be a nickname.
fn user_name() -> Option<Nickname> {
    let name = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).ok()?;
    Nickname::parse(&name).ok()
}
