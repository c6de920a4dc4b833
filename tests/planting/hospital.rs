//! One side of the hospital as plain tables, and how reports write its cells.

use std::collections::BTreeMap;

use super::datasets::Kind::{Ordered, Reference, References, Text};
use super::datasets::{Ids, dataset};

/// A cell as the hospital means it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Cell {
    /// Nothing was entered.
    Nothing,
    /// An explicit null; for files that know one.
    Null,
    /// No such member; for files in which a record may lack one.
    Absent,
    Text(String),
    /// A number as it is spelled.
    Number(String),
    Flag(bool),
    Day(String),
    Items(Vec<String>),
    /// The records with these numbers of the model.
    To(u32),
    ToAll(Vec<u32>),
    /// A text that does not fit the column.
    Misfit(String),
    /// An internal number that nobody has.
    Dangling(String),
}

#[derive(Clone, Debug)]
pub(super) struct Row {
    /// Number in the model: the same record on both sides has the same.
    pub(super) uid: u32,
    pub(super) cells: BTreeMap<&'static str, Cell>,
    /// Others refer to it.
    pub(super) referred: bool,
}

/// One instance of the hospital.
#[derive(Clone)]
pub(super) struct Side {
    pub(super) name: &'static str,
    pub(super) tables: BTreeMap<&'static str, Vec<Row>>,
}

impl Side {
    pub(super) fn row(&self, dataset: &str, uid: u32) -> Option<&Row> {
        self.tables[dataset].iter().find(|r| r.uid == uid)
    }

    pub(super) fn cell(&self, dataset: &str, uid: u32, column: &str) -> &Cell {
        &self.row(dataset, uid).unwrap_or_else(|| panic!("{} has no {dataset} {uid}", self.name)).cells[column]
    }

    pub(super) fn set(&mut self, dataset: &str, uid: u32, column: &'static str, cell: Cell) {
        let rows = self.tables.get_mut(dataset).expect("a dataset");
        rows.iter_mut().find(|r| r.uid == uid).expect("a row").cells.insert(column, cell);
    }

    pub(super) fn remove(&mut self, dataset: &str, uid: u32) {
        self.tables.get_mut(dataset).expect("a dataset").retain(|r| r.uid != uid);
    }

    pub(super) fn add(&mut self, dataset: &str, row: Row) {
        self.tables.get_mut(dataset).expect("a dataset").push(row);
    }

    /// The internal number by which this side refers to a record, there or not.
    pub(super) fn id(&self, name: &str, uid: u32) -> String {
        match (dataset(name).ids, self.name) {
            (Ids::None, _) => panic!("{name} keep no numbers"),
            (Ids::Shared, _) => (3_000 + uid).to_string(),
            (Ids::Own, "training") => (20_000 + 3 * uid).to_string(),
            (Ids::Own, _) => (70_000_000 + 7 * uid).to_string(),
        }
    }

    /// The key as people write it: the first rung that is whole.
    pub(super) fn key(&self, name: &str, uid: u32) -> Vec<String> {
        let row = self.row(name, uid).unwrap_or_else(|| panic!("{} has no {name} {uid}", self.name));
        let rungs = dataset(name).key.iter().map(|rung| self.rung(name, row, rung));
        rungs.flatten().next().unwrap_or_else(|| panic!("{name} {uid} has no key"))
    }

    fn rung(&self, name: &str, row: &Row, rung: &[&str]) -> Option<Vec<String>> {
        rung.iter()
            .map(|column| {
                let text = self.text(name, column, &row.cells[column]);
                let text = if dataset(name).folded { text.trim().to_lowercase() } else { text };
                (!text.trim().is_empty()).then_some(text)
            })
            .collect()
    }

    /// What a cell says, in the one spelling that reports use; nothing when it has no value.
    pub(super) fn text(&self, name: &str, column: &str, cell: &Cell) -> String {
        let kind = dataset(name).kind(column);
        let refer = |uid: &u32| match kind {
            Reference(to) | References(to) => self.key(to, *uid).join(" | "),
            _ => panic!("{name}.{column} refers to nothing"),
        };
        match cell {
            Cell::Nothing | Cell::Null | Cell::Absent => String::new(),
            Cell::Text(text) | Cell::Day(text) | Cell::Misfit(text) | Cell::Dangling(text) => text.clone(),
            Cell::Number(text) => plain_number(text),
            Cell::Flag(flag) => flag.to_string(),
            Cell::Items(items) => serde_json::Value::from(items.clone()).to_string(),
            Cell::To(uid) => refer(uid),
            Cell::ToAll(uids) => {
                let mut keys: Vec<String> = uids.iter().map(refer).collect();
                keys.sort();
                serde_json::Value::from(keys).to_string()
            }
        }
    }

    /// A cell with its state, as findings are compared: `'text'`, `null`, `empty`, `absent`, `invalid 'text'`, `unresolved 'text'`.
    pub(super) fn shown(&self, name: &str, column: &str, cell: &Cell) -> String {
        let text = self.text(name, column, cell);
        match (cell, dataset(name).kind(column)) {
            (Cell::Nothing, Text | Ordered | Reference(_) | References(_)) => "empty".to_owned(),
            (Cell::Nothing | Cell::Null, _) => "null".to_owned(),
            (Cell::Absent, _) => "absent".to_owned(),
            (Cell::Misfit(_), _) => format!("invalid '{text}'"),
            (Cell::Dangling(_), References(_)) => format!("unresolved '{}'", serde_json::Value::from(vec![text])),
            (Cell::Dangling(_), _) => format!("unresolved '{text}'"),
            _ => format!("'{text}'"),
        }
    }
}

/// `1.50` and `1.5` are one number.
fn plain_number(text: &str) -> String {
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text.to_owned(),
    }
}
