//! `checks/waivers.yaml` on disk: read with the project, and added to by `gonogo waive`.

use std::path::Path;

use crate::document::{self, Document, Problems};
use crate::verdict::{Waiver, decode_waivers};

use super::{Failure, output};

/// Where a project keeps its waivers.
pub(super) const FILE: &str = "checks/waivers.yaml";

/// Reads the waivers, when there are any, with the project's own reader: their file is among those that judge.
pub(super) fn load(root: &Path, read: &mut impl FnMut(&Path, &mut Problems) -> Option<Document>, problems: &mut Problems) -> Vec<Waiver> {
    let path = root.join(FILE);
    if !path.exists() || std::fs::read(&path).is_ok_and(|bytes| is_blank(&bytes)) {
        return Vec::new();
    }
    read(&path, problems).map(|document| decode_waivers(&document, problems)).unwrap_or_default()
}

/// Nothing but comments: what is left when the last waiver has been taken out.
fn is_blank(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).is_ok_and(|text| text.lines().map(str::trim).all(|l| l.is_empty() || l.starts_with('#')))
}

/// The file as it would be with new waivers at its end.
pub(super) struct Draft {
    bytes: Vec<u8>,
    /// All of its waivers, those of before first.
    pub(super) waivers: Vec<Waiver>,
}

impl Draft {
    /// Adds entries at the end of the file, which keeps every byte it has. The new text is read back: it must hold the waivers of
    /// before, and then the new ones.
    ///
    /// # Errors
    /// Usage, with the entries to put in by hand, when the file is laid out so that nothing can be added at its end.
    pub(super) fn new(root: &Path, known: &[Waiver], entries: &[Entry<'_>]) -> Result<Self, Failure> {
        let path = root.join(FILE);
        let before = if path.exists() { std::fs::read(&path).map_err(|e| unreadable(&e))? } else { Vec::new() };
        let bytes = added(&before, entries);
        match read_back(&bytes, known, entries) {
            Some(waivers) => Ok(Self { bytes, waivers }),
            None => Err(Failure::Usage(format!(
                "nothing can be added at the end of this file\n{FILE}\nput this in by hand:\n{}",
                entries.iter().map(|e| e.text("", "\n")).collect::<String>()
            ))),
        }
    }

    /// Writes the file, whole or not at all.
    pub(super) fn write(&self, root: &Path) -> Result<(), Failure> {
        let path = root.join(FILE);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| unreadable(&e))?;
        }
        output::file(&path, &self.bytes)
    }
}

fn unreadable(error: &std::io::Error) -> Failure {
    Failure::CannotTell(format!("the waivers cannot be read or written: {error}\n{FILE}\nnothing was changed"))
}

/// One entry to write.
pub(super) struct Entry<'a> {
    pub(super) finding: &'a str,
    pub(super) check: &'a str,
    /// Members and digest of a group.
    pub(super) group: Option<(u64, &'a str)>,
    pub(super) owner: &'a str,
    pub(super) approver: &'a str,
    pub(super) reason: &'a str,
    pub(super) expires: &'a str,
    /// What is waived, for readers of the file.
    pub(super) comment: String,
}

impl Entry<'_> {
    fn text(&self, indent: &str, end: &str) -> String {
        let mut lines = vec![format!("# {}", self.comment), format!("- finding: {}", quoted(self.finding))];
        lines.push(format!("  check: {}", scalar(self.check)));
        if let Some((members, digest)) = self.group {
            lines.push(format!("  members: {members}"));
            lines.push(format!("  digest: {}", quoted(digest)));
        }
        for (key, value) in [("owner", self.owner), ("approver", self.approver), ("reason", self.reason)] {
            lines.push(format!("  {key}: {}", scalar(value)));
        }
        lines.push(format!("  expires: {}", self.expires));
        lines.iter().map(|line| format!("{indent}{line}{end}")).collect()
    }
}

/// The file with the entries at its end, in its own line ends and indentation.
fn added(before: &[u8], entries: &[Entry<'_>]) -> Vec<u8> {
    let mut text = before.to_vec();
    let end = if before.windows(2).any(|w| w == b"\r\n") { "\r\n" } else { "\n" };
    if before.is_empty() {
        text.extend_from_slice(
            b"# Known differences that a named person has accepted. `gonogo waive` adds to this file, `gonogo waive --list` judges it.\n",
        );
    }
    if !text.ends_with(b"\n") {
        text.extend_from_slice(end.as_bytes());
    }
    let shown = String::from_utf8_lossy(before);
    let first = shown.lines().find(|l| l.trim_start().starts_with("- ") || l.trim() == "-").unwrap_or_default();
    let indent = &first[..first.len() - first.trim_start().len()];
    for entry in entries {
        text.extend_from_slice(entry.text(indent, end).as_bytes());
    }
    text
}

/// The waivers of the text, when they are the known ones, then the entries, and it holds no mistake.
fn read_back(text: &[u8], known: &[Waiver], entries: &[Entry<'_>]) -> Option<Vec<Waiver>> {
    let mut problems = Problems::default();
    let document = document::load(FILE, text, &mut problems)?;
    let found = decode_waivers(&document, &mut problems);
    let told = |w: &Waiver| {
        let group = w.members.as_ref().map(|m| (m.count, m.digest.clone()));
        let check = w.check.as_ref().map(|c| c.value.clone());
        (w.finding.value.clone(), check, group, w.owner.value.clone(), w.approver.value.clone(), w.reason.clone(), w.expires.value)
    };
    let asked = |e: &Entry<'_>| {
        let expires = chrono::DateTime::parse_from_rfc3339(e.expires).ok()?.to_utc();
        let group = e.group.map(|(n, digest)| (n, digest.to_owned()));
        let (finding, check) = (e.finding.to_owned(), Some(e.check.to_owned()));
        Some((finding, check, group, e.owner.to_owned(), e.approver.to_owned(), e.reason.to_owned(), expires))
    };
    let expected: Option<Vec<_>> = known.iter().map(|w| Some(told(w))).chain(entries.iter().map(asked)).collect();
    let same = problems.is_empty() && expected.is_some_and(|expected| found.iter().map(told).eq(expected));
    same.then_some(found)
}

/// A text as a YAML scalar: plain where nothing in it means anything to YAML, else in quotes.
fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '/' | '(' | ')' | '\'' | '+' | ';');
    let words = ["true", "false", "null", "yes", "no", "on", "off"];
    let safe = text.starts_with(|c: char| c.is_alphabetic())
        && text.chars().all(plain)
        && text.trim() == text
        && !words.contains(&text.to_ascii_lowercase().as_str());
    if safe { text.to_owned() } else { quoted(text) }
}

/// In double quotes, with the escapes that JSON and YAML share.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
#[path = "waivers_tests.rs"]
mod tests;
