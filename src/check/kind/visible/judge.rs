//! Judging visibility: whether a login's view can be trusted, and a finding for each difference from the administrator's.

use std::collections::BTreeSet;

use crate::compare::{self, Comparison, Difference, DifferenceKind, FieldDifference, Relation, Rule, Rules, Side};
use crate::snapshot::{DatasetEntry, Table, view_name};
use crate::value::{Cell, Key, NO_KEY};

use super::super::super::evidence::Evidence;
use super::super::super::finding::{FieldChange, Finding, FindingKind};
use super::super::super::outcome::Outcome;
use super::super::collect::{Collector, LIMIT};
use super::super::reading::{self, doubtful};
use super::super::{Context, words};
use super::{super::target, Visible};

/// An administrator who sees less than this share of what was signed for is none.
const LEAST_OF_ANCHOR: f64 = 0.9;

pub(super) fn evaluate(visible: &Visible, evidence: &Evidence, context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let environment = target::environment(&visible.environment, &evidence.pair);
    let all = reading::open(evidence, environment, &visible.dataset, &mut outcome);
    let views: Vec<(&str, Option<Table>)> = visible
        .to
        .iter()
        .map(|login| (login.as_str(), reading::open(evidence, environment, &view_name(&visible.dataset, login), &mut outcome)))
        .collect();
    let Some(all) = all else { return outcome };
    let noun = &all.entry().noun;
    if all.entry().rows == 0 {
        doubtful(&mut outcome, format!("the administrator sees no {noun} in {environment}: there is nothing that could be visible"));
        return outcome;
    }
    anchor(environment, all.entry(), context, &mut outcome);
    let mut judged = Judged { visible, evidence, context, environment, noun, told: BTreeSet::new(), collector: Collector::new(context) };
    for (login, view) in &views {
        let Some(view) = view else { continue };
        if view.entry().rows == 0 {
            doubtful(&mut outcome, format!("{login} sees no {noun} at all in {environment}: an extract that is empty shows nothing"));
            continue;
        }
        unsaid(evidence, environment, login, &mut outcome);
        judged.view(login, &all, view, &mut outcome);
    }
    judged.collector.finish(&mut outcome);
    outcome
}

/// The administrator has not fallen far below what was signed for: a reader with the same reduced rights would see the same.
fn anchor(environment: &str, entry: &DatasetEntry, context: &Context<'_>, outcome: &mut Outcome) {
    for anchor in context.anchors.iter().filter(|a| a.environment == environment && a.dataset == entry.name) {
        #[allow(clippy::cast_precision_loss, reason = "a share, not a count")]
        let fallen = (entry.rows as f64) < anchor.rows as f64 * LEAST_OF_ANCHOR;
        if fallen {
            let (rows, source) = (anchor.rows, &anchor.source);
            doubtful(
                outcome,
                format!(
                    "the administrator sees {} rows of `{}` in {environment} where {rows} are expected ({source})",
                    entry.rows, entry.name
                ),
            );
        }
    }
}

/// Who looked is known from the data, or from nothing but where they lie.
fn unsaid(evidence: &Evidence, environment: &str, login: &str, outcome: &mut Outcome) {
    let Ok(snapshot) = evidence.snapshot(environment) else { return };
    let entry = snapshot.manifest().logins.iter().find(|l| l.name == login);
    if let Some(entry) = entry.filter(|l| l.reader.is_none()) {
        let note =
            format!("nothing but the folder {} says that {login} read these data (`login:` in the environment file would)", entry.origin);
        outcome.ledger.notes.push(note);
    }
}

/// One evaluation over all logins of the check.
struct Judged<'a> {
    visible: &'a Visible,
    evidence: &'a Evidence,
    context: &'a Context<'a>,
    environment: &'a str,
    noun: &'a str,
    /// What is wrong with the administrator's own data is told once, not per login: kind, key, field and text.
    told: BTreeSet<(FindingKind, Key, Option<String>, String)>,
    collector: Collector<'a>,
}

impl Judged<'_> {
    fn view(&mut self, login: &str, all: &Table, view: &Table, outcome: &mut Outcome) {
        let columns = self.columns(all.entry(), view.entry(), outcome);
        let rules = Rules { columns, renames: false, effective_at: Some(self.evidence.go_live), limit: LIMIT };
        let condition = match self.visible.r#where.as_ref().map(|w| w.clause.compile(all.entry())).transpose() {
            Ok(condition) => condition,
            Err(why) => return doubtful(outcome, why),
        };
        if let Some(condition) = &condition {
            let names = reading::names_read(condition, all.entry());
            let readable = [all, view].map(|table| reading::columns(table.entry(), self.environment, &names, outcome).is_some());
            if readable.contains(&false) {
                return;
            }
        }
        let moment = reading::moment(self.evidence);
        let comparison = match compare::compare(all, view, &rules, condition.as_ref().map(|c| (c, &moment))) {
            Ok(comparison) => comparison,
            Err(e) => return doubtful(outcome, format!("`{}` could not be compared: {}", view.entry().name, e.what)),
        };
        self.count(login, &comparison, outcome);
        for difference in comparison.differences {
            if let Some(finding) = self.finding(login, &view.entry().name, difference) {
                self.collector.add(finding);
            }
        }
        self.collector.count(self.context.severity.worst(), comparison.beyond);
    }

    /// The rule of every column; fills the ledger.
    fn columns(&self, all: &DatasetEntry, view: &DatasetEntry, outcome: &mut Outcome) -> std::collections::BTreeMap<String, Rule> {
        let rule = |relation| Rule { relation, normalise: Vec::new(), tolerance: None };
        let mut rules = std::collections::BTreeMap::new();
        let (mut comparable, mut compared) = (0u64, 0u64);
        for column in &all.columns {
            let name = &column.name;
            let key = all.key.iter().all(|rung| rung.contains(name));
            let mut relation = Relation::Ignored;
            let seen = view.column(name).map(|i| &view.columns[i]);
            let in_no_record = column.cells.absent == all.rows && seen.is_some_and(|c| c.unread.is_none() && c.cells.absent == view.rows);
            if column.volatile {
                put(&mut outcome.ledger.columns_volatile, name.clone());
            } else if let Some(why) = &column.not_offered {
                put(&mut outcome.ledger.columns_ignored, (name.clone(), format!("the system does not offer it: {why}")));
            } else if let Some(ignored) = self.visible.ignored(name) {
                comparable += 1;
                put(&mut outcome.ledger.columns_ignored, (name.clone(), format!("ignored: {}", ignored.reason)));
            } else if !key && column.unread.is_none() && in_no_record {
                put(&mut outcome.ledger.columns_ignored, (name.clone(), format!("optional, and in no record of `{}`", view.name)));
            } else {
                let readable = [all, view].map(|entry| reading::columns(entry, self.environment, &[name], outcome).is_some());
                comparable += u64::from(!key);
                if readable == [true, true] {
                    relation = Relation::Equal;
                    compared += u64::from(!key);
                    if !key {
                        put(&mut outcome.ledger.columns_compared, name.clone());
                    }
                }
            }
            rules.insert(name.clone(), rule(relation));
        }
        if compared * 2 < comparable {
            put(
                &mut outcome.ledger.warnings,
                format!("`{}`: only {compared} of {comparable} columns beyond the key are compared", view.name),
            );
        }
        rules
    }

    fn count(&self, login: &str, comparison: &Comparison, outcome: &mut Outcome) {
        let counts = &comparison.counts;
        let ledger = &mut outcome.ledger;
        ledger.selected += counts.selected;
        ledger.matched += counts.matched;
        ledger.undecided += counts.undecided;
        ledger.excluded += counts.excluded;
        if let Some(selected) = &self.visible.r#where {
            ledger.notes.push(format!(
                "`{}` selects {} of {} for {login} to see: {}",
                selected.clause.shown(),
                counts.selected_sides.0,
                words::number(counts.left, self.noun, &self.visible.dataset),
                selected.reason
            ));
        }
        if counts.selected == 0 {
            doubtful(outcome, format!("no {} was selected that {login} should see: nothing was looked for", self.noun));
        }
    }

    /// A difference as a finding; `None` when it was told before.
    fn finding(&mut self, login: &str, view: &str, difference: Difference) -> Option<Finding> {
        let (environment, noun) = (self.environment, self.noun);
        let severity = self.context.severity;
        let key = difference.key;
        let what = words::record(noun, &key);
        let at = words::At { environment, dataset: view };
        let on = |side: Side| match side {
            Side::Left => words::At { environment, dataset: &self.visible.dataset },
            Side::Right => at,
        };
        let seen_by = |side: Side| if side == Side::Left { String::new() } else { format!(", as {login} sees it") };
        let more = |why: Option<String>| why.map_or_else(String::new, |w| format!(": {w}"));
        Some(match difference.kind {
            DifferenceKind::Missing { why } => {
                let message = format!("{what} is in {environment}, but {login} does not see it{}", more(why));
                let finding = at.finding(FindingKind::NotVisible, severity.missing, key, message);
                Finding { cause: format!("hidden from {login} in {environment}"), ..finding }
            }
            DifferenceKind::Extra { why } => {
                let message = format!("{what} is seen by {login} in {environment}, but not by the administrator{}", more(why));
                let finding = at.finding(FindingKind::Extra, severity.extra, key, message);
                Finding { cause: format!("seen by {login} only in {environment}"), ..finding }
            }
            DifferenceKind::Changed(field) | DifferenceKind::NotDifferent(field) => {
                let FieldDifference { field, left, right, .. } = field;
                let message = format!(
                    "{what}: {login} sees {field} as {} in {environment}, the administrator as {}",
                    words::value(&right),
                    words::value(&left)
                );
                let finding = at.finding(FindingKind::Changed, severity.changed, key, message);
                let cause = format!("{field} reads otherwise for {login} in {environment}");
                Finding { field: Some(field), expected: Some(left), found: Some(right), cause, ..finding }
            }
            DifferenceKind::Renamed { to, fields, .. } | DifferenceKind::Rekeyed { to, fields } => {
                let message = format!("{what} has another key for {login} in {environment}: '{to}'");
                let finding = at.finding(FindingKind::Rekeyed, severity.changed, key, message);
                let changes = fields.into_iter().map(|f| FieldChange { field: f.field, expected: f.left, found: f.right }).collect();
                Finding { other_key: Some(to), changes, cause: format!("found by another key for {login} in {environment}"), ..finding }
            }
            DifferenceKind::DuplicateKey { side, rows } => {
                let message = format!("{what} is there {rows} times in {environment}{}", seen_by(side));
                let finding = on(side).finding(FindingKind::DuplicateKey, severity.changed, key, message);
                let finding = Finding { cause: format!("several records share a key in {environment}{}", seen_by(side)), ..finding };
                return self.once(side, finding);
            }
            DifferenceKind::MissingKey { side, record } => {
                let message = format!("a {noun} in {environment} has no key: {record}{}", seen_by(side));
                // The shortened record is part of the address: without it, two such records would be one finding.
                let key = Key { rung: NO_KEY, parts: vec![record] };
                let finding = on(side).finding(FindingKind::MissingKey, severity.changed, key, message);
                let finding = Finding { cause: format!("records without a key in {environment}{}", seen_by(side)), ..finding };
                return self.once(side, finding);
            }
            DifferenceKind::Broken { side, field, cell } => {
                let finding = on(side).broken(severity.changed, noun, key, &field, cell);
                return self.once(side, finding);
            }
        })
    }

    /// What is wrong with the administrator's data is told for the first login only; the same broken cell in a view is the same fault.
    fn once(&mut self, side: Side, finding: Finding) -> Option<Finding> {
        let text = finding.found.as_ref().map_or_else(String::new, |cell: &Cell| cell.text.clone());
        let fault = (finding.kind, finding.key.clone(), finding.field.clone(), text);
        let broken = matches!(finding.kind, FindingKind::Invalid | FindingKind::Unresolved);
        match side {
            Side::Left => self.told.insert(fault).then_some(finding),
            Side::Right => (!broken || !self.told.contains(&fault)).then_some(finding),
        }
    }
}

/// Adds what is not there yet: every login has the same columns.
fn put<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
