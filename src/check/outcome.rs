//! How a check ended.

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::ledger::Ledger;

/// How a check ended. Findings and reasons may both be there: what was found stays found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What was found, sorted by severity (worst first), dataset, key, field.
    pub findings: Vec<Finding>,
    /// Findings beyond the 100,000 that are kept: counted, by severity word.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beyond: Vec<(String, u64)>,
    /// Why the check cannot be answered; empty when it was.
    pub cannot_tell: Vec<String>,
    /// Why it was left out by the command line or a site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
    /// What it looked at.
    pub ledger: Ledger,
}

/// The one word for an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Answered, nothing found.
    Pass,
    /// Answered, and a valid waiver covers everything that was found. Said by the verdict, never by a check; not the same as passed.
    Waived,
    /// Left out; never counted as passed.
    Skipped,
    /// Could not be answered.
    CannotTell,
    /// Something was found.
    Fail,
}

impl Outcome {
    /// An outcome that says only why there is no answer.
    pub fn cannot_tell(reason: impl Into<String>) -> Self {
        Self { cannot_tell: vec![reason.into()], ..Self::default() }
    }

    /// The one word: a failure is a failure even when something else could not be told.
    pub fn status(&self) -> Status {
        if self.skipped.is_some() {
            Status::Skipped
        } else if !self.findings.is_empty() {
            Status::Fail
        } else if !self.cannot_tell.is_empty() {
            Status::CannotTell
        } else {
            Status::Pass
        }
    }
}
