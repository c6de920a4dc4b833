//! What a check looked at: its denominators, so that nothing is hidden.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The coverage ledger of one check. Every format shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    /// One entry per dataset and environment that was read.
    pub read: Vec<ReadCount>,
    /// The signature that an attested check rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signed: Vec<Signature>,
    /// Records (or pairs of records) that the check's `where` selected.
    pub selected: u64,
    /// Pairs of records with the same key.
    pub matched: u64,
    /// Selected records for which `where` was null.
    pub undecided: u64,
    /// Records left out by `where` or because they are not effective on the go-live date.
    pub excluded: u64,
    /// Findings waived.
    pub waived: u64,
    /// Columns compared or read by the check.
    pub columns_compared: Vec<String>,
    /// Columns left out, with the reason: `ignore`, `may_differ`, `training_only`, `production_only`.
    pub columns_ignored: Vec<(String, String)>,
    /// Columns that change by themselves.
    pub columns_volatile: Vec<String>,
    /// Columns compared with a tolerance or a normaliser: (column, what counts as equal).
    pub columns_tolerated: Vec<(String, String)>,
    /// Columns that could not be read, with the reason.
    pub columns_unread: Vec<(String, String)>,
    /// Things worth knowing that change nothing, such as renames not tried.
    pub notes: Vec<String>,
    /// Shown on the first page: under half of the columns compared, a `where` that selects little.
    pub warnings: Vec<String>,
}

/// Rows of one dataset in one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadCount {
    /// Environment.
    pub environment: String,
    /// Dataset.
    pub dataset: String,
    /// Rows that should be there, where a total is known.
    pub expected: Option<u64>,
    /// Rows read; `None` when the dataset is unread.
    pub rows: Option<u64>,
    /// Grade of completeness and how it is known.
    pub completeness: String,
}

/// What a person signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Who, by name.
    pub person: String,
    /// In which role.
    pub role: String,
    /// When.
    pub date: DateTime<Utc>,
    /// When it ends.
    pub until: DateTime<Utc>,
    /// The build it was signed for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub build: Option<String>,
    /// SHA-256 of the document that proves it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub document: Option<String>,
}
