//! Numbers as plain decimal text: exact, whatever their size.

use std::str::FromStr;

use bigdecimal::BigDecimal;

/// Largest exponent that is written out: far beyond a double's 308, far below what fills memory with zeros.
const EXPONENT_LIMIT: i64 = 1_000;
/// Longest number that is read, in characters.
const LENGTH_LIMIT: usize = 10_000;

/// Plain digits of a decimal number: no exponent, no trailing zeros after the point, `-0` is `0`.
/// `None` when the text is no number or is too large to be written out.
pub(crate) fn decimal(text: &str) -> Option<String> {
    if text.len() > LENGTH_LIMIT || !has_number_form(text) {
        return None;
    }
    if is_plain_integer(text) {
        return Some(text.to_owned());
    }
    if let Some(at) = text.find(['e', 'E']) {
        let exponent: i64 = text[at + 1..].parse().ok()?;
        if exponent.abs() > EXPONENT_LIMIT {
            return None;
        }
    }
    let number = BigDecimal::from_str(text).ok()?.normalized();
    Some(number.to_plain_string())
}

/// Digits of a whole number of 64 bits, written without a point or an exponent; leading zeros do not count.
pub(crate) fn integer(text: &str) -> Option<String> {
    text.parse::<i64>().ok().map(|n| n.to_string())
}

/// Digits of a typed number that is whole and fits 64 bits: 1.0 and 1e3 are whole.
pub(crate) fn whole(text: &str) -> Option<String> {
    decimal(text).and_then(|plain| integer(&plain))
}

/// Already canonical, which most numbers of an extract are.
fn is_plain_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0') || text == "0"
}

/// `[+-] digits [. digits] [e [+-] digits]`, with a digit on at least one side of the point.
fn has_number_form(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|e| {
        let e = e.strip_prefix(['+', '-']).unwrap_or(e);
        !e.is_empty() && digits(e)
    });
    digits(whole) && digits(fraction) && !(whole.is_empty() && fraction.is_empty()) && exponent_fits
}

/// A number with thousands apart: `4,000`.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_are_exact_and_plain() {
        for (text, plain) in [
            ("0", "0"),
            ("-0", "0"),
            ("0.0", "0"),
            ("-0.00", "0"),
            ("007", "7"),
            ("+7", "7"),
            ("1.10", "1.1"),
            ("100", "100"),
            ("100.0", "100"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            (".5", "0.5"),
            ("-12.340", "-12.34"),
            ("123456789012345678901234567890.123456789", "123456789012345678901234567890.123456789"),
        ] {
            assert_eq!(decimal(text).as_deref(), Some(plain), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_or_a_memory_bomb_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1,000",
            "1_000",
            "0x10",
            "NaN",
            "inf",
            "1e",
            "1e+",
            "e5",
            "1 000",
            "1e999999999",
            "1e-999999999",
            "1e99999999999999999999",
            "--1",
        ] {
            assert_eq!(decimal(text), None, "{text}");
        }
        assert_eq!(decimal(&"1".repeat(LENGTH_LIMIT + 1)), None);
    }

    #[test]
    fn integers_fit_64_bits() {
        assert_eq!(integer("9223372036854775807").as_deref(), Some("9223372036854775807"));
        assert_eq!(integer("9223372036854775808"), None);
        assert_eq!(integer("007").as_deref(), Some("7"));
        assert_eq!(integer("7.0"), None);
        assert_eq!(whole("7.0").as_deref(), Some("7"));
        assert_eq!(whole("1e3").as_deref(), Some("1000"));
        assert_eq!(whole("7.5"), None);
    }

    proptest! {
        #[test]
        fn the_plain_text_of_a_plain_text_is_itself(text in "-?[0-9]{1,30}(\\.[0-9]{1,20})?([eE]-?[0-9]{1,2})?") {
            let plain = decimal(&text).unwrap();
            prop_assert_eq!(decimal(&plain), Some(plain.clone()));
            prop_assert_eq!(BigDecimal::from_str(&plain).unwrap(), BigDecimal::from_str(&text).unwrap());
        }
    }
}
