//! What waivers may do to a verdict, and above all what they may not.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::document;
use crate::verdict::{MaxWaived, Terms, Waiver, WaiverState, decode_waivers, group, judge_waivers};

const APPROVER: &str = "clinical safety officer";
const MINOR_APPROVER: &str = "implementation lead";

/// A waiver as it stands in a file: what it names, and its other fields.
#[derive(Clone, Debug)]
struct Written {
    finding: String,
    group: Option<(u64, String)>,
    fields: Vec<(&'static str, String)>,
}

impl Written {
    fn of(finding: &Finding) -> Self {
        let fields = [("owner", "outpatient build team"), ("approver", APPROVER), ("reason", "taught on the day")];
        let mut fields: Vec<(&str, String)> = fields.map(|(k, v)| (k, v.to_owned())).into();
        fields.push(("expires", "2027-03-31T23:59:59Z".to_owned()));
        Self { finding: finding.fingerprint.clone(), group: None, fields }
    }

    /// The group of these findings that the first one is in.
    fn of_group(findings: &[Finding]) -> Self {
        let group = group(findings).into_iter().find(|g| g.findings.contains(&0)).unwrap();
        Self { group: Some((group.members, group.digest)), ..Self::of(&findings[0]) }
    }

    fn with(mut self, key: &'static str, value: &str) -> Self {
        self.fields.retain(|(k, _)| *k != key);
        self.fields.push((key, value.to_owned()));
        self
    }

    fn yaml(&self) -> String {
        let mut text = format!("- finding: \"{}\"\n", self.finding);
        if let Some((members, digest)) = &self.group {
            text.push_str(&format!("  members: {members}\n  digest: \"{digest}\"\n"));
        }
        self.fields.iter().for_each(|(k, v)| text.push_str(&format!("  {k}: {v}\n")));
        text
    }
}

fn decoded(written: &[Written]) -> Vec<Waiver> {
    let text: String = written.iter().map(Written::yaml).collect();
    if text.is_empty() {
        return Vec::new();
    }
    let mut problems = Problems::default();
    let document = document::load("checks/waivers.yaml", text.as_bytes(), &mut problems).unwrap();
    let waivers = decode_waivers(&document, &mut problems);
    assert!(problems.is_empty(), "{}", document::render(&problems, false));
    waivers
}

/// The waiver of the group that these findings make.
pub(super) fn of_group(findings: &[Finding]) -> Vec<Waiver> {
    decoded(&[Written::of_group(findings)])
}

/// A run whose checks find these; waivers of everything but blockers may be approved.
fn run_of(checks: Vec<Vec<Finding>>, waivers: &[Written]) -> Run {
    let mut run = Run::go(&vec![Severity::Major; checks.len()]);
    for ((_, outcome), findings) in run.checks.iter_mut().zip(checks) {
        *outcome = Some(answered(findings));
    }
    run.policy.approvers = vec![(Severity::Major, vec![APPROVER.into()]), (Severity::Minor, vec![MINOR_APPROVER.into()])];
    run.request.waivers = decoded(waivers);
    run
}

fn state(run: &Run) -> (WaiverState, String) {
    let waiver = run.result().waivers[0].clone();
    (waiver.state, waiver.why.unwrap_or_default())
}

fn major(n: usize) -> Finding {
    finding(Severity::Major, n)
}

#[test]
fn a_waived_finding_does_not_block_and_stays_found() {
    let run = run_of(vec![vec![major(1)], Vec::new()], &[Written::of(&major(1))]);
    let result = run.result();
    assert_eq!(result.decision, Decision::Go);
    assert_eq!(result.reasons, ["1 check passed; 1 major finding waived"]);
    assert_eq!((result.findings.major, result.waived.major), (1, 1));
    assert_eq!((result.passed, result.waived_checks, result.failed), (1, 1, 0));
    let check = result.checks.iter().find(|c| c.id == "check-0").unwrap();
    assert_eq!((check.status, check.blocks, check.outcome.ledger.waived), (Status::Waived, false, 1));
    assert_eq!((check.counts.major, check.open().total(), check.waiver_of(0)), (1, 0, Some(0)));
    let waiver = &result.waivers[0];
    assert_eq!((waiver.state, waiver.days_left, waiver.check.as_deref()), (WaiverState::InForce, 58, Some("check-0")));
    assert_eq!((waiver.place.as_str(), waiver.about.as_deref()), ("checks/waivers.yaml:1", Some("clinic is missing")));
    assert_eq!(run_of(vec![vec![major(1)], Vec::new()], &[]).decision(), Decision::NoGo);
}

#[test]
fn one_of_two_is_not_both() {
    let result = run_of(vec![vec![major(1), major(2)]], &[Written::of(&major(1))]).result();
    assert_eq!(result.decision, Decision::NoGo);
    assert_eq!(result.reasons, ["1 major finding in outpatients: check-0"]);
    assert_eq!((result.checks[0].status, result.waived.total(), result.waived_checks), (Status::Fail, 1, 0));
}

#[test]
fn a_waiver_that_does_not_hold_says_why_and_waives_nothing() {
    let one = || Written::of(&major(1));
    let cases: [(Written, WaiverState, &str); 9] = [
        (one().with("expires", "2027-01-31T00:00:00Z"), WaiverState::Expired, "it expired on 2027-01-31T00:00:00Z"),
        (one().with("expires", "2027-02-24T05:59:59Z"), WaiverState::Expired, "before the go-live on 2027-02-24T06:00:00Z"),
        (one().with("approver", " Outpatient  Build Team"), WaiverState::Refused, "owns the difference"),
        (one().with("approver", MINOR_APPROVER), WaiverState::Refused, "the policy names clinical safety officer"),
        (one().with("approver", "somebody"), WaiverState::Refused, "somebody may not approve major findings"),
        (one().with("check", "check-1"), WaiverState::Refused, "it says that it is about check-1, but check-0 found this"),
        (Written::of(&major(9)), WaiverState::Unused, "it was repaired, or it has changed"),
        (Written { group: Some((2, "ab".repeat(32))), ..one() }, WaiverState::Ended, "1 member left"),
        (Written { group: Some((1, "ab".repeat(32))), ..one() }, WaiverState::Ended, "a member changed"),
    ];
    for (written, expected, why) in cases {
        let run = run_of(vec![vec![major(1)], Vec::new()], &[written]);
        let (found, told) = state(&run);
        assert_eq!(found, expected, "{told}");
        assert!(told.contains(why), "{told:?} lacks {why:?}");
        let result = run.result();
        assert_eq!((result.decision, result.waived.total()), (Decision::NoGo, 0), "{told}");
    }
}

#[test]
fn it_must_hold_at_the_later_of_as_of_and_go_live_to_the_second() {
    let until = |moment: &str| run_of(vec![vec![major(1)]], &[Written::of(&major(1)).with("expires", moment)]).decision();
    assert_eq!(until("2027-02-24T06:00:00Z"), Decision::Go);
    assert_eq!(until("2027-02-24T05:59:59Z"), Decision::NoGo);
    let mut late = run_of(vec![vec![major(1)]], &[Written::of(&major(1)).with("expires", "2027-02-01T11:59:59Z")]);
    assert_eq!(state(&late).0, WaiverState::Expired);
    late.request.waivers = decoded(&[Written::of(&major(1)).with("expires", "2027-02-01T12:00:00Z")]);
    assert!(state(&late).1.contains("before the go-live"), "at as-of it still holds, at the go-live it does not");
}

#[test]
fn the_policy_says_who_and_what() {
    let mut run = run_of(vec![vec![major(1)]], &[Written::of(&major(1))]);
    run.policy.approvers.clear();
    assert_eq!(state(&run), (WaiverState::Refused, "the policy names nobody who may approve major findings".into()));

    let blocker = finding(Severity::Blocker, 1);
    let mut run = run_of(vec![vec![blocker.clone()]], &[Written::of(&blocker)]);
    run.policy.approvers.push((Severity::Blocker, vec![APPROVER.into()]));
    assert_eq!(state(&run), (WaiverState::Refused, "the policy waives no blocker findings".into()));
    run.policy.never_waive.clear();
    assert_eq!((state(&run).0, run.decision()), (WaiverState::InForce, Decision::Go));

    // Whoever may accept a major difference may accept a minor one; not the other way round.
    let minor = finding(Severity::Minor, 1);
    for (approver, holds) in [(APPROVER, true), (MINOR_APPROVER, true), ("somebody", false)] {
        let mut run = run_of(vec![vec![minor.clone()]], &[Written::of(&minor).with("approver", approver)]);
        run.block_at = Severity::Minor;
        assert_eq!(run.decision() == Decision::Go, holds, "{approver}");
    }
}

#[test]
fn a_fingerprint_that_several_findings_have_is_over_broad() {
    for checks in [vec![vec![major(1), major(1)]], vec![vec![major(1)], vec![major(1)]]] {
        let run = run_of(checks, &[Written::of(&major(1))]);
        assert_eq!((state(&run).0, run.decision()), (WaiverState::OverBroad, Decision::NoGo));
    }
    let twice = [major(1), major(1)];
    assert_eq!(run_of(vec![twice.to_vec()], &[Written::of_group(&twice)]).decision(), Decision::Go, "a group says how many");
    let run = run_of(vec![twice.to_vec(), twice.to_vec()], &[Written::of_group(&twice)]);
    assert_eq!((state(&run).0, run.decision()), (WaiverState::OverBroad, Decision::NoGo));
}

#[test]
fn a_group_is_waived_as_it_was_or_not_at_all() {
    let accepted = [major(1), major(2), finding(Severity::Minor, 3)];
    let with = |findings: &[Finding]| run_of(vec![findings.to_vec()], &[Written::of_group(&accepted)]);
    let run = with(&accepted);
    let result = run.result();
    assert_eq!((result.decision, result.waived.major, result.waived.minor), (Decision::Go, 2, 1));
    assert_eq!(result.checks[0].waived_in(&result.checks[0].groups[0]), 3);
    let joined = [&accepted[..], &[major(4), major(5)]].concat();
    assert!(state(&with(&joined)).1.starts_with("2 members joined: 5 today, 3 accepted; digest today "));
    assert!(state(&with(&accepted[..2])).1.starts_with("1 member left: 2 today, 3 accepted; digest today "));
    let changed = [major(1), major(7), finding(Severity::Minor, 3)];
    assert!(state(&with(&changed)).1.starts_with("a member changed: 3 today as accepted, but not the same; digest today "));
    // A worse member needs whoever may approve that.
    let mut worse = accepted.clone();
    worse[1].severity = Severity::Blocker;
    assert_eq!(state(&with(&worse)).1, "the policy waives no blocker findings");
    for findings in [&joined[..], &accepted[..2], &changed, &worse] {
        assert_eq!(with(findings).decision(), Decision::NoGo);
    }
}

#[test]
fn above_the_caps_no_waiver_applies() {
    let findings: Vec<Finding> = (0..3).map(major).collect();
    let waivers: Vec<Written> = findings.iter().map(Written::of).collect();
    let mut run = run_of(vec![findings.clone()], &waivers);
    run.policy.max_waived = Some(MaxWaived { findings: 3, groups: 0 });
    assert_eq!(run.decision(), Decision::Go);
    run.policy.max_waived = Some(MaxWaived { findings: 2, groups: 0 });
    let result = run.result();
    assert_eq!((result.decision, result.waived.total()), (Decision::NoGo, 0));
    let why = "3 findings would be waived, more than the 2 that the policy allows: no waiver applies";
    assert!(result.waivers.iter().all(|w| w.state == WaiverState::Refused && w.why.as_deref() == Some(why)));

    let mut run = run_of(vec![findings.clone()], &[Written::of_group(&findings)]);
    run.policy.max_waived = Some(MaxWaived { findings: 3, groups: 0 });
    assert_eq!(state(&run).1, "1 groups would be waived, more than the 0 that the policy allows: no waiver applies");
    run.policy.max_waived = None;
    assert_eq!(run.decision(), Decision::Go);
    // A finding that two waivers name is one finding, and those that do not hold count for nothing.
    let overlapping = [Written::of_group(&findings), Written::of(&findings[0]), Written::of(&major(1)).with("approver", "somebody")];
    let mut run = run_of(vec![findings.clone()], &overlapping);
    run.policy.max_waived = Some(MaxWaived { findings: 3, groups: 1 });
    let result = run.result();
    assert_eq!((result.decision, result.waived.major), (Decision::Go, 3));
    assert_eq!(result.checks[0].waived_by, [(0, 0), (1, 0), (2, 0)]);
}

#[test]
fn what_was_not_kept_and_what_was_not_answered_cannot_be_waived() {
    let mut run = run_of(vec![vec![major(1)]], &[Written::of(&major(1))]);
    let outcome = run.checks[0].1.as_mut().unwrap();
    outcome.beyond = vec![("major".into(), 1)];
    let result = run.result();
    assert_eq!((result.decision, result.waived.major, result.findings.major), (Decision::NoGo, 1, 2));
    assert_eq!(result.checks[0].status, Status::Fail);
    run.request.waivers = decoded(&[Written::of_group(&[major(1)])]);
    assert!(state(&run).1.contains("not known whole"));

    let mut run = run_of(vec![vec![major(1)]], &[Written::of(&major(1))]);
    run.checks[0].1.as_mut().unwrap().cannot_tell = vec!["the file was cut short".into()];
    let result = run.result();
    assert_eq!((result.decision, result.checks[0].status, result.waived.major), (Decision::CannotTell, Status::CannotTell, 1));
    assert!(result.checks[0].blocks);
}

#[test]
fn what_did_not_run_is_not_called_unused() {
    let mut run = run_of(vec![Vec::new(), Vec::new()], &[Written::of(&major(1)), Written::of(&major(2)).with("check", "check-0")]);
    let states = |run: &Run| run.result().waivers.iter().map(|w| w.state).collect::<Vec<_>>();
    assert_eq!(states(&run), [WaiverState::Unused, WaiverState::Unused]);
    run.checks[1].1.as_mut().unwrap().skipped = Some("--only check-0".into());
    assert_eq!(states(&run), [WaiverState::NotJudged, WaiverState::Unused], "check-0 did run");
    let unanswered: [fn(&mut Outcome); 2] = [|o| o.cannot_tell.push("cut short".into()), |o| o.beyond.push(("minor".into(), 1))];
    for spoil in unanswered {
        let mut run = run_of(vec![Vec::new(), Vec::new()], &[Written::of(&major(1)), Written::of(&major(2)).with("check", "check-0")]);
        spoil(run.checks[0].1.as_mut().unwrap());
        assert_eq!(states(&run), [WaiverState::NotJudged, WaiverState::NotJudged]);
        let result = run.result();
        let terms = Terms { policy: &run.policy, as_of: result.as_of, go_live: result.go_live };
        assert_eq!(judge_waivers(&run.request.waivers, &result.checks, terms), result.waivers, "judged alone as in the run");
    }
}

/// Findings with distinct fingerprints in a few groups and checks, of severities that may be waived.
fn checks() -> impl Strategy<Value = Vec<Vec<Finding>>> {
    let severity = prop_oneof![Just(Severity::Info), Just(Severity::Minor), Just(Severity::Major)];
    proptest::collection::vec(proptest::collection::vec((severity, 0..3u8), 0..6), 1..4).prop_map(|checks| {
        let mut n = 0;
        let each = |(severity, cause): (Severity, u8)| {
            n += 1;
            Finding { cause: format!("cause {cause}"), ..finding(severity, n) }
        };
        let mut each = each;
        checks.into_iter().map(|findings| findings.into_iter().map(&mut each).collect()).collect()
    })
}

/// Fingerprints of what a run waived.
fn waived(run: &Run) -> BTreeSet<String> {
    let result = run.result();
    let of = |c: &CheckResult| c.waived_by.iter().map(|(f, _)| c.outcome.findings[*f].fingerprint.clone()).collect::<Vec<_>>();
    result.checks.iter().flat_map(of).collect()
}

fn rank(decision: Decision) -> u8 {
    [Decision::NoGo, Decision::CannotTell, Decision::Partial, Decision::Go].iter().position(|d| *d == decision).unwrap() as u8
}

proptest! {
    #[test]
    fn a_waiver_touches_what_it_names_and_nothing_else(checks in checks(), chosen in proptest::collection::vec(any::<bool>(), 18)) {
        let named: Vec<Finding> = checks.iter().flatten().zip(&chosen).filter(|(_, c)| **c).map(|(f, _)| f.clone()).collect();
        let run = run_of(checks.clone(), &named.iter().map(Written::of).collect::<Vec<_>>());
        prop_assert_eq!(waived(&run), named.iter().map(|f| f.fingerprint.clone()).collect::<BTreeSet<_>>());
        let (result, without) = (run.result(), run_of(checks.clone(), &[]).result());
        prop_assert_eq!(result.findings, without.findings);
        prop_assert_eq!(result.waived.total(), named.len() as u64);
        let open = |f: &&Finding| f.severity >= Severity::Major && !named.iter().any(|n| n.fingerprint == f.fingerprint);
        prop_assert_eq!(result.decision == Decision::NoGo, checks.iter().flatten().any(|f| open(&f)));
        prop_assert_eq!(result.passed, without.passed, "nothing passes by being waived");
        prop_assert!(rank(result.decision) >= rank(without.decision));
    }

    #[test]
    fn losing_a_waiver_that_holds_never_improves_the_verdict(
        checks in checks(),
        chosen in proptest::collection::vec(any::<bool>(), 18),
        at in any::<prop::sample::Index>(),
        cap in proptest::option::of(0..8u64),
    ) {
        let named: Vec<Finding> = checks.iter().flatten().zip(&chosen).filter(|(_, c)| **c).map(|(f, _)| f.clone()).collect();
        prop_assume!(!named.is_empty());
        let mut run = run_of(checks, &named.iter().map(Written::of).collect::<Vec<_>>());
        run.policy.max_waived = cap.map(|findings| MaxWaived { findings, groups: 0 });
        let mut without = run.clone();
        let lost = at.index(named.len());
        without.request.waivers.remove(lost);
        // Above the cap none holds, and one fewer may be few enough for the others.
        if run.result().waivers[lost].state == WaiverState::InForce {
            prop_assert!(rank(without.decision()) <= rank(run.decision()));
            prop_assert_eq!(without.decision() == Decision::NoGo, run.decision() == Decision::NoGo || named[lost].severity >= Severity::Major);
        }
    }

    #[test]
    fn what_was_waived_and_counts_worse_never_improves_the_verdict(
        checks in checks(),
        at in any::<prop::sample::Index>(),
        to in prop_oneof![Just(Severity::Major), Just(Severity::Blocker)],
    ) {
        let all: Vec<Finding> = checks.iter().flatten().cloned().collect();
        prop_assume!(!all.is_empty());
        let run = run_of(checks, &all.iter().map(Written::of).collect::<Vec<_>>());
        prop_assert_eq!(run.decision(), Decision::Go);
        let mut worse = run.clone();
        let raised = &all[at.index(all.len())].fingerprint;
        let outcomes = worse.checks.iter_mut().filter_map(|(_, outcome)| outcome.as_mut());
        outcomes.flat_map(|o| &mut o.findings).filter(|f| f.fingerprint == *raised).for_each(|f| f.severity = to);
        prop_assert_eq!(worse.decision() == Decision::NoGo, to == Severity::Blocker, "no waiver touches a blocker");
    }

    #[test]
    fn waiving_is_never_better_than_repairing(checks in checks(), reason in proptest::option::of("[a-z]{3}"), skip in any::<bool>()) {
        let all: Vec<Written> = checks.iter().flatten().map(Written::of).collect();
        let spoiled = |mut run: Run| {
            run.checks[0].1.as_mut().unwrap().cannot_tell.extend(reason.clone());
            run.checks[0].1.as_mut().unwrap().skipped = skip.then(|| "--only".into());
            run.decision()
        };
        let repaired = spoiled(run_of(vec![Vec::new(); checks.len()], &[]));
        let waived = spoiled(run_of(checks, &all));
        prop_assert!(rank(waived) <= rank(repaired));
        prop_assert!(waived != Decision::Go || (reason.is_none() && !skip));
    }

    #[test]
    fn any_change_of_a_group_ends_its_waiver(
        members in proptest::collection::vec(prop_oneof![Just(Severity::Minor), Just(Severity::Major)], 1..6),
        at in any::<prop::sample::Index>(),
        how in 0..3u8,
    ) {
        let mut findings: Vec<Finding> = members.iter().enumerate().map(|(n, s)| finding(*s, n)).collect();
        findings[0].severity = Severity::Major;
        let written = Written::of_group(&findings);
        prop_assert_eq!(run_of(vec![findings.clone()], std::slice::from_ref(&written)).decision(), Decision::Go);
        let at = at.index(findings.len());
        match how {
            0 => findings.insert(at, major(99)),
            1 if findings.len() > 1 => drop(findings.remove(at)),
            _ => findings[at].fingerprint = format!("f1:{:032x}", 99),
        }
        let run = run_of(vec![findings.clone()], &[written]);
        prop_assert_ne!(state(&run).0, WaiverState::InForce);
        prop_assert_eq!(run.result().waived.total(), 0);
        prop_assert_eq!(run.decision() == Decision::NoGo, findings.iter().any(|f| f.severity >= Severity::Major));
    }
}
