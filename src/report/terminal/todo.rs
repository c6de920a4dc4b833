//! What the project's files leave open, each at its place.

use super::line::{Line, hanging};
use super::words;
use crate::verdict::RunResult;

/// Level 0 has a line per value; 1 a line per file.
pub(super) fn lines(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    if result.todo.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![Line::heading("STILL TO BE FILLED IN (where the files say TODO)")];
    if level == 0 {
        lines.extend(result.todo.iter().flat_map(|t| hanging("  ", 4, &format!("{}: {}", t.place, t.field), width)));
        return lines;
    }
    let file = |place: &str| place.rsplit_once(':').map_or(place, |(file, _)| file).to_owned();
    for of_file in result.todo.chunk_by(|a, b| file(&a.place) == file(&b.place)) {
        let text = format!("{}: {}", file(&of_file[0].place), words::some(of_file.iter().map(|t| t.field.as_str()), 4));
        lines.extend(hanging("  ", 4, &text, width));
    }
    lines
}
