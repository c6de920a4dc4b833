//! The kinds of check: one file each, and one list.

mod attested;
mod clause;
mod collect;
mod count;
mod expect;
mod frozen;
pub(super) mod ignored;
mod parity;
mod present;
mod probe;
mod query;
mod reading;
mod resolves;
mod select;
pub(super) mod signed;
mod target;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod visible;
mod words;

pub use attested::{Attested, Fault, Judged, Limit, Proof, Standing};
pub(super) use present::list_path;

use std::borrow::Cow;

use crate::document::{Node, Place, Problems};
use crate::snapshot::Plan;

use super::evidence::{Evidence, Pair};
use super::file::Severities;
use super::lint::Catalogue;
use super::outcome::Outcome;
use super::site::SiteList;
use ignored::Ignored;

/// What a kind is given beside the evidence.
pub struct Context<'a> {
    /// Id of the check.
    pub check: &'a str,
    /// The site whose answer it is, where each site has one of its own.
    pub site: Option<&'a str>,
    /// Its severities.
    pub severity: Severities,
    /// What signed lists and numbers of other checks say about how much there should be.
    pub anchors: &'a [Anchor],
}

impl<'a> Context<'a> {
    /// The check as fingerprints name it: with its site where each site has an answer of its own.
    pub fn name(&self) -> Cow<'a, str> {
        self.site.map_or(Cow::Borrowed(self.check), |site| Cow::Owned(format!("{} at {site}", self.check)))
    }
}

/// How many rows a dataset should have, from a source that does not depend on the logins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// The environment.
    pub environment: String,
    /// The dataset.
    pub dataset: String,
    /// Rows that it should have at least.
    pub rows: u64,
    /// Who says so, for messages.
    pub source: String,
}

/// One kind of check, decoded from its own mapping in the file.
pub trait Kind: Send + Sync {
    /// The word users write.
    fn word(&self) -> &'static str;
    /// Asks for the datasets it reads.
    fn plan(&self, pair: &Pair, plan: &mut Plan);
    /// Reports what is wrong with it, as far as can be known without data.
    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems);
    /// Where it asks for `site()`: each site then has an answer of its own.
    fn asks_site(&self) -> Option<Place>;
    /// The test as a site adjusts it.
    fn adjusted(&self, change: &SiteChange<'_>) -> Adjusted {
        let _ = change;
        Adjusted::NotTaken
    }
    /// Judges.
    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome;
    /// What it says about how many rows there should be, when a person has signed for it.
    fn anchors(&self, evidence: &Evidence) -> Vec<Anchor> {
        let _ = evidence;
        Vec::new()
    }
    /// What has to be signed, when this is a check that people sign.
    fn attested(&self) -> Option<&Attested> {
        None
    }
    /// Baselines that it judges by, each with the environment: (baseline, environment).
    fn baselines(&self, pair: &Pair) -> Vec<(String, String)> {
        let _ = pair;
        Vec::new()
    }
    /// Files (shown paths, relative to the project) of signed-off lists that it quotes, with the digest they must have.
    fn lists(&self) -> Vec<(crate::document::At<String>, Option<crate::document::At<String>>)> {
        Vec::new()
    }
}

/// What a site changes in the test of a check.
#[derive(Clone, Copy, Debug)]
pub enum SiteChange<'a> {
    /// A column is not compared.
    Ignore {
        /// Name of the site.
        site: &'a str,
        /// The column, and why.
        ignored: &'a Ignored,
    },
    /// Another signed-off list.
    List(&'a SiteList),
}

impl SiteChange<'_> {
    /// What it changes, and the kinds of check that have such a thing.
    pub fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Ignore { .. } => ("columns to ignore", "parity and visible"),
            Self::List(_) => ("list", "present"),
        }
    }
}

/// What becomes of a test under a change.
pub enum Adjusted {
    /// The adjusted test.
    Test(Box<dyn Kind>),
    /// It asks the same as before, for this reason.
    Same(String),
    /// The change cannot be made, for this reason.
    Refused(String),
    /// This kind has nothing of the sort.
    NotTaken,
}

/// How a kind is decoded from the value of its key.
pub type Decode = fn(&Node, &mut Problems) -> Option<Box<dyn Kind>>;

/// All kinds. A new kind is a new file and a line here.
pub const KINDS: &[(&str, Decode)] = &[
    ("parity", parity::decode),
    ("present", present::decode),
    ("visible", visible::decode),
    ("resolves", resolves::decode),
    ("expect", expect::decode),
    ("count", count::decode),
    ("attested", attested::decode),
    ("frozen", frozen::decode),
    ("probe", probe::decode),
    ("query", query::decode),
];
