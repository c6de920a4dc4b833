//! Comparing two sides by business key: which records are missing, extra, changed, renamed or re-keyed.

mod align;
#[cfg(test)]
mod align_tests;
mod census;
mod columns;
mod difference;
mod equality;
mod fields;
#[cfg(test)]
mod laws;
mod leftover;
#[cfg(test)]
mod memory;
mod merge;
mod order;
mod pairs;
pub mod plain;
mod rename;
mod rows;
mod selection;
mod similar;
mod visit;
pub mod words;

pub use align::compare;
pub use difference::{Comparison, Counts, Difference, DifferenceKind, FieldDifference, How, Side};
pub use fields::{Relation, Rule, Rules, Tolerance};
