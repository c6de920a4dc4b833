//! The standard catalogue: a hospital in which everything is as it asks is GO; each failure, planted in the data, gives exactly
//! its findings; every check has such a failure.

mod hospital;
mod plantings;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::support::{Ran, run};
use gonogo::check::{CheckFile, standard};
use gonogo::document::Problems;
use hospital::Hospital;
use plantings::{PLANTINGS, Planting};

/// Runs the checks on a hospital.
fn judged(hospital: &Hospital) -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    hospital.write(folder.path());
    run(folder.path(), &["check", "--format", "json"])
}

/// `check kind key field` of every finding.
fn findings(ran: &Ran) -> BTreeSet<String> {
    let report = ran.json();
    let mut found = BTreeSet::new();
    for check in report["checks"].as_array().expect("checks") {
        for finding in check["findings"].as_array().expect("findings") {
            let parts: Vec<&str> = finding["key"].as_array().expect("a key").iter().map(|p| p["value"].as_str().expect("text")).collect();
            let key = if parts.is_empty() { "-".to_owned() } else { parts.join("|") };
            let word = |v: &Value| v.as_str().unwrap_or("-").to_owned();
            found.insert(format!("{} {} {key} {}", word(&check["id"]), word(&finding["kind"]), word(&finding["field"])));
        }
    }
    found
}

fn untold(ran: &Ran) -> Vec<String> {
    let report = ran.json();
    let checks = report["checks"].as_array().expect("checks").clone();
    checks
        .iter()
        .filter(|c| c["cannot_tell"].as_array().is_some_and(|r| !r.is_empty()))
        .map(|c| format!("{}: {}", c["id"], c["cannot_tell"]))
        .collect()
}

fn catalogue() -> Vec<CheckFile> {
    standard(&mut Problems::default())
}

/// A hospital on disk whose build was frozen after the last course.
fn frozen(hospital: &Hospital) -> tempfile::TempDir {
    frozen_after(hospital, |_| ())
}

/// The same, with files changed before: what changes after a freeze is found.
fn frozen_after(hospital: &Hospital, change: impl FnOnce(&Path)) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    hospital.write(folder.path());
    change(folder.path());
    let freeze = run(folder.path(), &["freeze", "last-course"]);
    assert_eq!(freeze.code, 0, "{freeze}");
    folder
}

#[test]
fn a_hospital_as_the_catalogue_asks_is_go() {
    let ran = run(frozen(&Hospital::sound()).path(), &["check", "--format", "json"]);
    assert_eq!(untold(&ran), Vec::<String>::new());
    assert_eq!(findings(&ran), BTreeSet::new());
    assert_eq!((ran.code, ran.json()["verdict"].as_str()), (0, Some("GO")), "{ran}");
    for required in ran.json()["required"].as_array().expect("criteria") {
        assert_eq!(required["answered"], true, "{required}");
    }
}

#[test]
fn what_changed_since_the_last_course_is_found() {
    let folder = frozen(&Hospital::sound());
    Hospital::sound().set(plantings::BOTH, "screens", &["@F1"], "version", "5").write(folder.path());
    let ran = run(folder.path(), &["check", "--format", "json"]);
    let found = findings(&ran);
    let of_the_freeze: Vec<&String> = found.iter().filter(|f| f.starts_with("standard-frozen-since-the-courses ")).collect();
    assert_eq!(of_the_freeze, found.iter().collect::<Vec<_>>(), "{ran}");
    assert!(!found.is_empty() && found.iter().all(|f| f.contains("outpatient-outcome")), "{found:?}");
}

/// What differs between what was planted and what was found; `None` when nothing does.
fn objection(planting: &Planting) -> Option<String> {
    // A freeze finds every change of production: it has a test of its own.
    let mut hospital = (planting.plant)(Hospital::sound());
    hospital.not_applicable.push("PAR-3");
    let ran = judged(&hospital);
    let expected: BTreeSet<String> = planting.findings.iter().map(|f| (*f).to_owned()).collect();
    let (found, untold) = (findings(&ran), untold(&ran));
    let report = ran.json();
    let asks: BTreeMap<&str, &str> =
        report["checks"].as_array().expect("checks").iter().filter_map(|c| Some((c["id"].as_str()?, c["criterion"].as_str()?))).collect();
    let first = planting.findings.first().and_then(|f| f.split(' ').next()).expect("a finding");
    let right = expected == found && untold.is_empty() && asks.get(first) == Some(&planting.criterion);
    (!right).then(|| {
        format!("{} {}\n  planted {expected:#?}\n  found {found:#?}\n  cannot tell {untold:#?}", planting.criterion, planting.what)
    })
}

#[test]
fn each_failure_planted_in_the_data_gives_exactly_its_findings() {
    let next = AtomicUsize::new(0);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let mut wrong = Vec::new();
                    while let Some(planting) = PLANTINGS.get(next.fetch_add(1, Ordering::Relaxed)) {
                        wrong.extend(objection(planting));
                    }
                    wrong
                })
            })
            .collect();
        workers.into_iter().flat_map(|w| w.join().expect("a worker")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_check_of_the_catalogue_has_a_failure_that_it_finds() {
    let planted: BTreeSet<&str> = PLANTINGS.iter().flat_map(|p| p.findings).filter_map(|f| f.split(' ').next()).collect();
    let files = catalogue();
    let own_test = ["standard-frozen-since-the-courses"];
    let ids = files.iter().flat_map(|f| &f.checks).map(|c| c.id.as_str());
    let missing: Vec<&str> = ids.filter(|id| !planted.contains(id) && !own_test.contains(id)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn what_a_system_does_not_offer_is_told_and_is_no_mistake() {
    let folder = frozen(&Hospital::sound());
    std::fs::remove_file(folder.path().join("checks/lists/clinics.csv")).expect("a list");
    let system = folder.path().join("environments/systems/hospital.yaml");
    let text = std::fs::read_to_string(&system).expect("a definition");
    let start = text.find("  lessons:\n").expect("lessons");
    let end = start + text[start..].find("  letters:\n").expect("letters");
    std::fs::write(&system, format!("{}{}", &text[..start], &text[end..])).expect("a definition");
    let ran = run(folder.path(), &["check", "--format", "json"]);
    let untold = untold(&ran);
    assert_eq!(untold.len(), 2, "{untold:#?}\n{}", ran.stderr);
    assert!(untold.iter().any(|u| u.contains("standard-lessons-have-checks") && u.contains("does not define it")), "{untold:#?}");
    assert!(untold.iter().any(|u| u.contains("standard-clinics-signed-off") && u.contains("checks/lists/clinics.csv")), "{untold:#?}");
    // What the freeze knew is gone too, and nothing else is found.
    assert!(findings(&ran).iter().all(|f| f.starts_with("standard-frozen-since-the-courses ")), "{ran}");
}

/// A project with one line of `gonogo.yaml` replaced.
fn with(find: &str, replace: &str) -> tempfile::TempDir {
    frozen_after(&Hospital::sound(), |folder| edit(folder, find, replace))
}

fn edit(folder: &Path, find: &str, replace: &str) {
    let path = folder.join("gonogo.yaml");
    let text = std::fs::read_to_string(&path).expect("a project");
    assert!(text.contains(find), "{text}");
    std::fs::write(path, text.replace(find, replace)).expect("a project");
}

#[test]
fn a_check_is_left_out_with_a_reason_that_every_report_tells() {
    let without = |check: &str| format!("catalogue: {{use: standard, without: [{{check: {check}, reason: no printers, approver: Jo}}]}}");
    let folder = with("catalogue: standard", &without("standard-devices-tested"));
    let ran = run(folder.path(), &["check", "--format", "json"]);
    let report = ran.json();
    assert_eq!(report["verdict"], "GO", "{ran}");
    assert!(!report["checks"].as_array().expect("checks").iter().any(|c| c["id"] == "standard-devices-tested"));
    let told = "the standard check standard-devices-tested is left out: no printers (agreed by Jo)";
    assert!(report["deviations"].as_array().expect("deviations").iter().any(|d| d == told), "{ran}");
    let folder = tempfile::tempdir().expect("a folder");
    Hospital::sound().write(folder.path());
    edit(folder.path(), "catalogue: standard", &without("standard-device-tested"));
    let wrong = run(folder.path(), &["lint"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean `standard-devices-tested`?"), "{wrong}");
}

#[test]
fn a_criterion_that_does_not_apply_takes_its_checks_along() {
    let folder = with("not_applicable: [", "not_applicable: [{id: DEV-1, reason: no printers, approver: Jo}");
    let ran = run(folder.path(), &["check", "--format", "json"]);
    assert_eq!(ran.json()["verdict"], "GO", "{ran}");
    assert!(!ran.json()["checks"].as_array().expect("checks").iter().any(|c| c["criterion"] == "DEV-1"));
}

#[test]
fn a_file_of_the_same_name_takes_the_place_of_a_built_in_one_and_is_told() {
    let folder = with("catalogue: standard", "catalogue: standard");
    let own = folder.path().join("checks/standard/screens.yaml");
    std::fs::create_dir_all(own.parent().expect("a folder")).expect("a folder");
    let text = std::fs::read_to_string(crate::support::repository().join("checks/standard/screens.yaml")).expect("a file of the catalogue");
    std::fs::write(&own, text.replace("    fix: Release the same version of the screen to production.\n", "    fix: Call us.\n"))
        .expect("a file");
    let ran = run(folder.path(), &["check", "--format", "json"]);
    let told = "checks/standard/screens.yaml takes the place of the built-in one: standard-screens-match is another";
    assert!(ran.json()["deviations"].as_array().expect("deviations").iter().any(|d| d == told), "{ran}");
    std::fs::write(&own, text).expect("a file");
    let same = run(folder.path(), &["check", "--format", "json"]);
    assert!(!same.stdout.contains("takes the place"), "{same}");
}

#[test]
fn an_unknown_hazard_is_shown_with_the_nearest() {
    let example = crate::support::Example::new();
    example.replace("checks/build.yaml", b"hazard: HZ-001", b"hazard: HZ-010");
    let ran = example.run(&["lint"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains("`HZ-010` is no hazard of checks/hazards.csv") && ran.stderr.contains("--> checks/build.yaml:13:13"),
        "{ran}"
    );
    assert!(ran.stderr.contains("did you mean `HZ-001`?"), "{ran}");
    std::fs::remove_file(example.path().join("checks/hazards.csv")).expect("a log");
    let none = example.run(&["lint"]);
    assert!(none.code == 2 && none.stderr.contains("there is no checks/hazards.csv"), "{none}");
}

#[test]
fn hazards_without_a_check_are_told() {
    let example = crate::support::Example::new();
    let lint = example.run(&["lint"]);
    assert!(lint.code == 0 && lint.stdout.contains("note: 1 hazard has no check as a control: HZ-071"), "{lint}");
    let report = example.run(&["check", "--format", "json"]).json();
    let hazards = report["hazards"].as_array().expect("hazards");
    let control = |id: &str| hazards.iter().find(|h| h["id"] == id).map(|h| h["control"].as_str().expect("a word").to_owned());
    assert_eq!(control("HZ-071").as_deref(), Some("not controlled by any check"));
    assert_eq!(control("HZ-012").as_deref(), Some("re-opened"));
    assert_eq!(control("HZ-041").as_deref(), Some("re-opened"));
    assert_eq!(control("HZ-052").as_deref(), Some("controlled"));
}
