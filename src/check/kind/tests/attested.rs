use super::super::testing::{Hospital, findings, untold};
use crate::check::DocumentNow;

const TEST: &str = "attested: {statement: Fail-over was exercised, by: [technical lead], valid: 30d, \
                    measured: {rto_minutes: {max: 60}, data_loss_minutes: {min: 0, max: 5}}}";

const REPORT: (&str, &str) = ("documents/report.txt", "synthetic: fail-over in 42 minutes");

/// An attestation without fault; the go-live of the tests is 2027-02-24T06:00:00Z, they judge as of 2027-02-20T12:00:00Z.
fn sound() -> String {
    format!(
        "  - statement: Fail-over was exercised\n    person: A. Person\n    role: technical lead\n    date: 2027-02-10T15:00:00Z\n    \
         measured: {{rto_minutes: 42, data_loss_minutes: 3}}\n    document: {{path: {}, sha256: {}}}\n",
        REPORT.0,
        crate::document::sha256(REPORT.1)
    )
}

fn judged(attestations: &str) -> crate::check::Outcome {
    Hospital::sound().signed(attestations, &[REPORT]).one(TEST)
}

/// The attestation with one text, which must be there, replaced.
fn planted(old: &str, new: &str) -> String {
    let sound = sound();
    assert!(sound.contains(old), "no {old}");
    sound.replacen(old, new, 1)
}

fn dated(date: &str, rto: &str) -> String {
    planted("2027-02-10T15:00:00Z", date).replace("42", rto)
}

#[test]
fn what_is_signed_within_its_limits_passes_and_the_ledger_says_by_whom() {
    let outcome = judged(&sound());
    assert_eq!(findings(&outcome), Vec::<String>::new());
    let [signature] = &outcome.ledger.signed[..] else { panic!("{:?}", outcome.ledger) };
    assert_eq!((signature.person.as_str(), signature.role.as_str()), ("A. Person", "technical lead"));
    assert_eq!(signature.until.to_rfc3339(), "2027-03-12T15:00:00+00:00");
    assert_eq!(outcome.ledger.notes, ["holds whatever the build"]);
}

#[test]
fn nothing_signed_is_found() {
    let outcome = Hospital::sound().one(TEST);
    assert_eq!(findings(&outcome), ["Unsigned blocker production the-check - Fail-over was exercised (absent)"]);
    assert_eq!(outcome.findings[0].message, "nobody has signed: Fail-over was exercised (may be signed by technical lead)");
    let minor = Hospital::sound().judge(&format!("  - id: the-check\n    severity: {{missing: minor}}\n    {TEST}\n"));
    assert_eq!(findings(&minor["the-check"]), ["Unsigned minor production the-check - Fail-over was exercised (absent)"]);
}

#[test]
fn each_fault_is_its_own_finding_with_both_values() {
    let other = "0".repeat(64);
    let right = crate::document::sha256(REPORT.1);
    for (old, new, expected) in [
        (
            "was exercised",
            "was discussed",
            "OtherStatement blocker production the-check statement Fail-over was exercised Fail-over was discussed",
        ),
        ("technical lead", "tester", "OtherRole blocker production the-check role technical lead tester"),
        ("rto_minutes: 42", "rto_minutes: 60.01", "OutOfLimits blocker production the-check rto_minutes at most 60 60.01"),
        (
            "data_loss_minutes: 3",
            "data_loss_minutes: -1",
            "OutOfLimits blocker production the-check data_loss_minutes at least 0 and at most 5 -1",
        ),
        ("rto_minutes: 42, ", "", "Unmeasured blocker production the-check rto_minutes at most 60 (absent)"),
        (
            "documents/report.txt",
            "documents/reports.txt",
            "DocumentMissing blocker production the-check document documents/reports.txt (absent)",
        ),
        (&right, &other, &format!("DocumentChanged blocker production the-check document {other} {right}")),
        (
            "2027-02-10T15:00:00Z",
            "2027-01-20T15:00:00Z",
            "Expired blocker production the-check valid_until 2027-02-24T06:00:00Z 2027-02-19T15:00:00Z",
        ),
        (
            "    measured",
            "    expires: 2027-02-24T05:59:59Z\n    measured",
            "Expired blocker production the-check valid_until 2027-02-24T06:00:00Z 2027-02-24T05:59:59Z",
        ),
    ] {
        assert_eq!(findings(&judged(&planted(old, new))), [expected], "{new}");
    }
    let bare = sound().lines().filter(|l| !l.contains("document:")).map(|l| format!("{l}\n")).collect::<String>();
    assert_eq!(findings(&judged(&bare)), ["NoDocument blocker production the-check document a document (absent)"]);
}

#[test]
fn limits_and_moments_include_their_ends() {
    for (old, new) in [
        ("rto_minutes: 42", "rto_minutes: 60"),
        ("rto_minutes: 42", "rto_minutes: 60.0"),
        ("data_loss_minutes: 3", "data_loss_minutes: 0"),
        ("2027-02-10T15:00:00Z", "2027-01-25T06:00:00Z"),
        ("2027-02-10T15:00:00Z", "2027-02-20T12:00:00Z"),
        ("    measured", "    expires: 2027-02-24T06:00:00Z\n    measured"),
    ] {
        assert_eq!(findings(&judged(&planted(old, new))), Vec::<String>::new(), "{new}");
    }
}

#[test]
fn the_earlier_end_counts() {
    let longer = planted("    measured", "    expires: 2028-01-01T00:00:00Z\n    measured").replace("2027-02-10", "2027-01-20");
    assert_eq!(
        findings(&judged(&longer)),
        ["Expired blocker production the-check valid_until 2027-02-24T06:00:00Z 2027-02-19T15:00:00Z"],
        "a signature does not outlive what the check allows"
    );
}

#[test]
fn after_the_go_live_it_has_to_hold_now_and_the_finding_stays_the_same() {
    let mut hospital = Hospital::sound().signed(&sound(), &[REPORT]);
    hospital.as_of = "2027-03-12T15:00:00Z".parse().unwrap();
    assert_eq!(findings(&hospital.one(TEST)), Vec::<String>::new());
    hospital.as_of = "2027-03-12T15:00:01Z".parse().unwrap();
    let first = hospital.one(TEST);
    assert_eq!(findings(&first), ["Expired blocker production the-check valid_until the moment judged 2027-03-12T15:00:00Z"]);
    hospital.as_of = "2027-04-01T00:00:00Z".parse().unwrap();
    assert_eq!(hospital.one(TEST).findings[0].fingerprint, first.findings[0].fingerprint);
}

#[test]
fn a_date_later_than_the_moment_judged_cannot_be_told() {
    let late = dated("2027-02-20T12:00:01Z", "42");
    assert!(untold(&judged(&late)).contains("the clock is wrong"));
    assert!(untold(&judged(&format!("{}{late}", sound()))).contains("the clock is wrong"), "not even beside a sound one");
}

#[test]
fn a_document_that_cannot_be_read_cannot_be_told() {
    let mut hospital = Hospital::sound().signed(&sound(), &[REPORT]);
    hospital.attestations.documents.insert(REPORT.0.to_owned(), DocumentNow::Unreadable("permission denied".to_owned()));
    assert_eq!(untold(&hospital.one(TEST)), "the document documents/report.txt cannot be read: permission denied");
    hospital.attestations.documents.clear();
    assert_eq!(untold(&hospital.one(TEST)), "the document documents/report.txt was not looked at");
}

#[test]
fn the_newest_that_speaks_for_the_check_counts() {
    let (failed, good) = (dated("2027-02-12T15:00:00Z", "90"), sound());
    let out = ["OutOfLimits blocker production the-check rto_minutes at most 60 90"];
    for both in [format!("{good}{failed}"), format!("{failed}{good}")] {
        let outcome = judged(&both);
        assert_eq!(findings(&outcome), out, "an earlier success does not cover up a later failure");
        assert_eq!(outcome.ledger.notes[0], "1 more signed, which do not count");
    }
    let again = dated("2027-02-14T15:00:00Z", "30");
    assert_eq!(findings(&judged(&format!("{failed}{good}{again}"))), Vec::<String>::new());
    let same_moment = dated("2027-02-10T15:00:00Z", "90");
    assert_eq!(findings(&judged(&format!("{good}{same_moment}"))), out, "of one moment, the last in the file");
    let other_words = planted("was exercised", "was discussed").replace("2027-02-10", "2027-02-15");
    assert_eq!(findings(&judged(&format!("{good}{other_words}"))), Vec::<String>::new(), "what speaks of something else is no news");
    let old_and_astray = format!("{}{}", other_words, dated("2027-02-16T15:00:00Z", "90").replace("technical lead", "tester"));
    let told = findings(&judged(&old_and_astray));
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("OtherRole") || told[1].starts_with("OtherRole"), "the newest is told: {told:?}");
}

const BUILT: &str = "attested: {statement: Fail-over was exercised, by: technical lead, valid: 30d, evidence: optional, \
                     build: {in: production, dataset: clinics, column: name, where: code = 'CARD01', reason: it names the build}}";

fn for_build(build: &str) -> String {
    format!(
        "  - statement: Fail-over was exercised\n    person: A. Person\n    role: technical lead\n    date: 2027-02-10T15:00:00Z\n{}",
        if build.is_empty() { String::new() } else { format!("    build: {build}\n") }
    )
}

#[test]
fn a_signature_for_another_build_is_found() {
    let signed = |hospital: Hospital, build| hospital.signed(&for_build(build), &[]).one(BUILT);
    let outcome = signed(Hospital::sound(), "Cardiology A");
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert_eq!(outcome.ledger.read.len(), 1, "the build was read");
    assert_eq!(outcome.ledger.signed[0].build.as_deref(), Some("Cardiology A"));
    let moved = Hospital::planted("clinics.csv", "Cardiology A", "Cardiology Z");
    assert_eq!(findings(&signed(moved, "Cardiology A")), ["OtherBuild blocker production the-check build Cardiology Z Cardiology A"]);
    assert_eq!(findings(&signed(Hospital::sound(), "")), ["OtherBuild blocker production the-check build Cardiology A (absent)"]);
}

#[test]
fn a_build_that_is_not_one_value_cannot_be_told() {
    let several = BUILT.replace("where: code = 'CARD01', reason: it names the build", "");
    let signed = Hospital::sound().signed(&for_build("Cardiology A"), &[]);
    assert!(untold(&signed.one(&several)).contains("name of `clinics` in production is not one build (Cardiology A, Cardiology B"));
    let none = BUILT.replace("CARD01", "CARD99");
    assert!(untold(&signed.one(&none)).contains("its build is not known"));
    let mut doubtful = Hospital::sound().signed(&for_build("Cardiology A"), &[]);
    doubtful.doubts = vec!["the data are old".to_owned()];
    assert_eq!(untold(&doubtful.one(BUILT)), "the data are old");
    let blank = Hospital::planted("clinics.csv", "CARD01,Cardiology A", "CARD01,").signed(&for_build("Cardiology A"), &[]);
    assert!(untold(&blank.one(BUILT)).contains("names no build"), "{:?}", blank.one(BUILT));
}

#[test]
fn mistakes_are_named_where_they_are() {
    for (test, expected) in [
        ("attested: {statement: X, by: [], valid: 30d}", "`[]` nobody may sign this"),
        ("attested: {statement: X, by: lead, valid: 0d}", "`0d` a signature that holds for no time proves nothing"),
        ("attested: {statement: X, by: lead, valid: 30d, evidence: requird}", "`requird` `requird` is no evidence"),
        ("attested: {statement: X, by: lead, valid: 30d, measured: {rto: {}}}", "`{}` this number has no limit"),
        ("attested: {statement: X, by: lead, valid: 30d, measured: {rto: {min: 5, max: 4}}}", "`4` nothing is at least 5 and at most 4"),
        ("attested: {statement: X, by: lead, valid: 30d, measured: {rto: {max: soon}}}", "`soon` `soon` is no number"),
        (
            "attested: {statement: X, by: lead, valid: 30d, build: {in: production, dataset: clinics, column: nam}}",
            "`nam` `clinics` has no column `nam`",
        ),
    ] {
        assert_eq!(Hospital::sound().wrong(test), [expected], "{test}");
    }
    let exact = "attested: {statement: X, by: lead, valid: 30d, measured: {rto: {min: 5, max: 5}}}";
    assert_eq!(Hospital::sound().wrong(exact), Vec::<String>::new());
}

#[test]
fn an_attestation_says_only_what_the_check_asks() {
    let wrong = |attestation: &str, test: &str| Hospital::sound().signed(attestation, &[]).wrong(test);
    assert_eq!(wrong(&planted("rto_minutes", "rto_minute"), TEST), ["`rto_minute` the check measures no `rto_minute`"]);
    let named = wrong(&for_build("2027.1"), TEST);
    assert!(named[0].starts_with("`2027.1` this names a build, but the check does not say"), "{named:?}");
    let none = wrong(&sound(), "attested: {statement: Fail-over was exercised, by: technical lead, valid: 30d, evidence: none}");
    assert!(none.iter().any(|p| p.contains("the check says `evidence: none`")), "{none:?}");
    let other = Hospital::sound().signed(&for_build(""), &[]);
    assert_eq!(
        other.wrong("count: {dataset: clinics, in: production, at_least: 1}"),
        ["`the-check` `the-check` is a check of kind count, which nobody signs"]
    );
    assert_eq!(other.mistakes(&format!("  - id: the-chek\n    {BUILT}\n")), ["`the-check` there is no check `the-check`"]);
}
