//! SQL in a check file: kept with its place, so that a mistake is shown where it was written.

use crate::document::{Content, Node, Place, Problems, Scalar};
use crate::query::{Column, Condition, asks_site};
use crate::snapshot::DatasetEntry;
use crate::system::Dataset;

/// A condition as written.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    /// What the check calls it: `where` or `that`.
    name: &'static str,
    scalar: Scalar,
    place: Place,
}

impl Clause {
    /// Reads the SQL of the field `name`.
    pub(super) fn decode(name: &'static str, node: &Node, problems: &mut Problems) -> Option<Self> {
        match &node.content {
            Content::Scalar(scalar) if !scalar.is_null() => Some(Self { name, scalar: scalar.clone(), place: node.place.clone() }),
            _ => {
                let message = format!("`{name}` is a condition in SQL, but this is {}", node.shape());
                problems.add(&node.place, message).expected("such as: active AND capacity > 0");
                None
            }
        }
    }

    /// The SQL, for messages: on one line.
    pub(super) fn shown(&self) -> String {
        self.scalar.text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Where it asks for the site, if it does.
    pub(super) fn asks_site(&self) -> Option<Place> {
        let (offset, length) = asks_site(&self.scalar.text)?;
        Some(self.place_of(offset, length))
    }

    /// Where bytes of the SQL stand in the file.
    fn place_of(&self, offset: usize, length: usize) -> Place {
        let end = (offset + length).min(self.scalar.text.len());
        let start = self.scalar.file_offset(offset).min(self.place.end);
        // The last byte, not the one after: a jump of a block scalar may lie between them.
        let end = if end > offset { self.scalar.file_offset(end - 1) + 1 } else { start };
        Place { file: self.place.file.clone(), start, end: end.max(start) }
    }

    /// Reports what is wrong with it against the columns of a definition; gives the names of the columns it reads.
    pub(super) fn lint(&self, dataset: &Dataset, problems: &mut Problems) -> Vec<String> {
        let columns: Vec<Column> = dataset
            .columns
            .iter()
            .map(|c| Column { name: c.name.value.clone(), kind: c.kind, list: c.list.as_ref().map(|l| l.kind) })
            .collect();
        match Condition::compile(&self.scalar.text, &columns) {
            Ok(condition) => condition.reads().iter().map(|&i| columns[i].name.clone()).collect(),
            Err(found) => {
                for problem in found {
                    let blamed = self.scalar.text.get(problem.offset..problem.offset + problem.length).unwrap_or_default();
                    if dataset.not_offered.contains_key(blamed) {
                        continue; // The check cannot be answered by this system: said when it is judged, not a mistake of the file.
                    }
                    let place = self.place_of(problem.offset, problem.length);
                    let added = problems.add(&place, format!("`{}`: {}", self.name, problem.message));
                    if let Some(help) = problem.help {
                        added.help(help);
                    }
                }
                Vec::new()
            }
        }
    }

    /// Compiles it against the columns of a snapshot.
    pub(super) fn compile(&self, entry: &DatasetEntry) -> Result<Condition, String> {
        let columns: Vec<Column> = entry.columns.iter().map(|c| Column { name: c.name.clone(), kind: c.kind, list: c.list }).collect();
        Condition::compile(&self.scalar.text, &columns).map_err(|problems| {
            let first = problems.first().map(|p| p.message.as_str()).unwrap_or_default();
            format!("`{}` does not fit the columns that were captured: {first}", self.name)
        })
    }
}
