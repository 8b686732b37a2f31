//! Asking one question and waiting for its answer, and asking many over a few connections: for what comes before the
//! measuring.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::answer::{Answer, text};

const LIMIT: Duration = Duration::from_secs(60);
/// Connections that share many questions: enough to fill a group.
const MANY: usize = 256;

/// A connection for one question at a time.
pub(crate) struct Line {
    stream: TcpStream,
}

impl Line {
    /// To this server.
    pub(crate) fn open(server: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(server)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// Asks and takes what is wanted out of the answer, which must be a good one.
    pub(crate) fn ask<T>(&mut self, request: &[u8], take: impl FnOnce(&Answer<'_>) -> T) -> Result<T> {
        self.stream.write_all(request)?;
        self.hear(take)
    }

    fn hear<T>(&mut self, take: impl FnOnce(&Answer<'_>) -> T) -> Result<T> {
        let (mut bytes, mut part) = (Vec::new(), [0; 16 << 10]);
        loop {
            let length = self.stream.read(&mut part).context("no answer")?;
            ensure!(length > 0, "the connection ended before the answer: {}", text(&bytes));
            bytes.extend_from_slice(&part[..length]);
            if let Some(answer) = Answer::parse(&bytes)? {
                let good = (200..300).contains(&answer.status);
                ensure!(good, "{} {}", text(answer.head), text(answer.body));
                return Ok(take(&answer));
            }
        }
    }
}

/// Asks over a connection of its own.
pub(crate) fn once<T>(server: SocketAddr, request: &[u8], take: impl FnOnce(&Answer<'_>) -> T) -> Result<T> {
    Line::open(server)?.ask(request, take)
}

/// Asks all of these, some at a time; every answer must be a good one.
pub(crate) fn all(server: SocketAddr, requests: &[Vec<u8>]) -> Result<()> {
    let lines = (0..MANY.min(requests.len())).map(|_| Line::open(server));
    let mut lines = lines.collect::<Result<Vec<_>>>()?;
    for some in requests.chunks(MANY) {
        for (line, request) in lines.iter_mut().zip(some) {
            line.stream.write_all(request)?;
        }
        for (line, _) in lines.iter_mut().zip(some) {
            line.hear(|_| ())?;
        }
    }
    Ok(())
}
