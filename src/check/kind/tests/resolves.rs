use super::super::testing::{Hospital, findings, untold};

const LOCATION: &str = "resolves: {dataset: clinics, in: production, field: location, to: locations}";
const ROLE: &str = "resolves: {dataset: clinics, in: production, field: role, to: roles}";

#[test]
fn references_that_lead_somewhere_pass() {
    for test in [LOCATION, ROLE] {
        assert_eq!(findings(&Hospital::sound().one(test)), Vec::<String>::new());
    }
}

#[test]
fn a_reference_to_nothing_is_found() {
    let outcome = Hospital::planted("clinics.csv", "Dermatology,9052", "Dermatology,9999").one(LOCATION);
    assert_eq!(findings(&outcome), ["Unresolved blocker production DERM01 location - 9999 (unresolved)"]);
    let outcome = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,ghost").one(ROLE);
    assert_eq!(findings(&outcome), ["Unresolved blocker production NEUR01 role - ghost (unresolved)"]);
    assert_eq!(
        outcome.findings[0].message,
        "clinic NEUR01 in production refers to a role that is not there: role 'ghost' (points at nothing)"
    );
    let gone = Hospital::planted("locations.csv", "9052,L2,Level 2\n", "").one(LOCATION);
    assert_eq!(gone.findings.len(), 2);
}

#[test]
fn a_blank_is_fine_unless_it_is_required() {
    let blank = Hospital::planted("clinics.csv", "20.00,nurse", "20.00,");
    assert_eq!(findings(&blank.one(ROLE)), Vec::<String>::new());
    let required = blank.one("resolves: {dataset: clinics, in: production, field: role, to: roles, required: true}");
    assert_eq!(findings(&required), ["Unresolved blocker production NEUR01 role - (empty)"]);
}

#[test]
fn a_single_bad_reference_is_an_answer() {
    let one = |test: &str, old: &str, new: &str| {
        let test = test.replace('}', ", where: code = 'NEUR01', reason: one}");
        findings(&Hospital::planted("clinics.csv", old, new).one(&test))
    };
    assert_eq!(one(LOCATION, "Neurology,9052", "Neurology,9999"), ["Unresolved blocker production NEUR01 location - 9999 (unresolved)"]);
    let required = ROLE.replace('}', ", required: true}");
    assert_eq!(one(&required, "20.00,nurse", "20.00,"), ["Unresolved blocker production NEUR01 role - (empty)"]);
    let cause = |outcome: crate::check::Outcome| outcome.findings[0].cause.clone();
    assert_eq!(cause(Hospital::planted("clinics.csv", "20.00,nurse", "20.00,").one(&required)), "role names no role in production");
    assert_eq!(cause(Hospital::planted("clinics.csv", "20.00,nurse", "20.00,ghost").one(ROLE)), "role points at nothing in production");
}

#[test]
fn following_nothing_is_no_answer() {
    let nothing = Hospital::sound().one("resolves: {dataset: clinics, in: production, field: note, to: roles}");
    assert!(untold(&nothing).contains("nothing was followed"), "{nothing:?}");
    let unread = Hospital::planted("clinics.csv", "location_id", "place_id").one(LOCATION);
    assert!(untold(&unread).contains("`location` of `clinics` in production cannot be read"), "{unread:?}");
}

#[test]
fn mistakes_are_named_where_they_are() {
    for (test, expected) in [
        ("resolves: {dataset: clinics, in: production, field: locaton, to: locations}", "`locaton` `clinics` has no column `locaton`"),
        (
            "resolves: {dataset: clinics, in: production, field: location, to: roles}",
            "`roles` `location` refers to `locations`, not to `roles`",
        ),
        (
            "resolves: {dataset: clinics, in: production, field: capacity, to: roles}",
            "`capacity` `capacity` is of type integer, which no key is",
        ),
        ("resolves: {dataset: clinics, in: prodution, field: location, to: locations}", "`prodution` there is no environment `prodution`"),
    ] {
        assert_eq!(Hospital::sound().wrong(test), [expected], "{test}");
    }
}
