//! One more signature at the end of a file: what is there stays as it is, comments and all.

use std::path::Path;

use crate::check::{AttestationFile, decode_attestations};
use crate::document::{Content, Document, Node, Problems, load, node_digest, sha256};

use super::super::{Failure, output};
use super::draft::{Draft, shown};

/// Writes the signature into the file of its check, whole or not at all; gives the file as it is then.
pub(super) fn write(path: &Path, name: &str, known: Option<&AttestationFile>, check: &str, draft: &Draft) -> Result<Document, Failure> {
    let lines = lines(draft);
    let by_hand = |why: &str| {
        let item = indented(&lines, 2).join("\n");
        Failure::Usage(format!("nothing was written: {why}\n{name}\nadd these lines to its `attestations:` by hand\n{item}"))
    };
    let bytes = match std::fs::read(path) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(by_hand(&format!("the file cannot be read: {error}"))),
    };
    let text = match &bytes {
        None => format!(
            "# What people signed for the check {check}, oldest first.\nversion: 1\ncheck: {check}\nattestations:\n{}\n",
            indented(&lines, 2).join("\n")
        ),
        Some(bytes) => {
            let before = load(name, bytes, &mut Problems::default()).ok_or_else(|| by_hand("the file is damaged"))?;
            if known.is_none_or(|k| k.digest != sha256(&before.file.text)) {
                return Err(Failure::Usage(format!("nothing was written: the file has changed in this moment\n{name}\nrun again")));
            }
            let text =
                appended(&before, &lines).ok_or_else(|| by_hand("the list in the file is not written with a dash per attestation"))?;
            if !keeps(&before, name, &text) {
                return Err(by_hand("the file is written in a way that cannot be added to"));
            }
            let mark = if bytes.starts_with(b"\xef\xbb\xbf") { "\u{feff}" } else { "" };
            format!("{mark}{text}")
        }
    };
    let mut problems = Problems::default();
    let document = load(name, text.as_bytes(), &mut problems);
    let sound = document.as_ref().is_some_and(|d| decode_attestations(d, &mut problems).is_some()) && problems.is_empty();
    let Some(document) = document.filter(|_| sound) else {
        return Err(Failure::Mistakes(problems));
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).and_then(|()| output::whole(path, text.as_bytes())).map_err(|error| {
        Failure::CannotTell(format!("nothing was written: {error}\n{name}\nmake the folder checks/attestations writable"))
    })?;
    Ok(document)
}

/// The items of the list in a file of attestations.
fn items(document: &Document) -> &[Node] {
    let Content::Map(entries) = &document.root.content else { return &[] };
    match entries.iter().find(|e| e.key == "attestations").map(|e| &e.value.content) {
        Some(Content::List(items)) => items,
        _ => &[],
    }
}

/// The file's text with one more item; `None` when its list is not one of dashes.
fn appended(document: &Document, lines: &[String]) -> Option<String> {
    let text = &document.file.text;
    let Content::Map(entries) = &document.root.content else { return None };
    let at = entries.iter().position(|e| e.key == "attestations")?;
    let first = items(document).first()?.place.start;
    let line = &text[..first][text[..first].rfind('\n').map_or(0, |i| i + 1)..];
    let indent = line.find('-').filter(|dash| line[..*dash].trim().is_empty() && line[dash + 1..].trim().is_empty())?;
    let end = entries.get(at + 1).map_or(text.len(), |next| text[..next.key_place.start].rfind('\n').map_or(0, |i| i + 1));
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (before, after) = text.split_at(end);
    let mut out = before.to_owned();
    if !out.ends_with('\n') {
        out.push_str(line_end);
    }
    for line in indented(lines, indent) {
        out.push_str(&line);
        out.push_str(line_end);
    }
    out.push_str(after);
    Some(out)
}

/// True when the new text holds all that the file held, and one more item at the end of its list.
fn keeps(before: &Document, name: &str, text: &str) -> bool {
    let Some(after) = load(name, text.as_bytes(), &mut Problems::default()) else { return false };
    let digests = |d: &Document| items(d).iter().map(node_digest).collect::<Vec<_>>();
    let (was, is) = (digests(before), digests(&after));
    is.len() == was.len() + 1 && is.starts_with(&was)
}

/// The item, line by line.
fn lines(draft: &Draft) -> Vec<String> {
    let mut lines = vec![
        format!("statement: {}", scalar(&draft.statement)),
        format!("person: {}", scalar(&draft.person)),
        format!("role: {}", scalar(&draft.role)),
        format!("date: {}", shown(draft.date)),
    ];
    lines.extend(draft.expires.map(|e| format!("expires: {}", shown(e))));
    if !draft.measured.is_empty() {
        let numbers: Vec<String> = draft.measured.iter().map(|(name, number)| format!("{name}: {}", number.to_plain_string())).collect();
        lines.push(format!("measured: {{{}}}", numbers.join(", ")));
    }
    if let Some((path, sha256)) = &draft.document {
        lines.push("document:".to_owned());
        lines.push(format!("  path: {}", scalar(path)));
        lines.push(format!("  sha256: {sha256}"));
    }
    lines.extend(draft.build.as_ref().map(|b| format!("build: {}", scalar(b))));
    lines
}

fn indented(lines: &[String], indent: usize) -> Vec<String> {
    let blank = " ".repeat(indent);
    lines.iter().enumerate().map(|(i, line)| format!("{blank}{} {line}", if i == 0 { "-" } else { " " })).collect()
}

/// A text as YAML: bare where nothing in it can be taken for anything else, else in double quotes.
fn scalar(text: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '/' | '_' | '-' | '(' | ')');
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str());
    let bare = text.starts_with(char::is_alphabetic) && text.chars().all(harmless) && !word && !text.ends_with(' ');
    if bare {
        return text.to_owned();
    }
    let mut out = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        let mut problems = Problems::default();
        let document = load("checks/attestations/a.yaml", text.as_bytes(), &mut problems).unwrap();
        assert!(problems.is_empty(), "{}", crate::document::render(&problems, false));
        document
    }

    #[test]
    fn what_is_there_stays_and_the_item_comes_last() {
        let new = ["statement: B".to_owned(), "role: lead".to_owned()];
        for (before, after) in [
            ("attestations:\n  - statement: A # why\n", "attestations:\n  - statement: A # why\n  - statement: B\n    role: lead\n"),
            ("attestations:\n- statement: A", "attestations:\n- statement: A\n- statement: B\n  role: lead\n"),
            (
                "attestations:\n    -   statement: A\n# the end\nversion: 1\n",
                "attestations:\n    -   statement: A\n# the end\n    - statement: B\n      role: lead\nversion: 1\n",
            ),
            ("attestations:\r\n  - statement: A\r\n", "attestations:\r\n  - statement: A\r\n  - statement: B\r\n    role: lead\r\n"),
            (
                "attestations:\n  - statement: |\n      A\n      - not an item\n",
                "attestations:\n  - statement: |\n      A\n      - not an item\n  - statement: B\n    role: lead\n",
            ),
        ] {
            let document = document(before);
            let text = appended(&document, &new).unwrap();
            assert_eq!(text, after);
            assert!(keeps(&document, "a.yaml", &text), "{text}");
        }
        for flow in
            ["attestations: [{statement: A}]\n", "{version: 1, attestations: [{statement: A}]}\n", "attestations:\n  [{statement: A}]\n"]
        {
            assert_eq!(appended(&document(flow), &new), None, "{flow}");
        }
    }

    #[test]
    fn a_text_that_loses_or_changes_an_item_is_seen() {
        let before = document("attestations:\n  - statement: A\n  - statement: B\n");
        for after in [
            "attestations:\n  - statement: A\n  - statement: B\n",
            "attestations:\n  - statement: A\n  - statement: C\n  - statement: D\n",
            "attestations:\n  - statement: A\n  - statement: B\n  - statement: C\n  - statement: D\n",
            "attestations: 1\n",
        ] {
            assert!(!keeps(&before, "a.yaml", after), "{after}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_text_is_read_back_as_it_was(text in "\\PC{1,30}") {
            let read = document(&format!("text: {}\n", scalar(&text)));
            let Content::Map(entries) = &read.root.content else { panic!("{text}") };
            let Content::Scalar(found) = &entries[0].value.content else { panic!("{text}") };
            proptest::prop_assert_eq!(&found.text, &text);
            proptest::prop_assert!(!found.is_null());
        }
    }
}
