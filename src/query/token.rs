//! The words of a condition or a query.

use super::condition::ConditionProblem;

/// What is read: one expression over one record, or a SELECT over whole datasets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Condition,
    Query,
}

impl Language {
    /// What users call it.
    pub(super) fn noun(self) -> &'static str {
        if self == Self::Condition { "condition" } else { "query" }
    }
}

/// A word of SQL and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a word is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A name or keyword, as written.
    Word(String),
    /// A name in double quotes.
    QuotedName(String),
    /// Text in single quotes, unescaped.
    Text(String),
    /// A number, as written.
    Number(String),
    /// An operator or punctuation.
    Symbol(&'static str),
}

impl Token {
    /// True for this keyword, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.kind, TokenKind::Word(w) if w.eq_ignore_ascii_case(word))
    }
}

/// Longest first, so that `<=` is not read as `<`.
const SYMBOLS: &[&str] = &["||", "<=", ">=", "<>", "!=", "==", "(", ")", ",", "+", "-", "*", "/", "%", "<", ">", "=", "."];

/// Cuts SQL into words; comments are skipped. Stops at the first character that has no place in it.
pub(super) fn tokens(text: &str, language: Language) -> Result<Vec<Token>, ConditionProblem> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let first = bytes[at];
        if first.is_ascii_whitespace() {
            at += 1;
        } else if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if let Some(comment) = rest.strip_prefix("/*") {
            let Some(close) = comment.find("*/") else {
                return Err(ConditionProblem::at(at, 2, "this comment is not closed").help("close it with */"));
            };
            at += close + 4;
        } else if first == b'\'' || first == b'"' {
            let (value, length) = quoted(rest, first).ok_or_else(|| {
                ConditionProblem::at(at, rest.len(), "this quote is not closed")
                    .help("a quote within text is written twice: 'nurse''s station'")
            })?;
            let kind = if first == b'\'' { TokenKind::Text(value) } else { TokenKind::QuotedName(value) };
            out.push(Token { kind, start: at, end: at + length });
            at += length;
        } else if first.is_ascii_digit() || (first == b'.' && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)) {
            let length = number(rest);
            out.push(Token { kind: TokenKind::Number(rest[..length].to_owned()), start: at, end: at + length });
            at += length;
        } else if first.is_ascii_alphabetic() || first == b'_' || first >= 0x80 {
            let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len()).max(1);
            if length == 1 && !rest.is_char_boundary(1) {
                return Err(stranger(rest, at, language));
            }
            out.push(Token { kind: TokenKind::Word(rest[..length].to_owned()), start: at, end: at + length });
            at += length;
        } else if let Some(symbol) = SYMBOLS.iter().find(|s| rest.starts_with(**s)) {
            out.push(Token { kind: TokenKind::Symbol(symbol), start: at, end: at + symbol.len() });
            at += symbol.len();
        } else {
            return Err(stranger(rest, at, language));
        }
    }
    Ok(out)
}

fn stranger(rest: &str, at: usize, language: Language) -> ConditionProblem {
    let noun = language.noun();
    let c = rest.chars().next().unwrap_or(' ');
    let problem = ConditionProblem::at(at, c.len_utf8(), format!("`{}` has no place in a {noun}", c.escape_default()));
    match c {
        ';' if language == Language::Query => problem.help("a query is one SELECT, without a semicolon at its end"),
        ';' => problem.help("a condition is one expression, not a list of statements"),
        '?' | ':' | '@' | '$' => problem.help(format!("a {noun} has no parameters: name the column")),
        '&' | '|' | '~' => problem.help("write AND, OR or NOT"),
        _ => problem,
    }
}

/// The text of a quoted word and its length with the quotes; `None` when it is not closed.
fn quoted(rest: &str, quote: u8) -> Option<(String, usize)> {
    let bytes = rest.as_bytes();
    let mut value = String::new();
    let mut from = 1;
    loop {
        let close = from + rest[from..].find(char::from(quote))?;
        value.push_str(&rest[from..close]);
        if bytes.get(close + 1) != Some(&quote) {
            return Some((value, close + 1));
        }
        value.push(char::from(quote));
        from = close + 2;
    }
}

/// Length of a number: digits, a point, an exponent, and whatever sticks to it, so that `12abc` is one wrong number.
fn number(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let mut end = 0;
    while let Some(&b) = bytes.get(end) {
        let sign_of_exponent = matches!(b, b'+' | b'-') && end > 0 && matches!(bytes[end - 1], b'e' | b'E');
        if !(b.is_ascii_alphanumeric() || b == b'.' || b == b'_' || sign_of_exponent) {
            break;
        }
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_place() {
        let found = tokens("a>=1.5 -- why\nAND \"b\"='it''s'", Language::Condition).unwrap();
        let shown: Vec<(&TokenKind, usize, usize)> = found.iter().map(|t| (&t.kind, t.start, t.end)).collect();
        assert_eq!(
            shown,
            vec![
                (&TokenKind::Word("a".into()), 0, 1),
                (&TokenKind::Symbol(">="), 1, 3),
                (&TokenKind::Number("1.5".into()), 3, 6),
                (&TokenKind::Word("AND".into()), 14, 17),
                (&TokenKind::QuotedName("b".into()), 18, 21),
                (&TokenKind::Symbol("="), 21, 22),
                (&TokenKind::Text("it's".into()), 22, 29),
            ]
        );
    }

    #[test]
    fn what_is_not_closed_or_strange_is_refused_at_its_place() {
        for (text, offset) in [("a = 'x", 4), ("a = \"x", 4), ("a /* b", 2), ("a; b", 1), ("a = ?1", 4), ("a = 1 | 2", 6), ("a €", 2)] {
            assert_eq!(tokens(text, Language::Query).unwrap_err().offset, offset, "{text}");
        }
    }
}
