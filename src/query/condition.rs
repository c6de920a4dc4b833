//! `where` and `that`: one condition over one record.

use chrono::{DateTime, Utc};
use regex::Regex;

use super::bind::Bound;
use super::sandbox::{Running, Sandbox};
use super::token::{self, Language};
use super::{parser, typing};
use crate::value::{CellRef, ListKind, Type};

/// A condition longer than this is refused.
const MAX_BYTES: usize = 20_000;
/// A condition of more words than this is refused.
const MAX_WORDS: usize = 2_000;

/// A column that a condition may read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: Type,
    /// Set when the cell holds several values (a JSON array as text).
    pub list: Option<ListKind>,
}

/// What `go_live()`, `as_of()` and `site()` give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What we judge for.
    pub go_live: DateTime<Utc>,
    /// When we judge.
    pub as_of: DateTime<Utc>,
    /// The site.
    pub site: Option<String>,
}

/// What is wrong with a condition, at its place in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionProblem {
    /// Byte offset in the text.
    pub offset: usize,
    /// Length in bytes (at least 1 where there is text).
    pub length: usize,
    /// What is wrong.
    pub message: String,
    /// What to do, such as the nearest name.
    pub help: Option<String>,
}

impl ConditionProblem {
    pub(super) fn at(offset: usize, length: usize, message: impl Into<String>) -> Self {
        Self { offset, length: length.max(1), message: message.into(), help: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }
}

/// A checked condition.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    sql: String,
    kinds: Vec<(usize, Type, bool)>,
    reads: Vec<usize>,
    patterns: Vec<Regex>,
}

impl Condition {
    /// Checks a condition against the columns it may read. All problems that can be told apart are given.
    pub fn compile(text: &str, columns: &[Column]) -> Result<Self, Vec<ConditionProblem>> {
        let whole = |message: &str| vec![ConditionProblem::at(0, text.len(), message).help("split it into several checks")];
        if text.len() > MAX_BYTES {
            return Err(whole("this condition is too long"));
        }
        if let Some(zero) = text.find('\0') {
            return Err(vec![ConditionProblem::at(zero, 1, "a condition cannot contain a zero character")]);
        }
        let tokens = token::tokens(text, Language::Condition).map_err(|p| vec![p])?;
        if tokens.is_empty() {
            return Err(vec![
                ConditionProblem::at(0, text.len(), "this condition is empty").help("name a column and what must be true of it"),
            ]);
        }
        if tokens.len() > MAX_WORDS {
            return Err(whole("this condition has too many parts"));
        }
        let expr = parser::parse(text, &tokens).map_err(|p| vec![p])?;
        let typed = typing::check(&expr, text, columns)?;
        let kinds = typed.reads.iter().map(|&i| (i + 1, columns[i].kind, columns[i].list.is_some())).collect();
        // NOT is evaluated once and keeps the three values of SQL: true, false and null.
        let sql = format!("SELECT NOT {}", typed.sql);
        let condition = Self { text: text.to_owned(), sql, kinds, reads: typed.reads, patterns: typed.patterns };
        let probe = Moment { go_live: DateTime::UNIX_EPOCH, as_of: DateTime::UNIX_EPOCH, site: None };
        condition.evaluator(&probe).map_err(|why| {
            vec![ConditionProblem::at(0, text.len(), format!("SQLite does not take this condition: {why}")).help("write it more simply")]
        })?;
        Ok(condition)
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Indexes (into the columns given) of the columns it reads, ascending; never empty.
    pub fn reads(&self) -> &[usize] {
        &self.reads
    }

    /// Makes it ready to run.
    pub fn evaluator(&self, moment: &Moment) -> Result<Evaluator, String> {
        Ok(Evaluator { sandbox: Sandbox::open(&self.sql, moment, &self.patterns)?, kinds: self.kinds.clone() })
    }
}

/// A condition ready to run on many records. It can be sent to another thread.
pub struct Evaluator {
    sandbox: Sandbox,
    /// Per cell: number of the parameter, type, whether it is a list.
    kinds: Vec<(usize, Type, bool)>,
}

impl Evaluator {
    /// Begins a run over many records: what is the same for all of them is done once.
    pub fn start(&mut self) -> Result<Run<'_>, String> {
        Ok(Run { running: self.sandbox.start()?, kinds: &self.kinds })
    }

    /// Runs it on one record; see [`Run::test`], which is faster for many.
    pub fn test(&mut self, cells: &[CellRef<'_>]) -> Result<Option<bool>, String> {
        self.start()?.test(cells)
    }
}

/// A run of a condition over many records.
pub struct Run<'e> {
    running: Running<'e>,
    kinds: &'e [(usize, Type, bool)],
}

impl Run<'_> {
    /// Runs the condition on the cells of the columns that [`Condition::reads`] lists, in that order.
    /// `Ok(None)` is SQL's null. An invalid or unresolved cell is an error: the caller decides before asking.
    /// Cells that are absent, null or empty are null; an empty list has no items.
    pub fn test(&mut self, cells: &[CellRef<'_>]) -> Result<Option<bool>, String> {
        if cells.len() != self.kinds.len() {
            return Err(format!("{} cells given where {} are read", cells.len(), self.kinds.len()));
        }
        for (cell, &(parameter, kind, list)) in cells.iter().zip(self.kinds) {
            match Bound::of(*cell, kind, list)? {
                Bound::Null => self.running.null(parameter)?,
                Bound::Integer(n) => self.running.integer(parameter, n)?,
                Bound::Text(text) => self.running.text(parameter, text)?,
            }
        }
        self.running.run()
    }
}

#[cfg(test)]
#[path = "condition_tests.rs"]
mod tests;
