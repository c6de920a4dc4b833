//! Values in their one normal form, fixed at capture.
//!
//! A cell is a state and a canonical text. The text of each type:
//!
//! | type | canonical text |
//! |---|---|
//! | text | as read |
//! | integer | decimal digits, `-` when negative, 64 bits |
//! | decimal | plain digits, no exponent, no trailing zeros after the point, `-0` is `0` |
//! | boolean | `true` or `false` |
//! | date | `2027-02-24` |
//! | time | `06:00:00`, with a fraction only when it is not zero |
//! | datetime | `2027-02-24T06:00:00Z` in UTC, fraction up to microseconds without trailing zeros |
//! | json | canonical JSON: members sorted, no spaces, numbers as decimals |
//! | a list | a JSON array of canonical texts; a set is sorted and without repeats |

use serde::{Deserialize, Serialize};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Type {
    /// Text as read.
    Text,
    /// A whole number of 64 bits.
    Integer,
    /// An exact decimal number of any size.
    Decimal,
    /// True or false.
    Boolean,
    /// A calendar date.
    Date,
    /// A time of day.
    Time,
    /// A moment, kept in UTC to the microsecond.
    Datetime,
    /// A nested document, compared in canonical form.
    Json,
}

impl Type {
    /// All types with the word users write.
    pub const WORDS: &'static [(&'static str, Type)] = &[
        ("text", Type::Text),
        ("integer", Type::Integer),
        ("decimal", Type::Decimal),
        ("boolean", Type::Boolean),
        ("date", Type::Date),
        ("time", Type::Time),
        ("datetime", Type::Datetime),
        ("json", Type::Json),
    ];

    /// The word users write.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, t)| *t == self).map_or("text", |(w, _)| w)
    }
}

/// How several values in one cell compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Order and repeats do not matter.
    Set,
    /// Order matters.
    Ordered,
}

/// Whether a cell has a value, and if not, why not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum State {
    /// A value in canonical text.
    Value = 0,
    /// The record has no such member, or the file no such column.
    #[default]
    Absent = 1,
    /// An explicit null, or an empty cell of a typed column.
    Null = 2,
    /// An empty text.
    Empty = 3,
    /// A value that does not fit the column's type, kept raw.
    Invalid = 4,
    /// A reference whose target was not found, kept raw.
    Unresolved = 5,
}

impl State {
    /// The state with this number, as stored.
    pub fn from_u8(n: u8) -> Option<Self> {
        [Self::Value, Self::Absent, Self::Null, Self::Empty, Self::Invalid, Self::Unresolved].into_iter().find(|s| *s as u8 == n)
    }

    /// True for the states that no check may take for an answer.
    pub fn is_broken(self) -> bool {
        matches!(self, Self::Invalid | Self::Unresolved)
    }
}

/// One cell of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Cell {
    /// Whether there is a value.
    pub state: State,
    /// Canonical text; raw text when invalid or unresolved; empty otherwise.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl Cell {
    /// A cell with a value in canonical text.
    pub fn value(text: impl Into<String>) -> Self {
        Self { state: State::Value, text: text.into() }
    }

    /// A cell without a value.
    pub fn none(state: State) -> Self {
        Self { state, text: String::new() }
    }

    /// A cell whose raw text did not fit.
    pub fn invalid(raw: impl Into<String>) -> Self {
        Self { state: State::Invalid, text: raw.into() }
    }

    /// Borrowed form.
    pub fn as_ref(&self) -> CellRef<'_> {
        CellRef { state: self.state, text: &self.text }
    }
}

/// A borrowed cell: what comparison and conditions work on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CellRef<'a> {
    /// Whether there is a value.
    pub state: State,
    /// Canonical or raw text.
    pub text: &'a str,
}

impl CellRef<'_> {
    /// An owned copy.
    pub fn to_cell(self) -> Cell {
        Cell { state: self.state, text: self.text.to_owned() }
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.state {
            State::Value => f.write_str(&self.text),
            State::Absent => f.write_str("(absent)"),
            State::Null => f.write_str("(null)"),
            State::Empty => f.write_str("(empty)"),
            State::Invalid => write!(f, "{} (invalid)", self.text),
            State::Unresolved => write!(f, "{} (unresolved)", self.text),
        }
    }
}
