//! The baseline as an axum handler: what hyper, tokio and axum cost by themselves. The same rooms and responses, but
//! every poll is a task that waits for its room's next message.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use axum::serve::ListenerExt as _;
use memchr::memmem;
use serde::Deserialize;
use tokio::net::TcpSocket;
use tokio::runtime;
use tokio::sync::{Mutex, oneshot};

use super::request::text;
use super::room::{self, Room};

/// A room, and the polls that it holds, each with its cursor.
#[derive(Default)]
struct PolledRoom {
    room: Room,
    waiters: Vec<(usize, oneshot::Sender<Bytes>)>,
}

type Rooms = Arc<Mutex<HashMap<String, PolledRoom>>>;

#[derive(Deserialize)]
struct Poll {
    room: String,
    after: Option<String>,
    wait: Option<u32>,
}

/// Serves until the process is stopped.
pub(crate) fn serve(address: SocketAddr) -> Result<()> {
    crate::net::raise_file_limit()?;
    runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let socket = TcpSocket::new_v4()?;
        socket.bind(address)?;
        // All subscribers may connect at once.
        let listener = socket.listen(4096)?.tap_io(|conn| drop(conn.set_nodelay(true)));
        let routes = Router::new()
            .route("/api/v1/poll", get(poll))
            .route("/api/v1/rooms/{room}/messages", post(publish))
            .route("/api/v1/rooms/{room}", put(async || body_of(room::CREATED)))
            .route("/api/v1/session", post(async || body_of(room::SESSION)))
            .with_state(Rooms::default());
        Ok(axum::serve(listener, routes).await?)
    })
}

async fn poll(State(rooms): State<Rooms>, Query(poll): Query<Poll>) -> impl IntoResponse {
    let mut rooms = rooms.lock().await;
    let polled = rooms.entry(poll.room).or_default();
    let after = poll.after.and_then(|cursor| cursor.rsplit_once('-')?.1.parse().ok());
    let after = after.unwrap_or(polled.room.head());
    let body = if after < polled.room.head() || poll.wait == Some(0) {
        batch(&polled.room, after)
    } else {
        let (sender, receiver) = oneshot::channel();
        polled.waiters.push((after, sender));
        drop(rooms);
        receiver.await.unwrap_or_default()
    };
    (headers(), [(HeaderName::from_static("x-accel-buffering"), "no")], body)
}

async fn publish(State(rooms): State<Rooms>, Path(name): Path<String>, body: Bytes) -> impl IntoResponse {
    let mut rooms = rooms.lock().await;
    let polled = rooms.entry(name.clone()).or_default();
    let mut response = Vec::new();
    polled.room.append(name.as_bytes(), text(&body), 0, &mut response);
    let mut encoded: Option<(usize, Bytes)> = None;
    for (after, waiter) in polled.waiters.drain(..) {
        let bytes = match &encoded {
            Some((cursor, bytes)) if *cursor == after => bytes.clone(),
            _ => encoded.insert((after, batch(&polled.room, after))).1.clone(),
        };
        // The connection may be gone.
        drop(waiter.send(bytes));
    }
    (StatusCode::CREATED, headers(), body_of(&response))
}

fn headers() -> [(HeaderName, &'static str); 2] {
    [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")]
}

fn batch(room: &Room, after: usize) -> Bytes {
    let mut response = Vec::new();
    room.response(after, &mut response);
    body_of(&response)
}

/// The body of an encoded response.
fn body_of(response: &[u8]) -> Bytes {
    let head = memmem::find(response, b"\r\n\r\n").map_or(0, |end| end + 4);
    Bytes::copy_from_slice(&response[head..])
}
