//! Text as people read it: Unicode upper and lower case, `LIKE`, `REGEXP`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use regex::{Regex, RegexBuilder};
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};

use super::{Work, add, error, integer_of, text_of};

/// Longest text that a function gives, in bytes.
const MAX_TEXT: usize = 16 << 20;
/// Length of a text times length of its LIKE pattern beyond which they are not compared: it may take as many steps.
const MAX_LIKE: usize = 1 << 30;

/// Compiles a regular expression within limits of size.
pub(in crate::query) fn regex(pattern: &str) -> std::result::Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(1 << 20).dfa_size_limit(1 << 20).build().map_err(|e| match e {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        other => other.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    })
}

pub(super) fn register(connection: &Connection, patterns: &[Regex], work: &Work) -> Result<()> {
    let spending = |work: &Work| {
        let work = work.clone();
        move |text: &str| {
            work.spend(text.len() as u64);
        }
    };
    let spent = spending(work);
    add(connection, "lower", 1, move |c| Ok(text_of(c, 0)?.inspect(|t| spent(t)).map(str::to_lowercase)))?;
    let spent = spending(work);
    add(connection, "upper", 1, move |c| Ok(text_of(c, 0)?.inspect(|t| spent(t)).map(str::to_uppercase)))?;
    let spent = work.clone();
    add(connection, "text_like", 3, move |c| {
        let Some((value, pattern)) = text_of(c, 0)?.zip(text_of(c, 1)?) else { return Ok(None) };
        if value.len().saturating_mul(pattern.len()) > MAX_LIKE {
            return Err(error("the texts of a LIKE are too long"));
        }
        let (answer, steps) = like(value, pattern, text_of(c, 2)?.and_then(|e| e.chars().next()));
        spent.spend(steps);
        Ok(Some(answer))
    })?;
    let (patterns, spent) = (patterns.to_vec(), spending(work));
    add(connection, "text_regexp", 2, move |c| {
        let Some(value) = text_of(c, 0)? else { return Ok(None) };
        spent(value);
        let pattern = integer_of(c, 1)?.and_then(|n| patterns.get(usize::try_from(n).ok()?));
        pattern.map(|p| Some(p.is_match(value))).ok_or_else(|| error("there is no such pattern"))
    })?;
    // SQLite's own look for a part, or for characters to trim, in steps that grow with the product of both lengths.
    let spent = spending(work);
    add(connection, "text_instr", 2, move |c| {
        let Some((value, part)) = text_of(c, 0)?.zip(text_of(c, 1)?) else { return Ok(None) };
        spent(value);
        Ok(Some(value.find(part).map_or(0, |at| value[..at].chars().count() as i64 + 1)))
    })?;
    let spent = spending(work);
    add(connection, "text_replace", 3, move |c| {
        let (Some(value), Some(old), Some(new)) = (text_of(c, 0)?, text_of(c, 1)?, text_of(c, 2)?) else { return Ok(None) };
        spent(value);
        if old.is_empty() {
            return Ok(Some(value.to_owned()));
        }
        if value.len() + value.matches(old).count().saturating_mul(new.len()) > MAX_TEXT {
            return Err(error("replace gives a text that is too big"));
        }
        Ok(Some(value.replace(old, new)))
    })?;
    let spent = work.clone();
    add(connection, "text_concat", 2, move |c| {
        let (Some(mut joined), Some(end)) = (shown(c, 0)?, shown(c, 1)?) else { return Ok(None) };
        spent.spend((joined.len() + end.len()) as u64);
        joined.to_mut().push_str(&end);
        Ok(Some(joined.into_owned()))
    })?;
    for (name, left, right) in [("text_trim", true, true), ("text_ltrim", true, false), ("text_rtrim", false, true)] {
        let spent = spending(work);
        add(connection, name, -1, move |c| {
            let Some(mut value) = text_of(c, 0)? else { return Ok(None) };
            let chars: BTreeSet<char> = if c.len() > 1 {
                let Some(chars) = text_of(c, 1)? else { return Ok(None) };
                spent(chars);
                chars.chars().collect()
            } else {
                BTreeSet::from([' '])
            };
            spent(value);
            if left {
                value = value.trim_start_matches(|c| chars.contains(&c));
            }
            if right {
                value = value.trim_end_matches(|c| chars.contains(&c));
            }
            Ok(Some(value.to_owned()))
        })?;
    }
    Ok(())
}

/// A text or a whole number, as text.
fn shown<'c>(context: &'c Context<'_>, i: usize) -> Result<Option<Cow<'c, str>>> {
    match context.get_raw(i) {
        ValueRef::Integer(n) => Ok(Some(Cow::Owned(n.to_string()))),
        _ => Ok(text_of(context, i)?.map(Cow::Borrowed)),
    }
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

/// SQL's LIKE without regard to case, and the steps it took. Goes back to the last `%` only: at most value times pattern steps.
fn like(value: &str, pattern: &str, escape: Option<char>) -> (bool, u64) {
    let (mut v, mut p, mut steps) = (0, 0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        steps += 1;
        let next = value[v..].chars().next();
        let matched = match (step(&pattern[p..], escape), next) {
            (Some((Step::Any, length)), _) => {
                p += length;
                retry = Some((v, p));
                continue;
            }
            (Some((Step::One, length)), Some(c)) => Some((c, length)),
            (Some((Step::Char(wanted), length)), Some(c)) if same(wanted, c) => Some((c, length)),
            (None, None) => return (p == pattern.len(), steps),
            _ => None,
        };
        if let Some((c, length)) = matched {
            v += c.len_utf8();
            p += length;
            continue;
        }
        let Some((from, after)) = retry else { return (false, steps) };
        let Some(skipped) = value[from..].chars().next() else { return (false, steps) };
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
            assert_eq!(like(value, pattern, Some('!')).0, expected, "{value} LIKE {pattern}");
        }
    }

    #[test]
    fn a_pattern_of_many_wildcards_ends() {
        assert!(!like(&"a".repeat(2_000), &"%a".repeat(200).replace("%a%a", "%a%a_%b"), None).0);
    }
}
