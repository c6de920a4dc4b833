//! JSON files: an array of objects or one object per line; top-level members are the columns, in canonical form.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek};

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

use crate::compare::align::in_words;
use crate::compare::difference::FieldDifference;
use crate::value::{Cell, State, canonical_json, push_part};

use super::json_hash::{Text, ValueHash, member, once};
use super::partition::Entry;
use super::side::{Row, Scanned, Source};
use super::{PlainError, PlainOptions, PlainSide};

/// Read-ahead of a pass over the whole file, in bytes.
const AHEAD: usize = 1 << 18;

/// Read-ahead around a single record.
const AROUND: usize = 1 << 12;

/// A JSON file.
pub(super) struct JsonSide {
    file: PlainSide,
    bytes: u64,
    key: Vec<String>,
    ignore: Vec<String>,
    unordered: bool,
    /// True when the file is one array, false when it has one object per line.
    is_array: bool,
}

impl JsonSide {
    pub(super) fn open(file: &PlainSide, options: &PlainOptions) -> Result<Self, PlainError> {
        let mut side = Self {
            file: file.clone(),
            bytes: 0,
            key: options.key.clone(),
            ignore: options.ignore.clone(),
            unordered: options.unordered,
            is_array: false,
        };
        let opened = side.reader(AROUND)?;
        side.bytes = opened.get_ref().metadata().map_err(|e| side.unreadable(&e))?.len();
        for byte in opened.bytes() {
            match byte.map_err(|e| side.unreadable(&e))? {
                b'[' => side.is_array = true,
                // White space and a byte-order mark come before a document.
                b' ' | b'\t' | b'\r' | b'\n' | 0xEF | 0xBB | 0xBF => continue,
                b'{' => {}
                _ => return Err(side.no_object(1)),
            }
            return Ok(side);
        }
        Err(PlainError::cannot_tell("the file is empty", &side.file.shown, "give an array of objects, or one object per line"))
    }

    fn reader(&self, ahead: usize) -> Result<BufReader<File>, PlainError> {
        let opened = File::open(&self.file.path).map_err(|e| {
            PlainError::cannot_tell(format!("the file cannot be opened: {e}"), &self.file.shown, "check the path, and that you may read it")
        })?;
        Ok(BufReader::with_capacity(ahead, opened))
    }

    fn unreadable(&self, error: &dyn std::fmt::Display) -> PlainError {
        PlainError::cannot_tell(format!("the file cannot be read: {error}"), &self.file.shown, "copy or export it again")
    }

    fn no_object(&self, line: u64) -> PlainError {
        let place = format!("{}:{line}", self.file.shown);
        PlainError::cannot_tell("this is no JSON object", place, "give an array of objects, or one object per line")
    }

    fn invalid(&self, line: u64, error: &serde_json::Error) -> PlainError {
        let message = error.to_string();
        let what = message.split(" at line ").next().unwrap_or(&message);
        let line = line + error.line().saturating_sub(1) as u64;
        let place = format!("{}:{line}:{}", self.file.shown, error.column());
        PlainError::cannot_tell(format!("this is not valid JSON: {what}"), place, "the file may be cut off: export it again")
    }

    /// Reads the records at these ascending places.
    fn records(&self, places: &[u64], tell: &mut dyn FnMut(BTreeMap<String, Value>)) -> Result<(), PlainError> {
        if places.is_empty() {
            return Ok(());
        }
        let mut reader = self.reader(AROUND)?;
        let mut at = 0u64;
        for place in places {
            // Relative, so that what is in the buffer already is not read again.
            let by = i64::try_from(*place).unwrap_or(i64::MAX) - i64::try_from(at).unwrap_or(i64::MAX);
            reader.seek_relative(by).map_err(|e| self.unreadable(&e))?;
            let record = BTreeMap::deserialize(&mut serde_json::Deserializer::from_reader(&mut reader)).map_err(|e| self.unreadable(&e))?;
            at = reader.stream_position().map_err(|e| self.unreadable(&e))?;
            tell(record);
        }
        Ok(())
    }

    fn key_of(&self, record: &BTreeMap<String, Value>) -> Vec<u8> {
        let mut key = vec![0];
        for name in &self.key {
            push_part(&mut key, record.get(name).and_then(key_part).unwrap_or_default().as_bytes());
        }
        key
    }

    fn cell(&self, value: Value) -> Cell {
        match value {
            Value::Null => Cell::none(State::Null),
            Value::String(text) if text.is_empty() => Cell::none(State::Empty),
            value if self.unordered => Cell::value(canonical_json(&sorted(value))),
            value => Cell::value(canonical_json(&value)),
        }
    }
}

/// The text of a key member; `None` when it has no value.
fn key_part(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => (!text.is_empty()).then(|| text.clone()),
        other => Some(canonical_json(other)),
    }
}

/// Arrays sorted and without repeats, at every depth.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<(String, Value)> = items.into_iter().map(sorted).map(|item| (canonical_json(&item), item)).collect();
            items.sort_by(|a, b| a.0.cmp(&b.0));
            items.dedup_by(|a, b| a.0 == b.0);
            Value::Array(items.into_iter().map(|(_, item)| item).collect())
        }
        Value::Object(members) => Value::Object(members.into_iter().map(|(name, member)| (name, sorted(member))).collect()),
        other => other,
    }
}

impl Source for JsonSide {
    type Cells = BTreeMap<String, Cell>;

    fn shown(&self) -> &str {
        &self.file.shown
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn scan(&self, tell: &mut dyn FnMut(Scanned) -> Result<(), PlainError>) -> Result<(), PlainError> {
        let mut documents = Documents { reader: self.reader(AHEAD)?, place: 0, line: 1, is_array: self.is_array, open: false };
        let (mut text, mut stack, mut key) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((place, line)) = documents.next(self, &mut text)? {
            let mut parts = vec![None; self.key.len()];
            let mut deserializer = serde_json::Deserializer::from_slice(&text);
            let record = Record { side: self, stack: &mut stack, parts: &mut parts };
            let hash = (&mut deserializer).deserialize_map(record).and_then(|hash| deserializer.end().map(|()| hash));
            let hash = hash.map_err(|e| if e.is_data() { self.no_object(line) } else { self.invalid(line, &e) })?;
            key.clear();
            key.push(0);
            if parts.iter().any(Option::is_none) {
                tell(Scanned::Keyless(place))?;
                continue;
            }
            parts.iter().flatten().for_each(|part| push_part(&mut key, part.as_bytes()));
            let key = xxh3_64(&key);
            tell(Scanned::Keyed(Entry { key, row: hash.wrapping_add(key), place }))?;
        }
        Ok(())
    }

    fn keys(&self, places: &[u64], tell: &mut dyn FnMut(&[u8])) -> Result<(), PlainError> {
        self.records(places, &mut |record| tell(&self.key_of(&record)))
    }

    fn rows(&self, places: &[u64], tell: &mut dyn FnMut(Row<Self::Cells>)) -> Result<(), PlainError> {
        self.records(places, &mut |record| {
            let key = self.key_of(&record);
            let is_compared = |name: &String| !self.key.contains(name) && !self.ignore.contains(name);
            let compared = record.into_iter().filter(|(name, _)| is_compared(name));
            tell(Row { key, cells: compared.map(|(name, value)| (name, self.cell(value))).collect() });
        })
    }

    fn in_words(&self, places: &[u64], tell: &mut dyn FnMut(String)) -> Result<(), PlainError> {
        self.records(places, &mut |record| {
            tell(in_words(record.iter().map(|(name, value)| (name.as_str(), canonical_json(value).into()))));
        })
    }

    fn differences(&self, left: &Self::Cells, right: &Self::Cells) -> Vec<FieldDifference> {
        let absent = Cell::none(State::Absent);
        let names: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
        let field = |name: &String| {
            let (l, r) = (left.get(name).unwrap_or(&absent), right.get(name).unwrap_or(&absent));
            (l != r).then(|| FieldDifference { field: name.clone(), left: l.clone(), right: r.clone() })
        };
        names.into_iter().filter_map(field).collect()
    }
}

/// Hashes a record and takes out the parts of its key.
struct Record<'a> {
    side: &'a JsonSide,
    stack: &'a mut Vec<u64>,
    parts: &'a mut [Option<String>],
}

impl<'de> Visitor<'de> for Record<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<u64, A::Error> {
        let mut sum = 0u64;
        let base = self.stack.len();
        while let Some(name) = members.next_key_seed(Text)? {
            once(self.stack, base, &name)?;
            if let Some(part) = self.side.key.iter().position(|k| *k == name) {
                self.parts[part] = key_part(&members.next_value()?);
            } else if self.side.ignore.iter().any(|i| *i == name) {
                members.next_value::<serde::de::IgnoredAny>()?;
            } else {
                let value = members.next_value_seed(ValueHash { stack: &mut *self.stack, unordered: self.side.unordered })?;
                sum = sum.wrapping_add(member(&name, value));
            }
        }
        self.stack.truncate(base);
        Ok(sum)
    }
}

/// Cuts a file into its documents.
struct Documents {
    reader: BufReader<File>,
    place: u64,
    line: u64,
    is_array: bool,
    open: bool,
}

impl Documents {
    /// Puts the next document into `text`; its place and line.
    fn next(&mut self, side: &JsonSide, text: &mut Vec<u8>) -> Result<Option<(u64, u64)>, PlainError> {
        if self.is_array { self.next_item(side, text) } else { self.next_line(side, text) }
    }

    fn next_line(&mut self, side: &JsonSide, text: &mut Vec<u8>) -> Result<Option<(u64, u64)>, PlainError> {
        loop {
            text.clear();
            let read = self.reader.read_until(b'\n', text).map_err(|e| side.unreadable(&e))?;
            if read == 0 {
                return Ok(None);
            }
            let (mut place, line) = (self.place, self.line);
            self.place += read as u64;
            self.line += 1;
            if place == 0 && text.starts_with(b"\xEF\xBB\xBF") {
                text.drain(..3);
                place = 3;
            }
            if !text.trim_ascii().is_empty() {
                return Ok(Some((place, line)));
            }
        }
    }

    /// An item of the array: everything up to the bracket that closes it. What is inside is checked by the parser.
    fn next_item(&mut self, side: &JsonSide, text: &mut Vec<u8>) -> Result<Option<(u64, u64)>, PlainError> {
        text.clear();
        let (mut depth, mut in_text, mut escaped) = (0u32, false, false);
        let mut begin = (0, 1);
        let cut_off = |line: u64| {
            let place = format!("{}:{line}", side.file.shown);
            PlainError::cannot_tell("the array is not closed", place, "the file may be cut off: export it again")
        };
        loop {
            let buffer = self.reader.fill_buf().map_err(|e| side.unreadable(&e))?;
            if buffer.is_empty() {
                return if self.open { Err(cut_off(self.line)) } else { Ok(None) };
            }
            let mut used = 0;
            let mut done = None;
            for byte in buffer {
                used += 1;
                self.line += u64::from(*byte == b'\n');
                if depth > 0 {
                    text.push(*byte);
                    if in_text {
                        in_text = escaped || *byte != b'"';
                        escaped = !escaped && *byte == b'\\';
                        continue;
                    }
                    match byte {
                        b'"' => in_text = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 {
                        done = Some(Ok(Some(begin)));
                        break;
                    }
                    continue;
                }
                match byte {
                    b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF => {}
                    b'[' if !self.open => self.open = true,
                    b']' if self.open => self.open = false,
                    b'{' if self.open => {
                        depth = 1;
                        text.push(b'{');
                        begin = (self.place + used as u64 - 1, self.line);
                    }
                    _ => {
                        done = Some(Err(side.no_object(self.line)));
                        break;
                    }
                }
            }
            self.reader.consume(used);
            self.place += used as u64;
            if let Some(done) = done {
                return done;
            }
        }
    }
}
