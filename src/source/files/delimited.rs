//! Delimited text, record by record, and strictly.
//!
//! Libraries for CSV forgive a quote that never closes and text after a closing quote, and so read a file that was cut
//! off in the middle as if it were whole, or several rows as one. Here both are errors with their line.

use std::io::Read;

/// Longest record, in bytes.
const RECORD_LIMIT: usize = 64 << 20;

/// One record. Kept between calls so that its memory is used again.
#[derive(Debug, Default)]
pub(super) struct Record {
    text: String,
    ends: Vec<usize>,
    /// Line on which it begins, from 1.
    pub(super) line: u64,
}

impl Record {
    /// Number of fields.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A field's text; quotes are taken off.
    pub(super) fn get(&self, i: usize) -> Option<&str> {
        let end = *self.ends.get(i)?;
        let start = if i == 0 { 0 } else { self.ends[i - 1] };
        self.text.get(start..end)
    }

    /// All fields.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|i| self.get(i))
    }
}

/// Why a record cannot be read.
#[derive(Debug)]
pub(super) enum RecordError {
    /// The file, or its encoding.
    Io(std::io::Error),
    /// A quote that is opened on this line is never closed.
    OpenQuote(u64),
    /// Text follows a closing quote on this line.
    TextAfterQuote(u64),
    /// The record that begins on this line is too long.
    TooLong(u64),
}

/// Reads records from UTF-8 text. Blank lines are no records.
pub(super) struct Records<R> {
    input: R,
    delimiter: u8,
    chunk: Vec<u8>,
    at: usize,
    filled: usize,
    line: u64,
    after_carriage_return: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Within {
    FieldStart,
    Plain,
    Quoted,
    AfterQuote,
}

impl<R: Read> Records<R> {
    /// Reads `input`, which must be UTF-8.
    pub(super) fn new(input: R, delimiter: u8) -> Self {
        Self { input, delimiter, chunk: vec![0; 64 << 10], at: 0, filled: 0, line: 1, after_carriage_return: false }
    }

    /// The input.
    pub(super) fn into_inner(self) -> R {
        self.input
    }

    /// Reads the next record; false at the end.
    pub(super) fn next(&mut self, record: &mut Record) -> Result<bool, RecordError> {
        let mut text = std::mem::take(&mut record.text).into_bytes();
        text.clear();
        record.ends.clear();
        let mut within = Within::FieldStart;
        let mut quote_line = self.line;
        let mut begun = false;
        loop {
            if self.at == self.filled {
                self.filled = self.input.read(&mut self.chunk).map_err(RecordError::Io)?;
                self.at = 0;
                if self.filled == 0 {
                    if within == Within::Quoted {
                        return Err(RecordError::OpenQuote(quote_line));
                    }
                    if begun {
                        record.ends.push(text.len());
                    }
                    break;
                }
            }
            if text.len() > RECORD_LIMIT {
                return Err(RecordError::TooLong(record.line));
            }
            let rest = &self.chunk[self.at..self.filled];
            match within {
                Within::Quoted => {
                    let run = rest.iter().position(|b| *b == b'"').unwrap_or(rest.len());
                    text.extend_from_slice(&rest[..run]);
                    self.line += rest[..run].iter().filter(|b| **b == b'\n').count() as u64;
                    self.at += run;
                    if run < rest.len() {
                        self.at += 1;
                        within = Within::AfterQuote;
                    }
                    continue;
                }
                Within::Plain => {
                    let delimiter = self.delimiter;
                    let run = rest.iter().position(|b| *b == delimiter || *b == b'\n' || *b == b'\r').unwrap_or(rest.len());
                    text.extend_from_slice(&rest[..run]);
                    self.at += run;
                    if run == rest.len() {
                        continue;
                    }
                }
                Within::FieldStart | Within::AfterQuote => {}
            }
            let byte = self.chunk[self.at];
            self.at += 1;
            if byte == b'\n' && std::mem::take(&mut self.after_carriage_return) {
                continue;
            }
            self.after_carriage_return = false;
            if byte == b'\n' || byte == b'\r' {
                self.after_carriage_return = byte == b'\r';
                self.line += 1;
                if begun {
                    record.ends.push(text.len());
                    break;
                }
                continue;
            }
            if !begun {
                begun = true;
                record.line = self.line;
            }
            if byte == self.delimiter {
                record.ends.push(text.len());
                within = Within::FieldStart;
            } else if byte == b'"' && within == Within::FieldStart {
                within = Within::Quoted;
                quote_line = self.line;
            } else if byte == b'"' && within == Within::AfterQuote {
                text.push(byte);
                within = Within::Quoted;
            } else if within == Within::AfterQuote {
                return Err(RecordError::TextAfterQuote(self.line));
            } else {
                text.push(byte);
                within = Within::Plain;
            }
        }
        record.text = String::from_utf8(text).map_err(|e| RecordError::Io(std::io::Error::new(std::io::ErrorKind::InvalidData, e)))?;
        Ok(!record.ends.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(text: &str) -> Result<Vec<(u64, Vec<String>)>, String> {
        let mut records = Records::new(text.as_bytes(), b',');
        let mut record = Record::default();
        let mut out = Vec::new();
        while records.next(&mut record).map_err(|e| format!("{e:?}"))? {
            out.push((record.line, record.iter().map(str::to_owned).collect()));
        }
        Ok(out)
    }

    fn rows(text: &str) -> Vec<Vec<String>> {
        all(text).unwrap().into_iter().map(|r| r.1).collect()
    }

    #[test]
    fn fields_and_quotes() {
        assert_eq!(rows("a,b\n1,\"x, \"\"y\"\"\"\n,\n"), [vec!["a", "b"], vec!["1", "x, \"y\""], vec!["", ""]]);
        assert_eq!(rows("5\" pipe,b"), [["5\" pipe", "b"]], "a quote within a plain field is a character");
        assert_eq!(rows("\"\"\n"), [[""]]);
        assert_eq!(rows("a,\r\n"), [["a", ""]]);
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let text = "a,b\r\n\r\n\"1\nx\",2\r\n\n3,4\r5,6";
        let lines: Vec<u64> = all(text).unwrap().into_iter().map(|r| r.0).collect();
        assert_eq!(lines, [1, 3, 6, 7]);
    }

    #[test]
    fn a_file_that_is_cut_off_within_quotes_is_an_error() {
        assert_eq!(all("a,b\n1,\"x\n2,y\n").unwrap_err(), "OpenQuote(2)");
        assert_eq!(all("a,b\n1,\"x\"\"").unwrap_err(), "OpenQuote(2)");
        assert_eq!(all("a,b\n1,\"x\"y\n").unwrap_err(), "TextAfterQuote(2)");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(rows in proptest::collection::vec(proptest::collection::vec("[a\",\\n\\r é]{0,6}", 1..5), 0..6), crlf: bool) {
            let end = if crlf { "\r\n" } else { "\n" };
            let text: String = rows.iter().map(|r| r.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect::<Vec<_>>().join(",") + end).collect();
            prop_assert_eq!(all(&text).unwrap().into_iter().map(|r| r.1).collect::<Vec<_>>(), rows);
        }

        #[test]
        fn the_library_reads_the_same_from_a_file_without_mistakes(text in "[a\",\\n\\r]{0,40}") {
            if let Ok(own) = all(&text) {
                let library: Vec<Vec<String>> = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes())
                    .records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect();
                prop_assert_eq!(own.into_iter().map(|r| r.1).collect::<Vec<_>>(), library);
            }
        }
    }
}
