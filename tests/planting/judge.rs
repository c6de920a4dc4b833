//! The library on a plan: files, snapshots, findings.

use std::collections::BTreeMap;
use std::path::Path;

use gonogo::check::{self, Attestations, Baselines, Evidence, List, Pair};
use gonogo::document::{Document, Problems};
use gonogo::environment::Environment;
use gonogo::snapshot::{CaptureRequest, Plan as Wanted, Snapshot, capture};
use gonogo::system::{self, System};

use super::checks;
use super::datasets::GO_LIVE;
use super::files::{FORMATS, Format};
use super::plan::Plan;
use super::planted::{Planted, of_finding};
use super::random::Random;

fn decoded<T>(shown: &str, text: &str, decode: impl FnOnce(&Document, &mut Problems) -> Option<T>) -> T {
    let mut problems = Problems::default();
    let document = gonogo::document::load(shown, text.as_bytes(), &mut problems);
    let value = document.and_then(|d| decode(&d, &mut problems));
    value.filter(|_| problems.is_empty()).unwrap_or_else(|| panic!("{}", gonogo::document::render(&problems, false)))
}

/// What is the same for all plans, read once.
pub(super) struct Definitions {
    systems: BTreeMap<Format, System>,
    environments: BTreeMap<&'static str, Environment>,
}

impl Definitions {
    pub(super) fn read() -> Self {
        let shared = decoded(system::SHARED_PATH, system::BUILT_IN_SHARED, system::decode_shared);
        let system = |format: Format| {
            decoded("environments/systems/planted_hospital.yaml", &format.definition(), |document, problems| {
                let mut system = system::decode(document, false, problems)?;
                system::hold(&mut system, &shared, problems);
                Some(system)
            })
        };
        let environment =
            |side: &str| decoded(&format!("environments/{side}.yaml"), &checks::environment(side), gonogo::environment::decode);
        Self {
            systems: FORMATS.map(|f| (f, system(f))).into(),
            environments: ["training", "production"].map(|side| (side, environment(side))).into(),
        }
    }

    fn capture(&self, side: &str, format: Format, wanted: &Wanted, project: &Path) -> Snapshot {
        let request = CaptureRequest {
            environment: &self.environments[side],
            system: &self.systems[&format],
            datasets: &wanted.datasets[side],
            project,
            probing: None,
            site: None,
            into: project.join("snapshots").join(side),
            now: "2030-01-01T00:00:00Z".parse().unwrap(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(capture(request)).unwrap_or_else(|e| panic!("{side} was not captured: {e:?}"))
    }

    /// All findings of a plan; every check has to be answered.
    pub(super) fn findings(&self, plan: &Plan, format: Format, seed: u64) -> Vec<Planted> {
        let folder = tempfile::tempdir().unwrap();
        write_files(plan, format, seed, folder.path());
        let file = decoded("checks/planted.yaml", &plan.checks.file(), check::decode);
        let pair = Pair { training: "training".to_owned(), production: "production".to_owned() };
        let mut wanted = Wanted::default();
        file.checks.iter().for_each(|c| c.test.plan(&pair, &mut wanted));
        let side = |name: &str, logins: &[&str]| {
            let snapshot = self.capture(name, format, &wanted, folder.path());
            let logins = logins.iter().map(|login| ((*login).to_owned(), Vec::new())).collect();
            (name.to_owned(), check::Side { snapshot: Some(snapshot), doubts: Vec::new(), logins })
        };
        let rows = plan.list[1..].iter().zip(2..).map(|(row, line)| (line, row.clone())).collect();
        let list = List { headings: plan.list[0].clone(), rows, sha256: String::new() };
        let evidence = Evidence {
            pair,
            snapshots: [side("training", &[]), side("production", &["clerk"])].into(),
            lists: [("checks/lists/reasons.csv".to_owned(), list)].into(),
            attestations: Attestations::default(),
            baselines: Baselines::default(),
            as_of: "2030-01-01T00:00:00Z".parse().unwrap(),
            go_live: GO_LIVE.parse().unwrap(),
            site: None,
        };
        let mut findings = Vec::new();
        for (id, outcome) in check::evaluate_all(&[file], &evidence, |_| true) {
            assert!(outcome.cannot_tell.is_empty(), "seed {seed}, {format:?}: {id} cannot tell: {:?}", outcome.cannot_tell);
            assert!(outcome.beyond.is_empty() && outcome.skipped.is_none(), "seed {seed}, {format:?}: {id} kept something back");
            findings.extend(outcome.findings.into_iter().map(|f| of_finding(&id, f)));
        }
        findings.sort();
        findings
    }
}

/// Writes the files of both sides, and of the login.
pub(super) fn write_files(plan: &Plan, format: Format, seed: u64, project: &Path) {
    let mut random = Random::new(seed ^ 0xF11E);
    let folder = project.join("environments");
    for (side, name) in [(&plan.training, "training"), (&plan.production, "production"), (&plan.clerk(), "production-as_clerk")] {
        format.write(side, &folder.join(name), &mut random);
    }
}
