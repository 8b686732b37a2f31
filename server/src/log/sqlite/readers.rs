//! A pool of read-only connections, used on the runtime's blocking threads. The wait for a connection and
//! each read have time limits, and a read that panics costs only its own connection.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use parking_lot::Mutex;
use rusqlite::Connection;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::database;
use super::lock::LogLock;
use crate::log::error::LogError;
use crate::log::projection::log_error;

/// The number of connections for clients' reads. Reads are short, and more of them at once would only compete
/// for the disk.
pub(super) const CONNECTIONS: usize = 4;
/// The longest time for which a read waits for a connection: longer than reads take on a busy disk, shorter
/// than clients wait for an answer.
const PERMIT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest time that a read may take. A batch or a page takes milliseconds; a read that takes this long
/// holds back the write-ahead log.
const LONGEST_READ: Duration = Duration::from_secs(10);
/// The number of SQLite's virtual machine steps between two deadline checks: a few hundred microseconds.
const STEPS_PER_LOOK: i32 = 10_000;

/// A pool of connections, with a permit for each.
pub(super) struct Readers {
    path: PathBuf,
    /// The idle connections; `None` once the log is closed.
    idle: Mutex<Option<Vec<Connection>>>,
    /// Declared after the connections, which need the lock until they are closed.
    _lock: Arc<LogLock>,
    permits: Arc<Semaphore>,
}

impl Readers {
    /// Opens all connections at once, so that a problem shows at the start.
    pub(super) fn open(path: &Path, connections: usize, lock: Arc<LogLock>) -> Result<Self, LogError> {
        let idle: Result<Vec<_>, _> = (0..connections).map(|_| database::open_read_only(path)).collect();
        let (path, permits) = (path.to_owned(), Arc::new(Semaphore::new(connections)));
        Ok(Self { path, idle: Mutex::new(Some(idle?)), _lock: lock, permits })
    }

    /// Closes the idle connections; a connection in use is closed when its read ends.
    pub(super) fn close(&self) {
        *self.idle.lock() = None;
    }

    /// Runs `read` on a free connection, off the async threads.
    pub(super) fn run<T: Send + 'static>(
        readers: Arc<Self>,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        Self::run_within(readers, PERMIT_TIMEOUT, LONGEST_READ, read)
    }

    fn run_within<T: Send + 'static>(
        readers: Arc<Self>,
        permit_timeout: Duration,
        longest: Duration,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, LogError>> {
        async move {
            let permit = timeout(permit_timeout, readers.permits.clone().acquire_owned()).await;
            let permit = permit.map_err(|_| LogError::Busy)?.map_err(|_| LogError::Closed)?;
            let task = tokio::task::spawn_blocking(move || {
                let _permit = permit;
                let mut lease = Lease::take(&readers)?;
                lease.begin(longest)?;
                // A transaction, so that all results of `read` come from one snapshot.
                let snapshot = lease.connection()?.transaction().map_err(log_error)?;
                let result = read(&snapshot).map_err(log_error);
                drop(snapshot);
                lease.give_back();
                result
            });
            task.await.unwrap_or_else(|e| Err(LogError::Unavailable(format!("a read failed: {e}"))))
        }
        .boxed()
    }

    fn take(&self) -> Result<Connection, LogError> {
        match &mut *self.idle.lock() {
            None => return Err(LogError::Closed),
            Some(idle) => {
                if let Some(connection) = idle.pop() {
                    return Ok(connection);
                }
            }
        }
        // A panic has closed a connection: the number of permits says that it should exist.
        database::open_read_only(&self.path)
    }
}

/// A connection in use. Returned to the pool only if its read ended normally: after a panic it is closed.
struct Lease<'a> {
    readers: &'a Readers,
    connection: Option<Connection>,
}

impl<'a> Lease<'a> {
    fn take(readers: &'a Readers) -> Result<Self, LogError> {
        Ok(Self { readers, connection: Some(readers.take()?) })
    }

    fn connection(&mut self) -> Result<&mut Connection, LogError> {
        self.connection.as_mut().ok_or(LogError::Closed)
    }

    /// Lets SQLite interrupt the read after this time.
    fn begin(&mut self, longest: Duration) -> Result<(), LogError> {
        let begun = Instant::now();
        let is_too_long = move || begun.elapsed() > longest;
        self.connection()?.progress_handler(STEPS_PER_LOOK, Some(is_too_long)).map_err(log_error)
    }

    fn give_back(&mut self) {
        if let (Some(connection), Some(idle)) = (self.connection.take(), &mut *self.readers.idle.lock()) {
            idle.push(connection);
        }
    }
}

#[cfg(test)]
mod tests;
