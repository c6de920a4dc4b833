//! Excel workbooks: one sheet, headings, typed cells.
//!
//! What a spreadsheet calls an error, and a formula whose result was never calculated, fit no type: they can never
//! pass for a value. Cells that are merged over several rows hold a value in the first row only, so they are refused.

use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use chrono::{Days, NaiveDate, NaiveDateTime, TimeDelta};

use super::intake;
use super::pattern::{Found, unreadable};
use super::rows::Rows;
use super::table::Table;
use crate::document::suggest::nearest_or_all;
use crate::source::SourceError;
use crate::system::Dataset;
use crate::value::Raw;

/// Reads one workbook.
pub(super) fn read(dataset: &Dataset, found: &Found, rows: &mut Rows) -> Result<(), SourceError> {
    rows.sources.push(intake::digest_only(found)?);
    let file = File::open(&found.path).map_err(|e| unreadable(&found.shown, &e))?;
    let failed = |e: XlsxError| mistake(&e, found);
    let mut book: Xlsx<_> = Xlsx::new(BufReader::new(file)).map_err(failed)?;
    let sheet = sheet(&book, dataset, found)?;
    let header = u32::try_from(dataset.read.header).unwrap_or(u32::MAX).max(1) - 1;
    for merged in book.merge_cells_by_sheet_name(&sheet).map_err(failed)? {
        if merged.end.0 > header && merged.start.0 != merged.end.0 {
            return Err(SourceError::new(
                "cells are merged over several rows",
                place(found, &sheet, merged.start.0),
                "unmerge them and fill in each row: only the first of them holds the value",
            ));
        }
    }
    let is_1904 = book.has_1904_epoch();
    let mut cells = book.worksheet_cells_reader(&sheet).map_err(failed)?;
    let mut table: Option<Table> = None;
    let mut row = Row::default();
    let mut headings = 0;
    loop {
        let cell = cells.next_cell_with_formula_metadata().map_err(failed)?;
        let ended = cell.as_ref().is_none_or(|c| c.pos.0 != row.number);
        if ended && !row.is_blank() {
            let origin = || place(found, &sheet, row.number);
            match &mut table {
                Some(_) if row.number > header && !row.fits(headings) => {
                    return Err(SourceError::new(
                        "a row goes on to the right of the headings",
                        origin(),
                        "give the column a heading, or clear the cells: what has no heading is not read",
                    ));
                }
                Some(table) if row.number > header => table.record(&|i| row.get(i), origin, rows)?,
                None if row.number > header => break,
                None if row.number == header => {
                    headings = row.cells.len();
                    table = Some(Table::new(dataset, &row.headings(), found, &origin(), rows)?);
                }
                _ => {}
            }
        }
        let Some(cell) = cell else { break };
        if ended {
            if cell.pos.0 < row.number {
                let advice = "save it again in the spreadsheet program";
                return Err(SourceError::new("the sheet's rows are out of order", place(found, &sheet, cell.pos.0), advice));
            }
            row.restart(cell.pos.0);
        }
        row.put(cell.pos.1 as usize, raw(cell.value, cell.formula.is_some(), is_1904));
    }
    match table {
        Some(_) => Ok(()),
        None => Err(SourceError::new(
            "there is no row of headings",
            place(found, &sheet, header),
            "check that the export is whole, and `header:` of the definition",
        )),
    }
}

fn sheet(book: &Xlsx<BufReader<File>>, dataset: &Dataset, found: &Found) -> Result<String, SourceError> {
    let names = book.sheet_names();
    let none = || SourceError::new("the workbook has no sheet", &found.shown, "export it again");
    let Some(wanted) = &dataset.read.sheet else {
        if names.len() > 1 {
            return Err(SourceError::new(
                format!("the workbook has {} sheets, and the definition names none: {}", names.len(), names.join(", ")),
                &found.shown,
                "write `sheet:` in the definition",
            ));
        }
        return names.into_iter().next().ok_or_else(none);
    };
    if names.contains(&wanted.value) {
        return Ok(wanted.value.clone());
    }
    let near = nearest_or_all(&wanted.value, names.iter().map(String::as_str));
    Err(SourceError::new(
        format!("there is no sheet `{}`: {near}", wanted.value),
        &found.shown,
        "correct `sheet:` of the definition, or the export",
    ))
}

fn place(found: &Found, sheet: &str, row: u32) -> String {
    format!("{}, sheet {sheet}, row {}", found.shown, u64::from(row) + 1)
}

/// The sentence for a workbook that cannot be read.
pub(super) fn mistake(error: &XlsxError, found: &Found) -> SourceError {
    let what = match error {
        XlsxError::Password => "the workbook has a password".to_owned(),
        other => format!("this is no workbook that can be read: {other}"),
    };
    SourceError::new(what, &found.shown, "save it again as an Excel workbook (.xlsx) without a password, and check that it is whole")
}

/// The cells of one row, from the first column on.
#[derive(Default)]
struct Row {
    number: u32,
    cells: Vec<Raw>,
}

impl Row {
    fn restart(&mut self, number: u32) {
        self.number = number;
        self.cells.clear();
    }

    fn put(&mut self, column: usize, raw: Raw) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Raw::Text(String::new()));
        }
        self.cells[column] = raw;
    }

    fn get(&self, column: usize) -> Raw {
        self.cells.get(column).cloned().unwrap_or_else(|| Raw::Text(String::new()))
    }

    fn is_blank(&self) -> bool {
        self.cells.iter().all(|c| matches!(c, Raw::Text(t) if t.trim().is_empty()))
    }

    /// True when nothing but blanks stands beyond the first `columns`.
    fn fits(&self, columns: usize) -> bool {
        self.cells.iter().skip(columns).all(|c| matches!(c, Raw::Text(t) if t.trim().is_empty()))
    }

    fn headings(&self) -> Vec<String> {
        let text = |raw: &Raw| match raw {
            Raw::Text(t) | Raw::Number(t) | Raw::Broken(t) => t.clone(),
            Raw::Boolean(b) => b.to_string(),
            Raw::Moment(m) => m.date().to_string(),
            _ => String::new(),
        };
        self.cells.iter().map(text).collect()
    }
}

fn raw(value: DataRef, has_formula: bool, is_1904: bool) -> Raw {
    match value {
        DataRef::Int(n) => Raw::Number(n.to_string()),
        // The shortest text that is this double, without an exponent.
        DataRef::Float(n) if n.is_finite() => Raw::Number(n.to_string()),
        DataRef::Float(n) => Raw::Broken(n.to_string()),
        DataRef::DateTimeIso(text) => iso(&text).map_or(Raw::Text(text), Raw::Moment),
        DataRef::String(text) | DataRef::DurationIso(text) => Raw::Text(text),
        DataRef::SharedString(text) => Raw::Text(text.to_owned()),
        DataRef::Bool(b) => Raw::Boolean(b),
        DataRef::DateTime(serial) if serial.is_duration() => duration(&serial),
        DataRef::DateTime(serial) => match moment(serial.as_f64(), is_1904) {
            Some(moment) => Raw::Moment(moment),
            None => Raw::Broken(serial.as_f64().to_string()),
        },
        DataRef::Error(error) => Raw::Broken(error.to_string()),
        DataRef::Empty if has_formula => Raw::Broken("a formula whose result was never calculated".to_owned()),
        DataRef::Empty => Raw::Text(String::new()),
    }
}

/// A moment that the workbook holds as text.
fn iso(text: &str) -> Option<NaiveDateTime> {
    let day = || text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0);
    text.trim_end_matches('Z').parse().ok().or_else(day)
}

/// A length of time as hours, minutes and seconds, which is also how a bare time of day is often formatted.
fn duration(serial: &ExcelDateTime) -> Raw {
    let seconds = (serial.as_f64() * 86_400.0).round();
    if !(0.0..1e12).contains(&seconds) {
        return Raw::Broken(serial.as_f64().to_string());
    }
    let seconds = seconds as u64;
    Raw::Text(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
}

/// The moment of a serial number of days. A bare time of day stands on 1899-12-31 in both date systems.
/// `None` for what is before the first day, for Excel's 29 February 1900, and beyond the year 9999.
fn moment(serial: f64, is_1904: bool) -> Option<NaiveDateTime> {
    if !(0.0..2_958_466.0).contains(&serial) {
        return None;
    }
    let milliseconds = (serial * 86_400_000.0).round() as i64;
    let (days, rest) = (milliseconds.div_euclid(86_400_000) as u64, milliseconds.rem_euclid(86_400_000));
    let zero = NaiveDate::from_ymd_opt(1899, 12, 31)?;
    let date = match days {
        0 => zero,
        _ if is_1904 => NaiveDate::from_ymd_opt(1904, 1, 1)?.checked_add_days(Days::new(days))?,
        60 => return None,
        // Day 60 never was, so that every later day is counted one too many.
        _ => zero.checked_add_days(Days::new(if days > 60 { days - 1 } else { days }))?,
    };
    date.and_hms_opt(0, 0, 0)?.checked_add_signed(TimeDelta::milliseconds(rest))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, at, heading, text};
    use super::*;
    use crate::system::FileFormat;
    use rust_xlsxwriter::{ExcelDateTime as Written, Format, Formula, Workbook, Worksheet};

    fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
        let mut book = Workbook::new();
        book.add_worksheet().set_name("Notes").unwrap().write(0, 0, "not here").unwrap();
        let sheet = book.add_worksheet().set_name("Clinics").unwrap();
        sheet.write_row(0, 0, ["Code", "Name"]).unwrap();
        fill(sheet);
        book.save_to_buffer().unwrap()
    }

    fn case(bytes: &[u8]) -> Case {
        Case::new(FileFormat::Xlsx, "a.xlsx")
            .column("code", heading("Code"))
            .column("name", heading("Name"))
            .with(|d| d.read.sheet = Some(at("Clinics".to_owned())))
            .file("a.xlsx", bytes)
    }

    fn cells(bytes: &[u8]) -> Vec<Vec<Raw>> {
        case(bytes).read().unwrap().0.into_iter().map(|r| r.cells).collect()
    }

    #[test]
    fn cells_are_typed() {
        let date = Format::new().set_num_format("yyyy-mm-dd");
        let moment = Format::new().set_num_format("yyyy-mm-dd hh:mm");
        let bytes = book(|s| {
            s.write(1, 0, "007").unwrap().write(1, 1, 1.5).unwrap();
            s.write(2, 0, true).unwrap().write(2, 1, 12).unwrap();
            s.write_with_format(4, 0, Written::from_ymd(2027, 2, 24).unwrap(), &date).unwrap();
            s.write_with_format(4, 1, Written::from_ymd(2027, 2, 24).unwrap().and_hms(6, 30, 0).unwrap(), &moment).unwrap();
            s.write_with_format(5, 0, Written::from_hms(6, 30, 0).unwrap(), &Format::new().set_num_format("hh:mm")).unwrap();
        });
        let day = NaiveDate::from_ymd_opt(2027, 2, 24).unwrap();
        assert_eq!(
            cells(&bytes),
            [
                [text("007"), Raw::Number("1.5".into())],
                [Raw::Boolean(true), Raw::Number("12".into())],
                [Raw::Moment(day.and_hms_opt(0, 0, 0).unwrap()), Raw::Moment(day.and_hms_opt(6, 30, 0).unwrap())],
                [Raw::Moment(NaiveDate::from_ymd_opt(1899, 12, 31).unwrap().and_hms_opt(6, 30, 0).unwrap()), text("")],
            ]
        );
        assert_eq!(case(&bytes).read().unwrap().0[2].origin, "a.xlsx, sheet Clinics, row 5", "a blank row is none, and is counted");
    }

    #[test]
    fn serial_days_of_both_systems() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap().and_hms_opt(0, 0, 0);
        assert_eq!(moment(1.0, false), day(1900, 1, 1));
        assert_eq!(moment(59.0, false), day(1900, 2, 28));
        assert_eq!(moment(60.0, false), None, "there was no 29 February 1900");
        assert_eq!(moment(61.0, false), day(1900, 3, 1));
        assert_eq!(moment(46_442.0, false), day(2027, 2, 24));
        assert_eq!(moment(46_442.0 - 1_462.0, true), day(2027, 2, 24));
        assert_eq!(moment(-1.0, false), None);
        assert_eq!(moment(1e300, false), None);
        assert_eq!(moment(0.25, true), NaiveDate::from_ymd_opt(1899, 12, 31).unwrap().and_hms_opt(6, 0, 0));
        assert_eq!(duration(&ExcelDateTime::new(1.5, calamine::ExcelDateTimeType::TimeDelta, false)), text("36:00:00"));
    }

    #[test]
    fn errors_and_formulas_without_a_result_are_broken() {
        let bytes = book(|s| {
            s.write_formula(1, 0, Formula::new("=NA()").set_result("#N/A")).unwrap();
            s.write_formula(1, 1, Formula::new("=1+1").set_result("2")).unwrap();
        });
        let cells = cells(&bytes);
        assert_eq!(cells, [[Raw::Broken("#N/A".into()), Raw::Number("2".into())]]);
        assert!(matches!(raw(DataRef::Empty, true, false), Raw::Broken(_)));
        assert_eq!(raw(DataRef::Empty, false, false), text(""));
        let midnight = NaiveDate::from_ymd_opt(2027, 2, 24).unwrap().and_hms_opt(0, 0, 0).unwrap();
        for written in ["2027-02-24", "2027-02-24T00:00:00", "2027-02-24T00:00:00.000Z"] {
            assert_eq!(raw(DataRef::DateTimeIso(written.to_owned()), false, false), Raw::Moment(midnight));
        }
    }

    #[test]
    fn the_sheet_is_found_by_name() {
        let bytes = book(|s| {
            s.write(1, 0, "1").unwrap();
        });
        let wrong = case(&bytes).with(|d| d.read.sheet = Some(at("Clinic".to_owned())));
        assert!(wrong.error().what.contains("did you mean `Clinics`?"), "{}", wrong.error());
        let any = case(&bytes).with(|d| d.read.sheet = None).error();
        assert_eq!(any.what, "the workbook has 2 sheets, and the definition names none: Notes, Clinics");
        assert_eq!(case(&bytes).texts(), [["1", ""]]);
    }

    #[test]
    fn what_has_no_heading_is_not_passed_over() {
        let bytes = book(|s| {
            s.write_row(1, 0, ["A", "x"]).unwrap();
            s.write(2, 0, "B").unwrap().write(2, 2, "closed from March").unwrap();
        });
        let error = case(&bytes).error();
        assert_eq!(error.what, "a row goes on to the right of the headings");
        assert_eq!(error.place, "a.xlsx, sheet Clinics, row 3");
    }

    #[test]
    fn the_row_of_the_headings_is_counted_as_in_the_sheet() {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write(0, 0, "Report").unwrap();
        sheet.write_row(3, 1, ["Code", "Name"]).unwrap();
        sheet.write_row(4, 1, ["A", "x"]).unwrap();
        let bytes = book.save_to_buffer().unwrap();
        let at_row = |n| case(&bytes).with(|d| (d.read.sheet, d.read.header) = (None, n));
        assert_eq!(at_row(4).texts(), [["A", "x"]]);
        assert!(at_row(3).error().place.ends_with("row 3"));
    }

    #[test]
    fn cells_merged_over_rows_are_refused() {
        let bytes = book(|s| {
            s.merge_range(1, 0, 3, 0, "A", &Format::new()).unwrap();
        });
        let error = case(&bytes).error();
        assert!(error.what.contains("merged"));
        assert_eq!(error.place, "a.xlsx, sheet Clinics, row 2");
    }

    #[test]
    fn a_truncated_workbook_is_an_error() {
        let bytes = book(|s| {
            s.write(1, 0, "A").unwrap();
        });
        for tenth in 0..10 {
            assert!(case(&bytes[..bytes.len() * tenth / 10]).read().is_err());
        }
        assert!(case(b"Code,Name\n").error().advice.contains(".xlsx"));
    }
}
