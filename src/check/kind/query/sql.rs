//! One of the two SELECTs of a check, kept with its place.

use crate::document::decode::place_in;
use crate::document::{At, Content, Node, Place, Problems};
use crate::query::{Column, Compiled, ConditionProblem, Statement, Table, asks_site};

use super::super::super::evidence::Pair;
use super::super::super::lint::Catalogue;
use super::super::target;
use super::Opened;

/// A SELECT as written.
pub(super) struct Sql {
    /// What the check calls it: `over` or `find`.
    name: &'static str,
    node: Node,
    text: String,
    statement: Result<Statement, Vec<ConditionProblem>>,
}

impl Sql {
    /// Reads the SQL of the field `name`.
    pub(super) fn decode(name: &'static str, node: &Node, problems: &mut Problems) -> Option<Self> {
        let text = match &node.content {
            Content::Scalar(scalar) if !scalar.is_null() => &scalar.text,
            _ => {
                let message = format!("`{name}` is a SELECT in SQL, but this is {}", node.shape());
                problems.add(&node.place, message).expected("such as: SELECT count(*) FROM production.clinics");
                return None;
            }
        };
        Some(Self { name, node: node.clone(), text: text.clone(), statement: Statement::parse(text) })
    }

    /// Where bytes of the SQL stand in the file.
    pub(super) fn place(&self, (start, end): (usize, usize)) -> Place {
        place_in(&self.node, start, end)
    }

    /// Where it asks for the site, if it does.
    pub(super) fn asks_site(&self) -> Option<Place> {
        asks_site(&self.text).map(|(start, length)| self.place((start, start + length)))
    }

    /// Where the SQL stands: its first line, for what is said of all of it.
    pub(super) fn whole(&self) -> Place {
        let text = &self.text;
        let start = text.len() - text.trim_start().len();
        let first = text[start..].lines().next().unwrap_or_default().trim_end().len();
        self.place((start, start + first))
    }

    /// Reports mistakes at their places.
    pub(super) fn report(&self, mistakes: Vec<ConditionProblem>, problems: &mut Problems) {
        for mistake in mistakes {
            let place = self.place((mistake.offset, mistake.offset + mistake.length));
            // A mistake of several lines is shown by its first.
            let first = place.text().lines().next().map_or(0, str::len);
            let place = Place { end: place.start + first.max(1).min(place.end - place.start), ..place };
            let added = problems.add(&place, format!("`{}`: {}", self.name, mistake.message));
            if let Some(help) = mistake.help {
                added.help(help);
            }
        }
    }

    /// Environments and datasets that it names, in their order.
    pub(super) fn named(&self) -> impl Iterator<Item = (At<String>, At<String>)> {
        self.statement.iter().flat_map(Statement::tables).map(|t| {
            let environment = At { value: t.environment.clone(), place: self.place(t.environment_place) };
            (environment, At { value: t.dataset.clone(), place: self.place(t.dataset_place) })
        })
    }

    /// Types it against the definitions of the systems; mistakes go to `problems`.
    pub(super) fn lint(&self, catalogue: &Catalogue<'_>, before: &[&Compiled], problems: &mut Problems) -> Option<Compiled> {
        let statement = match &self.statement {
            Ok(statement) => statement,
            Err(mistakes) => {
                self.report(mistakes.clone(), problems);
                return None;
            }
        };
        let tables: Vec<Table> = self
            .named()
            .map(|(environment, dataset)| {
                let name = target::environment(&environment, catalogue.pair).to_owned();
                let known = target::lint_environment(&environment, catalogue, problems)
                    .and_then(|environment| target::lint_dataset(environment, &dataset, catalogue, problems));
                let unknown = Table { environment: name, dataset: dataset.value.clone(), opaque: known.is_none(), ..Table::default() };
                let Some(known) = known else { return unknown };
                let column =
                    |c: &crate::system::Column| Column { name: c.name.value.clone(), kind: c.kind, list: c.list.as_ref().map(|l| l.kind) };
                Table {
                    columns: known.columns.iter().map(column).collect(),
                    not_offered: known.not_offered.keys().cloned().collect(),
                    ..unknown
                }
            })
            .collect();
        statement.compile(&tables, before).map_err(|mistakes| self.report(mistakes, problems)).ok()
    }

    /// Types it against what was captured.
    pub(super) fn compile(&self, opened: &Opened, pair: &Pair, before: &[&Compiled]) -> Result<Compiled, String> {
        let unfit = |what: &str| format!("`{}` does not fit what was captured: {what}", self.name);
        let first = |mistakes: &[ConditionProblem]| unfit(mistakes.first().map_or("it cannot be read", |m| m.message.as_str()));
        let statement = self.statement.as_ref().map_err(|mistakes| first(mistakes))?;
        let tables: Vec<Table> = statement
            .tables()
            .iter()
            .map(|t| {
                let environment = target::environment(&t.environment, pair).to_owned();
                let table = Table { environment: environment.clone(), dataset: t.dataset.clone(), ..Table::default() };
                match opened.get(&(environment, t.dataset.clone())) {
                    None => Table { opaque: true, ..table },
                    Some(opened) => Table { columns: columns(opened), ..table },
                }
            })
            .collect();
        let compiled = statement.compile(&tables, before).map_err(|mistakes| first(&mistakes))?;
        if compiled.known { Ok(compiled) } else { Err(unfit("a dataset is not there")) }
    }
}

/// The columns of a captured dataset.
pub(super) fn columns(table: &crate::snapshot::Table) -> Vec<Column> {
    table.entry().columns.iter().map(|c| Column { name: c.name.clone(), kind: c.kind, list: c.list }).collect()
}
