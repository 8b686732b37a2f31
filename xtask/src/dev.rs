//! `cargo xtask dev`: runs the server, and trunk in front of it, and rebuilds both when their code changes. One Ctrl-C ends
//! everything. The client is at port 8081; trunk passes its requests on to the server at 8080.

use std::env::consts::EXE_SUFFIX;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use xshell::Shell;

use crate::build::client;
use crate::{fingerprint, paths, say, setup, shell};

/// Interval between two looks for changes: short enough for a person, and reading some hundred small files costs little.
const LOOK: Duration = Duration::from_secs(1);

/// The server's sources.
const INPUTS: [&str; 4] = ["Cargo.toml", "Cargo.lock", "server", "shared"];

/// Runs both until Ctrl-C, or until trunk ends.
pub(crate) fn command(sh: &Shell) -> Result<()> {
    let stop = on_ctrl_c()?;
    let tools = setup::client(sh)?;
    let inputs = INPUTS.map(|path| paths::root().join(path));
    let mut seen = fingerprint::of(&inputs)?;
    say::step("building the server; the first time takes two minutes");
    build_server(sh)?;
    let mut server = start_server()?;
    // Not `dist`: `cargo xtask build` would find it changed.
    let dist = sh.create_dir(client::target().join("dist-dev"))?;
    let trunk = tools.trunk(sh)?.args(["serve", "--skip-version-check", "--config", "Trunk.toml", "--dist"]);
    let trunk = trunk.arg(dist).env("CARGO_TARGET_DIR", client::target());
    let mut trunk = Running::start(trunk.into(), "trunk")?;
    say::step("the client will be at http://127.0.0.1:8081; Ctrl-C ends both");
    while let Err(RecvTimeoutError::Timeout) = stop.recv_timeout(LOOK) {
        let children = [(&mut trunk, "trunk", 8081), (&mut server, "the server", 8080)];
        for (child, name, port) in children {
            // On Ctrl-C a child may end before this process hears of the signal.
            if child.has_exited()? && stop.recv_timeout(LOOK).is_err() {
                bail!("{name} has ended; is something else listening at port {port}?");
            }
        }
        let now = fingerprint::of(&inputs)?;
        if now != seen {
            seen = now;
            say::step("the server's code has changed: building it again");
            // While the code does not compile, the old server goes on.
            if build_server(sh).is_ok() {
                drop(server);
                server = start_server()?;
            }
        }
    }
    say::step("ending both");
    Ok(())
}

/// Receives a message on Ctrl-C and on a signal to end.
fn on_ctrl_c() -> Result<Receiver<()>> {
    let (send, receive) = channel();
    // During the shutdown nobody receives any more.
    ctrlc::set_handler(move || send.send(()).unwrap_or_default())?;
    Ok(receive)
}

fn build_server(sh: &Shell) -> Result<()> {
    Ok(shell::cargo(sh).args(["build", "--package", "holdline_server"]).run()?)
}

fn start_server() -> Result<Running> {
    let executable = paths::target().join("debug").join(format!("holdline{EXE_SUFFIX}"));
    let mut server = Command::new(executable);
    // A separate log: code in the making must not write into a person's log.
    let log = format!("sqlite:{}", paths::target().join("dev.db").display());
    server.args(["serve", "--listen", "127.0.0.1:8080", "--log", &log]);
    Running::start(server, "the server")
}

/// A child that ends when this is dropped.
struct Running(Child);

impl Running {
    fn start(mut command: Command, name: &str) -> Result<Self> {
        Ok(Self(command.spawn().with_context(|| format!("cannot start {name}"))?))
    }

    fn has_exited(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        shell::end(&mut self.0);
    }
}
