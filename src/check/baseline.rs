//! Baselines: what a freeze remembers, so that whatever moved since then can be told. `checks/baselines/<name>.json`.

mod content;
mod file;
mod freeze;
mod rules;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::snapshot::{Grade, Table};

use super::finding::Severity;

pub use content::{content_digest, definition_digest};
pub(super) use content::{frozen_columns, unreadable};
pub use freeze::{Freeze, freeze};
pub use rules::{Change, RuleChange, RuleFile, changes, parts};

/// What was frozen under one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// `gonogo-baseline`: says to a reader what the file is.
    pub format: String,
    /// Version of this format.
    pub version: u32,
    /// Its name, which is the file's; never used twice.
    pub name: String,
    /// As of when it was frozen.
    pub frozen_at: DateTime<Utc>,
    /// Who accepts it; without a person its row counts anchor nothing.
    pub by: Option<String>,
    /// gonogo's version that wrote it.
    pub tool: String,
    /// Environment that staff were trained on.
    pub training: String,
    /// Environment that goes live.
    pub production: String,
    /// The environments, sorted by name.
    pub environments: Vec<FrozenEnvironment>,
    /// The files that judged, sorted by path.
    pub rules: Vec<RuleFile>,
    /// Fingerprints of all findings of that run, by check and severity, sorted; one stands there as often as it was found.
    pub findings: BTreeMap<String, BTreeMap<Severity, Vec<String>>>,
    /// SHA-256 over everything else here: an edit is told.
    pub seal: String,
}

/// One environment as frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenEnvironment {
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: String,
    /// Name of its system definition.
    pub system: String,
    /// Instances that answered.
    pub instance: Vec<String>,
    /// Id of the snapshot.
    pub snapshot: String,
    /// Content id of the snapshot.
    pub content_id: String,
    /// Age of the data.
    pub taken_at: Option<DateTime<Utc>>,
    /// Its datasets, sorted by name.
    pub datasets: Vec<FrozenDataset>,
}

/// One dataset as frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrozenDataset {
    /// Its name.
    pub name: String,
    /// Rows.
    pub rows: u64,
    /// Digest of what its records say: see [`content_digest`].
    pub content: String,
    /// Digest of its definition and of those of the datasets it refers to: see [`definition_digest`].
    pub definition: String,
    /// The key ladder: column names per rung.
    pub key: Vec<Vec<String>>,
    /// Columns that `content` covers beside the key.
    pub columns: Vec<String>,
    /// How sure it was that all rows were read.
    pub complete: Grade,
}

/// Everything about freezes that a judgement is a function of.
#[derive(Clone, Default)]
pub struct Baselines {
    /// The baselines by name.
    pub named: BTreeMap<String, Baseline>,
    /// The files that judge now, sorted by path.
    pub rules: Vec<RuleFile>,
    /// Datasets that the system of each environment defines now.
    pub offered: BTreeMap<String, BTreeSet<String>>,
    /// The newest stored snapshot in which a dataset that has moved was still as frozen.
    pub last_same: BTreeMap<FrozenName, LastSame>,
}

/// Address of a frozen dataset.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FrozenName {
    /// The baseline.
    pub baseline: String,
    /// The environment.
    pub environment: String,
    /// The dataset.
    pub dataset: String,
}

/// A dataset as it was when it was last as frozen.
#[derive(Clone)]
pub struct LastSame {
    /// Age of the data then, or when they were captured.
    pub at: DateTime<Utc>,
    /// The records.
    pub table: Table,
}

impl Baseline {
    /// An environment as frozen.
    pub fn environment(&self, name: &str) -> Option<&FrozenEnvironment> {
        self.environments.iter().find(|e| e.name == name)
    }
}

impl FrozenEnvironment {
    /// A dataset as frozen.
    pub fn dataset(&self, name: &str) -> Option<&FrozenDataset> {
        self.datasets.iter().find(|d| d.name == name)
    }
}
