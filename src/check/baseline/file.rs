//! A baseline as JSON: written the same everywhere, believed only when it has its seal.

use crate::document::{Place, Problems, SourceText, names, sha256};

use super::Baseline;

/// What the file calls itself.
pub(super) const FORMAT: &str = "gonogo-baseline";
/// Version of the format.
pub(super) const VERSION: u32 = 1;
const AGAIN: &str = "take the file back from version control; to freeze anew, use another name";

impl Baseline {
    /// Computes the seal.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub(super) fn sealed(mut self) -> serde_json::Result<Self> {
        self.seal = self.digest()?;
        Ok(self)
    }

    fn digest(&self) -> serde_json::Result<String> {
        let bare = Self { seal: String::new(), ..self.clone() };
        Ok(sha256(&serde_json::to_vec(&bare)?))
    }

    /// The bytes of the file: a line per fingerprint, so that version control shows what came and went.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn render(&self) -> serde_json::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec_pretty(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads a file; `shown` is the path that messages show, `name` what the file is called. Mistakes go to `problems`, at their place.
    pub fn read(shown: &str, name: &str, bytes: &[u8], problems: &mut Problems) -> Option<Self> {
        let text = match std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)) {
            Ok(text) => SourceText::new(shown, text),
            Err(error) => {
                let file = SourceText::new(shown, String::from_utf8_lossy(bytes).into_owned());
                let start = error.valid_up_to();
                problems.add(&Place { file, start, end: start }, "this baseline is not UTF-8 text").help(AGAIN);
                return None;
            }
        };
        let at = |line: usize, column: usize| {
            let start = offset(&text.text, line, column);
            let end = (start + 1).min(text.text.len());
            Place { file: text.clone(), start: start.min(end), end }
        };
        if let Some(why) = names::file_objection(name) {
            problems.add(&at(1, 1), format!("`{name}` cannot be the name of a baseline: {why}")).help("give the file its own name back");
            return None;
        }
        // Read loosely first: a newer format may have members that this version does not know.
        let loose: serde_json::Value = match serde_json::from_str(&text.text) {
            Ok(value) => value,
            Err(error) => {
                let place = at(error.line(), error.column());
                problems.add(&place, format!("this baseline is damaged: {}", without_place(&error))).expected("JSON").help(AGAIN);
                return None;
            }
        };
        if loose.get("format").and_then(serde_json::Value::as_str) != Some(FORMAT) {
            problems.add(&at(1, 1), "this is no baseline").expected(format!("\"format\": \"{FORMAT}\"")).help(AGAIN);
            return None;
        }
        match loose.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version == u64::from(VERSION) => {}
            version => {
                let found = version.map_or_else(|| "no version".to_owned(), |v| format!("version {v}"));
                let help = "use the version of gonogo that wrote it";
                problems.add(&at(1, 1), format!("this baseline has {found}, and this gonogo reads version {VERSION}")).help(help);
                return None;
            }
        }
        let baseline: Self = match serde_json::from_str(&text.text) {
            Ok(baseline) => baseline,
            Err(error) => {
                let place = at(error.line(), error.column());
                problems.add(&place, format!("this baseline is damaged: {}", without_place(&error))).help(AGAIN);
                return None;
            }
        };
        if baseline.digest().ok().as_ref() != Some(&baseline.seal) {
            let start = text.text.rfind("\"seal\"").unwrap_or_default();
            let place = Place { file: text.clone(), start, end: start + "\"seal\"".len() };
            problems.add(&place, "this baseline was changed after it was frozen: it does not have its seal").help(AGAIN);
            return None;
        }
        if baseline.name != name {
            let message = format!("this is the baseline `{}`, not `{name}`: a freeze keeps its name", baseline.name);
            problems.add(&at(1, 1), message).help(format!("call the file {}.json again", baseline.name));
            return None;
        }
        Some(baseline)
    }
}

/// Byte of a line and column, both from 1; columns count bytes, as the JSON parser does.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    (start + column.saturating_sub(1)).min(text.len())
}

/// The parser's sentence without its own "at line 3 column 4": the place is shown beside it.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(what, _)| what.to_owned())
}
