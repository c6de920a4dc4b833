//! External sort of encoded rows by key bytes, then hash, then body, within a memory budget. Runs that do not fit are
//! spilled to anonymous temporary files and merged; the order does not depend on the budget, because it is total.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Runs that are merged into one before another is added: keeps the number of open files small.
const MOST_RUNS: usize = 64;
const HEADER: usize = 8;
const HASH: usize = 16;

/// Takes rows in any order.
pub(super) struct Sorter {
    folder: PathBuf,
    budget: usize,
    arena: Vec<u8>,
    index: Vec<(u64, usize)>,
    runs: Vec<File>,
}

/// A row in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sorted<'a> {
    pub(super) key: &'a [u8],
    pub(super) hash: [u8; HASH],
    pub(super) body: &'a [u8],
}

impl Sorter {
    /// Spills below `folder` whatever goes beyond `budget` bytes.
    pub(super) fn new(folder: &Path, budget: usize) -> Self {
        Self { folder: folder.to_owned(), budget, arena: Vec::new(), index: Vec::new(), runs: Vec::new() }
    }

    /// Takes one row.
    pub(super) fn push(&mut self, key: &[u8], hash: u128, body: &[u8]) -> io::Result<()> {
        let used = self.arena.len() + self.index.len() * size_of::<(u64, usize)>();
        if !self.index.is_empty() && used + HEADER + key.len() + HASH + body.len() > self.budget {
            self.spill()?;
        }
        let too_long = |_| io::Error::other("a row is too long for a snapshot");
        let (key_length, body_length) = (u32::try_from(key.len()).map_err(too_long)?, u32::try_from(body.len()).map_err(too_long)?);
        self.index.push((0, self.arena.len()));
        self.arena.extend_from_slice(&key_length.to_le_bytes());
        self.arena.extend_from_slice(&body_length.to_le_bytes());
        self.arena.extend_from_slice(key);
        self.arena.extend_from_slice(&hash.to_be_bytes());
        self.arena.extend_from_slice(body);
        Ok(())
    }

    /// Gives every row to `sink` in order.
    pub(super) fn drain<E: From<io::Error>>(mut self, mut sink: impl FnMut(Sorted<'_>) -> Result<(), E>) -> Result<(), E> {
        if self.runs.is_empty() {
            self.sort();
            for (_, at) in &self.index {
                sink(record(&self.arena[*at..])?.row())?;
            }
            return Ok(());
        }
        self.spill()?;
        merge(std::mem::take(&mut self.runs), sink)
    }

    fn sort(&mut self) {
        let arena = &self.arena;
        // Keys of one dataset begin alike; the first bytes in which they differ decide most comparisons without a look at the row.
        let common = self.index.split_first().map_or(0, |((_, first), others)| {
            let first = key_at(arena, *first);
            others.iter().fold(first.len(), |n, (_, at)| first[..n].iter().zip(key_at(arena, *at)).take_while(|(a, b)| a == b).count())
        });
        for (prefix, at) in &mut self.index {
            let mut eight = [0; 8];
            let key = &key_at(arena, *at)[common..];
            let n = key.len().min(8);
            eight[..n].copy_from_slice(&key[..n]);
            *prefix = u64::from_be_bytes(eight);
        }
        self.index.sort_unstable_by(|(p, a), (q, b)| p.cmp(q).then_with(|| compare(&arena[*a..], &arena[*b..])));
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.index.is_empty() {
            return Ok(());
        }
        self.sort();
        let mut out = BufWriter::with_capacity(1 << 16, tempfile::tempfile_in(&self.folder)?);
        for (_, at) in &self.index {
            out.write_all(record(&self.arena[*at..])?.bytes)?;
        }
        self.arena.clear();
        self.index.clear();
        self.runs.push(out.into_inner().map_err(io::IntoInnerError::into_error)?);
        if self.runs.len() == MOST_RUNS {
            let mut out = BufWriter::with_capacity(1 << 16, tempfile::tempfile_in(&self.folder)?);
            merge(std::mem::take(&mut self.runs), |row| {
                out.write_all(&(row.key.len() as u32).to_le_bytes())?;
                out.write_all(&(row.body.len() as u32).to_le_bytes())?;
                [row.key, &row.hash, row.body].iter().try_for_each(|part| out.write_all(part))
            })?;
            self.runs.push(out.into_inner().map_err(io::IntoInnerError::into_error)?);
        }
        Ok(())
    }
}

struct Record<'a> {
    bytes: &'a [u8],
    key: usize,
}

impl<'a> Record<'a> {
    fn row(&self) -> Sorted<'a> {
        let (key, rest) = self.bytes[HEADER..].split_at(self.key);
        let mut hash = [0; HASH];
        hash.copy_from_slice(&rest[..HASH]);
        Sorted { key, hash, body: &rest[HASH..] }
    }
}

fn lengths(head: &[u8]) -> (usize, usize) {
    let n = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
    (n(0), n(4))
}

fn record(bytes: &[u8]) -> io::Result<Record<'_>> {
    let (key, body) = lengths(bytes);
    let bytes = bytes.get(..HEADER + key + HASH + body);
    Ok(Record { bytes: bytes.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))?, key })
}

fn key_at(arena: &[u8], at: usize) -> &[u8] {
    let (key, _) = lengths(&arena[at..]);
    &arena[at + HEADER..at + HEADER + key]
}

/// Order of two encoded rows: key, then hash, then body.
fn compare(a: &[u8], b: &[u8]) -> Ordering {
    let ((key_a, body_a), (key_b, body_b)) = (lengths(a), lengths(b));
    let (a, b) = (&a[HEADER..], &b[HEADER..]);
    a[..key_a].cmp(&b[..key_b]).then_with(|| a[key_a..key_a + HASH + body_a].cmp(&b[key_b..key_b + HASH + body_b]))
}

/// The next row of one run.
struct Head {
    bytes: Vec<u8>,
    run: usize,
}

impl Head {
    fn fill(&mut self, run: &mut impl Read) -> io::Result<bool> {
        self.bytes.resize(HEADER, 0);
        if run.read(&mut self.bytes[..1])? == 0 {
            return Ok(false);
        }
        run.read_exact(&mut self.bytes[1..])?;
        let (key, body) = lengths(&self.bytes);
        self.bytes.resize(HEADER + key + HASH + body, 0);
        run.read_exact(&mut self.bytes[HEADER..])?;
        Ok(true)
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.bytes, &other.bytes).then(self.run.cmp(&other.run))
    }
}
impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}
impl Eq for Head {}

fn merge<E: From<io::Error>>(runs: Vec<File>, mut sink: impl FnMut(Sorted<'_>) -> Result<(), E>) -> Result<(), E> {
    let mut readers = Vec::with_capacity(runs.len());
    let mut heads = BinaryHeap::with_capacity(runs.len());
    for (run, mut file) in runs.into_iter().enumerate() {
        file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::with_capacity(1 << 16, file);
        let mut head = Head { bytes: Vec::new(), run };
        if head.fill(&mut reader)? {
            heads.push(Reverse(head));
        }
        readers.push(reader);
    }
    while let Some(Reverse(mut head)) = heads.pop() {
        sink(record(&head.bytes)?.row())?;
        if head.fill(&mut readers[head.run])? {
            heads.push(Reverse(head));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Row = (Vec<u8>, u128, Vec<u8>);

    fn sorted(rows: &[Row], budget: usize) -> Vec<Row> {
        let folder = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::new(folder.path(), budget);
        for (key, hash, body) in rows {
            sorter.push(key, *hash, body).unwrap();
        }
        let mut out = Vec::new();
        sorter
            .drain(|row| {
                out.push((row.key.to_vec(), u128::from_be_bytes(row.hash), row.body.to_vec()));
                Ok::<_, io::Error>(())
            })
            .unwrap();
        out
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_budget_gives_the_order_of_the_tuple(
            rows in proptest::collection::vec((proptest::collection::vec(0u8..3, 0..12), 0u128..3, proptest::collection::vec(any::<u8>(), 0..4)), 0..200),
            budget in 1usize..4000,
        ) {
            let mut expected = rows.clone();
            expected.sort();
            prop_assert_eq!(&sorted(&rows, budget), &expected);
            prop_assert_eq!(&sorted(&rows, usize::MAX), &expected);
        }
    }

    #[test]
    fn more_runs_than_open_files_are_merged_on_the_way() {
        let rows: Vec<Row> = (0..500u32).map(|n| ((n * 7919 % 500).to_be_bytes().to_vec(), 0, vec![])).collect();
        let mut expected = rows.clone();
        expected.sort();
        assert_eq!(sorted(&rows, 1), expected);
    }
}
