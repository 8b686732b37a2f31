//! `--stdin ROOM`: publishes each line of standard input.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, poll_immediate, ready};
use holdline_server::hub::Hub;
use holdline_server::log::{Draft, LogError, Outcome};
use holdline_shared::{Person, RoomName};
use tokio::io::{AsyncBufRead, BufReader};
use tokio::sync::watch;
use tokio::time::sleep;
use tracing::{error, info, warn};

use crate::input::Lines;

/// The most lines that the log has not answered yet. The log appends them in the order of submission.
const IN_FLIGHT: usize = 256;
/// The pause before a retry. Reading stops meanwhile, which blocks the writer of the pipe.
const PAUSE: Duration = Duration::from_secs(1);

/// The log's answer to a line.
type Answer = Result<Outcome, LogError>;

/// A submitted line.
struct PendingLine {
    draft: Draft,
    answer: BoxFuture<'static, Answer>,
}

/// Publishes every line of standard input until its end, or until `stopped` closes; then reads no more and waits for
/// the submitted lines.
pub(super) async fn publish_lines(hub: Arc<Hub>, room: RoomName, mut stopped: watch::Receiver<()>) {
    let publish = move |draft| hub.publish(draft);
    let input = BufReader::new(tokio::io::stdin());
    let mut pipe = Pipe::new(publish);
    tokio::select! {
        () = pipe.run(input, &room) => info!(%room, lines = pipe.count, "standard input has ended; the chat goes on"),
        () = async { while stopped.changed().await.is_ok() {} } => pipe.finish().await,
    }
}

/// The queues between standard input and the log.
struct Pipe<P> {
    publish: P,
    /// Lines that are not submitted, in order; all of them follow those in `pending`.
    unsent: VecDeque<Draft>,
    pending: VecDeque<PendingLine>,
    count: u64,
}

impl<P: Fn(Draft) -> BoxFuture<'static, Answer>> Pipe<P> {
    fn new(publish: P) -> Self {
        Self { publish, unsent: VecDeque::new(), pending: VecDeque::new(), count: 0 }
    }

    async fn run(&mut self, input: impl AsyncBufRead + Unpin, room: &RoomName) {
        let mut lines = Lines::new(input);
        loop {
            match lines.next().await {
                Ok(None) => break,
                Ok(Some(line)) => {
                    for text in line.messages {
                        self.count += 1;
                        self.unsent.push_back(Draft::say(Person::stdin(), room.clone(), text));
                        self.submit().await;
                    }
                }
                Err(error) => {
                    error!(%error, "standard input cannot be read any more");
                    break;
                }
            }
        }
        while !self.pending.is_empty() {
            self.await_oldest().await;
            self.submit().await;
        }
    }

    /// Submits all unsent lines to the log in order.
    async fn submit(&mut self) {
        while let Some(draft) = self.unsent.front() {
            if self.pending.len() >= IN_FLIGHT {
                self.await_oldest().await;
                continue;
            }
            let draft = draft.clone();
            let mut answer = (self.publish)(draft.clone());
            let answer: BoxFuture<'static, Answer> = match poll_immediate(&mut answer).await {
                // The log's queue is full. The next line must not be submitted before this one.
                Some(Err(LogError::Busy)) => {
                    while !self.pending.is_empty() {
                        self.await_oldest().await;
                    }
                    sleep(PAUSE).await;
                    continue;
                }
                Some(answer) => Box::pin(ready(answer)),
                None => answer,
            };
            self.unsent.pop_front();
            self.pending.push_back(PendingLine { draft, answer });
        }
    }

    /// Waits for the oldest submitted line. If the log could not append it, all submitted lines are unsent again; their
    /// keys prevent duplicates of those that were appended.
    async fn await_oldest(&mut self) {
        // A line leaves the queue only after its answer, so that a stop can wait for all of them.
        let Some(first) = self.pending.front_mut() else { return };
        let answer = (&mut first.answer).await;
        let Some(first) = self.pending.pop_front() else { return };
        match answer {
            Ok(_) => {}
            Err(error @ (LogError::Busy | LogError::Full | LogError::Unavailable(_))) => {
                warn!(%error, "the log cannot take the lines of standard input; trying again");
                self.unsent.push_front(first.draft);
                let mut failed = 1;
                while let Some(line) = self.pending.front_mut() {
                    let answer = (&mut line.answer).await;
                    let Some(line) = self.pending.pop_front() else { break };
                    if answer.is_err() {
                        self.unsent.insert(failed, line.draft);
                        failed += 1;
                    }
                }
                sleep(PAUSE).await;
            }
            Err(error) => error!(%error, "a line of standard input was not published"),
        }
    }

    /// Waits for the submitted lines without retries.
    async fn finish(&mut self) {
        let mut lost = self.unsent.len();
        for line in self.pending.drain(..) {
            lost += usize::from(line.answer.await.is_err());
        }
        if lost > 0 {
            warn!(lines = lost, "lines of standard input were read and not published");
        }
    }
}

#[cfg(test)]
mod tests {
    use holdline_server::log::DraftKind;
    use parking_lot::Mutex;

    use super::*;

    /// Publishes with a log that answers `Busy` to every third line at once, but never twice in a row.
    #[tokio::test(start_paused = true)]
    async fn busy_log_keeps_the_order_of_lines() {
        let taken: Arc<Mutex<Vec<String>>> = Arc::default();
        let calls = Mutex::new(0_u32);
        let log = taken.clone();
        let publish = move |draft: Draft| -> BoxFuture<'static, Answer> {
            let mut calls = calls.lock();
            *calls += 1;
            if calls.is_multiple_of(3) {
                return Box::pin(ready(Err(LogError::Busy)));
            }
            let DraftKind::Message { text, .. } = draft.kind else { panic!("a line is a message") };
            log.lock().push(String::from(text));
            Box::pin(async {
                tokio::task::yield_now().await;
                Ok(Outcome::Unchanged)
            })
        };
        let mut pipe = Pipe::new(publish);
        let numbers: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
        pipe.run(numbers.join("\n").as_bytes(), &RoomName::lobby()).await;
        assert_eq!(*taken.lock(), numbers);
    }
}
