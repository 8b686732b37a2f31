//! The client against servers that say what a test wants, byte by byte.

use std::net::SocketAddr;
use std::time::Duration;

use holdline_shared::{PollQuery, PublishRequest, RoomName, RoomSelection};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::*;

/// A request as it came: the lines of the head, and the body.
#[derive(Debug)]
struct Came {
    head: Vec<String>,
    body: String,
}

impl Came {
    /// The values of a header.
    fn header(&self, name: &str) -> Vec<&str> {
        let named = self.head.iter().filter_map(|line| line.split_once(": "));
        named.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }
}

/// A server that answers each request by what `answer` says of its first line, and reports what came.
async fn server(answer: fn(&str) -> String) -> (SocketAddr, mpsc::UnboundedReceiver<Came>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (report, came) = mpsc::unbounded_channel();
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
                    let mut came = Came { head, body: String::new() };
                    let length =
                        came.header("content-length").first().map_or(0, |length| length.parse().unwrap());
                    let mut body = vec![0; length];
                    connection.read_exact(&mut body).await.unwrap();
                    came.body = String::from_utf8(body).unwrap();
                    let answer = answer(&came.head[0]);
                    report.send(came).unwrap();
                    connection.write_all(answer.as_bytes()).await.unwrap();
                }
            });
        }
    });
    (address, came)
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
async fn long_poll_is_a_form() {
    let (address, mut came) = server(|_| response("200 OK", BATCH)).await;
    let client = client(&address.to_string());
    client.poll(&long_query()).await.unwrap();
    let came = came.recv().await.unwrap();
    assert_eq!(came.head[0], "POST /api/v1/poll HTTP/1.1");
    assert_eq!(came.header("content-type"), ["application/x-www-form-urlencoded"]);
    assert_eq!(came.body, long_query().to_query_string());
}

#[tokio::test]
async fn server_without_form_polls_is_asked_by_its_address() {
    let answer = |line: &str| {
        if line.starts_with("POST") {
            response("405 Method Not Allowed", "")
        } else {
            response("200 OK", BATCH)
        }
    };
    let (address, mut came) = server(answer).await;
    let client = client(&address.to_string());
    for _ in 0..2 {
        client.poll(&long_query()).await.unwrap();
    }
    for method in ["POST", "GET", "GET"] {
        assert!(came.recv().await.unwrap().head[0].starts_with(method));
    }
}

#[tokio::test]
async fn login_of_the_address_leaves_room_for_the_session() {
    const ENTRY: &str = r#"{"seq":3,"room":"lobby","at":1,"author":{"id":"ada1","name":"Ada"},"kind":"message",
        "key":"7f2c1b9e-4a5d-4c3b-9e8f-0a1b2c3d4e5f","text":"hello"}"#;
    let answer = |line: &str| {
        if line.contains("/session ") {
            response("201 Created", r#"{"person":{"id":"ada1","name":"Ada"},"token":"h1.t"}"#)
        } else {
            response("201 Created", ENTRY)
        }
    };
    let (address, mut came) = server(answer).await;
    let client = client(&format!("http://ada:s%40cret@{address}"));
    let request = PublishRequest {
        key: holdline_shared::PublishKey::from_random([7; 16]),
        text: "hello".parse().unwrap(),
        reply_to: None,
    };
    client.publish(&RoomName::lobby(), &request).await.unwrap();
    let session = came.recv().await.unwrap();
    assert_eq!(session.header("authorization"), ["Basic YWRhOnNAY3JldA=="]);
    let publish = came.recv().await.unwrap();
    assert_eq!(publish.header("authorization"), ["Basic YWRhOnNAY3JldA=="], "one of them");
    assert_eq!(publish.header("cookie"), ["holdline_session=h1.t"]);
}

#[tokio::test]
async fn what_is_no_holdline_server_is_told_apart_from_what_passes() {
    // Neither TLS nor HTTP, and a page.
    let (page, _page) = server(|_| response("200 OK", "<html>welcome</html>")).await;
    let (noise, _noise) = server(|_| "\u{15}\u{3}\u{3}\0\u{2}\u{2}(".to_owned()).await;
    for (address, part) in [
        (format!("http://{page}"), "is not one of a Holdline server"),
        (format!("http://{noise}"), "does not speak HTTP; is it https://?"),
    ] {
        let trouble = client(&address).poll(&PollQuery::new(RoomSelection::All)).await.unwrap_err();
        assert!(matches!(trouble, Trouble::NoHoldline { .. }), "{trouble:?}");
        assert!(trouble.to_string().contains(part), "{trouble}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let trouble = client(&nobody.to_string()).rooms().await.unwrap_err();
    assert!(matches!(trouble, Trouble::Failed { .. }), "may come: {trouble:?}");
}

#[tokio::test]
async fn too_many_requests_are_repeated_when_the_server_says() {
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
    let patience = Patience::new(client.target(), None);
    let list = patience.insist(async || client.rooms().await).await.unwrap();
    assert!(list.rooms.is_empty());
    answering.await.unwrap();
}

#[tokio::test]
async fn answer_of_somebody_else_passes_once_the_server_was_there() {
    let answer = |_: &str| response("200 OK", "<html>log in to this network</html>");
    let (address, _came) = server(answer).await;
    let client = client(&address.to_string());
    let patience = Patience::new(client.target(), None);
    let refused = patience.insist(async || client.rooms().await.map(drop)).await.unwrap_err();
    assert!(matches!(refused, Unanswered::Refused(_)), "{refused:?}");
    patience.insist(async || Ok(())).await.unwrap();
    let asked = AtomicBool::new(false);
    let page_first =
        async || if asked.swap(true, Ordering::Relaxed) { Ok(()) } else { client.rooms().await.map(drop) };
    patience.insist(page_first).await.unwrap();
}

#[tokio::test]
async fn ready_falls_back_to_the_older_route() {
    let answer = |line: &str| {
        if line.contains("/readyz") { response("404 Not Found", "") } else { response("200 OK", "ok\n") }
    };
    let (address, _came) = server(answer).await;
    client(&address.to_string()).ready().await.unwrap();
}

#[tokio::test]
async fn entry_of_an_unknown_kind_keeps_all_its_fields() {
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
