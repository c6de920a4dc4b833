//! The loader: bytes to a spanned tree, within a budget.
//!
//! The tree is built from the events of the parser under `serde_yaml`, not through `Deserialize`: serde stops at the first
//! mistake, forgets how a scalar was written, and does not say where a list ends.

use std::path::Path;
use std::sync::Arc;

use super::node::Node;
use super::problem::Problems;
use super::text::{Place, SourceText};
use super::tree;

/// A larger file is no check file; the limit bounds the memory that a mistaken path can take.
const MAX_BYTES: usize = 16 << 20;

/// A loaded file.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its text.
    pub file: Arc<SourceText>,
    /// Its tree.
    pub root: Node,
}

/// Loads YAML from bytes; `shown` is the path that messages show. Mistakes go to `problems`.
///
/// `None` when the file is no tree that could be decoded; with duplicate keys the tree keeps the first of each.
pub fn load(shown: &str, bytes: &[u8], problems: &mut Problems) -> Option<Document> {
    let file = read_text(shown, bytes, problems)?;
    let root = tree::build(&file, problems)?;
    Some(Document { file, root })
}

/// Loads a file; one that cannot be read is a problem too.
pub fn load_file(path: &Path, shown: &str, problems: &mut Problems) -> Option<Document> {
    match std::fs::read(path) {
        Ok(bytes) => load(shown, &bytes, problems),
        Err(error) => {
            let message = match error.kind() {
                std::io::ErrorKind::NotFound => "this file does not exist".to_owned(),
                std::io::ErrorKind::PermissionDenied => "this file may not be read with your account".to_owned(),
                _ => format!("this file cannot be read: {error}"),
            };
            let file = SourceText::new(shown, "");
            problems.add(&Place { file, start: 0, end: 0 }, message);
            None
        }
    }
}

fn read_text(shown: &str, bytes: &[u8], problems: &mut Problems) -> Option<Arc<SourceText>> {
    let body = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let refuse = |problems: &mut Problems, message: String, help: &str| {
        let place = Place { file: SourceText::new(shown, ""), start: 0, end: 0 };
        problems.add(&place, message).help(help);
        None
    };
    if bytes.len() > MAX_BYTES {
        let message = format!("this file has {} MB; gonogo reads at most {} MB", bytes.len() >> 20, MAX_BYTES >> 20);
        return refuse(problems, message, "split the file");
    }
    if looks_like_utf16(body) {
        return refuse(problems, "this file is UTF-16 (\"Unicode\" in some editors), not UTF-8".to_owned(), "save it as UTF-8");
    }
    match std::str::from_utf8(body) {
        Ok(text) => Some(SourceText::new(shown, text)),
        Err(error) => {
            report_bad_bytes(shown, body, error.valid_up_to(), problems);
            None
        }
    }
}

/// A byte-order mark of UTF-16, or zero bytes at every other place of the beginning.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let zeros = |offset: usize| bytes.len() >= 4 && bytes.iter().skip(offset).step_by(2).take(16).all(|b| *b == 0);
    bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") || (zeros(0) != zeros(1))
}

fn report_bad_bytes(shown: &str, bytes: &[u8], first: usize, problems: &mut Problems) {
    let bad = bytes.utf8_chunks().filter(|c| !c.invalid().is_empty()).count();
    // Up to the first bad byte the replaced text is the file's own, so that the offset holds.
    let file = SourceText::new(shown, String::from_utf8_lossy(bytes).into_owned());
    let place = Place { file, start: first, end: first + char::REPLACEMENT_CHARACTER.len_utf8() };
    let mut message = format!("the byte {:02X} is not UTF-8 text", bytes.get(first).copied().unwrap_or_default());
    if bad > 1 {
        message.push_str(&format!("; {} more {} further down", bad - 1, if bad == 2 { "is" } else { "are" }));
    }
    problems.add(&place, message).expected("not UTF-8").help("save the file as UTF-8; it was probably saved as Windows-1252 (\"ANSI\")");
}
