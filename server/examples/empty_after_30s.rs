//! Ends a held request with an empty answer after 30 seconds, before a proxy cuts it: the last script of "Long polling in
//! Node.js". On any Holdline server `?wait=30` does the same; here the server sets the limit.
//!
//! ```sh
//! cargo run --example empty_after_30s
//! curl localhost:8000                          # empty, after 30 s, unless a message comes before:
//! curl -d hello localhost:8000
//! cargo run --example empty_after_30s -- 127.0.0.1:8000 5      # after 5 s
//! ```

#![expect(clippy::print_stdout, reason = "prints its address")]

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
    wait: Duration,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or("127.0.0.1:8000".to_owned());
    let wait = Duration::from_secs(arguments.next().map_or(Ok(30), |seconds| seconds.parse())?);
    let hub = Hub::open(Arc::new(MemoryLog::new())).await?;
    let app = Router::new().route("/", get(next).post(say)).with_state(App { hub, wait });
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

async fn next(State(app): State<App>) -> Result<String, StatusCode> {
    let next =
        app.hub.next_message(&Scope::of_every_room(), &RoomName::lobby(), After::Now, Some(app.wait)).await;
    let said = next.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(said.text.map(String::from).unwrap_or_default())
}

async fn say(State(app): State<App>, body: String) -> Result<&'static str, StatusCode> {
    let text = body.parse().map_err(|_| StatusCode::BAD_REQUEST)?;
    let draft = Draft::say(Person::anonymous(), RoomName::lobby(), text);
    app.hub.publish(draft).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok("ok")
}
