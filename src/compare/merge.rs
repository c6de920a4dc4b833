//! The merge of two sides sorted by key: batch to batch, nothing allocated per row.

use std::cmp::Ordering;

use crate::snapshot::SnapshotError;
use crate::value::NO_KEY;

use super::difference::Side;
use super::rows::Batch;

/// A row in its batch.
pub(super) type At<'a, B> = (&'a B, usize);

/// What a merge meets.
pub(super) trait Meet<B: Batch> {
    /// So many pairs of rows with the same key and the same hash; only for rows that have hashes.
    fn alike(&mut self, pairs: u64) {
        debug_assert_eq!(pairs, 0, "rows with cells are told one by one");
    }
    /// One row on each side with the same key.
    fn pair(&mut self, left: At<'_, B>, right: At<'_, B>) -> Result<(), SnapshotError>;
    /// A row whose key the other side does not have.
    fn single(&mut self, side: Side, row: At<'_, B>) -> Result<(), SnapshotError>;
    /// One row of a key that several rows of a side share; called for every row of that key on both sides, left first.
    fn shared(&mut self, side: Side, row: At<'_, B>) -> Result<(), SnapshotError>;
    /// All rows of the shared key were told.
    fn end_of_shared(&mut self, key: &[u8]) -> Result<(), SnapshotError>;
    /// A row without a key.
    fn keyless(&mut self, side: Side, row: At<'_, B>) -> Result<(), SnapshotError>;
}

/// Merges both sides by key bytes. `unique` says that no two rows of a side share a key, so that none has to be looked for.
pub(super) fn merge<B: Batch>(
    left: impl Iterator<Item = Result<B, SnapshotError>>,
    right: impl Iterator<Item = Result<B, SnapshotError>>,
    unique: bool,
    meet: &mut impl Meet<B>,
) -> Result<(), SnapshotError> {
    let (mut left, mut right) = (Cursor::new(left)?, Cursor::new(right)?);
    loop {
        if unique && let (Some(l), Some(r)) = (left.row(), right.row()) {
            let pairs = l.0.alike(l.1, r.0, r.1);
            if pairs > 0 {
                meet.alike(pairs as u64);
                left.advance(pairs)?;
                right.advance(pairs)?;
                continue;
            }
        }
        let order = match (left.key(), right.key()) {
            (None, None) => return Ok(()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(l), Some(r)) => l.cmp(r),
        };
        let lowest = if order == Ordering::Greater { right.key() } else { left.key() };
        if lowest.is_some_and(|k| k.first() == Some(&NO_KEY)) {
            // No key sorts after these: only keyless rows are left.
            left.each_row(|row| meet.keyless(Side::Left, row))?;
            return right.each_row(|row| meet.keyless(Side::Right, row));
        }
        let shared = !unique && (order != Ordering::Greater && left.is_shared() || order != Ordering::Less && right.is_shared());
        if shared {
            let key = lowest.unwrap_or_default().to_vec();
            left.each_row_of(&key, |row| meet.shared(Side::Left, row))?;
            right.each_row_of(&key, |row| meet.shared(Side::Right, row))?;
            meet.end_of_shared(&key)?;
            continue;
        }
        match (order, left.row(), right.row()) {
            (Ordering::Equal, Some(l), Some(r)) => {
                meet.pair(l, r)?;
                left.step()?;
                right.step()?;
            }
            (Ordering::Greater, _, Some(r)) => {
                meet.single(Side::Right, r)?;
                right.step()?;
            }
            (_, Some(l), _) => {
                meet.single(Side::Left, l)?;
                left.step()?;
            }
            _ => return Ok(()),
        }
    }
}

/// A position in one side. The batch ahead is held as well, because a key may go on in it.
struct Cursor<B, I> {
    batches: I,
    now: Option<B>,
    ahead: Option<B>,
    at: usize,
}

impl<B: Batch, I: Iterator<Item = Result<B, SnapshotError>>> Cursor<B, I> {
    fn new(batches: I) -> Result<Self, SnapshotError> {
        let mut cursor = Self { batches, now: None, ahead: None, at: 0 };
        cursor.now = cursor.fetch()?;
        cursor.ahead = cursor.fetch()?;
        Ok(cursor)
    }

    fn fetch(&mut self) -> Result<Option<B>, SnapshotError> {
        for batch in self.batches.by_ref() {
            let batch = batch?;
            if batch.len() > 0 {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }

    fn row(&self) -> Option<At<'_, B>> {
        self.now.as_ref().map(|batch| (batch, self.at))
    }

    fn key(&self) -> Option<&[u8]> {
        self.row().map(|(batch, i)| batch.key(i))
    }

    /// True when the next row has the same key.
    fn is_shared(&self) -> bool {
        let Some((batch, i)) = self.row() else { return false };
        let next = if i + 1 < batch.len() { Some(batch.key(i + 1)) } else { self.ahead.as_ref().map(|b| b.key(0)) };
        next == Some(batch.key(i))
    }

    fn step(&mut self) -> Result<(), SnapshotError> {
        self.advance(1)
    }

    /// Goes on by so many rows of the batch.
    fn advance(&mut self, rows: usize) -> Result<(), SnapshotError> {
        self.at += rows;
        if self.now.as_ref().is_some_and(|batch| self.at >= batch.len()) {
            self.now = self.ahead.take();
            self.ahead = self.fetch()?;
            self.at = 0;
        }
        Ok(())
    }

    fn each_row(&mut self, mut tell: impl FnMut(At<'_, B>) -> Result<(), SnapshotError>) -> Result<(), SnapshotError> {
        while let Some(row) = self.row() {
            tell(row)?;
            self.step()?;
        }
        Ok(())
    }

    fn each_row_of(&mut self, key: &[u8], mut tell: impl FnMut(At<'_, B>) -> Result<(), SnapshotError>) -> Result<(), SnapshotError> {
        while let Some(row) = self.row().filter(|(batch, i)| batch.key(*i) == key) {
            tell(row)?;
            self.step()?;
        }
        Ok(())
    }
}
