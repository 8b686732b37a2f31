//! Guessing: wrong secrets are limited on every path that takes one, whatever the guesser says of their address.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_shared::ProblemCode;
use reqwest::Method;
use serde_json::json;

use super::{PASSPHRASE, admin, set_door};
use crate::support::{Reply, Server};

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
