//! Cells as SQLite's values.

use super::function::moment;
use crate::value::{CellRef, State, Type};

/// A cell as SQLite holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound<'c> {
    Null,
    Integer(i64),
    Text(&'c str),
}

impl<'c> Bound<'c> {
    /// Cells that are absent, null or empty are null; an empty list has no items. An invalid or unresolved cell is an error.
    pub(super) fn of(cell: CellRef<'c>, kind: Type, list: bool) -> Result<Self, String> {
        Ok(match kind {
            _ if cell.state.is_broken() => return Err(format!("`{}` cannot be read as its type", cell.text)),
            // An empty cell of a list is a list of no items: no role may book, which is known and not null.
            _ if list && cell.state == State::Empty => Self::Text("[]"),
            _ if cell.state != State::Value => Self::Null,
            _ if list => Self::Text(cell.text),
            Type::Integer => Self::Integer(cell.text.parse().map_err(|_| format!("`{}` is no whole number of 64 bits", cell.text))?),
            Type::Boolean => Self::Integer(i64::from(cell.text == "true")),
            Type::Datetime => Self::Text(moment::sortable(cell.text)),
            _ => Self::Text(cell.text),
        })
    }
}
