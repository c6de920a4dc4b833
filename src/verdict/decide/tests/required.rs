//! The criteria that a GO must contain.

use proptest::prelude::*;

use super::*;
use crate::verdict::require::judge as judge_required;

#[test]
fn a_required_criterion_needs_an_answer() {
    let mut run = Run::go(&[Severity::Minor]);
    run.criteria = Some(vec!["CRIT-check-0".into()]);
    assert_eq!(run.decision(), Decision::Go);
    run.checks[0].1.as_mut().unwrap().cannot_tell.push("cut short".into());
    assert_eq!(run.decision(), Decision::CannotTell, "below the blocking severity, but required");
    run.criteria = Some(vec!["CLN-9".into()]);
    assert_eq!(run.result().reasons, ["the required criterion CLN-9 has no check with an answer"]);
    run.criteria = Some(Vec::new());
    assert_eq!(run.decision(), Decision::CannotTell, "a project that requires nothing without a reason");
}

#[test]
fn a_criterion_that_does_not_apply_needs_no_check() {
    let checks = Run::go(&[Severity::Blocker]).result().checks;
    let standard = [StandardCriterion { id: "CRIT-check-0", title: "Clinics" }, StandardCriterion { id: "BCP-2", title: "Sites" }];
    let excused = |ids: &[&str]| Require {
        criteria: RequiredCriteria::Standard,
        not_applicable: ids
            .iter()
            .map(|id| Criterion { id: said((*id).into()), reason: "one site only".into(), approver: "safety officer".into() })
            .collect(),
    };
    let met = judge_required(&excused(&["BCP-2"]), &standard, &checks);
    assert_eq!((met.unmet.len(), met.verdict_on), (0, None));
    assert_eq!(met.results[1].not_applicable.as_deref(), Some("one site only (agreed by safety officer)"));
    assert!(met.results[0].answered && !met.results[1].answered);
    let open = judge_required(&excused(&[]), &standard, &checks);
    assert_eq!(open.unmet, ["the required criterion BCP-2 has no check with an answer"]);
    assert_eq!(judge_required(&excused(&[]), &[], &checks).unmet, ["the project requires no criterion at all"]);
}

fn listed(ids: &[&str]) -> Require {
    Require { criteria: RequiredCriteria::Listed(ids.iter().map(|id| said((*id).to_owned())).collect()), not_applicable: Vec::new() }
}

/// Checks of one criterion, one per site and status.
fn at_sites(sites: &[(Option<&str>, Status)]) -> Vec<CheckResult> {
    let one = Run::go(&[Severity::Blocker]).result().checks.remove(0);
    sites.iter().map(|(site, status)| CheckResult { site: site.map(str::to_owned), status: *status, ..one.clone() }).collect()
}

#[test]
fn a_criterion_needs_an_answer_at_every_site() {
    let (north, south, everywhere) = (Some("north"), Some("south"), None);
    let unmet = |sites: &[(Option<&str>, Status)]| {
        let judged = judge_required(&listed(&["CRIT-check-0"]), &[], &at_sites(sites));
        assert_eq!(judged.results[0].answered, judged.unmet.is_empty() && judged.left_out.is_empty());
        (judged.unmet, judged.left_out)
    };
    let met = (Vec::new(), Vec::new());
    assert_eq!(unmet(&[(north, Status::Pass), (south, Status::Fail)]), met);
    assert_eq!(unmet(&[(north, Status::CannotTell), (south, Status::CannotTell), (everywhere, Status::Pass)]), met);
    let open = vec!["the required criterion CRIT-check-0 at south has no check with an answer".to_owned()];
    assert_eq!(unmet(&[(north, Status::Pass), (south, Status::CannotTell)]), (open.clone(), Vec::new()));
    assert_eq!(unmet(&[(north, Status::Pass), (south, Status::CannotTell), (south, Status::Skipped)]), (open, Vec::new()));
    assert_eq!(unmet(&[(north, Status::Pass), (south, Status::Skipped)]), (Vec::new(), vec!["CRIT-check-0 at south".to_owned()]));
    let both = vec!["2 required criteria have no check with an answer: CRIT-check-0 at north, CRIT-check-0 at south".to_owned()];
    assert_eq!(unmet(&[(north, Status::CannotTell), (south, Status::CannotTell)]), (both, Vec::new()));
    // What no check asks is asked nowhere, which is said once.
    let unasked = judge_required(&listed(&["BCP-2"]), &[], &at_sites(&[(north, Status::Pass), (south, Status::Pass)]));
    assert_eq!(unasked.unmet, ["the required criterion BCP-2 has no check with an answer"]);
}

#[test]
fn the_verdict_says_what_it_is_on_and_the_criteria_what_they_ask() {
    let standard = [StandardCriterion { id: "A-1", title: "Wards" }, StandardCriterion { id: "CRIT-check-0", title: "Clinics" }];
    let checks = at_sites(&[(None, Status::Pass)]);
    let judged = judge_required(&listed(&["CRIT-check-0", "OURS-1"]), &standard, &checks);
    let on = "the criteria that the project lists (CRIT-check-0, OURS-1), not on the whole hospital";
    assert_eq!(judged.verdict_on.as_deref(), Some(on));
    assert_eq!(judged.results.iter().map(|r| r.title.as_str()).collect::<Vec<_>>(), ["Clinics", ""]);
    let none = |checks: &[CheckResult]| {
        let criteria = RequiredCriteria::None { reason: "a pipeline".into() };
        judge_required(&Require { criteria, not_applicable: Vec::new() }, &standard, checks).verdict_on.unwrap()
    };
    assert_eq!(none(&checks), "outpatients alone, not on the whole hospital: a pipeline");
    assert_eq!(none(&[]), "no area alone, not on the whole hospital: a pipeline");
}

fn status() -> impl Strategy<Value = Status> {
    prop_oneof![Just(Status::Pass), Just(Status::Fail), Just(Status::Waived), Just(Status::CannotTell), Just(Status::Skipped)]
}

proptest! {
    #[test]
    fn an_answer_that_is_lost_never_meets_a_criterion(
        checks in proptest::collection::vec((prop_oneof![Just(None), Just(Some("north")), Just(Some("south"))], status()), 1..6),
        at in any::<prop::sample::Index>(),
        lost in prop_oneof![Just(Status::CannotTell), Just(Status::Skipped)],
    ) {
        let met = |checks: &[(Option<&str>, Status)]| judge_required(&listed(&["CRIT-check-0"]), &[], &at_sites(checks)).results[0].answered;
        let mut worse = checks.clone();
        worse[at.index(checks.len())].1 = lost;
        prop_assert!(met(&checks) || !met(&worse));
        let sites: std::collections::BTreeSet<_> = checks.iter().filter_map(|(site, _)| *site).collect();
        let answers = |site: Option<&str>| checks.iter().any(|(s, status)| {
            (s.is_none() || *s == site) && matches!(status, Status::Pass | Status::Fail | Status::Waived)
        });
        let expected = if sites.is_empty() { answers(None) } else { sites.iter().all(|site| answers(Some(site))) };
        prop_assert_eq!(met(&checks), expected);
    }

    #[test]
    fn a_required_criterion_that_loses_its_check_is_never_go(
        n in 1usize..5,
        at in any::<prop::sample::Index>(),
        other in prop_oneof![Just(None), Just(Some("OURS-1"))],
    ) {
        let mut run = Run::go(&vec![Severity::Minor; n]);
        run.criteria = Some((0..n).map(|i| format!("CRIT-check-{i}")).collect());
        prop_assert_eq!(run.decision(), Decision::Go);
        let lost = at.index(n);
        let result = run.result_of(|checks, _| checks[lost].criterion = other.map(|id| said(id.to_owned())));
        prop_assert_eq!(result.decision, Decision::CannotTell);
        prop_assert_eq!(result.reasons, [format!("the required criterion CRIT-check-{lost} has no check with an answer")]);
    }
}
