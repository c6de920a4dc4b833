//! YAML extracts as JSON documents. A number keeps the text it was written with: a version 1.10 is not 1.1.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use serde_yaml::Spanned;

use super::document::{self, Page};
use super::intake;
use super::pattern::Found;
use super::rows::Rows;
use super::text;
use crate::source::SourceError;
use crate::system::Dataset;

/// Reads a file; each of its documents counts.
pub(super) fn read(dataset: &Dataset, found: &Found, rows: &mut Rows) -> Result<(), SourceError> {
    for (i, value) in load(found, rows)?.iter().enumerate() {
        document::read(dataset, value, &Page { found, index: i as u64 + 1, line: None, whole: true, places: None }, rows)?;
    }
    Ok(())
}

/// The documents of a file.
pub(super) fn load(found: &Found, rows: &mut Rows) -> Result<Vec<Value>, SourceError> {
    let (bytes, entry) = intake::whole(found)?;
    let text = text::decode(&bytes, encoding_rs::UTF_8, found)?;
    let nodes: Vec<Spanned<Node>> = serde_yaml::from_multiple_with_options(&text, options()).map_err(|e| mistake(&e, found))?;
    rows.sources.push(entry);
    Ok(nodes.into_iter().map(|node| plain(node, &text)).collect())
}

/// YAML 1.2's plain values, and a budget against documents that unfold without end.
fn options() -> serde_yaml::Options {
    serde_yaml::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
        budget: serde_yaml::budget! { max_depth: 64, max_nodes: 2_000_000, max_events: 8_000_000, max_total_scalar_bytes: 64 << 20 },
        alias_limits: serde_yaml::alias_limits! { max_total_replayed_events: 100_000 },
    }
}

fn mistake(error: &serde_yaml::Error, found: &Found) -> SourceError {
    let place = match error.location() {
        Some(at) => format!("{}:{}:{}", found.shown, at.line(), at.column()),
        None => found.shown.clone(),
    };
    let message = error.to_string();
    let message = message.lines().next().unwrap_or("");
    let message = message.rfind(" at line ").map_or(message, |at| &message[..at]);
    SourceError::new(format!("this is no YAML that can be read: {message}"), place, "correct the file, or export it again")
}

/// A node of a document; its place leads to the text of a number.
enum Node {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    List(Vec<Spanned<Node>>),
    Map(Vec<(String, Spanned<Node>)>),
}

fn plain(node: Spanned<Node>, text: &str) -> Value {
    match node.value {
        Node::Null => Value::Null,
        Node::Boolean(b) => Value::Bool(b),
        Node::Text(t) => Value::String(t),
        Node::Number(parsed) => {
            let span = node.defined.span();
            let start = span.byte_offset().and_then(|s| usize::try_from(s).ok());
            let length = span.byte_len().and_then(|l| usize::try_from(l).ok());
            let written = start.zip(length).and_then(|(s, l)| text.get(s..s + l)).map_or(parsed.as_str(), str::trim);
            match written.parse::<serde_json::Number>() {
                // 1.10 may be a version; as text it still fits a column of decimals.
                Ok(number) if !(written.contains('.') && written.ends_with('0')) => Value::Number(number),
                _ => Value::String(written.to_owned()),
            }
        }
        Node::List(items) => items.into_iter().map(|item| plain(item, text)).collect(),
        Node::Map(members) => Value::Object(members.into_iter().map(|(name, value)| (name, plain(value, text))).collect::<Map<_, _>>()),
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, v: bool) -> Result<Node, E> {
        Ok(Node::Boolean(v))
    }

    fn visit_i64<E>(self, v: i64) -> Result<Node, E> {
        Ok(Node::Number(v.to_string()))
    }

    fn visit_u64<E>(self, v: u64) -> Result<Node, E> {
        Ok(Node::Number(v.to_string()))
    }

    fn visit_i128<E>(self, v: i128) -> Result<Node, E> {
        Ok(Node::Number(v.to_string()))
    }

    fn visit_u128<E>(self, v: u128) -> Result<Node, E> {
        Ok(Node::Number(v.to_string()))
    }

    fn visit_f64<E>(self, v: f64) -> Result<Node, E> {
        Ok(Node::Number(v.to_string()))
    }

    fn visit_str<E>(self, v: &str) -> Result<Node, E> {
        Ok(Node::Text(v.to_owned()))
    }

    fn visit_string<E>(self, v: String) -> Result<Node, E> {
        Ok(Node::Text(v))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Node, A::Error> {
        let mut map = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        Ok(Node::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, at, path};
    use crate::system::{FileFormat, Source};
    use crate::value::Raw;

    fn case(text: &str) -> Case {
        Case::new(FileFormat::Yaml, "a.yml").column("code", path("$.code")).file("a.yml", text)
    }

    #[test]
    fn values_keep_their_meaning() {
        for (written, read) in [
            ("007", Raw::Text("007".into())),
            ("no", Raw::Text("no".into())),
            ("1.10", Raw::Text("1.10".into())),
            ("1.5", Raw::Number("1.5".into())),
            ("12", Raw::Number("12".into())),
            ("1_000", Raw::Text("1_000".into())),
            ("0x1F", Raw::Text("0x1F".into())),
            ("'12'", Raw::Text("12".into())),
            ("true", Raw::Boolean(true)),
            ("~", Raw::Null),
            ("", Raw::Null),
            ("''", Raw::Text(String::new())),
            ("2027-02-24", Raw::Text("2027-02-24".into())),
            ("123456789012345678901234567890.5", Raw::Number("123456789012345678901234567890.5".into())),
        ] {
            let cell = case(&format!("x: é\ncode: {written}\n")).read().unwrap().0.remove(0).cells.remove(0);
            assert_eq!(cell, read, "{written}");
        }
    }

    #[test]
    fn documents_rows_and_layers() {
        assert_eq!(case("code: a\n---\ncode: b\n").texts(), [["a"], ["b"]]);
        let roles = Case::new(FileFormat::Yaml, "a.yml").rows("$.roles[*]").column("code", path("$.c")).column("n", Source::Position);
        assert_eq!(roles.file("a.yml", "roles:\n- c: x\n- {c: y}\n").texts(), [["x", "1"], ["y", "2"]]);
        let layered = case("code: a\n").file("b.yml", "code: b\n").with(|d| d.read.layers = vec![at("b.yml".to_owned())]);
        assert_eq!(layered.texts(), [["b"]]);
    }

    #[test]
    fn mistakes_have_their_place() {
        assert!(case("code: a\ncode: b\n").error().place.starts_with("a.yml:2"));
        assert!(case("code: [a\n").error().what.contains("YAML"));
        assert!(case("\"code: a").error().what.contains("YAML"));
    }

    #[test]
    fn a_document_that_unfolds_without_end_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..9 {
            let items = vec![format!("*a{}", i - 1); 10].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{items}]\n"));
        }
        assert!(case(&bomb).error().what.contains("YAML"));
        assert!(case(&"[".repeat(100_000)).error().what.contains("YAML"));
    }
}
