//! Host checks and cross-site checks, in both ways of serving.

use holdline_server::hub::HubConfig;
use holdline_server::{Hosts, HttpConfig, ServeConfig};
use holdline_shared::ProblemCode;

use crate::support::{Connection, Process, Reply, Server};

const POLL: &str = "GET /api/v1/poll?room=lobby&wait=0 HTTP/1.1\r\n";

/// Sends these lines as a request.
async fn send_lines(connection: &mut Connection, lines: &str) -> Reply {
    connection.write(format!("{lines}\r\n").as_bytes()).await;
    connection.reply().await.expect("an answer")
}

fn named() -> HttpConfig {
    let mut config = HttpConfig::default();
    config.hosts = Hosts::loopback().with_name("chat.example").unwrap();
    config
}

async fn both_ways(http: HttpConfig) -> [Server; 2] {
    let mut config = ServeConfig::default();
    config.http = http;
    let mut plain = config.clone();
    plain.event_loops = Some(0);
    [Server::with(HubConfig::default(), config).await, Server::with(HubConfig::default(), plain).await]
}

#[tokio::test]
async fn foreign_host_is_refused_and_own_hosts_are_answered() {
    for server in both_ways(named()).await {
        for (host, code) in [
            ("localhost", None),
            ("127.0.0.1:8080", None),
            ("[::1]:8080", None),
            ("chat.example", None),
            ("CHAT.example:444", None),
            ("evil.example:8080", Some(ProblemCode::UnknownHost)),
            ("10.0.0.1", Some(ProblemCode::UnknownHost)),
            ("a b", Some(ProblemCode::InvalidRequest)),
        ] {
            for line in [POLL, "GET /healthz HTTP/1.1\r\n", "POST /publish HTTP/1.1\r\n"] {
                // A poll comes first, so that an event loop has the connection.
                let mut connection = server.connect().await;
                assert_eq!(connection.get("/api/v1/poll?room=lobby&wait=0", "").await.status, 200);
                let reply = send_lines(&mut connection, &format!("{line}Host: {host}\r\n")).await;
                match code {
                    Some(code) => assert_eq!(reply.problem(), code, "{line}{host}"),
                    None => assert!([200, 400].contains(&reply.status), "{line}{host}: {}", reply.status),
                }
                if code == Some(ProblemCode::UnknownHost) {
                    let name = host.split(':').next().unwrap();
                    assert!(reply.text().contains(&format!("--host {name}")), "{}", reply.text());
                }
            }
        }
    }
}

#[tokio::test]
async fn requests_need_exactly_one_host_header() {
    for server in both_ways(HttpConfig::default()).await {
        for hosts in
            ["", "Host: localhost\r\nHost: localhost\r\n", "Host:\r\n", "Host: a/b\r\n", "Host: \u{e9}\r\n"]
        {
            for line in [POLL, "GET /api/v1/rooms HTTP/1.1\r\n"] {
                let reply = send_lines(&mut server.connect().await, &format!("{line}{hosts}")).await;
                assert_eq!(reply.problem(), ProblemCode::InvalidRequest, "{line}{hosts}");
            }
        }
        let old = send_lines(&mut server.connect().await, "GET /healthz HTTP/1.0\r\n").await;
        assert_eq!(old.status, 200, "HTTP/1.0 needs no Host");
    }
}

#[tokio::test]
async fn pages_of_other_sites_may_read_but_not_write() {
    for server in both_ways(named()).await {
        let token = server.person("Ada").await.token().to_owned();
        for (header, status) in [
            ("Accept: */*", 201),
            ("Sec-Fetch-Site: same-origin", 201),
            ("Sec-Fetch-Site: none", 201),
            ("Sec-Fetch-Site: same-site", 403),
            ("Sec-Fetch-Site: cross-site", 403),
            ("Origin: http://localhost", 201),
            ("Origin: https://chat.example", 201),
            ("Origin: http://localhost:81", 403),
            ("Origin: http://evil.example", 403),
            ("Origin: null", 403),
        ] {
            let key = crate::support::key();
            let body = format!("{{\"key\":\"{key}\",\"text\":\"hello\"}}");
            let headers =
                format!("{header}\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
            let path = "/api/v1/rooms/lobby/messages";
            let mut connection = server.connect().await;
            let reply = connection.request("POST", path, &headers, body.as_bytes()).await;
            assert_eq!(reply.status, status, "{header}: {}", reply.text());
            if status == 403 {
                assert_eq!(reply.problem(), ProblemCode::CrossSite, "{header}");
            }
            let poll = connection.get("/api/v1/poll?room=lobby&wait=0", &format!("{header}\r\n")).await;
            assert_eq!(poll.status, 200, "{header}");
        }
    }
}

#[tokio::test]
async fn executable_answers_to_loopback_and_the_given_hosts() {
    let server = Process::start(&["--log", "memory:", "--host", "chat.example,other.example"]).await;
    for (host, status) in
        [("localhost", 200), ("chat.example", 200), ("other.example:1", 200), ("evil.example", 421)]
    {
        let mut connection = Connection::open(server.address).await;
        assert_eq!(
            send_lines(&mut connection, &format!("{POLL}Host: {host}\r\n")).await.status,
            status,
            "{host}"
        );
    }
    let any = Process::start(&["--log", "memory:", "--host", "*"]).await;
    let mut connection = Connection::open(any.address).await;
    assert_eq!(send_lines(&mut connection, &format!("{POLL}Host: evil.example\r\n")).await.status, 200);
    // A server on all addresses answers to every address and the machine's own name, but not to other names.
    let arguments = ["--log", "memory:", "--door", "open"];
    let everywhere = Process::start_on("0.0.0.0:0".parse().unwrap(), &arguments).await;
    for (host, status) in [("10.1.2.3", 200), ("[fe80::1]:80", 200), ("evil.example", 421)] {
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], everywhere.address.port()));
        let mut connection = Connection::open(address).await;
        assert_eq!(
            send_lines(&mut connection, &format!("{POLL}Host: {host}\r\n")).await.status,
            status,
            "{host}"
        );
    }
}

#[tokio::test]
async fn executable_trusts_only_the_given_proxies() {
    for (arguments, secure) in [
        (&["--log", "memory:"][..], false),
        (&["--log", "memory:", "--trusted-proxy", "10.0.0.0/8"], false),
        (&["--log", "memory:", "--trusted-proxy", "10.0.0.0/8,127.0.0.1"], true),
    ] {
        let server = Process::start(arguments).await;
        let mut connection = Connection::open(server.address).await;
        let header = "X-Forwarded-Proto: https\r\nX-Forwarded-Prefix: /talk\r\n";
        let reply = connection.request("POST", "/api/v1/session", header, b"").await;
        let cookie = reply.header("set-cookie").to_owned();
        assert_eq!(
            cookie.contains("Secure") && cookie.starts_with("holdline_session_talk="),
            secure,
            "{cookie}"
        );
        // The event loop looks for the cookie under the same name.
        let pair = cookie.split(';').next().unwrap();
        let poll = "/api/v1/poll?room=lobby&here=lobby&wait=0";
        assert_eq!(connection.get(poll, &format!("{header}Cookie: {pair}\r\n")).await.status, 200);
    }
}
