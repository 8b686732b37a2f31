//! `holdline send` and `holdline tail` as child processes, and their output.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

use super::{until, within};

/// A command against one server; killed on drop.
pub(crate) struct Holdline {
    child: Child,
    pub(crate) input: Option<ChildStdin>,
    output: Option<Lines<BufReader<ChildStdout>>>,
    errors: Option<Lines<BufReader<ChildStderr>>>,
}

impl Holdline {
    /// Starts a command without any variable of this process's environment that would affect it.
    pub(crate) fn start(server: SocketAddr, arguments: &[&str]) -> Self {
        let server = format!("http://{server}");
        Self::start_in(&[("HOLDLINE_SERVER", &server), ("HOLDLINE_NICKNAME", "Ada")], arguments)
    }

    /// Starts a command in exactly this environment.
    pub(crate) fn start_in(environment: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdline"));
        command.args(arguments).env_clear().env("TZ", "UTC").envs(environment.iter().copied());
        Self::spawn(command)
    }

    /// Starts a command as process 1 of its own namespace, if this user may create one; else as an ordinary process.
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

    /// Writes these bytes to standard input and closes it.
    pub(crate) async fn types(&mut self, text: &str) {
        let mut input = self.input.take().unwrap();
        input.write_all(text.as_bytes()).await.unwrap();
    }

    /// Reads the next line of standard output.
    pub(crate) async fn line(&mut self) -> String {
        let output = self.output.as_mut().expect("somebody reads");
        within("a line", output.next_line()).await.unwrap().expect("a line, not the end")
    }

    /// Reads the next lines; returns the texts after the authors' names.
    pub(crate) async fn texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        for _ in 0..count {
            let line = self.line().await;
            let (_, text) = line.split_once(" Ada: ").unwrap_or_else(|| panic!("a message, not {line:?}"));
            texts.push(text.to_owned());
        }
        texts
    }

    /// Reads the next line of standard error.
    pub(crate) async fn says(&mut self) -> String {
        let errors = self.errors.as_mut().expect("somebody listens");
        within("a word", errors.next_line()).await.unwrap().expect("a word, not the end")
    }

    /// Closes the reader of standard error.
    pub(crate) fn stops_being_heard(&mut self) {
        self.errors = None;
    }

    /// Closes the reader of standard output.
    pub(crate) fn stops_being_read(&mut self) {
        self.output = None;
    }

    /// Reads standard output and standard error until the end; returns them with the exit status.
    pub(crate) async fn output(mut self) -> (String, ExitStatus) {
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

    /// The command's own process, if the child process only waits for it.
    fn inner_id(&self) -> u32 {
        let id = self.child.id().expect("it runs");
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        children.split_whitespace().next().map_or(id, |child| child.parse().unwrap())
    }

    /// Waits until the process handles SIGTERM.
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

    /// Waits for the exit status.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        within("the end of the command", self.child.wait()).await.unwrap()
    }

    /// Runs a command to its end and expects success.
    pub(crate) async fn done(server: SocketAddr, arguments: &[&str]) {
        assert!(Self::start(server, arguments).ended().await.success(), "{arguments:?}");
    }
}
