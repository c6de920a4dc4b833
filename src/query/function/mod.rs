//! Functions that SQLite lacks, gets wrong, or lets run without end.

mod aggregate;
pub(super) mod decimal;
mod list;
pub(super) mod moment;
pub(super) mod text;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use regex::Regex;
use rusqlite::functions::{Context, FunctionFlags, SqlFnOutput};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Result};

use super::condition::Moment;

/// Names of all functions that are registered.
pub(super) const NAMES: &[&str] = &[
    "as_of",
    "decimal_abs",
    "decimal_add",
    "decimal_avg",
    "decimal_compare",
    "decimal_divide",
    "decimal_greatest",
    "decimal_least",
    "decimal_max",
    "decimal_min",
    "decimal_multiply",
    "decimal_remainder",
    "decimal_round",
    "decimal_subtract",
    "decimal_sum",
    "go_live",
    "integer_add",
    "integer_multiply",
    "integer_remainder",
    "integer_subtract",
    "list_has",
    "list_items",
    "lower",
    "moment_date",
    "moment_datetime",
    "moment_julianday",
    "moment_time",
    "site",
    "text_concat",
    "text_instr",
    "text_join",
    "text_like",
    "text_ltrim",
    "text_regexp",
    "text_replace",
    "text_rtrim",
    "text_trim",
    "upper",
];

/// Work done since a statement began: steps of SQLite's machine, and bytes that functions looked at. Without it, a function that is
/// given texts of megabytes would take hours in few steps. Counted and not timed, so that the same query ends the same way everywhere.
#[derive(Clone, Debug, Default)]
pub(super) struct Work(Arc<AtomicU64>);

impl Work {
    /// Begins anew.
    pub(super) fn begin(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Adds work; gives all of it.
    pub(super) fn spend(&self, steps: u64) -> u64 {
        self.0.fetch_add(steps, Ordering::Relaxed).saturating_add(steps)
    }
}

/// Registers them all.
pub(super) fn register(connection: &Connection, moment: &Moment, patterns: &[Regex], work: &Work) -> Result<()> {
    aggregate::register(connection, work)?;
    decimal::register(connection)?;
    list::register(connection)?;
    moment::register(connection, moment)?;
    text::register(connection, patterns, work)
}

/// Registers one pure function; `count` is -1 for any number of arguments.
fn add<T: SqlFnOutput>(
    connection: &Connection,
    name: &str,
    count: i32,
    run: impl Fn(&Context<'_>) -> Result<T> + Send + 'static,
) -> Result<()> {
    debug_assert!(NAMES.contains(&name), "{name} is not in the list that the authorizer allows");
    connection.create_scalar_function(name, count, FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC, run)
}

/// An error that the user reads.
fn error(message: impl Into<String>) -> Error {
    Error::UserFunctionError(message.into().into())
}

/// An argument as text; `None` for null.
fn text_of<'a>(context: &'a Context<'_>, i: usize) -> Result<Option<&'a str>> {
    match context.get_raw(i) {
        ValueRef::Null => Ok(None),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map(Some).map_err(|_| error("this text is no UTF-8")),
        _ => Err(error("text was expected")),
    }
}

/// An argument as a whole number; `None` for null.
fn integer_of(context: &Context<'_>, i: usize) -> Result<Option<i64>> {
    match context.get_raw(i) {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(n) => Ok(Some(n)),
        _ => Err(error("a whole number was expected")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_registered() {
        let connection = Connection::open_in_memory().unwrap();
        register(
            &connection,
            &Moment { go_live: chrono::DateTime::UNIX_EPOCH, as_of: chrono::DateTime::UNIX_EPOCH, site: None },
            &[],
            &Work::default(),
        )
        .unwrap();
        for name in NAMES {
            let known: i64 = connection
                .query_row("SELECT count(*) FROM pragma_function_list WHERE name = ?1 AND builtin = 0", [name], |r| r.get(0))
                .unwrap();
            assert!(known > 0, "{name}");
        }
    }
}
