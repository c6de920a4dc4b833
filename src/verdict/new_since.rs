//! What is new since a freeze: findings that were known then are told apart, and never make a GO.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::check::{Baseline, Finding, Outcome, Severity, Status};

use super::result::{CheckResult, Counts};

/// The baseline that a run is told to count from.
#[derive(Clone, Debug)]
pub struct Since {
    /// What was known.
    pub baseline: Baseline,
    /// Files that judge and do not say what they said then, in words.
    pub rules: Vec<String>,
}

/// How a run stands to the baseline that it counts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewSince {
    /// Name of the baseline.
    pub baseline: String,
    /// When it was frozen.
    pub frozen_at: DateTime<Utc>,
    /// Who accepted it.
    pub by: Option<String>,
    /// Findings that were known then and are still there: they do not block.
    pub baselined: Counts,
    /// Findings that were known then and are gone.
    pub fixed: Counts,
    /// Findings that were known then and were not looked for: their check was left out, could not be told, or is no more.
    pub not_looked_for: Counts,
    /// Files that judge and do not say what they said then, in words.
    pub rules: Vec<String>,
}

/// Findings that are known, by fingerprint: as how bad, and how often.
type Known<'a> = BTreeMap<&'a str, Vec<Severity>>;

/// Tells known findings from new ones, check by check.
pub(super) struct Telling<'a> {
    /// Checks that were not asked yet.
    left: BTreeMap<&'a str, Known<'a>>,
    told: NewSince,
}

/// What of one check is known: taken out of its outcome before it is counted.
#[derive(Default)]
pub(super) struct Apart {
    baselined: Vec<Finding>,
    gone: Counts,
}

impl<'a> Telling<'a> {
    pub(super) fn new(since: &'a Since) -> Self {
        let mut left: BTreeMap<&str, Known<'_>> = BTreeMap::new();
        for (check, by_severity) in &since.baseline.findings {
            let known = left.entry(check).or_default();
            for (severity, fingerprints) in by_severity {
                fingerprints.iter().for_each(|f| known.entry(f).or_default().push(*severity));
            }
        }
        let told = NewSince {
            baseline: since.baseline.name.clone(),
            frozen_at: since.baseline.frozen_at,
            by: since.baseline.by.clone(),
            baselined: Counts::default(),
            fixed: Counts::default(),
            not_looked_for: Counts::default(),
            rules: since.rules.clone(),
        };
        Self { left, told }
    }

    /// Takes the findings out of an outcome that were known: as often as they were, and not when they count worse than they did.
    pub(super) fn take(&mut self, check: &str, outcome: &mut Outcome) -> Apart {
        let mut known = self.left.remove(check).unwrap_or_default();
        let mut apart = Apart::default();
        for finding in std::mem::take(&mut outcome.findings) {
            let severities = known.get_mut(finding.fingerprint.as_str());
            let as_bad = severities.and_then(|s| s.iter().position(|s| *s >= finding.severity).map(|at| s.swap_remove(at)));
            if as_bad.is_some() { &mut apart.baselined } else { &mut outcome.findings }.push(finding);
        }
        for severity in known.into_values().flatten() {
            apart.gone.add(severity, 1);
        }
        apart
    }

    /// Gives a check that was counted its known findings: they are shown, it has not passed, and they do not block.
    pub(super) fn give(&mut self, result: &mut CheckResult, apart: Apart) {
        let answered = result.outcome.cannot_tell.is_empty() && result.outcome.skipped.is_none();
        if answered { &mut self.told.fixed } else { &mut self.told.not_looked_for }.merge(&apart.gone);
        apart.baselined.iter().for_each(|f| self.told.baselined.add(f.severity, 1));
        if let Some(worst) = apart.baselined.iter().map(|f| f.severity).max() {
            result.worst = result.worst.max(worst);
            if result.status == Status::Pass {
                result.status = Status::Fail;
            }
        }
        result.baselined = apart.baselined;
    }

    /// All that is to be told; checks that are no more were not looked for.
    pub(super) fn finish(mut self) -> NewSince {
        for severity in self.left.into_values().flat_map(BTreeMap::into_values).flatten() {
            self.told.not_looked_for.add(severity, 1);
        }
        self.told
    }
}
