//! Consecutive rows of a dataset as Parquet gives them, cells as canonical texts without a copy per cell.

use std::cell::OnceCell;

use arrow_array::types::{Date32Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, BinaryArray, BooleanArray, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray};

use crate::value::{CellRef, NO_KEY, State};

use super::manifest::ColumnEntry;
use super::scalar::Stored;
use super::schema;
use super::write::state_of;

/// Keys and hashes of consecutive rows.
pub struct KeyBatch {
    /// Index of the first row.
    pub first: u64,
    key: BinaryArray,
    hash: FixedSizeBinaryArray,
}

impl KeyBatch {
    pub(super) fn new(first: u64, batch: &RecordBatch) -> Option<Self> {
        Some(Self { first, key: array(batch, schema::KEY)?, hash: array(batch, schema::HASH)? })
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.key.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Key bytes of the row at `i` in this batch ([`crate::value::Key::to_bytes`]).
    #[inline]
    pub fn key(&self, i: usize) -> &[u8] {
        self.key.value(i)
    }

    /// How many rows from `i` on have the keys and hashes of the rows of `other` from `j` on, in whole blocks: both lie in
    /// one piece of memory, so that a block costs little more than a row.
    pub fn alike(&self, mut i: usize, other: &Self, mut j: usize) -> usize {
        const BLOCK: usize = 16;
        let width = self.hash.value_length() as usize;
        let mut rows = 0;
        while i + BLOCK <= self.len() && j + BLOCK <= other.len() {
            let ends = |batch: &'_ Self, at: usize| -> [i32; BLOCK + 1] {
                let offsets = &batch.key.value_offsets()[at..=at + BLOCK];
                std::array::from_fn(|n| offsets[n] - offsets[0])
            };
            let keys = |batch: &Self, at: usize| -> std::ops::Range<usize> {
                let offsets = batch.key.value_offsets();
                offsets[at] as usize..offsets[at + BLOCK] as usize
            };
            let same = self.hash.value_data()[i * width..(i + BLOCK) * width] == other.hash.value_data()[j * width..(j + BLOCK) * width]
                && ends(self, i) == ends(other, j)
                && self.key.value_data()[keys(self, i)] == other.key.value_data()[keys(other, j)];
            // Rows without a key come last, and are no pairs.
            if !same || self.key(i + BLOCK - 1).first() == Some(&NO_KEY) {
                break;
            }
            (i, j, rows) = (i + BLOCK, j + BLOCK, rows + BLOCK);
        }
        rows
    }

    /// Row hash: XXH3-128 over the hashed columns.
    #[inline]
    pub fn hash(&self, i: usize) -> u128 {
        self.hash.value(i).try_into().map_or(0, u128::from_be_bytes)
    }
}

/// Cells of rows, for the columns that were asked for.
pub struct RowBatch {
    /// Index of each row in the dataset.
    pub rows: Vec<u64>,
    key: Option<BinaryArray>,
    id: Option<StringArray>,
    columns: Vec<Cells>,
}

impl RowBatch {
    pub(super) fn new(rows: Vec<u64>, batch: &RecordBatch, columns: &[ColumnEntry]) -> Option<Self> {
        Some(Self {
            rows,
            key: array(batch, schema::KEY),
            id: array(batch, schema::ID),
            columns: columns.iter().map(|c| Cells::new(batch, c)).collect::<Option<_>>()?,
        })
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Key bytes of the row at `i`; empty for rows that were asked for by index.
    pub fn key(&self, i: usize) -> &[u8] {
        self.key.as_ref().map_or(&[], |keys| keys.value(i))
    }

    /// Surrogate id of the row at `i`, when the dataset has ids.
    pub fn id(&self, i: usize) -> Option<&str> {
        self.id.as_ref().filter(|ids| ids.is_valid(i)).map(|ids| ids.value(i))
    }

    /// Cell of the row at `i` in the `c`-th of the columns that were asked for.
    #[inline]
    pub fn cell(&self, i: usize, c: usize) -> CellRef<'_> {
        let column = &self.columns[c];
        let state = column.state(i);
        let text = match state {
            State::Value => column.text(i),
            State::Invalid | State::Unresolved => column.raws.as_ref().map_or("", |raws| raws.value(i)),
            State::Absent | State::Null | State::Empty => "",
        };
        CellRef { state, text }
    }

    /// The number of a value in a column of type integer (0 and 1 in one of type boolean), without making a text of it;
    /// `None` for any other cell.
    #[inline]
    pub fn number(&self, i: usize, c: usize) -> Option<i64> {
        let column = &self.columns[c];
        match &column.values {
            _ if column.state(i) != State::Value => None,
            Values::Integer(a) => Some(a.value(i)),
            Values::Boolean(a) => Some(i64::from(a.value(i))),
            Values::Date(_) | Values::Moment(_) | Values::Text(_) => None,
        }
    }
}

enum Values {
    Integer(PrimitiveArray<Int64Type>),
    Boolean(BooleanArray),
    Date(PrimitiveArray<Date32Type>),
    Moment(PrimitiveArray<TimestampMicrosecondType>),
    Text(StringArray),
}

struct Cells {
    values: Values,
    states: Option<Vec<State>>,
    raws: Option<StringArray>,
    /// Texts of numbers, one after the other, with the end of each; made when the first is asked for.
    texts: OnceCell<(String, Vec<usize>)>,
}

impl Cells {
    fn new(batch: &RecordBatch, column: &ColumnEntry) -> Option<Self> {
        let name = column.name.as_str();
        let values = match Stored::of(column) {
            Stored::Integer => Values::Integer(array(batch, name)?),
            Stored::Boolean => Values::Boolean(array(batch, name)?),
            Stored::Date => Values::Date(array(batch, name)?),
            Stored::Moment => Values::Moment(array(batch, name)?),
            Stored::Text => Values::Text(array(batch, name)?),
        };
        let states = if schema::has_states(column) {
            let words: StringArray = array(batch, &schema::state_name(name))?;
            Some(words.iter().map(|word| word.map_or(Some(State::Value), state_of)).collect::<Option<Vec<_>>>()?)
        } else {
            None
        };
        let raws = if schema::has_raws(column) { Some(array(batch, &schema::raw_name(name))?) } else { None };
        Some(Self { values, states, raws, texts: OnceCell::new() })
    }

    #[inline]
    fn state(&self, i: usize) -> State {
        self.states.as_ref().map_or(State::Value, |states| states[i])
    }

    fn text(&self, i: usize) -> &str {
        match &self.values {
            Values::Text(a) => a.value(i),
            Values::Boolean(a) => {
                if a.value(i) {
                    "true"
                } else {
                    "false"
                }
            }
            Values::Integer(a) => self.made(i, Stored::Integer, a.values().iter().copied()),
            Values::Date(a) => self.made(i, Stored::Date, a.values().iter().map(|n| i64::from(*n))),
            Values::Moment(a) => self.made(i, Stored::Moment, a.values().iter().copied()),
        }
    }

    fn made(&self, i: usize, stored: Stored, numbers: impl Iterator<Item = i64>) -> &str {
        let (text, ends) = self.texts.get_or_init(|| {
            let (mut text, mut ends) = (String::new(), Vec::new());
            for number in numbers {
                stored.push(&mut text, number);
                ends.push(text.len());
            }
            (text, ends)
        });
        let begin = i.checked_sub(1).map_or(0, |before| ends[before]);
        &text[begin..ends[i]]
    }
}

fn array<A: Array + Clone + 'static>(batch: &RecordBatch, name: &str) -> Option<A> {
    batch.column_by_name(name)?.as_any().downcast_ref::<A>().cloned()
}
