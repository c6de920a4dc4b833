//! What counts as equal, column by column.

use crate::system::Normaliser;

/// How a field must relate between the sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Equal.
    Equal,
    /// Different: a training interface that points at the production address is a finding.
    MustDiffer,
    /// Not compared: ignored, may differ, only meaningful on one side; the reason is in the ledger.
    Ignored,
}

/// How far apart two numbers may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Tolerance {
    /// Absolute distance, as exact decimal text.
    pub absolute: Option<String>,
    /// Share of the larger magnitude, 0 to 1.
    pub relative: Option<f64>,
}

/// The rule of one column.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The relation.
    pub relation: Relation,
    /// Normalisers.
    pub normalise: Vec<Normaliser>,
    /// Tolerance (numeric columns).
    pub tolerance: Option<Tolerance>,
}

/// The rules of a comparison.
pub struct Rules {
    /// By column name; columns without one are compared as equal. Volatile columns and ids are never compared.
    pub columns: std::collections::BTreeMap<String, Rule>,
    /// Recognise renamed records.
    pub renames: bool,
    /// Rows that are not effective at this moment count as not there.
    pub effective_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Differences to keep.
    pub limit: usize,
}
