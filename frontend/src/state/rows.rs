//! Lays out a room's messages: where each day begins, and which messages stand together under one name.

use std::ops::Range;
use std::rc::Rc;

use holdline_shared::{Entry, Seq, Timestamp};

use super::{Day, Gap, Line, Lines, Notices};

/// The longest pause between two messages that stand together under one name: five minutes.
const TOGETHER_MS: u64 = 5 * 60 * 1_000;

/// The interval at which a long run shows the author's name again: at positions in the log that are multiples of this.
const NAMED_EACH: u64 = 16;

/// The number of messages after which a run is long.
const UNNAMED: usize = 8;

/// A row of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// A day begins with the message at this moment.
    Day(Timestamp),
    /// A gap.
    Gap(Gap),
    /// The messages from here on are new to the reader.
    New,
    /// A notice that somebody joined or left, or that the rules changed.
    Notice(Rc<Entry>),
    /// A message.
    Message {
        /// The message.
        line: Rc<Line>,
        /// Whether the message shows its author's name.
        is_first: bool,
    },
}

/// Returns the rows of the messages at these indices; `new_from` is the first message that is new to the reader.
pub fn rows(
    lines: &Lines,
    places: Range<usize>,
    gaps: &[Gap],
    notices: &Notices,
    new_from: Option<Seq>,
    day: fn(Timestamp) -> Day,
) -> Vec<Row> {
    let mut rows = Vec::with_capacity(places.len() + 8);
    let before = places.start.checked_sub(1).and_then(|at| lines.get(at));
    let mut above: Option<(&Line, Day)> = before.map(|line| (&**line, day(line.message.at)));
    let is_to_end = places.end == lines.len();
    for (at, line) in places.filter_map(|at| Some((at, lines.get(at)?))) {
        let message = &line.message;
        let today = day(message.at);
        let noted = notices.between(above.map(|(above, _)| above.message.seq), Some(message.seq));
        rows.extend(noted.iter().cloned().map(Row::Notice));
        let gap = gaps.iter().find(|gap| gap.before == message.seq);
        let begins_day = above.is_none_or(|(_, yesterday)| yesterday != today);
        if let Some(gap) = gap {
            rows.push(Row::Gap(*gap));
        }
        if begins_day {
            rows.push(Row::Day(message.at));
        }
        let is_new = new_from == Some(message.seq);
        if is_new {
            rows.push(Row::New);
        }
        let is_together = !(begins_day || is_new || gap.is_some() || !noted.is_empty())
            && above.is_some_and(|(above, _)| stand_together(above, line))
            && !names_again(lines, at);
        rows.push(Row::Message { line: Rc::clone(line), is_first: !is_together });
        above = Some((line, today));
    }
    if is_to_end {
        let noted = notices.between(above.map(|(above, _)| above.message.seq), None);
        rows.extend(noted.iter().cloned().map(Row::Notice));
    }
    rows
}

/// Whether a long run shows its author's name again at this index, so that one is mostly in view. That depends only on
/// a few messages before it: a part of the room looks as it does within the whole.
fn names_again(lines: &Lines, at: usize) -> bool {
    let is_place = lines.get(at).is_some_and(|line| line.message.seq.0.is_multiple_of(NAMED_EACH));
    is_place
        && (at.saturating_sub(UNNAMED)..at).all(|at| {
            let pair = lines.get(at).zip(lines.get(at + 1));
            pair.is_some_and(|(above, line)| stand_together(above, line))
        })
        && at >= UNNAMED
}

fn stand_together(above: &Line, line: &Line) -> bool {
    above.message.author == line.message.author
        && line.message.reply_to.is_none()
        && line.message.at.0.saturating_sub(above.message.at.0) <= TOGETHER_MS
}

#[cfg(test)]
mod tests {
    use holdline_shared::EntryKind;

    use super::*;
    use crate::state::samples::{entry, line};

    const MINUTE: u64 = 60_000;

    fn sketch(lines: &[Rc<Line>], gaps: &[Gap], new_from: u64) -> String {
        sketch_with(lines, gaps, &Notices::default(), new_from)
    }

    /// Draws rows as letters: `d` a day, `g` a gap, `n` the line above new messages, `i` a notice, `M` a message under
    /// a name, `m` one under the same name.
    fn sketch_with(lines: &[Rc<Line>], gaps: &[Gap], notices: &Notices, new_from: u64) -> String {
        let mut all = Lines::default();
        for line in lines {
            all.insert(all.len(), Rc::clone(line));
        }
        let sketch = |places: Range<usize>| -> String {
            let new_from = Some(Seq(new_from));
            let rows = rows(&all, places, gaps, notices, new_from, |at| {
                Day(i64::try_from(at.0 / 86_400_000).unwrap())
            });
            rows.iter()
                .map(|row| match row {
                    Row::Day(_) => 'd',
                    Row::Gap(_) => 'g',
                    Row::New => 'n',
                    Row::Notice(_) => 'i',
                    Row::Message { is_first: true, .. } => 'M',
                    Row::Message { is_first: false, .. } => 'm',
                })
                .collect()
        };
        let whole = sketch(0..lines.len());
        for cut in 0..lines.len() {
            let parts = sketch(0..cut) + &sketch(cut..lines.len());
            assert_eq!(parts, whole, "a part looks as it does within the whole");
        }
        whole
    }

    #[test]
    fn groups_by_author_time_and_day() {
        let said = |seq, who, minute| line(seq, who, minute * MINUTE, "x");
        let talk = [
            said(1, "ada", 1),
            said(2, "ada", 6),
            said(3, "ada", 12),
            said(4, "bob", 12),
            said(5, "bob", 12),
        ];
        assert_eq!(sketch(&talk, &[], 0), "dMmMMm");
        assert_eq!(sketch(&talk, &[], 2), "dMnMMMm");
        let run: Vec<_> = (1..=40).map(|seq| said(seq, "ada", 1)).collect();
        let names = sketch(&run, &[], 0).match_indices('M').map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(names, [1, 16, 32], "a long run is named again");
        let gap = Gap { before: Seq(5), is_new_log: false };
        assert_eq!(sketch(&talk, &[gap], 0), "dMmMMgM");
        let mut notices = Notices::default();
        for seq in [4, 7] {
            let kind = EntryKind::Room { topic: "x".parse().unwrap(), policy: None };
            notices.push(&entry(seq, "ada", kind));
        }
        let talk = [said(1, "ada", 1), said(3, "ada", 1), said(5, "ada", 1), said(6, "ada", 1)];
        assert_eq!(sketch_with(&talk, &[], &notices, 0), "dMmiMmi");
        assert_eq!(sketch_with(&[], &[], &notices, 0), "ii", "also where nothing was said");
        let night = [said(1, "ada", 24 * 60 - 1), said(2, "ada", 24 * 60)];
        assert_eq!(sketch(&night, &[], 0), "dMdM");
    }
}
