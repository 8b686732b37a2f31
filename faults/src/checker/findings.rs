//! The checker's findings: counts and violations.

use std::collections::BTreeMap;

/// Violations the checker can report. Any of them fails the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Violation {
    /// An acknowledged publish is not in the log.
    Lost,
    /// An entry was not delivered to a reader of its room.
    Undelivered,
    /// An entry was delivered twice to one reader.
    Duplicate,
    /// An entry was delivered out of log order.
    Disorder,
    /// A delivered entry is not in the log: it was never durable, or it was changed.
    Phantom,
    /// The log has a key more than once.
    StoredTwice,
    /// A key was acknowledged as different entries, or as an entry that it is not.
    Answers,
    /// An entry's time is earlier than that of its predecessor.
    TimeBack,
    /// An entry was delivered only when the hold ended, because a wake-up was lost.
    Late,
    /// A response was not useful, or none came in time.
    Unclear,
    /// A reader was told of a gap or lost its session without reason.
    Repair,
    /// A deleted text is still shown or stored.
    Undeleted,
    /// History differs from the entries.
    Fold,
    /// A restored log differs from the copy, or continues with the old epoch.
    Mixed,
    /// A size or a time exceeded its limit.
    Unbounded,
}

impl Violation {
    /// The violations in the report's order.
    pub const ALL: [Self; 15] = [
        Self::Lost,
        Self::Undelivered,
        Self::Duplicate,
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

    /// The title of the report's column.
    pub fn title(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Undelivered => "undelivered",
            Self::Duplicate => "twice",
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

/// Examples kept of each violation.
const EXAMPLES: usize = 3;

/// Counts and violations of a round.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Publishes and changes that were attempted.
    pub published: usize,
    /// Publishes and changes that were acknowledged.
    pub acknowledged: usize,
    /// Entries that the log ever had.
    pub stored: usize,
    /// Readers.
    pub readers: usize,
    /// Deliveries checked, over all readers.
    pub deliveries: usize,
    /// Faults that were injected.
    pub faults: usize,
    /// Requests that failed and were repeated, as an effect of the faults.
    pub failures: usize,
    pub(super) violations: BTreeMap<Violation, (usize, Vec<String>)>,
}

impl Findings {
    /// Adds the findings of another part of the same round.
    pub fn take(&mut self, other: Self) {
        self.published += other.published;
        self.acknowledged += other.acknowledged;
        self.stored += other.stored;
        self.readers += other.readers;
        self.deliveries += other.deliveries;
        self.faults += other.faults;
        self.failures += other.failures;
        for (violation, (count, mut examples)) in other.violations {
            let known = self.violations.entry(violation).or_default();
            known.0 += count;
            known.1.append(&mut examples);
            known.1.truncate(EXAMPLES);
        }
    }

    /// Counts a violation and keeps the first few examples.
    pub fn add(&mut self, violation: Violation, example: impl FnOnce() -> String) {
        let (count, examples) = self.violations.entry(violation).or_default();
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(example());
        }
    }

    /// The number of violations of this kind.
    pub fn count(&self, violation: Violation) -> usize {
        self.violations.get(&violation).map_or(0, |(count, _)| *count)
    }

    /// Whether no violation was found.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    /// Examples of the violations, in words.
    pub fn examples(&self) -> impl Iterator<Item = (Violation, &str)> {
        self.violations
            .iter()
            .flat_map(|(violation, (_, examples))| examples.iter().map(|text| (*violation, text.as_str())))
    }
}
