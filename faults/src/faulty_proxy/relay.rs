//! Relays one request and its response with a fault.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::fault::Fault;
use super::wire::{self, Request, Response};

/// The bytes of a chunk, and the pause after each.
const CHUNK: (usize, Duration) = (97, Duration::from_millis(2));
/// The most chunks of a response; the rest follows at once, or a long response would take minutes.
const CHUNKS: usize = 50;

/// Relays the request with the fault. Returns whether the client's connection stays open.
pub(super) async fn relay(
    client: &mut TcpStream,
    request: &Request,
    fault: Fault,
    server: SocketAddr,
) -> io::Result<bool> {
    match fault {
        Fault::CutBefore => return Ok(false),
        Fault::Refuse(status) => return refuse(client, status).await,
        Fault::RefuseAfter(status) => {
            finish(send(request, server).await?).await?;
            return refuse(client, status).await;
        }
        Fault::DropAnswer => {
            finish(send(request, server).await?).await?;
            return Ok(false);
        }
        Fault::Duplicate => finish(send(request, server).await?).await?,
        Fault::DelayRequest(pause) => sleep(pause).await,
        _ => {}
    }
    let mut twin = None;
    if fault == Fault::DuplicateConcurrently {
        let mut other = TcpStream::connect(server).await?;
        request.send(&mut other).await?;
        twin = Some(other);
    }
    let mut upstream = TcpStream::connect(server).await?;
    request.send(&mut upstream).await?;
    let answer = match fault {
        Fault::CutHeld(time) => match timeout(time, answer(client, &mut upstream)).await {
            Ok(answer) => answer?,
            Err(_) => return Ok(false),
        },
        _ => answer(client, &mut upstream).await?,
    };
    if let Fault::DelayAnswer(pause) = fault {
        sleep(pause).await;
    }
    let goes_on = relay_response(client, upstream, answer, fault).await?;
    if let Some(twin) = twin {
        // The duplicate's response is dropped, but the server should finish it.
        tokio::spawn(finish_late(twin));
    }
    Ok(goes_on)
}

/// Waits for the head of the response; a client that disconnects meanwhile cancels the request.
async fn answer(client: &mut TcpStream, upstream: &mut TcpStream) -> io::Result<Response> {
    let mut byte = [0];
    tokio::select! {
        answer = wire::read_answer(upstream) => answer,
        // Our clients send nothing before they get a response.
        _ = client.peek(&mut byte) => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// Passes a response on to the client.
async fn relay_response(
    client: &mut TcpStream,
    mut upstream: TcpStream,
    answer: Response,
    fault: Fault,
) -> io::Result<bool> {
    let Response { mut bytes, rest } = answer;
    let Some(rest) = rest else {
        // A stream in chunked encoding; faults cut it short.
        client.write_all(&bytes).await?;
        let stream = tokio::io::copy_bidirectional(client, &mut upstream);
        match fault {
            Fault::None => stream.await.map(drop)?,
            _ => timeout(Duration::from_secs(2), stream).await.map(drop).unwrap_or_default(),
        }
        return Ok(false);
    };
    let have = bytes.len();
    bytes.resize(have + rest, 0);
    upstream.read_exact(&mut bytes[have..]).await?;
    match fault {
        Fault::Truncate(part) => {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                clippy::cast_precision_loss,
                reason = "a part of a length is one"
            )]
            let kept = (bytes.len() as f64 * part) as usize;
            client.write_all(&bytes[..kept]).await?;
            Ok(false)
        }
        Fault::Chunks => {
            let (size, pause) = CHUNK;
            let (chunks, rest) = bytes.split_at(bytes.len().min(size * CHUNKS));
            for chunk in chunks.chunks(size) {
                client.write_all(chunk).await?;
                sleep(pause).await;
            }
            client.write_all(rest).await?;
            Ok(true)
        }
        _ => client.write_all(&bytes).await.map(|()| true),
    }
}

/// Sends a request to the server.
async fn send(request: &Request, server: SocketAddr) -> io::Result<TcpStream> {
    let mut upstream = TcpStream::connect(server).await?;
    request.send(&mut upstream).await?;
    Ok(upstream)
}

/// Waits until the server has answered, and discards the response. Does not wait for the end of a hold.
async fn finish(mut upstream: TcpStream) -> io::Result<()> {
    match timeout(Duration::from_secs(1), wire::read_answer(&mut upstream)).await {
        Ok(answer) => answer.map(drop),
        Err(_) => Ok(()),
    }
}

async fn finish_late(upstream: TcpStream) {
    // The result does not matter.
    let _ = finish(upstream).await;
}

/// Answers as gateways do: with an HTML page.
async fn refuse(client: &mut TcpStream, status: u16) -> io::Result<bool> {
    let retry = if status == 503 { "retry-after: 1\r\n" } else { "" };
    let page = format!("<html><body>{status}, says the proxy</body></html>");
    let head = format!(
        "HTTP/1.1 {status} Out of order\r\ncontent-type: text/html\r\n{retry}content-length: {}\r\n\r\n",
        page.len()
    );
    client.write_all((head + &page).as_bytes()).await?;
    Ok(true)
}
