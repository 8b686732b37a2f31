//! `/subscribe` and `/publish`, as used by the long polling tutorial's page and by curl.

use holdline_server::hub::HubConfig;
use holdline_shared::ProblemCode;

use crate::support::{Connection, Jar, Reply, Server, texts, until};

/// Subscribes as the tutorial's page does: always the same URL, with cookies.
async fn subscribes(page: &mut Connection, jar: &mut Jar, query: &str) -> Reply {
    let reply = page.get(&format!("/subscribe{query}"), &jar.header()).await;
    jar.take(&reply);
    reply
}

#[tokio::test]
async fn tutorial_page_receives_each_message() {
    let server = Server::start().await;
    let publisher = server.visitor();
    let mut page = server.connect().await;
    for text in ["hello", "Привет", "¡hola!\nsegunda línea"] {
        page.send("GET", "/subscribe?random=0.123", "", b"").await;
        until("the page is held", || server.hub.held() == 1).await;
        publisher.shouts(text).await;
        let reply = page.reply().await.unwrap();
        assert_eq!((reply.status, reply.text()), (200, text));
        assert_eq!(reply.header("content-type"), "text/plain;charset=utf-8");
        assert_eq!(reply.header("cache-control"), "no-cache, must-revalidate");
    }
}

#[tokio::test]
async fn all_held_requests_are_answered() {
    let server = Server::start().await;
    let mut pages = Vec::new();
    for _ in 0..20 {
        let mut page = server.connect().await;
        page.send("GET", "/subscribe", "", b"").await;
        pages.push(page);
    }
    until("all are held", || server.hub.held() == 20).await;
    server.visitor().shouts("hello all").await;
    for mut page in pages {
        assert_eq!(page.reply().await.unwrap().text(), "hello all");
    }
}

#[tokio::test]
async fn page_misses_nothing_between_two_polls() {
    let server = Server::start().await;
    let publisher = server.visitor();
    let (mut page, mut jar) = (server.connect().await, Jar::default());
    let query = "?random=0.8440626";
    assert_eq!(subscribes(&mut page, &mut jar, &format!("{query}&wait=0")).await.text(), "");
    for round in 0..3 {
        let said: Vec<_> = (0..4).map(|n| format!("round {round}, message {n}")).collect();
        for text in &said {
            publisher.shouts(text).await;
        }
        for text in &said {
            assert_eq!(subscribes(&mut page, &mut jar, query).await.text(), text);
        }
    }
    assert_eq!(subscribes(&mut page, &mut jar, &format!("{query}&wait=0")).await.text(), "");
}

#[tokio::test]
async fn two_pages_of_one_browser_have_separate_cursors() {
    let server = Server::start().await;
    let (mut page, mut jar) = (server.connect().await, Jar::default());
    for query in ["?random=0.1&wait=0", "?random=0.2&wait=0"] {
        subscribes(&mut page, &mut jar, query).await;
    }
    let publisher = server.visitor();
    publisher.shouts("one").await;
    publisher.shouts("two").await;
    for text in ["one", "two"] {
        for query in ["?random=0.1", "?random=0.2"] {
            assert_eq!(subscribes(&mut page, &mut jar, query).await.text(), text);
        }
    }
}

#[tokio::test]
async fn cookie_is_small_and_has_no_path() {
    let server = Server::start().await;
    let mut page = server.connect().await;
    let cookie = |reply: Reply| reply.header("set-cookie").to_owned();
    let cursor = server.visitor().cursor().await;
    let set = cookie(page.get("/subscribe?wait=0&random=0.5e-7", "").await);
    assert!(set.starts_with(&format!("holdline_cursor_0.5e-7={cursor}.")), "{set}");
    assert!(set.ends_with("; Max-Age=43200; HttpOnly; SameSite=Lax"), "{set}");
    for strange in ["", "a%3Db", "a%20b", "%0d%0aX:%20y", &"9".repeat(65)] {
        let reply = page.get(&format!("/subscribe?wait=0&random={strange}"), "").await;
        assert_eq!((reply.status, cookie(reply).as_str()), (200, ""), "{strange}");
    }
    // An invalid cookie is ignored.
    for value in ["x", "00000000000000ff-7", &format!("{}-99", cursor.epoch), "\"\"", "00000000000000ff-7.x"]
    {
        let header = format!("Cookie: holdline_cursor_1={value}\r\n");
        let set = cookie(page.get("/subscribe?wait=0&random=1", &header).await);
        assert!(set.starts_with(&format!("holdline_cursor_1={cursor}.")), "{value}: {set}");
    }
}

#[tokio::test]
async fn cursor_is_found_among_other_cookies() {
    let server = Server::start().await;
    let (mut page, mut jar) = (server.connect().await, Jar::default());
    subscribes(&mut page, &mut jar, "?random=5&wait=0").await;
    server.visitor().shouts("between").await;
    let header = jar.header().replace("Cookie: ", "Cookie: n=J\u{f6}rg; ");
    assert_eq!(page.get("/subscribe?random=5&wait=0", &header).await.text(), "between");
}

#[tokio::test]
async fn number_of_cookies_is_bounded() {
    let server = Server::start().await;
    let (mut page, mut jar) = (server.connect().await, Jar::default());
    for number in 0..150 {
        subscribes(&mut page, &mut jar, &format!("?random=0.{number}&wait=0")).await;
    }
    let cookies = jar.header();
    assert_eq!(cookies.matches("holdline_cursor_").count(), 16, "{cookies}");
    assert!(cookies.contains("holdline_cursor_0.149="), "{cookies}");
}

#[tokio::test(start_paused = true)]
async fn request_with_wait_ends_empty() {
    let server = Server::in_paused_time(HubConfig::default()).await;
    let start = tokio::time::Instant::now();
    let reply = server.visitor().get("/subscribe?wait=30").await.expect(200);
    assert_eq!((start.elapsed().as_secs(), reply.text()), (30, ""));
    assert_eq!(reply.header("content-type"), "text/plain;charset=utf-8");
    assert_eq!(reply.header("x-accel-buffering"), "no");
}

#[tokio::test(start_paused = true)]
async fn request_without_wait_is_held_without_limit() {
    let server = Server::in_paused_time(HubConfig::default()).await;
    let mut page = server.connect().await;
    page.send("GET", "/subscribe?wait=4294967295", "", b"").await;
    until("the page is held", || server.hub.held() == 1).await;
    tokio::time::advance(std::time::Duration::from_secs(86_400)).await;
    server.visitor().shouts("good morning").await;
    assert_eq!(page.reply().await.unwrap().text(), "good morning");
}

#[tokio::test]
async fn only_messages_are_answered() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let mut page = server.connect().await;
    page.send("GET", "/subscribe", "", b"").await;
    until("the page is held", || server.hub.held() == 1).await;
    ada.makes_room("tea").await;
    ada.says_in("tea", "elsewhere").await;
    ada.put("/api/v1/rooms/lobby", &serde_json::json!({"topic": "all"})).await.expect(200);
    ada.says("here").await;
    assert_eq!(page.reply().await.unwrap().text(), "here");
}

#[tokio::test]
async fn room_is_created_by_publishing_with_a_session_and_can_be_awaited_before() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let session = format!("Authorization: Bearer {}\r\n", ada.token());
    let mut page = server.connect().await;
    page.send("GET", "/subscribe?room=Tea", "", b"").await;
    until("the page is held", || server.hub.held() == 1).await;
    let publisher = server.connect().await.request("POST", "/publish?room=tea", &session, b"hello tea").await;
    assert_eq!((publisher.status, publisher.text()), (200, "ok"));
    assert_eq!(publisher.header("content-type"), "text/plain;charset=utf-8");
    assert_eq!(page.reply().await.unwrap().text(), "hello tea");
    let batch = server.visitor().polls("room=tea&after=start").await;
    assert_eq!(texts(&batch.entries), ["hello tea"]);
    assert_eq!(batch.entries[1].author, *ada.person(), "who has a session speaks under their name");
    server.visitor().shouts("it is nobody").await;
    let batch = ada.polls("room=lobby&after=start").await;
    assert_eq!(batch.entries.last().unwrap().author.name.as_str(), "anonymous");
}

#[tokio::test]
async fn publishing_without_a_session_creates_no_room() {
    let server = Server::start().await;
    let reply = server.connect().await.request("POST", "/publish?room=typo", "", b"hello").await;
    assert_plain_problem(&reply, ProblemCode::UnknownRoom);
    assert!(reply.text().contains("PUT /api/v1/rooms/typo"), "{}", reply.text());
    assert_eq!(server.hub.room_count(), 1);
}

#[tokio::test]
async fn invalid_bodies_are_refused() {
    let server = Server::start().await;
    let head = server.hub.head();
    for (header, status) in [
        ("Content-Type: multipart/form-data; boundary=x\r\n", 415),
        ("Content-Encoding: gzip\r\n", 415),
        ("Content-Encoding: identity\r\nContent-Type: application/x-www-form-urlencoded\r\n", 200),
    ] {
        let reply = server.connect().await.request("POST", "/publish", header, b"hello").await;
        assert_eq!(reply.status, status, "{header}: {}", reply.text());
        if status == 415 {
            assert_plain_problem(&reply, ProblemCode::UnsupportedMediaType);
            assert_eq!(server.hub.head(), head, "nothing was published");
        }
    }
}

#[tokio::test]
async fn errors_are_plain_text() {
    let server = Server::start().await;
    let long = "x".repeat(4_001);
    let huge = "x".repeat(200_000);
    let bodies: [(&str, &[u8], ProblemCode); 7] = [
        ("/publish", b"\xff\xfe", ProblemCode::InvalidParameter),
        ("/publish", b"", ProblemCode::InvalidText),
        ("/publish", b" \n", ProblemCode::InvalidText),
        ("/publish", b"\x1b[31m", ProblemCode::InvalidText),
        ("/publish", long.as_bytes(), ProblemCode::InvalidText),
        ("/publish", huge.as_bytes(), ProblemCode::BodyTooLarge),
        ("/publish?room=a%20b", b"hello", ProblemCode::InvalidRoom),
    ];
    let head = server.hub.head();
    for (path, body, code) in bodies {
        let mut page = server.connect().await;
        assert_plain_problem(&page.request("POST", path, "", body).await, code);
    }
    let mut page = server.connect().await;
    for (query, code) in [
        ("?wait=soon", ProblemCode::InvalidParameter),
        ("?wait=-1", ProblemCode::InvalidParameter),
        ("?wait=4294967296", ProblemCode::InvalidParameter),
        ("?room=%FF", ProblemCode::InvalidRoom),
    ] {
        assert_plain_problem(&page.get(&format!("/subscribe{query}"), "").await, code);
    }
    assert_eq!(server.hub.head(), head, "nothing was published");
}

fn assert_plain_problem(reply: &Reply, code: ProblemCode) {
    assert_eq!(reply.status, code.status(), "{}", reply.text());
    assert_eq!(reply.header("content-type"), "text/plain;charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert!(reply.text().ends_with('\n') && !reply.text().contains('{'), "{}", reply.text());
}

#[tokio::test]
async fn classic_page_uses_only_the_classic_routes() {
    let server = Server::start().await;
    let page = server.visitor().get("/classic").await.expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.text().contains("'publish?") && page.text().contains("'subscribe?"));
    assert!(!page.text().contains("api/"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'sha256-") && policy.contains("style-src 'sha256-"), "{policy}");
}
