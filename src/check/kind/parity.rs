//! `parity`: the two sides of the pair hold the same records with the same values.

mod cause;
mod judge;
mod rules;

use crate::document::decode::{Fields, boolean, count, name};
use crate::document::{At, Node, Place, Problems};
use crate::snapshot::Plan;
use crate::system::{Column, Dataset};

use super::super::evidence::{Evidence, Pair};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::select::{self, Where};
use super::signed::{self, Signed};
use super::{Adjusted, Context, Kind, SiteChange, target};
use rules::FieldRules;

/// `{dataset, ignore, relations, normalise, tolerance, where, reason, covers, renames, anchor}`.
#[derive(Clone)]
struct Parity {
    dataset: At<String>,
    rules: FieldRules,
    r#where: Option<Where>,
    /// Share of the records that `where` is said to select, 0 to 1.
    covers: Option<f64>,
    renames: bool,
    anchor: Option<SignedRows>,
    place: Place,
}

/// How many rows there should be on both sides, signed for.
#[derive(Clone)]
struct SignedRows {
    rows: u64,
    signed: Signed,
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`parity`", problems)?;
    let dataset = fields.need("dataset", problems, name);
    let rules = rules::decode(&mut fields, problems);
    let r#where = select::decode(&mut fields, problems);
    let covers = fields.get("covers", problems, rules::percent);
    let renames = fields.get("renames", problems, boolean).is_none_or(|r| r.value);
    let anchor = fields.get("anchor", problems, signed_rows);
    if let (Some(covers), None) = (&covers, fields.optional("where")) {
        problems.add(&covers.place, "`covers` says how much `where` selects, and there is no `where`").help("remove it");
    }
    fields.close(problems);
    let covers = covers.map(|c| c.value);
    Some(Box::new(Parity { dataset: dataset?, rules, r#where, covers, renames, anchor, place: node.place.clone() }))
}

fn signed_rows(node: &Node, problems: &mut Problems) -> Option<SignedRows> {
    let mut fields = Fields::open(node, "an anchor", problems)?;
    let rows = fields.need("rows", problems, count);
    let signed = fields.need("signed", problems, signed::decode);
    fields.close(problems);
    let rows = rows?;
    if rows.value == 0 {
        problems.add(&rows.place, "an anchor of no rows holds nothing").expected("the number of rows that there should be");
        return None;
    }
    Some(SignedRows { rows: rows.value, signed: signed? })
}

impl Kind for Parity {
    fn word(&self) -> &'static str {
        "parity"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        plan.want(&pair.training, &self.dataset);
        plan.want(&pair.production, &self.dataset);
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let pair = catalogue.pair;
        let training = target::lint_dataset(&pair.training, &self.dataset, catalogue, problems);
        let production = target::lint_dataset(&pair.production, &self.dataset, catalogue, problems);
        let (Some(training), Some(production)) = (training, production) else { return };
        self.lint_fit(training, production, pair, problems);
        if let Some(selected) = &self.r#where {
            selected.clause.lint(training, problems);
            selected.clause.lint(production, problems);
        }
        self.rules.lint(training, production, problems);
        let beyond_key = |d: &&Column| !in_every_rung(training, &d.name) && !d.volatile;
        let mut beyond_key = training.columns.iter().filter(beyond_key).peekable();
        // A dataset that is nothing but its key has nothing else to compare: membership is its content.
        if beyond_key.peek().is_some() && beyond_key.all(|c| self.rules.left_out(&c.name).is_some() || production.column(&c.name).is_none())
        {
            let message = format!("this compares nothing of `{}` beyond its key", self.dataset.value);
            problems.add(&self.place, message).help("leave fewer columns out, or say what it is about with `present`");
        }
    }

    fn asks_site(&self) -> Option<Place> {
        self.r#where.as_ref().and_then(Where::asks_site)
    }

    fn adjusted(&self, change: &SiteChange<'_>) -> Adjusted {
        let SiteChange::Ignore { site, ignored } = change else { return Adjusted::NotTaken };
        if let Some(why) = self.rules.left_out(&ignored.field.value) {
            return Adjusted::Same(format!("`{}` is left out at every site ({why})", ignored.field.value));
        }
        let mut own = self.clone();
        own.rules.ignore_at(site, ignored);
        Adjusted::Test(Box::new(own))
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        judge::evaluate(self, evidence, context)
    }
}

impl Parity {
    /// The two definitions agree on keys, types and references, as far as both have a column.
    fn lint_fit(&self, training: &Dataset, production: &Dataset, pair: &Pair, problems: &mut Problems) {
        let ladder = |d: &Dataset| -> Vec<String> {
            d.key.iter().map(|rung| rung.iter().map(|c| c.value.as_str()).collect::<Vec<_>>().join(" + ")).collect()
        };
        let (left, right) = (ladder(training), ladder(production));
        if left != right {
            let shown = |rungs: &[String]| rungs.join(", else ");
            let message = format!(
                "`{}` is known by {} in {} and by {} in {}: they cannot be compared",
                self.dataset.value,
                shown(&left),
                pair.training,
                shown(&right),
                pair.production
            );
            problems.add(&self.dataset.place, message).help("give both system definitions the same `key`");
        }
        for column in &training.columns {
            let Some(other) = production.column(&column.name) else { continue };
            if self.rules.left_out(&column.name).is_some() {
                continue;
            }
            let shape = |c: &Column| {
                let list = c.list.as_ref().map_or("", |l| if l.kind == crate::value::ListKind::Set { "a set of " } else { "a list of " });
                let references = c.references.as_ref().map_or_else(String::new, |r| format!(" that refers to {}", r.value));
                format!("{list}{}{references}", c.kind.word())
            };
            let (left, right) = (shape(column), shape(other));
            if left != right {
                let message = format!(
                    "`{}` of `{}` is {left} in {} and {right} in {}: they cannot be compared",
                    column.name.value, self.dataset.value, pair.training, pair.production
                );
                problems.add(&self.dataset.place, message).help("give both system definitions the same type");
            }
        }
    }
}

fn in_every_rung(dataset: &Dataset, column: &str) -> bool {
    dataset.key.iter().all(|rung| rung.iter().any(|c| c.value == column))
}
