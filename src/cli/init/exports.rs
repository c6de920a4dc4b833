//! Which exports were given, and which of them are two sides of one dataset.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization;

use crate::context::Context;
use crate::document::names::objection;
use crate::document::suggest;
use crate::system::{Shared, is_patient_dataset};

use super::super::Failure;
use super::super::args::InitArgs;
use super::super::load::shown;

/// The two sides, in this order everywhere.
pub(super) const SIDES: [&str; 2] = ["training", "production"];

/// Extensions of files that can be drafted from.
const EXTENSIONS: &[&str] = &["csv", "tsv", "txt", "xlsx", "json", "ndjson", "jsonl"];

/// Words of a file's name that say which side it is of, not what is in it.
const SIDE_WORDS: &[&str] = &["training", "train", "trn", "production", "prod", "prd", "live", "export", "extract"];

/// One export as typed.
#[derive(Clone, Debug)]
pub(super) struct Export {
    /// Where it is.
    pub(super) path: PathBuf,
    /// As messages show it.
    pub(super) shown: String,
    /// Its name was typed; otherwise it was found in a folder.
    named: bool,
}

/// The exports of one dataset.
#[derive(Debug)]
pub(super) struct Pair {
    /// Name of the dataset.
    pub(super) name: String,
    /// Its export on each side.
    pub(super) sides: [Option<Export>; 2],
}

impl Pair {
    /// The sides that were given, each with its name.
    pub(super) fn given(&self) -> impl Iterator<Item = (&'static str, &Export)> {
        SIDES.into_iter().zip(&self.sides).filter_map(|(side, export)| Some((side, export.as_ref()?)))
    }

    /// The files, as messages show them.
    pub(super) fn shown(&self) -> String {
        self.given().map(|(_, e)| e.shown.as_str()).collect::<Vec<_>>().join(" and ")
    }
}

/// All that the command line names.
#[derive(Debug, Default)]
pub(super) struct Exports {
    /// By dataset.
    pub(super) pairs: Vec<Pair>,
    /// What lies in the folders beside them and is not read, and why.
    pub(super) skipped: Vec<(String, &'static str)>,
}

/// Finds the exports that the command line names, and pairs them by their names. `shared` are the names that all systems share.
pub(super) fn find(typed: &InitArgs, shared: &Shared, context: &Context) -> Result<Exports, Failure> {
    let mut skipped = Vec::new();
    let mut sides = [Vec::new(), Vec::new()];
    for (side, (paths, flag)) in sides.iter_mut().zip([(&typed.training, "--training"), (&typed.production, "--production")]) {
        *side = files(paths, flag, &mut skipped, context)?;
    }
    let alone = sides.iter().all(|s| s.len() == 1);
    let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
    for (side, exports) in sides.iter().enumerate() {
        for export in exports {
            // One file on each side is one dataset, whatever the two are called.
            let of = if alone { sides[0].first().unwrap_or(export) } else { export };
            let name = as_shared(dataset(&of.path), shared);
            if is_patient_dataset(&name) {
                let advice = "leave it out: configuration and reference data are compared; records of patients are at most counted";
                if export.named {
                    return Err(usage("this looks like records of patients, which gonogo does not draft from", &export.shown, advice));
                }
                skipped.push((export.shown.clone(), "looks like records of patients: not opened"));
                continue;
            }
            let pair = pairs.entry(name.clone()).or_insert_with(|| Pair { name: name.clone(), sides: [None, None] });
            if let Some(other) = pair.sides[side].replace(export.clone()) {
                let what = format!("two files of one side would both be the dataset `{name}`");
                return Err(usage(&what, &format!("{} and {}", other.shown, export.shown), "rename one of them, or leave it out"));
            }
        }
    }
    let both = |p: &Pair| p.sides.iter().all(Option::is_some);
    if !typed.production.is_empty() && !pairs.values().any(both) {
        let names = |side: usize| {
            let names: Vec<&str> = pairs.values().filter(|p| p.sides[side].is_some()).map(|p| p.name.as_str()).collect();
            if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
        };
        let place = format!("training has {}; production has {}", names(0), names(1));
        return Err(usage("no export of one side has its like on the other", &place, "give the two files of a dataset the same name"));
    }
    Ok(Exports { pairs: pairs.into_values().collect(), skipped })
}

/// A shared name instead of one that differs from it only in number: `clinic` is `clinics`.
fn as_shared(name: String, shared: &Shared) -> String {
    let near = shared.datasets.keys().find(|known| stem(known) == stem(&name));
    near.cloned().unwrap_or(name)
}

/// A name with every word in the singular, as far as English goes.
pub(super) fn stem(name: &str) -> String {
    name.split('_').map(|word| word.strip_suffix('s').unwrap_or(word)).collect::<Vec<_>>().join("_")
}

fn usage(what: &str, place: &str, advice: &str) -> Failure {
    Failure::Usage(format!("{what}\n{place}\n{advice}"))
}

/// The files that were typed; a folder stands for the exports in it, and `*` for any part of a name, since not every shell fills it in.
fn files(typed: &[PathBuf], flag: &str, skipped: &mut Vec<(String, &'static str)>, context: &Context) -> Result<Vec<Export>, Failure> {
    let mut found: Vec<Export> = Vec::new();
    let below = |path: &Path| shown(path.strip_prefix(&context.cwd).unwrap_or(path));
    for path in typed {
        let full = context.cwd.join(path);
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let (several, named) = if full.is_dir() {
            (listed(&full, None, &mut |p, why| skipped.push((below(p), why)))?, false)
        } else if name.contains('*') && !full.exists() {
            let glob = globset::Glob::new(&name).map(|g| g.compile_matcher());
            let glob =
                glob.map_err(|e| usage(&format!("{flag} is no pattern of files: {}", e.kind()), &shown(path), "give the files by name"))?;
            (listed(full.parent().unwrap_or(&context.cwd), Some(&glob), &mut |_, _| ())?, false)
        } else {
            (vec![full.clone()], true)
        };
        if several.is_empty() {
            return Err(usage(
                &format!("{flag} names no export"),
                &shown(path),
                "give CSV, XLSX, JSON or NDJSON files, or a folder of them",
            ));
        }
        for path in several {
            if !path.is_file() {
                let near = path.parent().and_then(|folder| nearest_file(folder, &path));
                let advice = near.map_or_else(|| "check the path".to_owned(), |near| format!("did you mean {}?", below(&near)));
                return Err(usage("there is no such file or folder", &below(&path), &advice));
            }
            if !found.iter().any(|f| f.path == path) {
                found.push(Export { shown: below(&path), path, named });
            }
        }
    }
    Ok(found)
}

/// What lies beside a file that is not there and has nearly its name.
fn nearest_file(folder: &Path, missing: &Path) -> Option<PathBuf> {
    let name = |path: &Path| path.file_name().map(|n| n.to_string_lossy().into_owned());
    let there: Vec<String> = std::fs::read_dir(folder).ok()?.filter_map(Result::ok).filter_map(|e| name(&e.path())).collect();
    suggest::nearest(&name(missing)?, there.iter().map(String::as_str)).map(|near| folder.join(near))
}

fn listed(folder: &Path, glob: Option<&globset::GlobMatcher>, skip: &mut dyn FnMut(&Path, &'static str)) -> Result<Vec<PathBuf>, Failure> {
    let entries =
        std::fs::read_dir(folder).map_err(|e| usage(&format!("the folder cannot be read: {e}"), &shown(folder), "check its rights"))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(Result::ok).map(|e| e.path()).collect();
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        // `~$` begins the name of the file by which a spreadsheet program marks a workbook as open.
        if name.starts_with('.') || name.starts_with("~$") || glob.is_some_and(|g| !g.is_match(&name)) {
            continue;
        }
        let extension = path.extension().map(|x| x.to_string_lossy().to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            _ if path.is_dir() => skip(&path, "a folder: what is in it is not looked at"),
            known if EXTENSIONS.contains(&known) => found.push(path),
            "yaml" | "yml" | "xml" => skip(&path, "can be read once it is described, and not drafted from"),
            "xls" | "xlsb" | "ods" => skip(&path, "save it as XLSX or CSV"),
            _ => skip(&path, "not CSV, XLSX, JSON or NDJSON"),
        }
    }
    Ok(found)
}

/// The dataset that a file's name suggests: without dates, and without the word for its side.
fn dataset(path: &Path) -> String {
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let words = words(&stem);
    let kept: Vec<&str> = words.iter().map(String::as_str).filter(|w| !SIDE_WORDS.contains(w) && w.parse::<u64>().is_err()).collect();
    if kept.is_empty() { "records".to_owned() } else { valid(&kept.join("_"), "data") }
}

/// The words of a heading or a name in lower case: letters and digits of ASCII, cut at everything else and at capitals within a word.
pub(super) fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut after_small = false;
    for c in text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)) {
        let small = c.is_ascii_lowercase() || c.is_ascii_digit();
        if !c.is_ascii_alphanumeric() || (c.is_ascii_uppercase() && after_small) {
            words.push(String::new());
        }
        if c.is_ascii_alphanumeric() {
            words.last_mut().into_iter().for_each(|w| w.push(c.to_ascii_lowercase()));
        }
        after_small = small;
    }
    words.retain(|w| !w.is_empty());
    words
}

/// A valid name: `extra` is added to a word of SQL, and stands before a digit.
pub(super) fn valid(name: &str, extra: &str) -> String {
    let short: String = name.chars().take(50).collect();
    let short = short.trim_end_matches('_');
    match objection(short) {
        None => short.to_owned(),
        Some(_) if short.starts_with(|c: char| c.is_ascii_lowercase()) => format!("{short}_{extra}"),
        Some(_) if short.is_empty() => extra.to_owned(),
        Some(_) => format!("{extra}_{short}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_file_gives_the_dataset() {
        for (file, name) in [
            ("clinics.csv", "clinics"),
            ("Clinic List (2027-02-01).xlsx", "clinic_list"),
            ("clinics-training.csv", "clinics"),
            ("PROD_clinicLetters.json", "clinic_letters"),
            ("training.csv", "records"),
            ("order.csv", "order_data"),
            ("Überweisungsgründe.csv", "uberweisungsgrunde"),
            ("18 weeks.csv", "weeks"),
        ] {
            assert_eq!(dataset(Path::new(file)), name, "{file}");
        }
    }

    #[test]
    fn names_are_always_valid() {
        for (text, name) in [("from", "from_field"), ("1st", "field_1st"), ("", "field"), ("con", "con_field"), ("code", "code")] {
            assert_eq!(valid(text, "field"), name);
            assert_eq!(objection(&valid(text, "field")), None, "{text}");
        }
        assert_eq!(objection(&valid(&"a_".repeat(60), "field")), None);
    }
}
