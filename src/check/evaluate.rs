//! Judging all checks: those that anchor others come first.

use std::collections::BTreeMap;

use super::evidence::Evidence;
use super::file::{Check, CheckFile};
use super::kind::{Anchor, Context};
use super::outcome::Outcome;

/// Judges every check that is selected; gives one outcome per check id. A function of the evidence alone: the same evidence gives the
/// same outcomes.
pub fn evaluate_all(files: &[CheckFile], evidence: &Evidence, selected: impl Fn(&Check) -> bool) -> BTreeMap<String, Outcome> {
    let mut outcomes = BTreeMap::new();
    let mut anchors: Vec<Anchor> = Vec::new();
    let checks = || files.iter().flat_map(|f| &f.checks).filter(|c| selected(c));
    for check in checks() {
        let offered = check.test.anchors(evidence);
        if offered.is_empty() {
            continue;
        }
        let context = Context { check: &check.id.value, severity: check.severity, anchors: &[] };
        let outcome = check.test.evaluate(evidence, &context);
        // A list that is not the signed one, or a count that could not be taken, holds nothing.
        if outcome.cannot_tell.is_empty() {
            anchors.extend(offered);
        }
        outcomes.insert(check.id.value.clone(), outcome);
    }
    for check in checks() {
        if !outcomes.contains_key(&check.id.value) {
            let context = Context { check: &check.id.value, severity: check.severity, anchors: &anchors };
            outcomes.insert(check.id.value.clone(), check.test.evaluate(evidence, &context));
        }
    }
    outcomes
}
