//! What `find` gives: which of its columns is the key, the problem, and the values of a finding.

use crate::document::suggest;
use crate::query::{Compiled, ConditionProblem, Given};
use crate::value::{Cell, Key, State, Type};

/// Columns that `find` may give. Parts of a key that has several are `key`, `key2`, and so on.
const WORDS: &[&str] = &["key", "key2", "key3", "key4", "problem", "field", "expected", "found"];

/// Positions of the columns of `find`.
#[derive(Debug)]
pub(super) struct Shape {
    keys: Vec<usize>,
    problem: usize,
    field: Option<usize>,
    expected: Option<usize>,
    found: Option<usize>,
}

impl Shape {
    /// Finds the columns by name; every mistake is given, at its place in the SQL.
    pub(super) fn of(find: &Compiled) -> Result<Self, Vec<ConditionProblem>> {
        let mut mistakes = Vec::new();
        let mut at = [None; WORDS.len()];
        for (i, column) in find.columns.iter().enumerate() {
            match position(column) {
                Err(mistake) => mistakes.push(mistake),
                Ok(word) if at[word].is_some() => {
                    let message = format!("`find` gives `{}` twice", WORDS[word]);
                    mistakes.push(mistake(column, message, "give it once; parts of a key are key, key2, key3".to_owned()));
                }
                Ok(word) => {
                    if let Some(mistake) = objection(column, WORDS[word]) {
                        mistakes.push(mistake);
                    }
                    at[word] = Some(i);
                }
            }
        }
        let [key, key2, key3, key4, problem, field, expected, found] = at;
        if let (Some(first), Some(last)) = (find.columns.first(), find.columns.last()) {
            let all = Given { place: (first.place.0, last.place.1), ..first.clone() };
            for (word, there) in [("key", key), ("problem", problem)] {
                if there.is_none() && mistakes.is_empty() {
                    let help = match word {
                        "key" => "write which record is meant: SELECT c.code AS key, …",
                        _ => "write what is wrong with it: 'no appointment letter' AS problem",
                    };
                    mistakes.push(mistake(&all, format!("`find` gives no column `{word}`"), help.to_owned()));
                }
            }
            let gap = [key2, key3, key4].windows(2).any(|pair| pair[0].is_none() && pair[1].is_some());
            if gap && mistakes.is_empty() {
                mistakes.push(mistake(&all, "the parts of the key are not key, key2, key3".to_owned(), "leave no number out".to_owned()));
            }
        }
        match problem {
            Some(problem) if mistakes.is_empty() => {
                Ok(Self { keys: [key, key2, key3, key4].into_iter().flatten().collect(), problem, field, expected, found })
            }
            _ => Err(mistakes),
        }
    }

    /// The record's key; none when all its parts are null.
    pub(super) fn key(&self, row: &[Option<String>]) -> Key {
        if self.keys.iter().all(|&i| row[i].is_none()) {
            return super::no_key();
        }
        Key::new(self.keys.iter().map(|&i| row[i].clone().unwrap_or_default()))
    }

    /// What is wrong.
    pub(super) fn problem(&self, row: &[Option<String>]) -> String {
        row[self.problem].clone().unwrap_or_else(|| "no problem is stated".to_owned())
    }

    /// The column that is meant.
    pub(super) fn field(&self, row: &[Option<String>]) -> Option<String> {
        self.field.and_then(|i| row[i].clone())
    }

    /// What should be there.
    pub(super) fn expected(&self, row: &[Option<String>]) -> Option<Cell> {
        self.expected.map(|i| cell(&row[i]))
    }

    /// What is there.
    pub(super) fn found(&self, row: &[Option<String>]) -> Option<Cell> {
        self.found.map(|i| cell(&row[i]))
    }
}

fn cell(text: &Option<String>) -> Cell {
    text.as_ref().map_or_else(|| Cell::none(State::Null), |t| Cell::value(t.clone()))
}

fn mistake(column: &Given, message: String, help: String) -> ConditionProblem {
    let (start, end) = column.place;
    ConditionProblem { offset: start, length: (end - start).max(1), message, help: Some(help) }
}

fn position(column: &Given) -> Result<usize, ConditionProblem> {
    let Some(name) = &column.name else {
        return Err(mistake(column, "this column has no name".to_owned(), format!("name it with AS: {}", WORDS.join(", "))));
    };
    if let Some(i) = WORDS.iter().position(|w| w.eq_ignore_ascii_case(name)) {
        return Ok(i);
    }
    let help = match name.to_ascii_lowercase().as_str() {
        "severity" => "the severity belongs to the check: `severity: major`; two severities are two checks".to_owned(),
        "dataset" | "environment" | "in" => "say it beside `find`: `in: production`, `dataset: clinics`".to_owned(),
        _ => suggest::nearest_or_all(name, WORDS.iter().copied()),
    };
    Err(mistake(column, format!("`find` has no use for a column `{name}`"), help))
}

/// A problem and a field are text; nested documents and lists are no keys.
fn objection(column: &Given, word: &str) -> Option<ConditionProblem> {
    let text = column.kind.is_none_or(|k| k == Type::Text) && !column.list;
    match word {
        "problem" | "field" if !text => Some(mistake(column, format!("`{word}` is text"), "write CAST(… AS TEXT)".to_owned())),
        _ if word.starts_with("key") && (column.list || column.kind == Some(Type::Json)) => {
            Some(mistake(column, format!("`{word}` is one value, not a list"), "name the column that tells the records apart".to_owned()))
        }
        _ => None,
    }
}
