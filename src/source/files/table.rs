//! Tables: which heading gives which column, and wide flags turned to rows.

use super::pattern::Found;
use super::rows::Rows;
use crate::source::{RawRow, SourceError};
use crate::system::{Dataset, Source, Unpivot};
use crate::value::Raw;

/// How the rows of one table are read.
pub(super) struct Table<'a> {
    dataset: &'a Dataset,
    cells: Vec<CellSource>,
    id: CellSource,
    flags: Option<Flags<'a>>,
    position: u64,
}

/// Where a column's cell comes from in a table.
enum CellSource {
    Field(usize),
    Missing,
    Fixed(Raw),
    Position,
    FlagName,
    FlagValue,
}

/// The headings that `unpivot` selects, each with what its `*` matched.
struct Flags<'a> {
    unpivot: &'a Unpivot,
    fields: Vec<(usize, String)>,
}

impl<'a> Table<'a> {
    /// Finds the dataset's columns among the headings of a table; `place` is where these stand.
    pub(super) fn new(dataset: &'a Dataset, headings: &[String], found: &Found, place: &str, rows: &mut Rows) -> Result<Self, SourceError> {
        if headings.iter().any(|h| h.contains('\0')) {
            return Err(SourceError::new("the headings are not text: the file is in UTF-16", place, "write `encoding: utf-16le`"));
        }
        let flags = match &dataset.read.unpivot {
            Some(unpivot) => Some(Flags::new(unpivot, headings, dataset, place)?),
            None => None,
        };
        let mut cells = Vec::with_capacity(dataset.columns.len());
        for (i, column) in dataset.columns.iter().enumerate() {
            let from = CellSource::new(&column.from, headings, flags.as_ref(), found, place)?;
            if let (CellSource::Missing, Source::Heading(heading)) = (&from, &column.from) {
                rows.saw_names(i, &heading.value, headings.iter().map(|h| h.trim()).filter(|h| !h.is_empty()));
            }
            cells.push(from);
        }
        let id = match &dataset.id {
            Some(source) => CellSource::new(source, headings, flags.as_ref(), found, place)?,
            None => CellSource::Missing,
        };
        Ok(Self { dataset, cells, id, flags, position: 0 })
    }

    /// Number of fields up to the last one that a column, the id or `unpivot` needs.
    pub(super) fn fields_read(&self) -> usize {
        let cells = self.cells.iter().chain([&self.id]).filter_map(|from| if let CellSource::Field(i) = from { Some(*i) } else { None });
        let flags = self.flags.iter().flat_map(|flags| flags.fields.iter().map(|(i, _)| *i));
        cells.chain(flags).max().map_or(0, |last| last + 1)
    }

    /// Gives one record; `field` reads a field by its index.
    pub(super) fn record(&mut self, field: &dyn Fn(usize) -> Raw, origin: impl Fn() -> String, rows: &mut Rows) -> Result<(), SourceError> {
        self.position += 1;
        let Some(flags) = &self.flags else {
            return self.give(field, None, origin(), rows);
        };
        for (index, name) in &flags.fields {
            let value = field(*index);
            if flags.keeps(&value) {
                self.give(field, Some((name, value)), origin(), rows)?;
            }
        }
        Ok(())
    }

    fn give(&self, field: &dyn Fn(usize) -> Raw, flag: Option<(&String, Raw)>, origin: String, rows: &mut Rows) -> Result<(), SourceError> {
        let read = |from: &CellSource| match from {
            CellSource::Field(i) => field(*i),
            CellSource::Missing => Raw::Absent,
            CellSource::Fixed(raw) => raw.clone(),
            CellSource::Position => Raw::Number(self.position.to_string()),
            CellSource::FlagName => flag.as_ref().map_or(Raw::Absent, |(name, _)| Raw::Text((*name).clone())),
            CellSource::FlagValue => flag.as_ref().map_or(Raw::Absent, |(_, value)| value.clone()),
        };
        let row = RawRow { cells: self.cells.iter().map(read).collect(), id: read(&self.id), origin };
        rows.give(self.dataset, row)
    }
}

impl CellSource {
    fn new(source: &Source, headings: &[String], flags: Option<&Flags>, found: &Found, place: &str) -> Result<Self, SourceError> {
        let heading = match source {
            Source::Heading(heading) => heading.value.trim(),
            Source::File(part) => return Ok(Self::Fixed(Raw::Text(found.part(*part)))),
            Source::Position => return Ok(Self::Position),
            Source::Path(_) | Source::Outer { .. } | Source::Member => return Ok(Self::Missing),
        };
        match flags {
            Some(flags) if flags.unpivot.name == heading => return Ok(Self::FlagName),
            Some(flags) if flags.unpivot.value == heading => return Ok(Self::FlagValue),
            _ => {}
        }
        let mut matching = headings.iter().enumerate().filter(|(_, h)| h.trim() == heading).map(|(i, _)| i);
        match (matching.next(), matching.next()) {
            (None, _) => Ok(Self::Missing),
            (Some(i), None) => Ok(Self::Field(i)),
            (Some(_), Some(_)) => Err(SourceError::new(
                format!("the heading `{heading}` is there twice"),
                place,
                "rename one of the two in the export: nobody can tell which is meant",
            )),
        }
    }
}

impl<'a> Flags<'a> {
    fn new(unpivot: &'a Unpivot, headings: &[String], dataset: &Dataset, place: &str) -> Result<Self, SourceError> {
        let (before, after) = unpivot.columns.value.split_once('*').unwrap_or((&unpivot.columns.value, ""));
        let matched = |heading: &str| {
            let name = heading.trim().strip_prefix(before)?.strip_suffix(after)?;
            (!name.is_empty()).then(|| name.to_owned())
        };
        let fields: Vec<_> = headings.iter().enumerate().filter_map(|(i, h)| Some((i, matched(h)?))).collect();
        if let Some((_, twice)) =
            fields.iter().enumerate().find(|(i, (_, name))| fields[..*i].iter().any(|(_, n)| n == name)).map(|(_, f)| f)
        {
            return Err(SourceError::new(
                format!("the heading for `{twice}` is there twice"),
                place,
                "rename one of the two in the export",
            ));
        }
        if fields.is_empty() && dataset.none_means_empty.is_none() {
            return Err(SourceError::new(
                format!("no heading matches `{}`", unpivot.columns.value),
                place,
                "correct `unpivot: columns:`, or write `none: {means: empty, reason: …}`",
            ));
        }
        Ok(Self { unpivot, fields })
    }

    /// Case does not count: `true` beside `TRUE` must not drop a row unseen.
    fn keeps(&self, value: &Raw) -> bool {
        let text = match value {
            Raw::Absent | Raw::Null => return false,
            Raw::Text(t) | Raw::Number(t) => t.trim().to_lowercase(),
            Raw::Boolean(b) => b.to_string(),
            // Broken and typed values are for the check to see.
            _ => return true,
        };
        if self.unpivot.keep.is_empty() { !text.is_empty() } else { self.unpivot.keep.iter().any(|k| k.trim().to_lowercase() == text) }
    }
}
