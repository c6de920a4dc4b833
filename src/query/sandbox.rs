//! A connection that can only compute: no tables, an authorizer, allowed functions, limits.

use regex::Regex;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{CachedStatement, Connection, OpenFlags};

use super::condition::Moment;
use super::function::{self, Work};

/// Longest text or intermediate result, in bytes.
pub(super) const MAX_LENGTH: i32 = 16 << 20;
/// Steps of SQLite's machine between two looks at the work that was done.
pub(super) const STEPS: i32 = 10_000;
/// Work after which one record has taken too long. A condition has no loops: only texts of many megabytes get there.
const MAX_WORK: u64 = 500_000_000;

/// What SQLite itself offers and a condition may use; own functions are in [`function::NAMES`].
const BUILT_IN: &[&str] = &["abs", "coalesce", "ifnull", "iif", "length", "max", "min", "nullif", "substr"];

/// One statement on a connection of its own.
pub(super) struct Sandbox {
    connection: Connection,
    sql: String,
    work: Work,
}

impl Sandbox {
    /// Opens a connection that can run `sql`, a statement that gives one number or null, and nothing else.
    pub(super) fn open(sql: &str, moment: &Moment, patterns: &[Regex]) -> Result<Self, String> {
        let work = Work::default();
        let connection = connect(moment, patterns, &work).map_err(|e| sentence(&e))?;
        let sandbox = Self { connection, sql: sql.to_owned(), work };
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
        Ok(Running { statement, work: &self.work })
    }
}

/// A statement that runs on one record after the other.
pub(super) struct Running<'c> {
    statement: CachedStatement<'c>,
    work: &'c Work,
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
        self.work.begin();
        let mut rows = self.statement.raw_query();
        let row = rows.next().map_err(|e| sentence(&e))?.ok_or_else(|| "it gave no answer".to_owned())?;
        match row.get_ref(0).map_err(|e| sentence(&e))? {
            ValueRef::Null => Ok(None),
            ValueRef::Integer(n) => Ok(Some(n == 0)),
            _ => Err("it gave something else than true or false".to_owned()),
        }
    }
}

/// A connection in memory that takes nothing for text but text, with own functions and limits of length.
pub(super) fn bare(moment: &Moment, patterns: &[Regex], work: &Work) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_MEMORY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_in_memory_with_flags(flags)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, MAX_LENGTH)?;
    connection.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, 1 << 20)?;
    connection.set_limit(Limit::SQLITE_LIMIT_WORKER_THREADS, 0)?;
    function::register(&connection, moment, patterns, work)?;
    Ok(connection)
}

fn connect(moment: &Moment, patterns: &[Regex], work: &Work) -> rusqlite::Result<Connection> {
    let mut connection = bare(moment, patterns, work)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_COLUMN, 16)?;
    connection.set_limit(Limit::SQLITE_LIMIT_COMPOUND_SELECT, 1)?;
    connection.set_prepared_statement_cache_capacity(1);
    let work = work.clone();
    connection.progress_handler(STEPS, Some(move || work.spend(STEPS as u64) > MAX_WORK))?;
    connection.authorizer(Some(authorize))?;
    Ok(connection)
}

fn authorize(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Select => Authorization::Allow,
        AuthAction::Function { function_name } if may_call(function_name) => Authorization::Allow,
        _ => Authorization::Deny,
    }
}

/// True for the functions that an expression may use.
pub(super) fn may_call(function: &str) -> bool {
    BUILT_IN.contains(&function) || function::NAMES.contains(&function)
}

/// What SQLite says, in words for the user.
pub(super) fn sentence(error: &rusqlite::Error) -> String {
    use rusqlite::ErrorCode::{OperationInterrupted, OutOfMemory, TooBig};
    match error {
        rusqlite::Error::SqliteFailure(e, _) if e.code == OperationInterrupted => "it takes too much work: it was stopped".to_owned(),
        rusqlite::Error::SqliteFailure(e, _) if e.code == OutOfMemory => "it needs too much memory: it was stopped".to_owned(),
        rusqlite::Error::SqliteFailure(e, _) if e.code == TooBig => "a text in it is too big".to_owned(),
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
