use super::*;
use crate::check::Severity;
use crate::document::load;

fn decoded(text: &str) -> (Vec<Waiver>, Problems) {
    let mut problems = Problems::default();
    let document = load("checks/waivers.yaml", text.as_bytes(), &mut problems).unwrap();
    (decode_waivers(&document, &mut problems), problems)
}

fn messages(problems: &Problems) -> Vec<String> {
    problems.sorted().iter().map(|p| format!("{}: {}", p.place.line(), p.message)).collect()
}

const ONE: &str = "- {finding: \"f1:9c2e4a00000000000000000000000001\", owner: build team, approver: safety officer, reason: r, expires: 2027-03-31T23:59:59Z}\n";

#[test]
fn a_waiver_is_decoded_whole() {
    let digest = "7AB1".repeat(16);
    let (waivers, problems) = decoded(&format!(
        "# comment\n- finding: f1:9c2e4a00000000000000000000000001\n  check: clinics-match\n  members: 353\n  digest: {digest}\n  owner: build team\n\
         \x20 approver: safety officer\n  reason: taught on the day\n  expires: 2027-03-31T23:59:59+01:00\n{ONE}"
    ));
    assert!(problems.is_empty(), "{:?}", messages(&problems));
    let group = &waivers[0];
    assert_eq!(group.members, Some(Members { count: 353, digest: digest.to_lowercase() }));
    assert_eq!(
        (group.check.as_ref().unwrap().as_str(), group.reason.as_str(), group.place.line()),
        ("clinics-match", "taught on the day", 2)
    );
    assert_eq!(group.expires.to_rfc3339(), "2027-03-31T22:59:59+00:00");
    assert_eq!((waivers[1].members.as_ref(), waivers[1].place.line()), (None, 10));
}

#[test]
fn every_mistake_is_found_at_once_and_half_a_group_is_no_finding() {
    let (waivers, problems) = decoded(
        "- finding: f1:9C2E\n  owner: a\n  aprover: b\n  reason: ''\n  expires: 2027-03-31\n\
         - {finding: \"f1:9c2e4a00000000000000000000000001\", members: 2, owner: a, approver: b, reason: r, expires: 2027-03-31T00:00:00Z}\n\
         - {finding: \"f1:9c2e4a00000000000000000000000001\", digest: 12, owner: a, approver: b, reason: r, expires: 2027-03-31T00:00:00Z}\n\
         - {finding: \"f1:9c2e4a00000000000000000000000001\", members: 0, digest: \"\", owner: a, approver: b, reason: r, expires: 2027-03-31T00:00:00Z}\n",
    );
    assert!(waivers.is_empty());
    assert_eq!(
        messages(&problems),
        [
            "1: `f1:9C2E` is no fingerprint",
            "3: a waiver has no key `aprover`",
            "4: this text is blank",
            "5: `2027-03-31` is no moment with a time zone",
            "6: `members` needs the group's `digest`: other findings can have the same number",
            "7: `12` is no SHA-256",
            "7: `digest` needs the group's `members`",
            "8: a group has at least one member",
            "8: this text is blank",
        ]
    );
}

#[test]
fn a_fingerprint_is_32_hex_digits() {
    let digits = "9c2e4a00000000000000000000000001";
    for wrong in [&digits[1..], &format!("{digits}0"), &digits.replace('9', "g"), &digits.replace('c', "C")] {
        let (waivers, problems) = decoded(&ONE.replace(digits, wrong));
        assert!(waivers.is_empty());
        assert_eq!(messages(&problems), [format!("1: `f1:{wrong}` is no fingerprint")]);
    }
}

#[test]
fn a_file_that_is_no_list_is_a_mistake() {
    let (waivers, problems) = decoded("finding: f1:9c2e4a00000000000000000000000001\n");
    assert!(waivers.is_empty());
    assert_eq!(messages(&problems), ["1: expected a list, found a mapping"]);
}

fn linted(text: &str, policy: &Policy) -> Vec<String> {
    let (waivers, mut problems) = decoded(text);
    assert!(problems.is_empty(), "{:?}", messages(&problems));
    lint_waivers(&waivers, ["clinics-match", "roles-match"].into_iter(), policy, &mut problems);
    let told = |p: &&crate::document::Problem| format!("{}: {} ({})", p.place.line(), p.message, p.help.as_deref().unwrap_or_default());
    problems.sorted().iter().map(told).collect()
}

#[test]
fn what_can_be_known_before_the_run_is_said_before_the_run() {
    let policy = Policy { approvers: vec![(Severity::Major, vec!["safety officer".into()])], ..Policy::standard() };
    assert_eq!(linted(ONE, &policy), [""; 0]);
    assert_eq!(linted(&ONE.repeat(2), &policy), ["2: this difference is waived twice; the first time in line 1 (keep one of them)"]);
    let group = ONE.replace("owner:", &format!("members: 2, digest: \"{}\", owner:", "ab".repeat(32)));
    assert_eq!(linted(&format!("{ONE}{group}"), &policy), [""; 0], "a finding and its group are two waivers");
    assert_eq!(linted(&ONE.replace("2027-03", "2007-03"), &policy), [""; 0], "that it is over is no mistake of the file");
    assert_eq!(
        linted(&ONE.replace("owner:", "check: clinic-match, owner:").replace("safety officer", "saftey officer"), &policy),
        [
            "1: there is no check `clinic-match` (did you mean `clinics-match`?)",
            "1: the policy does not let `saftey officer` approve anything (did you mean `safety officer`?)",
        ]
    );
    assert_eq!(
        linted(&ONE.replace("build team", "Safety  Officer"), &policy),
        ["1: `safety officer` owns this difference and cannot approve it ()"]
    );
    assert!(linted(ONE, &Policy::standard())[0].contains("name who may approve in gonogo.yaml"));
}

#[test]
fn whoever_may_approve_the_worse_may_approve_the_milder() {
    let approvers = [(Severity::Minor, vec!["lead", "officer"]), (Severity::Major, vec!["officer"])];
    let approvers = approvers.into_iter().map(|(s, names)| (s, names.into_iter().map(str::to_owned).collect())).collect();
    let policy = Policy { approvers, ..Policy::standard() };
    assert_eq!(policy.approvers_of(Severity::Info), ["lead", "officer"]);
    assert_eq!(policy.approvers_of(Severity::Minor), ["lead", "officer"]);
    assert_eq!(policy.approvers_of(Severity::Major), ["officer"]);
    assert!(policy.approvers_of(Severity::Blocker).is_empty());
}
