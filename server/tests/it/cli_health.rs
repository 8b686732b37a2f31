//! `holdline health`: its exit status, which health checks use.

use crate::support::{Holdline, Process, answering, free_address};

#[tokio::test]
async fn running_server_is_ready() {
    let server = Process::start(&["--log", "memory:"]).await;
    let (said, status) = Holdline::start(server.address, &["health"]).output().await;
    assert_eq!((said.trim(), status.code()), (&*format!("http://{} is ready", server.address), Some(0)));
    // As in a container, where the command has the server's environment and the server listens on all addresses.
    let listen = format!("0.0.0.0:{}", server.address.port());
    let environment = [("HOLDLINE_LISTEN", listen.as_str()), ("http_proxy", "http://127.0.0.1:9")];
    let (said, status) = Holdline::start_in(&environment, &["health"]).output().await;
    assert_eq!(status.code(), Some(0), "{said}");
}

#[tokio::test]
async fn unreachable_or_foreign_server_is_not_ready() {
    let unavailable = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let page =
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\nconnection: close\r\n\r\n<html>";
    let empty = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
    for (address, why) in [
        (free_address(), "refused"),
        (answering(unavailable), "status 503"),
        (answering(page), "not as a Holdline server"),
        (answering(empty), "not as a Holdline server"),
    ] {
        let (said, status) = Holdline::start(address, &["health"]).output().await;
        assert_eq!(status.code(), Some(1), "{said}");
        assert!(said.contains("is not ready") && said.contains(why), "{said}");
    }
}
