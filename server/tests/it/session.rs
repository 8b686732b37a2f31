//! Sessions: token and cookie.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::{ProblemCode, Session};
use reqwest::Method;
use serde_json::json;
use sha2::Sha256;

use crate::support::{Client, Jar, Reply, Server, trusting_loopback};

async fn send(client: &Client, method: Method, header: (&str, &str)) -> Reply {
    let request = client.request(method, "/api/v1/session").header(header.0, header.1);
    Reply::from(request.send().await.unwrap()).await
}

#[tokio::test]
async fn session_cookie_is_http_only() {
    let server = Server::start().await;
    let nobody = server.visitor();
    assert_eq!(nobody.get("/api/v1/session").await.problem(), ProblemCode::SessionRequired);
    let reply = nobody.post("/api/v1/session", &json!({"nickname": "Ada"})).await.expect(201);
    let session: Session = reply.json();
    assert_eq!(session.person.name.as_str(), "Ada");
    let (port, token) = (server.address.port(), session.token.as_deref().unwrap());
    let cookie = format!("holdline_session_{port}={token}; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax");
    assert_eq!(reply.header("set-cookie"), cookie);
    assert_eq!(reply.header("cache-control"), "no-store");
}

#[tokio::test]
async fn cookie_is_secure_behind_tls_of_a_trusted_proxy() {
    let mut config = ServeConfig::default();
    config.http = trusting_loopback();
    let (trusting, wary) = (Server::with(HubConfig::default(), config).await, Server::start().await);
    for header in [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-proto", "https, http"),
        ("x-forwarded-proto", "https,http"),
        ("x-forwarded-proto", "HTTPS"),
        ("forwarded", "for=10.0.0.1;proto=https"),
    ] {
        for (server, is_believed) in [(&trusting, true), (&wary, false)] {
            let reply = send(&server.visitor(), Method::POST, header).await.expect(201);
            assert_eq!(reply.header("set-cookie").ends_with("; Secure"), is_believed, "{header:?}");
        }
    }
}

/// Requests the session with these headers, each of which ends with a line break.
async fn session(server: &Server, method: &str, headers: &str) -> Session {
    server.connect().await.request(method, "/api/v1/session", headers, b"").await.json()
}

#[tokio::test]
async fn token_is_not_sent_to_clients_with_the_cookie() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let (bearer, cookie) = (
        format!("Authorization: Bearer {}\r\n", ada.token()),
        format!("Cookie: holdline_session={}\r\n", ada.token()),
    );
    for (method, headers, sees_token) in [
        ("GET", &bearer, true),
        ("POST", &bearer, true),
        ("GET", &cookie, false),
        ("POST", &cookie, false),
        ("POST", &String::new(), true),
        ("POST", &"Cookie: holdline_session=x\r\n".to_owned(), false),
        ("POST", &"Cookie: other=x\r\n".to_owned(), true),
    ] {
        assert_eq!(session(&server, method, headers).await.token.is_some(), sees_token, "{method} {headers}");
    }
    assert_eq!(session(&server, "GET", &cookie).await.person, *ada.person());
}

#[tokio::test]
async fn session_cookie_is_found_among_other_cookies() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let token = ada.token();
    for cookie in [
        format!("name=J\u{f6}rg; holdline_session={token}"),
        format!("holdline_session={token}; n=\u{1f600}"),
        format!("holdline_session=\"{token}\""),
        format!("holdline_session=garbage; holdline_session={token}"),
        format!("holdline_session=\u{e9}; holdline_session={token}"),
        format!("a; =; ;holdline_session = {token} ;b"),
    ] {
        let person = session(&server, "GET", &format!("Cookie: {cookie}\r\n")).await.person;
        assert_eq!(person, *ada.person(), "{cookie}");
    }
    // An event loop finds the cookie, too.
    let poll = "/api/v1/poll?room=lobby&here=lobby&wait=0";
    let cookie = format!("Cookie: name=J\u{f6}rg; holdline_session=\"{token}\"\r\n");
    assert_eq!(server.connect().await.get(poll, &cookie).await.status, 200);
    let many = format!("Cookie: {}holdline_session={token}\r\n", "holdline_session=a.b; ".repeat(200));
    let reply = server.connect().await.get("/api/v1/session", &many).await;
    assert_eq!(reply.problem(), ProblemCode::SessionInvalid, "the number of checked signatures is limited");
}

#[tokio::test]
async fn two_servers_on_one_host_have_separate_sessions() {
    let (one, other) = (Server::start().await, Server::start().await);
    let mut jar = Jar::default();
    let mut people = Vec::new();
    for server in [&one, &other] {
        let host = format!("Host: 127.0.0.1:{}\r\n", server.address.port());
        let mut connection = server.connect().await;
        connection
            .write(format!("POST /api/v1/session HTTP/1.1\r\n{host}{}\r\n", jar.header()).as_bytes())
            .await;
        let reply = connection.reply().await.unwrap().expect(201);
        jar.take(&reply);
        people.push((server, host, reply.json::<Session>().person));
    }
    for (server, host, person) in people {
        let mut connection = server.connect().await;
        for (path, at) in [("/api/v1/session", "/person"), ("/api/v1/poll?room=lobby&here=lobby&wait=0", "")]
        {
            connection.write(format!("GET {path} HTTP/1.1\r\n{host}{}\r\n", jar.header()).as_bytes()).await;
            let reply = connection.reply().await.unwrap().expect(200);
            let json: serde_json::Value = reply.json();
            let expected = serde_json::to_value(&person).unwrap();
            assert!(at.is_empty() || json.pointer(at) == Some(&expected), "{json}");
        }
    }
}

#[tokio::test]
async fn session_cookie_of_an_earlier_version_is_renamed() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let old = format!("holdline_session={}", ada.token());
    let shown = send(&server.visitor(), Method::GET, ("cookie", &old)).await.expect(200);
    assert_eq!(shown.json::<Session>().person, *ada.person());
    let name = format!("holdline_session_{}=", server.address.port());
    assert!(shown.header("set-cookie").starts_with(&name), "{}", shown.header("set-cookie"));
    // Another server's cookie is ignored and kept.
    let foreign = send(&server.visitor(), Method::GET, ("cookie", "holdline_session=x")).await;
    assert_eq!(foreign.problem(), ProblemCode::SessionRequired);
    let ended = send(&server.visitor(), Method::DELETE, ("cookie", &old)).await.expect(204);
    assert_eq!(ended.headers.get_all("set-cookie").iter().count(), 2, "both names are cleared");
}

/// A token in the form of the first version, which had neither a date nor a session.
fn token_of_version_1(server: &Server) -> String {
    let statement = "h1.ada1.QWRh";
    let mut mac = Hmac::<Sha256>::new_from_slice(&server.hub.log().secret()).unwrap();
    mac.update(statement.as_bytes());
    format!("{statement}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn cookie_of_an_encrypted_connection_is_bound_to_its_host() {
    let mut config = ServeConfig::default();
    config.http = trusting_loopback();
    let server = Server::with(HubConfig::default(), config).await;
    let tls = "X-Forwarded-Proto: https\r\nX-Forwarded-Host: chat.example\r\n";
    let send = async |method: &str, headers: String| {
        server.connect().await.request(method, "/api/v1/session", &format!("{tls}{headers}"), b"").await
    };
    let begun = send("POST", String::new()).await.expect(201);
    let session: Session = begun.json();
    let token = session.token.unwrap();
    let expected =
        format!("__Host-holdline_session={token}; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax; Secure");
    assert_eq!(begun.header("set-cookie"), expected);
    let shown = send("GET", format!("Cookie: __Host-holdline_session={token}\r\n")).await.expect(200);
    assert_eq!((shown.json::<Session>().person, shown.header("set-cookie")), (session.person.clone(), ""));
    // The name without a prefix, which another host of the domain can set, proves nothing.
    let foreign = send("GET", format!("Cookie: holdline_session={token}\r\n")).await;
    assert_eq!(foreign.problem(), ProblemCode::SessionRequired);
    // Earlier versions set it, with tokens of another form; it is renamed, and ends with the session.
    let token = token_of_version_1(&server);
    let old = format!("Cookie: holdline_session={token}\r\n");
    let shown = send("GET", old.clone()).await.expect(200);
    assert!(shown.header("set-cookie").starts_with("__Host-holdline_session=h2."), "{shown:?}");
    for cookies in [old, format!("Cookie: __Host-holdline_session={token}; holdline_session={token}\r\n")] {
        let ended = send("DELETE", cookies).await.expect(204);
        let ended: Vec<_> =
            ended.headers.get_all("set-cookie").iter().map(|one| one.to_str().unwrap()).collect();
        let all = ["__Host-holdline_session=; Max-Age=0;", "holdline_session=; Max-Age=0;"];
        assert!(
            ended.len() == 2 && ended.iter().zip(all).all(|(one, name)| one.starts_with(name)),
            "{ended:?}"
        );
    }
    // Below a path, the prefix would demand another path.
    let below = send("POST", "X-Forwarded-Prefix: /talk\r\n".to_owned()).await.expect(201);
    assert!(below.header("set-cookie").starts_with("holdline_session_talk="), "{below:?}");
    // Over a plain connection such a cookie is nobody's.
    let plain = format!("Cookie: __Host-holdline_session={token}\r\n");
    let plain = server.connect().await.request("GET", "/api/v1/session", &plain, b"").await;
    assert_eq!(plain.problem(), ProblemCode::SessionRequired);
}

#[tokio::test]
async fn session_without_a_nickname_gets_an_invented_one() {
    let server = Server::start().await;
    let nobody = server.visitor();
    let bare = nobody.request(Method::POST, "/api/v1/session").send().await.unwrap();
    let session: Session = Reply::from(bare).await.expect(201).json();
    assert!(session.person.name.as_str().contains(' '), "{:?}", session.person);
    let bearer = format!("bearer  {}", session.token.as_deref().unwrap());
    let again = send(&nobody, Method::POST, ("authorization", &bearer)).await.expect(200);
    assert_eq!(again.json::<Session>().person, session.person);
}

#[tokio::test]
async fn new_nickname_keeps_the_person() {
    let server = Server::start().await;
    let mut ada = server.person("Ada").await;
    let before = ada.person().clone();
    let first = ada.says("one").await;
    let after = ada.enters("Ada Lovelace").await.clone();
    assert_eq!((after.id.clone(), after.name.as_str()), (before.id.clone(), "Ada Lovelace"));
    let second = ada.says("two").await;
    assert_eq!((first.author, second.author), (before, after), "an entry keeps its author's earlier name");
}

#[tokio::test]
async fn nicknames_may_have_the_joiners_that_their_spelling_needs() {
    let server = Server::start().await;
    let nobody = server.visitor();
    for name in ["علی\u{200C}رضا", "അനിവര\u{0D4D}\u{200D}", "👩\u{200D}💻 Kim", "🏳\u{FE0F}\u{200D}⚧\u{FE0F}"]
    {
        assert_eq!(server.person(name).await.person().name.as_str(), name);
    }
    let refused = nobody.post("/api/v1/session", &json!({"nickname": "Ad\u{200D}a"})).await;
    assert_eq!(refused.problem(), ProblemCode::InvalidNickname);
}

#[tokio::test]
async fn forged_and_foreign_tokens_are_refused() {
    let server = Server::start().await;
    let elsewhere = Server::start().await;
    let ada = server.person("Ada").await;
    let foreign = elsewhere.person("Eve").await;
    let forged = ada.token().replacen("h2.", "h2.x", 1);
    let nobody = server.visitor();
    for token in [&forged, foreign.token(), "x", "h2...", "%00", "\u{e9}"] {
        let reply = send(&nobody, Method::GET, ("authorization", &format!("Bearer {token}"))).await;
        let expected =
            if token == "\u{e9}" { ProblemCode::SessionRequired } else { ProblemCode::SessionInvalid };
        assert_eq!(reply.problem(), expected, "{token:?}");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
    }
    // `POST` with a forged token creates a new session.
    let reply = send(&nobody, Method::POST, ("authorization", &format!("Bearer {forged}"))).await.expect(201);
    assert_ne!(reply.json::<Session>().person.id, ada.person().id);
}

#[tokio::test]
async fn ended_session_clears_the_cookie() {
    let server = Server::start().await;
    let reply = server.person("Ada").await.delete("/api/v1/session").await.expect(204);
    let port = server.address.port();
    let cookie = format!("holdline_session_{port}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
    assert_eq!(reply.header("set-cookie"), cookie);
    server.visitor().delete("/api/v1/session").await.expect(204);
}
