//! One dataset: its columns, its keys, and how it is read.

use std::collections::BTreeMap;

use crate::document::decode::{Fields, boolean, entries, entry_name, one_or_list, some_text};
use crate::document::{At, Content, Entry, Node, Problems, node_digest, suggest};
use crate::value::Type;

use super::super::{Column, Complete, Dataset, Effective, Read, Source};
use super::column::{self, Draft};
use super::complete;
use super::measure;
use super::patient;
use super::read;
use super::source;

/// What a dataset says beside its reading: shared by all kinds of file it is read from.
struct Shared<'n> {
    name: At<String>,
    noun: String,
    measured: bool,
    drafts: Vec<Draft<'n>>,
    key: Vec<Vec<At<String>>>,
    id: Option<&'n Node>,
    effective: Option<(Option<&'n Node>, Option<&'n Node>)>,
    volatile: Vec<&'n Node>,
    complete: Complete,
    not_offered: BTreeMap<String, String>,
    digest: String,
}

/// One kind of file that a dataset is read from.
struct Reading<'n> {
    read: Read,
    /// Sources by column name, where this kind of file has its own.
    columns: &'n [Entry],
    id: Option<&'n Node>,
    none: Option<At<String>>,
}

/// Decodes one dataset; every mistake goes to `problems`.
pub(super) fn dataset(entry: &Entry, problems: &mut Problems) -> Option<Dataset> {
    let before = problems.len();
    let name = entry_name(entry, problems);
    if entry.key == "probes" {
        problems.add(&entry.key_place, "`probes` is the dataset that gonogo itself measures").expected("another name");
    }
    let mut fields = Fields::open(&entry.value, "a dataset", problems)?;
    let measured = fields.get("measured", problems, boolean).is_some_and(|m| m.value);
    if patient::is_patient_dataset(&entry.key) && !measured {
        let message = format!("a dataset `{}` would hold patient data, which gonogo does not read", entry.key);
        problems
            .add(&entry.key_place, message)
            .expected("refused by name")
            .help("records are counted and never stored with `measured: true`");
    }
    let noun = fields.get("noun", problems, some_text).map_or_else(|| entry.key.clone(), |n| n.value);
    let several = fields.entry("read").is_some_and(|e| matches!(e.value.content, Content::List(_)));
    let reads = fields.required("read", problems).and_then(|n| read::nodes(n, problems)).unwrap_or_default();
    let readings: Vec<Reading<'_>> = reads.into_iter().filter_map(|n| reading(n, several, measured, problems)).collect();
    let not_offered = fields.optional("not_offered").map(|n| complete::not_offered(n, problems)).unwrap_or_default();
    let columns = fields.required("columns", problems);
    let columns = columns.and_then(|n| entries(n, "columns by name", problems)).unwrap_or_default();
    let drafts: Vec<Draft<'_>> = columns.iter().filter_map(|e| column::draft(entry_name(e, problems)?, &e.value, problems)).collect();
    for (column, _) in not_offered.iter().filter(|(c, _)| columns.iter().any(|e| e.key == c.value)) {
        problems.add(&column.place, format!("the column `{}` is both defined and not offered", column.value)).expected("not offered");
    }
    let volatile = fields.get("volatile", problems, |n, p| one_or_list(n, p, |n, _| Some(n))).unwrap_or_default();
    let key = if measured {
        measure::refuse(&mut fields, &drafts, problems);
        vec![drafts.iter().map(|d| d.column.name.clone()).collect()]
    } else {
        fields.need("key", problems, |n, p| ladder(n, columns, &volatile, p)).unwrap_or_default()
    };
    normalise_only_keys(&drafts, &key, problems);
    let id = fields.optional("id").filter(|_| !measured);
    let effective = fields.get("effective", problems, effective).filter(|_| !measured);
    let complete = fields.get_given("complete", problems, |n, p| complete::complete(n, &entry.key, p)).unwrap_or(Complete::Unknown);
    let none = fields.get("none", problems, complete::none);
    fields.close(problems);
    let shared = Shared {
        name: name?,
        noun,
        measured,
        drafts,
        key,
        id,
        effective,
        volatile,
        complete,
        not_offered: not_offered.into_iter().map(|(column, reason)| (column.value, reason)).collect(),
        digest: node_digest(&entry.value),
    };
    let mut read: Vec<Dataset> = readings.into_iter().filter_map(|r| assemble(&shared, r, none.as_ref(), entry, problems)).collect();
    if problems.len() > before || read.is_empty() {
        return None;
    }
    let mut dataset = read.remove(0);
    dataset.also = read;
    Some(dataset)
}

fn reading<'n>(node: &'n Node, several: bool, measured: bool, problems: &mut Problems) -> Option<Reading<'n>> {
    let mut fields = Fields::open(node, "`read`", problems)?;
    let read = read::read(&mut fields, measured, problems);
    let (mut columns, mut id, mut none) = (&[][..], None, None);
    if several {
        columns = fields.get("columns", problems, |n, p| entries(n, "sources by column", p)).unwrap_or_default();
        id = fields.optional("id");
        none = fields.get("none", problems, complete::none);
    }
    fields.close(problems);
    Some(Reading { read: read?, columns, id, none })
}

fn assemble(
    shared: &Shared<'_>,
    reading: Reading<'_>,
    none: Option<&At<String>>,
    entry: &Entry,
    problems: &mut Problems,
) -> Option<Dataset> {
    for own in reading.columns {
        if !shared.drafts.iter().any(|d| d.column.name.value == own.key) {
            unknown_column(&At { value: own.key.clone(), place: own.key_place.clone() }, &shared.drafts, problems);
        }
    }
    let source = |name: &str| reading.columns.iter().find(|e| e.key == name).map(|e| &e.value);
    let mut columns: Vec<Column> = Vec::with_capacity(shared.drafts.len());
    for draft in &shared.drafts {
        columns.extend(draft.with(source(&draft.column.name.value), &reading.read, problems));
    }
    if columns.len() < shared.drafts.len() {
        return None;
    }
    let id = match reading.id.or(shared.id) {
        Some(node) => Some(declared_or_source(node, &columns, &reading.read, problems)?),
        None => None,
    };
    let effective = shared.effective.map(|(from, to)| Effective {
        from: from.and_then(|n| moment_column(n, &mut columns, &reading.read, problems)),
        to: to.and_then(|n| moment_column(n, &mut columns, &reading.read, problems)),
    });
    for node in &shared.volatile {
        if let Some(at) = column_or_implicit(node, Type::Text, &mut columns, &reading.read, problems) {
            columns[at].volatile = true;
        }
    }
    Some(Dataset {
        name: shared.name.clone(),
        noun: shared.noun.clone(),
        measured: shared.measured,
        read: reading.read,
        also: Vec::new(),
        key: shared.key.clone(),
        id,
        columns,
        effective,
        complete: shared.complete.clone(),
        none_means_empty: reading.none.or_else(|| none.cloned()),
        not_offered: shared.not_offered.clone(),
        digest: shared.digest.clone(),
        place: entry.key_place.clone(),
    })
}

/// The key ladder: a list of columns, or a list of such lists, best first.
fn ladder(node: &Node, columns: &[Entry], volatile: &[&Node], problems: &mut Problems) -> Option<Vec<Vec<At<String>>>> {
    let rungs: Vec<&Node> = match &node.content {
        Content::List(items) if items.is_empty() => {
            problems.add(&node.place, "a key needs at least one column").expected("such as [code]");
            return None;
        }
        Content::List(items) if items.iter().any(|i| matches!(i.content, Content::List(_))) => items.iter().collect(),
        _ => vec![node],
    };
    let is_volatile = |name: &str| volatile.iter().any(|n| matches!(&n.content, Content::Scalar(s) if s.text == name));
    let mut ladder = Vec::with_capacity(rungs.len());
    for rung in rungs {
        let mut parts: Vec<At<String>> = Vec::new();
        for part in one_or_list(rung, problems, some_text).unwrap_or_default() {
            if !columns.iter().any(|e| e.key == part.value) {
                let help = suggest::nearest_or_all(&part.value, columns.iter().map(|e| e.key.as_str()));
                problems
                    .add(&part.place, format!("the key names `{}`, which is no column of this dataset", part.value))
                    .expected("unknown column")
                    .help(help);
            } else if is_volatile(&part.value) {
                problems
                    .add(&part.place, format!("`{}` is volatile: what changes by itself identifies nothing", part.value))
                    .expected("a column that stays");
            } else if parts.iter().any(|p| p.value == part.value) {
                problems.add(&part.place, format!("`{}` is twice in the key", part.value)).expected("named again");
            } else {
                parts.push(part);
            }
        }
        ladder.push(parts);
    }
    Some(ladder)
}

fn normalise_only_keys(drafts: &[Draft<'_>], key: &[Vec<At<String>>], problems: &mut Problems) {
    if key.is_empty() {
        return;
    }
    for column in drafts.iter().map(|d| &d.column).filter(|c| !c.normalise.is_empty()) {
        if !key.iter().flatten().any(|part| part.value == column.name.value) {
            let problem =
                problems.add(&column.place, format!("`{}` is no part of the key: `normalise` here is for keys", column.name.value));
            problem.expected("not a key column").help("say in the check what counts as equal in other columns");
        }
    }
}

fn effective<'n>(node: &'n Node, problems: &mut Problems) -> Option<(Option<&'n Node>, Option<&'n Node>)> {
    let mut fields = Fields::open(node, "`effective`", problems)?;
    let from = fields.optional("from");
    let to = fields.optional("to");
    if from.is_none() && to.is_none() && fields.unknown_keys().next().is_none() {
        problems.add(&fields.first_place(), "`effective` names neither `from` nor `to`").expected("from, to or both");
    }
    fields.close(problems);
    Some((from, to))
}

/// The source of a declared column, or the heading or path that the entry is itself.
fn declared_or_source(node: &Node, columns: &[Column], read: &Read, problems: &mut Problems) -> Option<Source> {
    if let Content::Map(_) = node.content {
        return source::any(node, read, problems);
    }
    let name = some_text(node, problems)?;
    match columns.iter().find(|c| c.name.value == name.value) {
        Some(column) => Some(column.from.clone()),
        None if !read.format.is_table() && !name.value.starts_with('$') => {
            unknown_name(&name, columns.iter().map(|c| c.name.value.as_str()), problems);
            None
        }
        None => source::plain(node, read.format, problems),
    }
}

fn moment_column(node: &Node, columns: &mut Vec<Column>, read: &Read, problems: &mut Problems) -> Option<String> {
    let at = column_or_implicit(node, Type::Date, columns, read, problems)?;
    let column = &columns[at];
    if !matches!(column.kind, Type::Date | Type::Datetime) {
        let message =
            format!("`{}` says when a row is effective, so it is a date; here it has type {}", column.name.value, column.kind.word());
        problems.add(&node.place, message).expected("a column of type date or datetime");
        return None;
    }
    Some(column.name.value.clone())
}

/// Index of the column that the entry names; a new one at the end when it names a heading or path instead.
fn column_or_implicit(node: &Node, kind: Type, columns: &mut Vec<Column>, read: &Read, problems: &mut Problems) -> Option<usize> {
    let entry = some_text(node, problems)?;
    if let Some(at) = columns.iter().position(|c| c.name.value == entry.value) {
        return Some(at);
    }
    if let Some(at) = columns.iter().position(|c| is_source(&c.from, &entry.value)) {
        return Some(at);
    }
    let from = declared_or_source(node, columns, read, problems)?;
    let name = free_name(&entry.value, columns);
    columns.push(Column {
        place: entry.place.clone(),
        name: entry.map(|_| name),
        from,
        kind,
        list: None,
        optional: false,
        default: None,
        references: None,
        truth: None,
        format: None,
        normalise: Vec::new(),
        volatile: false,
    });
    Some(columns.len() - 1)
}

fn is_source(source: &Source, text: &str) -> bool {
    match source {
        Source::Heading(heading) => heading.value == text,
        Source::Path(path) => path.value.as_str() == text,
        _ => false,
    }
}

/// A valid column name made of a heading or path.
fn free_name(text: &str, columns: &[Column]) -> String {
    let mut slug = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('_') {
            slug.push('_');
        }
    }
    slug.truncate(50);
    let slug = slug.trim_end_matches('_');
    let mut name = slug.to_owned();
    if crate::document::names::objection(&name).is_some() {
        name = format!("column_{slug}").trim_end_matches('_').to_owned();
    }
    let mut n = 2;
    while columns.iter().any(|c| c.name.value == name) {
        name = format!("{slug}_{n}");
        n += 1;
    }
    name
}

fn unknown_column(name: &At<String>, drafts: &[Draft<'_>], problems: &mut Problems) {
    unknown_name(name, drafts.iter().map(|d| d.column.name.value.as_str()), problems);
}

fn unknown_name<'a>(name: &At<String>, valid: impl Iterator<Item = &'a str> + Clone, problems: &mut Problems) {
    let help = suggest::nearest_or_all(&name.value, valid);
    problems.add(&name.place, format!("`{}` is no column of this dataset", name.value)).expected("unknown column").help(help);
}
