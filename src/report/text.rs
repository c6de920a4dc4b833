//! Text of unknown origin made harmless: control and bidirectional characters become visible.
//! Every value that comes from data or from a user's file goes through here before it reaches a screen.

pub(crate) use crate::value::thousands;

use std::borrow::Cow;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// True for characters that move the cursor, reorder or hide their neighbours, or break a line.
pub(super) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// The text on one line: newline, tab and return as `\n`, `\t` and `\r`, other hostile characters as `\u{202e}`.
pub(crate) fn inline(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_hostile(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Columns that the text takes on a terminal.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// The harmless text in at most `columns` columns; what is cut off is shown by `..`.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    let text = inline(text);
    if width(&text) <= columns {
        return text.into_owned();
    }
    let mut out = String::new();
    let mut used = 0;
    for c in text.chars() {
        let w = c.width().unwrap_or(0);
        if used + w + 2 > columns {
            break;
        }
        used += w;
        out.push(c);
    }
    out.push_str("..");
    out
}

/// Wraps harmless text into lines of at most `columns` columns, between words where there are any.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(8);
    let text = inline(text);
    let mut lines = Vec::new();
    let mut line = String::new();
    for (i, word) in text.split(' ').enumerate() {
        if i > 0 {
            if width(&line) + 1 + width(word) > columns {
                lines.push(std::mem::take(&mut line));
            } else {
                line.push(' ');
            }
        }
        for c in word.chars() {
            if width(&line) + c.width().unwrap_or(0) > columns {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_characters_become_visible() {
        for (raw, shown) in [
            ("plain text, Größe 3 µg", "plain text, Größe 3 µg"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"),
            ("\u{9b}31m", "\\u{9b}31m"),
            ("\u{7f}\u{0}\u{8}", "\\u{7f}\\u{0}\\u{8}"),
            ("gnp.\u{202e}exe", "gnp.\\u{202e}exe"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
            ("\u{200e}\u{200f}\u{61c}", "\\u{200e}\\u{200f}\\u{61c}"),
            ("zero\u{200b}width\u{feff}", "zero\\u{200b}width\\u{feff}"),
            ("line\u{2028}para\u{2029}", "line\\u{2028}para\\u{2029}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
        ] {
            assert_eq!(inline(raw), shown);
        }
    }

    #[test]
    fn what_is_cut_off_is_shown() {
        assert_eq!(cut("Cardiology", 10), "Cardiology");
        assert_eq!(cut("Cardiology clinic", 10), "Cardiolo..");
        assert_eq!(cut("日本語クリニック", 7), "日本..");
    }

    #[test]
    fn words_wrap() {
        assert_eq!(wrap("The clinics staff trained on", 12), ["The clinics", "staff", "trained on"]);
        assert_eq!(wrap("abcdefghijkl", 8), ["abcdefgh", "ijkl"]);
        assert_eq!(wrap("", 8), [""]);
        assert_eq!(wrap("two  blanks", 12), ["two  blanks"], "blanks may be what differs");
    }

    #[test]
    fn thousands_apart() {
        assert_eq!([0, 999, 1000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
    }

    proptest! {
        #[test]
        fn nothing_hostile_gets_through_and_lines_fit(text in any::<String>(), columns in 8usize..40) {
            prop_assert!(!inline(&text).chars().any(is_hostile));
            prop_assert!(width(&cut(&text, columns)) <= columns);
            prop_assert!(wrap(&text, columns).iter().all(|l| width(l) <= columns && !l.chars().any(is_hostile)));
        }
    }
}
