//! The cost of a reaction, in steps of SQLite's virtual machine and in changed rows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use holdline_shared::{Person, PublishKey, RoomName, Seq};
use rusqlite::Connection;

use crate::log::projection::{self, AppendTransaction, Tip};
use crate::log::sqlite::database;
use crate::log::{Draft, DraftKind, SqliteLog};

struct Costs {
    db: Connection,
    tip: Tip,
    steps: Arc<AtomicU64>,
}

impl Costs {
    /// The steps and changed rows of one transaction with one draft.
    fn of(&mut self, author: &str, kind: DraftKind) -> (u64, u64) {
        let (steps, changes) = (self.steps.load(Ordering::Relaxed), self.db.total_changes());
        self.append([(author.to_owned(), kind)]);
        (self.steps.load(Ordering::Relaxed) - steps, self.db.total_changes() - changes)
    }

    fn append(&mut self, drafts: impl IntoIterator<Item = (String, DraftKind)>) {
        let mut group = AppendTransaction::begin(self.db.transaction().unwrap(), self.tip, Arc::default(), 1);
        for (author, kind) in drafts {
            let author = Person { id: author.parse().unwrap(), name: author.parse().unwrap() };
            group.append(&Draft { author, room: RoomName::lobby(), kind }).unwrap();
        }
        self.tip = group.commit().unwrap().tip;
    }
}

/// Counts the steps of the connection from now on.
fn count_steps(db: &mut Connection) -> Arc<AtomicU64> {
    let steps = Arc::new(AtomicU64::new(0));
    let count = steps.clone();
    let step = move || {
        count.fetch_add(1, Ordering::Relaxed);
        false
    };
    db.progress_handler(1, Some(step)).unwrap();
    steps
}

fn react(on: bool) -> DraftKind {
    DraftKind::Reaction { target: Seq(2), emoji: "👍".parse().unwrap(), on }
}

fn say(n: u8, reply_to: Option<Seq>) -> DraftKind {
    let key = PublishKey::from_bytes([n; 16]);
    DraftKind::Message { key, text: "x".parse().unwrap(), reply_to, makes_room: false }
}

#[test]
fn reaction_costs_the_same_among_ten_thousand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("holdline.db");
    drop(SqliteLog::open(&path).unwrap());
    let mut db = Connection::open(&path).unwrap();
    let steps = count_steps(&mut db);
    let mut reader = database::open_read_only(&path).unwrap();
    let reading = count_steps(&mut reader);
    let history = || {
        let before = reading.load(Ordering::Relaxed);
        let asking = "p19".parse().unwrap();
        let page = projection::page(&reader, Some(&RoomName::lobby()), None, 1_000, Some(&asking)).unwrap();
        (reading.load(Ordering::Relaxed) - before, page.messages[0].reactions.clone())
    };
    let tip = Tip { head: Seq(1), rooms: 1, ..Tip::default() };
    let mut costs = Costs { db, tip, steps };
    costs.append([("ada".to_owned(), say(1, None))]);
    costs.append((0..20).map(|n| (format!("p{n}"), react(true))));
    let all = |costs: &mut Costs, n: u8| {
        [
            ("put", costs.of("late", react(true))),
            ("take back", costs.of("late", react(false))),
            ("the first takes back", costs.of("p0", react(false))),
            ("the first puts again", costs.of("p0", react(true))),
            ("reply", costs.of("bob", say(n, Some(Seq(2))))),
            (
                "edit",
                costs.of("ada", DraftKind::Edit { target: Seq(2), text: format!("{n}").parse().unwrap() }),
            ),
        ]
    };
    // The first run prepares the statements; the second one counts.
    all(&mut costs, 2);
    let few = all(&mut costs, 3);
    history();
    let read_few = history();
    costs.append((20..10_000).map(|n| (format!("p{n}"), react(true))));
    let read_many = history();
    let many = all(&mut costs, 4);
    assert_eq!((read_few.1[0].count, read_many.1[0].count), (20, 10_000));
    assert!(read_many.1[0].mine && read_many.1[0].by.len() == 10);
    assert!(read_many.0 <= read_few.0 + 40, "history: {} steps, then {}", read_few.0, read_many.0);
    for ((name, few), (_, many)) in few.into_iter().zip(many) {
        assert_eq!(few.1, many.1, "{name}: changed rows");
        assert!(many.0 <= few.0 + 40, "{name}: {few:?} with 20, {many:?} with 10,000");
    }
    // A deletion costs as much as the message shows, not as much as was ever added to it.
    let (_, rows) = costs.of("ada", DraftKind::Delete { target: Seq(2) });
    assert!(rows < 20, "{rows} rows changed");
    assert!(history().1.is_empty());
}
