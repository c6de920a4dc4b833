//! When two cells of a column are equal.

use std::borrow::Cow;
use std::str::FromStr;

use bigdecimal::BigDecimal;

use crate::system::Normaliser;
use crate::value::{CellRef, ListKind, State, Type};

use super::fields::{Rule, Tolerance};

/// What counts as equal in one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Equality {
    normalise: Vec<Normaliser>,
    near: Option<Near>,
    list: Option<ListKind>,
}

/// A tolerance, ready to use.
#[derive(Clone, Debug)]
struct Near {
    absolute: Option<BigDecimal>,
    relative: Option<BigDecimal>,
}

impl Equality {
    pub(super) fn new(rule: Option<&Rule>, kind: Type, list: Option<ListKind>) -> Self {
        let numeric = matches!(kind, Type::Integer | Type::Decimal) && list.is_none();
        Self {
            normalise: rule.map(|r| r.normalise.clone()).unwrap_or_default(),
            near: rule.and_then(|r| r.tolerance.as_ref()).filter(|_| numeric).map(Near::new),
            list,
        }
    }

    /// True when the cells are equal. Broken cells are for the caller: they never are.
    pub(super) fn equal(&self, left: CellRef<'_>, right: CellRef<'_>) -> bool {
        if left == right {
            return true;
        }
        if !self.normalise.is_empty() && self.form(left) == self.form(right) {
            return true;
        }
        match &self.near {
            Some(near) if left.state == State::Value && right.state == State::Value => near.holds(left.text, right.text),
            _ => false,
        }
    }

    /// True when the cell has no value, as this column counts it.
    pub(super) fn is_blank(&self, cell: CellRef<'_>) -> bool {
        self.form(cell).0 != State::Value
    }

    fn joins_blanks(&self) -> bool {
        self.normalise.contains(&Normaliser::Blank)
    }

    /// State and text in the form that [`Equality::equal`] compares (tolerance aside).
    pub(super) fn form<'a>(&self, cell: CellRef<'a>) -> (State, Cow<'a, str>) {
        if self.normalise.is_empty() {
            return (cell.state, Cow::Borrowed(cell.text));
        }
        match cell.state {
            State::Value if self.list.is_some() => (State::Value, self.items(cell.text)),
            State::Value => {
                let text = Normaliser::apply_all(&self.normalise, cell.text);
                if text.is_empty() || self.joins_blanks() && text.trim().is_empty() {
                    (State::Empty, Cow::Borrowed(""))
                } else {
                    (State::Value, text)
                }
            }
            State::Absent | State::Null | State::Empty if self.joins_blanks() => (State::Empty, Cow::Borrowed("")),
            state => (state, Cow::Borrowed(cell.text)),
        }
    }

    /// A list with every item normalised; a set sorted again, because items may have become alike.
    fn items<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Ok(items) = serde_json::from_str::<Vec<serde_json::Value>>(text) else { return Cow::Borrowed(text) };
        let mut items: Vec<String> = items
            .iter()
            .map(|item| match item {
                serde_json::Value::String(text) => Normaliser::apply_all(&self.normalise, text).into_owned(),
                other => other.to_string(),
            })
            .collect();
        if self.list == Some(ListKind::Set) {
            items.sort_unstable();
            items.dedup();
        }
        Cow::Owned(serde_json::Value::from(items).to_string())
    }
}

impl Near {
    fn new(tolerance: &Tolerance) -> Self {
        Self {
            absolute: tolerance.absolute.as_deref().and_then(|t| BigDecimal::from_str(t).ok()).map(|d| d.abs()),
            // By way of its shortest text: 0.01 means 0.01, not the nearest binary fraction.
            relative: tolerance.relative.and_then(|r| BigDecimal::from_str(&r.to_string()).ok()).map(|d| d.abs()),
        }
    }

    /// True when the distance is within either bound.
    fn holds(&self, left: &str, right: &str) -> bool {
        let (Ok(left), Ok(right)) = (BigDecimal::from_str(left), BigDecimal::from_str(right)) else { return false };
        let distance = (&left - &right).abs();
        self.absolute.as_ref().is_some_and(|a| distance <= *a)
            || self.relative.as_ref().is_some_and(|share| distance <= left.abs().max(right.abs()) * share)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fields::Relation;
    use super::*;
    use crate::value::Cell;

    fn rule(normalise: &[Normaliser], absolute: Option<&str>, relative: Option<f64>) -> Rule {
        let tolerance = (absolute.is_some() || relative.is_some()).then(|| Tolerance { absolute: absolute.map(Into::into), relative });
        Rule { relation: Relation::Equal, normalise: normalise.to_vec(), tolerance }
    }

    fn equal(rule: &Rule, kind: Type, list: Option<ListKind>, left: &Cell, right: &Cell) -> bool {
        let equality = Equality::new(Some(rule), kind, list);
        let forwards = equality.equal(left.as_ref(), right.as_ref());
        assert_eq!(forwards, equality.equal(right.as_ref(), left.as_ref()), "equality has no direction");
        forwards
    }

    #[test]
    fn states_are_told_apart_unless_blank_joins_them() {
        let none = [Cell::none(State::Absent), Cell::none(State::Null), Cell::none(State::Empty)];
        let blank = rule(&[Normaliser::Blank], None, None);
        for (i, left) in none.iter().enumerate() {
            for (j, right) in none.iter().enumerate() {
                assert_eq!(equal(&rule(&[], None, None), Type::Text, None, left, right), i == j);
                assert!(equal(&blank, Type::Text, None, left, right));
            }
            assert!(equal(&blank, Type::Text, None, left, &Cell::value(" \t")));
            assert!(!equal(&blank, Type::Text, None, left, &Cell::value("x")));
        }
        assert!(!equal(&blank, Type::Text, None, &Cell::value(" x"), &Cell::value("x")), "blank does not trim");
    }

    #[test]
    fn trimming_to_nothing_is_an_empty_text_and_not_a_null() {
        let trim = rule(&[Normaliser::Trim], None, None);
        assert!(equal(&trim, Type::Text, None, &Cell::value("  "), &Cell::none(State::Empty)));
        assert!(!equal(&trim, Type::Text, None, &Cell::value("  "), &Cell::none(State::Null)));
    }

    #[test]
    fn tolerance_is_inclusive_exact_and_only_for_numbers() {
        let (a, b) = (Cell::value("0.3"), Cell::value("0.4"));
        assert!(equal(&rule(&[], Some("0.1"), None), Type::Decimal, None, &a, &b), "no binary fractions");
        assert!(!equal(&rule(&[], Some("0.0999"), None), Type::Decimal, None, &a, &b));
        assert!(equal(&rule(&[], None, Some(0.25)), Type::Decimal, None, &a, &b), "share of the larger");
        assert!(!equal(&rule(&[], None, Some(0.24)), Type::Decimal, None, &a, &b));
        assert!(!equal(&rule(&[], Some("1"), None), Type::Text, None, &a, &b));
        assert!(!equal(&rule(&[], Some("1"), None), Type::Integer, None, &Cell::value("0"), &Cell::none(State::Null)));
        let huge = ("100000000000000000000000000000000000001", "100000000000000000000000000000000000002");
        assert!(!equal(&rule(&[], Some("0.5"), None), Type::Decimal, None, &Cell::value(huge.0), &Cell::value(huge.1)));
    }

    #[test]
    fn items_of_lists_are_normalised_and_sets_sorted_again() {
        let fold = rule(&[Normaliser::Casefold, Normaliser::Trim], None, None);
        let (a, b) = (Cell::value(r#"["B","a","b "]"#), Cell::value(r#"["A","b"]"#));
        assert!(equal(&fold, Type::Text, Some(ListKind::Set), &a, &b));
        assert!(!equal(&fold, Type::Text, Some(ListKind::Ordered), &a, &b));
        assert!(equal(&fold, Type::Text, Some(ListKind::Ordered), &Cell::value(r#"["B","a"]"#), &Cell::value(r#"["b","A "]"#)));
    }
}
