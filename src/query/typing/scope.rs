//! Names of a query: which tables and columns are visible where, and what is read of them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::condition::ConditionProblem;
use super::super::statement::Table;
use super::super::syntax::{Name, TableName};
use super::{Checker, Kind, Names, Value};
use crate::document::suggest;

/// Everything that names in a query may stand for.
pub(super) struct Scopes<'t> {
    pub(super) tables: &'t [Table],
    /// The same tables as the query names them.
    pub(super) written: &'t [TableName],
    /// Per table: positions of the columns that are read.
    pub(super) reads: Vec<BTreeSet<usize>>,
    /// True when something was read of which nothing is known.
    pub(super) unknown: bool,
    /// What `WITH` has named so far; the last of a name counts.
    pub(super) named: Vec<Defined>,
    /// The SELECTs around the place that is read, from the outermost.
    pub(super) frames: Vec<Frame>,
    /// How many short names were given out.
    pub(super) given: usize,
    /// How many sources SQLite has to read, with those that `WITH` repeats.
    pub(super) weight: usize,
    /// Words that SQLite may put in the place of a column of an inner SELECT, by its name in the SQL.
    pub(super) sizes: BTreeMap<String, usize>,
}

/// A column as an outer SELECT sees it.
#[derive(Clone)]
pub(super) struct Seen {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Words that SQLite may put in its place.
    pub(super) size: usize,
}

/// A SELECT that `WITH` named.
pub(super) struct Defined {
    pub(super) name: String,
    /// What it is called in the SQL.
    pub(super) sql: String,
    pub(super) columns: Vec<Seen>,
    pub(super) weight: usize,
}

/// One SELECT while it is read.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) sources: Vec<Visible>,
    /// SQL of what the rows are grouped by.
    pub(super) grouped: Vec<String>,
    /// Places of columns outside aggregates that are not grouped.
    pub(super) bare: Vec<(usize, usize)>,
    /// True where aggregates may stand.
    pub(super) allowed: bool,
    /// True within the brackets of an aggregate.
    pub(super) inside: bool,
    pub(super) aggregates: usize,
    /// Columns read within aggregates.
    pub(super) counted: usize,
}

/// A source of rows of one SELECT.
pub(super) struct Visible {
    /// What its columns are qualified with: the short name, or environment and dataset.
    pub(super) names: Vec<String>,
    /// What it is called in the SQL.
    pub(super) sql: String,
    pub(super) columns: Vec<Seen>,
    /// The table it is, when it is one.
    pub(super) table: Option<usize>,
    /// True for a name that stands for nothing, which is reported.
    pub(super) unknown: bool,
}

impl<'t> Scopes<'t> {
    pub(super) fn new(written: &'t [TableName], tables: &'t [Table]) -> Self {
        let reads = vec![BTreeSet::new(); tables.len()];
        Self { tables, written, reads, unknown: false, named: Vec::new(), frames: Vec::new(), given: 0, weight: 0, sizes: BTreeMap::new() }
    }

    /// True when nothing is known of a column of this source, which is then no mistake.
    fn unknown_column(&self, source: &Visible, column: &str) -> bool {
        let unknown = |t: &Table| t.opaque || t.not_offered.iter().any(|c| c.eq_ignore_ascii_case(column));
        source.unknown || source.table.and_then(|t| self.tables.get(t)).is_some_and(unknown)
    }

    /// Reads a column of a source of a frame; gives its SQL and type.
    fn read(&mut self, (frame, source, column): (usize, usize, usize), place: (usize, usize)) -> (String, Kind) {
        let frame = &mut self.frames[frame];
        let source = &frame.sources[source];
        let Seen { name, kind, .. } = &source.columns[column];
        // The columns of a SELECT are called c0, c1, … in the SQL, those of a table by their names.
        let sql = if source.table.is_some() { format!("{}.\"{name}\"", source.sql) } else { format!("{}.c{column}", source.sql) };
        if let Some(reads) = source.table.and_then(|t| self.reads.get_mut(t)) {
            reads.insert(column);
        }
        if frame.inside {
            frame.counted += 1;
        } else if !frame.grouped.contains(&sql) {
            frame.bare.push(place);
        }
        (sql, *kind)
    }

    /// How many words SQL has with the expressions that SQLite may put in the place of names.
    pub(super) fn expanded(&self, sql: &str) -> usize {
        let words = sql.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))).filter(|w| !w.is_empty());
        words.map(|word| self.sizes.get(word).copied().unwrap_or(1)).fold(0, usize::saturating_add)
    }

    fn columns(&self) -> impl Iterator<Item = &str> + Clone {
        self.frames.iter().rev().flat_map(|f| &f.sources).flat_map(|s| &s.columns).map(|c| c.name.as_str())
    }
}

fn position(source: &Visible, column: &str) -> Option<usize> {
    source.columns.iter().position(|c| c.name.eq_ignore_ascii_case(column))
}

impl Checker<'_> {
    /// How many columns of the innermost SELECT are neither grouped nor aggregated so far.
    pub(super) fn ungrouped(&self) -> usize {
        match &self.names {
            Names::Query(scopes) => scopes.frames.last().map_or(0, |f| f.bare.len()),
            Names::Record { .. } => 0,
        }
    }

    /// Forgives the columns of a part by which the rows are grouped.
    pub(super) fn grouped(&mut self, part: &Value, before: usize) {
        if let Names::Query(scopes) = &mut self.names
            && let Some(frame) = scopes.frames.last_mut()
            && frame.grouped.contains(&part.sql)
        {
            frame.bare.truncate(before);
        }
    }

    /// A column by its name alone: of the innermost SELECT that has one of that name.
    pub(super) fn plain(&mut self, name: &str, quoted: bool, value: Value) -> Value {
        let Names::Query(scopes) = &mut self.names else { return value };
        for f in (0..scopes.frames.len()).rev() {
            let sources = &scopes.frames[f].sources;
            let found: Vec<(usize, usize)> =
                sources.iter().enumerate().filter_map(|(s, source)| Some((s, position(source, name)?))).collect();
            if let [(source, column)] = found[..] {
                let (sql, kind) = scopes.read((f, source, column), (value.start, value.end));
                return Value { kind, sql, ..value };
            }
            if !found.is_empty() {
                let ways: Vec<String> = found.iter().map(|(s, _)| format!("{}.{name}", sources[*s].names.join("."))).collect();
                self.problem(&value, format!("several tables have a column `{name}`"), format!("write {}", ways.join(" or ")));
                return value;
            }
            if sources.iter().any(|s| scopes.unknown_column(s, name)) {
                scopes.unknown = true;
                return value;
            }
        }
        let help = match suggest::nearest(name, scopes.columns()) {
            None if quoted => format!("text stands in single quotes: '{}'", name.replace('\'', "''")),
            _ => known(name, scopes.columns()),
        };
        self.problem(&value, format!("there is no column `{name}`"), help);
        value
    }

    /// A column with the name of its table.
    pub(super) fn qualified(&mut self, path: &[Name], value: Value) -> Value {
        let Names::Query(scopes) = &mut self.names else { return value };
        let Some((column, table)) = path.split_last() else { return value };
        let same = |source: &Visible| {
            let names = &source.names[source.names.len().saturating_sub(table.len())..];
            names.len() == table.len() && names.iter().zip(table).all(|(a, b)| a.eq_ignore_ascii_case(&b.text))
        };
        let found = (0..scopes.frames.len()).rev().find_map(|f| Some((f, scopes.frames[f].sources.iter().position(same)?)));
        let Some((f, s)) = found else {
            let shown = table.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join(".");
            let names: Vec<String> = scopes.frames.iter().rev().flat_map(|f| &f.sources).map(|s| s.names.join(".")).collect();
            let help = known(&shown, names.iter().map(String::as_str));
            let (start, end) = (value.start, table.last().map_or(value.end, |n| n.end));
            self.problems.push(ConditionProblem::at(start, end - start, format!("nothing is called `{shown}` here")).help(help));
            return value;
        };
        let source = &scopes.frames[f].sources[s];
        if let Some(at) = position(source, &column.text) {
            let (sql, kind) = scopes.read((f, s, at), (value.start, value.end));
            return Value { kind, sql, ..value };
        }
        if scopes.unknown_column(source, &column.text) {
            scopes.unknown = true;
            return value;
        }
        let called = source.names.join(".");
        let help = known(&column.text, source.columns.iter().map(|c| c.name.as_str()));
        let problem = ConditionProblem::at(column.start, column.end - column.start, format!("`{called}` has no column `{}`", column.text));
        self.problems.push(problem.help(help));
        value
    }
}

/// The nearest name, or all of them once.
fn known<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<&str> = names.collect();
    suggest::nearest_or_all(typed, names.iter().copied())
}
