//! One dataset from its files to its table: rows are read and typed once, kept until all references can be followed, then
//! keyed, sorted and written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::source::{RawRow, ReadSummary, SourceError};
use crate::system::Dataset;
use crate::value::{self, Cell, ListKind, Moments, State, Type};

use super::complete;
use super::draft::TableDraft;
use super::entry;
use super::ladder::{Census, Ladder, Shared};
use super::manifest::{Completeness, DatasetEntry};
use super::measure::Tally;
use super::references::{Ids, Target};
use super::row::{push_cell, push_id, read_row};
use super::spool::Spool;
use super::store::SnapshotError;

/// How the rows of a dataset are read; one per protocol. An error means that the dataset is unread.
pub(super) type Reader =
    fn(&Dataset, &Path, Option<&str>, &mut dyn FnMut(RawRow) -> Result<(), SourceError>) -> Result<ReadSummary, SourceError>;

/// What all datasets of one capture have in common.
#[derive(Clone)]
pub(super) struct Site {
    pub(super) reader: Reader,
    pub(super) root: PathBuf,
    pub(super) site: Option<String>,
    pub(super) timezone: Option<chrono_tz::Tz>,
    pub(super) staging: PathBuf,
    /// Bytes that one dataset may hold in memory.
    pub(super) memory: usize,
    /// Rows of a dataset whose ids are held to follow references.
    pub(super) most_ids: u64,
}

/// Targets by dataset name.
pub(super) type Targets = BTreeMap<String, Target>;

/// A dataset that was read and waits for what it refers to.
pub(super) struct Gathered {
    dataset: Arc<Dataset>,
    ladder: Ladder,
    shared: Shared,
    spool: Spool,
    summary: ReadSummary,
    completeness: Completeness,
    defaulted: Vec<u64>,
    cells: Vec<Cell>,
    /// Records counted, of a measured dataset: the spool then holds groups of them.
    measured: Option<u64>,
}

/// Reads a dataset; `targets` holds what its key refers to. An error is the reason why the dataset is unread.
pub(super) fn read(dataset: &Arc<Dataset>, site: &Site, targets: &Targets) -> Result<Gathered, String> {
    let ladder = Ladder::new(dataset)?;
    let in_key = ladder.columns();
    let plans = dataset
        .columns
        .iter()
        .enumerate()
        .map(|(i, column)| {
            let target = match column.references.as_ref().filter(|_| in_key.contains(&i)) {
                None => None,
                Some(name) => match targets.get(&name.value) {
                    Some(Target::Unread(reason)) => {
                        return Err(format!("its key needs {}, which refers to {}: {reason}", column.name.value, name.value));
                    }
                    Some(target) => Some(target.clone()),
                    None => return Err(format!("its key needs {}, which refers to {}: that was not read", column.name.value, name.value)),
                },
            };
            Ok(Plan {
                kind: if column.references.is_some() { Type::Text } else { column.kind },
                list: column.list.as_ref().map(|l| (l.kind, l.split.as_deref())),
                truth: column.truth.as_ref(),
                moments: Moments { format: column.format.as_ref().map(|f| f.value.clone()), timezone: site.timezone },
                // A default is the target's key, not an id: where references are followed later, it is filled in later.
                default: column.default.as_deref().filter(|_| column.references.is_none() || in_key.contains(&i)),
                target,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    let mut census = Census::new(&ladder);
    let mut spool = Spool::new(&site.staging, site.memory / 8);
    let mut defaulted = vec![0; plans.len()];
    let mut cells = vec![Cell::default(); plans.len()];
    let mut body = Vec::new();
    let mut tally = dataset.measured.then(Tally::default);
    let mut sink = |row: RawRow| -> Result<(), SourceError> {
        let failed = |e: std::io::Error| SourceError::new(e.to_string(), row.origin.as_str(), "check free space, and the row itself");
        if row.cells.len() != plans.len() {
            return Err(failed(std::io::Error::other(format!("a row of {} cells for {} columns", row.cells.len(), plans.len()))));
        }
        body.clear();
        for (i, (plan, raw)) in plans.iter().zip(&row.cells).enumerate() {
            let mut cell = value::cell(raw, plan.kind, plan.list, plan.truth, &plan.moments);
            match plan.default {
                Some(default) if is_blank(&cell) => {
                    cell = Cell::value(default);
                    defaulted[i] += 1;
                }
                _ => {
                    if let Some(target) = &plan.target {
                        target.resolve(&mut cell, plan.list.map(|l| l.0));
                    }
                }
            }
            if tally.is_none() {
                push_cell(&mut body, cell.as_ref()).map_err(failed)?;
            }
            cells[i] = cell;
        }
        if let Some(tally) = &mut tally {
            return tally.count(&cells, &mut body).map_err(failed);
        }
        let id = value::cell(&row.id, Type::Text, None, None, &Moments::default());
        push_id(&mut body, (id.state == State::Value).then_some(id.text.as_str())).map_err(failed)?;
        census.count(&ladder, &cells);
        spool.push(&body).map_err(failed)
    };
    let summary = (site.reader)(dataset, &site.root, site.site.as_deref(), &mut sink).map_err(|e| one_line(&e))?;
    let measured = tally.as_ref().map(Tally::records);
    let completeness = complete::judge(dataset, &summary, measured.unwrap_or_else(|| spool.rows()))?;
    if let Some(tally) = tally {
        tally.close(&mut spool)?;
        cells.push(Cell::default());
    }
    let unread = |i: usize| summary.unread.get(i).and_then(Option::as_ref).filter(|_| !dataset.columns[i].optional);
    if ladder.is_lost(|i| unread(i).is_some()) {
        let reason = in_key.iter().find_map(|i| unread(*i)).map_or("", String::as_str);
        return Err(format!("its key cannot be read: {reason}"));
    }
    let shared = census.close();
    drop(plans);
    Ok(Gathered { dataset: Arc::clone(dataset), ladder, shared, spool, summary, completeness, defaulted, cells, measured })
}

/// How cells of one column are made.
struct Plan<'d> {
    kind: Type,
    list: Option<(ListKind, Option<&'d str>)>,
    truth: Option<&'d value::Truth>,
    moments: Moments,
    default: Option<&'d str>,
    /// Of a key part: what it refers to.
    target: Option<Target>,
}

/// True for a cell that a default fills.
fn is_blank(cell: &Cell) -> bool {
    matches!(cell.state, State::Absent | State::Null | State::Empty)
}

/// A source's error on one line.
fn one_line(e: &SourceError) -> String {
    format!("{} ({}); {}", e.what, e.place, e.advice)
}

impl Gathered {
    /// Ids and keys of all rows, for those who refer to them.
    pub(super) fn ids(&mut self, most: u64) -> Result<Target, SnapshotError> {
        let name = self.dataset.name.value.clone();
        if self.spool.rows() > most {
            return Ok(Target::Unread(format!(
                "{name} has {} rows, more than the {most} whose ids are followed: leave out `references` and compare the column as it is",
                self.spool.rows()
            )));
        }
        let (mut ids, mut key) = (Ids::default(), Vec::new());
        let Self { spool, cells, ladder, shared, dataset, .. } = self;
        spool
            .each(|row| {
                let id = read_row(row, cells)?;
                shared.key_of(ladder, cells, &mut key);
                ids.insert(id, dataset.id.is_some(), &key);
                Ok::<_, std::io::Error>(())
            })
            .map_err(|e| spilled(&e, Path::new(&name)))?;
        Ok(Target::Read(Arc::new(ids)))
    }

    /// Follows the other references, keys, sorts and writes the rows.
    pub(super) fn finish(self, site: &Site, targets: &Targets) -> Result<DatasetEntry, SnapshotError> {
        let Self { dataset, ladder, shared, mut spool, summary, completeness, mut defaulted, mut cells, measured } = self;
        let in_key = ladder.columns();
        let mut entry = entry::read(&dataset, &ladder, &summary, completeness);
        entry.measured = measured;
        let mut follow = Vec::new();
        for (i, column) in dataset.columns.iter().enumerate().filter(|(i, _)| !in_key.contains(i)) {
            let Some(name) = &column.references else { continue };
            let target = targets.get(&name.value).cloned().unwrap_or_else(|| Target::Unread("it was not read".to_owned()));
            if let Target::Unread(reason) = &target {
                entry.columns[i].unread = Some(format!("it refers to {}: {reason}", name.value));
            }
            follow.push((i, column.list.as_ref().map(|l| l.kind), column.default.as_deref(), target));
        }
        let width = cells.len();
        cells.resize(entry.columns.len(), Cell::none(State::Absent));
        let mut table = TableDraft::new(entry, &site.staging, site.memory);
        let (mut key, mut shared_rows) = (Vec::new(), 0);
        spool.each(|row| -> Result<(), Failed> {
            let id = read_row(row, &mut cells[..width])?;
            for (i, list, default, target) in &follow {
                match default {
                    Some(default) if is_blank(&cells[*i]) => {
                        cells[*i] = Cell::value(*default);
                        defaulted[*i] += 1;
                    }
                    _ => target.resolve(&mut cells[*i], *list),
                }
            }
            shared_rows += u64::from(shared.key_of(&ladder, &cells, &mut key));
            Ok(table.push(&key, id, &mut cells)?)
        })?;
        drop(spool);
        let mut entry = table.finish()?;
        for (column, defaulted) in entry.columns.iter_mut().zip(defaulted) {
            column.cells.defaulted = defaulted;
        }
        if dataset.key.len() > 1 {
            entry.rows_with_shared_key = shared_rows;
        }
        Ok(entry)
    }
}

fn spilled(e: &std::io::Error, place: &Path) -> SnapshotError {
    SnapshotError::new(format!("rows could not be kept in a temporary file: {e}"), place, "check free space and rights of the folder")
}

struct Failed(SnapshotError);

impl From<std::io::Error> for Failed {
    fn from(e: std::io::Error) -> Self {
        Self(spilled(&e, Path::new("")))
    }
}
impl From<SnapshotError> for Failed {
    fn from(e: SnapshotError) -> Self {
        Self(e)
    }
}
impl From<Failed> for SnapshotError {
    fn from(e: Failed) -> Self {
        e.0
    }
}
