//! The executable on a terminal of its own, and what a terminal must not be sent.

use std::process::Stdio;

use tokio::process::Command;

use super::within;

/// Checks that a terminal would only print this.
pub(crate) fn expect_plain(text: &str, what: &str) {
    let harmful = |c: &char| c.is_control() && !['\n', '\r', '\t'].contains(c);
    assert_eq!(text.chars().find(harmful), None, "{what}: {text:?}");
}

/// Prepares the executable, on a terminal of its own if asked to.
pub(crate) fn command(on_terminal: bool, arguments: &[&str]) -> Command {
    let program = env!("CARGO_BIN_EXE_holdline");
    let mut command = if on_terminal {
        let mut command = Command::new("script");
        command.args(["-qefc", &format!("{program} {}", arguments.join(" ")), "/dev/null"]);
        command
    } else {
        let mut command = Command::new(program);
        command.args(arguments);
        command
    };
    // Colours are escapes, too, but our own.
    command
        .env("NO_COLOR", "1")
        .env("TERM", "dumb")
        .env_remove("RUST_LOG")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Runs the executable to its end, and returns everything that it prints.
pub(crate) async fn output(on_terminal: bool, arguments: &[&str]) -> String {
    let output = within("the command", command(on_terminal, arguments).output()).await.unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
