//! What the YAML parser objects to, in the words of people who edit YAML and do not write parsers.

use std::sync::Arc;

use serde_yaml::granit_parser::{ErrorKind, ScanError};

use super::problem::Problems;
use super::text::{Place, SourceText};
use super::tree::MAX_DEPTH;

/// Reports the parser's error; `open` is where the innermost bracket that is still open begins.
pub(super) fn report(file: &Arc<SourceText>, error: &ScanError, open: Option<usize>, problems: &mut Problems) {
    let start = error.marker().byte_offset().unwrap_or(file.text.len()).min(file.text.len());
    let start = (0..=start).rev().find(|i| file.text.is_char_boundary(*i)).unwrap_or(0);
    if let Some(tab) = tab_in_indentation(&file.text, start) {
        let place = Place { file: file.clone(), start: tab, end: tab + 1 };
        problems.add(&place, "a tab stands in the indentation; YAML wants spaces").expected("a tab").help("replace it with spaces");
        return;
    }
    let end = file.text[start..].chars().next().filter(|c| *c != '\n' && *c != '\r').map_or(start, |c| start + c.len_utf8());
    let place = Place { file: file.clone(), start, end };
    let (message, help) = explain(error.kind());
    let problem = problems.add(&place, message);
    problem.expected("here");
    match open {
        Some(open) => {
            let bracket = &file.text[open..(open + 1).min(file.text.len())];
            let (line, column) = file.line_column(open);
            problem.help(format!("the `{bracket}` of line {line}, column {column} is still open here"));
        }
        None => {
            if let Some(help) = help {
                problem.help(help);
            }
        }
    }
}

/// Both the parser and the tree have a limit; people read one sentence.
pub(super) fn too_deep() -> String {
    format!("lists and mappings are nested more than {MAX_DEPTH} deep here")
}

/// What to do about it.
pub(super) const TOO_DEEP_HELP: &str = "check the indentation and the brackets";

/// A tab among the white space that begins the line of `offset`.
fn tab_in_indentation(text: &str, offset: usize) -> Option<usize> {
    let line = text[..offset].rfind('\n').map_or(0, |i| i + 1);
    let indent = text[line..].len() - text[line..].trim_start_matches([' ', '\t']).len();
    text[line..line + indent].find('\t').map(|i| line + i)
}

fn explain(kind: &ErrorKind) -> (String, Option<&'static str>) {
    let (message, help) = match kind {
        ErrorKind::MappingValueNotAllowed | ErrorKind::InvalidColonPlacement | ErrorKind::InvalidMappingValueWhitespace => (
            "a `:` cannot stand here",
            Some("put a text that contains `: ` into quotes; a key that follows starts on a line of its own, as far in as its neighbours"),
        ),
        ErrorKind::ExpectedBlockMappingKey | ErrorKind::InvalidIndentation | ErrorKind::MappingKeyNotAllowed => {
            ("this line does not line up with the lines above it", Some("begin it in the same column as the keys it belongs to"))
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            ("a `:` is missing after this key", Some("write `key: value`, with a space after the colon"))
        }
        ErrorKind::ExpectedBlockSequenceEntry => {
            ("a list ends here without its indentation ending", Some("begin each item with `- `, all in the same column"))
        }
        ErrorKind::BlockSequenceEntryNotAllowed | ErrorKind::BlockEntryInFlowCollection => {
            ("a list item cannot begin here", Some("begin each item with `- ` on a line of its own"))
        }
        ErrorKind::InvalidQuotedScalarIndent | ErrorKind::UnclosedQuotedScalar | ErrorKind::DocumentIndicatorInQuotedScalar => {
            ("a quoted text is still open here", Some("close the quote, or remove it"))
        }
        ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
            ("nothing can follow the closing quote", Some("put the whole text into one pair of quotes; a quote inside '…' is written ''"))
        }
        ErrorKind::UnknownQuotedScalarEscape
        | ErrorKind::InvalidQuotedScalarHexEscape
        | ErrorKind::InvalidLowSurrogateHexEscape
        | ErrorKind::InvalidLowSurrogate
        | ErrorKind::MissingLowSurrogate
        | ErrorKind::UnpairedLowSurrogate
        | ErrorKind::InvalidUnicodeEscape => {
            ("this `\\` begins no known escape", Some("use single quotes, in which `\\` is a character like any other"))
        }
        ErrorKind::UnclosedFlowCollection { open } => {
            return (format!("the bracket `{open}` is never closed"), Some("close it"));
        }
        ErrorKind::UnexpectedEofFlowSequence | ErrorKind::UnexpectedEofFlowMapping | ErrorKind::UnexpectedEofImplicitFlowMapping => {
            ("the file ends inside brackets", Some("close them"))
        }
        ErrorKind::MisplacedFlowCollectionEnd => ("this bracket closes nothing", Some("remove it")),
        ErrorKind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{open}` cannot be closed by `{close}`"), None);
        }
        ErrorKind::ExpectedFlowMappingSeparator | ErrorKind::ExpectedFlowSequenceSeparator => {
            ("a comma or a closing bracket is missing here", None)
        }
        ErrorKind::UnexpectedCharacter { character } if character.is_control() => {
            return (format!("the control character U+{:04X} cannot stand in a YAML file", u32::from(*character)), Some("remove it"));
        }
        ErrorKind::UnexpectedCharacter { character } => {
            return (format!("a text cannot begin with `{character}`"), Some("put it into quotes"));
        }
        ErrorKind::TabNotAllowed | ErrorKind::TabInBlockIndentation | ErrorKind::TabInIndentation | ErrorKind::TabInPlainScalar => {
            ("a tab cannot stand here", Some("replace it with spaces"))
        }
        ErrorKind::TabAtBlockScalarStart => ("the text of a block cannot begin with a tab", Some("replace it with spaces")),
        ErrorKind::InvalidBlockScalarIndent => {
            ("this line of a block is indented less than its first line", Some("indent all lines of the block alike"))
        }
        ErrorKind::InvalidBlockScalarHeader | ErrorKind::ZeroBlockScalarIndent => {
            ("nothing can follow `|` or `>` on its line", Some("begin the text on the next line"))
        }
        ErrorKind::CommentNotSeparated => ("a comment needs a space before `#`", None),
        ErrorKind::MissingAnchorOrAliasName => ("a name is missing after `&` or `*`", Some("put a text that begins so into quotes")),
        ErrorKind::RecursionLimitExceeded => return (too_deep(), Some(TOO_DEEP_HELP)),
        ErrorKind::InvalidDocumentEnd => ("nothing can follow the end of the document", Some("a file holds one document")),
        ErrorKind::BomInsideDocument => ("a byte-order mark stands in the middle of the file", Some("remove it")),
        other => return (format!("this is no YAML: {other}"), None),
    };
    (message.to_owned(), help)
}
