//! What a snapshot says about itself: `manifest.json`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::system::Normaliser;
use crate::value::{ListKind, SourceEntry, Type};

/// Version of the snapshot folder's format.
pub const FORMAT: u32 = 1;

/// The manifest of one snapshot: one environment as one reader saw it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of this format.
    pub format: u32,
    /// gonogo's version that wrote it. Not part of `content_id`.
    pub tool: String,
    /// Name of the environment.
    pub environment: String,
    /// Its role (`production`, `training`, …).
    pub role: String,
    /// Name of the system definition.
    pub system: String,
    /// Where it was read: folder of the files, or origin of the server.
    pub origin: String,
    /// Scope that was asked for and given, where the protocol has one.
    pub scope: Option<String>,
    /// Login it was read with; `None` for files.
    pub login: Option<String>,
    /// Which instance answered, when the environment says how to tell.
    pub instance: Option<Instance>,
    /// Age of the data: the oldest moment its extract speaks for; `None` when unknown.
    pub taken_at: Option<DateTime<Utc>>,
    /// When it was captured. Not part of `content_id`.
    pub captured_at: DateTime<Utc>,
    /// SHA-256 over the definitions of the datasets.
    pub definition: String,
    /// The datasets, sorted by name.
    pub datasets: Vec<DatasetEntry>,
    /// The logins whose views are among the datasets, sorted by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub logins: Vec<LoginEntry>,
    /// SHA-256 over everything here but `tool` and `captured_at`.
    pub content_id: String,
}

/// The instance that answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// What the environment file expects.
    pub expected: String,
    /// What the data said (every distinct value, sorted).
    pub found: Vec<String>,
}

/// A login whose views were read: where, how old they are, and which instance answered it. Nothing of this is the administrator's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginEntry {
    /// Its name.
    pub name: String,
    /// Where its views were read.
    pub origin: String,
    /// Which instance answered it, when the environment says how to tell.
    pub instance: Option<Instance>,
    /// Age of its data; `None` when unknown.
    pub taken_at: Option<DateTime<Utc>>,
    /// Who the data say read them, when the environment says how to tell.
    pub reader: Option<Reader>,
}

/// Who read the data of a login's views.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reader {
    /// What the environment file expects.
    pub expected: String,
    /// What the login's data said (every distinct value, sorted).
    pub found: Vec<String>,
    /// What the administrator's data said.
    pub administrator: Vec<String>,
}

/// One dataset of a snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatasetEntry {
    /// Its name; a view by a login is `clinics@booking_clerk`.
    pub name: String,
    /// What one row is called.
    pub noun: String,
    /// Why it could not be read wholly; such a dataset has no file and answers nothing.
    pub unread: Option<String>,
    /// Rows stored.
    pub rows: u64,
    /// Name of the Parquet file in the folder.
    pub file: Option<String>,
    /// SHA-256 of that file.
    pub sha256: Option<String>,
    /// BLAKE3 of that file: what is verified when the snapshot is opened.
    pub blake3: Option<String>,
    /// How sure it is that all rows were read.
    pub completeness: Completeness,
    /// SHA-256 of the dataset's definition; two sides are compared only under definitions that fit.
    pub definition: String,
    /// The key ladder: column names per rung.
    pub key: Vec<Vec<String>>,
    /// The column that holds the surrogate id (stored as `_id`), if the system keeps one.
    pub has_id: bool,
    /// Columns `effective.from` and `effective.to`.
    pub effective: Option<(Option<String>, Option<String>)>,
    /// Columns in definition order.
    pub columns: Vec<ColumnEntry>,
    /// Rows whose key is missing on every rung.
    pub rows_without_key: u64,
    /// Rows that share their key with another row.
    pub rows_with_shared_key: u64,
    /// The files it was read from.
    pub sources: Vec<SourceEntry>,
    /// True when an absent file was declared to mean an empty dataset.
    pub declared_empty: Option<String>,
    /// Records of patients that were counted: the rows are then combinations of their values, each with how many records have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<u64>,
}

/// Completeness and its grade: unknown can never be GO.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Completeness {
    /// Proven, declared or unknown.
    pub grade: Grade,
    /// How it is known, one line.
    pub method: String,
    /// Rows that should be there, where a total is known.
    pub expected: Option<u64>,
}

/// The grade of a completeness claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Nobody said how many rows there should be.
    Unknown,
    /// A person signed for it.
    Declared,
    /// A total from the system or a control file.
    Proven,
}

/// One column of a dataset as captured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnEntry {
    /// Its name.
    pub name: String,
    /// Type of its values (of the items, for a list).
    #[serde(rename = "type")]
    pub kind: Type,
    /// Set or ordered list, when the cell holds several values.
    pub list: Option<ListKind>,
    /// True when the row hash covers it: not a key column of every rung, not volatile.
    pub hashed: bool,
    /// True when its value changes by itself and is never compared.
    pub volatile: bool,
    /// Dataset whose key the cells hold.
    pub references: Option<String>,
    /// Normalisers of its part of a key: leftovers are tried on their other rungs under the same ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub normalise: Vec<Normaliser>,
    /// Why nothing could be read from it, with the nearest names; checks that read it are CANNOT TELL.
    pub unread: Option<String>,
    /// Why the system does not offer it.
    pub not_offered: Option<String>,
    /// Cells by state, for the ledger and for grouping by cause.
    pub cells: CellCounts,
}

/// How many cells of a column are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CellCounts {
    pub value: u64,
    pub absent: u64,
    pub null: u64,
    pub empty: u64,
    pub invalid: u64,
    pub unresolved: u64,
    /// Of the values, how many came from `default`.
    pub defaulted: u64,
}

impl Manifest {
    /// The dataset of that name.
    pub fn dataset(&self, name: &str) -> Option<&DatasetEntry> {
        self.datasets.iter().find(|d| d.name == name)
    }
}

impl DatasetEntry {
    /// Position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// True when a column belongs to the given rung.
    pub fn in_rung(&self, rung: u8, column: &str) -> bool {
        self.key.get(usize::from(rung)).is_some_and(|r| r.iter().any(|c| c == column))
    }
}

#[cfg(test)]
impl DatasetEntry {
    /// Clinics by code, so many rows, proven by a control file; a test changes what it is about.
    pub(crate) fn of_clinics(rows: u64) -> Self {
        Self {
            name: "clinics".into(),
            noun: "clinic".into(),
            unread: None,
            rows,
            file: None,
            sha256: None,
            blake3: None,
            completeness: Completeness { grade: Grade::Proven, method: "control file".into(), expected: Some(rows) },
            definition: "d".into(),
            key: vec![vec!["code".into()]],
            has_id: false,
            effective: None,
            columns: Vec::new(),
            rows_without_key: 0,
            rows_with_shared_key: 0,
            sources: Vec::new(),
            declared_empty: None,
            measured: None,
        }
    }
}
