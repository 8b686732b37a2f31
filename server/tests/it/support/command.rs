//! `holdline send` and `holdline tail` as processes, and what they print.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use super::within;

/// A command against one server, killed when this is dropped.
pub(crate) struct Holdline {
    child: Child,
    pub(crate) input: Option<ChildStdin>,
    output: Option<Lines<BufReader<ChildStdout>>>,
    errors: Lines<BufReader<ChildStderr>>,
}

impl Holdline {
    /// Starts it, with nothing from this process' environment that would change what it does.
    pub(crate) fn start(server: SocketAddr, arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdline"));
        command.args(arguments).env_clear().env("HOLDLINE_SERVER", format!("http://{server}"));
        command.env("HOLDLINE_NICKNAME", "Ada").env("TZ", "UTC").kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let output = child.stdout.take().map(|pipe| BufReader::new(pipe).lines());
        let errors = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, input, output, errors }
    }

    /// Types these bytes, and then nothing ever again.
    pub(crate) async fn types(&mut self, text: &str) {
        let mut input = self.input.take().unwrap();
        input.write_all(text.as_bytes()).await.unwrap();
    }

    /// The next line that it prints.
    pub(crate) async fn line(&mut self) -> String {
        let output = self.output.as_mut().expect("somebody reads");
        within("a line", output.next_line()).await.unwrap().expect("a line, not the end")
    }

    /// What follows the author's name in the next lines.
    pub(crate) async fn texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for _ in 0..count {
            let line = self.line().await;
            let (_, text) = line.split_once(" Ada: ").unwrap_or_else(|| panic!("a message, not {line:?}"));
            texts.push(text.to_owned());
        }
        texts
    }

    /// The next line of what it says about itself.
    pub(crate) async fn says(&mut self) -> String {
        within("a word", self.errors.next_line()).await.unwrap().expect("a word, not the end")
    }

    /// Nobody reads what it prints any more.
    pub(crate) fn stops_being_read(&mut self) {
        self.output = None;
    }

    /// Sends a signal by name.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs");
        let sent = Command::new("kill").arg(format!("-{name}")).arg(id.to_string()).status().await;
        assert!(sent.unwrap().success());
    }

    /// How it ended.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        within("the end of the command", self.child.wait()).await.unwrap()
    }

    /// Runs it to its end, which must be a success.
    pub(crate) async fn done(server: SocketAddr, arguments: &[&str]) {
        assert!(Self::start(server, arguments).ended().await.success(), "{arguments:?}");
    }
}
