//! A side held in memory, for tests: sorted, keyed and hashed as snapshots are.

use std::collections::HashMap;

use xxhash_rust::xxh3::xxh3_128;

use crate::snapshot::{CellCounts, ColumnEntry, Completeness, DatasetEntry, Grade, SnapshotError};
use crate::value::{Cell, CellRef, Key, ListKind, NO_KEY, State, Type};

use super::rows::{Batch, Cells, Hashes, Rows};

/// Rows that one batch holds: few, so that tests meet the edges of batches.
const BATCH: usize = 3;

#[derive(Clone, Debug)]
pub(super) struct Row {
    key: Vec<u8>,
    hash: u128,
    id: Option<String>,
    cells: Vec<Cell>,
}

/// One side.
pub(super) struct Memory {
    entry: DatasetEntry,
    rows: Vec<Row>,
}

/// What a test says of a dataset.
#[derive(Clone)]
pub(super) struct Shape {
    pub(super) columns: Vec<(&'static str, Type, Option<ListKind>)>,
    pub(super) key: Vec<Vec<&'static str>>,
    pub(super) volatile: Vec<&'static str>,
    pub(super) effective: Option<(Option<&'static str>, Option<&'static str>)>,
    pub(super) has_id: bool,
}

impl Shape {
    /// Text columns, the first of which is the key.
    pub(super) fn text(columns: &[&'static str]) -> Self {
        Self {
            columns: columns.iter().map(|c| (*c, Type::Text, None)).collect(),
            key: vec![vec![columns[0]]],
            volatile: Vec::new(),
            effective: None,
            has_id: false,
        }
    }

    pub(super) fn with_ids(mut self) -> Self {
        self.has_id = true;
        self
    }

    /// Rows of texts; the first text of a row is its id when the shape has ids.
    pub(super) fn side(&self, rows: &[&[&str]]) -> Memory {
        let cell = |text: &&str| if text.is_empty() { Cell::none(State::Empty) } else { Cell::value(*text) };
        let row = |row: &&[&str]| match (self.has_id, row.split_first()) {
            (true, Some((id, rest))) => ((!id.is_empty()).then(|| (*id).to_owned()), rest.iter().map(cell).collect()),
            _ => (None, row.iter().map(cell).collect()),
        };
        self.cells(rows.iter().map(row).collect())
    }

    /// Rows of cells with their ids.
    pub(super) fn cells(&self, rows: Vec<(Option<String>, Vec<Cell>)>) -> Memory {
        let at = |name: &str| self.columns.iter().position(|c| c.0 == name).expect("a column of the shape");
        let ladder: Vec<Vec<usize>> = self.key.iter().map(|rung| rung.iter().map(|c| at(c)).collect()).collect();
        let parts = |cells: &[Cell], rung: &[usize]| {
            let complete = rung.iter().all(|c| cells[*c].state == State::Value);
            complete.then(|| rung.iter().map(|c| cells[*c].text.clone()).collect::<Vec<_>>())
        };
        let mut holders: HashMap<(usize, Vec<String>), usize> = HashMap::new();
        for (_, cells) in &rows {
            for (r, rung) in ladder.iter().enumerate() {
                parts(cells, rung).into_iter().for_each(|p| *holders.entry((r, p)).or_default() += 1);
            }
        }
        let key = |cells: &[Cell]| {
            let complete = || ladder.iter().enumerate().filter_map(|(r, rung)| Some((r, parts(cells, rung)?)));
            let best = complete().find(|place| holders[place] == 1).or_else(|| complete().next_back());
            best.map_or(Key { rung: NO_KEY, parts: vec![] }, |(rung, parts)| Key { rung: rung as u8, parts })
        };
        let hashed = |c: usize| !self.volatile.contains(&self.columns[c].0) && !ladder.iter().all(|rung| rung.contains(&c));
        let mut stored: Vec<Row> = rows
            .into_iter()
            .map(|(id, cells)| {
                let mut bytes = Vec::new();
                for cell in (0..cells.len()).filter(|c| hashed(*c)).map(|c| &cells[c]) {
                    bytes.push(cell.state as u8);
                    bytes.extend((cell.text.len() as u32).to_le_bytes());
                    bytes.extend(cell.text.as_bytes());
                }
                Row { key: key(&cells).to_bytes(), hash: xxh3_128(&bytes), id, cells }
            })
            .collect();
        stored.sort_by(|a, b| (&a.key, a.hash).cmp(&(&b.key, b.hash)));
        let column = |c: usize| {
            let mut cells = CellCounts::default();
            for row in &stored {
                match row.cells[c].state {
                    State::Value => cells.value += 1,
                    State::Absent => cells.absent += 1,
                    State::Null => cells.null += 1,
                    State::Empty => cells.empty += 1,
                    State::Invalid => cells.invalid += 1,
                    State::Unresolved => cells.unresolved += 1,
                }
            }
            ColumnEntry {
                name: self.columns[c].0.to_owned(),
                kind: self.columns[c].1,
                list: self.columns[c].2,
                hashed: hashed(c),
                volatile: self.volatile.contains(&self.columns[c].0),
                references: None,
                normalise: Vec::new(),
                unread: None,
                not_offered: None,
                cells,
            }
        };
        let own = |name: &Option<&str>| name.map(str::to_owned);
        let entry = DatasetEntry {
            name: "things".to_owned(),
            noun: "thing".to_owned(),
            unread: None,
            rows: stored.len() as u64,
            file: None,
            sha256: None,
            blake3: None,
            completeness: Completeness { grade: Grade::Proven, method: "a test".to_owned(), expected: None },
            definition: String::new(),
            key: self.key.iter().map(|rung| rung.iter().map(|c| (*c).to_owned()).collect()).collect(),
            has_id: self.has_id,
            effective: self.effective.as_ref().map(|(from, to)| (own(from), own(to))),
            columns: (0..self.columns.len()).map(column).collect(),
            rows_without_key: 0,
            rows_with_shared_key: stored.windows(2).filter(|w| w[0].key == w[1].key).count() as u64,
            sources: Vec::new(),
            declared_empty: None,
            measured: None,
        };
        Memory { entry, rows: stored }
    }
}

impl Memory {
    /// The same side with one thing changed about its description.
    pub(super) fn described(mut self, change: impl FnOnce(&mut DatasetEntry)) -> Self {
        change(&mut self.entry);
        self
    }
}

/// Rows held in memory, with the columns asked for.
pub(super) struct MemoryBatch {
    rows: Vec<(u64, Row)>,
}

impl Batch for MemoryBatch {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn index(&self, i: usize) -> u64 {
        self.rows[i].0
    }

    fn key(&self, i: usize) -> &[u8] {
        &self.rows[i].1.key
    }
}

impl Hashes for MemoryBatch {
    fn hash(&self, i: usize) -> u128 {
        self.rows[i].1.hash
    }
}

impl Cells for MemoryBatch {
    fn id(&self, i: usize) -> Option<&str> {
        self.rows[i].1.id.as_deref()
    }

    fn cell(&self, i: usize, slot: usize) -> CellRef<'_> {
        self.rows[i].1.cells[slot].as_ref()
    }
}

impl Rows for Memory {
    type Keys = MemoryBatch;
    type Cells = MemoryBatch;

    fn entry(&self) -> &DatasetEntry {
        &self.entry
    }

    fn keys(&self) -> Result<impl Iterator<Item = Result<MemoryBatch, SnapshotError>>, SnapshotError> {
        self.rows(&[], None)
    }

    fn rows(
        &self,
        columns: &[usize],
        only: Option<&[u64]>,
    ) -> Result<impl Iterator<Item = Result<MemoryBatch, SnapshotError>>, SnapshotError> {
        let indexes = only.map_or_else(|| (0..self.rows.len() as u64).collect(), <[u64]>::to_vec);
        assert!(indexes.windows(2).all(|w| w[0] < w[1]), "rows are asked for in ascending order, each once");
        let batches: Vec<_> = indexes
            .chunks(BATCH)
            .map(|chunk| {
                let row = |index: &u64| {
                    let row = &self.rows[*index as usize];
                    let cells = columns.iter().map(|c| row.cells[*c].clone()).collect();
                    (*index, Row { cells, ..row.clone() })
                };
                Ok(MemoryBatch { rows: chunk.iter().map(row).collect() })
            })
            .collect();
        Ok(batches.into_iter())
    }
}
