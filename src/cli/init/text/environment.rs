//! `environments/<side>.yaml`.

use std::fmt::Write as _;

use crate::cli::init::dataset::Dataset;
use crate::cli::init::exports::SIDES;

use super::quoted;

/// One environment.
pub(in crate::cli::init) fn environment(side: &str, datasets: &[Dataset]) -> String {
    let mut out = format!(
        "\
# The {side} side: where its exports are, how old they are, and which instance they come from.
version: 1
name: {side}
role: {side}
system: ours                  # environments/systems/ours.yaml says how the files are read
files: extracts/{side}        # below environments/; newer exports go there under the same names

# How old the data are. The time stamp of a file says nothing: a copy of today may be a month old. A column says it, or a person:
#   extract: {{taken_at: {{dataset: build, column: extracted_at}}}}
#   extract: {{taken_at: {{stated: 2027-02-20T02:00:00Z, by: …, reason: …}}}}
"
    );
    match told(datasets, |d| d.taken_at) {
        Some((dataset, column)) => _ = writeln!(out, "extract: {{taken_at: {{dataset: {dataset}, column: {column}}}}}"),
        None => out.push_str("extract: TODO\n"),
    }
    out.push_str(
        "
# Which instance the data come from, as the data themselves say, so that nobody compares training with training:
#   instance: {dataset: build, column: domain, is: PROD}
",
    );
    match told(datasets, |d| d.instance) {
        Some((dataset, column)) => {
            let _ = writeln!(out, "instance: {{dataset: {dataset}, column: {column}, is: \"TODO: what only {side} says there\"}}");
        }
        None => out.push_str("instance: TODO\n"),
    }
    let same: Vec<&str> = datasets.iter().filter(|d| d.same_bytes).map(|d| d.file.as_str()).collect();
    if side == SIDES[1] && !same.is_empty() {
        let why = format!("TODO: both sides hold the same bytes in {}; why is that right? Or is one a copy of the other?", same.join(", "));
        let _ = writeln!(out, "\n# The same file on both sides is more often a mistake than the truth.\nsame_files: {}", quoted(&why));
    }
    out
}

/// Dataset and column that say something about the whole export.
fn told(datasets: &[Dataset], at: fn(&Dataset) -> Option<usize>) -> Option<(&str, &str)> {
    datasets.iter().find_map(|d| Some((d.name.as_str(), d.columns[at(d)?].name.as_str())))
}
