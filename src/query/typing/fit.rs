//! What fits together: conditions, numbers and texts in their places, and both sides of a comparison.

use super::super::function::{decimal, moment};
use super::super::syntax::Comparison;
use super::{Checker, Kind, Value, quote};

const DECLARE: &str = "declare the column's type in the system definition, such as `type: integer`";

impl Checker<'_> {
    /// True or false is expected.
    pub(super) fn truth(&mut self, value: &Value) {
        let shown = self.shown(value).to_owned();
        match value.kind {
            Kind::Boolean | Kind::Unknown | Kind::Null => {}
            Kind::Text => self.problem(
                value,
                format!("`{shown}` is text, not a condition: SQL takes even 'true' for false"),
                format!("compare it: {shown} = '…', or declare `type: boolean` in the system definition"),
            ),
            kind => self.problem(
                value,
                format!("`{shown}` is {}, not a condition", kind.words()),
                format!("compare it, such as: {shown} IS NOT NULL"),
            ),
        }
    }

    pub(super) fn numeric(&mut self, value: &Value, used: &str) -> bool {
        match value.kind {
            Kind::Integer | Kind::Decimal => true,
            Kind::Unknown => false,
            kind => {
                let message = format!("`{}` is {}, so it cannot be {used}", self.shown(value), kind.words());
                let help = match kind {
                    Kind::Date | Kind::Datetime => "compare days with julianday(…), or shift with date(…, '+7 days')",
                    Kind::Text if value.literal.is_some() => "write the number without quotes",
                    _ => DECLARE,
                };
                self.problem(value, message, help);
                false
            }
        }
    }

    pub(super) fn textual(&mut self, value: &Value, used: &str) {
        if !matches!(value.kind, Kind::Text | Kind::Unknown | Kind::Null) {
            let shown = self.shown(value);
            let (message, help) =
                (format!("`{shown}` is {}, so it cannot be {used}", value.kind.words()), format!("write CAST({shown} AS TEXT)"));
            self.problem(value, message, help);
        }
    }

    pub(super) fn comparison(&mut self, comparison: Comparison, left: &Value, right: &Value) -> String {
        let identity = matches!(comparison, Comparison::Is | Comparison::IsNot);
        for value in [left, right] {
            if value.kind == Kind::Null && !identity {
                self.problem(value, "a comparison with NULL is never true", "write IS NULL or IS NOT NULL");
                return String::new();
            }
        }
        let Some(kind) = self.common(&[left.clone(), right.clone()]) else { return String::new() };
        if let Kind::Json | Kind::List(_) = kind {
            let help = if kind == Kind::Json { "ask IS NULL or IS NOT NULL" } else { "use has(list, value) or items(list)" };
            self.problem(left, format!("`{}` is {}, which cannot be compared", self.shown(left), kind.words()), help);
            return String::new();
        }
        if kind == Kind::Text {
            self.text_as_something_else(comparison, left, right);
        }
        if kind == Kind::Boolean && comparison.orders() {
            self.problem(left, "true and false have no order", "use = or <>");
        }
        let (l, r) = (coerced(left, kind), coerced(right, kind));
        if kind == Kind::Decimal && comparison.orders() {
            return format!("(decimal_compare({l}, {r}) {} 0)", comparison.sql());
        }
        format!("({l} {} {r})", comparison.sql())
    }

    /// A text column compared with text that is meant as a number or a date: '10' < '9', '31/12/2025' > '01/01/2026'.
    fn text_as_something_else(&mut self, comparison: Comparison, left: &Value, right: &Value) {
        for (value, other) in [(left, right), (right, left)] {
            let Some(literal) = value.literal.clone().filter(|_| other.literal.is_none()) else { continue };
            let number = comparison.orders() && decimal::canonical(literal.strip_prefix('-').unwrap_or(&literal)).is_some();
            let date = comparison.orders() && moment::looks_like_a_date(&literal);
            if number || date {
                let what = if date { "a date" } else { "a number" };
                let message = format!("`{}` is text, so it is not ordered as {what} is", self.shown(other));
                let kind = if date { "date" } else { "integer" };
                self.problem(other, message, format!("declare the column's type in the system definition: `type: {kind}`"));
            }
        }
    }

    /// The one type that all values have or can be read as; `None` after a problem.
    pub(super) fn common(&mut self, values: &[Value]) -> Option<Kind> {
        if values.iter().any(|v| v.kind == Kind::Unknown) {
            return None;
        }
        let typed = || values.iter().filter(|v| v.kind != Kind::Null);
        let Some(leader) = typed().find(|v| v.literal.is_none()).or_else(|| typed().next()) else { return Some(Kind::Null) };
        let mut kind = leader.kind;
        if kind == Kind::Integer && typed().any(|v| v.kind == Kind::Decimal) {
            kind = Kind::Decimal;
        }
        let before = self.problems.len();
        for value in typed() {
            let fits = value.kind == kind
                || (kind == Kind::Decimal && value.kind == Kind::Integer)
                || (kind == Kind::Boolean && value.is_flag_literal())
                || (kind.is_moment() && value.is_text_literal());
            if !fits {
                self.mismatch(leader, value);
            } else if kind.is_moment() && value.kind == Kind::Text {
                let written = value.literal.as_deref().unwrap_or_default();
                if moment::literal(written, kind).is_none() {
                    let example = match kind {
                        Kind::Date => "'2027-02-24'",
                        Kind::Time => "'06:00:00'",
                        _ => "'2027-02-24T06:00:00Z', with its offset",
                    };
                    let message = format!("{} is not {} that exists", self.shown(value), kind.words());
                    self.problem(value, message, format!("write it as {example}"));
                }
            }
        }
        (self.problems.len() == before).then_some(kind)
    }

    fn mismatch(&mut self, leader: &Value, value: &Value) {
        let message = format!("`{}` is {}, `{}` is {}", self.shown(leader), leader.kind.words(), self.shown(value), value.kind.words());
        let help = match (leader.kind, value.kind) {
            (a, Kind::Text) if a.is_number() && value.literal.is_some() => "write the number without quotes".to_owned(),
            (Kind::Boolean, Kind::Text) => format!("write `{0}` or `NOT {0}`", self.shown(leader)),
            (Kind::Text, b) | (b, Kind::Text) if b.is_number() => {
                "write the value in quotes if it is a code, or declare the column's type in the system definition, such as `type: integer`"
                    .to_owned()
            }
            (Kind::Text, b) | (b, Kind::Text) if b.is_moment() => {
                "declare the column's type in the system definition: `type: date`".to_owned()
            }
            (Kind::Text, _) | (_, Kind::Text) => DECLARE.to_owned(),
            (a, b) if a.is_moment() && b.is_moment() => "make both the same with date(…) or time(…)".to_owned(),
            _ => "compare like with like".to_owned(),
        };
        self.problem(value, message, help);
    }
}

/// A value written as the given type; [`Checker::common`] has found that it fits.
pub(super) fn coerced(value: &Value, kind: Kind) -> String {
    match (value.kind, kind, &value.literal) {
        (Kind::Integer, Kind::Decimal, Some(literal)) => quote(literal),
        (Kind::Integer, Kind::Decimal, None) => format!("CAST({} AS TEXT)", value.sql),
        (Kind::Text, _, Some(literal)) if kind.is_moment() => quote(&moment::literal(literal, kind).unwrap_or_default()),
        _ => value.sql.clone(),
    }
}

/// Arithmetic on two numbers: exact where either is a decimal, within 64 bits otherwise.
pub(super) fn arithmetic(name: &str, left: &Value, right: &Value) -> String {
    let exact = name == "divide" || left.kind == Kind::Decimal || right.kind == Kind::Decimal;
    if exact {
        return format!("decimal_{name}({}, {})", coerced(left, Kind::Decimal), coerced(right, Kind::Decimal));
    }
    format!("integer_{name}({}, {})", left.sql, right.sql)
}
