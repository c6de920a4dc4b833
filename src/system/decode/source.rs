//! Where a cell comes from: a heading, a path, the position, the file.

use crate::document::decode::{Fields, count, one_of, place_in, some_text};
use crate::document::{At, Content, Node, Place, Problems};

use super::super::{FileFormat, FilePart, Read, RowPath, Source};

/// Keys of a mapping that say where a cell comes from: exactly one of them.
pub(super) const WORDS: &[&str] = &["from", "outer", "position", "member", "file"];

const FILE_PARTS: &[(&str, FilePart)] =
    &[("stem", FilePart::Stem), ("name", FilePart::Name), ("dir", FilePart::Dir), ("path", FilePart::Path)];

/// A JSONPath; a mistake is shown at its own place inside the text.
pub(super) fn path(node: &Node, problems: &mut Problems) -> Option<At<RowPath>> {
    let text = some_text(node, problems)?;
    if !text.value.starts_with('$') {
        let help = if text.value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            format!("write `$.{}`", text.value)
        } else {
            format!("write `\"$['{}']\"`", text.value.replace('\'', "\\'"))
        };
        let message = format!("`{}` is no path: a path into a document begins with `$`", text.value);
        problems.add(&text.place, message).expected("a path").help(help);
        return None;
    }
    match RowPath::parse(&text.value) {
        Ok(path) => Some(text.map(|_| path)),
        Err(error) => {
            let offset = (0..=error.offset.min(text.value.len())).rev().find(|i| text.value.is_char_boundary(*i)).unwrap_or(0);
            let width = text.value[offset..].chars().next().map_or(0, char::len_utf8);
            let place = place_in(node, offset, offset + width);
            // One `=` is what SQL and spreadsheets write.
            let single = text.value[offset..].starts_with('=') && !text.value[offset..].starts_with("==");
            let help = if single { "two values are compared with `==`" } else { PATH_HELP };
            problems.add(&place, format!("`{}` is no path", text.value)).expected("it cannot be read from here on").help(help);
            None
        }
    }
}

const PATH_HELP: &str = "a path is such as `$.name`, `$.identifier[0].value`, `$['Clinic Code']` or `$.items[?@.active == true].id`";

/// A source given by one word: a heading of a table, a path into a document.
pub(super) fn plain(node: &Node, format: FileFormat, problems: &mut Problems) -> Option<Source> {
    if format.is_table() { some_text(node, problems).map(Source::Heading) } else { path(node, problems).map(Source::Path) }
}

/// A source given by one word or by a mapping that says nothing else.
pub(super) fn any(node: &Node, read: &Read, problems: &mut Problems) -> Option<Source> {
    match node.content {
        Content::Map(_) => {
            let mut fields = Fields::open(node, "a source", problems)?;
            let source = from_fields(&mut fields, read, problems);
            fields.close(problems);
            source.unwrap_or_else(|| {
                problems.add(&node.place, "this does not say where the value comes from").expected("add `from: …`");
                None
            })
        }
        _ => plain(node, read.format, problems),
    }
}

/// The source among the fields of a column. `None` when no key says one; `Some(None)` when it has a mistake, which is reported.
pub(super) fn from_fields(fields: &mut Fields<'_>, read: &Read, problems: &mut Problems) -> Option<Option<Source>> {
    let given: Vec<(&'static str, &Node, &Place)> =
        WORDS.iter().filter_map(|word| fields.entry(word).map(|e| (*word, &e.value, &e.key_place))).collect();
    let level = fields.get("level", problems, count);
    for (word, _, place) in given.iter().skip(1) {
        let message = format!("a value comes from one place, but this column has `{}` and `{word}`", given[0].0);
        problems.add(place, message).expected("a second source").help("keep one of them");
    }
    let (word, node, place) = *given.first()?;
    if let Some(level) = level.as_ref().filter(|_| word != "outer") {
        problems.add(&level.place, "`level` belongs to `outer`").expected("not here");
    }
    if read.format.is_table() && matches!(word, "outer" | "member") {
        let message = format!("`{word}` is for documents, but this dataset is read from a table");
        problems.add(place, message).expected("not here").help("use `from: <heading>`");
        return Some(None);
    }
    Some(match word {
        "from" => plain(node, read.format, problems),
        "outer" => path(node, problems).and_then(|path| outer(path, level, read, problems)),
        "position" => only_true(node, "position", Source::Position, problems),
        "member" => only_true(node, "member", Source::Member, problems),
        _ => one_of(node, "part of a file's path", FILE_PARTS, problems).map(|part| Source::File(part.value)),
    })
}

/// Level 0 is the document, level N the node that the Nth path of `rows` selected; the row itself is the last one.
fn outer(path: At<RowPath>, level: Option<At<u64>>, read: &Read, problems: &mut Problems) -> Option<Source> {
    let Some(level) = level else { return Some(Source::Outer { path, level: 0 }) };
    match usize::try_from(level.value).ok().filter(|l| *l == 0 || *l < read.rows.len()) {
        Some(level) => Some(Source::Outer { path, level }),
        None => {
            let levels = read.rows.len().saturating_sub(1);
            let message = format!("there is no level {}: `rows` gives the levels 0 to {levels} above a row", level.value);
            problems.add(&level.place, message).expected(format!("at most {levels}"));
            None
        }
    }
}

fn only_true(node: &Node, word: &str, source: Source, problems: &mut Problems) -> Option<Source> {
    match crate::document::decode::boolean(node, problems)?.value {
        true => Some(source),
        false => {
            problems.add(&node.place, format!("`{word}: false` says nothing")).expected("true").help("remove it, or write true");
            None
        }
    }
}
