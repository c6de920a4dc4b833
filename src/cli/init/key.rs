//! What identifies a row: the smallest set of columns that is unique on every side, business codes before internal numbers.

use std::collections::{HashMap, HashSet};

use super::exports::words;

/// Columns that are tried together.
const TRIED: usize = 12;

/// Rows from which on numbers that differ say something of the column.
const ENOUGH: usize = 10;

/// Last words of headings that are internal numbers.
const INTERNAL: &[&str] = &["id", "uuid", "guid", "oid", "pk", "rowid", "sk", "ien"];
/// Words of headings that people know a record by.
const CODES: &[&str] = &["code", "mnemonic", "abbreviation", "identifier", "ref", "reference", "number"];

/// A column as far as a key is concerned.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    pub(super) heading: &'a str,
    /// Hashes per side that was given, 0 for a blank.
    pub(super) sides: Vec<&'a [u64]>,
    /// False for what never identifies anything: flags, amounts, moments.
    pub(super) may_be_key: bool,
    /// Whole numbers throughout.
    pub(super) is_number: bool,
}

/// What was found.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Proposal {
    /// Positions of the columns.
    pub(super) key: Vec<usize>,
    /// Position of the system's own number, which differs between the sides.
    pub(super) id: Option<usize>,
    /// Why this one, for the comment.
    pub(super) why: String,
}

/// True when a heading says that the column is the system's own number.
pub(super) fn is_internal(heading: &str) -> bool {
    words(heading).last().is_some_and(|w| INTERNAL.contains(&w.as_str()))
}

/// Proposes a key; there is at least one column.
pub(super) fn propose(columns: &[Candidate<'_>]) -> Proposal {
    let rows = columns.first().map_or(0, |c| c.sides.iter().map(|s| s.len()).max().unwrap_or(0));
    let mut order: Vec<usize> = (0..columns.len()).filter(|i| columns[*i].may_be_key && !has_blank(&columns[*i])).collect();
    order.sort_by_key(|i| (rank(&columns[*i]), *i));
    let business: Vec<usize> = order.iter().copied().filter(|i| !is_internal(columns[*i].heading)).collect();
    let sides = columns.first().map_or(0, |c| c.sides.len());
    let on = if sides > 1 { "on both sides" } else { "on this side" };
    let found = if rows == 0 { None } else { sets(&business).into_iter().find(|set| fits(columns, set)) };
    let proposal = |key: Vec<usize>, why: String| Proposal { id: id(columns, &key), key, why };
    if let Some(key) = found {
        return proposal(key, format!("unique {on}"));
    }
    if let Some(own) = order.iter().copied().find(|i| is_internal(columns[*i].heading) && rows > 0 && fits(columns, &[*i])) {
        return proposal(vec![own], format!("the only column that is unique {on}; an internal number makes a poor key"));
    }
    if let Some(one) = business.iter().copied().find(|i| rows > 0 && is_unique(columns, &[*i])) {
        return proposal(vec![one], "a guess: unique on each side, but few of its values are on both".to_owned());
    }
    let first = order.first().copied().or_else(|| (0..columns.len()).find(|i| columns[*i].may_be_key)).unwrap_or(0);
    let why = match rows {
        0 => "a guess by its heading: there are no rows".to_owned(),
        _ => format!("a guess: no column is unique {on}, nor are any three together"),
    };
    proposal(vec![first], why)
}

fn has_blank(column: &Candidate<'_>) -> bool {
    column.sides.iter().any(|hashes| hashes.contains(&0))
}

/// Codes first, then anything else, names after that: they are reworded; internal numbers last.
fn rank(column: &Candidate<'_>) -> u8 {
    let words = words(column.heading);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    match () {
        () if is_internal(column.heading) => 9,
        () if has(CODES) => 0,
        () if has(&["description", "comment", "note", "notes", "text"]) => 5,
        () if has(&["name", "title", "display"]) => 2,
        () => 3,
    }
}

/// Sets of one, two and three of the first columns, the smaller and the better ranked ones first.
fn sets(order: &[usize]) -> Vec<Vec<usize>> {
    let mut sets: Vec<Vec<usize>> = order.iter().map(|a| vec![*a]).collect();
    let few = &order[..order.len().min(TRIED)];
    for (i, a) in few.iter().enumerate() {
        sets.extend(few[i + 1..].iter().map(|b| vec![*a, *b]));
    }
    for (i, a) in few.iter().enumerate() {
        for (j, b) in few.iter().enumerate().skip(i + 1) {
            sets.extend(few[j + 1..].iter().map(|c| vec![*a, *b, *c]));
        }
    }
    sets
}

/// The row's key as one number.
fn combined(columns: &[Candidate<'_>], set: &[usize], side: usize, row: usize) -> u64 {
    set.iter().fold(0u64, |sum, c| (sum.rotate_left(7) ^ columns[*c].sides[side][row]).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

/// Unique on every side, and mostly the same on both: what has nothing in common is no key that two systems share.
fn fits(columns: &[Candidate<'_>], set: &[usize]) -> bool {
    let mut seen: Vec<HashSet<u64>> = Vec::new();
    for side in 0..columns[set[0]].sides.len() {
        let rows = columns[set[0]].sides[side].len();
        let mut keys = HashSet::with_capacity(rows);
        if !(0..rows).all(|row| keys.insert(combined(columns, set, side, row))) {
            return false;
        }
        seen.push(keys);
    }
    match seen.as_slice() {
        [left, right] if !left.is_empty() && !right.is_empty() => left.intersection(right).count() * 2 >= left.len().min(right.len()),
        _ => true,
    }
}

/// The internal number that differs between most records that the key pairs. From one side it cannot be told.
fn id(columns: &[Candidate<'_>], key: &[usize]) -> Option<usize> {
    let own = |i: &usize| {
        let column = &columns[*i];
        let says = is_internal(column.heading) || (column.is_number && shares_little(column));
        !key.contains(i) && says && !has_blank(column) && is_unique(columns, &[*i])
    };
    (0..columns.len()).filter(own).find(|i| differs(columns, key, *i))
}

/// True when hardly any value of one side is on the other: numbers that two systems gave out. An order that moved is none.
fn shares_little(column: &Candidate<'_>) -> bool {
    let [left, right] = column.sides.as_slice() else { return false };
    if left.len().min(right.len()) < ENOUGH {
        return false;
    }
    let there: HashSet<u64> = right.iter().copied().collect();
    let both = left.iter().filter(|hash| there.contains(hash)).count();
    both * 5 < left.len().min(right.len())
}

/// True when a column has other values on the other side in most of the records that the key pairs.
pub(super) fn differs(columns: &[Candidate<'_>], key: &[usize], column: usize) -> bool {
    let [_, right] = columns[key[0]].sides.as_slice() else { return false };
    let on_the_right: HashMap<u64, usize> = (0..right.len()).map(|row| (combined(columns, key, 1, row), row)).collect();
    let [here, there] = columns[column].sides.as_slice() else { return false };
    let paired = (0..here.len()).filter_map(|row| Some((row, *on_the_right.get(&combined(columns, key, 0, row))?)));
    let (mut same, mut other) = (0usize, 0usize);
    // Blank on both sides says nothing.
    let told = paired.filter(|(l, r)| here[*l] != 0 || there[*r] != 0);
    told.for_each(|(l, r)| if here[l] == there[r] { same += 1 } else { other += 1 });
    other > same
}

/// True when no two rows of a side have the same values in these columns.
pub(super) fn is_unique(columns: &[Candidate<'_>], set: &[usize]) -> bool {
    (0..columns[set[0]].sides.len()).all(|side| {
        let rows = columns[set[0]].sides[side].len();
        let mut keys = HashSet::with_capacity(rows);
        (0..rows).all(|row| keys.insert(combined(columns, set, side, row)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proposed(columns: &[(&str, &[u64], &[u64])]) -> Proposal {
        let columns: Vec<Candidate<'_>> =
            columns.iter().map(|(heading, l, r)| Candidate { heading, sides: vec![l, r], may_be_key: true, is_number: true }).collect();
        propose(&columns)
    }

    #[test]
    fn a_code_is_better_than_a_name_and_an_internal_number_is_last() {
        let found = proposed(&[("Clinic ID", &[1, 2, 3], &[7, 8, 9]), ("Name", &[4, 5, 6], &[4, 5, 6]), ("Code", &[1, 2, 3], &[1, 2, 3])]);
        assert_eq!((found.key, found.id), (vec![2], Some(0)));
    }

    #[test]
    fn several_business_columns_are_better_than_an_internal_number() {
        let found = proposed(&[("ID", &[1, 2, 3], &[1, 2, 3]), ("Name", &[4, 4, 6], &[4, 4, 6]), ("Ward", &[1, 2, 1], &[1, 2, 1])]);
        assert_eq!((found.key, found.id), (vec![1, 2], None), "an id that is the same on both sides is a column as any other");
    }

    #[test]
    fn an_internal_number_is_a_key_only_when_nothing_else_is() {
        let found = proposed(&[("ID", &[1, 2], &[1, 2]), ("Name", &[4, 4], &[4, 4])]);
        assert_eq!(found.key, [0]);
        assert!(found.why.contains("poor"));
    }

    #[test]
    fn unique_on_one_side_alone_is_no_key() {
        let found = proposed(&[("Code", &[1, 2], &[1, 1]), ("Name", &[3, 4], &[3, 4])]);
        assert_eq!(found.key, [1]);
        let found = proposed(&[("Code", &[1, 1], &[1, 1])]);
        assert!(found.why.contains("guess"), "{}", found.why);
    }

    #[test]
    fn what_is_blank_somewhere_or_shares_nothing_is_no_key() {
        let found = proposed(&[("Code", &[1, 0], &[1, 2]), ("Serial", &[1, 2], &[8, 9]), ("Name", &[3, 4], &[3, 4])]);
        assert_eq!(found.key, [2]);
    }

    #[test]
    fn numbers_that_each_system_gave_out_are_no_content_and_an_order_that_moved_is() {
        let numbers = |from: u64| (from..from + 12).collect::<Vec<u64>>();
        let (codes, given_out, moved) = (numbers(1), numbers(101), numbers(2));
        let code = ("Code", codes.as_slice(), codes.as_slice());
        assert_eq!(proposed(&[code, ("codeValue", &codes, &given_out)]).id, Some(1));
        assert_eq!(proposed(&[code, ("Position", &codes, &moved)]).id, None);
        assert_eq!(proposed(&[("Code", &[1], &[1]), ("Amount", &[5], &[6])]).id, None, "a single row says nothing");
    }

    #[test]
    fn what_is_unique_but_not_shared_is_a_guess() {
        let found = proposed(&[("User", &[1, 2], &[8, 9]), ("Active", &[1, 1], &[1, 1])]);
        assert_eq!(found.key, [0]);
        assert!(found.why.contains("few of its values"), "{}", found.why);
    }

    #[test]
    fn without_rows_the_heading_decides() {
        let found = proposed(&[("Name", &[], &[]), ("Code", &[], &[])]);
        assert_eq!(found.key, [1]);
        assert!(found.why.contains("no rows"));
    }
}
