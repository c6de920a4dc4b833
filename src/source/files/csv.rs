//! Delimited text: headings, then rows that all have as many fields.

use super::delimited::{Record, RecordError, Records};
use super::intake::Digesting;
use super::pattern::Found;
use super::rows::Rows;
use super::table::Table;
use super::text::{self, Utf8Reader};
use crate::source::SourceError;
use crate::system::Dataset;
use crate::value::Raw;

/// Reads one file.
pub(super) fn read(dataset: &Dataset, found: &Found, rows: &mut Rows) -> Result<(), SourceError> {
    let label = dataset.read.encoding.as_ref().map(|e| e.value.as_str());
    let encoding = text::encoding(label, &found.shown)?;
    let mut records = Records::new(Utf8Reader::new(Digesting::open(found)?, encoding), dataset.read.delimiter);
    let mut record = Record::default();
    let failed = |e| mistake(e, found);

    let mut more = records.next(&mut record).map_err(failed)?;
    while more && record.line < dataset.read.header {
        more = records.next(&mut record).map_err(failed)?;
    }
    let place = format!("{}:{}", found.shown, dataset.read.header);
    if !more || record.line != dataset.read.header {
        return Err(SourceError::new(
            "there is no row of headings",
            place,
            "check that the export is whole, and `header:` of the definition",
        ));
    }
    let headings: Vec<String> = record.iter().map(str::to_owned).collect();
    let mut table = Table::new(dataset, &headings, found, &place, rows)?;
    let mut width = Width { headings: headings.len(), read: table.fields_read(), rows: None };
    while records.next(&mut record).map_err(failed)? {
        let origin = || format!("{}:{}", found.shown, record.line);
        if !width.fits(&record) {
            return Err(SourceError::new(
                format!("the row has {} fields and the headings are {}", record.len(), headings.len()),
                origin(),
                "export the file again: it was cut off, or a delimiter stands in a value without quotes",
            ));
        }
        table.record(&|i| record.get(i).map_or(Raw::Absent, |f| Raw::Text(f.to_owned())), origin, rows)?;
    }
    rows.sources.push(records.into_inner().into_inner().entry(found));
    Ok(())
}

/// How many fields a row may have.
///
/// Programs leave a delimiter at the end of some rows, and hand-kept files have a last heading that no row fills. Both are
/// read. A row that is shorter than the others, or lacks a field that a column needs, was cut off.
struct Width {
    headings: usize,
    /// Fields up to the last one that a column needs.
    read: usize,
    /// Fields of the first row.
    rows: Option<usize>,
}

impl Width {
    fn fits(&mut self, record: &Record) -> bool {
        let within = record.len().min(self.headings);
        let surplus_is_blank = (within..record.len()).all(|i| record.get(i).is_none_or(|field| field.trim().is_empty()));
        surplus_is_blank && within >= self.read && *self.rows.get_or_insert(within) <= within
    }
}

/// The sentence for a record that cannot be read.
pub(super) fn mistake(error: RecordError, found: &Found) -> SourceError {
    let at = |line: u64| format!("{}:{line}", found.shown);
    match error {
        RecordError::Io(e) => text::failed(&e, found),
        RecordError::OpenQuote(line) => SourceError::new(
            "a quote that is opened here is never closed",
            at(line),
            "export the file again: it was cut off, or a quote in a value is not doubled",
        ),
        RecordError::TextAfterQuote(line) => {
            SourceError::new("text follows a closing quote", at(line), "export the file again with quotes in values doubled")
        }
        RecordError::TooLong(line) => {
            SourceError::new("the row is longer than 64 MiB", at(line), "check the delimiter and the quotes of the export")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Case, at, heading, text};
    use crate::system::{FileFormat, FilePart, Source, Unpivot};
    use crate::value::Raw;

    fn case(bytes: impl AsRef<[u8]>) -> Case {
        Case::new(FileFormat::Csv, "a.csv").column("code", heading("Code")).column("name", heading("Name")).file("a.csv", bytes)
    }

    #[test]
    fn rows_are_read_by_heading() {
        let case = case("Name, Code ,x\n\"Cardiology\nclinic\", 007,\n,,1");
        assert_eq!(case.texts(), [[" 007", "Cardiology\nclinic"], ["", ""]]);
        let (rows, summary) = case.read().unwrap();
        assert_eq!(rows.iter().map(|r| r.origin.as_str()).collect::<Vec<_>>(), ["a.csv:2", "a.csv:4"]);
        assert_eq!(summary.unread, [None, None]);
        assert_eq!((summary.sources[0].path.as_str(), summary.sources[0].bytes), ("a.csv", 43));
    }

    #[test]
    fn the_digest_is_that_of_the_file() {
        let (_, summary) = case("Code,Name\n").read().unwrap();
        assert_eq!(summary.sources[0].sha256, "34509b68530e93b88e331e7a2456291dc6d1b12c89df99b439a8e3689f22c997");
        assert_eq!(summary.rows, 0);
    }

    #[test]
    fn a_heading_that_is_missing_is_an_unread_column_with_the_nearest_ones() {
        let case = case("Cod,Name,Site\n1,a,x\n");
        assert_eq!(case.texts(), [["-", "a"]]);
        assert_eq!(case.unread(), [Some("there is no heading `Code`; what is there: `Cod`, `Name`, `Site`".to_owned()), None]);
        let optional = case.with(|d| d.columns[0].optional = true);
        assert_eq!(optional.unread(), [None, None]);
    }

    #[test]
    fn a_heading_that_is_there_twice_is_an_error_only_where_it_is_needed() {
        assert!(case("Code,Name,Code\n1,a,2\n").error().what.contains("twice"));
        assert_eq!(case("Code,Name,x,x\n1,a,2,3\n").texts(), [["1", "a"]]);
    }

    #[test]
    fn a_truncated_file_is_never_read_as_whole() {
        let ragged = case("Code,Name\n1,a\n2").error();
        assert_eq!((ragged.what.as_str(), ragged.place.as_str()), ("the row has 1 fields and the headings are 2", "a.csv:3"));
        assert_eq!(case("Code,Name\n1,a,b\n").error().place, "a.csv:2");
        assert!(case("Code,Name\n1,\"a\n2,b\n").error().what.contains("never closed"));
        assert!(case("").error().what.contains("headings"));
        assert_eq!(case("Code,Name\n1,a").texts(), [["1", "a"]], "a file without a final newline is whole");
    }

    #[test]
    fn blank_fields_at_the_end_are_no_fields() {
        assert_eq!(case("Code,Name\n1,a,\n2,b\n3,c, ,\n").texts(), [["1", "a"], ["2", "b"], ["3", "c"]]);
        assert_eq!(case("Code,Name\n1,a,,x\n").error().place, "a.csv:2");
    }

    #[test]
    fn rows_may_leave_out_a_last_heading_only_if_all_do_and_nobody_reads_it() {
        assert_eq!(case("Code,Name,Order\n1,a\n2,b\n").texts(), [["1", "a"], ["2", "b"]]);
        assert_eq!(case("Code,Name,Order\n1,a,9\n2,b\n").error().place, "a.csv:3", "one row was cut off");
        assert_eq!(case("Code,Order,Name\n1,a\n").error().place, "a.csv:2", "the name is needed");
    }

    #[test]
    fn encodings() {
        let label = |l: &str| {
            let l = l.to_owned();
            move |d: &mut crate::system::Dataset| d.read.encoding = Some(at(l))
        };
        assert_eq!(case(b"Code,Name\n1,caf\xe9\n").with(label("windows-1252")).texts(), [["1", "café"]]);
        let wrong = case(b"Code,Name\n1,a\n2,caf\xe9\n").error();
        assert_eq!(wrong.place, "a.csv:3");
        assert!(wrong.what.contains("UTF-8"));
        assert_eq!(case("\u{feff}Code,Name\n1,é\n").texts(), [["1", "é"]]);
        assert_eq!(case("\u{feff}Code,Name\n1,é\n").with(label("windows-1252")).texts(), [["1", "é"]], "the byte-order mark wins");
        let utf16: Vec<u8> = "\u{feff}Code,Name\r\n1,é\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(case(&utf16).texts(), [["1", "é"]]);
        let unmarked: Vec<u8> = "Code,Name\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(case(unmarked).error().advice.contains("utf-16"));
        assert!(case("").with(label("klingon")).error().what.contains("klingon"));
    }

    #[test]
    fn delimiter_and_header_row() {
        let case = case("Report of 1 March\n\nCode;Name\n1;a\n").with(|d| (d.read.delimiter, d.read.header) = (b';', 3));
        assert_eq!(case.texts(), [["1", "a"]]);
        assert!(case.with(|d| d.read.header = 2).error().place.ends_with(":2"));
    }

    fn unpivoted(bytes: &str, keep: &[&str]) -> Case {
        let keep = keep.iter().map(|k| (*k).to_owned()).collect();
        Case::new(FileFormat::Csv, "a.csv")
            .column("location", heading("Name"))
            .column("tag", heading("tag"))
            .column("flag", heading("flag"))
            .file("a.csv", bytes)
            .with(|d| {
                d.read.unpivot = Some(Unpivot { columns: at("Tag|*".to_owned()), name: "tag".to_owned(), value: "flag".to_owned(), keep })
            })
    }

    #[test]
    fn wide_flags_become_rows() {
        let wide = "Name,Tag|Admission,Tag|Labs\nA,TRUE,\nB,true,FALSE\n";
        assert_eq!(unpivoted(wide, &["TRUE"]).texts(), [["A", "Admission", "TRUE"], ["B", "Admission", "true"]]);
        assert_eq!(unpivoted(wide, &[]).texts(), [["A", "Admission", "TRUE"], ["B", "Admission", "true"], ["B", "Labs", "FALSE"]]);
        assert!(unpivoted("Name,Tags\nA,x\n", &[]).error().what.contains("Tag|*"));
        let empty = unpivoted("Name,Tags\nA,x\n", &[]).with(|d| d.none_means_empty = Some(at("no tags".to_owned())));
        assert!(empty.texts().is_empty());
    }

    #[test]
    fn several_files_are_one_dataset_and_each_knows_its_name() {
        let case = Case::new(FileFormat::Csv, "*.csv")
            .column("file", Source::File(FilePart::Stem))
            .column("code", heading("Code"))
            .column("n", Source::Position)
            .file("b.csv", "Code\n2\n")
            .file("a.csv", "Code\n1\n1\n");
        assert_eq!(case.texts(), [["a", "1", "1"], ["a", "1", "2"], ["b", "2", "1"]]);
        let case = case.with(|d| d.read.distinct = true);
        assert_eq!(case.texts(), [["a", "1", "1"], ["b", "2", "1"]], "rows that are alike count once, whatever their position");
        let case = case.file("c.csv", "Code\n\"3");
        assert_eq!(case.error().place, "c.csv:2");
    }

    #[test]
    fn a_surrogate_id_that_cannot_be_read_is_an_error() {
        let case = case("Code,Name,Clinic ID\n1,a,77\n").with(|d| d.id = Some(heading("Clinic ID")));
        assert_eq!(case.read().unwrap().0[0].id, text("77"));
        assert!(case.with(|d| d.id = Some(heading("ClinicID"))).error().what.contains("ClinicID"));
    }

    #[test]
    fn a_cell_beyond_all_measure_is_an_error() {
        let long = format!("Code,Name\n1,{}\n", "x".repeat((16 << 20) + 1));
        let error = case(long).error();
        assert_eq!((error.what.as_str(), error.place.as_str()), ("the value of `name` is larger than 16 MiB", "a.csv:2"));
    }

    #[test]
    fn a_file_that_is_not_there_is_told_apart_from_an_empty_one() {
        let case = Case::new(FileFormat::Csv, "a.csv").column("code", heading("Code"));
        let (rows, summary) = case.read().unwrap();
        assert!(rows.is_empty() && summary.no_file);
        let case = case.file("a.csv", "Code\n");
        assert!(!case.read().unwrap().1.no_file);
    }

    #[test]
    fn further_kinds_of_file_add_their_rows() {
        let second = Case::new(FileFormat::Csv, "new-*.csv").column("code", heading("C")).column("name", heading("N")).dataset;
        let case = case("Code,Name\n1,a\n").with(|d| d.also.push(second));
        assert!(case.error().place.contains("new-*.csv"), "a part that is not there is an error");
        let case = case.with(|d| d.also[0].none_means_empty = Some(at("old releases have none".to_owned())));
        assert_eq!(case.texts(), [["1", "a"]]);
        let case = case.file("new-1.csv", "N,C\nb,2\n");
        assert_eq!(case.texts(), [["1", "a"], ["2", "b"]]);
        assert_eq!(case.read().unwrap().1.sources.len(), 2);
        assert_ne!(case.read().unwrap().0[0].cells[0], Raw::Absent);
    }
}
