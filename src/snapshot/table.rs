//! One dataset of a snapshot, read by columns: what comparison and conditions work on.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};

use super::batch::{KeyBatch, RowBatch};
use super::manifest::{ColumnEntry, DatasetEntry};
use super::schema;
use super::store::SnapshotError;

/// Rows decoded at once: their keys and hashes stay in the processor's cache.
const ROWS_PER_BATCH: usize = 8 * 1024;

/// One dataset of a snapshot: rows sorted by key bytes, then by row hash.
#[derive(Clone)]
pub struct Table {
    entry: DatasetEntry,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
}

impl Table {
    /// Opens a file whose digest has been verified, and holds its schema to the manifest.
    pub(super) fn open(path: &Path, entry: &DatasetEntry) -> Result<Self, SnapshotError> {
        let damaged = |what: String| SnapshotError::new(what, path, "capture the snapshot again");
        let file = File::open(path).map_err(|e| damaged(format!("the file cannot be opened: {e}")))?;
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata =
            ArrowReaderMetadata::load(&file, options).map_err(|e| damaged(format!("the file cannot be read as Parquet: {e}")))?;
        let (found, expected) = (metadata.schema(), schema::of(entry));
        let fits = found.fields().len() == expected.fields().len()
            && found
                .fields()
                .iter()
                .zip(expected.fields())
                .all(|(f, e)| f.name() == e.name() && f.data_type() == e.data_type() && f.is_nullable() == e.is_nullable());
        if !fits {
            return Err(damaged("the columns of the file are not those of the manifest".to_owned()));
        }
        if u64::try_from(metadata.metadata().file_metadata().num_rows()) != Ok(entry.rows) {
            return Err(damaged(format!("the file does not have the {} rows of the manifest", entry.rows)));
        }
        Ok(Self { entry: entry.clone(), path: path.to_owned(), metadata })
    }

    /// What the manifest says of it.
    pub fn entry(&self) -> &DatasetEntry {
        &self.entry
    }

    /// Keys and hashes of all rows, in order.
    pub fn keys(&self) -> Result<KeyBatches, SnapshotError> {
        Ok(KeyBatches { batches: self.batches(&BTreeSet::from([schema::KEY.to_owned(), schema::HASH.to_owned()]), None)?, next: 0 })
    }

    /// Cells of the given columns: of all rows, with their keys, or only of the rows with these ascending indexes, without.
    pub fn rows(&self, columns: &[usize], only: Option<&[u64]>) -> Result<RowBatches, SnapshotError> {
        let wrong = |what: String| SnapshotError::new(what, &self.path, "this is a mistake in gonogo: please report it");
        let mut entries = Vec::with_capacity(columns.len());
        let mut names = BTreeSet::from([schema::ID.to_owned()]);
        if only.is_none() {
            names.insert(schema::KEY.to_owned());
        }
        for &c in columns {
            let column = self.entry.columns.get(c).ok_or_else(|| wrong(format!("{} has no column {c}", self.entry.name)))?;
            names.extend([column.name.clone(), schema::state_name(&column.name), schema::raw_name(&column.name)]);
            entries.push(column.clone());
        }
        let selection = match only {
            Some(only) => Some(self.selection(only).ok_or_else(|| wrong("row numbers out of order or range".to_owned()))?),
            None => None,
        };
        Ok(RowBatches { batches: self.batches(&names, selection)?, columns: entries, only: only.map(<[u64]>::to_vec), next: 0 })
    }

    fn batches(&self, names: &BTreeSet<String>, selection: Option<RowSelection>) -> Result<Batches, SnapshotError> {
        let failed = |e: &dyn std::fmt::Display| unreadable(&self.path, e);
        let file = File::open(&self.path).map_err(|e| failed(&e))?;
        let leaves = self.metadata.schema().fields().iter().enumerate().filter(|(_, f)| names.contains(f.name())).map(|(i, _)| i);
        let mask = ProjectionMask::leaves(self.metadata.parquet_schema(), leaves);
        let mut builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_batch_size(ROWS_PER_BATCH)
            .with_projection(mask);
        if let Some(selection) = selection {
            builder = builder.with_row_selection(selection);
        }
        Ok(Batches { reader: builder.build().map_err(|e| failed(&e))?, path: self.path.clone() })
    }

    /// Runs of rows to skip and to read; `None` when the numbers do not ascend or there is no such row.
    fn selection(&self, only: &[u64]) -> Option<RowSelection> {
        let mut selectors: Vec<RowSelector> = Vec::new();
        let mut next = 0;
        for &row in only {
            let gap = row.checked_sub(next).filter(|_| row < self.entry.rows)?;
            match selectors.last_mut() {
                Some(last) if gap == 0 && !last.skip => last.row_count += 1,
                _ => {
                    if gap > 0 {
                        selectors.push(RowSelector::skip(usize::try_from(gap).ok()?));
                    }
                    selectors.push(RowSelector::select(1));
                }
            }
            next = row + 1;
        }
        Some(RowSelection::from(selectors))
    }
}

fn unreadable(path: &Path, e: &dyn std::fmt::Display) -> SnapshotError {
    SnapshotError::new(format!("the file could not be read: {e}"), path, "capture the snapshot again")
}

struct Batches {
    reader: ParquetRecordBatchReader,
    path: PathBuf,
}

impl Batches {
    fn next<T>(&mut self, make: impl FnOnce(&RecordBatch) -> Option<T>) -> Option<Result<T, SnapshotError>> {
        Some(match self.reader.next()? {
            Ok(batch) => make(&batch).ok_or_else(|| unreadable(&self.path, &"its columns are not as the manifest says")),
            Err(e) => Err(unreadable(&self.path, &e)),
        })
    }
}

/// Keys and hashes of all rows of a dataset, batch by batch.
pub struct KeyBatches {
    batches: Batches,
    next: u64,
}

impl Iterator for KeyBatches {
    type Item = Result<KeyBatch, SnapshotError>;

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.next;
        let batch = self.batches.next(|batch| KeyBatch::new(first, batch))?;
        if let Ok(batch) = &batch {
            self.next += batch.len() as u64;
        }
        Some(batch)
    }
}

/// Rows of a dataset, batch by batch.
pub struct RowBatches {
    batches: Batches,
    columns: Vec<ColumnEntry>,
    only: Option<Vec<u64>>,
    next: u64,
}

impl Iterator for RowBatches {
    type Item = Result<RowBatch, SnapshotError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self { batches, columns, only, next } = self;
        batches.next(|batch| {
            let begin = *next;
            *next += batch.num_rows() as u64;
            let rows = match only {
                Some(only) => only.get(usize::try_from(begin).ok()?..usize::try_from(*next).ok()?)?.to_vec(),
                None => (begin..*next).collect(),
            };
            RowBatch::new(rows, batch, columns)
        })
    }
}
