//! The owner of a server at work: the connection, the form of results, and the address that stands in links.

use super::connection::Connection;
use super::output::Output;
use crate::client::Address;
use crate::health::local_server;

/// The state that all commands share.
pub(super) struct Owner {
    pub(super) server: Connection,
    pub(super) output: Output,
    /// The address of the server for people, if it was given.
    pub(super) address: Option<Address>,
}

impl Owner {
    /// The address of the server for people: the given one, the server's own, or this machine's.
    pub(super) async fn address(&self) -> anyhow::Result<String> {
        if let Some(address) = &self.address {
            return Ok(address.to_string());
        }
        let door = self.server.get(&["door"], &[]).await?;
        match door["address"].as_str() {
            Some(address) => Ok(address.to_owned()),
            None => Ok(local_server()?.to_string()),
        }
    }
}
