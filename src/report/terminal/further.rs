//! What passed, what does not block, what was left out, and where to look further.

use std::collections::BTreeMap;

use super::hazards;
use super::line::{Line, hanging};
use super::words;
use crate::check::Status;
use crate::report::text::{cut, inline, thousands, width as columns};
use crate::verdict::{CheckResult, Counts, Group, RunResult};

/// Level 0 has one line per area; 1 one line in all.
pub(super) fn passed(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    let mut lines: Vec<Line> = required(result).into_iter().flat_map(|text| hanging("", 4, &text, width)).collect();
    lines.extend(hazards::line(result, width));
    let mild: Vec<&CheckResult> =
        result.checks.iter().filter(|c| c.open().total() > 0 && c.open().at_or_above(result.block_at) == 0).collect();
    if !mild.is_empty() {
        let mut counts = Counts::default();
        mild.iter().for_each(|c| counts.merge(&c.open()));
        let names = mild.iter().map(|c| c.name.as_str());
        lines.extend(hanging("", 4, &format!("DOES NOT BLOCK: {} in {}", words::counts(&counts), words::some(names, 3)), width));
    }
    let skipped = result.checks.iter().filter(|c| c.status == Status::Skipped).map(|c| c.name.as_str());
    if result.skipped > 0 {
        lines.extend(hanging("", 4, &format!("LEFT OUT: {}: {}", words::number(result.skipped, "check"), words::some(skipped, 3)), width));
    }
    let mut areas: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for check in result.checks.iter().filter(|c| c.status == Status::Pass) {
        areas.entry(&check.area).or_default().push(&check.name);
    }
    if areas.is_empty() {
        return lines;
    }
    if level == 0 {
        lines.push(Line::heading("PASSED"));
        for (area, checks) in areas {
            lines.extend(hanging("  ", 6, &format!("{area}: {} ({})", checks.len(), words::some(checks.iter().copied(), 3)), width));
        }
    } else {
        let count = words::number(result.passed, "check");
        lines.push(Line::plain(format!("PASSED: {count} in {} (all with -v)", words::number(areas.len() as u64, "area"))));
    }
    lines
}

/// How many of the required criteria were answered.
fn required(result: &RunResult) -> Option<String> {
    let total = result.required.len() as u64;
    let answered = result.required.iter().filter(|r| r.answered).count() as u64;
    let excused = result.required.iter().filter(|r| !r.answered && r.not_applicable.is_some()).count() as u64;
    let open = total - answered - excused;
    let count = if total == 1 { "1 criterion".to_owned() } else { format!("{} criteria", thousands(total)) };
    (total > 0).then(|| format!("REQUIRED: {count}: {answered} answered, {excused} not applicable, {open} open"))
}

/// The exact commands.
pub(super) fn lines(result: &RunResult, width: usize) -> Vec<Line> {
    let mut lines = vec![Line::heading("WHERE TO LOOK FURTHER")];
    let worst = result.checks.iter().find(|c| c.blocks).or(result.checks.iter().find(|c| c.status == Status::Fail));
    let id = worst.map_or("ID", |c| c.id.as_str());
    // What was counted is seen again only when it is counted the same way.
    let since = result.new_since.as_ref().map_or_else(String::new, |s| format!(" --new-since {}", inline(&s.baseline)));
    let mut commands = vec![
        (format!("gonogo check{since} --only {} -v", inline(id)), "all findings of one check"),
        (format!("gonogo check{since} -v"), "all findings and ledgers"),
        (format!("gonogo check{since} --format json"), "the same for machines"),
    ];
    commands.extend(may_be_waived(result).map(|group| (format!("gonogo waive {}", inline(&group)), "accept a known difference")));
    for (command, what) in commands {
        let line = format!("  {command:<38}  {what}");
        lines.push(Line::plain(if columns(&line) <= width { line } else { format!("  {}", cut(&command, width - 2)) }));
    }
    lines
}

/// The first group that the policy lets somebody accept and nobody has.
fn may_be_waived(result: &RunResult) -> Option<String> {
    result.checks.iter().find_map(|check| {
        let open = |group: &Group| check.waived_in(group) < group.members && !result.never_waive.contains(&group.severity);
        check.groups.iter().position(open).map(|n| format!("{}#{}", check.id, n + 1))
    })
}
