//! Records of patients: counted by the values of their columns while they are read. No record is kept, not even on the way.

use std::collections::BTreeMap;

use crate::value::{Cell, CellRef, State};

use super::row::{push_cell, push_id};
use super::spool::Spool;

/// Name of the column that holds how many records a combination of values has.
pub const RECORDS: &str = "records";

/// Combinations of values that are kept at most.
const MOST_GROUPS: usize = 1_000_000;

/// From this many records on, counts must be counts: two or more records each, on average.
const FEW_RECORDS: u64 = 50;

/// Counts by combination of values.
#[derive(Default)]
pub(super) struct Tally {
    counts: BTreeMap<Vec<u8>, u64>,
    records: u64,
}

impl Tally {
    /// Records counted.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    /// Counts one record. What does not fit its type or points at nothing loses its text: it may be anything, a name too.
    pub(super) fn count(&mut self, cells: &[Cell], buffer: &mut Vec<u8>) -> std::io::Result<()> {
        buffer.clear();
        for cell in cells {
            let text = if cell.state == State::Value { cell.text.as_str() } else { "" };
            push_cell(buffer, CellRef { state: cell.state, text })?;
        }
        self.records += 1;
        if let Some(count) = self.counts.get_mut(buffer.as_slice()) {
            *count += 1;
        } else if self.counts.len() < MOST_GROUPS {
            self.counts.insert(buffer.clone(), 1);
        } else {
            return Err(std::io::Error::other(format!("its columns make more than {MOST_GROUPS} groups: map fewer of them")));
        }
        Ok(())
    }

    /// Hands the groups on as rows whose last cell is the count. An error is the reason why the dataset is unread.
    pub(super) fn close(self, spool: &mut Spool) -> Result<(), String> {
        let groups = self.counts.len() as u64;
        if self.records >= FEW_RECORDS && groups * 2 > self.records {
            return Err(format!(
                "its columns make {groups} groups of {} records: that would be a list of patients, not a count; map fewer columns",
                self.records
            ));
        }
        for (mut row, count) in self.counts {
            let count = count.to_string();
            let pushed = push_cell(&mut row, CellRef { state: State::Value, text: &count }).and_then(|()| push_id(&mut row, None));
            pushed.and_then(|()| spool.push(&row)).map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}

/// A number of patients as it may be shown: fewer than five could be recognised.
pub fn shown(records: u64) -> String {
    if (1..5).contains(&records) { "<5".to_owned() } else { records.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(records: impl Iterator<Item = Cell>) -> Tally {
        let (mut tally, mut buffer) = (Tally::default(), Vec::new());
        records.for_each(|cell| tally.count(&[cell], &mut buffer).unwrap());
        tally
    }

    #[test]
    fn what_is_broken_loses_its_text() {
        let tally = tally([Cell::invalid("Jane Doe"), Cell::invalid("John Doe")].into_iter());
        assert_eq!((tally.counts.len(), tally.records()), (1, 2));
        assert!(!tally.counts.keys().next().unwrap().windows(3).any(|w| w == b"Doe"));
    }

    #[test]
    fn groups_that_are_rows_are_refused() {
        let rows = |n: u32, groups: u32| tally((0..n).map(|i| Cell::value((i % groups).to_string())));
        let folder = tempfile::tempdir().unwrap();
        let close = |tally: Tally| tally.close(&mut Spool::new(folder.path(), 1 << 20));
        assert_eq!(close(rows(100, 50)), Ok(()));
        assert!(close(rows(100, 51)).unwrap_err().contains("51 groups of 100 records"));
        // A trial with a few records is no list of patients yet.
        assert_eq!(close(rows(49, 49)), Ok(()));
    }

    #[test]
    fn small_numbers_are_not_shown() {
        assert_eq!([0, 1, 4, 5, 17].map(shown), ["0", "<5", "<5", "5", "17"]);
    }
}
