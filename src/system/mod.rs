//! What a kind of system offers: datasets, how they are read, what identifies a row. Data, not code.

mod decode;
mod hold;
mod normaliser;
mod path;
mod shared;
mod site;

pub use decode::{decode, is_patient_dataset, is_patient_resource};
pub use hold::hold;
pub use path::{PathError, RowPath, Step, follow};
pub use shared::{BUILT_IN as BUILT_IN_SHARED, PATH as SHARED_PATH, Shared, SharedColumn, SharedDataset, decode_shared};
pub use site::site_dataset;

use std::collections::BTreeMap;

use crate::document::{At, Place};
use crate::value::{ListKind, Type};

/// One system definition.
#[derive(Clone, Debug)]
pub struct System {
    /// Its name, which environments quote.
    pub name: At<String>,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// Its datasets, in file order.
    pub datasets: Vec<Dataset>,
    /// Shown path of the file that defines it.
    pub path: String,
    /// SHA-256 of that file's text.
    pub digest: String,
    /// True when it comes with gonogo; false when the project defines or overrides it.
    pub built_in: bool,
    /// Where its file holds mistakes: what it does not define is then not known.
    pub damage: Damage,
}

/// How much of a system's file could not be decoded. With damage a system serves to judge other files, never to read data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Damage {
    /// Nothing: what it does not define is not there.
    None,
    /// The definitions of these datasets.
    Datasets(std::collections::BTreeSet<String>),
    /// All of it.
    All,
}

impl System {
    /// True when it is certain that the system has no such dataset.
    pub fn lacks(&self, name: &str) -> bool {
        let unknown = match &self.damage {
            Damage::None => false,
            Damage::Datasets(damaged) => damaged.contains(name),
            Damage::All => true,
        };
        !unknown && self.dataset(name).is_none()
    }

    /// The dataset of that name.
    pub fn dataset(&self, name: &str) -> Option<&Dataset> {
        self.datasets.iter().find(|d| d.name.value == name)
    }
}

/// How a system is spoken to. `files` is complete; the live protocols are read by the same definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Extracts on disk.
    Files,
}

/// One dataset: a table of configuration or reference data.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// Its name, shared by all systems.
    pub name: At<String>,
    /// What one row is called ("clinic"); the dataset's name when not given.
    pub noun: String,
    /// True for records of patients: rows are counted by their columns while they are read, and never stored.
    pub measured: bool,
    /// How its rows are read.
    pub read: Read,
    /// Further kinds of file that hold rows of the same dataset (`read:` is then a list, each entry with its own `columns:` for
    /// where the cells come from, and its own `none:`). Each is this dataset with another `read` and other column sources;
    /// names, types, order and number of columns are the same. Rows of all are one dataset.
    pub also: Vec<Dataset>,
    /// The key ladder, best rung first: column names. Of a measured dataset, all its columns: what is stored is a count per
    /// combination of their values.
    pub key: Vec<Vec<At<String>>>,
    /// Source of the surrogate id: never compared, used to follow references and to find renames.
    pub id: Option<Source>,
    /// Columns in file order; implicit ones (from `effective` and `volatile`) at the end.
    pub columns: Vec<Column>,
    /// Columns between which a row is effective.
    pub effective: Option<Effective>,
    /// How the number of rows is known.
    pub complete: Complete,
    /// An absent file is an empty dataset, for this reason.
    pub none_means_empty: Option<At<String>>,
    /// Columns this system does not have, with the reason.
    pub not_offered: BTreeMap<String, String>,
    /// SHA-256 of the dataset's part of the file, in canonical form (comments and order of keys do not count).
    pub digest: String,
    /// Where it is defined.
    pub place: Place,
}

impl Dataset {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name.value == name)
    }
}

/// How a dataset's files are found and cut into rows.
#[derive(Clone, Debug)]
pub struct Read {
    /// Format of the files.
    pub format: FileFormat,
    /// Path or glob below the environment's folder; `{site}` stands for the site.
    pub pattern: At<String>,
    /// Further patterns whose documents are laid over the first (JSON, YAML): objects merge, arrays replace.
    pub layers: Vec<At<String>>,
    /// XLSX: name of the sheet; the first when not given.
    pub sheet: Option<At<String>>,
    /// CSV and XLSX: row of the headings, from 1.
    pub header: u64,
    /// CSV: field delimiter.
    pub delimiter: u8,
    /// CSV: encoding when there is no byte-order mark (a label of the WHATWG Encoding Standard).
    pub encoding: Option<At<String>>,
    /// Wide flags to rows.
    pub unpivot: Option<Unpivot>,
    /// Documents: one row per node; a list for nested levels. Empty: one row per document.
    pub rows: Vec<RowPath>,
    /// Rows that are alike count once.
    pub distinct: bool,
    /// FHIR: the resource type to read.
    pub resource: Option<At<String>>,
    /// Where it is defined.
    pub place: Place,
}

/// Formats of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileFormat {
    /// Delimited text with a row of headings.
    Csv,
    /// Excel workbooks.
    Xlsx,
    /// One JSON document per file.
    Json,
    /// One JSON document per line.
    Ndjson,
    /// YAML documents.
    Yaml,
    /// XML documents: `$` is the root element, child elements are arrays, attributes `@name`, text `#text`.
    Xml,
    /// FHIR resources: Bundles, NDJSON, one resource per file; JSON or XML.
    Fhir,
}

impl FileFormat {
    /// The word users write, per format.
    pub const WORDS: &'static [(&'static str, FileFormat)] = &[
        ("csv", FileFormat::Csv),
        ("xlsx", FileFormat::Xlsx),
        ("json", FileFormat::Json),
        ("ndjson", FileFormat::Ndjson),
        ("yaml", FileFormat::Yaml),
        ("xml", FileFormat::Xml),
        ("fhir", FileFormat::Fhir),
    ];

    /// True when a column's source is a heading, false when it is a path.
    pub fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Xlsx)
    }
}

/// Wide flags to rows: each heading that matches becomes a row.
#[derive(Clone, Debug)]
pub struct Unpivot {
    /// Headings to turn into rows, with one `*`: `Tag|*`.
    pub columns: At<String>,
    /// Name of the virtual heading that holds what `*` matched.
    pub name: String,
    /// Name of the virtual heading that holds the cell.
    pub value: String,
    /// Keep only rows whose cell is one of these; all that are not blank when empty.
    pub keep: Vec<String>,
}

/// One column.
#[derive(Clone, Debug)]
pub struct Column {
    /// Its name, shared by all systems.
    pub name: At<String>,
    /// Where its cells come from.
    pub from: Source,
    /// Type of the values (of the items, for a list).
    pub kind: Type,
    /// Several values in one cell.
    pub list: Option<List>,
    /// A path that selects nothing in any record is no mistake.
    pub optional: bool,
    /// Value of a cell that is absent, null or empty; canonical text.
    pub default: Option<String>,
    /// Dataset whose surrogate id the cells hold; compared by that dataset's key.
    pub references: Option<At<String>>,
    /// Words for true and for false, compared without regard to case.
    pub truth: Option<(Vec<String>, Vec<String>)>,
    /// `strftime` format of dates and times.
    pub format: Option<At<String>>,
    /// Normalisers applied to the parts of a key.
    pub normalise: Vec<Normaliser>,
    /// Changes by itself; stored, never compared.
    pub volatile: bool,
    /// Where it is defined.
    pub place: Place,
}

/// Where a cell comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A heading of a table.
    Heading(At<String>),
    /// A path that starts at the row.
    Path(At<RowPath>),
    /// A path that starts at the document (level 0) or at a nested level.
    Outer {
        /// The path.
        path: At<RowPath>,
        /// Level it starts at; 0 is the document.
        level: usize,
    },
    /// Index of the row among its siblings, from 1.
    Position,
    /// Name of the innermost object member that holds the row: documents that are maps from a name to rows. Written `{member: true}`.
    Member,
    /// Part of the file's path.
    File(FilePart),
}

/// Part of a file's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FilePart {
    /// Name without its last extension.
    Stem,
    /// Name.
    Name,
    /// Folder below the environment's folder.
    Dir,
    /// Path below the pattern's fixed folder, without extension.
    Path,
}

/// Several values in one cell.
#[derive(Clone, Debug)]
pub struct List {
    /// Set or ordered.
    pub kind: ListKind,
    /// Separator within a text cell; documents give several values by their path.
    pub split: Option<String>,
}

/// Columns that say from when to when a row is effective (inclusive from, exclusive to).
#[derive(Clone, Debug)]
pub struct Effective {
    /// Column name of the first moment.
    pub from: Option<String>,
    /// Column name of the end.
    pub to: Option<String>,
}

/// How it is known that all rows were read.
#[derive(Clone, Debug)]
pub enum Complete {
    /// Nobody says: can never be GO.
    Unknown,
    /// A control file names the total.
    ControlFile {
        /// Path below the environment's folder.
        file: At<String>,
        /// Name of the dataset in the control file's first text column; the dataset's own name by default.
        dataset: String,
        /// Heading of the column that holds the number of rows.
        column: String,
    },
    /// A person signs for the number of rows.
    Declared {
        /// The number; `None` when the person signs that the file is whole by its nature (files of a release, say).
        rows: Option<u64>,
        /// Who.
        by: String,
        /// When.
        on: chrono::NaiveDate,
        /// Why that is enough.
        reason: String,
    },
}

/// A normaliser: what counts as equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Normaliser {
    /// White space at both ends does not count.
    Trim,
    /// Empty, null and absent are the same.
    Blank,
    /// Case does not count.
    Casefold,
    /// Unicode spellings of the same text are the same (NFKC).
    Unicode,
    /// White space does not count at all.
    Whitespace,
}

impl Normaliser {
    /// The word users write, per normaliser.
    pub const WORDS: &'static [(&'static str, Normaliser)] = &[
        ("trim", Normaliser::Trim),
        ("blank", Normaliser::Blank),
        ("casefold", Normaliser::Casefold),
        ("unicode", Normaliser::Unicode),
        ("whitespace", Normaliser::Whitespace),
    ];
}
