//! Whether a body holds what it must. It is judged where it is read, since bodies are not stored: who knows what stands in them.

use serde_json::Value;

use crate::system::RowPath;
use crate::value::{Moments, Raw, Type, canonical_json, cell};

use super::super::plan::BodyTest;

/// Longest text of a body that is kept to be shown, in characters.
const LONGEST: usize = 80;

/// `Ok` when it does, else what was found instead.
pub(super) fn meets(test: &BodyTest, body: &[u8]) -> Result<(), String> {
    match test {
        BodyTest::Contains(text) if String::from_utf8_lossy(body).contains(text) => Ok(()),
        BodyTest::Contains(_) => Err(format!("not in {} bytes that begin with {}", body.len(), beginning(body))),
        BodyTest::Json { path, is } => {
            let Ok(document) = serde_json::from_slice::<Value>(body) else {
                return Err(format!("no JSON: {} bytes that begin with {}", body.len(), beginning(body)));
            };
            let path = RowPath::parse(path).map_err(|e| e.message)?;
            match path.select(&document)[..] {
                [] => Err("nothing at this path".to_owned()),
                [found] if same(found, is) => Ok(()),
                [found] => Err(cut(&text_of(found))),
                [_, ..] => Err("several values at this path".to_owned()),
            }
        }
    }
}

fn same(found: &Value, is: &str) -> bool {
    let number = |text: &str| cell(&Raw::Text(text.to_owned()), Type::Decimal, None, None, &Moments::default());
    match found {
        Value::Number(n) => number(&n.to_string()) == number(is),
        other => text_of(other) == is,
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => canonical_json(other),
    }
}

/// What kind of thing a body seems to be. Its words are not kept.
fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(200)]).trim_start().to_lowercase();
    let known = [("<!doctype html", "an HTML page"), ("<html", "an HTML page"), ("<", "XML"), ("{", "a JSON object"), ("[", "a JSON list")];
    known.iter().find(|(start, _)| text.starts_with(start)).map_or("something else", |(_, what)| what).to_owned()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", &text[..at]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(path: &str, is: &str, body: &str) -> Result<(), String> {
        meets(&BodyTest::Json { path: path.to_owned(), is: is.to_owned() }, body.as_bytes())
    }

    #[test]
    fn a_body_holds_a_text_or_a_value() {
        assert_eq!(meets(&BodyTest::Contains("ready".into()), b"all ready now"), Ok(()));
        assert_eq!(
            meets(&BodyTest::Contains("ready".into()), b" <!DOCTYPE html><title>Log in"),
            Err("not in 29 bytes that begin with an HTML page".to_owned())
        );
        assert_eq!(json("$.fhirVersion", "4.0.1", r#"{"fhirVersion":"4.0.1"}"#), Ok(()));
        assert_eq!(json("$.n", "1.50", r#"{"n":1.5}"#), Ok(()), "numbers are equal however they are written");
        assert_eq!(json("$.n", "1.50", r#"{"n":"1.5"}"#), Err("1.5".to_owned()), "texts are not");
        assert_eq!(json("$.up", "true", r#"{"up":true}"#), Ok(()));
        assert_eq!(json("$.up", "x", r#"{"up":null}"#), Err("null".to_owned()));
    }

    #[test]
    fn no_value_several_values_or_no_json_is_not_met() {
        assert_eq!(json("$.a", "1", "{}"), Err("nothing at this path".to_owned()));
        assert_eq!(json("$[*]", "1", "[1,1]"), Err("several values at this path".to_owned()));
        assert_eq!(json("$.a", "1", "<html>"), Err("no JSON: 6 bytes that begin with an HTML page".to_owned()));
        let long = json("$.a", "1", &format!(r#"{{"a":"{}"}}"#, "é".repeat(200))).unwrap_err();
        assert_eq!(long.chars().count(), 81);
    }
}
