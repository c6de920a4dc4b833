//! Whether a snapshot may be relied on at all: its age, its instance, its origin, and whether the two sides are two.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use crate::check::Pair;
use crate::environment::Login;
use crate::snapshot::{Instance, Manifest, split_view};

use super::project::Policy;

/// One environment as the project describes it, and what its snapshot says of itself.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// Name of the environment.
    pub environment: &'a str,
    /// Its role, as written.
    pub role: &'a str,
    /// Instance that must have answered; `None` when the environment does not say how to tell.
    pub instance: Option<&'a str>,
    /// The project leaves open (`TODO`) how old the data are or may be: they are compared at any age. What is open keeps from GO.
    pub age_open: bool,
    /// Why the same bytes as the other side are no mistake.
    pub same_files: Option<&'a str>,
    /// Its logins, as its file describes them now.
    pub logins: &'a [Login],
    /// What its snapshot says; `None` when there is none.
    pub manifest: Option<&'a Manifest>,
}

/// When we judge, and by which clock.
#[derive(Clone, Copy, Debug)]
pub struct Moments {
    /// When we judge.
    pub as_of: DateTime<Utc>,
    /// The clock.
    pub now: DateTime<Utc>,
}

/// Why each environment may not be relied on: one entry per claim, empty when nothing speaks against it.
pub fn doubts(pair: &Pair, claims: &[Claim<'_>], policy: &Policy, moments: Moments) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = claims.iter().map(|c| (c.environment.to_owned(), of_one(c, policy, moments))).collect();
    let side = |name: &str| claims.iter().find(|c| c.environment == name);
    if let (Some(training), Some(production)) = (side(&pair.training), side(&pair.production)) {
        let shared = of_both(training, production, policy);
        for name in [&pair.training, &pair.production] {
            found.entry(name.clone()).or_default().extend(shared.iter().cloned());
        }
    }
    found
}

fn of_one(claim: &Claim<'_>, policy: &Policy, moments: Moments) -> Vec<String> {
    let name = claim.environment;
    let Some(manifest) = claim.manifest else {
        return vec![format!("{name} has no snapshot")];
    };
    let mut doubts = Vec::new();
    if manifest.environment != name {
        doubts.push(format!("the snapshot given for {name} is one of the environment {}", manifest.environment));
    }
    if manifest.role != claim.role {
        doubts.push(format!("the snapshot given for {name} says that its role is {}, but {name} is {}", manifest.role, claim.role));
    }
    doubts.extend(of_instance(name, claim.instance, manifest.instance.as_ref()));
    if !claim.age_open {
        doubts.extend(of_age(name, manifest.taken_at, manifest.captured_at, policy, moments));
    } else if manifest.taken_at.is_some() {
        let any_age = Policy { max_age: Duration::MAX, ..policy.clone() };
        doubts.extend(of_age(name, manifest.taken_at, manifest.captured_at, &any_age, moments));
    }
    doubts
}

/// Doubts about the instance that the data of `name` come from.
pub(super) fn of_instance(name: &str, expected: Option<&str>, found: Option<&Instance>) -> Option<String> {
    let expected = expected?;
    let found: &[String] = found.map_or(&[], |i| &i.found);
    match found {
        [] => Some(format!("the data of {name} do not say which instance they come from; it should be {expected}")),
        [one] if one == expected => None,
        several => Some(format!("the data of {name} come from {}, but the instance should be {expected}", several.join(" and "))),
    }
}

/// Doubts about the age of the data of `name`.
pub(super) fn of_age(
    name: &str,
    taken_at: Option<DateTime<Utc>>,
    captured_at: DateTime<Utc>,
    policy: &Policy,
    moments: Moments,
) -> Vec<String> {
    let Some(taken_at) = taken_at else {
        return vec![format!("nobody says how old the data of {name} are")];
    };
    let mut doubts = Vec::new();
    let newest = taken_at.max(captured_at);
    if newest > moments.now {
        doubts.push(format!("the snapshot of {name} is of {}, which is later than the clock of this machine", minute(newest)));
    } else if taken_at > moments.as_of {
        doubts.push(format!("the data of {name} are of {}, which is later than the moment judged", minute(taken_at)));
    }
    let age = moments.as_of - taken_at;
    if age > policy.max_age {
        doubts.push(format!("the data of {name} are {} old, more than the {} that the policy allows", span(age), span(policy.max_age)));
    }
    doubts
}

fn of_both(training: &Claim<'_>, production: &Claim<'_>, policy: &Policy) -> Vec<String> {
    let (Some(left), Some(right)) = (training.manifest, production.manifest) else {
        return Vec::new();
    };
    let names = format!("{} and {}", training.environment, production.environment);
    let mut doubts = Vec::new();
    if left.origin == right.origin {
        doubts.push(format!("{names} were read from the same place, {}", left.origin));
    }
    if left.content_id == right.content_id {
        doubts.push(format!("{names} are the same snapshot"));
    }
    doubts.extend(of_skew(&names, left.taken_at, right.taken_at, policy));
    if training.same_files.is_none() && production.same_files.is_none() {
        doubts.extend(
            same_bytes(left, right).map(|files| format!("{names} hold the same bytes in {files}, and the project does not say why")),
        );
    }
    doubts
}

/// Doubts about two extracts that were not taken at the same time.
pub(super) fn of_skew(names: &str, left: Option<DateTime<Utc>>, right: Option<DateTime<Utc>>, policy: &Policy) -> Option<String> {
    let apart = (left? - right?).abs();
    (apart > policy.max_skew)
        .then(|| format!("the data of {names} are {} apart, more than the {} that the policy allows", span(apart), span(policy.max_skew)))
}

/// Source files of the right side whose bytes are also a file of the left side, in words.
fn same_bytes(left: &Manifest, right: &Manifest) -> Option<String> {
    // What a login sees lies in files of its own, whose paths may be the same.
    let sources = |m: &Manifest| -> BTreeMap<String, String> {
        let own = m.datasets.iter().filter(|d| split_view(&d.name).is_none());
        own.flat_map(|d| &d.sources).map(|s| (s.path.clone(), s.sha256.clone())).collect()
    };
    let on_the_left: std::collections::BTreeSet<String> = sources(left).into_values().collect();
    let same: Vec<String> = sources(right).into_iter().filter(|(_, sha256)| on_the_left.contains(sha256)).map(|(path, _)| path).collect();
    some_files(&same)
}

/// The first files and how many more there are; `None` when there is none.
pub(super) fn some_files(paths: &[String]) -> Option<String> {
    match paths {
        [] => None,
        [one] => Some(one.clone()),
        [first, second] => Some(format!("{first} and {second}")),
        [first, second, rest @ ..] => Some(format!("{first}, {second} and {} more files", rest.len())),
    }
}

fn minute(moment: DateTime<Utc>) -> String {
    moment.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// A length of time as people say it, rounded down.
fn span(length: Duration) -> String {
    let (amount, unit) = match length {
        l if l < Duration::minutes(2) => (l.num_seconds(), "second"),
        l if l < Duration::hours(2) => (l.num_minutes(), "minute"),
        l if l < Duration::hours(72) => (l.num_hours(), "hour"),
        l => (l.num_days(), "day"),
    };
    format!("{amount} {unit}{}", if amount == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{DatasetEntry, Instance};
    use crate::value::SourceEntry;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
    }

    fn manifest(name: &str) -> Manifest {
        Manifest {
            format: 1,
            tool: "0.1.0".into(),
            environment: name.into(),
            role: name.into(),
            system: "riverside_extract".into(),
            origin: format!("extracts/{name}"),
            scope: None,
            login: None,
            instance: Some(Instance { expected: name.to_uppercase(), found: vec![name.to_uppercase()] }),
            taken_at: Some(at("2027-02-01T06:00:00Z")),
            captured_at: at("2027-02-01T07:00:00Z"),
            definition: "d".into(),
            datasets: vec![DatasetEntry {
                sources: vec![SourceEntry { path: "clinics.csv".into(), sha256: format!("sha-{name}"), bytes: 9 }],
                ..DatasetEntry::of_clinics(1)
            }],
            logins: Vec::new(),
            content_id: format!("content-{name}"),
        }
    }

    /// Judges a pair after `spoil` has had its way; the doubts of training and of production.
    fn judged(spoil: impl FnOnce(&mut Manifest, &mut Manifest)) -> (Vec<String>, Vec<String>) {
        judged_at("2027-02-01T12:00:00Z", "2027-02-01T12:00:00Z", None, spoil)
    }

    fn judged_at(
        as_of: &str,
        now: &str,
        same_files: Option<&str>,
        spoil: impl FnOnce(&mut Manifest, &mut Manifest),
    ) -> (Vec<String>, Vec<String>) {
        let (mut training, mut production) = (manifest("training"), manifest("production"));
        spoil(&mut training, &mut production);
        let pair = Pair { training: "training".into(), production: "production".into() };
        let claims = [
            Claim {
                environment: "training",
                role: "training",
                instance: Some("TRAINING"),
                age_open: false,
                same_files,
                logins: &[],
                manifest: Some(&training),
            },
            Claim {
                environment: "production",
                role: "production",
                instance: Some("PRODUCTION"),
                age_open: false,
                same_files: None,
                logins: &[],
                manifest: Some(&production),
            },
        ];
        let mut found = doubts(&pair, &claims, &Policy::standard(), Moments { as_of: at(as_of), now: at(now) });
        (found.remove("training").unwrap(), found.remove("production").unwrap())
    }

    fn says(doubts: &[String], words: &str) -> bool {
        doubts.len() == 1 && doubts[0].contains(words)
    }

    #[test]
    fn fresh_data_of_two_right_instances_leave_no_doubt() {
        assert_eq!(judged(|_, _| ()), (vec![], vec![]));
    }

    #[test]
    fn age_unknown_or_above_the_limit() {
        let (training, production) = judged(|_, p| p.taken_at = None);
        assert!(training.is_empty() && says(&production, "nobody says how old"));
        let (_, exactly) = judged_at("2027-02-02T06:00:00Z", "2027-02-02T06:00:00Z", None, |_, _| ());
        assert!(exactly.is_empty());
        let (training, production) = judged_at("2027-02-02T06:00:01Z", "2027-02-02T06:00:01Z", None, |_, _| ());
        assert!(says(&training, "24 hours old") && says(&production, "24 hours old"));
    }

    #[test]
    fn newer_than_the_clock_or_than_the_moment_judged() {
        let later = Some(at("2027-02-01T12:00:01Z"));
        let (_, production) = judged(|_, p| p.taken_at = later);
        assert!(says(&production, "later than the clock"));
        let (_, captured) = judged(|_, p| p.captured_at = at("2027-02-01T12:00:01Z"));
        assert!(says(&captured, "later than the clock"));
        let (_, replayed) = judged_at("2027-02-01T05:59:59Z", "2027-02-01T12:00:00Z", None, |_, _| ());
        assert!(says(&replayed, "later than the moment judged"));
    }

    #[test]
    fn skew_is_a_doubt_on_both_sides() {
        let (training, production) = judged(|t, _| t.taken_at = Some(at("2027-01-31T17:59:59Z")));
        assert!(says(&training, "12 hours apart") && says(&production, "12 hours apart"));
        let (training, production) = judged(|t, _| t.taken_at = Some(at("2027-01-31T18:00:00Z")));
        assert!(training.is_empty() && production.is_empty());
    }

    #[test]
    fn another_instance_two_instances_or_none() {
        let found = |words: &[&str]| Some(Instance { expected: "PRODUCTION".into(), found: words.iter().map(|w| (*w).into()).collect() });
        let (_, other) = judged(|_, p| p.instance = found(&["TRAIN"]));
        assert!(says(&other, "come from TRAIN"));
        let (_, two) = judged(|_, p| p.instance = found(&["PRODUCTION", "TRAIN"]));
        assert!(says(&two, "PRODUCTION and TRAIN"));
        for silent in [None, found(&[])] {
            let (_, none) = judged(|_, p| p.instance = silent);
            assert!(says(&none, "do not say which instance"));
        }
    }

    #[test]
    fn a_snapshot_of_another_environment_or_role() {
        let (_, name) = judged(|_, p| p.environment = "classroom_1".into());
        assert!(says(&name, "classroom_1"));
        let (_, role) = judged(|_, p| p.role = "training".into());
        assert!(says(&role, "its role is training"));
    }

    #[test]
    fn one_place_or_one_snapshot_for_both() {
        let (training, production) = judged(|t, p| t.origin = p.origin.clone());
        assert!(says(&training, "same place") && says(&production, "same place"));
        let (training, production) = judged(|t, p| t.content_id = p.content_id.clone());
        assert!(says(&training, "same snapshot") && says(&production, "same snapshot"));
    }

    #[test]
    fn the_same_bytes_need_a_reason() {
        let copy = |t: &mut Manifest, p: &mut Manifest| t.datasets[0].sources[0].sha256 = p.datasets[0].sources[0].sha256.clone();
        let (training, production) = judged(copy);
        assert!(says(&training, "the same bytes in clinics.csv") && says(&production, "the same bytes"));
        let moment = "2027-02-01T12:00:00Z";
        assert_eq!(judged_at(moment, moment, Some("one national file serves both"), copy), (vec![], vec![]));
    }

    #[test]
    fn the_pair_is_found_among_other_environments() {
        let manifests =
            ["classroom_1", "training", "legacy", "production"].map(|name| Manifest { origin: "extracts".into(), ..manifest(name) });
        let claims = manifests.each_ref().map(|m| Claim {
            environment: &m.environment,
            role: &m.role,
            instance: None,
            age_open: false,
            same_files: None,
            logins: &[],
            manifest: Some(m),
        });
        let pair = Pair { training: "training".into(), production: "production".into() };
        let now = at("2027-02-01T12:00:00Z");
        let found = doubts(&pair, &claims, &Policy::standard(), Moments { as_of: now, now });
        let doubtful: Vec<&str> = found.iter().filter(|(_, doubts)| !doubts.is_empty()).map(|(name, _)| name.as_str()).collect();
        assert_eq!(doubtful, ["production", "training"]);
        assert!(says(&found["training"], "training and production were read from the same place, extracts"));
    }

    #[test]
    fn the_very_moment_is_no_doubt() {
        let moment = "2027-02-01T07:00:00Z";
        assert_eq!(judged_at(moment, moment, None, |_, _| ()), (vec![], vec![]), "captured now");
        let taken = |t: &mut Manifest, p: &mut Manifest| {
            for side in [t, p] {
                side.taken_at = Some(at(moment));
            }
        };
        assert_eq!(judged_at(moment, "2027-02-01T12:00:00Z", None, taken), (vec![], vec![]), "taken at the moment judged");
    }

    #[test]
    fn lengths_of_time_are_said_in_the_unit_that_people_use() {
        let said = [(1, "1 second"), (119, "119 seconds"), (120, "2 minutes"), (7199, "119 minutes"), (7200, "2 hours")];
        let longer = [(72 * 3600 - 1, "71 hours"), (72 * 3600, "3 days"), (100 * 86_400, "100 days")];
        for (seconds, words) in said.into_iter().chain(longer) {
            assert_eq!(span(Duration::seconds(seconds)), words);
        }
    }

    #[test]
    fn no_snapshot_is_a_doubt() {
        let pair = Pair { training: "training".into(), production: "production".into() };
        let claim = Claim {
            environment: "production",
            role: "production",
            instance: None,
            age_open: false,
            same_files: None,
            logins: &[],
            manifest: None,
        };
        let now = at("2027-02-01T12:00:00Z");
        assert!(says(&doubts(&pair, &[claim], &Policy::standard(), Moments { as_of: now, now })["production"], "no snapshot"));
    }

    #[test]
    fn an_age_that_is_left_open_is_no_doubt_and_a_wrong_clock_still_is() {
        let pair = Pair { training: "training".into(), production: "production".into() };
        let judged = |age_open: bool, taken_at: Option<&str>| {
            let mut manifest = manifest("production");
            manifest.taken_at = taken_at.map(at);
            let claim = Claim {
                environment: "production",
                role: "production",
                instance: Some("PRODUCTION"),
                age_open,
                same_files: None,
                logins: &[],
                manifest: Some(&manifest),
            };
            let now = at("2027-02-01T12:00:00Z");
            doubts(&pair, &[claim], &Policy::standard(), Moments { as_of: now, now })["production"].clone()
        };
        for open in [None, Some("2020-02-01T06:00:00Z")] {
            assert_eq!(judged(true, open), Vec::<String>::new());
            assert_eq!(judged(false, open).len(), 1);
        }
        assert!(says(&judged(true, Some("2028-02-01T06:00:00Z")), "later than the clock"));
    }
}
