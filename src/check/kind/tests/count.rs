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
    let unbound = Hospital::sound().wrong("count: {dataset: clinics, in: production}");
    assert!(unbound[0].ends_with("`count` needs a bound"), "{unbound:?}");
}
