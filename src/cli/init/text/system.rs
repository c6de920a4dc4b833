//! `environments/systems/ours.yaml`.

use std::fmt::Write as _;

use crate::cli::init::dataset::{Column, Dataset, Use};
use crate::source::files::member_path;
use crate::system::FileFormat;
use crate::value::Type;

use super::{comment, quoted, scalar};

/// The system definition.
pub(in crate::cli::init) fn system(datasets: &[Dataset]) -> String {
    let mut out = "\
# How the exports are read: once for both sides. `gonogo schema system` describes everything that can be said here.
version: 1
system: ours
protocol: files
datasets:
"
    .to_owned();
    if datasets.is_empty() {
        out.push_str(EXAMPLE);
    }
    for (i, one) in datasets.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        dataset(one, &mut out);
    }
    out
}

const EXAMPLE: &str = "\
  # An example: put clinics.csv into both folders of environments/extracts, or describe the exports that you have.
  clinics:
    noun: clinic              # what one row is called in reports
    read: {csv: clinics.csv}  # also xlsx, json, ndjson, yaml, xml; with delimiter, encoding, header where they are unusual
    key: [code]               # what makes a clinic the same clinic on both sides: what people know it by, not an internal number
    columns:                  # our name: the heading in your file
      code: Code
      name: Name
    # `clinics` is a name that all systems share: its other columns are mapped, or said to be missing. A dataset of another name is yours.
    not_offered: {\"*\": \"TODO: why the export has no more columns\"}
    # How it is known that no row is missing: a control file in each folder, or a person who signs for the number of rows.
    #   complete: {rows_from: {file: control.csv, dataset: clinics, column: rows}}
    #   complete: {declared: {rows: 171, by: …, on: 2027-02-20, reason: …}}
    complete: TODO
";

fn dataset(dataset: &Dataset, out: &mut String) {
    let columns = &dataset.columns;
    let name = |i: usize| columns[i].name.as_str();
    let _ = writeln!(out, "  {}:", dataset.name);
    if let Some(fit) = &dataset.shared {
        let _ = writeln!(out, "    noun: {}", fit.noun);
    }
    let _ = writeln!(out, "    read: {}", reading(dataset));
    out.push_str(&comment(4, 0, &format!("What makes a record the same on both sides: {}.", dataset.why)));
    let rungs: Vec<String> =
        dataset.keys.iter().map(|rung| format!("[{}]", rung.iter().map(|i| name(*i)).collect::<Vec<_>>().join(", "))).collect();
    match rungs.as_slice() {
        [one] => _ = writeln!(out, "    key: {one}"),
        several => _ = writeln!(out, "    key: [{}]", several.join(", ")),
    }
    if let Some(id) = dataset.id {
        out.push_str("    # The system's own number: it differs between the sides, so it is followed and never compared.\n");
        let _ = writeln!(out, "    id: {}", source(dataset, &columns[id]));
    }
    out.push_str("    columns:\n");
    for (i, column) in columns.iter().enumerate().filter(|(i, _)| Some(*i) != dataset.id) {
        let off = if column.used == Use::LeftOut && !dataset.is_key(i) { "# " } else { "" };
        let mut line = format!("      {off}{}: {}", column.name, read_as(dataset, column));
        let notes: Vec<&str> = [column.drafted.note, column.note.as_str()].into_iter().filter(|n| !n.is_empty()).collect();
        if !notes.is_empty() {
            let _ = write!(line, "    # {}", notes.join("; "));
        }
        let _ = writeln!(out, "{line}");
    }
    for left_out in &dataset.left_out {
        let _ = writeln!(out, "      # {left_out}");
    }
    let volatile: Vec<&str> = (0..columns.len()).filter(|i| columns[*i].used == Use::Volatile && !dataset.is_key(*i)).map(name).collect();
    if !volatile.is_empty() {
        let _ = writeln!(out, "    volatile: [{}]    # stored, and never compared", volatile.join(", "));
    }
    not_offered(dataset, out);
    if let Some(complete) = &dataset.complete {
        let _ = writeln!(out, "    complete: {complete}");
        return;
    }
    let _ = writeln!(
        out,
        "    # How it is known that no row is missing: a control file in each folder, or a person who signs for the number of rows.
    #   complete: {{rows_from: {{file: control.csv, dataset: {}, column: rows}}}}
    #   complete: {{declared: {{by: …, on: 2027-02-20, reason: …}}}}
    complete: TODO",
        dataset.name
    );
}

/// Shared columns that no heading gives.
fn not_offered(dataset: &Dataset, out: &mut String) {
    let Some(fit) = dataset.shared.as_ref().filter(|fit| !fit.wanting.is_empty()) else { return };
    let others: Vec<&str> = fit.wanting.iter().filter(|(_, why)| why.is_none()).map(|(name, _)| name.as_str()).collect();
    out.push_str(
        "    # Columns that all systems share by name, and that no heading here says. Map them above, or say why the export has none.\n",
    );
    if !others.is_empty() {
        out.push_str(&comment(4, 0, &format!("`\"*\"` stands for: {}", others.join(", "))));
    }
    out.push_str("    not_offered:\n");
    for (name, why) in &fit.wanting {
        if let Some(why) = why {
            let _ = writeln!(out, "      {name}: {}", quoted(&format!("TODO: {why}")));
        }
    }
    if !others.is_empty() {
        out.push_str("      \"*\": \"TODO: why the export does not hold them\"\n");
    }
}

/// What stands behind a column's name.
fn read_as(dataset: &Dataset, column: &Column) -> String {
    let from = source(dataset, column);
    let is_outer = from.starts_with('{');
    let mut parts = vec![if is_outer { from.trim_matches(['{', '}']).to_owned() } else { format!("from: {from}") }];
    match (&column.references, column.drafted.kind) {
        (Some(target), _) => parts.push(format!("references: {target}")),
        (None, Type::Text) => {}
        (None, kind) => {
            parts.push(format!("type: {}", kind.word()));
            parts.extend(column.drafted.format.map(|f| format!("format: \"{f}\"")));
        }
    }
    if parts.len() == 1 { from } else { format!("{{{}}}", parts.join(", ")) }
}

fn reading(dataset: &Dataset) -> String {
    let survey = &dataset.survey;
    let word = FileFormat::WORDS.iter().find(|(_, f)| *f == survey.format).map_or("csv", |(w, _)| *w);
    let mut parts = vec![format!("{word}: {}", scalar(&dataset.file))];
    match (survey.format, survey.delimiter) {
        (FileFormat::Csv, b'\t') => parts.push("delimiter: tab".to_owned()),
        (FileFormat::Csv, delimiter) if delimiter != b',' => parts.push(format!("delimiter: \"{}\"", char::from(delimiter))),
        _ => {}
    }
    parts.extend(survey.encoding.map(|e| format!("encoding: {e}")));
    parts.extend(survey.sheet.as_ref().map(|s| format!("sheet: {}", quoted(s))));
    if survey.header > 1 {
        parts.push(format!("header: {}", survey.header));
    }
    parts.extend(survey.rows.as_ref().map(|r| format!("rows: {}", quoted(r))));
    format!("{{{}}}", parts.join(", "))
}

/// Where a column's values come from, as a definition writes it.
fn source(dataset: &Dataset, column: &Column) -> String {
    let heading = &column.heading;
    match dataset.survey.format.is_table() {
        true => scalar(heading),
        false if dataset.survey.outer.contains(heading) => format!("{{outer: {}}}", scalar(&member_path(heading))),
        false => scalar(&member_path(heading)),
    }
}
