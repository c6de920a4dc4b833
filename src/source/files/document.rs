//! Documents: the rows within them, and what paths select from a row, from around it and from its file.

use std::collections::HashMap;

use serde_json::Value;

use super::pattern::Found;
use super::rows::Rows;
use crate::source::{RawRow, SourceError};
use crate::system::{Column, Dataset, RowPath, Source, Step, follow};
use crate::value::{Raw, Type};

/// One document of a file.
pub(super) struct Page<'a> {
    /// The file.
    pub(super) found: &'a Found,
    /// Index of the document in the file, from 1.
    pub(super) index: u64,
    /// Line on which the document begins, where the format has one document per line.
    pub(super) line: Option<u64>,
    /// True when the document has all its members, not only those that paths name.
    pub(super) whole: bool,
    /// Where the nodes stand in the document, when the order of members does not tell.
    pub(super) places: Option<&'a Places>,
}

/// Where each node of a document stands in its text.
pub(super) type Places = HashMap<*const Value, usize>;

/// Gives the rows of one document.
pub(super) fn read(dataset: &Dataset, document: &Value, page: &Page, rows: &mut Rows) -> Result<(), SourceError> {
    let sources = dataset.columns.iter().map(|c| &c.from).chain(&dataset.id);
    let names_members = sources.into_iter().any(|s| matches!(s, Source::Member));
    let mut reader = Reader { dataset, page, rows, levels: vec![document], serial: 0, names_members };
    reader.descend(None, page.index)
}

struct Reader<'d, 'v, 'r, 's> {
    dataset: &'d Dataset,
    page: &'d Page<'d>,
    rows: &'r mut Rows<'s>,
    /// The document, then the node of each level down to the row.
    levels: Vec<&'v Value>,
    serial: u64,
    /// Some column holds the name of the member that its row is in.
    names_members: bool,
}

impl<'v> Reader<'_, 'v, '_, '_> {
    fn descend(&mut self, member: Option<&'v str>, position: u64) -> Result<(), SourceError> {
        let level = self.levels.len() - 1;
        let Some(path) = self.dataset.read.rows.get(level) else {
            return self.row(member, position);
        };
        let Some(&node) = self.levels.last() else { return Ok(()) };
        let mut selected: Vec<_> =
            if self.names_members { path.select_named(node) } else { path.select(node).into_iter().map(|n| (None, n)).collect() };
        if let Some(places) = self.page.places {
            selected.sort_by_key(|(_, row)| places.get(&std::ptr::from_ref(*row)));
        }
        if self.rows.seeks_level(level) {
            if selected.is_empty() { self.seek(level, node, path) } else { self.rows.found_level(level) }
        }
        for (i, (name, row)) in selected.into_iter().enumerate() {
            self.levels.push(row);
            self.descend(name.or(member), i as u64 + 1)?;
            self.levels.pop();
        }
        Ok(())
    }

    fn row(&mut self, member: Option<&str>, position: u64) -> Result<(), SourceError> {
        self.serial += 1;
        let mut nodes = Vec::new();
        let mut cells = Vec::with_capacity(self.dataset.columns.len());
        for (i, column) in self.dataset.columns.iter().enumerate() {
            let cell = self.value(&column.from, Some(column), member, position, &mut nodes);
            if cell == Raw::Absent && self.page.whole && self.rows.wants_names(i) {
                self.explain(i, &column.from);
            }
            cells.push(cell);
        }
        let id = self.dataset.id.as_ref().map_or(Raw::Absent, |s| self.value(s, None, member, position, &mut nodes));
        let shown = &self.page.found.shown;
        let origin = match (self.page.line, self.dataset.read.rows.is_empty()) {
            (Some(line), true) => format!("{shown}:{line}"),
            (Some(line), false) => format!("{shown}:{line}, record {}", self.serial),
            (None, true) if self.page.index == 1 => shown.clone(),
            (None, true) => format!("{shown}, record {}", self.page.index),
            (None, false) => format!("{shown}, record {}", self.serial),
        };
        self.rows.give(self.dataset, RawRow { cells, id, origin })
    }

    fn value(&self, source: &Source, column: Option<&Column>, member: Option<&str>, position: u64, nodes: &mut Vec<&'v Value>) -> Raw {
        match source {
            Source::Position => Raw::Number(position.to_string()),
            Source::Member => member.map_or(Raw::Absent, |m| Raw::Text(m.to_owned())),
            Source::File(part) => Raw::Text(self.page.found.part(*part)),
            Source::Heading(_) => Raw::Absent,
            Source::Path(_) | Source::Outer { .. } => match self.start(source) {
                Some((node, path)) => {
                    path.select_into(node, nodes);
                    raw(nodes, column)
                }
                None => Raw::Absent,
            },
        }
    }

    /// The node that a path starts at.
    fn start<'s>(&self, source: &'s Source) -> Option<(&'v Value, &'s RowPath)> {
        match source {
            Source::Path(path) => Some((*self.levels.last()?, &path.value)),
            Source::Outer { path, level } => Some((*self.levels.get(*level)?, &path.value)),
            _ => None,
        }
    }

    /// Tells the names of the members that stand where a column's path looked in vain.
    fn explain(&mut self, i: usize, source: &Source) {
        let Some((start, path)) = self.start(source) else { return };
        if let Some((wanted, names)) = around(start, path.steps()) {
            self.rows.saw_names(i, wanted, names.into_iter());
        }
    }

    /// No rows in this node: either there are none in the place that the path names, or there is no such place.
    fn seek(&mut self, level: usize, node: &'v Value, path: &RowPath) {
        let mut steps = path.steps();
        while path.is_plain() && steps.last() == Some(&Step::Every) {
            steps = &steps[..steps.len() - 1];
        }
        let mut place = Vec::new();
        follow(node, steps, &mut place);
        if path.is_plain() && !place.is_empty() {
            self.rows.found_level(level);
        } else if let Some((wanted, names)) = around(node, steps).filter(|_| self.page.whole) {
            self.rows.saw_level_names(level, wanted, names.into_iter());
        }
    }
}

/// The member that the first vain step wants, and the names that are there instead.
fn around<'v, 's>(start: &'v Value, steps: &'s [Step]) -> Option<(&'s str, Vec<&'v str>)> {
    let mut here = vec![start];
    for (k, step) in steps.iter().enumerate() {
        let mut next = Vec::new();
        follow(start, &steps[..=k], &mut next);
        if next.is_empty() {
            let Step::Member(wanted) = step else { return None };
            return Some((wanted, here.iter().filter_map(|n| n.as_object()).flat_map(|o| o.keys().map(String::as_str)).collect()));
        }
        here = next;
    }
    None
}

fn raw(nodes: &[&Value], column: Option<&Column>) -> Raw {
    let one = |node: &Value| {
        // In a column of type json even a scalar is a document.
        if column.is_some_and(|c| c.kind == Type::Json) { Raw::Document(node.clone()) } else { Raw::from_json(node) }
    };
    match nodes {
        [] => Raw::Absent,
        [node] => one(node),
        many => Raw::Many(many.iter().map(|n| one(n)).collect()),
    }
}
