//! The server under test, spoken to in the protocol's words.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use holdline_shared::{Batch, Cursor, Entry, History, Problem, ProblemCode, PublishKey, Seq, Session};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use serde_json::json;

/// A server, and a connection pool to it.
#[derive(Clone)]
pub(crate) struct Server {
    base: String,
    http: Client,
}

/// Somebody with a session.
#[derive(Clone)]
pub(crate) struct Somebody {
    server: Server,
    pub(crate) session: Session,
}

impl Server {
    /// The server at this address.
    pub(crate) fn new(url: &str) -> Result<Self> {
        let http = Client::builder().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { base: url.trim_end_matches('/').to_owned(), http })
    }

    /// A request to a path.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    /// `GET` it.
    pub(crate) async fn get(&self, path: &str) -> Result<Response> {
        Ok(self.request(Method::GET, path).send().await?)
    }

    /// A poll that has to be answered with a batch. `query` begins with `room=`.
    pub(crate) async fn poll(&self, query: &str) -> Result<Batch> {
        batch(self.get(&format!("/api/v1/poll?{query}")).await?).await
    }

    /// A page of history.
    pub(crate) async fn history(&self, room: &str, query: &str) -> Result<History> {
        let answer = self.get(&format!("/api/v1/rooms/{room}/messages?{query}")).await?;
        ensure!(answer.status() == StatusCode::OK, "history answered {}", answer.status());
        answer.json().await.context("this is not a page of history")
    }

    /// Somebody new.
    pub(crate) async fn somebody(&self, nickname: &str) -> Result<Somebody> {
        let answer = self
            .request(Method::POST, "/api/v1/session")
            .json(&json!({ "nickname": nickname }))
            .send()
            .await?;
        ensure!(answer.status() == StatusCode::CREATED, "a session was answered with {}", answer.status());
        Ok(Somebody { server: self.clone(), session: answer.json().await.context("this is not a session")? })
    }

    /// Somebody new and a room of their own.
    pub(crate) async fn room(&self) -> Result<(Somebody, String)> {
        let ada = self.somebody("Ada").await?;
        let room = format!("conformance-{}", random_word());
        let made = ada.request(Method::PUT, &format!("/api/v1/rooms/{room}")).send().await?;
        ensure!(made.status() == StatusCode::CREATED, "a new room was answered with {}", made.status());
        Ok((ada, room))
    }

    /// The cursor of now.
    pub(crate) async fn now(&self, room: &str) -> Result<Cursor> {
        Ok(self.poll(&format!("room={room}&wait=0")).await?.cursor)
    }
}

impl Somebody {
    /// A request in their name.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.server.request(method, path).bearer_auth(self.session.token.as_deref().unwrap_or_default())
    }

    /// A publish with a given key, whatever comes of it.
    pub(crate) async fn publish(&self, room: &str, key: PublishKey, text: &str) -> Result<Response> {
        let path = format!("/api/v1/rooms/{room}/messages");
        Ok(self.request(Method::POST, &path).json(&json!({ "key": key, "text": text })).send().await?)
    }

    /// Says something that has to be accepted.
    pub(crate) async fn say(&self, room: &str, text: &str) -> Result<Entry> {
        let answer = self.publish(room, new_key(), text).await?;
        ensure!(answer.status() == StatusCode::CREATED, "a publish was answered with {}", answer.status());
        answer.json().await.context("the answer to a publish is not an entry")
    }
}

/// An answer that has to be a batch.
pub(crate) async fn batch(answer: Response) -> Result<Batch> {
    ensure!(answer.status() == StatusCode::OK, "the poll was answered with {}", answer.status());
    answer.json().await.context("this is not a batch")
}

/// An answer that has to be this problem, in every respect.
pub(crate) async fn refused(answer: Response, code: ProblemCode) -> Result<Problem> {
    let status = answer.status().as_u16();
    let kind = header_of(&answer, header::CONTENT_TYPE.as_str());
    ensure!(status == code.status(), "answered with {status}, not {} ({code})", code.status());
    ensure!(kind.starts_with("application/problem+json"), "a problem of type {kind:?}");
    let problem: Problem = answer.json().await.context("the problem has not the shape of one")?;
    ensure!(problem.code == code && problem.status == status, "the problem says {problem:?}");
    ensure!(!problem.detail.is_empty() && !problem.title.is_empty(), "the problem has no words");
    Ok(problem)
}

/// A header's value, or nothing.
pub(crate) fn header_of(answer: &Response, name: &str) -> String {
    answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// The numbers of a batch's entries.
pub(crate) fn seqs(batch: &Batch) -> Vec<Seq> {
    batch.entries.iter().map(|entry| entry.seq).collect()
}

/// What has to be the same.
#[expect(clippy::needless_pass_by_value, reason = "cases read better with values")]
pub(crate) fn same<T: PartialEq + std::fmt::Debug>(got: T, expected: T) -> Result<()> {
    if got != expected {
        bail!("got {got:?}, expected {expected:?}");
    }
    Ok(())
}

/// A key that was not used before.
pub(crate) fn new_key() -> PublishKey {
    PublishKey::from_random(random())
}

/// A word that was not used before.
pub(crate) fn random_word() -> String {
    format!("{:012x}", u64::from_le_bytes(random()) >> 16)
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Without randomness keys repeat, and the cases say so.
    let _ = getrandom::fill(&mut bytes);
    bytes
}
