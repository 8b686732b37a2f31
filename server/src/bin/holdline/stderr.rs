//! Standard error, written by a thread of its own. Writers put lines into a bounded queue and continue, so that a
//! closed pipe, a full disk or a stopped terminal costs only lines. Lost lines are counted, and the count is written
//! once writing works again.

use std::io::{Write, stderr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The capacity of the queue in lines: some seconds of a verbose log, and a few hundred kilobytes at the usual length.
/// The length of a line is bounded by its writer.
const CAPACITY: usize = 1024;
/// The longest wait for queued lines at the end of the process.
const LAST_LINES: Duration = Duration::from_millis(500);

enum Job {
    Write(Vec<u8>),
    Flush(SyncSender<()>),
}

struct Queue {
    jobs: SyncSender<Job>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// The number of lost lines.
    lost: AtomicU64,
    /// Whether a flush has timed out since the last line was written.
    is_stuck: AtomicBool,
}

static QUEUE: OnceLock<Queue> = OnceLock::new();
static LOSS_NOTICE: OnceLock<fn(u64) -> String> = OnceLock::new();

/// Sets the format of the notice about lost lines.
pub(crate) fn describe_losses(notice: fn(u64) -> String) {
    let _ = LOSS_NOTICE.set(notice);
}

/// Queues one write, or drops it if the queue is full. Never blocks.
pub(crate) fn write(line: Vec<u8>) {
    let queue = queue();
    if queue.jobs.try_send(Job::Write(line)).is_err() {
        queue.state.lost.fetch_add(1, Ordering::Relaxed);
    }
}

/// Waits until everything queued so far is written, for half a second at most.
pub(crate) fn flush() {
    let queue = queue();
    if queue.state.is_stuck.load(Ordering::Relaxed) {
        return;
    }
    let deadline = Instant::now() + LAST_LINES;
    let (done, written) = sync_channel(1);
    let mut job = Job::Flush(done);
    while let Err(TrySendError::Full(refused)) = queue.jobs.try_send(job) {
        if Instant::now() >= deadline {
            queue.state.is_stuck.store(true, Ordering::Relaxed);
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
        job = refused;
    }
    if written.recv_timeout(deadline.saturating_duration_since(Instant::now())).is_err() {
        queue.state.is_stuck.store(true, Ordering::Relaxed);
    }
}

/// Ends the process with this status after the last lines.
pub(crate) fn exit(code: u8) -> ! {
    flush();
    std::process::exit(code.into())
}

/// Writes panic messages through the queue; the standard library would block on a stopped reader.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = std::backtrace::Backtrace::capture();
        write(format!("holdline: a defect in this program: {panic}\n{backtrace}\n").into_bytes());
    }));
}

/// A writer that queues each write as one line. For `tracing`, which writes whole lines.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines;

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        write(line.to_vec());
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn queue() -> &'static Queue {
    QUEUE.get_or_init(|| start(stderr))
}

/// Starts the thread. If that fails, every line is lost, which is better than no server.
fn start<W: Write>(open: impl FnOnce() -> W + Send + 'static) -> Queue {
    let (jobs, queue) = sync_channel(CAPACITY);
    let state = Arc::new(State::default());
    let of_writer = state.clone();
    let writer = std::thread::Builder::new().name("holdline-stderr".to_owned());
    let _ = writer.spawn(move || write_lines(&queue, &mut open(), &of_writer));
    Queue { jobs, state }
}

fn write_lines(jobs: &Receiver<Job>, output: &mut impl Write, state: &State) {
    loop {
        let job = match jobs.try_recv() {
            Ok(job) => job,
            Err(TryRecvError::Disconnected) => return,
            Err(TryRecvError::Empty) => {
                write_losses(output, state);
                let Ok(job) = jobs.recv() else { return };
                job
            }
        };
        match job {
            Job::Write(line) if output.write_all(&line).is_err() => {
                state.lost.fetch_add(1, Ordering::Relaxed);
            }
            Job::Write(_) => state.is_stuck.store(false, Ordering::Relaxed),
            Job::Flush(done) => {
                write_losses(output, state);
                // Sending fails if the flush has timed out.
                let _ = done.send(());
            }
        }
    }
}

/// Writes the number of lost lines.
fn write_losses(output: &mut impl Write, state: &State) {
    let lost = state.lost.load(Ordering::Relaxed);
    if lost == 0 {
        return;
    }
    let notice = LOSS_NOTICE.get().map_or_else(
        || format!("holdline: {lost} lines are missing here; standard error could not take them\n"),
        |notice| notice(lost),
    );
    if output.write_all(notice.as_bytes()).is_ok() {
        state.lost.fetch_sub(lost, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;

    use parking_lot::{Condvar, Mutex};

    use super::*;

    /// An output that blocks until it is opened, and reports what it was given.
    struct Gate(Arc<(Mutex<bool>, Condvar)>, Sender<String>);

    impl Write for Gate {
        fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
            let (is_open, opened) = &*self.0;
            let mut is_open = is_open.lock();
            while !*is_open {
                opened.wait(&mut is_open);
            }
            let _ = self.1.send(String::from_utf8_lossy(line).into_owned());
            Ok(line.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_lost_by_blocked_output_are_counted() {
        let gate = Arc::new((Mutex::new(false), Condvar::new()));
        let (seen, lines) = std::sync::mpsc::channel();
        let output = Gate(gate.clone(), seen);
        let queue = start(move || output);
        let mut dropped = 0;
        for n in 0..CAPACITY * 3 {
            if queue.jobs.try_send(Job::Write(format!("{n}\n").into_bytes())).is_err() {
                queue.state.lost.fetch_add(1, Ordering::Relaxed);
                dropped += 1;
            }
        }
        assert!(dropped >= CAPACITY, "nothing blocks and memory is bounded: {dropped}");
        *gate.0.lock() = true;
        gate.1.notify_all();
        let received: Vec<String> = std::iter::from_fn(|| lines.recv().ok())
            .take_while(|line| !line.contains("are missing here"))
            .collect();
        assert_eq!(received.len(), CAPACITY * 3 - dropped, "queued lines are written");
        assert_eq!(received[0], "0\n");
    }

    #[test]
    fn losses_of_a_full_output_are_reported_later() {
        struct Full(u32, Sender<String>);
        impl Write for Full {
            fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
                self.0 += 1;
                if self.0 <= 3 {
                    return Err(std::io::ErrorKind::StorageFull.into());
                }
                let _ = self.1.send(String::from_utf8_lossy(line).into_owned());
                Ok(line.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let (seen, lines) = std::sync::mpsc::channel();
        let state = State::default();
        let (jobs, queue) = sync_channel(8);
        for line in ["1\n", "2\n", "3\n", "4\n"] {
            jobs.send(Job::Write(line.into())).unwrap();
        }
        drop(jobs);
        // The queue closes before the losses are written, so they are written here.
        let mut output = Full(0, seen);
        write_lines(&queue, &mut output, &state);
        write_losses(&mut output, &state);
        let received: Vec<String> = lines.try_iter().collect();
        assert_eq!(received[0], "4\n");
        assert!(received[1].contains("3 lines are missing here"), "{received:?}");
        assert_eq!(state.lost.load(Ordering::Relaxed), 0);
    }
}
