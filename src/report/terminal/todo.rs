//! What the project's files leave open, each at its place.

use super::line::{Line, hanging};
use super::words;
use crate::verdict::RunResult;

/// Level 0 has a line per value; 1 a paragraph per file, each value with its line.
pub(super) fn lines(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    if result.todo.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::heading("STILL TO BE FILLED IN (where the files say TODO; `gonogo lint` lists all)")];
    if level == 0 {
        lines.extend(result.todo.iter().flat_map(|t| hanging("  ", 4, &format!("{}: {}", t.place, t.field), width)));
        return lines;
    }
    for of_file in result.todo.chunk_by(|a, b| parts(&a.place).0 == parts(&b.place).0) {
        let open: Vec<String> = of_file.iter().map(|t| format!("{} {}", parts(&t.place).1, t.field)).collect();
        let text = format!("{}, line {}", parts(&of_file[0].place).0, words::some(open.iter().map(String::as_str), 4));
        lines.extend(hanging("  ", 4, &text, width));
    }
    lines
}

/// File and line of a place.
fn parts(place: &str) -> (&str, &str) {
    place.rsplit_once(':').unwrap_or((place, ""))
}
