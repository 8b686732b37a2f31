//! Runs `holdline log …` and `holdline serve` on the files of a log, as an operator does; and makes a disk
//! that can be filled.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use holdline_shared::Epoch;
use tokio::process::Command;

use super::{Process, within};

/// The path of a file beside a database.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    format!("{}{end}", path.display()).into()
}

/// The value of `--log` for a database.
pub(crate) fn url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

/// Runs the executable to its end.
pub(crate) async fn holdline(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdline"));
    command.args(arguments).env_remove("RUST_LOG").stdin(Stdio::null()).kill_on_drop(true);
    within("the command", command.output()).await.unwrap()
}

/// Runs `holdline log …` on this log; returns its exit status and output.
pub(crate) async fn log(path: &Path, arguments: &[&str]) -> (i32, String) {
    let output = holdline(&[&["log"], arguments, &["--log", &url(path)]].concat()).await;
    let said = String::from_utf8(output.stderr).unwrap() + &String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), said)
}

/// Runs `holdline serve`, expecting a refusal; returns the reason.
pub(crate) async fn refusal(path: &Path) -> String {
    let output = holdline(&["serve", "--listen", "127.0.0.1:0", "--log", &url(path)]).await;
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8(output.stderr).unwrap()
}

/// Starts `holdline serve` on this log.
pub(crate) async fn serve(path: &Path) -> Process {
    Process::start(&["--log", &url(path)]).await
}

/// The epoch of the log that the server has open.
pub(crate) async fn epoch(server: &Process) -> Epoch {
    server.visitor().cursor().await.epoch
}

/// Stops a server in order.
pub(crate) async fn stop(mut server: Process) {
    server.signal("TERM").await;
    assert!(server.ended().await.success());
}

/// The name, mode and size of each file in a folder.
pub(crate) fn listing(folder: &Path) -> Vec<(std::ffi::OsString, u32, u64)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            let metadata = file.metadata().unwrap();
            (file.file_name(), metadata.permissions().mode(), metadata.len())
        })
        .collect();
    files.sort();
    files
}

/// A small disk in memory. Only root may make one.
pub(crate) struct Disk(tempfile::TempDir);

impl Disk {
    /// Makes a disk of this size; `None` if this user may not mount any.
    pub(crate) fn new(mebibytes: usize) -> Option<Self> {
        let disk = Self(tempfile::tempdir().unwrap());
        mount(&["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"], disk.path()).then_some(disk)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes a file that takes all free space.
    pub(crate) fn fill(&self) -> PathBuf {
        let filler = self.path().join("filler");
        let mut file = std::fs::File::create(&filler).unwrap();
        while std::io::Write::write(&mut file, &[0; 4096]).is_ok() {}
        filler
    }

    /// Remounts the disk, with another size for instance.
    pub(crate) fn remount(&self, options: &str) {
        assert!(mount(&["-o", &format!("remount,{options}")], self.path()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount").arg("-l").arg(self.path()).output();
        assert!(std::thread::panicking() || unmounted.is_ok());
    }
}

fn mount(arguments: &[&str], path: &Path) -> bool {
    let mounted = std::process::Command::new("mount").args(arguments).arg(path).output();
    mounted.is_ok_and(|mounted| mounted.status.success())
}
