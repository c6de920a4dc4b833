//! What a diff says, to people and to programs.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use crate::compare::{Difference, DifferenceKind, FieldDifference, How, Side};
use crate::report::text::inline;
use crate::value::Cell;

use super::super::Failure;
use super::Compared;

/// Two sides by the names they were given.
type Names = [String; 2];

pub(super) fn terminal(names: &Names, compared: &[Compared], limit: usize, width: usize) -> Vec<u8> {
    let mut text = String::new();
    for one in compared {
        let counts = &one.comparison.counts;
        let _ = writeln!(
            text,
            "{}: {} rows in {}, {} in {}",
            inline(&one.name),
            counts.left,
            inline(&names[0]),
            counts.right,
            inline(&names[1])
        );
        for reason in &one.cannot_tell {
            let _ = writeln!(text, "  CANNOT TELL: {}", inline(reason));
        }
        for (columns, name) in one.only.iter().zip(names).filter(|(columns, _)| !columns.is_empty()) {
            let _ = writeln!(text, "  columns only in {}: {}", inline(name), inline(&columns.join(", ")));
        }
        let kinds = tally(&one.comparison.differences);
        if kinds.is_empty() && one.cannot_tell.is_empty() && one.only.iter().all(Vec::is_empty) {
            let _ = writeln!(text, "  equal");
        } else if !kinds.is_empty() {
            let said: Vec<String> = kinds.iter().map(|(word, n)| format!("{n} {word}")).collect();
            let _ = writeln!(text, "  {} records: {}", if one.comparison.beyond > 0 { "at least" } else { "differing" }, said.join(", "));
        }
        for difference in one.comparison.differences.iter().take(limit) {
            let _ = writeln!(text, "  {}", line(names, difference, width));
        }
        let hidden = one.comparison.differences.len().saturating_sub(limit) as u64 + one.comparison.beyond;
        if hidden > 0 {
            let _ = writeln!(text, "  … and {hidden} more; show them with --limit {}", hidden + limit as u64);
        }
        for note in &one.comparison.notes {
            let _ = writeln!(text, "  note: {}", inline(note));
        }
    }
    text.into_bytes()
}

/// Distinct records by kind; a record with several changed fields counts once.
fn tally(differences: &[Difference]) -> BTreeMap<&'static str, u64> {
    let mut kinds: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut last: Option<(&crate::value::Key, &'static str)> = None;
    for difference in differences {
        let word = word(&difference.kind);
        if last != Some((&difference.key, word)) || matches!(difference.kind, DifferenceKind::MissingKey { .. }) {
            *kinds.entry(word).or_default() += 1;
        }
        last = Some((&difference.key, word));
    }
    kinds
}

fn word(kind: &DifferenceKind) -> &'static str {
    match kind {
        DifferenceKind::Missing { .. } => "missing",
        DifferenceKind::Extra { .. } => "extra",
        DifferenceKind::Changed(_) => "changed",
        DifferenceKind::NotDifferent(_) => "not different",
        DifferenceKind::Renamed { .. } => "renamed",
        DifferenceKind::Rekeyed { .. } => "re-keyed",
        DifferenceKind::DuplicateKey { .. } => "with a duplicate key",
        DifferenceKind::MissingKey { .. } => "without a key",
        DifferenceKind::Broken { .. } => "with an invalid value",
    }
}

fn line(names: &Names, difference: &Difference, width: usize) -> String {
    let key = inline(&difference.key.to_string()).into_owned();
    let name = |side: &Side| inline(&names[usize::from(*side == Side::Right)]);
    let why = |why: &Option<String>| why.as_ref().map(|w| format!(" ({})", inline(w))).unwrap_or_default();
    match &difference.kind {
        DifferenceKind::Missing { why: w } => format!("- {key}{}", why(w)),
        DifferenceKind::Extra { why: w } => format!("+ {key}{}", why(w)),
        DifferenceKind::Changed(field) => format!("~ {key}  {}", change(field, width)),
        DifferenceKind::NotDifferent(field) => format!("= {key}  {} must differ: {}", inline(&field.field), shown(&field.left, width)),
        DifferenceKind::Renamed { to, how, fields } => {
            let how = match how {
                How::Exact => "same id".to_owned(),
                How::Content => "same content".to_owned(),
                How::Similar(share) => format!("{:.0} % alike", share * 100.0),
            };
            format!("> {key}  renamed to {} ({how}){}", inline(&to.to_string()), also(fields))
        }
        DifferenceKind::Rekeyed { to, fields } => format!("> {key}  found as {}{}", inline(&to.to_string()), also(fields)),
        DifferenceKind::DuplicateKey { side, rows } => format!("! {key}  {rows} records share this key in {}", name(side)),
        DifferenceKind::MissingKey { side, record } => format!("! a record of {} has no key: {}", name(side), inline(record)),
        DifferenceKind::Broken { side, field, cell } => {
            format!("! {key}  {} is invalid in {}: {}", inline(field), name(side), shown(cell, width))
        }
    }
}

fn also(fields: &[FieldDifference]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let names: Vec<_> = fields.iter().map(|f| inline(&f.field)).collect();
    format!("; differs in {}", names.join(", "))
}

fn change(field: &FieldDifference, width: usize) -> String {
    format!("{}: {} -> {}", inline(&field.field), shown(&field.left, width), shown(&field.right, width))
}

fn shown(cell: &Cell, width: usize) -> String {
    let text = inline(&cell.to_string()).into_owned();
    let room = (width / 2).max(20);
    if text.chars().count() <= room { text } else { text.chars().take(room - 1).chain(['…']).collect() }
}

/// The published shape of a diff, version 1.
#[derive(Serialize)]
struct Document<'a> {
    format: &'static str,
    version: u32,
    left: &'a str,
    right: &'a str,
    datasets: Vec<DatasetDiff<'a>>,
}

#[derive(Serialize)]
struct DatasetDiff<'a> {
    dataset: &'a str,
    rows: Sides<u64>,
    columns_only: Sides<&'a [String]>,
    records: BTreeMap<&'static str, u64>,
    cannot_tell: &'a [String],
    beyond: u64,
    notes: &'a [String],
    differences: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Sides<T> {
    left: T,
    right: T,
}

pub(super) fn json(names: &Names, compared: &[Compared]) -> Result<Vec<u8>, Failure> {
    let datasets = compared.iter().map(|one| DatasetDiff {
        dataset: &one.name,
        rows: Sides { left: one.comparison.counts.left, right: one.comparison.counts.right },
        columns_only: Sides { left: &one.only[0], right: &one.only[1] },
        records: tally(&one.comparison.differences),
        cannot_tell: &one.cannot_tell,
        beyond: one.comparison.beyond,
        notes: &one.comparison.notes,
        differences: one.comparison.differences.iter().map(Shown).collect(),
    });
    let document = Document { format: "gonogo-diff", version: 1, left: &names[0], right: &names[1], datasets: datasets.collect() };
    let mut out = serde_json::to_vec_pretty(&document).map_err(|e| Failure::Internal(e.into()))?;
    out.push(b'\n');
    Ok(out)
}

/// One difference, its members written as they come: there may be a hundred thousand.
struct Shown<'a>(&'a Difference);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let side = |s: &Side| if *s == Side::Left { "left" } else { "right" };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", &word(&self.0.kind).replace(' ', "_"))?;
        map.serialize_entry("key", &self.0.key.parts)?;
        match &self.0.kind {
            DifferenceKind::Missing { why } | DifferenceKind::Extra { why } => map.serialize_entry("why", why)?,
            DifferenceKind::Changed(f) | DifferenceKind::NotDifferent(f) => {
                map.serialize_entry("field", &f.field)?;
                map.serialize_entry("left", &f.left)?;
                map.serialize_entry("right", &f.right)?;
            }
            DifferenceKind::Renamed { to, how, fields } => {
                map.serialize_entry("to", &to.parts)?;
                match how {
                    How::Exact => map.serialize_entry("how", "exact")?,
                    How::Content => map.serialize_entry("how", "content")?,
                    How::Similar(share) => map.serialize_entry("how", &BTreeMap::from([("similar", share)]))?,
                }
                map.serialize_entry("fields", &fields.iter().map(Field::of).collect::<Vec<_>>())?;
            }
            DifferenceKind::Rekeyed { to, fields } => {
                map.serialize_entry("to", &to.parts)?;
                map.serialize_entry("fields", &fields.iter().map(Field::of).collect::<Vec<_>>())?;
            }
            DifferenceKind::DuplicateKey { side: s, rows } => {
                map.serialize_entry("side", side(s))?;
                map.serialize_entry("rows", rows)?;
            }
            DifferenceKind::MissingKey { side: s, record } => {
                map.serialize_entry("side", side(s))?;
                map.serialize_entry("record", record)?;
            }
            DifferenceKind::Broken { side: s, field, cell } => {
                map.serialize_entry("side", side(s))?;
                map.serialize_entry("field", field)?;
                map.serialize_entry("cell", cell)?;
            }
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Field<'a> {
    field: &'a str,
    left: &'a Cell,
    right: &'a Cell,
}

impl<'a> Field<'a> {
    fn of(difference: &'a FieldDifference) -> Self {
        Self { field: &difference.field, left: &difference.left, right: &difference.right }
    }
}
