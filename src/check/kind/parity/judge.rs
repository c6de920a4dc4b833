//! Judging parity: what is compared, whether the sides can be trusted, and a finding for each difference.

use std::collections::BTreeMap;

use crate::compare::{self, Comparison, Difference, DifferenceKind, FieldDifference, How, Relation, Rule, Rules, Side};
use crate::snapshot::{ColumnEntry, DatasetEntry, Table};
use crate::value::{Key, NO_KEY};

use super::super::super::evidence::Evidence;
use super::super::super::finding::{FieldChange, Finding, FindingKind};
use super::super::super::outcome::Outcome;
use super::super::collect::{Collector, LIMIT};
use super::super::reading::{self, doubtful};
use super::super::{Context, words};
use super::{Parity, cause};

/// A fall below this share of an anchor's rows is CANNOT TELL: the reader may have seen only a part.
const LEAST_OF_ANCHOR: f64 = 0.9;
/// A `where` that selects less than this share without saying so is shown on the first page.
const LEAST_SELECTED: f64 = 0.8;

pub(super) fn evaluate(parity: &Parity, evidence: &Evidence, context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let (training, production) = (&evidence.pair.training, &evidence.pair.production);
    let left = reading::open(evidence, training, &parity.dataset, &mut outcome);
    let right = reading::open(evidence, production, &parity.dataset, &mut outcome);
    let (Some(left), Some(right)) = (left, right) else { return outcome };
    if !fit(left.entry(), right.entry(), evidence, &mut outcome) {
        return outcome;
    }
    for (environment, table) in [(training, &left), (production, &right)] {
        anchor(parity, environment, table.entry(), evidence, context, &mut outcome);
    }
    let columns = columns(parity, left.entry(), right.entry(), evidence, &mut outcome);
    let rules = Rules { columns, renames: parity.renames, effective_at: Some(evidence.go_live), limit: LIMIT };
    let condition = match parity.r#where.as_ref().map(|w| w.clause.compile(left.entry())).transpose() {
        Ok(condition) => condition,
        Err(why) => {
            doubtful(&mut outcome, why);
            return outcome;
        }
    };
    if let Some(condition) = &condition {
        let names = reading::names_read(condition, left.entry());
        let readable =
            [(training, &left), (production, &right)].map(|(e, t)| reading::columns(t.entry(), e, &names, &mut outcome).is_some());
        if readable.contains(&false) {
            return outcome;
        }
    }
    let moment = reading::moment(evidence);
    let comparison = match compare::compare(&left, &right, &rules, condition.as_ref().map(|c| (c, &moment))) {
        Ok(comparison) => comparison,
        Err(e) => {
            doubtful(&mut outcome, format!("`{}` could not be compared: {}", parity.dataset.value, e.what));
            return outcome;
        }
    };
    count(parity, &comparison, &left, &mut outcome);
    let mut collector = Collector::new(context);
    let judged = Judged { evidence, context, noun: &left.entry().noun, dataset: &parity.dataset };
    for difference in comparison.differences {
        collector.add(judged.finding(difference));
    }
    collector.count(context.severity.worst(), comparison.beyond);
    cause::name(collector.findings_mut(), &left, &right, evidence, &mut outcome);
    collector.finish(&mut outcome);
    outcome
}

/// Both sides were read under definitions that can be compared.
fn fit(left: &DatasetEntry, right: &DatasetEntry, evidence: &Evidence, outcome: &mut Outcome) -> bool {
    let before = outcome.cannot_tell.len();
    if left.key != right.key {
        doubtful(outcome, format!("`{}` was captured under another key on each side", left.name));
    }
    let (training, production) = (evidence.snapshot(&evidence.pair.training), evidence.snapshot(&evidence.pair.production));
    if let (Ok(training), Ok(production)) = (training, production)
        && training.manifest().scope != production.manifest().scope
    {
        doubtful(outcome, format!("`{}` was read with another scope on each side", left.name));
    }
    outcome.cannot_tell.len() == before
}

/// The dataset has an anchor on this side that does not depend on a login, and has not fallen far below it.
fn anchor(parity: &Parity, environment: &str, entry: &DatasetEntry, evidence: &Evidence, context: &Context<'_>, outcome: &mut Outcome) {
    let own = parity.anchor.iter().map(|own| (own.rows, format!("signed by {} on {}", own.signed.by, own.signed.on)));
    let others = context.anchors.iter().filter(|a| a.environment == environment && a.dataset == parity.dataset.value);
    let anchors = own.chain(others.map(|a| (a.rows, a.source.clone()))).collect();
    let files = evidence.snapshot(environment).is_ok_and(|s| s.manifest().login.is_none());
    unheld(environment, entry, anchors, files).into_iter().for_each(|why| doubtful(outcome, why));
}

/// Why the size of a dataset is not to be believed; `files` says that it was read from files and not by a login.
fn unheld(environment: &str, entry: &DatasetEntry, mut anchors: Vec<(u64, String)>, files: bool) -> Vec<String> {
    // What a server tells a login of totals may be as narrow as what it shows it; files have no login.
    if files && entry.completeness.grade > crate::snapshot::Grade::Unknown {
        anchors.extend(entry.completeness.expected.map(|rows| (rows, entry.completeness.method.clone())));
        if entry.completeness.expected.is_none() && anchors.is_empty() {
            return Vec::new();
        }
    }
    if anchors.is_empty() {
        let name = &entry.name;
        return vec![format!(
            "nothing but the login's own view says how large `{name}` of {environment} should be: give the check an `anchor`"
        )];
    }
    #[allow(clippy::cast_precision_loss, reason = "a share, not a count")]
    let fallen = anchors.into_iter().filter(|(rows, _)| (entry.rows as f64) < *rows as f64 * LEAST_OF_ANCHOR);
    fallen
        .map(|(rows, source)| format!("`{}` of {environment} has {} rows where {rows} are expected ({source})", entry.name, entry.rows))
        .collect()
}

/// The rule of every column of either side; fills the ledger.
fn columns(
    parity: &Parity,
    left: &DatasetEntry,
    right: &DatasetEntry,
    evidence: &Evidence,
    outcome: &mut Outcome,
) -> BTreeMap<String, Rule> {
    let ignored = || Rule { relation: Relation::Ignored, normalise: Vec::new(), tolerance: None };
    let sides = [(&evidence.pair.training, left), (&evidence.pair.production, right)];
    let only_right = right.columns.iter().filter(|c| left.column(&c.name).is_none());
    let mut columns = BTreeMap::new();
    let mut comparable = 0;
    for column in left.columns.iter().chain(only_right) {
        let name = &column.name;
        let pair = sides.map(|(environment, entry)| (environment, entry, entry.column(name).map(|i| &entry.columns[i])));
        let key = left.key.iter().all(|rung| rung.contains(name));
        if let [(_, _, Some(l)), (_, _, Some(r))] = pair
            && l.volatile != r.volatile
        {
            doubtful(outcome, format!("`{name}` of `{}` is volatile on one side only: the two definitions do not say the same", left.name));
        }
        if pair.iter().any(|(_, _, c)| c.is_some_and(|c| c.volatile)) {
            outcome.ledger.columns_volatile.push(name.clone());
            columns.insert(name.clone(), ignored());
            continue;
        }
        if let [Some(left_out), Some(_)] = pair.map(|(_, _, c)| c.and_then(|c| c.not_offered.as_ref())) {
            // What neither system has, neither can differ in; it is told like everything that is not compared.
            outcome.ledger.columns_ignored.push((name.clone(), format!("neither system offers it: {left_out}")));
            columns.insert(name.clone(), ignored());
            continue;
        }
        comparable += u64::from(!key);
        if let Some(reason) = parity.rules.left_out(name) {
            outcome.ledger.columns_ignored.push((name.clone(), reason));
            columns.insert(name.clone(), ignored());
            continue;
        }
        if !key && pair.iter().all(|(_, entry, c)| c.is_some_and(|c| entry.rows > 0 && c.unread.is_none() && c.cells.absent == entry.rows))
        {
            outcome.ledger.columns_ignored.push((name.clone(), "optional, and in no record of either side".to_owned()));
            columns.insert(name.clone(), ignored());
            continue;
        }
        let mut readable = true;
        for (environment, entry, found) in &pair {
            if let Some(why) = unreadable(*found) {
                reading::unread(entry, environment, name, &why, outcome);
                readable = false;
            }
        }
        if let [(_, _, Some(l)), (_, _, Some(r))] = pair
            && (l.kind, l.list, &l.references) != (r.kind, r.list, &r.references)
        {
            doubtful(outcome, format!("`{name}` of `{}` has another type on each side", left.name));
            readable = false;
        }
        columns.insert(name.clone(), if readable { parity.rules.rule(name) } else { ignored() });
        if readable && !key {
            outcome.ledger.columns_compared.push(name.clone());
            outcome.ledger.columns_tolerated.extend(parity.rules.tolerated(name).map(|what| (name.clone(), what)));
        }
    }
    let compared = outcome.ledger.columns_compared.len() as u64;
    if compared * 2 < comparable {
        outcome.ledger.warnings.push(format!("`{}`: only {compared} of {comparable} columns beyond the key are compared", left.name));
    }
    columns
}

fn unreadable(column: Option<&ColumnEntry>) -> Option<String> {
    match column {
        None => Some("its system does not define it".to_owned()),
        Some(c) => c.not_offered.as_ref().map(|why| format!("the system does not offer it: {why}")).or_else(|| c.unread.clone()),
    }
}

/// Numbers of the comparison into the ledger, and what they say about the answer.
fn count(parity: &Parity, comparison: &Comparison, left: &Table, outcome: &mut Outcome) {
    let counts = &comparison.counts;
    let ledger = &mut outcome.ledger;
    ledger.selected = counts.selected;
    ledger.matched = counts.matched;
    ledger.undecided = counts.undecided;
    ledger.excluded = counts.excluded;
    ledger.notes.extend(comparison.notes.iter().cloned());
    if let Some(selected) = &parity.r#where {
        // In rows of both sides: a pair that is left out is two of them.
        let rows = counts.selected_sides.0 + counts.selected_sides.1;
        let all = rows + counts.excluded;
        ledger.notes.push(format!("`{}` selects {rows} of {all} rows of both sides: {}", selected.clause.shown(), selected.reason));
        #[allow(clippy::cast_precision_loss, reason = "a share, not a count")]
        let share = if all == 0 { 1.0 } else { rows as f64 / all as f64 };
        let least = parity.covers.unwrap_or(LEAST_SELECTED);
        if share < least {
            let promised = if parity.covers.is_some() { "the check says" } else { "usual" };
            ledger.warnings.push(format!(
                "`where` selects {:.0} % of `{}`, less than the {:.0} % that are {promised}",
                share * 100.0,
                parity.dataset.value,
                least * 100.0
            ));
        }
    }
    if counts.selected == 0 {
        doubtful(outcome, format!("no {} was selected on either side: nothing compared with nothing is not parity", left.entry().noun));
    }
}

/// Differences become findings.
struct Judged<'a> {
    evidence: &'a Evidence,
    context: &'a Context<'a>,
    noun: &'a str,
    dataset: &'a str,
}

impl Judged<'_> {
    fn environment(&self, side: Side) -> &str {
        match side {
            Side::Left => &self.evidence.pair.training,
            Side::Right => &self.evidence.pair.production,
        }
    }

    fn at(&self, side: Side) -> words::At<'_> {
        words::At { environment: self.environment(side), dataset: self.dataset }
    }

    fn finding(&self, difference: Difference) -> Finding {
        let severity = self.context.severity;
        let (training, production) = (self.environment(Side::Left), self.environment(Side::Right));
        let key = difference.key;
        let what = words::record(self.noun, &key);
        let at = self.at(Side::Right);
        match difference.kind {
            DifferenceKind::Missing { why } => {
                let more = why.map_or_else(String::new, |w| format!(": {w}"));
                let finding = at.finding(FindingKind::Missing, severity.missing, key, format!("{what} is missing in {production}{more}"));
                Finding { cause: format!("missing in {production}"), ..finding }
            }
            DifferenceKind::Extra { why } => {
                let more = why.map_or_else(String::new, |w| format!(": {w}"));
                let finding =
                    at.finding(FindingKind::Extra, severity.extra, key, format!("{what} is in {production} but not in {training}{more}"));
                Finding { cause: format!("only in {production}"), ..finding }
            }
            DifferenceKind::Changed(field) => {
                let message = format!(
                    "{what}: {} is {} in {production}, staff were trained on {}",
                    field.field,
                    words::value(&field.right),
                    words::value(&field.left)
                );
                with_field(at.finding(FindingKind::Changed, severity.changed, key, message), field, |f| format!("{f} changed"))
            }
            DifferenceKind::NotDifferent(field) => {
                let message = format!("{what}: {} is {} on both sides, but must differ", field.field, words::value(&field.right));
                with_field(at.finding(FindingKind::NotDifferent, severity.changed, key, message), field, |f| format!("{f} must differ"))
            }
            DifferenceKind::Renamed { to, how, fields } => {
                let (how, cause) = match how {
                    How::Exact => ("the same id".to_owned(), "renamed, by the same id"),
                    How::Content => ("the same content".to_owned(), "renamed, by the same content"),
                    How::Similar(share) => (format!("{:.0} % alike", share * 100.0), "renamed, by similar content"),
                };
                let message = format!("{what} is {} in {production} ({how}){}", name_of(&to), also(&fields));
                // A rename never lowers severity: the record that staff know is missing.
                let finding = at.finding(FindingKind::Renamed, severity.missing.max(severity.changed), key, message);
                Finding { other_key: Some(to), changes: changes(fields), cause: cause.to_owned(), ..finding }
            }
            DifferenceKind::Rekeyed { to, fields } => {
                let message = format!("{what} has another key in {production}: {}{}", name_of(&to), also(&fields));
                let finding = at.finding(FindingKind::Rekeyed, severity.changed, key, message);
                Finding { other_key: Some(to), changes: changes(fields), cause: "found by another key".to_owned(), ..finding }
            }
            DifferenceKind::DuplicateKey { side, rows } => {
                let environment = self.environment(side);
                let message = format!("{what} is there {rows} times in {environment}");
                let finding = self.at(side).finding(FindingKind::DuplicateKey, severity.changed, key, message);
                Finding { cause: format!("several records share a key in {environment}"), ..finding }
            }
            DifferenceKind::MissingKey { side, record } => {
                let environment = self.environment(side);
                let message = format!("a {} in {environment} has no key: {record}", self.noun);
                // The shortened record is part of the address: without it, two such records would be one finding.
                let key = Key { rung: NO_KEY, parts: vec![record] };
                let finding = self.at(side).finding(FindingKind::MissingKey, severity.changed, key, message);
                Finding { cause: format!("records without a key in {environment}"), ..finding }
            }
            DifferenceKind::Broken { side, field, cell } => self.at(side).broken(severity.changed, self.noun, key, &field, cell),
        }
    }
}

fn name_of(key: &Key) -> String {
    format!("'{key}'")
}

fn also(fields: &[FieldDifference]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let names: Vec<&str> = fields.iter().map(|f| f.field.as_str()).collect();
    format!(", and differs in {}", names.join(", "))
}

fn changes(fields: Vec<FieldDifference>) -> Vec<FieldChange> {
    fields.into_iter().map(|f| FieldChange { field: f.field, expected: f.left, found: f.right }).collect()
}

fn with_field(finding: Finding, field: FieldDifference, cause: impl Fn(&str) -> String) -> Finding {
    Finding { cause: cause(&field.field), field: Some(field.field), expected: Some(field.left), found: Some(field.right), ..finding }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Completeness, Grade};

    fn dataset(grade: Grade, expected: Option<u64>) -> DatasetEntry {
        DatasetEntry { completeness: Completeness { grade, method: "the server's total".into(), expected }, ..DatasetEntry::of_clinics(9) }
    }

    #[test]
    fn what_a_login_says_of_itself_holds_nothing() {
        let why = |grade, expected, files| unheld("production", &dataset(grade, expected), Vec::new(), files).join("; ");
        let nothing = "nothing but the login's own view says how large `clinics` of production should be: give the check an `anchor`";
        for grade in [Grade::Unknown, Grade::Declared, Grade::Proven] {
            assert_eq!(why(grade, Some(9), false), nothing, "{grade:?}");
        }
        assert_eq!(why(Grade::Proven, Some(9), true), "");
        assert_eq!(why(Grade::Declared, None, true), "");
        assert_eq!(why(Grade::Unknown, Some(9), true), nothing);
        assert_eq!(why(Grade::Unknown, None, true), nothing);
        assert!(why(Grade::Proven, Some(11), true).ends_with("has 9 rows where 11 are expected (the server's total)"));
    }

    #[test]
    fn a_tenth_below_an_anchor_is_not_believed() {
        let why = |anchors: &[u64]| {
            let anchors = anchors.iter().map(|rows| (*rows, "signed".to_owned())).collect();
            unheld("production", &dataset(Grade::Proven, None), anchors, false)
        };
        assert_eq!(why(&[8]), Vec::<String>::new());
        assert_eq!(why(&[10]), Vec::<String>::new(), "exactly nine tenths");
        assert_eq!(why(&[8, 11]), ["`clinics` of production has 9 rows where 11 are expected (signed)"]);
    }
}
