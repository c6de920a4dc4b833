//! Telling: one pure function per format over the same [`RunResult`].

mod json;
#[cfg(test)]
mod sample;
mod schema;
mod terminal;
pub(crate) mod text;

pub use schema::{SCHEMAS, schema};

use crate::verdict::RunResult;

/// How a report may look.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns to fit in.
    pub width: usize,
    /// Colour wanted.
    pub color: bool,
    /// How much to show: 0 the first screen, 1 and more all findings.
    pub verbosity: u8,
}

/// One format.
pub struct Format {
    /// The word users write.
    pub word: &'static str,
    /// Renders a result.
    pub render: fn(&RunResult, Style) -> anyhow::Result<Vec<u8>>,
}

/// All formats. A new format is a new file and a line here.
pub const FORMATS: &[Format] = &[Format { word: "terminal", render: terminal::render }, Format { word: "json", render: json::render }];
