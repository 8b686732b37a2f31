//! Follows the log's entries, and queues each new message for the outgoing webhooks of its room. What was said while no server
//! ran is not delivered.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use bytes::Bytes;
use futures_util::FutureExt as _;
use holdline_shared::{Entry, EntryKind, PersonId, RoomName, Seq};
use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::AbortHandle;

use super::address_guard::{AddressGuard, HookHost};
use super::client::HookClient;
use super::outgoing::{OutgoingHook, OutgoingQueue, Waiting};
use super::signature::SigningKey;
use crate::access::{AccessHandle, HookState, HookWay};
use crate::hub::{Followed, Hub};
use crate::log::{Log, wall_clock};
use crate::scope::EVERY_ROOM;

/// The deliveries of a server. Dropping them ends those under way.
pub(crate) struct Deliveries(AbortHandle);

/// The body of a delivery.
#[derive(Serialize)]
struct Delivery<'a> {
    hook: &'a PersonId,
    room: &'a RoomName,
    /// The message, as polls have it.
    entry: &'a Entry,
}

/// The queues of the hooks that have had something to deliver.
struct Queues {
    log: Weak<dyn Log>,
    access: AccessHandle,
    log_secret: [u8; 32],
    /// The present version of the secret, from which the keys of the queues follow.
    secret: [u8; 32],
    client: Arc<HookClient>,
    of_hooks: HashMap<PersonId, OutgoingQueue>,
}

impl Deliveries {
    /// Begins to deliver what the hub gets from now on.
    pub(crate) fn start(hub: &Hub, allowed: Vec<HookHost>) -> Self {
        let client = Arc::new(HookClient::new(AddressGuard::new(allowed)));
        let (access, log_secret) = (hub.log().access(), hub.log().secret());
        // Without the hub, which would keep the log open.
        let log = hub.weak_log();
        let secret = access.load().secret_versions().present().key(&log_secret);
        let queues = Queues { log, access, log_secret, secret, client, of_hooks: HashMap::new() };
        Self(tokio::spawn(follow(hub.follow(), queues)).abort_handle())
    }
}

impl Drop for Deliveries {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Takes all entries until the hub is gone.
async fn follow(mut entries: Followed, mut queues: Queues) {
    loop {
        match entries.recv().await {
            Ok(group) => group.iter().filter_map(|entry| entry.entry()).for_each(|entry| queues.take(entry)),
            Err(RecvError::Lagged(groups)) => {
                tracing::warn!(
                    groups,
                    "outgoing webhooks missed messages, because the server has too much to do"
                );
            }
            Err(RecvError::Closed) => return,
        }
    }
}

impl Queues {
    fn take(&mut self, entry: &Entry) {
        match &entry.kind {
            EntryKind::Message { .. } => self.push(entry),
            EntryKind::Access { .. } | EntryKind::Member(_) | EntryKind::Room { .. } => self.follow_access(),
            _ => {}
        }
    }

    /// Queues a message for each working hook of its room. What an incoming hook wrote goes nowhere, so that hooks which lead
    /// to each other, here or on the way, do not repeat each other for ever.
    fn push(&mut self, entry: &Entry) {
        let (access, now) = (self.access.snapshot(), wall_clock());
        let author = &entry.author.id;
        if access.hook(author).is_some() || access.is_erased(author) {
            return;
        }
        let here = access.hooks().filter(|state| state.hook.room == entry.room);
        for state in here.filter(|state| access.is_working(state, now)) {
            let HookWay::Outgoing { url } = &state.hook.way else { continue };
            let id = &state.hook.person.id;
            let delivery = Delivery { hook: id, room: &entry.room, entry };
            // Strings and numbers; encoding them cannot fail.
            let body = Bytes::from(serde_json::to_vec(&delivery).unwrap_or_default());
            let waiting = Waiting { message: entry.seq, body };
            if let Some(queue) = self.of_hooks.get(id) {
                queue.push(waiting);
            } else if let Some(hook) = self.outgoing(state, url) {
                let queue = OutgoingQueue::start(hook, self.client.clone());
                queue.push(waiting);
                self.of_hooks.insert(id.clone(), queue);
            }
        }
    }

    /// The target of a hook; `None` if its address, which was valid once, is not any more.
    fn outgoing(&self, state: &HookState, url: &str) -> Option<OutgoingHook> {
        let id = state.hook.person.id.clone();
        let url = url.parse().inspect_err(|error| {
            tracing::warn!(hook = id.as_str(), %error, "an outgoing webhook has an address that is none");
        });
        let key = SigningKey::derive(&self.secret, id.as_str());
        let (name, room) = (id.as_str().to_owned(), state.hook.room.clone());
        let (log, access) = (self.log.clone(), self.access.clone());
        let may_deliver = Arc::new(move |message| {
            let (log, access, id, room) = (log.clone(), access.clone(), id.clone(), room.clone());
            // The right to it last, because the look at the message takes its time.
            async move { is_there(&log, &access, room, message).await && is_working(&access, &id) }.boxed()
        });
        Some(OutgoingHook { id: name, url: url.ok()?, key, may_deliver })
    }

    /// Ends the queues of hooks that do not work any more, and, once the secret has another version, of all, because their keys
    /// are others from then on.
    fn follow_access(&mut self) {
        let access = &self.access;
        let secret = access.load().secret_versions().present().key(&self.log_secret);
        if secret != self.secret {
            self.secret = secret;
            self.of_hooks.clear();
        }
        self.of_hooks.retain(|id, _| is_working(access, id));
    }
}

fn is_working(access: &AccessHandle, id: &PersonId) -> bool {
    let access = access.load();
    access.hook(id).is_some_and(|state| access.is_working(state, wall_clock()))
}

/// Whether a message was neither deleted nor let go meanwhile, and its author not erased, whose name would be delivered with it.
/// If the log cannot say, nothing is delivered.
async fn is_there(log: &Weak<dyn Log>, access: &AccessHandle, room: RoomName, message: Seq) -> bool {
    let Some(log) = log.upgrade() else { return false };
    // Whether the hook may have it is asked elsewhere. A page of one message, read backwards from the next position.
    let page = log.page(EVERY_ROOM, room, Some(message.next()), 1, None);
    drop(log);
    let page = page.await.inspect_err(|error| {
        tracing::warn!(%error, "a message was not delivered to an outgoing webhook, because the log cannot be read");
    });
    let found = page.ok().and_then(|page| page.messages.into_iter().next());
    let said = found.filter(|found| found.seq == message && found.text.is_some());
    said.is_some_and(|said| !access.load().is_erased(&said.author.id))
}
