//! What the merge of two sides does with the rows it meets: by hash alone, or by their cells.

use crate::snapshot::SnapshotError;

use super::align::{Alignment, Late};
use super::difference::Side;
use super::merge::{At, Meet};
use super::order::decode;
use super::rows::{Batch, Hashes, Rows};
use super::selection::Answer;

/// Only keys and hashes are read; pairs with different hashes are looked at later.
pub(super) struct ByHash<'m, 'a, R: Rows>(pub(super) &'m mut Alignment<'a, R>);

impl<R: Rows> Meet<R::Keys> for ByHash<'_, '_, R> {
    fn alike(&mut self, pairs: u64) {
        let counts = &mut self.0.counts;
        counts.left += pairs;
        counts.right += pairs;
        counts.selected += pairs;
        counts.matched += pairs;
        counts.selected_sides.0 += pairs;
        counts.selected_sides.1 += pairs;
    }

    fn pair(&mut self, left: At<'_, R::Keys>, right: At<'_, R::Keys>) -> Result<(), SnapshotError> {
        if left.0.hash(left.1) == right.0.hash(right.1) {
            self.alike(1);
        } else {
            self.0.counts.left += 1;
            self.0.counts.right += 1;
            let key = left.0.key(left.1).to_vec();
            let (left, right) = (Some(left.0.index(left.1)), Some(right.0.index(right.1)));
            self.0.push_late(Late { key, left, right, why: None })?;
        }
        Ok(())
    }

    fn single(&mut self, side: Side, row: At<'_, R::Keys>) -> Result<(), SnapshotError> {
        self.0.count_row(side);
        self.0.count_single(side);
        let content = self.0.columns.content_of(row.0.hash(row.1));
        self.0.leftover(side, row.0.key(row.1), row.0.index(row.1), content);
        Ok(())
    }

    fn shared(&mut self, side: Side, row: At<'_, R::Keys>) -> Result<(), SnapshotError> {
        self.0.count_row(side);
        let sides = &mut self.0.counts.selected_sides;
        *if side == Side::Left { &mut sides.0 } else { &mut sides.1 } += 1;
        let key = decode(row.0.key(row.1));
        *self.0.duplicates.entry((key, side)).or_default() += 1;
        Ok(())
    }

    fn end_of_shared(&mut self, key: &[u8]) -> Result<(), SnapshotError> {
        self.0.counts.selected += 1;
        // The side that has the key once has nothing to answer for.
        let key = decode(key);
        for side in [Side::Left, Side::Right] {
            let place = (key.clone(), side);
            if self.0.duplicates.get(&place) == Some(&1) {
                self.0.duplicates.remove(&place);
            }
        }
        Ok(())
    }

    fn keyless(&mut self, side: Side, row: At<'_, R::Keys>) -> Result<(), SnapshotError> {
        self.0.count_row(side);
        self.0.count_single(side);
        self.0.keyless(side, row.0.index(row.1));
        Ok(())
    }
}

/// Rows of one side that share a key.
#[derive(Default)]
struct Gathered {
    /// Effective ones.
    live: u64,
    /// Index of the first effective one.
    first: Option<u64>,
    /// Why the last one that is not effective is not.
    why: Option<String>,
    /// Effective ones that the condition selects.
    selected: u64,
    undecided: bool,
}

/// The compared columns are read.
pub(super) struct ByCells<'m, 'a, R: Rows> {
    alignment: &'m mut Alignment<'a, R>,
    gathered: (Gathered, Gathered),
}

impl<'m, 'a, R: Rows> ByCells<'m, 'a, R> {
    pub(super) fn new(alignment: &'m mut Alignment<'a, R>) -> Self {
        Self { alignment, gathered: Default::default() }
    }

    /// Why a row is not effective; such a row is counted as left out.
    fn outside(&mut self, side: Side, row: At<'_, R::Cells>) -> Option<String> {
        self.alignment.count_row(side);
        let why = self.alignment.window.as_ref().and_then(|w| w.outside(self.alignment.columns.layout(side), row));
        self.alignment.counts.excluded += u64::from(why.is_some());
        why
    }
}

impl<R: Rows> Meet<R::Cells> for ByCells<'_, '_, R> {
    fn pair(&mut self, left: At<'_, R::Cells>, right: At<'_, R::Cells>) -> Result<(), SnapshotError> {
        match (self.outside(Side::Left, left), self.outside(Side::Right, right)) {
            (None, None) => self.alignment.pair(left.0.key(left.1), left, right),
            (None, why) => self.alignment.single(Side::Left, left.0.key(left.1), left, why),
            (why, None) => self.alignment.single(Side::Right, right.0.key(right.1), right, why),
            _ => Ok(()),
        }
    }

    fn single(&mut self, side: Side, row: At<'_, R::Cells>) -> Result<(), SnapshotError> {
        if self.outside(side, row).is_some() {
            return Ok(());
        }
        self.alignment.single(side, row.0.key(row.1), row, None)
    }

    fn shared(&mut self, side: Side, row: At<'_, R::Cells>) -> Result<(), SnapshotError> {
        let outside = self.outside(side, row);
        let answer = if outside.is_none() { Some(self.alignment.answer(side, row)?) } else { None };
        let gathered = if side == Side::Left { &mut self.gathered.0 } else { &mut self.gathered.1 };
        match answer {
            Some(answer) => {
                gathered.live += 1;
                gathered.first.get_or_insert(row.0.index(row.1));
                gathered.selected += u64::from(answer.selects());
                gathered.undecided |= answer == Answer::Undecided;
            }
            None => gathered.why = outside,
        }
        Ok(())
    }

    fn end_of_shared(&mut self, key: &[u8]) -> Result<(), SnapshotError> {
        let (left, right) = std::mem::take(&mut self.gathered);
        if left.live <= 1 && right.live <= 1 {
            if left.live + right.live == 0 {
                return Ok(());
            }
            let why = match (left.first, right.first) {
                (Some(_), None) => right.why,
                (None, Some(_)) => left.why,
                _ => None,
            };
            return self.alignment.push_late(Late { key: key.to_vec(), left: left.first, right: right.first, why });
        }
        let counts = &mut self.alignment.counts;
        if left.selected + right.selected == 0 {
            counts.excluded += left.live + right.live;
            return Ok(());
        }
        counts.selected += 1;
        counts.undecided += u64::from(left.undecided || right.undecided);
        counts.selected_sides.0 += left.selected;
        counts.selected_sides.1 += right.selected;
        for (side, rows) in [(Side::Left, left.live), (Side::Right, right.live)].into_iter().filter(|(_, rows)| *rows > 1) {
            *self.alignment.duplicates.entry((decode(key), side)).or_default() += rows;
        }
        Ok(())
    }

    fn keyless(&mut self, side: Side, row: At<'_, R::Cells>) -> Result<(), SnapshotError> {
        if self.outside(side, row).is_some() {
            return Ok(());
        }
        let answer = self.alignment.answer(side, row)?;
        if !answer.selects() {
            self.alignment.counts.excluded += 1;
            return Ok(());
        }
        self.alignment.count_single(side);
        self.alignment.counts.undecided += u64::from(answer == Answer::Undecided);
        self.alignment.keyless(side, row.0.index(row.1));
        Ok(())
    }
}
