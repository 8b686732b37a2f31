//! Answers each request after two seconds without delaying others: the first script of "Long polling in Node.js". Uses
//! nothing of Holdline: an async handler holds its request without a thread.
//!
//! ```sh
//! cargo run --example after_two_seconds
//! curl localhost:8000 & curl localhost:8000 & wait    # both answer after two seconds, not after four
//! ```

#![expect(clippy::print_stdout, reason = "prints its address")]

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let app = Router::new().route("/", get(hello));
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    axum::serve(listener, app).await
}

async fn hello() -> &'static str {
    tokio::time::sleep(Duration::from_secs(2)).await;
    "Hello, World!\n"
}
