//! Files: extracts in CSV, XLSX, JSON, NDJSON, YAML, XML and FHIR.
//!
//! Every format gives its rows to `rows::Rows`. An error in any file makes the whole dataset unread: a part is never
//! taken for the whole.

mod control;
mod csv;
mod delimited;
mod document;
mod fhir;
mod fhir_xml;
mod intake;
mod json;
mod pattern;
mod prune;
mod rows;
mod survey;
mod table;
#[cfg(test)]
mod testing;
mod text;
mod xlsx;
mod xml;
mod yaml;

use std::path::Path;

pub use survey::{Survey, each_row, member_path, survey};

use crate::system::{Complete, Dataset, FileFormat};

use super::{RawRow, ReadSummary, SourceError};
use pattern::Found;
use rows::Rows;

/// Extensions of the files of a FHIR folder.
const FHIR_EXTENSIONS: &[&str] = &["json", "ndjson", "xml"];

/// Reads one dataset from the files below `root`, row by row. Any error means that the dataset is unread.
pub fn read(
    dataset: &Dataset,
    root: &Path,
    site: Option<&str>,
    sink: &mut dyn FnMut(RawRow) -> Result<(), SourceError>,
) -> Result<ReadSummary, SourceError> {
    let mut rows = Rows::new(dataset.columns.len(), sink);
    let mut missing = Vec::new();
    let parts: Vec<&Dataset> = std::iter::once(dataset).chain(&dataset.also).collect();
    for part in &parts {
        let files = find(part, root, site)?;
        if files.is_empty() {
            missing.push(*part);
        } else {
            read_files(part, &files, &mut rows)?;
            rows.require_levels(part)?;
        }
    }
    let no_file = missing.len() == parts.len();
    if let Some(part) = missing.iter().find(|p| !no_file && p.none_means_empty.is_none()) {
        return Err(SourceError::new(
            "no such file",
            part.read.pattern.value.clone(),
            "check the export, or say `none: {means: empty, reason: …}` if it may be absent",
        ));
    }
    let control_rows = match &dataset.complete {
        // Without any file the missing file is what matters, unless that is said to be in order.
        Complete::ControlFile { .. } if no_file && dataset.none_means_empty.is_none() => None,
        Complete::ControlFile { file, dataset: name, column } => Some(control::rows(&file.value, name, column, root, site)?),
        Complete::Unknown | Complete::Declared { .. } => None,
    };
    rows.require_id(dataset)?;
    let unread = rows.unread(dataset);
    let mut sources = rows.sources;
    sources.sort_by(|a, b| a.path.as_bytes().cmp(b.path.as_bytes()));
    sources.dedup();
    Ok(ReadSummary { sources, rows: rows.count, unread, control_rows, no_file })
}

/// The files of a dataset, its layers apart.
fn find(dataset: &Dataset, root: &Path, site: Option<&str>) -> Result<Vec<Found>, SourceError> {
    let folders = if dataset.read.format == FileFormat::Fhir { FHIR_EXTENSIONS } else { &[] };
    let mut files = pattern::find(root, &dataset.read.pattern.value, site, folders)?;
    if files.is_empty() {
        return Ok(files);
    }
    for layer in &dataset.read.layers {
        let found = pattern::find(root, &layer.value, site, &[])?;
        if found.is_empty() && !pattern::is_glob(&layer.value) {
            return Err(SourceError::new(
                "no such file",
                layer.value.clone(),
                "check the export; a layer that may be absent is written as a pattern",
            ));
        }
        for file in found {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn read_files(dataset: &Dataset, files: &[Found], rows: &mut Rows) -> Result<(), SourceError> {
    if !dataset.read.layers.is_empty() {
        return read_layers(dataset, files, rows);
    }
    if dataset.read.format == FileFormat::Fhir {
        return fhir::read(dataset, files, rows);
    }
    let mut budget = json::Budget::new(prune::Keep::of(dataset));
    for found in files {
        match dataset.read.format {
            FileFormat::Csv => csv::read(dataset, found, rows)?,
            FileFormat::Xlsx => xlsx::read(dataset, found, rows)?,
            FileFormat::Json => json::read(dataset, found, &mut budget, rows)?,
            FileFormat::Ndjson => json::read_lines(dataset, found, &mut budget, rows)?,
            FileFormat::Yaml => yaml::read(dataset, found, rows)?,
            FileFormat::Xml => xml::read(dataset, found, rows)?,
            FileFormat::Fhir => {}
        }
    }
    Ok(())
}

/// Lays the files over one another, in their order, and reads the one document that results.
fn read_layers(dataset: &Dataset, files: &[Found], rows: &mut Rows) -> Result<(), SourceError> {
    let mut merged = serde_json::Value::Null;
    for found in files {
        let documents = match dataset.read.format {
            FileFormat::Json => vec![json::load(found, rows)?],
            FileFormat::Yaml => yaml::load(found, rows)?,
            _ => {
                return Err(SourceError::new(
                    "only JSON and YAML documents have layers",
                    &found.shown,
                    "take `layers:` out of the definition",
                ));
            }
        };
        documents.into_iter().for_each(|document| json::merge(&mut merged, document));
    }
    let Some(found) = files.first() else { return Ok(()) };
    document::read(dataset, &merged, &document::Page { found, index: 1, line: None, whole: true, places: None }, rows)
}
