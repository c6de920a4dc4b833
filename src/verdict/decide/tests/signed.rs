//! What a signature proves, and for which checks.

use super::*;
use crate::check::Signature;

/// A signature that holds at the go-live and now.
fn signature() -> Signature {
    Signature {
        person: "A. Person".into(),
        role: "technical lead".into(),
        date: moment("2027-01-30T12:00:00Z"),
        until: moment("2027-02-24T06:00:00Z"),
        build: None,
        document: None,
    }
}

/// A run that is GO, with a second check of the kind that is given, whose outcome read nothing and holds these signatures.
fn signed_run(test: &str, signed: Vec<Signature>) -> RunResult {
    let run = Run::go(&[]);
    let checks = vec![check("a", Severity::Blocker), Check { test: kind(test), ..check("b", Severity::Blocker) }];
    let files = [CheckFile { checks, path: String::new(), digest: String::new(), standard: false }];
    let looked: Vec<Looked<'_>> =
        run.manifests.iter().map(|m| Looked { name: &m.environment, manifest: Some(m), doubts: &[], logins: &NO_LOGINS }).collect();
    let mut outcome = Outcome::default();
    outcome.ledger.signed = signed;
    let outcomes = [("a".to_owned(), answered(Vec::new())), ("b".to_owned(), outcome)].into();
    settle(&run.project(), &files, outcomes, &looked, moment("2027-02-01T12:00:00Z"), &Request::default())
}

fn kind(test: &str) -> std::sync::Arc<dyn Kind> {
    let text = format!("version: 1\narea: a\nowner: o\nchecks:\n  - id: a\n    {test}\n");
    let mut problems = crate::document::Problems::default();
    let document = crate::document::load("checks/a.yaml", text.as_bytes(), &mut problems).unwrap();
    let file = crate::check::decode(&document, &mut problems).unwrap();
    assert!(problems.is_empty());
    file.checks.into_iter().next().unwrap().test
}

#[test]
fn only_what_people_sign_may_rest_on_a_signature() {
    const ATTESTED: &str = "attested: {statement: X, by: technical lead, valid: 30d}";
    assert_eq!(signed_run(ATTESTED, vec![signature()]).decision, Decision::Go);
    let why = |result: RunResult| {
        assert_eq!(result.decision, Decision::CannotTell);
        result.reasons[0].clone()
    };
    let nothing = "does not say what it looked at";
    assert!(why(signed_run(ATTESTED, Vec::new())).contains(nothing), "neither data nor a signature");
    for other in ["parity: {dataset: clinics}", "count: {dataset: clinics, in: production, at_least: 1}"] {
        assert!(why(signed_run(other, vec![signature()])).contains(nothing), "{other}");
    }
    let ended = Signature { until: moment("2027-02-24T05:59:59Z"), ..signature() };
    assert!(why(signed_run(ATTESTED, vec![ended])).contains("ends before the moment"));
}
