//! What a person typed, found in a stored run: one finding, or one group of findings.

use crate::check::{Finding, Severity};
use crate::cli::Failure;
use crate::document::suggest;
use crate::report::text::inline;
use crate::verdict::{CheckResult, Group, RunResult};

/// Fewer digits name nothing.
const LEAST: usize = 4;

/// Lines of a list of choices.
const CHOICES: usize = 8;

/// What is to be waived.
pub(super) struct Target<'a> {
    pub(super) check: &'a CheckResult,
    what: What<'a>,
}

enum What<'a> {
    Finding(&'a Finding),
    Group(&'a Group),
}

impl<'a> Target<'a> {
    /// A group of one is its finding.
    fn group_of(check: &'a CheckResult, group: &'a Group) -> Self {
        let what = match group.findings.as_slice() {
            [one] => What::Finding(&check.outcome.findings[*one]),
            _ => What::Group(group),
        };
        Self { check, what }
    }

    /// The group, when it is one.
    pub(super) fn group(&self) -> Option<&'a Group> {
        match self.what {
            What::Finding(_) => None,
            What::Group(group) => Some(group),
        }
    }

    fn findings(&self) -> Vec<&'a Finding> {
        match self.what {
            What::Finding(finding) => vec![finding],
            What::Group(group) => group.findings.iter().map(|f| &self.check.outcome.findings[*f]).collect(),
        }
    }

    /// The finding, or the member that names its group.
    pub(super) fn first(&self) -> &'a Finding {
        match self.what {
            What::Finding(finding) => finding,
            What::Group(group) => &self.check.outcome.findings[group.findings[0]],
        }
    }

    /// Severities of what is waived.
    pub(super) fn severities(&self) -> Vec<Severity> {
        self.findings().iter().map(|f| f.severity).collect()
    }

    /// The worst of them.
    pub(super) fn severity(&self) -> Severity {
        self.severities().into_iter().max().unwrap_or(Severity::Blocker)
    }

    /// What it is, in one line.
    pub(super) fn about(&self) -> String {
        match self.what {
            What::Finding(finding) => format!("{}: {}", self.check.id, inline(&finding.message)),
            What::Group(group) => format!("{}: {} x {}", self.check.id, group.members, inline(&group.cause)),
        }
    }

    /// What it is, and its members.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("{} [{}]", self.about(), self.severity().word())];
        if let What::Group(_) = self.what {
            let findings = self.findings();
            lines.extend(findings.iter().take(super::SHOWN).map(|f| format!("{}: {}", f.severity.word(), inline(&f.message))));
            if findings.len() > super::SHOWN {
                lines.push(format!("and {} more: gonogo check --only {} -v", findings.len() - super::SHOWN, self.check.id));
            }
        }
        lines
    }
}

/// Finds what was typed: `CHECK#N`, the id of a check, or the beginning of a fingerprint or of a group's digest.
pub(super) fn resolve<'a>(typed: &str, result: &'a RunResult) -> Result<Target<'a>, Failure> {
    if let Some((id, n)) = typed.split_once('#')
        && let Some(check) = super::check_of(result, id)
    {
        let group = n.parse::<usize>().ok().and_then(|n| check.groups.get(n.checked_sub(1)?));
        return match group {
            Some(group) => Ok(Target::group_of(check, group)),
            None => Err(choose(&format!("{id} has no group `{n}`"), typed, groups_of(check))),
        };
    }
    if let Some(check) = super::check_of(result, typed) {
        return match check.groups.as_slice() {
            [one] => Ok(Target::group_of(check, one)),
            [] => Err(Failure::Usage(format!("{typed} found nothing in the newest run\n{}\nthere is nothing to waive", check.place))),
            several => Err(choose(&format!("{typed} has {} groups", several.len()), typed, groups_of(check))),
        };
    }
    by_digits(typed, result)
}

fn by_digits<'a>(typed: &str, result: &'a RunResult) -> Result<Target<'a>, Failure> {
    let lower = typed.to_ascii_lowercase();
    let digits = lower.strip_prefix("f1:").unwrap_or(&lower);
    if digits.len() < LEAST || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        let near = suggest::nearest(typed.split('#').next().unwrap_or_default(), result.checks.iter().map(|c| c.name.as_str()));
        let help = near.map_or_else(
            || "`gonogo check -v` shows what findings and groups are called".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Failure::Usage(format!("there is no finding or group of this name in the newest run\n`{typed}`\n{help}")));
    }
    let mut found: Vec<Target<'a>> = Vec::new();
    for check in &result.checks {
        let named = |f: &&Finding| f.fingerprint.strip_prefix("f1:").is_some_and(|hex| hex.starts_with(digits));
        found.extend(check.outcome.findings.iter().filter(named).map(|f| Target { check, what: What::Finding(f) }));
        if !lower.starts_with("f1:") {
            found.extend(check.groups.iter().filter(|g| g.digest.starts_with(digits)).map(|g| Target::group_of(check, g)));
        }
    }
    match found.len() {
        0 => Err(Failure::Usage(format!(
            "nothing in the newest run begins so\n`{typed}`\nit was repaired or has changed; `gonogo check -v` shows what is found now"
        ))),
        1 => found.pop().ok_or_else(|| Failure::Internal(anyhow::anyhow!("one target was found and lost"))),
        n => {
            let several = found.iter().map(|t| match t.group() {
                Some(group) => format!("{}  {}", &group.digest[..16], t.about()),
                None => format!("{}  {}", t.first().fingerprint, t.about()),
            });
            Err(choose(&format!("{n} findings or groups begin so"), typed, several.collect()))
        }
    }
}

fn groups_of(check: &CheckResult) -> Vec<String> {
    let line = |(i, g): (usize, &Group)| format!("{}#{}  {} x {} [{}]", check.name, i + 1, g.members, inline(&g.cause), g.severity.word());
    check.groups.iter().enumerate().map(line).collect()
}

fn choose(what: &str, typed: &str, choices: Vec<String>) -> Failure {
    let mut text = format!("{what}: name one\n`{typed}`");
    choices.iter().take(CHOICES).for_each(|line| text.push_str(&format!("\n{line}")));
    if choices.len() > CHOICES {
        text.push_str(&format!("\nand {} more", choices.len() - CHOICES));
    }
    Failure::Usage(text)
}
