//! Values, cells and keys in their one normal form: what every stage speaks.

mod cell;
mod key;
mod moment;
mod number;
mod source_entry;
mod typing;

pub use cell::{Cell, CellRef, ListKind, State, Type};
pub use key::{Key, NO_KEY, push_part};
pub(crate) use number::{decimal, thousands};
pub use source_entry::SourceEntry;
pub use typing::{Moments, Raw, Truth, canonical_json, cell};
