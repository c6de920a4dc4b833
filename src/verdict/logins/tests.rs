use super::*;
use crate::document::{Problems, load};
use crate::snapshot::{DatasetEntry, Instance};
use crate::value::SourceEntry;
use chrono::{DateTime, Utc};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn dataset(name: &str, sha256: &str) -> DatasetEntry {
    DatasetEntry {
        name: name.into(),
        sources: vec![SourceEntry { path: "clinics.csv".into(), sha256: sha256.into(), bytes: 9 }],
        ..DatasetEntry::of_clinics(1)
    }
}

fn instance(is: &str) -> Option<Instance> {
    Some(Instance { expected: is.into(), found: vec![is.into()] })
}

/// An environment with a clerk and a nurse, each with an extract of its own.
fn manifest(environment: &str) -> Manifest {
    let login = |name: &str| LoginEntry {
        name: name.into(),
        origin: format!("extracts/{environment}-as_{name}"),
        instance: instance(&environment.to_uppercase()),
        taken_at: Some(at("2027-02-01T06:30:00Z")),
        reader: Some(Reader { expected: name.into(), found: vec![name.into()], administrator: vec!["admin".into()] }),
    };
    Manifest {
        format: 1,
        tool: "0.1.0".into(),
        environment: environment.into(),
        role: environment.into(),
        system: "riverside_extract".into(),
        origin: format!("extracts/{environment}"),
        scope: None,
        login: None,
        instance: instance(&environment.to_uppercase()),
        taken_at: Some(at("2027-02-01T06:00:00Z")),
        captured_at: at("2027-02-01T07:00:00Z"),
        definition: "d".into(),
        datasets: ["clinics", "clinics@clerk", "clinics@nurse"].map(|name| dataset(name, &format!("{environment} {name}"))).into(),
        logins: vec![login("clerk"), login("nurse")],
        content_id: format!("content-{environment}"),
    }
}

const LOGINS: &str = "logins: {clerk: {files: a, login: {dataset: build, column: reader, is: clerk}}, nurse: {files: b}}";

fn judged_at(now: &str, logins: &str, spoil: impl FnOnce(&mut Manifest, &mut Manifest)) -> Vec<String> {
    let mut problems = Problems::default();
    let text = format!("version: 1\nname: production\nrole: production\nsystem: s\nfiles: f\n{logins}\n");
    let document = load("environments/production.yaml", text.as_bytes(), &mut problems).unwrap();
    let environment = crate::environment::decode(&document, &mut problems).unwrap();
    assert!(problems.is_empty(), "{}", crate::document::render(&problems, false));
    let (mut training, mut production) = (manifest("training"), manifest("production"));
    spoil(&mut training, &mut production);
    let claim = |environment, instance, logins, manifest| Claim {
        environment,
        role: environment,
        instance: Some(instance),
        age_open: false,
        same_files: None,
        logins,
        manifest: Some(manifest),
    };
    let claims = [claim("training", "TRAINING", &[][..], &training), claim("production", "PRODUCTION", &environment.logins, &production)];
    let mut found = login_doubts(&claims, &Policy::standard(), Moments { as_of: at(now), now: at(now) });
    found.remove("production").unwrap().remove("clerk").unwrap()
}

fn judged(spoil: impl FnOnce(&mut Manifest, &mut Manifest)) -> Vec<String> {
    judged_at("2027-02-01T12:00:00Z", LOGINS, spoil)
}

#[test]
fn a_login_that_looked_for_itself_leaves_no_doubt() {
    assert_eq!(judged(|_, _| ()), Vec::<String>::new());
}

#[test]
fn each_doubt_has_its_sentence() {
    let name = "production as clerk";
    type Spoil = fn(&mut Manifest, &mut Manifest);
    let cases: [(Spoil, String); 14] = [
        (|_, p| p.logins[0].taken_at = None, format!("nobody says how old the data of {name} are")),
        (
            |_, p| p.logins[0].taken_at = Some(at("2027-01-31T11:59:00Z")),
            format!("the data of {name} are 24 hours old, more than the 24 hours that the policy allows"),
        ),
        (
            |_, p| p.logins[0].taken_at = Some(at("2027-02-01T12:01:00Z")),
            format!("the snapshot of {name} is of 2027-02-01 12:01 UTC, which is later than the clock of this machine"),
        ),
        (
            |_, p| p.logins[0].taken_at = Some(at("2027-01-31T17:59:00Z")),
            format!("the data of production and {name} are 12 hours apart, more than the 12 hours that the policy allows"),
        ),
        (
            |_, p| p.logins[0].instance = instance("TRAINING"),
            format!("the data of {name} come from TRAINING, but the instance should be PRODUCTION"),
        ),
        (
            |_, p| p.logins[0].instance = None,
            format!("the data of {name} do not say which instance they come from; it should be PRODUCTION"),
        ),
        (|_, p| p.logins[0].reader = None, format!("the data of {name} do not say who read them; it should be clerk")),
        (
            |_, p| p.logins[0].reader.as_mut().unwrap().found = vec!["admin".into()],
            format!("the data of {name} were read by admin, but it should be clerk"),
        ),
        (
            |_, p| p.logins[0].reader.as_mut().unwrap().found = vec!["admin".into(), "clerk".into()],
            format!("the data of {name} were read by admin and clerk, but it should be clerk"),
        ),
        (
            |_, p| p.logins[0].reader.as_mut().unwrap().administrator = vec!["clerk".into()],
            format!("clerk read the data of production as well as those of {name}: nobody saw what an administrator sees"),
        ),
        (
            |_, p| p.logins[0].origin = "extracts/production".into(),
            format!("{name} and production were read from the same place, extracts/production"),
        ),
        (
            |_, p| p.datasets[1].sources[0].sha256 = "production clinics".into(),
            format!("{name} and production hold the same bytes in clinics.csv, and the project does not say why"),
        ),
        (
            |_, p| p.datasets[1].sources[0].sha256 = "production clinics@nurse".into(),
            format!("{name} and production as nurse hold the same bytes in clinics.csv, and the project does not say why"),
        ),
        (
            |_, p| p.datasets[1].sources[0].sha256 = "training clinics@clerk".into(),
            format!("{name} and training as clerk hold the same bytes in clinics.csv, and the project does not say why"),
        ),
    ];
    for (spoil, expected) in cases {
        let doubts = judged(spoil);
        assert!(doubts.contains(&expected), "{expected}\n{doubts:#?}");
        // What is too old by the clock may be too far from the administrator's besides.
        assert!(doubts.len() == 1 || expected.contains(" old"), "{doubts:#?}");
    }
    assert_eq!(judged_at("2027-02-02T06:31:00Z", LOGINS, |_, _| ()).len(), 1, "the login's own age counts");
    assert_eq!(judged_at("2027-02-02T06:30:00Z", LOGINS, |_, _| ()), Vec::<String>::new());
}

#[test]
fn what_could_not_be_read_is_said_where_it_leaves_the_rest_unsaid() {
    let unread = |m: &mut Manifest| m.datasets[1].unread = Some("there is no file clinics.csv".into());
    let doubts = judged(|_, p| {
        unread(p);
        p.logins[0].taken_at = None;
    });
    let why = "`clinics` of production as clerk could not be read: there is no file clinics.csv";
    assert_eq!(doubts, [why, "nobody says how old the data of production as clerk are"]);
    let silent: [fn(&mut LoginEntry); 2] = [|l| l.instance.as_mut().unwrap().found.clear(), |l| l.reader.as_mut().unwrap().found.clear()];
    for silence in silent {
        let doubts = judged(|_, p| {
            unread(p);
            silence(&mut p.logins[0]);
        });
        assert_eq!((doubts.len(), doubts[0].as_str()), (2, why));
    }
    assert_eq!(judged(|_, p| unread(p)), Vec::<String>::new(), "the check that needs it will say so");
}

#[test]
fn the_same_bytes_may_have_a_reason_and_a_login_may_be_gone() {
    let copy = |_: &mut Manifest, p: &mut Manifest| p.datasets[1].sources[0].sha256 = "production clinics".into();
    let reason = "logins: {clerk: {files: a, same_files: the export is sorted and a clerk sees all of it}}";
    assert_eq!(judged_at("2027-02-01T12:00:00Z", reason, copy), Vec::<String>::new());
    let gone = judged_at("2027-02-01T12:00:00Z", "logins: {nurse: {files: b}}", |_, _| ());
    assert_eq!(gone, ["production has no login clerk any more"]);
}

#[test]
fn a_login_may_tell_its_instance_in_its_own_way() {
    let own = "logins: {clerk: {files: a, instance: {dataset: clinics, column: domain, is: P1}}}";
    assert_eq!(judged_at("2027-02-01T12:00:00Z", own, |_, p| p.logins[0].instance = instance("P1")), Vec::<String>::new());
    assert_eq!(judged_at("2027-02-01T12:00:00Z", own, |_, _| ()).len(), 1);
}
