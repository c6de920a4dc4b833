//! A signed-off list as typed cells, and what is wrong with it.

use std::collections::{BTreeSet, HashMap};

use crate::document::{At, Problems, suggest};
use crate::snapshot::DatasetEntry;
use crate::system::Dataset;
use crate::value::{self, Cell, Key, ListKind, Moments, Raw, State, Type};

use super::super::super::evidence::List;
use super::{ladder, rung_within};

/// Mistakes of one list that are named; more of the same kind help nobody.
const SHOWN: usize = 10;

/// One row of a list.
pub(super) struct ExpectedRow {
    /// Its line in the file.
    pub(super) line: u64,
    /// Its cells in the order of the headings.
    pub(super) cells: Vec<Cell>,
    /// Its key, of the rung that the headings hold.
    pub(super) key: Key,
}

/// A list ready to be looked for.
pub(super) struct Expected<'l> {
    pub(super) headings: &'l [String],
    /// Which headings are the key, in its order.
    pub(super) key: Vec<usize>,
    pub(super) rows: Vec<ExpectedRow>,
    /// Rows by key parts.
    by_key: HashMap<Vec<String>, usize>,
}

impl Expected<'_> {
    /// The row with these key parts; `parts` is a buffer that the caller keeps.
    pub(super) fn find(&self, parts: &[String]) -> Option<usize> {
        self.by_key.get(parts).copied()
    }
}

/// A list's text as a cell of the column's type. Lists within a cell are separated by `;`.
fn cell(text: &str, kind: Type, list: Option<ListKind>) -> Cell {
    value::cell(&Raw::Text(text.to_owned()), kind, list.map(|l| (l, Some(";"))), None, &Moments::default())
}

/// Types a list against the columns of a snapshot.
pub(super) fn expected<'l>(list: &'l List, entry: &DatasetEntry, columns: &[usize]) -> Result<Expected<'l>, String> {
    let (rung, key) = rung_within(ladder(entry), &list.headings).ok_or_else(|| no_key(ladder(entry)))?;
    let mut rows = Vec::with_capacity(list.rows.len());
    let mut by_key = HashMap::with_capacity(list.rows.len());
    for (line, texts) in &list.rows {
        if texts.len() != list.headings.len() {
            return Err(format!("line {line} has {} cells, the heading {}", texts.len(), list.headings.len()));
        }
        let mut cells = Vec::with_capacity(texts.len());
        for (text, &column) in texts.iter().zip(columns) {
            let column = &entry.columns[column];
            let cell = cell(text, column.kind, column.list);
            if cell.state == State::Invalid {
                return Err(format!("line {line}: `{text}` is not of the type of `{}`, {}", column.name, column.kind.word()));
            }
            cells.push(cell);
        }
        if key.iter().any(|&c| cells[c].state != State::Value) {
            return Err(format!("line {line} has no key"));
        }
        let owned: Vec<String> = key.iter().map(|&c| cells[c].text.clone()).collect();
        let key = Key { rung, parts: owned.clone() };
        if by_key.insert(owned, rows.len()).is_some() {
            return Err(format!("line {line} repeats the key {key}"));
        }
        rows.push(ExpectedRow { line: *line, cells, key });
    }
    Ok(Expected { headings: &list.headings, key, rows, by_key })
}

fn no_key<'k>(ladder: impl Iterator<Item = Vec<&'k str>>) -> String {
    let rungs: Vec<String> = ladder.map(|rung| rung.join(" and ")).collect();
    format!("its headings hold no whole key: {}", rungs.join(", or "))
}

/// Reports what is wrong with a list, at the place that quotes it.
pub(super) fn lint(list: &List, quoted: &At<String>, dataset: &Dataset, problems: &mut Problems) {
    let path = &quoted.value;
    let mut known = true;
    let mut seen = BTreeSet::new();
    for heading in &list.headings {
        if !seen.insert(heading) {
            problems.add(&quoted.place, format!("{path} has two headings `{heading}`")).help("remove one of the two columns");
            known = false;
        }
        if dataset.column(heading).is_none() && !dataset.not_offered.contains_key(heading) {
            let help = suggest::nearest_or_all(heading, dataset.columns.iter().map(|c| c.name.value.as_str()));
            problems.add(&quoted.place, format!("{path}: the heading `{heading}` is no column of `{}`", dataset.name.value)).help(help);
            known = false;
        }
    }
    let ladder = || dataset.key.iter().map(|rung| rung.iter().map(|c| c.value.as_str()).collect::<Vec<_>>());
    let Some((_, key)) = rung_within(ladder(), &list.headings) else {
        if known {
            problems.add(&quoted.place, format!("{path}: {}", no_key(ladder()))).help("add the missing headings to the list");
        }
        return;
    };
    let mut mistakes: Vec<String> = Vec::new();
    let mut lines: HashMap<Vec<&str>, u64> = HashMap::new();
    for (line, texts) in &list.rows {
        if texts.len() != list.headings.len() {
            mistakes.push(format!("line {line} has {} cells, the heading {}", texts.len(), list.headings.len()));
            continue;
        }
        for (text, heading) in texts.iter().zip(&list.headings) {
            let Some(column) = dataset.column(heading) else { continue };
            if cell(text, column.kind, column.list.as_ref().map(|l| l.kind)).state == State::Invalid {
                mistakes.push(format!("line {line}: `{text}` is not of the type of `{heading}`, {}", column.kind.word()));
            }
        }
        let parts: Vec<&str> = key.iter().map(|&c| texts[c].as_str()).collect();
        if parts.iter().any(|p| p.trim().is_empty()) {
            mistakes.push(format!("line {line} has no key"));
        } else if let Some(first) = lines.insert(parts, *line) {
            mistakes.push(format!("line {line} repeats the key of line {first}"));
        }
    }
    let more = mistakes.len().saturating_sub(SHOWN);
    for mistake in mistakes.into_iter().take(SHOWN) {
        problems.add(&quoted.place, format!("{path}: {mistake}")).help("correct the list, and have it signed again");
    }
    if more > 0 {
        problems.add(&quoted.place, format!("{path} has {more} more mistakes like these"));
    }
}
