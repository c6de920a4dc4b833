use super::super::testing::{Hospital, findings, untold};

#[test]
fn bounds_hold_or_are_found() {
    let sound = Hospital::sound();
    assert_eq!(findings(&sound.one("count: {dataset: clinics, in: production, at_least: 4, at_most: 4}")), Vec::<String>::new());
    let few = sound.one("count: {dataset: clinics, in: production, at_least: 5}");
    assert_eq!(findings(&few), ["Count blocker production  - at least 5 4"]);
    assert_eq!(few.findings[0].message, "`clinics` has 4 clinics in production, at least 5 are expected");
    assert_eq!(findings(&sound.one("count: {dataset: clinics, in: production, at_most: 3}")), ["Count blocker production  - at most 3 4"]);
    assert_eq!(findings(&sound.one("count: {dataset: clinics, in: production, equal_to: 6, within: 2}")), Vec::<String>::new());
    assert_eq!(
        findings(&sound.one("count: {dataset: clinics, in: production, equal_to: 6, within: 1}")),
        ["Count blocker production  - 6 4"]
    );
    let none = sound.one("count: {dataset: clinics, in: production, at_most: 0, where: code = 'X', reason: leftovers}");
    assert_eq!(findings(&none), Vec::<String>::new(), "that nothing is selected may be what is wanted");
}

#[test]
fn groups_are_compared_with_another_environment() {
    let test = "count: {dataset: clinics, in: production, by: [role], equal_to: training, within: 50%}";
    assert_eq!(findings(&Hospital::sound().one(test)), Vec::<String>::new());
    let moved = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,porter").one(test);
    assert_eq!(
        findings(&moved),
        ["Count blocker production porter role 0 1"],
        "a group that one side lacks is found in spite of the tolerance"
    );
    let exact = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,clerk")
        .one("count: {dataset: clinics, in: production, by: [role], equal_to: training}");
    assert_eq!(findings(&exact), ["Count blocker production clerk role 2 3", "Count blocker production nurse role 2 1"]);
}

#[test]
fn a_group_of_none_is_known_from_what_is_referred_to() {
    let test = "count: {dataset: clinics, in: production, by: [location], at_least: 1}";
    assert_eq!(findings(&Hospital::sound().one(test)), Vec::<String>::new());
    let lonely = Hospital::planted("locations.csv", "9052,L2,Level 2\n", "9052,L2,Level 2\n9053,L3,Level 3\n").one(test);
    assert_eq!(findings(&lonely), ["Count blocker production L3 location at least 1 0"]);
}

#[test]
fn rejected_records_are_accounted_for() {
    let test = "count: {dataset: clinics, in: production, plus: {dataset: roles, by: name}, equal_to: 6}";
    let outcome = Hospital::sound().one(test);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert!(outcome.ledger.notes.contains(&"1 of `roles` accounted for: clerk".to_owned()), "{:?}", outcome.ledger.notes);
}

#[test]
fn counting_nothing_is_no_answer() {
    let mut empty = Hospital::sound();
    empty.production.0.insert("clinics.csv", "id,code,name,location_id,active,capacity,fee,role,note,updated\n".to_owned());
    assert!(!untold(&empty.one("count: {dataset: clinics, in: production, at_most: 10}")).is_empty());
    let nothing = Hospital::sound().one("count: {dataset: clinics, in: production, equal_to: training, where: code = 'X', reason: none}");
    assert!(untold(&nothing).contains("nothing was counted"), "{nothing:?}");
    let broken = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,nurse")
        .one("count: {dataset: clinics, in: production, by: [active], at_least: 1}");
    assert_eq!(findings(&broken), Vec::<String>::new());
}

#[test]
fn one_empty_side_is_a_difference_and_no_doubt() {
    let test = "count: {dataset: clinics, in: production, equal_to: training, where: code = 'CARD02', reason: one}";
    let gone = Hospital::planted("clinics.csv", "9002,CARD02", "9002,CARD2").one(test);
    assert_eq!(findings(&gone), ["Count blocker production  - 1 0"]);
    assert_eq!(gone.findings[0].cause, "none in production");
    let moved = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,clerk")
        .one("count: {dataset: clinics, in: production, by: [role], equal_to: training}");
    assert!(moved.findings.iter().all(|f| f.cause == "another number in production"), "{:?}", moved.findings);
}

#[test]
fn a_group_without_a_value_is_a_group_of_its_own() {
    let blank = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,")
        .one("count: {dataset: clinics, in: production, by: [role], equal_to: training}");
    assert_eq!(findings(&blank), ["Count blocker production (empty) role 0 1", "Count blocker production nurse role 2 1"]);
}

#[test]
fn too_few_of_an_empty_dataset_are_found_although_it_cannot_be_told() {
    let mut empty = Hospital::sound();
    empty.production.0.insert("clinics.csv", "id,code,name,location_id,active,capacity,fee,role,note,updated\n".to_owned());
    let least = empty.one("count: {dataset: clinics, in: production, at_least: 1}");
    assert_eq!((least.findings.len(), least.cannot_tell.is_empty()), (1, false));
    let most = empty.one("count: {dataset: clinics, in: production, at_most: 10}");
    assert_eq!((most.findings.len(), most.cannot_tell.is_empty()), (0, false));
}

#[test]
fn what_is_not_accounted_for_is_told() {
    let test = "count: {dataset: locations, in: production, plus: {dataset: clinics, by: role}, equal_to: 6}";
    let outcome = Hospital::sound().one(test);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    for note in ["2 of `clinics` accounted for: clerk", "2 of `clinics` accounted for: nurse"] {
        assert!(outcome.ledger.notes.contains(&note.to_owned()), "{:?}", outcome.ledger.notes);
    }
    assert!(!outcome.ledger.notes.iter().any(|n| n.contains("not accounted")), "{:?}", outcome.ledger.notes);
    let blank = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,").one(test);
    assert_eq!(findings(&blank), ["Count blocker production  - 6 5"]);
    let note = "1 of `clinics` have no role and are not accounted for".to_owned();
    assert!(blank.ledger.notes.contains(&note), "{:?}", blank.ledger.notes);
}

#[test]
fn a_broken_group_is_a_finding() {
    let outcome =
        Hospital::planted("clinics.csv", "N,8,", "perhaps,8,").one("count: {dataset: clinics, in: production, by: [active], at_least: 1}");
    assert_eq!(findings(&outcome), ["Invalid blocker production DERM01 active - perhaps (invalid)"]);
}

#[test]
fn mistakes_are_named_where_they_are() {
    for (test, expected) in [
        ("count: {dataset: clinics, in: production, at_least: 5, at_most: 4}", "`4` nothing is at least 5 and at most 4"),
        (
            "count: {dataset: clinics, in: production, at_least: 5, within: 4}",
            "`4` `within` says how far from `equal_to`, and there is none",
        ),
        ("count: {dataset: clinics, in: production, at_least: 1, by: [rol]}", "`rol` `clinics` has no column `rol`"),
        ("count: {dataset: clinics, in: production, equal_to: legacy}", "`legacy` there is no environment `legacy`"),
        (
            "count: {dataset: clinics, in: production, equal_to: production}",
            "`production` an environment always has as many records as itself",
        ),
    ] {
        assert_eq!(Hospital::sound().wrong(test), [expected], "{test}");
    }
    let signed = "signed: {by: lead, on: 2027-01-01, reason: list}";
    for part in ["at_most: 4", "at_least: 4, by: [role]", "at_least: 4, where: active, reason: open"] {
        let found = Hospital::sound().wrong(&format!("count: {{dataset: clinics, in: production, {part}, {signed}}}"));
        assert!(found[0].ends_with("a signed count says how many records a whole dataset has"), "{part}: {found:?}");
    }
    for (plus, expected) in [
        ("{dataset: roles, by: nmae}", "`nmae` `roles` has no column `nmae`"),
        ("{dataset: clinics, by: role, records: fee}", "`fee` `fee` is of type decimal: it does not say how many records a row counts"),
        ("{dataset: clinics, by: role, where: actve, reason: x}", "`actve` `where`: there is no column `actve`"),
    ] {
        let found = Hospital::sound().wrong(&format!("count: {{dataset: clinics, in: production, at_least: 1, plus: {plus}}}"));
        assert_eq!(found, [expected], "{plus}");
    }
    let unbound = Hospital::sound().wrong("count: {dataset: clinics, in: production}");
    assert!(unbound[0].ends_with("`count` needs a bound"), "{unbound:?}");
}
