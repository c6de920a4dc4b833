//! A YAML file as a tree in which every node knows its place.

use super::text::Place;

/// One node of a document.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub content: Content,
}

/// The three shapes of YAML. Aliases are expanded by the loader, within its budget.
#[derive(Clone, Debug)]
pub enum Content {
    /// A single value.
    Scalar(Scalar),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in file order; the loader has already reported duplicate keys.
    Map(Vec<Entry>),
}

/// One `key: value` of a mapping.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key stands.
    pub key_place: Place,
    /// Its value.
    pub value: Node,
}

/// A scalar keeps its source text: an untyped 1.10 must not become 1.1, and 007 not 7.
#[derive(Clone, Debug)]
pub struct Scalar {
    /// The value as written, quotes and block indentation removed.
    pub text: String,
    /// How it was written.
    pub style: Style,
    /// For block and folded or escaped scalars: (offset in `text`, offset in the file) at each jump, ascending.
    /// Empty means that `text` stands in the file byte for byte from `content_start`.
    pub jumps: Vec<(usize, usize)>,
    /// Byte of the file where the value begins (after an opening quote).
    pub content_start: usize,
}

/// How a scalar was written; only plain scalars can be null, numbers or booleans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// `|` or `>`.
    Block,
}

impl Scalar {
    /// YAML's null: nothing, `~` or `null`, without quotes.
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// Offset in the file of an offset in `text`: SQL inside a block scalar is shown at its own place.
    pub fn file_offset(&self, offset: usize) -> usize {
        match self.jumps.iter().rev().find(|(value, _)| *value <= offset) {
            Some((value, file)) => file + (offset - value),
            None => self.content_start + offset,
        }
    }
}

impl Node {
    /// What the node is, in words, for messages.
    pub fn shape(&self) -> &'static str {
        match &self.content {
            Content::Scalar(s) if s.is_null() => "nothing",
            Content::Scalar(_) => "a single value",
            Content::List(_) => "a list",
            Content::Map(_) => "a mapping",
        }
    }
}
