//! Answers all held requests every two seconds, whatever their number and arrival: the second script of "Long polling
//! in Node.js". The hub takes the place of its list of requests; the interval publishes.
//!
//! ```sh
//! cargo run --example ticker
//! curl localhost:8000/subscribe?room=ticks     # one tick
//! ```

#![expect(clippy::print_stdout, reason = "prints its address")]

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use holdline_server::hub::Hub;
use holdline_server::log::{Draft, MemoryLog};
use holdline_server::router;
use holdline_shared::{Person, RoomName};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await?;
    let room: RoomName = "ticks".parse()?;
    let app = router(hub.clone());
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_secs(2));
        for n in 0_u64.. {
            ticks.tick().await;
            let Ok(text) = format!("tick {n}").parse() else { return };
            if hub.publish(Draft::say(Person::house(), room.clone(), text)).await.is_err() {
                return;
            }
        }
    });
    let address = std::env::args().nth(1).unwrap_or("127.0.0.1:8000".to_owned());
    let listener = TcpListener::bind(address).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}
