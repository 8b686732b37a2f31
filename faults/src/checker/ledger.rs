//! Where everybody writes down what they did and saw, while it happens.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use holdline_shared::{Entry, PublishKey, RoomSelection, Seq};
use tokio::sync::watch;

use super::check;
use super::reader::{Hears, Reader};
use super::sight::{Sight, digest, text_digest};
use super::verdict::{Verdict, Wrong};

/// A publish, by its key.
#[derive(Debug, Clone, Default)]
pub(super) struct Publish {
    /// Where its answers said that it is.
    pub(super) answers: Vec<Seq>,
}

/// Names a reader of one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReaderId(usize);

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
    readers: Vec<Reader>,
    /// What was seen to be wrong while it happened.
    wrongs: Vec<(Wrong, String)>,
    deliveries: usize,
    /// Requests that failed or were refused.
    troubles: usize,
    /// How often publishers were answered with this status.
    statuses: HashMap<u16, usize>,
}

impl Ledger {
    /// A publisher is about to try this key.
    pub fn tried(&self, key: PublishKey) {
        self.book().publishes.entry(key).or_default();
    }

    /// A publisher was told that its key is this entry.
    pub fn acknowledged(&self, key: PublishKey, seq: Seq) {
        self.book().publishes.entry(key).or_default().answers.push(seq);
        self.turn();
    }

    /// A publisher was answered with this status.
    pub fn answered(&self, status: u16) {
        *self.book().statuses.entry(status).or_default() += 1;
        self.turn();
    }

    /// Somebody begins to read these rooms, everything after `from`.
    pub fn reader(&self, name: String, rooms: RoomSelection, from: Seq, hears: Hears) -> ReaderId {
        let mut book = self.book();
        book.readers.push(Reader { name, rooms, from, hears, seen: Vec::new(), answers: 0 });
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

    /// A reader was shown these entries.
    pub fn saw(&self, ReaderId(id): ReaderId, entries: &[Entry]) {
        let sights = entries.iter().map(|entry| Sight::Entry { seq: entry.seq, digest: digest(entry) });
        let sights: Vec<_> = sights.collect();
        let mut book = self.book();
        book.deliveries += sights.len();
        book.readers[id].seen.extend(sights);
        drop(book);
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

    /// Deliveries so far.
    pub fn deliveries(&self) -> usize {
        self.book().deliveries
    }

    /// Publishes that were answered so far.
    pub fn acknowledgements(&self) -> usize {
        self.book().publishes.values().filter(|publish| !publish.answers.is_empty()).count()
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

    /// How many more entries of this log each reader has to see.
    pub fn missing(&self, log: &[Entry]) -> Vec<usize> {
        let book = self.book();
        let missing = |reader: &Reader| {
            log.iter().filter(|entry| reader.expects(entry)).count().saturating_sub(reader.seen.len())
        };
        book.readers.iter().map(missing).collect()
    }

    /// Changes with every line that is written.
    pub fn lines(&self) -> watch::Receiver<u64> {
        self.lines.subscribe()
    }

    /// The end: compares all of it with the log.
    pub fn check(&self, log: &[Entry]) -> Verdict {
        let book = self.book();
        let mut verdict = check(&book.publishes, &book.readers, log);
        verdict.troubles = book.troubles;
        for (wrong, what) in &book.wrongs {
            verdict.add(*wrong, || what.clone());
        }
        verdict
    }

    fn turn(&self) {
        self.lines.send_modify(|lines| *lines += 1);
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // Each line is one push: a writer that panicked has left nothing half done.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
