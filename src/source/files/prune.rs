//! How much of a JSON document is kept: what the paths of a dataset name. Read strictly, as JSON must be.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::source::SourceError;
use crate::system::{Dataset, RowPath, Source, Step};

/// The key under which the library hands over a number with its source text.
const NUMBER: &str = "$serde_json::private::Number";

/// Which members of a document to keep.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Keep {
    /// All of them.
    All,
    /// Those that paths name.
    Named(Named),
}

/// Members and elements to keep; nothing else is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Named {
    members: BTreeMap<String, Keep>,
    elements: Option<Box<Keep>>,
    every: Option<Box<Keep>>,
}

/// All of a document.
pub(super) const ALL: &Keep = &Keep::All;

impl Default for Keep {
    fn default() -> Self {
        Self::Named(Named::default())
    }
}

impl Keep {
    /// What the rows, columns and id of a dataset read.
    pub(super) fn of(dataset: &Dataset) -> Self {
        let mut keep = Self::default();
        keep.add(dataset, &[]);
        keep
    }

    /// Keeps what a dataset reads below `prefix`.
    pub(super) fn add(&mut self, dataset: &Dataset, prefix: &[Step]) {
        let levels = &dataset.read.rows;
        self.path(prefix, levels, None);
        for source in dataset.columns.iter().map(|c| &c.from).chain(&dataset.id) {
            match source {
                Source::Path(path) => self.path(prefix, levels, Some(&path.value)),
                Source::Outer { path, level } => self.path(prefix, levels.get(..*level).unwrap_or(levels), Some(&path.value)),
                _ => {}
            }
        }
    }

    /// Keeps the member `name` below `prefix`, whole.
    pub(super) fn add_member(&mut self, prefix: &[Step], name: &str) {
        *self.at(prefix).at(&[Step::Member(name.to_owned())]) = Self::All;
    }

    /// Keeps what `path` selects below the rows of `levels`, all below `prefix`.
    fn path(&mut self, prefix: &[Step], levels: &[RowPath], path: Option<&RowPath>) {
        let mut steps = prefix.to_vec();
        for level in levels {
            steps.extend_from_slice(level.steps());
            if !level.is_plain() {
                return *self.at(&steps) = Self::All;
            }
        }
        let node = self.at(&steps);
        if let Some(path) = path {
            *node.at(path.steps()) = Self::All;
        }
    }

    fn at(&mut self, steps: &[Step]) -> &mut Self {
        let Some((step, rest)) = steps.split_first() else { return self };
        if *self == Self::All {
            return self;
        }
        // The arm for `All` was left above; a fresh tree never shows here.
        let Self::Named(named) = self else { return self };
        let child = match step {
            Step::Member(name) => named.members.entry(name.clone()).or_default(),
            Step::Element(_) => named.elements.get_or_insert_default(),
            Step::Every => named.every.get_or_insert_default(),
        };
        child.at(rest)
    }

    fn member(&self, name: &str) -> Option<&Self> {
        let Self::Named(named) = self else { return Some(ALL) };
        match (named.members.get(name), &named.every) {
            (Some(_), Some(_)) => Some(ALL),
            (Some(member), None) => Some(member),
            (None, every) => every.as_deref(),
        }
    }

    fn element(&self) -> Option<&Self> {
        let Self::Named(named) = self else { return Some(ALL) };
        match (&named.elements, &named.every) {
            (Some(_), Some(_)) => Some(ALL),
            (one, other) => one.as_deref().or(other.as_deref()),
        }
    }
}

/// Parses one document; a member that is there twice is a mistake.
pub(super) fn parse(text: &str, keep: &Keep) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Pruned(keep).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Parses documents that follow one another.
pub(super) fn parse_each(
    text: &str,
    keep: &Keep,
    mut each: impl FnMut(Value) -> Result<(), SourceError>,
    failed: impl Fn(serde_json::Error) -> SourceError,
) -> Result<(), SourceError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    while reader.end().is_err() {
        each(Pruned(keep).deserialize(&mut reader).map_err(&failed)?)?;
    }
    Ok(())
}

#[derive(Clone, Copy)]
struct Pruned<'k>(&'k Keep);

impl<'de> DeserializeSeed<'de> for Pruned<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Pruned<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(Value::Bool(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }

    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(Value::String(v.to_owned()))
    }

    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(Value::String(v))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        match self.0.element() {
            Some(keep) => {
                while let Some(item) = items.next_element_seed(Pruned(keep))? {
                    array.push(item);
                }
            }
            None => while items.next_element::<IgnoredAny>()?.is_some() {},
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key_seed(Name(self.0))? {
            let Some((name, keep)) = name else {
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            if name == NUMBER && object.is_empty() {
                let text: String = members.next_value()?;
                return text.parse().map(Value::Number).map_err(A::Error::custom);
            }
            let value = members.next_value_seed(Pruned(keep))?;
            if object.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the member `{name}` is there twice")));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// The name of a member, when it is kept.
struct Name<'k>(&'k Keep);

impl<'de, 'k> DeserializeSeed<'de> for Name<'k> {
    type Value = Option<(String, &'k Keep)>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'k> Visitor<'_> for Name<'k> {
    type Value = Option<(String, &'k Keep)>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        let keep = if name == NUMBER { Some(ALL) } else { self.0.member(name) };
        Ok(keep.map(|keep| (name.to_owned(), keep)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, outer, path};
    use super::*;
    use crate::system::FileFormat;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn only_named_members_are_kept() {
        let case = Case::new(FileFormat::Json, "a.json")
            .rows("$.c[*]")
            .column("x", path("$.x"))
            .column("any", path("$..y"))
            .column("o", outer("$.z['@k']", 0));
        let keep = Keep::of(&case.dataset);
        let text = r#"{"c": [{"x": [1], "n": 2, "deep": {"y": 1}}], "z": {"@k": 1, "n": 2}, "n": [1]}"#;
        assert_eq!(parse(text, &keep).unwrap(), json!({"c": [{"x": [1], "n": 2, "deep": {"y": 1}}], "z": {"@k": 1}}));
        let plain = Case::new(FileFormat::Json, "a.json").rows("$.c[*]").column("x", path("$.x"));
        assert_eq!(parse(text, &Keep::of(&plain.dataset)).unwrap(), json!({"c": [{"x": [1]}]}));
        assert!(parse(r#"{"n": [1, }"#, &Keep::of(&plain.dataset)).is_err(), "what is not kept must still be JSON");
    }

    #[test]
    fn numbers_keep_their_text() {
        let value = parse(r#"[1.10, 1e400, 123456789012345678901234567890]"#, ALL).unwrap();
        assert_eq!(value.to_string(), "[1.10,1e+400,123456789012345678901234567890]");
    }

    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), any::<i8>().prop_map(|n| json!(n)), "[ab]{0,2}".prop_map(|s| json!(s))];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                proptest::collection::vec(("[abc]", inner), 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn paths_select_the_same_from_what_is_kept(document in document(), rows in path_text(), columns in proptest::collection::vec(path_text(), 1..3)) {
            let mut case = Case::new(FileFormat::Json, "a.json").rows(&rows);
            for (i, column) in columns.iter().enumerate() {
                case = case.column(&format!("c{i}"), path(column));
            }
            let text = document.to_string();
            let (pruned, whole) = (parse(&text, &Keep::of(&case.dataset)).unwrap(), parse(&text, ALL).unwrap());
            prop_assert_eq!(&whole, &document);
            let select = |v: &Value| -> Vec<Vec<Value>> {
                let rows = case.dataset.read.rows[0].select(v);
                rows.iter().flat_map(|r| columns.iter().map(|c| RowPath::parse(c).unwrap().select(r).into_iter().cloned().collect())).collect()
            };
            prop_assert_eq!(select(&pruned), select(&whole));
        }
    }

    fn path_text() -> impl Strategy<Value = String> {
        let step = prop_oneof![Just(".a"), Just("['b']"), Just("[*]"), Just("[0]"), Just("[-1]"), Just("..c"), Just("[?@.a]")];
        proptest::collection::vec(step, 0..4).prop_map(|s| format!("${}", s.concat()))
    }
}
