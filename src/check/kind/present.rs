//! `present`: the records of a signed-off list are there, as the list says.

mod list;

use std::collections::HashMap;

use crate::document::decode::{Fields, boolean, name, some_text};
use crate::document::{At, Node, Place, Problems};
use crate::snapshot::{DatasetEntry, Plan};
use crate::value::{Cell, CellRef, State};

use super::super::evidence::{Evidence, List, Pair};
use super::super::finding::{Finding, FindingKind};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::collect::Collector;
use super::reading::{self, doubtful};
use super::select::{self, Selection, Where};
use super::signed::{self, SignedList};
use super::{Adjusted, Anchor, Context, Kind, SiteChange, target, words};
use list::Expected;

/// `{dataset, in, rows, exactly, where, reason, signed}`.
#[derive(Clone)]
struct Present {
    dataset: At<String>,
    environment: At<String>,
    /// Shown path of the list, below the project.
    rows: At<String>,
    exactly: bool,
    r#where: Option<Where>,
    signed: Option<SignedList>,
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`present`", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let environment = fields.need("in", problems, name);
    let rows = fields.need("rows", problems, list_path);
    let exactly = fields.get("exactly", problems, boolean).is_some_and(|e| e.value);
    let r#where = select::decode(&mut fields, problems);
    let signed = fields.get("signed", problems, signed::decode_list);
    fields.close(problems);
    Some(Box::new(Present { dataset: dataset?, environment: environment?, rows: rows?, exactly, r#where, signed }))
}

/// A path below `checks/`, shown as one below the project.
pub(in crate::check) fn list_path(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let written = some_text(node, problems)?;
    let strange = written.value.starts_with('/')
        || written.value.contains(['\\', ':'])
        || written.value.split('/').any(|p| p == ".." || p.is_empty());
    if strange {
        problems.add(&written.place, "a list lies below checks/").expected("such as lists/clinics.csv, with `/`");
        return None;
    }
    Some(written.map(|w| format!("checks/{}", w.trim_start_matches("./"))))
}

impl Kind for Present {
    fn word(&self) -> &'static str {
        "present"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        plan.want(target::environment(&self.environment, pair), &self.dataset);
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let Some(environment) = target::lint_environment(&self.environment, catalogue, problems) else { return };
        let Some(dataset) = target::lint_dataset(environment, &self.dataset, catalogue, problems) else { return };
        if let Some(selected) = &self.r#where {
            selected.clause.lint(dataset, problems);
        }
        if let Some(list) = catalogue.lists.get(&self.rows.value) {
            list::lint(list, &self.rows, dataset, problems);
        }
    }

    fn asks_site(&self) -> Option<Place> {
        self.r#where.as_ref().and_then(Where::asks_site)
    }

    fn adjusted(&self, change: &SiteChange<'_>) -> Adjusted {
        let SiteChange::List(list) = change else { return Adjusted::NotTaken };
        let signed = self.signed.as_ref().map(|s| s.sha256.value.as_str());
        if list.rows.value == self.rows.value && list.sha256() == signed {
            return Adjusted::Same(format!("{} is the list of every site", self.rows.value));
        }
        if signed.is_some() && list.signed.is_none() {
            return Adjusted::Refused(format!(
                "{} is signed, so the list of a site must be signed too: add `signed: {{by, on, sha256}}`",
                self.rows.value
            ));
        }
        Adjusted::Test(Box::new(Self { rows: list.rows.clone(), signed: list.signed.clone(), ..self.clone() }))
    }

    fn anchors(&self, evidence: &Evidence) -> Vec<Anchor> {
        let (Some(signed), None, Some(list)) = (&self.signed, &self.r#where, evidence.lists.get(&self.rows.value)) else {
            return Vec::new();
        };
        vec![Anchor {
            environment: target::environment(&self.environment, &evidence.pair).to_owned(),
            dataset: self.dataset.value.clone(),
            rows: list.rows.len() as u64,
            source: format!("{}, signed by {} on {}", self.rows.value, signed.by, signed.on),
        }]
    }

    fn lists(&self) -> Vec<(At<String>, Option<At<String>>)> {
        vec![(self.rows.clone(), self.signed.as_ref().map(|s| s.sha256.clone()))]
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let environment = target::environment(&self.environment, &evidence.pair);
        let list = self.list(evidence, &mut outcome);
        let table = reading::open(evidence, environment, &self.dataset, &mut outcome);
        let (Some(list), Some(table)) = (list, table) else { return outcome };
        let entry = table.entry();
        let headings: Vec<&str> = list.headings.iter().map(String::as_str).collect();
        let Some(columns) = reading::columns(entry, environment, &headings, &mut outcome) else { return outcome };
        let expected = match list::expected(list, entry, &columns) {
            Ok(expected) => expected,
            Err(why) => {
                doubtful(&mut outcome, format!("{}: {why}", self.rows.value));
                return outcome;
            }
        };
        outcome.ledger.columns_compared = list.headings.clone();
        let mut collector = Collector::new(context);
        self.compare(evidence, context, &table, &columns, expected, &mut collector, &mut outcome);
        collector.finish(&mut outcome);
        outcome
    }
}

impl Present {
    /// The list, when it is the one that was signed and holds something.
    fn list<'e>(&self, evidence: &'e Evidence, outcome: &mut Outcome) -> Option<&'e List> {
        let path = &self.rows.value;
        let Some(list) = evidence.lists.get(path) else {
            doubtful(outcome, format!("the list {path} is not there"));
            return None;
        };
        if let Some(signed) = &self.signed
            && signed.sha256.value != list.sha256
        {
            let message = format!("{path} is not the list that {} signed on {}", signed.by, signed.on);
            doubtful(outcome, format!("{message}: its SHA-256 is {}, signed was {}", list.sha256, signed.sha256.value));
            return None;
        }
        if list.rows.is_empty() {
            doubtful(outcome, format!("the list {path} is empty: nothing was looked for"));
            return None;
        }
        Some(list)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one evaluation")]
    fn compare(
        &self,
        evidence: &Evidence,
        context: &Context<'_>,
        table: &crate::snapshot::Table,
        columns: &[usize],
        expected: Expected<'_>,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
    ) {
        let environment = target::environment(&self.environment, &evidence.pair);
        let entry = table.entry();
        let noun = &entry.noun;
        let at = words::At { environment, dataset: &self.dataset };
        let severity = context.severity;
        let mut seen: HashMap<usize, u64> = HashMap::new();
        let mut matched = 0;
        let selection = Selection { evidence, at, table, r#where: self.r#where.as_ref(), severity: severity.changed };
        let read = selection.each(columns, collector, outcome, |record, collector, _| {
            let cells: Vec<CellRef<'_>> = (0..columns.len()).map(|c| record.cell(c)).collect();
            let key: Option<Vec<String>> =
                expected.key.iter().map(|&c| (cells[c].state == State::Value).then(|| cells[c].text.to_owned())).collect();
            let wanted = key.and_then(|k| expected.find(&k));
            for (c, cell) in cells.iter().enumerate().filter(|(_, c)| c.state.is_broken()) {
                // A broken cell of a record nobody asked for matters only where nothing else may be there.
                if wanted.is_some() || self.exactly || expected.key.contains(&c) {
                    collector.add(at.broken(severity.changed, noun, record.key(), &expected.headings[c], cell.to_cell()));
                }
            }
            let Some(line) = wanted else {
                if self.exactly {
                    let key = record.key();
                    let message = format!("{} is in {environment} but not on the list {}", words::record(noun, &key), self.rows.value);
                    let finding = at.finding(FindingKind::Extra, severity.extra, key, message);
                    collector.add(Finding { cause: format!("not on the list {}", self.rows.value), ..finding });
                }
                return;
            };
            matched += 1;
            *seen.entry(line).or_default() += 1;
            for (c, (cell, asked)) in cells.iter().zip(&expected.rows[line].cells).enumerate() {
                if expected.key.contains(&c) || cell.state.is_broken() || same(*cell, asked) {
                    continue;
                }
                let heading = &expected.headings[c];
                let key = expected.rows[line].key.clone();
                let (found, asked) = (cell.to_cell(), asked.clone());
                let what = words::record(noun, &key);
                let message =
                    format!("{what}: {heading} is {} in {environment}, signed off as {}", words::value(&found), words::value(&asked));
                let finding = at.finding(FindingKind::Changed, severity.changed, key, message);
                let cause = format!("{heading} is not as signed off");
                collector.add(Finding { field: Some(heading.clone()), expected: Some(asked), found: Some(found), cause, ..finding });
            }
        });
        outcome.ledger.matched = matched;
        if !read {
            return;
        }
        for (line, row) in expected.rows.iter().enumerate() {
            let what = words::record(noun, &row.key);
            let (kind, severity, message, cause) = match seen.get(&line) {
                Some(1) => continue,
                Some(times) => (
                    FindingKind::DuplicateKey,
                    severity.changed,
                    format!("{what} is there {times} times in {environment}"),
                    format!("several records share a key in {environment}"),
                ),
                None => (
                    FindingKind::Missing,
                    severity.missing,
                    format!("{what} is missing in {environment}, but on the list {} (line {})", self.rows.value, row.line),
                    format!("on the list {}, missing in {environment}", self.rows.value),
                ),
            };
            collector.add(Finding { cause, ..at.finding(kind, severity, row.key.clone(), message) });
        }
    }
}

/// A cell is as the list says; a blank in the list means no value.
fn same(cell: CellRef<'_>, asked: &Cell) -> bool {
    match asked.state {
        State::Value => cell.state == State::Value && cell.text == asked.text,
        _ => cell.state != State::Value,
    }
}

/// Rung and positions among `headings` of the first rung of the ladder that the headings hold whole.
fn rung_within<'k>(ladder: impl Iterator<Item = Vec<&'k str>>, headings: &[String]) -> Option<(u8, Vec<usize>)> {
    for (rung, parts) in ladder.enumerate() {
        let positions: Option<Vec<usize>> = parts.iter().map(|part| headings.iter().position(|h| h == part)).collect();
        if let (Some(positions), Ok(rung)) = (positions, u8::try_from(rung)) {
            return Some((rung, positions));
        }
    }
    None
}

fn ladder(entry: &DatasetEntry) -> impl Iterator<Item = Vec<&str>> {
    entry.key.iter().map(|rung| rung.iter().map(String::as_str).collect())
}
