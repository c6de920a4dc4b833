//! `frozen`: nothing has moved since a freeze: no record, and no rule by which records are judged.

mod judge;
mod moved;
mod rules;

use std::collections::BTreeSet;

use crate::document::decode::{Fields, name, one_or_list, some_text};
use crate::document::{At, Content, Node, Place, Problems, suggest};
use crate::snapshot::{Grade, Plan};

use super::super::baseline::FrozenEnvironment;
use super::super::evidence::{Evidence, Pair};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::{Anchor, Context, Kind, target};

/// `{dataset, in, since}`.
struct Frozen {
    datasets: Datasets,
    environment: At<String>,
    since: At<String>,
}

/// What must not have moved.
enum Datasets {
    /// `"*"`: all that the system defines, and all that was frozen.
    All,
    /// These.
    Named(Vec<At<String>>),
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`frozen`", problems)?;
    let datasets = fields.need("dataset", problems, datasets);
    let environment = fields.need("in", problems, name);
    let since = fields.need("since", problems, some_text);
    fields.close(problems);
    Some(Box::new(Frozen { datasets: datasets?, environment: environment?, since: since? }))
}

fn datasets(node: &Node, problems: &mut Problems) -> Option<Datasets> {
    let star = |n: &Node| matches!(&n.content, Content::Scalar(s) if s.text == "*");
    if star(node) {
        return Some(Datasets::All);
    }
    if let Content::List(items) = &node.content {
        if items.is_empty() {
            problems.add(&node.place, "nothing is frozen in an empty list").expected("a dataset, several, or \"*\" for all");
            return None;
        }
        if let Some(all) = items.iter().find(|i| star(i)) {
            problems.add(&all.place, "`*` stands for all datasets, so it stands alone").expected("dataset: \"*\"");
            return None;
        }
    }
    let names = one_or_list(node, problems, name)?;
    for (n, dataset) in names.iter().enumerate() {
        if names[..n].iter().any(|first| first.value == dataset.value) {
            problems.add(&dataset.place, format!("`{}` is there twice", dataset.value)).help("name it once");
        }
    }
    Some(Datasets::Named(names))
}

impl Kind for Frozen {
    fn word(&self) -> &'static str {
        "frozen"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        let environment = target::environment(&self.environment, pair);
        match &self.datasets {
            Datasets::All => plan.want_all(environment),
            Datasets::Named(names) => names.iter().for_each(|d| plan.want(environment, d)),
        }
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let environment = target::lint_environment(&self.environment, catalogue, problems);
        let defined: Vec<&At<String>> = match (environment, &self.datasets) {
            (Some(environment), Datasets::Named(names)) => {
                names.iter().filter(|d| target::lint_dataset(environment, d, catalogue, problems).is_some()).collect()
            }
            _ => Vec::new(),
        };
        if catalogue.unread_baselines.contains(&self.since.value) {
            return;
        }
        let Some(baseline) = catalogue.baselines.get(&self.since.value) else {
            lint_name(&self.since, catalogue, problems);
            return;
        };
        let Some(environment) = environment else { return };
        let Some(frozen) = baseline.environment(environment) else {
            let names: Vec<&str> = baseline.environments.iter().map(|e| e.name.as_str()).collect();
            let message = format!("{environment} was not frozen as `{}`, only {}", baseline.name, names.join(", "));
            problems.add(&self.since.place, message).help("freeze again, under another name");
            return;
        };
        for dataset in defined.into_iter().filter(|d| frozen.dataset(d).is_none()) {
            lint_frozen(&dataset.place, dataset, frozen, &baseline.name, problems);
        }
    }

    fn baselines(&self, pair: &Pair) -> Vec<(String, String)> {
        vec![(self.since.value.clone(), target::environment(&self.environment, pair).to_owned())]
    }

    fn anchors(&self, evidence: &Evidence) -> Vec<Anchor> {
        let environment = target::environment(&self.environment, &evidence.pair);
        let Some(baseline) = evidence.baselines.named.get(&self.since.value) else { return Vec::new() };
        let (Some(by), Some(frozen)) = (&baseline.by, baseline.environment(environment)) else { return Vec::new() };
        let source = format!("the freeze {} of {}, accepted by {by}", baseline.name, baseline.frozen_at.format("%Y-%m-%d"));
        let held = frozen.datasets.iter().filter(|d| self.means(&d.name) && d.complete > Grade::Unknown);
        held.map(|d| Anchor { environment: environment.to_owned(), dataset: d.name.clone(), rows: d.rows, source: source.clone() })
            .collect()
    }

    fn asks_site(&self) -> Option<Place> {
        None
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        judge::evaluate(self, evidence, context)
    }
}

impl Frozen {
    fn means(&self, dataset: &str) -> bool {
        match &self.datasets {
            Datasets::All => true,
            Datasets::Named(names) => names.iter().any(|n| n.value == dataset),
        }
    }
}

fn lint_name(since: &At<String>, catalogue: &Catalogue<'_>, problems: &mut Problems) {
    let names = || catalogue.baselines.keys().map(String::as_str);
    let make = format!("`gonogo freeze {}` makes it", since.value);
    let help = match suggest::nearest(&since.value, names()) {
        Some(near) => format!("did you mean `{near}`? Otherwise {make}"),
        None if catalogue.baselines.is_empty() => make,
        None => format!("there is {}; {make}", names().collect::<Vec<_>>().join(", ")),
    };
    problems.add(&since.place, format!("there is no baseline `{}`", since.value)).expected("a name that was frozen").help(help);
}

fn lint_frozen(place: &Place, dataset: &str, frozen: &FrozenEnvironment, baseline: &str, problems: &mut Problems) {
    let names: BTreeSet<&str> = frozen.datasets.iter().map(|d| d.name.as_str()).collect();
    let message = format!("`{dataset}` of {} was not frozen as `{baseline}`", frozen.name);
    problems.add(place, message).expected("a frozen dataset").help(suggest::nearest_or_all(dataset, names.iter().copied()));
}
