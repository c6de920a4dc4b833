//! `query`: what a SELECT over whole datasets finds, and another one that says how many were looked at.

mod address;
mod load;
mod shape;
mod sql;

use std::collections::BTreeMap;

use crate::document::decode::{Fields, name};
use crate::document::{At, Node, Place, Problems};
use crate::query::{Compiled, Database, Limits, MOST_ENVIRONMENTS};
use crate::snapshot::{Plan, Table};
use crate::value::{Cell, Key, NO_KEY};

use super::super::evidence::{Evidence, Pair};
use super::super::finding::{Finding, FindingKind};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::collect::{Collector, LIMIT};
use super::reading::{self, doubtful};
use super::{Context, Kind, target, words};
use shape::Shape;
use sql::Sql;

/// `{over, find, in, dataset}`.
struct Query {
    over: Sql,
    find: Sql,
    environment: Option<At<String>>,
    dataset: Option<At<String>>,
}

/// Datasets that were opened, by environment and name.
type Opened = BTreeMap<(String, String), Table>;

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`query`", problems)?;
    let over = fields.need("over", problems, |n, p| Sql::decode("over", n, p));
    let find = fields.need("find", problems, |n, p| Sql::decode("find", n, p));
    let environment = fields.get("in", problems, name);
    let dataset = fields.get("dataset", problems, name);
    fields.close(problems);
    Some(Box::new(Query { over: over?, find: find?, environment, dataset }))
}

impl Kind for Query {
    fn word(&self) -> &'static str {
        "query"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        for (environment, dataset) in self.named() {
            plan.want(target::environment(&environment, pair), &dataset);
        }
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        self.lint_environments(catalogue.pair, problems);
        let over = self.over.lint(catalogue, &[], problems);
        let find = self.find.lint(catalogue, &[], problems);
        if let Some(over) = &over {
            self.lint_over(over, find.as_ref(), problems);
        }
        if let Some(find) = find.filter(|f| f.known)
            && let Err(mistakes) = Shape::of(&find)
        {
            self.find.report(mistakes, problems);
        }
        if self.find.named().next().is_some() {
            address::lint(self, catalogue.pair, problems);
        }
    }

    fn asks_site(&self) -> Option<Place> {
        self.find.asks_site().or_else(|| self.over.asks_site())
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut collector = Collector::new(context);
        if let Some((database, over, find)) = self.prepare(evidence, context, &mut collector, &mut outcome) {
            self.judge(&database, &over, &find, evidence, context, &mut collector, &mut outcome);
        }
        collector.finish(&mut outcome);
        outcome
    }
}

impl Query {
    /// Environments and datasets in the order in which `find` and then `over` name them.
    fn named(&self) -> impl Iterator<Item = (At<String>, At<String>)> {
        self.find.named().chain(self.over.named())
    }

    fn lint_environments(&self, pair: &Pair, problems: &mut Problems) {
        let mut seen: Vec<String> = Vec::new();
        for (named, _) in self.named() {
            let environment = target::environment(&named, pair);
            if seen.iter().any(|s| s == environment) {
                continue;
            }
            seen.push(environment.to_owned());
            if seen.len() == MOST_ENVIRONMENTS + 1 {
                let message = format!("a query reads at most {MOST_ENVIRONMENTS} environments; `{}` is one more", named.value);
                problems.add(&named.place, message).expected("one environment too many").help("split it into several checks");
            }
        }
    }

    /// `over` gives one number, and counts something that `find` looks at.
    fn lint_over(&self, over: &Compiled, find: Option<&Compiled>, problems: &mut Problems) {
        let whole = self.over.whole();
        if over.columns.len() != 1 || (over.known && !over.one_row) {
            let problem = problems.add(&whole, "`over` gives one number: how many were looked at");
            problem.help("such as SELECT count(*) FROM production.clinics WHERE active");
        } else if let Some(column) = over.columns.first()
            && over.known
            && (column.kind != Some(crate::value::Type::Integer) || column.list)
        {
            let problem = problems.add(&self.over.place(column.place), "`over` gives how many were looked at, a whole number");
            problem.expected("such as count(*)");
        }
        let Some(find) = find.filter(|f| f.known) else { return };
        let same = |a: &crate::query::TableRead| find.reads.iter().any(|b| a.dataset == b.dataset && a.environment == b.environment);
        if !over.reads.iter().any(same) {
            let problem = problems.add(&whole, "`over` counts no dataset that `find` looks at");
            problem.help("count the records that `find` goes through, under the same conditions");
        }
    }

    /// Opens and loads what the queries read. `None` when they cannot be run: the reasons are in the outcome.
    fn prepare(
        &self,
        evidence: &Evidence,
        context: &Context<'_>,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
    ) -> Option<(Database, Compiled, Compiled)> {
        let mut opened = Opened::new();
        let mut complete = true;
        for (environment, dataset) in self.named() {
            let environment = target::environment(&environment, &evidence.pair);
            let key = (environment.to_owned(), dataset.value.clone());
            if opened.contains_key(&key) {
                continue;
            }
            match reading::open(evidence, environment, &dataset, outcome) {
                Some(table) => {
                    if table.entry().rows == 0 && table.entry().declared_empty.is_none() {
                        doubtful(outcome, format!("`{}` of {environment} is empty: nothing could be found in it", dataset.value));
                    }
                    opened.insert(key, table);
                }
                None => complete = false,
            }
        }
        if !complete {
            return None;
        }
        let over = self.over.compile(&opened, &evidence.pair, &[]).map_err(|why| doubtful(outcome, why)).ok()?;
        let find = self.find.compile(&opened, &evidence.pair, &[&over]).map_err(|why| doubtful(outcome, why)).ok()?;
        let database = load::load(&[&over, &find], &opened, evidence, context, collector, outcome, Limits::STANDARD)?;
        Some((database, over, find))
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one evaluation")]
    fn judge(
        &self,
        database: &Database,
        over: &Compiled,
        find: &Compiled,
        evidence: &Evidence,
        context: &Context<'_>,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
    ) {
        match database.number(over) {
            Ok(Some(n)) if n > 0 => outcome.ledger.selected = n.unsigned_abs(),
            Ok(_) => doubtful(outcome, "`over` counts nothing: nothing was looked at".to_owned()),
            Err(why) => doubtful(outcome, format!("`over` cannot be computed: {why}")),
        }
        let shape = match Shape::of(find) {
            Ok(shape) => shape,
            Err(mistakes) => {
                mistakes.into_iter().for_each(|m| doubtful(outcome, format!("`find`: {}", m.message)));
                return;
            }
        };
        let (environment, dataset) = address::of(self, &evidence.pair);
        let noun = evidence
            .snapshot(&environment)
            .ok()
            .and_then(|s| s.manifest().dataset(&evidence.stored_name(s.manifest(), &dataset)))
            .map_or_else(|| dataset.clone(), |entry| entry.noun.clone());
        let at = words::At { environment: &environment, dataset: &dataset };
        let (mut seen, mut repeated, mut alike): (BTreeMap<String, String>, u64, bool) = (BTreeMap::new(), 0, false);
        let ran = database.rows(find, |row| {
            let key = shape.key(&row);
            let problem = shape.problem(&row);
            let message = format!("{} in {environment}: {problem}", words::record(&noun, &key));
            let mut finding = at.finding(FindingKind::Violated, context.severity.changed, key, message);
            finding.field = shape.field(&row);
            finding.expected = shape.expected(&row);
            // What is found is told by the problem where the query does not say it: two problems of one record stay apart.
            finding.found = Some(shape.found(&row).unwrap_or_else(|| Cell::value(problem.clone())));
            if seen.len() < LIMIT {
                let fingerprint = finding.fingerprint_for(&context.name());
                match seen.get(&fingerprint) {
                    Some(known) if *known == problem => {
                        repeated += 1;
                        return;
                    }
                    Some(_) => alike = true,
                    None => {
                        seen.insert(fingerprint, problem.clone());
                    }
                }
            }
            collector.add(Finding { cause: problem, ..finding });
        });
        if let Err(why) = ran {
            doubtful(outcome, format!("`find` cannot be computed: {why}"));
        }
        if alike {
            let reason = "`find` gives several problems for the same key, field, expected and found: they cannot be told apart";
            doubtful(outcome, reason.to_owned());
        }
        if repeated > 0 {
            outcome.ledger.notes.push(format!("{repeated} rows of `find` repeat another one and are reported once"));
        }
    }
}

/// The key of a finding about which `find` says nothing.
fn no_key() -> Key {
    Key { rung: NO_KEY, parts: Vec::new() }
}
