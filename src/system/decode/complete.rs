//! `complete`: how it is known that all rows were read; `none`: what an absent file means.

use crate::document::decode::{Fields, count, date, one_of, some_text};
use crate::document::{At, Node, Problems};

use super::super::Complete;
use super::super::hold::ALL_OTHERS;

/// Decodes `complete` of the dataset called `dataset`.
pub(super) fn complete(node: &Node, dataset: &str, problems: &mut Problems) -> Option<Complete> {
    let mut fields = Fields::open(node, "`complete`", problems)?;
    let rows_from = fields.get("rows_from", problems, |n, p| control_file(n, dataset, p));
    let declared_beside = fields.entry("declared").map(|e| e.key_place.clone());
    let declared = fields.get("declared", problems, declared);
    if let (Some(_), Some(place)) = (&rows_from, &declared_beside) {
        problems
            .add(place, "a control file and a declaration cannot both say the number of rows")
            .expected("a second answer")
            .help("keep one of them");
    }
    if fields.entry("rows_from").is_none() && declared_beside.is_none() {
        problems.add(&fields.first_place(), "`complete` does not say how the number of rows is known").expected("rows_from or declared");
    }
    fields.close(problems);
    rows_from.or(declared)
}

fn control_file(node: &Node, own: &str, problems: &mut Problems) -> Option<Complete> {
    let mut fields = Fields::open(node, "`rows_from`", problems)?;
    let file = fields.need("file", problems, some_text);
    let dataset = fields.get("dataset", problems, some_text).map_or_else(|| own.to_owned(), |d| d.value);
    let column = fields.need("column", problems, some_text);
    fields.close(problems);
    Some(Complete::ControlFile { file: file?, dataset, column: column?.value })
}

fn declared(node: &Node, problems: &mut Problems) -> Option<Complete> {
    let mut fields = Fields::open(node, "a declaration", problems)?;
    let rows = fields.get("rows", problems, count).map(|r| r.value);
    let by = fields.need("by", problems, some_text);
    let on = fields.need("on", problems, date);
    let reason = fields.need("reason", problems, some_text);
    fields.close(problems);
    Some(Complete::Declared { rows, by: by?.value, on: on?.value, reason: reason?.value })
}

/// Decodes `none: {means: empty, reason: …}`; gives the reason.
pub(super) fn none(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let mut fields = Fields::open(node, "`none`", problems)?;
    let means = fields.need("means", problems, |n, p| one_of(n, "meaning of an absent file", &[("empty", ())], p));
    let reason = fields.need("reason", problems, some_text);
    fields.close(problems);
    means.and(reason)
}

/// Decodes `not_offered: {column: reason}`; `"*"` stands for all shared columns that are left.
pub(super) fn not_offered(node: &Node, problems: &mut Problems) -> Vec<(At<String>, String)> {
    let entries = crate::document::decode::entries(node, "reasons by column", problems).unwrap_or_default();
    let decoded = entries.iter().map(|entry| {
        let column = if entry.key == ALL_OTHERS {
            Some(At { value: entry.key.clone(), place: entry.key_place.clone() })
        } else {
            crate::document::decode::entry_name(entry, problems)
        };
        let reason = some_text(&entry.value, problems);
        column.zip(reason.map(|r| r.value))
    });
    decoded.collect::<Vec<_>>().into_iter().flatten().collect()
}
