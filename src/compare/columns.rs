//! Which columns a comparison compares, and where each side keeps them.

use xxhash_rust::xxh3::xxh3_128;

use crate::snapshot::{ColumnEntry, DatasetEntry};
use crate::system::Normaliser;
use crate::value::{State, Type};

use super::difference::Side;
use super::equality::Equality;
use super::fields::{Relation, Rules};
use super::leftover::NO_CONTENT;

/// One column that is compared.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) name: String,
    pub(super) equality: Equality,
    pub(super) must_differ: bool,
    /// True for what a record says besides its key: compared as equal and not part of every rung.
    pub(super) content: bool,
    /// Rungs it belongs to, one bit each.
    rungs: u64,
}

impl Compared {
    /// True when it identifies records on one of these rungs (one bit each), and so is not compared between them.
    pub(super) fn identifies(&self, rungs: u64) -> bool {
        self.rungs & rungs != 0
    }
}

/// The bit of a rung; none for a record without a key.
pub(super) fn rung_bit(rung: u8) -> u64 {
    1u64.checked_shl(u32::from(rung)).unwrap_or(0)
}

/// A column with the moment from which, or to which, a row is effective.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bound {
    pub(super) slot: usize,
    pub(super) kind: Type,
}

/// Where one side keeps what is read: `columns` are asked for, everything else is a position among them.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) columns: Vec<usize>,
    /// Per compared column.
    pub(super) compared: Vec<usize>,
    /// Per rung, per part; only for a ladder of several rungs.
    pub(super) rungs: Vec<Vec<(usize, Vec<Normaliser>)>>,
    /// Per column that the condition reads; `None` when this side has no such column.
    pub(super) condition: Vec<Option<usize>>,
    pub(super) effective: (Option<Bound>, Option<Bound>),
}

impl Layout {
    fn slot(&mut self, column: usize) -> usize {
        self.columns.iter().position(|c| *c == column).unwrap_or_else(|| {
            self.columns.push(column);
            self.columns.len() - 1
        })
    }
}

/// What is compared and how both sides are read.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) compared: Vec<Compared>,
    pub(super) left: Layout,
    pub(super) right: Layout,
    pub(super) rungs: usize,
    pub(super) notes: Vec<String>,
    /// True when rows with equal hashes have nothing to tell.
    pub(super) hash_suffices: bool,
    /// Hashes of rows that say nothing: they are no content to recognise a record by.
    blank_hashes: Vec<u128>,
}

impl Columns {
    /// `reads` are indexes into the left side's columns.
    pub(super) fn new(left: &DatasetEntry, right: &DatasetEntry, rules: &Rules, reads: &[usize]) -> Self {
        let mut columns = Self {
            compared: Vec::new(),
            left: Layout::default(),
            right: Layout::default(),
            rungs: left.key.len(),
            notes: Vec::new(),
            hash_suffices: false,
            blank_hashes: blank_hashes(left),
        };
        for (l, column) in left.columns.iter().enumerate() {
            match right.column(&column.name) {
                Some(r) => columns.compare(left, (l, column), (r, &right.columns[r]), rules),
                None => columns.notes.push(format!("column {} is only in the left side's definition", column.name)),
            }
        }
        for column in right.columns.iter().filter(|c| left.column(&c.name).is_none()) {
            columns.notes.push(format!("column {} is only in the right side's definition", column.name));
        }
        columns.hash_suffices = reads.is_empty() && columns.hash_suffices(left, right, rules);
        for (entry, layout) in [(left, &mut columns.left), (right, &mut columns.right)] {
            if left.key.len() > 1 {
                for rung in &left.key {
                    let columns = rung.iter().filter_map(|name| entry.column(name));
                    let parts = columns.map(|c| (layout.slot(c), entry.columns[c].normalise.clone())).collect();
                    layout.rungs.push(parts);
                }
            }
            for read in reads {
                let column = left.columns.get(*read).and_then(|c| entry.column(&c.name));
                let slot = column.map(|c| layout.slot(c));
                layout.condition.push(slot);
            }
            if let (Some((from, to)), Some(_)) = (&entry.effective, rules.effective_at) {
                let mut bound = |name: &Option<String>| {
                    let column = entry.column(name.as_deref()?)?;
                    Some(Bound { slot: layout.slot(column), kind: entry.columns[column].kind })
                };
                layout.effective = (bound(from), bound(to));
            }
        }
        columns
    }

    /// The content digest of a row with this hash.
    pub(super) fn content_of(&self, hash: u128) -> u128 {
        if self.compared.is_empty() || self.blank_hashes.contains(&hash) { NO_CONTENT } else { hash.max(1) }
    }

    /// How one side is read.
    pub(super) fn layout(&self, side: Side) -> &Layout {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    fn compare(&mut self, entry: &DatasetEntry, left: (usize, &ColumnEntry), right: (usize, &ColumnEntry), rules: &Rules) {
        let (name, rule) = (&left.1.name, rules.columns.get(&left.1.name));
        let relation = rule.map_or(Relation::Equal, |r| r.relation);
        let readable = |c: &ColumnEntry| !c.volatile && c.unread.is_none() && c.not_offered.is_none();
        let rungs: u64 = (0..entry.key.len()).map(|r| r as u8).filter(|r| entry.in_rung(*r, name)).map(rung_bit).sum();
        let in_every_rung = rungs.count_ones() as usize == entry.key.len();
        if relation == Relation::Ignored || !readable(left.1) || !readable(right.1) || in_every_rung {
            return;
        }
        // Columns whose definitions differ in type are compared as text; a tolerance needs numbers on both sides.
        let kind = if left.1.kind == right.1.kind { left.1.kind } else { Type::Text };
        let list = left.1.list.filter(|l| right.1.list == Some(*l));
        self.compared.push(Compared {
            name: name.clone(),
            equality: Equality::new(rule, kind, list),
            must_differ: relation == Relation::MustDiffer,
            content: relation == Relation::Equal,
            rungs,
        });
        let slots = (self.left.slot(left.0), self.right.slot(right.0));
        self.left.compared.push(slots.0);
        self.right.compared.push(slots.1);
    }

    /// The hash skips a row only when both sides hashed exactly what is compared, and no cell of it is broken.
    fn hash_suffices(&self, left: &DatasetEntry, right: &DatasetEntry, rules: &Rules) -> bool {
        fn hashed(entry: &DatasetEntry) -> impl Iterator<Item = &ColumnEntry> {
            entry.columns.iter().filter(|c| c.hashed)
        }
        let alike = |(l, r): (&ColumnEntry, &ColumnEntry)| l.name == r.name && l.kind == r.kind && l.list == r.list;
        let whole = |c: &ColumnEntry| c.cells.invalid == 0 && c.cells.unresolved == 0;
        let dated = |e: &DatasetEntry| e.effective.is_some() && rules.effective_at.is_some();
        left.key.len() == 1
            && left.key == right.key
            && hashed(left).count() == hashed(right).count()
            && hashed(left).zip(hashed(right)).all(alike)
            && hashed(left).chain(hashed(right)).all(whole)
            && hashed(left).map(|c| &c.name).eq(self.compared.iter().map(|c| &c.name))
            && !self.compared.iter().any(|c| c.must_differ)
            && !dated(left)
            && !dated(right)
    }
}

/// A row without a value is absent, null or empty in every cell, or, from a table, empty in its texts and null elsewhere.
fn blank_hashes(entry: &DatasetEntry) -> Vec<u128> {
    let hash = |state: &dyn Fn(&ColumnEntry) -> State| {
        let cells = entry.columns.iter().filter(|c| c.hashed).flat_map(|c| [state(c) as u8, 0, 0, 0, 0]);
        xxh3_128(&cells.collect::<Vec<u8>>())
    };
    let of_a_table = |c: &ColumnEntry| if c.kind == Type::Text { State::Empty } else { State::Null };
    vec![hash(&|_| State::Absent), hash(&|_| State::Null), hash(&|_| State::Empty), hash(&of_a_table)]
}
