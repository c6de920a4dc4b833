//! Keys and records as stored: byte tuples that sort the same on every machine.

use serde::{Deserialize, Serialize};

/// Rung number of a row that has no key: a part was missing on every rung.
pub const NO_KEY: u8 = 0xFF;

/// A business key: which rung of the ladder it comes from, and its parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    /// Rung of the dataset's ladder, from 0; [`NO_KEY`] when no rung was complete.
    pub rung: u8,
    /// The key's parts, in the rung's column order (normalised as the system definition says).
    pub parts: Vec<String>,
}

impl Key {
    /// A key of the first rung.
    pub fn new<S: Into<String>>(parts: impl IntoIterator<Item = S>) -> Self {
        Self { rung: 0, parts: parts.into_iter().map(Into::into).collect() }
    }

    /// The bytes that sort as the tuple (rung, parts…) sorts: a zero byte within a part becomes `00 FF`, a part ends with `00 00`.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1 + self.parts.iter().map(|p| p.len() + 2).sum::<usize>());
        out.push(self.rung);
        for part in &self.parts {
            push_part(&mut out, part.as_bytes());
        }
        out
    }

    /// Reads what [`Key::to_bytes`] wrote; `None` when the bytes are none of its making.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&rung, mut rest) = bytes.split_first()?;
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let mut part = Vec::new();
            loop {
                let zero = rest.iter().position(|b| *b == 0)?;
                part.extend_from_slice(&rest[..zero]);
                let mark = *rest.get(zero + 1)?;
                rest = &rest[zero + 2..];
                match mark {
                    0 => break,
                    0xFF => part.push(0),
                    _ => return None,
                }
            }
            parts.push(String::from_utf8(part).ok()?);
        }
        Some(Self { rung, parts })
    }
}

/// Appends one key part in sortable form; see [`Key::to_bytes`].
pub fn push_part(out: &mut Vec<u8>, part: &[u8]) {
    for &b in part {
        out.push(b);
        if b == 0 {
            out.push(0xFF);
        }
    }
    out.extend_from_slice(&[0, 0]);
}

impl std::fmt::Display for Key {
    /// Parts joined by ` | `, as people write them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, part) in self.parts.iter().enumerate() {
            if i > 0 {
                f.write_str(" | ")?;
            }
            f.write_str(part)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bytes_round_trip_and_sort_as_the_tuple(a in proptest::collection::vec(".*", 0..4), b in proptest::collection::vec(".*", 0..4), ra in 0u8..3, rb in 0u8..3) {
            let (a, b) = (Key { rung: ra, parts: a }, Key { rung: rb, parts: b });
            prop_assert_eq!(Key::from_bytes(&a.to_bytes()), Some(a.clone()));
            prop_assert_eq!(a.to_bytes().cmp(&b.to_bytes()), a.cmp(&b));
        }
    }
}
