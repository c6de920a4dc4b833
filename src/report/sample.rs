//! Results built by hand, shared by the tests of all formats. Everything in them is invented.

use chrono::{DateTime, Utc};

use crate::check::{FieldChange, Finding, FindingKind, Ledger, Outcome, ReadCount, Severity, Status};
use crate::value::{Cell, Key, State};
use crate::verdict::{
    CheckResult, Control, Counts, Decision, EnvironmentResult, HazardResult, LoginResult, NewSince, RequiredResult, RunResult,
    WaiverResult, WaiverState, group,
};

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

/// A finding with everything filled in; `field` makes it a changed field.
pub(super) fn finding(n: usize, severity: Severity, cause: &str, field: Option<&str>) -> Finding {
    let key = Key::new([format!("CARD{n:02}")]);
    let mut finding = Finding {
        kind: if field.is_some() { FindingKind::Changed } else { FindingKind::Missing },
        severity,
        environment: "production".into(),
        dataset: "clinics".into(),
        message: format!("clinic {key} is missing"),
        key,
        field: field.map(Into::into),
        expected: field.map(|_| Cell::value("true")),
        found: field.map(|_| Cell::none(State::Null)),
        other_key: None,
        changes: Vec::new(),
        cause: cause.into(),
        fingerprint: String::new(),
    };
    finding.fingerprint = finding.fingerprint_for("clinics-match");
    finding
}

fn read(environment: &str, rows: Option<u64>) -> ReadCount {
    ReadCount {
        environment: environment.into(),
        dataset: "clinics".into(),
        expected: Some(160),
        rows,
        completeness: "proven: control file".into(),
    }
}

pub(super) fn outcome(findings: Vec<Finding>) -> Outcome {
    Outcome {
        findings,
        ledger: Ledger {
            read: vec![read("training", Some(160)), read("production", Some(158))],
            selected: 160,
            matched: 158,
            columns_compared: ["name", "active", "location"].map(Into::into).into(),
            ..Ledger::default()
        },
        ..Outcome::default()
    }
}

pub(super) fn hazard(id: &str, control: Control, checks: &[&str]) -> HazardResult {
    HazardResult {
        id: id.into(),
        hazard: "A clinic cannot be found when a patient is booked".into(),
        effect: "Late treatment".into(),
        risk: 4,
        residual_risk: Some(2),
        checks: checks.iter().map(|c| (*c).into()).collect(),
        control,
    }
}

pub(super) fn check(id: &str, area: &str, outcome: Outcome) -> CheckResult {
    let mut counts = Counts::default();
    outcome.findings.iter().for_each(|f| counts.add(f.severity, 1));
    let blocks = counts.at_or_above(Severity::Major) > 0 || !outcome.cannot_tell.is_empty();
    CheckResult {
        id: id.into(),
        site: None,
        name: id.into(),
        title: "The clinics staff trained on are the clinics they will book into".into(),
        kind: "parity".into(),
        area: area.into(),
        owner: format!("{area} build team"),
        criterion: Some("CLN-1".into()),
        hazard: Some("HZ-012".into()),
        lesson: Some("OP-03".into()),
        fix: Some("Re-run the clinic build load for the listed codes.".into()),
        place: "checks/outpatients.yaml:5".into(),
        worst: Severity::Blocker,
        status: outcome.status(),
        dropped: false,
        blocks,
        counts,
        waived: Counts::default(),
        waived_by: Vec::new(),
        records: outcome.findings.len() as u64,
        groups: group(&outcome.findings),
        baselined: Vec::new(),
        outcome,
    }
}

fn environment(name: &str, taken_at: &str) -> EnvironmentResult {
    EnvironmentResult {
        name: name.into(),
        role: name.into(),
        system: "riverside_extract".into(),
        origin: format!("extracts/{name}"),
        content_id: Some(format!("{name:0<64}")),
        taken_at: Some(at(taken_at)),
        instance: Some(name.to_uppercase()),
        datasets: 12,
        rows: 4210,
        doubts: Vec::new(),
        logins: Vec::new(),
    }
}

fn clerk() -> LoginResult {
    LoginResult {
        name: "booking_clerk".into(),
        origin: "extracts/production-as_clerk".into(),
        taken_at: Some(at("2026-11-22T06:00:00Z")),
        reader: Some("booking_clerk".into()),
        datasets: 2,
        rows: 173,
        doubts: Vec::new(),
    }
}

fn result(decision: Decision, reasons: &[&str], checks: Vec<CheckResult>) -> RunResult {
    let with = |status| checks.iter().filter(|c| c.status == status).count() as u64;
    let (mut findings, mut cannot_tell) = (Counts::default(), Counts::default());
    for check in &checks {
        findings.merge(&check.counts);
        cannot_tell.add(check.worst, u64::from(!check.outcome.cannot_tell.is_empty()));
    }
    RunResult {
        title: "Riverside General (synthetic), outpatients go-live".into(),
        decision,
        reasons: reasons.iter().map(|r| (*r).into()).collect(),
        verdict_on: None,
        todo: Vec::new(),
        as_of: at("2026-11-22T12:00:00Z"),
        go_live: at("2027-02-24T06:00:00Z"),
        training: "training".into(),
        production: "production".into(),
        replay: false,
        narrowed: Vec::new(),
        new_since: None,
        sites: Vec::new(),
        block_at: Severity::Major,
        deviations: Vec::new(),
        findings,
        waived: Counts::default(),
        cannot_tell,
        passed: with(Status::Pass),
        failed: with(Status::Fail),
        waived_checks: with(Status::Waived),
        untold: with(Status::CannotTell),
        skipped: with(Status::Skipped),
        environments: vec![environment("production", "2026-11-22T06:00:00Z"), environment("training", "2026-11-22T05:30:00Z")],
        required: vec![
            RequiredResult {
                criterion: "CLN-1".into(),
                title: "Clinics".into(),
                checks: vec!["clinics-match".into()],
                answered: true,
                not_applicable: None,
            },
            RequiredResult {
                criterion: "BCP-2".into(),
                title: "Second site".into(),
                checks: Vec::new(),
                answered: false,
                not_applicable: Some("one site only (agreed by clinical safety officer)".into()),
            },
        ],
        waivers: Vec::new(),
        never_waive: vec![Severity::Blocker],
        hazards: Vec::new(),
        keys: [("clinics".to_owned(), vec![vec!["code".to_owned()]])].into(),
        checks,
        digests: vec![("gonogo.yaml".into(), "ab".repeat(32))],
        tool: "0.1.0".into(),
    }
}

fn passed(id: &str, area: &str) -> CheckResult {
    check(id, area, outcome(Vec::new()))
}

pub(super) fn go() -> RunResult {
    let mut go = result(Decision::Go, &["2 checks passed"], vec![passed("clinics-match", "outpatients"), passed("roles-match", "access")]);
    go.environments[0].logins = vec![clerk()];
    go.verdict_on = Some("outpatients alone, not on the whole hospital: a pipeline for one area".into());
    go
}

pub(super) fn no_go() -> RunResult {
    let mut findings: Vec<Finding> = (0..12).map(|n| finding(n, Severity::Blocker, "missing in production", None)).collect();
    findings.extend((12..15).map(|n| finding(n, Severity::Blocker, "active is null instead of true", Some("active"))));
    findings.push(finding(15, Severity::Major, "comment was shortened", Some("comment")));
    let long = "Bring your appointment letter, a list of your medicines and somebody who can take you home.";
    findings[15].expected = Some(Cell::value(long));
    findings[15].found = Some(Cell::value(long.replace("medicines", "tablets")));
    findings[14].expected = Some(Cell::value("Clinic A"));
    findings[14].found = Some(Cell::value("Clinic A "));
    let mut renamed = finding(16, Severity::Major, "renamed", None);
    renamed.kind = FindingKind::Renamed;
    renamed.other_key = Some(Key::new(["CARD-16"]));
    renamed.changes = vec![FieldChange { field: "name".into(), expected: Cell::value("Cardiology"), found: Cell::value("Cardiology 1") }];
    renamed.message = "clinic CARD16 is now CARD-16".into();
    findings.push(renamed);
    let mut clinics = outcome(findings);
    clinics.ledger.columns_ignored = vec![("comment".into(), "free text".into())];
    clinics.ledger.columns_volatile = vec!["last_updated".into()];
    clinics.ledger.excluded = 5;
    let mut untold = Outcome::cannot_tell("sessions of production was not read: the file ends in the middle of a row");
    untold.ledger.read = vec![read("training", Some(600)), read("production", None)];
    untold.ledger.warnings = vec!["under half of the columns were compared: 2 of 9".into()];
    let mut minor = check("letters-match", "letters", outcome(vec![finding(1, Severity::Minor, "the footer differs", Some("footer"))]));
    minor.worst = Severity::Minor;
    let mut no_go = result(
        Decision::NoGo,
        &[
            "15 blocker and 2 major findings in outpatients: clinics-match",
            "cannot tell sessions-match: sessions of production was not read: the file ends in the middle of a row",
        ],
        vec![
            check("clinics-match", "outpatients", clinics),
            check("sessions-match", "outpatients", untold),
            minor,
            passed("roles-match", "access"),
        ],
    );
    no_go.deviations = vec!["data may be as old as 48 hours (standard: 24 hours)".into()];
    no_go
}

/// A waiver of some findings of one check, which are then waived.
fn waive(result: &mut RunResult, check: usize, findings: &[usize], group: Option<usize>) {
    let index = result.waivers.len();
    let found = &mut result.checks[check];
    let mut covers = Counts::default();
    for f in findings {
        covers.add(found.outcome.findings[*f].severity, 1);
        found.waived_by.push((*f, index));
    }
    found.waived.merge(&covers);
    found.outcome.ledger.waived += covers.total();
    let group = group.map(|g| &found.groups[g]);
    let first = &found.outcome.findings[findings[0]];
    let waiver = WaiverResult {
        place: format!("checks/waivers.yaml:{}", 3 + 9 * index),
        finding: first.fingerprint.clone(),
        check: Some(found.id.clone()),
        members: group.map(|g| g.members),
        digest: group.map(|g| g.digest.clone()),
        owner: found.owner.clone(),
        approver: "clinical safety officer".into(),
        reason: "the new form is taught on the day".into(),
        expires: at("2027-03-31T23:59:59Z"),
        days_left: 129,
        state: WaiverState::InForce,
        why: None,
        about: Some(group.map_or(&first.message, |g| &g.cause).clone()),
        covers,
    };
    result.waived.merge(&covers);
    result.waivers.push(waiver);
}

/// A waiver that does not hold.
fn without_effect(state: WaiverState, why: &str, like: &WaiverResult) -> WaiverResult {
    let place = format!("checks/waivers.yaml:{}", 40 + state as u8);
    WaiverResult { place, state, why: Some(why.into()), about: None, covers: Counts::default(), ..like.clone() }
}

pub(super) fn go_waived() -> RunResult {
    let findings = (0..3).map(|n| finding(n, Severity::Major, "dose form changed", Some("form"))).collect();
    let reasons = ["1 check passed; 3 major findings waived"];
    let mut go =
        result(Decision::Go, &reasons, vec![check("letters-match", "letters", outcome(findings)), passed("roles-match", "access")]);
    waive(&mut go, 0, &[0, 1, 2], Some(0));
    go.checks[0].status = Status::Waived;
    go.checks[0].blocks = false;
    (go.failed, go.waived_checks) = (0, 1);
    let expired = "it expires on 2027-02-01T00:00:00Z, before the go-live on 2027-02-24T06:00:00Z";
    let like = go.waivers[0].clone();
    go.waivers.push(without_effect(WaiverState::Expired, expired, &like));
    go
}

/// The NO-GO, with one cause waived, and waivers of every state.
pub(super) fn no_go_waived() -> RunResult {
    let mut no_go = no_go();
    no_go.reasons[0] = "15 blocker and 1 major findings in outpatients: clinics-match".into();
    waive(&mut no_go, 0, &[15], None);
    let like = no_go.waivers[0].clone();
    for (state, why) in [
        (WaiverState::Unused, "nothing that was found has this fingerprint: it was repaired, or it has changed"),
        (WaiverState::NotJudged, "sessions-match was left out or could not be answered in full"),
        (WaiverState::OverBroad, "2 findings of roles-match have this fingerprint; `members` and `digest` are needed for more than one"),
        (WaiverState::Ended, "3 members joined: 12 today, 9 accepted; digest today 7ab1"),
        (WaiverState::Refused, "the policy waives no blocker findings"),
    ] {
        no_go.waivers.push(without_effect(state, why, &like));
    }
    no_go
}

pub(super) fn cannot_tell() -> RunResult {
    let reason = "the data of production are 30 hours old, more than the 24 hours that the policy allows";
    let ids = ["clinics-match", "roles-match", "screens-match"];
    let checks = ids.map(|id| check(id, "outpatients", Outcome { cannot_tell: vec![reason.into()], ..outcome(Vec::new()) })).into();
    let mut told = result(Decision::CannotTell, &[&format!("cannot tell clinics-match, roles-match, screens-match: {reason}")], checks);
    told.environments[0].doubts = vec![reason.into()];
    told.environments[0].taken_at = None;
    let doubts = vec!["nobody says how old the data of production as booking_clerk are".into()];
    told.environments[0].logins = vec![LoginResult { taken_at: None, reader: None, doubts, ..clerk() }];
    told.environments[1].content_id = None;
    told
}

pub(super) fn partial() -> RunResult {
    let skipped = Outcome { skipped: Some("not chosen by --only clinics-match".into()), ..Outcome::default() };
    let checks = vec![passed("clinics-match", "outpatients"), check("roles-match", "access", skipped)];
    let reasons = ["the run was narrowed by --only clinics-match", "1 check left out: roles-match"];
    let mut partial = result(Decision::Partial, &reasons, checks);
    partial.narrowed = vec!["--only clinics-match".into()];
    partial.replay = true;
    partial.go_live = at("2026-11-20T06:00:00Z");
    partial
}

/// Names and values that would move a cursor, hide or reorder text, or break a line or a table.
/// Counted since a freeze: one finding is new, two are known.
pub(super) fn new_since() -> RunResult {
    let new = vec![finding(9, Severity::Blocker, "missing in production", None)];
    let mut some = check("clinics-match", "outpatients", outcome(new));
    some.baselined = vec![finding(1, Severity::Blocker, "active changed", Some("active"))];
    let mut known = check("roles-match", "access", outcome(Vec::new()));
    known.status = Status::Fail;
    known.baselined = vec![finding(2, Severity::Major, "only in production", None)];
    let mut result =
        result(Decision::NoGo, &["1 blocker finding in outpatients: clinics-match"], vec![some, known, passed("rtt-codes", "codes")]);
    result.new_since = Some(NewSince {
        baseline: "first-look".into(),
        frozen_at: at("2026-11-01T08:00:00Z"),
        by: None,
        baselined: Counts { blocker: 1, major: 1, ..Counts::default() },
        fixed: Counts { blocker: 2, ..Counts::default() },
        not_looked_for: Counts { minor: 1, ..Counts::default() },
        rules: vec!["checks/outpatients.yaml: changed: clinics-match".into()],
    });
    result
}

pub(super) fn hostile() -> RunResult {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}live\u{2066}\u{200b}\r\n\t\u{7f}\u{0}\u{2028}<b>&amp;</b>|=cmd()\u{feff}\u{e0041}日本";
    let mut finding = finding(1, Severity::Blocker, evil, Some(evil));
    finding.key = Key::new([evil, evil]);
    finding.dataset = evil.into();
    finding.message = evil.into();
    finding.expected = Some(Cell::value(evil.repeat(9)));
    finding.found = Some(Cell::invalid(evil));
    finding.changes = vec![FieldChange { field: evil.into(), expected: Cell::value(evil), found: Cell::value("") }];
    let mut outcome = outcome(vec![finding]);
    outcome.cannot_tell = vec![evil.into()];
    outcome.beyond = vec![("blocker".into(), 3)];
    let ledger = &mut outcome.ledger;
    ledger.read[0].dataset = evil.into();
    ledger.read[0].environment = evil.into();
    ledger.columns_ignored = vec![(evil.into(), evil.into())];
    ledger.warnings = vec![evil.into()];
    ledger.notes = vec![evil.into()];
    let mut check = check(evil, evil, outcome);
    for text in [&mut check.title, &mut check.owner, &mut check.place] {
        *text = evil.into();
    }
    check.fix = Some(evil.into());
    let mut passed = passed(evil, evil);
    passed.owner = evil.into();
    let mut hostile = result(Decision::NoGo, &[evil], vec![check, passed]);
    hostile.title = evil.into();
    hostile.verdict_on = Some(evil.into());
    hostile.deviations = vec![evil.into()];
    hostile.narrowed = vec![evil.into()];
    waive(&mut hostile, 0, &[0], None);
    let waiver = &mut hostile.waivers[0];
    for text in [&mut waiver.place, &mut waiver.owner, &mut waiver.approver, &mut waiver.reason] {
        *text = evil.into();
    }
    let refused = WaiverResult { why: Some(evil.into()), about: Some(evil.into()), state: WaiverState::Refused, ..waiver.clone() };
    hostile.waivers.push(refused);
    hostile.hazards = vec![hazard(evil, Control::Failed, &[evil]), hazard(evil, Control::None, &[])];
    hostile.hazards[0].hazard = evil.into();
    hostile.hazards[0].effect = evil.into();
    hostile.environments[0].name = evil.into();
    hostile.environments[0].origin = evil.into();
    hostile.environments[0].instance = Some(evil.into());
    hostile.environments[0].doubts = vec![evil.into()];
    hostile
}

/// A run with `checks` failed checks of `causes` causes each, `members` findings per cause.
pub(super) fn many(checks: usize, causes: usize, members: usize) -> RunResult {
    let areas = ["outpatients", "access", "screens", "letters", "codes", "wards"];
    let failed = (0..checks).map(|c| {
        let each = (0..causes * members).map(|n| {
            let cause = format!("cause {c}.{}", n / members);
            finding(n, if n % 7 == 0 { Severity::Blocker } else { Severity::Major }, &cause, None)
        });
        check(&format!("check-{c:03}"), areas[c % areas.len()], outcome(each.collect()))
    });
    let failed: Vec<CheckResult> = failed.collect();
    let n: u64 = failed.iter().map(|c| c.counts.total()).sum();
    let reasons: Vec<String> = areas.iter().map(|a| format!("{n} findings in {a} and elsewhere")).collect();
    let reasons: Vec<&str> = reasons.iter().map(String::as_str).collect();
    let more = (0..checks).map(|c| passed(&format!("passed-{c:03}"), areas[c % areas.len()]));
    let checks = failed.into_iter().chain(more).collect();
    result(Decision::NoGo, &reasons, checks)
}

/// All samples, by name.
pub(super) fn all() -> Vec<(&'static str, RunResult)> {
    vec![
        ("go", go()),
        ("no-go", no_go()),
        ("go waived", go_waived()),
        ("no-go waived", no_go_waived()),
        ("cannot-tell", cannot_tell()),
        ("partial", partial()),
        ("new since", new_since()),
        ("hostile", hostile()),
        ("4,000", many(8, 5, 100)),
        ("many checks", many(150, 12, 2)),
    ]
}
