//! The events of a run in order: a digest that two runs of a seed must share, and the lines themselves for people.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::time::Instant;

/// Events so far.
pub(super) struct Trace {
    begin: Instant,
    hasher: RefCell<DefaultHasher>,
    count: Cell<usize>,
    lines: RefCell<Vec<String>>,
}

impl Trace {
    pub(super) fn new() -> Self {
        Self {
            begin: Instant::now(),
            hasher: RefCell::new(DefaultHasher::new()),
            count: Cell::new(0),
            lines: RefCell::default(),
        }
    }

    /// Records that `what` happened to `who` now. The text must not contain anything that differs between two runs of a
    /// seed.
    pub(super) fn add(&self, who: impl Display, what: impl Display) {
        let line = format!("{:9.3} {who}: {what}", self.begin.elapsed().as_secs_f64());
        line.hash(&mut *self.hasher.borrow_mut());
        self.count.set(self.count.get() + 1);
        self.lines.borrow_mut().push(line);
    }

    pub(super) fn digest(&self) -> u64 {
        self.hasher.borrow().finish()
    }

    pub(super) fn count(&self) -> usize {
        self.count.get()
    }

    pub(super) fn take_lines(&self) -> Vec<String> {
        self.lines.take()
    }
}
