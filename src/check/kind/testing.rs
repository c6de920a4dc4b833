//! A small synthetic hospital for the tests of the kinds: two sides as CSV extracts, captured as they really are, and checks as a user
//! writes them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::check::{
    Attestations, Baseline, Baselines, Catalogue, CheckFile, DocumentNow, Evidence, Finding, Freeze, FrozenName, LastSame, List, Outcome,
    Pair, RuleFile, Severity, Side, Site, decode_attestations, decode_site, evaluate_all, freeze, lint, lint_attestations, overlay,
};
use crate::document::{Problems, load};
use crate::environment::Environment;
use crate::snapshot::{CaptureRequest, Plan, capture};
use crate::system::System;

const SYSTEM: &str = r#"
version: 1
system: files_of_the_hospital
protocol: files
datasets:
  locations:
    noun: location
    read: {csv: locations.csv}
    key: [code]
    id: id
    columns: {code: code, name: name}
    complete: {rows_from: {file: control.csv, dataset: locations, column: rows}}
  roles:
    noun: role
    read: {csv: roles.csv}
    key: [name]
    columns: {name: name}
    complete: {rows_from: {file: control.csv, dataset: roles, column: rows}}
  clinics:
    noun: clinic
    read: {csv: clinics.csv}
    key: [code]
    id: id
    columns:
      code: code
      name: name
      location: {from: location_id, references: locations}
      active: {from: active, type: boolean, true: [Y], false: [N]}
      capacity: {from: capacity, type: integer}
      fee: {from: fee, type: decimal}
      role: {from: role, optional: true}
      note: {from: note, optional: true}
      updated: updated
    volatile: [updated]
    not_offered: {colour: "no screen shows it"}
    complete: {rows_from: {file: control.csv, dataset: clinics, column: rows}}
"#;

/// Files of one side by name; the control file is written from their lengths unless it is given.
#[derive(Clone)]
pub(super) struct Files(pub(super) BTreeMap<&'static str, String>);

impl Files {
    /// The hospital as it should be on both sides.
    pub(super) fn sound(ids: u32) -> Self {
        let clinics = format!(
            "id,code,name,location_id,active,capacity,fee,role,note,updated\n{},CARD01,Cardiology A,{},Y,10,0.10,clerk,,1\n{},CARD02,Cardiology B,{},Y,12,0.20,clerk,,2\n\
             {},DERM01,Dermatology,{},N,8,1.50,nurse,,3\n{},NEUR01,Neurology,{},Y,6,20.00,nurse,,4\n",
            ids + 1,
            ids + 51,
            ids + 2,
            ids + 51,
            ids + 3,
            ids + 52,
            ids + 4,
            ids + 52
        );
        let locations = format!("id,code,name\n{},L1,Level 1\n{},L2,Level 2\n", ids + 51, ids + 52);
        Self(BTreeMap::from([("clinics.csv", clinics), ("locations.csv", locations), ("roles.csv", "name\nclerk\nnurse\n".to_owned())]))
    }

    /// The same files with one text, which must be there, replaced by another.
    pub(super) fn with(&self, file: &'static str, old: &str, new: &str) -> Self {
        let text = &self.0[file];
        assert!(text.contains(old), "{file} has no {old}");
        let mut files = self.clone();
        files.0.insert(file, text.replacen(old, new, 1));
        files
    }

    fn write(&self, dir: &Path) {
        fs::create_dir_all(dir).unwrap();
        let mut control = "dataset,rows\n".to_owned();
        for (name, text) in &self.0 {
            fs::write(dir.join(name), text).unwrap();
            control.push_str(&format!("{},{}\n", name.trim_end_matches(".csv"), text.lines().count().saturating_sub(1)));
        }
        if !self.0.contains_key("control.csv") {
            fs::write(dir.join("control.csv"), control).unwrap();
        }
    }
}

/// A project with two sides and one check.
pub(super) struct Hospital {
    pub(super) training: Files,
    pub(super) production: Files,
    pub(super) lists: BTreeMap<String, List>,
    pub(super) attestations: Attestations,
    pub(super) doubts: Vec<String>,
    pub(super) system: String,
    /// What logins of production see: their files, and the doubts about them.
    pub(super) logins: BTreeMap<&'static str, (Files, Vec<String>)>,
    pub(super) as_of: DateTime<Utc>,
    pub(super) frozen: Frozen,
}

/// Checks with the files of sites laid over them.
pub(super) struct Laid {
    pub(super) files: Vec<CheckFile>,
    pub(super) notes: Vec<String>,
    /// Mistakes, each with the text that it points at.
    pub(super) mistakes: Vec<String>,
    /// Datasets that each check asks for, by its name.
    pub(super) plans: BTreeMap<String, Vec<String>>,
}

/// What was frozen before, and where its snapshots lie.
#[derive(Clone, Default)]
pub(super) struct Frozen {
    pub(super) named: BTreeMap<String, Baseline>,
    pub(super) rules: Vec<RuleFile>,
    pub(super) ages: BTreeMap<String, (String, String)>,
    pub(super) last_same: BTreeMap<FrozenName, LastSame>,
    /// Folders of the snapshots, kept as long as they are read.
    pub(super) _folders: Vec<std::sync::Arc<tempfile::TempDir>>,
}

impl Hospital {
    pub(super) fn sound() -> Self {
        let (training, production) = (Files::sound(100), Files::sound(9_000));
        Self {
            training,
            production,
            lists: BTreeMap::new(),
            attestations: Attestations::default(),
            doubts: Vec::new(),
            system: SYSTEM.to_owned(),
            logins: BTreeMap::new(),
            as_of: "2027-02-20T12:00:00Z".parse().unwrap(),
            frozen: Frozen::default(),
        }
    }

    /// A hospital where production differs from training in one text of one file.
    pub(super) fn planted(file: &'static str, old: &str, new: &str) -> Self {
        let sound = Self::sound();
        Self { production: sound.production.with(file, old, new), ..sound }
    }

    /// A list below `checks/`, as `heading,…` lines; gives the digest that a signature would carry.
    pub(super) fn list(mut self, name: &str, text: &str) -> Self {
        let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        let headings = lines.next().unwrap_or_default();
        let rows = lines.enumerate().map(|(i, cells)| (i as u64 + 2, cells)).collect();
        let sha256 = crate::document::sha256(text);
        self.lists.insert(format!("checks/{name}"), List { headings, rows, sha256 });
        self
    }

    /// Files of attestations as people write them, and the documents that are there: path and contents.
    pub(super) fn signed(mut self, attestations: &str, documents: &[(&str, &str)]) -> Self {
        let mut problems = Problems::default();
        let text = format!("version: 1\ncheck: the-check\nattestations:\n{attestations}");
        let document = load("checks/attestations/the-check.yaml", text.as_bytes(), &mut problems).unwrap();
        let file = decode_attestations(&document, &mut problems);
        assert!(problems.is_empty(), "{}", crate::document::render(&problems, false));
        self.attestations.files.insert("the-check".to_owned(), file.unwrap());
        let quoted: Vec<String> = self.attestations.all().filter_map(|a| Some(a.document.as_ref()?.path.value.clone())).collect();
        for path in quoted {
            let there = documents.iter().find(|(name, _)| *name == path);
            let now = there.map_or(DocumentNow::Absent, |(_, contents)| DocumentNow::Is(crate::document::sha256(contents)));
            self.attestations.documents.insert(path, now);
        }
        self
    }

    fn parts(&self, check: &str, problems: &mut Problems) -> (BTreeMap<String, Environment>, BTreeMap<String, System>, Option<CheckFile>) {
        let system = load("environments/systems/files_of_the_hospital.yaml", self.system.as_bytes(), problems).unwrap();
        let system = crate::system::decode(&system, false, problems).unwrap();
        let mut environments = BTreeMap::new();
        for side in ["training", "production"] {
            let mut text = format!("version: 1\nname: {side}\nrole: {side}\nsystem: files_of_the_hospital\nfiles: {side}\n");
            if side == "production" && !self.logins.is_empty() {
                let logins: Vec<String> = self.logins.keys().map(|login| format!("{login}: {{files: production-as_{login}}}")).collect();
                text.push_str(&format!("logins: {{{}}}\n", logins.join(", ")));
            }
            let document = load(&format!("environments/{side}.yaml"), text.as_bytes(), problems).unwrap();
            environments.insert(side.to_owned(), crate::environment::decode(&document, problems).unwrap());
        }
        let text = format!("version: 1\narea: outpatients\nowner: build team\nchecks:\n{check}");
        let file = load("checks/test.yaml", text.as_bytes(), problems).and_then(|d| crate::check::decode(&d, problems));
        (environments, BTreeMap::from([("files_of_the_hospital".to_owned(), system)]), file)
    }

    fn pair() -> Pair {
        Pair { training: "training".to_owned(), production: "production".to_owned() }
    }

    /// Mistakes of a check file's `checks:`, each with the text that it points at, in order.
    pub(super) fn mistakes(&self, checks: &str) -> Vec<String> {
        let mut problems = Problems::default();
        let (environments, systems, file) = self.parts(checks, &mut problems);
        let catalogue = Catalogue {
            environments: &environments,
            systems: &systems,
            pair: &Self::pair(),
            lists: &self.lists,
            baselines: &self.frozen.named,
            unread_baselines: &BTreeSet::new(),
        };
        lint(file.as_slice(), &catalogue, &mut problems);
        lint_attestations(file.as_slice(), &self.attestations, file.is_some(), &mut problems);
        problems.sorted().into_iter().map(|p| format!("`{}` {}", p.place.text(), p.message)).collect()
    }

    /// Judges checks, given as the lines below `checks:`; they must have no mistakes.
    pub(super) fn judge(&self, checks: &str) -> BTreeMap<String, Outcome> {
        self.judge_in(checks, tempfile::tempdir().unwrap().path())
    }

    /// Judges one check and gives the folder in which its snapshots were kept.
    pub(super) fn keep(&self, test: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        self.judge_in(&check(test), folder.path());
        folder
    }

    fn judge_in(&self, checks: &str, folder: &Path) -> BTreeMap<String, Outcome> {
        assert_eq!(self.mistakes(checks), Vec::<String>::new());
        let (file, evidence) = self.evidence(checks, folder);
        evaluate_all(&[file], &evidence, |_| true)
    }

    /// Freezes what the checks read, under a name; its snapshots stay readable.
    pub(super) fn freeze(&self, name: &str, by: Option<&str>, checks: &str) -> Frozen {
        let folder = tempfile::tempdir().unwrap();
        let (file, evidence) = self.evidence(checks, folder.path());
        let outcomes = evaluate_all(&[file], &evidence, |_| true);
        let at = evidence.as_of;
        let baseline = freeze(&Freeze { name, by, at, tool: "1", ages: self.frozen.ages.clone() }, &evidence, &outcomes).unwrap();
        let mut last_same = BTreeMap::new();
        for environment in &baseline.environments {
            let snapshot = evidence.snapshot(&environment.name).unwrap();
            for dataset in &environment.datasets {
                let (baseline, environment) = (name.to_owned(), environment.name.clone());
                let last = LastSame { at, table: snapshot.table(&dataset.name).unwrap() };
                last_same.insert(FrozenName { baseline, environment, dataset: dataset.name.clone() }, last);
            }
        }
        let named = BTreeMap::from([(name.to_owned(), baseline)]);
        Frozen {
            named,
            rules: self.frozen.rules.clone(),
            ages: self.frozen.ages.clone(),
            last_same,
            _folders: vec![std::sync::Arc::new(folder)],
        }
    }

    /// Captures both sides into a folder.
    pub(super) fn evidence(&self, checks: &str, folder: &Path) -> (CheckFile, Evidence) {
        let (environments, systems, file) = self.parts(checks, &mut Problems::default());
        let (file, system) = (file.unwrap(), &systems["files_of_the_hospital"]);
        let pair = Self::pair();
        let offered: BTreeSet<String> = system.datasets.iter().map(|d| d.name.value.clone()).collect();
        let mut plan = Plan::default();
        file.checks.iter().for_each(|c| c.test.plan(&pair, &mut plan));
        plan.expand(|_| offered.iter().map(String::as_str).collect());
        for (login, (files, _)) in &self.logins {
            files.write(&folder.join("environments").join(format!("production-as_{login}")));
        }
        let (mut snapshots, nothing) = (BTreeMap::new(), BTreeSet::new());
        for (name, files) in [("training", &self.training), ("production", &self.production)] {
            files.write(&folder.join("environments").join(name));
            let request = CaptureRequest {
                environment: &environments[name],
                system,
                datasets: plan.datasets.get(name).unwrap_or(&nothing),
                project: folder,
                probing: None,
                site: None,
                into: folder.join("snapshots").join(name),
                now: "2027-02-20T12:00:00Z".parse().unwrap(),
            };
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let snapshot = runtime.block_on(capture(request)).unwrap();
            let (mut doubts, mut logins) = (Vec::new(), BTreeMap::new());
            if name == "production" {
                doubts.clone_from(&self.doubts);
                logins = self.logins.iter().map(|(login, (_, doubts))| ((*login).to_owned(), doubts.clone())).collect();
            }
            snapshots.insert(name.to_owned(), Side { snapshot: Some(snapshot), doubts, logins });
        }
        let baselines = Baselines {
            named: self.frozen.named.clone(),
            rules: self.frozen.rules.clone(),
            offered: ["training", "production"].map(|side| (side.to_owned(), offered.clone())).into(),
            last_same: self.frozen.last_same.clone(),
        };
        let evidence = Evidence {
            pair,
            snapshots,
            lists: self.lists.clone(),
            attestations: self.attestations.clone(),
            baselines,
            as_of: self.as_of,
            go_live: "2027-02-24T06:00:00Z".parse().unwrap(),
            site: None,
        };
        (file, evidence)
    }

    /// Judges one check: `kind: {…}` as the user writes it.
    pub(super) fn one(&self, test: &str) -> Outcome {
        let mut outcomes = self.judge(&check(test));
        outcomes.remove("the-check").unwrap()
    }

    /// Lays files of sites over checks: what is after their `version:` line, each with the name of its file. Approvers are the policy's.
    pub(super) fn laid(&self, checks: &str, sites: &[(&str, &str)], approvers: &[(Severity, Vec<String>)]) -> Laid {
        let mut problems = Problems::default();
        let (environments, systems, file) = self.parts(checks, &mut problems);
        let site = |(name, text): &(&str, &str)| {
            let document = load(&format!("checks/sites/{name}.yaml"), format!("version: 1\n{text}").as_bytes(), &mut problems).unwrap();
            decode_site(&document, &mut problems).unwrap()
        };
        let sites: Vec<Site> = sites.iter().map(site).collect();
        assert!(problems.is_empty(), "{}", crate::document::render(&problems, false));
        let catalogue = Catalogue {
            environments: &environments,
            systems: &systems,
            pair: &Self::pair(),
            lists: &self.lists,
            baselines: &self.frozen.named,
            unread_baselines: &BTreeSet::new(),
        };
        let overlaid = overlay(file.into_iter().collect(), &sites, approvers, &catalogue, &mut problems);
        let mistakes = problems.sorted().into_iter().map(|p| format!("`{}` {}", p.place.text(), p.message)).collect();
        let mut plans = BTreeMap::new();
        for check in overlaid.files.iter().flat_map(|f| &f.checks) {
            let mut plan = Plan::default();
            check.plan(&catalogue, &mut plan);
            let wanted = plan.datasets.into_values().flatten().collect::<BTreeSet<_>>();
            plans.insert(check.name(), wanted.into_iter().collect());
        }
        Laid { files: overlaid.files, notes: overlaid.notes, mistakes, plans }
    }

    /// Judges checks as the sites ask them.
    pub(super) fn judge_at(&self, checks: &str, sites: &[(&str, &str)]) -> BTreeMap<String, Outcome> {
        let folder = tempfile::tempdir().unwrap();
        let (_, evidence) = self.evidence(checks, folder.path());
        let laid = self.laid(checks, sites, &[]);
        assert_eq!(laid.mistakes, Vec::<String>::new());
        evaluate_all(&laid.files, &evidence, |_| true)
    }

    /// Mistakes of one check.
    pub(super) fn wrong(&self, test: &str) -> Vec<String> {
        self.mistakes(&check(test))
    }
}

fn check(test: &str) -> String {
    format!("  - id: the-check\n    title: A check\n    {test}\n")
}

/// A finding in one line: kind, severity, environment, key, field, both values.
pub(super) fn line(f: &Finding) -> String {
    let value = |c: &Option<crate::value::Cell>| c.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
    let field = f.field.as_deref().unwrap_or("-");
    format!("{:?} {} {} {} {field} {} {}", f.kind, f.severity.word(), f.environment, f.key, value(&f.expected), value(&f.found))
}

/// The findings of an outcome that could be told.
pub(super) fn findings(outcome: &Outcome) -> Vec<String> {
    assert_eq!(outcome.cannot_tell, Vec::<String>::new());
    outcome.findings.iter().map(line).collect()
}

/// The reasons of an outcome that could not be told and found nothing.
pub(super) fn untold(outcome: &Outcome) -> String {
    assert_eq!(outcome.findings.iter().map(line).collect::<Vec<_>>(), Vec::<String>::new());
    outcome.cannot_tell.join("\n")
}
