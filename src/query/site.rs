//! Whether a text in SQL asks for the site.

use super::token::{self, Language, TokenKind};

/// Byte offset and length of the first `site()` in a text. A text that cannot be cut into words is searched as it is: taking a
/// question for one about the site costs a second answer, missing one would give every site the answer of none.
pub fn asks_site(text: &str) -> Option<(usize, usize)> {
    let Ok(tokens) = token::tokens(text, Language::Query) else {
        return text.to_ascii_lowercase().find("site").map(|at| (at, "site".len()));
    };
    let named = |kind: &TokenKind| matches!(kind, TokenKind::Word(w) | TokenKind::QuotedName(w) if w.eq_ignore_ascii_case("site"));
    tokens.windows(2).find(|pair| named(&pair[0].kind) && pair[1].kind == TokenKind::Symbol("(")).map(|pair| {
        let close = tokens.iter().find(|t| t.start > pair[1].start && t.kind == TokenKind::Symbol(")"));
        (pair[0].start, close.unwrap_or(&pair[1]).end - pair[0].start)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_told_from_a_column_a_text_and_a_comment() {
        assert_eq!(asks_site("site = SITE ( ) AND active"), Some((7, 8)));
        assert_eq!(asks_site("site = 'site()' -- site()"), None);
        assert_eq!(asks_site("name = \"site\" "), None);
    }

    #[test]
    fn a_text_that_cannot_be_cut_is_taken_to_ask() {
        assert_eq!(asks_site("name = 'open AND site()"), Some((17, 4)));
        assert_eq!(asks_site("name = 'open"), None);
    }
}
