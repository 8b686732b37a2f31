//! Engine.IO over polling, the transport below Socket.IO: `bench/peers/engineio/chat.js` with the package from npm.
//! A subscriber's position is its session; the server keeps the rest.

use std::process::Command;

use anyhow::Result;

use super::api::{add, publish_text};
use super::{Peer, Position, Protocol, Running, Start, port};
use crate::response::{Response, last_quoted};
use crate::{net, paths};

/// Why Engine.IO cannot be measured here.
pub(super) fn missing() -> Option<String> {
    let there = paths::peers().join("engineio/node_modules/engine.io").is_dir();
    (!there).then(|| "in bench/peers/engineio: npm install".to_owned())
}

/// Starts the server.
pub(super) fn start(start: &Start<'_>) -> Result<Peer> {
    let address = net::free_address()?;
    let mut command = Command::new("node");
    command.arg(paths::peers().join("engineio/chat.js")).arg(port(address));
    Ok(Peer { running: Running::start(command, address, start)?, protocol: Box::new(EngineIo) })
}

struct EngineIo;

impl Protocol for EngineIo {
    fn poll(&self, _: usize, room: &str, position: &Position, out: &mut Vec<u8>) {
        add(out, format_args!("GET /engine.io/?EIO=4&transport=polling&room={room}"));
        if !position.cursor.bytes().is_empty() {
            out.extend_from_slice(b"&sid=");
            out.extend_from_slice(position.cursor.bytes());
        }
        out.extend_from_slice(b" HTTP/1.1\r\nhost: localhost\r\n\r\n");
    }

    fn advance(&self, response: &Response<'_>, position: &mut Position) {
        if position.cursor.bytes().is_empty()
            && let Some(session) = last_quoted(response.body, b"\"sid\":\"")
        {
            position.cursor.set(session);
        }
    }

    fn publish(&self, room: &str, number: u32, length: usize, out: &mut Vec<u8>) {
        publish_text(room, number, length, out);
    }
}
