//! Escape sequences in requests reach no terminal, neither from the server's own log nor from `admin audit`.

use crate::support::log_command::{holdline, url};
use crate::support::terminal::{expect_plain, output};
use crate::support::{Connection, Holdline};

#[tokio::test]
async fn escapes_in_requests_reach_neither_the_server_log_nor_the_audit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let log = url(&path);
    let mut server = Holdline::start_in(
        &[("RUST_LOG", "debug"), ("HOLDLINE_LIMIT", "none")],
        &["serve", "--listen", "127.0.0.1:0", "--log", &log, "--trusted-proxy", "127.0.0.0/8"],
    );
    let address = loop {
        let line = server.says().await;
        if let Some((_, address)) = line.split_once("the chat is open url=http://") {
            break address.trim().parse().unwrap();
        }
    };
    let link = holdline(&["admin", "link", "--json", "--log", &log]).await;
    let link: serde_json::Value = serde_json::from_slice(&link.stdout).unwrap();
    let mut connection = Connection::open(address).await;
    let strange = "x\u{9b}31m";
    let headers =
        format!("User-Agent: {strange}\r\nX-Request-Id: {strange}\r\nX-Forwarded-For: {strange}\r\n");
    let body = serde_json::json!({ "code": link["code"], "nickname": "Ada" }).to_string();
    let json = format!("{headers}Content-Type: application/json\r\n");
    assert_eq!(connection.request("POST", "/api/v1/redeem", &json, body.as_bytes()).await.status, 201);
    for path in ["/api/v1/rooms/%1b%5d0;pwned%07/messages", "/%C2%9B31m", "/api/v1/poll?room=%1b%5bm&wait=0"]
    {
        connection.get(path, &headers).await;
    }
    connection.get("/the-end-of-it", "").await;
    let mut lines = Vec::new();
    while !lines.last().is_some_and(|line: &String| line.contains("the-end-of-it")) {
        lines.push(server.says().await);
    }
    assert!(lines.len() > 4, "{lines:?}");
    expect_plain(&lines.join("\n"), "the server's log");
    for on_terminal in [true, false] {
        for further in [&["--json"][..], &[]] {
            let said = output(on_terminal, &[&["admin", "audit", "--log", &log], further].concat()).await;
            expect_plain(&said, "admin audit");
            assert!(said.contains("Ada"), "{said}");
        }
    }
    server.signal("TERM").await;
    assert!(server.ended().await.success());
}
