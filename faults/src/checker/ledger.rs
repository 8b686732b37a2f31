//! Where everybody writes down what they did and saw, while it happens.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use holdline_shared::{Entry, EntryKind, MessageText, PublishKey, RoomSelection, Seq};
use tokio::sync::watch;

use super::change::{Change, ChangeAnswer, ChangeKind, ChangeRequest};
use super::reader::{Gap, Hears, Reader};
use super::sight::{Sight, digest, text, text_digest, texts_message};
use super::verdict::{Verdict, Wrong};
use super::{Clock, End, check, check_times};

/// A publish, by its key.
#[derive(Debug, Clone, Default)]
pub(super) struct Publish {
    /// [`text_digest`] of what it says.
    pub(super) text: Option<u64>,
    /// Where its answers said that it is.
    pub(super) answers: Vec<Seq>,
}

/// Names a reader of one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReaderId(usize);

/// Names a change in one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ChangeId(usize);

/// A line in the ledger: what was written before it was known before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Line(u64);

/// The record of one round.
#[derive(Default)]
pub struct Ledger {
    book: Mutex<Book>,
    /// Grows with every line in the book.
    lines: watch::Sender<u64>,
}

#[derive(Default)]
struct Book {
    publishes: BTreeMap<PublishKey, Publish>,
    changes: Vec<Change>,
    /// Messages whose deletion was acknowledged, and at which line.
    deleted: HashMap<Seq, Line>,
    readers: Vec<Reader>,
    /// What was seen to be wrong while it happened.
    wrongs: Vec<(Wrong, String)>,
    deliveries: usize,
    acknowledgements: usize,
    clock: Clock,
    line: Line,
    /// Requests that failed or were refused.
    troubles: usize,
    /// How often publishers were answered with this status.
    statuses: HashMap<u16, usize>,
}

impl Ledger {
    /// The server's clock is set back and forth from now on: entries may be dated back with it.
    pub fn set_clock_jumps(&self) {
        self.book().clock = Clock::Jumps;
    }

    /// A publisher is about to say this with this key.
    pub fn tried(&self, key: PublishKey, text: &MessageText) {
        self.book().publishes.entry(key).or_default().text = Some(text_digest(text.as_str()));
    }

    /// A publisher was told that its key is this entry.
    pub fn acknowledged(&self, key: PublishKey, seq: Seq) {
        let mut book = self.book();
        book.publishes.entry(key).or_default().answers.push(seq);
        book.acknowledgements += 1;
        drop(book);
        self.turn();
    }

    /// A publisher is about to ask for this change.
    pub fn asked(&self, request: ChangeRequest) -> ChangeId {
        let mut book = self.book();
        book.changes.push(Change { request, answers: Vec::new() });
        ChangeId(book.changes.len() - 1)
    }

    /// A publisher was told what became of its change.
    pub fn changed(&self, ChangeId(id): ChangeId, answer: ChangeAnswer) {
        let mut book = self.book();
        let line = book.line;
        let change = &mut book.changes[id];
        let is_done = !matches!(answer, ChangeAnswer::Refused);
        let deleted = matches!(change.request.kind, ChangeKind::Delete).then_some(change.request.target);
        change.answers.push(answer);
        book.acknowledgements += usize::from(is_done);
        if let Some(message) = deleted.filter(|_| is_done) {
            book.deleted.entry(message).or_insert(line);
        }
        drop(book);
        self.turn();
    }

    /// Where the ledger ends now. A reader takes it before it asks, so that [`saw`](Self::saw) knows what was
    /// acknowledged before that.
    pub fn line(&self) -> Line {
        self.book().line
    }

    /// A publisher was answered with this status.
    pub fn answered(&self, status: u16) {
        *self.book().statuses.entry(status).or_default() += 1;
        self.turn();
    }

    /// Somebody begins to read these rooms, everything after `from`.
    pub fn reader(&self, name: String, rooms: RoomSelection, from: Seq, hears: Hears) -> ReaderId {
        let mut book = self.book();
        book.readers.push(Reader::new(name, rooms, from, hears));
        ReaderId(book.readers.len() - 1)
    }

    /// A reader's poll was answered.
    pub fn polled(&self, ReaderId(id): ReaderId) {
        self.book().readers[id].answers += 1;
        self.turn();
    }

    /// A request came to nothing, and was tried again.
    pub fn troubled(&self) {
        self.book().troubles += 1;
    }

    /// A reader that asked at this line was shown these entries, read together.
    pub fn saw(&self, ReaderId(id): ReaderId, asked: Line, entries: &[Entry]) {
        let sights = entries.iter().map(|entry| Sight::Entry { seq: entry.seq, digest: digest(entry) });
        let sights: Vec<_> = sights.collect();
        let deletions = entries.iter().filter_map(|entry| match entry.kind {
            EntryKind::Delete { target } => Some(target),
            _ => None,
        });
        let deletions: Vec<Seq> = deletions.collect();
        let mut book = self.book();
        book.deliveries += sights.len();
        for entry in entries.iter().filter(|entry| text(entry).is_some()) {
            let Some(message) = texts_message(entry) else { continue };
            let is_known = book.deleted.get(&message).is_some_and(|line| *line < asked);
            if is_known || deletions.contains(&message) {
                let what = format!("{} saw {} with its deleted text", book.readers[id].name, entry.seq);
                book.wrongs.push((Wrong::Undeleted, what));
            }
        }
        let reader = &mut book.readers[id];
        reader.last = entries.iter().map(|entry| entry.seq).fold(reader.last, Seq::max);
        reader.seen.extend(sights);
        drop(book);
        self.turn();
    }

    /// A reader was told of a gap, and has gone on behind it.
    pub fn gap(&self, ReaderId(id): ReaderId, gap: Gap) {
        self.book().readers[id].gaps.push(gap);
        self.turn();
    }

    /// A reader was shown this text.
    pub fn saw_text(&self, ReaderId(id): ReaderId, text: &str) {
        let mut book = self.book();
        book.deliveries += 1;
        book.readers[id].seen.push(Sight::Text { digest: text_digest(text) });
        drop(book);
        self.turn();
    }

    /// Something was wrong by itself.
    pub fn complain(&self, wrong: Wrong, what: impl Into<String>) {
        self.book().wrongs.push((wrong, what.into()));
        self.turn();
    }

    /// Gaps that readers were told of so far.
    pub fn gaps(&self) -> usize {
        self.book().readers.iter().map(|reader| reader.gaps.len()).sum()
    }

    /// Deliveries so far.
    pub fn deliveries(&self) -> usize {
        self.book().deliveries
    }

    /// Answers to publishes and changes so far, refusals apart.
    pub fn acknowledgements(&self) -> usize {
        self.book().acknowledgements
    }

    /// How often publishers were answered with this status so far.
    pub fn status(&self, status: u16) -> usize {
        self.book().statuses.get(&status).copied().unwrap_or_default()
    }

    /// How often each reader's polls were answered so far.
    pub fn answers(&self) -> Vec<u64> {
        self.book().readers.iter().map(|reader| reader.answers).collect()
    }

    /// The readers whose polls were answered `then`, and not once since.
    pub fn silent_since(&self, then: &[u64]) -> Vec<String> {
        let book = self.book();
        let pairs = book.readers.iter().zip(then);
        let silent = pairs.filter(|(reader, then)| **then > 0 && reader.answers <= **then);
        silent.map(|(reader, _)| reader.name.clone()).collect()
    }

    /// The readers that have not come to the end of this log.
    pub fn behind(&self, log: &[Entry]) -> Vec<String> {
        let book = self.book();
        let behind = book.readers.iter().filter(|reader| reader.is_behind(log));
        behind.map(|reader| reader.name.clone()).collect()
    }

    /// Changes with every line that is written.
    pub fn lines(&self) -> watch::Receiver<u64> {
        self.lines.subscribe()
    }

    /// The end: compares all of it with the log.
    pub fn check(&self, log: &[Entry]) -> Verdict {
        self.check_at(log, log, End::Complete)
    }

    /// The end of a round in which the log forgot something: compares all of it with everything that the log ever had,
    /// and that with what it still has.
    pub fn check_forgetful(&self, whole: &[Entry], kept: &[Entry]) -> Verdict {
        self.check_at(whole, kept, End::Complete)
    }

    /// An end in the middle of everything, from which nobody came back to this log: readers have seen only the first
    /// part of it.
    pub fn check_interrupted(&self, log: &[Entry]) -> Verdict {
        self.check_at(log, log, End::Interrupted)
    }

    fn check_at(&self, whole: &[Entry], kept: &[Entry], end: End) -> Verdict {
        let book = self.book();
        let mut verdict = check(&book.publishes, &book.changes, &book.readers, whole, kept, end);
        check_times(whole, book.clock, &mut verdict);
        verdict.troubles = book.troubles;
        for (wrong, what) in &book.wrongs {
            verdict.add(*wrong, || what.clone());
        }
        verdict
    }

    fn turn(&self) {
        self.book().line.0 += 1;
        self.lines.send_modify(|lines| *lines += 1);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Each line is one push: a writer that panicked has left nothing half done.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
