//! Reading suspect rows again, and telling what they differ in.

use crate::compare::difference::{Counts, DifferenceKind, Side};
use crate::compare::order::Sink;
use crate::value::{Key, NO_KEY};

use super::probe::{Group, Suspects};
use super::side::{Row, Source};
use super::{PlainError, PlainOptions};

/// Bytes that a row read again is taken to need in memory.
const BYTES_PER_ROW: usize = 1_024;

/// Turns suspects into differences. The counts are those of pairs.
pub(super) fn resolve<S: Source>(
    left: &S,
    right: &S,
    suspects: Suspects,
    options: &PlainOptions,
    sink: &mut Sink,
) -> Result<Counts, PlainError> {
    let Suspects { mut single, groups, equal } = suspects;
    let mut counts = Counts { matched: equal, selected: equal, ..Counts::default() };
    for (side, file, places) in [(Side::Left, left, &mut single.0), (Side::Right, right, &mut single.1)] {
        places.sort_unstable();
        counts.selected += places.len() as u64;
        file.keys(places, &mut |key| sink.put(key, || unmatched(side)))?;
    }
    let most = (options.memory / 2 / BYTES_PER_ROW).max(64);
    let mut batch = Group::default();
    for group in groups {
        batch.left.extend(group.left);
        batch.right.extend(group.right);
        if batch.left.len() + batch.right.len() >= most {
            settle(left, right, std::mem::take(&mut batch), sink, &mut counts)?;
        }
    }
    settle(left, right, batch, sink, &mut counts)?;
    Ok(counts)
}

fn unmatched(side: Side) -> DifferenceKind {
    match side {
        Side::Left => DifferenceKind::Missing { why: None },
        Side::Right => DifferenceKind::Extra { why: None },
    }
}

/// Merges the rows of whole groups by their keys.
fn settle<S: Source>(left: &S, right: &S, group: Group, sink: &mut Sink, counts: &mut Counts) -> Result<(), PlainError> {
    let (on_left, on_right) = (sorted(left, group.left)?, sorted(right, group.right)?);
    let (mut l, mut r) = (0, 0);
    while l < on_left.len() || r < on_right.len() {
        let key = match (on_left.get(l), on_right.get(r)) {
            (Some(a), Some(b)) => (&a.key).min(&b.key),
            (Some(one), None) | (None, Some(one)) => &one.key,
            (None, None) => break,
        };
        let alike = |rows: &[Row<S::Cells>], from: usize| rows[from..].iter().take_while(|row| row.key == *key).count();
        let (many_left, many_right) = (alike(&on_left, l), alike(&on_right, r));
        counts.selected += 1;
        match (many_left, many_right) {
            (1, 1) => {
                let fields = left.differences(&on_left[l].cells, &on_right[r].cells);
                counts.matched += 1;
                counts.changed += u64::from(!fields.is_empty());
                fields.into_iter().for_each(|field| sink.put(key, || DifferenceKind::Changed(field)));
            }
            (1, 0) => sink.put(key, || unmatched(Side::Left)),
            (0, 1) => sink.put(key, || unmatched(Side::Right)),
            _ => {
                for (side, rows) in [(Side::Left, many_left), (Side::Right, many_right)].into_iter().filter(|(_, rows)| *rows > 1) {
                    sink.put(key, || DifferenceKind::DuplicateKey { side, rows: rows as u64 });
                }
            }
        }
        l += many_left;
        r += many_right;
    }
    Ok(())
}

fn sorted<S: Source>(file: &S, mut places: Vec<u64>) -> Result<Vec<Row<S::Cells>>, PlainError> {
    places.sort_unstable();
    let mut rows = Vec::with_capacity(places.len());
    file.rows(&places, &mut |row| rows.push(row))?;
    rows.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(rows)
}

/// Tells rows without a key.
pub(super) fn tell_keyless<S: Source>(file: &S, side: Side, places: &[u64], sink: &mut Sink) -> Result<(), PlainError> {
    let key = Key { rung: NO_KEY, parts: Vec::new() }.to_bytes();
    file.in_words(places, &mut |record| sink.put(&key, || DifferenceKind::MissingKey { side, record }))
}
