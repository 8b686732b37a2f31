//! The deliveries of one outgoing hook: signed, one at a time, in the order in which they were queued, each repeated until
//! it is accepted or given up. Keeps the queue in memory: what waits when the server stops is not delivered.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use holdline_shared::{Backoff, Jitter, Seq};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep};

use super::hook_url::HookUrl;
use super::signature::SigningKey;
use crate::random;
use crate::repeated_line::RepeatedLine;

use super::client::HookClient;

/// The time for which a delivery is repeated: longer than a target's restart, shorter than a chat's interest in it.
const RETRY_TIME: Duration = Duration::from_secs(15 * 60);

/// Deliveries that wait for one hook. A quiet room fills this in hours, a target that is gone in no time.
const QUEUED: usize = 256;

/// A hook's target.
#[derive(Clone)]
pub(super) struct OutgoingHook {
    /// Names the hook in the server's log.
    pub(super) id: String,
    pub(super) url: HookUrl,
    pub(super) key: SigningKey,
    /// Asked before each attempt.
    pub(super) may_deliver: MayDeliver,
}

/// Answers whether the hook still works, and whether this message is still there.
pub(super) type MayDeliver = Arc<dyn Fn(Seq) -> BoxFuture<'static, bool> + Send + Sync>;

/// A message to be delivered, with its body in JSON.
pub(super) struct Waiting {
    pub(super) message: Seq,
    pub(super) body: Bytes,
}

/// The deliveries of one hook. Dropping the queue ends them, that under way included.
pub(super) struct OutgoingQueue {
    id: String,
    waiting: mpsc::Sender<Waiting>,
    overflow: RepeatedLine,
    task: AbortHandle,
}

impl OutgoingQueue {
    /// Begins to deliver what will be queued.
    pub(super) fn start(hook: OutgoingHook, client: Arc<HookClient>) -> Self {
        Self::with(hook, client, RETRY_TIME)
    }

    fn with(hook: OutgoingHook, client: Arc<HookClient>, retry_time: Duration) -> Self {
        let (waiting, mut queue) = mpsc::channel(QUEUED);
        let id = hook.id.clone();
        let deliver_all = async move {
            while let Some(waiting) = queue.recv().await {
                deliver(&hook, &client, waiting, retry_time).await;
            }
        };
        let task = tokio::spawn(deliver_all).abort_handle();
        Self { id, waiting, overflow: RepeatedLine::new(), task }
    }

    /// Queues a message. If the queue is full, drops the message and says so in the server's log.
    pub(super) fn push(&self, waiting: Waiting) {
        if self.waiting.try_send(waiting).is_err()
            && let Some(times) = self.overflow.count(1)
        {
            let hook = &self.id;
            tracing::warn!(
                hook,
                times,
                "deliveries of an outgoing hook were dropped, because {QUEUED} wait already"
            );
        }
    }
}

impl Drop for OutgoingQueue {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Delivers a message, in several attempts if need be, each signed with its own time.
async fn deliver(hook: &OutgoingHook, client: &HookClient, waiting: Waiting, retry_time: Duration) {
    let Waiting { message, body } = waiting;
    let give_up_at = Instant::now() + retry_time;
    let mut backoff = Backoff::default();
    loop {
        if !(hook.may_deliver)(message).await {
            return;
        }
        let signature = hook.key.sign(seconds_since_1970(), &body);
        let Err(error) = client.deliver(&hook.url, &signature, body.clone()).await else { return };
        let delay = backoff.fail(random_jitter());
        if error.is_final() || Instant::now() + delay >= give_up_at {
            let (hook, attempts) = (&hook.id, backoff.failures());
            tracing::warn!(hook, attempts, %error, "a delivery of an outgoing hook was given up");
            return;
        }
        tracing::debug!(hook = hook.id, %error, "a delivery of an outgoing hook will be repeated");
        sleep(delay).await;
    }
}

fn seconds_since_1970() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn random_jitter() -> Jitter {
    Jitter::new(f64::from(u32::from_le_bytes(random::bytes())) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests;
