//! Who somebody is: token and cookie.

use holdline_shared::{ProblemCode, Session};
use reqwest::Method;
use serde_json::json;

use crate::support::{Client, Reply, Server};

async fn ask(client: &Client, method: Method, header: (&str, &str)) -> Reply {
    let request = client.request(method, "/api/v1/session").header(header.0, header.1);
    Reply::from(request.send().await.unwrap()).await
}

#[tokio::test]
async fn begins_with_a_cookie_that_scripts_cannot_read() {
    let server = Server::start().await;
    let nobody = server.visitor();
    assert_eq!(nobody.get("/api/v1/session").await.problem(), ProblemCode::SessionRequired);
    let reply = nobody.post("/api/v1/session", &json!({"nickname": "Ada"})).await.expect(201);
    let session: Session = reply.json();
    assert_eq!(session.person.name.as_str(), "Ada");
    let cookie = format!(
        "holdline_session={}; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax",
        session.token.as_deref().unwrap()
    );
    assert_eq!(reply.header("set-cookie"), cookie);
    assert_eq!(reply.header("cache-control"), "no-store");
    let cookie = format!("other=1; holdline_session={}; x", session.token.as_deref().unwrap());
    let shown = ask(&nobody, Method::GET, ("cookie", &cookie)).await.expect(200);
    assert_eq!(shown.json::<Session>().person, session.person);
    let behind_tls = ask(&nobody, Method::POST, ("x-forwarded-proto", "https")).await.expect(201);
    assert!(behind_tls.header("set-cookie").ends_with("; Secure"), "{}", behind_tls.header("set-cookie"));
}

#[tokio::test]
async fn without_a_nickname_gets_a_friendly_one_and_keeps_it() {
    let server = Server::start().await;
    let nobody = server.visitor();
    let bare = nobody.request(Method::POST, "/api/v1/session").send().await.unwrap();
    let session: Session = Reply::from(bare).await.expect(201).json();
    assert!(session.person.name.as_str().contains(' '), "{:?}", session.person);
    let bearer = format!("bearer  {}", session.token.as_deref().unwrap());
    let again = ask(&nobody, Method::POST, ("authorization", &bearer)).await.expect(200);
    assert_eq!(again.json::<Session>().person, session.person);
}

#[tokio::test]
async fn a_new_nickname_is_the_same_person() {
    let server = Server::start().await;
    let mut ada = server.person("Ada").await;
    let before = ada.person().clone();
    let first = ada.says("one").await;
    let after = ada.enters("Ada Lovelace").await.clone();
    assert_eq!((after.id.clone(), after.name.as_str()), (before.id.clone(), "Ada Lovelace"));
    let second = ada.says("two").await;
    assert_eq!((first.author, second.author), (before, after), "an entry keeps the name of then");
}

#[tokio::test]
async fn what_was_not_signed_here_is_not_believed() {
    let server = Server::start().await;
    let elsewhere = Server::start().await;
    let ada = server.person("Ada").await;
    let foreign = elsewhere.person("Eve").await;
    let forged = ada.token().replacen("h1.", "h1.x", 1);
    let nobody = server.visitor();
    for token in [&forged, foreign.token(), "x", "h1...", "%00", "\u{e9}"] {
        let reply = ask(&nobody, Method::GET, ("authorization", &format!("Bearer {token}"))).await;
        let expected =
            if token == "\u{e9}" { ProblemCode::SessionRequired } else { ProblemCode::SessionInvalid };
        assert_eq!(reply.problem(), expected, "{token:?}");
        assert_eq!(reply.header("www-authenticate"), "Bearer");
    }
    // Whoever asks for a session gets a new one.
    let reply = ask(&nobody, Method::POST, ("authorization", &format!("Bearer {forged}"))).await.expect(201);
    assert_ne!(reply.json::<Session>().person.id, ada.person().id);
}

#[tokio::test]
async fn ends_with_the_cookie_cleared() {
    let server = Server::start().await;
    let reply = server.person("Ada").await.delete("/api/v1/session").await.expect(204);
    assert_eq!(reply.header("set-cookie"), "holdline_session=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax");
    server.visitor().delete("/api/v1/session").await.expect(204);
}
