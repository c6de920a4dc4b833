//! Limits of numbers that people measured.

use bigdecimal::BigDecimal;

use crate::document::decode::Fields;
use crate::document::{Node, Problems};

use super::super::super::attestation::number;

/// A number is within it, its ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    min: Option<BigDecimal>,
    max: Option<BigDecimal>,
}

/// Reads `{min, max}`, at least one of them.
pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Limit> {
    let mut fields = Fields::open(node, "a limit", problems)?;
    let min = fields.get("min", problems, number);
    let max = fields.get("max", problems, number);
    let limited = ["min", "max"].into_iter().any(|end| fields.optional(end).is_some());
    if !limited {
        problems.add(&node.place, "this number has no limit").expected("min or max");
    }
    fields.close(problems);
    if let (Some(min), Some(max)) = (&min, &max)
        && min.value > max.value
    {
        let message = format!("nothing is at least {} and at most {}", min.value.to_plain_string(), max.value.to_plain_string());
        problems.add(&max.place, message).help("swap the two");
    }
    Some(Limit { min: min.map(|n| n.value), max: max.map(|n| n.value) })
}

impl Limit {
    /// True when the number is within the limits.
    pub fn allows(&self, number: &BigDecimal) -> bool {
        self.min.as_ref().is_none_or(|min| number >= min) && self.max.as_ref().is_none_or(|max| number <= max)
    }
}

impl std::fmt::Display for Limit {
    /// "at least 5 and at most 60".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ends = [("at least", &self.min), ("at most", &self.max)];
        let words: Vec<String> =
            ends.into_iter().filter_map(|(word, end)| Some(format!("{word} {}", end.as_ref()?.to_plain_string()))).collect();
        f.write_str(&words.join(" and "))
    }
}
