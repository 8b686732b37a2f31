//! Tests of the client against servers with scripted answers.

use std::net::SocketAddr;
use std::time::Duration;

use holdline_shared::{PollQuery, PublishRequest, RoomName, RoomSelection};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::super::retry::{GaveUp, RetryPolicy};
use super::*;

/// A received request: the lines of the head, and the body.
#[derive(Debug)]
struct Received {
    head: Vec<String>,
    body: String,
}

impl Received {
    /// The values of a header.
    fn header(&self, name: &str) -> Vec<&str> {
        let named = self.head.iter().filter_map(|line| line.split_once(": "));
        named.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }
}

/// Starts a server that answers each request with `answer` of its first line, and reports the requests.
async fn server(answer: fn(&str) -> String) -> (SocketAddr, mpsc::UnboundedReceiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (report, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            let report = report.clone();
            tokio::spawn(async move {
                let mut connection = BufReader::new(connection);
                loop {
                    let mut head = Vec::new();
                    loop {
                        let mut line = String::new();
                        if connection.read_line(&mut line).await.unwrap_or(0) == 0 {
                            return;
                        }
                        if line == "\r\n" {
                            break;
                        }
                        head.push(line.trim_end().to_owned());
                    }
                    let mut received = Received { head, body: String::new() };
                    let length =
                        received.header("content-length").first().map_or(0, |length| length.parse().unwrap());
                    let mut body = vec![0; length];
                    connection.read_exact(&mut body).await.unwrap();
                    received.body = String::from_utf8(body).unwrap();
                    let answer = answer(&received.head[0]);
                    report.send(received).unwrap();
                    connection.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (address, received)
}

fn response(status: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn client(address: &str) -> Client {
    Client::direct(address.parse().unwrap()).unwrap()
}

const BATCH: &str = r#"{"entries":[],"cursor":"00000000000000ff-7","wait":25}"#;

fn long_query() -> PollQuery {
    let rooms: Vec<RoomName> = (0..50).map(|n| format!("{}{n}", "茶".repeat(30)).parse().unwrap()).collect();
    PollQuery { wait: Some(Duration::ZERO), ..PollQuery::new(RoomSelection::Named(rooms)) }
}

#[tokio::test]
async fn poll_with_long_parameters_is_sent_as_a_form() {
    let (address, mut received) = server(|_| response("200 OK", BATCH)).await;
    let client = client(&address.to_string());
    client.poll(&long_query()).await.unwrap();
    let received = received.recv().await.unwrap();
    assert_eq!(received.head[0], "POST /api/v1/poll HTTP/1.1");
    assert_eq!(received.header("content-type"), ["application/x-www-form-urlencoded"]);
    assert_eq!(received.body, long_query().to_query_string());
}

#[tokio::test]
async fn server_without_form_polls_gets_the_parameters_in_the_url() {
    let answer = |line: &str| {
        if line.starts_with("POST") {
            response("405 Method Not Allowed", "")
        } else {
            response("200 OK", BATCH)
        }
    };
    let (address, mut received) = server(answer).await;
    let client = client(&address.to_string());
    for _ in 0..2 {
        client.poll(&long_query()).await.unwrap();
    }
    for method in ["POST", "GET", "GET"] {
        assert!(received.recv().await.unwrap().head[0].starts_with(method));
    }
}

#[tokio::test]
async fn session_is_sent_as_a_cookie_beside_a_login() {
    const ENTRY: &str = r#"{"seq":3,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"},"kind":"message",
        "key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":"hello"}"#;
    let answer = |line: &str| {
        if line.contains("/session ") {
            response("201 Created", r#"{"person":{"id":"ada1","name":"Ada"},"token":"h1.t"}"#)
        } else {
            response("201 Created", ENTRY)
        }
    };
    let (address, mut received) = server(answer).await;
    let client = client(&format!("http://ada:s%40cret@{address}"));
    let request = PublishRequest {
        key: holdline_shared::PublishKey::from_random([7; 16]),
        text: "hello".parse().unwrap(),
        reply_to: None,
    };
    client.publish(&RoomName::lobby(), &request).await.unwrap();
    let session = received.recv().await.unwrap();
    assert_eq!(session.header("authorization"), ["Basic YWRhOnNAY3JldA=="]);
    let publish = received.recv().await.unwrap();
    assert_eq!(publish.header("authorization"), ["Basic YWRhOnNAY3JldA=="], "only one login");
    assert_eq!(publish.header("cookie"), ["holdline_session=h1.t"]);
}

#[tokio::test]
async fn foreign_servers_are_distinguished_from_temporary_errors() {
    // Neither TLS nor HTTP, and a page.
    let (page, _page) = server(|_| response("200 OK", "<html>welcome</html>")).await;
    let (noise, _noise) = server(|_| "\u{15}\u{3}\u{3}\0\u{2}\u{2}(".to_owned()).await;
    for (address, part) in [
        (format!("http://{page}"), "is not one of a Holdline server"),
        (format!("http://{noise}"), "does not speak HTTP; is it https://?"),
    ] {
        let error = client(&address).poll(&PollQuery::new(RoomSelection::All)).await.unwrap_err();
        assert!(matches!(error, RequestError::NotHoldline { .. }), "{error:?}");
        assert!(error.to_string().contains(part), "{error}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = client(&nobody.to_string()).rooms().await.unwrap_err();
    assert!(matches!(error, RequestError::Failed { .. }), "this error is temporary: {error:?}");
}

#[tokio::test]
async fn too_many_requests_are_retried_after_the_given_time() {
    let busy = "HTTP/1.1 429 Too Many Requests\r\nretry-after: Thu, 01 Jan 1970 00:00:00 GMT\r\ncontent-length: 0\r\n\r\n";
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = client(&listener.local_addr().unwrap().to_string());
    let answering = tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        let rooms = response("200 OK", r#"{"rooms":[],"cursor":"00000000000000ff-7"}"#);
        for answer in [busy, busy, &rooms] {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(connection.read_u8().await.unwrap());
            }
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let retry = RetryPolicy::new(client.target(), None);
    let list = retry.run(async || client.rooms().await).await.unwrap();
    assert!(list.rooms.is_empty());
    answering.await.unwrap();
}

#[tokio::test]
async fn foreign_answer_is_temporary_once_the_server_has_answered() {
    let answer = |_: &str| response("200 OK", "<html>log in to this network</html>");
    let (address, _came) = server(answer).await;
    let client = client(&address.to_string());
    let retry = RetryPolicy::new(client.target(), None);
    let refused = retry.run(async || client.rooms().await.map(drop)).await.unwrap_err();
    assert!(matches!(refused, GaveUp::Refused(_)), "{refused:?}");
    retry.run(async || Ok(())).await.unwrap();
    let asked = AtomicBool::new(false);
    let page_first =
        async || if asked.swap(true, Ordering::Relaxed) { Ok(()) } else { client.rooms().await.map(drop) };
    retry.run(page_first).await.unwrap();
}

#[tokio::test]
async fn readiness_check_falls_back_to_the_older_route() {
    let answer = |line: &str| {
        if line.contains("/readyz") { response("404 Not Found", "") } else { response("200 OK", "ok\n") }
    };
    let (address, _came) = server(answer).await;
    client(&address.to_string()).check_ready().await.unwrap();
}

#[tokio::test]
async fn entry_of_unknown_kind_keeps_all_its_fields() {
    const PARADE: &str = r#"{"seq":8,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada","badge":"gold"},"kind":"parade","floats":[1,{"a":2}]}"#;
    let answer = |_: &str| {
        let known =
            PARADE.replace("parade", "delete").replace("floats", "target\":3,\"f").replace(":8", ":7");
        let batch = format!(
            r#"{{"entries":[{known},{PARADE},{{"odd":1}}],"cursor":"00000000000000ff-8","wait":25}}"#
        );
        response("200 OK", &batch)
    };
    let (address, _came) = server(answer).await;
    let polled = client(&address.to_string()).poll(&long_query()).await.unwrap();
    let parade: serde_json::Value = serde_json::from_str(PARADE).unwrap();
    assert_eq!(polled.unknown.into_iter().collect::<Vec<_>>(), [(Seq(8), parade)]);
    assert_eq!((polled.batch.entries.len(), polled.batch.unreadable), (2, 1));
}

#[tokio::test]
async fn access_token_is_sent_with_every_request_and_needs_no_session() {
    let answer = |line: &str| {
        if line.contains("/poll") { response("200 OK", BATCH) } else { response("403 Forbidden", "") }
    };
    let (address, mut received) = server(answer).await;
    let token = || AccessToken::parse("hlt_abc").unwrap();
    let client = client(&address.to_string()).with_access_token(token()).unwrap();
    client.poll(&PollQuery::new(RoomSelection::All)).await.unwrap();
    assert_eq!(client.create_room(&RoomName::lobby()).await.unwrap_err().status(), Some(403));
    for line in ["GET /api/v1/poll", "PUT /api/v1/rooms/lobby"] {
        let request = received.recv().await.unwrap();
        assert!(request.head[0].starts_with(line), "{:?}", request.head);
        assert_eq!(request.header("authorization"), ["Bearer hlt_abc"]);
    }
    let with_login = Client::direct("http://ada:secret@chat.example".parse().unwrap()).unwrap();
    assert!(with_login.with_access_token(token()).is_err());
}
