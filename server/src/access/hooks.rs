//! Webhooks: who may make one, which ones work, and where they may write. What they carry is not known here.

use holdline_shared::{Person, PersonId, RoomName, Timestamp, Visibility};

use super::{Access, Denied, Hook, HookWay, SecretHash};

/// The largest number of webhooks of a room.
const HOOKS_PER_ROOM: usize = 50;

/// A webhook, and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct HookState {
    pub(crate) hook: Hook,
    pub(crate) by: Person,
    pub(crate) made: Timestamp,
}

impl Access {
    /// The webhooks, in the order of their ids.
    pub(crate) fn hooks(&self) -> impl Iterator<Item = &HookState> {
        self.hooks.values().map(|state| &**state)
    }

    /// A webhook by its id.
    pub(crate) fn hook(&self, id: &PersonId) -> Option<&HookState> {
        self.hooks.get(id).map(|state| &**state)
    }

    /// Whether a webhook works: as long as its maker may make one for the room. Whoever was removed or banned still has the key
    /// of an incoming hook, or owns the target of an outgoing one. Guests make none, because a door that is closed ends their
    /// sessions.
    pub(crate) fn is_working(&self, state: &HookState, at: Timestamp) -> bool {
        self.check_standing(&state.by, at).is_ok()
            && self.is_member_or_owner(&state.by.id)
            && self.is_room_admin(&state.by.id, &state.hook.room)
    }

    /// The working incoming webhook with this key.
    pub(crate) fn incoming_hook(&self, key: &str, at: Timestamp) -> Option<&Hook> {
        let id = PersonId::parse(key.split_once('.')?.0).ok()?;
        let state = self.hook(&id).filter(|state| self.is_working(state, at))?;
        let has_key =
            matches!(&state.hook.way, HookWay::Incoming { key: hash } if *hash == SecretHash::of(key));
        has_key.then_some(&state.hook)
    }

    /// Whether the author is an incoming webhook, and if so, whether it may write in the room.
    pub(super) fn may_post(&self, author: &PersonId, room: &RoomName, at: Timestamp) -> Option<bool> {
        let state = self.hook(author)?;
        let is_incoming = matches!(state.hook.way, HookWay::Incoming { .. });
        Some(is_incoming && state.hook.room == *room && self.is_working(state, at))
    }

    /// Checks a new webhook.
    pub(super) fn check_hook(&self, by: &Person, hook: &Hook) -> Result<bool, Denied> {
        self.check_room_admin(by, &hook.room)?;
        if !self.is_member_or_owner(&by.id) {
            return Err(Denied::MembersOnly);
        }
        let is_direct =
            self.room(&hook.room).is_some_and(|room| room.policy.visibility == Visibility::Direct);
        if is_direct {
            return Err(Denied::NoHooks);
        }
        if self.hooks().filter(|state| state.hook.room == hook.room).count() >= HOOKS_PER_ROOM {
            return Err(Denied::TooManyHooks);
        }
        let is_shown = matches!(hook.way, HookWay::Incoming { .. });
        if is_shown && self.is_name_taken(hook.person.name.as_str(), &hook.person.id) {
            return Err(Denied::NameTaken);
        }
        Ok(true)
    }

    /// Forgets webhooks for good: nothing that one of them wrote and that is not in the log yet will be.
    pub(super) fn remove_hooks(&mut self, is_meant: impl Fn(&HookState) -> bool) {
        for state in self.hooks.values().filter(|state| is_meant(state)) {
            self.erased.insert(state.hook.person.id.clone(), ());
        }
        self.hooks.retain(|_, state| !is_meant(state));
    }
}
