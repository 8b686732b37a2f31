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
}

impl Wrong {
    /// All of them, as the report lists them.
    pub const ALL: [Self; 11] = [
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
        }
    }
}

/// Examples kept of each wrong.
const EXAMPLES: usize = 3;

/// Counts, and what was wrong.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Publishes tried, each with a key of its own.
    pub published: usize,
    /// Publishes that were answered.
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
