//! Pipes standard input to held requests and keeps lines for later readers: the third script of "Long polling in
//! Node.js". In that script the first request takes all kept lines; here each reader has its own position in the log,
//! so that no reader takes a line from another. `holdline serve --stdin ROOM` does the same and more.
//!
//! ```sh
//! (while sleep 1; do date; done) | cargo run --example stdin
//! curl localhost:8000/lines                    # all kept lines; the header Next has the position
//! curl localhost:8000/lines/NEXT               # the lines after it, or the next one once it comes
//! curl localhost:8000/subscribe                # just the next line
//! ```

#![expect(clippy::print_stdout, reason = "prints its address")]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::get;
use holdline_server::Scope;
use holdline_server::hub::Hub;
use holdline_server::log::{Draft, MemoryLog};
use holdline_server::router;
use holdline_shared::{After, Person, RoomName};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await?;
    let app = router(hub.clone())
        .route("/lines", get(lines))
        .route("/lines/{after}", get(lines))
        .with_state(hub.clone());
    tokio::spawn(async move {
        let mut input = BufReader::new(tokio::io::stdin()).lines();
        while let Ok(Some(line)) = input.next_line().await {
            // Skips lines that are not valid messages, such as empty ones.
            let Ok(text) = line.parse() else { continue };
            let _ = hub.publish(Draft::say(Person::stdin(), RoomName::lobby(), text)).await;
        }
    });
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // The address at the other end says whose limits count, and who may read `/metrics`.
    Ok(axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?)
}

type Answer = Result<([(&'static str, String); 1], String), (StatusCode, String)>;

/// Returns all lines after a position, or waits for the next line.
async fn lines(State(hub): State<Arc<Hub>>, after: Option<Path<String>>) -> Answer {
    let refuse = |why: &dyn Error| (StatusCode::BAD_REQUEST, format!("{why}\n"));
    let mut after = after.map_or(Ok(After::Start), |after| after.parse()).map_err(|e| refuse(&e))?;
    let mut text = String::new();
    let mut wait = Duration::from_secs(30);
    loop {
        let said = hub
            .next_message(&Scope::of_every_room(), &RoomName::lobby(), after, Some(wait))
            .await
            .map_err(|e| refuse(&e))?;
        let Some(line) = said.text else { return Ok(([("next", said.cursor.to_string())], text)) };
        text.push_str(line.as_str());
        text.push('\n');
        // After the first line, adds only lines that are available already.
        (after, wait) = (After::At(said.cursor), Duration::ZERO);
    }
}
