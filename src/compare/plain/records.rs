//! CSV cut into records without copying: reading is most of the cost of comparing large files, and the general parser
//! spends it byte by byte. What is unusual about a record is left to that parser, so that both read the same.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use csv::{ByteRecord, ReaderBuilder};

use super::{PlainError, PlainSide};

/// A record longer than this is taken for a quote that was left open.
const LONGEST: usize = 64 << 20;

/// The records of a CSV file, one at a time.
pub(super) struct Records<'a> {
    side: &'a PlainSide,
    file: File,
    delimiter: u8,
    buffer: Vec<u8>,
    filled: usize,
    /// Where the next record starts in the buffer.
    at: usize,
    /// Where the buffer starts in the file.
    base: u64,
    ended: bool,
    place: u64,
    cells: Vec<Range<usize>>,
    /// Cells that are not in the buffer as they are; they stand in `cells` from `buffer.len()` on.
    unquoted: Vec<u8>,
}

/// How far the parser came.
enum Parsed {
    /// The record ends before this place in the buffer.
    Record(usize),
    /// The buffer ends within the record.
    More,
    /// Only line ends were left.
    Nothing,
    /// A quote was never closed.
    OpenQuote,
}

impl<'a> Records<'a> {
    /// Opens the file; it is read `ahead` bytes at a time.
    pub(super) fn open(side: &'a PlainSide, delimiter: u8, ahead: usize) -> Result<Self, PlainError> {
        let file = File::open(&side.path).map_err(|e| {
            PlainError::cannot_tell(format!("the file cannot be opened: {e}"), &side.shown, "check the path, and that you may read it")
        })?;
        let buffer = vec![0; ahead];
        let (cells, unquoted) = (Vec::new(), Vec::new());
        Ok(Self { side, file, delimiter, buffer, filled: 0, at: 0, base: 0, ended: false, place: 0, cells, unquoted })
    }

    /// Goes on with the record at this place.
    pub(super) fn seek(&mut self, place: u64) -> Result<(), PlainError> {
        self.file.seek(SeekFrom::Start(place)).map_err(|e| self.unreadable(&e))?;
        (self.filled, self.at, self.base, self.ended) = (0, 0, place, false);
        Ok(())
    }

    /// Reads the next record; false at the end of the file.
    pub(super) fn read(&mut self) -> Result<bool, PlainError> {
        loop {
            if self.base == 0 && self.at == 0 && self.buffer[..self.filled].starts_with(b"\xEF\xBB\xBF") {
                self.at = 3;
            }
            match self.parse()? {
                Parsed::Record(end) => {
                    self.at = end;
                    return Ok(true);
                }
                Parsed::Nothing => return Ok(false),
                Parsed::More => self.fill()?,
                Parsed::OpenQuote => {
                    let place = format!("{}:{}", self.side.shown, self.line()?);
                    let advice = "the file may be cut off: export it again";
                    return Err(PlainError::cannot_tell("a quote is opened and never closed", place, advice));
                }
            }
        }
    }

    /// Where the record starts in the file.
    pub(super) fn place(&self) -> u64 {
        self.place
    }

    /// How many cells the record has.
    pub(super) fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell of the record.
    pub(super) fn cell(&self, column: usize) -> &[u8] {
        let Range { start, end } = self.cells[column].clone();
        match start.checked_sub(self.buffer.len()) {
            Some(start) => &self.unquoted[start..end - self.buffer.len()],
            None => &self.buffer[start..end],
        }
    }

    /// Neighbouring cells with the delimiter between them, at once where they stand so in the file.
    pub(super) fn run(&self, columns: Range<usize>, out: &mut Vec<u8>) {
        let (first, last) = (self.cells[columns.start].start, self.cells[columns.end - 1].end);
        let lengths: usize = self.cells[columns.clone()].iter().map(|c| c.len() + 1).sum();
        if last < self.buffer.len() && last - first + 1 == lengths {
            out.extend_from_slice(&self.buffer[first..last]);
            return;
        }
        for column in columns.clone() {
            if column > columns.start {
                out.push(self.delimiter);
            }
            out.extend_from_slice(self.cell(column));
        }
    }

    /// Length of a cell.
    pub(super) fn length(&self, column: usize) -> usize {
        self.cells[column].len()
    }

    /// Line of the record, from 1: counted when somebody asks, which is only when something is wrong.
    pub(super) fn line(&self) -> Result<u64, PlainError> {
        let file = File::open(&self.side.path).map_err(|e| self.unreadable(&e))?;
        let mut line = 1;
        for byte in std::io::BufReader::new(file).take(self.place).bytes() {
            line += u64::from(byte.map_err(|e| self.unreadable(&e))? == b'\n');
        }
        Ok(line)
    }

    fn unreadable(&self, error: &dyn std::fmt::Display) -> PlainError {
        PlainError::cannot_tell(format!("the file cannot be read: {error}"), &self.side.shown, "copy or export it again")
    }

    /// Reads on, keeping the record that is under way.
    fn fill(&mut self) -> Result<(), PlainError> {
        self.buffer.copy_within(self.at..self.filled, 0);
        self.base += self.at as u64;
        self.filled -= self.at;
        self.at = 0;
        if self.filled == self.buffer.len() {
            if self.filled >= LONGEST {
                let place = format!("{}:{}", self.side.shown, self.line()?);
                return Err(PlainError::cannot_tell("a row is longer than 64 MiB", place, "check whether a quote was left open"));
            }
            self.buffer.resize(self.filled * 2, 0);
        }
        let read = loop {
            match self.file.read(&mut self.buffer[self.filled..]) {
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                read => break read.map_err(|e| self.unreadable(&e))?,
            }
        };
        self.filled += read;
        self.ended = read == 0;
        Ok(())
    }

    fn parse(&mut self) -> Result<Parsed, PlainError> {
        let bytes = &self.buffer[..self.filled];
        let blank = bytes[self.at..].iter().take_while(|b| is_line_end(**b)).count();
        let start = self.at + blank;
        if start == bytes.len() {
            return Ok(if self.ended { Parsed::Nothing } else { Parsed::More });
        }
        self.place = self.base + start as u64;
        self.cells.clear();
        self.unquoted.clear();
        let mut from = start;
        loop {
            let end = if bytes.get(from) == Some(&b'"') {
                let Some((close, doubled)) = closing_quote(bytes, from + 1) else {
                    return Ok(if self.ended { Parsed::OpenQuote } else { Parsed::More });
                };
                match bytes.get(close + 1) {
                    None if !self.ended => return Ok(Parsed::More),
                    Some(b) if *b != self.delimiter && !is_line_end(*b) => return self.parse_unusual(start),
                    _ => {}
                }
                if doubled {
                    let begin = self.buffer.len() + self.unquoted.len();
                    push_unquoted(&bytes[from + 1..close], &mut self.unquoted);
                    self.cells.push(begin..self.buffer.len() + self.unquoted.len());
                } else {
                    self.cells.push(from + 1..close);
                }
                close + 1
            } else {
                let end = cell_end(bytes, from, self.delimiter);
                if end == bytes.len() && !self.ended {
                    return Ok(Parsed::More);
                }
                self.cells.push(from..end);
                end
            };
            if bytes.get(end) != Some(&self.delimiter) {
                // The line end stays for the next record, which begins after it.
                return Ok(Parsed::Record(end));
            }
            from = end + 1;
        }
    }

    /// Text between a closing quote and the next delimiter: the general parser knows what that means.
    fn parse_unusual(&mut self, start: usize) -> Result<Parsed, PlainError> {
        let rest = &self.buffer[start..self.filled];
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(self.delimiter).from_reader(rest);
        let mut record = ByteRecord::new();
        reader.read_byte_record(&mut record).map_err(|e| self.unreadable(&e))?;
        let used = reader.position().byte() as usize;
        if used == rest.len() && !self.ended {
            return Ok(Parsed::More);
        }
        self.cells.clear();
        self.unquoted.clear();
        for cell in &record {
            let begin = self.buffer.len() + self.unquoted.len();
            self.unquoted.extend_from_slice(cell);
            self.cells.push(begin..begin + cell.len());
        }
        Ok(Parsed::Record(start + used))
    }
}

fn is_line_end(byte: u8) -> bool {
    byte == b'\n' || byte == b'\r'
}

/// The closing quote, and whether doubled ones come before it.
fn closing_quote(bytes: &[u8], mut from: usize) -> Option<(usize, bool)> {
    let mut doubled = false;
    loop {
        let at = from + bytes.get(from..)?.iter().position(|b| *b == b'"')?;
        match bytes.get(at + 1) {
            Some(b'"') => (doubled, from) = (true, at + 2),
            _ => return Some((at, doubled)),
        }
    }
}

fn push_unquoted(bytes: &[u8], out: &mut Vec<u8>) {
    let mut before = 0;
    for byte in bytes {
        // Of two quotes in a row the second is dropped.
        let drop = *byte == b'"' && before == b'"';
        before = if drop { 0 } else { *byte };
        if !drop {
            out.push(*byte);
        }
    }
}

const ONES: u64 = u64::MAX / 255;
const LOW_BITS: u64 = ONES * 0x7F;

/// The top bit of every byte of the word that equals the needle.
fn equal_bytes(word: u64, needle: u8) -> u64 {
    let other = word ^ (ONES * u64::from(needle));
    !(((other & LOW_BITS) + LOW_BITS) | other | LOW_BITS)
}

/// The end of an unquoted cell: eight bytes at a time.
fn cell_end(bytes: &[u8], from: usize, delimiter: u8) -> usize {
    let mut at = from;
    while let Some(Ok(word)) = bytes.get(at..at + 8).map(<[u8; 8]>::try_from) {
        let word = u64::from_le_bytes(word);
        let ends = equal_bytes(word, delimiter) | equal_bytes(word, b'\n') | equal_bytes(word, b'\r');
        if ends != 0 {
            return at + (ends.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let is_end = |b: &u8| *b == delimiter || is_line_end(*b);
    bytes[at..].iter().position(is_end).map_or(bytes.len(), |end| at + end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::PlainFormat;
    use super::*;

    proptest! {
        #[test]
        fn records_are_those_of_the_general_parser(text in "[a-b,\"\\n\\r é]{0,60}", ahead in 1usize..9) {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let path = dir.path().join("t.csv");
            std::fs::write(&path, &text).expect("written");
            let side = PlainSide { path, shown: "t.csv".into(), format: PlainFormat::Csv { delimiter: b',' } };
            let mut records = Records::open(&side, b',', ahead).expect("opened");
            let mut own: Vec<Vec<Vec<u8>>> = Vec::new();
            let mut places = Vec::new();
            let open = loop {
                match records.read() {
                    Ok(true) => {
                        own.push((0..records.len()).map(|c| records.cell(c).to_vec()).collect());
                        places.push(records.place());
                    }
                    Ok(false) => break false,
                    Err(_) => break true,
                }
            };
            let mut general = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let all: Vec<Vec<Vec<u8>>> = general.byte_records().map(|r| r.expect("bytes").iter().map(<[u8]>::to_vec).collect()).collect();
            if open {
                prop_assert_eq!(own.len() + 1, all.len(), "what lies in an open quote is one record to the other");
            }
            prop_assert_eq!(&own[..], &all[..own.len()]);
            prop_assert!(open || own.len() == all.len());
            for (place, expected) in places.iter().zip(&own).rev() {
                records.seek(*place).expect("sought");
                prop_assert!(records.read().expect("read"));
                let again: Vec<Vec<u8>> = (0..records.len()).map(|c| records.cell(c).to_vec()).collect();
                prop_assert_eq!(&again, expected);
            }
        }
    }
}
