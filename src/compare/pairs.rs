//! Pairs of rows, field by field.

use xxhash_rust::xxh3::xxh3_128;

use crate::snapshot::SnapshotError;
use crate::value::Cell;

use super::columns::{Columns, Layout};
use super::difference::{FieldDifference, Side};
use super::leftover::NO_CONTENT;
use super::merge::At;
use super::rows::{Batch, Cells, Rows};

/// Pairs that are read at once: rows of the right side are held meanwhile.
pub(super) const CHUNK: usize = 32_768;

/// What the fields of a pair tell.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) changed: Vec<FieldDifference>,
    /// Equal, although they must differ.
    pub(super) not_different: Vec<FieldDifference>,
    pub(super) broken: Vec<(Side, String, Cell)>,
}

impl Fields {
    /// Compares all columns but those that identify records on the given rungs (one bit each).
    pub(super) fn of<B: Cells>(columns: &Columns, rungs: u64, left: At<'_, B>, right: At<'_, B>) -> Self {
        let mut fields = Self::default();
        let slots = columns.left.compared.iter().zip(&columns.right.compared);
        for (column, (l, r)) in columns.compared.iter().zip(slots) {
            if column.identifies(rungs) {
                continue;
            }
            let (l, r) = (left.0.cell(left.1, *l), right.0.cell(right.1, *r));
            if l.state.is_broken() || r.state.is_broken() {
                let sides = [(Side::Left, l), (Side::Right, r)];
                let broken = sides.into_iter().filter(|(_, cell)| cell.state.is_broken());
                fields.broken.extend(broken.map(|(side, cell)| (side, column.name.clone(), cell.to_cell())));
                continue;
            }
            let equal = column.equality.equal(l, r);
            let difference = || FieldDifference { field: column.name.clone(), left: l.to_cell(), right: r.to_cell() };
            if column.must_differ {
                // Two cells without a value prove no difference, whichever way each is blank.
                if equal || column.equality.is_blank(l) && column.equality.is_blank(r) {
                    fields.not_different.push(difference());
                }
            } else if !equal {
                fields.changed.push(difference());
            }
        }
        fields
    }
}

/// Digest of what a record says besides its key, in the form that counts as equal.
pub(super) fn content<B: Cells>(columns: &Columns, layout: &Layout, row: At<'_, B>, buffer: &mut Vec<u8>) -> u128 {
    buffer.clear();
    let mut says_something = false;
    for (column, slot) in columns.compared.iter().zip(&layout.compared).filter(|(column, _)| column.content) {
        let cell = row.0.cell(row.1, *slot);
        if cell.state.is_broken() {
            return NO_CONTENT;
        }
        says_something |= !column.equality.is_blank(cell);
        let (state, text) = column.equality.form(cell);
        buffer.push(state as u8);
        buffer.extend_from_slice(&(text.len() as u64).to_le_bytes());
        buffer.extend_from_slice(text.as_bytes());
    }
    if says_something { xxh3_128(buffer).max(1) } else { NO_CONTENT }
}

/// Reads pairs of rows by index, given in ascending order of the left one, and tells each with its position.
pub(super) fn each_pair<R: Rows>(
    sides: (&R, &R),
    columns: &Columns,
    pairs: &[(u64, u64)],
    mut tell: impl FnMut(usize, At<'_, R::Cells>, At<'_, R::Cells>) -> Result<(), SnapshotError>,
) -> Result<(), SnapshotError> {
    for (chunk, first) in pairs.chunks(CHUNK).zip((0..).step_by(CHUNK)) {
        each_pair_and_row(sides, columns, chunk, (&[], &[]), |n, l, r| tell(first + n, l, r), |_, _, _| Ok(()))?;
    }
    Ok(())
}

/// Reads pairs, and rows of either side that are in no pair, in one pass over each side: what a pass costs is mostly to
/// decode the pages, however few of their rows are wanted. All rows of the right side are held meanwhile.
pub(super) fn each_pair_and_row<R: Rows>(
    (left, right): (&R, &R),
    columns: &Columns,
    pairs: &[(u64, u64)],
    rows: (&[u64], &[u64]),
    mut tell_pair: impl FnMut(usize, At<'_, R::Cells>, At<'_, R::Cells>) -> Result<(), SnapshotError>,
    mut tell_row: impl FnMut(Side, usize, At<'_, R::Cells>) -> Result<(), SnapshotError>,
) -> Result<(), SnapshotError> {
    let (order, wanted) = in_order(pairs.iter().map(|p| p.1), rows.1);
    let mut batches = Vec::new();
    let mut places = vec![None; pairs.len()];
    let mut order = order.into_iter();
    if !wanted.is_empty() {
        for batch in right.rows(&columns.right.columns, Some(&wanted))? {
            let batch = batch?;
            for (i, read_for) in (0..batch.len()).zip(order.by_ref()) {
                match read_for {
                    ReadFor::Pair(n) => places[n] = Some((batches.len(), i)),
                    ReadFor::Row(n) => tell_row(Side::Right, n, (&batch, i))?,
                }
            }
            batches.push(batch);
        }
    }
    if order.next().is_some() {
        return Err(fewer_rows(right));
    }
    let (order, wanted) = in_order(pairs.iter().map(|p| p.0), rows.0);
    let mut order = order.into_iter();
    if !wanted.is_empty() {
        for batch in left.rows(&columns.left.columns, Some(&wanted))? {
            let batch = batch?;
            for (i, read_for) in (0..batch.len()).zip(order.by_ref()) {
                match read_for {
                    ReadFor::Pair(n) => {
                        let Some((held, j)) = places[n] else { return Err(fewer_rows(right)) };
                        tell_pair(n, (&batch, i), (&batches[held], j))?;
                    }
                    ReadFor::Row(n) => tell_row(Side::Left, n, (&batch, i))?,
                }
            }
        }
    }
    if order.next().is_some() { Err(fewer_rows(left)) } else { Ok(()) }
}

/// What a row is read for, by position.
#[derive(Clone, Copy)]
enum ReadFor {
    Pair(usize),
    Row(usize),
}

/// Rows of one side in ascending order: what each is read for, and its index.
fn in_order(pairs: impl Iterator<Item = u64>, rows: &[u64]) -> (Vec<ReadFor>, Vec<u64>) {
    let of_pairs = pairs.enumerate().map(|(n, index)| (ReadFor::Pair(n), index));
    let of_rows = rows.iter().enumerate().map(|(n, index)| (ReadFor::Row(n), *index));
    let mut wanted: Vec<(ReadFor, u64)> = of_pairs.chain(of_rows).collect();
    wanted.sort_unstable_by_key(|(_, index)| *index);
    wanted.into_iter().unzip()
}

/// Reads rows by ascending index and tells each with its position.
pub(super) fn each_row<R: Rows>(
    side: &R,
    columns: &[usize],
    indexes: &[u64],
    mut tell: impl FnMut(usize, At<'_, R::Cells>) -> Result<(), SnapshotError>,
) -> Result<(), SnapshotError> {
    let mut next = 0;
    if !indexes.is_empty() {
        for batch in side.rows(columns, Some(indexes))? {
            let batch = batch?;
            for i in 0..batch.len() {
                tell(next, (&batch, i))?;
                next += 1;
            }
        }
    }
    if next < indexes.len() { Err(fewer_rows(side)) } else { Ok(()) }
}

fn fewer_rows<R: Rows>(side: &R) -> SnapshotError {
    SnapshotError {
        what: "rows that were there a moment ago cannot be read again".to_owned(),
        place: format!("dataset {}", side.entry().name),
        advice: "take the snapshot again, and leave its folder alone while it is compared".to_owned(),
    }
}
