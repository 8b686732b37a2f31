//! The executable as a child process.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdin, Command};

use super::{Client, free_address, within};

/// `holdline serve`; killed on drop.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    http: reqwest::Client,
}

impl Process {
    /// Starts a server on a free port.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        Self::start_on("127.0.0.1:0".parse().unwrap(), arguments).await
    }

    /// Starts a server on a free port; `None` if it refuses to start.
    pub(crate) async fn try_start(arguments: &[&str]) -> Option<Self> {
        Self::start_if_possible("127.0.0.1:0".parse().unwrap(), arguments).await.ok()
    }

    /// Starts a server on this address and waits until it reports that it is open.
    pub(crate) async fn start_on(address: SocketAddr, arguments: &[&str]) -> Self {
        let started = Self::start_if_possible(address, arguments).await;
        started.unwrap_or_else(|said| panic!("the server ended instead of serving:\n{said}"))
    }

    /// Starts a server; an error with its words if it ends instead of serving.
    async fn start_if_possible(address: SocketAddr, arguments: &[&str]) -> Result<Self, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdline"));
        command.arg("serve").arg("--listen").arg(address.to_string()).args(arguments);
        command.env_remove("RUST_LOG").env("HOLDLINE_LIMIT", "none");
        command.stdin(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = loop {
            let line = within("the server's first lines", lines.next_line()).await.unwrap();
            let Some(line) = line else { return Err(said) };
            if let Some((_, address)) = line.split_once("the chat is open url=http://") {
                break address.trim().parse().unwrap();
            }
            said += &line;
            said.push('\n');
        };
        // Keeps reading, or the server would block on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, address, http: Client::http() })
    }

    /// Starts a server through a shell, which prepares the environment and then runs `exec "$@"`; standard error goes
    /// to `stderr`. Waits until the server answers, because it may be unable to report that it is open.
    pub(crate) async fn start_through(prepare: &str, stderr: impl Into<Stdio>, arguments: &[&str]) -> Self {
        let address = free_address();
        let mut command = Command::new("sh");
        command.arg("-c").arg(format!("{prepare}exec \"$@\"")).arg("sh").arg(env!("CARGO_BIN_EXE_holdline"));
        command.arg("serve").arg("--listen").arg(address.to_string()).args(arguments);
        command.env_remove("RUST_LOG").env("HOLDLINE_LIMIT", "none");
        command.stdin(Stdio::piped()).stderr(stderr).kill_on_drop(true);
        let mut child = command.spawn().unwrap();
        let answers = async {
            while TcpStream::connect(address).await.is_err() {
                assert_eq!(child.try_wait().unwrap(), None, "the server ended instead of serving");
                tokio::task::yield_now().await;
            }
        };
        within("a server that answers", answers).await;
        Self { child, address, http: Client::http() }
    }

    /// Reads a field of the process's status from the kernel.
    pub(crate) fn status(&self, field: &str) -> String {
        let id = self.child.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        status.lines().find_map(|line| line.strip_prefix(field)).unwrap().trim().to_owned()
    }

    /// The process's standard input; dropping it closes it.
    pub(crate) fn input(&mut self) -> ChildStdin {
        self.child.stdin.take().unwrap()
    }

    /// Kills the process (SIGKILL), as a crash would.
    pub(crate) async fn crash(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Sends a signal by name.
    pub(crate) async fn signal(&self, name: &str) {
        let id = self.child.id().expect("it runs");
        let sent = Command::new("kill").arg(format!("-{name}")).arg(id.to_string()).status().await;
        assert!(sent.unwrap().success());
    }

    /// Waits for the exit status.
    pub(crate) async fn ended(&mut self) -> ExitStatus {
        within("the end of the process", self.child.wait()).await.unwrap()
    }

    /// Waits until this many requests are held.
    pub(crate) async fn holds(&self, count: usize) {
        let visitor = self.visitor();
        let figure = format!("holdline_held_polls {count}\n");
        let all_held = async {
            while !visitor.get("/metrics").await.expect(200).text().contains(&figure) {
                tokio::task::yield_now().await;
            }
        };
        within(&format!("{count} held polls"), all_held).await;
    }

    /// Makes a client without a session.
    pub(crate) fn visitor(&self) -> Client {
        Client::new(self.http.clone(), self.address)
    }

    /// Makes a client with an existing session.
    pub(crate) async fn with_token(&self, token: &str) -> Client {
        Client::with_token(self.http.clone(), self.address, token).await
    }

    /// Makes a client with a new session of this nickname.
    pub(crate) async fn person(&self, nickname: &str) -> Client {
        let mut client = self.visitor();
        client.enters(nickname).await;
        client
    }
}
