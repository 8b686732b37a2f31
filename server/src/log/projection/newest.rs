//! The newest message of a room that still has a text.

use holdline_shared::Seq;
use rusqlite::Connection;

use super::stored;

/// The number of deleted messages that are passed over, so that a look takes some milliseconds at most.
const MOST_PASSED: usize = 2_000;

/// The newest message of a room that is not deleted; zero for none. Below [`MOST_PASSED`] deleted messages, the last of
/// them stands in for whatever comes before: nothing that can be read is newer.
pub(super) fn newest_message(db: &Connection, room: i64) -> rusqlite::Result<Seq> {
    let sql = "SELECT seq, is_deleted FROM messages WHERE room = ? ORDER BY seq DESC LIMIT ?";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query((room, MOST_PASSED))?;
    let (mut passed, mut last) = (0, Seq::START);
    while let Some(row) = rows.next()? {
        last = stored::seq(row.get(0)?);
        if !row.get::<_, bool>(1)? {
            return Ok(last);
        }
        passed += 1;
    }
    Ok(if passed < MOST_PASSED { Seq::START } else { last })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database with these messages of room 1, from 1 on, each deleted or not, and a newer one of room 2.
    fn database(deleted: &[bool]) -> Connection {
        let db = Connection::open_in_memory().unwrap();
        let tables = "CREATE TABLE messages (seq INTEGER PRIMARY KEY, room INTEGER, is_deleted INTEGER);
                      CREATE INDEX messages_by_room ON messages (room, seq);
                      INSERT INTO messages VALUES (1000000, 2, 0)";
        db.execute_batch(tables).unwrap();
        for (seq, is_deleted) in (1..).zip(deleted) {
            db.execute("INSERT INTO messages VALUES (?, 1, ?)", (seq, is_deleted)).unwrap();
        }
        db
    }

    #[test]
    fn newest_message_is_not_deleted() {
        for (deleted, newest) in [
            (vec![], 0),
            (vec![false], 1),
            (vec![false, false], 2),
            (vec![false, true], 1),
            (vec![true, false, true, true], 2),
            (vec![true, true], 0),
        ] {
            assert_eq!(newest_message(&database(&deleted), 1).unwrap(), Seq(newest), "{deleted:?}");
        }
    }

    #[test]
    fn look_for_newest_message_ends() {
        let mut deleted = vec![true; MOST_PASSED + 1];
        deleted[0] = false;
        assert_eq!(
            newest_message(&database(&deleted), 1).unwrap(),
            Seq(2),
            "nothing that can be read is newer"
        );
        deleted.pop();
        assert_eq!(newest_message(&database(&deleted), 1).unwrap(), Seq(1));
    }
}
