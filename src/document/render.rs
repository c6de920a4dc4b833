//! Problems as a person reads them: file:line:column, a snippet, what was expected, the nearest name.

use std::fmt::Write;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::problem::{Problem, Problems};

/// Bytes of a line that are shown; a file in one line of a megabyte would otherwise be printed whole.
const MAX_LINE: usize = 400;

/// All problems, by file and place, ready to print; the last line counts them. Empty when there are none.
///
/// Control and bidirectional characters of the user's files are shown as `\u{…}`: they cannot reach the terminal.
pub fn render(problems: &Problems, color: bool) -> String {
    let sorted = problems.sorted();
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut out = String::new();
    for problem in &sorted {
        out.push_str(&renderer.render(&[group(problem)]));
        out.push_str("\n\n");
    }
    let mut files: Vec<&str> = sorted.iter().map(|p| p.place.file.path.as_str()).collect();
    files.dedup();
    if !sorted.is_empty() {
        let plural = |n: usize| if n == 1 { "" } else { "s" };
        let (n, m) = (sorted.len(), files.len());
        let _ = writeln!(out, "{n} mistake{} in {m} file{}; nothing was contacted", plural(n), plural(m));
    }
    out
}

fn group(problem: &Problem) -> Group<'_> {
    let place = &problem.place;
    let (line, column) = place.file.line_column(place.start);
    let path = harmless(&place.file.path);
    let mut group = Group::with_title(Level::ERROR.primary_title(harmless(&problem.message)));
    if place.file.text.is_empty() {
        group = group.element(Origin::path(path));
    } else {
        let shown = ShownLine::of(problem);
        let label = problem.expected.as_deref().map(harmless);
        // A clipped line would be counted from where it was clipped: the origin is then said apart.
        let mut snippet = Snippet::source(shown.text).line_start(line);
        if shown.clipped {
            group = group.element(Origin::path(path).line(line).char_column(column));
        } else {
            snippet = snippet.path(path);
        }
        group = group.element(snippet.annotation(AnnotationKind::Primary.span(shown.start..shown.end).label(label)));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(harmless(help)));
    }
    group
}

/// The line of a problem as it is printed, with the problem's bytes in it.
struct ShownLine {
    text: String,
    start: usize,
    end: usize,
    clipped: bool,
}

impl ShownLine {
    fn of(problem: &Problem) -> Self {
        let text = &problem.place.file.text;
        let boundary = |at: usize| (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        let start = boundary(problem.place.start);
        let mut line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
        let mut line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |i| start + i);
        let end = boundary(problem.place.end).clamp(start, line_end);
        let clipped = line_end - line_start > MAX_LINE;
        if clipped {
            line_start = boundary(start.saturating_sub(MAX_LINE / 4).max(line_start));
            line_end = boundary((line_start + MAX_LINE).min(line_end)).max(start);
        }
        let before = harmless(&text[line_start..start]);
        let marked = harmless(&text[start..end.min(line_end)]);
        let after = harmless(&text[end.min(line_end)..line_end]);
        let (from, to) = (before.len(), before.len() + marked.len());
        let text = format!("{before}{marked}{after}");
        // A place without width gets one caret.
        let to = if to == from { text[from..].chars().next().map_or(from, |c| from + c.len_utf8()) } else { to };
        Self { text, start: from, end: to, clipped }
    }
}

/// Text in which control, bidirectional and invisible format characters are written out.
pub(crate) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let dangerous = (c.is_control() && c != '\t')
            || matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
        if dangerous {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
