//! Aggregates: one value over many rows, exact where SQLite would count in floating point.

use super::super::condition::ConditionProblem;
use super::super::syntax::Aggregate;
use super::fit::coerced;
use super::{Checker, Kind, Names, Value};

/// Words of the SQL for an aggregate that stands where it may not.
const MISPLACED: &str = "write HAVING, or a SELECT in brackets";

impl Checker<'_> {
    pub(super) fn aggregate(&mut self, aggregate: &Aggregate, value: Value) -> Value {
        let name = aggregate.name.text.as_str();
        let at_name = |message: String| ConditionProblem::at(aggregate.name.start, aggregate.name.end - aggregate.name.start, message);
        let Names::Query(scopes) = &mut self.names else { return value };
        match scopes.frames.last_mut() {
            Some(frame) if frame.inside => {
                self.problems
                    .push(at_name(format!("`{name}` within another aggregate")).help("use a SELECT in brackets for the inner one"));
                return value;
            }
            Some(frame) if frame.allowed => {
                frame.aggregates += 1;
                (frame.inside, frame.counted) = (true, 0);
            }
            _ => {
                self.problems.push(at_name(format!("`{name}` looks at many rows, and here at one")).help(MISPLACED));
                return value;
            }
        }
        let args: Vec<Value> = aggregate.args.iter().map(|a| self.value(a)).collect();
        let mut counted = 0;
        if let Names::Query(scopes) = &mut self.names
            && let Some(frame) = scopes.frames.last_mut()
        {
            counted = frame.counted;
            frame.inside = false;
        }
        let (least, most, usage) = match name {
            "count" => (0, 1, "count(*), count(column) or count(DISTINCT column)"),
            "group_concat" | "string_agg" => (1, 2, "group_concat(text, ', ')"),
            "sum" | "avg" | "min" | "max" => (1, 1, "one column in the brackets"),
            _ => {
                self.problems
                    .push(at_name(format!("a query has no aggregate `{name}`")).help("use count, sum, avg, min, max or group_concat"));
                return value;
            }
        };
        if !(least..=most).contains(&args.len()) {
            self.problems.push(at_name(format!("`{name}` does not take {} values", args.len())).help(format!("write {usage}")));
            return value;
        }
        if aggregate.distinct && !matches!(name, "count" | "group_concat" | "string_agg") {
            self.problems.push(at_name(format!("`{name}` does not take DISTINCT")).help("use it over a SELECT DISTINCT in brackets"));
            return value;
        }
        let Some(first) = args.first() else { return Value { kind: Kind::Integer, sql: "count(*)".to_owned(), ..value } };
        if args.iter().any(|a| a.kind == Kind::Unknown) {
            return value;
        }
        if counted == 0 {
            self.problem(first, format!("`{name}` reads no column of its own SELECT"), "name a column of the datasets after FROM");
            return value;
        }
        self.over(aggregate, &args, value)
    }

    /// The SQL of an aggregate over values whose types are known.
    fn over(&mut self, aggregate: &Aggregate, args: &[Value], value: Value) -> Value {
        let (name, first) = (aggregate.name.text.as_str(), &args[0]);
        let used = format!("used in {name}()");
        match name {
            "count" => {
                let distinct = if aggregate.distinct { "DISTINCT " } else { "" };
                Value { kind: Kind::Integer, sql: format!("count({distinct}{})", first.sql), ..value }
            }
            "sum" | "avg" => {
                if !self.numeric(first, &used) {
                    return value;
                }
                match (name, first.kind) {
                    ("sum", Kind::Integer) => Value { kind: Kind::Integer, sql: format!("sum({})", first.sql), ..value },
                    _ => Value { kind: Kind::Decimal, sql: format!("decimal_{name}({})", coerced(first, Kind::Decimal)), ..value },
                }
            }
            "min" | "max" => match first.kind {
                Kind::Decimal => {
                    let function = if name == "min" { "decimal_least" } else { "decimal_greatest" };
                    Value { kind: Kind::Decimal, sql: format!("{function}({})", first.sql), ..value }
                }
                Kind::Text | Kind::Integer | Kind::Date | Kind::Time | Kind::Datetime => {
                    Value { kind: first.kind, sql: format!("{name}({})", first.sql), ..value }
                }
                kind => {
                    let message = format!("`{}` is {}, which has no order", self.shown(first), kind.words());
                    self.problem(first, message, "count what is of interest: sum(CASE WHEN … THEN 1 ELSE 0 END)");
                    value
                }
            },
            _ => {
                if !matches!(first.kind, Kind::Text | Kind::Integer | Kind::Decimal | Kind::Date | Kind::Time) {
                    let message = format!("`{}` is {}, so it cannot be {used}", self.shown(first), first.kind.words());
                    self.problem(first, message, "write CAST(… AS TEXT)");
                    return value;
                }
                let between = match args.get(1) {
                    None => "','".to_owned(),
                    Some(between) if between.is_text_literal() => between.sql.clone(),
                    Some(between) => {
                        self.problem(between, "what stands between the parts is text in single quotes", "such as ', '");
                        return value;
                    }
                };
                let distinct = u8::from(aggregate.distinct);
                Value { kind: Kind::Text, sql: format!("text_join(CAST({} AS TEXT), {between}, {distinct})", first.sql), ..value }
            }
        }
    }
}
