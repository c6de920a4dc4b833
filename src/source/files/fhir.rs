//! FHIR in files: Bundles, one resource per line, one resource per file; JSON or XML by what is in them.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document::{self, Page};
use super::json::Budget;
use super::pattern::Found;
use super::prune::{self, Keep};
use super::rows::Rows;
use super::{fhir_xml, intake, json, text, xml};
use crate::document::suggest::nearest_or_all;
use crate::source::SourceError;
use crate::system::{Dataset, Step};

/// Deepest nesting of Bundles in Bundles.
const BUNDLE_DEPTH: u32 = 4;

/// Reads all files of a dataset; a search's pages must be all there.
pub(super) fn read(dataset: &Dataset, files: &[Found], rows: &mut Rows) -> Result<(), SourceError> {
    let mut budget = Budget::new(keep(dataset));
    let mut search = Search::default();
    let mut kinds = BTreeSet::new();
    for found in files {
        let mut file = File { dataset, found, rows: &mut *rows, search: &mut search, kinds: &mut kinds, index: 0 };
        let entry = if found.extension() == "ndjson" {
            json::each_line(found, &mut budget, |value, line, whole| file.resource(value, Some(line), whole, 0))?
        } else {
            let (bytes, entry) = intake::whole(found)?;
            if is_xml(&bytes) {
                file.resource(fhir_xml::resource(xml::parse(&bytes, found)?), None, true, 0)?;
            } else {
                let text = text::decode(&bytes, encoding_rs::UTF_8, found)?;
                let (keep, whole) = budget.next(text.len());
                prune::parse_each(&text, keep, |value| file.resource(value, None, whole, 0), |e| json::mistake(&e, found, 1))?;
                if file.index == 0 && text.trim().is_empty() {
                    return Err(SourceError::new("the file is empty", &found.shown, "export it again"));
                }
            }
            entry
        };
        rows.sources.push(entry);
    }
    search.must_be_whole(dataset)?;
    must_be_there(dataset, &kinds)
}

/// A type of resource that is in no file is as likely mistyped as there are none of it.
fn must_be_there(dataset: &Dataset, kinds: &BTreeSet<String>) -> Result<(), SourceError> {
    match &dataset.read.resource {
        Some(wanted) if !kinds.is_empty() && !kinds.contains(&wanted.value) && dataset.none_means_empty.is_none() => {
            let near = nearest_or_all(&wanted.value, kinds.iter().map(String::as_str));
            Err(SourceError::new(
                format!("there is no `{}` in the files: {near}", wanted.value),
                dataset.read.pattern.value.clone(),
                "correct `resource:`, or say `none: {means: empty, reason: …}` if there may be none",
            ))
        }
        _ => Ok(()),
    }
}

/// What is read of a resource, and of a Bundle around it.
fn keep(dataset: &Dataset) -> Keep {
    let mut keep = Keep::default();
    let entry = [Step::Member("entry".to_owned()), Step::Every];
    let resource = [&entry[..], &[Step::Member("resource".to_owned())]].concat();
    for prefix in [&[], &resource[..]] {
        keep.add(dataset, prefix);
        for name in ["resourceType", "issue"] {
            keep.add_member(prefix, name);
        }
    }
    for name in ["type", "total", "link"] {
        keep.add_member(&[], name);
    }
    keep.add_member(&entry, "search");
    keep
}

fn is_xml(bytes: &[u8]) -> bool {
    // A byte-order mark, and the zero bytes of UTF-16, may stand before.
    bytes.iter().find(|b| !matches!(b, b' ' | b'\t' | b'\r' | b'\n' | 0 | 0xEF | 0xBB | 0xBF | 0xFE | 0xFF)) == Some(&b'<')
}

/// What the pages of a search say about their number.
#[derive(Default)]
struct Search {
    totals: BTreeSet<u64>,
    matches: u64,
    pages: u64,
    pages_with_next: u64,
    place: String,
}

impl Search {
    fn page(&mut self, bundle: &Value, wanted: Option<&str>, found: &Found) {
        if bundle.get("type").and_then(Value::as_str) != Some("searchset") {
            return;
        }
        let entries = || bundle.get("entry").and_then(Value::as_array).into_iter().flatten();
        let is_match = |entry: &&Value| !matches!(entry.pointer("/search/mode").and_then(Value::as_str), Some("include" | "outcome"));
        let kind = |entry: &Value| entry.pointer("/resource/resourceType").and_then(Value::as_str).map(str::to_owned);
        let other = |k: Option<String>| wanted.is_some() && k.is_some() && k.as_deref() != wanted;
        // A page of another search, for another type of resource, in the same folder.
        if entries().find(is_match).is_some_and(|e| other(kind(e))) {
            return;
        }
        self.place = found.shown.clone();
        self.pages += 1;
        self.matches += entries().filter(is_match).filter(|e| e.get("resource").is_some()).count() as u64;
        // In XML the number is text.
        let total = bundle.get("total").and_then(|t| t.as_u64().or_else(|| t.as_str()?.parse().ok()));
        self.totals.extend(total);
        let links = bundle.get("link").and_then(Value::as_array);
        let has_next = links.into_iter().flatten().any(|l| l.get("relation").and_then(Value::as_str) == Some("next"));
        self.pages_with_next += u64::from(has_next);
    }

    fn must_be_whole(&self, dataset: &Dataset) -> Result<(), SourceError> {
        let advice = "save every page of the search, or one without paging";
        let sum: u64 = self.totals.iter().sum();
        if !self.totals.is_empty() && !self.totals.contains(&self.matches) && sum != self.matches {
            let totals = self.totals.iter().map(u64::to_string).collect::<Vec<_>>().join(" and ");
            let what = format!("the search's total is {totals}, and its pages hold {}", self.matches);
            return Err(SourceError::new(what, dataset.read.pattern.value.clone(), advice));
        }
        if self.pages > 0 && self.pages == self.pages_with_next {
            return Err(SourceError::new("the search's last page is missing: every page has a next one", &self.place, advice));
        }
        Ok(())
    }
}

struct File<'a, 'r, 's> {
    dataset: &'a Dataset,
    found: &'a Found,
    rows: &'r mut Rows<'s>,
    search: &'r mut Search,
    /// Types of the resources seen.
    kinds: &'r mut BTreeSet<String>,
    index: u64,
}

impl File<'_, '_, '_> {
    fn resource(&mut self, mut value: Value, line: Option<u64>, whole: bool, depth: u32) -> Result<(), SourceError> {
        let wanted = self.dataset.read.resource.as_ref().map(|r| r.value.as_str());
        let place = || match line {
            Some(line) => format!("{}:{line}", self.found.shown),
            None => self.found.shown.clone(),
        };
        let Some(kind) = value.get("resourceType").and_then(Value::as_str) else {
            return Err(SourceError::new(
                "this is no FHIR resource: it has no `resourceType`",
                place(),
                "check the pattern of `read: {fhir: …}`",
            ));
        };
        if kind == "Bundle" && wanted != Some("Bundle") {
            if depth >= BUNDLE_DEPTH {
                return Err(SourceError::new("Bundles are nested too deep", place(), "export the resources themselves"));
            }
            self.search.page(&value, wanted, self.found);
            let entries = value.get_mut("entry").and_then(Value::as_array_mut).map(std::mem::take);
            for mut entry in entries.unwrap_or_default() {
                if let Some(resource) = entry.get_mut("resource") {
                    self.resource(resource.take(), line, whole, depth + 1)?;
                }
            }
            return Ok(());
        }
        if kind == "OperationOutcome" && wanted != Some("OperationOutcome") {
            return refuse_errors(&value, place());
        }
        self.index += 1;
        if !self.kinds.contains(kind) {
            self.kinds.insert(kind.to_owned());
        }
        if wanted.is_some_and(|w| w != kind) {
            return Ok(());
        }
        document::read(self.dataset, &value, &Page { found: self.found, index: self.index, line, whole, places: None }, self.rows)
    }
}

/// A server that could not answer says so in an OperationOutcome among the results.
fn refuse_errors(outcome: &Value, place: String) -> Result<(), SourceError> {
    let issues = outcome.get("issue").and_then(Value::as_array);
    for issue in issues.into_iter().flatten() {
        let text = |name: &str| issue.get(name).and_then(Value::as_str).unwrap_or("");
        if matches!(text("severity"), "error" | "fatal") {
            let what = format!("the server reported an error instead of data: {} {}", text("code"), text("diagnostics"));
            return Err(SourceError::new(what.trim_end(), place, "repeat the export, and look for the server's message"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, at, outer, path};
    use super::*;
    use crate::system::{FileFormat, Source};

    fn codes(pattern: &str) -> Case {
        Case::new(FileFormat::Fhir, pattern)
            .rows("$.concept[*]")
            .column("system", outer("$.url", 0))
            .column("code", path("$.code"))
            .column("display", path("$.display"))
            .with(|d| d.read.resource = Some(at("CodeSystem".to_owned())))
    }

    const JSON: &str = r#"{"resourceType": "CodeSystem", "url": "u", "concept": [{"code": "1", "display": "Kept"}]}"#;
    const XML: &str = "<?xml version='1.0'?>\n<CodeSystem xmlns='http://hl7.org/fhir'><url value = 'u' /><concept><code value='1'/><display value='Kept'/></concept></CodeSystem>";
    const WANTED: [[&str; 3]; 1] = [["u", "1", "Kept"]];

    #[test]
    fn json_and_xml_are_the_same_rows() {
        assert_eq!(codes("a.json").file("a.json", JSON).texts(), WANTED);
        assert_eq!(codes("a.xml").file("a.xml", XML).texts(), WANTED);
        assert_eq!(codes("a.txt").file("a.txt", XML).texts(), WANTED, "what is in the file decides, not its name");
        let both = codes("fhir").file("fhir/a.json", JSON).file("fhir/b/b.xml", XML).file("fhir/notes.txt", "no resource");
        assert_eq!(both.texts().len(), 2);
    }

    #[test]
    fn xml_becomes_the_same_json() {
        let xml = "<HealthcareService xmlns='http://hl7.org/fhir'><id value='h'/><meta><profile value='p'/></meta>\
            <text><status value='generated'/><div xmlns='http://www.w3.org/1999/xhtml'>x</div></text>\
            <contained><Location><id value='l'/><alias value='a'/></Location></contained>\
            <extension url='e'><valueBoolean value='true'/></extension><active value='true'/>\
            <type><coding><code value='c'/></coding></type><availableTime><daysOfWeek value='mon'/></availableTime></HealthcareService>";
        let json = serde_json::json!({
            "resourceType": "HealthcareService", "id": "h", "meta": {"profile": ["p"]}, "text": {"status": "generated"},
            "contained": [{"resourceType": "Location", "id": "l", "alias": ["a"]}],
            "extension": [{"url": "e", "valueBoolean": "true"}], "active": "true",
            "type": [{"coding": [{"code": "c"}]}], "availableTime": [{"daysOfWeek": ["mon"]}],
        });
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.xml"), xml).unwrap();
        let found = super::super::pattern::find(dir.path(), "a.xml", None, &[]).unwrap().remove(0);
        assert_eq!(fhir_xml::resource(xml::parse(xml.as_bytes(), &found).unwrap()), json);
    }

    #[test]
    fn one_element_and_two_have_the_same_shape() {
        let of = |concepts: &str| {
            let xml = format!("<CodeSystem><url value='u'/>{concepts}</CodeSystem>");
            codes("a.xml").file("a.xml", xml).texts().len()
        };
        let concept = "<concept><code value='1'/></concept>";
        assert_eq!((of(concept), of(&concept.repeat(2))), (1, 2));
    }

    #[test]
    fn bundles_and_lines() {
        let other = r#"{"resourceType": "ValueSet", "url": "v"}"#;
        let bundle = format!(
            r#"{{"resourceType": "Bundle", "type": "collection", "entry": [{{"resource": {JSON}}}, {{"resource": {other}}}, {{}}]}}"#
        );
        assert_eq!(codes("b.json").file("b.json", &bundle).texts(), WANTED);
        let xml = XML.split_once('\n').unwrap().1;
        let bundle =
            format!("<Bundle xmlns='http://hl7.org/fhir'><type value='collection'/><entry><resource>{xml}</resource></entry></Bundle>");
        assert_eq!(codes("b.xml").file("b.xml", bundle).texts(), WANTED);
        let lines = format!("{JSON}\n{other}\n");
        assert_eq!(codes("b.ndjson").file("b.ndjson", &lines).texts(), WANTED);
        assert_eq!(codes("b.json").file("b.json", &lines).texts(), WANTED);
        let all = codes("b.ndjson")
            .file("b.ndjson", &lines)
            .with(|d| d.read.resource = None)
            .with(|d| d.read.rows.clear())
            .column("n", Source::Position);
        assert_eq!(all.texts().len(), 2);
    }

    #[test]
    fn a_truncated_file_is_an_error() {
        for file in [JSON, XML] {
            for end in [1, 20, file.len() - 1] {
                assert!(codes("a").file("a", &file[..end]).read().is_err(), "{}", &file[..end]);
            }
        }
        assert!(codes("a").file("a", "").error().what.contains("empty"));
        assert!(codes("a").file("a", "{\"url\": \"u\"}").error().what.contains("resourceType"));
    }

    fn page(total: u64, next: bool) -> String {
        let link = if next { r#"[{"relation": "next", "url": "x"}]"# } else { "[]" };
        format!(
            r#"{{"resourceType": "Bundle", "type": "searchset", "total": {total}, "link": {link}, "entry": [{{"resource": {JSON}}}, {{"resource": {{"resourceType": "Location"}}, "search": {{"mode": "include"}}}}]}}"#
        )
    }

    #[test]
    fn all_pages_of_a_search_must_be_there() {
        let whole = codes("*.json").file("1.json", page(2, true)).file("2.json", page(2, false));
        assert_eq!(whole.texts().len(), 2);
        let missing = codes("*.json").file("1.json", page(3, true)).file("2.json", page(3, false));
        assert_eq!(missing.error().what, "the search's total is 3, and its pages hold 2");
        let endless = codes("*.json").file("1.json", page(1, true));
        assert!(endless.error().what.contains("last page"));
        let counted = codes("1.json").file("1.json", r#"{"resourceType": "Bundle", "type": "searchset", "total": 7}"#);
        assert!(counted.error().what.contains("total is 7"));
    }

    #[test]
    fn an_error_of_the_server_is_no_data() {
        let outcome = |severity: &str| {
            format!(r#"{{"resourceType": "OperationOutcome", "issue": [{{"severity": "{severity}", "code": "timeout"}}]}}"#)
        };
        assert!(codes("a").file("a", outcome("error")).error().what.contains("timeout"));
        assert!(codes("a").file("a", outcome("warning")).texts().is_empty());
    }

    #[test]
    fn a_type_that_is_in_no_file_is_an_error_with_the_nearest() {
        let case = codes("a.json").file("a.json", JSON).with(|d| d.read.resource = Some(at("Codesystem".to_owned())));
        assert!(case.error().what.contains("did you mean `CodeSystem`?"), "{}", case.error());
        assert!(case.with(|d| d.none_means_empty = Some(at("none yet".to_owned()))).texts().is_empty());
    }

    #[test]
    fn names_near_a_wrong_path() {
        let case = codes("a.json").file("a.json", JSON).column("wrong", path("$.dispaly"));
        assert!(case.unread()[3].as_deref().unwrap().contains("`display`"));
    }
}
