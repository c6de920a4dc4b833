//! From what a source read to a cell in normal form.

use chrono::NaiveDateTime;
use serde_json::Value;

use super::cell::{Cell, ListKind, State, Type};
use super::{moment, number};

/// One value as a source read it, before its column's type is applied.
#[derive(Clone, Debug, PartialEq)]
pub enum Raw {
    /// No such member, heading or attribute.
    Absent,
    /// An explicit null.
    Null,
    /// Text, possibly empty.
    Text(String),
    /// A number with its source text (JSON, XLSX).
    Number(String),
    /// A typed boolean.
    Boolean(bool),
    /// A typed moment without a zone (XLSX).
    Moment(NaiveDateTime),
    /// What the source itself calls broken (a spreadsheet's `#N/A`): fits no type, not even text.
    Broken(String),
    /// A nested document.
    Document(Value),
    /// Several values, in order.
    Many(Vec<Raw>),
}

impl Raw {
    /// A node of a document: scalars by their kind, objects and arrays as documents.
    pub fn from_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(b) => Self::Boolean(*b),
            Value::Number(n) => Self::Number(n.to_string()),
            Value::String(s) => Self::Text(s.clone()),
            Value::Array(_) | Value::Object(_) => Self::Document(value.clone()),
        }
    }

    /// The value as it was read, for the cell that it does not fit.
    fn shown(&self) -> String {
        match self {
            Self::Absent => String::new(),
            Self::Null => "null".to_owned(),
            Self::Text(t) | Self::Number(t) | Self::Broken(t) => t.clone(),
            Self::Boolean(b) => b.to_string(),
            Self::Moment(m) => moment::plain_text(*m),
            Self::Document(v) => canonical_json(v),
            Self::Many(items) => array(&items.iter().map(Self::shown).collect::<Vec<_>>()),
        }
    }
}

/// How a column's moments are written.
#[derive(Clone, Debug, Default)]
pub struct Moments {
    /// `strftime` format; ISO 8601 when not given.
    pub format: Option<String>,
    /// Zone of local times; a local time without one is invalid.
    pub timezone: Option<chrono_tz::Tz>,
}

/// Words for true and false.
pub type Truth = (Vec<String>, Vec<String>);

/// Words for true and false of a column that names none.
const TRUE: &[&str] = &["true", "yes", "y", "1", "t"];
const FALSE: &[&str] = &["false", "no", "n", "0", "f"];

/// Turns a raw value into a cell of the given type; what does not fit stays raw as an invalid cell.
pub fn cell(raw: &Raw, kind: Type, list: Option<(ListKind, Option<&str>)>, truth: Option<&Truth>, moments: &Moments) -> Cell {
    match list {
        None => scalar(raw, kind, truth, moments),
        Some((order, split)) => list_of(raw, kind, order, split, truth, moments),
    }
}

fn scalar(raw: &Raw, kind: Type, truth: Option<&Truth>, moments: &Moments) -> Cell {
    match raw {
        Raw::Absent => Cell::none(State::Absent),
        Raw::Null | Raw::Document(Value::Null) => Cell::none(State::Null),
        Raw::Many(items) => match items.as_slice() {
            [] => Cell::none(State::Absent),
            [one] => scalar(one, kind, truth, moments),
            _ => Cell::invalid(raw.shown()),
        },
        Raw::Document(value) if kind == Type::Json => Cell::value(canonical_json(value)),
        Raw::Document(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
            scalar(&Raw::from_json(value), kind, truth, moments)
        }
        Raw::Text(text) if kind == Type::Text => {
            if text.is_empty() {
                Cell::none(State::Empty)
            } else {
                Cell::value(text.clone())
            }
        }
        Raw::Text(text) if text.trim().is_empty() && !(kind == Type::Boolean && names_blank(truth)) => Cell::none(State::Null),
        _ => match fitted(raw, kind, truth, moments) {
            Some(text) => Cell::value(text),
            None => Cell::invalid(raw.shown()),
        },
    }
}

/// Canonical text of a value that is there; `None` when it does not fit the type.
fn fitted(raw: &Raw, kind: Type, truth: Option<&Truth>, moments: &Moments) -> Option<String> {
    match (raw, kind) {
        (Raw::Text(t), Type::Text) => Some(t.clone()),
        (Raw::Text(t), Type::Integer) => number::integer(t.trim()),
        (Raw::Text(t) | Raw::Number(t), Type::Decimal) => number::decimal(t.trim()),
        (Raw::Text(t), Type::Boolean) => boolean(t.trim(), truth),
        (Raw::Text(t) | Raw::Number(t), Type::Date) => moment::date(t.trim(), moments),
        (Raw::Text(t) | Raw::Number(t), Type::Time) => moment::time(t.trim(), moments),
        (Raw::Text(t) | Raw::Number(t), Type::Datetime) => moment::datetime(t.trim(), moments),
        // A table's cell holds the document as text.
        (Raw::Text(t), Type::Json) => serde_json::from_str::<Value>(t).ok().map(|v| canonical_json(&v)),
        (Raw::Number(t), Type::Text | Type::Json) => number::decimal(t),
        (Raw::Number(t), Type::Integer) => number::whole(t),
        (Raw::Number(t), Type::Boolean) => boolean(&number::decimal(t)?, truth),
        (Raw::Boolean(b), Type::Text | Type::Boolean | Type::Json) => Some(b.to_string()),
        (Raw::Moment(m), Type::Text) => Some(moment::plain_text(*m)),
        (Raw::Moment(m), Type::Date) => moment::typed_date(*m),
        (Raw::Moment(m), Type::Time) => moment::typed_time(*m),
        (Raw::Moment(m), Type::Datetime) => moment::typed_datetime(*m, moments),
        _ => None,
    }
}

fn boolean(text: &str, truth: Option<&Truth>) -> Option<String> {
    let is = |word: &str| word.trim().to_lowercase() == text.to_lowercase();
    let (yes, no) = match truth {
        None => (TRUE.iter().any(|w| is(w)), FALSE.iter().any(|w| is(w))),
        Some((yes, no)) => (yes.iter().any(|w| is(w)), no.iter().any(|w| is(w))),
    };
    match (yes, no) {
        (true, false) => Some("true".to_owned()),
        (false, true) => Some("false".to_owned()),
        _ => None,
    }
}

/// A column may say that a blank cell is a flag that is off (or on).
fn names_blank(truth: Option<&Truth>) -> bool {
    truth.is_some_and(|(yes, no)| yes.iter().chain(no).any(|w| w.trim().is_empty()))
}

fn list_of(raw: &Raw, kind: Type, order: ListKind, split: Option<&str>, truth: Option<&Truth>, moments: &Moments) -> Cell {
    let from_array;
    let items = match raw {
        Raw::Absent => return Cell::none(State::Absent),
        Raw::Null | Raw::Document(Value::Null) => return Cell::none(State::Null),
        Raw::Text(text) if text.trim().is_empty() => return Cell::none(State::Empty),
        Raw::Many(items) => match items.as_slice() {
            // A path to one array: its items are meant.
            [Raw::Document(Value::Array(values))] => {
                from_array = values.iter().map(Raw::from_json).collect::<Vec<_>>();
                &from_array
            }
            items => items,
        },
        Raw::Document(Value::Array(values)) => {
            from_array = values.iter().map(Raw::from_json).collect::<Vec<_>>();
            &from_array
        }
        one => std::slice::from_ref(one),
    };
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        let parts = match (item, split) {
            (Raw::Text(text), Some(separator)) if !separator.is_empty() => {
                text.split(separator).map(str::trim).filter(|p| !p.is_empty()).map(|p| Raw::Text(p.to_owned())).collect()
            }
            _ => vec![item.clone()],
        };
        for part in parts {
            let cell = scalar(&part, kind, truth, moments);
            match cell.state {
                State::Value => texts.push(cell.text),
                State::Empty => texts.push(String::new()),
                _ => return Cell::invalid(raw.shown()),
            }
        }
    }
    if order == ListKind::Set {
        texts.sort_unstable();
        texts.dedup();
    }
    Cell::value(array(&texts))
}

/// A JSON array of texts.
fn array(texts: &[String]) -> String {
    let mut out = String::from("[");
    for (i, text) in texts.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_quoted(&mut out, text);
    }
    out.push(']');
    out
}

/// Canonical JSON: members sorted, no spaces, numbers as plain decimals (1.0 = 1).
pub fn canonical_json(value: &Value) -> String {
    let mut out = String::new();
    push_json(&mut out, value);
    out
}

fn push_json(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Value::Number(n) => {
            let text = n.to_string();
            // One too large to be written out stays as it was written.
            out.push_str(&number::decimal(&text).unwrap_or(text));
        }
        Value::String(s) => push_quoted(out, s),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push_json(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| name.as_bytes());
            out.push('{');
            for (i, (name, member)) in sorted.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                push_quoted(out, name);
                out.push(':');
                push_json(out, member);
            }
            out.push('}');
        }
    }
}

fn push_quoted(out: &mut String, text: &str) {
    out.push_str(&Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn typed(raw: Raw, kind: Type) -> Cell {
        cell(&raw, kind, None, None, &Moments::default())
    }

    fn text(t: &str) -> Raw {
        Raw::Text(t.to_owned())
    }

    fn set(raw: &Raw, split: Option<&str>) -> Cell {
        cell(raw, Type::Text, Some((ListKind::Set, split)), None, &Moments::default())
    }

    #[test]
    fn text_is_kept_as_read() {
        assert_eq!(typed(text(" 007 "), Type::Text), Cell::value(" 007 "));
        assert_eq!(typed(text(""), Type::Text), Cell::none(State::Empty));
        assert_eq!(typed(Raw::Number("1.0".into()), Type::Text), Cell::value("1"));
        assert_eq!(typed(Raw::Boolean(true), Type::Text), Cell::value("true"));
        assert_eq!(typed(Raw::Document(json!({"b": 1.0, "a": []})), Type::Text), Cell::invalid(r#"{"a":[],"b":1}"#));
    }

    #[test]
    fn an_empty_cell_of_a_typed_column_is_null() {
        for kind in [Type::Integer, Type::Decimal, Type::Boolean, Type::Date, Type::Time, Type::Datetime, Type::Json] {
            assert_eq!(typed(text("  "), kind), Cell::none(State::Null), "{kind:?}");
            assert_eq!(typed(Raw::Null, kind), Cell::none(State::Null), "{kind:?}");
            assert_eq!(typed(Raw::Absent, kind), Cell::none(State::Absent), "{kind:?}");
        }
    }

    #[test]
    fn typed_text_is_trimmed_and_must_fit() {
        assert_eq!(typed(text(" 12 "), Type::Integer), Cell::value("12"));
        assert_eq!(typed(text("007"), Type::Integer), Cell::value("7"));
        assert_eq!(typed(text("1,000"), Type::Integer), Cell::invalid("1,000"));
        assert_eq!(typed(text("9223372036854775808"), Type::Integer), Cell::invalid("9223372036854775808"));
        assert_eq!(typed(Raw::Number("3.0".into()), Type::Integer), Cell::value("3"));
        assert_eq!(typed(text("1e3"), Type::Decimal), Cell::value("1000"));
        assert_eq!(typed(text("1e999999999"), Type::Decimal), Cell::invalid("1e999999999"));
        assert_eq!(typed(text(" 2027-02-30 "), Type::Date), Cell::invalid(" 2027-02-30 "));
    }

    #[test]
    fn booleans_know_the_usual_words_or_those_of_the_column() {
        for (word, value) in [
            ("TRUE", "true"),
            ("Yes", "true"),
            ("y", "true"),
            ("1", "true"),
            ("t", "true"),
            ("no", "false"),
            ("F", "false"),
            ("0", "false"),
        ] {
            assert_eq!(typed(text(word), Type::Boolean), Cell::value(value), "{word}");
        }
        assert_eq!(typed(text("2"), Type::Boolean), Cell::invalid("2"));
        assert_eq!(typed(Raw::Number("1".into()), Type::Boolean), Cell::value("true"));
        let truth = (vec!["Active".to_owned()], vec!["Closed".to_owned(), String::new()]);
        let own = |t: &str| cell(&text(t), Type::Boolean, None, Some(&truth), &Moments::default());
        assert_eq!(own("ACTIVE"), Cell::value("true"));
        assert_eq!(own(" "), Cell::value("false"));
        assert_eq!(own("yes"), Cell::invalid("yes"), "the column's words replace the usual ones");
    }

    #[test]
    fn two_values_for_one_cell_never_fit() {
        assert_eq!(typed(Raw::Many(vec![text("a"), text("b")]), Type::Text), Cell::invalid(r#"["a","b"]"#));
        assert_eq!(typed(Raw::Many(vec![text("a"), text("a")]), Type::Text).state, State::Invalid);
        assert_eq!(typed(Raw::Many(vec![text("a")]), Type::Text), Cell::value("a"));
        assert_eq!(typed(Raw::Many(vec![]), Type::Text), Cell::none(State::Absent));
    }

    #[test]
    fn what_the_source_calls_broken_fits_nothing() {
        for (_, kind) in Type::WORDS {
            assert_eq!(typed(Raw::Broken("#N/A".into()), *kind), Cell::invalid("#N/A"));
            assert_eq!(
                cell(&Raw::Broken("#N/A".into()), *kind, Some((ListKind::Set, None)), None, &Moments::default()),
                Cell::invalid("#N/A")
            );
        }
    }

    #[test]
    fn sets_are_sorted_and_ordered_lists_are_not() {
        let many = Raw::Many(vec![text("b"), text("a"), text("b")]);
        assert_eq!(set(&many, None), Cell::value(r#"["a","b"]"#));
        let ordered = cell(&many, Type::Text, Some((ListKind::Ordered, None)), None, &Moments::default());
        assert_eq!(ordered, Cell::value(r#"["b","a","b"]"#));
        assert_eq!(set(&text(" clerk; ;nurse ;"), Some(";")), Cell::value(r#"["clerk","nurse"]"#));
        assert_eq!(set(&Raw::Document(json!(["b", "a"])), None), Cell::value(r#"["a","b"]"#));
        assert_eq!(set(&Raw::Many(vec![Raw::Document(json!(["b", "a"]))]), None), Cell::value(r#"["a","b"]"#));
    }

    #[test]
    fn a_list_without_items_is_told_apart_from_none() {
        assert_eq!(set(&Raw::Many(vec![]), None), Cell::value("[]"));
        assert_eq!(set(&Raw::Document(json!([])), None), Cell::value("[]"));
        assert_eq!(set(&text("  "), Some(";")), Cell::none(State::Empty));
        assert_eq!(set(&Raw::Absent, Some(";")), Cell::none(State::Absent));
        assert_eq!(set(&Raw::Null, Some(";")), Cell::none(State::Null));
    }

    #[test]
    fn one_item_that_does_not_fit_makes_the_list_invalid() {
        let numbers = |raw: Raw| cell(&raw, Type::Integer, Some((ListKind::Ordered, Some(","))), None, &Moments::default());
        assert_eq!(numbers(text("1, 02,3")), Cell::value(r#"["1","2","3"]"#));
        assert_eq!(numbers(text("1,x")), Cell::invalid("1,x"));
        assert_eq!(numbers(Raw::Document(json!([1, null]))), Cell::invalid("[1,null]"));
    }

    #[test]
    fn json_is_canonical() {
        let value: Value = serde_json::from_str(r#"{"b":[1.0,1e2,123456789012345678901234567890.10],"a":"\u00e9\n","":null}"#).unwrap();
        assert_eq!(canonical_json(&value), "{\"\":null,\"a\":\"é\\n\",\"b\":[1,100,123456789012345678901234567890.1]}");
        assert_eq!(typed(Raw::Document(json!("x")), Type::Json), Cell::value("\"x\""));
        assert_eq!(typed(text(r#" {"b": 2, "a": 1} "#), Type::Json), Cell::value(r#"{"a":1,"b":2}"#));
        assert_eq!(typed(text("{"), Type::Json), Cell::invalid("{"));
        assert_eq!(typed(Raw::Document(Value::Null), Type::Json), Cell::none(State::Null));
    }

    proptest! {
        #[test]
        fn any_text_gives_a_cell_whose_text_fits_again(t in ".*") {
            for (_, kind) in Type::WORDS {
                let first = typed(text(&t), *kind);
                if first.state == State::Value {
                    prop_assert_eq!(&typed(text(&first.text), *kind), &first);
                }
                if first.state == State::Invalid {
                    prop_assert_eq!(&first.text, &t);
                }
            }
        }
    }
}
