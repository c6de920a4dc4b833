//! The verdict, what it is about, and why.

use chrono::Duration;

use super::line::{Ink, Line, hanging, paragraph};
use super::words;
use crate::report::text::{cut, wrap};
use crate::verdict::{Decision, NewSince, RunResult, TodoResult};

/// Lines that say why.
const WHY: usize = 3;

pub(super) fn lines(result: &RunResult, width: usize, verbosity: u8) -> Vec<Line> {
    let word = result.decision.word();
    let waived = with_waived(result);
    let title = cut(&result.title, width - word.len() - waived.len() - 2);
    let first = Line::default().and(Ink::of(result.decision), word).and(Ink::Warn, waived).and(Ink::Plain, "  ");
    let mut lines = vec![first.and(Ink::Bold, title)];
    let left = result.go_live - result.as_of;
    let left = if left < Duration::zero() { format!("{} ago", words::span(-left)) } else { format!("{} left", words::span(left)) };
    let replay = if result.replay { " (replay)" } else { "" };
    let go_live = match result.todo.iter().any(|t| t.field == TodoResult::GO_LIVE) {
        true => "go-live not given: judged as if it were now".to_owned(),
        false => format!("go-live {}, {left}", words::minute(result.go_live)),
    };
    lines.push(Line::plain(format!("{go_live}; as of {}{replay}", words::minute(result.as_of))));
    if let Some(on) = &result.verdict_on {
        lines.extend(hanging("verdict on: ", 2, on, width));
    }
    lines.extend(why(&result.reasons, width, verbosity));
    lines.extend(result.new_since.iter().flat_map(|since| hanging("", 2, &since_freeze(since), width)));
    let some = |what: String, any: u64| if any > 0 { what } else { String::new() };
    let tally = format!(
        "{}: {}{}; checks: {} passed, {} failed, {}{} cannot tell, {} left out",
        if result.new_since.is_some() { "new findings" } else { "findings" },
        words::counts(&result.findings),
        some(format!(" (waived: {})", words::counts(&result.waived)), result.waived.total()),
        result.passed,
        result.failed,
        some(format!("{} waived, ", result.waived_checks), result.waived_checks),
        result.untold,
        result.skipped
    );
    lines.extend(hanging("", 2, &tally, width));
    lines
}

/// A verdict that would be another one without waivers says so beside its word.
fn with_waived(result: &RunResult) -> String {
    match (result.decision, result.waived.total()) {
        (Decision::Go | Decision::Partial, n) if n > 0 => format!(" with {} waived", words::number(n, "finding")),
        _ => String::new(),
    }
}

/// "since the freeze sign-off of 2026-10-06 08:00 UTC: known then, still there and not blocking: 3 blocker; fixed: 1 blocker".
fn since_freeze(since: &NewSince) -> String {
    let mut text = format!(
        "since the freeze {} of {}: known then, still there and not blocking: {}; fixed: {}",
        since.baseline,
        words::minute(since.frozen_at),
        words::counts(&since.baselined),
        words::counts(&since.fixed)
    );
    if since.not_looked_for.total() > 0 {
        text.push_str(&format!("; known and not looked for: {}", words::counts(&since.not_looked_for)));
    }
    text
}

fn why(reasons: &[String], width: usize, verbosity: u8) -> Vec<Line> {
    if verbosity > 0 {
        return reasons.iter().flat_map(|r| paragraph("  - ", r, width)).collect();
    }
    match reasons {
        [] => Vec::new(),
        [one] => {
            let mut lines = wrap(one, width - 4);
            if lines.len() > WHY {
                let rest = lines[WHY - 1..].join(" ");
                lines.truncate(WHY - 1);
                lines.push(cut(&rest, width - 4));
            }
            lines.into_iter().enumerate().map(|(i, l)| Line::plain(format!("{}{l}", if i == 0 { "  - " } else { "    " }))).collect()
        }
        several => {
            let shown = if several.len() > WHY { WHY - 1 } else { several.len() };
            let mut lines: Vec<Line> = several[..shown].iter().map(|r| Line::plain(format!("  - {}", cut(r, width - 4)))).collect();
            if several.len() > shown {
                lines.push(Line::plain(format!("  - and {} (all with -v)", words::number((several.len() - shown) as u64, "more reason"))));
            }
            lines
        }
    }
}
