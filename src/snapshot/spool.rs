//! Rows in the order they were read, kept until what they refer to is known: in memory while they are few, on disk after.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// Rows as bytes, written once and read several times.
pub(super) struct Spool {
    folder: PathBuf,
    budget: usize,
    memory: Vec<u8>,
    disk: Option<BufWriter<File>>,
    rows: u64,
}

impl Spool {
    /// Goes to an anonymous temporary file below `folder` beyond `budget` bytes.
    pub(super) fn new(folder: &Path, budget: usize) -> Self {
        Self { folder: folder.to_owned(), budget, memory: Vec::new(), disk: None, rows: 0 }
    }

    /// Rows so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes one row.
    pub(super) fn push(&mut self, row: &[u8]) -> io::Result<()> {
        let length = u32::try_from(row.len()).map_err(|_| io::Error::other("a row is too long for a snapshot"))?.to_le_bytes();
        self.rows += 1;
        if self.disk.is_none() && self.memory.len() + length.len() + row.len() > self.budget {
            let mut disk = BufWriter::with_capacity(1 << 16, tempfile::tempfile_in(&self.folder)?);
            disk.write_all(&self.memory)?;
            self.memory = Vec::new();
            self.disk = Some(disk);
        }
        match &mut self.disk {
            Some(disk) => {
                disk.write_all(&length)?;
                disk.write_all(row)
            }
            None => {
                self.memory.extend_from_slice(&length);
                self.memory.extend_from_slice(row);
                Ok(())
            }
        }
    }

    /// Gives every row to `sink`, in the order they came.
    pub(super) fn each<E: From<io::Error>>(&mut self, mut sink: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut source: Box<dyn Read> = match &mut self.disk {
            Some(disk) => {
                disk.flush()?;
                let mut file = disk.get_ref();
                file.seek(SeekFrom::Start(0))?;
                Box::new(BufReader::with_capacity(1 << 16, file))
            }
            None => Box::new(self.memory.as_slice()),
        };
        let (mut length, mut row) = ([0; 4], Vec::new());
        for _ in 0..self.rows {
            source.read_exact(&mut length)?;
            row.resize(u32::from_le_bytes(length) as usize, 0);
            source.read_exact(&mut row)?;
            sink(&row)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_order_and_again_from_memory_and_from_disk() {
        let folder = tempfile::tempdir().unwrap();
        for budget in [0, 20, 1 << 20] {
            let mut spool = Spool::new(folder.path(), budget);
            for n in 0..50u8 {
                spool.push(&vec![n; usize::from(n % 7)]).unwrap();
            }
            for _ in 0..2 {
                let mut read = Vec::new();
                spool
                    .each(|row| {
                        read.push(row.to_vec());
                        Ok::<_, io::Error>(())
                    })
                    .unwrap();
                assert_eq!(read, (0..50u8).map(|n| vec![n; usize::from(n % 7)]).collect::<Vec<_>>(), "budget {budget}");
            }
        }
    }
}
