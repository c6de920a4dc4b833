//! SQL (SQLite's dialect) over snapshots: conditions over the cells of one record, and queries over whole datasets. Typed, sandboxed.
//!
//! A condition is read by a small parser of SQL expressions, typed against the columns of the dataset, and handed to SQLite as one
//! statement without tables whose parameters are the cells: it streams. A query is one SELECT, read by the same parser, typed against
//! the datasets that it names, and run over tables in memory that hold only the columns that it reads. What the parser does not know is
//! refused, so the sandbox below it (authorizer, limits) is a second line of defence, not the first.
//!
//! Where SQLite would answer wrongly without a word, the types decide instead:
//!
//! - text compared with a number, or used in arithmetic or as a date, is a mistake of the file, as is a bare text used as true or false;
//! - decimals are compared and computed exactly, as text, never in floating point; `/` divides exactly (`5 / 2` is 2.5);
//! - whole numbers that leave 64 bits are an error, not a float;
//! - moments are compared in UTC to the microsecond; a date is not compared with a moment unless `date(…)` says how;
//! - `LIKE`, `lower` and `upper` know all of Unicode;
//! - a query never takes "any" value: what is not grouped, a SELECT of several rows as a value, `LIMIT` without order are mistakes;
//! - `NOT IN (SELECT …)`, which one null empties without a word, is a mistake.

mod bind;
mod condition;
mod database;
mod function;
mod parser;
mod sandbox;
mod signature;
mod site;
mod statement;
mod syntax;
mod token;
mod typing;

pub use condition::{Column, Condition, ConditionProblem, Evaluator, Moment, Run};
pub use database::{Database, Draft, Limits, Loading, reads_of};
pub use site::asks_site;
pub use statement::{Compiled, Given, MOST_ENVIRONMENTS, Statement, Table, TableRead};
pub use syntax::TableName;
