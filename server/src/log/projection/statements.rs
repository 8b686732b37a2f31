//! How a connection keeps its prepared statements.

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::errors::log_error;
use crate::log::error::LogError;

/// The number of statements that a connection keeps, more than there are.
const KEPT: usize = 64;

/// Makes a connection keep its prepared statements with their plans. SQLite would plan a statement anew when a bound
/// value changes that may affect its plan. Values change after every use, because rusqlite unbinds them all; see
/// `SQLITE_DBCONFIG_ENABLE_QPSG` at <https://sqlite.org/c3ref/c_dbconfig_defensive.html>.
pub(in crate::log) fn keep_statements(db: &Connection) -> Result<(), LogError> {
    db.set_prepared_statement_cache_capacity(KEPT);
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(log_error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn kept_statement_is_planned_once() {
        let db = Connection::open_in_memory().unwrap();
        keep_statements(&db).unwrap();
        db.execute_batch("CREATE TABLE edits (seq INTEGER PRIMARY KEY, target INTEGER)").unwrap();
        for target in 0..5 {
            let mut statement =
                db.prepare_cached("SELECT seq FROM edits WHERE target = ? ORDER BY seq").unwrap();
            assert!(!statement.exists([target]).unwrap());
            assert_eq!(statement.get_status(StatementStatus::RePrepare), 0, "after {target} others");
        }
    }
}
