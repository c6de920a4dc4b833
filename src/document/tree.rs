//! From the parser's events to nodes: collects every mistake, keeps the first of duplicate keys, expands aliases within a budget.

use std::collections::HashMap;
use std::sync::Arc;

use serde_yaml::granit_parser::{self, Event, Parser, ScalarStyle, Span, StructureStyle};

use super::node::{Content, Entry, Node, Scalar, Style};
use super::problem::Problems;
use super::scalar;
use super::syntax;
use super::text::{Place, SourceText};

/// Deeper nesting is a mistake or an attack; decoders recurse and rely on it.
pub(super) const MAX_DEPTH: usize = 64;
/// Values in one file.
const MAX_NODES: usize = 2_000_000;
/// What aliases may add: nodes, and bytes of text.
const MAX_ALIASED: Weight = Weight { nodes: 100_000, bytes: 16 << 20, depth: MAX_DEPTH };

/// Builds the tree of `file`; `None` when there is none that could be decoded without inventing mistakes.
pub(super) fn build(file: &Arc<SourceText>, problems: &mut Problems) -> Option<Node> {
    let mut builder = Builder {
        file,
        problems,
        stack: Vec::new(),
        root: None,
        anchors: HashMap::new(),
        nodes: 0,
        aliased: Weight::default(),
        incomplete: false,
    };
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
    };
    let mut documents = 0;
    for event in Parser::new_from_str_with_options(&file.text, options) {
        match event {
            Ok((Event::DocumentStart(..), span)) => {
                documents += 1;
                if documents > 1 {
                    let place = builder.place(&span);
                    builder
                        .problems
                        .add(&place, "a second document begins here; a file holds one")
                        .expected("second document")
                        .help("put it into a file of its own, or remove the line `---`");
                    break;
                }
            }
            Ok((event, span)) => builder.take(event, &span)?,
            Err(error) => {
                let open = builder.stack.iter().rev().find(|f| f.flow).map(|f| f.start);
                syntax::report(file, &error, open, builder.problems);
                return None;
            }
        }
    }
    match builder.root {
        _ if builder.incomplete => None,
        Some(root) if !matches!(&root.content, Content::Scalar(s) if s.is_null()) => Some(root),
        _ => {
            let place = Place { file: file.clone(), start: 0, end: 0 };
            problems.add(&place, "this file is empty").help("a file of a project begins with `version: 1`");
            None
        }
    }
}

/// A list or mapping that has begun and not ended.
struct Frame {
    start: usize,
    end: usize,
    anchor: usize,
    flow: bool,
    open: Open,
}

enum Open {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<Key> },
}

enum Key {
    Named(String, Place),
    /// Reported already; its value is dropped.
    Refused,
}

/// How much a subtree holds.
#[derive(Clone, Copy, Default)]
struct Weight {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

struct Builder<'a> {
    file: &'a Arc<SourceText>,
    problems: &'a mut Problems,
    stack: Vec<Frame>,
    root: Option<Node>,
    anchors: HashMap<usize, Node>,
    nodes: usize,
    aliased: Weight,
    /// Something was left out, so that decoding would report it as missing.
    incomplete: bool,
}

impl Builder<'_> {
    /// Takes one event; `None` when reading on makes no sense.
    fn take(&mut self, event: Event<'_>, span: &Span) -> Option<()> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                let node = self.scalar(&value, style, span);
                self.finish(node, anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                self.begin(style, anchor, span, Open::List(Vec::new()))
            }
            Event::MappingStart(style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                self.begin(style, anchor, span, Open::Map { entries: Vec::new(), key: None })
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(anchor, span),
            Event::UnresolvedAlias(name) => {
                let place = self.place(span);
                self.problems.add(&place, format!("`*{name}` refers to nothing: no `&{name}` stands above it")).expected("unknown alias");
                self.incomplete = true;
                let node = Node { content: Content::List(Vec::new()), place };
                self.finish(node, 0)
            }
            _ => Some(()),
        }
    }

    fn place(&self, span: &Span) -> Place {
        let length = self.file.text.len();
        let start = span.start.byte_offset().unwrap_or(0).min(length);
        let end = span.end.byte_offset().unwrap_or(start).clamp(start, length);
        Place { file: self.file.clone(), start, end }
    }

    fn refuse_tag(&mut self, tagged: bool, span: &Span) {
        if let Some(tag) = span.tag_span().filter(|_| tagged) {
            let place = self.place(&tag);
            let message = format!("tags such as `{}` mean nothing to gonogo", place.text());
            self.problems.add(&place, message).expected("a tag").help("remove it; put a text into quotes to keep it as it is");
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, span: &Span) -> Node {
        let mut place = self.place(span);
        let (style, content_start, jumps) = match style {
            ScalarStyle::Plain => (Style::Plain, place.start, scalar::plain_jumps(place.text(), value, place.start)),
            ScalarStyle::SingleQuoted => (Style::Quoted, place.start + 1, scalar::single_jumps(place.text(), value, place.start)),
            ScalarStyle::DoubleQuoted => (Style::Quoted, place.start + 1, scalar::double_jumps(place.text(), value, place.start)),
            ScalarStyle::Literal | ScalarStyle::Folded => {
                // The parser's span ends where the next token begins.
                place.end = place.start + place.text().trim_end().len();
                (Style::Block, place.start, scalar::block_jumps(&self.file.text, place.start, value))
            }
        };
        // The parser writes a value that is not there as `~`.
        let text = if style == Style::Plain && place.start == place.end { "" } else { value };
        Node { content: Content::Scalar(Scalar { text: text.to_owned(), style, jumps, content_start }), place }
    }

    fn begin(&mut self, style: StructureStyle, anchor: usize, span: &Span, open: Open) -> Option<()> {
        let place = self.place(span);
        if self.stack.len() >= MAX_DEPTH {
            self.problems.add(&place, syntax::too_deep()).expected("too deep").help(syntax::TOO_DEEP_HELP);
            return None;
        }
        self.stack.push(Frame { start: place.start, end: place.end, anchor, flow: style == StructureStyle::Flow, open });
        Some(())
    }

    fn end(&mut self, span: &Span) -> Option<()> {
        let frame = self.stack.pop()?;
        // A block ends with its last child; the parser says where the next token begins.
        let end = if frame.flow { self.place(span).end.max(frame.end) } else { frame.end };
        let content = match frame.open {
            Open::List(items) => Content::List(items),
            Open::Map { entries, .. } => Content::Map(self.without_duplicates(entries)),
        };
        let place = Place { file: self.file.clone(), start: frame.start, end: end.max(frame.start) };
        self.finish(Node { content, place }, frame.anchor)
    }

    fn without_duplicates(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut first: HashMap<String, usize> = HashMap::with_capacity(entries.len());
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            if let Some(&earlier) = first.get(&entry.key) {
                let line = kept[earlier].key_place.line();
                self.problems
                    .add(&entry.key_place, format!("the key `{}` is given twice; the first is on line {line}", entry.key))
                    .expected("given again")
                    .help("keep one of them");
            } else {
                first.insert(entry.key.clone(), kept.len());
                kept.push(entry);
            }
        }
        kept
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Option<()> {
        let place = self.place(span);
        let Some(node) = self.anchors.get(&anchor) else {
            self.problems.add(&place, format!("`{}` refers to what it stands in", place.text())).expected("refers to itself");
            self.incomplete = true;
            return self.finish(Node { content: Content::List(Vec::new()), place }, 0);
        };
        let weight = weigh(node);
        if weight.depth + self.stack.len() > MAX_DEPTH || !self.aliased.add(weight) {
            let message = format!("with `{}` the file unfolds to more than gonogo reads", place.text());
            self.problems.add(&place, message).expected("unfolds too far").help("write the values out, or remove aliases of aliases");
            return None;
        }
        let copy = node.clone();
        self.finish(copy, 0)
    }

    /// Hands a whole node to what it stands in.
    fn finish(&mut self, node: Node, anchor: usize) -> Option<()> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.problems.add(&node.place, format!("this file holds more than {MAX_NODES} values")).help("split the file");
            return None;
        }
        if anchor != 0 {
            if !self.aliased.add(weigh(&node)) {
                self.problems.add(&node.place, "anchors within anchors hold more than gonogo reads").expected("anchored again");
                return None;
            }
            self.anchors.insert(anchor, node.clone());
        }
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        if node.place.start >= frame.start {
            frame.end = frame.end.max(node.place.end);
        }
        match &mut frame.open {
            Open::List(items) => items.push(node),
            Open::Map { entries, key } => match key.take() {
                Some(Key::Named(key, key_place)) => entries.push(Entry { key, key_place, value: node }),
                Some(Key::Refused) => {}
                None => {
                    let named = self.key(node);
                    if let Some(Frame { open: Open::Map { key, .. }, .. }) = self.stack.last_mut() {
                        *key = Some(named);
                    }
                }
            },
        }
        Some(())
    }

    fn key(&mut self, node: Node) -> Key {
        let (message, help) = match node.content {
            Content::Scalar(s) if s.style == Style::Plain && s.text == "<<" => {
                ("merging with `<<` is not part of gonogo's files", "write the keys out, or use an alias for a single value")
            }
            Content::Scalar(s) if s.is_null() => ("a name is missing before `:`", "write `name: value`"),
            Content::Scalar(s) => return Key::Named(s.text, node.place),
            _ => ("a key is a single name, not a list or a mapping", "write `name: value`; put text with brackets into quotes"),
        };
        self.problems.add(&node.place, message).expected("no key").help(help);
        self.incomplete = true;
        Key::Refused
    }
}

impl Weight {
    /// Adds, unless the sum is above what aliases may hold.
    fn add(&mut self, other: Self) -> bool {
        self.nodes += other.nodes;
        self.bytes += other.bytes;
        self.nodes <= MAX_ALIASED.nodes && self.bytes <= MAX_ALIASED.bytes
    }
}

fn weigh(node: &Node) -> Weight {
    let mut sum = Weight { nodes: 1, bytes: 0, depth: 0 };
    let mut include = |bytes: usize, child: &Node| {
        let inner = weigh(child);
        sum.nodes += inner.nodes;
        sum.bytes += inner.bytes + bytes;
        sum.depth = sum.depth.max(inner.depth + 1);
    };
    match &node.content {
        Content::Scalar(s) => sum.bytes = s.text.len(),
        Content::List(items) => items.iter().for_each(|n| include(0, n)),
        Content::Map(entries) => entries.iter().for_each(|e| include(e.key.len(), &e.value)),
    }
    sum
}
