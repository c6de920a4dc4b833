//! The drafted files as text, with comments that teach.

mod checks;
mod environment;
mod project;
mod system;

pub(super) use checks::checks;
pub(super) use environment::environment;
pub(super) use project::project;
pub(super) use system::system;

use super::exports::SIDES;

/// Columns of a comment.
const WIDTH: usize = 118;

/// A text in double quotes, whatever it holds.
pub(super) fn quoted(text: &str) -> String {
    let json = serde_json::Value::from(text).to_string();
    let hidden =
        |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fffe}'..='\u{ffff}');
    json.chars().map(|c| if hidden(c) { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }).collect()
}

/// A text as YAML, without quotes where none are needed.
pub(super) fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '.' | '-' | '/' | '(' | ')');
    let word = text.to_lowercase();
    let is_word = matches!(word.as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
    let safe = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(plain) && !text.ends_with(' ') && !is_word;
    let path = text.strip_prefix("$.").is_some_and(|t| t.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    if (safe || path) && !crate::document::is_todo(text) { text.to_owned() } else { quoted(text) }
}

/// Words as comment lines of a bounded width, each beginning with `indent` and `# `, all but the first with `hang` more blanks.
fn comment(indent: usize, hang: usize, words: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in words.split_whitespace() {
        let before = indent + 2 + if out.is_empty() { 0 } else { hang };
        if !line.is_empty() && before + line.chars().count() + 1 + word.chars().count() > WIDTH {
            push(&mut out, before, indent, &line);
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        let before = indent + 2 + if out.is_empty() { 0 } else { hang };
        push(&mut out, before, indent, &line);
    }
    out
}

fn push(out: &mut String, before: usize, indent: usize, line: &str) {
    out.push_str(&" ".repeat(indent));
    out.push_str("# ");
    out.push_str(&" ".repeat(before - indent - 2));
    out.push_str(line);
    out.push('\n');
}

fn hyphens(name: &str) -> String {
    name.split('_').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("-")
}

fn sentence(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

/// What git is not to keep.
pub(super) fn gitignore() -> String {
    format!(
        "# Snapshots and runs: kept by gonogo, not by git.\n.gonogo/\n# Exports. Take the lines out when your rules allow them in version control.\nenvironments/extracts/{}/\nenvironments/extracts/{}/\n",
        SIDES[0], SIDES[1]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_wrapped_and_hang() {
        let text = comment(2, 4, &"word ".repeat(60));
        assert!(text.lines().count() > 2 && text.lines().all(|l| l.len() <= WIDTH), "{text}");
        assert!(text.starts_with("  # word") && text.lines().skip(1).all(|l| l.starts_with("  #     word")), "{text}");
        assert_eq!(comment(0, 2, "one"), "# one\n");
    }

    #[test]
    fn texts_are_quoted_where_yaml_would_read_something_else() {
        for plain in ["Clinic Code", "$.name", "a-b.c/d"] {
            assert_eq!(scalar(plain), plain);
        }
        for (text, written) in [("1", "\"1\""), ("no", "\"no\""), ("a: b", "\"a: b\""), ("TODO", "\"TODO\""), ("é", "\"é\""), ("", "\"\"")]
        {
            assert_eq!(scalar(text), written);
        }
        assert_eq!(quoted("a\u{202e}b\u{85}c\n"), "\"a\\u202eb\\u0085c\\n\"");
    }
}
