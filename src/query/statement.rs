//! A query of a check file: read, typed against the datasets that it names, and written out for SQLite.

use std::collections::BTreeSet;

use regex::Regex;

use super::condition::{Column, ConditionProblem};
use super::syntax::{Query, TableName};
use super::token::{self, Language};
use super::typing::{self, Kind};
use super::{database, parser};
use crate::value::Type;

/// A query longer than this is refused.
const MAX_BYTES: usize = 20_000;
/// A query of more words than this is refused.
const MAX_WORDS: usize = 4_000;
/// Environments that the queries of one check may name: SQLite attaches no more.
pub const MOST_ENVIRONMENTS: usize = 10;

/// A query as written.
#[derive(Debug)]
pub struct Statement {
    text: String,
    query: Query,
    tables: Vec<TableName>,
}

/// What is known of a dataset that a query names.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// The environment; two names of one environment give the same here.
    pub environment: String,
    /// The dataset.
    pub dataset: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Columns that the system does not offer: no mistake of the query, but it cannot be run.
    pub not_offered: Vec<String>,
    /// True when nothing is known of its columns, which is reported elsewhere.
    pub opaque: bool,
}

/// A dataset that a query reads, with the columns that it reads of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRead {
    /// The environment.
    pub environment: String,
    /// The dataset.
    pub dataset: String,
    /// Names of its columns that are read; none when rows are only counted.
    pub columns: BTreeSet<String>,
}

/// A column that a query gives.
#[derive(Clone, Debug)]
pub struct Given {
    /// What it is called; `None` for an expression without `AS`.
    pub name: Option<String>,
    /// Its type; `None` when it is always null, or nothing is known of it.
    pub kind: Option<Type>,
    /// True when it holds lists.
    pub list: bool,
    /// Bytes of it in the SQL.
    pub place: (usize, usize),
}

/// A query that fits the datasets it names.
#[derive(Debug)]
pub struct Compiled {
    pub(super) sql: String,
    pub(super) patterns: Vec<Regex>,
    /// What it gives.
    pub columns: Vec<Given>,
    /// What it reads, in the order in which it names them, each dataset once.
    pub reads: Vec<TableRead>,
    /// True when it gives exactly one row, whatever the data.
    pub one_row: bool,
    /// False when it reads what nothing is known of: such a query cannot be run.
    pub known: bool,
}

impl Statement {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, Vec<ConditionProblem>> {
        let whole = |message: &str| vec![ConditionProblem::at(0, text.len(), message).help("split it into several checks")];
        if text.len() > MAX_BYTES {
            return Err(whole("this query is too long"));
        }
        if let Some(zero) = text.find('\0') {
            return Err(vec![ConditionProblem::at(zero, 1, "a query cannot contain a zero character")]);
        }
        let tokens = token::tokens(text, Language::Query).map_err(|p| vec![p])?;
        if tokens.is_empty() {
            let problem = ConditionProblem::at(0, text.len(), "this query is empty");
            return Err(vec![problem.help("such as SELECT count(*) FROM production.clinics")]);
        }
        if tokens.len() > MAX_WORDS {
            return Err(whole("this query has too many parts"));
        }
        let (query, tables) = parser::parse_query(text, &tokens).map_err(|p| vec![p])?;
        Ok(Self { text: text.to_owned(), query, tables })
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The datasets that it names, in their order; one may be there several times.
    pub fn tables(&self) -> &[TableName] {
        &self.tables
    }

    /// Types it against what is known of [`Statement::tables`], one for one. Of the queries that share a [`super::Database`],
    /// `before` are those compiled earlier. All problems that can be told apart are given.
    pub fn compile(&self, tables: &[Table], before: &[&Compiled]) -> Result<Compiled, Vec<ConditionProblem>> {
        let patterns = before.iter().map(|c| c.patterns.len()).sum();
        let typed = typing::check_query(&self.query, &self.text, &self.tables, tables, patterns)?;
        let columns = typed.columns.iter().map(given).collect();
        let mut reads: Vec<TableRead> = Vec::new();
        for (table, read) in tables.iter().zip(&typed.reads) {
            let names = read.iter().filter_map(|&c| table.columns.get(c)).map(|c| c.name.clone());
            match reads.iter_mut().find(|r| r.environment == table.environment && r.dataset == table.dataset) {
                Some(known) => known.columns.extend(names),
                None => reads.push(TableRead {
                    environment: table.environment.clone(),
                    dataset: table.dataset.clone(),
                    columns: names.collect(),
                }),
            }
        }
        let compiled = Compiled { sql: typed.sql, patterns: typed.patterns, columns, reads, one_row: typed.one_row, known: typed.known };
        if compiled.known && before.is_empty() {
            database::try_out(&compiled, tables).map_err(|why| {
                let problem = ConditionProblem::at(0, self.text.len(), format!("SQLite does not take this query: {why}"));
                vec![problem.help("write it more simply")]
            })?;
        }
        Ok(compiled)
    }
}

fn given(output: &typing::Output) -> Given {
    let (kind, list) = match output.kind {
        Kind::Unknown | Kind::Null => (None, false),
        Kind::Text => (Some(Type::Text), false),
        Kind::Integer => (Some(Type::Integer), false),
        Kind::Decimal => (Some(Type::Decimal), false),
        Kind::Boolean => (Some(Type::Boolean), false),
        Kind::Date => (Some(Type::Date), false),
        Kind::Time => (Some(Type::Time), false),
        Kind::Datetime => (Some(Type::Datetime), false),
        Kind::Json => (Some(Type::Json), false),
        Kind::List(of) => (Some(of), true),
    };
    Given { name: output.name.clone(), kind, list, place: (output.start, output.end) }
}

/// The schema of an environment in the database: a name that is none of SQLite's own.
pub(super) fn schema(environment: &str) -> String {
    quoted(&format!("env_{environment}"))
}

/// The table of a dataset in the database.
pub(super) fn stored(table: &Table) -> String {
    format!("{}.{}", schema(&table.environment), quoted(&table.dataset))
}

/// A name in SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;
