//! What every format gives its rows to: counts them, drops repeats, and knows which columns selected nothing.

use std::collections::{BTreeSet, HashSet};

use xxhash_rust::xxh3::xxh3_128;

use crate::source::{RawRow, SourceError};
use crate::system::{Dataset, Source};
use crate::value::{Raw, SourceEntry};

/// Largest text of one cell, in bytes.
const CELL_LIMIT: usize = 16 << 20;
/// Records that are searched for the names near a path that selects nothing.
const RECORDS_EXPLAINED: u32 = 50;
/// Names that are kept per column for that.
const NAMES_KEPT: usize = 200;
/// Names that a reason shows.
const NAMES_SHOWN: usize = 5;

/// Receives the rows of a dataset.
pub(super) struct Rows<'a> {
    sink: &'a mut dyn FnMut(RawRow) -> Result<(), SourceError>,
    /// Rows given so far.
    pub(super) count: u64,
    /// Files read so far.
    pub(super) sources: Vec<SourceEntry>,
    selected: Vec<bool>,
    id_selected: bool,
    nearby: Vec<Nearby>,
    levels: Vec<Level>,
    seen: HashSet<u128>,
    scratch: Vec<u8>,
}

/// The names that stand where a column's source selected nothing.
#[derive(Clone, Debug, Default)]
struct Nearby {
    wanted: String,
    names: BTreeSet<String>,
    records: u32,
}

/// What is known of one of the paths that cut documents into rows.
#[derive(Clone, Debug, Default)]
struct Level {
    tried: u64,
    found: bool,
    nearby: Nearby,
}

impl<'a> Rows<'a> {
    /// Gives rows of that many columns to `sink`.
    pub(super) fn new(columns: usize, sink: &'a mut dyn FnMut(RawRow) -> Result<(), SourceError>) -> Self {
        Self {
            sink,
            count: 0,
            sources: Vec::new(),
            selected: vec![false; columns],
            id_selected: false,
            nearby: vec![Nearby::default(); columns],
            levels: Vec::new(),
            seen: HashSet::new(),
            scratch: Vec::new(),
        }
    }

    /// One row of `dataset`.
    pub(super) fn give(&mut self, dataset: &Dataset, row: RawRow) -> Result<(), SourceError> {
        for (i, cell) in row.cells.iter().enumerate() {
            match cell {
                Raw::Absent => continue,
                Raw::Text(text) if text.len() > CELL_LIMIT => {
                    let name = dataset.columns.get(i).map_or("", |c| c.name.value.as_str());
                    return Err(SourceError::new(
                        format!("the value of `{name}` is larger than 16 MiB"),
                        row.origin,
                        "leave the column out of the definition, or shorten it in the export",
                    ));
                }
                _ => {}
            }
            self.selected[i] = true;
        }
        self.id_selected |= row.id != Raw::Absent;
        if dataset.read.distinct && !self.is_new(dataset, &row) {
            return Ok(());
        }
        self.count += 1;
        (self.sink)(row)
    }

    /// Whether no row like this one was given before. Its position does not count: it is that of the first.
    fn is_new(&mut self, dataset: &Dataset, row: &RawRow) -> bool {
        self.scratch.clear();
        for (column, cell) in dataset.columns.iter().zip(&row.cells) {
            if !matches!(column.from, Source::Position) {
                push_raw(&mut self.scratch, cell);
            }
        }
        if !matches!(dataset.id, Some(Source::Position)) {
            push_raw(&mut self.scratch, &row.id);
        }
        self.seen.insert(xxh3_128(&self.scratch))
    }

    /// Whether it is still worth telling which names stand where column `i` selected nothing.
    pub(super) fn wants_names(&self, i: usize) -> bool {
        !self.selected[i] && self.nearby[i].records < RECORDS_EXPLAINED
    }

    /// Tells the names that stand where column `i` wanted `wanted`.
    pub(super) fn saw_names<'n>(&mut self, i: usize, wanted: &str, names: impl Iterator<Item = &'n str>) {
        self.nearby[i].saw(wanted, names);
    }

    /// Whether the path of a level of rows has not found its place in any node so far.
    pub(super) fn seeks_level(&mut self, level: usize) -> bool {
        self.levels.resize(self.levels.len().max(level + 1), Level::default());
        self.levels[level].tried += 1;
        !self.levels[level].found
    }

    /// The path of a level found its place, though there may be no rows in it.
    pub(super) fn found_level(&mut self, level: usize) {
        self.levels[level].found = true;
    }

    /// Tells the names that stand where the path of a level wanted `wanted`.
    pub(super) fn saw_level_names<'n>(&mut self, level: usize, wanted: &str, names: impl Iterator<Item = &'n str>) {
        let nearby = &mut self.levels[level].nearby;
        if nearby.records < RECORDS_EXPLAINED {
            nearby.saw(wanted, names);
        }
    }

    /// A path for rows that found its place nowhere is as likely mistyped as there are no rows: the part is unread,
    /// unless its definition says that none may be there. Forgets the levels, for the next part.
    pub(super) fn require_levels(&mut self, part: &Dataset) -> Result<(), SourceError> {
        for (level, path) in std::mem::take(&mut self.levels).into_iter().zip(&part.read.rows) {
            if !level.found && part.none_means_empty.is_none() {
                let what = format!("`{}` selects no rows in any of {} documents{}", path.as_str(), level.tried, level.nearby.shown());
                let advice = "correct `rows:`, or say `none: {means: empty, reason: …}` if there may be none";
                return Err(SourceError::new(what, part.read.pattern.value.clone(), advice));
            }
        }
        Ok(())
    }

    /// Per column, why nothing was read from it in any row; `None` when something was, or need not be.
    pub(super) fn unread(&self, dataset: &Dataset) -> Vec<Option<String>> {
        dataset
            .columns
            .iter()
            .enumerate()
            .map(|(i, column)| {
                (self.count > 0 && !self.selected[i] && !column.optional).then(|| {
                    let near = self.nearby[i].shown();
                    match &column.from {
                        Source::Heading(heading) => format!("there is no heading `{}`{near}", heading.value),
                        Source::Path(path) | Source::Outer { path, .. } => {
                            format!("`{}` selects nothing in any of {} records{near}", path.value.as_str(), self.count)
                        }
                        Source::Member => "no row is in a member of an object".to_owned(),
                        Source::Position | Source::File(_) => "nothing was read".to_owned(),
                    }
                })
            })
            .collect()
    }

    /// References are followed by the surrogate id: a dataset whose id cannot be read is unread.
    pub(super) fn require_id(&self, dataset: &Dataset) -> Result<(), SourceError> {
        let source = match &dataset.id {
            Some(Source::Heading(heading)) => heading.value.as_str(),
            Some(Source::Path(path) | Source::Outer { path, .. }) => path.value.as_str(),
            _ => return Ok(()),
        };
        if self.count == 0 || self.id_selected {
            return Ok(());
        }
        Err(SourceError::new(
            format!("the surrogate id `{source}` is in none of {} records", self.count),
            dataset.read.pattern.value.clone(),
            "correct `id:` of the dataset, or take it out if the system keeps none",
        ))
    }
}

impl Nearby {
    fn saw<'n>(&mut self, wanted: &str, names: impl Iterator<Item = &'n str>) {
        self.wanted = wanted.to_owned();
        self.records += 1;
        for name in names {
            if self.names.len() < NAMES_KEPT && !self.names.contains(name) {
                self.names.insert(name.to_owned());
            }
        }
    }

    fn shown(&self) -> String {
        if self.names.is_empty() {
            return String::new();
        }
        let wanted = self.wanted.to_lowercase();
        let mut names: Vec<_> = self.names.iter().map(|n| (strsim::damerau_levenshtein(&wanted, &n.to_lowercase()), n)).collect();
        names.sort_unstable();
        let shown: Vec<String> = names.iter().take(NAMES_SHOWN).map(|(_, n)| format!("`{n}`")).collect();
        let more = if names.len() > NAMES_SHOWN { format!(" and {} more", names.len() - NAMES_SHOWN) } else { String::new() };
        format!("; what is there: {}{more}", shown.join(", "))
    }
}

/// Bytes by which equal raw values, and only they, are equal.
fn push_raw(out: &mut Vec<u8>, raw: &Raw) {
    let mut text = |tag: u8, text: &str| {
        out.push(tag);
        out.extend_from_slice(&(text.len() as u64).to_le_bytes());
        out.extend_from_slice(text.as_bytes());
    };
    match raw {
        Raw::Absent => out.push(0),
        Raw::Null => out.push(1),
        Raw::Text(t) => text(2, t),
        Raw::Number(t) => text(3, t),
        Raw::Boolean(b) => out.extend_from_slice(&[4, u8::from(*b)]),
        Raw::Moment(m) => text(5, &m.to_string()),
        Raw::Broken(t) => text(6, t),
        Raw::Document(v) => text(7, &crate::value::canonical_json(v)),
        Raw::Many(items) => {
            out.push(8);
            out.extend_from_slice(&(items.len() as u64).to_le_bytes());
            for item in items {
                push_raw(out, item);
            }
        }
    }
}
