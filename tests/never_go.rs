//! Never GO on what was not measured. The repaired example is GO; whatever is then taken away, it is not.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::{Example, copy};

const SIDES: [&str; 2] = ["training", "production"];
/// What no check reads itself: of whom and from when the clerk's extract is.
const READ_BY_NO_CHECK: [&str; 1] = ["build@booking_clerk"];

/// The example with every planted fault repaired: the one project that is GO.
fn repaired() -> Example {
    let example = Example::new();
    crate::example::repair_all(&example);
    example
}

/// Source files of each dataset that the checks read, by side, from the manifest of a snapshot.
fn sources(example: &Example) -> BTreeMap<(String, String), Vec<String>> {
    let mut found = BTreeMap::new();
    assert_eq!(example.run(&["snapshot", "-q"]).code, 0);
    for side in SIDES {
        let manifest = example.run(&["show", side, "--format", "json"]).json();
        for dataset in manifest["datasets"].as_array().expect("datasets") {
            let name = dataset["name"].as_str().expect("a name").to_owned();
            let origin = match name.split_once('@') {
                None => &manifest["origin"],
                Some((_, login)) => {
                    let logins = manifest["logins"].as_array().expect("logins");
                    &logins.iter().find(|l| l["name"] == login).expect("the login")["origin"]
                }
            };
            let origin = origin.as_str().expect("a folder");
            let files = dataset["sources"].as_array().expect("sources").iter();
            let files = files.map(|s| format!("{origin}/{}", s["path"].as_str().expect("a path"))).collect();
            found.insert((side.to_owned(), name), files);
        }
    }
    assert!(found.len() >= 20, "{found:?}");
    assert!(found.contains_key(&("production".to_owned(), "clinics@booking_clerk".to_owned())), "{found:?}");
    found
}

/// Breaks a copy and expects that no verdict is GO and nothing panics.
fn never_go(what: &str, break_it: impl FnOnce(&Example)) {
    let example = repaired();
    break_it(&example);
    let ran = example.run(&["check"]);
    assert!(matches!(ran.code, 1..=3), "{what}: exit {}\n{ran}", ran.code);
    assert!(!ran.stdout.lines().any(|l| l.trim_start().starts_with("GO ")), "{what}\n{ran}");
    assert!(!ran.stderr.contains("panicked"), "{what}\n{ran}");
}

/// Breaks the data of these sides and datasets in a copy: no verdict is GO, and no check that reads them passes, whatever
/// the other checks say. A check reads what its ledger names when nothing is broken.
fn nothing_passes(what: &str, intact: &Value, broken: &[(&str, &str)], break_it: impl FnOnce(&Example)) {
    let example = repaired();
    break_it(&example);
    let ran = example.run(&["check", "--format", "json"]);
    assert!(matches!(ran.code, 1 | 3), "{what}: exit {}\n{}", ran.code, ran.stderr);
    let report = ran.json();
    assert_ne!(report["verdict"], "GO", "{what}");
    let list = |value: &Value| value.as_array().expect("a list").clone();
    let after = list(&report["checks"]);
    let mut readers = 0;
    for before in list(&intact["checks"]) {
        let same = |after: &&Value| (&after["id"], &after["site"]) == (&before["id"], &before["site"]);
        let after = after.iter().find(same).unwrap_or_else(|| panic!("{what}: {} is not told", before["id"]));
        let reads = |read: &Value| broken.iter().any(|(side, dataset)| read["environment"] == *side && read["dataset"] == *dataset);
        if list(&before["ledger"]["read"]).iter().any(reads) {
            readers += 1;
            assert_ne!(after["status"], "pass", "{what}: {} of {}", after["id"], after["kind"]);
        }
    }
    assert!(readers > 0 || broken.iter().all(|(_, dataset)| READ_BY_NO_CHECK.contains(dataset)), "{what}: no check reads it");
}

/// Each dataset's files, on one side and on both.
fn for_every_dataset(what: &str, mut change: impl FnMut(&Example, &str)) {
    let example = repaired();
    let sources = sources(&example);
    let intact = example.run(&["check", "--format", "json"]).json();
    let datasets: BTreeSet<&String> = sources.keys().map(|(_, d)| d).collect();
    for dataset in datasets {
        let read = |side: &&str| sources.contains_key(&((*side).to_owned(), dataset.clone()));
        let (training, production, both) = (vec!["training"], vec!["production"], SIDES.to_vec());
        // A side whose dataset no check reads has nothing to lose.
        for sides in [training, production, both].into_iter().filter(|sides| sides.iter().all(read)) {
            let broken: Vec<(&str, &str)> = sides.iter().map(|side| (*side, dataset.as_str())).collect();
            nothing_passes(&format!("{what}: {dataset} of {}", sides.join(" and ")), &intact, &broken, |example| {
                for side in &sides {
                    for file in sources.get(&((*side).to_owned(), dataset.clone())).into_iter().flatten() {
                        change(example, file);
                    }
                }
            });
        }
    }
}

fn text_of(example: &Example, file: &str) -> String {
    // One byte per character, so that every encoding survives the round trip.
    example.read(file).into_iter().map(char::from).collect()
}

fn put(example: &Example, file: &str, text: &str) {
    example.write(file, text.chars().map(|c| u32::from(c) as u8).collect::<Vec<u8>>());
}

#[test]
fn the_starting_point_is_go() {
    let ran = repaired().run(&["check"]);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn dropped_files() {
    for_every_dataset("dropped", |example, file| {
        // Several datasets may share a file.
        let _ = std::fs::remove_file(example.path().join(file));
    });
}

#[test]
fn empty_files() {
    for_every_dataset("empty file", |example, file| example.write(file, b""));
}

#[test]
fn emptied_data() {
    for_every_dataset("no rows", |example, file| {
        let text = text_of(example, file);
        let emptied = match file.rsplit('.').next() {
            Some("csv") => text.lines().next().map(|l| format!("{l}\n")).unwrap_or_default(),
            Some("json") if text.trim_start().starts_with('[') => "[]\n".to_owned(),
            Some("json" | "yaml") => "{}\n".to_owned(),
            Some("xml") => "<htmlform/>\n".to_owned(),
            _ => String::new(),
        };
        put(example, file, &emptied);
    });
}

#[test]
fn truncated_files() {
    for_every_dataset("truncated", |example, file| {
        let bytes = example.read(file);
        example.write(file, &bytes[..bytes.len() / 2]);
    });
}

#[test]
fn a_tail_cut_at_a_line_end() {
    for_every_dataset("tail cut at a line end", |example, file| {
        let bytes = example.read(file);
        let cut = bytes[..bytes.len() * 2 / 3].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        example.write(file, &bytes[..cut]);
    });
}

/// Writes another moment where a build file says when it was extracted.
fn extracted_at(example: &Example, file: &str, moment: &str) {
    let text = text_of(example, file);
    let start = text.find("\"extractedAt\"").expect("the build says when it was extracted");
    let value = start + text[start..].find(':').expect("a value");
    let open = value + text[value..].find('"').expect("a quote");
    let close = open + 1 + text[open + 1..].find('"').expect("a quote");
    put(example, file, &format!("{}\"{moment}{}", &text[..open], &text[close..]));
}

#[test]
fn old_data_and_data_of_unknown_age() {
    for sides in [vec!["training"], vec!["production"], SIDES.to_vec()] {
        for (what, moment) in [("aged", "1999-01-01T00:00:00Z"), ("from the future", "2199-01-01T00:00:00Z"), ("without an age", "soon")] {
            never_go(&format!("{what}: {}", sides.join(" and ")), |example| {
                for side in &sides {
                    extracted_at(example, &format!("environments/extracts/{side}/build.json"), moment);
                }
            });
        }
    }
}

const CLERK: &str = "environments/extracts/production-as_clerk";
const OWN: &str = "environments/extracts/production";

/// As [`never_go`], and the check of what clerks see is the one that says so, while what the administrator sees stays answered.
fn clerk_never_go(what: &str, break_it: impl FnOnce(&Example)) {
    let example = repaired();
    break_it(&example);
    let ran = example.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 3, "{what}\n{ran}");
    let report = ran.json();
    assert_eq!(report["verdict"], "CANNOT TELL", "{what}");
    for check in report["checks"].as_array().expect("checks") {
        let told = check["cannot_tell"].as_array().expect("reasons").is_empty();
        assert_eq!(told, check["id"] != "clinics-visible-to-clerks", "{what}: {check}");
    }
}

#[test]
fn what_a_login_sees_is_doubted_like_the_rest() {
    let build = format!("{CLERK}/build.json");
    // Within the age that the policy allows, and longer before the administrator's extract than the skew allows.
    for moment in ["1999-01-01T00:00:00Z", "2199-01-01T00:00:00Z", "soon", "2026-10-04T03:10:00Z"] {
        clerk_never_go(&format!("the clerk's extract of {moment}"), |example| extracted_at(example, &build, moment));
    }
    for (what, old, new) in [
        ("another instance", "PROD", "TRAIN"),
        ("the administrator's login", "booking_clerk", "configuration_admin"),
        ("nobody's login", "extractedBy", "by"),
        ("no instance", "domain", "dom"),
    ] {
        clerk_never_go(&format!("the clerk's extract says {what}"), |example| example.replace(&build, old.as_bytes(), new.as_bytes()));
    }
    clerk_never_go("the administrator's extract was the clerk's", |example| {
        example.replace(&format!("{OWN}/build.json"), b"configuration_admin", b"booking_clerk");
    });
}

#[test]
fn a_login_that_did_not_look_for_itself() {
    let clinics = |folder: &str| format!("{folder}/clinics.csv");
    clerk_never_go("the administrator's clinics for the clerk's", |example| {
        let own = example.read(&clinics(OWN));
        example.write(&clinics(CLERK), own);
    });
    clerk_never_go("the clerk's clinics for the administrator's", |example| {
        let seen = example.read(&clinics(CLERK));
        example.write(&clinics(OWN), seen);
    });
    clerk_never_go("the clerk's files swapped with the administrator's", |example| {
        for file in ["clinics.csv", "build.json"] {
            let (own, seen) = (example.read(&format!("{OWN}/{file}")), example.read(&format!("{CLERK}/{file}")));
            example.write(&format!("{OWN}/{file}"), seen);
            example.write(&format!("{CLERK}/{file}"), own);
        }
    });
    never_go("the clerk's folder is the administrator's", |example| {
        let file = "environments/production.yaml";
        example.replace(file, b"extracts/production-as_clerk", b"extracts/production");
        assert!(example.run(&["lint"]).stderr.contains("environments/production.yaml:12:12"), "{}", example.run(&["lint"]));
    });
    clerk_never_go("no control file of its own", |example| {
        std::fs::remove_file(example.path().join(CLERK).join("control.csv")).expect("a removal");
    });
    clerk_never_go("the administrator's control file, a row more than the clerk sees", |example| {
        let text = text_of(example, &clinics(CLERK));
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        put(example, &clinics(CLERK), &lines[..lines.len() - 1].concat());
        let control = example.read(&format!("{OWN}/control.csv"));
        example.write(&format!("{CLERK}/control.csv"), control);
    });
}

#[test]
fn swapped_sides() {
    never_go("swapped", |example| {
        let extracts = example.path().join("environments/extracts");
        std::fs::rename(extracts.join("training"), extracts.join("other")).expect("a rename");
        std::fs::rename(extracts.join("production"), extracts.join("training")).expect("a rename");
        std::fs::rename(extracts.join("other"), extracts.join("production")).expect("a rename");
    });
}

#[test]
fn one_side_twice() {
    for (from, to) in [("training", "production"), ("production", "training")] {
        never_go(&format!("{from} on both sides"), |example| {
            let extracts = example.path().join("environments/extracts");
            std::fs::remove_dir_all(extracts.join(to)).expect("a folder");
            copy(&extracts.join(from), &extracts.join(to));
        });
    }
}

/// Headings that may go: ignored with a reason, changing by themselves, or in no column.
const NOT_COMPARED: [&str; 4] = ["Comments", "Directions", "Last Updated", "Reason ID"];

#[test]
fn dropped_columns() {
    // Every heading of every CSV file, one after the other, on one side: a heading nobody reads may go unnoticed, so only headings of the definition count.
    let definition = String::from_utf8(repaired().read("environments/systems/riverside_extract.yaml")).expect("UTF-8");
    let example = repaired();
    let files: BTreeSet<String> = sources(&example).into_values().flatten().filter(|f| f.ends_with(".csv")).collect();
    let mut tried = 0;
    for file in files {
        let text = text_of(&example, &file);
        let first = text.lines().next().unwrap_or_default().trim_start_matches("\u{ef}\u{bb}\u{bf}").to_owned();
        let delimiter = if first.contains(';') { ';' } else { ',' };
        let counts = |h: &&str| definition.contains(*h) && !NOT_COMPARED.contains(h);
        let headings: Vec<&str> = first.split(delimiter).map(|h| h.trim_matches('"')).collect();
        for (at, heading) in headings.iter().enumerate().filter(|(_, h)| counts(h)) {
            tried += 1;
            never_go(&format!("{file} without {heading}"), |example| {
                let text = text_of(example, &file);
                let (head, rest) = text.split_once('\n').expect("headings");
                let mut cells: Vec<String> = head.split(delimiter).map(str::to_owned).collect();
                cells[at] = "Something else".to_owned();
                put(example, &file, &format!("{}\n{rest}", cells.join(&delimiter.to_string())));
            });
        }
    }
    assert!(tried >= 30, "only {tried} headings were dropped");
}

#[test]
fn a_narrower_account_on_both_sides() {
    // Every CSV dataset with a row count in control.csv loses its last third on both sides, and the control file agrees: only the anchor can tell.
    let example = repaired();
    for ((side, dataset), files) in sources(&example) {
        if side != "training" || !files.iter().all(|f| f.ends_with(".csv")) || files.len() != 1 {
            continue;
        }
        let name = files[0].rsplit('/').next().expect("a file name").to_owned();
        never_go(&format!("narrowed on both sides: {dataset}"), |example| {
            for side in SIDES {
                let file = format!("environments/extracts/{side}/{name}");
                let text = text_of(example, &file);
                let lines: Vec<&str> = text.split_inclusive('\n').collect();
                let keep = 1 + (lines.len() - 1) * 2 / 3;
                put(example, &file, &lines[..keep].concat());
                let control = format!("environments/extracts/{side}/control.csv");
                let narrowed: String = text_of(example, &control)
                    .lines()
                    .map(|l| match l.split_once(',') {
                        Some((d, rest)) if d == dataset => format!("{d},{},{}\n", keep - 1, rest.split_once(',').expect("more columns").1),
                        _ => format!("{l}\n"),
                    })
                    .collect();
                put(example, &control, &narrowed);
            }
        });
    }
}

#[test]
fn a_narrowed_run_is_never_go() {
    let example = repaired();
    let area = example.run(&["check", "--format", "json"]).json()["checks"][0]["area"].as_str().expect("an area").to_owned();
    let ran = example.run(&["check", "--tag", &area]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.contains("PARTIAL"), "{ran}");
    assert_eq!(example.run(&["check", "--tag", &area, "--partial-ok"]).code, 0);
}

#[test]
fn a_replay_is_never_go() {
    let ran = repaired().run(&["check", "--as-of", "2026-10-06T08:00:00Z"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.contains("PARTIAL"), "{ran}");
}

#[test]
fn a_report_that_cannot_be_written_is_not_go() {
    let ran = repaired().run(&["check", "--output", "json=no/such/folder/result.json"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.contains("GO"), "the verdict is shown all the same\n{ran}");
}

#[test]
fn a_live_system_that_does_not_answer() {
    never_go("nobody answers", |example| {
        let production = text_of(example, "environments/production.yaml");
        // The port that discards everything: nobody listens there.
        put(example, "environments/production.yaml", &format!("{production}url: http://localhost:9\n"));
        let check = "version: 1\narea: portal\nowner: portal team\nchecks:\n  - id: portal\n    probe: {in: production, get: metadata, samples: 3}\n";
        example.write("checks/portal.yaml", check);
    });
}
