//! The example hospital: the run finds what was planted and nothing else; each repair removes exactly its findings; all repairs give GO.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{Example, Ran};

/// One planted fault of tests/example.yaml.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    id: String,
    description: String,
    findings: Vec<Planted>,
    repair: Vec<Repair>,
}

/// A finding as tests/example.yaml writes it.
#[derive(serde::Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Planted {
    check: String,
    kind: String,
    severity: String,
    environment: String,
    dataset: String,
    key: Vec<String>,
    #[serde(default)]
    other_key: Vec<String>,
    #[serde(default)]
    field: String,
    #[serde(default)]
    expected: Shown,
    #[serde(default)]
    found: Shown,
    #[serde(default)]
    changes: Vec<Change>,
}

/// A field that differs in a renamed or re-keyed record.
#[derive(serde::Deserialize, Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(deny_unknown_fields)]
struct Change {
    field: String,
    #[serde(default)]
    expected: Shown,
    #[serde(default)]
    found: Shown,
}

/// A cell: its canonical text, or its state when it has no value.
#[derive(serde::Deserialize, Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[serde(untagged)]
enum Shown {
    #[default]
    Nothing,
    Text(String),
    State {
        state: String,
        #[serde(default)]
        text: String,
    },
}

/// An edit that repairs a fault.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Repair {
    file: String,
    append: Option<String>,
    replace: Option<String>,
    with: Option<String>,
    total: Option<String>,
    add: Option<i64>,
}

#[derive(serde::Deserialize)]
struct Faults {
    findings_in_all: usize,
    faults: Vec<Fault>,
}

fn faults() -> Vec<Fault> {
    let path = crate::support::repository().join("tests/example.yaml");
    let text = std::fs::read_to_string(&path).expect("tests/example.yaml");
    let faults: Faults = serde_yaml::from_str(&text).expect("tests/example.yaml is what this test reads");
    assert_eq!(faults.findings_in_all, planted(&faults.faults, None).len());
    faults.faults
}

impl Repair {
    fn make(&self, example: &Example) {
        match (&self.append, &self.replace, &self.with, &self.total, self.add) {
            (Some(line), None, None, None, None) => {
                let mut bytes = example.read(&self.file);
                if !bytes.ends_with(b"\n") {
                    bytes.push(b'\n');
                }
                bytes.extend(self.encoded(line));
                bytes.push(b'\n');
                example.write(&self.file, bytes);
            }
            (None, Some(find), Some(with), None, None) => example.replace(&self.file, &self.encoded(find), &self.encoded(with)),
            (None, None, None, Some(dataset), Some(add)) => {
                let text = String::from_utf8(example.read(&self.file)).expect("UTF-8");
                let changed: String = text
                    .lines()
                    .map(|line| match line.split_once(',') {
                        Some((name, rest)) if name == dataset => {
                            let (rows, rest) = rest.split_once(',').expect("a third column");
                            format!("{name},{},{rest}\n", rows.parse::<i64>().expect("a number") + add)
                        }
                        _ => format!("{line}\n"),
                    })
                    .collect();
                assert_ne!(text, changed, "{} names no {dataset}", self.file);
                example.write(&self.file, changed);
            }
            _ => panic!("a repair of {} is none of the three kinds", self.file),
        }
    }

    /// Text in the encoding of the file: clinics.csv is in Windows-1252.
    fn encoded(&self, text: &str) -> Vec<u8> {
        if self.file.ends_with("clinics.csv") { encoding_rs::WINDOWS_1252.encode(text).0.into_owned() } else { text.as_bytes().to_vec() }
    }
}

fn shown(cell: &Value) -> Shown {
    let text = cell["text"].as_str().unwrap_or("").to_owned();
    match cell["state"].as_str() {
        None => Shown::Nothing,
        Some("value") => Shown::Text(text),
        Some(state) => Shown::State { state: state.to_owned(), text },
    }
}

fn change(change: &Value) -> Change {
    Change {
        field: change["field"].as_str().expect("a field").to_owned(),
        expected: shown(&change["expected"]),
        found: shown(&change["found"]),
    }
}

fn parts(key: &Value) -> Vec<String> {
    let parts = key.as_array().map(Vec::as_slice).unwrap_or_default();
    parts.iter().map(|p| p["value"].as_str().or(p.as_str()).expect("a part").to_owned()).collect()
}

fn found(ran: &Ran) -> BTreeSet<Planted> {
    let report = ran.json();
    let word = |v: &Value| v.as_str().unwrap_or("").to_owned();
    let mut found = BTreeSet::new();
    for check in report["checks"].as_array().expect("checks") {
        for f in check["findings"].as_array().expect("findings") {
            let planted = Planted {
                check: word(&check["id"]),
                kind: word(&f["kind"]),
                severity: word(&f["severity"]),
                environment: word(&f["environment"]),
                dataset: word(&f["dataset"]),
                key: parts(&f["key"]),
                other_key: parts(&f["other_key"]),
                field: word(&f["field"]),
                expected: shown(&f["expected"]),
                found: shown(&f["found"]),
                changes: f["changes"].as_array().into_iter().flatten().map(change).collect(),
            };
            assert!(found.insert(planted.clone()), "reported twice: {planted:?}");
        }
    }
    found
}

fn planted(faults: &[Fault], but: Option<&str>) -> BTreeSet<Planted> {
    faults.iter().filter(|f| Some(f.id.as_str()) != but).flat_map(|f| f.findings.iter().cloned()).collect()
}

fn difference(left: &BTreeSet<Planted>, right: &BTreeSet<Planted>) -> String {
    left.difference(right).map(|p| format!("  {p:?}\n")).collect()
}

fn assert_same(expected: &BTreeSet<Planted>, found: &BTreeSet<Planted>, when: &str) {
    assert!(
        expected == found,
        "{when}\nplanted and not found:\n{}found and not planted:\n{}",
        difference(expected, found),
        difference(found, expected)
    );
}

#[test]
fn the_run_finds_what_was_planted_and_nothing_else() {
    let ran = Example::new().run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(ran.json()["verdict"], "NO-GO");
    assert_same(&planted(&faults(), None), &found(&ran), "the example as it is");
}

#[test]
fn repairing_one_fault_removes_exactly_its_findings() {
    let faults = faults();
    assert!(faults.len() >= 15, "only {} faults", faults.len());
    for fault in &faults {
        let example = Example::new();
        fault.repair.iter().for_each(|r| r.make(&example));
        let ran = example.run(&["check", "--format", "json"]);
        assert_same(&planted(&faults, Some(&fault.id)), &found(&ran), &format!("after repairing {}", fault.id));
    }
}

/// Repairs every planted fault.
pub(crate) fn repair_all(example: &Example) {
    repair_all_but(example, &[]);
}

/// Repairs the planted faults, except those with these ids.
pub(crate) fn repair_all_but(example: &Example, left: &[&str]) {
    let faults = faults();
    assert!(left.iter().all(|id| faults.iter().any(|f| f.id == *id)), "{left:?}");
    faults.iter().filter(|f| !left.contains(&f.id.as_str())).flat_map(|f| &f.repair).for_each(|r| r.make(example));
}

/// Repairs one fault.
pub(crate) fn repair(example: &Example, id: &str) {
    faults().iter().filter(|f| f.id == id).flat_map(|f| &f.repair).for_each(|r| r.make(example));
}

#[test]
fn repairing_everything_gives_go() {
    let example = Example::new();
    repair_all(&example);
    let ran = example.run(&["check", "--format", "json"]);
    assert_same(&BTreeSet::new(), &found(&ran), "after repairing everything");
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(ran.json()["verdict"], "GO");
}

#[test]
fn the_planted_faults_are_those_of_a_real_go_live() {
    let faults = faults();
    let about = |word: &str| faults.iter().any(|f| f.id.contains(word) || f.description.to_lowercase().contains(word));
    for word in [
        "clinic",
        "inactive",
        "session",
        "role",
        "field",
        "optional",
        "order",
        "case-note",
        "reschedule",
        "rtt",
        "relabel",
        "right",
        "build",
        "interface",
        "fail-over",
    ] {
        assert!(about(word), "no fault about {word}");
    }
}
