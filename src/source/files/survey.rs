//! A first look at a file that nobody has described yet: how it is cut into rows, and what its columns are called.

use std::fs::File;
use std::io::{BufReader, Read as _, Write};
use std::path::Path;

use calamine::{Data, Reader, Xlsx};
use serde_json::Value;

use super::delimited::{Record, Records};
use super::intake::{self, Digesting};
use super::json::{self, Budget};
use super::pattern::{Found, unreadable};
use super::prune::Keep;
use super::rows::Rows;
use super::text::{self, Utf8Reader};
use super::{read_files, xlsx};
use crate::document::{At, Place, SourceText};
use crate::source::{RawRow, SourceError};
use crate::system::{Column, Complete, Dataset, FileFormat, Read, RowPath, Source};
use crate::value::Type;

/// Bytes that are looked at for the delimiter.
const SAMPLE: u64 = 256 << 10;
/// Records that are looked at for the delimiter and the row of the headings.
const RECORDS: usize = 50;
/// Delimiters, the likeliest first.
const DELIMITERS: &[u8] = b",;\t|";

/// How a file is read, as far as it can be seen.
#[derive(Clone, Debug)]
pub struct Survey {
    /// Its format.
    pub format: FileFormat,
    /// CSV: what stands between the fields.
    pub delimiter: u8,
    /// CSV: its encoding, when it is neither UTF-8 nor told by a byte-order mark.
    pub encoding: Option<&'static str>,
    /// XLSX: the sheet, when there are several.
    pub sheet: Option<String>,
    /// Row of the headings, from 1.
    pub header: u64,
    /// Documents: the path to the rows; `None` when the document is the row.
    pub rows: Option<String>,
    /// Headings or members, in the order of the file, as written; blank and repeated ones among them.
    pub names: Vec<String>,
    /// JSON: members beside the rows that hold a single value, which all rows share. None has the name of a member of the rows.
    pub outer: Vec<String>,
    /// Sheets or tables of the file beside the one that was looked at.
    pub others: Vec<String>,
    /// CSV: it reads the same in every encoding of this survey: plain ASCII, or its byte-order mark says what it is.
    pub plain: bool,
}

/// Looks at a file. `shown` is what messages call it.
///
/// # Errors
/// The file cannot be read, is empty, or is of a format that cannot be told without a definition.
pub fn survey(path: &Path, shown: &str) -> Result<Survey, SourceError> {
    let found = Found::at(path, shown);
    match found.extension().as_str() {
        "csv" | "tsv" | "txt" => delimited(&found),
        "xlsx" => workbook(&found),
        "json" => document(&found),
        "ndjson" | "jsonl" => lines(&found),
        _ => Err(SourceError::new("files of this kind cannot be drafted from", shown, "give CSV, XLSX, JSON or NDJSON files")),
    }
}

/// Reads every row of a file that was looked at: one raw value per name of `columns`, which are names of the survey.
///
/// # Errors
/// As reading any dataset: any doubt about the file.
pub fn each_row(
    survey: &Survey,
    path: &Path,
    shown: &str,
    columns: &[String],
    sink: &mut dyn FnMut(RawRow) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    let found = Found::at(path, shown);
    let mut rows = Rows::new(columns.len(), sink);
    read_files(&dataset(survey, shown, columns)?, &[found], &mut rows)
}

/// Path to a member of a row, as a definition writes it.
pub fn member_path(name: &str) -> String {
    let plain =
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if plain { format!("$.{name}") } else { format!("$['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")) }
}

fn at<T>(value: T) -> At<T> {
    At { value, place: Place { file: SourceText::new("", ""), start: 0, end: 0 } }
}

fn path_of(text: &str, shown: &str) -> Result<RowPath, SourceError> {
    RowPath::parse(text)
        .map_err(|_| SourceError::new(format!("`{text}` cannot be written as a path"), shown, "rename the member in the export"))
}

/// The definition that a survey amounts to, with every column as text.
fn dataset(survey: &Survey, shown: &str, columns: &[String]) -> Result<Dataset, SourceError> {
    let place = at(()).place;
    let column = |name: &String| -> Result<Column, SourceError> {
        let from = match survey.format.is_table() {
            true => Source::Heading(at(name.trim().to_owned())),
            false => {
                let path = at(path_of(&member_path(name), shown)?);
                if survey.outer.contains(name) { Source::Outer { path, level: 0 } } else { Source::Path(path) }
            }
        };
        Ok(Column {
            name: at(name.clone()),
            from,
            kind: Type::Text,
            list: None,
            optional: true,
            default: None,
            references: None,
            truth: None,
            format: None,
            normalise: Vec::new(),
            volatile: false,
            place: place.clone(),
        })
    };
    let read = Read {
        format: survey.format,
        pattern: at(shown.to_owned()),
        layers: Vec::new(),
        sheet: survey.sheet.clone().map(at),
        header: survey.header,
        delimiter: survey.delimiter,
        encoding: survey.encoding.map(|e| at(e.to_owned())),
        unpivot: None,
        rows: survey.rows.iter().map(|r| path_of(r, shown)).collect::<Result<_, _>>()?,
        distinct: false,
        resource: None,
        place: place.clone(),
    };
    Ok(Dataset {
        name: at(shown.to_owned()),
        noun: String::new(),
        measured: false,
        read,
        also: Vec::new(),
        key: Vec::new(),
        id: None,
        columns: columns.iter().map(column).collect::<Result<_, _>>()?,
        effective: None,
        complete: Complete::Unknown,
        none_means_empty: None,
        not_offered: Default::default(),
        digest: String::new(),
        place,
    })
}

fn empty(shown: &str) -> SourceError {
    SourceError::new("the file is empty", shown, "export it again: a file without headings says nothing")
}

fn no_row(found: &Found) -> SourceError {
    SourceError::new(
        "no row can be read",
        &found.shown,
        "check that it is delimited text, that quotes are closed, and doubled within values",
    )
}

fn delimited(found: &Found) -> Result<Survey, SourceError> {
    let mut head = Vec::new();
    File::open(&found.path).and_then(|f| f.take(SAMPLE).read_to_end(&mut head)).map_err(|e| unreadable(&found.shown, &e))?;
    if head.iter().all(u8::is_ascii_whitespace) {
        return Err(empty(&found.shown));
    }
    let (label, plain) = encoding(found, &head)?;
    let encoding = text::encoding(label, &found.shown)?;
    let mut sample = String::new();
    // A character that the sample cuts in two ends it.
    let _ = Utf8Reader::new(&head[..], encoding).read_to_string(&mut sample);
    let whole = (head.len() as u64) < SAMPLE;
    let best = DELIMITERS.iter().rev().map(|d| (records(&sample, *d, whole), *d)).max_by_key(|(records, _)| fields(records));
    let (records, delimiter) = best.filter(|(records, _)| !records.is_empty()).ok_or_else(|| no_row(found))?;
    let width = mode(&records);
    // One column, because the delimiter of its headings does not get through the file.
    let headings = sample.lines().next().unwrap_or_default();
    let broken = |d: &u8| headings.contains(char::from(*d)) && self::records(&sample, *d, whole).is_empty();
    if width == 1 && DELIMITERS.iter().any(broken) {
        return Err(no_row(found));
    }
    let (header, names) = records.into_iter().find(|(_, names)| names.len() == width).unwrap_or_default();
    Ok(Survey { delimiter, encoding: label, header, plain, ..Survey::of(FileFormat::Csv, names) })
}

/// UTF-8 or a byte-order mark need no word; bytes that are not UTF-8 are taken for what Windows programs of Western Europe write.
/// Also says whether the file would read the same in another encoding.
fn encoding(found: &Found, head: &[u8]) -> Result<(Option<&'static str>, bool), SourceError> {
    if encoding_rs::Encoding::for_bom(head).is_some() {
        return Ok((None, true));
    }
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count() * 4 > head.len();
    if zeros(1) || zeros(0) {
        return Ok((Some(if zeros(1) { "utf-16le" } else { "utf-16be" }), false));
    }
    let mut beyond_ascii = BeyondAscii(false);
    let mut reader = Utf8Reader::new(Digesting::open(found)?, encoding_rs::UTF_8);
    match std::io::copy(&mut BufReader::new(&mut reader), &mut beyond_ascii) {
        Ok(_) => Ok((None, !beyond_ascii.0)),
        Err(e) if e.kind() == std::io::ErrorKind::InvalidData => Ok((Some("windows-1252"), false)),
        Err(e) => Err(unreadable(&found.shown, &e)),
    }
}

/// Takes a text and keeps only whether any of it is beyond ASCII.
struct BeyondAscii(bool);

impl Write for BeyondAscii {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0 |= !bytes.is_ascii();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The first records by one delimiter, each with its line; none when they cannot be read by it.
fn records(sample: &str, delimiter: u8, whole: bool) -> Vec<(u64, Vec<String>)> {
    let mut reader = Records::new(sample.as_bytes(), delimiter);
    let mut record = Record::default();
    let mut found = Vec::new();
    while found.len() < RECORDS {
        match reader.next(&mut record) {
            Ok(true) => found.push((record.line, record.iter().map(str::to_owned).collect())),
            Ok(false) => {
                // The sample may end in the middle of a record.
                if !whole && found.len() > 1 {
                    found.pop();
                }
                break;
            }
            Err(_) if !whole && found.len() > 1 => break,
            Err(_) => return Vec::new(),
        }
    }
    found
}

/// How well a delimiter cuts the records: all alike first, then into many fields. One field is no cut at all.
fn fields(records: &[(u64, Vec<String>)]) -> (bool, usize, usize) {
    let width = mode(records);
    let alike = records.iter().filter(|(_, r)| r.len() == width).count();
    (!records.is_empty(), if width > 1 { alike * 1000 / records.len().max(1) / 250 } else { 0 }, width)
}

/// The number of fields that most records have.
fn mode(records: &[(u64, Vec<String>)]) -> usize {
    let alike = |width: usize| records.iter().filter(|(_, r)| r.len() == width).count();
    records.iter().map(|(_, r)| r.len()).max_by_key(|width| (alike(*width), *width)).unwrap_or(0)
}

fn workbook(found: &Found) -> Result<Survey, SourceError> {
    let file = File::open(&found.path).map_err(|e| unreadable(&found.shown, &e))?;
    let failed = |e| xlsx::mistake(&e, found);
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(failed)?;
    let sheets = book.sheet_names();
    // The sheet with the most cells: beside it there are notes.
    let mut largest: Option<(usize, Survey)> = None;
    for sheet in &sheets {
        let range = book.worksheet_range(sheet).map_err(failed)?;
        let Some((top, left)) = range.start() else { continue };
        let filled = |row: &[Data]| row.iter().filter(|c| !matches!(c, Data::Empty)).count();
        let head: Vec<(usize, &[Data])> = range.rows().enumerate().take(RECORDS).collect();
        // The headings are the first row that is as wide as any: what stands above is a title.
        let Some(width) = head.iter().map(|(_, row)| filled(row)).max().filter(|w| *w > 0) else { continue };
        let Some((offset, row)) = head.into_iter().find(|(_, row)| filled(row) == width) else { continue };
        let cells = range.height().saturating_mul(width);
        if largest.as_ref().is_some_and(|(most, _)| *most >= cells) {
            continue;
        }
        let text = |c: &Data| if matches!(c, Data::Empty) { String::new() } else { c.to_string() };
        let blank = std::iter::repeat_n(String::new(), left as usize);
        let names = blank.chain(row.iter().map(text)).collect();
        let header = u64::from(top) + offset as u64 + 1;
        let others: Vec<String> = sheets.iter().filter(|other| *other != sheet).cloned().collect();
        let sheet = (!others.is_empty()).then(|| sheet.clone());
        largest = Some((cells, Survey { sheet, header, others, ..Survey::of(FileFormat::Xlsx, names) }));
    }
    largest.map(|(_, survey)| survey).ok_or_else(|| empty(&found.shown))
}

impl Survey {
    /// A file of this format and these names, with nothing unusual about it.
    fn of(format: FileFormat, names: Vec<String>) -> Self {
        Self {
            format,
            delimiter: b',',
            encoding: None,
            sheet: None,
            header: 1,
            rows: None,
            names,
            outer: Vec::new(),
            others: Vec::new(),
            plain: true,
        }
    }
}

fn document(found: &Found) -> Result<Survey, SourceError> {
    let (bytes, _) = intake::whole(found)?;
    let text = text::decode(&bytes, encoding_rs::UTF_8, found)?;
    if text.trim().is_empty() {
        return Err(empty(&found.shown));
    }
    let value: Value = serde_json::from_str(&text).map_err(|e| json::mistake(&e, found, 1))?;
    let survey = match &value {
        Value::Array(items) => rows_at(Some("$[*]".to_owned()), items.iter()),
        Value::Object(members) => {
            let tables: Vec<(&String, &Vec<Value>)> =
                members.iter().filter_map(|(name, v)| Some((name, v.as_array().filter(|_| is_table(v))?))).collect();
            match tables.iter().rev().max_by_key(|(_, rows)| rows.len()) {
                Some((table, rows)) => {
                    let mut survey = rows_at(Some(format!("{}[*]", member_path(table))), rows.iter());
                    let single = |v: &Value| !v.is_array() && !v.is_object();
                    let beside = members.iter().filter(|(_, v)| single(v)).map(|(name, _)| name.clone());
                    survey.outer = beside.filter(|name| !survey.names.contains(name)).collect();
                    survey.others = tables.iter().map(|(name, _)| (*name).clone()).filter(|name| name != *table).collect();
                    survey
                }
                None => rows_at(None, std::iter::once(&value)),
            }
        }
        _ => rows_at(None, std::iter::empty()),
    };
    if survey.names.is_empty() {
        return Err(SourceError::new("the document holds no rows with members", &found.shown, "give an array of objects"));
    }
    Ok(survey)
}

fn is_table(value: &Value) -> bool {
    value.as_array().is_some_and(|rows| !rows.is_empty() && rows.iter().all(Value::is_object))
}

fn rows_at<'v>(rows: Option<String>, nodes: impl Iterator<Item = &'v Value>) -> Survey {
    let mut names = Vec::new();
    nodes.for_each(|node| add_members(node, &mut names));
    Survey { rows, ..Survey::of(FileFormat::Json, names) }
}

fn lines(found: &Found) -> Result<Survey, SourceError> {
    let mut names = Vec::new();
    json::each_line(found, &mut Budget::new(Keep::All), |value, _, _| {
        add_members(&value, &mut names);
        Ok(())
    })?;
    if names.is_empty() { Err(empty(&found.shown)) } else { Ok(Survey::of(FileFormat::Ndjson, names)) }
}

fn add_members(node: &Value, names: &mut Vec<String>) {
    for name in node.as_object().into_iter().flat_map(|o| o.keys()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
}
