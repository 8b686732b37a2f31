//! Clients that hold connections by being slow: a third send a head byte by byte, a third a body, a third do not read the
//! answers for which they ask. A thread of its own drives them, and replaces each that the server ends.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{JoinHandle, sleep};
use std::time::Duration;

use anyhow::Result;

use crate::net;

/// The pause between two bytes of one client.
const BYTE: Duration = Duration::from_secs(1);
/// The clients take turns, so that their bytes are spread over the pause.
const TURNS: usize = 20;

const HEAD: &[u8] = b"GET /api/v1/rooms HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
const BODY: &[u8] = b"POST /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
    content-length: 65536\r\n\r\n";
const READER: &[u8] = b"GET /api/v1/rooms/r0/messages?limit=200 HTTP/1.1\r\nhost: localhost\r\n\r\n";
/// Requests of a client that does not read.
const UNREAD: usize = 50;

/// The running clients. Dropping them ends their connections.
pub(crate) struct SlowClients {
    is_over: Arc<AtomicBool>,
    replaced: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl SlowClients {
    /// Opens so many connections.
    pub(crate) fn open(server: SocketAddr, count: usize) -> Result<Self> {
        let mut clients = (0..count).map(|number| begin(server, number)).collect::<Result<Vec<_>>>()?;
        let (is_over, replaced) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (stop, count_replaced) = (is_over.clone(), replaced.clone());
        let thread = std::thread::spawn(move || {
            for turn in (0..TURNS).cycle() {
                for number in (turn..clients.len()).step_by(TURNS) {
                    // A refused connection is tried again in the next turn.
                    if !go_on(&mut clients[number], number)
                        && let Ok(client) = begin(server, number)
                    {
                        clients[number] = client;
                        count_replaced.fetch_add(1, Ordering::Relaxed);
                    }
                }
                if stop.load(Ordering::Relaxed) {
                    return;
                }
                sleep(BYTE / u32::try_from(TURNS).unwrap_or(1));
            }
        });
        Ok(Self { is_over, replaced, thread: Some(thread) })
    }

    /// The clients that the server ended, and that were replaced.
    pub(crate) fn replaced(&self) -> u64 {
        self.replaced.load(Ordering::Relaxed)
    }
}

impl Drop for SlowClients {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            drop(thread.join());
        }
    }
}

fn begin(server: SocketAddr, number: usize) -> Result<TcpStream> {
    let mut stream = net::connect(server, number)?;
    match number % 3 {
        0 => stream.write_all(HEAD)?,
        1 => stream.write_all(BODY)?,
        _ => stream.write_all(&READER.repeat(UNREAD))?,
    }
    Ok(stream)
}

/// Sends or reads a byte. Returns whether the server still has the connection.
fn go_on(stream: &mut TcpStream, number: usize) -> bool {
    let mut byte = [b'a'];
    if number % 3 == 2 {
        return match stream.read(&mut byte) {
            Ok(length) => length > 0,
            Err(error) => error.kind() == ErrorKind::WouldBlock,
        };
    }
    match stream.read(&mut byte) {
        Err(error) if error.kind() == ErrorKind::WouldBlock => stream.write(b"a").is_ok(),
        // An answer means that the server has had enough.
        _ => false,
    }
}
