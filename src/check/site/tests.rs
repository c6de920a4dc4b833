use super::*;
use crate::document::load;

fn mistakes(text: &str) -> Vec<String> {
    let mut problems = Problems::default();
    let text = format!("version: 1\nsite: eastgate\nadjust:\n{text}");
    let document = load("checks/sites/eastgate.yaml", text.as_bytes(), &mut problems).unwrap();
    decode_site(&document, &mut problems);
    problems.sorted().into_iter().map(|p| p.message.clone()).collect()
}

#[test]
fn an_adjustment_says_what_and_why() {
    assert_eq!(
        mistakes("  - {check: a, severity: minor, reason: r}\n  - {check: b, drop: true, reason: r, approver: x}\n"),
        Vec::<String>::new()
    );
    assert_eq!(mistakes("  - {check: a, reason: r}\n"), ["this adjusts nothing"]);
    assert_eq!(mistakes("  - {check: a, severity: minor}\n"), ["an adjustment needs `reason`"]);
    assert_eq!(mistakes("  - {check: a, drop: true, reason: r}\n"), ["a check that a site drops needs someone who agreed"]);
    assert_eq!(mistakes("  - {check: a, drop: false, reason: r, approver: x}\n"), ["a check that is not dropped needs no line here"]);
    let signature = "signed: {by: x, on: 2027-01-29, sha256: 3f0c5d4b3a291807f6e5d4c3b2a190817263544536271809a8b7c6d5e4f30211}";
    let alone = mistakes(&format!("  - {{check: a, severity: minor, {signature}, reason: r}}\n"));
    assert_eq!(alone, ["this signature has no list under which it stands"]);
}

#[test]
fn a_site_may_be_called_as_sql_calls_things_but_not_as_windows_does() {
    let named = |name: &str| {
        let mut problems = Problems::default();
        let document = load("checks/sites/x.yaml", format!("version: 1\nsite: {name}\nadjust: []\n").as_bytes(), &mut problems).unwrap();
        decode_site(&document, &mut problems);
        problems.is_empty()
    };
    assert!(named("main") && named("north_2"));
    assert!(!named("aux") && !named("North") && !named("../x") && !named("7"));
}

#[test]
fn a_severity_that_is_not_named_stays() {
    let change = SeverityChange { changed: Some(Severity::Minor), ..SeverityChange::default() };
    assert_eq!(change.over(Severities::STANDARD), Severities { changed: Severity::Minor, ..Severities::STANDARD });
}

#[test]
fn a_dataset_is_told_from_a_logins_view_of_it() {
    assert_eq!((base_name("clinics@clerk"), base_name("clinics")), ("clinics", "clinics"));
}
