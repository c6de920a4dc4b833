//! Types of conditions and queries: every part is typed against the columns and written out as SQL in which nothing is left to
//! SQLite's guesses.

mod aggregate;
mod call;
mod fit;
mod nested;
mod scope;
mod select;

pub(super) use select::{Output, check_query};

use regex::Regex;

use self::fit::{arithmetic, coerced};
use self::scope::Scopes;
use super::condition::{Column, ConditionProblem};
use super::function::{decimal, text};
use super::syntax::{Binary, Comparison, Expr, Node};
use super::token::Language;
use crate::document::suggest;
use crate::value::Type;

/// Longest SQL that a part may become, in bytes.
const MAX_WRITTEN: usize = 1 << 18;

/// Type of a part of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Already reported: gives no further problem.
    Unknown,
    Null,
    Text,
    Integer,
    Decimal,
    Boolean,
    Date,
    Time,
    Datetime,
    Json,
    List(Type),
}

impl Kind {
    fn of(column: &Column) -> Self {
        if column.list.is_some() { Self::List(column.kind) } else { Self::scalar(column.kind) }
    }

    fn scalar(kind: Type) -> Self {
        match kind {
            Type::Text => Self::Text,
            Type::Integer => Self::Integer,
            Type::Decimal => Self::Decimal,
            Type::Boolean => Self::Boolean,
            Type::Date => Self::Date,
            Type::Time => Self::Time,
            Type::Datetime => Self::Datetime,
            Type::Json => Self::Json,
        }
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Unknown | Self::Null => "null",
            Self::Text => "text",
            Self::Integer => "a whole number",
            Self::Decimal => "a decimal number",
            Self::Boolean => "true or false",
            Self::Date => "a date",
            Self::Time => "a time of day",
            Self::Datetime => "a moment",
            Self::Json => "a nested document",
            Self::List(_) => "a list",
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }

    fn is_moment(self) -> bool {
        matches!(self, Self::Date | Self::Time | Self::Datetime)
    }
}

/// A typed part, written out.
#[derive(Clone, Debug)]
struct Value {
    kind: Kind,
    sql: String,
    /// The text or number of a literal.
    literal: Option<String>,
    start: usize,
    end: usize,
}

impl Value {
    fn is_text_literal(&self) -> bool {
        self.kind == Kind::Text && self.literal.is_some()
    }

    fn is_flag_literal(&self) -> bool {
        self.kind == Kind::Integer && matches!(self.literal.as_deref(), Some("0" | "1"))
    }
}

/// A condition whose every part is typed.
pub(super) struct Typed {
    /// The SQL of the condition; column `i` is the parameter `?i+1`.
    pub(super) sql: String,
    /// Columns that it reads, ascending.
    pub(super) reads: Vec<usize>,
    /// Regular expressions by their number in the SQL.
    pub(super) patterns: Vec<Regex>,
}

/// Types a condition; every problem that can be told apart is given.
pub(super) fn check(expr: &Expr, text: &str, columns: &[Column]) -> Result<Typed, Vec<ConditionProblem>> {
    let mut checker =
        Checker { text, names: Names::Record { columns, reads: Vec::new() }, problems: Vec::new(), patterns: Vec::new(), first_pattern: 0 };
    let value = checker.value(expr);
    checker.truth(&value);
    let mut reads = match checker.names {
        Names::Record { reads, .. } => reads,
        Names::Query(_) => Vec::new(),
    };
    if checker.problems.is_empty() && reads.is_empty() {
        let place = ConditionProblem::at(expr.start, expr.end - expr.start, "this condition reads no column");
        checker.problems.push(place.help("name a column; without one it says the same of every record"));
    }
    if !checker.problems.is_empty() {
        return Err(checker.problems);
    }
    reads.sort_unstable();
    reads.dedup();
    Ok(Typed { sql: value.sql, reads, patterns: checker.patterns })
}

/// Where names come from.
enum Names<'t> {
    /// The columns of one record.
    Record { columns: &'t [Column], reads: Vec<usize> },
    /// The tables of a query.
    Query(Scopes<'t>),
}

struct Checker<'t> {
    text: &'t str,
    names: Names<'t>,
    problems: Vec<ConditionProblem>,
    patterns: Vec<Regex>,
    /// Number of the first pattern.
    first_pattern: usize,
}

impl Checker<'_> {
    fn problem(&mut self, at: &Value, message: impl Into<String>, help: impl Into<String>) {
        self.problems.push(ConditionProblem::at(at.start, at.end - at.start, message).help(help));
    }

    fn language(&self) -> Language {
        if matches!(self.names, Names::Query(_)) { Language::Query } else { Language::Condition }
    }

    fn shown(&self, value: &Value) -> &str {
        &self.text[value.start..value.end]
    }

    fn value(&mut self, expr: &Expr) -> Value {
        let before = self.ungrouped();
        let value = self.part(expr);
        self.grouped(&value, before);
        if value.sql.len() > MAX_WRITTEN {
            // Written out, a value of IN, BETWEEN and CASE is repeated: nested, it would double at every level.
            let message = format!("this {} is too long when it is written out", self.language().noun());
            self.problem(&value, message, "split it into several checks");
            return Value { kind: Kind::Unknown, sql: String::new(), ..value };
        }
        value
    }

    fn part(&mut self, expr: &Expr) -> Value {
        let (start, end) = (expr.start, expr.end);
        let made = |kind: Kind, sql: String| Value { kind, sql, literal: None, start, end };
        match &expr.node {
            Node::Null => made(Kind::Null, "NULL".to_owned()),
            Node::Boolean(b) => made(Kind::Boolean, u8::from(*b).to_string()),
            Node::Text(t) => Value { literal: Some(t.clone()), ..made(Kind::Text, quote(t)) },
            Node::Number(n) => self.number(n, made(Kind::Unknown, String::new())),
            Node::Column(name, quoted) => self.column(name, *quoted, made(Kind::Unknown, String::new())),
            Node::Call { name, name_end, args } => self.call(name, *name_end, args, made(Kind::Unknown, String::new())),
            Node::Positive(inner) => {
                let value = self.value(inner);
                self.numeric(&value, "used with +");
                Value { start, end, ..value }
            }
            Node::Negative(inner) => {
                let value = self.value(inner);
                if !self.numeric(&value, "used with -") {
                    return made(Kind::Unknown, String::new());
                }
                let zero = Value { kind: Kind::Integer, sql: "0".to_owned(), literal: Some("0".to_owned()), start, end: start };
                let literal = value.literal.as_ref().map(|l| l.strip_prefix('-').map_or_else(|| format!("-{l}"), str::to_owned));
                let sql = match (&literal, value.kind) {
                    (Some(l), Kind::Integer) => l.clone(),
                    (Some(l), _) => quote(l),
                    (None, _) => arithmetic("subtract", &zero, &value),
                };
                Value { literal, ..made(value.kind, sql) }
            }
            Node::Not(inner) => {
                let value = self.value(inner);
                self.truth(&value);
                made(Kind::Boolean, format!("(NOT {})", value.sql))
            }
            Node::Binary(op @ (Binary::And | Binary::Or), ..) => {
                // The left spine is walked in a loop: a condition of many parts must nest neither here nor in SQLite's parser.
                let mut operands = Vec::new();
                let mut spine = expr;
                while let Node::Binary(same, left, right) = &spine.node
                    && same == op
                {
                    operands.push(&**right);
                    spine = left;
                }
                operands.push(spine);
                let parts: Vec<String> = operands
                    .into_iter()
                    .rev()
                    .map(|operand| {
                        let value = self.value(operand);
                        self.truth(&value);
                        value.sql
                    })
                    .collect();
                made(Kind::Boolean, format!("({})", parts.join(if *op == Binary::And { " AND " } else { " OR " })))
            }
            Node::Binary(Binary::Compare(comparison), left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                let sql = self.comparison(*comparison, &left, &right);
                made(Kind::Boolean, sql)
            }
            Node::Binary(Binary::Concat, left, right) => {
                let parts = [self.value(left), self.value(right)];
                for part in &parts {
                    if !matches!(
                        part.kind,
                        Kind::Unknown | Kind::Text | Kind::Integer | Kind::Decimal | Kind::Date | Kind::Time | Kind::Null
                    ) {
                        let message = format!("`{}` is {}, which || cannot join", self.shown(part), part.kind.words());
                        self.problem(part, message, "write CAST(… AS TEXT)");
                    }
                }
                made(Kind::Text, format!("text_concat({}, {})", parts[0].sql, parts[1].sql))
            }
            Node::Binary(op, left, right) => {
                let (left, right) = (self.value(left), self.value(right));
                let (sign, name) = match op {
                    Binary::Add => ("+", "add"),
                    Binary::Subtract => ("-", "subtract"),
                    Binary::Multiply => ("*", "multiply"),
                    Binary::Divide => ("/", "divide"),
                    _ => ("%", "remainder"),
                };
                let used = format!("used with {sign}");
                let (l, r) = (self.numeric(&left, &used), self.numeric(&right, &used));
                if !(l && r) {
                    return made(Kind::Unknown, String::new());
                }
                let exact = *op == Binary::Divide || left.kind == Kind::Decimal || right.kind == Kind::Decimal;
                made(if exact { Kind::Decimal } else { Kind::Integer }, arithmetic(name, &left, &right))
            }
            Node::Between { not, value, low, high } => {
                let (value, low, high) = (self.value(value), self.value(low), self.value(high));
                let above = self.comparison(Comparison::GreaterEqual, &value, &low);
                let below = self.comparison(Comparison::LessEqual, &value, &high);
                made(Kind::Boolean, format!("({}({above} AND {below}))", if *not { "NOT " } else { "" }))
            }
            Node::In { not, value, items } => {
                let value = self.value(value);
                if items.is_empty() {
                    self.problem(&made(Kind::Unknown, String::new()), "this list is empty, so nothing is in it", "name the values");
                }
                let parts: Vec<String> = items
                    .iter()
                    .map(|item| {
                        let item = self.value(item);
                        self.comparison(Comparison::Equal, &value, &item)
                    })
                    .collect();
                made(Kind::Boolean, format!("({}({}))", if *not { "NOT " } else { "" }, parts.join(" OR ")))
            }
            Node::Like { not, value, pattern, escape } => {
                let (value, pattern) = (self.value(value), self.value(pattern));
                self.textual(&value, "used with LIKE");
                self.textual(&pattern, "a pattern");
                let escape = escape.as_ref().map(|e| self.value(e));
                if let Some(e) = &escape
                    && e.literal.as_ref().is_none_or(|l| e.kind != Kind::Text || l.chars().count() != 1)
                {
                    self.problem(e, "ESCAPE takes one character", "such as ESCAPE '!'");
                }
                let escape = escape.map_or_else(|| "NULL".to_owned(), |e| e.sql);
                made(Kind::Boolean, format!("({}text_like({}, {}, {escape}))", if *not { "NOT " } else { "" }, value.sql, pattern.sql))
            }
            Node::Regexp { not, value, pattern } => {
                let (value, pattern) = (self.value(value), self.value(pattern));
                self.textual(&value, "used with REGEXP");
                if !pattern.is_text_literal() {
                    self.problem(&pattern, "the pattern of REGEXP stands in single quotes", "such as REGEXP '^[A-Z]{3}$'");
                    return made(Kind::Boolean, String::new());
                }
                match text::regex(pattern.literal.as_deref().unwrap_or_default()) {
                    Ok(regex) => self.patterns.push(regex),
                    Err(why) => {
                        self.problem(&pattern, format!("this is no regular expression: {why}"), "the syntax is that of Rust's regex crate")
                    }
                }
                let number = self.first_pattern + self.patterns.len().saturating_sub(1);
                made(Kind::Boolean, format!("({}text_regexp({}, {number}))", if *not { "NOT " } else { "" }, value.sql))
            }
            Node::IsNull { not, value } => {
                let value = self.value(value);
                made(Kind::Boolean, format!("({} IS {}NULL)", value.sql, if *not { "NOT " } else { "" }))
            }
            Node::CastText(inner) => {
                let value = self.value(inner);
                let sql = match value.kind {
                    Kind::Boolean => format!("(CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)", value.sql),
                    Kind::Datetime => format!("({} || 'Z')", value.sql),
                    _ => format!("CAST({} AS TEXT)", value.sql),
                };
                made(Kind::Text, sql)
            }
            Node::Case { base, arms, otherwise } => {
                self.case(base.as_deref(), arms, otherwise.as_deref(), made(Kind::Unknown, String::new()))
            }
            Node::Qualified(path) => self.qualified(path, made(Kind::Unknown, String::new())),
            Node::Aggregate(aggregate) => self.aggregate(aggregate, made(Kind::Unknown, String::new())),
            Node::Scalar(query) => self.scalar(query, made(Kind::Unknown, String::new())),
            Node::Exists(query) => {
                let sql = self.exists(query);
                made(Kind::Boolean, sql)
            }
            Node::InQuery { not, value, query } => {
                let sql = self.in_query(value, *not, query);
                made(Kind::Boolean, sql)
            }
        }
    }

    fn number(&mut self, written: &str, value: Value) -> Value {
        if written.bytes().all(|b| b.is_ascii_digit())
            && let Ok(n) = written.parse::<i64>()
        {
            return Value { kind: Kind::Integer, sql: n.to_string(), literal: Some(n.to_string()), ..value };
        }
        match decimal::canonical(written) {
            Some(canonical) => Value { kind: Kind::Decimal, sql: quote(&canonical), literal: Some(canonical), ..value },
            None => {
                let help = if written.starts_with("0x") { "write it in decimal digits" } else { "text stands in single quotes" };
                self.problem(&value, format!("`{written}` is no number"), help);
                value
            }
        }
    }

    fn column(&mut self, name: &str, quoted: bool, value: Value) -> Value {
        let (columns, reads) = match &mut self.names {
            Names::Record { columns, reads } => (*columns, reads),
            Names::Query(_) => return self.plain(name, quoted, value),
        };
        match columns.iter().position(|c| c.name.eq_ignore_ascii_case(name)) {
            Some(i) => {
                reads.push(i);
                Value { kind: Kind::of(&columns[i]), sql: format!("?{}", i + 1), ..value }
            }
            None => {
                let names = columns.iter().map(|c| c.name.as_str());
                let help = match suggest::nearest(name, names.clone()) {
                    None if quoted => format!("text stands in single quotes: '{}'", name.replace('\'', "''")),
                    _ => suggest::nearest_or_all(name, names),
                };
                self.problem(&value, format!("there is no column `{name}`"), help);
                value
            }
        }
    }

    fn case(&mut self, base: Option<&Expr>, arms: &[(Expr, Expr)], otherwise: Option<&Expr>, value: Value) -> Value {
        let base = base.map(|b| self.value(b));
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for (when, then) in arms {
            let when = self.value(when);
            conditions.push(match &base {
                Some(base) => self.comparison(Comparison::Equal, base, &when),
                None => {
                    self.truth(&when);
                    when.sql
                }
            });
            results.push(self.value(then));
        }
        let had_else = otherwise.is_some();
        results.extend(otherwise.map(|o| self.value(o)));
        let Some(kind) = self.common(&results) else { return value };
        let written: Vec<String> = results.iter().map(|r| coerced(r, kind)).collect();
        let mut sql = String::from("(CASE");
        for (condition, result) in conditions.iter().zip(&written) {
            sql.push_str(&format!(" WHEN {condition} THEN {result}"));
        }
        if had_else && let Some(last) = written.last() {
            sql.push_str(&format!(" ELSE {last}"));
        }
        sql.push_str(" END)");
        Value { kind, sql, ..value }
    }
}

fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
