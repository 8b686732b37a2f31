//! Requests to a server over its admin socket. Tries once: the server is on this machine.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail, ensure};
use holdline_server::AdminSocket;
use holdline_shared::{PersonId, Problem, ProblemCode, RoomName};
use reqwest::{Method, Url};
use serde_json::Value;

use crate::client::http_builder;

/// The time limit of a request: some commands change thousands of messages.
const ANSWER_TIME: Duration = Duration::from_secs(300);

/// A connection to the server of a log.
pub(super) struct Connection {
    http: reqwest::Client,
    base: Url,
}

impl Connection {
    /// Opens the admin socket beside the log at `log`; `None` if no server listens there.
    pub(super) fn open(log: &Path) -> anyhow::Result<Option<Self>> {
        let socket = AdminSocket::beside(log);
        if std::os::unix::net::UnixStream::connect(&socket).is_err() {
            return Ok(None);
        }
        // Passwords are sent here: never to a socket of somebody who is neither root nor the owner of the log.
        let (listener, owner) = (socket.metadata()?.uid(), log.metadata()?.uid());
        ensure!(
            listener == owner || listener == 0,
            "{} belongs to another user than the log, and is not trusted",
            socket.display()
        );
        let http = http_builder().unix_socket(socket).no_proxy().timeout(ANSWER_TIME);
        let http = http.tls_certs_only([]).build().context("cannot prepare for HTTP requests")?;
        // The host is part of every URL; the socket makes no use of it.
        Ok(Some(Self { http, base: Url::parse("http://localhost/api/v1")? }))
    }

    /// Asks for something.
    pub(super) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Value> {
        self.send(Method::GET, path, query, None).await
    }

    /// Makes something.
    pub(super) async fn post(&self, path: &[&str], body: &Value) -> anyhow::Result<Value> {
        self.send(Method::POST, path, &[], Some(body)).await
    }

    /// Sets something.
    pub(super) async fn put(&self, path: &[&str], body: &Value) -> anyhow::Result<Value> {
        self.send(Method::PUT, path, &[], Some(body)).await
    }

    /// Changes a part of something.
    pub(super) async fn patch(&self, path: &[&str], body: &Value) -> anyhow::Result<Value> {
        self.send(Method::PATCH, path, &[], Some(body)).await
    }

    /// Removes something.
    pub(super) async fn delete(&self, path: &[&str], query: &[(&str, &str)]) -> anyhow::Result<Value> {
        self.send(Method::DELETE, path, query, None).await
    }

    /// The id of the person of this id or, if nobody has it, of this name. Names that look alike may have been given in
    /// earlier versions, so that one which several people have is refused.
    pub(super) async fn person(&self, name: &str) -> anyhow::Result<String> {
        find_person(&self.people().await?, name).map(str::to_owned)
    }

    /// The same for guests, too: for those among `others`, and for an id that the server cannot know.
    pub(super) async fn person_or_guest(&self, name: &str, others: &[Value]) -> anyhow::Result<String> {
        let mut people = self.people().await?;
        people.extend_from_slice(others);
        match find_person(&people, name) {
            Err(_) if PersonId::is_like_random(name) => Ok(name.to_owned()),
            found => found.map(str::to_owned).map_err(|error| {
                anyhow!("{error}; a guest is given by the id, which `holdline tail --json` shows")
            }),
        }
    }

    /// The members and bots of the server.
    pub(super) async fn people(&self) -> anyhow::Result<Vec<Value>> {
        let mut list = self.get(&["people"], &[]).await?;
        Ok(list["people"].as_array_mut().map(std::mem::take).unwrap_or_default())
    }

    /// The members of a room, and whoever may not write in it; refused if there is no such room.
    pub(super) async fn members(&self, room: &RoomName) -> anyhow::Result<Value> {
        self.get(&["rooms", room.as_str(), "members"], &[]).await
    }

    /// Sends a request, and returns the JSON of its answer; null for an empty one.
    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let mut url = self.base.clone();
        // Only URLs without a host have no path to extend.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = self.http.request(method, url);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.context("the server does not answer")?;
        let status = response.status();
        let body = response.bytes().await.context("the answer of the server was cut short")?;
        if !status.is_success() {
            match serde_json::from_slice::<Problem>(&body) {
                Ok(problem) if problem.code == ProblemCode::UnknownRoom => {
                    bail!("there is no such room; `holdline send -r ROOM` makes one")
                }
                Ok(problem) => bail!(problem.detail),
                Err(_) => bail!("the server answered with status {}", status.as_u16()),
            }
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).context("the answer of the server is not JSON")
    }
}

fn find_person<'a>(people: &'a [Value], name: &str) -> anyhow::Result<&'a str> {
    let ids = |field: &'static str| {
        people.iter().filter(move |person| person[field] == name).filter_map(|person| person["id"].as_str())
    };
    if let Some(id) = ids("id").next() {
        return Ok(id);
    }
    let mut named: Vec<&str> = ids("name").collect();
    named.sort_unstable();
    named.dedup();
    match named[..] {
        [id] => Ok(id),
        [] => {
            let lower = name.to_lowercase();
            let mut others = people.iter().filter_map(|person| person["name"].as_str());
            let alike = others.find(|other| other.to_lowercase() == lower);
            let hint = match alike {
                Some(alike) => format!("there is {alike:?}"),
                None => "`holdline admin people` lists members".to_owned(),
            };
            Err(anyhow!("there is nobody of the name or id {name:?}; {hint}"))
        }
        _ => {
            Err(anyhow!("several people have the name {name:?}; give one of their ids: {}", named.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn id_is_looked_up_before_names_and_ambiguous_names_are_refused() {
        let person = |id: &str, name: &str| json!({ "id": id, "name": name });
        let people = [person("a1", "Vera"), person("b2", "a1"), person("c3", "Kim"), person("d4", "Kim")];
        for people in [people.to_vec(), people.iter().rev().cloned().collect()] {
            assert_eq!(find_person(&people, "a1").unwrap(), "a1", "not the person who is called so");
            assert_eq!(find_person(&people, "Vera").unwrap(), "a1");
            assert_eq!(find_person(&people, "d4").unwrap(), "d4");
            let said = find_person(&people, "vera").unwrap_err().to_string();
            assert_eq!(said, "there is nobody of the name or id \"vera\"; there is \"Vera\"");
            let said = find_person(&people, "Kim").unwrap_err().to_string();
            assert!(said.contains("c3") && said.contains("d4"), "{said}");
        }
    }
}
