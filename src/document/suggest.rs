//! The nearest valid name for a mistyped one.

/// The nearest name within an edit distance of a third of its length (at most 3), if any.
pub fn nearest<'a>(typed: &str, valid: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    let limit = (typed.chars().count() / 3).clamp(1, 3);
    valid.map(|v| (strsim::damerau_levenshtein(&typed, &v.to_lowercase()), v)).filter(|(d, _)| *d <= limit).min().map(|(_, v)| v)
}

/// "did you mean `x`?", or the list of valid names when none is near.
pub fn nearest_or_all<'a>(typed: &str, valid: impl Iterator<Item = &'a str> + Clone) -> String {
    match nearest(typed, valid.clone()) {
        Some(v) => format!("did you mean `{v}`?"),
        None => {
            let all: Vec<&str> = valid.collect();
            if all.is_empty() { "nothing is valid here".to_owned() } else { format!("valid here: {}", all.join(", ")) }
        }
    }
}
