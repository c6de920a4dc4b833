//! What every kind says of itself, whatever it asks.

use crate::check::{Check, decode};
use crate::document::{Problems, load};

use super::super::KINDS;

/// A check of each kind, with what stands for `{}` in its SQL; none where a kind has no SQL.
const ASKED: &[(&str, &str)] = &[
    ("parity", "{dataset: clinics, where: \"{}\", reason: r}"),
    ("present", "{dataset: clinics, in: production, rows: lists/a.csv, where: \"{}\", reason: r}"),
    ("visible", "{dataset: clinics, in: production, to: clerk, where: \"{}\", reason: r}"),
    ("resolves", "{dataset: clinics, in: production, field: location, to: locations, where: \"{}\", reason: r}"),
    ("expect", "{dataset: clinics, in: production, that: \"{}\"}"),
    ("expect", "{dataset: clinics, in: production, that: active, where: \"{}\", reason: r}"),
    ("count", "{dataset: clinics, in: production, at_least: 1, where: \"{}\", reason: r}"),
    (
        "attested",
        "{statement: X, by: lead, valid: 30d, build: {in: production, dataset: build, column: version, where: \"{}\", reason: r}}",
    ),
    (
        "query",
        "{over: SELECT count(*) FROM production.clinics, find: \"SELECT code AS key, 'x' AS problem FROM production.clinics WHERE {}\"}",
    ),
    ("query", "{over: \"SELECT count(*) FROM production.clinics WHERE {}\", find: SELECT code AS key FROM production.clinics}"),
];

const SILENT: &[(&str, &str)] =
    &[("frozen", "{dataset: \"*\", in: production, since: sign-off}"), ("probe", "{in: production, get: metadata}")];

fn checked(kind: &str, test: &str) -> Check {
    let mut problems = Problems::default();
    let text = format!("version: 1\narea: a\nowner: o\nchecks:\n  - id: the-check\n    {kind}: {test}\n");
    let document = load("checks/a.yaml", text.as_bytes(), &mut problems).unwrap();
    let file = decode(&document, &mut problems);
    assert!(problems.is_empty(), "{}", crate::document::render(&problems, false));
    file.unwrap().checks.remove(0)
}

#[test]
fn every_kind_is_called_by_its_key() {
    for (word, _) in KINDS {
        let test = ASKED.iter().chain(SILENT).find(|(kind, _)| kind == word).map(|(_, test)| test.replace("{}", "active")).unwrap();
        assert_eq!(checked(word, &test).test.word(), *word);
    }
}

#[test]
fn a_kind_that_asks_for_the_site_says_where() {
    for (kind, test) in ASKED {
        let asks = |sql: &str| checked(kind, &test.replace("{}", sql)).test.asks_site().map(|place| place.text().to_owned());
        assert_eq!(asks("code = site()").as_deref(), Some("site()"), "{kind}");
        assert_eq!(asks("code = 'site()'"), None, "{kind}");
    }
    for (kind, test) in SILENT {
        assert!(checked(kind, test).test.asks_site().is_none(), "{kind}");
    }
}

#[test]
fn a_condition_is_a_text() {
    let without = ASKED.iter().filter(|(kind, _)| *kind != "query").map(|(kind, test)| (*kind, test.replace("\"{}\"", "null")));
    for (kind, test) in
        without.chain([("query", "{over: null, find: SELECT 1}".to_owned()), ("query", "{over: SELECT 1, find: ~}".to_owned())])
    {
        let mut problems = Problems::default();
        let text = format!("version: 1\narea: a\nowner: o\nchecks:\n  - id: the-check\n    {kind}: {test}\n");
        let document = load("checks/a.yaml", text.as_bytes(), &mut problems).unwrap();
        decode(&document, &mut problems);
        assert!(!problems.is_empty(), "{kind}: {text}");
    }
}

#[test]
fn what_a_kind_judges_by_is_named() {
    let pair = crate::check::Pair { training: "training".into(), production: "production".into() };
    let (kind, test) = SILENT[0];
    assert_eq!(checked(kind, test).test.baselines(&pair), [("sign-off".to_owned(), "production".to_owned())]);
    let signed =
        format!("{{dataset: clinics, in: production, rows: lists/a.csv, signed: {{by: m, on: 2027-01-29, sha256: {}}}}}", "ab".repeat(32));
    let lists = checked("present", &signed).test.lists();
    assert_eq!(lists.len(), 1);
    assert_eq!((lists[0].0.as_str(), lists[0].1.as_ref().map(|d| d.value.clone())), ("checks/lists/a.csv", Some("ab".repeat(32))));
    for (kind, test) in ASKED.iter().filter(|(kind, _)| *kind != "present") {
        let test = checked(kind, &test.replace("{}", "active")).test;
        assert!(test.lists().is_empty() && test.baselines(&pair).is_empty(), "{kind}");
    }
}
