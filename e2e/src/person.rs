//! A person who uses the API, without a browser.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use uuid::Uuid;

use crate::TIME_LIMIT;

/// A person with a session.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person's id.
    pub id: String,
    http: Client,
    api: String,
    token: String,
}

impl Person {
    /// Creates a session at this server.
    pub async fn join(server: &str, name: &str) -> Result<Self> {
        Self::begin(server, "session", json!({ "nickname": name })).await
    }

    /// Redeems the code of an invite or of the owner's link; returns the member who comes in.
    pub async fn redeem(server: &str, code: &str, name: &str) -> Result<Self> {
        Self::begin(server, "redeem", json!({ "code": code, "nickname": name })).await
    }

    async fn begin(server: &str, way: &str, body: Value) -> Result<Self> {
        let http = client()?;
        let api = format!("{server}/api/v1");
        let answer = http.post(format!("{api}/{way}")).json(&body).send().await?;
        let session: Value = checked(answer).await?.json().await?;
        let field = |value: &Value| value.as_str().map(str::to_owned).context("the session lacks a field");
        Ok(Self { id: field(&session["person"]["id"])?, token: field(&session["token"])?, http, api })
    }

    /// Publishes a message; returns its number in the log.
    pub async fn say(&self, room: &str, text: &str) -> Result<u64> {
        self.publish(room, json!({ "key": Uuid::new_v4().to_string(), "text": text })).await
    }

    /// Replies to the message with this number; returns the reply's number.
    pub async fn reply(&self, room: &str, to: u64, text: &str) -> Result<u64> {
        let body = json!({ "key": Uuid::new_v4().to_string(), "text": text, "reply_to": to });
        self.publish(room, body).await
    }

    /// Reacts to a message.
    pub async fn react(&self, room: &str, to: u64, emoji: &str) -> Result<()> {
        self.ask(Method::PUT, &format!("rooms/{room}/messages/{to}/reactions/{emoji}"), None).await.map(drop)
    }

    /// Deletes a message.
    pub async fn delete(&self, room: &str, seq: u64) -> Result<()> {
        self.ask(Method::DELETE, &format!("rooms/{room}/messages/{seq}"), None).await.map(drop)
    }

    /// Creates a room, or changes its topic.
    pub async fn make_room(&self, room: &str, topic: &str) -> Result<()> {
        self.ask(Method::PUT, &format!("rooms/{room}"), Some(json!({ "topic": topic }))).await.map(drop)
    }

    /// Lists the names of the rooms that the person sees.
    pub async fn rooms(&self) -> Result<Vec<String>> {
        let list: Value = self.ask(Method::GET, "rooms", None).await?.json().await?;
        let rooms = list["rooms"].as_array().context("the answer lacks rooms")?;
        let name = |room: &Value| room["name"].as_str().map(str::to_owned);
        rooms.iter().map(name).collect::<Option<_>>().context("a room lacks a name")
    }

    /// Makes a room private.
    pub async fn hide_room(&self, room: &str) -> Result<()> {
        let body = json!({ "policy": { "visibility": "private" } });
        self.ask(Method::PUT, &format!("rooms/{room}"), Some(body)).await.map(drop)
    }

    /// Deletes a room.
    pub async fn delete_room(&self, room: &str) -> Result<()> {
        self.ask(Method::DELETE, &format!("rooms/{room}?confirm={room}"), None).await.map(drop)
    }

    /// Makes a private room; returns its name.
    pub async fn make_private_room(&self, title: &str) -> Result<String> {
        self.make("rooms", json!({ "title": title }), "room").await
    }

    /// Makes an invite for members, and of a room if one is named; returns its code.
    pub async fn invite(&self, uses: usize, room: Option<&str>) -> Result<String> {
        self.make("invites", json!({ "uses": uses, "room": room }), "code").await
    }

    /// Lets programs post into a room under this name; returns the path of the webhook below the server's address.
    pub async fn make_hook(&self, room: &str, name: &str) -> Result<String> {
        let body = json!({ "way": "incoming", "name": name });
        self.make(&format!("rooms/{room}/hooks"), body, "url").await
    }

    async fn make(&self, path: &str, body: Value, field: &str) -> Result<String> {
        let made: Value = self.ask(Method::POST, path, Some(body)).await?.json().await?;
        made[field].as_str().map(str::to_owned).with_context(|| format!("the answer lacks {field}"))
    }

    /// Reads the newest 200 messages of a room: number and text, oldest first.
    pub async fn history(&self, room: &str) -> Result<Vec<(u64, String)>> {
        let path = format!("rooms/{room}/messages?limit=200");
        let page: Value = self.ask(Method::GET, &path, None).await?.json().await?;
        let messages = page["messages"].as_array().context("the history has no messages")?;
        let read = |message: &Value| Some((message["seq"].as_u64()?, message["text"].as_str()?.to_owned()));
        messages.iter().map(read).collect::<Option<_>>().context("a message lacks number or text")
    }

    /// Keeps the person present until the guard is dropped.
    pub fn stay(&self, room: &str) -> Staying {
        let (person, room) = (self.clone(), room.to_owned());
        Staying(tokio::spawn(async move {
            // Ends when the server goes away, and the presence with it.
            while person
                .ask(Method::GET, &format!("poll?room={room}&here={room}&wait=20"), None)
                .await
                .is_ok()
            {}
        }))
    }

    async fn publish(&self, room: &str, body: Value) -> Result<u64> {
        let answer = self.ask(Method::POST, &format!("rooms/{room}/messages"), Some(body)).await?;
        let entry: Value = answer.json().await?;
        entry["seq"].as_u64().context("the entry has no number")
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Result<Response> {
        let request = self.http.request(method, format!("{}/{path}", self.api)).bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        checked(request.send().await?).await
    }
}

/// Keeps a person present until dropped.
#[derive(Debug)]
pub struct Staying(JoinHandle<()>);

impl Drop for Staying {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Publishes over the classic route, as `curl -d` does.
pub async fn publish_plainly(server: &str, room: &str, text: &str) -> Result<()> {
    let answer = client()?.post(format!("{server}/publish?room={room}")).body(text.to_owned()).send().await?;
    let said = checked(answer).await?.text().await?;
    ensure!(said == "ok", "/publish answers {said:?}");
    Ok(())
}

/// Posts a text to an incoming webhook, as a program does.
pub async fn post_to_webhook(address: &str, text: &str) -> Result<()> {
    checked(client()?.post(address).json(&json!({ "text": text })).send().await?).await.map(drop)
}

fn client() -> Result<Client> {
    // A proxy in the environment must not be used between local ports.
    Ok(Client::builder().no_proxy().timeout(TIME_LIMIT + Duration::from_secs(30)).build()?)
}

async fn checked(answer: Response) -> Result<Response> {
    if answer.status().is_success() {
        return Ok(answer);
    }
    let (status, url) = (answer.status(), answer.url().to_string());
    anyhow::bail!("{url} answers {status}: {}", answer.text().await.unwrap_or_default())
}
