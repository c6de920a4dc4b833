//! Keys of rows: the first rung of the ladder whose parts are all there and that no other row of the dataset shares.

use std::collections::BTreeSet;

use xxhash_rust::xxh3::xxh3_128;

use crate::system::{Dataset, Normaliser};
use crate::value::{Cell, NO_KEY, State, push_part};

/// The ladder of a dataset, columns by position.
pub(super) struct Ladder {
    rungs: Vec<Vec<Part>>,
}

struct Part {
    column: usize,
    normalise: Vec<Normaliser>,
}

impl Ladder {
    /// An error names a key column that the definition does not have.
    pub(super) fn new(dataset: &Dataset) -> Result<Self, String> {
        let part = |name: &str| {
            let column = dataset
                .columns
                .iter()
                .position(|c| c.name.value == name)
                .ok_or_else(|| format!("its key names {name}, which is no column"))?;
            Ok(Part { column, normalise: dataset.columns[column].normalise.clone() })
        };
        let rung = |names: &Vec<crate::document::At<String>>| names.iter().map(|n| part(&n.value)).collect::<Result<Vec<_>, String>>();
        let rungs = dataset.key.iter().map(rung).collect::<Result<Vec<_>, String>>()?;
        if rungs.is_empty() || rungs.len() >= usize::from(NO_KEY) || rungs.iter().any(Vec::is_empty) {
            return Err("its key is empty".to_owned());
        }
        Ok(Self { rungs })
    }

    /// Positions of the columns of any rung.
    pub(super) fn columns(&self) -> BTreeSet<usize> {
        self.rungs.iter().flatten().map(|p| p.column).collect()
    }

    /// Positions of the columns of every rung: the row hash leaves these out.
    pub(super) fn columns_of_all(&self) -> BTreeSet<usize> {
        self.columns().into_iter().filter(|c| self.rungs.iter().all(|rung| rung.iter().any(|p| p.column == *c))).collect()
    }

    /// True when every rung has a column of which `lost` is true.
    pub(super) fn is_lost(&self, lost: impl Fn(usize) -> bool) -> bool {
        self.rungs.iter().all(|rung| rung.iter().any(|p| lost(p.column)))
    }

    /// Writes the key that `rung` gives the row; false when a part is missing.
    fn write(&self, rung: usize, cells: &[Cell], out: &mut Vec<u8>) -> bool {
        out.clear();
        out.push(rung as u8);
        self.rungs[rung].iter().all(|part| {
            let cell = &cells[part.column];
            let text = Normaliser::apply_all(&part.normalise, &cell.text);
            push_part(out, text.as_bytes());
            // A text of nothing but spaces names nothing.
            cell.state == State::Value && !text.trim().is_empty()
        })
    }
}

/// Collects what each rung says of each row, to know which rungs are shared. A ladder of one rung needs none of this: its
/// duplicates keep their key, so that they stand side by side.
pub(super) struct Census {
    seen: Vec<Vec<u128>>,
    buffer: Vec<u8>,
}

impl Census {
    pub(super) fn new(ladder: &Ladder) -> Self {
        let rungs = if ladder.rungs.len() > 1 { ladder.rungs.len() } else { 0 };
        Self { seen: vec![Vec::new(); rungs], buffer: Vec::new() }
    }

    pub(super) fn count(&mut self, ladder: &Ladder, cells: &[Cell]) {
        for (rung, seen) in self.seen.iter_mut().enumerate() {
            if ladder.write(rung, cells, &mut self.buffer) {
                seen.push(xxh3_128(&self.buffer));
            }
        }
    }

    pub(super) fn close(self) -> Shared {
        let repeated = |mut hashes: Vec<u128>| {
            hashes.sort_unstable();
            let mut twice: Vec<u128> = hashes.windows(2).filter(|w| w[0] == w[1]).map(|w| w[0]).collect();
            twice.dedup();
            twice
        };
        Shared { rungs: self.seen.into_iter().map(repeated).collect() }
    }
}

/// Keys that several rows share, by rung.
pub(super) struct Shared {
    rungs: Vec<Vec<u128>>,
}

impl Shared {
    /// Writes the row's key; gives true when every key it could have is shared with another row.
    pub(super) fn key_of(&self, ladder: &Ladder, cells: &[Cell], out: &mut Vec<u8>) -> bool {
        let mut last = None;
        for rung in 0..ladder.rungs.len() {
            if ladder.write(rung, cells, out) {
                let shared = self.rungs.get(rung).is_some_and(|s| s.binary_search(&xxh3_128(out)).is_ok());
                if !shared {
                    return false;
                }
                last = Some(rung);
            }
        }
        match last {
            Some(rung) => {
                ladder.write(rung, cells, out);
                true
            }
            None => {
                out.clear();
                out.push(NO_KEY);
                false
            }
        }
    }
}
