//! Decodes `environments/systems/<name>.yaml`.

mod column;
mod complete;
mod dataset;
mod measure;
mod patient;
mod read;
mod reference;
mod source;

pub use patient::{is_patient_dataset, is_patient_resource};

use std::collections::BTreeSet;

use crate::document::decode::{Fields, entries, name, one_of, version};
use crate::document::{At, Document, Place, Problems, SourceText, sha256};

use super::{Damage, Protocol, System};

/// Ways to speak to a system; those with `None` are known, so that their use is told apart from a typing mistake.
const PROTOCOLS: &[(&str, Option<Protocol>)] =
    &[("files", Some(Protocol::Files)), ("fhir", None), ("rest", None), ("jsonrpc", None), ("sql", None), ("ldap", None)];

/// Decodes one system definition; every mistake goes to `problems`.
///
/// A file with mistakes still gives a system, without the datasets that hold them (see [`System::lacks`]): checks of the other
/// datasets can be judged in the same pass. It is not to be used unless `problems` stays empty.
pub fn decode(document: &Document, built_in: bool, problems: &mut Problems) -> Option<System> {
    let mut fields = Fields::open(&document.root, "a system", problems)?;
    version(&mut fields, problems);
    let name = fields.need("system", problems, name);
    let protocol = fields.need("protocol", problems, |node, problems| {
        let found = one_of(node, "protocol", PROTOCOLS, problems)?;
        if found.value.is_none() {
            let word = found.place.text();
            let message = format!("protocol `{word}` is not available in this version; use `files`");
            problems.add(&found.place, message).expected("not available").help("read an export of the system: `protocol: files`");
        }
        found.value
    });
    let datasets = fields.required("datasets", problems);
    let datasets = datasets.and_then(|node| entries(node, "datasets by name", problems));
    let (mut found, mut damaged) = (Vec::new(), BTreeSet::new());
    for entry in datasets.unwrap_or_default() {
        match dataset::dataset(entry, problems) {
            Some(dataset) => found.push(dataset),
            None => {
                damaged.insert(entry.key.clone());
            }
        }
    }
    fields.close(problems);
    let unreadable = System::unreadable(&document.file.path);
    let system = System {
        name: name.unwrap_or(unreadable.name),
        protocol: protocol.unwrap_or(unreadable.protocol),
        datasets: found,
        digest: sha256(&document.file.text),
        built_in,
        damage: match damaged.is_empty() {
            _ if datasets.is_none() => Damage::All,
            true => Damage::None,
            false => Damage::Datasets(damaged),
        },
        ..unreadable
    };
    reference::check(&system, problems);
    Some(system)
}

impl System {
    /// Stands in for a system whose file (at the shown path `path`) is no YAML: its name is taken, and nothing else is known of it.
    pub fn unreadable(path: &str) -> Self {
        let stem = path.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or("");
        let place = Place { file: SourceText::new(path, ""), start: 0, end: 0 };
        Self {
            name: At { value: stem.to_owned(), place },
            protocol: Protocol::Files,
            datasets: Vec::new(),
            path: path.to_owned(),
            digest: String::new(),
            built_in: false,
            damage: Damage::All,
        }
    }

    /// Stands for the system of an environment (whose file is at the shown path `path`) that is only probed: it offers no data.
    pub fn without_data(path: &str) -> Self {
        let place = Place { file: SourceText::new(path, ""), start: 0, end: 0 };
        Self { name: At { value: String::new(), place }, damage: Damage::None, ..Self::unreadable(path) }
    }
}

#[cfg(test)]
mod tests;
