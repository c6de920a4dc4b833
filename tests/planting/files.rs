//! The hospital as files of every format: rows and columns in another order on each side, numbers and flags as they are spelled
//! in the wild, sets in any order.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use super::datasets::{DATASETS, Ids, Kind, Names};
use super::hospital::{Cell, Row, Side};
use super::random::Random;
use super::tables::{Table, Written};

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Format {
    Csv,
    /// Saved by a spreadsheet program: semicolons, and the encoding of Western Windows.
    Semicolons,
    Xlsx,
    Json,
    Ndjson,
    Yaml,
    Xml,
    Fhir,
}

use Format::{Csv, Fhir, Json, Ndjson, Semicolons, Xlsx, Xml, Yaml};

pub(super) const FORMATS: [Format; 8] = [Csv, Semicolons, Xlsx, Json, Ndjson, Yaml, Xml, Fhir];

/// What files of a format can say.
#[derive(Clone, Copy)]
pub(super) struct Can {
    /// States of a cell without a value that are not an empty text.
    pub(super) blanks: &'static [Cell],
    /// Texts in any script.
    pub(super) unicode: bool,
}

/// Said of a dataset without all the columns that systems share.
const LACKS: &str = "    not_offered: {\"*\": this hospital is synthetic and small}\n";

impl Format {
    pub(super) fn can(self) -> Can {
        let blanks: &[Cell] = match self {
            Csv | Semicolons | Xlsx => &[],
            Xml => &[Cell::Absent],
            Json | Ndjson | Yaml | Fhir => &[Cell::Null, Cell::Absent],
        };
        Can { blanks, unicode: self != Semicolons }
    }

    fn ending(self) -> &'static str {
        match self {
            Csv | Semicolons => "csv",
            Xlsx => "xlsx",
            Json | Fhir => "json",
            Ndjson => "ndjson",
            Yaml => "yaml",
            Xml => "xml",
        }
    }

    /// How a definition says which file holds a dataset.
    fn read(self, name: &str) -> String {
        let file = format!("{name}.{}", self.ending());
        match self {
            Csv | Xlsx | Ndjson => format!("{{{}: {file}}}", self.ending()),
            Semicolons => format!("{{csv: {file}, delimiter: \";\", encoding: windows-1252}}"),
            Json | Yaml => format!("{{{}: {file}, rows: \"$.rows[*]\"}}", self.ending()),
            Xml => format!("{{xml: {file}, rows: \"$.row[*]\"}}"),
            Fhir => format!("{{fhir: {file}, resource: Basic}}"),
        }
    }

    /// Every cell is a text, and lists are split.
    fn only_texts(self) -> bool {
        matches!(self, Csv | Semicolons | Xml)
    }

    /// Where in a record a value is.
    fn source(self, column: &str) -> String {
        match self {
            Csv | Semicolons | Xlsx => format!("\"{column}\""),
            Xml => format!("\"$['@{column}']\""),
            _ => format!("\"$.{column}\""),
        }
    }

    /// The definition of the system that keeps its records in such files.
    pub(super) fn definition(self) -> String {
        let mut text = "version: 1\nsystem: planted_hospital\nprotocol: files\ndatasets:\n".to_owned();
        let complete = |name: &str| format!("    complete: {{rows_from: {{file: control.csv, dataset: {name}, column: rows}}}}\n");
        for dataset in DATASETS {
            let rungs: Vec<String> = dataset.key.iter().map(|rung| format!("[{}]", rung.join(", "))).collect();
            let key = if rungs.len() > 1 { format!("[{}]", rungs.join(", ")) } else { rungs[0].clone() };
            let _ =
                write!(text, "  {}:\n    noun: {}\n    read: {}\n    key: {key}\n", dataset.name, dataset.noun, self.read(dataset.name));
            if dataset.ids != Ids::None {
                let _ = writeln!(text, "    id: {}", self.source("id"));
            }
            text.push_str("    columns:\n");
            for column in dataset.columns {
                let split = if self.only_texts() || self == Xlsx { ", split: \";\"" } else { "" };
                let more = match column.kind {
                    Kind::Text if dataset.folded && dataset.key[0].contains(&column.name) => ", normalise: [trim, casefold]".to_owned(),
                    Kind::Text => String::new(),
                    Kind::Integer => ", type: integer".to_owned(),
                    Kind::Decimal => ", type: decimal".to_owned(),
                    Kind::Boolean => ", type: boolean, true: [Y], false: [N]".to_owned(),
                    Kind::Date => ", type: date".to_owned(),
                    Kind::Ordered => format!(", list: ordered{split}"),
                    Kind::Reference(to) => format!(", references: {to}"),
                    Kind::References(to) => format!(", list: set{split}, references: {to}"),
                };
                let _ = writeln!(text, "      {}: {{from: {}{more}}}", column.name, self.source(column.name));
            }
            let _ = write!(text, "      updated: {{from: {}}}\n    volatile: [updated]\n", self.source("updated"));
            if dataset.dated {
                text.push_str("    effective: {from: valid_from, to: valid_to}\n");
            }
            if dataset.names == Names::SomeShared {
                text.push_str(LACKS);
            }
            text.push_str(&complete(dataset.name));
        }
        let _ = write!(text, "  build:\n    read: {}\n    key: [component]\n    columns:\n", self.read("build"));
        for column in ["component", "domain"] {
            let _ = writeln!(text, "      {column}: {{from: {}}}", self.source(column));
        }
        let _ = writeln!(text, "      extracted_at: {{from: {}, type: datetime}}", self.source("extracted_at"));
        text + LACKS + &complete("build")
    }

    /// Writes one side's files into a folder.
    pub(super) fn write(self, side: &Side, folder: &Path, random: &mut Random) {
        fs::create_dir_all(folder).expect("a folder");
        // The last column is there for nobody to read: files of two sides with the same bytes would be doubted.
        let mut control = "dataset,rows,side\n".to_owned();
        let taken_at = format!("2025-01-01T02:{:02}:{:02}Z", random.below(60), random.below(60));
        let _ = writeln!(control, "build,1,{taken_at}");
        for dataset in DATASETS {
            let mut rows: Vec<&Row> = side.tables[dataset.name].iter().collect();
            random.shuffle(&mut rows);
            let _ = writeln!(control, "{},{},{taken_at}", dataset.name, rows.len());
            let mut table = Table { headings: dataset.columns.iter().map(|c| c.name.to_owned()).collect(), rows: Vec::new() };
            table.headings.push("updated".to_owned());
            if dataset.ids != Ids::None {
                table.headings.push("id".to_owned());
            }
            for row in rows {
                let mut record: Vec<Written> =
                    dataset.columns.iter().map(|c| self.spelled(c.kind, &row.cells[c.name], side, random)).collect();
                record.push(Written::Text(format!("2034-01-01 {} {}", side.name, random.below(1_000))));
                if dataset.ids != Ids::None {
                    record.push(Written::Text(side.id(dataset.name, row.uid)));
                }
                table.rows.push(record);
            }
            table.turn(random.below(dataset.columns.len()));
            self.save(&table, folder, dataset.name);
        }
        let domain = if side.name == "training" { "TRAIN" } else { "PROD" };
        let headings = ["component", "domain", "extracted_at"].map(str::to_owned).to_vec();
        let row = ["core", domain, &taken_at].map(|text| Written::Text(text.to_owned())).into();
        self.save(&Table { headings, rows: vec![row] }, folder, "build");
        fs::write(folder.join("control.csv"), control).expect("a control file");
    }

    /// A cell as the format, and whoever filled it in, spells it.
    fn spelled(self, kind: Kind, cell: &Cell, side: &Side, random: &mut Random) -> Written {
        let texts = self.only_texts();
        match cell {
            Cell::Nothing if matches!(kind, Kind::Integer | Kind::Decimal | Kind::Boolean | Kind::Date) => Written::Null,
            Cell::Nothing => Written::Text(String::new()),
            Cell::Null => Written::Null,
            Cell::Absent => Written::Absent,
            Cell::Text(text) | Cell::Misfit(text) => Written::Text(text.clone()),
            Cell::Dangling(text) if matches!(kind, Kind::References(_)) => Written::Items(vec![text.clone()]),
            Cell::Dangling(text) => Written::Text(text.clone()),
            Cell::Number(text) if texts && random.chance(30) => Written::Text(format!(" {text} ")),
            Cell::Number(text) if kind == Kind::Decimal && random.chance(50) => Written::Number(format!("{text}0")),
            // YAML keeps a number as it was written, and a text 12.0 is no whole number.
            Cell::Number(text) if !texts && (kind == Kind::Decimal || self != Yaml) && random.chance(30) => {
                Written::Number(format!("{text}{}", if text.contains('.') { "0" } else { ".0" }))
            }
            Cell::Number(text) => Written::Number(text.clone()),
            Cell::Flag(flag) if !texts && random.chance(80) => Written::Flag(*flag),
            Cell::Flag(flag) => {
                let words = if *flag { ["Y", "y", " Y"] } else { ["N", "n", "N "] };
                Written::Text((*random.one_of(&words)).to_owned())
            }
            Cell::Day(day) => Written::Day(day.clone()),
            Cell::Items(items) => Written::Items(items.clone()),
            Cell::To(uid) => Written::Text(side.id(target(kind), *uid)),
            Cell::ToAll(uids) => {
                let mut ids: Vec<String> = uids.iter().map(|uid| side.id(target(kind), *uid)).collect();
                random.shuffle(&mut ids);
                // Named twice is named once.
                if random.chance(20) {
                    ids.extend(ids.first().cloned());
                }
                Written::Items(ids)
            }
        }
    }

    fn save(self, table: &Table, folder: &Path, name: &str) {
        let path = folder.join(format!("{name}.{}", self.ending()));
        let bytes = match self {
            Csv => table.csv(",").into_bytes(),
            Semicolons => {
                let text = table.csv(";");
                let (bytes, _, lossy) = encoding_rs::WINDOWS_1252.encode(&text);
                assert!(!lossy, "{name}: a text that is not Western");
                bytes.into_owned()
            }
            Xlsx => table.xlsx(),
            Json => format!("{{\"rows\": [\n{}\n]}}\n", table.objects().join(",\n")).into_bytes(),
            Ndjson => table.objects().join("\n").into_bytes(),
            Yaml => table.yaml().into_bytes(),
            Xml => table.xml().into_bytes(),
            Fhir => table.bundle().into_bytes(),
        };
        fs::write(path, bytes).expect("a file");
    }
}

/// What a column refers to.
fn target(kind: Kind) -> &'static str {
    match kind {
        Kind::Reference(to) | Kind::References(to) => to,
        other => panic!("{other:?} refers to nothing"),
    }
}
