//! Causes: what many findings have in common, so that a new column or a missing parent is read once and not a thousand times.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::snapshot::{DatasetEntry, SnapshotError, Table};
use crate::value::{Key, State};

use super::super::super::evidence::Evidence;
use super::super::super::finding::{Finding, FindingKind};
use super::super::super::outcome::Outcome;
use super::super::words;

/// So many findings with the same two values are one cause of their own, if they are also most changes of their field: a field
/// that changed in many ways has one cause, and is not read as many.
const SAME_VALUES: usize = 5;

/// Names the causes of findings. Causes partition the findings of one kind: each finding has exactly one.
pub(super) fn name(findings: &mut [Finding], left: &Table, right: &Table, evidence: &Evidence, outcome: &mut Outcome) {
    let drift = Drift::of(left.entry(), right.entry(), evidence);
    drift.name(findings);
    same_values(findings);
    for (kind, table, other) in
        [(FindingKind::Missing, left, &evidence.pair.production), (FindingKind::Extra, right, &evidence.pair.training)]
    {
        if let Err(e) = parents(findings, kind, table, other, evidence) {
            outcome.ledger.notes.push(format!("causes could not be looked for: {}", e.what));
        }
    }
}

/// Columns that have values on one side and none on the other.
struct Drift {
    causes: Vec<(BTreeSet<String>, String)>,
}

impl Drift {
    fn of(left: &DatasetEntry, right: &DatasetEntry, evidence: &Evidence) -> Self {
        let mut causes = Vec::new();
        for (with, without, environment) in [(left, right, &evidence.pair.training), (right, left, &evidence.pair.production)] {
            let names: Vec<&str> = with
                .columns
                .iter()
                .filter(|c| c.cells.value > 0)
                .filter(|c| without.column(&c.name).is_some_and(|i| without.rows > 0 && without.columns[i].cells.absent == without.rows))
                .map(|c| c.name.as_str())
                .collect();
            if !names.is_empty() {
                let word = if names.len() == 1 { "column" } else { "columns" };
                let cause = format!("{word} only in {environment}: {}", names.join(", "));
                causes.push((names.into_iter().map(str::to_owned).collect(), cause));
            }
        }
        Self { causes }
    }

    fn name(&self, findings: &mut [Finding]) {
        for finding in findings.iter_mut().filter(|f| f.kind == FindingKind::Changed) {
            let Some(field) = &finding.field else { continue };
            if let Some((_, cause)) = self.causes.iter().find(|(names, _)| names.contains(field)) {
                finding.cause.clone_from(cause);
            }
        }
    }
}

/// "display: 'A' -> 'B'" where several changes share both values.
fn same_values(findings: &mut [Finding]) {
    let address = |f: &Finding| match (&f.field, &f.expected, &f.found) {
        (Some(field), Some(expected), Some(found)) if f.kind == FindingKind::Changed && f.cause == format!("{field} changed") => {
            Some((field.clone(), expected.clone(), found.clone()))
        }
        _ => None,
    };
    let mut members: HashMap<_, Vec<usize>> = HashMap::new();
    for (i, finding) in findings.iter().enumerate() {
        if let Some(address) = address(finding) {
            members.entry(address).or_default().push(i);
        }
    }
    let mut changes: HashMap<String, usize> = HashMap::new();
    #[allow(clippy::iter_over_hash_type, reason = "sums: the order does not matter")]
    for ((field, ..), indexes) in &members {
        *changes.entry(field.clone()).or_default() += indexes.len();
    }
    #[allow(clippy::iter_over_hash_type, reason = "each group writes its own members: the order does not matter")]
    for ((field, expected, found), indexes) in members {
        if indexes.len() >= SAME_VALUES && 2 * indexes.len() > changes[&field] {
            let cause = format!("{field}: {} -> {}", words::value(&expected), words::value(&found));
            indexes.into_iter().for_each(|i| findings[i].cause.clone_from(&cause));
        }
    }
}

/// Records that are missing because what they refer to is missing on that side too.
fn parents(findings: &mut [Finding], kind: FindingKind, table: &Table, other: &str, evidence: &Evidence) -> Result<(), SnapshotError> {
    let entry = table.entry();
    let references: Vec<(usize, &str)> = entry
        .columns
        .iter()
        .enumerate()
        .filter(|(_, c)| c.list.is_none() && c.unread.is_none() && c.not_offered.is_none())
        .filter_map(|(i, c)| Some((i, c.references.as_deref()?)))
        .filter(|(_, target)| *target != entry.name)
        .collect();
    let lost: HashMap<Vec<u8>, usize> =
        findings.iter().enumerate().filter(|(_, f)| f.kind == kind).map(|(i, f)| (f.key.to_bytes(), i)).collect();
    if references.is_empty() || lost.is_empty() {
        return Ok(());
    }
    let columns: Vec<usize> = references.iter().map(|(i, _)| *i).collect();
    let mut named: BTreeMap<&str, HashSet<String>> = BTreeMap::new();
    let mut held: Vec<(usize, Vec<Option<String>>)> = Vec::new();
    for batch in table.rows(&columns, None)? {
        let batch = batch?;
        for row in 0..batch.len() {
            let Some(&finding) = lost.get(batch.key(row)) else { continue };
            let values: Vec<Option<String>> = (0..columns.len())
                .map(|c| batch.cell(row, c))
                .map(|cell| (cell.state == State::Value).then(|| cell.text.to_owned()))
                .collect();
            for ((_, target), value) in references.iter().zip(&values) {
                named.entry(target).or_default().extend(value.clone());
            }
            held.push((finding, values));
        }
    }
    let Ok(snapshot) = evidence.snapshot(other) else { return Ok(()) };
    for (target, values) in &mut named {
        if snapshot.manifest().dataset(target).is_none_or(|d| d.unread.is_some()) {
            values.clear();
            continue;
        }
        for batch in snapshot.table(target)?.keys()? {
            let batch = batch?;
            for row in 0..batch.len() {
                if let Some(key) = Key::from_bytes(batch.key(row)) {
                    values.remove(&key.to_string());
                }
            }
        }
    }
    for (finding, values) in held {
        let gone = references.iter().zip(&values).find_map(|((_, target), value)| {
            let value = value.as_ref()?;
            named.get(target).is_some_and(|gone| gone.contains(value)).then_some((target, value))
        });
        if let Some((target, value)) = gone {
            let noun = snapshot.manifest().dataset(target).map_or(*target, |d| d.noun.as_str());
            findings[finding].cause = format!("{noun} {value} is not in {other}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Severity;
    use crate::value::Cell;

    fn changed(field: &str, expected: &str, found: &str) -> Finding {
        Finding {
            kind: FindingKind::Changed,
            severity: Severity::Blocker,
            environment: "production".to_owned(),
            dataset: "drugs".to_owned(),
            key: Key { rung: 0, parts: vec![] },
            field: Some(field.to_owned()),
            expected: Some(Cell::value(expected.to_owned())),
            found: Some(Cell::value(found.to_owned())),
            other_key: None,
            changes: vec![],
            message: String::new(),
            cause: format!("{field} changed"),
            fingerprint: String::new(),
        }
    }

    fn causes(changes: &[(&str, &str, &str, usize)]) -> Vec<(String, usize)> {
        let mut findings: Vec<Finding> =
            changes.iter().flat_map(|(field, a, b, n)| std::iter::repeat_with(|| changed(field, a, b)).take(*n)).collect();
        same_values(&mut findings);
        let mut counted: BTreeMap<String, usize> = BTreeMap::new();
        findings.into_iter().for_each(|f| *counted.entry(f.cause).or_default() += 1);
        counted.into_iter().collect()
    }

    #[test]
    fn most_changes_of_a_field_with_the_same_values_are_one_cause() {
        let found = causes(&[("active", "true", "false", 5), ("active", "false", "true", 1), ("name", "a", "b", 4)]);
        let expected = [("active changed", 1), ("active: 'true' -> 'false'", 5), ("name changed", 4)];
        assert_eq!(found, expected.map(|(cause, n)| (cause.to_owned(), n)));
    }

    #[test]
    fn a_field_that_changed_in_many_ways_has_one_cause() {
        let found = causes(&[("form", "tab", "Tablet", 150), ("form", "amp", "Ampoule", 90), ("form", "", "Vial", 60)]);
        assert_eq!(found, [("form changed".to_owned(), 300)]);
    }
}
