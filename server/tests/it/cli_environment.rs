//! Environment variables: empty ones count as unset, and secrets in them are never shown.

use crate::support::{Holdline, Process, free_address};

#[tokio::test]
async fn empty_variables_are_unset_for_the_server() {
    let home = tempfile::tempdir().unwrap();
    let home_folder = home.path().to_str().unwrap();
    let mut environment: Vec<(&str, &str)> = [
        "HOLDLINE_LISTEN",
        "HOLDLINE_LOG",
        "HOLDLINE_STDIN",
        "HOLDLINE_WAIT",
        "HOLDLINE_MAX_WAIT",
        "HOLDLINE_MAX_CONNECTIONS",
        "HOLDLINE_MAX_HELD",
        "HOLDLINE_PLAIN_HTTP",
        "HOLDLINE_KEEP",
        "HOLDLINE_RECENT",
        "HOLDLINE_LOG_FORMAT",
        "RUST_LOG",
    ]
    .map(|name| (name, ""))
    .to_vec();
    environment.push(("HOME", home_folder));
    let mut server = Holdline::start_in(&environment, &["serve"]);
    let log = server.says().await;
    assert!(log.contains("the log is open") && log.contains(home_folder), "{log}");
    // Another program may use that port; the address is the default in any case.
    let listening = server.says().await;
    assert!(listening.contains("127.0.0.1:8080"), "{listening}");
}

#[tokio::test]
async fn empty_variables_are_unset_for_the_commands() {
    let server = Process::start(&["--log", "memory:"]).await;
    let address = server.address.to_string();
    let environment = [("HOLDLINE_SERVER", address.as_str()), ("HOLDLINE_NICKNAME", ""), ("http_proxy", "")];
    let (said, status) = Holdline::start_in(&environment, &["send", "hello"]).output().await;
    assert!(status.success(), "{said}");
    let environment = [("HOLDLINE_SERVER", ""), ("HOLDLINE_LISTEN", address.as_str())];
    let (said, status) = Holdline::start_in(&environment, &["health"]).output().await;
    assert!(status.success() && said.contains(&address), "{said}");
}

#[tokio::test]
async fn no_message_shows_a_password() {
    let nobody = free_address();
    let server = format!("http://ada:s3cret@{nobody}");
    let proxy = format!("http://ada:s3cret@{nobody}");
    let plain = [("RUST_LOG", "trace")];
    let by_variable = [("HOLDLINE_SERVER", server.as_str()), ("RUST_LOG", "trace")];
    let by_proxy = [("http_proxy", proxy.as_str()), ("HOLDLINE_SERVER", "http://chat.invalid")];
    for (environment, arguments, part) in [
        (
            &plain[..],
            &["send", "--timeout", "1", "--server", &server, "hi"][..],
            "waiting for http://127.0.0.1",
        ),
        (&by_variable, &["send", "--timeout", "1", "hi"], "giving up"),
        (&by_variable, &["send", "--help"], "HOLDLINE_SERVER"),
        (&by_variable, &["tail", "--help"], "HOLDLINE_SERVER"),
        (&by_variable, &["health", "--help"], "HOLDLINE_SERVER"),
        (&by_variable, &["health"], "is not ready"),
        (&[("HOLDLINE_LOG", "nats://ada:s3cret@host")], &["serve"], "NATS"),
        (&[("HOLDLINE_LOG", "nats://ada:s3cret@host")], &["serve", "--help"], "HOLDLINE_LOG"),
        (&plain, &["tail", &server], "unexpected argument"),
        (&plain, &["tail", "--sever", &server], "unexpected argument"),
        (&plain, &["send", "--server", "ftp://ada:s3cret@host", "hi"], "an address looks like"),
        (&plain, &["health", "--server", "http://ada:s3cret@host:port"], "an address looks like"),
        (&[("HOLDLINE_SERVER", "ada:s3cret@")], &["tail"], "an address looks like"),
        (&by_proxy, &["send", "--timeout", "1", "hi"], "through the proxy http://127.0.0.1"),
    ] {
        let (said, _) = Holdline::start_in(environment, arguments).output().await;
        assert!(said.contains(part), "{arguments:?}: {said}");
        assert!(!said.contains("s3cret"), "{arguments:?}: {said}");
    }
    for password in ["s3cret", "a='s3cret", "a\"<s3cret", "a s3cret", "a://s3cret@s3cret", "s3cret\t=s3cret"]
    {
        let log = format!("nats://ada:{password}@host");
        let bare = format!("ada:{password}@host:port");
        for (environment, arguments) in [
            (&[("HOLDLINE_LOG", log.as_str())][..], &["serve"][..]),
            (&[("HOLDLINE_LOG", &log)], &["serve", "--help"]),
            (&[("HOLDLINE_HOST", &log)], &["serve"]),
            (&[("HOLDLINE_LISTEN", &log)], &["serve", "--help"]),
            (&[], &["serve", "--log", &log]),
            (&[], &["log", "check", &log]),
            (&[], &["tail", &log]),
            (&[], &["tail", &bare]),
            (&[], &[&bare]),
            (&[], &["tail", &format!("--sever={log}")]),
            (&[], &["tail", &format!("--server={bare}")]),
            (&[("http_proxy", &log)], &["health", "--server", "http://chat.invalid"]),
        ] {
            let (said, _) = Holdline::start_in(environment, arguments).output().await;
            assert!(!said.contains("s3cret"), "{environment:?} {arguments:?}: {said}");
        }
    }
    let mut tail = Holdline::start_in(&by_variable, &["tail"]);
    let said = tail.says().await;
    assert!(said.starts_with("holdline: waiting for http://127.0.0.1") && !said.contains("s3cret"), "{said}");
}
