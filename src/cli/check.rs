//! `gonogo check`: capture, judge, decide, tell.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, SecondsFormat, Utc};

use crate::check::{Check, Evidence, Outcome, Side, evaluate_all};
use crate::context::Context;
use crate::document::suggest;
use crate::environment::TakenAt;
use crate::exit::ExitStatus;
use crate::report::Style;
use crate::snapshot::{PROBES, Snapshot};
use crate::verdict::{Claim, Moments, Request, RunResult, Since, decide, doubts, login_doubts};

use super::args::{Args, CheckArgs};
use super::load::{Loaded, PairOverride, find, load};
use super::{Failure, baselines, evidence, output};

pub(super) async fn run(args: &Args, typed: &CheckArgs, context: &Context) -> Result<ExitStatus, Failure> {
    let wanted = output::wanted(&typed.report, context)?;
    let as_of = as_of(typed.as_of.as_deref(), context)?;
    let pair = PairOverride { training: typed.training.as_deref(), production: typed.production.as_deref() };
    let mut loaded = load(find(args.project.as_deref(), context)?, pair)?;
    loaded.assume_go_live(as_of.moment);
    output::lint(&wanted, &loaded.root)?;
    let selection = Selection::new(typed, &loaded)?;
    let chosen = evidence::chosen(&typed.snapshot, &loaded, context)?;

    let since = typed.new_since.as_deref().map(|name| baselines::named(name, &loaded)).transpose()?;
    let plan = evidence::plan(&loaded, |check| selection.takes(check));
    let gathered = evidence::gather(&loaded, &plan, &chosen, typed.offline, context).await?;

    let (evidence, outcomes) = judge(&loaded, &selection, gathered, as_of, context);
    let request = Request {
        narrowed: selection.words.clone(),
        sites: selection.sites.clone(),
        replay: as_of.replay,
        deviations: stated(&loaded, &evidence).into_iter().chain(super::logins::stated(&loaded, &evidence)).collect(),
        waivers: loaded.waivers.clone(),
        todo: loaded.todo.clone(),
        digests: loaded.digests.clone(),
        hazards: loaded.hazards.clone(),
        since: since.map(|baseline| Since { baseline: baseline.clone(), rules: baselines::changed_rules(baseline, &loaded) }),
    };
    let result = decide(&loaded.project, &loaded.files, outcomes, &evidence, &request);
    deliver(&result, args, &wanted, &loaded, context)?;
    Ok(result.decision.exit(typed.partial_ok))
}

/// Everything after the capture: pure but for reading the snapshots.
pub(super) fn judge(
    loaded: &Loaded,
    selection: &Selection,
    gathered: evidence::Snapshots,
    as_of: AsOf,
    context: &Context,
) -> (Evidence, BTreeMap<String, Outcome>) {
    let sides = sides(loaded, gathered, as_of, context);
    let evidence = Evidence {
        pair: loaded.pair.clone(),
        baselines: baselines::evidence(loaded, &sides, |check| selection.takes(check)),
        snapshots: sides,
        lists: loaded.lists.clone(),
        attestations: loaded.attestations.clone(),
        as_of: as_of.moment,
        go_live: loaded.project.go_live.value,
        site: None,
    };
    let mut outcomes: BTreeMap<String, Outcome> = evaluate_all(&loaded.files, &evidence, |check| selection.takes(check));
    for check in loaded.files.iter().flat_map(|f| &f.checks).filter(|c| !selection.takes(c)) {
        outcomes.insert(check.name(), Outcome { skipped: Some(selection.words.join(", ")), ..Outcome::default() });
    }
    (evidence, outcomes)
}

/// What people vouch for instead of the data, with their names, and what sites adjust without effect: in every report.
fn stated(loaded: &Loaded, evidence: &Evidence) -> Vec<String> {
    let mut found: Vec<String> = loaded.notes.iter().chain(&loaded.overridden).cloned().collect();
    for name in [&loaded.pair.training, &loaded.pair.production] {
        let Some(environment) = loaded.environments.get(name) else { continue };
        if let TakenAt::Stated { at, by, reason } = &environment.taken_at {
            let moment = at.value.to_rfc3339_opts(SecondsFormat::Secs, true);
            found.push(format!("the age of {name} is not in its data: {by} states {moment} ({reason})"));
        }
        if let Some(reason) = &environment.same_files {
            found.push(format!("{name} may hold the same bytes as the other side ({})", reason.value));
        }
    }
    for (name, side) in &evidence.snapshots {
        let probed = side.snapshot.as_ref().is_some_and(|s| s.manifest().dataset(PROBES).is_some());
        let server = loaded.environments.get(name).and_then(|e| e.server.as_ref()).filter(|_| probed);
        if let Some(reason) = server.and_then(|s| s.allow_http.as_ref()) {
            found.push(format!("{name} is asked without encryption ({reason})"));
        }
    }
    found
}

fn sides(loaded: &Loaded, gathered: evidence::Snapshots, as_of: AsOf, context: &Context) -> BTreeMap<String, Side> {
    let claims: Vec<Claim<'_>> = gathered
        .iter()
        .filter_map(|(name, result)| {
            let environment = loaded.environments.get(name)?;
            Some(Claim {
                environment: name,
                role: environment.role.word(),
                instance: environment.instance.as_ref().map(|i| i.is.value.as_str()),
                age_open: loaded.age_is_open(environment),
                same_files: environment.same_files.as_ref().map(|s| s.value.as_str()),
                logins: &environment.logins,
                manifest: result.as_ref().ok().map(Snapshot::manifest),
            })
        })
        .collect();
    let moments = Moments { as_of: as_of.moment, now: context.now };
    let mut logins = login_doubts(&claims, &loaded.project.policy, moments);
    let mut doubts = doubts(&loaded.pair, &claims, &loaded.project.policy, moments);
    if let Some(newest) = super::runs::newest(&loaded.root).filter(|n| *n > context.now && !as_of.replay) {
        let reason =
            format!("the clock is wrong: a run of {} is stored, later than now", newest.to_rfc3339_opts(SecondsFormat::Secs, true));
        doubts.values_mut().for_each(|d| d.push(reason.clone()));
    }
    if let Some(newest) = loaded.attestations.newest().filter(|n| *n > context.now) {
        let newest = newest.to_rfc3339_opts(SecondsFormat::Secs, true);
        let reason = format!("the clock or an attestation is wrong: somebody signed on {newest}, later than now");
        doubts.values_mut().for_each(|d| d.push(reason.clone()));
    }
    let mut sides = BTreeMap::new();
    for (name, result) in gathered {
        let mut doubts = doubts.remove(&name).unwrap_or_default();
        let snapshot = match result {
            Ok(snapshot) => Some(snapshot),
            Err(reason) => {
                // The reason says more than "there is no snapshot".
                doubts = vec![reason];
                None
            }
        };
        let logins = logins.remove(&name).unwrap_or_default();
        sides.insert(name, Side { snapshot, doubts, logins });
    }
    sides
}

fn deliver(result: &RunResult, args: &Args, wanted: &output::Wanted, loaded: &Loaded, context: &Context) -> Result<(), Failure> {
    let style = |terminal: bool| Style {
        width: context.width,
        color: terminal && super::color_for(args, context, context.stdout_is_terminal),
        verbosity: args.verbose,
    };
    let mut late = super::runs::keep(&loaded.root, result).err();
    for (format, path) in &wanted.files {
        let written = (format.render)(result, style(false)).map_err(Failure::from).and_then(|bytes| output::file(path, &bytes));
        late = late.or(written.err());
    }
    // The verdict is shown even when a file could not be written; the failure is told afterwards and decides the exit.
    output::stdout(&(wanted.stdout.render)(result, style(true))?)?;
    late.map_or(Ok(()), Err)
}

/// When to judge.
#[derive(Clone, Copy)]
pub(super) struct AsOf {
    pub(super) moment: DateTime<Utc>,
    pub(super) replay: bool,
}

fn as_of(typed: Option<&str>, context: &Context) -> Result<AsOf, Failure> {
    match typed {
        None => Ok(AsOf { moment: context.now, replay: false }),
        Some(text) => match DateTime::parse_from_rfc3339(text) {
            Ok(moment) => {
                let moment = moment.with_timezone(&Utc);
                // A moment to come is not measured either: only the clock itself is no replay.
                Ok(AsOf { moment, replay: moment != context.now })
            }
            Err(_) => Err(Failure::Usage(format!(
                "--as-of is no moment\n`{text}`\nwrite it with its time zone, such as {}",
                context.now.to_rfc3339_opts(SecondsFormat::Secs, true)
            ))),
        },
    }
}

/// Which checks run, and how that narrows the answer.
#[derive(Default)]
pub(super) struct Selection {
    only: BTreeSet<String>,
    tags: BTreeSet<String>,
    /// The sites that are judged.
    sites: Vec<String>,
    words: Vec<String>,
}

impl Selection {
    fn new(typed: &CheckArgs, loaded: &Loaded) -> Result<Self, Failure> {
        let checks = || loaded.files.iter().flat_map(|f| &f.checks);
        for id in &typed.only {
            if !checks().any(|c| c.id.value == *id) {
                let help = suggest::nearest_or_all(id, checks().map(|c| c.id.value.as_str()).collect::<Vec<_>>().into_iter());
                return Err(Failure::Usage(format!("--only names no check\n`{id}`\n{help}")));
            }
        }
        for tag in &typed.tag {
            if !checks().any(|c| tagged(c, tag)) {
                let tags: BTreeSet<&str> = checks().flat_map(|c| c.tags.iter().map(String::as_str).chain([c.area.as_str()])).collect();
                let help = suggest::nearest_or_all(tag, tags.iter().copied());
                return Err(Failure::Usage(format!("--tag selects no check\n`{tag}`\n{help}")));
            }
        }
        let sites = super::sites::chosen(typed.site.as_deref(), loaded)?;
        // The only site of a project leaves nothing out.
        let site = typed.site.iter().filter(|_| sites.len() < loaded.sites.len()).map(|s| format!("--site {s}"));
        let only = typed.only.iter().map(|id| format!("--only {id}"));
        let words = site.chain(only).chain(typed.tag.iter().map(|t| format!("--tag {t}"))).collect();
        Ok(Self { only: typed.only.iter().cloned().collect(), tags: typed.tag.iter().cloned().collect(), sites, words })
    }

    fn takes(&self, check: &Check) -> bool {
        if !self.sites.is_empty() && check.site_name().is_some_and(|site| !self.sites.iter().any(|s| s == site)) {
            return false;
        }
        let all = self.only.is_empty() && self.tags.is_empty();
        all || self.only.contains(&check.id.value) || self.tags.iter().any(|t| tagged(check, t))
    }
}

fn tagged(check: &Check, tag: &str) -> bool {
    check.area == tag || check.tags.iter().any(|t| t == tag)
}
