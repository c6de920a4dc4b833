//! What the checks need captured. The type lives here so that `check` can ask and `capture` can answer.

use std::collections::{BTreeMap, BTreeSet};

/// Datasets by environment name; capture adds what they refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Environment name -> dataset names; as a login sees one, `clinics@booking_clerk`.
    pub datasets: BTreeMap<String, BTreeSet<String>>,
    /// Environments of which every dataset is wanted that their system defines.
    pub whole: BTreeSet<String>,
    /// Environment name -> requests to make. Each of these environments is in `datasets` too.
    pub probes: BTreeMap<String, BTreeSet<Probe>>,
}

impl Plan {
    /// Asks for one dataset of one environment.
    pub fn want(&mut self, environment: &str, dataset: &str) {
        self.datasets.entry(environment.to_owned()).or_default().insert(dataset.to_owned());
    }

    /// Asks for one dataset as a login sees it.
    pub fn want_as(&mut self, environment: &str, dataset: &str, login: &str) {
        self.want(environment, &super::view_name(dataset, login));
    }

    /// Asks for one probe of one environment. Checks that ask the same share what is measured.
    pub fn probe(&mut self, environment: &str, probe: Probe) {
        self.datasets.entry(environment.to_owned()).or_default();
        self.probes.entry(environment.to_owned()).or_default().insert(probe);
    }

    /// Asks for all that another plan asks for.
    pub fn extend(&mut self, other: Self) {
        let Self { datasets, whole, probes } = other;
        self.whole.extend(whole);
        for (environment, asked) in probes {
            self.probes.entry(environment).or_default().extend(asked);
        }
        for (environment, names) in datasets {
            self.datasets.entry(environment).or_default().extend(names);
        }
    }

    /// Asks for all datasets of one environment; whoever knows its system names them with [`Plan::expand`].
    pub fn want_all(&mut self, environment: &str) {
        self.whole.insert(environment.to_owned());
        self.datasets.entry(environment.to_owned()).or_default();
    }

    /// Names the datasets of the environments that are wanted whole.
    pub fn expand<'a>(&mut self, offered: impl Fn(&str) -> Vec<&'a str>) {
        for environment in std::mem::take(&mut self.whole) {
            offered(&environment).into_iter().for_each(|dataset| self.want(&environment, dataset));
        }
    }
}

/// One request to a live server, made several times.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Probe {
    /// Path below the environment's `url`, as written.
    pub path: String,
    /// How often it is timed.
    pub samples: u64,
    /// What every body must hold; the body itself is not stored.
    pub body: Option<BodyTest>,
}

/// What a body must hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BodyTest {
    /// This text.
    Contains(String),
    /// One value at this path (RFC 9535), with this text.
    Json {
        /// The path.
        path: String,
        /// The value; numbers are equal however they are written.
        is: String,
    },
}

impl std::fmt::Display for BodyTest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Contains(text) => write!(f, "contains '{text}'"),
            Self::Json { path, is } => write!(f, "{path} is '{is}'"),
        }
    }
}

impl std::fmt::Display for Probe {
    /// The whole request: what tells one probe from another.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GET {}, {} sample{}", self.path, self.samples, if self.samples == 1 { "" } else { "s" })?;
        self.body.as_ref().map_or(Ok(()), |body| write!(f, ", body {body}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_whole_is_what_the_system_defines() {
        let mut plan = Plan::default();
        plan.want("training", "clinics");
        plan.want("production", "clinics");
        plan.want_all("production");
        plan.expand(|environment| if environment == "production" { vec!["clinics", "roles"] } else { vec!["letters"] });
        assert_eq!(plan.datasets["production"].len(), 2);
        assert_eq!(plan.datasets["training"].len(), 1);
        assert!(plan.whole.is_empty());
    }
}
