//! Renames by similarity, among few leftovers.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_128;

use crate::snapshot::SnapshotError;
use crate::value::{Key, State};

use super::columns::{Columns, Compared, Layout, rung_bit};
use super::difference::Side;
use super::leftover::Leftovers;
use super::merge::At;
use super::order::decode;
use super::pairs::each_row;
use super::rows::{Cells, Rows};

/// Similarity is tried below this many leftovers on each side.
pub(super) const FEW: usize = 5_000;

/// Share of what two records say that has to be equal.
const THRESHOLD: f64 = 0.75;

/// A value that so many pairs of records share makes none of them a candidate.
const COMMON: usize = 4_096;

/// A leftover with digests of its cells.
pub(super) struct Record {
    position: usize,
    key: Key,
    /// Per compared column; `None` where there is no value, or no comparison.
    cells: Vec<Option<u128>>,
}

impl Record {
    /// A leftover from its row.
    pub(super) fn new<B: Cells>(columns: &Columns, layout: &Layout, leftovers: &Leftovers, position: usize, (batch, i): At<'_, B>) -> Self {
        let key = decode(leftovers.key(position));
        let compared = columns.compared.iter().zip(&layout.compared);
        let digest = |(column, slot): (&Compared, &usize)| {
            let (state, text) = column.equality.form(batch.cell(i, *slot));
            let counts = state == State::Value && column.content && !column.identifies(rung_bit(key.rung));
            counts.then(|| xxh3_128(text.as_bytes()))
        };
        let cells = compared.map(digest).collect();
        Self { position, key, cells }
    }

    /// Where it is among the leftovers of its side.
    pub(super) fn position(&self) -> usize {
        self.position
    }
}

/// Reads leftovers, given by ascending position.
pub(super) fn records<R: Rows>(
    rows: &R,
    columns: &Columns,
    side: Side,
    leftovers: &Leftovers,
    positions: &[usize],
) -> Result<Vec<Record>, SnapshotError> {
    let layout = columns.layout(side);
    let indexes: Vec<u64> = positions.iter().map(|p| leftovers.index(*p)).collect();
    let mut records = Vec::with_capacity(positions.len());
    each_row(rows, &layout.columns, &indexes, |n, row| {
        records.push(Record::new(columns, layout, leftovers, positions[n], row));
        Ok(())
    })?;
    Ok(records)
}

/// Pairs of which each is the other's one best match, by position, with the score.
pub(super) fn best_matches(left: &[Record], right: &[Record]) -> Vec<(usize, usize, f64)> {
    let scores = scores(left, right);
    let best = |of: fn(&(usize, usize)) -> usize, count: usize| {
        // Per record: the best score and its partner; no partner when two share the best.
        let mut best: Vec<(f64, Option<(usize, usize)>)> = vec![(0.0, None); count];
        for (pair, score) in &scores {
            let place = &mut best[of(pair)];
            if *score > place.0 {
                *place = (*score, Some(*pair));
            } else if *score == place.0 {
                place.1 = None;
            }
        }
        best
    };
    let (best_left, best_right) = (best(|p| p.0, left.len()), best(|p| p.1, right.len()));
    let mutual = best_left.into_iter().filter_map(|(score, pair)| {
        let (l, r) = pair?;
        (best_right[r].1 == Some((l, r))).then_some((left[l].position, right[r].position, score))
    });
    mutual.collect()
}

/// Scores at or above the threshold of all pairs that share a value which is not common.
fn scores(left: &[Record], right: &[Record]) -> BTreeMap<(usize, usize), f64> {
    let holders = |records: &[Record]| {
        let at = |(i, record)| traits(record).map(move |at| (at, i));
        let mut holders: Vec<((usize, u128), usize)> = records.iter().enumerate().flat_map(at).collect();
        holders.sort_unstable();
        holders
    };
    let (left_holders, right_holders) = (holders(left), holders(right));
    let mut rest = right_holders.as_slice();
    let mut scores = BTreeMap::new();
    for on_left in left_holders.chunk_by(|a, b| a.0 == b.0) {
        let at = on_left[0].0;
        rest = &rest[rest.partition_point(|(other, _)| *other < at)..];
        let on_right = &rest[..rest.partition_point(|(other, _)| *other == at)];
        if on_left.len() * on_right.len() > COMMON {
            continue;
        }
        for (_, i) in on_left {
            for (_, j) in on_right {
                if let Some(score) = score(&left[*i], &right[*j]) {
                    scores.insert((*i, *j), score);
                }
            }
        }
    }
    scores
}

/// What a record can be found by: its cells, and the words of its key.
fn traits(record: &Record) -> impl Iterator<Item = (usize, u128)> + '_ {
    let cells = record.cells.iter().enumerate().filter_map(|(column, digest)| digest.map(|d| (column, d)));
    let words = record.key.parts.iter().flat_map(|part| part.split(|c: char| !c.is_alphanumeric()));
    cells.chain(words.filter(|w| w.len() > 1).map(|word| (usize::MAX, xxh3_128(word.to_lowercase().as_bytes()))))
}

/// Share of the fields with a value on either side that are equal, the key's likeness counting as one field; `None` below
/// the threshold. One equal field is too little to know a record by: such a pair has no score.
fn score(left: &Record, right: &Record) -> Option<f64> {
    let (mut told, mut equal) = (0u32, 0u32);
    for (l, r) in left.cells.iter().zip(&right.cells).filter(|(l, r)| l.is_some() || r.is_some()) {
        told += 1;
        equal += u32::from(l == r);
    }
    let share = |alike: f64| (f64::from(equal) + alike) / (f64::from(told) + 1.0);
    // Keys are only compared, which is slow, where they can make a difference.
    if equal < 2 || share(1.0) < THRESHOLD {
        return None;
    }
    let parts = left.key.parts.len().max(right.key.parts.len()).max(1);
    let alike: f64 = left.key.parts.iter().zip(&right.key.parts).map(|(l, r)| likeness(l, r)).sum();
    Some(share(alike / parts as f64)).filter(|score| *score >= THRESHOLD)
}

/// Likeness of two key parts, 0 to 1, the same in both directions.
fn likeness(left: &str, right: &str) -> f64 {
    strsim::normalized_levenshtein(left, right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(position: usize, key: &str, cells: &[&str]) -> Record {
        let digest = |c: &&str| (!c.is_empty()).then(|| xxh3_128(c.as_bytes()));
        Record { position, key: Key::new([key]), cells: cells.iter().map(digest).collect() }
    }

    #[test]
    fn the_one_record_that_says_nearly_the_same_is_found() {
        let left = [record(4, "CARD-01", &["Cardiology", "Main", "9", "Mon"]), record(5, "ENT-01", &["Ears", "Main", "4", "Tue"])];
        let right = [record(7, "CARDIO-01", &["Cardiology", "Main", "9", "Tue"]), record(8, "ORT-1", &["Bones", "West", "1", "Fri"])];
        let found = best_matches(&left, &right);
        assert_eq!(found.iter().map(|f| (f.0, f.1)).collect::<Vec<_>>(), [(4, 7)]);
        let reversed = best_matches(&right, &left);
        assert_eq!(reversed.iter().map(|f| (f.1, f.0, f.2)).collect::<Vec<_>>(), found, "mirrored sides mirror");
    }

    #[test]
    fn two_equally_good_matches_are_none() {
        let left = [record(0, "A", &["x", "y", "z"])];
        let right = [record(0, "B", &["x", "y", "z"]), record(1, "C", &["x", "y", "z"])];
        assert_eq!(best_matches(&left, &right), []);
    }

    #[test]
    fn the_threshold_itself_suffices_and_the_keys_likeness_decides() {
        let of = |key: &str, cells: &[&str]| record(0, key, cells);
        let found = best_matches(&[of("WARD", &["a", "b", "c"])], &[of("ROOM", &["a", "b", "c"])]);
        assert_eq!(found, [(0, 0, 0.75)], "three fields of three, keys with nothing in common");
        let found = best_matches(&[of("WARD", &["a", "b", "c", "d"])], &[of("ROOM", &["a", "b", "c", "x"])]);
        assert_eq!(found, [], "three fields of four need keys that are alike");
        let found = best_matches(&[of("WARD-1", &["a", "b", "c", "d"])], &[of("WARD-2", &["a", "b", "c", "x"])]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn one_equal_field_is_no_rename_however_alike_the_keys() {
        assert_eq!(best_matches(&[record(0, "ROOM 1", &["x"])], &[record(0, "ROOM 2", &["x"])]), []);
    }
}
