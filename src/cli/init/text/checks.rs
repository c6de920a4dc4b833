//! `checks/first-look.yaml`: what the catalogue does not ask already.

use std::fmt::Write as _;

use crate::cli::init::catalogue::Fits;
use crate::cli::init::dataset::{Dataset, Use};

use super::{hyphens, quoted, sentence};

/// The checks; `None` when the catalogue asks everything.
pub(in crate::cli::init) fn checks(datasets: &[Dataset], fits: &Fits) -> Option<String> {
    let mut out = String::new();
    let compared = datasets.iter().map(|d| d.name.as_str()).filter(|name| !fits.compares(name));
    let compared: Vec<&str> = if datasets.is_empty() && !fits.compares("clinics") { vec!["clinics"] } else { compared.collect() };
    for name in compared {
        let _ = write!(
            out,
            "  - id: {}-match
    title: {}
    parity: {{dataset: {name}}}
    # Columns that may differ:  parity: {{dataset: {name}, ignore: [{{field: comment, reason: …}}]}}
    fix: \"TODO: what the team does about a difference\"

",
            hyphens(name),
            quoted(&format!("{} are the same in production as in training", sentence(name))),
        );
    }
    for dataset in datasets {
        for column in dataset.columns.iter().filter(|c| c.used != Use::LeftOut) {
            let Some(target) = column.references.as_ref().filter(|target| !fits.resolves(&dataset.name, target)) else { continue };
            let _ = write!(
                out,
                "  - id: {}-{}-exists
    title: {}
    resolves: {{dataset: {}, in: production, field: {}, to: {target}}}
    fix: \"TODO: what the team does about it\"

",
                hyphens(&dataset.name),
                hyphens(&column.name),
                quoted(&format!(
                    "Each {} of {} leads to one of the {}",
                    sentence(&column.name),
                    dataset.name.replace('_', " "),
                    target.replace('_', " ")
                )),
                dataset.name,
                column.name,
            );
        }
    }
    if out.is_empty() {
        return None;
    }
    let head = "\
# What must hold. Each check is one question; a finding names the record, the field and both values. README has the other kinds:
# what people signed for is there, what a role sees, what is true of every record, how many there are, and more.
version: 1
area: first look              # whose part of the hospital this is, such as outpatients
owner: \"TODO: the team that repairs what these checks find\"
checks:
";
    Some(format!("{head}{}\n", out.trim_end()))
}
