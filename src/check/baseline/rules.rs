//! The files that judge, and what changed in them: a rule that moved since a freeze is as telling as a record that did.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::document::{Content, Node, hex, node_digest};

/// One file that judges: the project, an environment, a system, checks, a list, waivers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// Shown path.
    pub path: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Digests of what it says, by part (`policy.block_at`, the id of a check): comments and layout are not in them.
    /// Empty for files that are no YAML.
    pub parts: BTreeMap<String, String>,
}

/// What happened to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// These parts of it are new, gone or changed; none when it has no parts.
    Changed {
        /// Parts that are new.
        added: Vec<String>,
        /// Parts that are gone.
        removed: Vec<String>,
        /// Parts that say something else.
        changed: Vec<String>,
    },
}

/// One file that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// Shown path.
    pub path: String,
    /// What happened.
    pub change: Change,
    /// Digest of what it said; `None` when it is new.
    pub before: Option<String>,
    /// Digest of what it says; `None` when it is gone.
    pub now: Option<String>,
}

impl RuleFile {
    /// Digest of what it says.
    fn says(&self) -> String {
        if self.parts.is_empty() {
            return self.sha256.clone();
        }
        let mut hash = Sha256::new();
        for text in self.parts.iter().flat_map(|(name, digest)| [name, digest]) {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        }
        hex(&hash.finalize())
    }
}

/// Files that differ between two sets, sorted by path. Signatures are left out: people sign after a freeze, and each is judged by its own check.
pub fn changes(before: &[RuleFile], now: &[RuleFile]) -> Vec<RuleChange> {
    let by_path = |files: &[RuleFile]| -> BTreeMap<String, RuleFile> {
        let rules = files.iter().filter(|f| !f.path.starts_with("checks/attestations/"));
        rules.map(|f| (f.path.clone(), f.clone())).collect()
    };
    let (before, mut now) = (by_path(before), by_path(now));
    let mut found = Vec::new();
    for (path, old) in before {
        let (change, says) = match now.remove(&path) {
            None => (Change::Removed, None),
            Some(new) if new.says() == old.says() => continue,
            Some(new) => (parts_changed(&old, &new), Some(new.says())),
        };
        found.push(RuleChange { path, change, before: Some(old.says()), now: says });
    }
    found.extend(now.into_iter().map(|(path, new)| RuleChange { path, change: Change::Added, before: None, now: Some(new.says()) }));
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn parts_changed(old: &RuleFile, new: &RuleFile) -> Change {
    let missing = |from: &RuleFile, of: &RuleFile| of.parts.keys().filter(|p| !from.parts.contains_key(*p)).cloned().collect();
    let differs = |(name, digest): &(&String, &String)| new.parts.get(*name).is_some_and(|d| d != *digest);
    Change::Changed {
        added: missing(old, new),
        removed: missing(new, old),
        changed: old.parts.iter().filter(differs).map(|(name, _)| name.clone()).collect(),
    }
}

impl std::fmt::Display for Change {
    /// "a new file", "the file is gone", "changed: clinics-match; new: letters-match".
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Added => f.write_str("a new file"),
            Self::Removed => f.write_str("the file is gone"),
            Self::Changed { added, removed, changed } => {
                let said: Vec<String> = [("changed", changed), ("new", added), ("gone", removed)]
                    .into_iter()
                    .filter(|(_, names)| !names.is_empty())
                    .map(|(word, names)| format!("{word}: {}", names.join(", ")))
                    .collect();
                if said.is_empty() { f.write_str("changed") } else { f.write_str(&said.join("; ")) }
            }
        }
    }
}

/// What a YAML file says, part by part: members of its mappings two levels deep, items of its lists by their id.
pub fn parts(root: &Node) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    match &root.content {
        Content::Map(entries) => {
            for entry in entries {
                match &entry.value.content {
                    Content::Map(members) if !members.is_empty() => {
                        members.iter().for_each(|m| put(&mut found, format!("{}.{}", entry.key, m.key), &m.value));
                    }
                    Content::List(items) if !items.is_empty() && items.iter().all(|i| id_of(i).is_some()) => {
                        items.iter().for_each(|i| put(&mut found, id_of(i).unwrap_or_default().to_owned(), i));
                    }
                    _ => put(&mut found, entry.key.clone(), &entry.value),
                }
            }
        }
        Content::List(items) => {
            items.iter().enumerate().for_each(|(n, i)| put(&mut found, id_of(i).map_or_else(|| (n + 1).to_string(), str::to_owned), i));
        }
        Content::Scalar(_) => put(&mut found, "value".to_owned(), root),
    }
    found
}

/// Two parts of one name, which only a file with mistakes has, both count.
fn put(found: &mut BTreeMap<String, String>, name: String, node: &Node) {
    let digest = node_digest(node);
    found.entry(name).and_modify(|d| d.push_str(&digest)).or_insert(digest);
}

/// What an item of a list is called: a check by its id, a waiver by its finding, an adjustment by its check.
fn id_of(node: &Node) -> Option<&str> {
    let Content::Map(entries) = &node.content else { return None };
    let word = |key: &str| entries.iter().find(|e| e.key == key).map(|e| &e.value.content);
    match ["id", "finding", "group", "check"].into_iter().find_map(word)? {
        Content::Scalar(s) => Some(&s.text),
        _ => None,
    }
}
