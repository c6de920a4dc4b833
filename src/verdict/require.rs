//! The standard criteria of a go-live, and whether each has a check with an outcome.

use std::collections::BTreeSet;

use crate::check::Status;
pub use crate::check::{STANDARD_CRITERIA, StandardCriterion};

use super::project::{Require, RequiredCriteria};
use super::result::{CheckResult, RequiredResult};

/// What became of the required criteria.
#[derive(Debug, Default)]
pub(super) struct Requirement {
    /// One result per criterion, in the list's order.
    pub(super) results: Vec<RequiredResult>,
    /// Why the requirement is not met, one sentence each.
    pub(super) unmet: Vec<String>,
    /// Criteria whose every check was left out of this run.
    pub(super) left_out: Vec<String>,
    /// What the verdict is a verdict on, when it is not on the whole hospital.
    pub(super) verdict_on: Option<String>,
}

/// Judges what a GO must contain: each required criterion has an answered check at every site, or a line that says why it does not apply.
pub(super) fn judge(require: &Require, standard: &[StandardCriterion], checks: &[CheckResult]) -> Requirement {
    let title = |id: &str| standard.iter().find(|c| c.id == id).map_or("", |c| c.title).to_owned();
    let (required, verdict_on): (Vec<String>, _) = match &require.criteria {
        RequiredCriteria::Standard => (standard.iter().map(|c| c.id.to_owned()).collect(), None),
        RequiredCriteria::Listed(ids) => {
            let ids: Vec<String> = ids.iter().map(|id| id.value.clone()).collect();
            let on = format!("the criteria that the project lists ({}), not on the whole hospital", ids.join(", "));
            (ids, Some(on))
        }
        RequiredCriteria::None { reason } => {
            let on = format!("{} alone, not on the whole hospital: {reason}", areas(checks));
            return Requirement { verdict_on: Some(on), ..Requirement::default() };
        }
    };
    let mut out = Requirement { verdict_on, ..Requirement::default() };
    if required.is_empty() {
        out.unmet.push("the project requires no criterion at all".to_owned());
    }
    let mut unanswered: Vec<String> = Vec::new();
    let sites = sites(checks);
    for id in required {
        let asking: Vec<&CheckResult> = checks.iter().filter(|c| c.criterion.as_deref() == Some(id.as_str())).collect();
        let excused = require.not_applicable.iter().find(|c| c.id.value == id);
        let mut answered = true;
        for site in &sites {
            let here: Vec<&CheckResult> = asking.iter().copied().filter(|c| c.site.is_none() || c.site.as_deref() == *site).collect();
            if here.iter().any(|c| is_answered(c)) {
                continue;
            }
            answered = false;
            if excused.is_none() {
                let all_left_out = !here.is_empty() && here.iter().all(|c| c.status == Status::Skipped);
                let open = if all_left_out { &mut out.left_out } else { &mut unanswered };
                open.push(site.filter(|_| !asking.is_empty()).map_or_else(|| id.clone(), |site| format!("{id} at {site}")));
            }
        }
        unanswered.dedup();
        let mut named: Vec<String> = asking.iter().map(|c| c.id.clone()).collect();
        named.dedup();
        out.results.push(RequiredResult {
            title: title(&id),
            checks: named,
            answered,
            not_applicable: excused.map(|c| format!("{} (agreed by {})", c.reason, c.approver)),
            criterion: id,
        });
    }
    if !unanswered.is_empty() {
        out.unmet.push(match unanswered.len() {
            1 => format!("the required criterion {} has no check with an answer", unanswered[0]),
            n => format!("{n} required criteria have no check with an answer: {}", unanswered.join(", ")),
        });
    }
    out
}

/// The sites that have answers of their own, each of which needs an answer to every criterion; `None` for a project without.
fn sites(checks: &[CheckResult]) -> Vec<Option<&str>> {
    let sites: BTreeSet<&str> = checks.iter().filter_map(|c| c.site.as_deref()).collect();
    if sites.is_empty() { vec![None] } else { sites.into_iter().map(Some).collect() }
}

/// True when a check gave an answer, and nothing in it was left open.
pub(super) fn is_answered(check: &CheckResult) -> bool {
    matches!(check.status, Status::Pass | Status::Fail | Status::Waived)
        && check.outcome.cannot_tell.is_empty()
        && check.outcome.skipped.is_none()
}

fn areas(checks: &[CheckResult]) -> String {
    let areas: BTreeSet<&str> = checks.iter().map(|c| c.area.as_str()).collect();
    match areas.len() {
        0 => "no area".to_owned(),
        _ => areas.into_iter().collect::<Vec<_>>().join(", "),
    }
}
