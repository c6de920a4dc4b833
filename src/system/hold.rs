//! Holds a definition to the shared names: a check must find the same columns, types and keys whatever the system.

use crate::document::{Problems, suggest};
use crate::value::{ListKind, Type};

use super::shared::{PATH, Shared, SharedColumn, SharedDataset};
use super::{Column, Dataset, System};

/// Stands in `not_offered` for every shared column that the definition does not name.
pub(super) const ALL_OTHERS: &str = "*";

/// Reports where the datasets of shared names disagree with `shared`, and fills in what `not_offered: {"*": …}` stands for.
pub fn hold(system: &mut System, shared: &Shared, problems: &mut Problems) {
    for dataset in &mut system.datasets {
        match shared.datasets.get(&dataset.name.value) {
            Some(found) => {
                measured(dataset, found, problems);
                columns(dataset, found, problems);
                key(dataset, found, problems);
            }
            None => {
                if dataset.not_offered.remove(ALL_OTHERS).is_some() {
                    let message = format!("`{}` is no shared dataset, so nothing can be missing from it", dataset.name.value);
                    problems.add(&dataset.name.place, message).help(format!("remove `\"*\"`; the shared names are in {PATH}"));
                }
            }
        }
        let not_offered = dataset.not_offered.clone();
        dataset.also.iter_mut().for_each(|part| part.not_offered.clone_from(&not_offered));
    }
}

fn measured(dataset: &Dataset, shared: &SharedDataset, problems: &mut Problems) {
    let name = &dataset.name;
    if shared.measured && !dataset.measured {
        problems
            .add(&name.place, format!("`{}` are records of patients, which gonogo counts and never stores", name.value))
            .expected("a measured dataset")
            .help("add `measured: true`");
    } else if dataset.measured && !shared.measured {
        problems
            .add(&name.place, format!("`{}` are no records of patients: they are stored and compared", name.value))
            .expected("no `measured`")
            .help("remove `measured: true`, or give the dataset a name of its own");
    }
}

fn columns(dataset: &mut Dataset, shared: &SharedDataset, problems: &mut Problems) {
    let dataset_name = dataset.name.value.clone();
    let given = |dataset: &Dataset, name: &str| dataset.column(name).is_some() || dataset.not_offered.contains_key(name);
    let mut missing: Vec<&str> = shared.columns.keys().map(String::as_str).filter(|name| !given(dataset, name)).collect();
    for column in &dataset.columns {
        let name = column.name.value.as_str();
        match shared.columns.get(name) {
            Some(wanted) => shape(&dataset_name, column, wanted, problems),
            None if dataset.measured => {
                let help = suggest::nearest_or_all(name, shared.columns.keys().map(String::as_str));
                problems
                    .add(
                        &column.name.place,
                        format!("`{dataset_name}` are records of patients: `{name}` is nothing that they are counted by"),
                    )
                    .expected("a shared column")
                    .help(help);
            }
            None => {
                if let Some(near) = suggest::nearest(name, missing.iter().copied()) {
                    problems
                        .add(&column.name.place, format!("`{name}` of `{dataset_name}` is no name that systems share"))
                        .expected("a shared column, or one that cannot be taken for it")
                        .help(format!("did you mean `{near}`?"));
                    missing.retain(|m| *m != near);
                }
            }
        }
    }
    if let Some(reason) = dataset.not_offered.remove(ALL_OTHERS) {
        if missing.is_empty() {
            problems
                .add(&dataset.name.place, format!("`{dataset_name}` offers every shared column, so `\"*\"` stands for nothing"))
                .help("remove `\"*\"` from `not_offered`");
        }
        dataset.not_offered.extend(missing.into_iter().map(|name| (name.to_owned(), reason.clone())));
    } else if !missing.is_empty() {
        let (what, come, which) = if missing.len() == 1 { ("column", "comes", "it") } else { ("columns", "come", "them") };
        let names = missing.iter().map(|m| format!("`{m}`")).collect::<Vec<_>>().join(", ");
        problems
            .add(&dataset.name.place, format!("`{dataset_name}` does not say where the shared {what} {names} {come} from"))
            .expected(format!("map {which}, or say why not"))
            .help(format!("such as `not_offered: {{{}: the export does not hold it}}`; `\"*\"` stands for all that are left", missing[0]));
    }
}

fn shape(dataset: &str, column: &Column, wanted: &SharedColumn, problems: &mut Problems) {
    let name = &column.name.value;
    let list = column.list.as_ref().map(|l| l.kind);
    if (column.kind, list) != (wanted.kind, wanted.list) {
        let (is, should) = (words(column.kind, list), words(wanted.kind, wanted.list));
        let written = match wanted.list {
            Some(ListKind::Set) => "list: set".to_owned(),
            Some(ListKind::Ordered) => "list: ordered".to_owned(),
            None => format!("type: {}", wanted.kind.word()),
        };
        problems
            .add(&column.name.place, format!("`{name}` of `{dataset}` is {should} in all systems; here it is {is}"))
            .expected(should)
            .help(format!("write `{written}`"));
    }
    // A column may hold the key itself where the system follows no id.
    if let (Some(own), Some(shared)) = (&column.references, &wanted.references)
        && own.value != *shared
    {
        problems
            .add(&own.place, format!("`{name}` of `{dataset}` refers to `{shared}` in all systems; here to `{}`", own.value))
            .help(format!("write `references: {shared}`"));
    }
}

fn words(kind: Type, list: Option<ListKind>) -> String {
    match list {
        Some(ListKind::Set) => format!("a set of {}", kind.word()),
        Some(ListKind::Ordered) => format!("an ordered list of {}", kind.word()),
        None => kind.word().to_owned(),
    }
}

/// The key is the rungs whose columns the system offers; where it offers none of them whole, what is left of them.
fn key(dataset: &Dataset, shared: &SharedDataset, problems: &mut Problems) {
    let offered = |rung: &[String]| rung.iter().all(|c| !dataset.not_offered.contains_key(c));
    let whole = shared.key.iter().any(|rung| offered(rung));
    let mut wanted: Vec<Vec<&str>> = Vec::new();
    for rung in shared.key.iter().filter(|rung| !whole || offered(rung)) {
        let left: Vec<&str> = rung.iter().map(String::as_str).filter(|c| !dataset.not_offered.contains_key(*c)).collect();
        if !left.is_empty() && !wanted.contains(&left) {
            wanted.push(left);
        }
    }
    let own: Vec<Vec<&str>> = dataset.key.iter().map(|rung| rung.iter().map(|c| c.value.as_str()).collect()).collect();
    if own == wanted || wanted.is_empty() {
        return;
    }
    let shown = |ladder: &[Vec<&str>]| ladder.iter().map(|rung| rung.join(" + ")).collect::<Vec<_>>().join(", else ");
    let place = dataset.key.first().and_then(|rung| rung.first()).map_or(&dataset.name.place, |part| &part.place);
    let rungs: Vec<String> = wanted.iter().map(|rung| format!("[{}]", rung.join(", "))).collect();
    let written = if let [one] = rungs.as_slice() { one.clone() } else { format!("[{}]", rungs.join(", ")) };
    problems
        .add(place, format!("`{}` is known by {} in all systems; here by {}", dataset.name.value, shown(&wanted), shown(&own)))
        .expected("the shared key")
        .help(format!("write `key: {written}`"));
}

#[cfg(test)]
#[path = "hold_tests.rs"]
mod tests;
