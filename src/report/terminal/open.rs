//! What could not be told, and why.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::line::{Line, hanging, paragraph};
use super::words;
use crate::verdict::{CheckResult, RunResult};

/// Reasons that have lines of their own when they do not all fit.
const REASONS: usize = 4;

/// Level 0 has each check with its reasons; 1 each reason with its checks; 2 the widest reasons.
pub(super) fn lines(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    let open: Vec<&CheckResult> = result.checks.iter().filter(|c| !c.outcome.cannot_tell.is_empty()).collect();
    if open.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::heading("COULD NOT BE TOLD")];
    if level == 0 {
        for check in open {
            let severity = if check.worst < result.block_at { format!(", {}: does not block", check.worst.word()) } else { String::new() };
            lines.extend(hanging("  ", 4, &format!("{} (owner: {}{severity})", check.name, check.owner), width));
            lines.extend(check.outcome.cannot_tell.iter().flat_map(|reason| paragraph("    - ", reason, width)));
        }
        return lines;
    }
    let mut by_reason: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for check in &open {
        for reason in &check.outcome.cannot_tell {
            by_reason.entry(reason).or_default().push(&check.name);
        }
    }
    let mut reasons: Vec<_> = by_reason.into_iter().collect();
    reasons.sort_by_key(|(reason, checks)| (Reverse(checks.len()), *reason));
    let shown = if level == 1 { reasons.len() } else { REASONS };
    for (reason, checks) in reasons.iter().take(shown) {
        let names = words::some(checks.iter().copied(), 3);
        let mut told = hanging("  ", 4, &format!("{}: {reason} ({names})", words::number(checks.len() as u64, "check")), width);
        if level > 1 {
            told.truncate(2);
        }
        lines.extend(told);
    }
    if reasons.len() > shown {
        let more = words::number((reasons.len() - shown) as u64, "more reason");
        lines.push(Line::plain(format!("  and {more}; {} in all", words::number(open.len() as u64, "check"))));
    }
    lines
}
