use super::super::testing::{Files, Hospital, findings, untold};

const VISIBLE: &str = "visible: {dataset: clinics, in: production, to: [booking_clerk]}";
const ACTIVE: &str =
    "visible: {dataset: clinics, in: production, to: booking_clerk, where: active, reason: closed clinics are hidden on purpose}";

/// Lines of the clinics as production has them.
const CARD02: &str = "9002,CARD02,Cardiology B,9051,Y,12,0.20,clerk,,2\n";
const DERM01: &str = "9003,DERM01,Dermatology,9052,N,8,1.50,nurse,,3\n";
const NEUR01: &str = "9004,NEUR01,Neurology,9052,Y,6,20.00,nurse,,4\n";

/// A hospital whose booking clerk sees in production what the administrator sees.
fn seen() -> Hospital {
    let hospital = Hospital::sound();
    let clerk = Files([("clinics.csv", hospital.production.0["clinics.csv"].clone())].into());
    Hospital { logins: [("booking_clerk", (clerk, Vec::new()))].into(), ..hospital }
}

/// As [`seen`], with one text of the clerk's clinics replaced by another.
fn as_clerk(old: &str, new: &str) -> Hospital {
    let mut hospital = seen();
    let (clerk, _) = &hospital.logins["booking_clerk"];
    let changed = clerk.with("clinics.csv", old, new);
    hospital.logins.insert("booking_clerk", (changed, Vec::new()));
    hospital
}

#[test]
fn a_login_that_sees_everything_passes_with_a_full_ledger() {
    let outcome = seen().one(VISIBLE);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    let ledger = &outcome.ledger;
    assert_eq!((ledger.selected, ledger.matched, ledger.excluded), (4, 4, 0));
    assert_eq!(ledger.columns_compared, ["name", "location", "active", "capacity", "fee", "role", "note"]);
    assert_eq!((&ledger.columns_volatile[..], &ledger.columns_ignored[0].0[..]), (&["updated".to_owned()][..], "colour"));
    let read: Vec<(&str, &str, Option<u64>)> = ledger.read.iter().map(|r| (r.environment.as_str(), r.dataset.as_str(), r.rows)).collect();
    assert_eq!(read, [("production", "clinics", Some(4)), ("production", "clinics@booking_clerk", Some(4))]);
    assert!(ledger.notes[0].contains("nothing but the folder environments/production-as_booking_clerk"), "{:?}", ledger.notes);
}

#[test]
fn a_planted_fault_is_the_only_finding() {
    for (old, new, expected) in [
        (CARD02, "", "NotVisible blocker production CARD02 - - -"),
        (
            NEUR01,
            "9005,NEW01,New,9051,Y,1,1,clerk,,9\n9004,NEUR01,Neurology,9052,Y,6,20.00,nurse,,4\n",
            "Extra major production NEW01 - - -",
        ),
        ("Cardiology B", "Cardiology C", "Changed blocker production CARD02 name Cardiology B Cardiology C"),
        ("9051,Y,12", "9052,Y,12", "Changed blocker production CARD02 location L1 L2"),
        ("9051,Y,12", "9051,perhaps,12", "Invalid blocker production CARD02 active - perhaps (invalid)"),
        ("9051,Y,12", "9059,Y,12", "Unresolved blocker production CARD02 location - 9059 (unresolved)"),
    ] {
        let outcome = as_clerk(old, new).one(VISIBLE);
        assert_eq!(findings(&outcome), [expected], "{old} -> {new}");
        assert_eq!(outcome.findings[0].dataset, "clinics@booking_clerk");
    }
    let message = |old: &str, new: &str| as_clerk(old, new).one(VISIBLE).findings[0].message.clone();
    assert_eq!(message(CARD02, ""), "clinic CARD02 is in production, but booking_clerk does not see it");
    assert_eq!(
        message("Cardiology B", "Cardiology C"),
        "clinic CARD02: booking_clerk sees name as 'Cardiology C' in production, the administrator as 'Cardiology B'"
    );
}

#[test]
fn absent_is_not_hidden() {
    let mut gone = as_clerk(CARD02, "");
    gone.production = gone.production.with("clinics.csv", CARD02, "");
    assert_eq!(findings(&gone.one(VISIBLE)), Vec::<String>::new(), "what the administrator does not see either is not hidden");
    assert_eq!(findings(&gone.one("parity: {dataset: clinics}")), ["Missing blocker production CARD02 - - -"]);
}

#[test]
fn what_is_hidden_on_purpose_is_left_out_and_counted() {
    let outcome = as_clerk(DERM01, "").one(ACTIVE);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert_eq!((outcome.ledger.selected, outcome.ledger.excluded), (3, 1));
    let notes = outcome.ledger.notes.join("\n");
    assert!(notes.contains("`active` selects 3 of 4 clinics for booking_clerk to see: closed clinics are hidden on purpose"), "{notes}");
    assert_eq!(findings(&as_clerk(DERM01, "").one(VISIBLE)), ["NotVisible blocker production DERM01 - - -"]);
    // Open for the administrator and closed for the clerk: it is seen, and not bookable.
    let closed = as_clerk("9051,Y,12", "9051,N,12").one(ACTIVE);
    assert_eq!(findings(&closed), ["Changed blocker production CARD02 active true false"]);
    let severity =
        as_clerk(CARD02, "").one("severity: {missing: minor}\n    visible: {dataset: clinics, in: production, to: booking_clerk}");
    assert_eq!(findings(&severity), ["NotVisible minor production CARD02 - - -"]);
}

#[test]
fn a_column_is_ignored_with_its_reason() {
    let ignoring = "visible: {dataset: clinics, in: production, to: booking_clerk, ignore: [{field: fee, reason: clerks see no fees}]}";
    let outcome = as_clerk("0.20", "").one(ignoring);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert!(outcome.ledger.columns_ignored.contains(&("fee".to_owned(), "ignored: clerks see no fees".to_owned())), "{:?}", outcome.ledger);
    let without = as_clerk("fee", "price");
    assert_eq!(findings(&without.one(ignoring)), Vec::<String>::new(), "a list that lacks what is ignored serves");
    assert!(untold(&without.one(VISIBLE)).contains("`fee` of `clinics@booking_clerk` in production cannot be read"));
    let most = ["fee", "name", "location", "active", "capacity"].map(|f| format!("{{field: {f}, reason: x}}")).join(", ");
    let outcome = seen().one(&format!("visible: {{dataset: clinics, in: production, to: booking_clerk, ignore: [{most}]}}"));
    assert_eq!(outcome.ledger.warnings, ["`clinics@booking_clerk`: only 2 of 7 columns beyond the key are compared"]);
}

#[test]
fn each_login_is_judged_apart_and_the_administrators_faults_once() {
    let mut hospital = as_clerk(CARD02, "");
    let nurse = Files([("clinics.csv", hospital.production.0["clinics.csv"].replace(NEUR01, ""))].into());
    hospital.logins.insert("nurse", (nurse, Vec::new()));
    let both = "visible: {dataset: clinics, in: production, to: [booking_clerk, nurse]}";
    let outcome = hospital.one(both);
    let found: Vec<(String, String)> = outcome.findings.iter().map(|f| (f.dataset.clone(), f.key.to_string())).collect();
    assert_eq!(found, [("clinics@booking_clerk".to_owned(), "CARD02".to_owned()), ("clinics@nurse".to_owned(), "NEUR01".to_owned())]);
    assert_eq!(outcome.ledger.selected, 8);
    assert_eq!(outcome.ledger.columns_compared.len(), 7, "columns are named once");

    let mut broken = seen();
    for files in [&mut broken.production, &mut broken.logins.get_mut("booking_clerk").unwrap().0] {
        *files = files.with("clinics.csv", "9051,Y,12", "9059,Y,12");
    }
    let clerk = broken.logins["booking_clerk"].clone();
    broken.logins.insert("nurse", clerk);
    let outcome = broken.one(both);
    assert_eq!(findings(&outcome), ["Unresolved blocker production CARD02 location - 9059 (unresolved)"]);
    assert_eq!(outcome.findings[0].dataset, "clinics");

    let mut twice = as_clerk("9003,DERM01", "9003,CARD02");
    assert!(findings(&twice.one(VISIBLE)).contains(&"DuplicateKey blocker production CARD02 - - -".to_owned()));
    twice.production = twice.production.with("clinics.csv", "9003,DERM01", "9003,CARD02");
    let outcome = twice.one(VISIBLE);
    let found: Vec<&str> = outcome.findings.iter().map(|f| f.dataset.as_str()).collect();
    assert_eq!(found, ["clinics", "clinics@booking_clerk"], "shared by two records in both views: each is told");
}

#[test]
fn references_of_a_view_lead_to_what_the_administrator_sees() {
    let mut hospital = seen();
    // The clerk's own list of locations, in which ids mean something else, is not asked.
    let (clerk, _) = hospital.logins.get_mut("booking_clerk").unwrap();
    clerk.0.insert("locations.csv", "id,code,name\n9051,X1,Elsewhere\n".to_owned());
    assert_eq!(findings(&hospital.one(VISIBLE)), Vec::<String>::new());
    hospital.production = hospital.production.with("locations.csv", "9051,L1,", "9099,L1,");
    let outcome = hospital.one(VISIBLE);
    assert!(findings(&outcome).iter().all(|f| f.starts_with("Unresolved")), "{:?}", findings(&outcome));
}

#[test]
fn what_a_login_sees_must_be_whole_by_its_own_total() {
    let control = |rows: &str| {
        let mut hospital = as_clerk(DERM01, "");
        let (clerk, _) = hospital.logins.get_mut("booking_clerk").unwrap();
        clerk.0.insert("control.csv", format!("dataset,rows\n{rows}"));
        untold(&hospital.one(ACTIVE))
    };
    // The administrator's total is not the login's.
    assert!(
        control("clinics,4\n").contains("`clinics@booking_clerk` of production could not be read wholly: read 3 rows, control.csv says 4")
    );
    let silent = control("locations,2\n");
    assert!(silent.contains("clinics@booking_clerk") && silent.contains("control.csv"), "{silent}");
    // What somebody signed for the administrator's extract is not signed for the login's.
    let mut declared = seen();
    declared.system = declared.system.replace(
        "{rows_from: {file: control.csv, dataset: clinics, column: rows}}",
        "{declared: {rows: 4, by: lead, on: 2027-01-01, reason: counted}}",
    );
    assert!(untold(&declared.one(VISIBLE)).contains("nobody says how many rows `clinics@booking_clerk`"));
    assert_eq!(findings(&declared.one("count: {dataset: clinics, in: production, at_least: 4}")), Vec::<String>::new());
}

#[test]
fn a_record_with_another_key_or_other_dates_is_told() {
    let mut laddered = as_clerk("CARD02", "");
    laddered.system = laddered.system.replace(
        "    key: [code]\n    id: id\n    columns:\n      code: code\n      name: name\n      location",
        "    key: [[code], [name]]\n    id: id\n    columns:\n      code: code\n      name: name\n      location",
    );
    let outcome = laddered.one(VISIBLE);
    assert_eq!(findings(&outcome), ["Rekeyed blocker production CARD02 - - -"]);
    assert_eq!(outcome.findings[0].message, "clinic CARD02 has another key for booking_clerk in production: 'Cardiology B'");

    let mut dated = seen();
    dated.system = dated.system.replace("    volatile: [updated]", "    volatile: [updated]\n    effective: {to: until}");
    let until = |files: &mut Files, day: &str| {
        let clinics: Vec<String> = files.0["clinics.csv"]
            .lines()
            .map(|l| match l {
                l if l.starts_with("id,") => format!("{l},until\n"),
                l if l.contains("CARD02") => format!("{l},{day}\n"),
                l => format!("{l},2028-01-01\n"),
            })
            .collect();
        files.0.insert("clinics.csv", clinics.concat());
    };
    until(&mut dated.training, "2028-01-01");
    until(&mut dated.production, "2028-01-01");
    until(&mut dated.logins.get_mut("booking_clerk").unwrap().0, "2027-01-31");
    let outcome = dated.one(VISIBLE);
    assert_eq!(findings(&outcome), ["NotVisible blocker production CARD02 - - -"]);
    let message = &outcome.findings[0].message;
    assert_eq!(message, "clinic CARD02 is in production, but booking_clerk does not see it: ends 2027-01-31, before the go-live");
}

#[test]
fn what_cannot_be_told_is_said() {
    let nothing = as_clerk(seen().production.0["clinics.csv"].split_once('\n').unwrap().1, "").one(VISIBLE);
    assert!(untold(&nothing).contains("booking_clerk sees no clinic at all in production"), "{nothing:?}");

    let mut stale = seen();
    stale.logins.get_mut("booking_clerk").unwrap().1.push("the data of production as booking_clerk are 9 days old".to_owned());
    assert_eq!(untold(&stale.one(VISIBLE)), "the data of production as booking_clerk are 9 days old");
    assert_eq!(findings(&stale.one("parity: {dataset: clinics}")), Vec::<String>::new(), "doubts of a login are not the administrator's");

    let mut unread = seen();
    unread.logins.get_mut("booking_clerk").unwrap().0.0.remove("clinics.csv");
    assert!(untold(&unread.one(VISIBLE)).contains("`clinics@booking_clerk` of production could not be read wholly"));

    let unsaid = as_clerk(",active,", ",open,");
    assert!(untold(&unsaid.one(ACTIVE)).contains("`active` of `clinics@booking_clerk` in production cannot be read"));
    let doubtful = Hospital { doubts: vec!["production is 3 days old".to_owned()], ..seen() };
    assert_eq!(untold(&doubtful.one(VISIBLE)), "production is 3 days old");
    let mut empty = seen();
    empty.production.0.insert("clinics.csv", "id,code,name,location_id,active,capacity,fee,role,note,updated\n".to_owned());
    assert!(untold(&empty.one(VISIBLE)).contains("the administrator sees no clinic in production"));

    let none = seen().one("visible: {dataset: clinics, in: production, to: booking_clerk, where: code = 'X', reason: none}");
    assert!(untold(&none).contains("no clinic was selected that booking_clerk should see"), "{none:?}");

    let anchored = "  - id: enough\n    count: {dataset: clinics, in: production, at_least: 5, signed: {by: lead, on: 2027-01-01, reason: list}}\n  - id: seen\n    visible: {dataset: clinics, in: production, to: booking_clerk}\n";
    let outcomes = seen().judge(anchored);
    assert!(
        outcomes["seen"].cannot_tell[0].contains("the administrator sees 4 rows of `clinics` in production where 5 are expected"),
        "{:?}",
        outcomes["seen"]
    );

    // One login that cannot be told leaves what another one does not see found.
    let mut half = as_clerk(CARD02, "");
    let nurse = Files([("clinics.csv", "id,code\n".to_owned())].into());
    half.logins.insert("nurse", (nurse, Vec::new()));
    let outcome = half.one("visible: {dataset: clinics, in: production, to: [booking_clerk, nurse]}");
    assert_eq!((outcome.findings.len(), outcome.cannot_tell.len()), (1, 1), "{outcome:?}");
}

#[test]
fn mistakes_are_named_where_they_are() {
    let hospital = seen();
    for (test, expected) in [
        (
            "visible: {dataset: clinic, in: production, to: booking_clerk}",
            "`clinic` production has no dataset `clinic`: its system `files_of_the_hospital` does not define it",
        ),
        ("visible: {dataset: clinics, in: production, to: [boking_clerk]}", "`boking_clerk` production has no login `boking_clerk`"),
        ("visible: {dataset: clinics, in: training, to: booking_clerk}", "`booking_clerk` training has no login `booking_clerk`"),
        ("visible: {dataset: clinics, in: production, to: []}", "`[]` `to` names nobody who has to see anything"),
        (
            "visible: {dataset: clinics, in: production, to: [booking_clerk, booking_clerk]}",
            "`booking_clerk` `booking_clerk` is named twice",
        ),
        (
            "visible: {dataset: clinics, in: production, to: booking_clerk, ignore: [{field: nmae, reason: x}]}",
            "`nmae` `clinics` has no column `nmae`",
        ),
        (
            "visible: {dataset: clinics, in: production, to: booking_clerk, ignore: [{field: code, reason: x}]}",
            "`code` `code` is part of the key: records are found by it, so it cannot be ignored",
        ),
        (
            "visible: {dataset: clinics, in: production, to: booking_clerk, ignore: [{field: name}]}",
            "`field` an ignored field needs `reason`",
        ),
        (
            "visible: {dataset: clinics, in: production, to: booking_clerk, where: actve, reason: x}",
            "`actve` `where`: there is no column `actve`",
        ),
    ] {
        assert_eq!(hospital.wrong(test), [expected], "{test}");
    }
    let found = hospital.wrong("visible: {dataset: clinics, in: production, to: booking_clerk, where: active}");
    assert!(found.len() == 1 && found[0].ends_with("`where` leaves records out, so it needs a `reason`"), "{found:?}");
}

#[test]
fn what_a_login_sees_of_no_record_is_not_optional() {
    let blind = as_clerk(",role,", ",post,").one(VISIBLE);
    let lines = blind.findings.iter().map(|f| f.field.as_deref().unwrap_or_default()).collect::<Vec<_>>();
    assert!(!blind.cannot_tell.is_empty() || lines == ["role"; 4], "the administrator sees a role in every record: {blind:?}");
    assert!(!blind.ledger.columns_ignored.iter().any(|(name, _)| name == "role"), "{:?}", blind.ledger.columns_ignored);

    // Nor is what the administrator does not see, and the login does.
    let mut hospital = seen();
    hospital.production = hospital.production.with("clinics.csv", ",role,", ",post,");
    let other = hospital.one(VISIBLE);
    assert!(!other.cannot_tell.is_empty() || other.findings.len() == 4, "{other:?}");

    let (clerk, _) = hospital.logins["booking_clerk"].clone();
    hospital.logins.insert("booking_clerk", (clerk.with("clinics.csv", ",role,", ",post,"), Vec::new()));
    let neither = hospital.one(VISIBLE);
    assert_eq!(findings(&neither), Vec::<String>::new());
    let told = ("role".to_owned(), "optional, and in no record of `clinics@booking_clerk`".to_owned());
    assert!(neither.ledger.columns_ignored.contains(&told), "{:?}", neither.ledger.columns_ignored);
}

#[test]
fn a_number_signed_for_another_dataset_or_side_says_nothing_of_this_one() {
    let visible = format!("  - id: the-check\n    title: Seen\n    {VISIBLE}\n");
    let judged = |dataset: &str, environment: &str, rows: u64| {
        let count = format!(
            "count: {{dataset: {dataset}, in: {environment}, at_least: {rows}, signed: {{by: lead, on: 2027-01-01, reason: list}}}}"
        );
        let outcome = seen().judge(&format!("{visible}  - id: enough\n    title: Enough\n    {count}\n")).remove("the-check").unwrap();
        outcome.cannot_tell.join("; ")
    };
    assert_eq!(judged("clinics", "production", 4), "");
    assert_eq!(
        judged("clinics", "production", 5),
        "the administrator sees 4 rows of `clinics` in production where 5 are expected (a count signed by lead on 2027-01-01)"
    );
    assert_eq!(judged("clinics", "training", 5), "");
    assert_eq!(judged("locations", "production", 9), "");
}
