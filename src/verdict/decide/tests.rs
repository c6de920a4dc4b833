//! The verdict over invented projects: its rules one by one, its laws in `laws`.

use chrono::{DateTime, Utc};

use super::*;
use crate::check::kind::{Context, Kind};
use crate::check::{Catalogue, Check, Finding, FindingKind, Pair, ReadCount, Severities};
use crate::document::{At, Place, Problems, SourceText};
use crate::snapshot::{DatasetEntry, Grade, Manifest, Plan};
use crate::value::Key;
use crate::verdict::{Criterion, Policy, Require, RequiredCriteria, StandardCriterion};

mod hazards;
mod laws;
mod logins;
mod new_since;
mod required;
mod signed;
mod waivers;

struct Silent;

impl Kind for Silent {
    fn word(&self) -> &'static str {
        "parity"
    }
    fn plan(&self, _: &Pair, _: &mut Plan) {}
    fn lint(&self, _: &Catalogue<'_>, _: &mut Problems) {}
    fn asks_site(&self) -> Option<Place> {
        None
    }
    fn evaluate(&self, _: &Evidence, _: &Context<'_>) -> Outcome {
        Outcome::default()
    }
}

fn here() -> Place {
    Place { file: SourceText::new("checks/outpatients.yaml", "id: x"), start: 0, end: 1 }
}

fn said<T>(value: T) -> At<T> {
    At { value, place: here() }
}

fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

fn severities(worst: Severity) -> Severities {
    Severities { missing: worst, extra: worst.min(Severity::Minor), changed: worst }
}

fn check(id: &str, worst: Severity) -> Check {
    Check {
        id: said(id.to_owned()),
        title: format!("Title of {id}"),
        area: "outpatients".into(),
        owner: "outpatient build team".into(),
        criterion: Some(said(format!("CRIT-{id}"))),
        severity: severities(worst),
        hazard: None,
        lesson: None,
        fix: None,
        tags: Vec::new(),
        test: std::sync::Arc::new(Silent),
        site: None,
        place: here(),
    }
}

fn finding(severity: Severity, n: usize) -> Finding {
    Finding {
        kind: FindingKind::Missing,
        severity,
        environment: "production".into(),
        dataset: "clinics".into(),
        key: Key::new([format!("C{n}")]),
        field: None,
        expected: None,
        found: None,
        other_key: None,
        changes: Vec::new(),
        message: "clinic is missing".into(),
        cause: "missing in production".into(),
        fingerprint: format!("f1:{n:032x}"),
    }
}

fn read(environment: &str) -> ReadCount {
    ReadCount {
        environment: environment.into(),
        dataset: "clinics".into(),
        expected: Some(9),
        rows: Some(9),
        completeness: "proven".into(),
    }
}

fn answered(findings: Vec<Finding>) -> Outcome {
    let mut outcome = Outcome { findings, ..Outcome::default() };
    outcome.ledger.read = vec![read("training"), read("production")];
    outcome
}

static NO_LOGINS: BTreeMap<String, Vec<String>> = BTreeMap::new();

fn manifest(name: &str) -> Manifest {
    let moment = moment("2027-02-01T06:00:00Z");
    Manifest {
        format: 1,
        tool: "0.1.0".into(),
        environment: name.into(),
        role: name.into(),
        system: "riverside_extract".into(),
        origin: format!("extracts/{name}"),
        scope: None,
        login: None,
        instance: Some(crate::snapshot::Instance { expected: name.to_uppercase(), found: vec![name.to_uppercase()] }),
        taken_at: Some(moment),
        captured_at: moment,
        definition: "d".into(),
        datasets: vec![DatasetEntry::of_clinics(9)],
        logins: Vec::new(),
        content_id: format!("content-{name}"),
    }
}

/// An invented run: everything that the verdict depends on.
#[derive(Clone, Debug)]
struct Run {
    checks: Vec<(Severity, Option<Outcome>)>,
    block_at: Severity,
    policy: Policy,
    criteria: Option<Vec<String>>,
    request: Request,
    manifests: Vec<Manifest>,
    doubts: Vec<String>,
}

impl Run {
    /// A run that is GO: one check per given worst severity, all passed.
    fn go(worst: &[Severity]) -> Self {
        Self {
            checks: worst.iter().map(|w| (*w, Some(answered(Vec::new())))).collect(),
            block_at: Severity::Major,
            policy: Policy::standard(),
            criteria: None,
            request: Request::default(),
            manifests: vec![manifest("production"), manifest("training")],
            doubts: Vec::new(),
        }
    }

    fn result(&self) -> RunResult {
        self.result_of(|_, _| ())
    }

    /// The result when the checks stand in their file, and the environments in the evidence, as `arrange` leaves them.
    fn result_of(&self, arrange: impl FnOnce(&mut Vec<Check>, &mut Vec<Looked<'_>>)) -> RunResult {
        let mut checks = self.checks.iter().enumerate().map(|(i, (worst, _))| check(&format!("check-{i}"), *worst)).collect();
        let outcomes = self.checks.iter().enumerate().filter_map(|(i, (_, o))| Some((format!("check-{i}"), o.clone()?))).collect();
        let mut looked: Vec<Looked<'_>> = self
            .manifests
            .iter()
            .map(|m| Looked { name: &m.environment, manifest: Some(m), doubts: &self.doubts, logins: &NO_LOGINS })
            .collect();
        arrange(&mut checks, &mut looked);
        let files = [CheckFile { checks, path: "checks/outpatients.yaml".into(), digest: "d".into(), standard: false }];
        settle(&self.project(), &files, outcomes, &looked, moment("2027-02-01T12:00:00Z"), &self.request)
    }

    fn project(&self) -> Project {
        let criteria = match &self.criteria {
            None => RequiredCriteria::None { reason: "one area".into() },
            Some(ids) => RequiredCriteria::Listed(ids.iter().map(|id| said(id.clone())).collect()),
        };
        Project {
            title: "Riverside General".into(),
            go_live: said(moment("2027-02-24T06:00:00Z")),
            training: said("training".into()),
            production: said("production".into()),
            policy: Policy { block_at: self.block_at, ..self.policy.clone() },
            require: Require { criteria, not_applicable: Vec::new() },
            catalogue: None,
            digest: "d".into(),
            place: here(),
        }
    }

    fn decision(&self) -> Decision {
        self.result().decision
    }
}

#[test]
fn everything_passed_on_what_was_read_is_go() {
    let result = Run::go(&[Severity::Blocker, Severity::Minor]).result();
    assert_eq!((result.decision, result.reasons), (Decision::Go, vec!["2 checks passed".to_owned()]));
    assert_eq!(result.verdict_on.unwrap(), "outpatients alone, not on the whole hospital: one area");
}

#[test]
fn an_empty_run_is_never_go() {
    let result = Run::go(&[]).result();
    assert_eq!((result.decision, result.reasons), (Decision::CannotTell, vec!["there are no checks".to_owned()]));
}

#[test]
fn nothing_read_is_never_go() {
    let mut run = Run::go(&[Severity::Minor]);
    run.manifests.clear();
    assert_eq!(run.decision(), Decision::CannotTell);
}

#[test]
fn all_left_out_is_not_even_partial() {
    let mut run = Run::go(&[Severity::Blocker]);
    run.checks[0].1.as_mut().unwrap().skipped = Some("--only other".into());
    run.request.narrowed = vec!["--only other".into()];
    assert_eq!(run.decision(), Decision::CannotTell);
}

#[test]
fn narrowed_and_clean_is_partial() {
    let mut run = Run::go(&[Severity::Blocker, Severity::Blocker]);
    run.checks[1].1.as_mut().unwrap().skipped = Some("--only check-0".into());
    run.request.narrowed = vec!["--only check-0".into()];
    run.criteria = Some(vec!["CRIT-check-0".into(), "CRIT-check-1".into()]);
    let result = run.result();
    assert_eq!(result.decision, Decision::Partial);
    assert_eq!(
        result.reasons,
        ["the run was narrowed by --only check-0", "1 check left out: check-1", "required but left out: CRIT-check-1"]
    );
}

#[test]
fn below_the_blocking_severity_is_shown_and_does_not_block() {
    let mut run = Run::go(&[Severity::Minor, Severity::Blocker]);
    run.checks[0].1 = Some(answered(vec![finding(Severity::Minor, 1)]));
    let result = run.result();
    assert_eq!(
        (result.decision, result.reasons),
        (Decision::Go, vec!["1 check passed; 1 minor finding below the blocking severity".into()])
    );
    run.checks[0].1 = Some(Outcome { cannot_tell: vec!["cut short".into()], ..answered(Vec::new()) });
    let result = run.result();
    assert_eq!(result.reasons, ["1 check passed; 1 check below the blocking severity could not be answered"]);
    assert_eq!((result.decision, result.cannot_tell.minor, result.untold), (Decision::Go, 1, 1));
}

#[test]
fn findings_that_were_not_kept_block_too() {
    for word in ["blocker", "no severity at all"] {
        let mut run = Run::go(&[Severity::Blocker]);
        run.checks[0].1.as_mut().unwrap().beyond = vec![(word.into(), 7)];
        assert_eq!((run.decision(), run.result().findings.blocker), (Decision::NoGo, 7));
    }
}

#[test]
fn a_pass_on_doubtful_unread_or_unproven_data_is_no_pass() {
    type Spoil = fn(&mut Run);
    let spoil: [(&str, Spoil); 6] = [
        ("does not say what it looked at", |r| r.checks[0].1.as_mut().unwrap().ledger.read.clear()),
        ("30 hours old", |r| r.doubts = vec!["the data are 30 hours old".into()]),
        ("was not read: cut short", |r| r.manifests[0].datasets[0].unread = Some("cut short".into())),
        ("nobody says how many rows", |r| r.manifests[1].datasets[0].completeness.grade = Grade::Unknown),
        ("clinics of training was not captured", |r| r.manifests[1].datasets.clear()),
        ("production was not captured", |r| drop(r.manifests.remove(0))),
    ];
    for (words, spoil) in spoil {
        let mut run = Run::go(&[Severity::Blocker]);
        spoil(&mut run);
        let result = run.result();
        assert_eq!(result.decision, Decision::CannotTell, "{words}");
        assert!(result.reasons[0].contains(words), "{:?}", result.reasons);
    }
}

#[test]
fn two_checks_of_one_id_share_no_outcome_and_an_outcome_needs_a_check() {
    let run = Run::go(&[]);
    let files = [CheckFile {
        checks: vec![check("a", Severity::Info), check("a", Severity::Info)],
        path: String::new(),
        digest: String::new(),
        standard: false,
    }];
    let looked: Vec<Looked<'_>> =
        run.manifests.iter().map(|m| Looked { name: &m.environment, manifest: Some(m), doubts: &[], logins: &NO_LOGINS }).collect();
    let settled = |outcomes: &[&str]| {
        let outcomes = outcomes.iter().map(|id| ((*id).to_owned(), answered(Vec::new()))).collect();
        settle(&run.project(), &files[..], outcomes, &looked, moment("2027-02-01T12:00:00Z"), &Request::default())
    };
    assert_eq!(settled(&["a"]).decision, Decision::CannotTell);
    assert!(settled(&["a", "b"]).reasons.iter().any(|r| r.contains("no check of this project")));
}

#[test]
fn a_lost_outcome_is_told_whatever_the_severity() {
    let mut run = Run::go(&[Severity::Blocker, Severity::Info]);
    run.checks[1].1 = None;
    assert_eq!(run.result().reasons, ["cannot tell check-1: the check gave no outcome"]);
}

#[test]
fn what_was_looked_at_is_counted_without_what_logins_see() {
    let mut run = Run::go(&[Severity::Blocker]);
    let clinics = run.manifests[0].datasets[0].clone();
    run.manifests[0].datasets.push(DatasetEntry { name: "clinics@clerk".into(), rows: 5, ..clinics.clone() });
    let by_id = DatasetEntry { key: vec![vec!["id".into()]], ..clinics };
    run.manifests[1].datasets = vec![by_id.clone(), DatasetEntry { name: "wards-site-north".into(), ..by_id }];
    let result = run.result();
    assert_eq!((result.environments[0].datasets, result.environments[0].rows), (1, 9));
    let keys: Vec<(&str, &str)> = result.keys.iter().map(|(name, key)| (name.as_str(), key[0][0].as_str())).collect();
    assert_eq!(keys, [("clinics", "code"), ("clinics@clerk", "code"), ("wards", "id")], "production's where the sides differ");
}

#[test]
fn reasons_say_the_worst_first() {
    let mut run = Run::go(&[Severity::Blocker, Severity::Blocker, Severity::Blocker]);
    run.checks[0].1 = Some(Outcome { cannot_tell: vec!["cut short".into()], ..answered(Vec::new()) });
    run.checks[1].1 = Some(answered(vec![finding(Severity::Blocker, 1), finding(Severity::Major, 2), finding(Severity::Minor, 3)]));
    assert_eq!(run.result().reasons, ["1 blocker and 1 major findings in outpatients: check-1", "cannot tell check-0: cut short"]);
    assert_eq!(run.result().checks[0].id, "check-1");
}

#[test]
fn checks_that_lower_severities_alike_are_said_together() {
    let result = Run::go(&[Severity::Major, Severity::Blocker, Severity::Major]).result();
    let how =
        "missing counts as major (standard: blocker), extra counts as minor (standard: major), changed counts as major (standard: blocker)";
    assert_eq!(result.deviations[0], format!("{how}: check-0, check-2"));
    assert_eq!(result.deviations.len(), 2);
}

/// The facts of a run that nothing speaks against, after `spoil` has had its way with what only the last branch looks at.
fn forged(spoil: impl FnOnce(&mut RunResult, &mut Requirement)) -> Decision {
    let mut result = Run::go(&[Severity::Blocker]).result();
    let mut required = Requirement::default();
    spoil(&mut result, &mut required);
    let (checks, environments) = (&result.checks[..], &result.environments[..]);
    judge(&Facts {
        checks,
        waivers: &result.waivers,
        environments,
        required: &required,
        strays: &[],
        todo: &result.todo,
        narrowed: &[],
        replay: false,
        since: None,
        block_at: Severity::Major,
    })
    .0
}

#[test]
fn go_is_proven_and_not_what_is_left_over() {
    assert_eq!(forged(|_, _| ()), Decision::Go);
    // Beside an answer, at exactly the blocking severity, one that has none and does not say why.
    let unanswered = |worst: Severity| {
        move |r: &mut RunResult, _: &mut Requirement| {
            r.checks.push(CheckResult { status: Status::CannotTell, worst, ..r.checks[0].clone() });
        }
    };
    assert_eq!(forged(unanswered(Severity::Major)), Decision::CannotTell);
    assert_eq!(forged(unanswered(Severity::Minor)), Decision::Go);
    let todo = || TodoResult { place: "gonogo.yaml:3".into(), field: "title".into() };
    assert_eq!(forged(|r, _| r.todo.push(todo())), Decision::CannotTell);
    assert_eq!(forged(|r, _| r.checks[0].blocks = true), Decision::CannotTell);
    assert_eq!(forged(|r, _| r.checks[0].status = Status::CannotTell), Decision::CannotTell);
    let counted_as_waived = |check: &mut CheckResult| {
        check.outcome.findings.push(finding(Severity::Major, 1));
        (check.counts.major, check.waived.major) = (1, 1);
    };
    assert_eq!(forged(|r, _| counted_as_waived(&mut r.checks[0])), Decision::CannotTell);
    let waived_by_what_does_not_hold = |r: &mut RunResult| {
        counted_as_waived(&mut r.checks[0]);
        r.checks[0].waived_by = vec![(0, 0)];
    };
    assert_eq!(forged(|r, _| waived_by_what_does_not_hold(r)), Decision::CannotTell);
    let open = |answered, not_applicable| crate::verdict::RequiredResult {
        criterion: "CLN-1".into(),
        title: String::new(),
        checks: Vec::new(),
        answered,
        not_applicable,
    };
    assert_eq!(forged(|_, required| required.results.push(open(false, None))), Decision::CannotTell);
    assert_eq!(forged(|_, required| required.results.push(open(true, None))), Decision::Go);
    assert_eq!(forged(|_, required| required.results.push(open(false, Some("one site".into())))), Decision::Go);
}

#[test]
fn evidence_without_snapshots_is_never_go() {
    let side = || crate::check::Side { snapshot: None, doubts: Vec::new(), logins: BTreeMap::new() };
    let evidence = Evidence {
        pair: Pair { training: "training".into(), production: "production".into() },
        snapshots: [("training".to_owned(), side()), ("production".to_owned(), side())].into(),
        lists: BTreeMap::new(),
        attestations: crate::check::Attestations::default(),
        baselines: crate::check::Baselines::default(),
        as_of: moment("2027-02-01T12:00:00Z"),
        go_live: moment("2027-02-24T06:00:00Z"),
        site: None,
    };
    let files = [CheckFile { checks: vec![check("a", Severity::Info)], path: String::new(), digest: String::new(), standard: false }];
    let outcomes = [("a".to_owned(), answered(Vec::new()))].into();
    let result = decide(&Run::go(&[]).project(), &files, outcomes, &evidence, &Request::default());
    assert_eq!(result.reasons, ["no environment was read"]);
    assert_eq!(result.decision, Decision::CannotTell);
}

#[test]
fn an_instance_that_nobody_names_is_never_go() {
    let mut run = Run::go(&[Severity::Blocker]);
    run.manifests[0].instance = None;
    let result = run.result();
    assert_eq!(result.decision, Decision::CannotTell);
    assert!(result.reasons[0].starts_with("nobody says which instance"), "{:?}", result.reasons);
}
