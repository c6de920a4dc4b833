use super::*;

#[test]
fn what_a_login_sees_is_proven_by_its_own_snapshot_and_doubts() {
    let run = Run::go(&[Severity::Blocker]);
    let mut outcome = answered(Vec::new());
    outcome.ledger.read.push(ReadCount { dataset: "clinics@clerk".into(), ..read("production") });
    let judged = |captured: bool, grade: Grade, doubts: Option<&[&str]>| {
        let mut manifests = run.manifests.clone();
        let production = manifests.iter_mut().find(|m| m.environment == "production").unwrap();
        if captured {
            let mut view = production.datasets[0].clone();
            view.name = "clinics@clerk".into();
            view.completeness.grade = grade;
            production.datasets.push(view);
        }
        let logins: BTreeMap<String, Vec<String>> =
            doubts.map(|d| ("clerk".to_owned(), d.iter().map(|d| (*d).to_owned()).collect())).into_iter().collect();
        let looked: Vec<Looked<'_>> =
            manifests.iter().map(|m| Looked { name: &m.environment, manifest: Some(m), doubts: &[], logins: &logins }).collect();
        let files =
            [CheckFile { checks: vec![check("a", Severity::Blocker)], path: String::new(), digest: String::new(), standard: false }];
        let outcomes = [("a".to_owned(), outcome.clone())].into();
        let mut project = run.project();
        project.require.criteria = RequiredCriteria::None { reason: "one check".into() };
        let result = settle(&project, &files, outcomes, &looked, moment("2027-02-01T12:00:00Z"), &Request::default());
        (result.decision, result.checks[0].outcome.cannot_tell.join("; "))
    };
    assert_eq!(judged(true, Grade::Proven, Some(&[])), (Decision::Go, String::new()));
    let untold = |reason: &str| (Decision::CannotTell, reason.to_owned());
    assert_eq!(judged(true, Grade::Proven, None), untold("production was not captured as clerk"));
    assert_eq!(judged(true, Grade::Proven, Some(&["the clerk's data are old"])), untold("the clerk's data are old"));
    assert_eq!(judged(false, Grade::Proven, Some(&[])), untold("clinics@clerk of production was not captured"));
    assert_eq!(judged(true, Grade::Unknown, Some(&[])), untold("nobody says how many rows clinics@clerk of production should have"));
}
