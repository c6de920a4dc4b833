//! Records of one side that found no partner by key, packed tightly: there may be as many as rows.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// The content digest of a record that cannot be recognised by its content: it has none, or a cell of it is broken.
pub(super) const NO_CONTENT: u128 = 0;

/// Leftovers of one side, in key order.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    keys: Vec<u8>,
    rows: Vec<Leftover>,
}

#[derive(Debug)]
struct Leftover {
    key_ends: usize,
    index: u64,
    content: u128,
}

impl Leftovers {
    pub(super) fn push(&mut self, key: &[u8], index: u64, content: u128) {
        self.keys.extend_from_slice(key);
        self.rows.push(Leftover { key_ends: self.keys.len(), index, content });
    }

    /// Puts the rows into key order again, after some came late.
    pub(super) fn sort(&mut self) {
        let ascending = self.rows.windows(2).all(|w| w[0].index < w[1].index);
        if ascending {
            return;
        }
        // The order of indexes is the order of keys.
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_unstable_by_key(|i| self.rows[*i].index);
        let mut sorted = Self::default();
        for i in order {
            sorted.push(self.key(i), self.rows[i].index, self.rows[i].content);
        }
        *self = sorted;
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn key(&self, i: usize) -> &[u8] {
        let start = i.checked_sub(1).map_or(0, |before| self.rows[before].key_ends);
        &self.keys[start..self.rows[i].key_ends]
    }

    /// Index in the dataset.
    pub(super) fn index(&self, i: usize) -> u64 {
        self.rows[i].index
    }

    /// Indexes of all in the dataset, in their order.
    pub(super) fn indexes(&self) -> Vec<u64> {
        self.rows.iter().map(|row| row.index).collect()
    }

    /// Digest of what the record says besides its key, or [`NO_CONTENT`].
    pub(super) fn content(&self, i: usize) -> u128 {
        self.rows[i].content
    }
}

/// Pairs of digests that occur exactly once on either side, by position; sorted by the left one.
pub(super) fn unique_matches(mut left: Vec<(u128, usize)>, mut right: Vec<(u128, usize)>) -> Vec<(usize, usize)> {
    left.sort_unstable();
    right.sort_unstable();
    let (mut pairs, mut l, mut r) = (Vec::new(), 0, 0);
    while l < left.len() && r < right.len() {
        let (a, b) = (left[l].0, right[r].0);
        let lowest = a.min(b);
        let alike = |side: &[(u128, usize)], from: usize| side[from..].iter().take_while(|(d, _)| *d == lowest).count();
        let (on_left, on_right) = (alike(&left, l), alike(&right, r));
        if on_left == 1 && on_right == 1 {
            pairs.push((left[l].1, right[r].1));
        }
        l += on_left;
        r += on_right;
    }
    pairs.sort_unstable();
    pairs
}

/// A map by digest. The digest is its own hash: it is uniform already.
pub(super) type DigestMap<V> = HashMap<u128, V, BuildHasherDefault<DigestHasher>>;

/// Takes the low half of a digest for the hash.
#[derive(Default)]
pub(super) struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for b in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*b);
        }
    }

    fn write_u128(&mut self, digest: u128) {
        self.0 = digest as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_unique_on_both_sides_matches() {
        let left = vec![(5, 0), (7, 1), (7, 2), (9, 3), (11, 4)];
        let right = vec![(11, 0), (9, 1), (9, 2), (7, 3), (5, 4)];
        assert_eq!(unique_matches(left, right), [(0, 4), (4, 0)]);
    }

    #[test]
    fn leftovers_that_came_late_are_put_in_their_place() {
        let mut leftovers = Leftovers::default();
        leftovers.push(b"b", 3, 1);
        leftovers.push(b"a", 1, 2);
        leftovers.sort();
        assert_eq!((leftovers.key(0), leftovers.index(0), leftovers.content(0)), (b"a".as_slice(), 1, 2));
        assert_eq!((leftovers.key(1), leftovers.index(1)), (b"b".as_slice(), 3));
    }
}
