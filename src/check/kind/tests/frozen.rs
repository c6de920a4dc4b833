use super::super::testing::{Frozen, Hospital, findings, line, untold};
use crate::check::{Baseline, Outcome, RuleFile};

const ALL: &str = r#"frozen: {dataset: "*", in: production, since: sign-off}"#;
const CLINICS: &str = "frozen: {dataset: clinics, in: production, since: sign-off}";

/// Freezes all that the system defines, on the sound hospital.
fn sign_off() -> Frozen {
    let checks = "  - id: all-of-it\n    frozen: {dataset: \"*\", in: production, since: sign-off}\n";
    let mut sound = Hospital::sound();
    sound.frozen.rules = vec![rules("checks/a.yaml", &[("clinics-match", "1")]), rules("gonogo.yaml", &[("policy.block_at", "1")])];
    sound.freeze("sign-off", Some("release manager"), checks)
}

fn rules(path: &str, parts: &[(&str, &str)]) -> RuleFile {
    let parts: std::collections::BTreeMap<String, String> = parts.iter().map(|(n, d)| ((*n).to_owned(), (*d).to_owned())).collect();
    RuleFile { path: path.to_owned(), sha256: format!("{parts:?}"), parts }
}

fn since(frozen: &Frozen, hospital: Hospital) -> Hospital {
    Hospital { frozen: frozen.clone(), ..hospital }
}

/// The same freeze, of which no snapshot is left.
fn without_snapshots(frozen: &Frozen) -> Frozen {
    Frozen { last_same: std::collections::BTreeMap::new(), ..frozen.clone() }
}

#[test]
fn what_did_not_move_passes_with_a_full_ledger() {
    let frozen = sign_off();
    let outcome = since(&frozen, Hospital::sound()).one(ALL);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert_eq!((outcome.ledger.selected, outcome.ledger.matched), (8, 8));
    let read: Vec<&str> = outcome.ledger.read.iter().map(|r| r.dataset.as_str()).collect();
    assert_eq!(read, ["clinics", "locations", "roles"]);
    assert_eq!(outcome.ledger.columns_volatile, ["clinics.updated"]);
    assert!(outcome.ledger.columns_compared.contains(&"clinics.name".to_owned()));
}

#[test]
fn volatile_columns_surrogate_ids_and_the_order_of_the_source_are_no_movement() {
    let frozen = sign_off();
    let other_ids = Hospital { production: super::super::testing::Files::sound(500), ..Hospital::sound() };
    let volatile = Hospital::planted("clinics.csv", "clerk,,1\n", "clerk,,99\n");
    let mut turned = Hospital::sound();
    let mut lines: Vec<&str> = turned.production.0["clinics.csv"].lines().collect();
    lines[1..].reverse();
    let text = format!("{}\n", lines.join("\n"));
    turned.production.0.insert("clinics.csv", text);
    for (what, hospital) in [("ids", other_ids), ("volatile", volatile), ("order", turned)] {
        for frozen in [frozen.clone(), without_snapshots(&frozen)] {
            assert_eq!(findings(&since(&frozen, hospital_of(&hospital)).one(ALL)), Vec::<String>::new(), "{what}");
        }
    }
}

fn hospital_of(hospital: &Hospital) -> Hospital {
    Hospital { training: hospital.training.clone(), production: hospital.production.clone(), ..Hospital::sound() }
}

#[test]
fn a_planted_movement_is_the_only_finding() {
    let frozen = sign_off();
    for (file, old, new, expected) in [
        ("clinics.csv", "Cardiology B", "Cardiology C", "Changed blocker production CARD02 name Cardiology B Cardiology C"),
        ("clinics.csv", "0.20,clerk", "0.20,", "Changed blocker production CARD02 role clerk (empty)"),
        ("clinics.csv", "9004,NEUR01,Neurology,9052,Y,6,20.00,nurse,,4\n", "", "Missing blocker production NEUR01 - - -"),
        ("roles.csv", "nurse\n", "nurse\nporter\n", "Extra major production porter - - -"),
        ("clinics.csv", "9003,DERM01", "9003,DERM09", "Renamed blocker production DERM01 - - -"),
        ("clinics.csv", "12,0.20", "many,0.20", "Invalid blocker production CARD02 capacity - many (invalid)"),
    ] {
        let outcome = since(&frozen, Hospital::planted(file, old, new)).one(ALL);
        assert_eq!(findings(&outcome), [expected], "{old} -> {new}");
        let repaired = since(&frozen, Hospital::sound()).one(ALL);
        assert_eq!(findings(&repaired), Vec::<String>::new());
        let cause = &outcome.findings[0].cause;
        let told = cause.contains("since the freeze sign-off (last the same 2027-02-20 12:00 UTC)") || expected.starts_with("Invalid");
        assert!(told, "{cause}");
    }
}

#[test]
fn without_a_snapshot_the_dataset_is_told_with_both_digests() {
    let frozen = without_snapshots(&sign_off());
    let outcome = since(&frozen, Hospital::planted("clinics.csv", "Cardiology B", "Cardiology C")).one(ALL);
    assert_eq!(outcome.findings.len(), 1, "{:?}", findings(&outcome));
    let found = &outcome.findings[0];
    assert!(line(found).starts_with("Moved blocker production  - "), "{}", line(found));
    let before = &frozen.named["sign-off"].environment("production").unwrap().dataset("clinics").unwrap().content;
    assert_eq!(&found.expected.as_ref().unwrap().text, before);
    assert_ne!(found.expected, found.found);
    assert!(found.message.contains("4 rows then and now") && found.message.contains("no stored snapshot"), "{}", found.message);
}

#[test]
fn records_that_share_a_key_and_moved_are_told_of_the_dataset() {
    let twice = |name: &str| {
        let line = format!("9009,CARD02,{name},9051,Y,12,0.20,clerk,,2\n9003,DERM01");
        Hospital::planted("clinics.csv", "9003,DERM01", &line)
    };
    let checks = "  - id: all-of-it\n    frozen: {dataset: \"*\", in: production, since: sign-off}\n";
    let frozen = twice("Cardiology B2").freeze("sign-off", None, checks);
    assert_eq!(findings(&since(&frozen, twice("Cardiology B2")).one(ALL)), Vec::<String>::new());
    let moved = since(&frozen, twice("Cardiology B3")).one(ALL);
    assert_eq!(moved.findings.len(), 1, "{:?}", findings(&moved));
    assert!(moved.findings[0].message.contains("`clinics` of production has moved"), "{}", moved.findings[0].message);
}

#[test]
fn the_column_that_says_how_old_the_data_are_is_no_movement() {
    let mut sound = Hospital::sound();
    sound.frozen.ages = [("production".to_owned(), ("clinics".to_owned(), "note".to_owned()))].into();
    let checks = "  - id: all-of-it\n    frozen: {dataset: \"*\", in: production, since: sign-off}\n";
    let frozen = sound.freeze("sign-off", None, checks);
    let older = Hospital::planted("clinics.csv", "nurse,,3", "nurse,2027-02-21,3");
    let both = || Hospital { production: older.production.with("clinics.csv", "Cardiology B", "Cardiology C"), ..Hospital::sound() };
    for frozen in [frozen.clone(), without_snapshots(&frozen)] {
        let outcome = since(&frozen, hospital_of(&older)).one(ALL);
        assert_eq!(findings(&outcome), Vec::<String>::new());
        assert_eq!(outcome.ledger.columns_ignored[0], ("clinics.note".to_owned(), "it says how old the data are".to_owned()));
        assert_eq!(since(&frozen, both()).one(ALL).findings.len(), 1);
    }
    assert_eq!(findings(&since(&frozen, both()).one(ALL)), ["Changed blocker production CARD02 name Cardiology B Cardiology C"]);
}

#[test]
fn what_was_broken_at_the_freeze_still_does_not_pass() {
    let broken = || Hospital::planted("clinics.csv", "9003,DERM01,Dermatology,9052", "9003,DERM01,Dermatology,77");
    let checks = "  - id: all-of-it\n    frozen: {dataset: \"*\", in: production, since: sign-off}\n";
    let frozen = broken().freeze("sign-off", None, checks);
    let outcome = since(&frozen, broken()).one(ALL);
    assert_eq!(findings(&outcome), ["Unresolved blocker production DERM01 location - 77 (unresolved)"]);
    let repaired = since(&frozen, Hospital::sound()).one(ALL);
    assert_eq!(findings(&repaired), ["Changed blocker production DERM01 location 77 (unresolved) -"]);
}

#[test]
fn a_dataset_that_is_new_or_gone_is_a_finding() {
    let mut frozen = sign_off();
    let production = |frozen: &mut Frozen| {
        let baseline = frozen.named.get_mut("sign-off").unwrap();
        baseline.environments.iter_mut().position(|e| e.name == "production").unwrap()
    };
    let at = production(&mut frozen);
    let baseline = frozen.named.get_mut("sign-off").unwrap();
    baseline.environments[at].datasets.retain(|d| d.name != "roles");
    let new = since(&frozen, Hospital::sound()).one(ALL);
    assert_eq!(new.findings.len(), 1);
    assert!(new.findings[0].message.contains("`roles` of production with 2 rows is not in the freeze"), "{}", new.findings[0].message);

    let mut gone = sign_off();
    let datasets = &mut gone.named.get_mut("sign-off").unwrap().environments[at].datasets;
    let mut letters = datasets[0].clone();
    letters.name = "letters".to_owned();
    datasets.push(letters);
    let outcome = since(&gone, Hospital::sound()).one(ALL);
    assert_eq!(outcome.findings.len(), 1);
    assert!(outcome.findings[0].message.contains("`letters` was frozen"), "{}", outcome.findings[0].message);
    assert_eq!(outcome.findings[0].severity.word(), "blocker");
}

#[test]
fn rules_that_moved_are_findings_and_the_check_itself_is_none() {
    let frozen = sign_off();
    let judged = |now: Vec<RuleFile>| -> Vec<String> {
        let hospital = since(&Frozen { rules: now, ..frozen.clone() }, Hospital::sound());
        hospital.one(ALL).findings.iter().map(|f| format!("{} {}", f.severity.word(), f.message)).collect()
    };
    let policy = || rules("gonogo.yaml", &[("policy.block_at", "1")]);
    let checks = |parts: &[(&str, &str)]| rules("checks/a.yaml", parts);
    assert_eq!(judged(vec![checks(&[("clinics-match", "1")]), policy()]), Vec::<String>::new());
    assert_eq!(judged(vec![checks(&[("clinics-match", "1"), ("the-check", "1")]), policy()]), Vec::<String>::new());
    assert_eq!(
        judged(vec![checks(&[("clinics-match", "2"), ("the-check", "1")]), policy()]),
        ["blocker checks/a.yaml, compared with the freeze sign-off: changed: clinics-match"]
    );
    assert_eq!(
        judged(vec![checks(&[("clinics-match", "1")]), rules("gonogo.yaml", &[("policy.block_at", "2")])]),
        ["blocker gonogo.yaml, compared with the freeze sign-off: changed: policy.block_at"]
    );
    assert_eq!(
        judged(vec![policy(), rules("checks/waivers.yaml", &[("f1:0", "1")])]),
        [
            "blocker checks/a.yaml, compared with the freeze sign-off: the file is gone",
            "major checks/waivers.yaml, compared with the freeze sign-off: a new file"
        ]
    );
    let signed = rules("checks/attestations/fail-over.yaml", &[("by", "1")]);
    assert_eq!(judged(vec![checks(&[("clinics-match", "1")]), policy(), signed]), Vec::<String>::new(), "people sign after a freeze");
}

#[test]
fn what_was_frozen_otherwise_or_cannot_be_read_cannot_be_told() {
    let frozen = sign_off();
    let sound = Hospital::sound();
    let other = sound.system.replacen("capacity: {from: capacity, type: integer}", "capacity: {from: capacity}", 1);
    let outcome = since(&frozen, Hospital { system: other, ..Hospital::sound() }).one(CLINICS);
    assert!(untold(&outcome).contains("under another definition"), "{outcome:?}");
    // A reference holds the key it points at: another key of its target is another definition.
    let target = sound.system.replacen(
        "noun: location\n    read: {csv: locations.csv}\n    key: [code]",
        "noun: location\n    read: {csv: locations.csv}\n    key: [name]",
        1,
    );
    assert_ne!(target, sound.system);
    let outcome = since(&frozen, Hospital { system: target, ..Hospital::sound() }).one(CLINICS);
    assert!(untold(&outcome).contains("under another definition"), "{outcome:?}");
    let unread = since(&frozen, Hospital::planted("clinics.csv", "id,code,name", "id,code,label")).one(CLINICS);
    assert!(untold(&unread).contains("`name` cannot be read"), "{unread:?}");
    let cut = Hospital::planted("clinics.csv", "9003,DERM01,Dermatology,9052,N,8,1.50,nurse,,3\n", "");
    let control = "dataset,rows\nclinics,4\nlocations,2\nroles,2\n".to_owned();
    let mut cut = Hospital { frozen: frozen.clone(), ..cut };
    cut.production.0.insert("control.csv", control);
    assert!(untold(&cut.one(CLINICS)).contains("could not be read wholly"));
    let keyless = since(&frozen, Hospital::planted("clinics.csv", "9003,DERM01", "9003,")).one(CLINICS);
    assert!(untold(&keyless).contains("1 of its records have no key"), "{keyless:?}");
    let unlike = |spoil: &dyn Fn(&mut Baseline)| {
        let mut other = frozen.clone();
        spoil(other.named.get_mut("sign-off").unwrap());
        untold(&since(&other, Hospital::sound()).one(CLINICS))
    };
    let later = unlike(&|b| b.frozen_at = "2027-02-20T12:00:01Z".parse().unwrap());
    assert_eq!(later, "the freeze sign-off is of 2027-02-20 12:00 UTC, which is later than the moment judged");
    let other = unlike(&|b| b.environments[0].instance = vec!["PROD".to_owned()]);
    assert_eq!(other, "the freeze sign-off is of another instance of production: PROD then, none that is named now");
    let doubtful = Hospital { doubts: vec!["production is 9 days old".to_owned()], frozen, ..Hospital::sound() };
    assert_eq!(untold(&doubtful.one(ALL)), "production is 9 days old");
}

#[test]
fn a_freeze_that_somebody_accepts_is_an_anchor_for_parity() {
    let anchors = |by: Option<&str>, file: &'static str, old: &str| -> Outcome {
        let checks = "  - id: all-of-it\n    frozen: {dataset: \"*\", in: production, since: sign-off}\n";
        let frozen = Hospital::sound().freeze("sign-off", by, checks);
        let mut shrunk = Hospital { frozen, ..Hospital::planted(file, old, "") };
        shrunk.training = shrunk.training.with(file, &old.replace("900", "10").replace("905", "15"), "");
        let checks = "  - id: the-check\n    parity: {dataset: clinics}\n  - id: frozen\n    frozen: {dataset: \"*\", in: production, since: sign-off}\n";
        shrunk.judge(checks).remove("the-check").unwrap()
    };
    let line = "9004,NEUR01,Neurology,9052,Y,6,20.00,nurse,,4\n";
    let accepted = anchors(Some("release manager"), "clinics.csv", line);
    assert!(untold(&accepted).contains("has 3 rows where 4 are expected (the freeze sign-off of 2027-02-20, accepted by release manager)"));
    assert_eq!(findings(&anchors(None, "clinics.csv", line)), Vec::<String>::new(), "nobody accepted it");
}

#[test]
fn a_freeze_knows_what_was_found() {
    let checks = "  - id: same\n    title: Same\n    parity: {dataset: clinics}\n  - id: places\n    title: Places\n    parity: {dataset: locations}\n";
    let faulty = Hospital::planted("clinics.csv", "Cardiology B", "Cardiology C");
    let frozen = faulty.freeze("first-look", None, checks);
    let outcome = faulty.judge(checks).remove("same").unwrap();
    let known: Vec<_> = frozen.named["first-look"].findings.iter().collect();
    let fingerprints = vec![outcome.findings[0].fingerprint.clone()];
    assert_eq!(known, [(&"same".to_owned(), &[(crate::check::Severity::Blocker, fingerprints)].into())]);
}

#[test]
fn a_freeze_anchors_what_it_names_and_nothing_else() {
    let anchored = |named: &str| {
        let freeze = format!("  - id: frozen\n    frozen: {{dataset: {named}, in: production, since: sign-off}}\n");
        let frozen = Hospital::sound().freeze(
            "sign-off",
            Some("release manager"),
            "  - id: all-of-it\n    frozen: {dataset: \"*\", in: production, since: sign-off}\n",
        );
        let line = "9004,NEUR01,Neurology,9052,Y,6,20.00,nurse,,4\n";
        let mut shrunk = Hospital { frozen, ..Hospital::planted("clinics.csv", line, "") };
        shrunk.training = shrunk.training.with("clinics.csv", &line.replace("900", "10").replace("905", "15"), "");
        shrunk.judge(&format!("  - id: the-check\n    parity: {{dataset: clinics}}\n{freeze}")).remove("the-check").unwrap()
    };
    assert!(untold(&anchored("clinics")).contains("has 3 rows where 4 are expected"));
    assert!(untold(&anchored("[locations, clinics]")).contains("has 3 rows where 4 are expected"));
    assert_eq!(findings(&anchored("locations")), Vec::<String>::new());
}

#[test]
fn mistakes_are_named() {
    let frozen = sign_off();
    let wrong = |test: &str| since(&frozen, Hospital::sound()).wrong(test);
    assert_eq!(wrong(ALL), Vec::<String>::new());
    let some = Hospital::sound().freeze("sign-off", None, &format!("  - id: some\n    {CLINICS}\n"));
    let unfrozen = since(&some, Hospital::sound()).wrong("frozen: {dataset: roles, in: production, since: sign-off}");
    assert_eq!(unfrozen, ["`roles` `roles` of production was not frozen as `sign-off`"]);
    for (test, expected) in [
        (r#"frozen: {dataset: "*", in: production, since: sign-of}"#, "`sign-of` there is no baseline `sign-of`"),
        (r#"frozen: {dataset: "*", in: prodution, since: sign-off}"#, "`prodution` there is no environment `prodution`"),
        (r#"frozen: {dataset: "*", in: training, since: sign-off}"#, "`sign-off` training was not frozen as `sign-off`, only production"),
        ("frozen: {dataset: clinic, in: production, since: sign-off}", "`clinic` production has no dataset `clinic`"),
        (r#"frozen: {dataset: [clinics, "*"], in: production, since: sign-off}"#, "`\"*\"` `*` stands for all datasets"),
        ("frozen: {dataset: [], in: production, since: sign-off}", "`[]` nothing is frozen in an empty list"),
        ("frozen: {dataset: [roles, roles], in: production, since: sign-off}", "`roles` `roles` is there twice"),
        ("frozen: {in: production, since: sign-off}", "`in` `frozen` needs `dataset`"),
    ] {
        let found = wrong(test);
        assert!(!found.is_empty() && found[0].starts_with(expected), "{test}: {found:?}");
    }
    let never = Hospital::sound().wrong(ALL);
    assert_eq!(never, ["`sign-off` there is no baseline `sign-off`"]);
}
