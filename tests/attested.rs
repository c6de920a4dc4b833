//! What people sign: the check on the example hospital, and `gonogo attest`.

use serde_json::Value;

use crate::example::repair_all;
use crate::support::{Example, Ran};

const FILE: &str = "checks/attestations/failover-rehearsed.yaml";
const REPORT: &str = "checks/attestations/documents/failover-rehearsal.txt";
const CHECK: &str = "checks/resilience.yaml";

/// The example without any fault.
fn sound() -> Example {
    let example = Example::new();
    repair_all(&example);
    example
}

/// The result of the one attested check.
fn of_check(ran: &Ran) -> Value {
    let report = ran.json();
    report["checks"].as_array().expect("checks").iter().find(|c| c["id"] == "failover-rehearsed").expect("the check").clone()
}

/// Kinds of what the check finds.
fn kinds(check: &Value) -> Vec<String> {
    check["findings"].as_array().expect("findings").iter().map(|f| f["kind"].as_str().expect("a kind").to_owned()).collect()
}

fn lines(example: &Example, file: &str, keep: impl Fn(&str) -> bool) {
    let text = String::from_utf8(example.read(file)).expect("UTF-8");
    example.write(file, text.lines().filter(|l| keep(l)).map(|l| format!("{l}\n")).collect::<String>());
}

/// Signs with everything that is needed, and more.
fn sign(example: &Example, more: &[&str]) -> Ran {
    let mut args = vec!["attest", "failover-rehearsed", "--person", "Sam Sample", "--role", "technical lead", "--document", REPORT];
    args.extend(more);
    example.run(&args)
}

const MEASURED: [&str; 4] = ["--measured", "rto_minutes=42", "--measured", "data_loss_minutes=4"];

#[test]
fn what_is_signed_goes_and_every_report_says_by_whom() {
    let example = sound();
    let ran = example.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran}");
    let check = of_check(&ran);
    let signed = &check["ledger"]["signed"][0];
    assert_eq!(signed["person"], "Robin Example");
    assert_eq!(signed["role"], "technical lead");
    assert_eq!(signed["date"], "2026-10-02T16:30:00Z");
    assert_eq!(signed["build"], "2026.3");
    let report = ran.json();
    let digests: Vec<&str> = report["digests"].as_array().expect("digests").iter().filter_map(|d| d["path"].as_str()).collect();
    assert!(digests.contains(&FILE) && digests.contains(&REPORT), "{digests:?}");
    assert_eq!(
        report["digests"].as_array().expect("digests").iter().find(|d| d["path"] == REPORT).expect("the document")["sha256"],
        signed["document"]
    );
    let screen = example.run(&["check", "-v"]);
    let text = screen.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("failover-rehearsed: signed by Robin Example (technical lead) on 2026-10-02, valid until"), "{screen}");
}

#[test]
fn each_fault_alone_is_no_go_with_its_own_finding() {
    type Plant = fn(&Example);
    let plants: [(&str, Plant); 10] = [
        ("unsigned", |e| std::fs::remove_file(e.path().join(FILE)).expect("the file")),
        ("expired", |e| e.replace(CHECK, b"valid: 3650d", b"valid: 1d")),
        ("other_statement", |e| e.replace(FILE, b"was exercised", b"was discussed")),
        ("other_role", |e| e.replace(FILE, b"role: technical lead", b"role: tester")),
        ("other_build", |e| e.replace(FILE, b"\"2026.3\"", b"\"2026.2\"")),
        ("out_of_limits", |e| e.replace(FILE, b"rto_minutes: 42", b"rto_minutes: 61")),
        ("unmeasured", |e| e.replace(FILE, b"rto_minutes: 42, ", b"")),
        ("no_document", |e| lines(e, FILE, |l| !["document:", "path:", "sha256:"].iter().any(|w| l.trim().starts_with(w)))),
        ("document_missing", |e| std::fs::remove_file(e.path().join(REPORT)).expect("the document")),
        ("document_changed", |e| e.replace(REPORT, b"three desks", b"four desks")),
    ];
    for (kind, plant) in plants {
        let example = sound();
        plant(&example);
        let ran = example.run(&["check", "--format", "json"]);
        assert_eq!(ran.code, 1, "{kind}: {ran}");
        assert_eq!(kinds(&of_check(&ran)), [kind], "{ran}");
        assert_eq!(ran.json()["counts"]["findings"]["total"], 1, "{kind}: {ran}");
    }
}

#[test]
fn another_build_of_production_ends_the_signature() {
    let example = sound();
    example.replace(
        "environments/extracts/production/build.json",
        b"\"name\": \"core\", \"version\": \"2026.3\"",
        b"\"name\": \"core\", \"version\": \"2026.4\"",
    );
    let check = of_check(&example.run(&["check", "--format", "json"]));
    assert_eq!(kinds(&check), ["other_build"]);
    assert_eq!(check["findings"][0]["expected"]["text"], "2026.4");
    assert_eq!(check["findings"][0]["found"]["text"], "2026.3");
}

#[test]
fn a_signature_from_the_future_makes_nothing_certain() {
    let example = sound();
    example.replace(FILE, b"2026-10-02T16:30:00Z", b"2199-10-02T16:30:00Z");
    let ran = example.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert_eq!(ran.json()["verdict"], "CANNOT TELL");
    let told = of_check(&ran)["cannot_tell"].to_string();
    assert!(told.contains("the clock is wrong"), "{told}");
    assert_eq!(ran.json()["counts"]["checks"]["passed"], 0, "a clock that is wrong makes every check doubtful\n{ran}");
}

#[test]
fn the_moment_judged_is_the_later_of_now_and_the_go_live() {
    let example = sound();
    example.replace(FILE, b"    document:", b"    expires: 2027-02-24T06:00:00Z\n    document:");
    for (as_of, kinds_found) in [("2026-10-06T08:00:00Z", 0), ("2027-02-24T06:00:00Z", 0), ("2027-02-24T06:00:01Z", 1)] {
        let check = of_check(&example.run(&["check", "--format", "json", "--as-of", as_of]));
        assert_eq!(kinds(&check).len(), kinds_found, "{as_of}: {check}");
    }
}

#[test]
fn files_of_attestations_are_linted_at_their_place() {
    for (find, replace, words) in [
        ("check: failover-rehearsed", "check: failover-rehearsd", "in failover-rehearsd.yaml"),
        ("rto_minutes: 42", "rto_minute: 42", "did you mean `rto_minutes`?"),
        ("person:", "persn:", "did you mean `person`?"),
        ("documents/failover-rehearsal.txt", "../../../report.txt", "a document lies inside the project"),
    ] {
        let example = Example::new();
        example.replace(FILE, find.as_bytes(), replace.as_bytes());
        let ran = example.run(&["lint"]);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(words) && ran.stderr.contains(&format!("{FILE}:")), "{ran}");
    }
    let example = Example::new();
    let text = String::from_utf8(example.read(FILE)).expect("UTF-8").replace("failover-rehearsed", "failover-rehearst");
    example.write("checks/attestations/failover-rehearst.yaml", text);
    let ran = example.run(&["lint"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(
        ran.stderr.contains("there is no check `failover-rehearst`") && ran.stderr.contains("did you mean `failover-rehearsed`?"),
        "{ran}"
    );
    example.write("checks/attestations/clinics-match.yaml", example.read("checks/attestations/failover-rehearst.yaml"));
    example.write(
        "checks/attestations/clinics-match.yaml",
        String::from_utf8(example.read(FILE)).expect("UTF-8").replace("check: failover-rehearsed", "check: clinics-match"),
    );
    assert!(example.run(&["lint"]).stderr.contains("`clinics-match` is a check of kind parity, which nobody signs"));
}

#[test]
fn signing_says_everything_that_is_missing_at_once_and_writes_nothing() {
    let example = Example::new();
    let before = example.read(FILE);
    let ran = example.run(&["attest", "failover-rehearsed"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stdout.is_empty());
    insta::assert_snapshot!(ran.stderr, @r"
    error: failover-rehearsed was not signed, and nothing was written
      statement: Fail-over to the secondary node and back was exercised
      - --person NAME is needed: who signs
      - --role ROLE is needed: technical lead
      - --measured rto_minutes=NUMBER is needed: at most 60
      - --measured data_loss_minutes=NUMBER is needed: at most 5
      - --document FILE is needed: what proves it
      - --build BUILD is needed: the build of production is not known (there is no snapshot of production; run `gonogo snapshot production` first)
    ");
    let ran = example.run(&[
        "attest",
        "failover-rehearsed",
        "--person",
        "Sam Sample",
        "--role",
        "technical leed",
        "--date",
        "2199-01-01T00:00:00Z",
        "--expires",
        "tomorrow",
        "--measured",
        "rto_minute=42",
        "--measured",
        "data_loss_minutes=few",
        "--document",
        "nowhere.pdf",
        "--build",
        "2026.3",
    ]);
    assert_eq!(ran.code, 2, "{ran}");
    for words in [
        "--role `technical leed` may not sign this; did you mean `technical lead`?",
        "nobody can sign in the future",
        "--expires `tomorrow` is no moment",
        "measures no `rto_minute`; did you mean `rto_minutes`?",
        "--measured rto_minutes=NUMBER is needed: at most 60",
        "`few` is no number",
        "--document nowhere.pdf is not there",
    ] {
        assert!(ran.stderr.contains(words), "{words}\n{ran}");
    }
    assert_eq!(example.read(FILE), before);
    for (args, words) in [
        (vec!["attest", "failover-rehearst"], "did you mean `failover-rehearsed`?"),
        (vec!["attest", "clinics-match"], "is a check of kind parity, which nobody signs"),
        (vec!["attest"], "<CHECK>"),
        (vec!["attest", "--list", "failover-rehearsed"], "--list"),
    ] {
        let ran = example.run(&args);
        assert_eq!(ran.code, 2, "{args:?}\n{ran}");
        assert!(ran.stderr.contains(words), "{args:?}\n{ran}");
    }
}

#[test]
fn signing_adds_to_what_is_there_and_the_check_goes_with_it() {
    let example = sound();
    // The rehearsal of the example failed; a later one did not.
    example.replace(FILE, b"data_loss_minutes: 4", b"data_loss_minutes: 7");
    let before = example.read(FILE);
    assert_eq!(example.run(&["snapshot", "-q"]).code, 0);
    let ran = sign(&example, &[&MEASURED[..], &["--date", "2026-10-04T10:00:00+01:00"]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    insta::assert_snapshot!(ran.stdout, @r"
    Signed: failover-rehearsed (checks/resilience.yaml:6)
      statement    Fail-over to the secondary node and back was exercised
      person       Sam Sample (technical lead)
      date         2026-10-04T09:00:00Z
      valid until  2036-10-01T09:00:00Z, 3507 days past the go-live
      measured     rto_minutes 42 (at most 60)
                   data_loss_minutes 4 (at most 5)
      document     checks/attestations/documents/failover-rehearsal.txt, SHA-256
                   581f085b2667489af18bedbf966e533993d1cd21eeb3200b814ed2f9229c6fc6
      build        2026.3
    Written to checks/attestations/failover-rehearsed.yaml
    ");
    let after = example.read(FILE);
    assert!(after.starts_with(&before), "what was there stays\n{}", String::from_utf8_lossy(&after));
    insta::assert_snapshot!(String::from_utf8_lossy(&after[before.len()..]), @r#"
      - statement: Fail-over to the secondary node and back was exercised
        person: Sam Sample
        role: technical lead
        date: 2026-10-04T09:00:00Z
        measured: {rto_minutes: 42, data_loss_minutes: 4}
        document:
          path: checks/attestations/documents/failover-rehearsal.txt
          sha256: 581f085b2667489af18bedbf966e533993d1cd21eeb3200b814ed2f9229c6fc6
        build: "2026.3"
    "#);
    let ran = example.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert_eq!(of_check(&ran)["ledger"]["signed"][0]["person"], "Sam Sample");
}

#[test]
fn a_first_signature_makes_the_file() {
    let example = sound();
    std::fs::remove_file(example.path().join(FILE)).expect("the file");
    let ran = sign(&example, &[&MEASURED[..], &["--build", "2026.3"]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("The build was not compared"), "{ran}");
    let ran = example.run(&["check"]);
    assert_eq!(ran.code, 0, "{ran}");
    std::fs::remove_dir_all(example.path().join("checks/attestations")).expect("the folder");
    let ran = sign(&example, &MEASURED);
    assert_eq!(ran.code, 2, "the document went with the folder\n{ran}");
}

#[test]
fn what_will_fail_is_written_and_told() {
    let example = sound();
    assert_eq!(example.run(&["snapshot", "-q"]).code, 0);
    let measured = ["--measured", "rto_minutes=90", "--measured", "data_loss_minutes=4"];
    let ran = sign(&example, &[&measured[..], &["--build", "2025.1", "--expires", "2027-01-01T00:00:00Z"]].concat());
    assert_eq!(ran.code, 0, "{ran}");
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("It does not count"), "it is for another build, and a sound one is there\n{ran}");
    let ran = sign(&example, &[&measured[..], &["--expires", "2027-01-01T00:00:00Z"]].concat());
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    for words in ["The check will fail: rto_minutes is 90, at most 60 is asked", "ends on 2027-01-01 00:00 UTC, before the go-live"] {
        assert!(text.contains(words), "{ran}");
    }
    assert_eq!(kinds(&of_check(&example.run(&["check", "--format", "json"]))), ["out_of_limits", "expired"]);
}

#[test]
fn a_document_outside_the_project_and_a_list_without_dashes_are_refused() {
    let example = sound();
    let elsewhere = tempfile::tempdir().expect("a folder");
    let report = elsewhere.path().join("report.txt");
    std::fs::write(&report, "synthetic").expect("a file");
    let report = report.to_string_lossy().into_owned();
    let mut args = vec!["attest", "failover-rehearsed", "--person", "S", "--role", "technical lead", "--build", "2026.3"];
    args.extend(MEASURED);
    args.extend(["--document", &report]);
    let ran = example.run(&args);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("is not in the project; copy it to checks/attestations/documents/"), "{ran}");

    let flow = "version: 1\ncheck: failover-rehearsed\nattestations: [{statement: X, person: S, role: technical lead, date: 2026-10-02T16:30:00Z}]\n";
    example.write(FILE, flow);
    let ran = sign(&example, &[&MEASURED[..], &["--build", "2026.3"]].concat());
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("by hand") && ran.stderr.contains("person: Sam Sample"), "{ran}");
    assert_eq!(example.read(FILE), flow.as_bytes());
}

#[test]
fn the_list_says_how_every_attested_check_stands() {
    let example = Example::new();
    let ran = example.run(&["attest", "--list"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.lines().all(|l| l.chars().count() <= 80), "{ran}");
    for words in
        ["failover-rehearsed", "out of limits", "Robin Example", "data_loss_minutes is 7, at most 5 is asked", "its build was not compared"]
    {
        assert!(ran.stdout.contains(words), "{words}\n{ran}");
    }
    assert_eq!(example.run(&["snapshot", "-q"]).code, 0);
    repair_all(&example);
    let ran = example.run(&["attest", "--list"]);
    assert!(ran.stdout.contains("signed") && !ran.stdout.contains("build was not compared"), "{ran}");
    std::fs::remove_file(example.path().join(FILE)).expect("the file");
    let ran = example.run(&["attest", "--list"]);
    assert!(ran.stdout.contains("missing") && ran.stdout.contains("nobody has signed: Fail-over"), "{ran}");
    std::fs::remove_file(example.path().join(CHECK)).expect("the check");
    example.replace("gonogo.yaml", b", RES-1]", b"]");
    assert_eq!(example.run(&["attest", "--list"]).stdout, "No check of this project is attested.\n");
}

#[test]
fn the_examples_of_the_readme_are_right() {
    let readme = std::fs::read_to_string(crate::support::repository().join("README.md")).expect("README.md");
    let blocks: Vec<&str> = readme.split("```yaml\n").skip(1).filter_map(|b| b.split_once("```")).map(|(b, _)| b).collect();
    let [check] = blocks.iter().filter(|b| b.contains("attested:")).collect::<Vec<_>>()[..] else { panic!("one example of attested") };
    let [signed] = blocks.iter().filter(|b| b.contains("attestations:")).collect::<Vec<_>>()[..] else { panic!("one example of a file") };
    let example = sound();
    example.write(CHECK, check);
    example.write(FILE, signed);
    // The document that it quotes is not there; everything else is right on a day between its date and its end.
    let ran = example.run(&["check", "--format", "json", "--as-of", "2027-02-20T12:00:00Z"]);
    assert_eq!(kinds(&of_check(&ran)), ["document_missing"], "{ran}");
    let schemas = example.run(&["schema"]);
    assert!(schemas.stdout.lines().any(|l| l == "attestation"), "{schemas}");
}
