//! How many there should be.

use crate::document::decode::{name, some_text};
use crate::document::{At, Node, Problems};

/// What a number of records is compared with.
pub(super) enum EqualTo {
    /// A number.
    Number(u64),
    /// The same count in another environment.
    Environment(At<String>),
}

/// How many there may be at most.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Most {
    Records(u64),
    /// A share of what there is without `where`, 0 to 1.
    Share(f64),
}

/// Reads `5` or `0.5%`.
pub(super) fn most(node: &Node, problems: &mut Problems) -> Option<At<Most>> {
    let written = some_text(node, problems)?;
    let Some(found) = share(&written.value) else {
        return crate::document::decode::count(node, problems).map(|n| n.map(Most::Records));
    };
    if found.is_none() {
        problems.add(&written.place, format!("`{}` is no share", written.value)).expected("such as 0.5%");
    }
    found.map(|share| At { value: Most::Share(share), place: written.place })
}

/// The share that a text with `%` says; `Some(None)` when it says none.
fn share(text: &str) -> Option<Option<f64>> {
    let number = text.strip_suffix('%')?;
    Some(number.trim().parse::<f64>().ok().filter(|s| (0.0..=100.0).contains(s)).map(|s| s / 100.0))
}

impl Most {
    /// True when `found` of `all` is not too many.
    pub(super) fn allows(self, found: u64, all: u64) -> bool {
        match self {
            Self::Records(n) => found <= n,
            #[allow(clippy::cast_precision_loss, reason = "a share, not a count")]
            Self::Share(share) => found as f64 <= all as f64 * share,
        }
    }

    /// For messages: "5", "0.5 %".
    pub(super) fn words(self) -> String {
        match self {
            Self::Records(n) => n.to_string(),
            Self::Share(share) => format!("{} %", percent(share)),
        }
    }
}

/// A share in per cent, without the noise of binary fractions.
fn percent(share: f64) -> f64 {
    (share * 1e8).round() / 1e6
}

/// How far two numbers may be apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Within {
    Rows(u64),
    /// A share of the expected number, 0 to 1.
    Share(f64),
}

/// Reads a number or an environment.
pub(super) fn equal_to(node: &Node, problems: &mut Problems) -> Option<EqualTo> {
    let written = some_text(node, problems)?;
    if written.value.bytes().all(|b| b.is_ascii_digit()) {
        if let Ok(n) = written.value.parse() {
            return Some(EqualTo::Number(n));
        }
        problems.add(&written.place, format!("`{}` is too large", written.value)).expected("a number of records");
        return None;
    }
    name(node, problems).map(EqualTo::Environment)
}

/// Reads `5` or `2%`.
pub(super) fn within(node: &Node, problems: &mut Problems) -> Option<At<Within>> {
    let written = some_text(node, problems)?;
    let found = match share(&written.value) {
        Some(share) => share.map(Within::Share),
        None => written.value.parse().ok().map(Within::Rows),
    };
    if found.is_none() {
        problems.add(&written.place, format!("`{}` is no distance", written.value)).expected("a number of records or a share: 5 or 2%");
    }
    found.map(|value| At { value, place: written.place })
}

impl Within {
    /// True when `found` is near enough to `expected`.
    pub(super) fn allows(self, found: u64, expected: u64) -> bool {
        let distance = found.abs_diff(expected);
        match self {
            Self::Rows(n) => distance <= n,
            #[allow(clippy::cast_precision_loss, reason = "a share, not a count")]
            Self::Share(share) => distance as f64 <= expected as f64 * share,
        }
    }

    /// For messages: " (within 5)".
    pub(super) fn words(self) -> String {
        match self {
            Self::Rows(0) => String::new(),
            Self::Rows(n) => format!(" (within {n})"),
            Self::Share(share) => format!(" (within {} %)", percent(share)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_of_all_and_counts_with_its_bound() {
        assert!(Most::Share(0.005).allows(5, 1000) && !Most::Share(0.005).allows(6, 1000) && !Most::Share(0.005).allows(1, 0));
        assert!(Most::Records(2).allows(2, 0) && !Most::Records(2).allows(3, 1000));
        assert_eq!(
            (Most::Share(0.005).words(), Most::Share(0.07).words(), Most::Records(3).words()),
            ("0.5 %".into(), "7 %".into(), "3".into())
        );
        assert_eq!((share("0.5%"), share("101%"), share("x%"), share("5")), (Some(Some(0.005)), Some(None), Some(None), None));
    }

    #[test]
    fn a_distance_is_allowed_up_to_and_with_its_bound() {
        assert!(Within::Rows(0).allows(5, 5) && !Within::Rows(0).allows(4, 5));
        assert!(Within::Rows(1).allows(4, 5) && !Within::Rows(1).allows(3, 5) && !Within::Rows(1).allows(7, 5));
        assert!(Within::Share(0.1).allows(90, 100) && !Within::Share(0.1).allows(89, 100));
        assert!(!Within::Share(0.1).allows(1, 0));
    }
}
