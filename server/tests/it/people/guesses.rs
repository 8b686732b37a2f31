//! Guessing: wrong secrets are limited on every path that takes one, whatever the guesser says of their address.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::json;

use super::{PASSPHRASE, admin, set_door};
use crate::support::{Reply, Server, trusting_loopback};

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
