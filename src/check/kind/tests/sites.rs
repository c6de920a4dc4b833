//! Checks as the sites of one shared production ask them.

use super::super::testing::{Hospital, Laid, findings};
use crate::check::{Check, Severity};

const CHECKS: &str = "  - id: clinics-match
    title: Same clinics
    parity: {dataset: clinics}
  - id: here
    title: Clinics of the site
    expect: {dataset: clinics, in: production, that: capacity > 0, where: name = site(), reason: its own}
  - id: listed
    title: Listed
    present: {dataset: clinics, in: production, rows: lists/main.csv}
";

const MAIN: (&str, &str) = ("main", "site: main\nadjust: []\n");

fn hospital() -> Hospital {
    Hospital::sound().list("lists/main.csv", "code\nCARD01\n").list("lists/east.csv", "code\nCARD02\n")
}

/// The checks with these adjustments at `east`, beside the site `main`.
fn laid(adjust: &str) -> Laid {
    laid_over(CHECKS, adjust, &[])
}

fn laid_over(checks: &str, adjust: &str, approvers: &[(Severity, Vec<String>)]) -> Laid {
    let east = format!("site: east\nadjust: [{adjust}]\n");
    hospital().laid(checks, &[("east", &east), MAIN], approvers)
}

fn names(laid: &Laid) -> Vec<String> {
    laid.files.iter().flat_map(|f| &f.checks).map(Check::name).collect()
}

fn find<'l>(laid: &'l Laid, name: &str) -> &'l Check {
    laid.files.iter().flat_map(|f| &f.checks).find(|c| c.name() == name).unwrap()
}

const UNADJUSTED: [&str; 4] = ["clinics-match", "here at east", "here at main", "listed"];

#[test]
fn a_check_is_there_once_per_site_only_where_sites_may_differ() {
    let plain = laid("");
    assert_eq!((names(&plain), plain.notes.len(), plain.mistakes.len()), (UNADJUSTED.map(str::to_owned).into(), 0, 0));
    assert_eq!(find(&plain, "here at east").site_name(), Some("east"));
    assert!(find(&plain, "here at east").dropped().is_none());
    assert_eq!(find(&plain, "clinics-match").site_name(), None);

    let mut per_site = Hospital::sound();
    per_site.system = per_site.system.replace("csv: roles.csv", "csv: \"roles-site-{site}.csv\"");
    let checks = "  - id: roles\n    title: Roles\n    parity: {dataset: roles}\n  - id: places\n    title: Places\n    parity: {dataset: locations}\n";
    let laid = per_site.laid(checks, &[MAIN, ("east", "site: east\nadjust: [{check: roles, drop: true, reason: r, approver: a}]\n")], &[]);
    assert_eq!(names(&laid), ["roles at main", "roles at east", "places"]);
    assert_eq!(laid.plans["roles at main"], ["roles-site-main"]);
    assert_eq!(laid.plans["roles at east"], Vec::<String>::new(), "what is not asked is not read");
    assert_eq!(laid.plans["places"], ["locations"]);
}

#[test]
fn a_project_without_sites_cannot_ask_for_one() {
    let mut per_site = hospital();
    per_site.system = per_site.system.replace("csv: roles.csv", "csv: \"roles-site-{site}.csv\"");
    let found = per_site.laid(&format!("{CHECKS}  - id: roles\n    title: Roles\n    parity: {{dataset: roles}}\n"), &[], &[]);
    assert_eq!(found.mistakes.len(), 2, "{:?}", found.mistakes);
    assert!(found.mistakes.contains(&"`site()` `site()` asks for the site, and this project has none".to_owned()), "{:?}", found.mistakes);
    let why = "the files of `roles` are named by the site, and this project has none, but `roles` reads it";
    assert!(found.mistakes.iter().any(|m| m.ends_with(why)), "{:?}", found.mistakes);
    let checks = "  - id: clinics-match\n    title: Same\n    parity: {dataset: clinics}\n";
    assert_eq!(hospital().laid(checks, &[], &[]).mistakes, Vec::<String>::new());
}

#[test]
fn what_a_site_changes_it_changes_for_itself_alone() {
    let milder = laid("{check: clinics-match, severity: {changed: minor}, reason: r, approver: a}");
    assert_eq!(names(&milder)[..2], ["clinics-match at east", "clinics-match at main"]);
    let changed = |site: &str| find(&milder, &format!("clinics-match at {site}")).severity.changed;
    assert_eq!((changed("east"), changed("main")), (Severity::Minor, Severity::Blocker));
    let wide = "`clinics-match` does not choose its records by site(): at the other sites, all records are judged as before";
    assert_eq!(milder.notes, [format!("checks/sites/east.yaml:3: {wide}")]);
    for adjustment in ["ignore: [{field: name, reason: r}]", "drop: true"] {
        let laid = laid(&format!("{{check: clinics-match, {adjustment}, reason: r, approver: a}}"));
        assert_eq!(laid.notes.len(), 1, "{adjustment}: {:?}", laid.notes);
    }
    assert_eq!(laid("{check: listed, rows: lists/east.csv, reason: r}").notes, Vec::<String>::new(), "a list narrows nothing");
    assert_eq!(laid("{check: here, severity: minor, reason: r, approver: a}").notes, Vec::<String>::new(), "it chooses by site()");
    let alone = hospital().laid(
        CHECKS,
        &[("east", "site: east\nadjust: [{check: clinics-match, severity: minor, reason: r, approver: a}]\n")],
        &[],
    );
    assert_eq!((names(&alone)[0].as_str(), alone.notes.len()), ("clinics-match at east", 0), "there is no other site");

    let other = laid("{check: listed, rows: lists/east.csv, reason: r}");
    let list = |site: &str| find(&other, &format!("listed at {site}")).test.lists()[0].0.value.clone();
    assert_eq!((list("east"), list("main")), ("checks/lists/east.csv".into(), "checks/lists/main.csv".into()));
}

#[test]
fn what_changes_nothing_is_said_and_makes_no_second_check() {
    for (adjustment, why) in [
        ("check: clinics-match, severity: {missing: blocker}", "the severities of `clinics-match` are the same without it"),
        ("check: listed, rows: lists/main.csv", "checks/lists/main.csv is the list of every site"),
    ] {
        let laid = laid(&format!("{{{adjustment}, reason: r}}"));
        assert_eq!(names(&laid), UNADJUSTED);
        assert_eq!(laid.notes, [format!("checks/sites/east.yaml:3: adjusts nothing: {why}")]);
    }
    let ignored = CHECKS.replace("{dataset: clinics}", "{dataset: clinics, ignore: [{field: name, reason: x}]}");
    let same = laid_over(&ignored, "{check: clinics-match, ignore: [{field: name, reason: r}], reason: r}", &[]);
    assert!(same.notes[0].contains("`name` is left out at every site (ignored: x)"), "{:?}", same.notes);
    let mixed = laid("{check: clinics-match, severity: {changed: minor}, ignore: [{field: name, reason: r}], reason: r, approver: a}");
    let east = find(&mixed, "clinics-match at east");
    assert_eq!((east.severity.changed, mixed.mistakes.len()), (Severity::Minor, 0));
}

#[test]
fn a_signed_list_is_replaced_by_a_signed_list_only() {
    let digest = |c: char| c.to_string().repeat(64);
    let signed = format!("signed: {{by: m, on: 2027-01-29, sha256: {}}}", digest('a'));
    let checks = CHECKS.replace("rows: lists/main.csv", &format!("rows: lists/main.csv, {signed}"));
    let mistakes = |adjustment: &str| laid_over(&checks, &format!("{{check: listed, {adjustment}, reason: r}}"), &[]).mistakes;
    assert!(mistakes("rows: lists/east.csv")[0].contains("is signed, so the list of a site must be signed too"));
    let other = format!("rows: lists/east.csv, signed: {{by: m, on: 2027-01-29, sha256: {}}}", digest('b'));
    assert_eq!(mistakes(&other), Vec::<String>::new());
    let resigned = laid_over(
        &checks,
        &format!("{{check: listed, rows: lists/main.csv, signed: {{by: m, on: 2027-01-29, sha256: {}}}, reason: r}}", digest('b')),
        &[],
    );
    let list = &find(&resigned, "listed at east").test.lists()[0];
    assert_eq!((list.0.as_str(), list.1.as_ref().map(|d| d.value.clone())), ("checks/lists/main.csv", Some(digest('b'))));
    let same = laid_over(&checks, &format!("{{check: listed, rows: lists/main.csv, {signed}, reason: r}}"), &[]);
    assert_eq!(names(&same), UNADJUSTED);
}

#[test]
fn mistakes_of_site_files_are_named() {
    for (adjust, expected) in [
        ("{check: clinic-match, severity: minor, reason: r, approver: a}", "`clinic-match` there is no check `clinic-match`"),
        (
            "{check: here, severity: minor, reason: r, approver: a}, {check: here, severity: info, reason: r, approver: a}",
            "`here` `here` is adjusted twice; the first is in line 3",
        ),
        (
            "{check: here, ignore: [{field: name, reason: r}], reason: r}",
            "`name` `here` is a check of kind expect, which has no columns to ignore",
        ),
        (
            "{check: clinics-match, rows: lists/east.csv, reason: r}",
            "`lists/east.csv` `clinics-match` is a check of kind parity, which has no list",
        ),
        ("{check: clinics-match, ignore: [{field: nmae, reason: r}], reason: r}", "`nmae` `clinics` has no column `nmae`"),
    ] {
        assert_eq!(laid(adjust).mistakes, [expected], "{adjust}");
    }
    for more in ["severity: minor", "ignore: [{field: name, reason: r}]", "rows: lists/east.csv"] {
        let found = laid(&format!("{{check: clinics-match, drop: true, {more}, reason: r, approver: a}}")).mistakes;
        assert!(
            found.contains(&"`true` a check that is dropped is not asked, so nothing else of it matters".to_owned()),
            "{more}: {found:?}"
        );
    }
    let misnamed = hospital().laid(CHECKS, &[("west", "site: east\nadjust: []\n")], &[]).mistakes;
    assert_eq!(misnamed, ["`east` the file `west` describes the site `east`"]);
    // What was wrong before is told once, by the check itself.
    let wrong = CHECKS.replace("{dataset: clinics}", "{dataset: clinics, ignore: [{field: nmae, reason: x}]}");
    assert_eq!(
        laid_over(&wrong, "{check: clinics-match, ignore: [{field: name, reason: r}], reason: r}", &[]).mistakes,
        Vec::<String>::new()
    );
    let all = ["name", "location", "active", "capacity", "fee", "role", "note"].map(|f| format!("{{field: {f}, reason: r}}")).join(", ");
    let nothing = laid(&format!("{{check: clinics-match, ignore: [{all}], reason: r}}")).mistakes;
    assert!(nothing[0].starts_with("`clinics-match` with this adjustment, this compares nothing of `clinics`"), "{nothing:?}");
}

#[test]
fn lowering_and_dropping_need_someone_who_may_agree() {
    let officer = [(Severity::Blocker, vec!["officer".to_owned()])];
    let mistakes = |adjustment: &str| laid_over(CHECKS, &format!("{{check: clinics-match, {adjustment}, reason: r}}"), &officer).mistakes;
    assert_eq!(
        mistakes("severity: {changed: minor}"),
        ["`{changed: minor}` `clinics-match` lowers blocker here, which needs somebody who agreed"]
    );
    for adjustment in ["severity: {changed: minor}", "drop: true"] {
        assert_eq!(mistakes(&format!("{adjustment}, approver: officer")), Vec::<String>::new());
        assert_eq!(mistakes(&format!("{adjustment}, approver: clerk")), ["`clerk` `clerk` may not approve what lowers blocker"]);
        // Where the policy names nobody, somebody must still have agreed.
        let anybody = laid(&format!("{{check: clinics-match, {adjustment}, reason: r, approver: clerk}}"));
        assert_eq!(anybody.mistakes, Vec::<String>::new());
    }
    assert_eq!(laid("{check: clinics-match, severity: {changed: minor}, reason: r}").mistakes.len(), 1);
    assert_eq!(mistakes("severity: {extra: blocker}"), Vec::<String>::new(), "raising needs nobody");
    assert_eq!(mistakes("ignore: [{field: name, reason: r}]"), Vec::<String>::new());
}

fn judged(production: Hospital, adjust: &str) -> std::collections::BTreeMap<String, crate::check::Outcome> {
    let hospital = Hospital { lists: hospital().lists, ..production };
    hospital.judge_at(CHECKS, &[("east", &format!("site: east\nadjust: [{adjust}]\n")), MAIN])
}

#[test]
fn what_an_adjustment_hides_is_told_and_hides_nothing_elsewhere() {
    let changed = || Hospital::planted("clinics.csv", "Cardiology B", "Cardiology C");
    let ignored = judged(changed(), "{check: clinics-match, ignore: [{field: name, reason: r}, {field: fee, reason: r}], reason: r}");
    let (east, main) = (&ignored["clinics-match at east"], &ignored["clinics-match at main"]);
    assert_eq!((findings(east).len(), findings(main).len()), (0, 1));
    let told = |outcome: &crate::check::Outcome| (outcome.ledger.notes.clone(), outcome.ledger.warnings.clone());
    let (notes, warnings) = told(east);
    assert!(notes.contains(&"checks/sites/east.yaml:3: that name is ignored at east hid 1 difference".to_owned()), "{notes:?}");
    assert_eq!(warnings, ["checks/sites/east.yaml:3: that fee is ignored at east hid nothing: take it out"]);
    assert_eq!(told(main).1, Vec::<String>::new());
    assert_ne!(main.findings[0].fingerprint, judged(changed(), "")["clinics-match"].findings[0].fingerprint, "known at one site only");

    let renamed = Hospital::planted("clinics.csv", "CARD02,Cardiology B,9051,Y,12", "CARD9,Cardiology B,9051,Y,13");
    let within = judged(renamed, "{check: clinics-match, ignore: [{field: capacity, reason: r}], reason: r}");
    let notes = &within["clinics-match at east"].ledger.notes;
    assert!(notes.iter().any(|n| n.ends_with("that capacity is ignored at east hid 1 difference")), "a change within a rename: {notes:?}");
}

#[test]
fn what_is_dropped_is_skipped_with_what_it_would_have_found() {
    const DROP: &str = "{check: clinics-match, drop: true, reason: no clinics here, approver: officer}";
    let sound = judged(Hospital::sound(), DROP);
    let dropped = &sound["clinics-match at east"];
    assert_eq!(dropped.skipped.as_deref(), Some("dropped at east: no clinics here (agreed by officer)"));
    assert_eq!(dropped.ledger.warnings, ["checks/sites/east.yaml:3: dropping the check hid nothing: it would have passed"]);
    assert_eq!(sound["clinics-match at main"].skipped, None);
    let faulty = Hospital::planted("clinics.csv", "Cardiology B", "Cardiology C");
    let faulty = Hospital {
        production: faulty.production.with("clinics.csv", "9004,NEUR01", "9005,NEW01,New,9051,Y,1,1,clerk,,9\n9004,NEUR01"),
        ..faulty
    };
    let hidden = judged(faulty, DROP);
    assert_eq!(hidden["clinics-match at east"].ledger.notes, ["checks/sites/east.yaml:3: dropping the check hid 1 blocker, 1 major"]);
    assert_eq!(hidden["clinics-match at east"].findings.len(), 0);
    assert_eq!(findings(&hidden["clinics-match at main"]).len(), 2);

    let unread = judged(Hospital::planted("clinics.csv", "capacity", "kapacity"), DROP);
    let ledger = &unread["clinics-match at east"].ledger;
    assert_eq!((ledger.notes.len(), ledger.warnings.len()), (0, 0), "what cannot be told proves nothing of the adjustment");
}

#[test]
fn a_site_is_judged_by_its_own_records() {
    let outcomes = judged(Hospital::sound(), "");
    assert!(outcomes["here at east"].cannot_tell[0].contains("nothing"), "no clinic is called east: {:?}", outcomes["here at east"]);
    let named = judged(Hospital::planted("clinics.csv", "Cardiology B", "east"), "");
    assert_eq!(findings(&named["here at east"]), Vec::<String>::new());
    assert_eq!((named["here at east"].ledger.selected, named["here at main"].ledger.selected), (1, 0));
}
