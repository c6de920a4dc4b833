//! What a comparison reads of a side: keys with hashes in key order, and cells of chosen rows.

use crate::snapshot::{DatasetEntry, KeyBatch, RowBatch, SnapshotError, Table};
use crate::value::CellRef;

/// Consecutive rows in key order.
pub(super) trait Batch {
    fn len(&self) -> usize;
    /// Index of a row in its dataset.
    fn index(&self, i: usize) -> u64;
    /// Key in sortable bytes ([`crate::value::Key::to_bytes`]).
    fn key(&self, i: usize) -> &[u8];
    /// How many rows from `i` on certainly have the key and the hash of the rows of `other` from `j` on; fewer is no mistake.
    /// Rows without a key are none of them.
    fn alike(&self, i: usize, other: &Self, j: usize) -> usize {
        let _ = (i, other, j);
        0
    }
}

/// Rows with their hashes.
pub(super) trait Hashes: Batch {
    /// Row hash.
    fn hash(&self, i: usize) -> u128;
}

/// Rows with the cells that were asked for.
pub(super) trait Cells: Batch {
    /// Surrogate id.
    fn id(&self, i: usize) -> Option<&str>;
    /// The cell in the `slot`-th of the columns asked for.
    fn cell(&self, i: usize, slot: usize) -> CellRef<'_>;
}

/// One side of a comparison, sorted by key bytes.
pub(super) trait Rows {
    type Keys: Hashes;
    type Cells: Cells;

    fn entry(&self) -> &DatasetEntry;

    /// Keys and hashes of all rows, in order.
    fn keys(&self) -> Result<impl Iterator<Item = Result<Self::Keys, SnapshotError>>, SnapshotError>;

    /// Cells of the given columns: of all rows, or only of the rows with these ascending indexes. Rows read by index come
    /// without their keys: who knows the index has met the key, and to read keys again costs as much as a column.
    fn rows(
        &self,
        columns: &[usize],
        only: Option<&[u64]>,
    ) -> Result<impl Iterator<Item = Result<Self::Cells, SnapshotError>>, SnapshotError>;
}

impl Batch for KeyBatch {
    fn len(&self) -> usize {
        KeyBatch::len(self)
    }

    fn index(&self, i: usize) -> u64 {
        self.first + i as u64
    }

    fn key(&self, i: usize) -> &[u8] {
        KeyBatch::key(self, i)
    }

    fn alike(&self, i: usize, other: &Self, j: usize) -> usize {
        KeyBatch::alike(self, i, other, j)
    }
}

impl Hashes for KeyBatch {
    fn hash(&self, i: usize) -> u128 {
        KeyBatch::hash(self, i)
    }
}

impl Batch for RowBatch {
    fn len(&self) -> usize {
        RowBatch::len(self)
    }

    fn index(&self, i: usize) -> u64 {
        self.rows[i]
    }

    fn key(&self, i: usize) -> &[u8] {
        RowBatch::key(self, i)
    }
}

impl Cells for RowBatch {
    fn id(&self, i: usize) -> Option<&str> {
        RowBatch::id(self, i)
    }

    fn cell(&self, i: usize, slot: usize) -> CellRef<'_> {
        RowBatch::cell(self, i, slot)
    }
}

impl Rows for Table {
    type Keys = KeyBatch;
    type Cells = RowBatch;

    fn entry(&self) -> &DatasetEntry {
        Table::entry(self)
    }

    fn keys(&self) -> Result<impl Iterator<Item = Result<KeyBatch, SnapshotError>>, SnapshotError> {
        Table::keys(self)
    }

    fn rows(
        &self,
        columns: &[usize],
        only: Option<&[u64]>,
    ) -> Result<impl Iterator<Item = Result<RowBatch, SnapshotError>>, SnapshotError> {
        Table::rows(self, columns, only)
    }
}
