//! Published configuration of real hospitals, in two versions, with counts made by others: what gonogo finds in the original
//! files, and in flat tables of them, is what is there.
//!
//! The data lies beside the repository and is not part of it. Definitions and checks are in `tests/real_data`: each check's
//! title is the name of a table in the data's `EXPECTED.json`; checks of one title add up.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support;

/// What both sides of a table hold, by plain alignment of keys.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    training: u64,
    production: u64,
    only_training: u64,
    only_production: u64,
    changed: u64,
    same: u64,
}

/// The table that is a pair of values, and stands in the original files only.
const SETTING: &str = "disposition file setting";

/// The folder of a pair; `None` when it is absent and need not be here.
fn pair_folder(pair: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(pair);
    if folder.join("EXPECTED.json").is_file() {
        return Some(folder);
    }
    eprintln!("NOT TESTED: comparison of real configuration, pair {pair}: the folder {} is absent", folder.display());
    #[expect(clippy::disallowed_methods, reason = "tells a test run that must look at everything from one at somebody's desk")]
    let must = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!must, "with CI=true the data must be there: {}", folder.display());
    None
}

/// Writes the project of one pair and one form of its data.
fn project(pair: &str, form: &str, folder: &Path) -> tempfile::TempDir {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/real_data");
    let read = |file: &str| std::fs::read_to_string(templates.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    let dir = tempfile::tempdir().expect("a temporary folder");
    let write = |file: &str, text: String| {
        let path = dir.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    };
    write("gonogo.yaml", read("gonogo.yaml").replace("{{title}}", &format!("{pair}, {form}")));
    for side in ["training", "production"] {
        let files = if form == "flat" { folder.join("flat").join(side) } else { folder.join(side) };
        let files = files.canonicalize().expect("the data").display().to_string().replace('\\', "/");
        let text = read("environment.yaml").replace("{{side}}", side).replace("{{system}}", form).replace("{{files}}", &files);
        write(&format!("environments/{side}.yaml"), text);
    }
    write(&format!("environments/systems/{form}.yaml"), read(&format!("{pair}/{form}/system.yaml")));
    write("checks/parity.yaml", read(&format!("{pair}/{form}/checks.yaml")));
    dir
}

/// Runs the checks and gives those of the report, each answered.
fn answers(pair: &str, form: &str, folder: &Path, more: &[&str]) -> Vec<Value> {
    let project = project(pair, form, folder);
    let mut arguments = vec!["check", "--format", "json"];
    arguments.extend(more);
    let ran = support::run(project.path(), &arguments);
    assert_eq!(ran.code, 1, "{ran}");
    let checks = ran.json()["checks"].as_array().expect("checks").clone();
    for check in &checks {
        assert_eq!(check["cannot_tell"].as_array().map(Vec::len), Some(0), "{check:#}");
    }
    checks
}

fn findings(check: &Value) -> &[Value] {
    check["findings"].as_array().expect("findings")
}

/// The key of a finding's record: its parts with `|` between them.
fn key(finding: &Value) -> String {
    let parts: Vec<&str> = finding["key"].as_array().expect("a key").iter().map(|p| p["value"].as_str().expect("text")).collect();
    parts.join("|")
}

/// Distinct records by kind of finding.
fn records(check: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut out: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in findings(check) {
        out.entry(finding["kind"].as_str().expect("a kind").to_owned()).or_default().insert(key(finding));
    }
    out
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("a number: {value}"))
}

/// Compares the report of a form of a pair with every table of `EXPECTED.json`.
fn counts_are_as_expected(pair: &str, form: &str) {
    let Some(folder) = pair_folder(pair) else { return };
    let expected: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.join("EXPECTED.json")).expect("EXPECTED.json")).expect("JSON");
    let checks = answers(pair, form, &folder, &[]);
    let mut wrong = Vec::new();
    for (table, numbers) in expected.as_object().expect("tables") {
        let of_table: Vec<&Value> = checks.iter().filter(|c| c["title"] == table.as_str()).collect();
        if table == SETTING {
            if form == "original" {
                let [setting] = of_table[..] else { panic!("one check of {table}") };
                let [finding] = findings(setting) else { panic!("{setting:#}") };
                assert_eq!(finding["kind"], "changed");
                assert_eq!(finding["expected"]["text"], numbers["training"]);
                assert_eq!(finding["found"]["text"], numbers["production"]);
            }
            continue;
        }
        assert!(!of_table.is_empty(), "no check is called {table}");
        let mut found = Counts::default();
        let mut by_kind: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for check in of_table {
            let ledger = &check["ledger"];
            let kinds = records(check);
            let count = |kind: &str| kinds.get(kind).map_or(0, |keys| keys.len() as u64);
            for read in ledger["read"].as_array().expect("what was read") {
                match read["environment"].as_str() {
                    Some("training") => found.training += number(&read["rows"]),
                    Some("production") => found.production += number(&read["rows"]),
                    other => panic!("an environment: {other:?}"),
                }
            }
            found.only_training += count("missing");
            found.only_production += count("extra");
            found.changed += count("changed");
            found.same += number(&ledger["matched"]) - count("changed");
            for (kind, keys) in kinds {
                by_kind.entry(kind).or_default().extend(keys);
            }
        }
        let wanted = Counts {
            training: number(&numbers["training"]),
            production: number(&numbers["production"]),
            only_training: number(&numbers["only_training"]),
            only_production: number(&numbers["only_production"]),
            changed: number(&numbers["changed"]),
            same: number(&numbers["same"]),
        };
        if found != wanted {
            wrong.push(format!("{table}\n  expected {wanted:?}\n  found    {found:?}"));
        }
        for (kind, examples) in [("missing", "only_training"), ("extra", "only_production"), ("changed", "changed")] {
            for example in numbers["examples"][examples].as_array().expect("examples") {
                let example = example.as_str().expect("a key").replace(" | ", "|");
                if !by_kind.get(kind).is_some_and(|keys| keys.contains(&example)) {
                    wrong.push(format!("{table}: `{example}` is not found as {kind}"));
                }
            }
        }
        for kind in by_kind.keys().filter(|kind| !["missing", "extra", "changed"].contains(&kind.as_str())) {
            wrong.push(format!("{table}: findings of the kind {kind}"));
        }
    }
    assert!(wrong.is_empty(), "{pair}, {form}:\n{}", wrong.join("\n"));
}

#[test]
fn test_and_production_of_one_hospital_in_original_files() {
    counts_are_as_expected("pihsl-kgh-test-vs-prod", "original");
}

#[test]
fn test_and_production_of_one_hospital_in_flat_tables() {
    counts_are_as_expected("pihsl-kgh-test-vs-prod", "flat");
}

#[test]
fn a_training_instance_17_releases_behind_in_original_files() {
    counts_are_as_expected("pihsl-releases", "original");
}

#[test]
fn a_training_instance_17_releases_behind_in_flat_tables() {
    counts_are_as_expected("pihsl-releases", "flat");
}

#[test]
fn fhir_definitions_two_years_apart_in_original_files() {
    counts_are_as_expected("ukcore", "original");
}

#[test]
fn fhir_definitions_two_years_apart_in_flat_tables() {
    counts_are_as_expected("ukcore", "flat");
}

/// The columns that only the newer release has.
fn is_added(field: &str) -> bool {
    field.starts_with("ingredient_") || field == "retired" || field == "void_retire"
}

/// 41 drugs have another name and the same identifier; nothing that changed hides behind the new columns.
fn renamed_drugs(form: &str) {
    let Some(folder) = pair_folder("pihsl-releases") else { return };
    let checks = answers("pihsl-releases", form, &folder, &["--only", "drugs-renamed"]);
    let check = checks.iter().find(|c| c["id"] == "drugs-renamed").expect("the check");
    let kinds = records(check);
    let count = |kind: &str| kinds.get(kind).map_or(0, BTreeSet::len);
    assert_eq!((count("missing"), count("extra"), count("renamed"), count("changed")), (0, 55, 41, 357));
    assert_eq!(kinds.len(), 3, "{:?}", kinds.keys());

    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for finding in findings(check).iter().filter(|f| f["kind"] == "changed") {
        fields.entry(key(finding)).or_default().insert(finding["field"].as_str().expect("a field").to_owned());
    }
    let with = |added: bool, old: bool| {
        let is = |set: &BTreeSet<String>| set.iter().any(|f| is_added(f)) == added && set.iter().any(|f| !is_added(f)) == old;
        fields.values().filter(|set| is(set)).count()
    };
    assert_eq!((with(true, false), with(false, true), with(true, true)), (29, 4, 324));
    let dosage_form = |field: &str| field.ends_with("dosage_form");
    assert_eq!(fields.values().filter(|set| set.iter().any(|f| dosage_form(f))).count(), 328);

    if form == "flat" {
        // Both flat tables have all columns: none was added.
        return;
    }
    // One cause for all added columns, another for the dosage form; no group mixes them.
    let groups = check["groups"].as_array().expect("groups");
    let records_of = |belongs: &dyn Fn(&str) -> bool| -> Vec<u64> {
        let belongs = |finding: &&Value| finding["kind"] == "changed" && finding["field"].as_str().is_some_and(belongs);
        let causes: BTreeSet<u64> = findings(check).iter().filter(belongs).map(|f| number(&f["group"])).collect();
        let strangers = findings(check).iter().filter(|f| f["group"].as_u64().is_some_and(|g| causes.contains(&g)) && !belongs(f)).count();
        assert_eq!(strangers, 0, "a cause holds what has another cause: {groups:#?}");
        causes.iter().map(|g| number(&groups[usize::try_from(*g).expect("an index")]["records"])).collect()
    };
    assert_eq!(records_of(&is_added), [353], "{groups:#?}");
    assert_eq!(records_of(&dosage_form), [328], "{groups:#?}");
}

#[test]
fn renamed_drugs_in_original_files() {
    renamed_drugs("original");
}

#[test]
fn renamed_drugs_in_flat_tables() {
    renamed_drugs("flat");
}
