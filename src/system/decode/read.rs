//! `read`: which files, and how they are cut into rows.

use crate::document::decode::{Fields, boolean, count, list, one_or_list, some_text, text};
use crate::document::{At, Content, Node, Problems};

use super::super::{FileFormat, Read, Unpivot};
use super::patient;
use super::source;

/// Takes the fields that say how files are read from a mapping that may hold others. `measured` allows records of patients.
pub(super) fn read(fields: &mut Fields<'_>, measured: bool, problems: &mut Problems) -> Option<Read> {
    let place = fields.node().place.clone();
    let (format, pattern) = format(fields, problems)?;
    let layers = only(fields, format, "layers", &[FileFormat::Json, FileFormat::Yaml], problems);
    let layers = layers.and_then(|n| one_or_list(n, problems, pattern_of)).unwrap_or_default();
    let sheet = only(fields, format, "sheet", &[FileFormat::Xlsx], problems).and_then(|n| some_text(n, problems));
    let header = only(fields, format, "header", TABLES, problems).and_then(|n| header(n, problems)).unwrap_or(1);
    let delimiter = only(fields, format, "delimiter", &[FileFormat::Csv], problems).and_then(|n| delimiter(n, problems)).unwrap_or(b',');
    let encoding = only(fields, format, "encoding", &[FileFormat::Csv], problems).and_then(|n| encoding(n, problems));
    let unpivot = only(fields, format, "unpivot", TABLES, problems).and_then(|n| unpivot(n, problems));
    let rows = only(fields, format, "rows", DOCUMENTS, problems);
    let rows = rows.and_then(|n| one_or_list(n, problems, |n, p| source::path(n, p).map(|path| path.value))).unwrap_or_default();
    let resource = if format == FileFormat::Fhir {
        fields.need("resource", problems, |n, p| resource(n, measured, p))
    } else {
        only(fields, format, "resource", &[FileFormat::Fhir], problems);
        None
    };
    let distinct = fields.get("distinct", problems, boolean).is_some_and(|d| d.value);
    Some(Read { format, pattern: pattern?, layers, sheet, header, delimiter, encoding, unpivot, rows, distinct, resource, place })
}

const TABLES: &[FileFormat] = &[FileFormat::Csv, FileFormat::Xlsx];
const DOCUMENTS: &[FileFormat] = &[FileFormat::Json, FileFormat::Ndjson, FileFormat::Yaml, FileFormat::Xml, FileFormat::Fhir];

/// The one format of a reading and its pattern (`None` when that has a mistake).
fn format(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<(FileFormat, Option<At<String>>)> {
    let mut found: Option<(&str, FileFormat, Option<At<String>>)> = None;
    for (word, format) in FileFormat::WORDS {
        let Some(entry) = fields.entry(word) else { continue };
        match &found {
            Some((first, ..)) => {
                let message = format!("files are of one format, but this names `{first}` and `{word}`");
                let problem = problems.add(&entry.key_place, message);
                problem.expected("a second format").help("make `read` a list when a dataset comes from several kinds of file");
            }
            None => found = Some((word, *format, pattern_of(&entry.value, problems))),
        }
    }
    if found.is_none() {
        let words: Vec<&str> = FileFormat::WORDS.iter().map(|(word, _)| *word).collect();
        // A mistyped format is reported as an unknown key, with the nearest name.
        let near = |key: &str| words.iter().any(|w| strsim::damerau_levenshtein(key, w) == 1);
        if !fields.keys().any(near) {
            let place = fields.first_place();
            problems
                .add(&place, "`read` does not say which files")
                .expected(format!("one of {}", words.join(", ")))
                .help("such as `csv: clinics.csv`");
        }
        return None;
    }
    found.map(|(_, format, pattern)| (format, pattern))
}

/// Takes a field that only some formats have.
fn only<'n>(
    fields: &mut Fields<'n>,
    format: FileFormat,
    name: &'static str,
    formats: &[FileFormat],
    problems: &mut Problems,
) -> Option<&'n Node> {
    if formats.contains(&format) {
        return fields.optional(name);
    }
    let word = |format: &FileFormat| FileFormat::WORDS.iter().find(|(_, f)| f == format).map_or("", |(w, _)| *w);
    let usable = formats.iter().map(word).collect::<Vec<_>>().join(", ");
    fields.refuse(name, format!("`{name}` is for {usable}, not for {}", word(&format)), problems);
    None
}

/// A path or glob below the environment's folder.
fn pattern_of(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let found = some_text(node, problems)?;
    let value = &found.value;
    let absolute = value.starts_with('/') || value.as_bytes().get(1) == Some(&b':');
    let objection = if value.contains('\\') {
        Some(("a path is written with `/` on every system", value.replace('\\', "/")))
    } else if absolute || value.split('/').any(|part| part == "..") {
        Some(("a path stays below the environment's folder", "clinics.csv or forms/**/*.xml".to_owned()))
    } else {
        None
    };
    if let Some((why, better)) = objection {
        problems.add(&found.place, format!("`{value}`: {why}")).expected(format!("such as {better}"));
        return None;
    }
    if let Err(error) = globset::Glob::new(&value.replace("{site}", "site")) {
        problems
            .add(&found.place, format!("`{value}` is no file pattern: {}", error.kind()))
            .expected("a path, with * and ** as wild cards");
        return None;
    }
    Some(found)
}

fn header(node: &Node, problems: &mut Problems) -> Option<u64> {
    let found = count(node, problems)?;
    if found.value == 0 {
        problems
            .add(&found.place, "rows are counted from 1")
            .expected("1 or more")
            .help("the row of the headings, as a spreadsheet shows it");
        return None;
    }
    Some(found.value)
}

fn delimiter(node: &Node, problems: &mut Problems) -> Option<u8> {
    // A tab in quotes is blank text, and still a delimiter.
    let found = text(node, problems)?;
    match found.value.as_bytes() {
        b"tab" => Some(b'\t'),
        [one] if one.is_ascii() && !matches!(one, b'"' | b'\n' | b'\r') => Some(*one),
        _ => {
            let problem = problems.add(&found.place, format!("`{}` cannot delimit fields", found.value));
            problem.expected("one character, or tab").help("such as \";\" or \"|\", in quotes");
            None
        }
    }
}

fn encoding(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let found = some_text(node, problems)?;
    if encoding_rs::Encoding::for_label(found.value.as_bytes()).is_none() {
        let help =
            crate::document::suggest::nearest(&found.value, ["utf-8", "windows-1252", "iso-8859-1", "utf-16le", "utf-16be"].into_iter());
        let help = help.map_or_else(|| "such as windows-1252 or utf-8".to_owned(), |near| format!("did you mean `{near}`?"));
        problems.add(&found.place, format!("`{}` is no encoding", found.value)).expected("an encoding").help(help);
        return None;
    }
    Some(found)
}

fn unpivot(node: &Node, problems: &mut Problems) -> Option<Unpivot> {
    let mut fields = Fields::open(node, "`unpivot`", problems)?;
    let columns = fields.need("columns", problems, some_text);
    let name = fields.need("name", problems, some_text);
    let value = fields.need("value", problems, some_text);
    let keep = fields.get("keep", problems, |n, p| one_or_list(n, p, text)).unwrap_or_default();
    fields.close(problems);
    let columns = columns?;
    if columns.value.matches('*').count() != 1 {
        let problem = problems.add(&columns.place, format!("`{}` needs exactly one `*`", columns.value));
        problem.expected("such as \"Tag|*\"").help("the `*` stands for what becomes the row's name");
        return None;
    }
    let keep = keep.into_iter().map(|k| k.value).collect();
    Some(Unpivot { columns, name: name?.value, value: value?.value, keep })
}

fn resource(node: &Node, measured: bool, problems: &mut Problems) -> Option<At<String>> {
    let found = some_text(node, problems)?;
    let value = &found.value;
    if patient::is_patient_resource(value) && !measured {
        let problem = problems.add(&found.place, format!("`{value}` holds patient data, which gonogo does not read"));
        problem.expected("a type of configuration").help("such as Location, HealthcareService, Schedule, Questionnaire or CodeSystem");
        return None;
    }
    if !value.starts_with(|c: char| c.is_ascii_uppercase()) || !value.bytes().all(|b| b.is_ascii_alphabetic()) {
        problems.add(&found.place, format!("`{value}` is no type of FHIR resource")).expected("such as Location");
        return None;
    }
    Some(found)
}

/// The readings of a dataset: one mapping, or a list of them.
pub(super) fn nodes<'n>(node: &'n Node, problems: &mut Problems) -> Option<Vec<&'n Node>> {
    match &node.content {
        Content::List(items) if items.is_empty() => {
            problems.add(&node.place, "`read` is an empty list").expected("at least one kind of file");
            None
        }
        Content::List(_) => list(node, problems, |n, _| Some(n)),
        _ => Some(vec![node]),
    }
}
