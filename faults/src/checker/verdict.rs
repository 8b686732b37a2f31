//! What the checker found.

use std::collections::BTreeMap;

/// What can be wrong. All of it must never be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// Acknowledged, and not in the log.
    Lost,
    /// In the log, and never delivered to a reader of its room.
    Undelivered,
    /// Delivered twice to one reader.
    Twice,
    /// Delivered out of log order.
    Disorder,
    /// Delivered, and not in the log: never durable, or changed since.
    Phantom,
    /// One key, in the log more than once.
    StoredTwice,
    /// One key, acknowledged as different entries, or as one that it is not.
    Answers,
    /// An entry's time is before that of the entry before it.
    TimeBack,
    /// Delivered, but only when the hold was over: a wake-up was lost.
    Late,
    /// An answer that says nothing useful, or none in time.
    Unclear,
    /// A reader was told of a gap, or lost its session, though nothing was gone.
    Repair,
    /// A text that was deleted, and is still shown or stored.
    Undeleted,
    /// History shows something else than the entries say.
    Fold,
    /// A restored log has something else in it than the copy, or goes on as if nothing had happened.
    Mixed,
    /// Something grew, or went on, that has a bound.
    Unbounded,
}

impl Wrong {
    /// All of them, as the report lists them.
    pub const ALL: [Self; 15] = [
        Self::Lost,
        Self::Undelivered,
        Self::Twice,
        Self::Disorder,
        Self::Phantom,
        Self::StoredTwice,
        Self::Answers,
        Self::TimeBack,
        Self::Late,
        Self::Unclear,
        Self::Repair,
        Self::Undeleted,
        Self::Fold,
        Self::Mixed,
        Self::Unbounded,
    ];

    /// A column's title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Undelivered => "undelivered",
            Self::Twice => "twice",
            Self::Disorder => "disorder",
            Self::Phantom => "not durable",
            Self::StoredTwice => "stored twice",
            Self::Answers => "answers differ",
            Self::TimeBack => "time back",
            Self::Late => "late",
            Self::Unclear => "unclear",
            Self::Repair => "false gap",
            Self::Undeleted => "undeleted",
            Self::Fold => "fold",
            Self::Mixed => "mixed",
            Self::Unbounded => "unbounded",
        }
    }
}

/// Examples kept of each wrong.
const EXAMPLES: usize = 3;

/// Counts, and what was wrong.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Publishes and changes that were tried.
    pub published: usize,
    /// Publishes and changes that were answered, refusals apart.
    pub acknowledged: usize,
    /// Entries in the log.
    pub stored: usize,
    /// Readers.
    pub readers: usize,
    /// Deliveries checked, over all readers.
    pub deliveries: usize,
    /// How often something was broken on purpose.
    pub faults: usize,
    /// Requests that came to nothing and were tried again: what clients felt of the faults.
    pub troubles: usize,
    pub(super) wrongs: BTreeMap<Wrong, (usize, Vec<String>)>,
}

impl Verdict {
    /// Adds what another part of the same round came to.
    pub fn take(&mut self, other: Self) {
        self.published += other.published;
        self.acknowledged += other.acknowledged;
        self.stored += other.stored;
        self.readers += other.readers;
        self.deliveries += other.deliveries;
        self.faults += other.faults;
        self.troubles += other.troubles;
        for (wrong, (count, mut examples)) in other.wrongs {
            let known = self.wrongs.entry(wrong).or_default();
            known.0 += count;
            known.1.append(&mut examples);
            known.1.truncate(EXAMPLES);
        }
    }

    /// Counts a wrong, and keeps the first few examples.
    pub fn add(&mut self, wrong: Wrong, example: impl FnOnce() -> String) {
        let (count, examples) = self.wrongs.entry(wrong).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(example());
        }
    }

    /// How often this was wrong.
    pub fn count(&self, wrong: Wrong) -> usize {
        self.wrongs.get(&wrong).map_or(0, |(count, _)| *count)
    }

    /// Whether nothing was.
    pub fn is_clean(&self) -> bool {
        self.wrongs.is_empty()
    }

    /// Some of what was wrong, in words.
    pub fn examples(&self) -> impl Iterator<Item = (Wrong, &str)> {
        self.wrongs
            .iter()
            .flat_map(|(wrong, (_, examples))| examples.iter().map(|text| (*wrong, text.as_str())))
    }
}
