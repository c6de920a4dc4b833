//! JSON documents: one per file, one per line, or laid over one another.

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read};

use serde_json::Value;

use super::document::{self, Page};
use super::intake::{self, Digesting};
use super::pattern::Found;
use super::prune::{ALL, Keep, parse};
use super::rows::Rows;
use super::text::{self, Utf8Reader};
use crate::source::SourceError;
use crate::system::Dataset;
use crate::value::SourceEntry;

/// Longest line of NDJSON, in bytes.
const LINE_LIMIT: u64 = 64 << 20;
/// Bytes of documents per dataset that are read whole, so that a mistyped path can be answered with the names around it.
const WHOLE_LIMIT: u64 = 8 << 20;
/// Which documents of a dataset are read whole.
pub(super) struct Budget {
    keep: Keep,
    spent: u64,
}

impl Budget {
    /// The budget of one dataset.
    pub(super) fn new(keep: Keep) -> Self {
        Self { keep, spent: 0 }
    }

    /// What to keep of a document of that many bytes, and whether that is all of it.
    pub(super) fn next(&mut self, bytes: usize) -> (&Keep, bool) {
        let whole = self.spent < WHOLE_LIMIT;
        self.spent += bytes as u64;
        if whole { (ALL, true) } else { (&self.keep, false) }
    }
}

/// Reads a file that is one document.
pub(super) fn read(dataset: &Dataset, found: &Found, budget: &mut Budget, rows: &mut Rows) -> Result<(), SourceError> {
    let (bytes, entry) = intake::whole(found)?;
    let text = text::decode(&bytes, encoding_rs::UTF_8, found)?;
    let (keep, whole) = budget.next(text.len());
    let value = parse(&text, keep).map_err(|e| mistake(&e, found, 1))?;
    rows.sources.push(entry);
    document::read(dataset, &value, &Page { found, index: 1, line: None, whole, places: None }, rows)
}

/// Reads a file with one document per line.
pub(super) fn read_lines(dataset: &Dataset, found: &Found, budget: &mut Budget, rows: &mut Rows) -> Result<(), SourceError> {
    let mut index = 0;
    let entry = each_line(found, budget, |value, line, whole| {
        index += 1;
        document::read(dataset, &value, &Page { found, index, line: Some(line), whole, places: None }, rows)
    })?;
    rows.sources.push(entry);
    Ok(())
}

/// Gives each document of a file with one per line, with its line and whether it has all its members; blank lines are none.
pub(super) fn each_line(
    found: &Found,
    budget: &mut Budget,
    mut each: impl FnMut(Value, u64, bool) -> Result<(), SourceError>,
) -> Result<SourceEntry, SourceError> {
    let mut lines = BufReader::with_capacity(256 << 10, Utf8Reader::new(Digesting::open(found)?, encoding_rs::UTF_8));
    let mut line = String::new();
    let mut number = 0;
    loop {
        line.clear();
        if (&mut lines).take(LINE_LIMIT + 1).read_line(&mut line).map_err(|e| text::failed(&e, found))? == 0 {
            return Ok(lines.into_inner().into_inner().entry(found));
        }
        number += 1;
        if line.len() as u64 > LINE_LIMIT {
            let place = format!("{}:{number}", found.shown);
            return Err(SourceError::new("the line is longer than 64 MiB", place, "check that the export has one record per line"));
        }
        if line.trim().is_empty() {
            continue;
        }
        let (keep, whole) = budget.next(line.len());
        each(parse(&line, keep).map_err(|e| mistake(&e, found, number))?, number, whole)?;
    }
}

/// A file's document, whole, to be laid over others.
pub(super) fn load(found: &Found, rows: &mut Rows) -> Result<Value, SourceError> {
    let (bytes, entry) = intake::whole(found)?;
    let text = text::decode(&bytes, encoding_rs::UTF_8, found)?;
    rows.sources.push(entry);
    parse(&text, ALL).map_err(|e| mistake(&e, found, 1))
}

/// Lays `upper` over `lower`: objects merge, everything else is replaced.
pub(super) fn merge(lower: &mut Value, upper: Value) {
    match (lower, upper) {
        (Value::Object(lower), Value::Object(upper)) => {
            for (name, value) in upper {
                match lower.get_mut(&name) {
                    Some(below) => merge(below, value),
                    None => {
                        lower.insert(name, value);
                    }
                }
            }
        }
        (lower, upper) => *lower = upper,
    }
}

/// The sentence for text that is no JSON; `first_line` is the line on which it begins.
pub(super) fn mistake(error: &serde_json::Error, found: &Found, first_line: u64) -> SourceError {
    let message = error.to_string();
    let message: Cow<str> = match message.rfind(" at line ") {
        Some(at) => Cow::Borrowed(&message[..at]),
        None => Cow::Borrowed(&message),
    };
    let what = if error.is_eof() { format!("the document ends too early: {message}") } else { format!("this is no valid JSON: {message}") };
    let line = first_line + (error.line() as u64).saturating_sub(1);
    SourceError::new(what, format!("{}:{line}:{}", found.shown, error.column()), "export the file again, and check that it is whole")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, at, outer, path, text};
    use crate::system::{FileFormat, FilePart, Source};
    use crate::value::{Raw, Type};
    use serde_json::json;

    fn case(bytes: &str) -> Case {
        Case::new(FileFormat::Json, "a.json").rows("$.clinics[*]").column("code", path("$.code")).file("a.json", bytes)
    }

    #[test]
    fn rows_within_a_document() {
        let case = case(r#"{"site": "RG", "clinics": [{"code": "A"}, {"code": null}, {"name": "x"}, {"code": ""}]}"#)
            .column("site", outer("$.site", 0))
            .column("n", Source::Position);
        let rows: Vec<Vec<Raw>> = case.read().unwrap().0.into_iter().map(|r| r.cells).collect();
        let number = |n: &str| Raw::Number(n.to_owned());
        assert_eq!(
            rows,
            [
                [text("A"), text("RG"), number("1")],
                [Raw::Null, text("RG"), number("2")],
                [Raw::Absent, text("RG"), number("3")],
                [text(""), text("RG"), number("4")],
            ]
        );
        assert_eq!(case.read().unwrap().0[1].origin, "a.json, record 2");
    }

    #[test]
    fn nested_levels_and_outer_values() {
        let case = Case::new(FileFormat::Json, "a.json")
            .rows("$.sets[*]")
            .rows("$.codes[*]")
            .column("set", outer("$.id", 1))
            .column("code", path("$.c"))
            .column("n", Source::Position)
            .column("file", Source::File(FilePart::Stem))
            .file("a.json", r#"{"sets": [{"id": "s", "codes": [{"c": 1}, {"c": 2}]}, {"id": "t", "codes": [{"c": 1.0}]}]}"#);
        assert_eq!(case.texts(), [["s", "1", "1", "a"], ["s", "2", "2", "a"], ["t", "1.0", "1", "a"]]);
    }

    #[test]
    fn a_map_from_a_name_to_rows() {
        let case = Case::new(FileFormat::Json, "a.json")
            .rows("$.roles.*")
            .column("role", Source::Member)
            .column("rank", path("$.rank"))
            .file("a.json", r#"{"roles": {"clerk": {"rank": 1}, "nurse": {"rank": 2}}}"#);
        assert_eq!(case.texts(), [["clerk", "1"], ["nurse", "2"]]);
    }

    #[test]
    fn a_path_that_selects_nothing_is_an_unread_column_with_the_names_there() {
        let case = case(r#"{"clinics": [{"Code": "A", "name": "x"}, {"Code": "B", "nom": "x"}]}"#).column("site", outer("$.info.site", 0));
        assert_eq!(
            case.unread(),
            [
                Some("`$.code` selects nothing in any of 2 records; what is there: `Code`, `name`, `nom`".to_owned()),
                Some("`$.info.site` selects nothing in any of 2 records; what is there: `clinics`".to_owned()),
            ]
        );
    }

    #[test]
    fn rows_that_are_nowhere_are_an_error_and_no_rows_in_their_place_are_none() {
        assert!(case(r#"{"clinics": []}"#).texts().is_empty());
        let error = case(r#"{"clinic": [{"code": "A"}]}"#).error();
        assert_eq!(error.what, "`$.clinics[*]` selects no rows in any of 1 documents; what is there: `clinic`");
        let none = case(r#"{"clinic": []}"#).with(|d| d.none_means_empty = Some(at("none yet".to_owned())));
        assert!(none.texts().is_empty());
        let nested = |bytes: &str| case(bytes).rows("$.slots[*]");
        assert!(nested(r#"{"clinics": [{"slots": []}, {}]}"#).texts().is_empty());
        assert!(nested(r#"{"clinics": [{"slot": [1]}]}"#).error().what.contains("what is there: `slot`"));
        assert!(nested(r#"{"clinics": []}"#).texts().is_empty());
        let deep = Case::new(FileFormat::Json, "a.json").rows("$..obs[*]").column("code", path("$.code")).file("a.json", r#"{"x": 1}"#);
        assert!(deep.error().what.contains("`$..obs[*]` selects no rows"));
    }

    #[test]
    fn two_values_are_kept_as_two() {
        let case = case(r#"{"clinics": [{"code": "A", "roles": [{"r": "x"}, {"r": "y"}]}]}"#)
            .column("role", path("$.roles[*].r"))
            .column("all", path("$.roles[*].r"))
            .set();
        let cells = case.read().unwrap().0.remove(0).cells;
        assert_eq!(cells[1], Raw::Many(vec![text("x"), text("y")]));
        assert_eq!(cells[2], cells[1]);
    }

    #[test]
    fn a_json_column_keeps_documents() {
        let case = case(r#"{"clinics": [{"code": {"b": 1.0, "a": "x"}}, {"code": "y"}]}"#).kind(Type::Json);
        let cells: Vec<Raw> = case.read().unwrap().0.into_iter().map(|r| r.cells[0].clone()).collect();
        assert_eq!(cells[1], Raw::Document(json!("y")));
        let Raw::Document(first) = &cells[0] else { panic!("{cells:?}") };
        assert_eq!(first["a"], "x");
    }

    #[test]
    fn a_truncated_document_is_an_error_with_its_place() {
        let error = case("{\"clinics\": [\n{\"code\": \"A\"},\n{\"co").error();
        assert!(error.what.contains("too early"), "{error}");
        assert_eq!(error.place, "a.json:3:4");
        assert!(case("{} {}").error().what.contains("no valid JSON"));
        assert!(case("").error().what.contains("too early"));
        assert!(case("{\"clinics\": [], \"x\": \u{0}}").error().place.starts_with("a.json:1:"));
    }

    #[test]
    fn a_member_that_is_there_twice_is_an_error() {
        let error = case("{\"clinics\": [{\"code\": \"A\",\n\"code\": \"B\"}]}").error();
        assert!(error.what.contains("`code` is there twice"), "{error}");
        assert!(error.place.starts_with("a.json:2"));
    }

    #[test]
    fn lines_are_documents_and_the_last_must_be_whole() {
        let lines = |bytes: &str| Case::new(FileFormat::Ndjson, "a.ndjson").column("code", path("$.code")).file("a.ndjson", bytes);
        let case = lines("{\"code\": \"A\"}\n\n{\"code\": \"B\"}");
        assert_eq!(case.texts(), [["A"], ["B"]]);
        assert_eq!(case.read().unwrap().0[1].origin, "a.ndjson:3");
        assert_eq!(lines("{\"code\": \"A\"}\n{\"code\": \"B").error().place, "a.ndjson:2:11");
        assert!(lines("").texts().is_empty());
        assert!(lines("{\"code\": 1} {\"code\": 2}\n").error().what.contains("no valid JSON"));
    }

    #[test]
    fn layers_merge_objects_and_replace_the_rest() {
        let case = Case::new(FileFormat::Json, "base.json")
            .column("a", path("$.o.a"))
            .column("b", path("$.o.b"))
            .column("list", path("$.list[*]"))
            .column("file", Source::File(FilePart::Stem))
            .with(|d| d.read.layers = vec![at("site-{site}.json".to_owned()), at("extra-*.json".to_owned())])
            .file("base.json", r#"{"o": {"a": 1, "b": 2}, "list": [1, 2]}"#)
            .file("site-kgh.json", r#"{"o": {"b": 3}, "list": [9]}"#);
        assert_eq!(case.texts(), [["1", "3", "9", "base"]]);
        assert_eq!(case.read().unwrap().1.sources.len(), 2);
        std::fs::remove_file(case.dir.path().join("site-kgh.json")).unwrap();
        assert_eq!(case.error().place, "site-{site}.json", "a layer that is named must be there");
    }
}
