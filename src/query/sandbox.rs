//! A connection that can only compute: no tables, an authorizer, allowed functions, limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use regex::Regex;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OpenFlags};

use super::condition::Moment;
use super::function;

/// Longest text or intermediate result, in bytes.
const MAX_LENGTH: i32 = 16 << 20;
/// Steps of SQLite's machine per call of the progress handler.
const STEPS: i32 = 100_000;
/// Calls of the progress handler after which one record has taken too long. A condition has no loops: it never gets there.
const MAX_CALLS: u32 = 20;

/// What SQLite itself offers and a condition may use; own functions are in [`function::NAMES`].
const BUILT_IN: &[&str] =
    &["abs", "coalesce", "ifnull", "iif", "instr", "length", "ltrim", "max", "min", "nullif", "replace", "rtrim", "substr", "trim"];

/// One statement on a connection of its own.
pub(super) struct Sandbox {
    connection: Connection,
    sql: String,
    calls: Arc<AtomicU32>,
}

impl Sandbox {
    /// Opens a connection that can run `sql`, a statement that gives one number or null, and nothing else.
    pub(super) fn open(sql: &str, moment: &Moment, patterns: &[Regex]) -> Result<Self, String> {
        let calls = Arc::new(AtomicU32::new(0));
        let connection = connect(moment, patterns, calls.clone()).map_err(|e| sentence(&e))?;
        let sandbox = Self { connection, sql: sql.to_owned(), calls };
        let statement = sandbox.connection.prepare_cached(&sandbox.sql).map_err(|e| sentence(&e))?;
        if statement.column_count() != 1 || !statement.readonly() {
            return Err("it is not one expression".to_owned());
        }
        drop(statement);
        Ok(sandbox)
    }

    /// Makes the statement ready for many records.
    pub(super) fn start(&mut self) -> Result<Running<'_>, String> {
        let statement = self.connection.prepare_cached(&self.sql).map_err(|e| sentence(&e))?;
        Ok(Running { statement, calls: &self.calls })
    }
}

/// A statement that runs on one record after the other.
pub(super) struct Running<'c> {
    statement: CachedStatement<'c>,
    calls: &'c AtomicU32,
}

impl Running<'_> {
    pub(super) fn null(&mut self, parameter: usize) -> Result<(), String> {
        self.statement.raw_bind_parameter(parameter, rusqlite::types::Null).map_err(|e| sentence(&e))
    }

    pub(super) fn integer(&mut self, parameter: usize, value: i64) -> Result<(), String> {
        self.statement.raw_bind_parameter(parameter, value).map_err(|e| sentence(&e))
    }

    pub(super) fn text(&mut self, parameter: usize, value: &str) -> Result<(), String> {
        self.statement.raw_bind_parameter(parameter, value).map_err(|e| sentence(&e))
    }

    /// Runs the statement once on what was bound; `SELECT NOT …` is turned back.
    pub(super) fn run(&mut self) -> Result<Option<bool>, String> {
        self.calls.store(0, Ordering::Relaxed);
        let mut rows = self.statement.raw_query();
        let row = rows.next().map_err(|e| sentence(&e))?.ok_or_else(|| "it gave no answer".to_owned())?;
        match row.get_ref(0).map_err(|e| sentence(&e))? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(n) => Ok(Some(n == 0)),
            _ => Err("it gave something else than true or false".to_owned()),
        }
    }
}

fn connect(moment: &Moment, patterns: &[Regex], calls: Arc<AtomicU32>) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_MEMORY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_in_memory_with_flags(flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_LENGTH)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_COLUMN, 16)?;
    connection.set_limit(Limit::SQLITE_LIMIT_COMPOUND_SELECT, 1)?;
    function::register(&connection, moment, patterns)?;
    connection.set_prepared_statement_cache_capacity(1);
    connection.progress_handler(STEPS, Some(move || calls.fetch_add(1, Ordering::Relaxed) >= MAX_CALLS))?;
    connection.authorizer(Some(authorize))?;
    Ok(connection)
}

fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select => Authorization::Allow,
        AuthAction::Function { function_name } if BUILT_IN.contains(&function_name) || function::NAMES.contains(&function_name) => {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

fn sentence(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(sql: &str) -> Result<Sandbox, String> {
        let moment = Moment { go_live: chrono::DateTime::UNIX_EPOCH, as_of: chrono::DateTime::UNIX_EPOCH, site: None };
        Sandbox::open(sql, &moment, &[])
    }

    #[test]
    fn the_sandbox_itself_refuses_what_the_parser_would_never_pass() {
        for attack in [
            "ATTACH 'x.db' AS x",
            "PRAGMA user_version",
            "PRAGMA writable_schema = 1",
            "CREATE TABLE t(a)",
            "SELECT load_extension('x')",
            "SELECT writefile('x', 'y')",
            "SELECT randomblob(10)",
            "SELECT random()",
            "SELECT zeroblob(1000000000)",
            "SELECT printf('%1000000000d', 1)",
            "SELECT date('now')",
            "SELECT sqlite_version()",
            "SELECT name FROM sqlite_schema",
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
            "SELECT 1, 2",
            "VACUUM INTO 'x'",
            "BEGIN",
            "DETACH main",
        ] {
            assert!(open(attack).is_err(), "{attack}");
        }
        assert!(open("SELECT NOT (?1 > 0)").is_ok());
    }
}
