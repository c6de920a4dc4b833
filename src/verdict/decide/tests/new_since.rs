//! Counting from a freeze: what was known does not block, what is new does, and GO is out of reach.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::check::Baseline;
use crate::verdict::Since;

/// A baseline that knows these findings, by check.
fn since(known: &[(&str, Severity, &str)]) -> Option<Since> {
    let mut findings: BTreeMap<String, BTreeMap<Severity, Vec<String>>> = BTreeMap::new();
    for (check, severity, fingerprint) in known {
        findings.entry((*check).to_owned()).or_default().entry(*severity).or_default().push((*fingerprint).to_owned());
    }
    let baseline = Baseline {
        format: "gonogo-baseline".into(),
        version: 1,
        name: "first-look".into(),
        frozen_at: moment("2027-01-01T06:00:00Z"),
        by: None,
        tool: "0.1.0".into(),
        training: "training".into(),
        production: "production".into(),
        environments: Vec::new(),
        rules: Vec::new(),
        findings,
        seal: String::new(),
    };
    Some(Since { baseline, rules: Vec::new() })
}

fn one(outcome: Outcome, known: &[(&str, Severity, &str)]) -> RunResult {
    let mut run = Run::go(&[Severity::Blocker]);
    run.checks[0].1 = Some(outcome);
    run.request.since = since(known);
    run.result()
}

const F0: &str = "f1:00000000000000000000000000000000";
const F1: &str = "f1:00000000000000000000000000000001";

#[test]
fn known_findings_are_shown_and_do_not_block() {
    let known = [("check-0", Severity::Blocker, F0), ("check-0", Severity::Major, F1)];
    let result = one(answered(vec![finding(Severity::Blocker, 0)]), &known);
    assert_eq!(result.decision, Decision::Partial);
    assert_eq!((result.findings.total(), result.failed, result.passed), (0, 1, 0));
    let told = result.new_since.unwrap();
    assert_eq!((told.baselined.blocker, told.baselined.total()), (1, 1));
    assert_eq!((told.fixed.major, told.fixed.total(), told.not_looked_for.total()), (1, 1, 0));
    assert_eq!((result.checks[0].baselined.len(), result.checks[0].blocks, result.checks[0].status), (1, false, Status::Fail));
    assert_eq!(result.reasons, ["only what is new since the freeze first-look counts; 1 finding known then is still there"]);
}

#[test]
fn new_findings_block_and_nothing_found_is_partial() {
    let new = one(answered(vec![finding(Severity::Blocker, 0), finding(Severity::Blocker, 1)]), &[("check-0", Severity::Blocker, F0)]);
    assert_eq!(new.decision, Decision::NoGo);
    assert_eq!((new.findings.blocker, new.checks[0].groups[0].members, new.checks[0].outcome.findings[0].fingerprint.as_str()), (1, 1, F1));
    assert_eq!(one(answered(Vec::new()), &[]).decision, Decision::Partial);
}

#[test]
fn what_counts_worse_or_more_often_or_elsewhere_is_new() {
    let found = |severity| answered(vec![finding(severity, 0)]);
    assert_eq!(one(found(Severity::Blocker), &[("check-0", Severity::Major, F0)]).decision, Decision::NoGo);
    assert_eq!(one(found(Severity::Major), &[("check-0", Severity::Blocker, F0)]).decision, Decision::Partial);
    let twice = answered(vec![finding(Severity::Major, 0), finding(Severity::Major, 0)]);
    assert_eq!(one(twice, &[("check-0", Severity::Major, F0)]).findings.major, 1);
    let other = one(found(Severity::Major), &[("check-9", Severity::Major, F0)]);
    assert_eq!((other.decision, other.new_since.unwrap().not_looked_for.major), (Decision::NoGo, 1));
}

#[test]
fn a_check_that_cannot_be_told_stays_so() {
    let mut outcome = answered(vec![finding(Severity::Blocker, 0)]);
    outcome.cannot_tell.push("the file was cut short".into());
    let result = one(outcome, &[("check-0", Severity::Blocker, F0), ("check-0", Severity::Minor, F1)]);
    assert_eq!(result.decision, Decision::CannotTell);
    assert!(result.checks[0].blocks);
    let told = result.new_since.unwrap();
    assert_eq!((told.fixed.total(), told.not_looked_for.minor), (0, 1), "what was not looked for is not fixed");
}

#[test]
fn a_check_that_gave_no_outcome_blocks_whatever_its_severity() {
    let mut run = Run::go(&[Severity::Blocker, Severity::Info]);
    run.request.since = since(&[("check-1", Severity::Info, F0)]);
    assert_eq!(run.decision(), Decision::Partial);
    run.checks[1].1 = None;
    assert_eq!(run.decision(), Decision::CannotTell);
    run.checks[1].1 = Some(Outcome { cannot_tell: vec!["cut short".into()], ..answered(Vec::new()) });
    assert_eq!(run.decision(), Decision::Partial, "below the blocking severity");
}

#[test]
fn a_group_whose_members_were_known_is_not_called_ended() {
    let mut run = Run::go(&[Severity::Blocker]);
    run.checks[0].1 = Some(answered(vec![finding(Severity::Minor, 0), finding(Severity::Minor, 1)]));
    run.request.waivers = waivers::of_group(&[finding(Severity::Minor, 0), finding(Severity::Minor, 1)]);
    run.request.since = since(&[("check-0", Severity::Minor, F1)]);
    let waiver = &run.result().waivers[0];
    assert_eq!(waiver.state, crate::verdict::WaiverState::NotJudged);
    assert_eq!(waiver.why.as_deref(), Some("findings of check-0 that were known at the freeze are told apart"));
}

proptest! {
    #[test]
    fn go_is_impossible_whatever_was_known(
        found in proptest::collection::vec(proptest::collection::vec((laws::severity(), 0usize..6), 0..5), 0..4),
        known in proptest::collection::vec((0usize..5, laws::severity(), 0usize..6), 0..12),
        block_at in laws::severity(),
        reason in proptest::option::weighted(0.2, "[a-z]{1,5}"),
    ) {
        let mut run = Run { block_at, ..Run::go(&[]) };
        for found in &found {
            let findings = found.iter().map(|(severity, n)| finding(*severity, *n)).collect();
            run.checks.push((Severity::Blocker, Some(answered(findings))));
        }
        if let (Some(reason), Some((_, Some(outcome)))) = (reason, run.checks.first_mut()) {
            outcome.cannot_tell.push(reason);
        }
        let all = run.result();
        let names: Vec<(String, Severity, String)> =
            known.iter().map(|(c, s, n)| (format!("check-{c}"), *s, format!("f1:{n:032x}"))).collect();
        let names: Vec<(&str, Severity, &str)> = names.iter().map(|(c, s, f)| (c.as_str(), *s, f.as_str())).collect();
        run.request.since = since(&names);
        let result = run.result();
        prop_assert_ne!(result.decision, Decision::Go);
        prop_assert_eq!(result.decision == Decision::NoGo, result.findings.at_or_above(block_at) > 0);
        prop_assert!(all.decision != Decision::CannotTell || result.decision == Decision::CannotTell);
        // Nothing is lost: what was found is new or known, what was known is there, fixed or not looked for.
        let told = result.new_since.clone().unwrap();
        prop_assert_eq!(result.findings.total() + told.baselined.total(), all.findings.total());
        prop_assert_eq!(told.baselined.total() + told.fixed.total() + told.not_looked_for.total(), known.len() as u64);
        let shown: u64 = result.checks.iter().map(|c| c.baselined.len() as u64).sum();
        prop_assert_eq!(shown, told.baselined.total());
        for check in &result.checks {
            prop_assert!(check.baselined.is_empty() || check.status != Status::Pass);
        }
    }
}
