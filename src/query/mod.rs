//! Conditions in SQL (SQLite's dialect) over the cells of one record: typed, sandboxed, streaming.
//!
//! A condition is read by a small parser of SQL expressions, typed against the columns of the dataset, and handed to SQLite as one
//! statement without tables whose parameters are the cells. What the parser does not know is refused, so the sandbox below it
//! (authorizer, limits) is a second line of defence, not the first.
//!
//! Where SQLite would answer wrongly without a word, the types decide instead:
//!
//! - text compared with a number, or used in arithmetic or as a date, is a mistake of the file, as is a bare text used as true or false;
//! - decimals are compared and computed exactly, as text, never in floating point; `/` divides exactly (`5 / 2` is 2.5);
//! - whole numbers that leave 64 bits are an error, not a float;
//! - moments are compared in UTC to the microsecond; a date is not compared with a moment unless `date(…)` says how;
//! - `LIKE`, `lower` and `upper` know all of Unicode.

mod condition;
mod function;
mod parser;
mod sandbox;
mod signature;
mod syntax;
mod token;
mod typing;

pub use condition::{Column, Condition, ConditionProblem, Evaluator, Moment, Run};
