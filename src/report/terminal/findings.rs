//! All findings, by check and cause: what `gonogo waive` calls them, key, field, both values.

use super::line::{Line, hanging, paragraph};
use super::words as numbers;
use crate::check::Finding;
use crate::compare::words::{self, Piece};
use crate::report::text::{inline, thousands, width as columns};
use crate::value::{Cell, State};
use crate::verdict::{CheckResult, RunResult};

pub(super) fn lines(result: &RunResult, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    for check in result.checks.iter().filter(|c| c.counts.total() > 0) {
        if !lines.is_empty() {
            lines.push(Line::blank());
        }
        lines.extend(of_check(check, width));
    }
    if !lines.is_empty() {
        lines.insert(0, Line::heading("ALL FINDINGS"));
    }
    lines
}

fn of_check(check: &CheckResult, width: usize) -> Vec<Line> {
    let mut lines = hanging("", 4, &format!("{} ({})", check.name, check.place), width);
    for (n, group) in check.groups.iter().enumerate() {
        let text = format!("{}#{}: {} [{}]", check.name, n + 1, numbers::cause(check, group), group.severity.word());
        lines.extend(hanging("  ", 6, &text, width));
        for (i, finding) in group.findings.iter().filter_map(|i| Some((*i, check.outcome.findings.get(*i)?))) {
            lines.extend(of_finding(finding, check.waiver_of(i).is_some(), width));
        }
    }
    let beyond = numbers::beyond(check);
    if beyond > 0 {
        lines.push(Line::plain(format!("  {} more that were counted and not kept", thousands(beyond))));
    }
    lines
}

/// Characters of a fingerprint that are shown: enough to name a finding, and never the whole, which belongs into a file.
const FINGERPRINT: usize = "f1:".len() + 10;

pub(super) fn of_finding(finding: &Finding, waived: bool, width: usize) -> Vec<Line> {
    let name: String = finding.fingerprint.chars().take(FINGERPRINT).collect();
    let waived = if waived { "waived " } else { "" };
    let mut address = finding.key.to_string();
    if let Some(other) = &finding.other_key {
        address.push_str(&format!(" -> {other}"));
    }
    // What is found of a dataset as a whole has no key.
    let slash = if address.is_empty() { "" } else { "/" };
    let head = format!("{name} {waived}{} {}{slash}{address}", finding.severity.word(), finding.dataset);
    let mut lines = match (&finding.field, &finding.expected, &finding.found) {
        (Some(field), Some(expected), Some(found)) => values(&format!("{head}, {field}"), expected, found, width),
        _ => hanging("    ", 8, &format!("{head}: {}", finding.message), width),
    };
    for change in &finding.changes {
        lines.extend(values(&format!("    {}", change.field), &change.expected, &change.found, width));
    }
    lines
}

/// Both values on one line when they fit, else what differs between them, word by word.
fn values(head: &str, expected: &Cell, found: &Cell, width: usize) -> Vec<Line> {
    let (left, right) = (shown(expected), shown(found));
    let line = format!("    {}: {} -> {}", inline(head), inline(&left), inline(&right));
    if columns(&line) <= width {
        return vec![Line::plain(line)];
    }
    let mut lines = hanging("    ", 8, head, width);
    match by_words(expected, found, width) {
        Some(words) => lines.extend(paragraph("        ", &words, width)),
        None => {
            lines.extend(paragraph("        expected  ", &left, width));
            lines.extend(paragraph("        found     ", &right, width));
        }
    }
    lines
}

/// A value; in quotes when blanks at its ends or in a row would not be seen otherwise.
fn shown(cell: &Cell) -> String {
    let text = &cell.text;
    let hidden = cell.state == State::Value && (text.trim() != text || text.contains("  ") || text.is_empty());
    if hidden { format!("\"{text}\"") } else { cell.to_string() }
}

/// `the same [-expected-]{+found+} the same`, when two texts have enough in common to be read as one.
fn by_words(expected: &Cell, found: &Cell, width: usize) -> Option<String> {
    if expected.state != State::Value || found.state != State::Value {
        return None;
    }
    let segments = words::inline(&expected.text, &found.text, width * 2);
    let length = |of: fn(Piece) -> bool| segments.iter().filter(|s| of(s.piece)).map(|s| s.text.len()).sum::<usize>();
    if length(|p| p == Piece::Equal) < length(|p| p != Piece::Equal) {
        return None;
    }
    let told = segments.iter().map(|s| match s.piece {
        // What was shortened is shown by dots that every console has.
        Piece::Equal => s.text.replace('\u{2026}', ".."),
        Piece::Removed => format!("[-{}-]", s.text),
        Piece::Added => format!("{{+{}+}}", s.text),
    });
    Some(told.collect())
}
