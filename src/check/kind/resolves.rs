//! `resolves`: every value of a field points at a record that is there.

use std::collections::HashSet;

use crate::document::decode::{Fields, boolean, name};
use crate::document::{At, Node, Place, Problems};
use crate::snapshot::{Plan, Table};
use crate::value::{Cell, Key, State, Type};

use super::super::evidence::{Evidence, Pair};
use super::super::finding::{Finding, FindingKind};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::collect::Collector;
use super::reading::{self, doubtful};
use super::select::{self, Selection, Where};
use super::{Context, Kind, target, words};

/// `{dataset, in, field, to, required, where, reason}`.
struct Resolves {
    dataset: At<String>,
    environment: At<String>,
    field: At<String>,
    to: At<String>,
    required: bool,
    r#where: Option<Where>,
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`resolves`", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let environment = fields.need("in", problems, name);
    let field = fields.need("field", problems, name);
    let to = fields.need("to", problems, name);
    let required = fields.get("required", problems, boolean).is_some_and(|r| r.value);
    let r#where = select::decode(&mut fields, problems);
    fields.close(problems);
    Some(Box::new(Resolves { dataset: dataset?, environment: environment?, field: field?, to: to?, required, r#where }))
}

impl Kind for Resolves {
    fn word(&self) -> &'static str {
        "resolves"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        let environment = target::environment(&self.environment, pair);
        plan.want(environment, &self.dataset);
        plan.want(environment, &self.to);
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let Some(environment) = target::lint_environment(&self.environment, catalogue, problems) else { return };
        let to = target::lint_dataset(environment, &self.to, catalogue, problems);
        let Some(dataset) = target::lint_dataset(environment, &self.dataset, catalogue, problems) else { return };
        if let Some(selected) = &self.r#where {
            selected.clause.lint(dataset, problems);
        }
        let (Some(column), Some(to)) = (target::lint_column(dataset, &self.field, problems), to) else { return };
        match &column.references {
            Some(other) if other.value != self.to.value => {
                let message = format!("`{}` refers to `{}`, not to `{}`", self.field.value, other.value, self.to.value);
                problems.add(&self.to.place, message).help(format!("write `to: {}`", other.value));
            }
            Some(_) => {}
            None if column.kind != Type::Text => {
                let message = format!("`{}` is of type {}, which no key is", self.field.value, column.kind.word());
                problems.add(&self.field.place, message).expected("a reference or a text");
            }
            None if to.key.first().is_none_or(|rung| rung.len() != 1) => {
                let message = format!("`{}` is no reference, and the key of `{}` has several parts", self.field.value, self.to.value);
                problems
                    .add(&self.field.place, message)
                    .help(format!("declare the column with `references: {}` in the system definition", self.to.value));
            }
            None => {}
        }
    }

    fn asks_site(&self) -> Option<Place> {
        self.r#where.as_ref().and_then(Where::asks_site)
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let environment = target::environment(&self.environment, &evidence.pair);
        let to = reading::open(evidence, environment, &self.to, &mut outcome);
        let table = reading::open(evidence, environment, &self.dataset, &mut outcome);
        let (Some(table), Some(to)) = (table, to) else { return outcome };
        let entry = table.entry();
        let Some(columns) = reading::columns(entry, environment, &[&self.field], &mut outcome) else { return outcome };
        let column = &entry.columns[columns[0]];
        outcome.ledger.columns_compared = vec![column.name.clone()];
        let keys = match &column.references {
            Some(_) => None,
            None => match keys(&to) {
                Ok(keys) => Some(keys),
                Err(why) => {
                    doubtful(&mut outcome, why);
                    return outcome;
                }
            },
        };
        let at = words::At { environment, dataset: &self.dataset };
        let severity = context.severity.changed;
        let mut collector = Collector::new(context);
        let selection = Selection { evidence, at, table: &table, r#where: self.r#where.as_ref(), severity };
        let (field, noun, target) = (&self.field.value, &entry.noun, &to.entry().noun);
        let mut asked = 0u64;
        let read = selection.each(&columns, &mut collector, &mut outcome, |record, collector, _| {
            let cell = record.cell(0);
            let lost = |what: String| format!("{what} in {environment} refers to a {target} that is not there");
            match cell.state {
                State::Absent | State::Null | State::Empty if !self.required => {}
                State::Absent | State::Null | State::Empty => {
                    asked += 1;
                    let key = record.key();
                    let message = format!("{} in {environment} has no {field}, which must name a {target}", words::record(noun, &key));
                    let finding = at.finding(FindingKind::Unresolved, severity, key, message);
                    let cause = format!("{field} names no {target} in {environment}");
                    collector.add(Finding { field: Some(field.clone()), found: Some(cell.to_cell()), cause, ..finding });
                }
                State::Invalid | State::Unresolved => {
                    asked += 1;
                    collector.add(at.broken(severity, noun, record.key(), field, cell.to_cell()));
                }
                State::Value => {
                    asked += 1;
                    let Some(keys) = &keys else { return };
                    for item in items(cell.text, column.list.is_some()) {
                        if keys.contains(&item) {
                            continue;
                        }
                        let key = record.key();
                        let found = Cell { state: State::Unresolved, text: item };
                        let message = format!("{}: {field} {}", lost(words::record(noun, &key)), words::value(&found));
                        let finding = at.finding(FindingKind::Unresolved, severity, key, message);
                        let cause = format!("{field} points at nothing in {environment}");
                        collector.add(Finding { field: Some(field.clone()), found: Some(found), cause, ..finding });
                    }
                }
            }
        });
        if read && asked == 0 {
            doubtful(&mut outcome, format!("no {noun} of {environment} that was selected has a {field}: nothing was followed"));
        }
        collector.finish(&mut outcome);
        outcome
    }
}

/// Keys of the first rung, which has one part.
fn keys(table: &Table) -> Result<HashSet<String>, String> {
    let mut keys = HashSet::new();
    for batch in table.keys().map_err(|e| e.what)? {
        let batch = batch.map_err(|e| e.what)?;
        for i in 0..batch.len() {
            if let Some(Key { rung: 0, mut parts }) = Key::from_bytes(batch.key(i)) {
                keys.extend(parts.pop());
            }
        }
    }
    Ok(keys)
}

/// The value, or the items of a list.
fn items(text: &str, list: bool) -> Vec<String> {
    if list { serde_json::from_str(text).unwrap_or_default() } else { vec![text.to_owned()] }
}
