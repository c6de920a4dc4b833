//! Datasets whose names all systems share: headings that say the name of a shared column become it, so that the standard catalogue fits.

use std::collections::BTreeSet;

use crate::document::suggest;
use crate::system::{SharedColumn, SharedDataset};
use crate::value::Type;

use super::dataset::{Column, Dataset, Use, changes_by_itself, free_name};
use super::exports::{stem, words};
use super::key::{is_internal, is_unique};
use super::profile::Drafted;

/// How a dataset fits the shared one of its name.
pub(super) struct Fit {
    /// What one row is called.
    pub(super) noun: String,
    /// Shared columns that no heading gives, and what stands in the way where a heading seems to be it.
    pub(super) wanting: Vec<(String, Option<String>)>,
}

/// Maps a dataset's columns to the shared ones, and gives it the shared key.
pub(super) fn fit(dataset: &mut Dataset, shared: &SharedDataset) {
    let mut found: Vec<(u8, &String, usize)> = Vec::new();
    for (i, column) in dataset.columns.iter().enumerate().filter(|(i, _)| Some(*i) != dataset.id) {
        found.extend(shared.columns.iter().filter_map(|(name, wanted)| Some((rank(column, name, wanted, dataset, shared)?, name, i))));
    }
    found.sort();
    let (mut mapped, mut obstacles) = (Vec::new(), Vec::new());
    for (_, name, i) in found {
        let taken = |list: &[(&String, usize)]| list.iter().any(|(n, at)| *n == name || *at == i);
        if taken(&mapped) || obstacles.iter().any(|(n, _)| *n == name) {
            continue;
        }
        match suits(&dataset.columns[i], &shared.columns[name]) {
            Ok(drafted) => {
                dataset.columns[i].drafted = drafted;
                // The catalogue compares builds with a rule of its own for the instance and the moment of the export.
                if !changes_by_itself(&dataset.columns[i].heading) {
                    dataset.columns[i].used = Use::Compared;
                }
                if shared.columns[name].references != dataset.columns[i].references {
                    dataset.columns[i].references = None;
                }
                mapped.push((name, i));
            }
            Err(why) => obstacles.push((name, why)),
        }
    }
    rename(dataset, &mapped, shared);
    let own: Vec<(&str, &str)> = (0..dataset.columns.len())
        .filter(|i| Some(*i) != dataset.id && !mapped.iter().any(|(_, at)| at == i))
        .map(|i| (dataset.columns[i].name.as_str(), dataset.columns[i].heading.as_str()))
        .collect();
    let missing: Vec<&String> = shared.columns.keys().filter(|name| !mapped.iter().any(|(n, _)| n == name)).collect();
    let near = |name: &str| {
        let is_near = |own: &&(&str, &str)| suggest::nearest(own.0, missing.iter().map(|m| m.as_str())) == Some(name);
        own.iter().find(is_near).map(|(_, heading)| format!("is it {heading}? then give that column this name"))
    };
    let telling = dataset.keys.first().filter(|key| key.len() == 1).map(|key| dataset.columns[key[0]].heading.as_str());
    let known_by = |name: &str| {
        let alone = shared.key.iter().any(|rung| rung.iter().eq([name]));
        telling
            .filter(|_| alone)
            .map(|heading| format!("is it {heading}, which tells these records apart? then give that column this name"))
    };
    let obstacle = |name: &String| obstacles.iter().find(|(n, _)| *n == name).map(|(_, why)| why.clone());
    let why = |name: &String| obstacle(name).or_else(|| known_by(name)).or_else(|| near(name));
    let wanting = missing.iter().map(|name| ((*name).clone(), why(name))).collect();
    key(dataset, shared, &mapped);
    dataset.shared = Some(Fit { noun: shared.noun.clone(), wanting });
}

/// How well a heading says the name of a shared column; the lower the better.
fn rank(column: &Column, name: &str, wanted: &SharedColumn, dataset: &Dataset, shared: &SharedDataset) -> Option<u8> {
    let said = words(&column.heading);
    let joined = said.join("_");
    if joined == name {
        return Some(0);
    }
    if stem(&joined) == stem(name) {
        return Some(1);
    }
    // `Clinic Code` is the code of a clinic.
    let prefixes = [dataset.name.clone(), words(&shared.noun).join("_")];
    let bare = prefixes.iter().find_map(|prefix| stem(&joined).strip_prefix(&format!("{}_", stem(prefix))).map(str::to_owned));
    if bare.is_some_and(|bare| bare == stem(name)) {
        return Some(2);
    }
    // `Location ID` leads to the location.
    let leads = wanted.references.is_some() && is_internal(&column.heading);
    if leads && stem(&said[..said.len() - 1].join("_")) == stem(name) {
        return Some(3);
    }
    // The only column that leads to that dataset is the one that leads there in all systems.
    let own = dataset.columns.iter().filter(|c| c.references.is_some() && c.references == wanted.references).count();
    let all = shared.columns.values().filter(|c| c.references.is_some() && c.references == wanted.references).count();
    (own == 1 && all == 1 && column.references == wanted.references && wanted.references.is_some()).then_some(4)
}

/// How a column's values are read as a shared column; otherwise what stands in the way.
fn suits(column: &Column, wanted: &SharedColumn) -> Result<Drafted, String> {
    let heading = &column.heading;
    let typed = |kind| Drafted { kind, format: None, note: "" };
    if wanted.list.is_some() {
        return Err(format!("{heading} holds several values in a cell: map it with `list: set` and `split`"));
    }
    if column.drafted.kind == Type::Json {
        return Err(format!("{heading} holds nested values"));
    }
    if let Some(target) = &wanted.references {
        return match &column.references {
            Some(own) if own != target => Err(format!("{heading} seems to hold the numbers of {own}, and not of {target}")),
            None if is_internal(heading) => Err(format!("{heading} holds internal numbers: export {target} with the same numbers too")),
            _ => Ok(typed(Type::Text)),
        };
    }
    let blank = column.is_blank();
    match (wanted.kind, column.drafted.kind) {
        (Type::Text, _) => {
            Ok(Drafted { note: if column.drafted.note.contains("zeros") { column.drafted.note } else { "" }, ..typed(Type::Text) })
        }
        (wanted, own) if wanted == own => Ok(column.drafted.clone()),
        (wanted, _) if blank => Ok(typed(wanted)),
        (Type::Decimal, Type::Integer) => Ok(typed(Type::Decimal)),
        (Type::Boolean, _) if column.is_truth() => Ok(typed(Type::Boolean)),
        (Type::Datetime, _) if column.drafted.note.contains("time zone") => {
            Err(format!("{heading} has no time zone: give both environments a `timezone`, and map it with its `format`"))
        }
        (wanted, _) => Err(format!("not every value of {heading} is of type {}", wanted.word())),
    }
}

/// Shared names for what is mapped; nothing else may have one.
fn rename(dataset: &mut Dataset, mapped: &[(&String, usize)], shared: &SharedDataset) {
    let mut taken: BTreeSet<String> = shared.columns.keys().cloned().collect();
    for i in 0..dataset.columns.len() {
        let name = &dataset.columns[i].name;
        dataset.columns[i].name = match mapped.iter().find(|(_, at)| *at == i) {
            Some((shared, _)) => (*shared).clone(),
            None if taken.contains(name) => free_name(&format!("{name}_as_written"), &mut taken),
            None => free_name(&name.clone(), &mut taken),
        };
    }
}

/// The rungs of the shared key whose columns are there; where none is whole, what is left of them; else the key stays as proposed.
fn key(dataset: &mut Dataset, shared: &SharedDataset, mapped: &[(&String, usize)]) {
    let at = |name: &String| mapped.iter().find(|(n, _)| *n == name).map(|(_, i)| *i);
    let whole = shared.key.iter().any(|rung| rung.iter().all(|part| at(part).is_some()));
    let mut ladder: Vec<Vec<usize>> = Vec::new();
    for rung in shared.key.iter().filter(|rung| !whole || rung.iter().all(|part| at(part).is_some())) {
        let left: Vec<usize> = rung.iter().filter_map(at).collect();
        if !left.is_empty() && !ladder.contains(&left) {
            ladder.push(left);
        }
    }
    if ladder.is_empty() {
        let why = std::mem::take(&mut dataset.why);
        dataset.why = format!(
            "{why}; no heading is the key that all systems share, {}",
            shared.key.iter().map(|r| r.join(" + ")).collect::<Vec<_>>().join(", else ")
        );
        return;
    }
    let candidates = dataset.candidates();
    let is_one = ladder.iter().any(|rung| is_unique(&candidates, rung));
    let part = if whole { "" } else { "what the exports hold of " };
    let how = match is_one {
        _ if dataset.rows.iter().all(|(_, rows)| *rows == 0) => "there are no rows",
        true => "each row has its own",
        false => "several rows have the same, which will be findings",
    };
    let why = format!("{part}the key that all systems share; {how}");
    drop(candidates);
    if dataset.id.is_some_and(|id| ladder.iter().flatten().any(|i| *i == id)) {
        dataset.id = None;
    }
    (dataset.keys, dataset.why) = (ladder, why);
}
