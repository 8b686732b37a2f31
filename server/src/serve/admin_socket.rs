//! The admin socket: a unix socket beside the log, on which whoever owns the log is served as the server's owner. Decides
//! who may connect; what the owner may do is decided like everybody's requests.

use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use thiserror::Error;
use tokio::net::UnixStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tower::ServiceExt as _;

use super::failed_accept::{ACCEPT_PAUSE, note_failed_accept};
use crate::api::OwnerConnection;
use crate::http::HEAD_BYTES;

/// The number of connections at once: a few commands, and a script that follows the log.
const CONNECTIONS: usize = 32;

/// The time for a request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);

/// A listening admin socket. Its file has mode 0600, and goes away with this value.
#[derive(Debug)]
pub struct AdminSocket {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode of the file.
    file: (u64, u64),
    /// The user who runs this process.
    user: u32,
}

/// The reason why there is no admin socket. The server can do without.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AdminSocketError {
    /// Other users could put another socket in its place.
    #[error(
        "other users may write in the folder {folder}, and could answer in this server's place; `chmod go-w {folder}`, or \
         keep the log in a folder of its own", folder = .0.display()
    )]
    SharedFolder(PathBuf),
    /// Another program's file or socket has the name.
    #[error("{} belongs to another program", .0.display())]
    Taken(PathBuf),
    /// The socket cannot be made.
    #[error("{} cannot be made: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
}

impl AdminSocket {
    /// The path of the socket of the log at `log`: `LOG-admin`, with symbolic links followed.
    pub fn beside(log: &Path) -> PathBuf {
        let mut path = log.canonicalize().unwrap_or_else(|_| log.to_owned()).into_os_string();
        path.push("-admin");
        path.into()
    }

    /// Listens beside the log at `log`, which this process has open. Replaces the socket that a crash left behind, and never
    /// one on which somebody listens.
    pub fn open(log: &Path) -> Result<Self, AdminSocketError> {
        let path = Self::beside(log);
        let failed = |error| AdminSocketError::Io(path.clone(), error);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            const WRITE_BY_OTHERS: u32 = 0o022;
            let mode = folder.metadata().map_err(failed)?.mode();
            if mode & WRITE_BY_OTHERS != 0 {
                return Err(AdminSocketError::SharedFolder(folder.to_owned()));
            }
        }
        match path.symlink_metadata() {
            Ok(file) if file.file_type().is_socket() && is_stale(&path) => {
                std::fs::remove_file(&path).map_err(failed)?;
            }
            Ok(_) => return Err(AdminSocketError::Taken(path)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let listener = UnixListener::bind(&path).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let file = path.symlink_metadata().map_err(failed)?;
        let socket = Self { listener, file: (file.dev(), file.ino()), user: file.uid(), path: path.clone() };
        // A connection that comes before this is judged by its user, too.
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).map_err(failed)?;
        Ok(socket)
    }

    /// The path of the socket.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the other end belongs to the user who runs the server, or to root.
    fn admits(&self, stream: &UnixStream) -> bool {
        stream.peer_cred().is_ok_and(|peer| is_owner(peer.uid(), self.user))
    }
}

impl Drop for AdminSocket {
    fn drop(&mut self) {
        let is_own = |file: std::fs::Metadata| (file.dev(), file.ino()) == self.file;
        if self.path.symlink_metadata().is_ok_and(is_own) {
            // A socket that stays is replaced by the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Whether nobody listens on the socket.
fn is_stale(path: &Path) -> bool {
    let connected = std::os::unix::net::UnixStream::connect(path);
    connected.is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
}

fn is_owner(peer: u32, user: u32) -> bool {
    peer == user || peer == 0
}

/// Serves the app on the socket until told to stop.
pub(super) async fn serve(
    socket: Arc<AdminSocket>,
    app: Router,
    mut stopped: watch::Receiver<bool>,
    serving: mpsc::Sender<()>,
) {
    let listener = socket.listener.try_clone().and_then(tokio::net::UnixListener::from_std);
    let listener = match listener {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "the admin socket cannot be used"),
    };
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let next = async {
            let permit = permits.clone().acquire_owned().await;
            (listener.accept().await, permit)
        };
        let (accepted, permit) = tokio::select! {
            _ = stopped.wait_for(|&stopped| stopped) => return,
            next = next => next,
        };
        match (accepted, permit) {
            (Ok((stream, _)), Ok(permit)) if socket.admits(&stream) => {
                let serving = serving.clone();
                tokio::spawn(serve_connection(stream, app.clone(), stopped.clone(), (permit, serving)));
            }
            (Ok(_), _) => tracing::warn!("another user's program was turned away from the admin socket"),
            (Err(error), _) => {
                note_failed_accept(&error);
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Serves one connection; `_open` says that it is open.
async fn serve_connection(
    stream: UnixStream,
    app: Router,
    mut stopped: watch::Receiver<bool>,
    _open: (OwnedSemaphorePermit, mpsc::Sender<()>),
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(OwnerConnection);
        app.clone().oneshot(request.map(Body::new))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_BYTES);
    let mut connection = std::pin::pin!(http.serve_connection(TokioIo::new(stream), service));
    let stop = async { drop(stopped.wait_for(|&stopped| stopped).await) };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection to the admin socket ended");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("x.db");
        (folder, log)
    }

    #[test]
    fn socket_is_private_and_ends_with_its_value() {
        let (_folder, log) = log();
        let socket = AdminSocket::open(&log).unwrap();
        let path = socket.path().to_owned();
        assert_eq!(path, AdminSocket::beside(&log));
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        assert!(matches!(AdminSocket::open(&log), Err(AdminSocketError::Taken(_))), "somebody listens");
        drop(socket);
        assert!(!path.exists());
    }

    #[test]
    fn stale_socket_is_replaced_and_no_other_file() {
        let (_folder, log) = log();
        let path = AdminSocket::beside(&log);
        drop(UnixListener::bind(&path).unwrap());
        let first = AdminSocket::open(&log).unwrap();
        std::fs::remove_file(&path).unwrap();
        let second = AdminSocket::open(&log).unwrap();
        drop(first);
        assert!(path.exists(), "it is the second one's");
        drop(second);
        for content in ["", "notes"] {
            std::fs::write(&path, content).unwrap();
            assert!(matches!(AdminSocket::open(&log), Err(AdminSocketError::Taken(_))));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
    }

    #[test]
    fn folder_in_which_others_may_write_is_refused() {
        let (folder, log) = log();
        for (mode, is_refused) in [(0o700, false), (0o755, false), (0o775, true), (0o1777, true)] {
            std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(mode)).unwrap();
            let refused = matches!(AdminSocket::open(&log), Err(AdminSocketError::SharedFolder(_)));
            assert_eq!(refused, is_refused, "{mode:o}");
        }
    }

    #[test]
    fn own_user_and_root_alone_are_owners() {
        for (peer, user, owns) in [(7, 7, true), (0, 7, true), (8, 7, false), (7, 0, false), (0, 0, true)] {
            assert_eq!(is_owner(peer, user), owns, "{peer} {user}");
        }
    }
}
