//! Whether what a login sees may be relied on: its own age and instance, and that it is not the administrator's view, or another's.

use std::collections::{BTreeMap, BTreeSet};

use crate::snapshot::{LoginEntry, Manifest, Reader, split_view};

use super::doubts::{Claim, Moments, of_age, of_instance, of_skew, some_files};
use super::project::Policy;

/// Why the views of each login may not be relied on, by environment and login: one entry per login that was captured, empty when
/// nothing speaks against it.
pub fn login_doubts(claims: &[Claim<'_>], policy: &Policy, moments: Moments) -> BTreeMap<String, BTreeMap<String, Vec<String>>> {
    let of_one = |claim: &Claim<'_>| {
        let manifest = claim.manifest?;
        let logins = manifest.logins.iter().map(|login| (login.name.clone(), of_login(claim, manifest, login, claims, policy, moments)));
        Some((claim.environment.to_owned(), logins.collect()))
    };
    claims.iter().filter_map(of_one).collect()
}

fn of_login(
    claim: &Claim<'_>,
    manifest: &Manifest,
    login: &LoginEntry,
    claims: &[Claim<'_>],
    policy: &Policy,
    moments: Moments,
) -> Vec<String> {
    let name = format!("{} as {}", claim.environment, login.name);
    let Some(described) = claim.logins.iter().find(|l| l.name.value == login.name) else {
        return vec![format!("{} has no login {} any more", claim.environment, login.name)];
    };
    let mut doubts = unread(&name, manifest, login);
    let instance = described.instance.as_ref().map(|i| i.is.value.as_str()).or(claim.instance);
    doubts.extend(of_instance(&name, instance, login.instance.as_ref()));
    doubts.extend(of_age(&name, login.taken_at, manifest.captured_at, policy, moments));
    doubts.extend(of_skew(&format!("{} and {name}", claim.environment), manifest.taken_at, login.taken_at, policy));
    if let Some(reader) = &described.reader {
        doubts.extend(of_reader(&name, claim.environment, &reader.is.value, login.reader.as_ref()));
    }
    let extracts = claims.iter().filter_map(|c| Some((c.environment, c.manifest?))).flat_map(|(name, m)| extracts(name, m));
    let others: Vec<Extract<'_>> = extracts.filter(|e| (e.environment, e.login) != (claim.environment, Some(&login.name))).collect();
    doubts.extend(of_place(&name, login, &others));
    if described.same_files.is_none() {
        doubts.extend(of_bytes(&name, &sources(manifest, Some(&login.name)), &others));
    }
    doubts
}

/// What was not read, where that is why the data do not say how old they are, where they come from or who read them.
fn unread(name: &str, manifest: &Manifest, login: &LoginEntry) -> Vec<String> {
    let silent = login.taken_at.is_none()
        || login.instance.as_ref().is_some_and(|i| i.found.is_empty())
        || login.reader.as_ref().is_some_and(|r| r.found.is_empty());
    let seen = manifest.datasets.iter().filter_map(|d| Some((split_view(&d.name)?, d.unread.as_ref()?)));
    let unread = seen.filter(|((_, by), _)| silent && *by == login.name);
    unread.map(|((dataset, _), why)| format!("`{dataset}` of {name} could not be read: {why}")).collect()
}

/// Doubts about who read the data.
fn of_reader(name: &str, environment: &str, expected: &str, said: Option<&Reader>) -> Option<String> {
    let found: &[String] = said.map_or(&[], |r| &r.found);
    match found {
        [] => Some(format!("the data of {name} do not say who read them; it should be {expected}")),
        [one] if one == expected => said.is_some_and(|r| r.administrator.contains(&r.expected)).then(|| {
            format!("{expected} read the data of {environment} as well as those of {name}: nobody saw what an administrator sees")
        }),
        several => Some(format!("the data of {name} were read by {}, but it should be {expected}", several.join(" and "))),
    }
}

/// One extract: of an environment, or of a login there.
struct Extract<'a> {
    environment: &'a str,
    login: Option<&'a str>,
    origin: &'a str,
    /// Path by SHA-256 of the files that it was read from.
    sources: BTreeMap<&'a str, &'a str>,
}

impl Extract<'_> {
    fn name(&self) -> String {
        self.login.map_or_else(|| self.environment.to_owned(), |login| format!("{} as {login}", self.environment))
    }
}

fn extracts<'a>(environment: &'a str, manifest: &'a Manifest) -> Vec<Extract<'a>> {
    let own = (None, manifest.origin.as_str());
    let logins = manifest.logins.iter().map(|l| (Some(l.name.as_str()), l.origin.as_str()));
    std::iter::once(own)
        .chain(logins)
        .map(|(login, origin)| Extract { environment, login, origin, sources: sources(manifest, login) })
        .collect()
}

fn sources<'a>(manifest: &'a Manifest, login: Option<&str>) -> BTreeMap<&'a str, &'a str> {
    let seen = manifest.datasets.iter().filter(|d| split_view(&d.name).map(|(_, login)| login) == login);
    seen.flat_map(|d| &d.sources).map(|s| (s.sha256.as_str(), s.path.as_str())).collect()
}

fn of_place(name: &str, login: &LoginEntry, others: &[Extract<'_>]) -> Option<String> {
    let same = others.iter().find(|o| o.origin == login.origin)?;
    Some(format!("{name} and {} were read from the same place, {}", same.name(), login.origin))
}

/// A file of another extract among those of a login: one of the two did not look.
fn of_bytes(name: &str, sources: &BTreeMap<&str, &str>, others: &[Extract<'_>]) -> Vec<String> {
    let same = |other: &Extract<'_>| {
        let paths: BTreeSet<&str> =
            sources.iter().filter(|(sha256, _)| other.sources.contains_key(*sha256)).map(|(_, path)| *path).collect();
        let paths: Vec<String> = paths.into_iter().map(str::to_owned).collect();
        let files = some_files(&paths)?;
        Some(format!("{name} and {} hold the same bytes in {files}, and the project does not say why", other.name()))
    };
    others.iter().filter_map(same).collect()
}

#[cfg(test)]
mod tests;
