//! `GET /api/v1/events`: Server-Sent Events.

use holdline_server::ServeConfig;
use holdline_server::hub::HubConfig;
use holdline_server::log::{LogError, Retention};
use holdline_shared::{Batch, Cursor, Entry, ProblemCode};
use reqwest::Method;

use crate::support::{Client, Fault, FaultyLog, Server, texts, until, within};

/// A stream of events, read as by a browser's `EventSource`.
pub(crate) struct Events {
    response: reqwest::Response,
    buffer: String,
    pub(crate) last_id: Option<Cursor>,
}

impl Events {
    pub(crate) async fn open(client: &Client, query: &str, last_id: Option<Cursor>) -> Self {
        let request = client
            .request(Method::GET, &format!("/api/v1/events?{query}"))
            .header("accept", "text/event-stream");
        let request = match last_id {
            Some(id) => request.header("last-event-id", id.to_string()),
            None => request,
        };
        let response = request.timeout(std::time::Duration::from_secs(600)).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        Self { response, buffer: String::new(), last_id }
    }

    /// Reads the next event with data; `None` at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Batch> {
        loop {
            while let Some(end) = self.buffer.find("\n\n") {
                let event: String = self.buffer.drain(..end + 2).collect();
                let mut data = None;
                for line in event.trim_end().lines() {
                    match line.split_once(": ") {
                        Some(("id", id)) => self.last_id = Some(id.parse().unwrap()),
                        Some(("data", json)) => data = Some(serde_json::from_str(json).unwrap()),
                        _ => assert!(line.starts_with(':'), "{line:?}"),
                    }
                }
                if data.is_some() {
                    return data;
                }
            }
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Reads the entries of the next events up to `last`.
    async fn entries_up_to(&mut self, last: &Entry) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        while entries.last().is_none_or(|entry| entry.seq < last.seq) {
            entries.extend(within("an event", self.next()).await.unwrap().entries);
        }
        entries
    }
}

#[tokio::test]
async fn batches_are_streamed_with_their_cursor_as_id() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    ada.says("before").await;
    let mut events = Events::open(&ada, "room=lobby", None).await;
    until("the stream is held", || server.hub.held() == 1).await;
    for text in ["one", "two\nlines"] {
        let said = ada.says(text).await;
        let batch = within("an event", events.next()).await.unwrap();
        assert_eq!(texts(&batch.entries), [text]);
        assert_eq!(events.last_id.unwrap(), batch.cursor);
        assert_eq!(batch.cursor.seq, said.seq);
    }
}

#[tokio::test]
async fn last_event_id_resumes_exactly() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let mut seen = Vec::new();
    let mut last_id = Some(ada.cursor().await);
    let mut said = Vec::new();
    for round in 0..5 {
        for n in 0..3 {
            said.push(ada.says(&format!("round {round}, message {n}")).await);
        }
        // A browser sends the original URL each time; the header takes precedence.
        let mut events = Events::open(&ada, "room=lobby&after=start", last_id).await;
        seen.extend(events.entries_up_to(said.last().unwrap()).await);
        last_id = events.last_id;
        drop(events);
        until("the stream is forgotten", || server.hub.held() == 0).await;
    }
    assert_eq!(seen, said);
}

#[tokio::test]
async fn quiet_stream_sends_its_cursor_at_once() {
    let server = Server::start().await;
    let ada = server.person("Ada").await;
    let mut events = Events::open(&ada, "room=lobby", None).await;
    let chunk = within("the first event", events.response.chunk()).await.unwrap().unwrap();
    let cursor = ada.cursor().await;
    assert_eq!(chunk, format!(": held\nid: {cursor}\n\n"));
}

#[tokio::test]
async fn invalid_requests_get_an_error_status() {
    let server = Server::start().await;
    let ada = server.visitor();
    for (query, code) in [
        ("", ProblemCode::InvalidParameter),
        ("room=nowhere", ProblemCode::UnknownRoom),
        ("room=lobby&after=x", ProblemCode::InvalidCursor),
        ("room=lobby&wait=1", ProblemCode::InvalidParameter),
    ] {
        assert_eq!(ada.get(&format!("/api/v1/events?{query}")).await.problem(), code, "{query}");
    }
    let strange = ada.request(Method::GET, "/api/v1/events?room=lobby").header("last-event-id", "x");
    assert_eq!(strange.send().await.unwrap().status(), 400);
}

#[tokio::test]
async fn gap_is_an_event_and_the_stream_continues_from_the_head() {
    let mut hub = HubConfig::default();
    hub.recent_bytes = 500;
    let server = Server::with(hub, ServeConfig::default()).await;
    let ada = server.person("Ada").await;
    for number in 0..30 {
        ada.says(&format!("message {number}")).await;
    }
    let old = ada.cursor().await;
    let keep = Retention { age: None, per_room: Some(3) };
    while server.hub.log().prune(keep).await.unwrap() {}
    let behind = Cursor { seq: holdline_shared::Seq(2), ..old };
    for (after, code) in [("00000000000000ff-1".to_owned(), "epoch_changed"), (behind.to_string(), "gap")] {
        let mut events = Events::open(&ada, &format!("room=lobby&after={after}"), None).await;
        let chunk = within("the first event", events.response.chunk()).await.unwrap().unwrap();
        let text = String::from_utf8_lossy(&chunk).into_owned();
        let now = ada.cursor().await;
        assert!(text.starts_with("retry: ") && text.contains("\nevent: gap\ndata: {"), "{text}");
        assert!(text.contains(&format!("\"code\":\"{code}\"")), "{text}");
        assert!(text.ends_with(&format!("\nid: {now}\n\n")), "{text}");
        ada.says("after the gap").await;
        assert_eq!(texts(&within("an event", events.next()).await.unwrap().entries), ["after the gap"]);
    }
}

#[tokio::test]
async fn temporary_failure_ends_the_stream_with_a_retry_time() {
    let mut hub = HubConfig::default();
    hub.recent_bytes = 0;
    let log = FaultyLog::new();
    let server = Server::on(log.clone(), hub, ServeConfig::default()).await;
    *log.reads.lock() =
        Fault::Error(LogError::Unavailable("a disk that fails, made for this test".to_owned()));
    let mut events = Events::open(&server.visitor(), "room=lobby&after=start", None).await;
    // An error status would end an `EventSource` for good.
    let chunk = within("the first event", events.response.chunk()).await.unwrap().unwrap();
    let text = String::from_utf8_lossy(&chunk);
    assert!(text.starts_with("retry: 2000\nevent: problem\ndata: {"), "{text}");
    assert!(text.contains("\"code\":\"log_unavailable\"") && !text.contains("\nid:"), "{text}");
    assert_eq!(within("the end", events.response.chunk()).await.unwrap(), None);
}
