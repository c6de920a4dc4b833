//! A SELECT within an expression: a value, whether there is a row, whether a value is among others.

use super::super::condition::ConditionProblem;
use super::super::syntax::{Comparison, Expr, Query};
use super::fit::coerced;
use super::{Checker, Value};

impl Checker<'_> {
    /// A SELECT that stands for one value.
    pub(super) fn scalar(&mut self, query: &Query, value: Value) -> Value {
        let written = self.query(query, false);
        let at = |message: &str| ConditionProblem::at(query.start, query.end - query.start, message);
        let [column] = &written.columns[..] else {
            self.problems.push(at("a SELECT that stands for a value gives one column").help("name one column"));
            return value;
        };
        let first = query.limit.as_ref().is_some_and(|l| l.rows == 1);
        if !written.one_row && !first {
            let problem = at("this SELECT may give several rows, and SQLite would take any of them");
            self.problems.push(problem.help("use min(…), max(…) or count(*), EXISTS (…), or ORDER BY … LIMIT 1"));
        }
        Value { kind: column.kind, sql: format!("({})", written.sql), ..value }
    }

    pub(super) fn exists(&mut self, query: &Query) -> String {
        let written = self.query(query, true);
        format!("EXISTS ({})", written.sql)
    }

    pub(super) fn in_query(&mut self, value: &Expr, not: bool, query: &Query) -> String {
        let value = self.value(value);
        let written = self.query(query, false);
        let at = |message: &str| ConditionProblem::at(query.start, query.end - query.start, message);
        if not {
            let problem = at("with NOT IN, one null among these values hides every finding");
            self.problems.push(problem.help("write NOT EXISTS (SELECT 1 FROM … WHERE …)"));
        }
        let [column] = &written.columns[..] else {
            self.problems.push(at("IN looks for a value in one column").help("name one column"));
            return String::new();
        };
        let column = Value { kind: column.kind, sql: "c0".to_owned(), literal: None, start: column.start, end: column.end };
        let before = self.problems.len();
        self.comparison(Comparison::Equal, &value, &column);
        if self.problems.len() > before {
            return String::new();
        }
        let Some(kind) = self.common(&[value.clone(), column.clone()]) else { return String::new() };
        let (left, right) = (coerced(&value, kind), coerced(&column, kind));
        let rows = if right == "c0" { written.sql } else { format!("SELECT {right} FROM ({})", written.sql) };
        format!("({left} IN ({rows}))")
    }
}
