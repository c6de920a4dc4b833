//! Counting records by group.

use std::collections::BTreeMap;

use crate::document::At;
use crate::value::{CellRef, Key, State};

use super::super::super::evidence::Evidence;
use super::super::super::finding::Severity;
use super::super::super::outcome::Outcome;
use super::super::collect::Collector;
use super::super::reading::{self, doubtful};
use super::super::select::{Selection, Where};
use super::super::words;

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
        let (rows, declared_empty, noun) = self.each(environment, dataset, &[], r#where, collector, outcome, |group, _| {
            bump(&mut counts, group);
        })?;
        Some(Counted { counts, rows, declared_empty, noun })
    }

    /// Counts records that were rejected with a reason; how many for each reason is in the ledger.
    pub(super) fn rejected(
        &self,
        environment: &str,
        dataset: &str,
        reason: &str,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
    ) -> Option<BTreeMap<Group, u64>> {
        let mut counts = BTreeMap::new();
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        let mut unexplained = 0u64;
        self.each(environment, dataset, &[reason], None, collector, outcome, |group, extra| match extra[0].state {
            State::Value => {
                *reasons.entry(extra[0].text.to_owned()).or_default() += 1;
                bump(&mut counts, group);
            }
            _ => unexplained += 1,
        })?;
        let notes = reasons.into_iter().map(|(why, n)| format!("{n} of `{dataset}` accounted for: {why}"));
        outcome.ledger.notes.extend(notes);
        if unexplained > 0 {
            outcome.ledger.notes.push(format!("{unexplained} of `{dataset}` have no {reason} and are not accounted for"));
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
        mut visit: impl FnMut(&[CellRef<'_>], &[CellRef<'_>]),
    ) -> Option<(u64, bool, String)> {
        let table = reading::open(self.evidence, environment, dataset, outcome)?;
        let entry = table.entry();
        let names: Vec<&str> = self.by.iter().map(|c| c.value.as_str()).chain(extra.iter().copied()).collect();
        let columns = reading::columns(entry, environment, &names, outcome)?;
        let at = words::At { environment, dataset };
        let selection = Selection { evidence: self.evidence, at, table: &table, r#where, severity: self.severity };
        let read = selection.each(&columns, collector, outcome, |record, collector, _| {
            let cells: Vec<CellRef<'_>> = (0..columns.len()).map(|c| record.cell(c)).collect();
            match cells.iter().position(|c| c.state.is_broken()) {
                Some(broken) => collector.add(at.broken(self.severity, &entry.noun, record.key(), names[broken], cells[broken].to_cell())),
                None => visit(&cells[..self.by.len()], &cells[self.by.len()..]),
            }
        });
        read.then(|| (entry.rows, entry.declared_empty.is_some(), entry.noun.clone()))
    }
}

fn bump(counts: &mut BTreeMap<Group, u64>, cells: &[CellRef<'_>]) {
    let group: Group = cells.iter().map(|c| if c.state == State::Value { c.text.to_owned() } else { c.to_cell().to_string() }).collect();
    *counts.entry(group).or_default() += 1;
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
