//! Listeners that are programs: each collects the texts of a room's messages.

use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use holdline_e2e::{Process, holdline};
use serde_json::Value;
use tokio::process::Command;
use tokio::task::JoinHandle;

use crate::receipt::{ROOM, until_received};

/// The texts received so far.
type Received = Arc<Mutex<Vec<String>>>;

/// A running listener; stopped when dropped.
pub(crate) struct Listener {
    pub(crate) name: String,
    received: Received,
    listening: JoinHandle<Result<()>>,
}

impl Listener {
    /// Starts `holdline tail --json`.
    pub(crate) fn tail(n: u8, url: &str) -> Result<Self> {
        let mut command = holdline()?;
        command.args(["tail", "--json", "--since", "start", "--room", ROOM, "--server", url]);
        let mut process = Process::start(command.stdout(Stdio::piped()))?;
        let mut lines = process.output()?;
        Ok(Self::listen(format!("tail {n}"), async move |received| {
            while let Some(line) = lines.next_line().await? {
                receive(&received, &serde_json::from_str(&line)?);
            }
            drop(process);
            anyhow::bail!("tail has ended")
        }))
    }

    /// Starts a stream of Server-Sent Events, in one endless request.
    pub(crate) fn events(n: u8, url: &str) -> Result<Self> {
        let http = reqwest::Client::builder().no_proxy().build()?;
        let request = http.get(format!("{url}/api/v1/events?room={ROOM}&after=start"));
        Ok(Self::listen(format!("event stream {n}"), async move |received| {
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
                            receive(&received, entry);
                        }
                    }
                }
            }
            anyhow::bail!("the event stream has ended")
        }))
    }

    /// Starts a loop of curl processes with a cookie jar, one for each message, like a shell script.
    pub(crate) fn curl(n: u8, url: &str, jar: &Path) -> Result<Self> {
        let url = format!("{url}/subscribe?room={ROOM}&random={n}");
        let jar = jar.to_str().context("a strange path")?.to_owned();
        Ok(Self::listen(format!("curl {n}"), async move |received| {
            loop {
                let output = curl_with(&jar, &url).output().await.context("cannot start curl")?;
                ensure!(output.status.success(), "curl says {}", String::from_utf8_lossy(&output.stderr));
                let text = String::from_utf8(output.stdout)?;
                if !text.is_empty() {
                    received.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                }
            }
        }))
    }

    /// Starts a single curl process with a cookie jar that repeats its request: a range in the URL makes one
    /// request for each number.
    pub(crate) fn repeating_curl(n: u8, url: &str, jar: &Path) -> Result<Self> {
        let url = format!("{url}/subscribe?room={ROOM}&random={n}&request=[1-1000000]");
        let jar = jar.to_str().context("a strange path")?;
        let mut command = curl_with(jar, &url);
        command.args(["--no-buffer", "--write-out", "\n"]);
        let mut process = Process::start(command.stdout(Stdio::piped()))?;
        let mut lines = process.output()?;
        Ok(Self::listen(format!("repeating curl {n}"), async move |received| {
            while let Some(text) = lines.next_line().await? {
                if !text.is_empty() {
                    received.lock().unwrap_or_else(PoisonError::into_inner).push(text);
                }
            }
            drop(process);
            anyhow::bail!("curl has ended")
        }))
    }

    fn listen<F: Future<Output = Result<()>> + Send + 'static>(
        name: String,
        listen: impl FnOnce(Received) -> F,
    ) -> Self {
        let received = Received::default();
        Self { name, listening: tokio::spawn(listen(received.clone())), received }
    }

    pub(crate) fn has_received_nothing(&self) -> bool {
        self.received().is_empty()
    }

    pub(crate) async fn until_received(&self, published: &[String]) -> Result<()> {
        until_received(&self.name, published, async || {
            ensure!(!self.listening.is_finished(), "{} does not listen any more", self.name);
            Ok(self.received())
        })
        .await
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Listener {
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

/// Stores the text of an entry, if it is a message.
fn receive(received: &Received, entry: &Value) {
    if entry["kind"] == "message"
        && let Some(text) = entry["text"].as_str()
    {
        received.lock().unwrap_or_else(PoisonError::into_inner).push(text.to_owned());
    }
}
