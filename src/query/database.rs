//! Datasets in memory, and queries over them: only the columns that are read, bounded in memory and work.

use std::collections::BTreeMap;

use regex::Regex;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::types::{Null, ValueRef};
use rusqlite::{CachedStatement, Connection};

use super::bind::Bound;
use super::condition::{Column, Moment};
use super::function::Work;
use super::sandbox::{STEPS, bare, may_call, sentence};
use super::statement::{Compiled, Given, MOST_ENVIRONMENTS, Table, TableRead, quoted, schema};
use crate::value::{CellRef, Type};

/// How much a query may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all cells that are loaded.
    pub bytes: u64,
    /// Work of one query: steps of SQLite's machine and bytes that functions look at.
    pub work: u64,
}

impl Limits {
    /// What a check may take: half a gigabyte of cells, and some twenty seconds.
    pub const STANDARD: Self = Self { bytes: 512 << 20, work: 2_000_000_000 };
}

/// Bytes that SQLite may take in all, whatever a query does: beyond them it gives up with an error.
const MAX_HEAP: u64 = 2 << 30;

/// A database that is being filled.
pub struct Draft {
    connection: Connection,
    work: Work,
    limits: Limits,
    bytes: u64,
}

impl Draft {
    /// Makes empty tables for what the queries read.
    pub fn new(queries: &[&Compiled], columns: &[Table], moment: &Moment, limits: Limits) -> Result<Self, String> {
        let patterns: Vec<Regex> = queries.iter().flat_map(|q| q.patterns.iter().cloned()).collect();
        let work = Work::default();
        let connection = bare(moment, &patterns, &work).map_err(|e| sentence(&e))?;
        let draft = Self { connection, work, limits, bytes: 0 };
        draft.create(&reads_of(queries), columns).map_err(|e| sentence(&e))?;
        Ok(draft)
    }

    fn create(&self, reads: &[TableRead], columns: &[Table]) -> rusqlite::Result<()> {
        // Large sorts stay within the limit of memory and write no file. The limit is one of the whole process, and always the same.
        self.connection.execute_batch(&format!("PRAGMA hard_heap_limit = {MAX_HEAP}; PRAGMA temp_store = MEMORY;"))?;
        let mut attached = Vec::new();
        for read in reads {
            if !attached.contains(&&read.environment) {
                self.connection.execute_batch(&format!("ATTACH ':memory:' AS {}", schema(&read.environment)))?;
                attached.push(&read.environment);
            }
            let known = columns.iter().find(|t| t.environment == read.environment && t.dataset == read.dataset);
            let column = |name: &String| {
                let integer = known
                    .and_then(|t| t.columns.iter().find(|c| c.name == *name))
                    .is_some_and(|c| c.list.is_none() && matches!(c.kind, Type::Integer | Type::Boolean));
                format!("{} {}", quoted(name), if integer { "INTEGER" } else { "TEXT" })
            };
            let mut written: Vec<String> = read.columns.iter().map(column).collect();
            if written.is_empty() {
                // Rows that are only counted: a table needs a column, which no query can name.
                written.push("\"no column\" INTEGER".to_owned());
            }
            self.connection.execute_batch(&format!("CREATE TABLE {} ({})", name(read), written.join(", ")))?;
        }
        self.connection.execute_batch("BEGIN")
    }

    /// Begins to load a dataset; `columns` are those of [`TableRead::columns`] in their order.
    pub fn load(&mut self, read: &TableRead, columns: &[&Column]) -> Result<Loading<'_>, String> {
        let marks = vec!["?"; columns.len().max(1)].join(", ");
        let sql = format!("INSERT INTO {} VALUES ({marks})", name(read));
        let statement = self.connection.prepare_cached(&sql).map_err(|e| sentence(&e))?;
        let kinds = columns.iter().map(|c| (c.kind, c.list.is_some())).collect();
        Ok(Loading { statement, kinds, bytes: &mut self.bytes, limit: self.limits.bytes })
    }

    /// Closes it to everything but the queries.
    pub fn seal(self) -> Result<Database, String> {
        let Self { connection, work, limits, .. } = self;
        seal(connection, work, limits).map_err(|e| sentence(&e))
    }
}

fn seal(mut connection: Connection, work: Work, limits: Limits) -> rusqlite::Result<Database> {
    connection.execute_batch("COMMIT")?;
    connection.flush_prepared_statement_cache();
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    let watched = work.clone();
    connection.progress_handler(STEPS, Some(move || watched.spend(STEPS as u64) > limits.work))?;
    connection.authorizer(Some(authorize))?;
    Ok(Database { connection, work })
}

/// A query selects, reads the tables that were made for it, and calls the functions that it may; nothing else.
fn authorize(context: AuthContext<'_>) -> Authorization {
    let own = || context.database_name.is_some_and(|d| d.starts_with("env_"));
    match context.action {
        AuthAction::Select => Authorization::Allow,
        AuthAction::Read { table_name, .. } if own() && !table_name.starts_with("sqlite_") => Authorization::Allow,
        AuthAction::Function { function_name } if may_call(function_name) || matches!(function_name, "count" | "sum") => {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

/// What several queries read together, each dataset once, sorted.
pub fn reads_of(queries: &[&Compiled]) -> Vec<TableRead> {
    let mut all: BTreeMap<(&str, &str), TableRead> = BTreeMap::new();
    for read in queries.iter().flat_map(|q| &q.reads) {
        let known = all.entry((&read.environment, &read.dataset)).or_insert_with(|| read.clone());
        known.columns.extend(read.columns.iter().cloned());
    }
    all.into_values().collect()
}

fn name(read: &TableRead) -> String {
    format!("{}.{}", schema(&read.environment), quoted(&read.dataset))
}

/// A dataset that is being loaded.
pub struct Loading<'d> {
    statement: CachedStatement<'d>,
    kinds: Vec<(Type, bool)>,
    bytes: &'d mut u64,
    limit: u64,
}

impl Loading<'_> {
    /// Adds one record. An invalid or unresolved cell is an error: the caller decides before.
    pub fn push<'c>(&mut self, cells: impl Iterator<Item = CellRef<'c>>) -> Result<(), String> {
        for (i, (cell, &(kind, list))) in cells.zip(&self.kinds).enumerate() {
            let bound = match Bound::of(cell, kind, list)? {
                Bound::Null => self.statement.raw_bind_parameter(i + 1, Null),
                Bound::Integer(n) => self.statement.raw_bind_parameter(i + 1, n),
                Bound::Text(text) => {
                    *self.bytes += text.len() as u64;
                    self.statement.raw_bind_parameter(i + 1, text)
                }
            };
            bound.map_err(|e| sentence(&e))?;
            *self.bytes += 8;
        }
        if *self.bytes > self.limit {
            return Err(format!("it reads more than {} MB of cells", self.limit >> 20));
        }
        self.statement.raw_execute().map(|_| ()).map_err(|e| sentence(&e))
    }
}

/// Datasets in memory that can only be asked.
pub struct Database {
    connection: Connection,
    work: Work,
}

impl Database {
    /// The one number that a query gives; `None` for null.
    pub fn number(&self, query: &Compiled) -> Result<Option<i64>, String> {
        let (mut number, mut rows) = (None, 0);
        self.each(query, |row| {
            rows += 1;
            number = match row.get_ref(0) {
                Ok(ValueRef::Integer(n)) => Some(n),
                _ => None,
            };
        })?;
        if rows == 1 { Ok(number) } else { Err(format!("it gave {rows} rows instead of one number")) }
    }

    /// Gives every row, as canonical texts; `None` for null.
    pub fn rows(&self, query: &Compiled, mut visit: impl FnMut(Vec<Option<String>>)) -> Result<(), String> {
        let mut strange = false;
        self.each(query, |row| {
            let texts = query.columns.iter().enumerate().map(|(i, column)| match row.get_ref(i) {
                Ok(ValueRef::Null) => None,
                Ok(ValueRef::Integer(n)) if column.kind == Some(Type::Boolean) => Some((n != 0).to_string()),
                Ok(ValueRef::Integer(n)) => Some(n.to_string()),
                Ok(ValueRef::Text(text)) => Some(shown(text, column)),
                _ => {
                    strange = true;
                    None
                }
            });
            visit(texts.collect());
        })?;
        if strange { Err("it gave something that is neither text nor a whole number".to_owned()) } else { Ok(()) }
    }

    fn each(&self, query: &Compiled, mut visit: impl FnMut(&rusqlite::Row<'_>)) -> Result<(), String> {
        self.work.begin();
        let mut statement = self.connection.prepare(&query.sql).map_err(|e| sentence(&e))?;
        if !statement.readonly() || statement.column_count() != query.columns.len() {
            return Err("it is not one SELECT".to_owned());
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next().map_err(|e| sentence(&e))? {
            visit(row);
        }
        Ok(())
    }
}

/// A moment is kept in the form that sorts, and shown as it is stored.
fn shown(text: &[u8], column: &Given) -> String {
    let text = String::from_utf8_lossy(text);
    if column.kind == Some(Type::Datetime) && !column.list { format!("{text}Z") } else { text.into_owned() }
}

/// Has SQLite read a query over empty tables.
pub(super) fn try_out(query: &Compiled, tables: &[Table]) -> Result<(), String> {
    let environments: std::collections::BTreeSet<&str> = tables.iter().map(|t| t.environment.as_str()).collect();
    if environments.len() > MOST_ENVIRONMENTS {
        // Reported by the one who knows where each is named.
        return Ok(());
    }
    let unix = chrono::DateTime::UNIX_EPOCH;
    let moment = Moment { go_live: unix, as_of: unix, site: None };
    let database = Draft::new(&[query], tables, &moment, Limits::STANDARD)?.seal()?;
    database.connection.prepare(&query.sql).map(|_| ()).map_err(|e| sentence(&e))
}

#[cfg(test)]
#[path = "database_tests.rs"]
mod tests;
