//! One line of the screen: pieces of text with their ink. The only place where escape sequences are written,
//! and the gate through which every character passes.

use crate::check::Severity;
use crate::report::text::{inline, wrap};
use crate::verdict::Decision;

/// How a piece of text is inked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Good,
    Bad,
    Warn,
}

impl Ink {
    fn code(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Bold => "1",
            Self::Good => "1;32",
            Self::Bad => "1;31",
            Self::Warn => "1;33",
        }
    }

    pub(super) fn of(decision: Decision) -> Self {
        match decision {
            Decision::Go => Self::Good,
            Decision::NoGo => Self::Bad,
            Decision::CannotTell | Decision::Partial => Self::Warn,
        }
    }

    pub(super) fn severity(severity: Severity) -> Self {
        match severity {
            Severity::Blocker => Self::Bad,
            Severity::Major => Self::Warn,
            Severity::Minor | Severity::Info => Self::Plain,
        }
    }
}

/// One line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    pieces: Vec<(Ink, String)>,
}

impl Line {
    pub(super) fn blank() -> Self {
        Self::default()
    }

    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::default().and(Ink::Plain, text)
    }

    pub(super) fn heading(text: impl Into<String>) -> Self {
        Self::default().and(Ink::Bold, text)
    }

    pub(super) fn and(mut self, ink: Ink, text: impl Into<String>) -> Self {
        self.pieces.push((ink, text.into()));
        self
    }

    /// The line after a piece of text.
    pub(super) fn after(mut self, ink: Ink, text: impl Into<String>) -> Self {
        self.pieces.insert(0, (ink, text.into()));
        self
    }

    /// Appends the line, harmless and with its line end.
    pub(super) fn paint(&self, color: bool, out: &mut String) {
        let last = self.pieces.len().saturating_sub(1);
        for (i, (ink, text)) in self.pieces.iter().enumerate() {
            let text = inline(text);
            let text = if i == last { text.trim_end() } else { &text };
            if color && *ink != Ink::Plain && !text.is_empty() {
                out.push_str(&format!("\u{1b}[{}m{text}\u{1b}[0m", ink.code()));
            } else {
                out.push_str(text);
            }
        }
        out.push('\n');
    }
}

/// A paragraph: `first` before the first line, blanks of the same width before the others.
pub(super) fn paragraph(first: &str, text: &str, width: usize) -> Vec<Line> {
    hanging(first, first.chars().count(), text, width)
}

/// A paragraph whose further lines are indented by `indent` columns. `first` is layout of ours, in ASCII.
pub(super) fn hanging(first: &str, indent: usize, text: &str, width: usize) -> Vec<Line> {
    let room = width.saturating_sub(indent.max(first.len()));
    let blank = " ".repeat(indent);
    wrap(text, room)
        .into_iter()
        .enumerate()
        .map(|(i, line)| Line::plain(if i == 0 { format!("{first}{line}") } else { format!("{blank}{line}") }))
        .collect()
}
