//! The names that all systems share: datasets, columns, types and keys, so that one catalogue of checks serves every system.
//!
//! `environments/systems/shared.yaml` is built in; a project's file of that name takes its place.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::decode::{Fields, boolean, entries, entry_name, list, name, one_of, one_or_list, some_text, version};
use crate::document::{Content, Document, Node, Problems};
use crate::value::{ListKind, Type};

/// Path of the shared names within a project, as shown.
pub const PATH: &str = "environments/systems/shared.yaml";

/// The text that comes with gonogo.
pub const BUILT_IN: &str = include_str!("../../environments/systems/shared.yaml");

/// The shared datasets by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// The datasets by name.
    pub datasets: BTreeMap<String, SharedDataset>,
}

/// What every definition of a dataset of this name must offer, or say that it does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedDataset {
    /// What one row is called.
    pub noun: String,
    /// True for records of patients: they are counted while they are read, and never stored.
    pub measured: bool,
    /// The key ladder; empty for a measured dataset, whose rows nothing may tell apart.
    pub key: Vec<Vec<String>>,
    /// Columns by name.
    pub columns: BTreeMap<String, SharedColumn>,
}

/// A shared column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedColumn {
    /// Type of the values (of the items, for a list).
    pub kind: Type,
    /// Set for a column that holds several values.
    pub list: Option<ListKind>,
    /// Dataset whose key the values are.
    pub references: Option<String>,
}

impl Shared {
    /// Datasets in which this one is not as `standard` is, in words; `None` when they say the same.
    pub fn difference(&self, standard: &Self) -> Option<String> {
        let names: BTreeSet<&String> = self.datasets.keys().chain(standard.datasets.keys()).collect();
        let told: Vec<String> = names
            .into_iter()
            .filter_map(|name| match (self.datasets.get(name), standard.datasets.get(name)) {
                (Some(own), Some(built_in)) => (own != built_in).then(|| format!("`{name}` is another")),
                (Some(_), None) => Some(format!("`{name}` is added")),
                (None, _) => Some(format!("`{name}` is not there")),
            })
            .collect();
        (!told.is_empty()).then(|| told.join(", "))
    }
}

/// Decodes the shared names; every mistake goes to `problems`.
pub fn decode_shared(document: &Document, problems: &mut Problems) -> Option<Shared> {
    let mut fields = Fields::open(&document.root, "the shared names", problems)?;
    version(&mut fields, problems);
    let datasets = fields.need("datasets", problems, |n, p| entries(n, "datasets by name", p));
    fields.close(problems);
    let mut shared = Shared::default();
    for entry in datasets? {
        if let (Some(name), Some(decoded)) = (entry_name(entry, problems), dataset(&entry.value, problems)) {
            shared.datasets.insert(name.value, decoded);
        }
    }
    Some(shared)
}

fn dataset(node: &Node, problems: &mut Problems) -> Option<SharedDataset> {
    let mut fields = Fields::open(node, "a shared dataset", problems)?;
    let noun = fields.need("noun", problems, some_text);
    let measured = fields.get("measured", problems, boolean).is_some_and(|m| m.value);
    let key = if measured {
        fields.refuse("key", "nothing may tell the records of a measured dataset apart", problems);
        None
    } else {
        fields.need("key", problems, |n, p| list(n, p, |n, p| one_or_list(n, p, name)))
    };
    let columns = fields.need("columns", problems, |n, p| entries(n, "columns by name", p));
    fields.close(problems);
    let mut found = BTreeMap::new();
    for entry in columns? {
        if let (Some(name), Some(column)) = (entry_name(entry, problems), column(&entry.value, problems)) {
            found.insert(name.value, column);
        }
    }
    let key: Vec<Vec<String>> = key.unwrap_or_default().into_iter().map(|rung| rung.into_iter().map(|c| c.value).collect()).collect();
    for part in key.iter().flatten().filter(|part| !found.contains_key(*part)) {
        problems.add(&node.place, format!("the key names `{part}`, which is no column")).expected("a column");
    }
    Some(SharedDataset { noun: noun?.value, measured, key, columns: found })
}

fn column(node: &Node, problems: &mut Problems) -> Option<SharedColumn> {
    if let Content::Scalar(_) = node.content {
        let kind = one_of(node, "type", Type::WORDS, problems)?;
        return Some(SharedColumn { kind: kind.value, list: None, references: None });
    }
    let mut fields = Fields::open(node, "a shared column", problems)?;
    let kind = fields.get("type", problems, |n, p| one_of(n, "type", Type::WORDS, p));
    let words = [("set", ListKind::Set), ("ordered", ListKind::Ordered)];
    let kind_of_list = fields.get("list", problems, |n, p| one_of(n, "kind of list", &words, p));
    let references = fields.get("references", problems, name);
    fields.close(problems);
    Some(SharedColumn {
        kind: kind.map_or(Type::Text, |k| k.value),
        list: kind_of_list.map(|l| l.value),
        references: references.map(|r| r.value),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::load;

    #[test]
    fn the_built_in_names_are_sound_and_every_reference_leads_somewhere() {
        let mut problems = Problems::default();
        let document = load(PATH, BUILT_IN.as_bytes(), &mut problems).unwrap();
        let shared = decode_shared(&document, &mut problems).unwrap();
        assert!(problems.is_empty(), "{}", crate::document::render(&problems, false));
        for (name, dataset) in &shared.datasets {
            assert_eq!(dataset.key.is_empty(), dataset.measured, "{name}");
            for target in dataset.columns.values().filter_map(|c| c.references.as_ref()) {
                let target = &shared.datasets[target];
                assert!(!target.measured, "{name} refers to records of patients");
            }
        }
    }

    #[test]
    fn another_file_of_names_is_told_by_its_datasets() {
        let names = |text: &str| {
            let document = load(PATH, format!("version: 1\ndatasets:\n{text}").as_bytes(), &mut Problems::default()).unwrap();
            decode_shared(&document, &mut Problems::default()).unwrap()
        };
        let standard = names("  a: {noun: a, key: [[c]], columns: {c: text}}\n  b: {noun: b, key: [[c]], columns: {c: text}}\n");
        let own = names("  a: {noun: a, key: [[c]], columns: {c: integer}}\n  d: {noun: d, key: [[c]], columns: {c: text}}\n");
        assert_eq!(standard.difference(&standard), None);
        assert_eq!(own.difference(&standard).unwrap(), "`a` is another, `b` is not there, `d` is added");
    }

    #[test]
    fn mistakes_are_shown() {
        let text = "version: 1\ndatasets:\n  a: {noun: a, key: [[b]], columns: {c: texte, d: {lst: set}}}\n  e: {noun: e, measured: true, key: [[c]], columns: {c: text}}\n";
        let mut problems = Problems::default();
        let document = load(PATH, text.as_bytes(), &mut problems).unwrap();
        decode_shared(&document, &mut problems);
        let said: Vec<String> = problems.sorted().iter().map(|p| p.message.clone()).collect();
        assert_eq!(
            said,
            [
                "the key names `b`, which is no column",
                "`texte` is no type",
                "a shared column has no key `lst`",
                "nothing may tell the records of a measured dataset apart",
            ]
        );
    }
}
