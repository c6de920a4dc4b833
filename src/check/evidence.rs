//! Everything that a judgement is a function of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::snapshot::{Manifest, Snapshot};
use crate::system::site_dataset;

use super::attestation::Attestations;
use super::baseline::Baselines;

/// Everything that a judgement is a function of. The same evidence gives the same bytes.
#[derive(Clone)]
pub struct Evidence {
    /// The two sides.
    pub pair: Pair,
    /// Snapshots by environment name.
    pub snapshots: BTreeMap<String, Side>,
    /// Signed-off lists by shown path.
    pub lists: BTreeMap<String, List>,
    /// What people signed.
    pub attestations: Attestations,
    /// What was frozen, and the files that judge now.
    pub baselines: Baselines,
    /// When we judge.
    pub as_of: DateTime<Utc>,
    /// What we judge for.
    pub go_live: DateTime<Utc>,
    /// The site that is judged, when the project has sites.
    pub site: Option<String>,
}

/// Names of the environments that are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What staff were trained on.
    pub training: String,
    /// What goes live.
    pub production: String,
}

/// One environment as evidence: its snapshot, and why it may not be relied on.
#[derive(Clone)]
pub struct Side {
    /// The snapshot; `None` when there is none.
    pub snapshot: Option<Snapshot>,
    /// Reasons that make every check on this side CANNOT TELL: stale, unknown age, wrong instance, not the environment it was given for.
    pub doubts: Vec<String>,
    /// Reasons that make every check on what a login sees CANNOT TELL, by login; a login that was not captured has no entry.
    pub logins: BTreeMap<String, Vec<String>>,
}

/// A signed-off list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Headings.
    pub headings: Vec<String>,
    /// Rows, as text, each with its line in the file.
    pub rows: Vec<(u64, Vec<String>)>,
    /// SHA-256 of the file's bytes.
    pub sha256: String,
}

impl Evidence {
    /// The same evidence, judged for one site.
    pub fn at(&self, site: &str) -> Self {
        Self { site: Some(site.to_owned()), ..self.clone() }
    }

    /// What a snapshot calls a dataset for the site that is judged: its own where the dataset is read from the files of each site.
    pub fn stored_name<'d>(&self, manifest: &Manifest, dataset: &'d str) -> Cow<'d, str> {
        let own = self.site.as_ref().map(|site| site_dataset(dataset, site));
        own.filter(|name| manifest.dataset(name).is_some()).map_or(Cow::Borrowed(dataset), Cow::Owned)
    }

    /// The snapshot of an environment, or the reasons why it cannot be used.
    pub fn snapshot(&self, environment: &str) -> Result<&Snapshot, Vec<String>> {
        match self.snapshots.get(environment) {
            None => Err(vec![format!("{environment} was not captured")]),
            Some(Side { snapshot: Some(snapshot), doubts, .. }) if doubts.is_empty() => Ok(snapshot),
            Some(side) if side.doubts.is_empty() => Err(vec![format!("{environment} has no snapshot")]),
            Some(side) => Err(side.doubts.clone()),
        }
    }

    /// The reasons why what a login sees cannot be used; empty when nothing speaks against it.
    pub fn login_doubts(&self, environment: &str, login: &str) -> Vec<String> {
        let known = self.snapshots.get(environment).and_then(|side| side.logins.get(login));
        known.cloned().unwrap_or_else(|| vec![format!("{environment} was not captured as {login}")])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_snapshot_there_is_always_a_reason() {
        let evidence = |doubts: &[&str]| {
            let side = Side { snapshot: None, doubts: doubts.iter().map(|d| (*d).to_owned()).collect(), logins: BTreeMap::new() };
            Evidence {
                pair: Pair { training: "training".into(), production: "production".into() },
                snapshots: [("production".to_owned(), side)].into(),
                lists: BTreeMap::new(),
                attestations: Attestations::default(),
                baselines: Baselines::default(),
                as_of: DateTime::UNIX_EPOCH,
                go_live: DateTime::UNIX_EPOCH,
                site: None,
            }
        };
        let why = |doubts: &[&str], environment: &str| evidence(doubts).snapshot(environment).err().unwrap_or_default().join("; ");
        assert_eq!(why(&[], "training"), "training was not captured");
        assert_eq!(why(&[], "production"), "production has no snapshot");
        assert_eq!(why(&["it is old"], "production"), "it is old");
    }
}
