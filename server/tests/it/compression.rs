//! Which answers are compressed, and that they hold the same as others.

use std::io::Read as _;
use std::sync::Arc;

use axum::Router;
use flate2::read::GzDecoder;
use holdline_server::hub::Hub;
use holdline_server::log::MemoryLog;
use holdline_server::{HttpConfig, ServeConfig, router_with};
use reqwest::Method;

use crate::support::{Client, Reply, Server};

/// An answer to a client that takes gzip.
async fn compressed(client: &Client, path: &str) -> Reply {
    let request = client.request(Method::GET, path).header("accept-encoding", "gzip, br");
    Reply::from(request.send().await.unwrap()).await.expect(200)
}

fn decompress(reply: &Reply) -> String {
    assert_eq!(reply.header("content-encoding"), "gzip");
    assert_eq!(reply.header("vary"), "accept-encoding");
    let mut text = String::new();
    GzDecoder::new(&*reply.body).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn history_is_compressed_for_who_takes_it() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let start = ada.cursor().await;
    for n in 0..20 {
        ada.says(&format!("message {n}")).await;
    }
    let path = "/api/v1/rooms/lobby/messages";
    let plain = ada.get(path).await.expect(200);
    assert_eq!(plain.header("content-encoding"), "");
    let answer = compressed(&ada, path).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert!(answer.body.len() * 3 < plain.body.len(), "{} of {}", answer.body.len(), plain.body.len());
    assert_eq!(decompress(&answer), plain.text());
    // What fits into a packet is left as it is, and so is what many connections share.
    for path in ["/healthz", &format!("/api/v1/poll?room=lobby&after={start}&wait=0")] {
        let answer = compressed(&ada, path).await;
        assert_eq!(answer.header("content-encoding"), "", "{path}");
    }
}

#[tokio::test]
async fn page_under_a_prefix_is_compressed() {
    let hub = Hub::open(Arc::new(MemoryLog::new())).await.unwrap();
    let app = Router::new().nest_service("/chat", router_with(hub.clone(), HttpConfig::default()));
    let server = Server::of(app, hub, ServeConfig::default()).await;
    let visitor = server.visitor();
    let plain = visitor.get("/chat/").await.expect(200);
    // An executable that was built without the client shows a page that fits into a packet.
    if plain.body.len() > 1_024 {
        let answer = compressed(&visitor, "/chat/").await;
        assert!(answer.body.len() * 3 < plain.body.len(), "{}", answer.body.len());
        assert_eq!(decompress(&answer), plain.text());
    }
}
