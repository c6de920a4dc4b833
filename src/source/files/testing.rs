//! Datasets and files for the tests of the readers.

use std::path::Path;

use crate::document::{At, Place, SourceText};
use crate::source::{RawRow, ReadSummary, SourceError};
use crate::system::{Column, Complete, Dataset, FileFormat, List, Read, RowPath, Source};
use crate::value::{ListKind, Raw, Type};

/// A folder of files and a dataset that is read from it.
pub(super) struct Case {
    pub(super) dir: tempfile::TempDir,
    pub(super) dataset: Dataset,
}

/// What was read: the rows, and the summary.
pub(super) type Outcome = Result<(Vec<RawRow>, ReadSummary), SourceError>;

pub(super) fn at<T>(value: T) -> At<T> {
    At { value, place: place() }
}

fn place() -> Place {
    Place { file: SourceText::new("system.yaml", ""), start: 0, end: 0 }
}

pub(super) fn heading(text: &str) -> Source {
    Source::Heading(at(text.to_owned()))
}

pub(super) fn path(text: &str) -> Source {
    Source::Path(at(RowPath::parse(text).unwrap()))
}

pub(super) fn outer(text: &str, level: usize) -> Source {
    Source::Outer { path: at(RowPath::parse(text).unwrap()), level }
}

pub(super) fn text(t: &str) -> Raw {
    Raw::Text(t.to_owned())
}

impl Case {
    pub(super) fn new(format: FileFormat, pattern: &str) -> Self {
        let read = Read {
            format,
            pattern: at(pattern.to_owned()),
            layers: vec![],
            sheet: None,
            header: 1,
            delimiter: b',',
            encoding: None,
            unpivot: None,
            rows: vec![],
            distinct: false,
            resource: None,
            place: place(),
        };
        let dataset = Dataset {
            name: at("clinics".to_owned()),
            noun: "clinic".to_owned(),
            measured: false,
            read,
            also: vec![],
            key: vec![],
            id: None,
            columns: vec![],
            effective: None,
            complete: Complete::Unknown,
            none_means_empty: None,
            not_offered: Default::default(),
            digest: String::new(),
            place: place(),
        };
        Self { dir: tempfile::tempdir().unwrap(), dataset }
    }

    pub(super) fn column(mut self, name: &str, from: Source) -> Self {
        self.dataset.columns.push(Column {
            name: at(name.to_owned()),
            from,
            kind: Type::Text,
            list: None,
            optional: false,
            default: None,
            references: None,
            truth: None,
            format: None,
            normalise: vec![],
            volatile: false,
            place: place(),
        });
        self
    }

    pub(super) fn kind(mut self, kind: Type) -> Self {
        self.dataset.columns.last_mut().unwrap().kind = kind;
        self
    }

    pub(super) fn set(mut self) -> Self {
        self.dataset.columns.last_mut().unwrap().list = Some(List { kind: ListKind::Set, split: None });
        self
    }

    pub(super) fn rows(mut self, path: &str) -> Self {
        self.dataset.read.rows.push(RowPath::parse(path).unwrap());
        self
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Dataset)) -> Self {
        change(&mut self.dataset);
        self
    }

    pub(super) fn file(self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        write(self.dir.path(), name, bytes.as_ref());
        self
    }

    pub(super) fn read(&self) -> Outcome {
        let mut rows = Vec::new();
        let summary = super::read(&self.dataset, self.dir.path(), Some("kgh"), &mut |row| {
            rows.push(row);
            Ok(())
        })?;
        assert_eq!(summary.rows, rows.len() as u64);
        Ok((rows, summary))
    }

    /// The cells of all rows, which must all be text.
    pub(super) fn texts(&self) -> Vec<Vec<String>> {
        let shown = |raw: &Raw| match raw {
            Raw::Text(t) | Raw::Number(t) => t.clone(),
            Raw::Absent => "-".to_owned(),
            other => format!("{other:?}"),
        };
        self.read().unwrap().0.iter().map(|r| r.cells.iter().map(shown).collect()).collect()
    }

    pub(super) fn error(&self) -> SourceError {
        self.read().unwrap_err()
    }

    pub(super) fn unread(&self) -> Vec<Option<String>> {
        self.read().unwrap().1.unread
    }
}

pub(super) fn write(dir: &Path, name: &str, bytes: &[u8]) {
    let path = dir.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}
