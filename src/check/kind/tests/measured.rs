//! Records of patients are counted and never stored.

use super::super::testing::{Hospital, findings, untold};

const APPOINTMENTS: &str = "  appointments:
    noun: appointment
    measured: true
    read: {csv: appointments.csv}
    columns:
      clinic: {from: clinic_id, references: clinics}
      in_slot: {from: in_slot, type: boolean}
      day: {from: day, type: date}
    complete: {rows_from: {file: control.csv, dataset: appointments, column: rows}}
  migration:
    noun: migration count
    read: {csv: migration.csv}
    key: [entity, clinic, reason]
    columns: {entity: entity, clinic: {from: clinic, references: clinics}, reason: reason, records: {from: records, type: integer}}
    complete: {rows_from: {file: control.csv, dataset: migration, column: rows}}
";

/// 60 appointments of synthetic patients over three clinics, 3 of them outside a slot; in training there are 57.
fn hospital() -> Hospital {
    let mut hospital = Hospital::sound();
    hospital.system.push_str(APPOINTMENTS);
    let rows = |clinic: u32, ids: u32, n: u32, out: u32| -> String {
        (0..n).map(|i| format!("Jane Doe {i},{},{},2027-02-24\n", ids + clinic, if i < out { "N" } else { "Y" })).collect()
    };
    let file = |ids: u32, first: u32| {
        format!("name,clinic_id,in_slot,day\n{}{}{}", rows(1, ids, first, 3), rows(2, ids, 20, 0), rows(4, ids, 20, 0))
    };
    hospital.production.0.insert("appointments.csv", file(9_000, 20));
    hospital.training.0.insert("appointments.csv", file(100, 17));
    let migration = |ids: u32| format!("entity,clinic,reason,records\nappointments,{},double entry,3\nnotes,{},lost,7\n", ids + 1, ids + 1);
    hospital.production.0.insert("migration.csv", migration(9_000));
    hospital.training.0.insert("migration.csv", migration(100));
    hospital
}

const ALL: &str = "count: {dataset: appointments, in: production, by: [clinic], equal_to: training}";

#[test]
fn records_are_counted_by_group_and_small_numbers_are_not_shown() {
    let equal = "count: {dataset: appointments, in: production, equal_to: 60}";
    let outcome = hospital().one(equal);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert_eq!(outcome.ledger.read[0].rows, Some(60), "the ledger tells records, not groups");
    assert_eq!(findings(&hospital().one(ALL)), ["Count blocker production CARD01 clinic 17 20"]);
    let out =
        hospital().one("count: {dataset: appointments, in: production, by: [clinic], at_most: 0, where: NOT in_slot, reason: misplaced}");
    assert_eq!(findings(&out), ["Count blocker production CARD01 clinic at most 0 <5"]);
    assert_eq!(out.findings[0].message, "clinic CARD01 has <5 appointments in production, at most 0 are expected");
}

#[test]
fn a_share_is_of_all_records() {
    let share = |percent: &str| {
        hospital()
            .one(&format!("count: {{dataset: appointments, in: production, at_most: {percent}, where: NOT in_slot, reason: misplaced}}"))
    };
    assert_eq!(findings(&share("5%")), Vec::<String>::new());
    assert_eq!(findings(&share("4.9%")), ["Count blocker production  - at most 4.9 % of 60 <5"]);
    let wrong = hospital().wrong("count: {dataset: appointments, in: production, at_most: 5%}");
    assert_eq!(wrong, ["`5%` a share is of what there is without `where`, and there is none"]);
    assert_eq!(hospital().wrong("count: {dataset: appointments, in: production, at_most: 500%}"), ["`500%` `500%` is no share"]);
}

#[test]
fn what_was_rejected_with_a_reason_is_accounted_for() {
    let plus = |where_: &str| {
        format!(
            "count: {{dataset: appointments, in: training, by: [clinic], equal_to: production, plus: {{dataset: migration, by: reason, records: records{where_}}}}}"
        )
    };
    let of_appointments = hospital().one(&plus(", where: entity = 'appointments', reason: other entities are counted apart"));
    assert_eq!(findings(&of_appointments), Vec::<String>::new());
    assert!(of_appointments.ledger.notes.contains(&"<5 of `migration` accounted for: double entry".to_owned()), "{of_appointments:?}");
    assert_eq!(findings(&hospital().one(&plus(""))), ["Count blocker training CARD01 clinic 20 27"]);
    let mut without_reason = hospital();
    let migration = without_reason.training.0["migration.csv"].replace("double entry", "");
    without_reason.training.0.insert("migration.csv", migration);
    let unexplained = without_reason.one(&plus(", where: entity = 'appointments', reason: other entities are counted apart"));
    assert_eq!(findings(&unexplained), ["Count blocker training CARD01 clinic 20 17"]);
}

#[test]
fn nothing_of_a_record_is_stored() {
    let mut hospital = hospital();
    let broken = hospital.production.0["appointments.csv"].replacen("2027-02-24", "Jane Doe", 1);
    hospital.production.0.insert("appointments.csv", broken);
    let kept = hospital.keep(ALL);
    let mut files = 0;
    for entry in walkdir::WalkDir::new(kept.path().join("snapshots")).into_iter().map(Result::unwrap).filter(|e| e.file_type().is_file()) {
        files += 1;
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(4).any(|w| w == b"Jane"), "{}", entry.path().display());
    }
    assert!(files >= 4, "{files} files");
}

#[test]
fn columns_that_single_out_records_are_no_counts() {
    let mut hospital = hospital();
    hospital.system = hospital
        .system
        .replace("      in_slot: {from: in_slot, type: boolean}\n", "      in_slot: {from: in_slot, type: boolean}\n      code: name\n");
    assert!(untold(&hospital.one(ALL)).contains("that would be a list of patients, not a count"));
}

#[test]
fn only_count_may_ask_for_them() {
    for test in [
        "parity: {dataset: appointments}",
        "expect: {dataset: appointments, in: production, that: in_slot}",
        "resolves: {dataset: appointments, in: production, field: clinic, to: clinics}",
    ] {
        let wrong = hospital().wrong(test);
        assert!(wrong[0].contains("`appointments` are records of patients, of which only counts are kept"), "{test}: {wrong:?}");
    }
}
