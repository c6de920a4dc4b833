//! What a check found, and how bad it is.

use serde::{Deserialize, Serialize};

use crate::value::{Cell, Key};

/// How bad a finding is. Ordered: `Info` < `Minor` < `Major` < `Blocker`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// For information.
    Info,
    /// Worth knowing.
    Minor,
    /// Blocks unless a named person signs a dated waiver.
    Major,
    /// Blocks.
    Blocker,
}

impl Severity {
    /// The word users write, per severity, worst first.
    pub const WORDS: &'static [(&'static str, Severity)] =
        &[("blocker", Severity::Blocker), ("major", Severity::Major), ("minor", Severity::Minor), ("info", Severity::Info)];

    /// The word users write.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, s)| *s == self).map_or("", |(w, _)| w)
    }
}

/// What kind of thing was found. The words are a public contract (JSON, JUnit, worklists).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// In training (or in the signed list), not in production.
    Missing,
    /// In production, not in training (or not in the signed list).
    Extra,
    /// An administrator sees it, a login that has to see it does not: it is there, and hidden.
    NotVisible,
    /// A field differs.
    Changed,
    /// A field that must differ between the sides is equal.
    NotDifferent,
    /// The same record under another key.
    Renamed,
    /// The same record found by another rung of the key ladder.
    Rekeyed,
    /// Several records share one key.
    DuplicateKey,
    /// A record has no key on any rung.
    MissingKey,
    /// A cell does not fit its type.
    Invalid,
    /// A reference points at nothing.
    Unresolved,
    /// A condition is not true of a record.
    Violated,
    /// A condition could not be decided for a record (null).
    Undecided,
    /// A number of rows is out of bounds.
    Count,
    /// Nobody has signed.
    Unsigned,
    /// A signature ends too early.
    Expired,
    /// Other words were signed.
    OtherStatement,
    /// Somebody signed in a role that may not.
    OtherRole,
    /// A signature is for another build.
    OtherBuild,
    /// A number that was measured is out of its limits.
    OutOfLimits,
    /// A number was not measured.
    Unmeasured,
    /// No document proves what was signed.
    NoDocument,
    /// The document that was signed is not there.
    DocumentMissing,
    /// The document is not the one that was signed.
    DocumentChanged,
    /// A dataset as a whole, or a file that judges, is not as it was frozen.
    Moved,
}

/// A field that differs within a renamed or re-keyed record, which is reported once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The column.
    pub field: String,
    /// What staff were trained on, or what was signed.
    pub expected: Cell,
    /// What is there.
    pub found: Cell,
}

/// One thing that a check found, with its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind.
    pub kind: FindingKind,
    /// How bad.
    pub severity: Severity,
    /// The environment it is about (the one to repair, by default production).
    pub environment: String,
    /// The dataset.
    pub dataset: String,
    /// The record's business key.
    pub key: Key,
    /// The column, where one is meant.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub field: Option<String>,
    /// What staff were trained on, or what was signed.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected: Option<Cell>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub found: Option<Cell>,
    /// Renamed and re-keyed records: the other key, and the fields that differ as well.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub other_key: Option<Key>,
    /// Fields that differ in a renamed or re-keyed record.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub changes: Vec<FieldChange>,
    /// One sentence that stands alone.
    pub message: String,
    /// Cause that it shares with others; groups partition the findings of a check.
    pub cause: String,
    /// `f1:` and 32 hex digits over check, object, field and both values; stable across runs.
    pub fingerprint: String,
}

impl Finding {
    /// Computes [`Finding::fingerprint`] for the check with this id.
    pub fn fingerprint_for(&self, check: &str) -> String {
        let mut hash = xxhash_rust::xxh3::Xxh3::new();
        let mut put = |text: &str| {
            hash.update(&(text.len() as u64).to_le_bytes());
            hash.update(text.as_bytes());
        };
        put(check);
        put(&format!("{:?}", self.kind));
        put(&self.environment);
        put(&self.dataset);
        for key in std::iter::once(&self.key).chain(self.other_key.as_ref()) {
            put(&format!("{}/{}", key.rung, key.parts.len()));
            key.parts.iter().for_each(|p| put(p));
        }
        put(self.field.as_deref().unwrap_or(""));
        let mut cells: Vec<&Cell> = Vec::new();
        cells.extend(self.expected.as_ref());
        cells.extend(self.found.as_ref());
        for change in &self.changes {
            put(&change.field);
            cells.extend([&change.expected, &change.found]);
        }
        for cell in cells {
            put(&format!("{:?}", cell.state));
            put(&cell.text);
        }
        format!("f1:{:032x}", hash.digest128())
    }
}
