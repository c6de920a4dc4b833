//! What a comparison finds.

use crate::value::{Cell, Key};

/// Which side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// What staff were trained on; the first of two files.
    Left,
    /// What goes live; the second of two files.
    Right,
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The record's key: of the left side unless the record is only on the right.
    pub key: Key,
    /// What differs.
    pub kind: DifferenceKind,
}

/// What differs.
#[derive(Clone, Debug, PartialEq)]
pub enum DifferenceKind {
    /// On the left only. `why` says more, such as "ends 2027-01-31, before the go-live".
    Missing {
        /// Why it counts as missing although a row is there.
        why: Option<String>,
    },
    /// On the right only.
    Extra {
        /// Why it counts as extra although the other side has a row.
        why: Option<String>,
    },
    /// One field of a matched pair (one difference per field).
    Changed(FieldDifference),
    /// A field that must differ is equal on both sides.
    NotDifferent(FieldDifference),
    /// The same record under another key: reported once, with the fields that differ as well.
    Renamed {
        /// Key on the right.
        to: Key,
        /// How it was recognised.
        how: How,
        /// Fields that differ as well.
        fields: Vec<FieldDifference>,
    },
    /// The same record, found by another rung of the ladder.
    Rekeyed {
        /// Key on the right.
        to: Key,
        /// Fields that differ as well.
        fields: Vec<FieldDifference>,
    },
    /// Several records of one side share the key.
    DuplicateKey {
        /// The side.
        side: Side,
        /// How many records.
        rows: u64,
    },
    /// A record of one side has no key on any rung; its cells in words.
    MissingKey {
        /// The side.
        side: Side,
        /// The record, shortened.
        record: String,
    },
    /// A compared cell of one side is invalid or unresolved.
    Broken {
        /// The side.
        side: Side,
        /// The column.
        field: String,
        /// The cell.
        cell: Cell,
    },
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDifference {
    /// The column.
    pub field: String,
    /// Cell on the left.
    pub left: Cell,
    /// Cell on the right.
    pub right: Cell,
}

/// How a renamed record was recognised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum How {
    /// By the same surrogate id.
    Exact,
    /// By the same content, unique on both sides.
    Content,
    /// By similar content; the share of equal fields, 0 to 1.
    Similar(f64),
}

/// Numbers of a comparison, for the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows on the left.
    pub left: u64,
    /// Rows on the right.
    pub right: u64,
    /// Pairs (and single rows) selected by `where`.
    pub selected: u64,
    /// Pairs with the same key among them.
    pub matched: u64,
    /// Pairs with at least one changed field.
    pub changed: u64,
    /// Selected pairs (and single rows) for which `where` was null.
    pub undecided: u64,
    /// Rows left out by `where` or by their effective dates.
    pub excluded: u64,
    /// Rows selected on the left, and on the right.
    pub selected_sides: (u64, u64),
}

/// The outcome of a comparison.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// Differences, sorted by key, kind and field; at most the limit asked for.
    pub differences: Vec<Difference>,
    /// Differences beyond the limit.
    pub beyond: u64,
    /// Numbers.
    pub counts: Counts,
    /// Worth knowing: "renames by similarity were not tried: 7,000 left over".
    pub notes: Vec<String>,
}
