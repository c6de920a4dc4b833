//! What was known at the freeze since which the run counts: shown, so that nobody takes it for gone.

use super::line::{Line, hanging};
use super::{findings, words};
use crate::verdict::{CheckResult, Counts, RunResult};

/// The level that has every finding.
pub(super) const ALL: u8 = u8::MAX;

/// Level 0 has a line per check; 1 one line in all; [`ALL`] every finding. Rules that changed since have a line each, but at level 1.
pub(super) fn lines(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    let Some(since) = &result.new_since else { return Vec::new() };
    let known: Vec<&CheckResult> = result.checks.iter().filter(|c| !c.baselined.is_empty()).collect();
    if known.is_empty() && since.rules.is_empty() {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if level == 1 {
        let text = format!(
            "KNOWN SINCE {}: {} in {}{} (all with -v)",
            since.baseline,
            words::counts(&since.baselined),
            words::number(known.len() as u64, "check"),
            match since.rules.len() as u64 {
                0 => String::new(),
                n => format!("; {} changed since", words::number(n, "rule file")),
            }
        );
        return hanging("", 4, &text, width);
    }
    lines.push(Line::heading(format!("KNOWN SINCE {}", since.baseline)));
    for check in known {
        lines.extend(hanging("  ", 4, &format!("{}: {}", check.id, words::counts(&counts(check))), width));
        if level == ALL {
            lines.extend(check.baselined.iter().flat_map(|f| findings::of_finding(f, false, width)));
        }
    }
    lines.extend(since.rules.iter().flat_map(|rule| hanging("  rule changed since: ", 4, rule, width)));
    lines
}

fn counts(check: &CheckResult) -> Counts {
    let mut counts = Counts::default();
    check.baselined.iter().for_each(|f| counts.add(f.severity, 1));
    counts
}
