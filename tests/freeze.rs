//! `gonogo freeze`, the check `frozen`, and `gonogo check --new-since`, on the example hospital.

use serde_json::Value;

use crate::example::repair_all;
use crate::support::{Example, Ran, repository};

const BASELINE: &str = "checks/baselines/sign-off.json";
const LETTERS: &str = "environments/extracts/production/letters.tsv";

/// The check of the README, in a file of its own.
fn frozen_check() -> String {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("README.md");
    let section = readme.split_once("## Freeze what was signed off").expect("the section").1;
    let block = section.split_once("```yaml\n").and_then(|(_, rest)| rest.split_once("```")).expect("a check").0;
    assert!(block.contains("frozen:"), "{block}");
    block.to_owned()
}

/// The repaired example, frozen as `sign-off`, with the check that says so.
fn frozen() -> Example {
    let example = Example::new();
    repair_all(&example);
    example.write("checks/frozen.yaml", frozen_check());
    let ran = example.run(&["freeze", "sign-off", "--by", "release manager"]);
    assert_eq!(ran.code, 0, "{ran}");
    example
}

fn check<'a>(report: &'a Value, id: &str) -> &'a Value {
    report["checks"].as_array().expect("checks").iter().find(|c| c["id"] == id).unwrap_or_else(|| panic!("no check {id}"))
}

/// Findings of a check, one line each: kind, severity, dataset, key, field, message.
fn lines(findings: &Value) -> Vec<String> {
    let word = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    let key = |f: &Value| f["key"].as_array().expect("a key").iter().map(|p| word(&p["value"])).collect::<Vec<_>>().join("|");
    let line = |f: &Value| {
        format!(
            "{} {} {}/{} {}: {}",
            word(&f["kind"]),
            word(&f["severity"]),
            word(&f["dataset"]),
            key(f),
            word(&f["field"]),
            word(&f["message"])
        )
    };
    findings.as_array().expect("findings").iter().map(line).collect()
}

fn moved(example: &Example) -> Vec<String> {
    let ran = example.run(&["check", "--format", "json"]);
    let report = ran.json();
    let found = check(&report, "build-frozen");
    assert_eq!(found["cannot_tell"], serde_json::json!([]), "{ran}");
    lines(&found["findings"])
}

#[test]
fn a_frozen_hospital_that_did_not_move_is_go() {
    let example = frozen();
    let ran = example.run(&["check", "--format", "json"]);
    assert_eq!((ran.code, &ran.json()["verdict"]), (0, &Value::from("GO")), "{ran}");
    let report = ran.json();
    let read = check(&report, "build-frozen")["ledger"]["read"].as_array().expect("what was read").len();
    let baseline: Value = serde_json::from_slice(&example.read(BASELINE)).expect("JSON");
    let environments = baseline["environments"].as_array().expect("environments");
    assert_eq!(environments.iter().map(|e| e["name"].as_str().expect("a name")).collect::<Vec<_>>(), ["production", "training"]);
    assert_eq!(read, environments[0]["datasets"].as_array().expect("datasets").len());
    assert!(report["digests"].as_array().expect("digests").iter().any(|d| d["path"] == BASELINE), "the run records by what it judged");
    let schema: Value = serde_json::from_str(&example.run(&["schema", "baseline"]).stdout).expect("a schema");
    assert!(jsonschema::is_valid(&schema, &baseline));
}

#[test]
fn one_record_that_moved_is_the_one_finding() {
    let example = frozen();
    example.replace(LETTERS, b"Reminder\t6\tY", b"Reminder\t7\tY");
    let found = moved(&example);
    assert_eq!(
        found,
        ["changed major letters/APPT-REM version: letter APPT-REM: version is '7' in production, '6' at the freeze sign-off"]
    );
    let screen = example.run(&["check", "-v"]).stdout;
    let screen = screen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(screen.contains("letters: version changed since the freeze sign-off (last the same 2026-10-05 03:10 UTC)"), "{screen}");

    // A snapshot of the day before is as good as the freeze's own: all are searched for the newest that is the same.
    std::fs::remove_dir_all(example.path().join(".gonogo")).expect("the snapshots");
    let found = moved(&example);
    assert_eq!(found.len(), 1);
    let schema: Value = serde_json::from_str(&example.run(&["schema", "report"]).stdout).expect("a schema");
    assert!(jsonschema::is_valid(&schema, &example.run(&["check", "--format", "json"]).json()));
    assert!(
        found[0].starts_with("moved major letters/ -: `letters` of production has moved since the freeze sign-off: 14 rows then and now"),
        "{found:?}"
    );
    assert!(found[0].contains("no stored snapshot shows when it was last the same"), "{found:?}");
    example.replace(LETTERS, b"Reminder\t7\tY", b"Reminder\t6\tY");
    assert_eq!(moved(&example), Vec::<String>::new());
}

#[test]
fn rules_that_moved_are_told_with_file_and_what() {
    let example = frozen();
    example.replace("gonogo.yaml", b"max_age: 3650d", b"max_age: 3651d");
    example.replace("checks/outpatients.yaml", b"fix: Allow the listed reasons for that use.", b"fix: Ask somebody.");
    example.replace("checks/places.yaml", b"version: 1", b"# A comment is no rule.\nversion: 1");
    let found = moved(&example);
    assert_eq!(
        found,
        [
            "moved major project files/checks/outpatients.yaml -: checks/outpatients.yaml, compared with the freeze sign-off: changed: reasons-match",
            "moved major project files/gonogo.yaml -: gonogo.yaml, compared with the freeze sign-off: changed: policy.max_age",
        ]
    );
}

#[test]
fn a_name_is_used_once() {
    let example = frozen();
    let before = example.read(BASELINE);
    let again = example.run(&["freeze", "sign-off"]);
    assert_eq!(again.code, 2, "{again}");
    assert!(again.stderr.contains("there is a freeze `sign-off` already") && again.stderr.contains("gonogo freeze sign-off-2"), "{again}");
    assert_eq!(example.read(BASELINE), before);
    // Windows takes capitals for the same name.
    std::fs::rename(example.path().join(BASELINE), example.path().join("checks/baselines/SIGN-OFF.json")).expect("a rename");
    assert_eq!(example.run(&["freeze", "sign-off"]).code, 2);
    for name in ["Sign-Off", "../x", "a b", "con", ""] {
        let ran = Example::new().run(&["freeze", name]);
        assert_eq!(ran.code, 2, "{name}: {ran}");
        assert!(ran.stderr.contains("cannot be the name of a freeze"), "{ran}");
    }
}

#[test]
fn what_cannot_be_read_is_not_frozen() {
    let example = Example::new();
    std::fs::remove_file(example.path().join(LETTERS)).expect("the letters");
    let ran = example.run(&["freeze", "sign-off"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stderr.contains("`letters` of production") && ran.stdout.is_empty(), "{ran}");
    let left = std::fs::read_dir(example.path().join("checks/baselines")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "nothing is half-written");
}

#[test]
fn two_freezes_of_the_same_say_the_same() {
    let example = Example::new();
    let mut frozen = Vec::new();
    for name in ["a", "b"] {
        let ran = example.run(&["freeze", name]);
        assert_eq!(ran.code, 0, "{ran}");
        assert!(ran.stdout.contains("known findings: ") && ran.stdout.contains("accepted by nobody"), "{ran}");
        let mut baseline: Value = serde_json::from_slice(&example.read(&format!("checks/baselines/{name}.json"))).expect("JSON");
        for environment in baseline["environments"].as_array_mut().expect("environments") {
            environment.as_object_mut().expect("an environment").remove("snapshot");
        }
        frozen.push(["environments", "rules", "findings"].map(|member| baseline[member].clone()));
    }
    assert_eq!(frozen[0], frozen[1]);
}

#[test]
fn a_damaged_baseline_is_a_mistake_at_its_place() {
    let example = frozen();
    let whole = example.read(BASELINE);
    for (what, bytes) in [
        ("this baseline is damaged: EOF", Vec::new()),
        ("EOF", whole[..whole.len() / 2].to_vec()),
        (
            "sign-off.json:3:1",
            String::from_utf8(whole.clone()).expect("UTF-8").replacen("  \"version\"", "<<<<<<< HEAD\n  \"version\"", 1).into_bytes(),
        ),
        ("does not have its seal", String::from_utf8(whole.clone()).expect("UTF-8").replacen("\"rows\": ", "\"rows\": 1", 1).into_bytes()),
    ] {
        example.write(BASELINE, bytes);
        for command in ["check", "lint"] {
            let ran = example.run(&[command]);
            assert_eq!(ran.code, 2, "{what}: {ran}");
            assert!(ran.stderr.contains(what) && ran.stderr.contains(BASELINE), "{what}: {ran}");
            assert!(ran.stderr.contains("1 mistake in 1 file"), "the check that names it has made no mistake: {ran}");
        }
    }
}

#[test]
fn a_check_may_name_a_freeze_that_is_being_made_and_no_other() {
    let example = Example::new();
    example.write("checks/frozen.yaml", frozen_check());
    let ran = example.run(&["check"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("there is no baseline `sign-off`") && ran.stderr.contains("`gonogo freeze sign-off` makes it"), "{ran}");
    let other = example.run(&["freeze", "sign-of"]);
    assert_eq!(other.code, 2, "{other}");
    assert_eq!(example.run(&["freeze", "sign-off"]).code, 0);
}

#[test]
fn a_freeze_alone_is_never_go_on_what_was_not_read() {
    let example = Example::new();
    repair_all(&example);
    for file in ["access", "build", "codes", "interfaces", "outpatients", "places", "records", "screens"] {
        std::fs::remove_file(example.path().join(format!("checks/{file}.yaml"))).expect("a check file");
    }
    let project = String::from_utf8(example.read("gonogo.yaml")).expect("UTF-8");
    let (before, _) = project.split_once("require:").expect("what is required");
    example.write("gonogo.yaml", format!("{before}require: {{criteria: none, reason: a freeze alone}}\n"));
    example.write("checks/frozen.yaml", frozen_check());
    assert_eq!(example.run(&["freeze", "sign-off"]).code, 0);
    assert_eq!(example.run(&["check"]).code, 0);
    let folder = "environments/extracts/production";
    let names = |folder: &str| -> Vec<String> {
        let items = std::fs::read_dir(example.path().join(folder)).expect("a folder").map(|e| e.expect("an entry").path());
        let mut files: Vec<String> =
            items.filter(|p| p.is_file()).map(|p| format!("{folder}/{}", p.file_name().expect("a name").to_string_lossy())).collect();
        files.sort();
        files
    };
    let files = names(folder);
    assert!(files.len() >= 15, "{files:?}");
    for file in files {
        let whole = example.read(&file);
        example.write(&file, &whole[..whole.len() / 2]);
        let ran = example.run(&["check"]);
        assert_ne!(ran.code, 0, "half of {file}\n{ran}");
        std::fs::remove_file(example.path().join(&file)).expect("the file");
        let ran = example.run(&["check"]);
        assert_ne!(ran.code, 0, "without {file}\n{ran}");
        example.write(&file, whole);
    }
    assert_eq!(example.run(&["check"]).code, 0, "and all is well again");
}

/// Findings of the example as it is, by severity.
fn known(example: &Example) -> Value {
    let known = example.run(&["check", "--format", "json"]).json()["counts"]["findings"].clone();
    assert!(known["blocker"].as_u64() > Some(100) && known["major"].as_u64() > Some(0), "{known}");
    known
}

fn new_since(example: &Example, more: &[&str]) -> Ran {
    let mut args = vec!["check", "--new-since", "first-look", "--format", "json"];
    args.extend(more);
    example.run(&args)
}

#[test]
fn only_what_is_new_counts_and_it_is_never_go() {
    let example = Example::new();
    let known = known(&example);
    assert_eq!(example.run(&["freeze", "first-look"]).code, 0);
    let ran = new_since(&example, &[]);
    assert_eq!((ran.code, &ran.json()["verdict"]), (3, &Value::from("PARTIAL")), "{ran}");
    let report = ran.json();
    assert_eq!(report["counts"]["findings"]["total"], 0);
    assert_eq!(report["new_since"]["baselined"], known, "counted by severity");
    assert_eq!(
        (&report["new_since"]["fixed"]["total"], &report["new_since"]["not_looked_for"]["total"]),
        (&Value::from(0), &Value::from(0))
    );
    let shown: usize = report["checks"].as_array().expect("checks").iter().map(|c| c["baselined"].as_array().expect("known").len()).sum();
    assert_eq!(Value::from(shown), known["total"], "what is known is shown");
    assert_eq!(new_since(&example, &["--partial-ok"]).code, 0);

    example.replace(LETTERS, b"Reminder\t6\tY", b"Reminder\t7\tY");
    let ran = new_since(&example, &["--partial-ok"]);
    let report = ran.json();
    assert_eq!((ran.code, &report["verdict"]), (1, &Value::from("NO-GO")), "{ran}");
    assert_eq!(report["counts"]["findings"]["total"], 1);
    assert_eq!(lines(&check(&report, "letters-match")["findings"]).len(), 1);
    let screen = example.run(&["check", "--new-since", "first-look"]).stdout;
    let first: Vec<&str> = screen.lines().take(14).collect();
    let first = first.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let told = format!("known then, still there and not blocking: {} blocker, {} major; fixed: nothing", known["blocker"], known["major"]);
    assert!(first.contains(&told), "{screen}");
    assert!(first.contains("new findings: 1 blocker"), "{screen}");
}

#[test]
fn what_is_repaired_is_fixed_and_what_is_not_asked_is_not() {
    let example = Example::new();
    let known = known(&example);
    assert_eq!(example.run(&["freeze", "first-look"]).code, 0);
    repair_all(&example);
    let ran = new_since(&example, &[]);
    let report = ran.json();
    assert_eq!((ran.code, &report["verdict"]), (3, &Value::from("PARTIAL")), "nothing is left, and it is no GO\n{ran}");
    assert_eq!((&report["new_since"]["fixed"], &report["new_since"]["baselined"]["total"]), (&known, &Value::from(0)));
    let narrowed = new_since(&example, &["--only", "letters-match"]).json();
    assert_eq!(narrowed["new_since"]["not_looked_for"], known);
    let ran = example.run(&["check", "--new-since", "first-lok"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("did you mean `first-look`?"), "{ran}");
}
