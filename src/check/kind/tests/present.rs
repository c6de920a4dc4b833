use super::super::testing::{Hospital, findings, untold};
use crate::document::sha256;

const LIST: &str = "code,name,active\nCARD01,Cardiology A,true\nCARD02,Cardiology B,true\n";

fn listed(hospital: Hospital) -> Hospital {
    hospital.list("lists/clinics.csv", LIST)
}

const PRESENT: &str = "present: {dataset: clinics, in: production, rows: lists/clinics.csv}";
const EXACTLY: &str =
    "present: {dataset: clinics, in: production, rows: lists/clinics.csv, exactly: true, where: code LIKE 'CARD%', reason: one specialty}";

#[test]
fn a_list_that_is_there_passes() {
    let outcome = listed(Hospital::sound()).one(PRESENT);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert_eq!((outcome.ledger.selected, outcome.ledger.matched), (4, 2));
    assert_eq!(outcome.ledger.columns_compared, ["code", "name", "active"]);
    let exactly = listed(Hospital::sound()).one(EXACTLY);
    assert_eq!(findings(&exactly), Vec::<String>::new());
    assert_eq!(exactly.ledger.excluded, 2);
}

#[test]
fn a_planted_fault_is_the_only_finding() {
    for (old, new, expected) in [
        ("9002,CARD02,Cardiology B,9051,Y,12,0.20,clerk,,2\n", "", "Missing blocker production CARD02 - - -"),
        ("Cardiology B", "Cardiology C", "Changed blocker production CARD02 name Cardiology B Cardiology C"),
        ("Cardiology B", "", "Changed blocker production CARD02 name Cardiology B (empty)"),
        ("9051,Y,12", "9051,maybe,12", "Invalid blocker production CARD02 active - maybe (invalid)"),
        ("9003,DERM01", "9003,CARD03", "Extra major production CARD03 - - -"),
        ("9003,DERM01,Dermatology,9052,N", "9003,CARD02,Cardiology B,9052,Y", "DuplicateKey blocker production CARD02 - - -"),
    ] {
        let outcome = listed(Hospital::planted("clinics.csv", old, new)).one(EXACTLY);
        assert_eq!(findings(&outcome), [expected], "{old} -> {new}");
    }
    let extra = listed(Hospital::planted("clinics.csv", "9003,DERM01", "9003,CARD03")).one(PRESENT);
    assert_eq!(findings(&extra), Vec::<String>::new(), "without `exactly`, more may be there");
}

#[test]
fn a_cell_that_cannot_be_understood_is_found_where_it_matters() {
    let invalid = "Invalid blocker production CARD02 active - maybe (invalid)";
    let asked = listed(Hospital::planted("clinics.csv", "9051,Y,12", "9051,maybe,12"));
    assert_eq!(findings(&asked.one(PRESENT)), [invalid], "asked for, although more may be there");
    let unasked = listed(Hospital::planted("clinics.csv", "9052,N,8", "9052,maybe,8"));
    assert_eq!(findings(&unasked.one(PRESENT)), Vec::<String>::new(), "nobody asked for it");
    let exactly = "present: {dataset: clinics, in: production, rows: lists/clinics.csv, exactly: true}";
    let lines = findings(&unasked.one(exactly));
    assert!(lines.contains(&invalid.replace("CARD02", "DERM01")), "nothing else may be there: {lines:?}");
}

#[test]
fn a_blank_in_the_list_means_no_value() {
    let list = "code,note,role\nCARD01,,clerk\nCARD02,,\n";
    let outcome = Hospital::sound().list("lists/clinics.csv", list).one(PRESENT);
    assert_eq!(findings(&outcome), ["Changed blocker production CARD02 role (empty) clerk"]);
    let blank = Hospital::planted("clinics.csv", "0.20,clerk", "0.20,").list("lists/clinics.csv", list).one(PRESENT);
    assert_eq!(findings(&blank), Vec::<String>::new());
}

#[test]
fn each_fault_has_its_cause() {
    for (old, new, cause) in [
        ("9002,CARD02,Cardiology B,9051,Y,12,0.20,clerk,,2\n", "", "on the list lists/clinics.csv, missing in production"),
        ("Cardiology B", "Cardiology C", "name is not as signed off"),
        ("9003,DERM01", "9003,CARD03", "not on the list lists/clinics.csv"),
    ] {
        let outcome = listed(Hospital::planted("clinics.csv", old, new)).one(EXACTLY);
        assert_eq!(outcome.findings[0].cause.replace("checks/", ""), cause);
    }
}

#[test]
fn only_the_list_that_was_signed_counts() {
    let signed = |digest: &str| {
        format!(
            "present: {{dataset: clinics, in: production, rows: lists/clinics.csv, signed: {{by: manager, on: 2027-01-29, sha256: {digest}}}}}"
        )
    };
    let digest = sha256(LIST);
    assert_eq!(findings(&listed(Hospital::sound()).one(&signed(&digest))), Vec::<String>::new());
    let other = sha256("another list");
    let reason = untold(&listed(Hospital::sound()).one(&signed(&other)));
    assert!(reason.contains(&digest) && reason.contains(&other), "{reason}");
    let empty = Hospital::sound().list("lists/clinics.csv", "code,name,active\n").one(PRESENT);
    assert!(untold(&empty).contains("is empty: nothing was looked for"), "{empty:?}");
    assert!(untold(&Hospital::sound().one(PRESENT)).contains("is not there"));
}

#[test]
fn what_cannot_be_read_cannot_be_told() {
    let unread = listed(Hospital::planted("clinics.csv", "id,code,name", "id,code,label")).one(PRESENT);
    assert!(untold(&unread).contains("`name` of `clinics` in production cannot be read"), "{unread:?}");
}

#[test]
fn mistakes_of_lists_are_named() {
    for (text, expected) in [
        ("code,nmae\nA,B\n", "the heading `nmae` is no column of `clinics`"),
        ("name,active\nA,true\n", "its headings hold no whole key: code"),
        ("code,active\nA,perhaps\n", "line 2: `perhaps` is not of the type of `active`, boolean"),
        ("code,name\nA,B\nA,C\n", "line 3 repeats the key of line 2"),
        ("code,name\n,B\n", "line 2 has no key"),
        ("code,name\nA\n", "line 2 has 1 cells, the heading 2"),
        ("code,code\nA,A\n", "two headings `code`"),
    ] {
        let found = Hospital::sound().list("lists/clinics.csv", text).wrong(PRESENT);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains(expected) && found[0].starts_with("`lists/clinics.csv`"), "{text}: {found:?}");
    }
    for digest in ["ab".repeat(31), "xy".repeat(32)] {
        let signed = format!("signed: {{by: manager, on: 2027-01-29, sha256: \"{digest}\"}}");
        let found =
            listed(Hospital::sound()).wrong(&format!("present: {{dataset: clinics, in: production, rows: lists/clinics.csv, {signed}}}"));
        assert!(found[0].ends_with("this is no SHA-256"), "{found:?}");
    }
    let outside = Hospital::sound().wrong("present: {dataset: clinics, in: production, rows: ../secrets.csv}");
    assert_eq!(outside, ["`../secrets.csv` a list lies below checks/"]);
    for strange in ["/etc/hosts", "lists\\\\a.csv", "c:a.csv", "lists//a.csv", "lists/../../a.csv"] {
        let found = Hospital::sound().wrong(&format!("present: {{dataset: clinics, in: production, rows: \"{strange}\"}}"));
        assert!(found[0].ends_with("a list lies below checks/"), "{strange}: {found:?}");
    }
}
