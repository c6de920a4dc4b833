//! `gonogo.yaml`: the go-live, the pair, the policy and what a GO must contain.

use chrono::{DateTime, Duration, Utc};

use crate::check::Severity;
use crate::document::{At, Place};

/// A readiness project.
#[derive(Clone, Debug)]
pub struct Project {
    /// What goes live.
    pub title: String,
    /// The moment judged for.
    pub go_live: At<DateTime<Utc>>,
    /// Environment of the training side.
    pub training: At<String>,
    /// Environment of the production side.
    pub production: At<String>,
    /// How findings become a verdict.
    pub policy: Policy,
    /// What a GO must contain.
    pub require: Require,
    /// The standard catalogue, when the project takes its checks.
    pub catalogue: Option<CatalogueUse>,
    /// SHA-256 of the file's text.
    pub digest: String,
    /// Where it begins.
    pub place: Place,
}

/// How findings become a verdict.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Findings at or above this block.
    pub block_at: Severity,
    /// How old the data may be, at as-of.
    pub max_age: Duration,
    /// How far apart the two sides may be.
    pub max_skew: Duration,
    /// Above it no waiver applies.
    pub max_waived: Option<MaxWaived>,
    /// Severities that no waiver touches.
    pub never_waive: Vec<Severity>,
    /// Who may approve, by severity.
    pub approvers: Vec<(Severity, Vec<String>)>,
}

/// Caps on waivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxWaived {
    /// Findings.
    pub findings: u64,
    /// Groups.
    pub groups: u64,
}

/// How a project uses the standard catalogue.
#[derive(Clone, Debug, Default)]
pub struct CatalogueUse {
    /// The only checks that are taken; all of them when not given.
    pub only: Option<Only>,
    /// Checks that do not fit this hospital.
    pub without: Vec<Without>,
}

/// The part of the catalogue that a project takes.
#[derive(Clone, Debug)]
pub struct Only {
    /// Ids of its checks.
    pub checks: Vec<At<String>>,
    /// Why not the others.
    pub reason: String,
    /// Who agreed.
    pub approver: String,
}

/// A check of the catalogue that is left out.
#[derive(Clone, Debug)]
pub struct Without {
    /// Its id.
    pub check: At<String>,
    /// Why.
    pub reason: String,
    /// Who agreed.
    pub approver: String,
}

/// What a GO must contain.
#[derive(Clone, Debug)]
pub struct Require {
    /// The criteria.
    pub criteria: RequiredCriteria,
    /// Criteria that do not apply here.
    pub not_applicable: Vec<Criterion>,
}

/// Which criteria are required.
#[derive(Clone, Debug)]
pub enum RequiredCriteria {
    /// The standard list.
    Standard,
    /// None: the verdict says what it is a verdict on.
    None {
        /// Why.
        reason: String,
    },
    /// These.
    Listed(Vec<At<String>>),
}

/// A criterion that does not apply.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// Its id, such as `BCP-2`.
    pub id: At<String>,
    /// Why it does not apply.
    pub reason: String,
    /// Who agreed.
    pub approver: String,
}

impl Policy {
    /// Who may approve a waiver of findings of this severity, each once, in the file's order: those that the policy names for it or
    /// for a worse one. Whoever may accept a major difference may accept a minor one; never the other way round.
    pub fn approvers_of(&self, severity: Severity) -> Vec<&str> {
        let mut names = Vec::new();
        for name in self.approvers.iter().filter(|(s, _)| *s >= severity).flat_map(|(_, names)| names) {
            if !names.contains(&name.as_str()) {
                names.push(name.as_str());
            }
        }
        names
    }

    /// The standard policy; a report lists what deviates from it.
    pub fn standard() -> Self {
        Self {
            block_at: Severity::Major,
            max_age: Duration::hours(24),
            max_skew: Duration::hours(12),
            max_waived: Some(MaxWaived { findings: 400, groups: 10 }),
            never_waive: vec![Severity::Blocker],
            approvers: Vec::new(),
        }
    }
}
