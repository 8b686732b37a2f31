//! A publisher's edits, deletions and reactions. These have no key; the server answers a repeat as unchanged.

use anyhow::{Result, bail};
use fastrand::Rng;
use holdline_shared::{EditRequest, Emoji, MessageText, RoomName, Seq};
use hyper::Method;

use super::author::{Author, remember};
use crate::checker::{ChangeAnswer, ChangeKind, ChangeRequest};

/// A short list, so that several people use the same emoji.
const EMOJI: [&str; 4] = ["👍", "❤️", "👩‍💻", "1️⃣"];

impl Author {
    /// Edits one of its messages. Every edit has a unique text.
    pub(super) async fn edit(&mut self, number: u32) -> Result<()> {
        let Some((room, target)) = self.rng.choice(self.own.iter()).cloned() else { return Ok(()) };
        let salt = self.rng.u64(..);
        let text = format!("{} says {number} instead: {salt:016x}", self.name);
        let text = MessageText::parse(&text)?;
        self.change(room, target, ChangeKind::Edit(text)).await
    }

    /// Deletes one of its messages and never changes it again.
    pub(super) async fn delete(&mut self) -> Result<()> {
        if self.own.is_empty() {
            return Ok(());
        }
        let at = self.rng.usize(..self.own.len());
        let Some((room, target)) = self.own.remove(at) else { return Ok(()) };
        self.change(room, target, ChangeKind::Delete).await
    }

    /// Reacts to a recent message, possibly a second time.
    pub(super) async fn react(&mut self) -> Result<()> {
        let Some((room, target)) = self.recent.draw(&mut self.rng) else { return Ok(()) };
        let emoji = draw_emoji(&mut self.rng)?;
        remember(&mut self.reacted, (room.clone(), target, emoji.clone()));
        self.change(room, target, ChangeKind::React { emoji, on: true }).await
    }

    /// Removes one of its reactions.
    pub(super) async fn remove_reaction(&mut self) -> Result<()> {
        let Some((room, target, emoji)) = self.reacted.pop_front() else { return Ok(()) };
        self.change(room, target, ChangeKind::React { emoji, on: false }).await
    }

    /// Repeats a change until it is answered.
    async fn change(&mut self, room: RoomName, target: Seq, kind: ChangeKind) -> Result<()> {
        let message = format!("/api/v1/rooms/{}/messages/{target}", room.as_str());
        let (method, path, body) = match &kind {
            ChangeKind::Edit(text) => {
                (Method::PATCH, message, serde_json::to_vec(&EditRequest { text: text.clone() })?)
            }
            ChangeKind::Delete => (Method::DELETE, message, Vec::new()),
            ChangeKind::React { emoji, on } => {
                let method = if *on { Method::PUT } else { Method::DELETE };
                (method, format!("{message}/reactions/{}", percent_encoded(emoji.as_str())), Vec::new())
            }
        };
        let is_reaction = matches!(kind, ChangeKind::React { .. });
        let author = self.session.person.id.clone();
        let id = self.ledger.record_change(ChangeRequest { author, room, target, kind });
        let reply = self.send_until_answered(&method, &path, &body).await;
        let answer = match reply.status {
            200 | 201 => {
                let entry = serde_json::from_slice(&reply.body)?;
                ChangeAnswer::Stored(Box::new(entry))
            }
            204 => ChangeAnswer::Unchanged,
            // Another person may have deleted the message to which this one reacts, but nobody else can delete its own
            // messages.
            409 if is_reaction => ChangeAnswer::Refused,
            404 if self.has_retention => {
                self.own.retain(|(_, own)| *own != target);
                ChangeAnswer::Refused
            }
            _ => bail!("{method} {path} was answered with {}", reply.describe()),
        };
        self.ledger.record_change_answer(id, answer);
        Ok(())
    }
}

fn draw_emoji(rng: &mut Rng) -> Result<Emoji> {
    Ok(Emoji::parse(EMOJI[rng.usize(..EMOJI.len())])?)
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}
