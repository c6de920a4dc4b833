//! What is planted and what is found, in one form: every part of a finding that people rely on, and no words.

use serde_json::Value;

use gonogo::check::Finding;
use gonogo::value;

/// A finding by check, kind, severity, place and both values.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Planted {
    pub(super) check: String,
    pub(super) kind: String,
    pub(super) severity: String,
    pub(super) environment: String,
    pub(super) dataset: String,
    pub(super) key: Vec<String>,
    pub(super) other_key: Vec<String>,
    pub(super) field: String,
    /// As `Side::shown` writes it; empty when there is none.
    pub(super) expected: String,
    pub(super) found: String,
    /// Field, expected and found of a record that was found under another key.
    pub(super) changes: Vec<(String, String, String)>,
}

/// `snake_case`, as reports write the words of an enumeration.
fn word(kind: impl serde::Serialize) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

/// A finding of the library.
pub(super) fn of_finding(check: &str, finding: Finding) -> Planted {
    let shown = |cell: &value::Cell| match cell.state {
        value::State::Value => format!("'{}'", cell.text),
        value::State::Invalid | value::State::Unresolved => format!("{} '{}'", word(cell.state), cell.text),
        state => word(state),
    };
    Planted {
        check: check.to_owned(),
        kind: word(finding.kind),
        severity: finding.severity.word().to_owned(),
        environment: finding.environment,
        dataset: finding.dataset,
        key: finding.key.parts,
        other_key: finding.other_key.map(|k| k.parts).unwrap_or_default(),
        field: finding.field.unwrap_or_default(),
        expected: finding.expected.as_ref().map(shown).unwrap_or_default(),
        found: finding.found.as_ref().map(shown).unwrap_or_default(),
        changes: finding.changes.iter().map(|c| (c.field.clone(), shown(&c.expected), shown(&c.found))).collect(),
    }
}

/// The findings of a JSON report, each of whose checks has to be answered.
pub(super) fn of_report(report: &Value) -> Vec<Planted> {
    let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
    let parts = |key: &Value| key.as_array().into_iter().flatten().map(|p| text(&p["value"])).collect::<Vec<_>>();
    let shown = |cell: &Value| match (cell["state"].as_str(), cell["text"].as_str()) {
        (None, _) => String::new(),
        (Some("value"), text) => format!("'{}'", text.unwrap_or_default()),
        (Some(state), Some(text)) => format!("{state} '{text}'"),
        (Some(state), None) => state.to_owned(),
    };
    let mut found = Vec::new();
    for check in report["checks"].as_array().expect("checks") {
        assert_eq!(check["cannot_tell"], Value::Array(Vec::new()), "{}", check["id"]);
        for f in check["findings"].as_array().expect("findings") {
            let changes = f["changes"].as_array().into_iter().flatten();
            found.push(Planted {
                check: text(&check["id"]),
                kind: text(&f["kind"]),
                severity: text(&f["severity"]),
                environment: text(&f["environment"]),
                dataset: text(&f["dataset"]),
                key: parts(&f["key"]),
                other_key: parts(&f["other_key"]),
                field: text(&f["field"]),
                expected: shown(&f["expected"]),
                found: shown(&f["found"]),
                changes: changes.map(|c| (text(&c["field"]), shown(&c["expected"]), shown(&c["found"]))).collect(),
            });
        }
    }
    found.sort();
    found
}

/// Both are sorted. A finding that is told twice is one too many.
pub(super) fn assert_same(expected: &[Planted], found: &[Planted], when: &str) {
    if expected == found {
        return;
    }
    let more = |left: &[Planted], right: &[Planted]| {
        let mut rest = right.to_vec();
        let mut lines = String::new();
        for one in left {
            match rest.iter().position(|r| r == one) {
                Some(at) => drop(rest.remove(at)),
                None => lines.push_str(&format!("  {one:?}\n")),
            }
        }
        lines
    };
    panic!("{when}\nplanted and not found:\n{}found and not planted:\n{}", more(expected, found), more(found, expected));
}
