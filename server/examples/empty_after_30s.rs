//! Ends a held request with an empty answer after 30 seconds, so that nothing on the way can lose patience with it: the
//! last script of "Long polling in Node.js". `?wait=30` does it on any Holdline; here it is the server that insists.
//!
//! ```sh
//! cargo run --example empty_after_30s
//! curl localhost:8000                          # empty, after 30 s, unless somebody speaks before:
//! curl -d hello localhost:8000
//! cargo run --example empty_after_30s -- 127.0.0.1:8000 5      # after 5 s
//! ```

#![expect(clippy::print_stdout, reason = "it says where it listens")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use holdline_server::Scope;
use holdline_server::hub::Hub;
use holdline_server::log::{Draft, MemoryLog};
use holdline_shared::{After, Person, RoomName};
use tokio::net::TcpListener;

#[derive(Clone)]
struct App {
    hub: Arc<Hub>,
    patience: Duration,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or("127.0.0.1:8000".to_owned());
    let patience = Duration::from_secs(arguments.next().map_or(Ok(30), |seconds| seconds.parse())?);
    let hub = Hub::open(Arc::new(MemoryLog::new())).await?;
    let app = Router::new().route("/", get(next).post(say)).with_state(App { hub, patience });
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

async fn next(State(app): State<App>) -> Result<String, StatusCode> {
    let next = app
        .hub
        .next_message(&Scope::of_every_room(), &RoomName::lobby(), After::Now, Some(app.patience))
        .await;
    let said = next.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(said.text.map(String::from).unwrap_or_default())
}

async fn say(State(app): State<App>, body: String) -> Result<&'static str, StatusCode> {
    let text = body.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    let draft = Draft::say(Person::anonymous(), RoomName::lobby(), text);
    app.hub.publish(draft).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok("ok")
}
