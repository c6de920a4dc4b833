//! What a site's adjustments hid in this run: the check is judged once more as its file says.

use super::super::evidence::Evidence;
use super::super::file::Check;
use super::super::finding::{Finding, Severity};
use super::super::kind::{Anchor, Context};
use super::super::outcome::Outcome;
use super::rules::line;
use super::{Adjustment, AtSite};

/// Adds to the outcome's ledger what the adjustments of its site hid, and which of them hid nothing.
pub(in crate::check) fn told(check: &Check, at: &AtSite, evidence: &Evidence, anchors: &[Anchor], outcome: &mut Outcome) {
    let Some(adjustment) = at.adjustment.as_deref() else { return };
    if adjustment.ignore.is_empty() && adjustment.drop.is_none() {
        return;
    }
    let context = Context { check: &check.id.value, site: Some(&at.name), severity: at.base, anchors };
    let before = at.base_test.evaluate(evidence, &context);
    // What cannot be told without the adjustment proves neither that it is needed nor that it is not.
    if !before.cannot_tell.is_empty() {
        return;
    }
    if adjustment.drop.is_some() {
        dropped(adjustment, &before, outcome);
    }
    for ignored in &adjustment.ignore {
        let field = &ignored.field.value;
        let hidden = before.findings.iter().filter(|f| is_about(f, field)).count();
        let said = line(&ignored.field.place);
        match hidden {
            0 if before.beyond.is_empty() => {
                outcome.ledger.warnings.push(format!("{said}: that {field} is ignored at {} hid nothing: take it out", at.name));
            }
            n => outcome.ledger.notes.push(format!("{said}: that {field} is ignored at {} hid {}", at.name, differences(n))),
        }
    }
}

fn dropped(adjustment: &Adjustment, before: &Outcome, outcome: &mut Outcome) {
    let said = line(&adjustment.place);
    let count = |severity: Severity| before.findings.iter().filter(|f| f.severity == severity).count();
    let found: Vec<String> = Severity::WORDS.iter().filter(|(_, s)| count(*s) > 0).map(|(w, s)| format!("{} {w}", count(*s))).collect();
    if found.is_empty() && before.beyond.is_empty() {
        outcome.ledger.warnings.push(format!("{said}: dropping the check hid nothing: it would have passed"));
    } else {
        outcome.ledger.notes.push(format!("{said}: dropping the check hid {}", found.join(", ")));
    }
}

fn is_about(finding: &Finding, field: &str) -> bool {
    finding.field.as_deref() == Some(field) || finding.changes.iter().any(|c| c.field == field)
}

fn differences(n: usize) -> String {
    format!("{n} difference{}", if n == 1 { "" } else { "s" })
}
