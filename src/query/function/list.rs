//! Cells that hold several values: a JSON array of canonical texts.

use std::fmt;

use rusqlite::{Connection, Result};
use serde::Deserializer;
use serde::de::{DeserializeSeed, SeqAccess, Visitor};

use super::{add, error, text_of};

pub(super) fn register(connection: &Connection) -> Result<()> {
    add(connection, "list_has", 2, |c| {
        let Some((list, wanted)) = text_of(c, 0)?.zip(text_of(c, 1)?) else { return Ok(None) };
        Ok(Some(scan(list, wanted)?.1))
    })?;
    add(connection, "list_items", 1, |c| text_of(c, 0)?.map(|list| Ok(scan(list, "")?.0)).transpose())
}

/// How many items, and whether the wanted one is among them.
fn scan(list: &str, wanted: &str) -> Result<(i64, bool)> {
    let mut reader = serde_json::Deserializer::from_str(list);
    reader.deserialize_seq(Items { wanted }).map_err(|_| error(format!("`{list}` is no list")))
}

struct Items<'w> {
    wanted: &'w str,
}

impl<'de> Visitor<'de> for Items<'_> {
    type Value = (i64, bool);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of texts")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Self::Value, A::Error> {
        let (mut count, mut found) = (0, false);
        while let Some(equal) = items.next_element_seed(Item { wanted: self.wanted })? {
            count += 1;
            found |= equal;
        }
        Ok((count, found))
    }
}

/// One item, compared where it stands.
struct Item<'w> {
    wanted: &'w str,
}

impl<'de> DeserializeSeed<'de> for Item<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<bool, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Item<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, item: &str) -> std::result::Result<bool, E> {
        Ok(item == self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_counted_and_compared_whole() {
        assert_eq!(scan(r#"["clerk","nurse \"in charge\""]"#, "clerk").unwrap(), (2, true));
        assert_eq!(scan(r#"["clerk","nurse \"in charge\""]"#, "nurse \"in charge\"").unwrap(), (2, true));
        assert_eq!(scan(r#"["clerks"]"#, "clerk").unwrap(), (1, false));
        assert_eq!(scan("[]", "").unwrap(), (0, false));
        assert!(scan("clerk", "clerk").is_err());
    }
}
