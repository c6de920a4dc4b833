//! `count`: numbers of records within bounds, per group, or as many as elsewhere.

mod bounds;
mod groups;

use std::collections::{BTreeMap, BTreeSet};

use crate::document::decode::{Fields, count, name, one_or_list};
use crate::document::{At, Node, Place, Problems};
use crate::snapshot::{Plan, records_shown};
use crate::system::Dataset;
use crate::value::{Cell, Key, Type};

use super::super::evidence::{Evidence, Pair};
use super::super::finding::{Finding, FindingKind};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::collect::Collector;
use super::reading::doubtful;
use super::select::{self, Where};
use super::signed::{self, Signed};
use super::{Anchor, Context, Kind, target, words};
use bounds::{EqualTo, Most, Within};
use groups::{Group, Groups};

/// `{dataset, in, by, at_least, at_most, equal_to, within, where, reason, plus, signed}`; `at_most` may be a share.
struct Count {
    dataset: At<String>,
    environment: At<String>,
    by: Vec<At<String>>,
    at_least: Option<u64>,
    at_most: Option<Most>,
    equal_to: Option<EqualTo>,
    within: Within,
    r#where: Option<Where>,
    plus: Option<Plus>,
    signed: Option<Signed>,
    place: Place,
}

/// Records that were rejected with a reason count as accounted for.
struct Plus {
    dataset: At<String>,
    /// The column that holds the reason; records without one do not count.
    by: At<String>,
    /// The column that says how many records a row counts; a row is one record without it.
    records: Option<At<String>>,
    r#where: Option<Where>,
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`count`", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let environment = fields.need("in", problems, name);
    let by = fields.get("by", problems, |n, p| one_or_list(n, p, name)).unwrap_or_default();
    let at_least = fields.get("at_least", problems, count);
    let at_most = fields.get("at_most", problems, bounds::most);
    let equal_to = fields.get("equal_to", problems, bounds::equal_to);
    let within = fields.get("within", problems, bounds::within);
    let r#where = select::decode(&mut fields, problems);
    let plus = fields.get("plus", problems, plus);
    let signed = fields.get("signed", problems, signed::decode);
    let said = |fields: &mut Fields<'_>, key| fields.optional(key).is_some();
    if !said(&mut fields, "at_least") && !said(&mut fields, "at_most") && !said(&mut fields, "equal_to") {
        problems.add(&node.place, "`count` needs a bound").expected("at_least, at_most or equal_to");
    }
    if let (Some(least), Some(most)) = (&at_least, &at_most)
        && let Most::Records(n) = most.value
        && least.value > n
    {
        problems.add(&most.place, format!("nothing is at least {} and at most {n}", least.value)).help("swap the two");
    }
    if let (Some(At { value: Most::Share(_), place }), None) = (&at_most, &r#where)
        && !said(&mut fields, "where")
    {
        problems.add(place, "a share is of what there is without `where`, and there is none").help("add `where` and its reason");
    }
    if let (Some(within), false) = (&within, said(&mut fields, "equal_to")) {
        problems.add(&within.place, "`within` says how far from `equal_to`, and there is none").help("remove it, or add `equal_to`");
    }
    fields.close(problems);
    Some(Box::new(Count {
        dataset: dataset?,
        environment: environment?,
        by,
        at_least: at_least.map(|n| n.value),
        at_most: at_most.map(|n| n.value),
        equal_to,
        within: within.map_or(Within::Rows(0), |w| w.value),
        r#where,
        plus,
        signed,
        place: node.place.clone(),
    }))
}

fn plus(node: &Node, problems: &mut Problems) -> Option<Plus> {
    let mut fields = Fields::open(node, "`plus`", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let by = fields.need("by", problems, name);
    let records = fields.get("records", problems, name);
    let r#where = select::decode(&mut fields, problems);
    fields.close(problems);
    Some(Plus { dataset: dataset?, by: by?, records, r#where })
}

impl Kind for Count {
    fn word(&self) -> &'static str {
        "count"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        let environment = target::environment(&self.environment, pair);
        plan.want(environment, &self.dataset);
        if let Some(plus) = &self.plus {
            plan.want(environment, &plus.dataset);
        }
        if let Some(EqualTo::Environment(other)) = &self.equal_to {
            plan.want(target::environment(other, pair), &self.dataset);
        }
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let here = target::lint_environment(&self.environment, catalogue, problems);
        if let Some(environment) = here {
            self.lint_in(environment, catalogue, problems);
            if let Some(plus) = &self.plus
                && let Some(dataset) = target::lint_counted(environment, &plus.dataset, catalogue, problems)
            {
                plus.lint(dataset, problems);
                for by in &self.by {
                    target::lint_column(dataset, by, problems);
                }
            }
        }
        if let Some(EqualTo::Environment(other)) = &self.equal_to
            && let Some(there) = target::lint_environment(other, catalogue, problems)
        {
            if Some(there) == here {
                problems.add(&other.place, "an environment always has as many records as itself").help("name another environment");
            } else {
                self.lint_in(there, catalogue, problems);
            }
        }
        if self.signed.is_some() && (self.at_least.is_none() || self.r#where.is_some() || !self.by.is_empty()) {
            let message = "a signed count says how many records a whole dataset has";
            problems.add(&self.place, message).help("give it `at_least`, and neither `where` nor `by`");
        }
    }

    fn asks_site(&self) -> Option<Place> {
        self.r#where.as_ref().and_then(Where::asks_site)
    }

    fn anchors(&self, evidence: &Evidence) -> Vec<Anchor> {
        let (Some(signed), Some(rows), None, true) = (&self.signed, self.at_least, &self.r#where, self.by.is_empty()) else {
            return Vec::new();
        };
        let environment = target::environment(&self.environment, &evidence.pair).to_owned();
        let source = format!("a count signed by {} on {}", signed.by, signed.on);
        vec![Anchor { environment, dataset: self.dataset.value.clone(), rows, source }]
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let mut collector = Collector::new(context);
        let environment = target::environment(&self.environment, &evidence.pair);
        let groups = Groups { evidence, by: &self.by, severity: context.severity.changed };
        let here = groups.count(environment, &self.dataset, self.r#where.as_ref(), &mut collector, &mut outcome);
        let measured = here.as_ref().is_some_and(|h| h.measured);
        let show = |n: u64| if measured { records_shown(n) } else { n.to_string() };
        let rejected = match &self.plus {
            Some(plus) => groups.rejected(environment, plus, show, &mut collector, &mut outcome).map(Some),
            None => Some(None),
        };
        let all = match self.at_most {
            Some(Most::Share(_)) => groups.count(environment, &self.dataset, None, &mut collector, &mut outcome).map(|all| all.counts),
            _ => Some(BTreeMap::new()),
        };
        let there = match &self.equal_to {
            Some(EqualTo::Environment(other)) => {
                let other = target::environment(other, &evidence.pair);
                groups.count(other, &self.dataset, self.r#where.as_ref(), &mut collector, &mut outcome).map(Some)
            }
            _ => Some(None),
        };
        if let (Some(mut here), Some(rejected), Some(there), Some(all)) = (here, rejected, there, all) {
            for (group, n) in rejected.into_iter().flatten() {
                *here.counts.entry(group).or_default() += n;
            }
            self.judge(environment, &here, there.as_ref(), &all, evidence, context, &mut collector, &mut outcome);
        }
        outcome.ledger.columns_compared = self.by.iter().map(|c| c.value.clone()).collect();
        collector.finish(&mut outcome);
        outcome
    }
}

impl Plus {
    fn lint(&self, dataset: &Dataset, problems: &mut Problems) {
        target::lint_column(dataset, &self.by, problems);
        if let Some(records) = &self.records
            && let Some(column) = target::lint_column(dataset, records, problems)
            && column.kind != Type::Integer
        {
            let message = format!("`{}` is of type {}: it does not say how many records a row counts", records.value, column.kind.word());
            problems.add(&records.place, message).expected("a column of type integer");
        }
        if let Some(selected) = &self.r#where {
            selected.clause.lint(dataset, problems);
        }
    }
}

impl Count {
    fn lint_in(&self, environment: &str, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let Some(dataset) = target::lint_counted(environment, &self.dataset, catalogue, problems) else { return };
        for by in &self.by {
            if let Some(column) = target::lint_column(dataset, by, problems)
                && column.list.is_some()
            {
                problems
                    .add(&by.place, format!("`{}` holds several values, so it makes no groups", by.value))
                    .expected("a column with one value");
            }
        }
        if let Some(selected) = &self.r#where {
            selected.clause.lint(dataset, problems);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one evaluation")]
    fn judge(
        &self,
        environment: &str,
        here: &groups::Counted,
        there: Option<&groups::Counted>,
        all: &BTreeMap<Group, u64>,
        evidence: &Evidence,
        context: &Context<'_>,
        collector: &mut Collector<'_>,
        outcome: &mut Outcome,
    ) {
        let selected = here.counts.values().sum::<u64>() + there.map_or(0, |t| t.counts.values().sum());
        let nothing_there = here.rows == 0 && there.is_none() && !here.declared_empty;
        if nothing_there || (selected == 0 && there.is_some()) {
            let what = if nothing_there { "is empty" } else { "has nothing that was counted on either side" };
            doubtful(outcome, format!("`{}` of {environment} {what}: nothing was counted", self.dataset.value));
            if self.at_least.unwrap_or(0) == 0 {
                return;
            }
        }
        let mut universe: BTreeSet<&Group> = here.counts.keys().chain(there.iter().flat_map(|t| t.counts.keys())).collect();
        let named = if self.at_least.is_some_and(|n| n > 0) && self.by.len() == 1 {
            groups::named(evidence, environment, &self.dataset, &self.by[0], outcome)
        } else {
            Vec::new()
        };
        universe.extend(&named);
        let whole = Vec::new();
        if self.by.is_empty() {
            universe.insert(&whole);
        }
        let at = words::At { environment, dataset: &self.dataset };
        for group in universe {
            let found = here.counts.get(group).copied().unwrap_or(0);
            let expected = there.map(|t| t.counts.get(group).copied().unwrap_or(0));
            let all = all.get(group).copied().unwrap_or(0);
            let show = |n: u64| if here.measured { records_shown(n) } else { n.to_string() };
            if let Some((wanted, why)) = self.objection(found, expected, all, show, &evidence.pair) {
                let what = if group.is_empty() { format!("`{}`", self.dataset.value) } else { self.group_name(group) };
                let number = match show(found) {
                    few if few.starts_with('<') => format!("{few} {}", self.dataset.value.replace('_', " ")),
                    _ => words::number(found, &here.noun, &self.dataset),
                };
                let message = format!("{what} has {number} in {environment}, {why}");
                let finding = at.finding(FindingKind::Count, context.severity.changed, Key::new(group.iter().cloned()), message);
                let cause = if expected.is_some() && found == 0 {
                    format!("none in {environment}")
                } else {
                    format!("another number in {environment}")
                };
                let by: Vec<&str> = self.by.iter().map(|b| b.value.as_str()).collect();
                collector.add(Finding {
                    // The group's columns: its key is no key of a record.
                    field: (!by.is_empty()).then(|| by.join(", ")),
                    expected: Some(Cell::value(wanted)),
                    found: Some(Cell::value(show(found))),
                    cause,
                    ..finding
                });
            }
        }
    }

    fn group_name(&self, group: &Group) -> String {
        let parts: Vec<String> = self.by.iter().zip(group).map(|(by, value)| format!("{} {value}", by.value)).collect();
        parts.join(", ")
    }

    /// What was expected, and why the number does not meet it.
    fn objection(
        &self,
        found: u64,
        elsewhere: Option<u64>,
        all: u64,
        show: impl Fn(u64) -> String,
        pair: &Pair,
    ) -> Option<(String, String)> {
        if let Some(least) = self.at_least.filter(|n| found < *n) {
            return Some((format!("at least {least}"), format!("at least {least} are expected")));
        }
        if let Some(most) = self.at_most.filter(|most| !most.allows(found, all)) {
            let of = if let Most::Share(_) = most { format!(" of {}", show(all)) } else { String::new() };
            return Some((format!("at most {}{of}", most.words()), format!("at most {}{of} are expected", most.words())));
        }
        match &self.equal_to {
            Some(EqualTo::Number(n)) if !self.within.allows(found, *n) => {
                Some((n.to_string(), format!("{n} are expected{}", self.within.words())))
            }
            Some(EqualTo::Environment(other)) => {
                let expected = elsewhere?;
                // A group that one side does not have at all is never within a tolerance.
                let absent = (found == 0) != (expected == 0);
                let other = target::environment(other, pair);
                (absent || !self.within.allows(found, expected))
                    .then(|| (show(expected), format!("{} in {other}{}", show(expected), self.within.words())))
            }
            _ => None,
        }
    }
}
