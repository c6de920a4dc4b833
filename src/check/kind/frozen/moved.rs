//! What moved in a dataset: its records where a snapshot still shows them as frozen, else the dataset as a whole.

use std::collections::BTreeMap;

use crate::compare::{self, Difference, DifferenceKind, FieldDifference, Relation, Rule, Rules, Side};
use crate::snapshot::Table;
use crate::value::{Cell, Key};

use super::super::super::baseline::{FrozenDataset, LastSame};
use super::super::super::finding::{FieldChange, Finding, FindingKind};
use super::super::collect::LIMIT;
use super::super::words;
use super::judge::{Judging, last_same, whole_key};

/// Tells what moved between the records as frozen and as they are.
pub(super) fn judge(judging: &mut Judging<'_>, before: &FrozenDataset, table: &Table, now: &str, last: Option<&LastSame>) {
    let told = last.is_some_and(|last| records(judging, before, table, last));
    if !told {
        // Nothing shows the records, or what moved is among records that share a key and cannot be told apart.
        let (name, environment, baseline) = (&before.name, judging.environment, &judging.baseline.name);
        let rows = if before.rows == table.entry().rows {
            format!("{} rows then and now", before.rows)
        } else {
            format!("{} rows then, {} now", before.rows, table.entry().rows)
        };
        let when = last_same(last);
        let message = format!(
            "`{name}` of {environment} has moved since the freeze {baseline}: {rows}, content {:.12} then, {now:.12} now; {when}",
            before.content
        );
        judging.whole(judging.context.severity.changed, name, whole_key(), message, (Some(&before.content), Some(now)));
    }
}

/// A finding per record that moved; false when there is none.
fn records(judging: &mut Judging<'_>, before: &FrozenDataset, table: &Table, last: &LastSame) -> bool {
    let ignored = || Rule { relation: Relation::Ignored, normalise: Vec::new(), tolerance: None };
    let left_out = table.entry().columns.iter().filter(|c| c.hashed && !before.columns.contains(&c.name));
    let columns = left_out.map(|c| (c.name.clone(), ignored())).collect();
    let rules = Rules { columns, renames: true, effective_at: None, limit: LIMIT };
    let comparison = match compare::compare(&last.table, table, &rules, None) {
        Ok(comparison) => comparison,
        Err(e) => {
            judging.outcome.ledger.notes.push(format!("the records of `{}` could not be compared: {}", before.name, e.what));
            return false;
        }
    };
    // A cell that is broken now is told whether or not it moved.
    let broken = Broken::of(&comparison.differences);
    let telling = Telling { judging, dataset: &before.name, noun: &table.entry().noun, when: last_same(Some(last)) };
    let found: Vec<Finding> = comparison.differences.into_iter().filter_map(|d| telling.finding(d, &broken)).collect();
    let told = !found.is_empty() || comparison.beyond > 0 || broken.has_moved();
    found.into_iter().for_each(|f| judging.collector.add(f));
    judging.collector.count(judging.context.severity.worst(), comparison.beyond);
    told
}

/// Cells from which nothing can be concluded, by record and field.
#[derive(Default)]
struct Broken {
    then: BTreeMap<(Key, String), Cell>,
    now: BTreeMap<(Key, String), Cell>,
}

impl Broken {
    fn of(differences: &[Difference]) -> Self {
        let mut broken = Self::default();
        for difference in differences {
            if let DifferenceKind::Broken { side, field, cell } = &difference.kind {
                let cells = if *side == Side::Left { &mut broken.then } else { &mut broken.now };
                cells.insert((difference.key.clone(), field.clone()), cell.clone());
            }
        }
        broken
    }

    /// True when a cell is broken now that was another one then.
    fn has_moved(&self) -> bool {
        self.now.iter().any(|(address, cell)| self.then.get(address) != Some(cell))
    }
}

struct Telling<'a> {
    judging: &'a Judging<'a>,
    dataset: &'a str,
    noun: &'a str,
    when: String,
}

impl Telling<'_> {
    fn finding(&self, difference: Difference, broken: &Broken) -> Option<Finding> {
        let severity = self.judging.context.severity;
        let (environment, baseline) = (self.judging.environment, &self.judging.baseline.name);
        let at = words::At { environment, dataset: self.dataset };
        let key = difference.key;
        let what = words::record(self.noun, &key);
        Some(match difference.kind {
            DifferenceKind::Missing { .. } => {
                let message = format!("{what} was there at the freeze {baseline} and is gone from {environment}");
                Finding { cause: self.cause("gone"), ..at.finding(FindingKind::Missing, severity.missing, key, message) }
            }
            DifferenceKind::Extra { .. } => {
                let message = format!("{what} is in {environment} and was not at the freeze {baseline}");
                Finding { cause: self.cause("new"), ..at.finding(FindingKind::Extra, severity.extra, key, message) }
            }
            DifferenceKind::Changed(field) => {
                let message = format!(
                    "{what}: {} is {} in {environment}, {} at the freeze {baseline}",
                    field.field,
                    words::value(&field.right),
                    words::value(&field.left)
                );
                let finding = at.finding(FindingKind::Changed, severity.changed, key, message);
                self.with_values(finding, &field.field, Some(field.left), Some(field.right))
            }
            DifferenceKind::Broken { side: Side::Left, field, cell } if !broken.now.contains_key(&(key.clone(), field.clone())) => {
                let message = format!("{what}: {field} was {} at the freeze {baseline} and is another value now", words::value(&cell));
                self.with_values(at.finding(FindingKind::Changed, severity.changed, key, message), &field, Some(cell), None)
            }
            DifferenceKind::Renamed { to, fields, .. } => {
                let message = format!("{what} of the freeze {baseline} is '{to}' in {environment}");
                let finding = at.finding(FindingKind::Renamed, severity.missing.max(severity.changed), key, message);
                Finding { other_key: Some(to), changes: changes(fields), cause: self.cause("renamed"), ..finding }
            }
            DifferenceKind::Rekeyed { to, fields } => {
                let message = format!("{what} of the freeze {baseline} has another key in {environment}: '{to}'");
                let finding = at.finding(FindingKind::Rekeyed, severity.changed, key, message);
                Finding { other_key: Some(to), changes: changes(fields), cause: self.cause("found by another key"), ..finding }
            }
            // What was so at the freeze has not moved; where it has, the dataset as a whole is told.
            DifferenceKind::Broken { .. }
            | DifferenceKind::NotDifferent(_)
            | DifferenceKind::DuplicateKey { .. }
            | DifferenceKind::MissingKey { .. } => return None,
        })
    }

    fn with_values(&self, finding: Finding, field: &str, expected: Option<Cell>, found: Option<Cell>) -> Finding {
        let cause = self.cause(&format!("{field} changed"));
        Finding { cause, field: Some(field.to_owned()), expected, found, ..finding }
    }

    fn cause(&self, what: &str) -> String {
        format!("{}: {what} since the freeze {} ({})", self.dataset, self.judging.baseline.name, self.when)
    }
}

fn changes(fields: Vec<FieldDifference>) -> Vec<FieldChange> {
    fields.into_iter().map(|f| FieldChange { field: f.field, expected: f.left, found: f.right }).collect()
}
