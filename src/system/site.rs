//! Datasets that are read from the files of one site: `{site}` in a pattern.

use std::collections::BTreeSet;

use super::{Complete, Dataset, System};
use crate::document::{At, sha256};

/// What `{site}` is written as in patterns.
const PLACEHOLDER: &str = "{site}";

/// What a snapshot calls a dataset that is read from the files of one site: `letters-site-main`; a login's view stays one
/// (`letters-site-main@clerk`). Names of datasets hold no hyphen, so no other dataset is called so.
pub fn site_dataset(dataset: &str, site: &str) -> String {
    match dataset.split_once('@') {
        Some((dataset, login)) => format!("{dataset}-site-{site}@{login}"),
        None => format!("{dataset}-site-{site}"),
    }
}

impl System {
    /// Datasets that differ by site: those whose files are named by it, and those that refer to one.
    pub fn per_site(&self) -> BTreeSet<String> {
        let mut found: BTreeSet<String> = self.datasets.iter().filter(|d| d.names_site()).map(|d| d.name.value.clone()).collect();
        loop {
            let refers = |d: &&Dataset| d.columns.iter().filter_map(|c| c.references.as_ref()).any(|r| found.contains(&r.value));
            let more: Vec<String> = self.datasets.iter().filter(refers).map(|d| d.name.value.clone()).collect();
            let before = found.len();
            found.extend(more);
            if found.len() == before {
                return found;
            }
        }
    }

    /// The same system, with a dataset for each site beside each that differs by site.
    pub fn at_sites(&self, sites: &[String]) -> Self {
        let per_site = self.per_site();
        let mut system = self.clone();
        for dataset in self.datasets.iter().filter(|d| per_site.contains(&d.name.value)) {
            system.datasets.extend(sites.iter().map(|site| dataset.at_site(site, &per_site)));
        }
        system
    }
}

impl Dataset {
    /// The pattern that holds `{site}`, where one of its files is named by the site.
    pub fn site_pattern(&self) -> Option<&At<String>> {
        let control = match &self.complete {
            Complete::ControlFile { file, .. } => Some(file),
            Complete::Unknown | Complete::Declared { .. } => None,
        };
        std::iter::once(&self.read.pattern)
            .chain(&self.read.layers)
            .chain(control)
            .find(|pattern| pattern.value.contains(PLACEHOLDER))
            .or_else(|| self.also.iter().find_map(Self::site_pattern))
    }

    fn names_site(&self) -> bool {
        self.site_pattern().is_some()
    }

    /// This dataset as it is read from the files of one site.
    fn at_site(&self, site: &str, per_site: &BTreeSet<String>) -> Self {
        let mut own = self.clone();
        own.name.value = site_dataset(&self.name.value, site);
        own.digest = sha256(format!("{} {site}", self.digest));
        own.fill_in(site);
        for column in own.columns.iter_mut().chain(own.also.iter_mut().flat_map(|d| &mut d.columns)) {
            if let Some(target) = column.references.as_mut().filter(|r| per_site.contains(&r.value)) {
                target.value = site_dataset(&target.value, site);
            }
        }
        own
    }

    fn fill_in(&mut self, site: &str) {
        let control = match &mut self.complete {
            Complete::ControlFile { file, .. } => Some(file),
            Complete::Unknown | Complete::Declared { .. } => None,
        };
        for pattern in std::iter::once(&mut self.read.pattern).chain(&mut self.read.layers).chain(control) {
            pattern.value = pattern.value.replace(PLACEHOLDER, site);
        }
        self.also.iter_mut().for_each(|d| d.fill_in(site));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Problems, load};

    const SYSTEM: &str = r#"
version: 1
system: shared
protocol: files
datasets:
  wards:
    read: {csv: "wards-site-{site}.csv"}
    key: [code]
    id: id
    columns: {code: code}
    complete: {rows_from: {file: "control-{site}.csv", dataset: wards, column: rows}}
  beds:
    read: {csv: beds.csv}
    key: [code]
    columns: {code: code, ward: {from: ward, references: wards}}
  roles:
    read: {csv: roles.csv}
    key: [code]
    columns: {code: code}
"#;

    fn system() -> System {
        let mut problems = Problems::default();
        let document = load("environments/systems/shared.yaml", SYSTEM.as_bytes(), &mut problems).unwrap();
        let system = crate::system::decode(&document, false, &mut problems).unwrap();
        assert!(problems.is_empty());
        system
    }

    #[test]
    fn what_refers_to_a_sites_rows_differs_by_site_too() {
        assert_eq!(system().per_site(), BTreeSet::from(["beds".to_owned(), "wards".to_owned()]));
    }

    #[test]
    fn each_site_has_its_own_files_total_and_references() {
        let system = system().at_sites(&["main".to_owned(), "eastgate".to_owned()]);
        let names: Vec<&str> = system.datasets.iter().map(|d| d.name.value.as_str()).collect();
        let expected = ["wards", "beds", "roles", "wards-site-main", "wards-site-eastgate", "beds-site-main", "beds-site-eastgate"];
        assert_eq!(names, expected);
        let wards = system.dataset("wards-site-eastgate").unwrap();
        assert_eq!(wards.read.pattern.value, "wards-site-eastgate.csv");
        let Complete::ControlFile { file, dataset, .. } = &wards.complete else { panic!() };
        assert_eq!((file.value.as_str(), dataset.as_str()), ("control-eastgate.csv", "wards"));
        let beds = system.dataset("beds-site-main").unwrap();
        assert_eq!(beds.column("ward").unwrap().references.as_ref().unwrap().value, "wards-site-main");
        assert_ne!(wards.digest, system.dataset("wards-site-main").unwrap().digest);
    }

    #[test]
    fn a_logins_view_of_a_sites_dataset_stays_a_view() {
        assert_eq!(site_dataset("wards@clerk", "main"), "wards-site-main@clerk");
    }
}
