//! Word diff of two texts, for reports.

use similar::{ChangeTag, TextDiff};
use unicode_width::UnicodeWidthChar;
use unicode_width::UnicodeWidthStr;

/// Beyond this many bytes texts are not diffed word by word: only what they have in common at both ends is told.
const LONG: usize = 64 * 1024;

/// What a piece of text is on both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// On both sides.
    Equal,
    /// On the left only.
    Removed,
    /// On the right only.
    Added,
}

/// A run of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// What it is.
    pub piece: Piece,
    /// The text; `…` stands for what was shortened.
    pub text: String,
}

/// Word diff of two short texts on one line. What is equal is shortened so that all fits `width` columns, as far as
/// that is possible without shortening what differs.
pub fn inline(left: &str, right: &str, width: usize) -> Vec<Segment> {
    let mut segments = if left.len().max(right.len()) > LONG { ends(left, right) } else { by_words(left, right) };
    let used = |piece: fn(Piece) -> bool, segments: &[Segment]| -> usize {
        segments.iter().filter(|s| piece(s.piece)).map(|s| s.text.width()).sum()
    };
    if used(|_| true, &segments) <= width {
        return segments;
    }
    let equal = segments.iter().filter(|s| s.piece == Piece::Equal).count().max(1);
    let room = width.saturating_sub(used(|p| p != Piece::Equal, &segments)) / equal;
    let last = segments.len() - 1;
    for (i, segment) in segments.iter_mut().enumerate().filter(|(_, s)| s.piece == Piece::Equal) {
        segment.text = shorten(&segment.text, room, i > 0, i < last);
    }
    segments
}

fn by_words(left: &str, right: &str) -> Vec<Segment> {
    let diff = TextDiff::from_unicode_words(left, right);
    let mut segments: Vec<Segment> = Vec::new();
    for change in diff.iter_all_changes() {
        push(&mut segments, piece(change.tag()), change.value());
    }
    join_small_islands(segments)
}

fn piece(tag: ChangeTag) -> Piece {
    match tag {
        ChangeTag::Equal => Piece::Equal,
        ChangeTag::Delete => Piece::Removed,
        ChangeTag::Insert => Piece::Added,
    }
}

fn push(segments: &mut Vec<Segment>, piece: Piece, text: &str) {
    match segments.last_mut() {
        Some(last) if last.piece == piece => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => segments.push(Segment { piece, text: text.to_owned() }),
    }
}

/// A blank between two changes belongs to both: `[-two words-]{+other words+}` reads better than four pieces.
fn join_small_islands(segments: Vec<Segment>) -> Vec<Segment> {
    let mut joined: Vec<Segment> = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    let flush = |removed: &mut String, added: &mut String, joined: &mut Vec<Segment>| {
        push(joined, Piece::Removed, &std::mem::take(removed));
        push(joined, Piece::Added, &std::mem::take(added));
    };
    for (i, segment) in segments.iter().enumerate() {
        let island = segment.text.trim().is_empty() && i > 0 && i + 1 < segments.len();
        match segment.piece {
            Piece::Removed => removed.push_str(&segment.text),
            Piece::Added => added.push_str(&segment.text),
            Piece::Equal if island => {
                removed.push_str(&segment.text);
                added.push_str(&segment.text);
            }
            Piece::Equal => {
                flush(&mut removed, &mut added, &mut joined);
                push(&mut joined, Piece::Equal, &segment.text);
            }
        }
    }
    flush(&mut removed, &mut added, &mut joined);
    joined
}

/// What two very long texts have in common at both ends, and what lies between.
fn ends(left: &str, right: &str) -> Vec<Segment> {
    let before: usize = left.chars().zip(right.chars()).take_while(|(l, r)| l == r).map(|(l, _)| l.len_utf8()).sum();
    let (left_rest, right_rest) = (&left[before..], &right[before..]);
    let tails = left_rest.chars().rev().zip(right_rest.chars().rev());
    let after: usize = tails.take_while(|(l, r)| l == r).map(|(l, _)| l.len_utf8()).sum();
    let mut segments = Vec::new();
    push(&mut segments, Piece::Equal, &left[..before]);
    push(&mut segments, Piece::Removed, &left_rest[..left_rest.len() - after]);
    push(&mut segments, Piece::Added, &right_rest[..right_rest.len() - after]);
    push(&mut segments, Piece::Equal, &left_rest[left_rest.len() - after..]);
    segments
}

/// Keeps the ends that touch a change.
fn shorten(text: &str, room: usize, head: bool, tail: bool) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let room = room.saturating_sub(1);
    let (head, tail) = match (head, tail) {
        (true, true) => (room / 2, room - room / 2),
        (true, false) => (room, 0),
        _ => (0, room),
    };
    let fits = |room: usize| {
        let mut left = room;
        move |c: &char| {
            let width = c.width().unwrap_or(0);
            let fits = width <= left;
            left = if fits { left - width } else { 0 };
            fits
        }
    };
    let begin: String = text.chars().take_while(fits(head)).collect();
    let mut end: Vec<char> = text.chars().rev().take_while(fits(tail)).collect();
    end.reverse();
    format!("{begin}…{}", end.into_iter().collect::<String>())
}

/// One line of a line-wise diff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A line, with its number on each side (from 1) and its runs of text: true marks the words that differ.
    Text {
        /// What it is.
        piece: Piece,
        /// Number on the left.
        left: Option<usize>,
        /// Number on the right.
        right: Option<usize>,
        /// Runs of text.
        runs: Vec<(bool, String)>,
    },
    /// So many equal lines are left out.
    Skipped(usize),
}

/// Line-wise diff of two long texts, such as screen definitions, with `context` equal lines around what differs.
pub fn lines(left: &str, right: &str, context: usize) -> Vec<Line> {
    let diff = TextDiff::from_lines(left, right);
    let (mut out, mut told) = (Vec::new(), 0);
    for group in diff.grouped_ops(context) {
        let begins = group.first().map_or(told, |op| op.old_range().start);
        if begins > told {
            out.push(Line::Skipped(begins - told));
        }
        for op in &group {
            // Without a deadline: the same texts give the same lines on a slow machine.
            for change in diff.iter_inline_changes_deadline(op, None) {
                let runs = change.iter_strings_lossy().map(|(differs, text)| (differs, text.trim_end_matches(['\r', '\n']).to_owned()));
                out.push(Line::Text {
                    piece: piece(change.tag()),
                    left: change.old_index().map(|n| n + 1),
                    right: change.new_index().map(|n| n + 1),
                    runs: runs.filter(|(_, text)| !text.is_empty()).collect(),
                });
            }
            told = op.old_range().end;
        }
    }
    let all = left.lines().count();
    if !out.is_empty() && all > told {
        out.push(Line::Skipped(all - told));
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(segments: &[Segment]) -> String {
        let mark = |s: &Segment| match s.piece {
            Piece::Equal => s.text.clone(),
            Piece::Removed => format!("[-{}-]", s.text),
            Piece::Added => format!("{{+{}+}}", s.text),
        };
        segments.iter().map(mark).collect()
    }

    #[test]
    fn words_that_differ_are_told_together() {
        assert_eq!(shown(&inline("Mon-Fri 9 to 5", "Mon-Sat 9 to 5", 80)), "Mon-[-Fri-]{+Sat+} 9 to 5");
        assert_eq!(shown(&inline("see the old ward", "see a new ward", 80)), "see [-the old-]{+a new+} ward");
        assert_eq!(shown(&inline("", "new", 80)), "{+new+}");
        assert_eq!(shown(&inline("same", "same", 80)), "same");
    }

    #[test]
    fn what_is_equal_is_shortened_and_what_differs_is_not() {
        let (left, right) =
            (format!("{}one{}", "lead ".repeat(20), " trail".repeat(20)), format!("{}two{}", "lead ".repeat(20), " trail".repeat(20)));
        let segments = inline(&left, &right, 30);
        assert_eq!(shown(&segments), "… lead lead [-one-]{+two+} trail trai…");
        assert_eq!(segments.iter().map(|s| s.text.width()).sum::<usize>(), 30);
    }

    #[test]
    fn very_long_texts_are_told_by_their_ends() {
        let long = "ab ".repeat(LONG);
        let segments = inline(&format!("{long}x{long}"), &format!("{long}y{long}"), 20);
        assert!(shown(&segments).contains("[-x-]{+y+}"));
    }

    #[test]
    fn lines_carry_numbers_and_mark_the_words() {
        let left = "a\nb\nc\nname: Ears\nd\ne\nf\n";
        let right = "a\nb\nc\nname: Eyes\nd\ne\nf\n";
        let text = |piece, left, right, runs: &[(bool, &str)]| Line::Text {
            piece,
            left,
            right,
            runs: runs.iter().map(|(d, t)| (*d, (*t).to_owned())).collect(),
        };
        let expected = [
            Line::Skipped(2),
            text(Piece::Equal, Some(3), Some(3), &[(false, "c")]),
            text(Piece::Removed, Some(4), None, &[(false, "name: "), (true, "Ears")]),
            text(Piece::Added, None, Some(4), &[(false, "name: "), (true, "Eyes")]),
            text(Piece::Equal, Some(5), Some(5), &[(false, "d")]),
            Line::Skipped(2),
        ];
        assert_eq!(lines(left, right, 1), expected);
        assert_eq!(lines(left, left, 1), []);
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_back(left in "[a-c é\\n]{0,30}", right in "[a-c é\\n]{0,30}") {
            let segments = inline(&left, &right, usize::MAX);
            let side = |other| segments.iter().filter(|s| s.piece != other).map(|s| s.text.as_str()).collect::<String>();
            prop_assert_eq!(side(Piece::Added), left);
            prop_assert_eq!(side(Piece::Removed), right);
        }
    }
}
