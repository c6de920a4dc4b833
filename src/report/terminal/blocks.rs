//! What blocks: by area, each check with its owner, its numbers, its causes and what to do.

use std::collections::BTreeMap;

use super::line::{Ink, Line, hanging, paragraph};
use super::words;
use crate::report::text::{cut, thousands, width as columns};
use crate::verdict::{CheckResult, Counts, RunResult};

/// Causes of a check that have a line of their own.
const LARGEST: usize = 3;
/// Areas that have a line of their own when only areas fit.
const AREAS: usize = 12;

/// Level 0 tells all; 1 leaves out titles; 2 leaves out what to do; 3 names the largest causes only; 4 has a line per check; 5 a line per area.
pub(super) fn lines(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    let blocking: Vec<&CheckResult> = result.checks.iter().filter(|c| c.open().at_or_above(result.block_at) > 0).collect();
    if blocking.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::heading("WHAT BLOCKS")];
    if level >= 5 {
        lines.extend(by_area(&blocking, width));
        return lines;
    }
    let mut area = None;
    let mut in_areas = blocking.clone();
    in_areas.sort_by_key(|c| blocking.iter().position(|first| first.area == c.area));
    for check in in_areas {
        if area != Some(&check.area) {
            let heading = if level == 0 { check.area.clone() } else { owned(&check.area, &blocking) };
            lines.push(Line::default().and(Ink::Bold, cut(&heading, width)));
            area = Some(&check.area);
        }
        match level {
            0 => lines.extend(in_full(check, width)),
            1 => lines.extend(all_causes(check, width, true)),
            2 => lines.extend(all_causes(check, width, false)),
            3 => lines.extend(largest_causes(check, width)),
            _ => lines.push(one_line(check, width)),
        }
    }
    lines
}

fn in_full(check: &CheckResult, width: usize) -> Vec<Line> {
    let mut lines = hanging("  ", 6, &format!("{}: {}", check.name, check.title), width);
    let hazard = check.hazard.as_ref().map_or(String::new(), |h| format!("; hazard {h}"));
    let about = format!("{} in {}; owner: {}{hazard}", words::open(check), words::number(check.records, "record"), check.owner);
    lines.extend(hanging("    ", 6, &about, width));
    for group in check.groups.iter().take(LARGEST) {
        let n = format!("{:>9} ", thousands(group.members));
        let cause = hanging("", 0, &format!("{}{}", group.cause, words::waived_in(check, group)), width - n.len());
        for (i, line) in cause.into_iter().enumerate() {
            lines.push(if i == 0 {
                line.after(Ink::severity(group.severity), n.clone())
            } else {
                line.after(Ink::Plain, " ".repeat(n.len()))
            });
        }
    }
    let mut rest: Vec<String> = check.groups.iter().skip(LARGEST).map(|g| words::cause(check, g)).collect();
    rest.extend(beyond(check));
    if !rest.is_empty() {
        lines.extend(paragraph("      also: ", &rest.join("; "), width));
    }
    if let Some(fix) = &check.fix {
        lines.extend(paragraph("      fix: ", fix, width));
    }
    lines
}

/// The area with whoever repairs what blocks in it.
fn owned(area: &str, blocking: &[&CheckResult]) -> String {
    let mut owners: Vec<&str> = blocking.iter().filter(|c| c.area == area).map(|c| c.owner.as_str()).collect();
    owners.sort_unstable();
    owners.dedup();
    format!("{area}  (owner: {})", owners.join(", "))
}

fn all_causes(check: &CheckResult, width: usize, with_fix: bool) -> Vec<Line> {
    let mut causes: Vec<String> = check.groups.iter().map(|g| words::cause(check, g)).collect();
    causes.extend(beyond(check));
    let mut lines = hanging("  ", 4, &format!("{}: {} - {}", check.name, words::open(check), causes.join("; ")), width);
    if let Some(fix) = check.fix.as_ref().filter(|_| with_fix) {
        lines.push(Line::plain(format!("    fix: {}", cut(fix, width - 9))));
    }
    lines
}

fn largest_causes(check: &CheckResult, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::plain(title(check, width))];
    let rest: u64 = check.groups.iter().skip(LARGEST).map(|g| g.members).sum();
    let mut causes: Vec<String> = check.groups.iter().take(LARGEST).map(|g| words::cause(check, g)).collect();
    if rest > 0 {
        let more = words::number((check.groups.len() - LARGEST) as u64, "more cause");
        causes.push(format!("{more} ({})", words::number(rest, "finding")));
    }
    causes.extend(beyond(check));
    let text = causes.join("; ");
    let shown = cut(&text, width - 4);
    let says_all = columns(&text) <= width - 4;
    lines.push(Line::plain(format!("    {shown}")));
    if !says_all {
        lines.push(Line::plain(format!("    {} in all", words::number(check.groups.len() as u64, "cause"))));
    }
    lines
}

fn title(check: &CheckResult, width: usize) -> String {
    let numbers = format!(": {}", words::open(check));
    let room = width - 2 - numbers.len();
    let id = cut(&check.name, room);
    let owner = format!(" ({})", check.owner);
    let owner = if columns(&id) + 8 < room { cut(&owner, room - columns(&id)) } else { String::new() };
    format!("  {id}{owner}{numbers}")
}

fn one_line(check: &CheckResult, width: usize) -> Line {
    let numbers = format!(": {}, {}", words::open(check), words::number(check.groups.len() as u64, "cause"));
    Line::plain(format!("  {}{numbers}", cut(&check.name, width - 2 - numbers.len())))
}

fn by_area(blocking: &[&CheckResult], width: usize) -> Vec<Line> {
    let mut areas: BTreeMap<usize, (&str, Counts, u64, u64)> = BTreeMap::new();
    for check in blocking {
        let first = blocking.iter().position(|c| c.area == check.area).unwrap_or_default();
        let (_, counts, checks, causes) = areas.entry(first).or_insert((&check.area, Counts::default(), 0, 0));
        counts.merge(&check.open());
        *checks += 1;
        *causes += check.groups.len() as u64;
    }
    let mut lines: Vec<Line> = areas
        .values()
        .take(AREAS)
        .map(|(area, counts, checks, causes)| {
            let numbers =
                format!(": {} in {}, {}", words::counts(counts), words::number(*checks, "check"), words::number(*causes, "cause"));
            Line::plain(format!("  {}{numbers}", cut(area, width.saturating_sub(2 + numbers.len()).max(8))))
        })
        .collect();
    if areas.len() > AREAS {
        let mut rest = Counts::default();
        areas.values().skip(AREAS).for_each(|(_, counts, _, _)| rest.merge(counts));
        lines.push(Line::plain(format!("  and {}: {}", words::number((areas.len() - AREAS) as u64, "more area"), words::counts(&rest))));
    }
    lines
}

fn beyond(check: &CheckResult) -> Option<String> {
    let n = words::beyond(check);
    (n > 0).then(|| format!("{} more that were counted and not kept", thousands(n)))
}
