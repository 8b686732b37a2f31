//! `send` and `tail` with foreign or unreachable servers: they end at once and name the responder.

use crate::support::{Holdline, Process, answering, free_address, untrusted};

/// Asserts that `send`, `send` from standard input and `tail` all end with this message.
async fn refused(environment: &[(&str, &str)], part: &str) {
    for arguments in [&["send", "hello"][..], &["send"], &["tail"], &["tail", "--since", "start"]] {
        let mut command = Holdline::start_in(environment, arguments);
        if arguments == ["send"] {
            command.types("hello\n").await;
        }
        let (said, status) = command.output().await;
        assert_eq!(status.code(), Some(1), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn foreign_page_is_reported() {
    let page = answering(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\nconnection: close\r\n\r\n<html></html>",
    );
    let server = format!("http://{page}");
    let part = format!("the answer of {server} is not one of a Holdline server");
    refused(&[("HOLDLINE_SERVER", &server)], &part).await;
}

#[tokio::test]
async fn untrusted_certificate_is_reported() {
    let server = format!("https://{}", untrusted());
    refused(&[("HOLDLINE_SERVER", &server)], &format!("the certificate of {server} is not trusted")).await;
}

#[tokio::test]
async fn http_and_https_confusion_is_reported() {
    let plain = Process::start(&["--log", "memory:"]).await;
    let server = format!("https://{}", plain.address);
    refused(&[("HOLDLINE_SERVER", &server)], &format!("{server} does not speak TLS; is it http://?")).await;
    let server = format!("http://{}", untrusted());
    refused(&[("HOLDLINE_SERVER", &server)], &format!("{server} does not speak HTTP; is it https://?")).await;
}

#[tokio::test]
async fn redirects_and_missing_logins_are_reported() {
    let moved = answering(
        "HTTP/1.1 308 Permanent Redirect\r\nlocation: https://b.example/\u{1B}[31m\r\ncontent-length: 0\r\n\r\n",
    );
    refused(&[("HOLDLINE_SERVER", &format!("http://{moved}"))], "does not speak HTTP").await;
    let moved = answering(
        "HTTP/1.1 308 Permanent Redirect\r\nlocation: https://b.example/\r\ncontent-length: 0\r\n\r\n",
    );
    refused(&[("HOLDLINE_SERVER", &format!("http://{moved}"))], "points to https://b.example/; give that")
        .await;
    let guarded = answering("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let server = format!("http://{guarded}");
    refused(&[("HOLDLINE_SERVER", &server)], &format!("{server} wants a login (status 401)")).await;
}

#[tokio::test]
async fn proxies_are_named_in_errors() {
    let guarded = answering("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    let proxy = format!("http://{guarded}");
    for server in ["http://chat.invalid", "https://chat.invalid"] {
        refused(
            &[("all_proxy", &format!("http://ada:s3cret@{guarded}")), ("HOLDLINE_SERVER", server)],
            &format!("the proxy {proxy} wants a login (status 407)"),
        )
        .await;
    }
    refused(&[("http_proxy", "socks5://127.0.0.1:9")], "http_proxy names a proxy of another kind").await;
    let strict = answering("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    refused(
        &[("https_proxy", &format!("http://{strict}")), ("HOLDLINE_SERVER", "https://chat.invalid")],
        &format!("the proxy http://{strict} refuses to connect to https://chat.invalid"),
    )
    .await;
    let nobody = format!("http://{}", free_address());
    let environment = [("http_proxy", nobody.as_str()), ("HOLDLINE_SERVER", "http://chat.invalid")];
    let mut tail = Holdline::start_in(&environment, &["tail"]);
    let waiting = format!("holdline: waiting for http://chat.invalid through the proxy {nobody}: ");
    assert!(tail.says().await.starts_with(&waiting));
}

#[tokio::test]
async fn detail_from_a_server_is_escaped() {
    let rude = answering(concat!(
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\nconnection: close\r\n\r\n",
        r#"{"type":"x","title":"x","status":400,"code":"x","detail":"\u001b]0;pwned\u0007\u001b[31mred\u009b\u202e\nholdline: all is well"}"#,
    ));
    for arguments in [["send", "hello"], ["tail", "--json"]] {
        let (said, status) = Holdline::start(rude, &arguments).output().await;
        assert_eq!(status.code(), Some(1));
        assert!(said.contains("\\u{1b}]0;pwned\\u{7}"), "{said:?}");
        assert!(said.chars().all(|c| !c.is_control() || c == '\n'), "{said:?}");
        assert_eq!(said.lines().filter(|line| line.starts_with("holdline: ")).count(), 1, "{said:?}");
    }
}
