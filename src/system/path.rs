//! Paths into documents: RFC 9535, behind this one module.
//!
//! Most paths of a definition are plain steps (`$.location[*].name`); these are followed directly. A path that has
//! anything else (filters, slices, descendants) goes to the library from its beginning.

use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath, PathElement};

/// A compiled JSONPath that starts at a document or a row.
#[derive(Clone, Debug)]
pub struct RowPath {
    text: String,
    path: JsonPath,
    steps: Vec<Step>,
    /// The steps are the whole path; otherwise they are its beginning.
    plain: bool,
}

/// One plain step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member of an object.
    Member(String),
    /// An element of an array; negative from its end.
    Element(i64),
    /// Every member or element.
    Every,
}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    /// One line, without a position.
    pub message: String,
    /// Byte offset of the mistake in the text.
    pub offset: usize,
}

impl RowPath {
    /// Compiles a path; it must begin with `$`.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        match JsonPath::parse(text) {
            Ok(path) => {
                let (steps, plain) = plain_steps(text);
                Ok(Self { text: text.to_owned(), path, steps, plain })
            }
            Err(e) => Err(PathError { message: e.message().to_owned(), offset: e.position().min(text.len()) }),
        }
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The plain steps at the path's beginning.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// True when the plain steps are the whole path.
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// The nodes that the path selects in `document`, in document order.
    pub fn select<'v>(&self, document: &'v Value) -> Vec<&'v Value> {
        let mut nodes = Vec::new();
        self.select_into(document, &mut nodes);
        nodes
    }

    /// As [`RowPath::select`], into a vector that is emptied first and may be used again.
    pub fn select_into<'v>(&self, document: &'v Value, nodes: &mut Vec<&'v Value>) {
        nodes.clear();
        if self.plain {
            follow(document, &self.steps, nodes);
        } else {
            nodes.extend(self.path.query(document).all());
        }
    }

    /// As [`RowPath::select`], each node with the name of the innermost object member below `document` that it is or is in.
    pub fn select_named<'v>(&self, document: &'v Value) -> Vec<(Option<&'v str>, &'v Value)> {
        let innermost = |path: &NormalizedPath<'v>| {
            path.iter().rev().find_map(|element| match element {
                PathElement::Name(name) => Some(*name),
                PathElement::Index(_) => None,
            })
        };
        self.path.query_located(document).iter().map(|located| (innermost(located.location()), located.node())).collect()
    }
}

/// Follows plain steps from a node and adds what they select, in document order.
pub fn follow<'v>(mut node: &'v Value, mut steps: &[Step], nodes: &mut Vec<&'v Value>) {
    while let Some((step, rest)) = steps.split_first() {
        let next = match (step, node) {
            (Step::Member(name), Value::Object(members)) => members.get(name),
            (Step::Element(index), Value::Array(items)) => element(items, *index),
            (Step::Every, Value::Array(items)) => return items.iter().for_each(|item| follow(item, rest, nodes)),
            (Step::Every, Value::Object(members)) => return members.values().for_each(|member| follow(member, rest, nodes)),
            _ => None,
        };
        let Some(next) = next else { return };
        (node, steps) = (next, rest);
    }
    nodes.push(node);
}

fn element(items: &[Value], index: i64) -> Option<&Value> {
    let index = if index < 0 { i64::try_from(items.len()).ok()?.checked_add(index)? } else { index };
    items.get(usize::try_from(index).ok()?)
}

/// The plain steps at the beginning of a valid path, and whether they are all of it.
fn plain_steps(text: &str) -> (Vec<Step>, bool) {
    let mut steps = Vec::new();
    let mut rest = text.strip_prefix('$').unwrap_or(text);
    while !rest.is_empty() {
        let Some((step, after)) = plain_step(rest) else { return (steps, false) };
        steps.push(step);
        rest = after;
    }
    (steps, true)
}

fn plain_step(text: &str) -> Option<(Step, &str)> {
    if let Some(name) = text.strip_prefix('.') {
        if let Some(after) = name.strip_prefix('*') {
            return Some((Step::Every, after));
        }
        let end = name.find(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        return (end > 0).then(|| (Step::Member(name[..end].to_owned()), &name[end..]));
    }
    let inner = text.strip_prefix('[')?;
    if let Some(after) = inner.strip_prefix("*]") {
        return Some((Step::Every, after));
    }
    let quote = inner.chars().next().filter(|c| matches!(c, '\'' | '"'));
    if let Some(quote) = quote {
        let (name, after) = inner[1..].split_once(quote)?;
        let after = after.strip_prefix(']')?;
        return (!name.contains('\\')).then(|| (Step::Member(name.to_owned()), after));
    }
    let (index, after) = inner.split_once(']')?;
    Some((Step::Element(index.parse().ok()?), after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn plain_paths_are_followed_directly() {
        for path in ["$", "$.a", "$['@formName']", "$[\"a b\"][0]", "$.a[*].b[-1]", "$.*", "$.é_1"] {
            assert!(RowPath::parse(path).unwrap().is_plain(), "{path}");
        }
        for path in ["$..a", "$.a[?@.b]", "$.a[0:2]", "$['a','b']", "$['it\\'s']", "$ .a", "$[ 0 ]"] {
            assert!(!RowPath::parse(path).unwrap().is_plain(), "{path}");
        }
        assert_eq!(RowPath::parse("$.a[*][?@.b].c").unwrap().steps(), [Step::Member("a".into()), Step::Every]);
    }

    #[test]
    fn a_mistake_has_its_place() {
        assert!(RowPath::parse("a.b").is_err());
        assert!(RowPath::parse("$.a[").unwrap_err().offset > 0);
    }

    #[test]
    fn a_node_is_in_its_innermost_member() {
        let rooms = json!({"ward": {"a": [{"n": 1}, {"n": 2}], "b": {"n": 3}}});
        let named = |path: &str| {
            RowPath::parse(path).unwrap().select_named(&rooms).into_iter().map(|(n, _)| n.map(str::to_owned)).collect::<Vec<_>>()
        };
        assert_eq!(named("$.ward.*"), [Some("a".to_owned()), Some("b".to_owned())]);
        assert_eq!(named("$.ward.a[*]"), [Some("a".to_owned()), Some("a".to_owned())]);
        assert_eq!(named("$"), [None]);
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
        fn both_ways_select_the_same_nodes(document in document(), steps in proptest::collection::vec(prop_oneof![
            Just(".a".to_owned()), Just("['b']".to_owned()), Just("[\"c\"]".to_owned()), Just("[*]".to_owned()), Just(".*".to_owned()),
            (-3i64..3).prop_map(|n| format!("[{n}]")),
        ], 0..5)) {
            let path = RowPath::parse(&format!("${}", steps.concat())).unwrap();
            prop_assert!(path.is_plain());
            let direct: Vec<*const Value> = path.select(&document).into_iter().map(std::ptr::from_ref).collect();
            let library: Vec<*const Value> = path.path.query(&document).all().into_iter().map(std::ptr::from_ref).collect();
            prop_assert_eq!(direct, library);
        }
    }
}
