//! Lines of YAML, each beside the place that says it.

use unicode_width::UnicodeWidthStr;

use crate::document::{Content, Entry, Node, Place};
use crate::report::text::inline;

/// Lines, each with where it was said.
#[derive(Default)]
pub(super) struct Page(Vec<Line>);

enum Line {
    Said { by: String, text: String },
    Remark(String),
}

impl Page {
    /// A line and the place that says it.
    pub(super) fn line(&mut self, depth: usize, place: &Place, text: &str) {
        self.unsaid(depth, text, &format!("{}:{}", place.file.path, place.line()));
    }

    /// A line that no file says.
    pub(super) fn unsaid(&mut self, depth: usize, text: &str, by: &str) {
        self.0.push(Line::Said { by: by.to_owned(), text: format!("{}{}", "  ".repeat(depth), inline(text)) });
    }

    /// A sentence about what stands above.
    pub(super) fn remark(&mut self, text: &str) {
        self.0.push(Line::Remark(inline(text).into_owned()));
    }

    /// The key of an entry whose value follows.
    pub(super) fn heading(&mut self, depth: usize, entry: &Entry) {
        self.line(depth, &entry.key_place, &format!("{}:", entry.key));
    }

    /// An entry of a mapping with all below it.
    pub(super) fn entry(&mut self, depth: usize, entry: &Entry) {
        self.value(depth, &entry.key, &entry.key_place, &entry.value);
    }

    /// A key and its value.
    pub(super) fn value(&mut self, depth: usize, key: &str, place: &Place, value: &Node) {
        match &value.content {
            Content::Scalar(s) if s.text.contains('\n') => {
                self.line(depth, place, &format!("{key}: |"));
                s.text.lines().for_each(|text| self.line(depth + 1, place, text));
            }
            Content::Scalar(s) => self.line(depth, place, &format!("{key}: {}", s.text)),
            Content::List(items) if items.iter().all(|i| matches!(i.content, Content::Scalar(_))) => {
                let words: Vec<&str> = items.iter().filter_map(scalar).collect();
                self.line(depth, place, &format!("{key}: [{}]", words.join(", ")));
            }
            Content::List(_) => {
                self.line(depth, place, &format!("{key}:"));
                self.items(depth + 1, value);
            }
            Content::Map(entries) => {
                self.line(depth, place, &format!("{key}:"));
                entries.iter().for_each(|e| self.entry(depth + 1, e));
            }
        }
    }

    /// The items of a list, one line each.
    pub(super) fn items(&mut self, depth: usize, list: &Node) {
        let Content::List(items) = &list.content else { return };
        for item in items {
            self.line(depth, &item.place, &format!("- {}", flow(item)));
        }
    }

    /// All lines: places in a column of their own.
    pub(super) fn text(&self) -> String {
        let by = |line: &Line| if let Line::Said { by, .. } = line { by.width() } else { 0 };
        let width = self.0.iter().map(by).max().unwrap_or(0);
        let mut out = String::new();
        for line in &self.0 {
            match line {
                Line::Said { by, text } => {
                    let blank = " ".repeat(width - by.width());
                    out.push_str(format!("{by}{blank}  {text}").trim_end());
                }
                Line::Remark(text) => out.push_str(&format!("# {text}")),
            }
            out.push('\n');
        }
        out
    }
}

fn scalar(node: &Node) -> Option<&str> {
    if let Content::Scalar(s) = &node.content { Some(&s.text) } else { None }
}

/// A node on one line.
fn flow(node: &Node) -> String {
    match &node.content {
        Content::Scalar(s) => s.text.split_whitespace().collect::<Vec<_>>().join(" "),
        Content::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Content::Map(entries) => {
            format!("{{{}}}", entries.iter().map(|e| format!("{}: {}", e.key, flow(&e.value))).collect::<Vec<_>>().join(", "))
        }
    }
}
