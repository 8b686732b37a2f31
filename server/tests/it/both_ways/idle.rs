//! Idle connections. They are kept for longer than a head may take, so that a proxy that reuses its
//! connections does not find them closed.

use std::time::Duration;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Pair, poll};
use crate::support::{Connection, within};

const SHORT: Duration = Duration::from_millis(100);
const HEALTH: &str = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";

fn config(head_timeout: Duration, idle_timeout: Duration) -> ServeConfig {
    let mut config = ServeConfig::default();
    (config.head_timeout, config.idle_timeout) = (head_timeout, idle_timeout);
    config
}

#[test]
fn default_idle_timeout_is_longer_than_that_of_proxies() {
    let config = ServeConfig::default();
    assert!(
        config.idle_timeout > Duration::from_secs(75),
        "nginx and load balancers keep theirs for 60 to 75 s"
    );
    assert!(config.head_timeout <= Duration::from_secs(60));
}

#[tokio::test]
async fn idle_connection_is_kept_for_longer_than_a_head_may_take() {
    let pair = Pair::with(HubConfig::default(), config(SHORT, Duration::from_secs(600))).await;
    for way in [&pair.loops, &pair.plain] {
        let mut fresh = Connection::open(way.address).await;
        let mut used = Connection::open(way.address).await;
        assert_eq!(used.get("/healthz", "").await.status, 200);
        let mut polled = Connection::open(way.address).await;
        assert_eq!(polled.get("/api/v1/poll?room=lobby&wait=0", "").await.status, 200);
        // The cut of an incomplete head shows, several times, that the time for a head has passed.
        for begun in [&HEALTH[..1], &HEALTH[..HEALTH.len() - 1], "GET /api/v1/poll?room"] {
            let mut slow = TcpStream::connect(way.address).await.unwrap();
            slow.write_all(begun.as_bytes()).await.unwrap();
            let mut said = Vec::new();
            within("the cut", slow.read_to_end(&mut said)).await.unwrap_or_default();
            assert_eq!(said, b"", "{}", way.name);
        }
        for connection in [&mut fresh, &mut used, &mut polled] {
            assert_eq!(connection.get("/healthz", "").await.status, 200, "{}", way.name);
        }
    }
}

#[tokio::test]
async fn idle_connection_is_closed_after_its_time_out() {
    let pair = Pair::with(HubConfig::default(), config(SHORT, 3 * SHORT)).await;
    let asked = [String::new(), HEALTH.to_owned(), String::from_utf8(poll("room=lobby&wait=0")).unwrap()];
    for way in [&pair.loops, &pair.plain] {
        for request in &asked {
            let mut stream = TcpStream::connect(way.address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut said = Vec::new();
            within("the end", stream.read_to_end(&mut said)).await.unwrap();
            assert_eq!(said.is_empty(), request.is_empty(), "{}", way.name);
        }
    }
}
