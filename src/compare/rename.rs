//! Records that were left over on both sides and are the same all the same: re-keyed or renamed.

use xxhash_rust::xxh3::xxh3_128;

use crate::snapshot::SnapshotError;
use crate::value::{NO_KEY, thousands};

use super::align::{Alignment, rung_parts, unmatched};
use super::census::{self, Claim, Claims};
use super::columns::rung_bit;
use super::difference::{DifferenceKind, FieldDifference, How, Side};
use super::leftover::{NO_CONTENT, unique_matches};
use super::order::decode;
use super::pairs::{Fields, each_pair, each_row};
use super::rows::Rows;
use super::similar;

/// How two leftovers were recognised as one record.
#[derive(Clone, Copy, Debug)]
enum Recognised {
    Rekeyed(u8),
    Renamed(How),
}

/// Leftovers that belong together, by position.
struct Matches {
    pairs: Vec<(usize, usize, Recognised)>,
    taken: (Vec<bool>, Vec<bool>),
}

impl Matches {
    fn add(&mut self, pairs: impl IntoIterator<Item = (usize, usize)>, how: Recognised) {
        for (left, right) in pairs {
            self.taken.0[left] = true;
            self.taken.1[right] = true;
            self.pairs.push((left, right, how));
        }
    }

    /// Positions that are still free.
    fn free(&self, side: Side) -> impl Iterator<Item = usize> + '_ {
        let taken = if side == Side::Left { &self.taken.0 } else { &self.taken.1 };
        taken.iter().enumerate().filter(|(_, taken)| !**taken).map(|(i, _)| i)
    }

    fn both_sides_have_some(&self) -> bool {
        self.free(Side::Left).next().is_some() && self.free(Side::Right).next().is_some()
    }
}

/// Turns the leftovers into differences.
pub(super) fn resolve<R: Rows>(alignment: &mut Alignment<'_, R>) -> Result<(), SnapshotError> {
    let lengths = (alignment.leftovers.0.len(), alignment.leftovers.1.len());
    let mut matches = Matches { pairs: Vec::new(), taken: (vec![false; lengths.0], vec![false; lengths.1]) };
    if alignment.columns.rungs > 1 && matches.both_sides_have_some() {
        by_other_rungs(alignment, &mut matches)?;
    }
    if alignment.rules.renames {
        if matches.both_sides_have_some() {
            by_id(alignment, &mut matches)?;
        }
        if matches.both_sides_have_some() {
            by_content(alignment, &mut matches)?;
        }
        if matches.both_sides_have_some() {
            by_similarity(alignment, &mut matches)?;
        }
    }
    tell(alignment, matches)
}

fn by_other_rungs<R: Rows>(alignment: &Alignment<'_, R>, matches: &mut Matches) -> Result<(), SnapshotError> {
    let rungs = alignment.columns.rungs.min(usize::from(NO_KEY)) as u8;
    let mut digests = (Vec::new(), Vec::new());
    for (side, digests) in [(Side::Left, &mut digests.0), (Side::Right, &mut digests.1)] {
        let (leftovers, layout) = (alignment.leftovers(side), alignment.columns.layout(side));
        let indexes = leftovers.indexes();
        each_row(alignment.side(side), &layout.columns, &indexes, |_, row| {
            digests.extend((0..rungs).map(|rung| rung_parts(layout, rung, row).map(|parts| digest(&parts))));
            Ok(())
        })?;
    }
    for rung in 0..rungs {
        let on_rung = |digests: &[Option<u128>], side| {
            let at = |i: usize| digests[i * usize::from(rungs) + usize::from(rung)].map(|d| (d, i));
            matches.free(side).filter_map(at).collect::<Vec<_>>()
        };
        let pairs = unique_matches(on_rung(&digests.0, Side::Left), on_rung(&digests.1, Side::Right));
        matches.add(pairs, Recognised::Rekeyed(rung));
    }
    Ok(())
}

fn digest(parts: &[String]) -> u128 {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    xxh3_128(&bytes)
}

fn by_id<R: Rows>(alignment: &mut Alignment<'_, R>, matches: &mut Matches) -> Result<(), SnapshotError> {
    if !alignment.left.entry().has_id || !alignment.right.entry().has_id {
        return Ok(());
    }
    let mut ids = (Vec::new(), Vec::new());
    for (side, ids) in [(Side::Left, &mut ids.0), (Side::Right, &mut ids.1)] {
        let free: Vec<usize> = matches.free(side).collect();
        let indexes: Vec<u64> = free.iter().map(|i| alignment.leftovers(side).index(*i)).collect();
        each_row(alignment.side(side), &[], &indexes, |n, row| {
            ids.extend(census::id(row).map(|id| (id, free[n])));
            Ok(())
        })?;
    }
    let mut claims = claims(alignment, &ids.0, unique_matches(ids.0.clone(), ids.1));
    if claims.is_empty() {
        return Ok(());
    }
    if let Some(note) = census::of_ids(alignment.left, alignment.right, &mut claims)? {
        alignment.notes.push(note);
        return Ok(());
    }
    matches.add(claims.standing(), Recognised::Renamed(How::Exact));
    Ok(())
}

fn by_content<R: Rows>(alignment: &mut Alignment<'_, R>, matches: &mut Matches) -> Result<(), SnapshotError> {
    let contents = |side| {
        let content = |i| (alignment.leftovers(side).content(i), i);
        matches.free(side).map(content).filter(|(digest, _)| *digest != NO_CONTENT).collect::<Vec<_>>()
    };
    let left = contents(Side::Left);
    let mut claims = claims(alignment, &left, unique_matches(left.clone(), contents(Side::Right)));
    let only_leftovers = alignment.counts.left == alignment.leftovers.0.len() as u64
        && alignment.counts.right == alignment.leftovers.1.len() as u64
        && matches.pairs.is_empty();
    if !claims.is_empty() && !only_leftovers {
        census::of_contents(alignment.left, alignment.right, alignment.columns, &mut claims)?;
    }
    matches.add(claims.standing(), Recognised::Renamed(How::Content));
    Ok(())
}

/// Claims of the pairs; `left` has the digest of each position on the left, ascending.
fn claims<R: Rows>(alignment: &Alignment<'_, R>, left: &[(u128, usize)], pairs: Vec<(usize, usize)>) -> Claims {
    let mut claims = Claims::default();
    for (l, r) in pairs {
        if let Ok(at) = left.binary_search_by_key(&l, |(_, position)| *position) {
            let indexes = (alignment.leftovers.0.index(l), alignment.leftovers.1.index(r));
            claims.add(left[at].0, Claim { positions: (l, r), indexes });
        }
    }
    claims
}

fn by_similarity<R: Rows>(alignment: &mut Alignment<'_, R>, matches: &mut Matches) -> Result<(), SnapshotError> {
    let (left, right): (Vec<usize>, Vec<usize>) = (matches.free(Side::Left).collect(), matches.free(Side::Right).collect());
    if left.len() >= similar::FEW || right.len() >= similar::FEW {
        alignment.notes.push(format!(
            "renames by similarity were not tried: {} left over on the left and {} on the right, the limit is {}",
            thousands(left.len() as u64),
            thousands(right.len() as u64),
            thousands(similar::FEW as u64)
        ));
        return Ok(());
    }
    let (left, right) = match alignment.candidates.take() {
        Some((mut on_left, mut on_right)) => {
            on_left.retain(|record| !matches.taken.0[record.position()]);
            on_right.retain(|record| !matches.taken.1[record.position()]);
            (on_left, on_right)
        }
        None => (
            similar::records(alignment.left, alignment.columns, Side::Left, &alignment.leftovers.0, &left)?,
            similar::records(alignment.right, alignment.columns, Side::Right, &alignment.leftovers.1, &right)?,
        ),
    };
    for (l, r, score) in similar::best_matches(&left, &right) {
        matches.add([(l, r)], Recognised::Renamed(How::Similar(score)));
    }
    Ok(())
}

/// Reports pairs and what is still left over, in the order of keys: what cannot be kept is not even made.
fn tell<R: Rows>(alignment: &mut Alignment<'_, R>, mut matches: Matches) -> Result<(), SnapshotError> {
    let (left, right, columns) = (alignment.left, alignment.right, alignment.columns);
    let leftovers = std::mem::take(&mut alignment.leftovers);
    // A pair with the same hash differs in no field: nothing has to be read for it.
    let (same, to_read): (Vec<_>, Vec<_>) = std::mem::take(&mut matches.pairs)
        .into_iter()
        .partition(|(_, _, how)| columns.hash_suffices && matches!(how, Recognised::Renamed(How::Content)));
    alignment.counts.selected -= (same.len() + to_read.len()) as u64;
    let mut free = (matches.free(Side::Left).peekable(), matches.free(Side::Right).peekable());
    while free.0.peek().is_some() || free.1.peek().is_some() {
        let left_first = match (free.0.peek(), free.1.peek()) {
            (Some(l), Some(r)) => leftovers.0.key(*l) <= leftovers.1.key(*r),
            (l, _) => l.is_some(),
        };
        if let Some(i) = if left_first { free.0.next() } else { free.1.next() } {
            let (side, key) = if left_first { (Side::Left, leftovers.0.key(i)) } else { (Side::Right, leftovers.1.key(i)) };
            alignment.sink.put(key, || unmatched(side, None));
        }
    }
    for (l, r, how) in same {
        alignment.sink.put(leftovers.0.key(l), || difference(how, leftovers.1.key(r), Vec::new()));
    }
    let mut to_read = to_read;
    to_read.sort_unstable_by_key(|(l, _, _)| *l);
    let indexes: Vec<(u64, u64)> = to_read.iter().map(|(l, r, _)| (leftovers.0.index(*l), leftovers.1.index(*r))).collect();
    each_pair((left, right), columns, &indexes, |n, l, r| {
        let (i, j, how) = to_read[n];
        let (key, to) = (leftovers.0.key(i), leftovers.1.key(j));
        let identifying = match how {
            Recognised::Rekeyed(rung) => rung_bit(rung),
            Recognised::Renamed(_) => [key, to].iter().filter_map(|k| k.first()).fold(0, |bits, rung| bits | rung_bit(*rung)),
        };
        let mut fields = Fields::of(columns, identifying, l, r);
        let changed = std::mem::take(&mut fields.changed);
        alignment.sink.put(key, || difference(how, to, changed));
        alignment.rest_of_fields(key, fields);
        Ok(())
    })
}

fn difference(how: Recognised, to: &[u8], fields: Vec<FieldDifference>) -> DifferenceKind {
    match how {
        Recognised::Rekeyed(_) => DifferenceKind::Rekeyed { to: decode(to), fields },
        Recognised::Renamed(how) => DifferenceKind::Renamed { to: decode(to), how, fields },
    }
}
