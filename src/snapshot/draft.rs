//! A snapshot in the making: a temporary sibling folder that becomes the snapshot by one rename, or nothing.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;
use xxhash_rust::xxh3::xxh3_128;

use crate::value::{Cell, CellRef, Key, NO_KEY, State};

use super::digest::Digests;
use super::digest::Sealed;
use super::manifest::{DatasetEntry, Manifest};
use super::row::{push_cell, push_id};
use super::scalar::Stored;
use super::sort::Sorter;
use super::staging::Staging;
use super::store::{Snapshot, SnapshotError, id_of};
use super::write::TableWriter;

/// Name of the file that says what a snapshot is.
pub(super) const MANIFEST: &str = "manifest.json";

/// Name of a dataset's file.
pub(super) fn file_name(dataset: &str) -> String {
    format!("{dataset}.parquet")
}

/// A snapshot that is being written. Dropped unfinished, it leaves nothing.
pub struct Draft {
    into: PathBuf,
    staging: Staging,
}

/// One row of a dataset: what [`Draft::dataset`] takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its key.
    pub key: Key,
    /// Its surrogate id.
    pub id: Option<String>,
    /// One cell per column.
    pub cells: Vec<Cell>,
}

impl Draft {
    /// Begins a snapshot that will be a folder within `into`.
    pub fn new(into: &Path) -> Result<Self, SnapshotError> {
        let staging = Staging::new(into).map_err(|e| unwritable(into, &e))?;
        Ok(Self { into: into.to_owned(), staging })
    }

    /// The temporary folder.
    pub(super) fn folder(&self) -> &Path {
        self.staging.path()
    }

    /// Writes one dataset from rows in any order; gives its entry with file, digest and counts filled in. `memory` bounds
    /// the rows held at once, in bytes.
    pub fn dataset(&self, entry: DatasetEntry, rows: impl IntoIterator<Item = Row>, memory: usize) -> Result<DatasetEntry, SnapshotError> {
        let mut table = TableDraft::new(entry, self.folder(), memory);
        for mut row in rows {
            table.push(&row.key.to_bytes(), row.id.as_deref(), &mut row.cells)?;
        }
        table.finish()
    }

    /// Completes the snapshot: fills in `content_id`, writes the manifest, syncs and renames. A snapshot of that name and
    /// content that is there already is used instead.
    pub fn finish(self, mut manifest: Manifest) -> Result<Snapshot, SnapshotError> {
        manifest.datasets.sort_by(|a, b| a.name.cmp(&b.name));
        let failed = |e: &dyn std::fmt::Display| unwritable(&self.into, e);
        let sealed = Sealed::new(manifest).map_err(|e| failed(&e))?;
        let bytes = sealed.render().map_err(|e| failed(&e))?;
        write_synced(&self.folder().join(MANIFEST), &bytes).map_err(|e| failed(&e))?;
        let target = self.into.join(id_of(&sealed.manifest));
        self.staging.publish(&target).map_err(|e| unwritable(&self.into, &e))?;
        let snapshot = Snapshot::open(&target)?;
        if snapshot.manifest().content_id == sealed.manifest.content_id {
            Ok(snapshot)
        } else {
            Err(SnapshotError::new("another snapshot of this name holds something else", &target, "move it away and capture again"))
        }
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn unwritable(place: &Path, e: &dyn std::fmt::Display) -> SnapshotError {
    SnapshotError::new(format!("the snapshot could not be written: {e}"), place, "check free space and rights of the folder")
}

/// One dataset on its way into a draft: rows in any order, sorted and written at the end.
pub(super) struct TableDraft {
    entry: DatasetEntry,
    stored: Vec<Stored>,
    folder: PathBuf,
    sorter: Sorter,
    body: Vec<u8>,
    hashed: Vec<u8>,
}

impl TableDraft {
    pub(super) fn new(mut entry: DatasetEntry, folder: &Path, memory: usize) -> Self {
        entry.rows = 0;
        entry.rows_without_key = 0;
        entry.rows_with_shared_key = 0;
        for column in &mut entry.columns {
            column.cells = super::CellCounts::default();
        }
        Self {
            stored: entry.columns.iter().map(Stored::of).collect(),
            entry,
            folder: folder.to_owned(),
            sorter: Sorter::new(folder, memory),
            body: Vec::new(),
            hashed: Vec::new(),
        }
    }

    /// Takes one row. A value that its column's type cannot hold becomes an invalid cell.
    pub(super) fn push(&mut self, key: &[u8], id: Option<&str>, cells: &mut [Cell]) -> Result<(), SnapshotError> {
        let failed = |e| unwritable(&self.folder, &e);
        if cells.len() != self.entry.columns.len() {
            return Err(failed(io::Error::other(format!("a row of {} has {} cells", self.entry.name, cells.len()))));
        }
        self.body.clear();
        self.hashed.clear();
        for ((cell, column), stored) in cells.iter_mut().zip(&mut self.entry.columns).zip(&self.stored) {
            if cell.state == State::Value && *stored != Stored::Text && stored.parse(&cell.text).is_none() {
                cell.state = State::Invalid;
            }
            // Only values and what did not fit have a text; anything else would not survive being stored.
            let text = if matches!(cell.state, State::Absent | State::Null | State::Empty) { "" } else { cell.text.as_str() };
            let counts = &mut column.cells;
            *match cell.state {
                State::Value => &mut counts.value,
                State::Absent => &mut counts.absent,
                State::Null => &mut counts.null,
                State::Empty => &mut counts.empty,
                State::Invalid => &mut counts.invalid,
                State::Unresolved => &mut counts.unresolved,
            } += 1;
            let at = self.body.len();
            push_cell(&mut self.body, CellRef { state: cell.state, text }).map_err(failed)?;
            if column.hashed {
                self.hashed.extend_from_slice(&self.body[at..]);
            }
        }
        push_id(&mut self.body, id.filter(|_| self.entry.has_id)).map_err(failed)?;
        self.entry.rows += 1;
        self.sorter.push(key, xxh3_128(&self.hashed), &self.body).map_err(failed)
    }

    /// Sorts the rows and writes the file.
    pub(super) fn finish(self) -> Result<DatasetEntry, SnapshotError> {
        let Self { mut entry, folder, sorter, .. } = self;
        let name = file_name(&entry.name);
        let path = folder.join(&name);
        let (mut without, mut shared) = (0, 0);
        let write = || -> Result<Digests, ParquetError> {
            let mut writer = TableWriter::create(&path, &entry)?;
            let (mut previous, mut alike) = (Vec::new(), 0u64);
            sorter.drain(|row| {
                if row.key.first() == Some(&NO_KEY) {
                    without += 1;
                } else if alike > 0 && row.key == previous {
                    alike += 1;
                    shared += if alike == 2 { 2 } else { 1 };
                } else {
                    previous.clear();
                    previous.extend_from_slice(row.key);
                    alike = 1;
                }
                writer.push(row)
            })?;
            writer.finish()
        };
        let digests = write().map_err(|e| unwritable(&folder, &e))?;
        (entry.sha256, entry.blake3) = (Some(digests.sha256), Some(digests.blake3));
        entry.file = Some(name);
        entry.rows_without_key = without;
        entry.rows_with_shared_key = shared;
        Ok(entry)
    }
}
