//! Listeners that are programs: each collects the texts that it hears in a room.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use holdline_e2e::{Process, holdline};
use serde_json::Value;
use tokio::process::Command;
use tokio::task::JoinHandle;

use crate::{ROOM, until_heard};

/// What was heard so far.
type Heard = Arc<Mutex<Vec<String>>>;

/// A listener, gone when dropped.
pub(crate) struct Ear {
    pub(crate) name: String,
    heard: Heard,
    listening: JoinHandle<Result<()>>,
}

impl Ear {
    /// `holdline tail --json`.
    pub(crate) fn tail(n: u8, url: &str) -> Result<Self> {
        let mut command = holdline()?;
        command.args(["tail", "--json", "--since", "start", "--room", ROOM, "--server", url]);
        let mut process = Process::start(command.stdout(Stdio::piped()))?;
        let mut lines = process.output()?;
        Ok(Self::listen(format!("tail {n}"), async move |heard| {
            while let Some(line) = lines.next_line().await? {
                hear(&heard, &serde_json::from_str(&line)?);
            }
            drop(process);
            anyhow::bail!("tail has ended")
        }))
    }

    /// Server-Sent Events, in one request that never ends.
    pub(crate) fn events(n: u8, url: &str) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let request = http.get(format!("{url}/api/v1/events?room={ROOM}&after=start"));
        Ok(Self::listen(format!("event stream {n}"), async move |heard| {
            let mut answer = request.send().await?.error_for_status()?;
            let mut text = Vec::new();
            while let Some(bytes) = answer.chunk().await? {
                text.extend_from_slice(&bytes);
                while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
                    let line: Vec<_> = text.drain(..=end).collect();
                    if let Some(batch) = line.strip_prefix(b"data:") {
                        let batch: Value = serde_json::from_slice(batch)?;
                        let entries = batch["entries"].as_array().context("a batch without entries")?;
                        for entry in entries {
                            hear(&heard, entry);
                        }
                    }
                }
            }
            anyhow::bail!("the event stream has ended")
        }))
    }

    /// curl with a cookie jar, started again for every message, as a shell's loop does it.
    pub(crate) fn curl(n: u8, url: &str, jar: &Path) -> Result<Self> {
        let url = format!("{url}/subscribe?room={ROOM}&random={n}");
        let jar = jar.to_str().context("a strange path")?.to_owned();
        Ok(Self::listen(format!("curl {n}"), async move |heard| {
            loop {
                let output = curl_with(&jar, &url).output().await.context("cannot start curl")?;
                ensure!(output.status.success(), "curl says {}", String::from_utf8_lossy(&output.stderr));
                let text = String::from_utf8(output.stdout)?;
                if !text.is_empty() {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                }
            }
        }))
    }

    /// curl with a cookie jar that asks again by itself: a range in the address makes it one request for each number.
    pub(crate) fn asking_curl(n: u8, url: &str, jar: &Path) -> Result<Self> {
        let url = format!("{url}/subscribe?room={ROOM}&random={n}&request=[1-1000000]");
        let jar = jar.to_str().context("a strange path")?;
        let mut command = curl_with(jar, &url);
        command.args(["--no-buffer", "--write-out", "\n"]);
        let mut process = Process::start(command.stdout(Stdio::piped()))?;
        let mut lines = process.output()?;
        Ok(Self::listen(format!("asking curl {n}"), async move |heard| {
            while let Some(text) = lines.next_line().await? {
                if !text.is_empty() {
                    heard.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                }
            }
            drop(process);
            anyhow::bail!("curl has ended")
        }))
    }

    fn listen<F: Future<Output = Result<()>> + Send + 'static>(
        name: String,
        listen: impl FnOnce(Heard) -> F,
    ) -> Self {
        let heard = Heard::default();
        Self { name, listening: tokio::spawn(listen(heard.clone())), heard }
    }

    pub(crate) fn has_heard_nothing(&self) -> bool {
        self.heard().is_empty()
    }

    pub(crate) async fn until_heard(&self, said: &[String]) -> Result<()> {
        until_heard(&self.name, said, async || {
            ensure!(!self.listening.is_finished(), "{} does not listen any more", self.name);
            Ok(self.heard())
        })
        .await
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn curl_with(jar: &str, url: &str) -> Command {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--fail", "--noproxy", "*"]);
    curl.args(["--cookie", jar, "--cookie-jar", jar, url]).kill_on_drop(true);
    curl
}

/// Takes the text of an entry that is a message.
fn hear(heard: &Heard, entry: &Value) {
    if entry["kind"] == "message"
        && let Some(text) = entry["text"].as_str()
    {
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }
}
