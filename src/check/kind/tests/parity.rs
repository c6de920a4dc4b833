use super::super::testing::{Files, Hospital, findings, untold};

const CLINICS: &str = "parity: {dataset: clinics}";

#[test]
fn sound_sides_pass_with_a_full_ledger() {
    let outcome = Hospital::sound().one(CLINICS);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    let ledger = &outcome.ledger;
    assert_eq!((ledger.selected, ledger.matched, ledger.undecided, ledger.excluded), (4, 4, 0, 0));
    assert_eq!(ledger.columns_compared, ["name", "location", "active", "capacity", "fee", "role", "note"]);
    assert_eq!(ledger.columns_volatile, ["updated"]);
    assert_eq!(ledger.columns_ignored, [("colour".to_owned(), "neither system offers it: no screen shows it".to_owned())]);
    let read: Vec<(&str, Option<u64>, Option<u64>)> = ledger.read.iter().map(|r| (r.environment.as_str(), r.expected, r.rows)).collect();
    assert_eq!(read, [("training", Some(4), Some(4)), ("production", Some(4), Some(4))]);
}

#[test]
fn a_planted_difference_is_the_only_finding() {
    for (old, new, expected) in [
        ("9002,CARD02,Cardiology B,9051,Y,12,0.20,clerk,,2\n", "", "Missing blocker production CARD02 - - -"),
        ("9004,NEUR01", "9005,NEW01,New,9051,Y,1,1,clerk,,9\n9004,NEUR01", "Extra major production NEW01 - - -"),
        ("Cardiology B", "Cardiology C", "Changed blocker production CARD02 name Cardiology B Cardiology C"),
        ("9051,Y,12", "9052,Y,12", "Changed blocker production CARD02 location L1 L2"),
        ("N,8,1.50", "N,8,1.51", "Changed blocker production DERM01 fee 1.5 1.51"),
        ("N,8,1.50", "N,eight,1.50", "Invalid blocker production DERM01 capacity - eight (invalid)"),
        ("9051,Y,12", "9059,Y,12", "Unresolved blocker production CARD02 location - 9059 (unresolved)"),
        ("9003,DERM01", "9003,CARD02", "DuplicateKey blocker production CARD02 - - -"),
    ] {
        let outcome = Hospital::planted("clinics.csv", old, new).one(CLINICS);
        assert!(findings(&outcome).contains(&expected.to_owned()), "{old} -> {new}: {:?}", findings(&outcome));
        // The shared key hides a record: it is missing besides.
        assert!(outcome.findings.len() == 1 || expected.starts_with("Duplicate"), "{:?}", findings(&outcome));
    }
    let message = Hospital::planted("clinics.csv", "Cardiology B", "Cardiology C").one(CLINICS).findings[0].message.clone();
    assert_eq!(message, "clinic CARD02: name is 'Cardiology C' in production, staff were trained on 'Cardiology B'");
}

#[test]
fn only_what_differs_in_meaning_differs() {
    let outcome = Hospital::planted("clinics.csv", "0.20", "0.2").one(CLINICS);
    assert_eq!(findings(&outcome), Vec::<String>::new());
}

#[test]
fn a_rename_never_lowers_severity() {
    let hospital = Hospital::planted("clinics.csv", "CARD02", "CARD9");
    let outcome = hospital.one("severity: {missing: blocker, extra: minor, changed: minor}\n    parity: {dataset: clinics}");
    assert_eq!(findings(&outcome), ["Renamed blocker production CARD02 - - -"]);
    assert_eq!(outcome.findings[0].other_key.as_ref().map(ToString::to_string).as_deref(), Some("CARD9"));
    let apart = hospital.one("severity: {missing: blocker, extra: minor, changed: minor}\n    parity: {dataset: clinics, renames: false}");
    assert_eq!(findings(&apart), ["Missing blocker production CARD02 - - -", "Extra minor production CARD9 - - -"]);
}

#[test]
fn relations_ignores_and_tolerances_are_kept_and_told() {
    let outcome =
        Hospital::sound().one("parity: {dataset: clinics, relations: [{field: name, relation: must_differ, reason: two instances}]}");
    assert_eq!(outcome.findings.len(), 4);
    assert_eq!(findings(&outcome)[0], "NotDifferent blocker production CARD01 name Cardiology A Cardiology A");

    let changed = Hospital::planted("clinics.csv", "Cardiology B", "Cardiology C");
    let ignored = changed.one("parity: {dataset: clinics, ignore: [{field: name, reason: being renamed}]}");
    assert_eq!(findings(&ignored), Vec::<String>::new());
    assert!(ignored.ledger.columns_ignored.contains(&("name".to_owned(), "ignored: being renamed".to_owned())), "{:?}", ignored.ledger);

    let near = Hospital::planted("clinics.csv", "Y,12,", "Y,13,");
    let tolerated = near.one("parity: {dataset: clinics, tolerance: [{field: capacity, absolute: 1, reason: rounding}]}");
    assert_eq!(findings(&tolerated), Vec::<String>::new());
    assert_eq!(tolerated.ledger.columns_tolerated, [("capacity".to_owned(), "within 1: rounding".to_owned())]);

    let cased =
        Hospital::planted("clinics.csv", "Cardiology B", " cardiology b").one("parity: {dataset: clinics, normalise: [trim, casefold]}");
    assert_eq!(findings(&cased), Vec::<String>::new());
}

#[test]
fn what_is_said_of_one_field_holds_for_that_field() {
    let cased = |file: &str| {
        let hospital =
            Hospital::planted("clinics.csv", "Cardiology B", " cardiology b").production.0["clinics.csv"].replace("0.20,clerk", file);
        let mut both = Hospital::sound();
        both.production.0.insert("clinics.csv", hospital);
        findings(&both.one("parity: {dataset: clinics, normalise: [{field: name, with: [trim, casefold]}]}"))
    };
    assert_eq!(cased("0.20,clerk"), Vec::<String>::new());
    assert_eq!(cased("0.20,Clerk"), ["Changed blocker production CARD02 role clerk Clerk"], "the role keeps its case");
    let one = Hospital::planted("clinics.csv", "Cardiology B", " cardiology b");
    assert_eq!(findings(&one.one("parity: {dataset: clinics, normalise: {field: name, with: [trim, casefold]}}")), Vec::<String>::new());
    let near = Hospital::planted("clinics.csv", "N,8,1.50", "N,8,1.51");
    let tolerant = "parity: {dataset: clinics, tolerance: [{field: capacity, absolute: 1, reason: rounding}]}";
    assert_eq!(findings(&near.one(tolerant)), ["Changed blocker production DERM01 fee 1.5 1.51"]);
}

#[test]
fn a_record_switched_off_live_is_changed_although_where_asks_for_active_ones() {
    let off = Hospital::planted("clinics.csv", "9051,Y,12", "9051,N,12");
    let outcome = off.one("parity: {dataset: clinics, where: active, reason: closed clinics are hidden}");
    assert_eq!(findings(&outcome), ["Changed blocker production CARD02 active true false"]);
    assert_eq!((outcome.ledger.selected, outcome.ledger.excluded), (3, 2));
    assert_eq!(outcome.ledger.warnings.len(), 1, "{:?}", outcome.ledger.warnings);
    let covered = off.one("parity: {dataset: clinics, where: active, reason: closed clinics are hidden, covers: 60%}");
    assert_eq!(covered.ledger.warnings, Vec::<String>::new());
}

#[test]
fn what_cannot_be_told_is_said() {
    let nothing = Hospital::sound().one("parity: {dataset: clinics, where: code = 'X', reason: none}");
    assert!(untold(&nothing).contains("nothing compared with nothing"), "{nothing:?}");

    let small = Hospital::sound().one("parity: {dataset: clinics, anchor: {rows: 10, signed: {by: lead, on: 2027-01-01, reason: list}}}");
    assert!(untold(&small).contains("4 rows where 10 are expected (signed by lead on 2027-01-01)"), "{small:?}");

    let mut unsaid = Hospital::sound();
    unsaid.system = unsaid.system.replace("    complete: {rows_from: {file: control.csv, dataset: clinics, column: rows}}\n", "");
    assert!(untold(&unsaid.one(CLINICS)).contains("nobody says how many rows"), "{:?}", unsaid.one(CLINICS));

    let unread = Hospital::planted("clinics.csv", "capacity", "kapacity").one(CLINICS);
    assert!(untold(&unread).contains("`capacity` of `clinics` in production cannot be read"), "{unread:?}");
    assert_eq!(unread.ledger.columns_unread.len(), 1);

    let doubtful = Hospital { doubts: vec!["production is 3 days old".to_owned()], ..Hospital::sound() };
    let outcome = doubtful.one(CLINICS);
    assert_eq!(untold(&outcome), "production is 3 days old");
    let asked = outcome.ledger.read.iter().map(|r| (r.environment.as_str(), r.dataset.as_str(), r.rows)).collect::<Vec<_>>();
    assert!(asked.contains(&("production", "clinics", None)), "{asked:?}");

    let mut short = Hospital::sound();
    short.production.0.insert("control.csv", "dataset,rows\nclinics,5\nlocations,2\nroles,2\n".to_owned());
    assert!(untold(&short.one(CLINICS)).contains("`clinics` of production"), "{:?}", short.one(CLINICS));
}

#[test]
fn a_small_fall_below_an_anchor_is_found_and_a_large_one_not_believed() {
    let anchored =
        |rows: u64| format!("parity: {{dataset: clinics, anchor: {{rows: {rows}, signed: {{by: lead, on: 2027-01-01, reason: list}}}}}}");
    assert_eq!(findings(&Hospital::sound().one(&anchored(4))), Vec::<String>::new());
    assert!(!Hospital::sound().one(&anchored(5)).cannot_tell.is_empty());
    let signed = "  - id: enough\n    title: Enough\n    count: {dataset: clinics, in: production, at_least: 5, signed: {by: lead, on: 2027-01-01, reason: list}}\n  - id: same\n    title: Same\n    parity: {dataset: clinics}\n";
    let outcomes = Hospital::sound().judge(signed);
    let only = "`clinics` of production has 4 rows where 5 are expected (a count signed by lead on 2027-01-01)";
    assert_eq!(outcomes["same"].cannot_tell, [only], "the number says nothing of training");
    let elsewhere = signed.replace("{dataset: clinics, in: production, at_least: 5", "{dataset: locations, in: production, at_least: 9");
    assert_eq!(findings(&Hospital::sound().judge(&elsewhere)["same"]), Vec::<String>::new(), "nor of another dataset");
}

#[test]
fn an_optional_column_that_no_record_has_is_told_and_not_compared() {
    let sound = Hospital::sound();
    let without = |files: &Files| files.with("clinics.csv", ",role,", ",post,");
    let neither = Hospital { training: without(&sound.training), production: without(&sound.production), ..Hospital::sound() };
    let outcome = neither.one(CLINICS);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert_eq!(outcome.ledger.columns_ignored[0], ("role".to_owned(), "optional, and in no record of either side".to_owned()));
    assert_eq!(outcome.ledger.columns_compared, ["name", "location", "active", "capacity", "fee", "note"]);
    // On one side only it is a difference of every record.
    let one = Hospital { production: without(&sound.production), ..sound };
    assert_eq!(one.one(CLINICS).findings.len(), 4);
}

#[test]
fn comparing_few_columns_is_warned_of() {
    let ignoring = |fields: &[&str]| {
        let ignored = fields.iter().map(|f| format!("{{field: {f}, reason: x}}")).collect::<Vec<_>>().join(", ");
        Hospital::sound().one(&format!("parity: {{dataset: clinics, ignore: [{ignored}]}}")).ledger.warnings
    };
    assert_eq!(ignoring(&["name", "location", "active"]), Vec::<String>::new());
    assert_eq!(ignoring(&["name", "location", "active", "fee"]), ["`clinics`: only 3 of 7 columns beyond the key are compared"]);
}

#[test]
fn a_rename_and_another_key_tell_what_else_differs() {
    let outcome = Hospital::planted("clinics.csv", "CARD02,Cardiology B,9051,Y,12", "CARD9,Cardiology B,9051,Y,13").one(CLINICS);
    assert_eq!(findings(&outcome), ["Renamed blocker production CARD02 - - -"]);
    let changes: Vec<String> = outcome.findings[0].changes.iter().map(|c| format!("{} {} {}", c.field, c.expected, c.found)).collect();
    assert_eq!(changes, ["capacity 12 13"]);
    assert!(outcome.findings[0].message.contains("is 'CARD9' in production"), "{}", outcome.findings[0].message);
    assert!(outcome.findings[0].message.ends_with(", and differs in capacity"), "{}", outcome.findings[0].message);
}

#[test]
fn each_kind_of_difference_is_a_cause() {
    for (old, new, cause) in [
        ("9002,CARD02,Cardiology B,9051,Y,12,0.20,clerk,,2\n", "", "missing in production"),
        ("9004,NEUR01", "9005,NEW01,New,9051,Y,1,1,clerk,,9\n9004,NEUR01", "only in production"),
        ("Cardiology B", "Cardiology C", "name changed"),
        ("9004,NEUR01", "9004,", "records without a key in production"),
        ("9003,DERM01", "9003,CARD02", "several records share a key in production"),
    ] {
        let causes: Vec<String> = Hospital::planted("clinics.csv", old, new).one(CLINICS).findings.into_iter().map(|f| f.cause).collect();
        assert!(causes.contains(&cause.to_owned()), "{old} -> {new}: {causes:?}");
    }
    let differing = Hospital::sound().one("parity: {dataset: clinics, relations: [{field: name, relation: must_differ, reason: r}]}");
    assert!(differing.findings.iter().all(|f| f.cause == "name must differ"));
}

#[test]
fn a_distance_is_a_plain_number_and_a_share_is_at_most_all() {
    let wrong = |tolerance: &str| {
        Hospital::sound().wrong(&format!("parity: {{dataset: clinics, tolerance: [{{field: capacity, {tolerance}, reason: x}}]}}"))
    };
    for fine in ["absolute: 0.5", "absolute: 12", "relative: 100%", "relative: 0.05", &format!("absolute: {}", "1".repeat(40))] {
        assert_eq!(wrong(fine), Vec::<String>::new(), "{fine}");
    }
    for distance in ["-1", "abc", "1e3", "1.", ".5", "1.x", "x.5", &"1".repeat(41)] {
        assert_eq!(wrong(&format!("absolute: \"{distance}\"")), [format!("`\"{distance}\"` `{distance}` is no distance")]);
    }
    for share in ["200%", "1.5", "-5%"] {
        assert_eq!(wrong(&format!("relative: {share}")).len(), 1, "{share}");
    }
}

#[test]
fn causes_gather_what_belongs_together() {
    let sound = Hospital::sound();
    let drift = Hospital {
        training: sound.training.with("clinics.csv", ",note,", ",remark,"),
        production: sound.production.with("clinics.csv", "clerk,,1", "clerk,ring first,1").with("clinics.csv", "clerk,,2", "clerk,ask,2"),
        ..sound
    };
    let outcome = drift.one("parity: {dataset: clinics, normalise: [blank]}");
    assert_eq!(findings(&outcome).len(), 2);
    assert!(outcome.findings.iter().all(|f| f.cause == "column only in production: note"), "{:?}", outcome.findings);

    let sound = Hospital::sound();
    let orphaned = sound.production.with("locations.csv", "9052,L2,Level 2\n", "").with(
        "clinics.csv",
        "9003,DERM01,Dermatology,9052,N,8,1.50,nurse,,3\n9004,NEUR01,Neurology,9052,Y,6,20.00,nurse,,4\n",
        "",
    );
    let outcome = Hospital { production: orphaned, ..sound }.one(CLINICS);
    assert_eq!(findings(&outcome), ["Missing blocker production DERM01 - - -", "Missing blocker production NEUR01 - - -"]);
    assert!(outcome.findings.iter().all(|f| f.cause == "location L2 is not in production"), "{:?}", outcome.findings);
}

#[test]
fn mistakes_are_named_where_they_are() {
    let hospital = Hospital::sound();
    for (test, expected) in [
        ("parity: {dataset: clinic}", "`clinic` training has no dataset `clinic`: its system `files_of_the_hospital` does not define it"),
        ("parity: {dataset: clinics, ignore: [{field: nmae, reason: x}]}", "`nmae` `clinics` has no column `nmae`"),
        ("parity: {dataset: clinics, ignore: [{field: name}]}", "`field` an ignored field needs `reason`"),
        (
            "parity: {dataset: clinics, ignore: [{field: code, reason: x}]}",
            "`code` `code` is part of the key: records are found by it, so it cannot differ or be ignored",
        ),
        (
            "parity: {dataset: clinics, tolerance: [{field: name, absolute: 1, reason: x}]}",
            "`name` `name` is of type text: only numbers have a tolerance",
        ),
        ("parity: {dataset: clinics, where: actve, reason: x}", "`actve` `where`: there is no column `actve`"),
        ("parity: {dataset: clinics, covers: 80%}", "`80%` `covers` says how much `where` selects, and there is no `where`"),
        ("parity: {dataset: clinics, normalise: [trimm]}", "`trimm` `trimm` is no normaliser"),
        (
            "parity: {dataset: clinics, anchor: {rows: 0, signed: {by: a, on: 2027-01-01, reason: b}}}",
            "`0` an anchor of no rows holds nothing",
        ),
    ] {
        let found = hospital.wrong(test);
        assert!(found.contains(&expected.to_owned()), "{test}: {found:?}");
        assert_eq!(found.iter().filter(|m| !m.contains("production has no dataset")).count(), 1, "{test}: {found:?}");
    }
    let nothing =
        ["name", "location", "active", "capacity", "fee", "role", "note"].map(|f| format!("{{field: {f}, reason: x}}")).join(", ");
    let found = hospital.wrong(&format!("parity: {{dataset: clinics, ignore: [{nothing}]}}"));
    assert!(found[0].contains("this compares nothing of `clinics` beyond its key"), "{found:?}");
    assert_eq!(
        hospital.wrong("parity: {dataset: roles}"),
        Vec::<String>::new(),
        "a dataset that is only its key is compared by membership"
    );
}
