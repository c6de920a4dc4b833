//! Waivers as people use them: written by `gonogo waive`, judged by `gonogo check`, ended by the smallest change.

use crate::example::{repair, repair_all_but};
use crate::support::{Example, Ran, repository};

const WHO: [&str; 8] = [
    "--owner",
    "screens build team",
    "--approver",
    "clinical safety officer",
    "--reason",
    "managers are told in the morning meeting",
    "--expires",
    "2099-03-31",
];

/// The example with one major difference left: a field that nobody was taught.
fn one_left() -> Example {
    let example = Example::new();
    repair_all_but(&example, &["field-untaught-clinic-cancellation"]);
    example
}

/// Two blockers of one cause, in a project whose policy lets them be waived.
fn a_group_left() -> Example {
    let example = Example::new();
    repair_all_but(&example, &["field-optional-edit-demographics", "field-optional-order-tests"]);
    example.replace("gonogo.yaml", b"approvers: {major:", b"never_waive: []\n  approvers: {blocker:");
    example
}

fn waive(example: &Example, target: &str) -> Ran {
    example.run(&[&["waive", target], &WHO[..]].concat())
}

fn fingerprint(report: &serde_json::Value) -> String {
    report["checks"][0]["findings"][0]["fingerprint"].as_str().expect("a finding").to_owned()
}

#[test]
fn one_finding_is_waived_by_the_beginning_of_its_name() {
    let example = one_left();
    let before = example.run(&["check", "--format", "json"]);
    assert_eq!(before.code, 1, "{before}");
    let finding = fingerprint(&before.json());
    let screen = example.run(&["check", "--offline", "-v"]).stdout;
    assert!(screen.contains(&finding[..13]) && screen.contains("gonogo waive fields-match#1"), "{screen}");

    let ran = waive(&example, &finding[..11]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("fields-match: ") && ran.stdout.contains("checks/waivers.yaml:3"), "{ran}");
    let file = String::from_utf8(example.read("checks/waivers.yaml")).expect("UTF-8");
    assert!(file.contains(&finding) && file.contains("expires: 2099-03-31T23:59:59Z"), "{file}");
    assert_eq!(example.run(&["lint"]).code, 0);

    let after = example.run(&["check"]);
    assert_eq!(after.code, 0, "{after}");
    assert!(after.stdout.starts_with("GO with 1 finding waived  Riverside"), "{after}");
    assert!(after.stdout.contains("1 waiver in force: 1 major waived, the first until 2099-03-31"), "{after}");
    let full = example.run(&["check", "--offline", "-v"]).stdout;
    let full = full.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        full.contains("managers are told in the morning meeting (owner screens build team, approved by clinical safety officer;"),
        "{full}"
    );
    let report = example.run(&["check", "--offline", "--format", "json"]).json();
    assert_eq!((&report["verdict"], &report["counts"]["waived"]["major"]), (&"GO".into(), &1.into()));
    let check = report["checks"].as_array().expect("checks").iter().find(|c| c["id"] == "fields-match").expect("the check").clone();
    assert_eq!((&check["status"], &check["findings"][0]["fingerprint"]), (&"waived".into(), &finding.into()));
    let digests = report["digests"].as_array().expect("digests");
    assert!(digests.iter().any(|d| d["path"] == "checks/waivers.yaml"));
    assert_eq!(example.run(&["waive", "--list"]).code, 0);
}

#[test]
fn a_group_ends_when_a_member_changes_and_the_report_says_how() {
    let example = a_group_left();
    assert_eq!(example.run(&["check"]).code, 1);
    let ran = waive(&example, "fields-match#1");
    assert_eq!(ran.code, 0, "{ran}");
    let file = String::from_utf8(example.read("checks/waivers.yaml")).expect("UTF-8");
    assert!(file.contains("members: 2\n") && file.contains("digest: \""), "{file}");
    let ran = example.run(&["check"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.starts_with("GO with 2 findings waived  "), "{ran}");

    repair(&example, "field-optional-order-tests");
    let ran = example.run(&["check"]);
    assert_eq!(ran.code, 1, "one member less is another group\n{ran}");
    let text = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("checks/waivers.yaml:3 ended: 1 member left: 1 today, 2 accepted; digest today "), "{ran}");
    let list = example.run(&["waive", "--list"]);
    assert_eq!(list.code, 1, "{list}");
    assert!(list.stdout.contains("ended: 1 member left"), "{list}");
}

#[test]
fn a_changed_value_behind_a_waived_condition_is_not_waived() {
    let example = Example::new();
    repair_all_but(&example, &["training-sends-to-production"]);
    example.replace("gonogo.yaml", b"approvers: {major:", b"never_waive: []\n  approvers: {blocker:");
    assert_eq!(example.run(&["check"]).code, 1);
    for check in ["interfaces-match", "training-is-isolated"] {
        let ran = waive(&example, check);
        assert_eq!(ran.code, 0, "{ran}");
    }
    assert_eq!(example.run(&["check"]).code, 0);
    // Another address of production: as bad as the one that was accepted, and not accepted.
    for side in ["training", "production"] {
        let file = format!("environments/extracts/{side}/interfaces.yaml");
        let text = String::from_utf8(example.read(&file)).expect("UTF-8");
        assert!(text.contains("hl7-path.prod"), "{text}");
        example.write(&file, text.replace("hl7-path.prod", "hl7-path2.prod"));
    }
    let ran = example.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert_eq!(ran.json()["counts"]["waived"]["total"], 0, "{ran}");
}

#[test]
fn what_the_policy_would_refuse_is_refused_at_once_and_nothing_is_written() {
    let example = Example::new();
    assert_eq!(example.run(&["check"]).code, 1);
    let refused = |args: &[&str], why: &str| {
        let ran = example.run(args);
        assert_eq!(ran.code, 2, "{args:?}\n{ran}");
        assert!(ran.stderr.contains(why) && ran.stdout.is_empty(), "{args:?} should say {why:?}\n{ran}");
        assert!(!example.path().join("checks/waivers.yaml").exists(), "{args:?}");
    };
    refused(&[&["waive", "rights-match#1"], &WHO[..]].concat(), "the policy waives no blocker findings");
    let major = "fields-match#4";
    refused(&["waive", major], "a waiver needs --owner, --approver, --reason, --expires");
    refused(&["waive", major], "major findings may be approved by: clinical safety officer");
    refused(&["waive", major, "--owner", "screens build team", "--reason", "r"], "a waiver needs --approver, --expires");
    let but = |option: &str, value: &'static str| {
        let mut args = [&["waive", major], &WHO[..]].concat();
        let at = args.iter().position(|a| *a == option).expect("an option");
        args[at + 1] = value;
        args
    };
    refused(&but("--approver", "implementation lead"), "implementation lead may not approve major findings");
    refused(&but("--approver", "Screens build  team"), "owns the difference");
    refused(&but("--expires", "2027-02-01"), "before the go-live");
    refused(&but("--expires", "2007-02-01"), "it expired on");
    refused(&but("--expires", "soon"), "--expires is no moment");
    refused(&["waive"], "nothing to waive was named");
    refused(&["waive", "fields-mtach"], "did you mean `fields-match`?");
    refused(&["waive", "fields-match"], "fields-match has ");
    refused(&["waive", "fields-match#99"], "fields-match has no group `99`");
    refused(&["waive", "f1:00000000000000000000000000000000"], "nothing in the newest run begins so");
    refused(&["waive", "roles-match"], "there is nothing to waive");
}

#[test]
fn without_a_run_there_is_nothing_to_name() {
    let example = Example::new();
    let ran = waive(&example, "fields-match#1");
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stderr.contains("run `gonogo check` first"), "{ran}");
    let ran = example.run(&["waive", "--list"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "No waivers.\n"), "{ran}");
}

#[test]
fn a_waiver_is_not_written_twice_and_the_file_is_kept_as_it_is() {
    let example = one_left();
    assert_eq!(example.run(&["check"]).code, 1);
    example.write("checks/waivers.yaml", "# what we know of\n");
    assert_eq!(waive(&example, "fields-match").code, 0);
    let file = String::from_utf8(example.read("checks/waivers.yaml")).expect("UTF-8");
    assert!(file.starts_with("# what we know of\n# fields-match: "), "{file}");
    let again = waive(&example, "fields-match");
    assert_eq!(again.code, 2, "{again}");
    assert!(again.stderr.contains("this is waived already"), "{again}");
    assert_eq!(example.read("checks/waivers.yaml"), file.as_bytes());
    example.write("checks/waivers.yaml", "[]\n");
    let ran = waive(&example, "fields-match");
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("put this in by hand") && ran.stderr.contains("- finding: \"f1:"), "{ran}");
}

#[test]
fn a_repaired_difference_leaves_its_waiver_unused_and_a_narrowed_run_does_not_say_so() {
    let example = one_left();
    assert_eq!(example.run(&["check"]).code, 1);
    assert_eq!(waive(&example, "fields-match").code, 0);
    let narrowed = example.run(&["check", "--only", "roles-match", "--format", "json"]).json();
    assert_eq!((&narrowed["waivers"][0]["state"], &narrowed["verdict"]), (&"not_judged".into(), &"PARTIAL".into()));
    repair(&example, "field-untaught-clinic-cancellation");
    let ran = example.run(&["check"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.starts_with("GO  ") && ran.stdout.contains("checks/waivers.yaml:3 unused"), "{ran}");
    let list = example.run(&["waive", "--list"]);
    assert_eq!(list.code, 1, "{list}");
    assert!(list.stdout.lines().all(|l| l.chars().count() <= 80), "{list}");
}

#[test]
fn a_waiver_with_a_mistake_stops_everything_before_anything_is_read() {
    let example = one_left();
    example.write(
        "checks/waivers.yaml",
        "- {finding: \"f1:9c2e4a00000000000000000000000001\", owner: a, approver: somebody, reason: r, expires: 2099-01-01T00:00:00Z}\n",
    );
    for command in ["check", "lint", "snapshot"] {
        let ran = example.run(&[command]);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("checks/waivers.yaml:1:") && ran.stderr.contains("`somebody`"), "{ran}");
    }
    assert!(!example.path().join(".gonogo").exists());
}

#[test]
fn an_expired_waiver_is_reported_and_waives_nothing() {
    let example = one_left();
    assert_eq!(example.run(&["check"]).code, 1);
    assert_eq!(waive(&example, "fields-match").code, 0);
    example.replace("checks/waivers.yaml", b"2099-03-31T23:59:59Z", b"2027-02-24T05:59:59Z");
    let ran = example.run(&["check"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("checks/waivers.yaml:3 expired: "), "{ran}");
    example.replace("checks/waivers.yaml", b"2027-02-24T05:59:59Z", b"2099-02-24T05:59:59Z");
    // A replay is never GO, with waivers or without.
    let ran = example.run(&["check", "--as-of", "2026-10-06T08:00:00Z"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.starts_with("PARTIAL with 1 finding waived  "), "{ran}");
}

#[test]
fn the_readme_shows_the_file_as_it_is_written() {
    let readme = std::fs::read_to_string(repository().join("README.md")).expect("README.md");
    let example = one_left();
    assert_eq!(example.run(&["check"]).code, 1);
    let command = readme.split("gonogo waive fields-match#4 ").nth(1).expect("the command in README.md");
    let command = command.split("```").next().expect("its end").replace("\\\n", " ");
    let words: Vec<&str> = command
        .split('"')
        .flat_map(
            |part| if part.starts_with([' ', '-']) || part.trim().is_empty() { part.split_whitespace().collect() } else { vec![part] },
        )
        .collect();
    let ran = example.run(&[&["waive", "fields-match"], &words[..]].concat());
    assert_eq!(ran.code, 0, "{words:?}\n{ran}");
    let file = String::from_utf8(example.read("checks/waivers.yaml")).expect("UTF-8");
    for line in file.lines().filter(|l| l.starts_with("  ")) {
        assert!(readme.contains(&format!("\n{line}\n")), "README.md lacks: {line}");
    }
}
