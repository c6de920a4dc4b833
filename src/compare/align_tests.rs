//! What a comparison finds, case by case.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::align::compare_rows;
use super::memory::{Memory, Shape};
use super::*;
use crate::query::{Column, Condition, Moment};
use crate::system::Normaliser;
use crate::value::{Cell, State, Type};

pub(super) fn rules() -> Rules {
    Rules { columns: BTreeMap::new(), renames: true, effective_at: None, limit: 100_000 }
}

fn with(field: &str, relation: Relation, normalise: &[Normaliser]) -> Rules {
    let mut rules = rules();
    rules.columns.insert(field.to_owned(), Rule { relation, normalise: normalise.to_vec(), tolerance: None });
    rules
}

/// Differences in short words, so that a test reads as its expectation.
pub(super) fn words(comparison: &Comparison) -> Vec<String> {
    let fields = |fields: &[FieldDifference]| fields.iter().map(|f| format!(" {}:{}>{}", f.field, f.left, f.right)).collect::<String>();
    let word = |d: &Difference| match &d.kind {
        DifferenceKind::Missing { why } => format!("{} missing{}", d.key, why.as_ref().map(|w| format!(" ({w})")).unwrap_or_default()),
        DifferenceKind::Extra { why } => format!("{} extra{}", d.key, why.as_ref().map(|w| format!(" ({w})")).unwrap_or_default()),
        DifferenceKind::Changed(f) => format!("{} changed{}", d.key, fields(std::slice::from_ref(f))),
        DifferenceKind::NotDifferent(f) => format!("{} not different{}", d.key, fields(std::slice::from_ref(f))),
        DifferenceKind::Renamed { to, how, fields: f } => format!("{} renamed to {to} {how:?}{}", d.key, fields(f)),
        DifferenceKind::Rekeyed { to, fields: f } => format!("{} rekeyed to {to}{}", d.key, fields(f)),
        DifferenceKind::DuplicateKey { side, rows } => format!("{} {rows} times on the {side:?}", d.key),
        DifferenceKind::MissingKey { side, record } => format!("no key on the {side:?}: {record}"),
        DifferenceKind::Broken { side, field, cell } => format!("{} broken on the {side:?} {field}:{cell}", d.key),
    };
    comparison.differences.iter().map(word).collect()
}

fn run(left: &Memory, right: &Memory, rules: &Rules) -> Comparison {
    compare_rows(left, right, rules, None).expect("sides in memory can be read")
}

fn found(left: &Memory, right: &Memory, rules: &Rules) -> Vec<String> {
    words(&run(left, right, rules))
}

fn where_(text: &str, shape: &Shape) -> (Condition, Moment) {
    let columns: Vec<Column> =
        shape.columns.iter().map(|(name, kind, list)| Column { name: (*name).to_owned(), kind: *kind, list: *list }).collect();
    let at = DateTime::<Utc>::from_timestamp(0, 0).expect("the epoch");
    (Condition::compile(text, &columns).expect("a condition"), Moment { go_live: at, as_of: at, site: None })
}

const CLINICS: &[&str] = &["code", "name", "room"];

#[test]
fn missing_extra_and_changed_are_told_by_key_field_and_both_values() {
    let shape = Shape::text(CLINICS);
    let left = shape.side(&[&["a", "Ears", "1"], &["b", "Eyes", "2"], &["c", "Skin", "3"], &["d", "Bones", ""]]);
    let right = shape.side(&[&["a", "Ears", "1"], &["b", "Eyes", "9"], &["d", "Bone", "4"], &["e", "Teeth", "5"]]);
    let comparison = run(&left, &right, &rules());
    assert_eq!(words(&comparison), ["b changed room:2>9", "c missing", "d changed name:Bones>Bone", "d changed room:(empty)>4", "e extra"]);
    let expected = Counts { left: 4, right: 4, selected: 5, matched: 3, changed: 2, undecided: 0, excluded: 0, selected_sides: (4, 4) };
    assert_eq!(comparison.counts, expected);
}

#[test]
fn duplicates_are_told_per_side_and_pair_with_nothing() {
    let shape = Shape::text(CLINICS);
    let left = shape.side(&[&["a", "Ears", "1"], &["b", "Eyes", "2"], &["z", "x", "1"], &["z", "y", "1"], &["z", "z", "1"]]);
    let right = shape.side(&[&["a", "Ears", "1"], &["a", "Ears", "1"], &["b", "Eyes", "2"]]);
    for rules in [rules(), with("room", Relation::Ignored, &[])] {
        assert_eq!(found(&left, &right, &rules), ["a 2 times on the Right", "z 3 times on the Left"]);
    }
}

#[test]
fn a_record_without_a_key_is_told_in_words() {
    let shape = Shape::text(CLINICS);
    let (left, right) = (shape.side(&[&["", "Ears", ""], &["", "", ""]]), shape.side(&[&["a", "Ears", "1"]]));
    let expected = ["a extra", "no key on the Left: (all cells are empty)", "no key on the Left: name=Ears"];
    for rules in [rules(), with("room", Relation::Ignored, &[])] {
        assert_eq!(found(&left, &right, &rules), expected);
    }
}

#[test]
fn what_is_ignored_volatile_unread_or_not_offered_is_not_compared() {
    let mut shape = Shape::text(&["code", "name", "room", "seen"]);
    shape.volatile = vec!["seen"];
    let sides = || (shape.side(&[&["a", "Ears", "1", "x"]]), shape.side(&[&["a", "Nose", "2", "y"]]));
    let (left, right) = sides();
    assert_eq!(found(&left, &right, &with("name", Relation::Ignored, &[])), ["a changed room:1>2"]);
    let right = right.described(|e| e.columns[2].unread = Some("no such heading".into()));
    assert_eq!(found(&left, &right, &rules()), ["a changed name:Ears>Nose"]);
    let left = sides().0.described(|e| e.columns[1].not_offered = Some("not kept".into()));
    assert_eq!(found(&left, &right, &rules()), Vec::<String>::new());
}

#[test]
fn a_column_in_one_definition_only_is_a_note() {
    let (old, new) = (Shape::text(&["code", "name"]), Shape::text(&["code", "name", "site"]));
    let (left, right) = (old.side(&[&["a", "Ears"]]), new.side(&[&["a", "Ears", "West"]]));
    let comparison = run(&left, &right, &rules());
    assert_eq!(comparison.differences, []);
    assert_eq!(comparison.notes, ["column site is only in the right side's definition"]);
}

#[test]
fn normalisers_and_a_broken_cell_decide_pair_by_pair() {
    let shape = Shape::text(CLINICS);
    let (left, right) = (shape.side(&[&["a", "EARS ", "1"]]), shape.side(&[&["a", "ears", "1"]]));
    assert_eq!(found(&left, &right, &with("name", Relation::Equal, &[Normaliser::Casefold, Normaliser::Trim])), Vec::<String>::new());
    assert_eq!(found(&left, &right, &with("name", Relation::Equal, &[Normaliser::Casefold])).len(), 1);
    let broken = || shape.cells(vec![(None, vec![Cell::value("a"), Cell::invalid("?"), Cell::value("1")])]);
    assert_eq!(
        found(&broken(), &broken(), &rules()),
        ["a broken on the Left name:? (invalid)", "a broken on the Right name:? (invalid)"],
        "a cell that nobody could read is never equal, not even to itself"
    );
    assert_eq!(found(&broken(), &left, &rules()), ["a broken on the Left name:? (invalid)"]);
}

#[test]
fn what_must_differ_and_is_equal_is_found_on_every_row() {
    let shape = Shape::text(&["code", "url"]);
    let rows: [&[&str]; 3] = [&["a", "https://one"], &["b", ""], &["c", "x"]];
    let (left, right) = (shape.side(&rows), shape.side(&[rows[0], rows[1], &["c", "y"]]));
    let rules = with("url", Relation::MustDiffer, &[]);
    assert_eq!(found(&left, &right, &rules), ["a not different url:https://one>https://one", "b not different url:(empty)>(empty)"]);
}

#[test]
fn a_pair_is_selected_when_either_side_is() {
    let shape = Shape::text(&["code", "active", "room"]);
    let left = shape.side(&[&["a", "Y", "1"], &["b", "N", "1"], &["c", "N", "1"], &["d", "N", "1"], &["e", "Y", "1"]]);
    let right = shape.side(&[&["a", "N", "1"], &["b", "N", "2"], &["d", "N", "2"], &["f", "N", "1"]]);
    let null = shape.cells(vec![(None, vec![Cell::value("d"), Cell::none(State::Null), Cell::value("1")])]);
    let (condition, moment) = where_("active = 'Y'", &shape);
    let comparison = compare_rows(&left, &right, &rules(), Some((&condition, &moment))).expect("compared");
    assert_eq!(words(&comparison), ["a changed active:Y>N", "e missing"], "b, c, d and f are selected on neither side");
    assert_eq!((comparison.counts.selected, comparison.counts.excluded, comparison.counts.selected_sides), (2, 6, (2, 0)));
    let comparison = compare_rows(&null, &right, &rules(), Some((&condition, &moment))).expect("compared");
    assert_eq!(words(&comparison), ["d changed active:(null)>N", "d changed room:1>2"]);
    assert_eq!((comparison.counts.undecided, comparison.counts.selected), (1, 1));
}

#[test]
fn a_condition_over_a_broken_cell_selects_the_row_and_tells_the_cell() {
    let shape = Shape::text(&["code", "active"]);
    let left = shape.cells(vec![(None, vec![Cell::value("a"), Cell::invalid("maybe")])]);
    let right = shape.side(&[&["a", "N"]]);
    let (condition, moment) = where_("active = 'Y'", &shape);
    let comparison = compare_rows(&left, &right, &rules(), Some((&condition, &moment))).expect("compared");
    assert_eq!(words(&comparison), ["a broken on the Left active:maybe (invalid)"]);
    assert_eq!(comparison.counts.selected_sides, (1, 0));
}

#[test]
fn rows_that_are_not_effective_do_not_count_and_say_why() {
    let mut shape = Shape::text(&["code", "room", "from", "to"]);
    shape.columns[2].1 = Type::Date;
    shape.columns[3].1 = Type::Date;
    shape.effective = Some((Some("from"), Some("to")));
    let left = shape.side(&[
        &["a", "1", "2020-01-01", ""],
        &["b", "1", "2020-01-01", "2027-02-24"],
        &["b", "2", "2027-02-24", ""],
        &["c", "1", "", ""],
        &["d", "1", "", "2026-01-01"],
    ]);
    let right = shape.side(&[
        &["a", "1", "2020-01-01", "2027-01-31"],
        &["b", "2", "2027-02-24", ""],
        &["c", "1", "2027-03-01", ""],
        &["e", "1", "2027-02-24", "2027-02-25"],
    ]);
    let at = |t: &str| Some(t.parse().expect("a moment"));
    let rules = Rules { effective_at: at("2027-02-24T06:00:00Z"), ..rules() };
    let comparison = run(&left, &right, &rules);
    let expected = ["a missing (ends 2027-01-31, before the go-live)", "c missing (starts 2027-03-01, after the go-live)", "e extra"];
    assert_eq!(words(&comparison), expected, "b's older row is no duplicate, d is over on its side");
    assert_eq!((comparison.counts.excluded, comparison.counts.matched), (4, 1));
    let rules = Rules { effective_at: None, ..rules };
    assert!(found(&left, &right, &rules).contains(&"b 2 times on the Left".to_owned()), "without a moment every row counts");
}

#[test]
fn a_moment_with_a_fraction_sorts_after_the_whole_second() {
    let mut shape = Shape::text(&["code", "to"]);
    shape.columns[1].1 = Type::Datetime;
    shape.effective = Some((None, Some("to")));
    let sides = |to: &str| (shape.side(&[&["a", to]]), shape.side(&[]));
    let rules = Rules { effective_at: Some("2027-02-24T06:00:00Z".parse().expect("a moment")), ..rules() };
    for (to, differences) in [("2027-02-24T06:00:00.5Z", 1), ("2027-02-24T06:00:00Z", 0), ("2027-02-24T05:59:59.9Z", 0)] {
        let (left, right) = sides(to);
        assert_eq!(run(&left, &right, &rules).differences.len(), differences, "{to}");
    }
}

#[test]
fn a_lost_first_rung_is_one_rekeyed_record() {
    let mut shape = Shape::text(&["cki", "name", "room"]);
    shape.key = vec![vec!["cki"], vec!["name"]];
    let left = shape.side(&[&["1", "Ears", "1"], &["2", "Eyes", "1"], &["3", "Skin", "1"]]);
    let right = shape.side(&[&["1", "Ear", "1"], &["", "Eyes", "1"], &["3", "Skin", "1"]]);
    let comparison = run(&left, &right, &rules());
    assert_eq!(words(&comparison), ["1 changed name:Ears>Ear", "2 rekeyed to Eyes cki:2>(empty)"], "other rungs' columns are compared");
    assert_eq!(comparison.counts.selected, 3);
}

#[test]
fn a_shared_better_rung_is_a_duplicate() {
    let mut shape = Shape::text(&["cki", "name"]);
    shape.key = vec![vec!["cki"], vec!["name"]];
    let left = shape.side(&[&["1", "Ears"], &["1", "Eyes"]]);
    let right = shape.side(&[&["1", "Ears"], &["2", "Eyes"]]);
    let found = found(&left, &right, &rules());
    assert_eq!(found.iter().filter(|w| *w == "1 2 times on the Left").count(), 1, "{found:?}");
}

#[test]
fn the_same_id_under_another_key_is_a_rename_with_its_changes() {
    let shape = Shape::text(&["name", "form"]).with_ids();
    let left = shape.side(&[&["u1", "Ears", "1"], &["u2", "Eyes", "1"], &["u3", "Skin", "9"]]);
    let right = shape.side(&[&["u1", "Ears", "1"], &["u2", "Eye", "2"], &["u4", "Skin", "9"]]);
    // Only one of two matched records has the same id: ids are each instance's own numbers.
    let comparison = run(&left, &right, &rules());
    assert_eq!(words(&comparison), ["Eye extra", "Eyes missing"]);
    assert_eq!(
        comparison.notes,
        ["renames by id were not tried: of 2 records with the same key and an id on both sides, 1 have the same id"]
    );
    let right = shape.side(&[&["u1", "Ears", "1"], &["u2", "Eye", "2"], &["u3", "Skin", "9"]]);
    let comparison = run(&left, &right, &rules());
    assert_eq!(words(&comparison), ["Eyes renamed to Eye Exact form:1>2"]);
    assert_eq!((comparison.counts.selected, comparison.counts.matched), (3, 2));
    let rules = Rules { renames: false, ..rules() };
    assert_eq!(found(&left, &right, &rules), ["Eye extra", "Eyes missing"]);
}

#[test]
fn an_id_that_another_record_has_too_proves_nothing() {
    let shape = Shape::text(&["name", "form"]).with_ids();
    let left = shape.side(&[&["u1", "Ears", "1"], &["u1", "Eyes", "2"], &["u5", "Skin", "3"]]);
    let right = shape.side(&[&["u1", "Ears", "1"], &["u1", "Nose", "4"], &["u5", "Skin", "3"]]);
    assert_eq!(found(&left, &right, &rules()), ["Eyes missing", "Nose extra"]);
}

#[test]
fn equal_content_is_a_rename_only_when_no_other_record_has_it() {
    let shape = Shape::text(CLINICS);
    let left = shape.side(&[&["a", "Ears", "1"], &["b", "Eyes", "2"], &["m", "Main", "3"]]);
    let right = shape.side(&[&["a2", "Ears", "1"], &["b2", "Main", "3"], &["m", "Main", "3"]]);
    for rules in [rules(), with("code", Relation::Ignored, &[]), with("x", Relation::Ignored, &[])] {
        assert_eq!(found(&left, &right, &rules), ["a renamed to a2 Content", "b missing", "b2 extra"]);
    }
    let cells = with("room", Relation::Equal, &[Normaliser::Trim]);
    let right = shape.side(&[&["a2", "Ears", "1 "], &["m", "Main", "3"], &["b2", "Main", "3 "]]);
    let by_cells = compare_rows(&left, &right.described(|e| e.columns[2].hashed = false), &cells, None).expect("compared");
    assert_eq!(words(&by_cells), ["a renamed to a2 Content", "b missing", "b2 extra"], "what is normalised is the same content");
}

#[test]
fn blank_records_are_not_recognised_by_their_content() {
    let shape = Shape::text(CLINICS);
    let (left, right) = (shape.side(&[&["a", "", ""]]), shape.side(&[&["b", "", ""]]));
    for rules in [rules(), with("room", Relation::Ignored, &[])] {
        assert_eq!(found(&left, &right, &rules), ["a missing", "b extra"]);
    }
}

#[test]
fn similar_records_are_renamed_and_too_many_are_a_note() {
    let shape = Shape::text(&["code", "name", "site", "floor", "room", "day"]);
    let left = shape.side(&[&["C1", "Cardiology", "Main", "2", "9", "Mon"], &["E1", "Ears", "West", "1", "4", "Tue"]]);
    let right = shape.side(&[&["C01", "Cardiology", "Main", "2", "9", "Wed"]]);
    let found = found(&left, &right, &rules());
    assert_eq!(found.len(), 2);
    assert!(found[0].starts_with("C1 renamed to C01 Similar(0.7") && found[0].ends_with("day:Mon>Wed"), "{found:?}");
    let many: Vec<Vec<String>> = (0..5_000).map(|i| vec![format!("k{i}"), format!("n{i}")]).collect();
    let rows = |prefix: &str| {
        let row = |r: &Vec<String>| (None, vec![Cell::value(format!("{prefix}{}", r[0])), Cell::value(format!("{prefix}{}", r[1]))]);
        Shape::text(&["code", "name"]).cells(many.iter().map(row).collect())
    };
    let comparison = run(&rows("x"), &rows("y"), &rules());
    assert_eq!(comparison.differences.len(), 10_000);
    assert_eq!(
        comparison.notes,
        ["renames by similarity were not tried: 5,000 left over on the left and 5,000 on the right, the limit is 5,000"]
    );
}

#[test]
fn renames_are_the_same_beside_changed_records_with_which_they_are_read() {
    let shape = Shape::text(&["code", "name", "site", "floor", "room", "day"]);
    let renamed: [&[&'static str]; 3] = [
        &["C1", "Cardiology", "Main", "2", "9", "Mon"],
        &["E1", "Ears", "West", "1", "4", "Tue"],
        &["N1", "Nose", "West", "3", "5", "Fri"],
    ];
    let to: [&[&'static str]; 3] = [
        &["B1", "Bones", "East", "7", "6", "Thu"],
        &["C01", "Cardiology", "Main", "2", "9", "Wed"],
        &["N2", "Nose", "West", "3", "5", "Fri"],
    ];
    let alone = found(&shape.side(&renamed), &shape.side(&to), &rules());
    assert_eq!(alone.len(), 4, "similar, same content, missing, extra: {alone:?}");
    let beside = |rows: [&[&'static str]; 3], name: &'static str| {
        let changed: [&[&'static str]; 3] = [&["A1", name, "", "", "", ""], &["D1", name, "", "", "", ""], &["Z1", name, "", "", "", ""]];
        shape.side(&[rows.map(<[_]>::to_vec), changed.map(<[_]>::to_vec)].concat().iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    let mut together = found(&beside(renamed, "before"), &beside(to, "after"), &rules());
    together.retain(|line| !line.contains(" changed "));
    assert_eq!(together, alone);
}

#[test]
fn the_first_differences_in_order_are_kept_and_the_others_counted() {
    let shape = Shape::text(&["code", "name"]);
    let rows: Vec<(Option<String>, Vec<Cell>)> =
        (0..5_000).map(|i| (None, vec![Cell::value(format!("{i:04}")), Cell::value(i.to_string())])).collect();
    let (left, right) = (shape.cells(rows), shape.side(&[&["zz", "x"]]));
    for limit in [0, 1, 10, 4_000, 6_000] {
        let comparison = run(&left, &right, &Rules { limit, ..rules() });
        assert_eq!(comparison.differences.len(), limit.min(5_001));
        assert_eq!(comparison.beyond, 5_001 - comparison.differences.len() as u64);
        assert!(comparison.differences.iter().zip(0..).all(|(d, i)| i == 5_000 || d.key.parts[0] == format!("{i:04}")));
    }
}
