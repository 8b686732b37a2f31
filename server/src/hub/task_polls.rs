//! The hub's own keeper of held polls, for tasks: axum handlers, mounted routers, event streams, the classic
//! routes, embedders. A task begins its poll itself and awaits the answer; one driver task passes the wait
//! lists for all of them.

use std::sync::{Arc, Weak};
use std::task::{Wake, Waker};

use holdline_shared::Cursor;
use tokio::sync::{Notify, oneshot};
use tokio::task::yield_now;

use super::answers::Answers;
use super::error::PollError;
use super::held_polls::HeldPolls;
use super::log_reads::{LogReads, Reply};
use super::poll_request::{Begin, Completed, PollRequest};
use super::state::HubState;
use super::sync::{Mutex, now, sleep_until};
use super::wait_list::HeldId;

type Sender = oneshot::Sender<Reply>;

/// The held polls of tasks.
pub(super) struct TaskPolls {
    // Dropped before the driver is notified, which then ends.
    keeper: Arc<Keeper>,
    driver: NotifyOnDrop,
}

struct Keeper {
    held: Mutex<HeldPolls<Sender>>,
    answers: Arc<Answers>,
}

struct DriverWaker(Notify);

impl Wake for DriverWaker {
    fn wake(self: Arc<Self>) {
        self.0.notify_one();
    }
}

struct NotifyOnDrop(Arc<DriverWaker>);

impl Drop for NotifyOnDrop {
    fn drop(&mut self) {
        self.0.0.notify_one();
    }
}

impl TaskPolls {
    pub(super) fn new(state: Arc<HubState>, answers: Arc<Answers>) -> Self {
        let waker = Arc::new(DriverWaker(Notify::new()));
        let held = HeldPolls::new(state, Waker::from(waker.clone()));
        let keeper = Arc::new(Keeper { held: Mutex::new(held), answers });
        Self { keeper, driver: NotifyOnDrop(waker) }
    }

    /// Passes the wait lists until the hub is gone. To be run as one task.
    pub(super) fn drive(&self) -> impl Future<Output = ()> + Send + 'static {
        drive(Arc::downgrade(&self.keeper), self.driver.0.clone())
    }

    /// Answers a poll, or holds it and waits for its answer. Dropping the future leaves nothing behind.
    pub(super) async fn reply(&self, request: PollRequest<'_>) -> Result<Reply, PollError> {
        let (sender, answer) = oneshot::channel();
        let now = now();
        let deadline = now + request.admitted.wait;
        let after = Cursor { epoch: request.admitted.epoch, seq: request.admitted.after };
        let begin = self.keeper.held.lock().begin(sender, request, now)?;
        let id = match begin {
            Begin::Held(id) => id,
            Begin::Completed(completed) => {
                let reply = LogReads::default().reply(&self.keeper.answers, completed).1;
                // Nothing may be all that a list has which the driver has yet to pass, such as that of a room that is gone. A
                // task that polls again at once must not keep the driver from it for ever.
                if matches!(&reply, Reply::Ready(Ok(answer)) if answer.is_empty) {
                    yield_now().await;
                }
                return Ok(reply);
            }
        };
        let mut registration = HeldTask { keeper: &self.keeper, id, answer };
        tokio::select! {
            biased;
            Ok(reply) = &mut registration.answer => return Ok(reply),
            () = sleep_until(deadline) => {}
        }
        let reply = registration.expire();
        Ok(reply.unwrap_or_else(|| Reply::Ready(Ok(self.keeper.answers.nothing(after)))))
    }
}

/// A task's held poll, which is cancelled when dropped.
struct HeldTask<'a> {
    keeper: &'a Keeper,
    id: HeldId,
    answer: oneshot::Receiver<Reply>,
}

impl HeldTask<'_> {
    /// Ends the poll because its time is up.
    fn expire(mut self) -> Option<Reply> {
        let completed = {
            let mut held = self.keeper.held.lock();
            // If the driver has answered already, the number may belong to another poll.
            match self.answer.try_recv() {
                Err(oneshot::error::TryRecvError::Empty) => held.expire(self.id)?,
                answered => return answered.ok(),
            }
        };
        let (sender, reply) = LogReads::default().reply(&self.keeper.answers, completed);
        drop(sender);
        Some(reply)
    }
}

impl Drop for HeldTask<'_> {
    fn drop(&mut self) {
        let mut held = self.keeper.held.lock();
        if matches!(self.answer.try_recv(), Err(oneshot::error::TryRecvError::Empty)) {
            held.cancel(self.id);
        }
    }
}

async fn drive(keeper: Weak<Keeper>, driver: Arc<DriverWaker>) {
    let mut next_pass = None;
    loop {
        tokio::select! {
            () = driver.0.notified() => {}
            () = sleep_until(next_pass.unwrap_or_else(now)), if next_pass.is_some() => {}
        }
        let Some(keeper) = keeper.upgrade() else { return };
        let mut reads = LogReads::default();
        let mut held = keeper.held.lock();
        held.deliver_ready(now(), |completed: Completed<Sender>| {
            let (task, reply) = reads.reply(&keeper.answers, completed);
            // Sent under the lock, so that a task never finds its poll neither held nor answered.
            drop(task.send(reply));
        });
        next_pass = held.next_pass();
    }
}
