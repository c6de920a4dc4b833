//! The build that a statement has to be signed for: one value of one environment.

use std::collections::BTreeSet;

use crate::document::decode::{Fields, name};
use crate::document::{At, Node, Place, Problems};
use crate::snapshot::Plan;
use crate::value::State;

use super::super::super::evidence::{Evidence, Pair};
use super::super::super::finding::Severity;
use super::super::super::lint::Catalogue;
use super::super::super::outcome::Outcome;
use super::super::collect::Collector;
use super::super::reading::{self, doubtful};
use super::super::select::{self, Selection, Where};
use super::super::{target, words};

/// Values that a message names.
const NAMED: usize = 4;

/// `{in, dataset, column, where, reason}`.
pub(super) struct Build {
    environment: At<String>,
    dataset: At<String>,
    column: At<String>,
    r#where: Option<Where>,
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Build> {
    let mut fields = Fields::open(node, "`build`", problems)?;
    let environment = fields.need("in", problems, name);
    let dataset = fields.need("dataset", problems, name);
    let column = fields.need("column", problems, name);
    let r#where = select::decode(&mut fields, problems);
    fields.close(problems);
    Some(Build { environment: environment?, dataset: dataset?, column: column?, r#where })
}

impl Build {
    /// Where its `where` asks for the site, if it does.
    pub(super) fn asks_site(&self) -> Option<Place> {
        self.r#where.as_ref().and_then(Where::asks_site)
    }

    /// The environment that it is read in.
    pub(super) fn environment<'a>(&'a self, pair: &'a Pair) -> &'a str {
        target::environment(&self.environment, pair)
    }

    pub(super) fn plan(&self, pair: &Pair, plan: &mut Plan) {
        plan.want(self.environment(pair), &self.dataset);
    }

    pub(super) fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let Some(environment) = target::lint_environment(&self.environment, catalogue, problems) else { return };
        let Some(dataset) = target::lint_dataset(environment, &self.dataset, catalogue, problems) else { return };
        if let Some(column) = target::lint_column(dataset, &self.column, problems)
            && column.list.is_some()
        {
            let message = format!("`{}` holds several values, so it names no build", self.column.value);
            problems.add(&self.column.place, message).expected("a column with one value");
        }
        if let Some(selected) = &self.r#where {
            selected.clause.lint(dataset, problems);
        }
    }

    /// The one value that all selected records have. `None` when there is none; each reason is in the outcome.
    pub(super) fn read(
        &self,
        evidence: &Evidence,
        severity: Severity,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
    ) -> Option<String> {
        let environment = self.environment(&evidence.pair);
        let table = reading::open(evidence, environment, &self.dataset, outcome)?;
        let columns = reading::columns(table.entry(), environment, &[&self.column], outcome)?;
        outcome.ledger.columns_compared = vec![self.column.value.clone()];
        let at = words::At { environment, dataset: &self.dataset };
        let selection = Selection { evidence, at, table: &table, r#where: self.r#where.as_ref(), severity };
        let mut values: BTreeSet<String> = BTreeSet::new();
        let read = selection.each(&columns, collector, outcome, |record, _, outcome| {
            let cell = record.cell(0);
            if cell.state != State::Value {
                let what = words::record(&table.entry().noun, &record.key());
                doubtful(
                    outcome,
                    format!("{what} of {environment} names no build: its {} is {}", self.column.value, words::value(&cell.to_cell())),
                );
            } else if values.len() <= NAMED && !values.contains(cell.text) {
                values.insert(cell.text.to_owned());
            }
        });
        if !read {
            return None;
        }
        match values.len() {
            0 => doubtful(outcome, format!("no record of `{}` of {environment} was selected: its build is not known", self.dataset.value)),
            1 => return values.pop_first(),
            _ => {
                let named: Vec<&str> = values.iter().map(String::as_str).take(NAMED).collect();
                let more = if values.len() > NAMED { ", …" } else { "" };
                doubtful(
                    outcome,
                    format!(
                        "{} of `{}` in {environment} is not one build ({}{more}): say in `build` with `where` which record names it",
                        self.column.value,
                        self.dataset.value,
                        named.join(", ")
                    ),
                );
            }
        }
        None
    }
}
