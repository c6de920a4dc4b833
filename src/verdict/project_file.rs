//! Decodes `gonogo.yaml`.

use chrono::DateTime;

use crate::check::{Severity, criterion_objection};
use crate::document::decode::{Fields, count, duration, entries, instant, list, name, one_of, one_or_list, some_text, version};
use crate::document::{At, Content, Document, Node, Problems, sha256, suggest};

use super::project::{CatalogueUse, Criterion, MaxWaived, Only, Policy, Project, Require, RequiredCriteria, Without};
use super::require::STANDARD_CRITERIA;

/// Decodes `gonogo.yaml`; every mistake goes to `problems`.
///
/// A file with mistakes still gives a project when its pair is sound, so that other files can be judged in the same pass.
/// It is not to be used unless `problems` stays empty.
pub fn decode_project(document: &Document, problems: &mut Problems) -> Option<Project> {
    let mut fields = Fields::open(&document.root, "a project", problems)?;
    version(&mut fields, problems);
    let title = fields.need("title", problems, some_text);
    // A moment that is still to be given: whoever judges takes now, and never answers GO.
    let now = At { value: DateTime::UNIX_EPOCH, place: document.root.place.clone() };
    let go_live = fields.need("go_live", problems, |n, p| if n.is_todo() { Some(now.clone()) } else { instant(n, p) });
    let pair = fields.need("pair", problems, pair);
    let policy = fields.get("policy", problems, policy).unwrap_or_else(Policy::standard);
    // Without the field the strictest demand holds, never the weakest.
    let standard = Require { criteria: RequiredCriteria::Standard, not_applicable: Vec::new() };
    let require = fields.get("require", problems, require).unwrap_or(standard);
    let catalogue = fields.get("catalogue", problems, catalogue);
    fields.close(problems);
    let (training, production) = pair?;
    Some(Project {
        title: title.map_or_else(String::new, |t| t.value),
        go_live: go_live.unwrap_or(now),
        training,
        production,
        policy,
        require,
        catalogue,
        digest: sha256(&document.file.text),
        place: document.root.place.clone(),
    })
}

fn pair(node: &Node, problems: &mut Problems) -> Option<(At<String>, At<String>)> {
    let mut fields = Fields::open(node, "a pair", problems)?;
    let training = fields.need("training", problems, name);
    let production = fields.need("production", problems, name);
    fields.close(problems);
    let (training, production) = training.zip(production)?;
    if training.value == production.value {
        problems
            .add(&production.place, format!("`{}` is both sides of the pair; a system always equals itself", production.value))
            .expected("another environment")
            .help("name the environment that goes live");
        return None;
    }
    Some((training, production))
}

fn severity(node: &Node, problems: &mut Problems) -> Option<At<Severity>> {
    one_of(node, "severity", Severity::WORDS, problems)
}

fn policy(node: &Node, problems: &mut Problems) -> Option<Policy> {
    let mut policy = Policy::standard();
    let mut fields = Fields::open(node, "a policy", problems)?;
    if let Some(found) = fields.get("block_at", problems, severity) {
        policy.block_at = found.value;
    }
    if let Some(found) = fields.get_given("max_age", problems, duration) {
        policy.max_age = found.value;
    }
    if let Some(found) = fields.get("max_skew", problems, duration) {
        policy.max_skew = found.value;
    }
    if let Some(found) = fields.get("max_waived", problems, max_waived) {
        policy.max_waived = Some(found);
    }
    if let Some(found) = fields.get("never_waive", problems, |n, p| one_or_list(n, p, severity)) {
        policy.never_waive = found.into_iter().map(|s| s.value).collect();
    }
    if let Some(found) = fields.get("approvers", problems, approvers) {
        policy.approvers = found;
    }
    fields.close(problems);
    Some(policy)
}

fn max_waived(node: &Node, problems: &mut Problems) -> Option<MaxWaived> {
    let mut fields = Fields::open(node, "`max_waived`", problems)?;
    let findings = fields.need("findings", problems, count);
    let groups = fields.need("groups", problems, count);
    fields.close(problems);
    Some(MaxWaived { findings: findings?.value, groups: groups?.value })
}

fn approvers(node: &Node, problems: &mut Problems) -> Option<Vec<(Severity, Vec<String>)>> {
    let mut found = Vec::new();
    for entry in entries(node, "who may approve, by severity", problems)? {
        let people = one_or_list(&entry.value, problems, some_text);
        match Severity::WORDS.iter().find(|(word, _)| *word == entry.key) {
            Some((_, severity)) => found.push((*severity, people?.into_iter().map(|p| p.value).collect())),
            None => {
                let help = suggest::nearest_or_all(&entry.key, Severity::WORDS.iter().map(|(w, _)| *w));
                problems.add(&entry.key_place, format!("`{}` is no severity", entry.key)).expected("a severity").help(help);
            }
        }
    }
    Some(found)
}

/// `standard`, `{use: standard, without: [{check, reason, approver}]}`, or `{use: standard, only: [ids], reason, approver}`.
fn catalogue(node: &Node, problems: &mut Problems) -> Option<CatalogueUse> {
    let word = |n: &Node, p: &mut Problems| one_of(n, "catalogue", &[("standard", ())], p);
    if let Content::Scalar(_) = node.content {
        return word(node, problems).map(|_| CatalogueUse::default());
    }
    let mut fields = Fields::open(node, "`catalogue`", problems)?;
    let named = fields.need("use", problems, word);
    let checks = fields.get("only", problems, |n, p| list(n, p, some_text));
    let (only_given, without_given) = (fields.entry("only").map(|e| e.key_place.clone()), fields.entry("without").is_some());
    let (mut reason, mut approver) = (None, None);
    if let Some(place) = &only_given {
        reason = fields.need("reason", problems, some_text);
        approver = fields.need("approver", problems, some_text);
        if without_given {
            let message = "`only` says which checks are taken, so nothing is left to be taken out of them";
            problems.add(place, message).expected("`only` or `without`").help("keep one of them");
        }
    }
    let without = fields.get("without", problems, |n, p| list(n, p, without)).unwrap_or_default();
    fields.close(problems);
    let only = checks.zip(reason).zip(approver);
    let only = only.map(|((checks, reason), approver)| Only { checks, reason: reason.value, approver: approver.value });
    named.map(|_| CatalogueUse { only, without })
}

fn without(node: &Node, problems: &mut Problems) -> Option<Without> {
    let mut fields = Fields::open(node, "a check that is left out", problems)?;
    let check = fields.need("check", problems, some_text);
    let reason = fields.need("reason", problems, some_text);
    let approver = fields.need("approver", problems, some_text);
    fields.close(problems);
    Some(Without { check: check?, reason: reason?.value, approver: approver?.value })
}

fn require(node: &Node, problems: &mut Problems) -> Option<Require> {
    let mut fields = Fields::open(node, "`require`", problems)?;
    let criteria = fields.required("criteria", problems);
    let reason = fields.get("reason", problems, some_text);
    let criteria = criteria.and_then(|n| match &n.content {
        Content::Scalar(s) if s.text == "standard" => Some(RequiredCriteria::Standard),
        Content::Scalar(s) if s.text == "none" => {
            if let Some(reason) = &reason {
                return Some(RequiredCriteria::None { reason: reason.value.clone() });
            }
            let problem = problems.add(&n.place, "a project that requires no criteria needs a `reason`");
            problem.expected("add `reason: …`").help("every report will say that the verdict is not on the whole hospital");
            None
        }
        Content::List(_) => list(n, problems, criterion_id).map(RequiredCriteria::Listed),
        Content::Scalar(s) => {
            let help = suggest::nearest_or_all(&s.text, ["standard", "none"].into_iter());
            problems.add(&n.place, format!("`{}` is no set of criteria", s.text)).expected("standard, none or a list of ids").help(help);
            None
        }
        Content::Map(_) => {
            problems.add(&n.place, "`criteria` is a word or a list, but this is a mapping").expected("standard, none or a list of ids");
            None
        }
    });
    let decode = |n: &Node, p: &mut Problems| list(n, p, |n, p| not_applicable(n, criteria.as_ref(), p));
    let not_applicable = fields.get("not_applicable", problems, decode).unwrap_or_default();
    fields.close(problems);
    Some(Require { criteria: criteria?, not_applicable })
}

/// An id of the standard list, or one of the hospital's own with a prefix of its own.
fn criterion_id(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let id = some_text(node, problems)?;
    match criterion_objection(&id.value) {
        None => Some(id),
        Some(help) => {
            problems.add(&id.place, format!("`{}` is no criterion", id.value)).expected("unknown criterion").help(help);
            None
        }
    }
}

fn not_applicable(node: &Node, criteria: Option<&RequiredCriteria>, problems: &mut Problems) -> Option<Criterion> {
    let mut fields = Fields::open(node, "a criterion that does not apply", problems)?;
    let id = fields.need("id", problems, some_text);
    let reason = fields.need("reason", problems, some_text);
    let approver = fields.need("approver", problems, some_text);
    fields.close(problems);
    let id = id?;
    let required: Vec<&str> = match criteria {
        Some(RequiredCriteria::Standard) => STANDARD_CRITERIA.iter().map(|c| c.id).collect(),
        Some(RequiredCriteria::Listed(ids)) => ids.iter().map(|i| i.value.as_str()).collect(),
        Some(RequiredCriteria::None { .. }) => {
            problems.add(&id.place, "no criteria are required, so none needs to be taken out").expected("remove this line");
            return None;
        }
        None => return None,
    };
    if !required.contains(&id.value.as_str()) {
        let help = suggest::nearest(&id.value, required.iter().copied())
            .map_or_else(|| "remove this line, or add the id to `criteria`".to_owned(), |near| format!("did you mean `{near}`?"));
        problems.add(&id.place, format!("`{}` is not among the required criteria", id.value)).expected("not required").help(help);
        return None;
    }
    Some(Criterion { id, reason: reason?.value, approver: approver?.value })
}

#[cfg(test)]
#[path = "project_file_tests.rs"]
mod tests;
