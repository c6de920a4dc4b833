//! Counting records by group.

use std::collections::BTreeMap;

use crate::document::At;
use crate::snapshot::RECORDS;
use crate::value::{CellRef, Key, State};

use super::super::super::evidence::Evidence;
use super::super::super::finding::Severity;
use super::super::super::outcome::Outcome;
use super::super::collect::Collector;
use super::super::reading::{self, doubtful};
use super::super::select::{Selection, Where};
use super::super::words;
use super::Plus;

/// The values of the columns that make a group; a cell without a value is shown in brackets.
pub(super) type Group = Vec<String>;

/// Numbers by group.
pub(super) struct Counted {
    pub(super) counts: BTreeMap<Group, u64>,
    /// Rows of the whole dataset.
    pub(super) rows: u64,
    /// A person has said that an absent file means none.
    pub(super) declared_empty: bool,
    pub(super) noun: String,
    /// Records of patients: small numbers of them are not shown.
    pub(super) measured: bool,
}

/// How records are grouped.
pub(super) struct Groups<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) by: &'a [At<String>],
    pub(super) severity: Severity,
}

impl Groups<'_> {
    /// Counts the selected records of a dataset by group.
    pub(super) fn count(
        &self,
        environment: &str,
        dataset: &str,
        r#where: Option<&Where>,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
    ) -> Option<Counted> {
        let mut counts = BTreeMap::new();
        let read = self.each(environment, dataset, &[], r#where, collector, outcome, |group, _, n| bump(&mut counts, group, n))?;
        Some(Counted { counts, rows: read.rows, declared_empty: read.declared_empty, noun: read.noun, measured: read.measured })
    }

    /// Counts records that were rejected with a reason; how many for each reason is in the ledger.
    #[allow(clippy::too_many_arguments, reason = "the parts of one count")]
    pub(super) fn rejected(
        &self,
        environment: &str,
        plus: &Plus,
        show: impl Fn(u64) -> String,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
    ) -> Option<BTreeMap<Group, u64>> {
        let (dataset, reason) = (&plus.dataset, &plus.by);
        let mut counts = BTreeMap::new();
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let mut unexplained = 0u64;
        let mut unreadable = false;
        let extra: Vec<&str> = std::iter::once(reason.value.as_str()).chain(plus.records.as_ref().map(|r| r.value.as_str())).collect();
        self.each(environment, dataset, &extra, plus.r#where.as_ref(), collector, outcome, |group, extra, n| {
            let n = match extra.get(1) {
                None => n,
                Some(records) => match records.text.parse::<u64>().ok().filter(|_| records.state == State::Value) {
                    Some(records) => records,
                    None => {
                        unreadable = true;
                        return;
                    }
                },
            };
            match extra[0].state {
                State::Value => {
                    *reasons.entry(extra[0].text.to_owned()).or_default() += n;
                    bump(&mut counts, group, n);
                }
                _ => unexplained += n,
            }
        })?;
        if unreadable {
            doubtful(outcome, format!("a row of `{}` does not say how many records it counts", dataset.value));
        }
        let notes = reasons.into_iter().map(|(why, n)| format!("{} of `{}` accounted for: {why}", show(n), dataset.value));
        outcome.ledger.notes.extend(notes);
        if unexplained > 0 {
            let number = show(unexplained);
            outcome.ledger.notes.push(format!("{number} of `{}` have no {} and are not accounted for", dataset.value, reason.value));
        }
        Some(counts)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one count")]
    fn each(
        &self,
        environment: &str,
        dataset: &str,
        extra: &[&str],
        r#where: Option<&Where>,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
        mut visit: impl FnMut(&[CellRef<'_>], &[CellRef<'_>], u64),
    ) -> Option<Read> {
        let table = reading::open(self.evidence, environment, dataset, outcome)?;
        let entry = table.entry();
        let names: Vec<&str> = self.by.iter().map(|c| c.value.as_str()).chain(extra.iter().copied()).collect();
        // A row of a measured dataset stands for as many records as its last column says.
        let counted = entry.measured.map(|_| RECORDS);
        let names: Vec<&str> = names.into_iter().chain(counted).collect();
        let columns = reading::columns(entry, environment, &names, outcome)?;
        let at = words::At { environment, dataset };
        let selection = Selection { evidence: self.evidence, at, table: &table, r#where, severity: self.severity };
        let read = selection.each(&columns, collector, outcome, |record, collector, _| {
            let cells: Vec<CellRef<'_>> = (0..columns.len()).map(|c| record.cell(c)).collect();
            match cells.iter().position(|c| c.state.is_broken()) {
                Some(broken) => collector.add(at.broken(self.severity, &entry.noun, record.key(), names[broken], cells[broken].to_cell())),
                None => {
                    let records = counted.and_then(|_| cells.last()).map_or(Some(1), |c| c.text.parse().ok());
                    visit(&cells[..self.by.len()], &cells[self.by.len()..self.by.len() + extra.len()], records.unwrap_or(0));
                }
            }
        });
        read.then(|| Read {
            rows: entry.rows,
            declared_empty: entry.declared_empty.is_some(),
            noun: entry.noun.clone(),
            measured: entry.measured.is_some(),
        })
    }
}

/// What is known of a dataset beside its groups.
struct Read {
    rows: u64,
    declared_empty: bool,
    noun: String,
    measured: bool,
}

fn bump(counts: &mut BTreeMap<Group, u64>, cells: &[CellRef<'_>], n: u64) {
    let group: Group = cells.iter().map(|c| if c.state == State::Value { c.text.to_owned() } else { c.to_cell().to_string() }).collect();
    *counts.entry(group).or_default() += n;
}

/// Every group that a reference could name: a role that no account has is a group of none.
pub(super) fn named(evidence: &Evidence, environment: &str, dataset: &str, by: &str, outcome: &mut Outcome) -> Vec<Group> {
    let target =
        evidence.snapshot(environment).ok().and_then(|s| s.manifest().dataset(&evidence.stored_name(s.manifest(), dataset))).and_then(
            |d| {
                let column = d.column(by)?;
                d.columns[column].references.clone()
            },
        );
    let Some(target) = target else { return Vec::new() };
    let Some(table) = reading::open(evidence, environment, &target, outcome) else { return Vec::new() };
    let mut groups = Vec::new();
    let batches = match table.keys() {
        Ok(batches) => batches,
        Err(e) => {
            doubtful(outcome, e.what);
            return groups;
        }
    };
    for batch in batches {
        match batch {
            Ok(batch) => groups.extend((0..batch.len()).filter_map(|i| Key::from_bytes(batch.key(i))).map(|key| vec![key.to_string()])),
            Err(e) => {
                doubtful(outcome, e.what);
                return groups;
            }
        }
    }
    groups
}
