//! Invalid requests, each answered with its problem, and errors of the log.

mod case;
mod cases;

use std::collections::HashSet;

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_server::log::LogError;
use holdline_shared::ProblemCode;
use serde_json::json;

use self::case::Case;
use self::case::Who::{Ada, Bob, Nobody};
use crate::openapi::Document;
use crate::support::{Fault, FaultyLog, Server, key};

use ProblemCode::*;

/// Sends all requests; returns the codes of the answers.
async fn send_invalid_requests(cases: Vec<Case>) -> HashSet<ProblemCode> {
    let server = Server::start().await;
    let document = Document::of(&server).await;
    let (ada, bob) = (server.person("Ada").await, server.person("Bob").await);
    let said = ada.says("hello").await.seq.to_string();
    let deleted = ada.says("never mind").await.seq.to_string();
    ada.delete(&format!("/api/v1/rooms/lobby/messages/{deleted}")).await.expect(200);
    let crowded = ada.says("so many").await.seq.to_string();
    for emoji in 0x1F600..0x1F620_u32 {
        let emoji: String =
            char::from_u32(emoji).unwrap().to_string().bytes().map(|b| format!("%{b:02X}")).collect();
        bob.put(&format!("/api/v1/rooms/lobby/messages/{crowded}/reactions/{emoji}"), &json!({}))
            .await
            .expect(200);
    }
    let epoch = ada.cursor().await.epoch.to_string();
    let head = server.hub.head();
    let mut met = HashSet::new();
    for Case(who, method, path, headers, body, code) in cases {
        let path = path.replace("{said}", &said).replace("{deleted}", &deleted);
        let path = path.replace("{crowded}", &crowded).replace("{epoch}", &epoch);
        let token = match who {
            Nobody => String::new(),
            Ada => format!("Authorization: Bearer {}\r\n", ada.token()),
            Bob => format!("Authorization: Bearer {}\r\n", bob.token()),
        };
        let mut connection = server.connect().await;
        let reply = connection.request(method, &path, &format!("{headers}{token}"), &body).await;
        let asked =
            format!("{method} {path} {headers:?} {}", String::from_utf8_lossy(&body[..body.len().min(80)]));
        assert_eq!(reply.status, code.status(), "{asked}: {}", reply.text());
        assert_eq!(reply.problem(), code, "{asked}");
        if document.operation(method, &path).is_some() && code != UnknownRoute {
            let described = document.check_reply(method, &path, &reply);
            assert_eq!(described, Ok(()), "{asked}: what is documented");
        }
        if code == MethodNotAllowed {
            assert!(!reply.header("allow").is_empty(), "{asked}");
        }
        met.insert(code);
    }
    assert_eq!(server.hub.head(), head, "nothing was appended");
    met
}

#[tokio::test]
async fn every_invalid_request_is_answered_with_its_problem() {
    let met = send_invalid_requests(cases::all()).await;
    // Codes that a healthy server does not send; the tests below and those of the limits cover the rest.
    let elsewhere = [
        Banned,
        Gap,
        Internal,
        LogUnavailable,
        Overloaded,
        RateLimited,
        RequestTimeout,
        ShuttingDown,
        StorageFull,
        UnknownHost,
    ];
    for code in ProblemCode::ALL {
        assert!(met.contains(code) != elsewhere.contains(code), "{code}");
    }
}

#[tokio::test]
async fn too_many_rooms_in_one_poll_are_refused() {
    let server = Server::start().await;
    let rooms: String = (0..51).map(|n| format!("&room=r{n}")).collect();
    assert_eq!(server.visitor().poll(&rooms[1..]).await.problem(), InvalidParameter);
    let here: String = (0..51).map(|n| format!("&here=r{n}")).collect();
    let ada = server.person("Ada").await;
    assert_eq!(ada.poll(&format!("room=lobby{here}")).await.problem(), InvalidParameter);
}

#[tokio::test]
async fn failing_log_is_answered_with_retry_after() {
    let secret = "/var/lib/holdline.db is on fire";
    for (error, code) in [
        (LogError::Busy, Overloaded),
        (LogError::Full, StorageFull),
        (LogError::Closed, ShuttingDown),
        (LogError::Unavailable(secret.to_owned()), LogUnavailable),
    ] {
        let log = FaultyLog::new();
        *log.appends.lock() = Fault::Error(error);
        let server = Server::on(log, HubConfig::default(), ServeConfig::default()).await;
        let ada = server.person("Ada").await;
        let reply = ada.publishes("lobby", key(), "hello").await;
        assert_eq!(reply.problem(), code);
        assert_eq!(reply.header("retry-after"), "2", "{code}");
        assert!(!reply.text().contains("fire"), "what went wrong inside stays inside");
        let classic = server.connect().await.request("POST", "/publish", "", b"hello").await;
        assert_eq!(
            (classic.status, classic.header("content-type")),
            (code.status(), "text/plain;charset=utf-8")
        );
        // Reading still works.
        ada.polls("room=lobby&after=start&wait=0").await;
    }
}
