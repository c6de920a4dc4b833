//! What was looked at: the environments; and where the project deviates from the standard policy.

use super::line::{Line, hanging, paragraph};
use super::words;
use crate::report::text::{cut, thousands};
use crate::verdict::{EnvironmentResult, LoginResult, RunResult};

/// Deviations that have lines of their own when they do not all fit.
const DEVIATIONS: usize = 3;
/// Environments that have lines of their own when they do not all fit.
const ENVIRONMENTS: usize = 4;

/// Level 0 has all; 1 the first; 2 their number.
pub(super) fn deviations(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    let excused = result.required.iter().filter_map(|r| Some(format!("{} does not apply: {}", r.criterion, r.not_applicable.as_ref()?)));
    let all: Vec<String> = result.deviations.iter().cloned().chain(excused).collect();
    if all.is_empty() {
        return Vec::new();
    }
    let more = |n: usize| Line::plain(format!("  {} more (all with -v)", thousands(n as u64)));
    let mut lines = vec![Line::heading("DEVIATIONS FROM THE STANDARD POLICY")];
    match level {
        0 => lines.extend(all.iter().flat_map(|d| paragraph("  - ", d, width))),
        1 => {
            lines.extend(all.iter().take(DEVIATIONS).map(|d| Line::plain(format!("  - {}", cut(d, width - 4)))));
            lines.extend((all.len() > DEVIATIONS).then(|| more(all.len() - DEVIATIONS)));
        }
        _ => lines.push(Line::plain(format!("  {} (all with -v)", words::number(all.len() as u64, "deviation")))),
    }
    lines
}

/// Level 0 has all environments; 1 the first ones with one line each.
pub(super) fn environments(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    let mut lines = vec![Line::heading("WHAT WAS LOOKED AT")];
    let shown = if level == 0 { result.environments.len() } else { ENVIRONMENTS };
    for environment in result.environments.iter().take(shown) {
        let mut told = hanging("  ", 6, &about(environment, result), width);
        if level > 0 {
            told.truncate(2);
        }
        lines.extend(told);
        for login in environment.logins.iter().filter(|_| level == 0) {
            lines.extend(hanging("    ", 6, &about_login(login, result), width));
        }
        let of_logins = environment.logins.iter().flat_map(|l| &l.doubts);
        let doubts = environment.doubts.iter().chain(of_logins).map(|d| format!("not to be relied on: {d}"));
        if level == 0 {
            lines.extend(doubts.flat_map(|d| hanging("    ", 6, &d, width)));
        } else {
            lines.extend(doubts.take(1).map(|d| Line::plain(format!("    {}", cut(&d, width - 4)))));
        }
    }
    if result.environments.len() > shown {
        lines.push(Line::plain(format!("  and {}", words::number((result.environments.len() - shown) as u64, "more environment"))));
    }
    if result.environments.is_empty() {
        lines.push(Line::plain("  nothing"));
    }
    lines
}

fn about_login(login: &LoginResult, result: &RunResult) -> String {
    let age = login.taken_at.map_or("of unknown age".to_owned(), |at| format!("{} old", words::span(result.as_of - at)));
    let reader = login.reader.as_ref().map_or("reader not said".to_owned(), |r| format!("read by {r}"));
    format!(
        "as {} ({reader}): {age}, {} in {}, from {}",
        login.name,
        words::number(login.rows, "row"),
        words::number(login.datasets, "dataset"),
        login.origin,
    )
}

fn about(environment: &EnvironmentResult, result: &RunResult) -> String {
    let Some(content) = &environment.content_id else {
        return format!("{}: no snapshot", environment.name);
    };
    let age = environment.taken_at.map_or("of unknown age".to_owned(), |at| format!("{} old", words::span(result.as_of - at)));
    let instance = environment.instance.as_ref().map_or("instance not said".to_owned(), |i| format!("instance {i}"));
    let short: String = content.chars().take(12).collect();
    format!(
        "{} ({}, {instance}): {age}, {} in {}, content {short}, from {}",
        environment.name,
        environment.role,
        words::number(environment.rows, "row"),
        words::number(environment.datasets, "dataset"),
        environment.origin,
    )
}
