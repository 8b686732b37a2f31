//! The units in `contrib/systemd` start a server that becomes ready, also on a socket that systemd passes.

use std::path::Path;

use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio::process::Command;

use crate::support::{Client, Process, free_address, within};

const SERVICE: &str = include_str!("../../../contrib/systemd/holdline.service");
const SOCKET: &str = include_str!("../../../contrib/systemd/holdline.socket");

/// The value of a unit's setting, which must stand once.
fn setting<'a>(unit: &'a str, name: &str) -> &'a str {
    let mut values = unit.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let value = values.next().unwrap();
    assert_eq!(values.next(), None, "{name} twice");
    value
}

/// The arguments in the service's `ExecStart`, with a temporary folder as the state directory.
fn arguments(folder: &Path) -> Vec<String> {
    let command = setting(SERVICE, "ExecStart").strip_prefix("/usr/local/bin/holdline serve ").unwrap();
    let state = format!("/var/lib/{}", setting(SERVICE, "StateDirectory"));
    assert!(command.contains(&state));
    command.replace(&state, &folder.display().to_string()).split(' ').map(str::to_owned).collect()
}

#[tokio::test]
async fn service_unit_starts_a_server_that_is_ready() {
    let folder = TempDir::new().unwrap();
    let arguments = arguments(folder.path());
    let server = Process::start(&arguments.iter().map(String::as_str).collect::<Vec<_>>()).await;
    server.visitor().get("/readyz").await.expect(200);
    assert!(folder.path().join("holdline.db").exists());
}

#[tokio::test]
async fn service_unit_serves_on_the_socket_of_the_socket_unit() {
    assert_eq!(setting(SOCKET, "ListenStream"), "127.0.0.1:8080");
    let folder = TempDir::new().unwrap();
    let address = free_address();
    let mut systemd = Command::new("systemd-socket-activate");
    systemd.arg(format!("--listen={address}")).arg(env!("CARGO_BIN_EXE_holdline")).arg("serve");
    let Ok(_server) = systemd.args(arguments(folder.path())).kill_on_drop(true).spawn() else {
        return eprintln!("there is no systemd-socket-activate on this machine: its part is left out");
    };
    let listens = async {
        while TcpStream::connect(address).await.is_err() {
            tokio::task::yield_now().await;
        }
    };
    within("a socket that listens", listens).await;
    // The first connection starts the server.
    Client::new(Client::http(), address).get("/readyz").await.expect(200);
}
