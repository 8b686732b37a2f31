//! Deliveries to real servers on this machine, which the guard allows by name.

mod target;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::ready;

use self::target::{Answer, Target};
use super::super::address_guard::AddressGuard;
use super::super::client::{DeliveryError, EXCHANGE_TIMEOUT, HookClient, Resolve};
use super::*;

/// Looks up no name.
fn no_names() -> Resolve {
    Box::new(|_, _| async { Err(io::ErrorKind::NotFound.into()) }.boxed())
}

/// A client that may connect to 127.0.0.1 and to `hook.example`, wherever it is.
fn client(resolve: Resolve, exchange_timeout: Duration) -> Arc<HookClient> {
    let allowed = ["127.0.0.1", "hook.example"].map(|host| host.parse().unwrap());
    Arc::new(HookClient::with(AddressGuard::new(allowed.into()), resolve, exchange_timeout))
}

fn usual_client() -> Arc<HookClient> {
    // No test waits for this to pass.
    client(no_names(), Duration::from_secs(600))
}

fn hook(url: &str) -> OutgoingHook {
    let key = SigningKey::derive(&[7; 32], "h1");
    let may_deliver = Arc::new(|_| ready(true).boxed());
    OutgoingHook { id: "h1".to_owned(), url: url.parse().unwrap(), key, may_deliver }
}

fn waiting(body: &'static str) -> Waiting {
    Waiting { message: Seq(7), body: Bytes::from(body) }
}

async fn deliver_once(client: &HookClient, url: &str) -> Result<(), DeliveryError> {
    client.deliver(&url.parse().unwrap(), "t=1,v1=00", Bytes::from_static(b"{}")).await
}

#[tokio::test]
async fn delivery_is_a_signed_post() {
    let mut target = Target::start([Answer::status(204)]).await;
    let queue = OutgoingQueue::start(hook(&target.url("/in?a=b")), usual_client());
    queue.push(waiting("{\"text\":\"a\"}"));
    let request = target.request().await;
    assert_eq!(request.line, "POST /in?a=b HTTP/1.1");
    assert_eq!(request.body, "{\"text\":\"a\"}");
    assert_eq!(request.header("host"), Some(target.address().to_string().as_str()));
    assert_eq!(request.header("content-type"), Some("application/json"));
    assert_eq!(request.header("connection"), Some("close"));
    let signature = request.header("holdline-signature").unwrap();
    let seconds =
        signature.strip_prefix("t=").and_then(|rest| rest.split_once(',')).unwrap().0.parse().unwrap();
    assert!(seconds_since_1970() - seconds < 3600, "{signature}");
    assert_eq!(signature, SigningKey::derive(&[7; 32], "h1").sign(seconds, request.body.as_bytes()));
}

#[tokio::test]
async fn delivery_is_repeated_before_the_next_one() {
    let answers =
        [Answer::status(503), Answer::Close, Answer::status(429), Answer::status(200), Answer::status(200)];
    let mut target = Target::start(answers).await;
    let queue = OutgoingQueue::start(hook(&target.url("/")), usual_client());
    for body in ["1", "2"] {
        queue.push(waiting(body));
    }
    for body in ["1", "1", "1", "1", "2"] {
        assert_eq!(target.request().await.body, body);
    }
}

#[tokio::test]
async fn refused_delivery_is_given_up_and_the_next_one_is_sent() {
    for status in [301, 400, 401, 404, 410] {
        let mut target = Target::start([Answer::status(status), Answer::status(200)]).await;
        let queue = OutgoingQueue::start(hook(&target.url("/")), usual_client());
        for body in ["1", "2"] {
            queue.push(waiting(body));
            assert_eq!(target.request().await.body, body, "{status}");
        }
    }
}

#[tokio::test]
async fn failing_delivery_is_given_up_after_the_retry_time() {
    let mut target = Target::start([Answer::status(500), Answer::status(500), Answer::status(200)]).await;
    let queue = OutgoingQueue::with(hook(&target.url("/")), usual_client(), Duration::ZERO);
    for body in ["1", "2", "3"] {
        queue.push(waiting(body));
    }
    for body in ["1", "2", "3"] {
        assert_eq!(target.request().await.body, body);
    }
}

#[tokio::test]
async fn full_queue_drops_what_comes_later() {
    let mut target = Target::start([Answer::Never]).await;
    let queue = OutgoingQueue::start(hook(&target.url("/")), usual_client());
    queue.push(waiting("first"));
    // From now on the target holds the first one.
    target.request().await;
    for _ in 0..QUEUED + 10 {
        queue.push(waiting("later"));
    }
    assert_eq!(queue.waiting.max_capacity() - queue.waiting.capacity(), QUEUED);
}

#[tokio::test]
async fn dropped_queue_ends_the_delivery_under_way() {
    let mut target = Target::start([Answer::Never]).await;
    let queue = OutgoingQueue::start(hook(&target.url("/")), usual_client());
    queue.push(waiting("1"));
    target.request().await;
    drop(queue);
    target.connection_closed().await;
}

#[tokio::test]
async fn hook_that_stops_working_gets_no_further_attempt() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let allowed = attempts.clone();
    let mut target = Target::start([Answer::status(503), Answer::status(200)]).await;
    // Works for the first attempt at the first body, and for that at the last one.
    let may_deliver = Arc::new(move |message| {
        assert_eq!(message, Seq(7));
        ready([0, 3].contains(&allowed.fetch_add(1, Ordering::Relaxed))).boxed()
    });
    let queue = OutgoingQueue::start(OutgoingHook { may_deliver, ..hook(&target.url("/")) }, usual_client());
    for body in ["1", "2", "3"] {
        queue.push(waiting(body));
    }
    for body in ["1", "3"] {
        assert_eq!(target.request().await.body, body);
    }
    assert_eq!(attempts.load(Ordering::Relaxed), 4);
}

#[tokio::test]
async fn redirect_is_not_followed() {
    let mut other = Target::start([Answer::status(200)]).await;
    for status in [301, 302, 303, 307, 308] {
        let head =
            format!("HTTP/1.1 {status} Moved\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n", other.url("/"));
        let mut target = Target::start([Answer::Bytes(head)]).await;
        let error = deliver_once(&usual_client(), &target.url("/")).await.unwrap_err();
        assert!(matches!(&error, DeliveryError::Status(found) if *found == status), "{error}");
        assert!(error.is_final());
        target.request().await;
    }
    // The first request that the other target gets is this one.
    deliver_once(&usual_client(), &other.url("/direct")).await.unwrap();
    assert_eq!(other.request().await.line, "POST /direct HTTP/1.1");
}

#[tokio::test]
async fn slow_target_is_cut_off() {
    assert_eq!(EXCHANGE_TIMEOUT, Duration::from_secs(5));
    let client = client(no_names(), Duration::from_millis(100));
    let dripping = || Answer::Drip("HTTP/1.1 200 OK\r\nA: ".to_owned());
    for answer in [Answer::Never, dripping(), Answer::Repeat("HTTP/1.1 100 Continue\r\n\r\n".to_owned())] {
        let mut target = Target::start([answer]).await;
        let error = deliver_once(&client, &target.url("/")).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Timeout(_)) && !error.is_final(), "{error}");
        target.connection_closed().await;
    }
}

#[tokio::test]
async fn endless_head_is_cut_off() {
    let endless = Answer::Endless("HTTP/1.1 200 OK\r\nA: ".to_owned());
    let mut target = Target::start([endless]).await;
    let error = deliver_once(&usual_client(), &target.url("/")).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Http(_)), "{error}");
    target.connection_closed().await;
}

#[tokio::test]
async fn endless_body_is_an_answer_of_which_little_is_read() {
    for head in [
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n",
    ] {
        let mut target = Target::start([Answer::Endless(head.to_owned())]).await;
        deliver_once(&usual_client(), &target.url("/")).await.unwrap();
        target.connection_closed().await;
    }
    // The body does not come at all, and yet the status has been said.
    let target =
        Target::start([Answer::Bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n".to_owned())]).await;
    deliver_once(&client(no_names(), EXCHANGE_TIMEOUT), &target.url("/")).await.unwrap();
}

#[tokio::test]
async fn host_is_looked_up_once_and_the_checked_address_is_used() {
    let mut target = Target::start([Answer::status(200)]).await;
    let port = target.address().port();
    let lookups = Arc::new(AtomicUsize::new(0));
    let counted = lookups.clone();
    // The first answer is the target, each later one another address with nobody behind it.
    let resolve = move |host: String, found_port| {
        assert_eq!((host.as_str(), found_port), ("hook.example", port));
        let last = if counted.fetch_add(1, Ordering::Relaxed) == 0 { 1 } else { 2 };
        async move { Ok(vec![SocketAddr::from(([127, 0, 0, last], found_port))]) }.boxed()
    };
    let client = client(Box::new(resolve), Duration::from_secs(600));
    deliver_once(&client, &format!("http://hook.example:{port}/")).await.unwrap();
    assert_eq!(lookups.load(Ordering::Relaxed), 1);
    assert_eq!(target.request().await.header("host"), Some(format!("hook.example:{port}").as_str()));
}

#[tokio::test]
async fn forbidden_address_gets_no_connection() {
    let mut target = Target::start([Answer::status(200)]).await;
    let address = target.address();
    // Names that lead to this machine, be it by one of several addresses.
    let mapped = SocketAddr::new("::ffff:127.0.0.1".parse().unwrap(), address.port());
    for addresses in [vec![address], vec![mapped], vec![mapped, address], vec![]] {
        let resolve = move |_, _| {
            let addresses = addresses.clone();
            async move { Ok(addresses) }.boxed()
        };
        let client = client(Box::new(resolve), Duration::from_secs(600));
        let error =
            deliver_once(&client, &format!("http://rebound.example:{}/", address.port())).await.unwrap_err();
        assert!(matches!(error, DeliveryError::Forbidden) && error.is_final(), "{error}");
    }
    let strict = HookClient::new(AddressGuard::default());
    for host in ["127.0.0.1", "localhost", "0x7f.1", "[::ffff:127.0.0.1]"] {
        let error = deliver_once(&strict, &format!("http://{host}:{}/", address.port())).await.unwrap_err();
        // A machine may not know `localhost`.
        assert!(matches!(error, DeliveryError::Forbidden | DeliveryError::Resolve(_)), "{host}: {error}");
    }
    // The first request that the target gets is an allowed one.
    deliver_once(&usual_client(), &target.url("/allowed")).await.unwrap();
    assert_eq!(target.request().await.line, "POST /allowed HTTP/1.1");
}

#[tokio::test]
async fn https_target_without_tls_hears_nothing_of_the_request() {
    let mut target = Target::start([Answer::status(200), Answer::status(200)]).await;
    let url = target.url("/").replace("http:", "https:");
    let error = deliver_once(&usual_client(), &url).await.unwrap_err();
    assert!(matches!(error, DeliveryError::Tls(_)) && !error.is_final(), "{error}");
    deliver_once(&usual_client(), &target.url("/plain")).await.unwrap();
    assert_eq!(target.request().await.line, "POST /plain HTTP/1.1");
}
