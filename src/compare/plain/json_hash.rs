//! Hashes of JSON values that are equal for equal values, without building them: members in any order, 1.0 as 1.

use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::value::canonical_json;

/// Under `arbitrary_precision` serde_json gives a number as a map with this one member, whose value is its text.
const NUMBER: &str = "$serde_json::private::Number";

const NULL: u64 = 0x6e75_6c6c;
const TRUE: u64 = 0x7472_7565;
const FALSE: u64 = 0x6661_6c73;
const TEXT: u64 = 1;
const NUMERIC: u64 = 2;
const ARRAY: u64 = 3;
const OBJECT: u64 = 4;

/// Hashes one value.
pub(super) struct ValueHash<'s> {
    /// Hashes of the items of arrays under way; shared, so that an array costs no allocation.
    pub(super) stack: &'s mut Vec<u64>,
    pub(super) unordered: bool,
}

/// Hash of a member: the sum of these does not depend on their order.
pub(super) fn member(name: &str, value: u64) -> u64 {
    xxh3_64_with_seed(name.as_bytes(), value)
}

/// Notes a member's name above `base`; an error when the object has it already, since readers disagree on which one counts.
pub(super) fn once<E: serde::de::Error>(stack: &mut Vec<u64>, base: usize, name: &str) -> Result<(), E> {
    let hash = xxh3_64_with_seed(name.as_bytes(), OBJECT);
    if stack[base..].contains(&hash) {
        return Err(E::custom(format!("the member `{name}` is there twice")));
    }
    stack.push(hash);
    Ok(())
}

impl<'de> DeserializeSeed<'de> for ValueHash<'_> {
    type Value = u64;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u64, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueHash<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<u64, E> {
        Ok(NULL)
    }

    fn visit_bool<E>(self, value: bool) -> Result<u64, E> {
        Ok(if value { TRUE } else { FALSE })
    }

    fn visit_i64<E>(self, number: i64) -> Result<u64, E> {
        Ok(whole(number))
    }

    fn visit_u64<E>(self, n: u64) -> Result<u64, E> {
        Ok(i64::try_from(n).map_or_else(|_| number(&n.to_string()), whole))
    }

    fn visit_f64<E>(self, n: f64) -> Result<u64, E> {
        Ok(number(&n.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<u64, E> {
        Ok(xxh3_64_with_seed(text.as_bytes(), TEXT))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<u64, A::Error> {
        let base = self.stack.len();
        while let Some(item) = items.next_element_seed(ValueHash { stack: &mut *self.stack, unordered: self.unordered })? {
            self.stack.push(item);
        }
        let own = &mut self.stack[base..];
        let mut hash = ARRAY;
        if self.unordered {
            own.sort_unstable();
        }
        let mut before = None;
        for item in own.iter().filter(|item| !self.unordered || before.replace(**item) != Some(**item)) {
            hash = xxh3_64_with_seed(&item.to_le_bytes(), hash);
        }
        self.stack.truncate(base);
        Ok(hash)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<u64, A::Error> {
        let mut sum = OBJECT;
        let mut count = 0u64;
        let base = self.stack.len();
        while let Some(name) = members.next_key_seed(Text)? {
            if count == 0 && name == NUMBER {
                return Ok(number(&members.next_value_seed(Text)?));
            }
            once(self.stack, base, &name)?;
            let value = members.next_value_seed(ValueHash { stack: &mut *self.stack, unordered: self.unordered })?;
            sum = sum.wrapping_add(member(&name, value));
            count += 1;
        }
        self.stack.truncate(base);
        Ok(xxh3_64_with_seed(&sum.to_le_bytes(), count))
    }
}

/// Whole numbers of 64 bits are hashed as such, all others by their canonical text.
fn number(text: &str) -> u64 {
    let canonical = match text.parse::<serde_json::Number>() {
        Ok(number) => canonical_json(&serde_json::Value::Number(number)),
        Err(_) => text.to_owned(),
    };
    canonical.parse().map_or_else(|_| xxh3_64_with_seed(canonical.as_bytes(), NUMERIC), whole)
}

fn whole(number: i64) -> u64 {
    xxh3_64_with_seed(&number.to_le_bytes(), NUMERIC)
}

/// A text, borrowed from the document where it needs no unescaping.
pub(super) struct Text;

impl<'de> DeserializeSeed<'de> for Text {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Text {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(text: &str, unordered: bool) -> u64 {
        let mut stack = Vec::new();
        let hash = ValueHash { stack: &mut stack, unordered }.deserialize(&mut serde_json::Deserializer::from_str(text)).expect("JSON");
        assert!(stack.is_empty());
        hash
    }

    #[test]
    fn equal_values_have_equal_hashes_and_others_do_not() {
        let same = [(r#"{"a":1,"b":[1.0,2]}"#, r#"{ "b": [1, 2.00], "a": 1e0 }"#), ("-0", "0"), (r#""\u0041""#, r#""A""#)];
        for (a, b) in same {
            assert_eq!(hash(a, false), hash(b, false), "{a} {b}");
        }
        let different =
            ["null", "true", "false", "0", "\"0\"", "[]", "{}", "[0]", "[[0]]", "[0,0]", r#"{"0":0}"#, "\"\"", "[1,2]", "[2,1]"];
        let hashes: std::collections::BTreeSet<u64> = different.iter().map(|t| hash(t, false)).collect();
        assert_eq!(hashes.len(), different.len());
    }

    #[test]
    fn unordered_arrays_are_sets_at_every_depth() {
        assert_eq!(hash("[[1,2],3,3]", true), hash("[3,[2,1,1]]", true));
        assert_ne!(hash("[[1,2],3]", true), hash("[[1],2,3]", true));
    }
}
