//! Compares history with the entries folded by the pure fold of `shared`, over random histories: folded from
//! the beginning, and onto an earlier page (*stale + entries = fresh*). The seed is fixed.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdline_shared::limits::REACTORS_LISTED;
use holdline_shared::{Message, PersonId, RoomName, Seq};

use super::{Log, draft, key, named, room};
use crate::log::draft::{Draft, DraftKind};
use crate::scope::EVERY_ROOM;

const PEOPLE: [&str; 14] =
    ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12", "p13"];
const ROOMS: [&str; 2] = ["lobby", "tea"];
/// Emoji to choose from; the repeated one is chosen far more often than the others.
const EMOJI: [&str; 6] = ["👍", "👍", "👍", "👍", "🎉", "❤️"];

/// A repeatable sequence of numbers (Knuth's MMIX generator).
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }

    /// A random draft, often one that is refused. `known` are earlier messages, of which the first is chosen
    /// most often.
    fn draft(&mut self, known: &[Message], head: u64) -> Draft {
        let favourite = usize::from(self.below(3) > 0) * usize::try_from(self.below(8)).unwrap();
        let message = known.get(favourite);
        // Sometimes a target that is no message, or does not exist yet.
        let is_known = message.is_some() && self.below(8) > 0;
        let target = message.filter(|_| is_known).map_or(Seq(head + self.below(20)), |message| message.seq);
        let (who, room) = (self.of(&PEOPLE), self.of(&ROOMS));
        let room = message.filter(|_| self.below(8) > 0).map_or(room, |message| message.room.as_str());
        let text = format!("text {}", self.below(1_000)).parse().unwrap();
        let kind = match self.below(40) {
            0..6 => DraftKind::Message {
                key: key(u128::from(self.below(1 << 20))),
                text,
                reply_to: (self.below(3) == 0).then_some(target),
                makes_room: true,
            },
            6..10 => DraftKind::Edit { target, text },
            10 => DraftKind::Delete { target },
            11 => DraftKind::Room {
                topic: Some(format!("topic {}", self.below(9)).parse().unwrap()),
                policy: None,
            },
            _ => {
                DraftKind::Reaction { target, emoji: self.of(&EMOJI).parse().unwrap(), on: self.below(4) > 0 }
            }
        };
        let is_change = matches!(kind, DraftKind::Edit { .. } | DraftKind::Delete { .. });
        let author = message.filter(|_| is_change && self.below(4) > 0);
        draft(author.map_or(who, |message| message.author.id.as_str()), room, kind)
    }
}

/// The number of comparisons of each kind.
#[derive(Debug, Default)]
struct Met {
    edited: usize,
    deleted: usize,
    reacted: usize,
    mine: usize,
    /// Messages with a reaction of more people than are listed.
    crowded: usize,
}

impl Met {
    fn note(&mut self, messages: &[Message]) {
        for message in messages {
            self.edited += usize::from(message.edited.is_some());
            self.deleted += usize::from(message.text.is_none());
            for reaction in &message.reactions {
                self.reacted += 1;
                self.mine += usize::from(reaction.mine);
                self.crowded += usize::from(reaction.count > REACTORS_LISTED as u64);
            }
        }
    }
}

async fn history(log: &dyn Log, name: &RoomName, reader: Option<&PersonId>) -> Vec<Message> {
    log.page(EVERY_ROOM, name.clone(), None, 10_000, reader.cloned()).await.unwrap().messages
}

/// Folds the room's entries after `after` into the messages that `reader` saw there.
async fn folded(
    log: &dyn Log,
    name: &RoomName,
    mut after: Seq,
    seen: Vec<Message>,
    reader: Option<&PersonId>,
) -> Vec<Message> {
    let mut messages: BTreeMap<Seq, Message> =
        seen.into_iter().map(|message| (message.seq, message)).collect();
    loop {
        let chunk = log.read(EVERY_ROOM, named(&[name.as_str()]), after).await.unwrap();
        for entry in chunk.entries.iter().map(|entry| entry.entry().unwrap()) {
            let before = messages.clone();
            for message in messages.values_mut() {
                message.fold(entry, reader);
            }
            let changed = before.iter().filter(|(seq, message)| messages[seq] != **message).count();
            assert!(changed <= 1, "{entry:?} changes {changed} messages");
            messages.extend(Message::from_entry(entry).map(|message| (entry.seq, message)));
        }
        if chunk.entries.is_empty() {
            return messages.into_values().collect();
        }
        after = chunk.upto;
    }
}

/// Compares history with the folded messages. A client that folds does not learn who follows after the people
/// that were listed.
fn compare(shown: &[Message], mut folded: Vec<Message>, round: usize) {
    for (shown, folded) in shown.iter().zip(&mut folded) {
        for (shown, folded) in shown.reactions.iter().zip(&mut folded.reactions) {
            assert!(shown.by.starts_with(&folded.by), "round {round}: {shown:?}, not {folded:?}");
            folded.by.clone_from(&shown.by);
        }
    }
    assert_eq!(shown, folded, "round {round}");
}

pub(crate) async fn history_is_the_fold_of_the_entries(log: Arc<dyn Log>) {
    let mut random = Random(7);
    let mut met = Met::default();
    let readers = [None, Some(PEOPLE[3].parse().unwrap()), Some(PEOPLE[12].parse().unwrap())];
    for round in 0..24 {
        let head = log.head();
        // The targets: the oldest message that is not deleted, and the newest.
        let room_name = room(ROOMS[round % 2]);
        let mut known = history(&*log, &room_name, None).await;
        known.retain(|message| message.text.is_some());
        let newest = known.len().saturating_sub(8);
        known.drain(known.len().min(1)..newest.max(known.len().min(1)));
        let mut stale = Vec::new();
        for (name, reader) in ROOMS.iter().flat_map(|name| readers.iter().map(move |reader| (name, reader))) {
            stale.push(history(&*log, &room(name), reader.as_ref()).await);
        }
        let pending: Vec<_> = (0..80).map(|_| log.append(random.draft(&known, head.0))).collect();
        futures_util::future::join_all(pending).await;
        for (name, reader) in ROOMS.iter().flat_map(|name| readers.iter().map(move |reader| (name, reader))) {
            let (name, reader) = (room(name), reader.as_ref());
            let shown = history(&*log, &name, reader).await;
            compare(&shown, folded(&*log, &name, Seq::START, Vec::new(), reader).await, round);
            compare(&shown, folded(&*log, &name, head, stale.remove(0), reader).await, round);
            met.note(&shown);
        }
        if round % 6 == 5 {
            while log.prune("60/room".parse().unwrap()).await.unwrap() {}
        }
    }
    // Guards against a comparison of nothing.
    assert!(met.edited > 20 && met.deleted > 20 && met.reacted > 200 && met.mine > 20, "{met:?}");
    assert!(met.crowded > 0, "{met:?}");
}
