//! What was waived, by whom and until when; and waivers that do not hold, on which somebody relies.

use std::collections::BTreeMap;

use super::line::{Line, hanging};
use super::words;
use crate::verdict::{RunResult, WaiverResult, WaiverState};

/// Waivers without effect that have lines of their own when they do not all fit.
const WITHOUT_EFFECT: usize = 4;

/// Level 0 tells each waiver; 1 sums up those that hold and tells the others in two lines each; 2 tells the first of the others.
pub(super) fn lines(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    if result.waivers.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::heading("WAIVERS")];
    let (hold, fail): (Vec<&WaiverResult>, Vec<&WaiverResult>) = result.waivers.iter().partition(|w| w.state == WaiverState::InForce);
    if level == 0 {
        lines.extend(hold.iter().flat_map(|w| in_force(w, width)));
    } else if let Some(next) = hold.iter().map(|w| w.expires).min() {
        let told = format!(
            "{} in force: {} waived, the first until {} (all with -v)",
            words::number(hold.len() as u64, "waiver"),
            words::counts(&result.waived),
            next.format("%Y-%m-%d")
        );
        lines.extend(hanging("  ", 4, &told, width));
    }
    let shown = if level < 2 { fail.len() } else { WITHOUT_EFFECT };
    for waiver in fail.iter().take(shown) {
        let told = format!("{} {}: {}", waiver.place, waiver.state.word(), waiver.why.as_deref().unwrap_or_default());
        if level == 0 {
            lines.extend(hanging("  ! ", 6, &told, width));
            lines.extend(hanging("      ", 8, &about(waiver), width));
        } else {
            // Two lines hold the place, the state and what became of a group.
            let mut told = hanging("  ! ", 6, &told, width);
            told.truncate(2);
            lines.extend(told);
        }
    }
    if fail.len() > shown {
        let mut states: BTreeMap<&str, u64> = BTreeMap::new();
        fail.iter().skip(shown).for_each(|w| *states.entry(w.state.word()).or_default() += 1);
        let states = states.iter().map(|(word, n)| format!("{n} {word}")).collect::<Vec<_>>().join(", ");
        lines.push(Line::plain(format!("  ! and {states} (all with -v)")));
    }
    lines
}

fn in_force(waiver: &WaiverResult, width: usize) -> Vec<Line> {
    let told = format!(
        "{}: {} waived until {}, {} left",
        about(waiver),
        words::counts(&waiver.covers),
        waiver.expires.format("%Y-%m-%d"),
        words::number(waiver.days_left.unsigned_abs(), "day"),
    );
    let who = format!("{} (owner {}, approved by {}; {})", waiver.reason, waiver.owner, waiver.approver, waiver.place);
    let mut lines = hanging("  ", 4, &told, width);
    lines.extend(hanging("    ", 6, &who, width));
    lines
}

/// "clinics-match, missing in production"; the fingerprint when nothing is known of it.
fn about(waiver: &WaiverResult) -> String {
    let what = waiver.about.as_deref().unwrap_or(&waiver.finding);
    waiver.check.as_ref().map_or_else(|| what.to_owned(), |check| format!("{check}, {what}"))
}
