//! A user's file as text, and places in it.

use std::sync::Arc;

/// The text of one file, with the path that messages show (relative to the project, `/` on every system).
#[derive(Debug)]
pub struct SourceText {
    /// Path as shown to people.
    pub path: String,
    /// The whole text, without a byte-order mark.
    pub text: String,
    line_starts: Vec<usize>,
}

impl SourceText {
    /// Keeps `text` with an index of its lines.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let mut line_starts = vec![0];
        line_starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1));
        Arc::new(Self { path: path.into(), text, line_starts })
    }

    /// Line and column of a byte offset, both counted from 1; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.line_starts.partition_point(|s| *s <= offset) - 1;
        let column = self.text[self.line_starts[line]..offset].chars().count() + 1;
        (line + 1, column)
    }
}

/// A stretch of a file: every demand of a user's file has an address.
#[derive(Clone)]
pub struct Place {
    /// The file.
    pub file: Arc<SourceText>,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Place {
    /// Line, from 1.
    pub fn line(&self) -> usize {
        self.file.line_column(self.start).0
    }

    /// Column in characters, from 1.
    pub fn column(&self) -> usize {
        self.file.line_column(self.start).1
    }

    /// The text at this place.
    pub fn text(&self) -> &str {
        self.file.text.get(self.start..self.end).unwrap_or("")
    }

    /// A place inside this one: bytes `start..end` counted from its first byte.
    pub fn within(&self, start: usize, end: usize) -> Self {
        Self { file: self.file.clone(), start: self.start + start, end: self.start + end }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file.path, self.line(), self.column())
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// A value together with the place that said it.
#[derive(Clone, Debug)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it was said.
    pub place: Place,
}

impl<T> At<T> {
    /// The same place, another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { value: f(self.value), place: self.place }
    }
}

impl<T> std::ops::Deref for At<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}
