//! Holdline inside an app with its own pages and state, under `/chat`. The app publishes in the chat through the hub
//! that it shares with the router.
//!
//! ```sh
//! cargo run --example mount
//! curl 'localhost:3000/chat/subscribe' &       # or open http://localhost:3000/chat/
//! curl -X POST localhost:3000/orders           # the shop's own route; the chat gets a message
//! ```

#![expect(clippy::print_stdout, reason = "prints its address")]

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use holdline_server::hub::Hub;
use holdline_server::log::{Draft, MemoryLog};
use holdline_server::{ServeConfig, router, serve_router};
use holdline_shared::{Person, RoomName};
use tokio::net::TcpListener;

/// The state of the shop.
#[derive(Clone)]
struct Shop {
    orders: Arc<AtomicU64>,
    hub: Arc<Hub>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await?;
    let app = Router::new()
        .route("/", get(|| async { "a shop; its chat is at /chat/\n" }))
        .route("/orders", post(order))
        .nest_service("/chat", router(hub.clone()))
        .with_state(Shop { orders: Arc::default(), hub: hub.clone() });
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // `axum::serve` works, too; `serve_router` also ends held polls at a stop.
    let stop = async { tokio::signal::ctrl_c().await.unwrap_or_default() };
    serve_router(vec![listener], app, hub, ServeConfig::default(), stop).await;
    Ok(())
}

async fn order(State(shop): State<Shop>) -> Result<String, StatusCode> {
    let number = shop.orders.fetch_add(1, Ordering::Relaxed) + 1;
    let text = format!("order {number} came in").parse().map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    let draft = Draft::say(Person::house(), RoomName::lobby(), text);
    shop.hub.publish(draft).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    Ok(format!("thank you for order {number}\n"))
}
