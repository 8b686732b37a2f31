//! Refusals of polls: an event loop answers them itself, so that they cost no more than a success.

use holdline_shared::{Cursor, Epoch, Seq};

use super::Pair;
use crate::support::Connection;

#[tokio::test]
async fn refusal_keeps_its_connection_in_the_event_loop() {
    let pair = Pair::start().await;
    let operator = pair.plain.visitor();
    let handoffs = async || operator.figure("holdline_handoffs_total").await;
    let foreign = Cursor { epoch: Epoch(1), seq: Seq(1) };
    let before = handoffs().await;
    let mut connection = Connection::open(pair.loops.address).await;
    for (query, status) in [
        ("room=lobby&wait=0".to_owned(), 200),
        ("room=nowhere".to_owned(), 404),
        ("room=".to_owned(), 400),
        ("room=lobby&wait=x".to_owned(), 400),
        (format!("room=lobby&after={foreign}"), 410),
        ("room=lobby&here=lobby".to_owned(), 401),
    ] {
        let reply = connection.get(&format!("/api/v1/poll?{query}"), "").await;
        assert_eq!(reply.status, status, "{query}");
    }
    assert_eq!(handoffs().await, before, "hyper has seen none of them");
    assert_eq!(connection.get("/healthz", "").await.status, 200);
    assert_eq!(handoffs().await, before + 1);
}
