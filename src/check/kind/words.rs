//! How findings speak: short, plain, and cut where a value is long.

use crate::value::{Cell, Key, State};

use super::super::finding::{Finding, FindingKind, Severity};

/// Longest value within a sentence, in characters.
const LONGEST: usize = 80;

/// A value in a sentence.
pub(super) fn value(cell: &Cell) -> String {
    match cell.state {
        State::Value => quoted(&cell.text),
        State::Absent => "absent".to_owned(),
        State::Null => "null".to_owned(),
        State::Empty => "empty".to_owned(),
        State::Invalid => format!("{} (does not fit its type)", quoted(&cell.text)),
        State::Unresolved => format!("{} (points at nothing)", quoted(&cell.text)),
    }
}

fn quoted(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => format!("'{text}'"),
        Some((cut, _)) => format!("'{}…'", &text[..cut]),
    }
}

/// A record in a sentence: "clinic CARD01".
pub(super) fn record(noun: &str, key: &Key) -> String {
    if key.parts.is_empty() { format!("{noun} without a key") } else { format!("{noun} {key}") }
}

/// "1 clinic", "3 clinics"; the dataset's own name serves as the plural.
pub(super) fn number(n: u64, noun: &str, dataset: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {}", dataset.replace('_', " ")) }
}

/// Where a finding is.
#[derive(Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) environment: &'a str,
    pub(super) dataset: &'a str,
}

impl At<'_> {
    /// A finding about a record there; the caller adds field, values and cause.
    pub(super) fn finding(&self, kind: FindingKind, severity: Severity, key: Key, message: String) -> Finding {
        Finding {
            kind,
            severity,
            environment: self.environment.to_owned(),
            dataset: self.dataset.to_owned(),
            key,
            field: None,
            expected: None,
            found: None,
            other_key: None,
            changes: Vec::new(),
            message,
            cause: String::new(),
            fingerprint: String::new(),
        }
    }

    /// A finding about a cell that nothing can be concluded from.
    pub(super) fn broken(&self, severity: Severity, noun: &str, key: Key, field: &str, cell: Cell) -> Finding {
        let what = record(noun, &key);
        let shown = quoted(&cell.text);
        let (kind, message, cause) = if cell.state == State::Unresolved {
            (
                FindingKind::Unresolved,
                format!("{what}: {field} {shown} in {} points at nothing", self.environment),
                format!("{field} points at nothing in {}", self.environment),
            )
        } else {
            (
                FindingKind::Invalid,
                format!("{what}: {field} {shown} in {} does not fit its type", self.environment),
                format!("{field} does not fit its type in {}", self.environment),
            )
        };
        Finding { field: Some(field.to_owned()), found: Some(cell), cause, ..self.finding(kind, severity, key, message) }
    }
}
