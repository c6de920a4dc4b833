//! Baselines: damage is told at its place, digests see what counts and nothing else, rules are compared by what they say.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::document::{Problems, load};

fn baseline() -> Baseline {
    let dataset = FrozenDataset {
        name: "clinics".into(),
        rows: 4,
        content: "c".repeat(64),
        definition: "d".repeat(64),
        key: vec![vec!["code".into()]],
        columns: vec!["name".into()],
        complete: Grade::Proven,
    };
    let environment = FrozenEnvironment {
        name: "production".into(),
        role: "production".into(),
        system: "files".into(),
        instance: vec!["PROD".into()],
        snapshot: "20270220T120000Z-0123456789ab".into(),
        content_id: "e".repeat(64),
        taken_at: None,
        datasets: vec![dataset],
    };
    let findings = BTreeMap::from([(Severity::Blocker, vec!["f1:00000000000000000000000000000001".to_owned(); 2])]);
    let baseline = Baseline {
        format: "gonogo-baseline".into(),
        version: 1,
        name: "sign-off".into(),
        frozen_at: "2027-02-20T12:00:00Z".parse().unwrap(),
        by: Some("release manager".into()),
        tool: "0.1.0".into(),
        training: "training".into(),
        production: "production".into(),
        environments: vec![environment],
        rules: vec![RuleFile {
            path: "gonogo.yaml".into(),
            sha256: "a".repeat(64),
            parts: BTreeMap::from([("title".into(), "b".repeat(64))]),
        }],
        findings: BTreeMap::from([("clinics-match".into(), findings)]),
        seal: String::new(),
    };
    baseline.sealed().unwrap()
}

fn read(name: &str, bytes: &[u8]) -> Result<Baseline, String> {
    let mut problems = Problems::default();
    match Baseline::read(&format!("checks/baselines/{name}.json"), name, bytes, &mut problems) {
        Some(baseline) if problems.is_empty() => Ok(baseline),
        _ => Err(problems.sorted().iter().map(|p| format!("{} {}", p.place, p.message)).collect::<Vec<_>>().join("\n")),
    }
}

#[test]
fn what_is_written_is_read_back() {
    let bytes = baseline().render().unwrap();
    assert_eq!(read("sign-off", &bytes).unwrap(), baseline());
    let windows = String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
    assert_eq!(read("sign-off", windows.as_bytes()).unwrap(), baseline(), "version control may turn line ends");
}

#[test]
fn it_has_its_schema() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../report/schema/baseline.schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let mut value = serde_json::to_value(baseline()).unwrap();
    let errors: Vec<String> = schema.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let members: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
    for member in members {
        let mut less = value.clone();
        less.as_object_mut().unwrap().shift_remove(&member);
        assert!(!schema.is_valid(&less), "without {member}");
    }
    value["environments"][0]["datasets"][0]["unheard"] = "of".into();
    assert!(!schema.is_valid(&value));
}

#[test]
fn damage_is_told_at_its_place() {
    let text = String::from_utf8(baseline().render().unwrap()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        read("sign-off", text.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    let cut = read("sign-off", &text.as_bytes()[..text.len() / 2]).unwrap_err();
    assert!(cut.starts_with("checks/baselines/sign-off.json:") && cut.contains("this baseline is damaged: EOF"), "{cut}");
    let conflict = changed("  \"version\": 1,", "<<<<<<< HEAD\n  \"version\": 1,");
    assert!(conflict.starts_with("checks/baselines/sign-off.json:3:1 this baseline is damaged"), "{conflict}");
    let unknown = changed("\"version\": 1,", "\"version\": 1, \"unheard\": 1,");
    assert!(unknown.contains(":3:25 this baseline is damaged: unknown field `unheard`"), "{unknown}");
    assert!(changed("\"version\": 1", "\"version\": 2").contains("version 2, and this gonogo reads version 1"));
    assert!(changed("gonogo-baseline", "something").contains("this is no baseline"));
    for (from, to) in [("\"rows\": 4", "\"rows\": 5"), ("f1:0", "f1:1"), ("release manager", "nobody"), ("\"title\"", "\"titel\"")] {
        let told = changed(from, to);
        assert!(told.contains("it does not have its seal"), "{from}: {told}");
    }
    assert!(read("sign-on", text.as_bytes()).unwrap_err().contains("this is the baseline `sign-off`, not `sign-on`"));
    assert!(read("Sign-off", text.as_bytes()).unwrap_err().contains("cannot be the name of a baseline"));
    assert!(read("sign-off", b"\xff\xfe{").unwrap_err().contains("not UTF-8"));
    assert!(read("sign-off", b"").unwrap_err().contains("damaged"));
    assert!(read("sign-off", b"[]").unwrap_err().contains("this is no baseline"));
}

fn said(text: &str) -> BTreeMap<String, String> {
    parts(&load("checks/a.yaml", text.as_bytes(), &mut Problems::default()).unwrap().root)
}

#[test]
fn parts_are_what_people_call_them_and_layout_is_none() {
    let text = "area: a\npolicy: {block_at: major, max_age: 24h}\nchecks:\n  - id: clinics-match\n    parity: {dataset: clinics}\n  - id: b\n    x: 1\n";
    let found = said(text);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["area", "b", "clinics-match", "policy.block_at", "policy.max_age"]);
    let laid_out = "# a comment\narea: 'a'\nchecks:\n  - {id: clinics-match, parity: {dataset: clinics}}\n  - {x: 1, id: b}\npolicy: {max_age: 24h, block_at: major}\n";
    assert_eq!(said(laid_out), found);
    assert_ne!(said(&text.replace("24h", "25h"))["policy.max_age"], found["policy.max_age"]);
    assert_eq!(said("- {finding: f1:1}\n- {finding: f1:2}\n- 3\n").keys().collect::<Vec<_>>(), ["3", "f1:1", "f1:2"]);
}

fn file(path: &str, sha256: &str, parts: &[(&str, &str)]) -> RuleFile {
    let parts = parts.iter().map(|(n, d)| ((*n).to_owned(), (*d).to_owned())).collect();
    RuleFile { path: path.to_owned(), sha256: sha256.to_owned(), parts }
}

fn told(before: &[RuleFile], now: &[RuleFile]) -> Vec<String> {
    changes(before, now).iter().map(|c| format!("{}: {}", c.path, c.change)).collect()
}

#[test]
fn changes_say_file_and_what() {
    let before = [
        file("a.yaml", "1", &[("x", "1"), ("y", "1"), ("z", "1")]),
        file("b.csv", "1", &[]),
        file("c.csv", "1", &[]),
        file("d.yaml", "1", &[("x", "1")]),
    ];
    let now = [
        file("a.yaml", "2", &[("x", "2"), ("y", "1"), ("new", "1")]),
        file("b.csv", "2", &[]),
        file("d.yaml", "2", &[("x", "1")]),
        file("e.csv", "1", &[]),
    ];
    assert_eq!(
        told(&before, &now),
        ["a.yaml: changed: x; new: new; gone: z", "b.csv: changed", "c.csv: the file is gone", "e.csv: a new file"]
    );
    assert_eq!(told(&before, &before), Vec::<String>::new());
}

proptest! {
    #[test]
    fn a_file_that_says_something_else_is_always_told(
        parts in proptest::collection::btree_map("[a-c]", "[0-2]", 0..4),
        others in proptest::collection::btree_map("[a-c]", "[0-2]", 0..4),
    ) {
        let one = RuleFile { path: "a.yaml".into(), sha256: format!("{parts:?}"), parts: parts.clone() };
        let other = RuleFile { path: "a.yaml".into(), sha256: format!("{others:?}"), parts: others.clone() };
        prop_assert_eq!(changes(std::slice::from_ref(&one), std::slice::from_ref(&other)).is_empty(), parts == others);
        prop_assert!(changes(std::slice::from_ref(&one), std::slice::from_ref(&one)).is_empty());
    }
}
