//! Small decoders that take what they know, collect every problem, and never stop at the first.
//!
//! A decoder returns `None` when it has reported a problem; callers go on with the next field.

use chrono::{DateTime, NaiveDate, Utc};

use super::node::{Content, Entry, Node, Scalar, Style};
use super::problem::Problems;
use super::suggest;
use super::text::{At, Place};

/// The fields of one mapping: each is taken by name; what is left over is an unknown key.
pub struct Fields<'n> {
    node: &'n Node,
    what: &'static str,
    entries: &'n [Entry],
    known: Vec<&'static str>,
    /// Required fields that may only be mistyped, with the key that looks like them.
    mistyped: Vec<(&'static str, &'n str)>,
}

impl<'n> Fields<'n> {
    /// Opens `node` as `what` ("a check", "an environment"); a problem when it is no mapping.
    pub fn open(node: &'n Node, what: &'static str, problems: &mut Problems) -> Option<Self> {
        match &node.content {
            Content::Map(entries) => Some(Self { node, what, entries, known: Vec::new(), mistyped: Vec::new() }),
            _ => {
                problems.add(&node.place, format!("{what} is a mapping, but this is {}", node.shape())).expected("key: value");
                None
            }
        }
    }

    /// The mapping itself.
    pub fn node(&self) -> &'n Node {
        self.node
    }

    /// The entry of a field as written, even one set to nothing; the field counts as known.
    pub fn entry(&mut self, name: &'static str) -> Option<&'n Entry> {
        self.known.push(name);
        self.entries.iter().find(|e| e.key == name)
    }

    /// The keys as written.
    pub fn keys(&self) -> impl Iterator<Item = &'n str> {
        self.entries.iter().map(|e| e.key.as_str())
    }

    /// Reports a field that is given and means nothing beside the others; `why` says so in one line.
    pub fn refuse(&mut self, name: &'static str, why: impl Into<String>, problems: &mut Problems) -> bool {
        match self.entry(name) {
            Some(entry) => {
                problems.add(&entry.key_place, why).expected("not here");
                true
            }
            None => false,
        }
    }

    /// Takes a field that may be missing. A field set to nothing counts as missing.
    pub fn optional(&mut self, name: &'static str) -> Option<&'n Node> {
        let entry = self.entry(name)?;
        match &entry.value.content {
            Content::Scalar(s) if s.is_null() => None,
            _ => Some(&entry.value),
        }
    }

    /// Keys that nobody has taken so far.
    pub fn unknown_keys(&self) -> impl Iterator<Item = &'n str> {
        self.keys().filter(|key| !self.known.contains(key))
    }

    /// Where the mapping begins, for what it lacks: its first key, on one line.
    pub fn first_place(&self) -> Place {
        self.entries.first().map_or_else(|| self.node.place.clone(), |e| e.key_place.clone())
    }

    /// Takes a field that must be there.
    pub fn required(&mut self, name: &'static str, problems: &mut Problems) -> Option<&'n Node> {
        if let Some(found) = self.optional(name) {
            return Some(found);
        }
        let empty = self.entries.iter().find(|e| e.key == name);
        let similar = self.unknown_keys().find(|key| suggest::nearest(key, std::iter::once(name)).is_some());
        match (empty, similar) {
            (Some(empty), _) => {
                problems.add(&empty.key_place, format!("`{name}` is empty")).expected(format!("write `{name}: …`"));
            }
            // One mistake is said once: closing reports the key, or the field when the key turns out to be another one.
            (None, Some(key)) => self.mistyped.push((name, key)),
            (None, None) => self.report_missing(name, problems),
        }
        None
    }

    fn report_missing(&self, name: &str, problems: &mut Problems) {
        problems.add(&self.first_place(), format!("{} needs `{name}`", self.what)).expected(format!("add `{name}: …`"));
    }

    /// Takes a field and decodes it, when it is there.
    pub fn get<T>(
        &mut self,
        name: &'static str,
        problems: &mut Problems,
        decode: impl FnOnce(&'n Node, &mut Problems) -> Option<T>,
    ) -> Option<T> {
        self.optional(name).and_then(|n| decode(n, problems))
    }

    /// [`Self::get`] for what people know best: a field that is still `TODO` counts as not given. That it is open is told with the
    /// verdict, which it keeps from GO.
    pub fn get_given<T>(
        &mut self,
        name: &'static str,
        problems: &mut Problems,
        decode: impl FnOnce(&'n Node, &mut Problems) -> Option<T>,
    ) -> Option<T> {
        self.optional(name).filter(|n| !n.is_todo()).and_then(|n| decode(n, problems))
    }

    /// Takes a field that must be there and decodes it.
    pub fn need<T>(
        &mut self,
        name: &'static str,
        problems: &mut Problems,
        decode: impl FnOnce(&'n Node, &mut Problems) -> Option<T>,
    ) -> Option<T> {
        self.required(name, problems).and_then(|n| decode(n, problems))
    }

    /// Ends the mapping: every key nobody took is a problem, with the nearest valid name. To be called on every way out.
    pub fn close(self, problems: &mut Problems) {
        for (name, key) in &self.mistyped {
            if self.known.contains(key) {
                self.report_missing(name, problems);
            }
        }
        for entry in self.entries {
            if !self.known.contains(&entry.key.as_str()) {
                let help = suggest::nearest_or_all(&entry.key, self.known.iter().copied());
                problems.add(&entry.key_place, format!("{} has no key `{}`", self.what, entry.key)).expected("unknown key").help(help);
            }
        }
    }
}

fn scalar<'n>(node: &'n Node, what: &str, problems: &mut Problems) -> Option<&'n Scalar> {
    match &node.content {
        Content::Scalar(s) if !s.is_null() => Some(s),
        _ => {
            problems.add(&node.place, format!("expected {what}, found {}", node.shape())).expected(what.to_owned());
            None
        }
    }
}

/// Place of bytes `start..end` of a scalar's value, in the file; the whole node when it is no scalar.
pub fn place_in(node: &Node, start: usize, end: usize) -> Place {
    match &node.content {
        Content::Scalar(s) => {
            let from = s.file_offset(start);
            let to = if end > start { s.file_offset(end - 1) + 1 } else { from };
            let length = node.place.file.text.len();
            Place { file: node.place.file.clone(), start: from.min(length), end: to.clamp(from, length.max(from)) }
        }
        _ => node.place.clone(),
    }
}

/// Any single value as text, exactly as written.
pub fn text(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    scalar(node, "text", problems).map(|s| At { value: s.text.clone(), place: node.place.clone() })
}

/// Text that is not blank.
pub fn some_text(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let found = text(node, problems)?;
    if found.value.trim().is_empty() {
        problems.add(&node.place, "this text is blank").expected("some text");
        return None;
    }
    Some(found)
}

/// A name of an environment, system, login, dataset or column: `[a-z][a-z0-9_]*`, no SQL keyword, no Windows device.
pub fn name(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let found = text(node, problems)?;
    match super::names::objection(&found.value) {
        None => Some(found),
        Some(why) => {
            problems.add(&node.place, format!("`{}` cannot be a name: {why}", found.value)).expected("a name such as `clinic_sessions`");
            None
        }
    }
}

/// `true` or `false`; `yes`, `on` and the like are asked back, not guessed.
pub fn boolean(node: &Node, problems: &mut Problems) -> Option<At<bool>> {
    let s = scalar(node, "true or false", problems)?;
    let value = match (s.style, s.text.as_str()) {
        (Style::Plain, "true") => true,
        (Style::Plain, "false") => false,
        _ => {
            problems.add(&node.place, format!("expected true or false, found `{}`", s.text)).expected("true or false");
            return None;
        }
    };
    Some(At { value, place: node.place.clone() })
}

/// A whole number that fits 64 bits.
pub fn integer(node: &Node, problems: &mut Problems) -> Option<At<i64>> {
    let s = scalar(node, "a whole number", problems)?;
    match s.text.parse::<i64>() {
        Ok(value) if s.style == Style::Plain => Some(At { value, place: node.place.clone() }),
        _ => {
            problems.add(&node.place, format!("expected a whole number, found `{}`", s.text)).expected("a whole number");
            None
        }
    }
}

/// A whole number of at least zero.
pub fn count(node: &Node, problems: &mut Problems) -> Option<At<u64>> {
    let found = integer(node, problems)?;
    match u64::try_from(found.value) {
        Ok(value) => Some(At { value, place: found.place }),
        Err(_) => {
            problems.add(&node.place, format!("{} is below zero", found.value)).expected("zero or more");
            None
        }
    }
}

/// A moment with its offset: `2027-02-24T06:00:00Z`.
pub fn instant(node: &Node, problems: &mut Problems) -> Option<At<DateTime<Utc>>> {
    let s = scalar(node, "a moment", problems)?;
    match DateTime::parse_from_rfc3339(&s.text) {
        Ok(value) => Some(At { value: value.with_timezone(&Utc), place: node.place.clone() }),
        Err(_) => {
            problems.add(&node.place, format!("`{}` is no moment with a time zone", s.text)).expected("such as 2027-02-24T06:00:00Z");
            None
        }
    }
}

/// A calendar date: `2027-01-29`.
pub fn date(node: &Node, problems: &mut Problems) -> Option<At<NaiveDate>> {
    let s = scalar(node, "a date", problems)?;
    match NaiveDate::parse_from_str(&s.text, "%Y-%m-%d") {
        Ok(value) if s.text.len() == 10 => Some(At { value, place: node.place.clone() }),
        _ => {
            problems.add(&node.place, format!("`{}` is no date", s.text)).expected("such as 2027-01-29");
            None
        }
    }
}

/// A length of time: a whole number and `ms`, `s`, `m`, `h` or `d`.
pub fn duration(node: &Node, problems: &mut Problems) -> Option<At<chrono::Duration>> {
    let s = scalar(node, "a length of time", problems)?;
    let split = s.text.find(|c: char| !c.is_ascii_digit()).unwrap_or(s.text.len());
    let (digits, unit) = s.text.split_at(split);
    let value = digits.parse::<i64>().ok().and_then(|n| match unit {
        "ms" => chrono::Duration::try_milliseconds(n),
        "s" => chrono::Duration::try_seconds(n),
        "m" => chrono::Duration::try_minutes(n),
        "h" => chrono::Duration::try_hours(n),
        "d" => chrono::Duration::try_days(n),
        _ => None,
    });
    if value.is_none() {
        problems.add(&node.place, format!("`{}` is no length of time", s.text)).expected("such as 800ms, 30s, 12h or 30d");
    }
    value.map(|value| At { value, place: node.place.clone() })
}

/// One of a fixed set of words.
pub fn one_of<T: Copy>(node: &Node, what: &str, words: &[(&'static str, T)], problems: &mut Problems) -> Option<At<T>> {
    let s = scalar(node, what, problems)?;
    if let Some((_, value)) = words.iter().find(|(w, _)| *w == s.text) {
        return Some(At { value: *value, place: node.place.clone() });
    }
    let help = suggest::nearest_or_all(&s.text, words.iter().map(|(w, _)| *w));
    problems.add(&node.place, format!("`{}` is no {what}", s.text)).expected(what.to_owned()).help(help);
    None
}

/// The items of a list, each decoded; those with problems are left out.
pub fn list<'n, T>(
    node: &'n Node,
    problems: &mut Problems,
    mut decode: impl FnMut(&'n Node, &mut Problems) -> Option<T>,
) -> Option<Vec<T>> {
    match &node.content {
        Content::List(items) => Some(items.iter().filter_map(|n| decode(n, problems)).collect()),
        _ => {
            problems.add(&node.place, format!("expected a list, found {}", node.shape())).expected("a list: [a, b]");
            None
        }
    }
}

/// A list, or a single item standing for a list of one.
pub fn one_or_list<'n, T>(
    node: &'n Node,
    problems: &mut Problems,
    mut decode: impl FnMut(&'n Node, &mut Problems) -> Option<T>,
) -> Option<Vec<T>> {
    match &node.content {
        Content::List(_) => list(node, problems, decode),
        _ => decode(node, problems).map(|one| vec![one]),
    }
}

/// The entries of a mapping whose keys are the user's own names.
pub fn entries<'n>(node: &'n Node, what: &str, problems: &mut Problems) -> Option<&'n [Entry]> {
    match &node.content {
        Content::Map(entries) => Some(entries),
        _ => {
            problems.add(&node.place, format!("expected {what}, found {}", node.shape())).expected("a mapping: name: value");
            None
        }
    }
}

/// The key of an entry as a checked name.
pub fn entry_name(entry: &Entry, problems: &mut Problems) -> Option<At<String>> {
    match super::names::objection(&entry.key) {
        None => Some(At { value: entry.key.clone(), place: entry.key_place.clone() }),
        Some(why) => {
            problems.add(&entry.key_place, format!("`{}` cannot be a name: {why}", entry.key)).expected("a name such as `clinic_sessions`");
            None
        }
    }
}

/// Checks `version: 1`, which every file of a project starts with.
pub fn version(fields: &mut Fields<'_>, problems: &mut Problems) {
    if let Some(found) = fields.need("version", problems, integer)
        && found.value != 1
    {
        problems.add(&found.place, format!("version {} is not known to this gonogo", found.value)).expected("version: 1");
    }
}
