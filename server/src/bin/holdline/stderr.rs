//! Standard error, written by a thread of its own. Whoever has something to say puts it into a bounded queue and goes on,
//! so that a reader that is gone, a full disk or a terminal that stands still costs lines and nothing else. Lines that
//! are lost are counted, and the count is said as soon as something can be said again.

use std::io::{Write, stderr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// Lines that may wait: some seconds of a talkative log, and a few hundred kilobytes of lines of the usual length. Their number is
/// bounded, and their length by whoever writes them.
const CAPACITY: usize = 1024;
/// How long the end of the process waits for lines that were not written yet.
const LAST_LINES: Duration = Duration::from_millis(500);

enum Job {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

struct Queue {
    jobs: SyncSender<Job>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    /// Lines that nobody will ever read.
    lost: AtomicU64,
    /// Whether a flush has waited in vain since the last line was written.
    is_stuck: AtomicBool,
}

static QUEUE: OnceLock<Queue> = OnceLock::new();
static LOSS_NOTICE: OnceLock<fn(u64) -> String> = OnceLock::new();

/// Chooses how a number of lost lines is written.
pub(crate) fn describe_losses(notice: fn(u64) -> String) {
    let _ = LOSS_NOTICE.set(notice);
}

/// Queues one write, or drops it when the queue is full. Never blocks.
pub(crate) fn write(line: Vec<u8>) {
    let queue = queue();
    if queue.jobs.try_send(Job::Line(line)).is_err() {
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

/// Ends the process with this status, after the last lines.
pub(crate) fn exit(code: u8) -> ! {
    flush();
    std::process::exit(code.into())
}

/// Sends the report of a panic through the queue; the standard library would block on a reader that stands still.
pub(crate) fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let backtrace = std::backtrace::Backtrace::capture();
        write(format!("holdline: a defect in this program: {panic}\n{backtrace}\n").into_bytes());
    }));
}

/// Every write is one queued line. For `tracing`, which writes a whole line at a time.
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

/// Starts the thread. Where the system has none to give, every line is lost, which is better than no server.
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
                say_losses(output, state);
                let Ok(job) = jobs.recv() else { return };
                job
            }
        };
        match job {
            Job::Line(line) if output.write_all(&line).is_err() => {
                state.lost.fetch_add(1, Ordering::Relaxed);
            }
            Job::Line(_) => state.is_stuck.store(false, Ordering::Relaxed),
            Job::Flush(done) => {
                say_losses(output, state);
                // Nobody waits any more: the time was over.
                let _ = done.send(());
            }
        }
    }
}

/// Says how many lines were lost, once there is a chance that this one is not.
fn say_losses(output: &mut impl Write, state: &State) {
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

    /// An output that stands still until it is told to go on, and reports what it was given.
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
    fn stuck_output_costs_lines_which_are_counted() {
        let gate = Arc::new((Mutex::new(false), Condvar::new()));
        let (seen, lines) = std::sync::mpsc::channel();
        let output = Gate(gate.clone(), seen);
        let queue = start(move || output);
        let mut dropped = 0;
        for n in 0..CAPACITY * 3 {
            if queue.jobs.try_send(Job::Line(format!("{n}\n").into_bytes())).is_err() {
                queue.state.lost.fetch_add(1, Ordering::Relaxed);
                dropped += 1;
            }
        }
        assert!(dropped >= CAPACITY, "nothing blocks, and memory is bounded: {dropped}");
        *gate.0.lock() = true;
        gate.1.notify_all();
        let came: Vec<String> = std::iter::from_fn(|| lines.recv().ok())
            .take_while(|line| !line.contains("are missing here"))
            .collect();
        assert_eq!(came.len(), CAPACITY * 3 - dropped, "what was queued is written");
        assert_eq!(came[0], "0\n");
    }

    #[test]
    fn full_output_is_survived_and_losses_are_said_later() {
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
            jobs.send(Job::Line(line.into())).unwrap();
        }
        drop(jobs);
        // The queue closes before the losses are said; whoever is left says them.
        let mut output = Full(0, seen);
        write_lines(&queue, &mut output, &state);
        say_losses(&mut output, &state);
        let came: Vec<String> = lines.try_iter().collect();
        assert_eq!(came[0], "4\n");
        assert!(came[1].contains("3 lines are missing here"), "{came:?}");
        assert_eq!(state.lost.load(Ordering::Relaxed), 0);
    }
}
