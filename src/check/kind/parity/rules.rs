//! What a parity check says of single fields: left out, must differ, what counts as equal.

use std::collections::BTreeMap;

use crate::compare::{Relation, Rule, Tolerance};
use crate::document::decode::{Fields, list, name, one_of, one_or_list, some_text};
use crate::document::{At, Content, Node, Problems, suggest};
use crate::system::{Dataset, Normaliser};
use crate::value::Type;

use super::super::ignored::Ignored;

/// Relations that users write.
const RELATIONS: &[(&str, Word)] = &[
    ("must_differ", Word::MustDiffer),
    ("may_differ", Word::LeftOut("may differ")),
    ("training_only", Word::LeftOut("means something in training only")),
    ("production_only", Word::LeftOut("means something in production only")),
];

#[derive(Clone, Copy)]
enum Word {
    MustDiffer,
    LeftOut(&'static str),
}

/// All that a check says of fields.
#[derive(Clone, Default)]
pub(super) struct FieldRules {
    relations: Vec<FieldRelation>,
    normalise: Vec<Normalise>,
    tolerance: Vec<FieldTolerance>,
}

#[derive(Clone)]
struct FieldRelation {
    field: At<String>,
    /// Why it is left out; `None` when it must differ.
    left_out: Option<String>,
    reason: String,
}

#[derive(Clone)]
struct Normalise {
    /// `None` stands for every field.
    field: Option<At<String>>,
    with: Vec<Normaliser>,
}

#[derive(Clone)]
struct FieldTolerance {
    field: At<String>,
    tolerance: Tolerance,
    reason: String,
}

pub(super) fn decode(fields: &mut Fields<'_>, problems: &mut Problems) -> FieldRules {
    let mut relations = fields.get("ignore", problems, |n, p| list(n, p, ignored)).unwrap_or_default();
    relations.extend(fields.get("relations", problems, |n, p| list(n, p, relation)).unwrap_or_default());
    let normalise = fields.get("normalise", problems, normalisers).unwrap_or_default();
    let tolerance = fields.get("tolerance", problems, |n, p| one_or_list(n, p, tolerance)).unwrap_or_default();
    FieldRules { relations, normalise, tolerance }
}

fn ignored(node: &Node, problems: &mut Problems) -> Option<FieldRelation> {
    let Ignored { field, reason } = super::super::ignored::decode(node, problems)?;
    Some(FieldRelation { field, left_out: Some("ignored".to_owned()), reason })
}

fn relation(node: &Node, problems: &mut Problems) -> Option<FieldRelation> {
    let mut fields = Fields::open(node, "a relation", problems)?;
    let field = fields.need("field", problems, name);
    let word = fields.need("relation", problems, |n, p| one_of(n, "relation", RELATIONS, p));
    let reason = fields.need("reason", problems, some_text);
    fields.close(problems);
    let left_out = match word?.value {
        Word::MustDiffer => None,
        Word::LeftOut(why) => Some(why.to_owned()),
    };
    Some(FieldRelation { field: field?, left_out, reason: reason?.value })
}

fn normaliser(node: &Node, problems: &mut Problems) -> Option<Normaliser> {
    one_of(node, "normaliser", Normaliser::WORDS, problems).map(|n| n.value)
}

/// A plain list for all fields, or one list per field; `*` stands for every field.
fn normalisers(node: &Node, problems: &mut Problems) -> Option<Vec<Normalise>> {
    let per_field = |node: &Node, problems: &mut Problems| {
        let mut fields = Fields::open(node, "a normalised field", problems)?;
        let star = fields.optional("field").is_some_and(|n| matches!(&n.content, Content::Scalar(s) if s.text == "*"));
        let field = if star { None } else { Some(fields.need("field", problems, name)) };
        let with = fields.need("with", problems, |n, p| one_or_list(n, p, normaliser));
        fields.close(problems);
        let field = match field {
            None => None,
            Some(named) => Some(named?),
        };
        Some(Normalise { field, with: with? })
    };
    match &node.content {
        Content::List(items) if items.iter().all(|i| matches!(i.content, Content::Map(_))) => list(node, problems, per_field),
        Content::Map(_) => per_field(node, problems).map(|one| vec![one]),
        _ => one_or_list(node, problems, normaliser).map(|with| vec![Normalise { field: None, with }]),
    }
}

fn tolerance(node: &Node, problems: &mut Problems) -> Option<FieldTolerance> {
    let mut fields = Fields::open(node, "a tolerance", problems)?;
    let field = fields.need("field", problems, name);
    let absolute = fields.get("absolute", problems, distance);
    let relative = fields.get("relative", problems, percent);
    let reason = fields.need("reason", problems, some_text);
    if fields.optional("absolute").is_none() && fields.optional("relative").is_none() {
        problems.add(&node.place, "a tolerance says how far apart two numbers may be").expected("`absolute: 0.5` or `relative: 1%`");
        fields.close(problems);
        return None;
    }
    fields.close(problems);
    let tolerance = Tolerance { absolute, relative: relative.map(|r| r.value) };
    Some(FieldTolerance { field: field?, tolerance, reason: reason?.value })
}

/// A distance between numbers, kept as exact text.
fn distance(node: &Node, problems: &mut Problems) -> Option<String> {
    let written = some_text(node, problems)?;
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let plain = match written.value.split_once('.') {
        None => digits(&written.value),
        Some((whole, part)) => digits(whole) && digits(part),
    };
    if !plain || written.value.len() > 40 {
        problems.add(&written.place, format!("`{}` is no distance", written.value)).expected("a number such as 0.5");
        return None;
    }
    Some(written.value)
}

/// A share: `5%`, or a number from 0 to 1.
pub(super) fn percent(node: &Node, problems: &mut Problems) -> Option<At<f64>> {
    let written = some_text(node, problems)?;
    let share = match written.value.strip_suffix('%') {
        Some(number) => number.trim().parse::<f64>().map(|n| n / 100.0),
        None => written.value.parse::<f64>(),
    };
    match share {
        Ok(share) if (0.0..=1.0).contains(&share) => Some(At { value: share, place: written.place }),
        _ => {
            problems.add(&written.place, format!("`{}` is no share", written.value)).expected("such as 80%");
            None
        }
    }
}

impl FieldRules {
    /// Leaves a column out at one site.
    pub(super) fn ignore_at(&mut self, site: &str, ignored: &Ignored) {
        self.relations.push(FieldRelation {
            field: ignored.field.clone(),
            left_out: Some(format!("ignored at {site}")),
            reason: ignored.reason.clone(),
        });
    }

    /// Why a column is not compared, and the reason the check gives.
    pub(super) fn left_out(&self, column: &str) -> Option<String> {
        self.relations.iter().find(|r| r.field.value == column).and_then(|r| Some(format!("{}: {}", r.left_out.as_deref()?, r.reason)))
    }

    /// The rule of a column that is compared.
    pub(super) fn rule(&self, column: &str) -> Rule {
        let must_differ = self.relations.iter().any(|r| r.field.value == column && r.left_out.is_none());
        let mut normalise: Vec<Normaliser> = Vec::new();
        for n in self.normalise.iter().filter(|n| n.field.as_ref().is_none_or(|f| f.value == column)).flat_map(|n| &n.with) {
            if !normalise.contains(n) {
                normalise.push(*n);
            }
        }
        let tolerance = self.tolerance.iter().find(|t| t.field.value == column).map(|t| t.tolerance.clone());
        Rule { relation: if must_differ { Relation::MustDiffer } else { Relation::Equal }, normalise, tolerance }
    }

    /// What counts as equal in a column, for the ledger.
    pub(super) fn tolerated(&self, column: &str) -> Option<String> {
        let rule = self.rule(column);
        let words = Normaliser::WORDS.iter().filter(|(_, n)| rule.normalise.contains(n)).map(|(w, _)| (*w).to_owned());
        let mut parts: Vec<String> = words.collect();
        if let Some(found) = self.tolerance.iter().find(|t| t.field.value == column) {
            let absolute = found.tolerance.absolute.as_ref().map(|a| format!("within {a}"));
            let relative = found.tolerance.relative.map(|r| format!("within {} %", r * 100.0));
            let distances: Vec<String> = absolute.into_iter().chain(relative).collect();
            parts.push(format!("{}: {}", distances.join(" or "), found.reason));
        }
        (!parts.is_empty()).then(|| parts.join(", "))
    }

    /// Reports fields that are not there, said twice, or that a rule does not suit.
    pub(super) fn lint(&self, training: &Dataset, production: &Dataset, problems: &mut Problems) {
        let mut seen: BTreeMap<&str, &At<String>> = BTreeMap::new();
        for relation in &self.relations {
            let field = &relation.field;
            known(field, training, production, problems);
            if training.key.iter().any(|rung| rung.iter().any(|c| c.value == field.value)) {
                let message = format!("`{}` is part of the key: records are found by it, so it cannot differ or be ignored", field.value);
                problems.add(&field.place, message).help("take it out of this list");
            }
            if let Some(first) = seen.insert(&field.value, field) {
                let message = format!("`{}` already has a rule in line {}", field.value, first.place.line());
                problems.add(&field.place, message).help("keep one of them");
            }
        }
        for normalise in self.normalise.iter().filter_map(|n| n.field.as_ref()) {
            known(normalise, training, production, problems);
        }
        for tolerance in &self.tolerance {
            let field = &tolerance.field;
            known(field, training, production, problems);
            if let Some(column) = training.column(&field.value)
                && (column.list.is_some() || !matches!(column.kind, Type::Integer | Type::Decimal))
            {
                let message = format!("`{}` is of type {}: only numbers have a tolerance", field.value, column.kind.word());
                problems.add(&field.place, message).help("use `normalise` for texts");
            }
            if seen.contains_key(field.value.as_str()) {
                let message = format!("`{}` is not compared for equality, so a tolerance means nothing", field.value);
                problems.add(&field.place, message).help("keep one of the two rules");
            }
        }
    }
}

fn known(field: &At<String>, training: &Dataset, production: &Dataset, problems: &mut Problems) {
    let in_one = |d: &Dataset| d.column(&field.value).is_some() || d.not_offered.contains_key(&field.value);
    if !in_one(training) && !in_one(production) {
        let names = training.columns.iter().chain(&production.columns).map(|c| c.name.value.as_str());
        let names: std::collections::BTreeSet<&str> = names.collect();
        let help = suggest::nearest_or_all(&field.value, names.iter().copied());
        let message = format!("`{}` has no column `{}`", training.name.value, field.value);
        problems.add(&field.place, message).expected("a column").help(help);
    }
}
