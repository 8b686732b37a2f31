//! Guessing: wrong secrets are limited on every path that takes one, whatever the guesser says of their address.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::{Value, json};

use super::{PASSPHRASE, admin, invite, member, set_door};
use crate::support::{Client, Reply, Server, trusting_loopback};

#[tokio::test]
async fn wrong_secrets_are_limited_on_every_path() {
    for loops in [1, 0] {
        for (method, path, body) in [
            (Method::POST, "/api/v1/sign-in", json!({ "name": "Ada", "passphrase": "wrong horse" })),
            (Method::POST, "/api/v1/redeem", json!({ "code": "AAAAAAAAAAAAAAAAAAAAAAAAAAA" })),
            (Method::POST, "/api/v1/redeem/look", json!({ "code": "AAAAAAAAAAAAAAAAAAAAAAAAAAA" })),
            (Method::POST, "/api/v1/session", json!({ "nickname": "Eve", "password": "open barley" })),
            (
                Method::PATCH,
                "/api/v1/me",
                json!({ "passphrase": "battery staple", "old_passphrase": "wrong horse" }),
            ),
        ] {
            let mut config = ServeConfig::default();
            config.event_loops = Some(loops);
            config.http.limits.set("failed-secrets=3+1/h").unwrap();
            let server = Server::with(HubConfig::default(), config).await;
            let ada = admin(&server).await;
            set_door(&ada, json!({ "door": "password", "password": "open sesame" })).await;
            let sender = if method == Method::PATCH { ada.clone() } else { server.visitor() };
            for guess in 0..6 {
                // As a proxy on this machine would pass it on, which names somebody else each time.
                let request = sender.request(method.clone(), path).json(&body);
                let request = request.header("x-forwarded-for", format!("192.0.2.{guess}"));
                let reply = Reply::from(request.send().await.unwrap()).await;
                let expected = if guess < 3 { ProblemCode::WrongSecret } else { ProblemCode::RateLimited };
                assert_eq!(reply.problem(), expected, "{path}, guess {guess}");
            }
            // The owner of the machine is no stranger.
            super::sign_in(&server.visitor(), "Ada", PASSPHRASE).await.expect(201);
        }
    }
}

#[tokio::test]
async fn join_password_is_guessed_ten_times_by_one_and_by_all() {
    for (loops, trusts) in [(1, true), (0, true), (1, false), (0, false)] {
        let mut config = ServeConfig::default();
        config.event_loops = Some(loops);
        if trusts {
            config.http = trusting_loopback();
        }
        config.http.limits.set("publish=none").unwrap();
        let server = Server::with(HubConfig::default(), config).await;
        let ada = admin(&server).await;
        set_door(&ada, json!({ "door": "password", "password": "open sesame" })).await;
        let join = async |address: String, password: &str| {
            let body = json!({ "nickname": "Eve", "password": password });
            let request = server.visitor().request(Method::POST, "/api/v1/session").json(&body);
            Reply::from(request.header("x-forwarded-for", address).send().await.unwrap()).await
        };
        // From one address, from another each time, and with addresses that the guesser puts in front of the proxy's.
        for guess in 0..14 {
            let address = match guess % 3 {
                0 => "203.0.113.5".to_owned(),
                1 => format!("203.0.113.{}", 100 + guess),
                _ => format!("192.0.2.{guess}, 203.0.113.6"),
            };
            let reply = join(address, "open barley").await;
            let expected = if guess < 10 { ProblemCode::WrongSecret } else { ProblemCode::RateLimited };
            assert_eq!(reply.problem(), expected, "guess {guess}");
        }
        let refused = join("203.0.113.77".to_owned(), "open sesame").await;
        assert_eq!(refused.problem(), ProblemCode::RateLimited, "nobody learns that a guess was right");
        let seconds: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=90).contains(&seconds), "{seconds}");
        super::sign_in(&server.visitor(), "Ada", PASSPHRASE).await.expect(201);
    }
}
/// Sends a request through a proxy that the server trusts.
async fn passed_on(
    client: &Client,
    method: Method,
    path: &str,
    body: &Value,
    headers: &[(&str, &str)],
) -> Reply {
    let request = client.request(method, path).json(body);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Reply::from(request.send().await.unwrap()).await
}

/// A server behind a proxy, with this limit.
async fn behind_a_proxy(loops: usize, limit: &str) -> Server {
    let mut config = ServeConfig::default();
    config.event_loops = Some(loops);
    config.http = trusting_loopback();
    config.http.limits.set(limit).unwrap();
    Server::with(HubConfig::default(), config).await
}

#[tokio::test]
async fn guesses_are_limited_behind_a_proxy_that_passes_on_a_header_of_the_client() {
    for loops in [1, 0] {
        let server = behind_a_proxy(loops, "failed-secrets=3+1/h").await;
        let body = json!({ "code": "AAAAAAAAAAAAAAAAAAAAAAAAAAA" });
        for guess in 0..6 {
            let forged = format!("192.0.2.{guess}");
            let headers = [("forwarded", "for=198.51.100.1"), ("x-forwarded-for", &*forged)];
            let reply = passed_on(&server.visitor(), Method::POST, "/api/v1/redeem", &body, &headers).await;
            let expected = if guess < 3 { ProblemCode::WrongSecret } else { ProblemCode::RateLimited };
            assert_eq!(reply.problem(), expected, "guess {guess}");
        }
        let honest = [("forwarded", "for=198.51.100.1")];
        let reply = passed_on(&server.visitor(), Method::POST, "/api/v1/redeem", &body, &honest).await;
        assert_eq!(
            reply.problem(),
            ProblemCode::WrongSecret,
            "whoever forges nothing is not counted with them"
        );
    }
}

#[tokio::test]
async fn hash_costs_a_session_and_a_taken_name_costs_no_hash() {
    for loops in [1, 0] {
        let server = behind_a_proxy(loops, "visitor-sessions=1+1/h").await;
        let ada = admin(&server).await;
        let visitor = [("x-forwarded-for", "192.0.2.1")];
        let enter = json!({ "nickname": "Gus" });
        let mut gus = server.visitor();
        let reply = passed_on(&gus, Method::POST, "/api/v1/session", &enter, &visitor).await.expect(201);
        gus.adopts(&reply);
        let change = async |client: &Client, body: Value| {
            passed_on(client, Method::PATCH, "/api/v1/me", &body, &visitor).await.problem()
        };
        let passphrase =
            |name: &str| json!({ "name": name, "passphrase": PASSPHRASE, "old_passphrase": PASSPHRASE });
        assert_eq!(change(&gus, passphrase("Gus")).await, ProblemCode::RateLimited, "one session was all");
        assert_eq!(change(&gus, passphrase("Ada")).await, ProblemCode::NameTaken, "refused before");
        let bo = member(&server, &ada, "Bo").await;
        assert_eq!(change(&bo, passphrase("Bo")).await, ProblemCode::RateLimited);
        assert_eq!(change(&bo, passphrase("Ada")).await, ProblemCode::NameTaken);
        let code = invite(&ada, json!({})).await.code;
        let body = json!({ "code": code, "nickname": "Gus", "passphrase": PASSPHRASE });
        let reply = passed_on(&gus, Method::POST, "/api/v1/redeem", &body, &visitor).await;
        assert_eq!(reply.problem(), ProblemCode::RateLimited);
        let sign_in = json!({ "name": "Bo", "passphrase": PASSPHRASE });
        let reply = passed_on(&server.visitor(), Method::POST, "/api/v1/sign-in", &sign_in, &visitor).await;
        assert_eq!(reply.problem(), ProblemCode::RateLimited);
    }
}

#[tokio::test]
async fn used_code_is_told_apart_by_nothing() {
    super::both_ways(async |server| {
        let ada = admin(&server).await;
        let code = invite(&ada, json!({})).await.code;
        super::joins(&server, &code, "Bo").await;
        // Whatever comes after the code, such as a hash of a passphrase, is not looked at.
        for passphrase in ["short", PASSPHRASE] {
            let ask = async |code: &str| {
                let body = json!({ "code": code, "nickname": "Ada", "passphrase": passphrase });
                let reply = server.visitor().post("/api/v1/redeem", &body).await;
                (reply.status, reply.text().to_owned())
            };
            let used = ask(&code).await;
            assert_eq!((used.0, &used), (403, &ask("AAAAAAAAAAAAAAAAAAAAAAAAAAA").await));
        }
    })
    .await;
}
