//! `gonogo waive --list`: every waiver, whether it holds, and what it covers in the newest run.

use crate::context::Context;
use crate::exit::ExitStatus;
use crate::report::text::{cut, inline, wrap};
use crate::verdict::{WaiverResult, WaiverState, judge_waivers};

use super::super::load::Loaded;
use super::super::{Failure, output, runs};

/// Ends with 1 when a waiver does not hold, so that a pipeline can ask before the day.
pub(super) fn run(loaded: &Loaded, context: &Context) -> Result<ExitStatus, Failure> {
    if loaded.waivers.is_empty() {
        output::stdout(b"No waivers.\n")?;
        return Ok(ExitStatus::Go);
    }
    let result = runs::newest_result(&loaded.root)?;
    let judged = judge_waivers(&loaded.waivers, &result.checks, super::terms(loaded, context));
    let mut text = format!(
        "{} as of {}, against the run of {}\n\n",
        number(judged.len(), "waiver"),
        context.now.format("%Y-%m-%d %H:%M UTC"),
        result.as_of.format("%Y-%m-%d %H:%M UTC")
    );
    text.push_str(&row("state", "days", "covers", "where"));
    for waiver in &judged {
        let covers = match waiver.covers.total() {
            0 => "nothing".to_owned(),
            _ => waiver
                .covers
                .by_severity()
                .iter()
                .filter(|(_, n)| *n > 0)
                .map(|(s, n)| format!("{n} {}", s.word()))
                .collect::<Vec<_>>()
                .join(", "),
        };
        text.push_str(&row(waiver.state.word(), &waiver.days_left.to_string(), &covers, &inline(&waiver.place)));
        for line in details(waiver).iter().flat_map(|d| wrap(d, context.width.saturating_sub(6))) {
            text.push_str(&format!("      {line}\n"));
        }
    }
    output::stdout(text.as_bytes())?;
    let holds = judged.iter().all(|w| w.state == WaiverState::InForce);
    Ok(if holds { ExitStatus::Go } else { ExitStatus::NoGo })
}

fn row(state: &str, days: &str, covers: &str, place: &str) -> String {
    format!("{state:<11} {days:>5}  {:<24}  {}\n", cut(covers, 24), place)
}

fn details(waiver: &WaiverResult) -> Vec<String> {
    let mut lines: Vec<String> = waiver.why.iter().map(|why| format!("{}: {why}", waiver.state.word())).collect();
    let check = waiver.check.as_deref().unwrap_or("unknown check");
    lines.push(waiver.about.as_ref().map_or_else(|| format!("{check}: {}", waiver.finding), |about| format!("{check}: {about}")));
    lines.push(format!("{} (owner {}, approved by {})", waiver.reason, waiver.owner, waiver.approver));
    lines
}

fn number(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}
