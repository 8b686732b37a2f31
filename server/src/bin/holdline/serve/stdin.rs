//! `--stdin ROOM`: pipes lines to whoever waits, and keeps them for who comes later.

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

/// Lines on their way into the log at once. The log takes them in the order in which they were handed in.
const IN_FLIGHT: usize = 256;
/// Between two tries of what the log could not take. The pipe waits meanwhile, and with it whoever writes into it.
const PAUSE: Duration = Duration::from_secs(1);

/// The log's answer to a line.
type Answer = Result<Outcome, LogError>;

/// A line on its way.
struct Sent {
    draft: Draft,
    answer: BoxFuture<'static, Answer>,
}

/// Publishes every line of standard input until it ends, or until `stopped` closes; then waits for the lines that are on
/// their way and reads no more.
pub(super) async fn publish_lines(hub: Arc<Hub>, room: RoomName, mut stopped: watch::Receiver<()>) {
    let publish = move |draft| hub.publish(draft);
    let input = BufReader::new(tokio::io::stdin());
    let mut pipe = Pipe::new(publish);
    tokio::select! {
        () = pipe.run(input, &room) => info!(%room, lines = pipe.count, "standard input has ended; the chat goes on"),
        () = async { while stopped.changed().await.is_ok() {} } => pipe.finish().await,
    }
}

/// Standard input on its way into the log.
struct Pipe<P> {
    publish: P,
    /// Lines that the log has not taken yet, in their order; all of them come after those in `sent`.
    unsent: VecDeque<Draft>,
    sent: VecDeque<Sent>,
    count: u64,
}

impl<P: Fn(Draft) -> BoxFuture<'static, Answer>> Pipe<P> {
    fn new(publish: P) -> Self {
        Self { publish, unsent: VecDeque::new(), sent: VecDeque::new(), count: 0 }
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
                        self.hand_in().await;
                    }
                }
                Err(error) => {
                    error!(%error, "standard input cannot be read any more");
                    break;
                }
            }
        }
        while !self.sent.is_empty() {
            self.settle().await;
            self.hand_in().await;
        }
    }

    /// Hands all unsent lines to the log, one after the other.
    async fn hand_in(&mut self) {
        while let Some(draft) = self.unsent.front() {
            if self.sent.len() >= IN_FLIGHT {
                self.settle().await;
                continue;
            }
            let draft = draft.clone();
            let mut answer = (self.publish)(draft.clone());
            let answer: BoxFuture<'static, Answer> = match poll_immediate(&mut answer).await {
                // Not even in the log's queue. If the next line were handed in now, it would go before this one.
                Some(Err(LogError::Busy)) => {
                    while !self.sent.is_empty() {
                        self.settle().await;
                    }
                    sleep(PAUSE).await;
                    continue;
                }
                Some(answer) => Box::pin(ready(answer)),
                None => answer,
            };
            self.unsent.pop_front();
            self.sent.push_back(Sent { draft, answer });
        }
    }

    /// Waits for the oldest line. When the log could not take it, all that are on their way are unsent again; their keys
    /// keep those that were taken from being taken twice.
    async fn settle(&mut self) {
        // A line leaves the queue only with its answer, so that a stop knows of all of them.
        let Some(first) = self.sent.front_mut() else { return };
        let answer = (&mut first.answer).await;
        let Some(first) = self.sent.pop_front() else { return };
        match answer {
            Ok(_) => {}
            Err(error @ (LogError::Busy | LogError::Full | LogError::Unavailable(_))) => {
                warn!(%error, "the log cannot take the lines of standard input; trying again");
                self.unsent.push_front(first.draft);
                let mut failed = 1;
                while let Some(line) = self.sent.front_mut() {
                    let answer = (&mut line.answer).await;
                    let Some(line) = self.sent.pop_front() else { break };
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

    /// Waits for what the log has been given already, and tries nothing again.
    async fn finish(&mut self) {
        let mut lost = self.unsent.len();
        for line in self.sent.drain(..) {
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

    /// Publishes with a log that says `Busy` to every third line at once, and to none twice.
    #[tokio::test(start_paused = true)]
    async fn a_busy_log_keeps_the_order_of_lines() {
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
