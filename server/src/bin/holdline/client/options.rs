//! The flags that `send` and `tail` share: the server, the nickname, the token.

use clap::Args;
use holdline_shared::Nickname;

use super::access_token::AccessToken;
use super::address::Address;
use super::api::Client;

/// The server, the nickname, the token.
#[derive(Args)]
pub(crate) struct ServerOptions {
    /// The server's address, including its path and, for a proxy that requires them, a user name and a password
    #[arg(
        long,
        env = "HOLDLINE_SERVER",
        hide_env_values = true,
        value_name = "URL",
        default_value = "http://127.0.0.1:8080"
    )]
    server: Address,

    /// Your nickname [default: your user name, or one that the server invents]
    #[arg(long, env = "HOLDLINE_NICKNAME", value_name = "NAME")]
    nickname: Option<Nickname>,

    /// A token of `holdline admin tokens make`, in whose person's name this acts. Other users can see command lines: the
    /// environment variable is better
    #[arg(long, env = "HOLDLINE_TOKEN", hide_env_values = true, value_name = "TOKEN")]
    token: Option<AccessToken>,
}

impl ServerOptions {
    /// Makes a client for that server. Sends nothing yet.
    pub(crate) fn client(self) -> anyhow::Result<Client> {
        let client = Client::new(self.server, self.nickname.or_else(user_name))?;
        match self.token {
            Some(token) => client.with_access_token(token),
            None => Ok(client),
        }
    }
}

/// The name of the operating system's user, if it is a valid nickname.
fn user_name() -> Option<Nickname> {
    let name = std::env::var("USER").or_else(|_| std::env::var("USERNAME")).ok()?;
    Nickname::parse(&name).ok()
}
