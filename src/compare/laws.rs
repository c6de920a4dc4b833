//! Laws of comparison, held for random sides.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::align::compare_rows;
use super::align_tests::rules;
use super::memory::{Memory, Shape};
use super::*;
use crate::value::{Cell, State};

type Record = (Option<String>, Vec<Cell>);

fn shape() -> Shape {
    Shape::text(&["code", "name", "room", "day"]).with_ids()
}

/// The same, but with a second rung, so that rows are compared by their cells.
fn ladder() -> Shape {
    Shape { key: vec![vec!["code"], vec!["name"]], ..shape() }
}

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        6 => "[a-c]{1,2}".prop_map(Cell::value),
        1 => Just(Cell::none(State::Empty)),
        1 => Just(Cell::none(State::Null)),
        1 => Just(Cell::invalid("?")),
    ]
}

/// Few keys and few values, so that everything that can meet does: duplicates, missing keys, chance renames.
fn records() -> impl Strategy<Value = Vec<Record>> {
    let key = prop_oneof![12 => "[a-h]".prop_map(Cell::value), 1 => Just(Cell::none(State::Null))];
    let id = proptest::option::of("[0-9]");
    vec((id, key, vec(cell(), 3)).prop_map(|(id, key, rest)| (id, [vec![key], rest].concat())), 0..14)
}

fn run(left: &Memory, right: &Memory) -> Comparison {
    compare_rows(left, right, &rules(), None).expect("sides in memory can be read")
}

fn mirrored(side: Side) -> Side {
    if side == Side::Left { Side::Right } else { Side::Left }
}

/// The differences as they would be with the sides swapped, in words and sorted.
fn mirror(differences: &[Difference]) -> Vec<String> {
    let turn = |f: FieldDifference| FieldDifference { field: f.field, left: f.right, right: f.left };
    let turned = |d: &Difference| {
        let (mut key, kind) = (d.key.clone(), d.kind.clone());
        let kind = match kind {
            DifferenceKind::Missing { why } => DifferenceKind::Extra { why },
            DifferenceKind::Extra { why } => DifferenceKind::Missing { why },
            DifferenceKind::Changed(f) => DifferenceKind::Changed(turn(f)),
            DifferenceKind::NotDifferent(f) => DifferenceKind::NotDifferent(turn(f)),
            DifferenceKind::Renamed { mut to, how, fields } => {
                std::mem::swap(&mut key, &mut to);
                DifferenceKind::Renamed { to, how, fields: fields.into_iter().map(turn).collect() }
            }
            DifferenceKind::Rekeyed { mut to, fields } => {
                std::mem::swap(&mut key, &mut to);
                DifferenceKind::Rekeyed { to, fields: fields.into_iter().map(turn).collect() }
            }
            DifferenceKind::DuplicateKey { side, rows } => DifferenceKind::DuplicateKey { side: mirrored(side), rows },
            DifferenceKind::MissingKey { side, record } => DifferenceKind::MissingKey { side: mirrored(side), record },
            DifferenceKind::Broken { side, field, cell } => DifferenceKind::Broken { side: mirrored(side), field, cell },
        };
        // A broken cell of a renamed record is told under the left key, which is the other one in the mirror.
        if matches!(kind, DifferenceKind::Broken { .. }) { format!("{kind:?}") } else { format!("{key:?} {kind:?}") }
    };
    let mut all: Vec<String> = differences.iter().map(turned).collect();
    all.sort();
    all
}

fn plain(differences: &[Difference]) -> Vec<String> {
    let word = |d: &Difference| match d.kind {
        DifferenceKind::Broken { .. } => format!("{:?}", d.kind),
        _ => format!("{:?} {:?}", d.key, d.kind),
    };
    let mut all: Vec<String> = differences.iter().map(word).collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn a_side_equals_itself_but_for_what_is_wrong_with_it(records in records()) {
        for shape in [shape(), ladder()] {
            let comparison = run(&shape.cells(records.clone()), &shape.cells(records.clone()));
            for difference in comparison.differences {
                let wrong = matches!(
                    difference.kind,
                    DifferenceKind::DuplicateKey { .. } | DifferenceKind::MissingKey { .. } | DifferenceKind::Broken { .. }
                );
                prop_assert!(wrong, "{difference:?}");
            }
        }
    }

    #[test]
    fn mirrored_sides_mirror(left in records(), right in records()) {
        for shape in [shape(), ladder()] {
            let forwards = run(&shape.cells(left.clone()), &shape.cells(right.clone()));
            let backwards = run(&shape.cells(right.clone()), &shape.cells(left.clone()));
            prop_assert_eq!(plain(&forwards.differences), mirror(&backwards.differences));
            let (f, b) = (forwards.counts, backwards.counts);
            prop_assert_eq!((f.selected, f.matched, f.changed, f.left, f.selected_sides.0), (b.selected, b.matched, b.changed, b.right, b.selected_sides.1));
        }
    }

    #[test]
    fn the_order_of_rows_never_matters(left in records(), right in records(), turn in 0usize..14) {
        let shape = shape();
        let straight = run(&shape.cells(left.clone()), &shape.cells(right.clone()));
        let (mut left, mut right) = (left, right);
        left.reverse();
        let length = right.len().max(1);
        right.rotate_left(turn % length);
        prop_assert_eq!(straight, run(&shape.cells(left), &shape.cells(right)));
    }

    #[test]
    fn hashes_and_cells_find_the_same(left in records(), right in records()) {
        let by_hash = run(&shape().cells(left.clone()), &shape().cells(right.clone()));
        // A column that is not hashed on one side makes the hashes useless.
        let by_cells = run(&shape().cells(left).described(|e| e.columns[3].hashed = false), &shape().cells(right));
        let without_content = |c: &Comparison| {
            c.differences.iter().filter(|d| !matches!(d.kind, DifferenceKind::Renamed { how: How::Content, .. })).count()
        };
        if without_content(&by_hash) == by_hash.differences.len() && without_content(&by_cells) == by_cells.differences.len() {
            prop_assert_eq!(by_hash, by_cells);
        }
    }

    #[test]
    fn n_planted_differences_are_found_exactly(
        base in btree_map("[a-z]{1,3}", vec("[a-z]{1,3}", 3), 12..40),
        faults in vec(0usize..4, 12),
    ) {
        let record = |code: &str, rest: &[String]| -> Record {
            (None, std::iter::once(code).chain(rest.iter().map(String::as_str)).map(Cell::value).collect())
        };
        let left: Vec<Record> = base.iter().map(|(code, rest)| record(code, rest)).collect();
        let mut right = Vec::new();
        let mut expected: BTreeMap<String, String> = BTreeMap::new();
        for ((code, rest), fault) in base.iter().zip(faults.iter().map(Some).chain(std::iter::repeat(None))) {
            match fault {
                Some(0) => drop(expected.insert(code.clone(), "Missing { why: None }".to_owned())),
                Some(1) => {
                    let mut changed = rest.clone();
                    changed[1].push('!');
                    right.push(record(code, &changed));
                    let both = FieldDifference { field: "room".into(), left: Cell::value(&rest[1]), right: Cell::value(&changed[1]) };
                    expected.insert(code.clone(), format!("{:?}", DifferenceKind::Changed(both)));
                }
                Some(2) => {
                    right.push(record(code, rest));
                    right.push(record(code, rest));
                    expected.insert(code.clone(), "DuplicateKey { side: Right, rows: 2 }".to_owned());
                }
                Some(3) => {
                    right.push(record(code, rest));
                    let extra = format!("{code}-new");
                    right.push(record(&extra, &["1".into(), "2".into(), "3".into()]));
                    expected.insert(extra, "Extra { why: None }".to_owned());
                }
                _ => right.push(record(code, rest)),
            }
        }
        let rules = Rules { renames: false, ..rules() };
        let comparison = compare_rows(&shape().cells(left), &shape().cells(right), &rules, None).expect("compared");
        let found: BTreeMap<String, String> = comparison.differences.iter().map(|d| (d.key.to_string(), format!("{:?}", d.kind))).collect();
        prop_assert_eq!(comparison.differences.len(), found.len());
        prop_assert_eq!(found, expected);
    }
}
