//! References: a surrogate id means nothing outside its system, so it is stored as the key of the row it points at.

use std::collections::HashMap;
use std::sync::Arc;

use crate::value::{Cell, Key, ListKind, State};

/// Surrogate id -> key as people write it. Where the system keeps no id, rows are referred to by their key.
#[derive(Debug, Default)]
pub(super) struct Ids {
    /// `None`: rows of different keys have this id.
    keys: HashMap<Box<str>, Option<Box<str>>>,
}

impl Ids {
    /// Takes one row of the dataset that is referred to; one without a key cannot be referred to.
    pub(super) fn insert(&mut self, id: Option<&str>, has_id: bool, key: &[u8]) {
        let Some(key) = Key::from_bytes(key).filter(|k| !k.parts.is_empty()).map(|k| k.to_string()) else { return };
        let Some(id) = (if has_id { id } else { Some(key.as_str()) }) else { return };
        match self.keys.get_mut(id) {
            Some(known) if known.as_deref() != Some(&key) => *known = None,
            Some(_) => {}
            None => {
                self.keys.insert(id.into(), Some(key.into()));
            }
        }
    }

    fn key(&self, id: &str) -> Option<&str> {
        self.keys.get(id)?.as_deref()
    }
}

/// What is known of a dataset that a column refers to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// All its rows.
    Read(Arc<Ids>),
    /// Not read: the column that refers to it cannot be either.
    Unread(String),
}

impl Target {
    /// Replaces the id (or ids) in a cell by keys.
    pub(super) fn resolve(&self, cell: &mut Cell, list: Option<ListKind>) {
        if cell.state != State::Value {
            return;
        }
        let Self::Read(ids) = self else {
            cell.state = State::Unresolved;
            return;
        };
        let keys = match list {
            None => ids.key(&cell.text).map(str::to_owned),
            Some(list) => keys_of(ids, &cell.text, list),
        };
        match keys {
            Some(keys) => cell.text = keys,
            None => cell.state = State::Unresolved,
        }
    }
}

/// A list of ids as the list of their keys; `None` when one of them is not known.
fn keys_of(ids: &Ids, text: &str, list: ListKind) -> Option<String> {
    let items: Vec<String> = serde_json::from_str(text).ok()?;
    let mut keys = items.iter().map(|id| ids.key(id)).collect::<Option<Vec<_>>>()?;
    if list == ListKind::Set {
        keys.sort_unstable();
        keys.dedup();
    }
    serde_json::to_string(&keys).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> Target {
        let mut ids = Ids::default();
        ids.insert(Some("1"), true, &Key::new(["Ward A", "RGH"]).to_bytes());
        ids.insert(Some("2"), true, &Key::new(["Ward B"]).to_bytes());
        ids.insert(Some("3"), true, &Key::new(["x"]).to_bytes());
        ids.insert(Some("3"), true, &Key::new(["y"]).to_bytes());
        ids.insert(None, true, &Key::new(["z"]).to_bytes());
        Target::Read(Arc::new(ids))
    }

    fn resolved(mut cell: Cell, list: Option<ListKind>) -> Cell {
        ids().resolve(&mut cell, list);
        cell
    }

    #[test]
    fn an_id_becomes_the_key_it_stands_for() {
        assert_eq!(resolved(Cell::value("1"), None), Cell::value("Ward A | RGH"));
        assert_eq!(resolved(Cell::none(State::Null), None), Cell::none(State::Null));
    }

    #[test]
    fn an_unknown_or_ambiguous_id_stays_raw_and_unresolved() {
        for id in ["9", "3", "z"] {
            assert_eq!(resolved(Cell::value(id), None), Cell { state: State::Unresolved, text: id.into() });
        }
    }

    #[test]
    fn a_list_resolves_item_by_item() {
        assert_eq!(resolved(Cell::value(r#"["2","1"]"#), Some(ListKind::Ordered)), Cell::value(r#"["Ward B","Ward A | RGH"]"#));
        assert_eq!(resolved(Cell::value(r#"["2","1"]"#), Some(ListKind::Set)), Cell::value(r#"["Ward A | RGH","Ward B"]"#));
        assert_eq!(resolved(Cell::value(r#"["2","9"]"#), Some(ListKind::Set)).state, State::Unresolved);
    }

    #[test]
    fn a_dataset_without_ids_is_referred_to_by_key() {
        let mut ids = Ids::default();
        ids.insert(None, false, &Key::new(["CARD"]).to_bytes());
        let mut cell = Cell::value("CARD");
        Target::Read(Arc::new(ids)).resolve(&mut cell, None);
        assert_eq!(cell, Cell::value("CARD"));
    }
}
