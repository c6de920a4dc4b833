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
    let found = match written.value.strip_suffix('%') {
        Some(share) => share.trim().parse::<f64>().ok().filter(|s| (0.0..=100.0).contains(s)).map(|s| Within::Share(s / 100.0)),
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
            Self::Share(share) => format!(" (within {} %)", share * 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_allowed_up_to_and_with_its_bound() {
        assert!(Within::Rows(0).allows(5, 5) && !Within::Rows(0).allows(4, 5));
        assert!(Within::Rows(1).allows(4, 5) && !Within::Rows(1).allows(3, 5) && !Within::Rows(1).allows(7, 5));
        assert!(Within::Share(0.1).allows(90, 100) && !Within::Share(0.1).allows(89, 100));
        assert!(!Within::Share(0.1).allows(1, 0));
    }
}
