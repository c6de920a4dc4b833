//! Text as people read it: Unicode upper and lower case, `LIKE`, `REGEXP`.

use regex::{Regex, RegexBuilder};
use rusqlite::{Connection, Result};

use super::{add, error, integer_of, text_of};

/// Compiles a regular expression within limits of size.
pub(in crate::query) fn regex(pattern: &str) -> std::result::Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(1 << 20).dfa_size_limit(1 << 20).build().map_err(|e| match e {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    })
}

pub(super) fn register(connection: &Connection, patterns: &[Regex]) -> Result<()> {
    add(connection, "lower", 1, |c| Ok(text_of(c, 0)?.map(str::to_lowercase)))?;
    add(connection, "upper", 1, |c| Ok(text_of(c, 0)?.map(str::to_uppercase)))?;
    add(connection, "text_like", 3, |c| {
        let Some((value, pattern)) = text_of(c, 0)?.zip(text_of(c, 1)?) else { return Ok(None) };
        Ok(Some(like(value, pattern, text_of(c, 2)?.and_then(|e| e.chars().next()))))
    })?;
    let patterns = patterns.to_vec();
    add(connection, "text_regexp", 2, move |c| {
        let Some(value) = text_of(c, 0)? else { return Ok(None) };
        let pattern = integer_of(c, 1)?.and_then(|n| patterns.get(usize::try_from(n).ok()?));
        pattern.map(|p| Some(p.is_match(value))).ok_or_else(|| error("there is no such pattern"))
    })
}

/// One step of a LIKE pattern.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Any,
    One,
    Char(char),
}

fn step(pattern: &str, escape: Option<char>) -> Option<(Step, usize)> {
    let mut chars = pattern.chars();
    let c = chars.next()?;
    if Some(c) == escape {
        let literal = chars.next()?;
        return Some((Step::Char(literal), c.len_utf8() + literal.len_utf8()));
    }
    let step = match c {
        '%' => Step::Any,
        '_' => Step::One,
        c => Step::Char(c),
    };
    Some((step, c.len_utf8()))
}

fn same(a: char, b: char) -> bool {
    a == b || a.to_lowercase().eq(b.to_lowercase())
}

/// SQL's LIKE without regard to case. Goes back to the last `%` only, so it takes at most value times pattern steps.
fn like(value: &str, pattern: &str, escape: Option<char>) -> bool {
    let (mut v, mut p) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let next = value[v..].chars().next();
        let matched = match (step(&pattern[p..], escape), next) {
            (Some((Step::Any, length)), _) => {
                p += length;
                retry = Some((v, p));
                continue;
            }
            (Some((Step::One, length)), Some(c)) => Some((c, length)),
            (Some((Step::Char(wanted), length)), Some(c)) if same(wanted, c) => Some((c, length)),
            (None, None) => return p == pattern.len(),
            _ => None,
        };
        if let Some((c, length)) = matched {
            v += c.len_utf8();
            p += length;
            continue;
        }
        let Some((from, after)) = retry else { return false };
        let Some(skipped) = value[from..].chars().next() else { return false };
        v = from + skipped.len_utf8();
        p = after;
        retry = Some((v, p));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_is_that_of_sql_with_all_of_unicode() {
        for (value, pattern, expected) in [
            ("Cardiology A", "cardio%", true),
            ("Cardiology A", "%logy_a", true),
            ("Cardiology", "cardio", false),
            ("ÉCOLE", "école", true),
            ("", "%", true),
            ("", "_", false),
            ("abcabd", "%ab_", true),
            ("100%", "100!%", true),
            ("100 percent", "100!%", false),
        ] {
            assert_eq!(like(value, pattern, Some('!')), expected, "{value} LIKE {pattern}");
        }
    }

    #[test]
    fn a_pattern_of_many_wildcards_ends() {
        assert!(!like(&"a".repeat(2_000), &"%a".repeat(200).replace("%a%a", "%a%a_%b"), None));
    }
}
