//! `expect`: a condition that must be true of every record.

use crate::document::decode::{Fields, name};
use crate::document::{At, Node, Place, Problems};
use crate::query::Condition;
use crate::snapshot::Plan;
use crate::value::{Cell, CellRef, State};

use super::super::evidence::{Evidence, Pair};
use super::super::finding::{Finding, FindingKind};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::clause::Clause;
use super::collect::Collector;
use super::reading::{self, doubtful};
use super::select::{self, Selection, Where};
use super::{Context, Kind, target, words};

/// `{dataset, in, that, where, reason}`.
struct Expect {
    dataset: At<String>,
    environment: At<String>,
    that: Clause,
    r#where: Option<Where>,
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`expect`", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let environment = fields.need("in", problems, name);
    let that = fields.need("that", problems, |n, p| Clause::decode("that", n, p));
    let r#where = select::decode(&mut fields, problems);
    fields.close(problems);
    Some(Box::new(Expect { dataset: dataset?, environment: environment?, that: that?, r#where }))
}

impl Kind for Expect {
    fn word(&self) -> &'static str {
        "expect"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        plan.want(target::environment(&self.environment, pair), &self.dataset);
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let Some(environment) = target::lint_environment(&self.environment, catalogue, problems) else { return };
        let Some(dataset) = target::lint_dataset(environment, &self.dataset, catalogue, problems) else { return };
        self.that.lint(dataset, problems);
        if let Some(selected) = &self.r#where {
            selected.clause.lint(dataset, problems);
        }
    }

    fn asks_site(&self) -> Option<Place> {
        self.that.asks_site().or_else(|| self.r#where.as_ref().and_then(Where::asks_site))
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let environment = target::environment(&self.environment, &evidence.pair);
        let Some(table) = reading::open(evidence, environment, &self.dataset, &mut outcome) else { return outcome };
        let entry = table.entry();
        let condition = match self.that.compile(entry) {
            Ok(condition) => condition,
            Err(why) => {
                doubtful(&mut outcome, why);
                return outcome;
            }
        };
        let names = reading::names_read(&condition, entry);
        if reading::columns(entry, environment, &names, &mut outcome).is_none() {
            return outcome;
        }
        outcome.ledger.columns_compared = names.iter().map(|n| (*n).to_owned()).collect();
        let mut evaluator = match condition.evaluator(&reading::moment(evidence)) {
            Ok(evaluator) => evaluator,
            Err(why) => {
                doubtful(&mut outcome, why);
                return outcome;
            }
        };
        let mut run = match evaluator.start() {
            Ok(run) => run,
            Err(why) => {
                doubtful(&mut outcome, why);
                return outcome;
            }
        };
        let at = words::At { environment, dataset: &self.dataset };
        let severity = context.severity.changed;
        let mut collector = Collector::new(context);
        let selection = Selection { evidence, at, table: &table, r#where: self.r#where.as_ref(), severity };
        let shown = self.that.shown();
        let reads = condition.reads();
        let read = selection.each(reads, &mut collector, &mut outcome, |record, collector, outcome| {
            // One small allocation a record: the cells borrow from a batch that does not outlive the visit.
            let cells: Vec<CellRef<'_>> = (0..reads.len()).map(|c| record.cell(c)).collect();
            if let Some(broken) = cells.iter().position(|c| c.state.is_broken()) {
                collector.add(at.broken(severity, &entry.noun, record.key(), names[broken], cells[broken].to_cell()));
                return;
            }
            let kind = match run.test(&cells) {
                Ok(Some(true)) => return,
                Ok(Some(false)) => FindingKind::Violated,
                Ok(None) => FindingKind::Undecided,
                Err(why) => {
                    let what = words::record(&entry.noun, &record.key());
                    doubtful(outcome, format!("`that` cannot be computed, for {what} for one: {why}"));
                    return;
                }
            };
            let key = record.key();
            let what = words::record(&entry.noun, &key);
            let values: Vec<Cell> = cells.iter().map(|c| c.to_cell()).collect();
            let seen = values_read(&condition, &names, &values);
            let (message, cause) = match kind {
                FindingKind::Violated => (format!("{what} in {environment} does not meet `{shown}`: {seen}"), format!("not met: {shown}")),
                _ => (format!("{what} in {environment} leaves `{shown}` undecided: {seen}"), format!("undecided: {shown}")),
            };
            let found = Some(Cell::value(seen));
            // What is shown is cut; a value that changes behind the cut makes another finding.
            let whole: Vec<(State, &str)> = cells.iter().map(|c| (c.state, c.text)).collect();
            collector.add_seeing(Finding { found, cause, ..at.finding(kind, severity, key, message) }, &whole);
        });
        if read && outcome.ledger.selected == 0 {
            doubtful(&mut outcome, format!("no {} of {environment} was selected: nothing was tested", entry.noun));
        }
        collector.finish(&mut outcome);
        outcome
    }
}

fn values_read(condition: &Condition, names: &[&str], cells: &[Cell]) -> String {
    debug_assert_eq!(condition.reads().len(), cells.len());
    let parts: Vec<String> = names.iter().zip(cells).map(|(name, cell)| format!("{name} is {}", words::value(cell))).collect();
    parts.join(", ")
}
