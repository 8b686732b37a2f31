//! `holdline send` and `holdline tail` as processes, and what they print.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use super::{until, within};

/// A command against one server, killed when this is dropped.
pub(crate) struct Holdline {
    child: Child,
    pub(crate) input: Option<ChildStdin>,
    output: Option<Lines<BufReader<ChildStdout>>>,
    errors: Option<Lines<BufReader<ChildStderr>>>,
}

impl Holdline {
    /// Starts it, with nothing from this process' environment that would change what it does.
    pub(crate) fn start(server: SocketAddr, arguments: &[&str]) -> Self {
        let server = format!("http://{server}");
        Self::start_in(&[("HOLDLINE_SERVER", &server), ("HOLDLINE_NICKNAME", "Ada")], arguments)
    }

    /// Starts it in this environment and no other.
    pub(crate) fn start_in(environment: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdline"));
        command.args(arguments).env_clear().env("TZ", "UTC").envs(environment.iter().copied());
        Self::spawn(command)
    }

    /// Starts it as process 1 of a namespace of its own, where this user may make one; else like any other.
    pub(crate) async fn start_as_process_1(server: SocketAddr, arguments: &[&str]) -> Self {
        const UNSHARE: [&str; 5] = ["--pid", "--fork", "--mount-proc", "--kill-child", "--"];
        let may = Command::new("unshare").args(UNSHARE).arg("true").output().await;
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdline"));
        if may.is_ok_and(|tried| tried.status.success()) {
            command = Command::new("unshare");
            command.args(UNSHARE).arg(env!("CARGO_BIN_EXE_holdline"));
        }
        command.args(arguments).env("HOLDLINE_SERVER", format!("http://{server}"));
        Self::spawn(command)
    }

    fn spawn(mut command: Command) -> Self {
        command.kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let output = child.stdout.take().map(|pipe| BufReader::new(pipe).lines());
        let errors = child.stderr.take().map(|pipe| BufReader::new(pipe).lines());
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
        let errors = self.errors.as_mut().expect("somebody listens");
        within("a word", errors.next_line()).await.unwrap().expect("a word, not the end")
    }

    /// Nobody reads what it says about itself any more.
    pub(crate) fn stops_being_heard(&mut self) {
        self.errors = None;
    }

    /// Nobody reads what it prints any more.
    pub(crate) fn stops_being_read(&mut self) {
        self.output = None;
    }

    /// All that it prints and says until it ends, and how it ends.
    pub(crate) async fn everything(mut self) -> (String, ExitStatus) {
        drop(self.input.take());
        let mut all = String::new();
        let mut output = self.output.take().expect("somebody reads");
        let mut errors = self.errors.take().expect("somebody listens");
        let reading = async {
            while let Some(line) = output.next_line().await.unwrap() {
                all += &(line + "\n");
            }
            while let Some(line) = errors.next_line().await.unwrap() {
                all += &(line + "\n");
            }
        };
        within("the end of the output", reading).await;
        (all, self.ended().await)
    }

    /// The process itself, when this is one that only waits for it.
    fn inner_id(&self) -> u32 {
        let id = self.child.id().expect("it runs");
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        children.split_whitespace().next().map_or(id, |child| child.parse().unwrap())
    }

    /// Waits until it handles SIGTERM.
    pub(crate) async fn handles_signals(&self) {
        let handles = || {
            let status =
                std::fs::read_to_string(format!("/proc/{}/status", self.inner_id())).unwrap_or_default();
            let is_it = status.starts_with("Name:\tholdline");
            let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:")).unwrap_or("0").trim();
            is_it && u64::from_str_radix(caught, 16).unwrap() >> 14 & 1 == 1
        };
        until("it handles signals", handles).await;
    }

    /// Sends a signal by name.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.inner_id();
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
