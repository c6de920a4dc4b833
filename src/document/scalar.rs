//! Where each byte of a decoded scalar stands in the file: SQL in a block and a path in quotes are shown at their own place.
//!
//! The parser decodes; here the decoded value is laid along the source. A jump is noted wherever the two do not run side by side.
//! Where they cannot be aligned the walk ends, and later offsets are counted on from the last jump.

/// Collects jumps: an offset in the value and the byte of the file where it stands.
struct Track {
    jumps: Vec<(usize, usize)>,
    /// What has to be added to an offset in the value.
    shift: isize,
}

impl Track {
    fn new(content_start: usize) -> Self {
        Self { jumps: Vec::new(), shift: content_start as isize }
    }

    fn at(&mut self, value: usize, file: usize) {
        let shift = file as isize - value as isize;
        if shift != self.shift {
            self.jumps.push((value, file));
            self.shift = shift;
        }
    }
}

/// Jumps of a plain scalar whose source text is `source`, beginning at byte `start` of the file.
pub(super) fn plain_jumps(source: &str, value: &str, start: usize) -> Vec<(usize, usize)> {
    if source == value || source.is_empty() {
        return Vec::new();
    }
    flow_jumps(source, 0, value, start, |_| None)
}

/// Jumps of a scalar in single quotes; `source` includes them.
pub(super) fn single_jumps(source: &str, value: &str, start: usize) -> Vec<(usize, usize)> {
    flow_jumps(source, 1, value, start, |rest| rest.starts_with("''").then_some((2, 1)))
}

/// Jumps of a scalar in double quotes; `source` includes them.
pub(super) fn double_jumps(source: &str, value: &str, start: usize) -> Vec<(usize, usize)> {
    flow_jumps(source, 1, value, start, |rest| {
        let escaped = rest.strip_prefix('\\')?.chars().next()?;
        Some(match escaped {
            'x' => (4, 1),
            'u' if is_high_surrogate(rest) => (12, 1),
            'u' => (6, 1),
            'U' => (10, 1),
            '\n' | '\r' => (line_fold(&rest[1..]).map_or(1, |f| f.length) + 1, 0),
            c => (1 + c.len_utf8(), 1),
        })
    })
}

fn is_high_surrogate(rest: &str) -> bool {
    rest.get(2..6).and_then(|h| u32::from_str_radix(h, 16).ok()).is_some_and(|n| (0xd800..0xdc00).contains(&n))
}

/// Lays the value along a source whose lines are folded. `escape` says, for an escape at the beginning of the rest,
/// its length in bytes and how many characters it gives.
fn flow_jumps(
    source: &str,
    mut at: usize,
    value: &str,
    start: usize,
    escape: impl Fn(&str) -> Option<(usize, usize)>,
) -> Vec<(usize, usize)> {
    let mut track = Track::new(start + at);
    let mut chars = value.char_indices().peekable();
    while let Some(&(offset, c)) = chars.peek() {
        let Some(rest) = source.get(at..).filter(|r| !r.is_empty()) else { break };
        track.at(offset, start + at);
        if let Some((length, given)) = escape(rest) {
            at += length;
            if given == 1 {
                chars.next();
            }
        } else if let Some(fold) = line_fold(rest) {
            let given = if fold.breaks == 1 { 1 } else { fold.breaks - 1 };
            for _ in 0..given {
                chars.next_if(|(_, c)| matches!(c, ' ' | '\n'));
            }
            at += fold.length;
        } else if rest.starts_with(c) {
            at += c.len_utf8();
            chars.next();
        } else {
            break;
        }
    }
    track.jumps
}

struct Fold {
    length: usize,
    breaks: usize,
}

/// White space with at least one line break at the beginning of `rest`.
fn line_fold(rest: &str) -> Option<Fold> {
    let length = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let space = &rest[..length];
    let breaks = space.matches('\n').count() + space.matches('\r').count() - space.matches("\r\n").count();
    (breaks > 0).then_some(Fold { length, breaks })
}

/// Jumps of a block scalar whose content begins at byte `start` of the file's text, after the first line's indentation.
pub(super) fn block_jumps(text: &str, start: usize, value: &str) -> Vec<(usize, usize)> {
    let mut track = Track::new(start);
    let mut offset = 0;
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']);
        let bare = content.trim_start_matches(' ');
        // Blank lines and the spaces of deeper lines are in the value as they are, folded, or not at all.
        let skipped = value[offset..].len() - value[offset..].trim_start_matches([' ', '\n']).len();
        if !bare.is_empty() {
            if !value[offset + skipped..].starts_with(bare) {
                break;
            }
            let indent = content.len() - bare.len();
            // Spaces of a deeper line stand before it in the file as well.
            let deeper = value[offset..offset + skipped].bytes().rev().take_while(|b| *b == b' ').count().min(indent);
            let from = if value[..offset + skipped - deeper].ends_with('\n') || offset + skipped == deeper { deeper } else { 0 };
            track.at(offset + skipped - from, at + indent - from);
            offset += skipped + bare.len();
            track.at(offset, at + content.len());
        }
        at += line.len();
        if offset >= value.len() {
            break;
        }
    }
    track.jumps
}
