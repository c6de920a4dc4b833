//! One table in the syntax of each file format.

use std::fmt::Write as _;

use rust_xlsxwriter::{ExcelDateTime, Format as Look, Workbook};
use serde_json::Value;

/// A cell on its way into a file.
pub(super) enum Written {
    Text(String),
    Number(String),
    Flag(bool),
    Day(String),
    Items(Vec<String>),
    Null,
    Absent,
}

/// Headings and rows of a file.
pub(super) struct Table {
    pub(super) headings: Vec<String>,
    pub(super) rows: Vec<Vec<Written>>,
}

impl Table {
    /// Puts the columns into another order.
    pub(super) fn turn(&mut self, by: usize) {
        self.headings.rotate_left(by);
        self.rows.iter_mut().for_each(|row| row.rotate_left(by));
    }

    pub(super) fn csv(&self, delimiter: &str) -> String {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let mut out = self.headings.join(delimiter) + "\n";
        for row in &self.rows {
            let cells: Vec<String> = row.iter().map(|c| quoted(&c.plain().unwrap_or_default())).collect();
            out.push_str(&cells.join(delimiter));
            out.push('\n');
        }
        out
    }

    pub(super) fn xlsx(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let day_look = Look::new().set_num_format("yyyy-mm-dd");
        let sheet = book.add_worksheet();
        sheet.write_row(0, 0, &self.headings).expect("headings");
        for (r, row) in (1..).zip(&self.rows) {
            for (c, cell) in (0..).zip(row) {
                match cell {
                    Written::Number(text) => sheet.write_number(r, c, text.parse::<f64>().expect("a number")),
                    Written::Flag(flag) => sheet.write_boolean(r, c, *flag),
                    Written::Day(day) => {
                        sheet.write_datetime_with_format(r, c, ExcelDateTime::parse_from_str(day).expect("a day"), &day_look)
                    }
                    other => match other.plain().filter(|t| !t.is_empty()) {
                        Some(text) => sheet.write_string(r, c, &text),
                        None => continue,
                    },
                }
                .expect("a cell");
            }
        }
        book.save_to_buffer().expect("a workbook")
    }

    /// One JSON object a row.
    pub(super) fn objects(&self) -> Vec<String> {
        let members = |row: &[Written]| {
            let all =
                self.headings.iter().zip(row).filter_map(|(name, cell)| Some(format!("{}: {}", Value::from(name.as_str()), cell.json()?)));
            all.collect::<Vec<_>>().join(", ")
        };
        self.rows.iter().map(|row| format!("{{{}}}", members(row))).collect()
    }

    pub(super) fn yaml(&self) -> String {
        let mut out = "rows:\n".to_owned();
        for row in &self.rows {
            let mut lead = "  - ";
            for (name, cell) in self.headings.iter().zip(row) {
                let Some(value) = cell.json() else { continue };
                let _ = writeln!(out, "{lead}{name}: {value}");
                lead = "    ";
            }
        }
        out
    }

    pub(super) fn xml(&self) -> String {
        let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rows>\n".to_owned();
        for row in &self.rows {
            out.push_str("  <row");
            for (name, cell) in self.headings.iter().zip(row) {
                if let Some(text) = cell.plain() {
                    let _ = write!(out, " {name}=\"{}\"", escaped(&text));
                }
            }
            out.push_str("/>\n");
        }
        out + "</rows>\n"
    }

    pub(super) fn bundle(&self) -> String {
        let resource = |object: &String| format!("{{\"resource\": {{\"resourceType\": \"Basic\", {}}}", object.trim_start_matches('{'));
        let entries: Vec<String> = self.objects().iter().map(resource).collect();
        format!("{{\"resourceType\": \"Bundle\", \"type\": \"collection\", \"entry\": [\n{}\n]}}\n", entries.join(",\n"))
    }
}

impl Written {
    /// As text; `None` where a record lacks it.
    fn plain(&self) -> Option<String> {
        Some(match self {
            Self::Text(text) | Self::Number(text) | Self::Day(text) => text.clone(),
            Self::Flag(flag) => if *flag { "Y" } else { "N" }.to_owned(),
            Self::Items(items) => items.join(";"),
            Self::Null => String::new(),
            Self::Absent => return None,
        })
    }

    fn json(&self) -> Option<String> {
        Some(match self {
            Self::Text(text) | Self::Day(text) => Value::from(text.as_str()).to_string(),
            Self::Number(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
            Self::Items(items) => Value::from(items.clone()).to_string(),
            Self::Null => "null".to_owned(),
            Self::Absent => return None,
        })
    }
}
