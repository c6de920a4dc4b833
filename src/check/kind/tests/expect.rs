use super::super::testing::{Hospital, findings, untold};

const CAPACITY: &str = "expect: {dataset: clinics, in: production, that: capacity > 5}";

#[test]
fn a_condition_that_is_true_of_all_passes() {
    let outcome = Hospital::sound().one(CAPACITY);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert_eq!((outcome.ledger.selected, outcome.ledger.columns_compared.clone()), (4, vec!["capacity".to_owned()]));
}

#[test]
fn a_planted_fault_is_the_only_finding() {
    for (old, new, expected) in [
        ("Y,12,", "Y,5,", "Violated blocker production CARD02 - - capacity is '5'"),
        ("Y,12,", "Y,,", "Undecided blocker production CARD02 - - capacity is null"),
        ("Y,12,", "Y,n/a,", "Invalid blocker production CARD02 capacity - n/a (invalid)"),
    ] {
        let outcome = Hospital::planted("clinics.csv", old, new).one(CAPACITY);
        assert_eq!(findings(&outcome), [expected], "{old} -> {new}");
    }
    let message = Hospital::planted("clinics.csv", "Y,12,", "Y,5,").one(CAPACITY).findings[0].message.clone();
    assert_eq!(message, "clinic CARD02 in production does not meet `capacity > 5`: capacity is '5'");
}

#[test]
fn where_leaves_out_what_it_is_false_of_and_counts_what_it_cannot_decide() {
    let test = "expect: {dataset: clinics, in: production, that: capacity > 9, where: role = 'clerk', reason: clerks book}";
    let sound = Hospital::sound().one(test);
    assert_eq!(findings(&sound), Vec::<String>::new());
    assert_eq!((sound.ledger.selected, sound.ledger.excluded, sound.ledger.undecided), (2, 2, 0));
    assert_eq!(sound.ledger.notes, ["`role = 'clerk'` selects 2 of 4 in production: clerks book"]);
    let blank = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,").one(test);
    assert_eq!(findings(&blank), ["Violated blocker production NEUR01 - - capacity is '6'"]);
    assert_eq!((blank.ledger.selected, blank.ledger.undecided), (3, 1));
    let broken = Hospital::planted("clinics.csv", "N,8,", "sometimes,8,");
    let broken = broken.one("expect: {dataset: clinics, in: production, that: capacity > 5, where: active, reason: open ones}");
    assert_eq!(findings(&broken), ["Invalid blocker production DERM01 active - sometimes (invalid)"]);
}

#[test]
fn testing_nothing_is_no_answer() {
    let nothing = Hospital::sound().one("expect: {dataset: clinics, in: production, that: capacity > 5, where: code = 'X', reason: none}");
    assert!(untold(&nothing).contains("nothing was tested"), "{nothing:?}");
    let mut empty = Hospital::sound();
    empty.production.0.insert("clinics.csv", "id,code,name,location_id,active,capacity,fee,role,note,updated\n".to_owned());
    assert!(!untold(&empty.one(CAPACITY)).is_empty());
    let colour = Hospital::sound().one("expect: {dataset: clinics, in: production, that: colour = 'red'}");
    assert!(untold(&colour).contains("colour"), "{colour:?}");
}

#[test]
fn mistakes_are_named_where_they_are() {
    for (test, expected) in [
        ("expect: {dataset: clinics, in: production, that: capcity > 5}", "`capcity` `that`: there is no column `capcity`"),
        ("expect: {dataset: clinics, in: production, that: name > 5}", "`5` `that`: `name` is text, `5` is a whole number"),
        ("expect: {dataset: clinics, in: production, that: 1 = 1}", "`1 = 1` `that`: this condition reads no column"),
        ("expect: {dataset: clinics, in: production}", "`dataset` `expect` needs `that`"),
        (
            "expect:\n      dataset: clinics\n      in: production\n      that: |\n        active\n        AND capcity > 5\n",
            "`capcity` `that`: there is no column `capcity`",
        ),
    ] {
        assert_eq!(Hospital::sound().wrong(test), [expected], "{test}");
    }
    let unexplained = Hospital::sound().wrong("expect: {dataset: clinics, in: production, that: active, where: capacity > 1}");
    assert!(unexplained[0].ends_with("`where` leaves records out, so it needs a `reason`"), "{unexplained:?}");
}
