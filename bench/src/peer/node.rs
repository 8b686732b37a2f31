//! The classic Node demo, written anew for measuring: `bench/peers/node/chat.js`. It keeps no messages, so it loses
//! those between two polls.

use std::process::Command;

use anyhow::Result;

use super::api::publish_text;
use super::protocol::{Peer, Position, Protocol, port};
use super::running::Running;
use super::start::Start;
use crate::response::Response;
use crate::{net, paths};

/// The reason why Node cannot be measured here, if any.
pub(super) fn missing() -> Option<String> {
    let there = Command::new("node").arg("--version").output().is_ok();
    (!there).then(|| "there is no node".to_owned())
}

/// Starts the demo.
pub(super) fn start(start: &Start<'_>) -> Result<Peer> {
    let address = net::free_address()?;
    let mut command = Command::new("node");
    command.arg(paths::peers().join("node/chat.js")).arg(port(address));
    Ok(Peer { running: Running::start(command, address, start)?, protocol: Box::new(Node) })
}

struct Node;

impl Protocol for Node {
    fn poll(&self, _: usize, room: &str, _: &Position, out: &mut Vec<u8>) {
        out.extend_from_slice(b"GET /subscribe?room=");
        out.extend_from_slice(room.as_bytes());
        out.extend_from_slice(b" HTTP/1.1\r\nhost: localhost\r\n\r\n");
    }

    fn advance(&self, _: &Response<'_>, _: &mut Position) {}

    fn publish(&self, room: &str, number: u32, length: usize, out: &mut Vec<u8>) {
        publish_text(room, number, length, out);
    }
}
