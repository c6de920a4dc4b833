//! Judging a freeze, dataset by dataset.

use std::collections::BTreeSet;

use crate::snapshot::{DatasetEntry, Manifest, Table};
use crate::value::{Cell, Key, State};

use super::super::super::baseline::{
    Baseline, FrozenDataset, FrozenName, LastSame, content_digest, definition_digest, frozen_columns, unreadable,
};
use super::super::super::evidence::Evidence;
use super::super::super::finding::{Finding, FindingKind, Severity};
use super::super::super::outcome::Outcome;
use super::super::collect::Collector;
use super::super::reading::{self, doubtful};
use super::super::{Context, target, words};
use super::{Datasets, Frozen, moved, rules};

/// One check on its way.
pub(super) struct Judging<'a> {
    pub(super) evidence: &'a Evidence,
    pub(super) context: &'a Context<'a>,
    pub(super) environment: &'a str,
    pub(super) baseline: &'a Baseline,
    pub(super) collector: Collector<'a>,
    pub(super) outcome: Outcome,
}

pub(super) fn evaluate(frozen: &Frozen, evidence: &Evidence, context: &Context<'_>) -> Outcome {
    let environment = target::environment(&frozen.environment, &evidence.pair);
    let Some(baseline) = evidence.baselines.named.get(&frozen.since.value) else {
        return Outcome::cannot_tell(format!("there is no baseline `{}` yet", frozen.since.value));
    };
    let Some(then) = baseline.environment(environment) else {
        return Outcome::cannot_tell(format!("{environment} was not frozen as `{}`", baseline.name));
    };
    let manifest = match evidence.snapshot(environment) {
        Ok(snapshot) => snapshot.manifest(),
        Err(doubts) => return Outcome { cannot_tell: doubts, ..Outcome::default() },
    };
    let mut unlike = Vec::new();
    if baseline.frozen_at > evidence.as_of {
        let at = baseline.frozen_at.format("%Y-%m-%d %H:%M UTC");
        unlike.push(format!("the freeze {} is of {at}, which is later than the moment judged", baseline.name));
    }
    let instance = manifest.instance.as_ref().map(|i| i.found.clone()).unwrap_or_default();
    if then.instance != instance {
        let shown = |found: &[String]| if found.is_empty() { "none that is named".to_owned() } else { found.join(" and ") };
        let (was, is) = (shown(&then.instance), shown(&instance));
        unlike.push(format!("the freeze {} is of another instance of {environment}: {was} then, {is} now", baseline.name));
    }
    if !unlike.is_empty() {
        return Outcome { cannot_tell: unlike, ..Outcome::default() };
    }
    let mut judging = Judging { evidence, context, environment, baseline, collector: Collector::new(context), outcome: Outcome::default() };
    let offered = evidence.baselines.offered.get(environment);
    let defined = |name: &str| offered.is_some_and(|names| names.contains(name));
    let names: BTreeSet<&str> = match &frozen.datasets {
        Datasets::Named(names) => names.iter().map(|n| n.value.as_str()).collect(),
        Datasets::All => then.datasets.iter().map(|d| d.name.as_str()).chain(offered.into_iter().flatten().map(String::as_str)).collect(),
    };
    // Counts of patients' records move every day, and are no configuration.
    let is_counted = |name: &str| manifest.dataset(name).is_some_and(|d| d.measured.is_some());
    for name in names.into_iter().filter(|name| !is_counted(name)) {
        match (then.dataset(name), manifest.dataset(name)) {
            (Some(before), Some(_)) => judging.dataset(before, manifest),
            (Some(before), None) if !defined(name) => judging.gone(before),
            (_, None) => doubtful(&mut judging.outcome, format!("`{name}` is not in the snapshot of {environment}")),
            (None, Some(entry)) => judging.added(entry),
        }
    }
    rules::judge(&mut judging);
    let Judging { collector, mut outcome, .. } = judging;
    if outcome.ledger.read.is_empty() && outcome.cannot_tell.is_empty() {
        doubtful(&mut outcome, format!("no dataset of {environment} was read"));
    }
    collector.finish(&mut outcome);
    outcome
}

impl Judging<'_> {
    /// A finding about a dataset as a whole, or a file.
    pub(super) fn whole(&mut self, severity: Severity, dataset: &str, key: Key, message: String, digests: (Option<&str>, Option<&str>)) {
        let at = words::At { environment: self.environment, dataset };
        let cause = message.clone();
        let cell = |digest: Option<&str>| digest.map(Cell::value);
        let finding = at.finding(FindingKind::Moved, severity, key, message);
        self.collector.add(Finding { cause, expected: cell(digests.0), found: cell(digests.1), ..finding });
    }

    fn gone(&mut self, before: &FrozenDataset) {
        let message = format!(
            "`{}` was frozen as `{}` with {} rows and is gone: the system of {} no longer defines it",
            before.name, self.baseline.name, before.rows, self.environment
        );
        self.whole(self.context.severity.missing, &before.name, whole_key(), message, (Some(&before.content), None));
    }

    fn added(&mut self, entry: &DatasetEntry) {
        let Some(table) = reading::open(self.evidence, self.environment, &entry.name, &mut self.outcome) else { return };
        let Some(now) = self.digest(&table, &frozen_columns(entry, None)) else { return };
        let message =
            format!("`{}` of {} with {} rows is not in the freeze `{}`", entry.name, self.environment, entry.rows, self.baseline.name);
        self.whole(self.context.severity.extra, &entry.name, whole_key(), message, (None, Some(&now)));
    }

    fn dataset(&mut self, before: &FrozenDataset, manifest: &Manifest) {
        let Some(table) = reading::open(self.evidence, self.environment, &before.name, &mut self.outcome) else { return };
        let entry = table.entry();
        let known = self.outcome.cannot_tell.len();
        for why in unreadable(entry) {
            doubtful(&mut self.outcome, format!("`{}` of {}: {why}", before.name, self.environment));
        }
        if before.definition != definition_digest(manifest, &before.name) {
            let (name, baseline) = (&before.name, &self.baseline.name);
            doubtful(
                &mut self.outcome,
                format!("`{name}` was frozen as `{baseline}` under another definition: freeze again, under another name"),
            );
        }
        if self.outcome.cannot_tell.len() > known {
            return;
        }
        let Some(now) = self.digest(&table, &before.columns) else { return };
        self.look(before, entry);
        if now == before.content {
            self.outcome.ledger.matched += entry.rows;
        } else {
            let address =
                FrozenName { baseline: self.baseline.name.clone(), environment: self.environment.to_owned(), dataset: before.name.clone() };
            let last = self.evidence.baselines.last_same.get(&address);
            self.note(before, entry, last);
            moved::judge(self, before, &table, &now, last);
        }
        self.broken(&table);
    }

    fn digest(&mut self, table: &Table, columns: &[String]) -> Option<String> {
        match content_digest(table, columns) {
            Ok(digest) => Some(digest),
            Err(e) => {
                doubtful(&mut self.outcome, format!("`{}` of {} could not be read: {}", table.entry().name, self.environment, e.what));
                None
            }
        }
    }

    /// The dataset's part of the ledger.
    fn look(&mut self, before: &FrozenDataset, entry: &DatasetEntry) {
        let ledger = &mut self.outcome.ledger;
        ledger.selected += entry.rows;
        for column in &entry.columns {
            let name = format!("{}.{}", entry.name, column.name);
            match &column.not_offered {
                Some(why) => ledger.columns_ignored.push((name, format!("the system does not offer it: {why}"))),
                None if column.volatile => ledger.columns_volatile.push(name),
                None if column.hashed && !before.columns.contains(&column.name) => {
                    ledger.columns_ignored.push((name, "it says how old the data are".to_owned()));
                }
                None => ledger.columns_compared.push(name),
            }
        }
    }

    fn note(&mut self, before: &FrozenDataset, entry: &DatasetEntry, last: Option<&LastSame>) {
        let when = last_same(last);
        self.outcome.ledger.notes.push(format!("`{}`: {} rows when it was frozen, {} now; {when}", before.name, before.rows, entry.rows));
    }

    /// Cells from which nothing can be concluded: no check that reads one passes, however long it has been so.
    fn broken(&mut self, table: &Table) {
        let entry = table.entry();
        let columns: Vec<usize> = (0..entry.columns.len())
            .filter(|c| !entry.columns[*c].volatile && entry.columns[*c].cells.invalid + entry.columns[*c].cells.unresolved > 0)
            .collect();
        if columns.is_empty() {
            return;
        }
        let (severity, at) = (self.context.severity.changed, words::At { environment: self.environment, dataset: &entry.name });
        let collector = &mut self.collector;
        let read = table.rows(&columns, None).and_then(|mut batches| {
            batches.try_for_each(|batch| {
                let batch = batch?;
                for i in 0..batch.len() {
                    for (slot, column) in columns.iter().enumerate() {
                        let cell = batch.cell(i, slot);
                        if matches!(cell.state, State::Invalid | State::Unresolved) {
                            let key = Key::from_bytes(batch.key(i)).unwrap_or_else(whole_key);
                            collector.add(at.broken(severity, &entry.noun, key, &entry.columns[*column].name, cell.to_cell()));
                        }
                    }
                }
                Ok(())
            })
        });
        if let Err(e) = read {
            doubtful(&mut self.outcome, format!("`{}` of {} could not be read: {}", entry.name, self.environment, e.what));
        }
    }
}

/// The key of a finding that is about no single record.
pub(super) fn whole_key() -> Key {
    Key::new(Vec::<String>::new())
}

/// "last the same 2026-10-05 03:10 UTC".
pub(super) fn last_same(last: Option<&LastSame>) -> String {
    last.map_or_else(
        || "no stored snapshot shows when it was last the same".to_owned(),
        |last| format!("last the same {}", last.at.format("%Y-%m-%d %H:%M UTC")),
    )
}
