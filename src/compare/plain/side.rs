//! What a plain comparison asks of a file, whatever its format.

use crate::compare::difference::FieldDifference;

use super::PlainError;
use super::partition::Entry;

/// A row as the first pass sees it.
pub(super) enum Scanned {
    /// With a key.
    Keyed(Entry),
    /// Without one: its place.
    Keyless(u64),
}

/// A row read again.
pub(super) struct Row<C> {
    /// Key bytes ([`crate::value::Key::to_bytes`]).
    pub(super) key: Vec<u8>,
    pub(super) cells: C,
}

/// One file.
pub(super) trait Source: Sync {
    /// The compared cells of a row.
    type Cells;

    /// The path as it is shown.
    fn shown(&self) -> &str;

    /// Size of the file.
    fn bytes(&self) -> u64;

    /// Reads the whole file once and tells every row.
    fn scan(&self, tell: &mut dyn FnMut(Scanned) -> Result<(), PlainError>) -> Result<(), PlainError>;

    /// Reads the keys of the rows at these ascending places.
    fn keys(&self, places: &[u64], tell: &mut dyn FnMut(&[u8])) -> Result<(), PlainError>;

    /// Reads the rows at these ascending places.
    fn rows(&self, places: &[u64], tell: &mut dyn FnMut(Row<Self::Cells>)) -> Result<(), PlainError>;

    /// Rows without a key, in words.
    fn in_words(&self, places: &[u64], tell: &mut dyn FnMut(String)) -> Result<(), PlainError>;

    /// The fields that differ between a row of this file and one of the other.
    fn differences(&self, left: &Self::Cells, right: &Self::Cells) -> Vec<FieldDifference>;
}
