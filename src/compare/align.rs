//! Alignment: a merge of two sides sorted by key.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::query::{Condition, Moment};
use crate::snapshot::{SnapshotError, Table};
use crate::system::Normaliser;
use crate::value::{Key, NO_KEY, State};

use super::columns::{Columns, Layout, rung_bit};
use super::difference::{Comparison, Counts, DifferenceKind, Side};
use super::fields::Rules;
use super::leftover::{Leftovers, NO_CONTENT};
use super::merge::{At, merge};
use super::order::Sink;
use super::pairs::{CHUNK, Fields, content, each_pair, each_pair_and_row, each_row};
use super::rename;
use super::rows::{Batch, Cells, Rows};
use super::selection::{Answer, Where, Window};
use super::similar::{self, Record};
use super::visit::{ByCells, ByHash};

/// Compares two datasets. `condition` is compiled against the columns of the left entry's names; a pair is selected when either side satisfies it.
pub fn compare(left: &Table, right: &Table, rules: &Rules, condition: Option<(&Condition, &Moment)>) -> Result<Comparison, SnapshotError> {
    compare_rows(left, right, rules, condition)
}

/// [`compare`] for any two sides that are sorted by key.
pub(super) fn compare_rows<R: Rows>(
    left: &R,
    right: &R,
    rules: &Rules,
    condition: Option<(&Condition, &Moment)>,
) -> Result<Comparison, SnapshotError> {
    let reads = condition.map(|(c, _)| c.reads().to_vec()).unwrap_or_default();
    let columns = Columns::new(left.entry(), right.entry(), rules, &reads);
    let names = || reads.iter().filter_map(|r| left.entry().columns.get(*r)).map(|c| c.name.clone()).collect();
    let selection = condition.map(|(c, moment)| Where::new(c, moment, names(), &left.entry().name)).transpose()?;
    let mut alignment = Alignment {
        left,
        right,
        columns: &columns,
        rules,
        selection,
        window: rules.effective_at.map(Window::new),
        sink: Sink::new(rules.limit),
        counts: Counts::default(),
        leftovers: (Leftovers::default(), Leftovers::default()),
        duplicates: BTreeMap::new(),
        keyless: (Vec::new(), Vec::new()),
        late: Vec::new(),
        candidates: None,
        notes: columns.notes.clone(),
        buffer: Vec::new(),
    };
    let unique = left.entry().rows_with_shared_key + right.entry().rows_with_shared_key == 0;
    if columns.hash_suffices {
        merge(left.keys()?, right.keys()?, unique, &mut ByHash(&mut alignment))?;
    } else {
        let rows = (left.rows(&columns.left.columns, None)?, right.rows(&columns.right.columns, None)?);
        merge(rows.0, rows.1, unique, &mut ByCells::new(&mut alignment))?;
    }
    alignment.finish()
}

/// Two rows (or one) of a key, of which the cells are still to be read, by index.
pub(super) struct Late {
    /// Key bytes: rows read by index come without.
    pub(super) key: Vec<u8>,
    pub(super) left: Option<u64>,
    pub(super) right: Option<u64>,
    /// Why the other side's rows do not count.
    pub(super) why: Option<String>,
}

/// A comparison under way.
pub(super) struct Alignment<'a, R: Rows> {
    pub(super) left: &'a R,
    pub(super) right: &'a R,
    pub(super) columns: &'a Columns,
    pub(super) rules: &'a Rules,
    pub(super) selection: Option<Where>,
    pub(super) window: Option<Window>,
    pub(super) sink: Sink,
    pub(super) counts: Counts,
    pub(super) leftovers: (Leftovers, Leftovers),
    /// Rows per shared key and side, on any rung.
    pub(super) duplicates: BTreeMap<(Key, Side), u64>,
    /// Indexes of rows without a key, no more than the differences to keep.
    pub(super) keyless: (Vec<u64>, Vec<u64>),
    pub(super) late: Vec<Late>,
    /// The leftovers, in ascending order, when they were read together with the last of the late pairs.
    pub(super) candidates: Option<(Vec<Record>, Vec<Record>)>,
    pub(super) notes: Vec<String>,
    buffer: Vec<u8>,
}

impl<R: Rows> Alignment<'_, R> {
    pub(super) fn side(&self, side: Side) -> &R {
        match side {
            Side::Left => self.left,
            Side::Right => self.right,
        }
    }

    pub(super) fn leftovers(&self, side: Side) -> &Leftovers {
        match side {
            Side::Left => &self.leftovers.0,
            Side::Right => &self.leftovers.1,
        }
    }

    /// Judges two effective rows with the same key.
    pub(super) fn pair(&mut self, key: &[u8], left: At<'_, R::Cells>, right: At<'_, R::Cells>) -> Result<(), SnapshotError> {
        let answers = (self.answer(Side::Left, left)?, self.answer(Side::Right, right)?);
        if !answers.0.selects() && !answers.1.selects() {
            self.counts.excluded += 2;
            return Ok(());
        }
        self.counts.selected += 1;
        self.counts.matched += 1;
        self.counts.selected_sides.0 += u64::from(answers.0.selects());
        self.counts.selected_sides.1 += u64::from(answers.1.selects());
        self.counts.undecided += u64::from(answers.0 == Answer::Undecided || answers.1 == Answer::Undecided);
        self.note_better_rungs(Side::Left, key, left);
        self.note_better_rungs(Side::Right, key, right);
        let mut fields = Fields::of(self.columns, rung_bit(key.first().copied().unwrap_or(0)), left, right);
        for (side, row, answer) in [(Side::Left, left, answers.0), (Side::Right, right, answers.1)] {
            self.add_broken(&mut fields, side, row, answer);
        }
        self.counts.changed += u64::from(!fields.changed.is_empty());
        for changed in std::mem::take(&mut fields.changed) {
            self.sink.put(key, || DifferenceKind::Changed(changed));
        }
        self.rest_of_fields(key, fields);
        Ok(())
    }

    /// Judges an effective row that has no partner by key.
    pub(super) fn single(&mut self, side: Side, key: &[u8], row: At<'_, R::Cells>, why: Option<String>) -> Result<(), SnapshotError> {
        let answer = self.answer(side, row)?;
        if !answer.selects() {
            self.counts.excluded += 1;
            return Ok(());
        }
        self.count_single(side);
        self.counts.undecided += u64::from(answer == Answer::Undecided);
        self.note_better_rungs(side, key, row);
        let mut fields = Fields::default();
        self.add_broken(&mut fields, side, row, answer);
        self.rest_of_fields(key, fields);
        if why.is_some() {
            self.sink.put(key, || unmatched(side, why));
            return Ok(());
        }
        let digest = if self.rules.renames { content(self.columns, self.columns.layout(side), row, &mut self.buffer) } else { NO_CONTENT };
        self.leftover(side, key, row.0.index(row.1), digest);
        Ok(())
    }

    pub(super) fn count_row(&mut self, side: Side) {
        match side {
            Side::Left => self.counts.left += 1,
            Side::Right => self.counts.right += 1,
        }
    }

    pub(super) fn count_single(&mut self, side: Side) {
        self.counts.selected += 1;
        match side {
            Side::Left => self.counts.selected_sides.0 += 1,
            Side::Right => self.counts.selected_sides.1 += 1,
        }
    }

    pub(super) fn leftover(&mut self, side: Side, key: &[u8], index: u64, content: u128) {
        match side {
            Side::Left => self.leftovers.0.push(key, index, content),
            Side::Right => self.leftovers.1.push(key, index, content),
        }
    }

    pub(super) fn keyless(&mut self, side: Side, index: u64) {
        let kept = match side {
            Side::Left => &mut self.keyless.0,
            Side::Right => &mut self.keyless.1,
        };
        if kept.len() < self.rules.limit {
            kept.push(index);
        } else {
            self.sink.miss(1);
        }
    }

    pub(super) fn answer(&mut self, side: Side, row: At<'_, R::Cells>) -> Result<Answer, SnapshotError> {
        match &mut self.selection {
            Some(selection) => selection.test(self.columns.layout(side), row),
            None => Ok(Answer::Yes),
        }
    }

    pub(super) fn push_late(&mut self, late: Late) -> Result<(), SnapshotError> {
        self.late.push(late);
        if self.late.len() < CHUNK { Ok(()) } else { self.flush() }
    }

    /// Reads the late ones.
    fn flush(&mut self) -> Result<(), SnapshotError> {
        let (left, right, columns) = (self.left, self.right, self.columns);
        let late = std::mem::take(&mut self.late);
        let (keys, pairs) = pairs_of(&late);
        each_pair((left, right), columns, &pairs, |n, l, r| self.pair(keys[n], l, r))?;
        for (side, rows) in [(Side::Left, left), (Side::Right, right)] {
            let (mut indexes, mut singles) = (Vec::new(), Vec::new());
            for one in &late {
                let (own, other) = if side == Side::Left { (one.left, one.right) } else { (one.right, one.left) };
                if let (Some(index), None) = (own, other) {
                    indexes.push(index);
                    singles.push(one);
                }
            }
            each_row(rows, &columns.layout(side).columns, &indexes, |n, row| {
                self.single(side, &singles[n].key, row, singles[n].why.clone())
            })?;
        }
        Ok(())
    }

    /// A row that stands on a lower rung although a better one is complete shares that one with another row.
    fn note_better_rungs(&mut self, side: Side, key: &[u8], row: At<'_, R::Cells>) {
        let own = key.first().copied().unwrap_or(0);
        for rung in 0..own.min(self.columns.layout(side).rungs.len() as u8) {
            if let Some(parts) = rung_parts(self.columns.layout(side), rung, row) {
                *self.duplicates.entry((Key { rung, parts }, side)).or_default() += 1;
            }
        }
    }

    fn add_broken(&mut self, fields: &mut Fields, side: Side, row: At<'_, R::Cells>, answer: Answer) {
        let (Answer::Broken, Some(selection)) = (answer, &self.selection) else { return };
        for (name, slot) in selection.names.iter().zip(&self.columns.layout(side).condition) {
            let Some(cell) = slot.map(|s| row.0.cell(row.1, s)).filter(|c| c.state.is_broken()) else { continue };
            if !fields.broken.iter().any(|(s, field, _)| *s == side && field == name) {
                fields.broken.push((side, name.clone(), cell.to_cell()));
            }
        }
    }

    /// Differences of a pair other than its changed fields.
    pub(super) fn rest_of_fields(&mut self, key: &[u8], fields: Fields) {
        for same in fields.not_different {
            self.sink.put(key, || DifferenceKind::NotDifferent(same));
        }
        for (side, field, cell) in fields.broken {
            self.sink.put(key, || DifferenceKind::Broken { side, field, cell });
        }
    }

    /// Reads the last late pairs together with the leftovers, where those are few enough to be looked at for renames.
    fn flush_with_leftovers(&mut self) -> Result<(), SnapshotError> {
        let few = |leftovers: &Leftovers| (1..similar::FEW).contains(&leftovers.len());
        let only_pairs = self.late.iter().all(|l| l.left.is_some() && l.right.is_some());
        let together = self.rules.renames && only_pairs && !self.late.is_empty() && few(&self.leftovers.0) && few(&self.leftovers.1);
        if !together {
            return self.flush();
        }
        let (left, right, columns) = (self.left, self.right, self.columns);
        let late = std::mem::take(&mut self.late);
        let (keys, pairs) = pairs_of(&late);
        self.leftovers.0.sort();
        self.leftovers.1.sort();
        let leftovers = std::mem::take(&mut self.leftovers);
        let (mut on_left, mut on_right) = (Vec::new(), Vec::new());
        each_pair_and_row(
            (left, right),
            columns,
            &pairs,
            (&leftovers.0.indexes(), &leftovers.1.indexes()),
            |n, l, r| self.pair(keys[n], l, r),
            |side, n, row| {
                match side {
                    Side::Left => on_left.push(Record::new(columns, &columns.left, &leftovers.0, n, row)),
                    Side::Right => on_right.push(Record::new(columns, &columns.right, &leftovers.1, n, row)),
                }
                Ok(())
            },
        )?;
        self.leftovers = leftovers;
        self.candidates = Some((on_left, on_right));
        Ok(())
    }

    fn finish(mut self) -> Result<Comparison, SnapshotError> {
        self.flush_with_leftovers()?;
        self.leftovers.0.sort();
        self.leftovers.1.sort();
        rename::resolve(&mut self)?;
        for ((key, side), rows) in std::mem::take(&mut self.duplicates) {
            // On a lower rung of a ladder one of two may be counted under its own key.
            self.sink.put(&key.to_bytes(), || DifferenceKind::DuplicateKey { side, rows: rows.max(2) });
        }
        self.tell_keyless()?;
        let (differences, beyond) = self.sink.finish();
        Ok(Comparison { differences, beyond, counts: self.counts, notes: self.notes })
    }

    fn tell_keyless(&mut self) -> Result<(), SnapshotError> {
        let keyless = std::mem::take(&mut self.keyless);
        for (side, indexes) in [(Side::Left, keyless.0), (Side::Right, keyless.1)] {
            let rows = self.side(side);
            let shown: Vec<usize> = (0..rows.entry().columns.len()).filter(|c| !rows.entry().columns[*c].volatile).collect();
            let names: Vec<String> = shown.iter().map(|c| rows.entry().columns[*c].name.clone()).collect();
            let mut records = Vec::with_capacity(indexes.len());
            each_row(rows, &shown, &indexes, |_, row| {
                let cells = names.iter().enumerate().map(|(slot, name)| (name.as_str(), row.0.cell(row.1, slot).text.into()));
                records.push(in_words(cells));
                Ok(())
            })?;
            for record in records {
                self.sink.put(&[NO_KEY], || DifferenceKind::MissingKey { side, record });
            }
        }
        Ok(())
    }
}

/// Those of which both sides are there: key and row indexes.
fn pairs_of(late: &[Late]) -> (Vec<&[u8]>, Vec<(u64, u64)>) {
    late.iter().filter_map(|one| Some((one.key.as_slice(), one.left.zip(one.right)?))).unzip()
}

/// Missing or extra, depending on the side that has the record.
pub(super) fn unmatched(side: Side, why: Option<String>) -> DifferenceKind {
    match side {
        Side::Left => DifferenceKind::Missing { why },
        Side::Right => DifferenceKind::Extra { why },
    }
}

/// The parts of a row's key on a rung, normalised as the definition says; `None` when one is missing.
pub(super) fn rung_parts<B: Cells>(layout: &Layout, rung: u8, (batch, i): At<'_, B>) -> Option<Vec<String>> {
    let parts = layout.rungs.get(usize::from(rung)).filter(|parts| !parts.is_empty())?;
    parts
        .iter()
        .map(|(slot, normalise)| {
            let cell = batch.cell(i, *slot);
            (cell.state == State::Value).then(|| Normaliser::apply_all(normalise, cell.text).into_owned())
        })
        .collect()
}

/// How long a record without a key may be in words, in characters.
const RECORD: usize = 120;

/// A record in words: `name=Cardiology, active=true`, shortened. Cells without a value are left out.
pub(super) fn in_words<'a>(cells: impl Iterator<Item = (&'a str, Cow<'a, str>)>) -> String {
    let mut words = String::new();
    for (name, text) in cells.filter(|(_, text)| !text.is_empty()) {
        let comma = if words.is_empty() { "" } else { ", " };
        words.push_str(&format!("{comma}{name}={text}"));
        if let Some((end, _)) = words.char_indices().nth(RECORD) {
            words.truncate(end);
            words.push('…');
            break;
        }
    }
    if words.is_empty() { "(all cells are empty)".to_owned() } else { words }
}
