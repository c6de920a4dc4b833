//! The order of differences, and keeping only the first of too many.

use crate::value::Key;

use super::difference::{Difference, DifferenceKind, Side};

/// Collects differences: the first `limit` in their order are kept, the others counted, whatever order they come in.
pub(super) struct Sink {
    kept: Vec<Difference>,
    limit: usize,
    beyond: u64,
    /// Key bytes of the last that can still be kept.
    ceiling: Option<Vec<u8>>,
}

impl Sink {
    pub(super) fn new(limit: usize) -> Self {
        Self { kept: Vec::new(), limit, beyond: 0, ceiling: None }
    }

    /// Adds a difference of the record with these key bytes; it is only made when it may be kept.
    pub(super) fn put(&mut self, key: &[u8], make: impl FnOnce() -> DifferenceKind) {
        if self.ceiling.as_deref().is_some_and(|ceiling| key > ceiling) {
            self.beyond += 1;
            return;
        }
        self.kept.push(Difference { key: decode(key), kind: make() });
        if self.kept.len() >= self.limit.saturating_mul(2).saturating_add(1024) {
            self.cut();
        }
    }

    /// Counts differences that cannot be kept in any case.
    pub(super) fn miss(&mut self, differences: u64) {
        self.beyond += differences;
    }

    /// The differences kept, in order, and how many were not.
    pub(super) fn finish(mut self) -> (Vec<Difference>, u64) {
        self.cut();
        (self.kept, self.beyond)
    }

    fn cut(&mut self) {
        self.kept.sort_by(|a, b| place(a).cmp(&place(b)));
        if self.kept.len() > self.limit {
            self.beyond += (self.kept.len() - self.limit) as u64;
            self.kept.truncate(self.limit);
            self.ceiling = Some(self.kept.last().map(|d| d.key.to_bytes()).unwrap_or_default());
        }
    }
}

/// A key from its bytes. Bytes that are none of our making are shown rather than lost.
pub(super) fn decode(key: &[u8]) -> Key {
    Key::from_bytes(key).unwrap_or_else(|| Key::new([String::from_utf8_lossy(key)]))
}

/// Key, kind, field, side, record: a total order over the differences of one comparison.
fn place(difference: &Difference) -> (&Key, u8, &str, Option<Side>, &str) {
    use DifferenceKind::{Broken, Changed, DuplicateKey, Extra, Missing, MissingKey, NotDifferent, Rekeyed, Renamed};
    let (rank, field, side, record) = match &difference.kind {
        Missing { .. } => (0, "", None, ""),
        Extra { .. } => (1, "", None, ""),
        Changed(f) => (2, f.field.as_str(), None, ""),
        NotDifferent(f) => (3, f.field.as_str(), None, ""),
        Renamed { .. } => (4, "", None, ""),
        Rekeyed { .. } => (5, "", None, ""),
        DuplicateKey { side, .. } => (6, "", Some(*side), ""),
        MissingKey { side, record } => (7, "", Some(*side), record.as_str()),
        Broken { side, field, .. } => (8, field.as_str(), Some(*side), ""),
    };
    (&difference.key, rank, field, side, record)
}
