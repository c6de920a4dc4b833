//! Functions: what they take, and how they are written out.

use super::super::function::moment;
use super::super::signature::{self, Gives, Param};
use super::super::syntax::Expr;
use super::fit::coerced;
use super::{Checker, Kind, Value, quote};

impl Checker<'_> {
    pub(super) fn call(&mut self, name: &str, name_end: usize, args: &[Expr], value: Value) -> Value {
        let found = signature::find(name, args.len(), value.start, name_end, self.language());
        let args: Vec<Value> = args.iter().map(|a| self.value(a)).collect();
        let signature = match found {
            Ok(signature) => signature,
            Err(problem) => {
                self.problems.push(problem);
                return value;
            }
        };
        let before = self.problems.len();
        let used = format!("used in {name}()");
        let mut same = Vec::new();
        for (i, arg) in args.iter().enumerate() {
            match signature.param(i) {
                Some(Param::Text) => self.textual(arg, &used),
                Some(Param::Integer) if self.numeric(arg, &used) && arg.kind == Kind::Decimal => {
                    self.problem(arg, "a whole number is expected here", format!("write {}", signature.usage));
                }
                Some(Param::Number) => {
                    self.numeric(arg, &used);
                }
                Some(Param::Boolean) => self.truth(arg),
                Some(Param::Moment) => self.moment(arg, name, &used),
                Some(Param::Shift) => self.shift(arg),
                Some(Param::List) if !matches!(arg.kind, Kind::List(_) | Kind::Unknown) => {
                    let message = format!("`{}` is {}, not a list", self.shown(arg), arg.kind.words());
                    self.problem(arg, message, "declare it in the system definition: `list: set`");
                }
                Some(Param::Item) => self.item(&args[0], arg),
                Some(Param::Same) => same.push(arg.clone()),
                Some(Param::Integer | Param::List) | None => {}
            }
        }
        let kind = match signature.gives {
            Gives::Kind(kind) => kind,
            Gives::Number => args[0].kind,
            Gives::Same => match self.common(&same) {
                Some(kind) => kind,
                None => return value,
            },
        };
        if self.problems.len() > before || kind == Kind::Unknown || args.iter().any(|a| a.kind == Kind::Unknown) {
            return value;
        }
        Value { kind, sql: written_call(name, kind, signature.gives == Gives::Same, &args), ..value }
    }

    fn item(&mut self, list: &Value, item: &Value) {
        let Kind::List(of) = list.kind else { return };
        let of = Kind::scalar(of);
        let fits = item.kind == Kind::Unknown || item.kind == of || (of == Kind::Decimal && item.kind == Kind::Integer);
        if !fits {
            let message = format!("`{}` holds {}, `{}` is {}", self.shown(list), of.words(), self.shown(item), item.kind.words());
            self.problem(item, message, "compare like with like");
        }
    }

    fn moment(&mut self, arg: &Value, function: &str, used: &str) {
        let (kind, literal) = (arg.kind, arg.literal.clone());
        match (kind, literal) {
            (Kind::Unknown | Kind::Null | Kind::Date | Kind::Datetime, _) => {}
            (Kind::Text, Some(l)) if l.trim().eq_ignore_ascii_case("now") => {
                self.problem(arg, "'now' would read the clock", "use as_of(), when we judge, or go_live(), what we judge for");
            }
            (Kind::Text, Some(l)) => {
                if moment::literal(&l, Kind::Date).or_else(|| moment::literal(&l, Kind::Datetime)).is_none() {
                    self.problem(arg, format!("'{l}' is no date that exists"), "such as '2027-02-24' or '2027-02-24T06:00:00Z'");
                }
            }
            (Kind::Text, None) => {
                let message = format!("`{}` is text, so it cannot be {used}", self.shown(arg));
                self.problem(arg, message, "declare the column's type in the system definition: `type: date`");
            }
            _ => {
                let message = format!("`{}` is {}, so it cannot be {used}", self.shown(arg), kind.words());
                self.problem(arg, message, format!("{function}() takes a date or a moment"));
            }
        }
    }

    fn shift(&mut self, arg: &Value) {
        let Some(written) = arg.literal.clone().filter(|_| arg.kind == Kind::Text) else {
            if arg.kind != Kind::Unknown {
                self.problem(arg, "a shift in time stands in single quotes", "such as '+7 days'");
            }
            return;
        };
        if moment::Shift::parse(&written).is_none() {
            let help = match written.trim().to_ascii_lowercase().as_str() {
                "localtime" | "utc" => "all moments are in UTC, whatever the machine's time zone".to_owned(),
                _ => "such as '+7 days', '-1 months', '+2 hours' or 'start of month'".to_owned(),
            };
            self.problem(arg, format!("'{written}' is no shift in time"), help);
        }
    }
}

fn written_call(name: &str, kind: Kind, same: bool, args: &[Value]) -> String {
    let mut written: Vec<String> =
        args.iter().map(|a| if same && a.kind != Kind::Boolean { coerced(a, kind) } else { a.sql.clone() }).collect();
    let function = match (name, kind) {
        ("abs", Kind::Decimal) => "decimal_abs",
        ("round", Kind::Decimal) => {
            if written.len() == 1 {
                written.push("0".to_owned());
            }
            "decimal_round"
        }
        ("round", _) => return written.swap_remove(0),
        ("max", Kind::Decimal) => "decimal_max",
        ("min", Kind::Decimal) => "decimal_min",
        ("date" | "datetime" | "time" | "julianday", _) => {
            if let Some(literal) = args[0].literal.as_deref() {
                let known = moment::literal(literal, Kind::Date).or_else(|| moment::literal(literal, Kind::Datetime));
                written[0] = quote(&known.unwrap_or_default());
            }
            return format!("moment_{name}({})", written.join(", "));
        }
        ("has", _) => {
            let item = match args[1].kind {
                Kind::Boolean => format!("(CASE {} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)", args[1].sql),
                Kind::Datetime => format!("({} || 'Z')", args[1].sql),
                _ => coerced(&args[1], Kind::Decimal),
            };
            return format!("list_has({}, {item})", args[0].sql);
        }
        ("items", _) => "list_items",
        ("instr", _) => "text_instr",
        ("replace", _) => "text_replace",
        ("trim", _) => "text_trim",
        ("ltrim", _) => "text_ltrim",
        ("rtrim", _) => "text_rtrim",
        _ => name,
    };
    format!("{function}({})", written.join(", "))
}
