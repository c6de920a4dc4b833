//! Rows' numbers, partitioned by key hash, in memory up to a budget and in temporary files beyond it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

use super::PlainOptions;

/// What is kept of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Hash of the key.
    pub(super) key: u64,
    /// Hash of the key and of what is compared.
    pub(super) row: u64,
    /// Place in the file.
    pub(super) place: u64,
}

const ENTRY_BYTES: usize = 24;

/// Rows that a partition should hold on a side, so that both sides of one fit a core's cache.
const ROWS_PER_PARTITION: u64 = 16_384;

/// A row is assumed to have at least this many bytes when partitions are planned.
const BYTES_PER_ROW: u64 = 96;

/// All rows of one file.
pub(super) struct Partitions {
    parts: Vec<Vec<Entry>>,
    shift: u32,
    held: usize,
    most: usize,
    spill: Option<Spill>,
    folder: Option<PathBuf>,
}

/// What went to a temporary file: runs of entries per partition.
struct Spill {
    file: File,
    end: u64,
    runs: Vec<Vec<(u64, usize)>>,
}

/// How many partitions both files are cut into: a power of two, by the size of the larger file.
fn bits(bytes: u64) -> u32 {
    let rows = bytes / BYTES_PER_ROW;
    (rows / ROWS_PER_PARTITION).max(1).next_power_of_two().trailing_zeros().min(10)
}

impl Partitions {
    /// `bytes` is the size of the larger of the two files.
    pub(super) fn new(bytes: u64, options: &PlainOptions) -> Self {
        let bits = bits(bytes);
        Self {
            parts: vec![Vec::new(); 1 << bits],
            shift: 64 - bits,
            held: 0,
            most: (options.memory / 2 / ENTRY_BYTES).max(1024),
            spill: None,
            folder: options.temporary.clone(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    pub(super) fn push(&mut self, entry: Entry) -> io::Result<()> {
        // A shift by 64 is none: with one partition all is in the first.
        let part = entry.key.checked_shr(self.shift).unwrap_or(0) as usize;
        self.parts[part].push(entry);
        self.held += 1;
        if self.held >= self.most { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        let mut spill = match self.spill.take() {
            Some(spill) => spill,
            None => {
                let file = match &self.folder {
                    Some(folder) => tempfile::tempfile_in(folder)?,
                    None => tempfile::tempfile()?,
                };
                Spill { file, end: 0, runs: vec![Vec::new(); self.parts.len()] }
            }
        };
        let mut bytes = Vec::new();
        for (part, runs) in self.parts.iter_mut().zip(&mut spill.runs).filter(|(part, _)| !part.is_empty()) {
            bytes.clear();
            for entry in part.iter() {
                for number in [entry.key, entry.row, entry.place] {
                    bytes.extend_from_slice(&number.to_le_bytes());
                }
            }
            spill.file.write_all(&bytes)?;
            runs.push((spill.end, part.len()));
            spill.end += bytes.len() as u64;
            part.clear();
        }
        self.held = 0;
        self.spill = Some(spill);
        Ok(())
    }

    /// Takes the entries of one partition.
    pub(super) fn take(&mut self, part: usize) -> io::Result<Vec<Entry>> {
        let mut entries = std::mem::take(&mut self.parts[part]);
        if let Some(spill) = &mut self.spill {
            let mut bytes = Vec::new();
            for (start, rows) in std::mem::take(&mut spill.runs[part]) {
                bytes.resize(rows * ENTRY_BYTES, 0);
                spill.file.seek(SeekFrom::Start(start))?;
                spill.file.read_exact(&mut bytes)?;
                entries.extend(bytes.chunks_exact(ENTRY_BYTES).map(|b| Entry {
                    key: number(b, 0),
                    row: number(b, 8),
                    place: number(b, 16),
                }));
            }
        }
        Ok(entries)
    }
}

fn number(bytes: &[u8], at: usize) -> u64 {
    bytes[at..at + 8].iter().rev().fold(0, |n, b| n << 8 | u64::from(*b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_spilled_comes_back() {
        let options = PlainOptions { memory: 1, ..PlainOptions::new(["k"]) };
        let mut partitions = Partitions::new(200 * ROWS_PER_PARTITION * BYTES_PER_ROW, &options);
        assert_eq!(partitions.len(), 256);
        let entry = |n: u64| Entry { key: n.wrapping_mul(0x9E37_79B9_7F4A_7C15), row: n, place: n << 40 };
        (0..5_000).for_each(|n| partitions.push(entry(n)).expect("room for a small file"));
        let mut back: Vec<Entry> = (0..partitions.len()).flat_map(|p| partitions.take(p).expect("what was written")).collect();
        back.sort_by_key(|e| e.row);
        assert_eq!(back, (0..5_000).map(entry).collect::<Vec<_>>());
    }

    #[test]
    fn a_small_file_is_one_partition() {
        let mut one = Partitions::new(10, &PlainOptions::new(["k"]));
        let entry = Entry { key: u64::MAX, row: 1, place: 0 };
        one.push(entry).expect("in memory");
        assert_eq!((one.len(), one.take(0).expect("in memory")), (1, vec![entry]));
    }
}
