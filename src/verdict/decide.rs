//! The verdict. Written so that every branch leads away from GO unless proven otherwise.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::check::{CheckFile, Evidence, Hazard, Outcome, Severity, Status};

use super::assemble::{Looked, settle};
use super::new_since::{NewSince, Since};
use super::project::Project;
use super::require::{Requirement, is_answered};
use super::result::{CheckResult, Counts, Decision, EnvironmentResult, RunResult, TodoResult};
use super::waiver::{WaiverResult, WaiverState};
use super::waiver_file::Waiver;

/// What the command line asked for, and the project's files say beside checks and policy.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// How the run was narrowed (`--only`, `--tag`, `--site`), in words.
    pub narrowed: Vec<String>,
    /// The sites that are judged.
    pub sites: Vec<String>,
    /// True when as-of was typed and is not now.
    pub replay: bool,
    /// What deviates besides the policy: overridden definitions.
    pub deviations: Vec<String>,
    /// Known differences that a person has accepted.
    pub waivers: Vec<Waiver>,
    /// What the project's files leave open.
    pub todo: Vec<TodoResult>,
    /// SHA-256 per file that judged.
    pub digests: Vec<(String, String)>,
    /// The baseline since which new findings count; all count when there is none.
    pub since: Option<Since>,
    /// The hazard log.
    pub hazards: Vec<Hazard>,
}

/// Decides. `outcomes` holds one outcome per check of `files`, by its name; a check without one counts as CANNOT TELL.
pub fn decide(
    project: &Project,
    files: &[CheckFile],
    outcomes: BTreeMap<String, Outcome>,
    evidence: &Evidence,
    request: &Request,
) -> RunResult {
    let looked: Vec<Looked<'_>> = evidence
        .snapshots
        .iter()
        .map(|(name, side)| Looked {
            name,
            manifest: side.snapshot.as_ref().map(|s| s.manifest()),
            doubts: &side.doubts,
            logins: &side.logins,
        })
        .collect();
    settle(project, files, outcomes, &looked, evidence.as_of, request)
}

/// Everything that the verdict's word is a function of.
pub(super) struct Facts<'a> {
    pub(super) checks: &'a [CheckResult],
    pub(super) waivers: &'a [WaiverResult],
    pub(super) environments: &'a [EnvironmentResult],
    pub(super) required: &'a Requirement,
    /// Outcomes that belong to no check.
    pub(super) strays: &'a [String],
    pub(super) todo: &'a [TodoResult],
    pub(super) narrowed: &'a [String],
    pub(super) replay: bool,
    pub(super) since: Option<&'a NewSince>,
    pub(super) block_at: Severity,
}

/// The word and why, most important first. GO is the last branch, reached only when nothing speaks against it and everything was proven.
pub(super) fn judge(facts: &Facts<'_>) -> (Decision, Vec<String>) {
    let no_go = what_blocks(facts);
    let cannot_tell = what_cannot_be_told(facts);
    let partial = what_was_left_out(facts);
    let decision = if !no_go.is_empty() {
        Decision::NoGo
    } else if !cannot_tell.is_empty() {
        Decision::CannotTell
    } else if !partial.is_empty() {
        Decision::Partial
    } else if is_proven(facts) {
        return (Decision::Go, vec![why_go(facts)]);
    } else {
        return (Decision::CannotTell, vec!["not everything that a GO needs was proven".to_owned()]);
    };
    (decision, no_go.into_iter().chain(cannot_tell).chain(partial).collect())
}

/// The positive side of the same rules: nothing is taken for granted because no reason was found against it.
fn is_proven(facts: &Facts<'_>) -> bool {
    let holds = |check: &CheckResult| {
        let quiet = check.open().at_or_above(facts.block_at) == 0 && is_covered(check, facts);
        let left_out = check.status == Status::Skipped;
        quiet && !check.blocks && (check.dropped || (!left_out && (is_answered(check) || check.worst < facts.block_at)))
    };
    let covered = |r: &super::result::RequiredResult| r.answered || r.not_applicable.is_some();
    facts.checks.iter().any(is_answered)
        && facts.checks.iter().all(holds)
        && facts.required.results.iter().all(covered)
        && facts.environments.iter().any(|e| e.content_id.is_some())
        && facts.environments.iter().all(|e| e.instance.is_some())
        && facts.todo.is_empty()
        && facts.narrowed.is_empty()
        && !facts.replay
        && facts.since.is_none()
}

/// Each finding that would block is held by a waiver in force, seen from the finding: not from what was counted as waived.
fn is_covered(check: &CheckResult, facts: &Facts<'_>) -> bool {
    let holds = |waiver: usize| facts.waivers.get(waiver).is_some_and(|w| w.state == WaiverState::InForce);
    let findings = check.outcome.findings.iter().enumerate().filter(|(_, f)| f.severity >= facts.block_at);
    findings.map(|(i, _)| check.waiver_of(i)).all(|waiver| waiver.is_some_and(holds))
}

fn why_go(facts: &Facts<'_>) -> String {
    let (mut counts, mut waived) = (Counts::default(), Counts::default());
    for check in facts.checks {
        counts.merge(&check.open());
        waived.merge(&check.waived);
    }
    let untold = facts.checks.iter().filter(|c| !c.outcome.cannot_tell.is_empty()).count();
    let mut sentence = format!("{} passed", number(facts.checks.iter().filter(|c| c.status == Status::Pass).count() as u64, "check"));
    if waived.total() > 0 {
        sentence.push_str(&format!("; {} waived", found(&waived, Severity::Info)));
    }
    if counts.total() > 0 {
        sentence.push_str(&format!("; {} below the blocking severity", found(&counts, Severity::Info)));
    }
    if untold > 0 {
        sentence.push_str(&format!("; {} below the blocking severity could not be answered", number(untold as u64, "check")));
    }
    sentence
}

/// Why the answer is NO-GO: one sentence per area, worst first.
fn what_blocks(facts: &Facts<'_>) -> Vec<String> {
    let mut by_area: BTreeMap<&str, (Counts, Vec<&CheckResult>)> = BTreeMap::new();
    for check in facts.checks.iter().filter(|c| c.open().at_or_above(facts.block_at) > 0) {
        let (counts, checks) = by_area.entry(&check.area).or_default();
        counts.merge(&check.open());
        checks.push(check);
    }
    let mut areas: Vec<_> = by_area.into_iter().collect();
    areas.sort_by_key(|(area, (counts, _))| (counts.by_severity().map(|(_, n)| Reverse(n)), *area));
    areas
        .into_iter()
        .map(|(area, (counts, checks))| {
            format!("{} in {area}: {}", found(&counts, facts.block_at), some(checks.iter().map(|c| c.name.as_str())))
        })
        .collect()
}

/// Why the answer is CANNOT TELL: the most widespread reason first.
fn what_cannot_be_told(facts: &Facts<'_>) -> Vec<String> {
    let mut reasons = Vec::new();
    if facts.checks.iter().all(|c| c.status == Status::Skipped) {
        reasons.push(if facts.checks.is_empty() { "there are no checks" } else { "no check was run" }.to_owned());
    }
    if facts.environments.iter().all(|e| e.content_id.is_none()) {
        reasons.push("no environment was read".to_owned());
    }
    if !facts.todo.is_empty() {
        let places = some(facts.todo.iter().map(|t| t.place.as_str()));
        reasons.push(format!("the project's files still say TODO in {}: {places}", number(facts.todo.len() as u64, "place")));
    }
    for environment in facts.environments.iter().filter(|e| e.content_id.is_some() && e.instance.is_none()) {
        reasons.push(format!("nobody says which instance {} is: its file names none", environment.name));
    }
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for check in facts.checks.iter().filter(|c| c.blocks || c.worst >= facts.block_at) {
        for reason in &check.outcome.cannot_tell {
            by_reason.entry(reason).or_default().push(&check.name);
        }
    }
    let mut widest: Vec<_> = by_reason.into_iter().collect();
    widest.sort_by_key(|(reason, checks)| (Reverse(checks.len()), *reason));
    reasons.extend(widest.into_iter().map(|(reason, checks)| format!("cannot tell {}: {reason}", some(checks.into_iter()))));
    reasons.extend(facts.required.unmet.iter().cloned());
    reasons.extend(facts.strays.iter().map(|id| format!("an outcome was given for {id}, which is no check of this project")));
    reasons
}

/// Why the answer is PARTIAL at best.
fn what_was_left_out(facts: &Facts<'_>) -> Vec<String> {
    let mut reasons: Vec<String> = Vec::new();
    if !facts.narrowed.is_empty() {
        reasons.push(format!("the run was narrowed by {}", facts.narrowed.join(" and ")));
    }
    if facts.replay {
        reasons.push("this is a replay: the moment judged is not now".to_owned());
    }
    if let Some(since) = facts.since {
        let known = number(since.baselined.total(), "finding");
        let verb = if since.baselined.total() == 1 { "is" } else { "are" };
        reasons.push(format!("only what is new since the freeze {} counts; {known} known then {verb} still there", since.baseline));
    }
    let left_out = facts.checks.iter().filter(|c| c.status == Status::Skipped && !c.dropped);
    let skipped: Vec<&str> = left_out.map(|c| c.name.as_str()).collect();
    if !skipped.is_empty() {
        reasons.push(format!("{} left out: {}", number(skipped.len() as u64, "check"), some(skipped.into_iter())));
    }
    if !facts.required.left_out.is_empty() {
        reasons.push(format!("required but left out: {}", facts.required.left_out.join(", ")));
    }
    reasons
}

/// "12 blocker and 3 major findings", of the severities from `least` up.
fn found(counts: &Counts, least: Severity) -> String {
    let parts: Vec<String> =
        counts.by_severity().into_iter().filter(|(s, n)| *s >= least && *n > 0).map(|(s, n)| format!("{n} {}", s.word())).collect();
    let one = counts.at_or_above(least) == 1;
    format!("{} finding{}", parts.join(" and "), if one { "" } else { "s" })
}

fn number(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// The first names and how many more there are.
fn some<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 3;
    let rest = names.len().saturating_sub(SHOWN);
    let first: Vec<&str> = names.take(SHOWN).collect();
    if rest == 0 { first.join(", ") } else { format!("{} and {rest} more", first.join(", ")) }
}

#[cfg(test)]
mod tests;
