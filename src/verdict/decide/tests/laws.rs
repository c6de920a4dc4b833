//! The laws of the verdict: what no run, however it came about, may do.

use proptest::prelude::*;

use super::*;

/// How good a verdict is; more is better.
fn rank(decision: Decision) -> u8 {
    match decision {
        Decision::NoGo => 0,
        Decision::CannotTell => 1,
        Decision::Partial => 2,
        Decision::Go => 3,
    }
}

pub(super) fn severity() -> impl Strategy<Value = Severity> {
    prop_oneof![Just(Severity::Info), Just(Severity::Minor), Just(Severity::Major), Just(Severity::Blocker)]
}

fn outcome() -> impl Strategy<Value = Option<Outcome>> {
    let some = (
        proptest::collection::vec(severity(), 0..3),
        proptest::option::weighted(0.15, "[a-z]{1,5}"),
        proptest::option::weighted(0.1, Just("--only".to_owned())),
    )
        .prop_map(|(severities, reason, skipped)| {
            let mut outcome = answered(severities.into_iter().enumerate().map(|(n, s)| finding(s, n)).collect());
            outcome.cannot_tell.extend(reason);
            outcome.skipped = skipped;
            outcome
        });
    proptest::option::weighted(0.95, some)
}

fn run() -> impl Strategy<Value = Run> {
    let checks = proptest::collection::vec((severity(), outcome()), 0..5);
    let quiet = proptest::collection::vec(severity().prop_map(|s| (s, Some(answered(Vec::new())))), 0..5);
    (
        prop_oneof![checks, quiet],
        severity(),
        proptest::option::weighted(0.2, proptest::collection::vec((0usize..5).prop_map(|i| format!("CRIT-check-{i}")), 0..3)),
        any::<bool>(),
    )
        .prop_map(|(checks, block_at, criteria, read)| {
            let mut run = Run { checks, block_at, criteria, ..Run::go(&[]) };
            if !read {
                run.manifests.clear();
            }
            run
        })
}

proptest! {
    #[test]
    fn adding_a_finding_never_improves_the_verdict(run in run(), at in any::<prop::sample::Index>(), severity in severity()) {
        prop_assume!(run.checks.iter().any(|(_, o)| o.is_some()));
        let mut worse = run.clone();
        let with_outcome: Vec<usize> = (0..run.checks.len()).filter(|i| run.checks[*i].1.is_some()).collect();
        let outcome = worse.checks[with_outcome[at.index(with_outcome.len())]].1.as_mut().unwrap();
        outcome.findings.push(finding(severity, 99));
        prop_assert!(rank(worse.decision()) <= rank(run.decision()));
        if severity >= run.block_at {
            prop_assert_eq!(worse.decision(), Decision::NoGo);
        }
    }

    #[test]
    fn a_reason_on_a_blocking_check_never_gives_go(run in run(), at in any::<prop::sample::Index>()) {
        let blocking: Vec<usize> = (0..run.checks.len()).filter(|i| run.checks[*i].0 >= run.block_at && run.checks[*i].1.is_some()).collect();
        prop_assume!(!blocking.is_empty());
        let mut doubtful = run.clone();
        doubtful.checks[blocking[at.index(blocking.len())]].1.as_mut().unwrap().cannot_tell.push("the file was cut short".into());
        prop_assert!(matches!(doubtful.decision(), Decision::NoGo | Decision::CannotTell));
    }

    #[test]
    fn a_lost_outcome_never_gives_go(run in run(), at in any::<prop::sample::Index>()) {
        prop_assume!(!run.checks.is_empty());
        let mut lost = run.clone();
        let i = at.index(run.checks.len());
        lost.checks[i].1 = None;
        prop_assert!(matches!(lost.decision(), Decision::NoGo | Decision::CannotTell));
    }

    #[test]
    fn narrowing_replaying_and_skipping_never_give_go(run in run()) {
        let with = |change: &dyn Fn(&mut Run)| { let mut r = run.clone(); change(&mut r); r.decision() };
        prop_assert_ne!(with(&|r| r.request.narrowed.push("--only check-0".into())), Decision::Go);
        prop_assert_ne!(with(&|r| r.request.replay = true), Decision::Go);
        if let Some((_, Some(_))) = run.checks.first() {
            prop_assert_ne!(with(&|r| r.checks[0].1.as_mut().unwrap().skipped = Some("--only".into())), Decision::Go);
        }
    }

    #[test]
    fn go_means_that_everything_passed_or_is_below_the_blocking_severity(run in run()) {
        let result = run.result();
        prop_assert_eq!(result.decision == Decision::NoGo, result.findings.at_or_above(run.block_at) > 0);
        if result.decision == Decision::Go {
            prop_assert!(!run.checks.is_empty() && !run.manifests.is_empty());
            for check in &result.checks {
                prop_assert!(check.counts.at_or_above(run.block_at) == 0 && !check.blocks && check.status != Status::Skipped);
                prop_assert!(check.outcome.cannot_tell.is_empty() || check.worst < run.block_at);
            }
        }
    }

    #[test]
    fn raising_a_severity_never_improves_the_verdict(run in run(), at in any::<prop::sample::Index>(), to in severity()) {
        prop_assume!(!run.checks.is_empty());
        let i = at.index(run.checks.len());
        let mut worse = run.clone();
        worse.checks[i].0 = worse.checks[i].0.max(to);
        prop_assert!(rank(worse.decision()) <= rank(run.decision()));
        if let Some(outcome) = &mut worse.checks[i].1 {
            outcome.findings.iter_mut().for_each(|f| f.severity = f.severity.max(to));
        }
        prop_assert!(rank(worse.decision()) <= rank(run.decision()));
    }

    #[test]
    fn blocking_at_a_milder_severity_never_improves_the_verdict(run in run(), milder in severity()) {
        let stricter = Run { block_at: run.block_at.min(milder), ..run.clone() };
        prop_assert!(rank(stricter.decision()) <= rank(run.decision()));
    }

    #[test]
    fn a_doubt_about_what_was_read_never_improves_the_verdict(run in run(), what in 0..4u8, side in 0..2usize) {
        let mut doubtful = run.clone();
        if let Some(manifest) = doubtful.manifests.get_mut(side) {
            match what {
                0 => manifest.datasets[0].unread = Some("cut short".into()),
                1 => manifest.datasets[0].completeness.grade = Grade::Unknown,
                2 => manifest.datasets.clear(),
                _ => manifest.instance = None,
            }
            prop_assert!(rank(doubtful.decision()) <= rank(run.decision()));
            let asked = run.checks.iter().any(|(worst, outcome)| *worst >= run.block_at && outcome.is_some());
            prop_assert!(doubtful.decision() != Decision::Go || (!asked && what != 3));
        }
        doubtful.doubts.push("the data are 30 hours old".into());
        prop_assert!(rank(doubtful.decision()) <= rank(run.decision()));
    }

    #[test]
    fn the_order_of_checks_and_environments_never_matters(run in run(), order in Just([0, 1, 2, 3, 4]).prop_shuffle()) {
        let there = run.result();
        let turned = run.result_of(|checks, looked| {
            let mut by_order: Vec<(usize, Check)> = order.into_iter().zip(std::mem::take(checks)).collect();
            by_order.sort_by_key(|(at, _)| *at);
            checks.extend(by_order.into_iter().map(|(_, check)| check));
            looked.reverse();
        });
        prop_assert_eq!((&turned.decision, &turned.reasons, &turned.checks), (&there.decision, &there.reasons, &there.checks));
        prop_assert_eq!((&turned.required, &turned.findings, &turned.keys), (&there.required, &there.findings, &there.keys));
    }

    #[test]
    fn numbers_add_up_and_every_verdict_has_a_reason(run in run()) {
        let result = run.result();
        let checks = result.checks.len() as u64;
        prop_assert_eq!(result.passed + result.failed + result.untold + result.skipped, checks);
        prop_assert_eq!(result.findings.total(), result.checks.iter().map(|c| c.outcome.findings.len() as u64).sum::<u64>());
        prop_assert!(!result.reasons.is_empty());
        prop_assert!(result.checks.is_sorted_by(|a, b| a.blocks >= b.blocks));
    }
}
