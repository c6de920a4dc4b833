//! `gonogo waive`: a person accepts known differences of the newest run. Who, why and until when is typed, never invented; what the
//! policy would refuse is refused at once, and then nothing is written.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};

use crate::check::Severity;
use crate::context::Context;
use crate::exit::ExitStatus;
use crate::report::text::{cut, inline};
use crate::verdict::{CheckResult, RunResult, Terms, WaiverResult, WaiverState, judge_waivers, lint_waivers};

use super::args::{Args, WaiveArgs};
use super::load::{Loaded, PairOverride, find, load};
use super::waivers::{self, Draft, Entry};
use super::{Failure, output, runs};

mod list;
mod target;

use target::Target;

/// Members of a group that are shown.
const SHOWN: usize = 5;

pub(super) fn run(args: &Args, typed: &WaiveArgs, context: &Context) -> Result<ExitStatus, Failure> {
    let loaded = load(find(args.project.as_deref(), context)?, PairOverride::default())?;
    if typed.list {
        return list::run(&loaded, context);
    }
    if typed.targets.is_empty() {
        let help = "`gonogo check -v` shows what each is called; `gonogo waive --list` shows what is waived";
        return Err(Failure::Usage(format!("nothing to waive was named\ngonogo waive FINDING|GROUP\n{help}")));
    }
    let result = runs::newest_result(&loaded.root)?;
    let targets: Vec<Target<'_>> = typed.targets.iter().map(|t| target::resolve(t, &result)).collect::<Result<_, _>>()?;
    let said = Said::of(typed, &targets, &loaded)?;
    let entries: Vec<Entry<'_>> = targets.iter().map(|t| entry(t, &said)).collect();
    refuse_twice(&entries, &loaded)?;
    let draft = Draft::new(&loaded.root, &loaded.waivers, &entries)?;
    let judged = judge_waivers(&draft.waivers, &result.checks, terms(&loaded, context));
    allowed(&judged, &targets, &draft, &loaded, &result, context)?;
    draft.write(&loaded.root)?;
    if !args.quiet {
        output::stdout(told(&judged[loaded.waivers.len()..], &targets, context).as_bytes())?;
    }
    Ok(ExitStatus::Go)
}

/// Waivers are judged as the next run will: by today's policy, at this moment.
fn terms<'a>(loaded: &'a Loaded, context: &Context) -> Terms<'a> {
    Terms { policy: &loaded.project.policy, as_of: context.now, go_live: loaded.project.go_live.value }
}

/// Who, why and until when, as typed.
struct Said {
    owner: String,
    approver: String,
    reason: String,
    expires: String,
}

impl Said {
    /// Takes the options; those that are missing are all listed, with what would be waived and who may approve it.
    fn of(typed: &WaiveArgs, targets: &[Target<'_>], loaded: &Loaded) -> Result<Self, Failure> {
        let given = |option: &Option<String>| option.clone().filter(|text| !text.trim().is_empty()).map(|t| t.trim().to_owned());
        let [owner, approver, reason, expires] = [&typed.owner, &typed.approver, &typed.reason, &typed.expires].map(given);
        let missing: Vec<&str> = [(&owner, "--owner"), (&approver, "--approver"), (&reason, "--reason"), (&expires, "--expires")]
            .into_iter()
            .filter_map(|(value, name)| value.is_none().then_some(name))
            .collect();
        let expires = expires.as_deref().map(moment).transpose()?;
        match (owner, approver, reason, expires) {
            (Some(owner), Some(approver), Some(reason), Some(expires)) => Ok(Self { owner, approver, reason, expires }),
            _ => {
                let mut text = format!("a waiver needs {}\n", missing.join(", "));
                targets.iter().flat_map(|t| t.lines()).for_each(|line| text.push_str(&format!("{line}\n")));
                text.push_str(&who_may(targets, loaded));
                Err(Failure::Usage(text))
            }
        }
    }
}

/// A moment with its time zone as typed; a date is the end of that day.
fn moment(text: &str) -> Result<String, Failure> {
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(format!("{date}T23:59:59Z"));
    }
    match DateTime::parse_from_rfc3339(text) {
        Ok(at) => Ok(at.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true)),
        Err(_) => {
            let help = "write a date such as 2027-03-31, or a moment such as 2027-03-31T17:00:00Z";
            Err(Failure::Usage(format!("--expires is no moment\n`{text}`\n{help}")))
        }
    }
}

fn who_may(targets: &[Target<'_>], loaded: &Loaded) -> String {
    let worst = targets.iter().map(Target::severity).max().unwrap_or(Severity::Blocker);
    let policy = &loaded.project.policy;
    if let Some(severity) = targets.iter().flat_map(|t| t.severities()).find(|s| policy.never_waive.contains(s)) {
        return format!("the policy waives no {} findings", severity.word());
    }
    match policy.approvers_of(worst).as_slice() {
        [] => format!("the policy in gonogo.yaml names nobody who may approve {} findings", worst.word()),
        names => format!("{} findings may be approved by: {}", worst.word(), names.join(", ")),
    }
}

fn entry<'a>(target: &Target<'a>, said: &'a Said) -> Entry<'a> {
    Entry {
        finding: &target.first().fingerprint,
        check: &target.check.id,
        group: target.group().map(|g| (g.members, g.digest.as_str())),
        owner: &said.owner,
        approver: &said.approver,
        reason: &said.reason,
        expires: &said.expires,
        comment: cut(&target.about(), 120),
    }
}

fn refuse_twice(entries: &[Entry<'_>], loaded: &Loaded) -> Result<(), Failure> {
    for (i, entry) in entries.iter().enumerate() {
        if entries[..i].iter().any(|e| (e.finding, e.group) == (entry.finding, entry.group)) {
            return Err(Failure::Usage(format!("one difference was named twice\n{}\nname it once", inline(&entry.comment))));
        }
        let group = |w: &crate::verdict::Waiver| w.members.as_ref().map(|m| (m.count, m.digest.clone()));
        let asked = entry.group.map(|(n, digest)| (n, digest.to_owned()));
        if let Some(known) = loaded.waivers.iter().find(|w| w.finding.value == entry.finding && group(w) == asked) {
            return Err(Failure::Usage(format!(
                "this is waived already\n{}:{}\nchange `expires` there, or take that waiver out first",
                waivers::FILE,
                known.place.line()
            )));
        }
    }
    Ok(())
}

/// Refuses what the policy would refuse, and what would take other waivers out of force.
fn allowed(
    judged: &[WaiverResult],
    targets: &[Target<'_>],
    draft: &Draft,
    loaded: &Loaded,
    result: &RunResult,
    context: &Context,
) -> Result<(), Failure> {
    let before = judge_waivers(&loaded.waivers, &result.checks, terms(loaded, context));
    let (known, new) = judged.split_at(before.len());
    for (waiver, target) in new.iter().zip(targets) {
        if let Some(why) = waiver.why.as_ref().filter(|_| waiver.state != WaiverState::InForce) {
            let lines = target.lines().join("\n");
            return Err(Failure::Usage(format!("this cannot be waived: {why}\n{lines}\nnothing was written")));
        }
    }
    if let Some(ended) = known.iter().zip(&before).find(|(now, before)| now.state != before.state).map(|(now, _)| now) {
        let why = ended.why.as_deref().unwrap_or_default();
        return Err(Failure::Usage(format!("another waiver would not hold any more: {why}\n{}\nnothing was written", ended.place)));
    }
    let mut problems = crate::document::Problems::default();
    let checks = loaded.files.iter().flat_map(|f| &f.checks).map(|c| c.id.value.as_str());
    lint_waivers(&draft.waivers, checks, &loaded.project.policy, &mut problems);
    match problems.sorted().first() {
        None => Ok(()),
        Some(problem) => Err(Failure::Usage(format!("this cannot be waived: {}\n{}\nnothing was written", problem.message, problem.place))),
    }
}

fn told(new: &[WaiverResult], targets: &[Target<'_>], context: &Context) -> String {
    let mut text = String::new();
    for (waiver, target) in new.iter().zip(targets) {
        for (i, line) in target.lines().iter().enumerate() {
            text.push_str(&cut(&format!("{}{line}", if i == 0 { "waived: " } else { "  " }), context.width));
            text.push('\n');
        }
        let until = waiver.expires.format("%Y-%m-%d %H:%M UTC");
        text.push_str(&format!("  until {until} ({} days left), {}\n", waiver.days_left, inline(&waiver.place)));
    }
    text.push_str("`gonogo check` gives the verdict with it; any change of what is waived ends the waiver.\n");
    text
}

/// A check of the run, by its name, or by its id where that means one answer only: what is accepted at one site is not at another.
fn check_of<'a>(result: &'a RunResult, id: &str) -> Option<&'a CheckResult> {
    let mut of_id = result.checks.iter().filter(|c| c.id == id);
    let only = of_id.next().filter(|_| of_id.next().is_none());
    result.checks.iter().find(|c| c.name == id).or(only)
}
