//! What the checks need captured. The type lives here so that `check` can ask and `capture` can answer.

use std::collections::{BTreeMap, BTreeSet};

/// Datasets by environment name; capture adds what they refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Environment name -> dataset names; as a login sees one, `clinics@booking_clerk`.
    pub datasets: BTreeMap<String, BTreeSet<String>>,
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
}
