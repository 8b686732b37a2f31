//! Edits, deletions and reactions of a publisher. These have no key: a repeat is answered as unchanged.

use anyhow::{Result, bail};
use fastrand::Rng;
use holdline_shared::{EditRequest, Emoji, MessageText, RoomName, Seq};
use hyper::Method;

use super::{Author, remember};
use crate::checker::{ChangeAnswer, ChangeKind, ChangeRequest};

/// Few, so that people meet on the same one.
const EMOJI: [&str; 4] = ["👍", "❤️", "👩‍💻", "1️⃣"];

impl Author {
    /// Changes what it said. Every text is another one.
    pub(super) async fn edit(&mut self, number: u32) -> Result<()> {
        let Some((room, target)) = self.publisher.rng.choice(self.own.iter()).cloned() else { return Ok(()) };
        let salt = self.publisher.rng.u64(..);
        let text = format!("{} says {number} instead: {salt:016x}", self.publisher.name);
        let text = MessageText::parse(&text)?;
        self.change(room, target, ChangeKind::Edit(text)).await
    }

    /// Deletes what it said, and never changes it again.
    pub(super) async fn delete(&mut self) -> Result<()> {
        if self.own.is_empty() {
            return Ok(());
        }
        let at = self.publisher.rng.usize(..self.own.len());
        let Some((room, target)) = self.own.remove(at) else { return Ok(()) };
        self.change(room, target, ChangeKind::Delete).await
    }

    /// Reacts to what somebody said, perhaps a second time.
    pub(super) async fn react(&mut self) -> Result<()> {
        let Some((room, target)) = self.publisher.recent.draw(&mut self.publisher.rng) else { return Ok(()) };
        let emoji = draw_emoji(&mut self.publisher.rng)?;
        remember(&mut self.put, (room.clone(), target, emoji.clone()));
        self.change(room, target, ChangeKind::React { emoji, on: true }).await
    }

    /// Takes a reaction back.
    pub(super) async fn take_back(&mut self) -> Result<()> {
        let Some((room, target, emoji)) = self.put.pop_front() else { return Ok(()) };
        self.change(room, target, ChangeKind::React { emoji, on: false }).await
    }

    /// Asks for a change until it is answered.
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
        let author = self.person.id.clone();
        let id = self.publisher.ledger.asked(ChangeRequest { author, room, target, kind });
        let reply = self.until_answered(&method, &path, &body).await;
        let answer = match reply.status {
            200 | 201 => {
                let entry = serde_json::from_slice(&reply.body)?;
                ChangeAnswer::Stored(Box::new(entry))
            }
            204 => ChangeAnswer::Unchanged,
            // Somebody else may have deleted what one reacts to, nobody else what one wrote.
            409 if is_reaction => ChangeAnswer::Refused,
            404 if self.publisher.is_forgetful => {
                self.own.retain(|(_, own)| *own != target);
                ChangeAnswer::Refused
            }
            _ => bail!("{method} {path} was answered with {}", reply.words()),
        };
        self.publisher.ledger.changed(id, answer);
        Ok(())
    }
}

fn draw_emoji(rng: &mut Rng) -> Result<Emoji> {
    Ok(Emoji::parse(EMOJI[rng.usize(..EMOJI.len())])?)
}

fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |encoded, byte| encoded + &format!("%{byte:02X}"))
}
