//! A client of the server under test.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use holdline_shared::{Batch, Cursor, Entry, History, Problem, ProblemCode, PublishKey, Seq, Session};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde_json::json;

/// The server under test, with a connection pool.
#[derive(Clone)]
pub(crate) struct Server {
    base: String,
    http: Client,
}

/// A person with a session.
#[derive(Clone)]
pub(crate) struct Participant {
    server: Server,
    pub(crate) session: Session,
}

impl Server {
    /// Makes a client of the server at this URL.
    pub(crate) fn new(url: &str) -> Result<Self> {
        let http = Client::builder().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { base: url.trim_end_matches('/').to_owned(), http })
    }

    /// Starts a request to a path.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// Sends a `GET` request.
    pub(crate) async fn get(&self, path: &str) -> Result<Response> {
        Ok(self.request(Method::GET, path).send().await?)
    }

    /// Polls and expects a batch. `query` begins with `room=`.
    pub(crate) async fn poll(&self, query: &str) -> Result<Batch> {
        batch(self.get(&format!("/api/v1/poll?{query}")).await?).await
    }

    /// Reads a page of history.
    pub(crate) async fn history(&self, room: &str, query: &str) -> Result<History> {
        let answer = self.get(&format!("/api/v1/rooms/{room}/messages?{query}")).await?;
        ensure!(answer.status() == StatusCode::OK, "history answered {}", answer.status());
        answer.json().await.context("this is not a page of history")
    }

    /// Creates a session for a new person.
    pub(crate) async fn participant(&self, nickname: &str) -> Result<Participant> {
        let answer = self
            .request(Method::POST, "/api/v1/session")
            .json(&json!({ "nickname": nickname }))
            .send()
            .await?;
        ensure!(answer.status() == StatusCode::CREATED, "a session was answered with {}", answer.status());
        Ok(Participant {
            server: self.clone(),
            session: answer.json().await.context("this is not a session")?,
        })
    }

    /// Creates a session for a new person and a new room.
    pub(crate) async fn room(&self) -> Result<(Participant, String)> {
        let ada = self.participant("Ada").await?;
        let room = format!("conformance-{}", random_word());
        let made = ada.request(Method::PUT, &format!("/api/v1/rooms/{room}")).send().await?;
        ensure!(made.status() == StatusCode::CREATED, "a new room was answered with {}", made.status());
        Ok((ada, room))
    }

    /// Reads the current cursor.
    pub(crate) async fn now(&self, room: &str) -> Result<Cursor> {
        Ok(self.poll(&format!("room={room}&wait=0")).await?.cursor)
    }
}

impl Participant {
    /// Starts a request with the person's session.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, path).bearer_auth(self.session.token.as_deref().unwrap_or_default())
    }

    /// Publishes with a given key and returns any response.
    pub(crate) async fn publish(&self, room: &str, key: PublishKey, text: &str) -> Result<Response> {
        let path = format!("/api/v1/rooms/{room}/messages");
        Ok(self.request(Method::POST, &path).json(&json!({ "key": key, "text": text })).send().await?)
    }

    /// Publishes a message and expects success.
    pub(crate) async fn say(&self, room: &str, text: &str) -> Result<Entry> {
        let answer = self.publish(room, new_key(), text).await?;
        ensure!(answer.status() == StatusCode::CREATED, "a publish was answered with {}", answer.status());
        answer.json().await.context("the answer to a publish is not an entry")
    }
}

/// Decodes a response that must be a batch.
pub(crate) async fn batch(answer: Response) -> Result<Batch> {
    ensure!(answer.status() == StatusCode::OK, "the poll was answered with {}", answer.status());
    answer.json().await.context("this is not a batch")
}

/// Decodes a response that must be this problem in every respect.
pub(crate) async fn expect_problem(answer: Response, code: ProblemCode) -> Result<Problem> {
    let status = answer.status().as_u16();
    let kind = header_of(&answer, header::CONTENT_TYPE.as_str());
    ensure!(status == code.status(), "answered with {status}, not {} ({code})", code.status());
    ensure!(kind.starts_with("application/problem+json"), "a problem of type {kind:?}");
    let problem: Problem = answer.json().await.context("the problem has not the shape of one")?;
    ensure!(problem.code == code && problem.status == status, "the problem says {problem:?}");
    ensure!(!problem.detail.is_empty() && !problem.title.is_empty(), "the problem has no words");
    Ok(problem)
}

/// The value of a header; empty if it is missing.
pub(crate) fn header_of(answer: &Response, name: &str) -> String {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// The positions of a batch's entries.
pub(crate) fn seqs(batch: &Batch) -> Vec<Seq> {
    batch.entries.iter().map(|entry| entry.seq).collect()
}

/// Fails unless the values are equal.
#[expect(clippy::needless_pass_by_value, reason = "cases read better with values")]
pub(crate) fn ensure_equal<T: PartialEq + std::fmt::Debug>(got: T, expected: T) -> Result<()> {
    if got != expected {
        bail!("got {got:?}, expected {expected:?}");
    }
    Ok(())
}

/// Makes a new key.
pub(crate) fn new_key() -> PublishKey {
    PublishKey::from_random(random())
}

/// Makes a new word.
pub(crate) fn random_word() -> String {
    format!("{:012x}", u64::from_le_bytes(random()) >> 16)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness keys repeat, and the cases fail.
    let _ = getrandom::fill(&mut bytes);
    bytes
}
