//! `checks/waivers.yaml`: the known differences that a named person has accepted.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::document::decode::{Fields, count, instant, list, some_text};
use crate::document::{At, Content, Document, Node, Place, Problems, suggest};

use super::project::Policy;

/// One waiver as its owner wrote it. What it covers is judged against what a run finds.
#[derive(Clone, Debug)]
pub struct Waiver {
    /// Fingerprint of the difference, or of one member of its group.
    pub finding: At<String>,
    /// Check that finds it: for readers; it must be right.
    pub check: Option<At<String>>,
    /// The group, when it accepts more than one difference.
    pub members: Option<Members>,
    /// Who owns the difference.
    pub owner: At<String>,
    /// Who accepts it.
    pub approver: At<String>,
    /// Why it is safe.
    pub reason: String,
    /// Until when.
    pub expires: At<DateTime<Utc>>,
    /// Where it is written.
    pub place: Place,
}

/// What a group must still be for its waiver to hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Members {
    /// How many findings it has.
    pub count: u64,
    /// SHA-256 over its members' fingerprints, in lower-case hex.
    pub digest: String,
}

/// Decodes `checks/waivers.yaml`; every mistake goes to `problems`.
pub fn decode_waivers(document: &Document, problems: &mut Problems) -> Vec<Waiver> {
    list(&document.root, problems, waiver).unwrap_or_default()
}

fn waiver(node: &Node, problems: &mut Problems) -> Option<Waiver> {
    let mut fields = Fields::open(node, "a waiver", problems)?;
    let finding = fields.need("finding", problems, fingerprint);
    let check = fields.get("check", problems, some_text);
    let members = fields.get("members", problems, |n, p| {
        let found = count(n, p)?;
        if found.value == 0 {
            p.add(&found.place, "a group has at least one member").expected("how many findings the group has");
            return None;
        }
        Some(found)
    });
    let digest = fields.get("digest", problems, sha256);
    let (with_members, with_digest) = (fields.optional("members"), fields.optional("digest"));
    let alone = match (with_members, with_digest) {
        (Some(node), None) => Some((&node.place, "`members` needs the group's `digest`: other findings can have the same number")),
        (None, Some(node)) => Some((&node.place, "`digest` needs the group's `members`")),
        _ => None,
    };
    if let Some((place, message)) = alone {
        problems.add(place, message).expected("half of a group").help("`gonogo waive CHECK#N` writes both");
    }
    let owner = fields.need("owner", problems, some_text);
    let approver = fields.need("approver", problems, some_text);
    let reason = fields.need("reason", problems, some_text);
    let expires = fields.need("expires", problems, instant);
    fields.close(problems);
    let members = match (with_members.is_some() || with_digest.is_some(), members.zip(digest)) {
        (false, _) => None,
        (true, Some((count, digest))) => Some(Members { count: count.value, digest }),
        // A group that is not whole must never shrink to a waiver of one finding.
        (true, None) => return None,
    };
    Some(Waiver {
        finding: finding?,
        check,
        members,
        owner: owner?,
        approver: approver?,
        reason: reason?.value,
        expires: expires?,
        place: begins(node),
    })
}

/// The first key: a waiver is shown where it begins.
fn begins(node: &Node) -> Place {
    match &node.content {
        Content::Map(entries) => entries.first().map_or_else(|| node.place.clone(), |e| e.key_place.clone()),
        _ => node.place.clone(),
    }
}

fn fingerprint(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let found = some_text(node, problems)?;
    let hex = |text: &str| text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if found.value.strip_prefix("f1:").is_some_and(hex) {
        return Some(found);
    }
    let problem = problems.add(&found.place, format!("`{}` is no fingerprint", found.value));
    problem.expected("f1: and 32 hex digits").help("`gonogo check -v` shows where each begins; `gonogo waive` writes it whole");
    None
}

fn sha256(node: &Node, problems: &mut Problems) -> Option<String> {
    let found = some_text(node, problems)?;
    if found.value.len() == 64 && found.value.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Some(found.value.to_ascii_lowercase());
    }
    problems.add(&found.place, format!("`{}` is no SHA-256", found.value)).expected("64 hex digits");
    None
}

/// What can be known of waivers before anything is contacted: none twice, checks that exist, an approver whom the policy names and
/// who is not the owner. That a waiver has expired is no mistake of its file: it is reported when it is judged.
pub fn lint_waivers<'c>(waivers: &[Waiver], checks: impl Iterator<Item = &'c str> + Clone, policy: &Policy, problems: &mut Problems) {
    let mut first: BTreeMap<(&str, Option<&Members>), &Waiver> = BTreeMap::new();
    let approvers: Vec<&str> = policy.approvers.iter().flat_map(|(_, names)| names.iter().map(String::as_str)).collect();
    for waiver in waivers {
        match first.get(&(waiver.finding.value.as_str(), waiver.members.as_ref())) {
            Some(earlier) => {
                let message = format!("this difference is waived twice; the first time in line {}", earlier.place.line());
                problems.add(&waiver.finding.place, message).expected("the same again").help("keep one of them");
            }
            None => {
                first.insert((&waiver.finding.value, waiver.members.as_ref()), waiver);
            }
        }
        if let Some(check) = &waiver.check
            && !checks.clone().any(|id| id == check.value)
        {
            let help = suggest::nearest(&check.value, checks.clone()).map(|near| format!("did you mean `{near}`?"));
            let problem = problems.add(&check.place, format!("there is no check `{}`", check.value));
            problem
                .expected("the check that finds this difference")
                .help(help.unwrap_or_else(|| "remove the waiver, or this line".to_owned()));
        }
        if same_person(&waiver.owner, &waiver.approver) {
            let message = format!("`{}` owns this difference and cannot approve it", waiver.approver.value);
            problems.add(&waiver.approver.place, message).expected("another person than the owner");
        }
        if !approvers.contains(&waiver.approver.value.as_str()) {
            let help = if approvers.is_empty() {
                "name who may approve in gonogo.yaml: `policy: {approvers: {major: [clinical safety officer]}}`".to_owned()
            } else {
                suggest::nearest_or_all(&waiver.approver.value, approvers.iter().copied())
            };
            let message = format!("the policy does not let `{}` approve anything", waiver.approver.value);
            problems.add(&waiver.approver.place, message).expected("no approver").help(help);
        }
    }
}

/// True when two names are one: capitals and blanks make no second person.
pub(super) fn same_person(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    plain(one) == plain(other)
}

#[cfg(test)]
#[path = "waiver_file_tests.rs"]
mod tests;
