//! Finding the rows that have no equal partner, partition by partition.

use std::io;

use super::partition::{Entry, Partitions};

/// Rows that have to be looked at again.
#[derive(Debug, Default)]
pub(super) struct Suspects {
    /// Places of rows whose key hash is nowhere else: they are on one side only.
    pub(super) single: (Vec<u64>, Vec<u64>),
    /// Rows whose key hash is elsewhere too, and not simply once on each side with equal rows. Rows with the same key
    /// hash lie in one group.
    pub(super) groups: Vec<Group>,
    /// Pairs that are equal.
    pub(super) equal: u64,
}

/// Rows of one partition whose key hashes meet.
#[derive(Debug, Default)]
pub(super) struct Group {
    pub(super) left: Vec<u64>,
    pub(super) right: Vec<u64>,
}

/// Compares the partitions, on some threads.
pub(super) fn probe(mut left: Partitions, mut right: Partitions, threads: usize) -> io::Result<Suspects> {
    let parts = left.len();
    let threads = threads.clamp(1, parts);
    let mut found: Vec<Option<Suspects>> = Vec::new();
    let mut part = 0;
    while part < parts {
        let batch: Vec<(Vec<Entry>, Vec<Entry>)> =
            (part..parts.min(part + threads * 4)).map(|p| Ok((left.take(p)?, right.take(p)?))).collect::<io::Result<_>>()?;
        part += batch.len();
        found.extend(on_threads(&batch, threads));
    }
    let mut all = Suspects::default();
    for one in found.into_iter().flatten() {
        all.single.0.extend(one.single.0);
        all.single.1.extend(one.single.1);
        all.groups.extend(one.groups);
        all.equal += one.equal;
    }
    Ok(all)
}

fn on_threads(batch: &[(Vec<Entry>, Vec<Entry>)], threads: usize) -> Vec<Option<Suspects>> {
    let mut found: Vec<Option<Suspects>> = batch.iter().map(|_| None).collect();
    let share = batch.len().div_ceil(threads).max(1);
    if threads == 1 || batch.len() == 1 {
        let mut table = Table::default();
        found.iter_mut().zip(batch).for_each(|(place, (l, r))| *place = Some(table.probe(l, r)));
        return found;
    }
    std::thread::scope(|scope| {
        for (places, batch) in found.chunks_mut(share).zip(batch.chunks(share)) {
            scope.spawn(move || {
                let mut table = Table::default();
                places.iter_mut().zip(batch).for_each(|(place, (l, r))| *place = Some(table.probe(l, r)));
            });
        }
    });
    found
}

/// An open-addressing table of one partition's left rows; small enough to stay in a core's cache.
#[derive(Default)]
struct Table {
    slots: Vec<u32>,
    flags: Vec<u8>,
}

const NONE: u32 = u32::MAX;
/// An equal row was found on the right.
const MET: u8 = 1;
/// The key hash is not simply once on each side with equal rows.
const SUSPECT: u8 = 2;
/// The key hash is on the right.
const ELSEWHERE: u8 = 4;

impl Table {
    /// The slot that holds the key hash, or the free one where it belongs. Partitions are cut by the upper bits, so the
    /// lower ones choose the slot.
    fn slot(&self, left: &[Entry], key: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = key as usize & mask;
        while self.slots[slot] != NONE && left[self.slots[slot] as usize].key != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn find(&self, left: &[Entry], key: u64) -> Option<usize> {
        let held = self.slots[self.slot(left, key)];
        (held != NONE).then_some(held as usize)
    }

    fn probe(&mut self, left: &[Entry], right: &[Entry]) -> Suspects {
        let mut suspects = Suspects::default();
        let mut group = Group::default();
        self.slots.clear();
        self.slots.resize((left.len() * 2).next_power_of_two().max(2), NONE);
        self.flags.clear();
        self.flags.resize(left.len(), 0);
        for (i, entry) in left.iter().enumerate() {
            let slot = self.slot(left, entry.key);
            match self.slots[slot] {
                NONE => self.slots[slot] = i as u32,
                first => {
                    self.flags[first as usize] |= SUSPECT;
                    group.left.push(entry.place);
                }
            }
        }
        // Rows of the right whose key hash is not on the left; several of them may share one.
        let mut alone: Vec<Entry> = Vec::new();
        for entry in right {
            let Some(i) = self.find(left, entry.key) else {
                alone.push(*entry);
                continue;
            };
            let equal = left[i].row == entry.row && self.flags[i] & ELSEWHERE == 0;
            self.flags[i] |= ELSEWHERE | if equal { MET } else { SUSPECT };
        }
        let mut any_suspect = false;
        for (i, entry) in left.iter().enumerate() {
            let is_first = self.find(left, entry.key) == Some(i);
            match (is_first, self.flags[i]) {
                (false, _) => {}
                (true, 0) => suspects.single.0.push(entry.place),
                (true, flags) if flags & SUSPECT == 0 => suspects.equal += 1,
                _ => {
                    any_suspect = true;
                    group.left.push(entry.place);
                }
            }
        }
        if any_suspect {
            let suspect = |entry: &&Entry| self.find(left, entry.key).is_some_and(|i| self.flags[i] & SUSPECT != 0);
            group.right.extend(right.iter().filter(suspect).map(|e| e.place));
        }
        alone.sort_unstable_by_key(|e| (e.key, e.place));
        for same in alone.chunk_by(|a, b| a.key == b.key) {
            match same {
                [one] => suspects.single.1.push(one.place),
                several => group.right.extend(several.iter().map(|e| e.place)),
            }
        }
        if !group.left.is_empty() || !group.right.is_empty() {
            suspects.groups.push(group);
        }
        suspects
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: u64, row: u64, place: u64) -> Entry {
        Entry { key, row, place }
    }

    #[test]
    fn only_rows_without_an_equal_partner_are_suspect() {
        let left = [entry(1, 1, 10), entry(2, 2, 20), entry(3, 3, 30), entry(4, 4, 40), entry(4, 4, 41), entry(6, 6, 60)];
        let right = [
            entry(1, 1, 11),
            entry(2, 9, 21),
            entry(5, 5, 51),
            entry(4, 4, 42),
            entry(6, 6, 61),
            entry(6, 6, 62),
            entry(7, 7, 71),
            entry(7, 7, 72),
        ];
        let found = Table::default().probe(&left, &right);
        assert_eq!(found.equal, 1);
        assert_eq!(found.single, (vec![30], vec![51]));
        let mut group = found.groups.into_iter().next().expect("one group");
        group.left.sort_unstable();
        group.right.sort_unstable();
        assert_eq!((group.left, group.right), (vec![20, 40, 41, 60], vec![21, 42, 61, 62, 71, 72]));
    }

    #[test]
    fn one_side_may_have_nothing_in_a_partition() {
        assert_eq!(Table::default().probe(&[], &[entry(1, 1, 1)]).single, (vec![], vec![1]));
        assert_eq!(Table::default().probe(&[entry(1, 1, 1)], &[]).single, (vec![1], vec![]));
    }
}
