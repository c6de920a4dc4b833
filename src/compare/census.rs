//! A look at all rows, to learn whether what leftovers have in common is theirs alone.

use xxhash_rust::xxh3::xxh3_128;

use crate::snapshot::SnapshotError;

use super::columns::Columns;
use super::difference::Side;
use super::leftover::DigestMap;
use super::merge::{At, Meet, merge};
use super::pairs::content;
use super::rows::{Batch, Cells, Hashes, Rows};

/// Two leftovers that claim to be one record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim {
    /// Positions among the leftovers.
    pub(super) positions: (usize, usize),
    /// Indexes in the datasets.
    pub(super) indexes: (u64, u64),
}

/// Claims by the digest of what the two have in common.
#[derive(Debug, Default)]
pub(super) struct Claims {
    by_digest: DigestMap<(Claim, bool)>,
    digests: Vec<u128>,
}

impl Claims {
    pub(super) fn add(&mut self, digest: u128, claim: Claim) {
        self.by_digest.insert(digest, (claim, true));
        self.digests.push(digest);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.digests.is_empty()
    }

    /// A row with this digest exists: a claim falls when it is not the claimant's own.
    fn contest(&mut self, side: Side, digest: u128, index: u64) {
        if let Some((claim, stands)) = self.by_digest.get_mut(&digest) {
            *stands &= index == if side == Side::Left { claim.indexes.0 } else { claim.indexes.1 };
        }
    }

    /// Positions of the claims that stand, in the order they were made.
    pub(super) fn standing(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let claims = self.digests.iter().filter_map(|digest| self.by_digest.get(digest));
        claims.filter(|(_, stands)| *stands).map(|(claim, _)| claim.positions)
    }
}

/// The digest of a row's surrogate id.
pub(super) fn id<B: Cells>((batch, i): At<'_, B>) -> Option<u128> {
    batch.id(i).filter(|id| !id.is_empty()).map(|id| xxh3_128(id.as_bytes()))
}

/// Contests the claims with the ids of all rows. A note when ids say nothing: where the same record has different ids
/// on the two sides, each instance numbers its own, and equal ids are chance.
pub(super) fn of_ids<R: Rows>(left: &R, right: &R, claims: &mut Claims) -> Result<Option<String>, SnapshotError> {
    let mut ids = Ids { claims, both: 0, agree: 0 };
    merge(left.rows(&[], None)?, right.rows(&[], None)?, false, &mut ids)?;
    if ids.agree * 10 >= ids.both * 9 {
        return Ok(None);
    }
    Ok(Some(format!(
        "renames by id were not tried: of {} records with the same key and an id on both sides, {} have the same id",
        ids.both, ids.agree
    )))
}

struct Ids<'a> {
    claims: &'a mut Claims,
    both: u64,
    agree: u64,
}

impl Ids<'_> {
    fn contest<B: Cells>(&mut self, side: Side, row: At<'_, B>) -> Option<u128> {
        let digest = id(row)?;
        self.claims.contest(side, digest, row.0.index(row.1));
        Some(digest)
    }
}

impl<B: Cells> Meet<B> for Ids<'_> {
    fn pair(&mut self, left: At<'_, B>, right: At<'_, B>) -> Result<(), SnapshotError> {
        if let (Some(l), Some(r)) = (self.contest(Side::Left, left), self.contest(Side::Right, right)) {
            self.both += 1;
            self.agree += u64::from(l == r);
        }
        Ok(())
    }

    fn single(&mut self, side: Side, row: At<'_, B>) -> Result<(), SnapshotError> {
        self.contest(side, row);
        Ok(())
    }

    fn shared(&mut self, side: Side, row: At<'_, B>) -> Result<(), SnapshotError> {
        self.contest(side, row);
        Ok(())
    }

    fn end_of_shared(&mut self, _: &[u8]) -> Result<(), SnapshotError> {
        Ok(())
    }

    fn keyless(&mut self, side: Side, row: At<'_, B>) -> Result<(), SnapshotError> {
        self.contest(side, row);
        Ok(())
    }
}

/// Contests the claims with the contents of all rows.
pub(super) fn of_contents<R: Rows>(left: &R, right: &R, columns: &Columns, claims: &mut Claims) -> Result<(), SnapshotError> {
    let mut buffer = Vec::new();
    for (side, rows) in [(Side::Left, left), (Side::Right, right)] {
        if columns.hash_suffices {
            for batch in rows.keys()? {
                let batch = batch?;
                for i in 0..batch.len() {
                    claims.contest(side, columns.content_of(batch.hash(i)), batch.index(i));
                }
            }
            continue;
        }
        let layout = columns.layout(side);
        for batch in rows.rows(&layout.columns, None)? {
            let batch = batch?;
            for i in 0..batch.len() {
                claims.contest(side, content(columns, layout, (&batch, i), &mut buffer), batch.index(i));
            }
        }
    }
    Ok(())
}
