//! The functions that conditions and queries may use.

use super::condition::ConditionProblem;
use super::token::Language;
use super::typing::Kind;
use crate::document::suggest;

/// What a function takes at one position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Param {
    Text,
    Integer,
    Number,
    Boolean,
    /// A date or a moment.
    Moment,
    /// `'+7 days'`, `'start of month'`.
    Shift,
    List,
    /// An item of the list that is the first argument.
    Item,
    /// Anything of the same type as its like.
    Same,
}

/// What a function gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    Kind(Kind),
    /// The type of its first number.
    Number,
    /// The common type of its [`Param::Same`] arguments.
    Same,
}

/// One function.
#[derive(Debug)]
pub(super) struct Signature {
    pub(super) name: &'static str,
    /// How it is written, for messages.
    pub(super) usage: &'static str,
    /// What it takes; the last one repeats up to `most`.
    pub(super) params: &'static [Param],
    pub(super) least: usize,
    pub(super) most: usize,
    pub(super) gives: Gives,
}

macro_rules! functions {
    ($($name:literal $usage:literal [$($param:ident),*] $least:literal..=$most:expr => $gives:expr;)*) => {
        &[$(Signature { name: $name, usage: $usage, params: &[$(Param::$param),*], least: $least, most: $most, gives: $gives }),*]
    };
}

const MANY: usize = 50;

/// All of them, sorted by name.
pub(super) const FUNCTIONS: &[Signature] = functions! {
    "abs" "abs(number)" [Number] 1..=1 => Gives::Number;
    "as_of" "as_of()" [] 0..=0 => Gives::Kind(Kind::Datetime);
    "coalesce" "coalesce(a, b, …)" [Same] 2..=MANY => Gives::Same;
    "date" "date(moment, '+7 days')" [Moment, Shift] 1..=MANY => Gives::Kind(Kind::Date);
    "datetime" "datetime(moment, '+2 hours')" [Moment, Shift] 1..=MANY => Gives::Kind(Kind::Datetime);
    "go_live" "go_live()" [] 0..=0 => Gives::Kind(Kind::Datetime);
    "has" "has(list, value)" [List, Item] 2..=2 => Gives::Kind(Kind::Boolean);
    "ifnull" "ifnull(a, b)" [Same] 2..=2 => Gives::Same;
    "iif" "iif(condition, a, b)" [Boolean, Same] 3..=3 => Gives::Same;
    "instr" "instr(text, part)" [Text] 2..=2 => Gives::Kind(Kind::Integer);
    "items" "items(list)" [List] 1..=1 => Gives::Kind(Kind::Integer);
    "julianday" "julianday(moment)" [Moment, Shift] 1..=MANY => Gives::Kind(Kind::Decimal);
    "length" "length(text)" [Text] 1..=1 => Gives::Kind(Kind::Integer);
    "lower" "lower(text)" [Text] 1..=1 => Gives::Kind(Kind::Text);
    "ltrim" "ltrim(text)" [Text] 1..=2 => Gives::Kind(Kind::Text);
    "max" "max(a, b, …)" [Same] 2..=MANY => Gives::Same;
    "min" "min(a, b, …)" [Same] 2..=MANY => Gives::Same;
    "nullif" "nullif(a, b)" [Same] 2..=2 => Gives::Same;
    "replace" "replace(text, old, new)" [Text] 3..=3 => Gives::Kind(Kind::Text);
    "round" "round(number, digits)" [Number, Integer] 1..=2 => Gives::Number;
    "rtrim" "rtrim(text)" [Text] 1..=2 => Gives::Kind(Kind::Text);
    "site" "site()" [] 0..=0 => Gives::Kind(Kind::Text);
    "substr" "substr(text, from, length)" [Text, Integer] 2..=3 => Gives::Kind(Kind::Text);
    "time" "time(moment)" [Moment, Shift] 1..=MANY => Gives::Kind(Kind::Time);
    "trim" "trim(text)" [Text] 1..=2 => Gives::Kind(Kind::Text);
    "upper" "upper(text)" [Text] 1..=1 => Gives::Kind(Kind::Text);
};

const AGGREGATES: &[&str] = &["avg", "count", "group_concat", "max", "median", "min", "percentile", "string_agg", "sum", "total"];

/// True for the name of a function that looks at many rows; `min` and `max` of several values look at one.
pub(super) fn is_aggregate(name: &str) -> bool {
    AGGREGATES.contains(&name)
}

impl Signature {
    /// What it takes at a position.
    pub(super) fn param(&self, i: usize) -> Option<Param> {
        self.params.get(i).or(self.params.last()).copied()
    }
}

/// The function of that name that takes so many arguments; `start..end` is the name's place.
pub(super) fn find(
    name: &str,
    arguments: usize,
    start: usize,
    end: usize,
    language: Language,
) -> Result<&'static Signature, ConditionProblem> {
    let noun = language.noun();
    let problem = |message: String| ConditionProblem::at(start, end - start, message);
    let known = FUNCTIONS.iter().find(|f| f.name == name);
    if language == Language::Condition && AGGREGATES.contains(&name) && (known.is_none() || arguments < 2) {
        return Err(
            problem(format!("`{name}` looks at many records, a condition at one")).help("count records with a check of the kind `count`")
        );
    }
    match known {
        Some(f) if (f.least..=f.most).contains(&arguments) => Ok(f),
        Some(f) => Err(problem(format!("`{name}` does not take {arguments} values")).help(format!("write {}", f.usage))),
        None if name.starts_with("random") => {
            Err(problem(format!("`{name}` gives another answer every time")).help("a check must give the same answer for the same data"))
        }
        None if matches!(name, "strftime" | "unixepoch" | "timediff") => {
            Err(problem(format!("a {noun} has no function `{name}`")).help("use date(…), datetime(…), time(…) or julianday(…)"))
        }
        None => {
            let counts: &[&str] = if language == Language::Query { &["avg", "count", "group_concat", "sum"] } else { &[] };
            let names = FUNCTIONS.iter().map(|f| f.name).chain(counts.iter().copied());
            Err(problem(format!("a {noun} has no function `{name}`")).help(suggest::nearest_or_all(name, names)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_sorted_and_their_usage_begins_with_their_name() {
        assert!(FUNCTIONS.windows(2).all(|w| w[0].name < w[1].name));
        for f in FUNCTIONS {
            assert!(f.usage.starts_with(&format!("{}(", f.name)), "{}", f.usage);
        }
    }
}
