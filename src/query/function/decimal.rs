//! Exact numbers: decimals are canonical text (plain digits, no trailing zeros), whole numbers stay within 64 bits.

use std::cmp::Ordering;
use std::str::FromStr;

use bigdecimal::{BigDecimal, RoundingMode, Zero};
use rusqlite::functions::Context;
use rusqlite::{Connection, Result};

use super::{add, error, integer_of, text_of};

/// Exponents beyond this would write out numbers of absurd length.
const MAX_EXPONENT: i64 = 30;
/// Digits of a division that does not come out even.
pub(super) const MAX_SCALE: i64 = 40;
/// Digits of a number that is computed with: each multiplication adds those of both.
const MAX_DIGITS: usize = 1_000;

/// The canonical text of a number as written in a condition: `1.50` is `1.5`, `1e3` is `1000`.
pub(in crate::query) fn canonical(written: &str) -> Option<String> {
    if !written.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-')) {
        return None;
    }
    if let Some((_, exponent)) = written.split_once(['e', 'E'])
        && exponent.parse::<i64>().ok()?.abs() > MAX_EXPONENT
    {
        return None;
    }
    BigDecimal::from_str(written).ok().map(|d| plain(&d))
}

/// The canonical text of a number.
pub(super) fn plain(number: &BigDecimal) -> String {
    if number.is_zero() { "0".to_owned() } else { number.normalized().to_plain_string() }
}

/// Compares two canonical texts without turning them into numbers.
pub(super) fn compare(a: &str, b: &str) -> Ordering {
    match (a.strip_prefix('-'), b.strip_prefix('-')) {
        (Some(a), Some(b)) => magnitude(b, a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => magnitude(a, b),
    }
}

fn magnitude(a: &str, b: &str) -> Ordering {
    let (a_whole, a_part) = a.split_once('.').unwrap_or((a, ""));
    let (b_whole, b_part) = b.split_once('.').unwrap_or((b, ""));
    a_whole.len().cmp(&b_whole.len()).then_with(|| a_whole.cmp(b_whole)).then_with(|| a_part.cmp(b_part))
}

pub(super) fn register(connection: &Connection) -> Result<()> {
    add(connection, "decimal_compare", 2, |c| Ok(text_of(c, 0)?.zip(text_of(c, 1)?).map(|(a, b)| compare(a, b) as i64)))?;
    binary(connection, "decimal_add", |a, b| Some(a + b))?;
    binary(connection, "decimal_subtract", |a, b| Some(a - b))?;
    binary(connection, "decimal_multiply", |a, b| Some(a * b))?;
    binary(connection, "decimal_divide", |a, b| (!b.is_zero()).then(|| (a / b).with_scale_round(MAX_SCALE, RoundingMode::HalfUp)))?;
    binary(connection, "decimal_remainder", |a, b| (!b.is_zero()).then(|| a % b))?;
    whole(connection, "integer_add", |a, b| Some(a.checked_add(b)))?;
    whole(connection, "integer_subtract", |a, b| Some(a.checked_sub(b)))?;
    whole(connection, "integer_multiply", |a, b| Some(a.checked_mul(b)))?;
    whole(connection, "integer_remainder", |a, b| (b != 0).then(|| a.checked_rem(b)))?;
    add(connection, "decimal_abs", 1, |c| Ok(text_of(c, 0)?.map(|a| a.strip_prefix('-').unwrap_or(a).to_owned())))?;
    add(connection, "decimal_round", 2, |c| {
        let (Some(number), Some(digits)) = (parsed(c, 0)?, integer_of(c, 1)?) else { return Ok(None) };
        Ok(Some(plain(&number.with_scale_round(digits.clamp(0, MAX_SCALE), RoundingMode::HalfUp))))
    })?;
    add(connection, "decimal_max", -1, |c| extreme(c, Ordering::Greater))?;
    add(connection, "decimal_min", -1, |c| extreme(c, Ordering::Less))
}

/// An argument as a number; `None` for null.
pub(super) fn parsed(context: &Context<'_>, i: usize) -> Result<Option<BigDecimal>> {
    let Some(text) = text_of(context, i)? else { return Ok(None) };
    if text.len() > MAX_DIGITS {
        return Err(error(format!("a number has more than {MAX_DIGITS} digits")));
    }
    BigDecimal::from_str(text).map(Some).map_err(|_| error(format!("`{text}` is no number")))
}

fn binary(connection: &Connection, name: &str, run: fn(BigDecimal, BigDecimal) -> Option<BigDecimal>) -> Result<()> {
    add(connection, name, 2, move |c| Ok(parsed(c, 0)?.zip(parsed(c, 1)?).and_then(|(a, b)| run(a, b)).map(|n| plain(&n))))
}

/// Outer `None` is null (a division by zero), inner `None` a result beyond 64 bits.
fn whole(connection: &Connection, name: &str, run: fn(i64, i64) -> Option<Option<i64>>) -> Result<()> {
    add(connection, name, 2, move |c| {
        let Some((a, b)) = integer_of(c, 0)?.zip(integer_of(c, 1)?) else { return Ok(None) };
        match run(a, b) {
            Some(None) => Err(error(format!("the result for {a} and {b} does not fit a whole number of 64 bits"))),
            Some(fits) => Ok(fits),
            None => Ok(None),
        }
    })
}

fn extreme(context: &Context<'_>, wanted: Ordering) -> Result<Option<String>> {
    let mut best: Option<&str> = None;
    for i in 0..context.len() {
        let Some(text) = text_of(context, i)? else { return Ok(None) };
        if best.is_none_or(|b| compare(text, b) == wanted) {
            best = Some(text);
        }
    }
    Ok(best.map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_have_one_spelling() {
        for (written, expected) in [("1.50", "1.5"), ("1e3", "1000"), ("0.0", "0"), (".5", "0.5"), ("100", "100"), ("12e-1", "1.2")] {
            assert_eq!(canonical(written).as_deref(), Some(expected), "{written}");
        }
        for wrong in ["1e999999999", "0x10", "12abc", "1.2.3", "1_000", "NaN", "inf"] {
            assert_eq!(canonical(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn texts_compare_as_their_numbers(a in -100_000_i64..100_000, b in -100_000_i64..100_000, sa in 0u32..5, sb in 0u32..5) {
            let number = |n: i64, scale: u32| plain(&BigDecimal::new(n.into(), i64::from(scale)));
            let (ta, tb) = (number(a, sa), number(b, sb));
            let exact = BigDecimal::new(a.into(), i64::from(sa)).cmp(&BigDecimal::new(b.into(), i64::from(sb)));
            prop_assert_eq!(compare(&ta, &tb), exact, "{} {}", ta, tb);
        }
    }
}
