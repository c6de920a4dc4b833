//! What was measured is written into a snapshot as capture writes it, and judged as a user asks.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::super::testing::{findings, untold};
use crate::check::{Catalogue, CheckFile, Evidence, Outcome, Pair, Side, evaluate_all, lint};
use crate::document::{Problems, load};
use crate::environment::Environment;
use crate::snapshot::{Draft, FORMAT, Manifest, Plan, Probe, Probed, Sample, write_probes};

const NOW: &str = "2027-02-20T12:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn pair() -> Pair {
    Pair { training: "training".to_owned(), production: "production".to_owned() }
}

fn environments(production: &str) -> BTreeMap<String, Environment> {
    let files = "system: extract\nfiles: training\n";
    let named = [("training", files), ("production", production)];
    let decode = |(name, rest): (&str, &str)| {
        let mut problems = Problems::default();
        let text = format!("version: 1\nname: {name}\nrole: {name}\n{rest}");
        let document = load(&format!("environments/{name}.yaml"), text.as_bytes(), &mut problems).unwrap();
        (name.to_owned(), crate::environment::decode(&document, &mut problems).unwrap())
    };
    named.into_iter().map(decode).collect()
}

fn file(test: &str, problems: &mut Problems) -> Option<CheckFile> {
    let text = format!("version: 1\narea: portal\nowner: portal team\nchecks:\n  - id: the-check\n    {test}\n");
    load("checks/test.yaml", text.as_bytes(), problems).and_then(|d| crate::check::decode(&d, problems))
}

/// Mistakes of a check, each with the text that it points at.
fn wrong(production: &str, test: &str) -> Vec<String> {
    let mut problems = Problems::default();
    let file = file(test, &mut problems);
    let (environments, systems, lists) = (environments(production), BTreeMap::new(), BTreeMap::new());
    lint(
        file.as_slice(),
        &Catalogue {
            environments: &environments,
            systems: &systems,
            pair: &pair(),
            lists: &lists,
            baselines: &BTreeMap::new(),
            unread_baselines: &std::collections::BTreeSet::new(),
        },
        &mut problems,
    );
    problems.sorted().into_iter().map(|p| format!("`{}` {}", p.place.text(), p.message)).collect()
}

const LIVE: &str = "url: https://portal.riverside.example/r4\n";

/// Judges a check on what was measured; `measured` gets the request that the check plans. `None`: a snapshot without probes.
fn judged(test: &str, measured: impl FnOnce(Probe) -> Option<Probed>) -> Outcome {
    assert_eq!(wrong(LIVE, test), Vec::<String>::new(), "{test}");
    let file = file(test, &mut Problems::default()).unwrap();
    let mut plan = Plan::default();
    file.checks[0].test.plan(&pair(), &mut plan);
    let probe = plan.probes["production"].first().unwrap().clone();
    let folder = tempfile::tempdir().unwrap();
    let draft = Draft::new(folder.path()).unwrap();
    let datasets = measured(probe).map(|probed| write_probes(&draft, &[probed]).unwrap());
    let manifest = Manifest {
        format: FORMAT,
        tool: String::new(),
        environment: "production".to_owned(),
        role: "production".to_owned(),
        system: String::new(),
        origin: "https://portal.riverside.example/r4/".to_owned(),
        scope: None,
        login: None,
        instance: None,
        taken_at: Some(at(NOW)),
        captured_at: at(NOW),
        definition: String::new(),
        logins: Vec::new(),
        datasets: datasets.into_iter().collect(),
        content_id: String::new(),
    };
    let snapshot = draft.finish(manifest).unwrap();
    let evidence = Evidence {
        pair: pair(),
        snapshots: BTreeMap::from([(
            "production".to_owned(),
            Side { snapshot: Some(snapshot), doubts: Vec::new(), logins: BTreeMap::new() },
        )]),
        lists: BTreeMap::new(),
        attestations: Default::default(),
        baselines: Default::default(),
        as_of: at(NOW),
        go_live: at("2027-02-24T06:00:00Z"),
        site: None,
    };
    evaluate_all(&[file], &evidence, |_| true).remove("the-check").unwrap()
}

fn answer(ms: u64) -> Sample {
    Sample { us: Some(ms * 1000), status: Some(200), ..Sample::default() }
}

fn failure(word: &str, ours: bool) -> Sample {
    Sample { failed: Some(word.to_owned()), ours, ..Sample::default() }
}

/// Ten, twenty, … milliseconds; a slow first request; a certificate that lasts.
fn sound(probe: Probe) -> Probed {
    let met = probe.body.as_ref().map(|_| true);
    let samples = (1..=probe.samples).map(|n| Sample { met, ..answer(n * 10) }).collect();
    Probed {
        opening: Some(Sample { met, ..answer(5000) }),
        samples,
        tls: Some("1.3".to_owned()),
        certificate_ends: Some(at("2027-06-01T00:00:00Z")),
        ..Probed::new(probe)
    }
}

/// Judges what a sound server would have given, after one change.
fn changed(test: &str, change: impl FnOnce(&mut Probed)) -> Outcome {
    judged(test, |probe| {
        let mut probed = sound(probe);
        change(&mut probed);
        Some(probed)
    })
}

const WHOLE: &str = "probe: {in: production, get: metadata, samples: 20, p50: 100ms, p90: 180ms, p95: 190ms, p99: 200ms, max: 1s, errors: 0, certificate_days: 30, \
                     status: 200, body: {json: $.fhirVersion, is: 4.0.1}}";

#[test]
fn a_sound_server_passes_and_what_was_looked_at_is_said() {
    let outcome = changed(WHOLE, |_| ());
    assert_eq!(findings(&outcome), Vec::<String>::new());
    assert_eq!(outcome.ledger.read.len(), 1);
    assert_eq!(outcome.ledger.read[0].completeness, "proven: 20 of 20 samples that were asked for");
    assert_eq!(
        outcome.ledger.notes,
        [
            "the certificate ends on 2027-06-01, 96 days after the go-live",
            "20 answered samples: p50 100 ms, p95 190 ms, slowest 200 ms",
            "the first request, with setting up the connection, took 5000 ms",
        ]
    );
    let loose = changed("probe: {in: production, get: metadata}", |_| ());
    assert_eq!(findings(&loose), Vec::<String>::new());
    assert!(loose.ledger.notes.iter().any(|n| n.contains("a login page")), "{:?}", loose.ledger.notes);
}

#[test]
fn each_percentile_has_its_own_bound() {
    let request = "GET metadata, 20 samples";
    for (bounds, expected) in [
        ("p50: 99ms", "p50 at most 99 ms 100 ms"),
        ("p90: 179ms", "p90 at most 179 ms 180 ms"),
        ("p95: 189ms", "p95 at most 189 ms 190 ms"),
        ("p99: 199ms", "p99 at most 199 ms 200 ms"),
        ("max: 199ms", "max at most 199 ms 200 ms"),
    ] {
        let outcome = changed(&format!("probe: {{in: production, get: metadata, {bounds}}}"), |_| ());
        assert_eq!(findings(&outcome), [format!("Violated blocker production {request} {expected}")]);
    }
    let slow = changed("probe: {in: production, get: metadata, p95: 800ms}", |p| p.samples = (0..20).map(|_| answer(1234)).collect());
    assert_eq!(slow.findings[0].message, "GET metadata of production took 1234 ms (p95 of 20 samples), at most 800 ms is expected");
    let one = changed("probe: {in: production, get: metadata, p95: 195ms, max: 210ms}", |p| p.samples[19] = answer(211));
    assert_eq!(findings(&one), [format!("Violated blocker production {request} max at most 210 ms 211 ms")], "one of 20 is not p95");
}

#[test]
fn more_failures_than_may_be_are_found() {
    let asked = "probe: {in: production, get: metadata, p95: 1s, status: 200, body: {json: $.fhirVersion, is: 4.0.1}}";
    let one = |end: Sample| changed(asked, |p| p.samples[7] = end);
    let fields = |o: &Outcome| o.findings.iter().map(|f| f.field.clone().unwrap()).collect::<Vec<_>>();
    let cut = changed(asked, |p| {
        p.samples[7] = failure("cut", false);
        p.error = Some("the answer broke off after 3 bytes".to_owned());
    });
    assert_eq!(fields(&cut), ["answer"]);
    assert_eq!(
        cut.findings[0].message,
        "GET metadata of production: no whole answer to 1 of 21 requests: the answer broke off after 3 bytes"
    );
    assert_eq!(fields(&one(Sample { status: Some(503), ..answer(1) })), ["status"]);
    assert_eq!(fields(&one(Sample { status: Some(204), met: Some(true), ..answer(1) })), ["status"], "200 was asked for");
    assert_eq!(fields(&one(Sample { met: Some(false), ..answer(1) })), ["body"]);
    assert_eq!(fields(&one(Sample { met: None, ..answer(1) })), ["body"], "a body that was not looked at is not met");
    let opening = changed(asked, |p| p.opening = Some(Sample { status: Some(503), ..answer(1) }));
    assert_eq!(fields(&opening), ["status"], "the first request counts");
    let several = changed(asked, |p| {
        p.samples[0] = failure("timed_out", false);
        p.samples[1] = Sample { status: Some(429), ..answer(1) };
        p.samples[2] = Sample { status: Some(302), ..answer(1) };
        p.redirect = Some("https://login.example/".to_owned());
    });
    assert_eq!(fields(&several), ["answer", "status"]);
    assert_eq!(
        several.findings[1].message,
        "GET metadata of production answered 302 (1 of 21 requests), 429 (1 of 21 requests), 200 is expected; it redirects to \
         https://login.example/, which is not followed"
    );
}

#[test]
fn failures_that_may_be_are_slower_than_any_answer() {
    let two = |p: &mut Probed| {
        p.samples[0] = Sample { status: Some(503), ..answer(1) };
        p.samples[1] = failure("timed_out", false);
    };
    let within = changed("probe: {in: production, get: metadata, errors: 2, p90: 1s}", two);
    assert_eq!(findings(&within), Vec::<String>::new());
    assert!(within.ledger.notes.contains(&"2 of 21 requests failed; 2 may".to_owned()), "{:?}", within.ledger.notes);
    let beyond = changed("probe: {in: production, get: metadata, errors: 2, p95: 1s}", two);
    assert_eq!(findings(&beyond), ["Violated blocker production GET metadata, 20 samples p95 at most 1000 ms a failed sample"]);
    let said_once = changed("probe: {in: production, get: metadata, errors: 1, p95: 1s}", two);
    assert_eq!(said_once.findings.iter().filter(|f| f.field.as_deref() == Some("p95")).count(), 0, "failures are said once");
    assert_eq!(said_once.findings.len(), 2);
}

#[test]
fn a_server_that_never_answers_is_found_and_one_that_was_never_asked_is_not() {
    let dead = |ours: bool| {
        move |probe: Probe| {
            let error = Some("10.0.0.1:443 refused the connection".to_owned());
            let opening = Some(failure("refused", ours));
            Some(Probed { opening, samples: vec![failure("refused", ours); 2], error, ..Probed::new(probe) })
        }
    };
    let outcome = judged(WHOLE, dead(false));
    assert_eq!(
        findings(&outcome),
        ["Violated blocker production GET metadata, 20 samples, body $.fhirVersion is '4.0.1' answer an answer 10.0.0.1:443 refused the \
          connection"]
    );
    assert!(untold(&judged(WHOLE, dead(true))).contains("3 of 3 requests to production could not be made from here"));
    assert!(untold(&judged(WHOLE, |probe| Some(Probed::new(probe)))).contains("no request was made"));
    assert!(untold(&judged(WHOLE, |_| None)).contains("`probes` is not in the snapshot of production"));
}

#[test]
fn fewer_or_other_samples_than_asked_answer_nothing() {
    assert_eq!(
        untold(&changed(WHOLE, |p| p.samples.truncate(19))),
        "only 19 of 20 samples of GET metadata of production were taken: time ran out"
    );
    for other in ["samples: 19", "get: Location", "body: {contains: x}"] {
        let asked = "probe: {in: production, get: metadata, samples: 20}";
        let (word, _) = other.split_once(':').unwrap();
        let stored = file(
            &format!(
                "probe: {{in: production, {}}}",
                match word {
                    "samples" => "get: metadata, samples: 19",
                    "get" => "get: Location, samples: 20",
                    _ => "get: metadata, samples: 20, body: {contains: x}",
                }
            ),
            &mut Problems::default(),
        );
        let mut plan = Plan::default();
        stored.unwrap().checks[0].test.plan(&pair(), &mut plan);
        let stored = plan.probes["production"].first().unwrap().clone();
        let outcome = judged(asked, |_| Some(sound(stored)));
        assert!(untold(&outcome).contains("`GET metadata, 20 samples` was not asked of production"), "{other}: {outcome:?}");
    }
    let ours = changed(WHOLE, |p| p.samples[3] = failure("proxy", true));
    assert!(untold(&ours).contains("1 of 21 requests to production could not be made from here"), "{ours:?}");
}

#[test]
fn a_bound_that_fails_whatever_was_not_measured_is_found() {
    let slow = |taken: usize| {
        changed("probe: {in: production, get: metadata, p95: 800ms}", |p| p.samples = (0..taken).map(|_| answer(30_000)).collect())
    };
    let (two, one) = (slow(2), slow(1));
    assert_eq!(two.findings[0].message, "GET metadata of production took 30000 ms (p95 of 2 samples), at most 800 ms is expected");
    assert_eq!(two.cannot_tell, ["only 2 of 20 samples of GET metadata of production were taken: time ran out"]);
    assert!(one.findings.is_empty() && !one.cannot_tell.is_empty(), "one of 20 may be slow: {one:?}");
}

#[test]
fn a_certificate_must_last_beyond_the_go_live() {
    let ends = |text: &str, days: &str| {
        let test = format!("probe: {{in: production, get: metadata{days}}}");
        changed(&test, |p| p.certificate_ends = Some(at(text)))
    };
    let (thirty, none) = (", certificate_days: 30", "");
    assert_eq!(findings(&ends("2027-03-26T06:00:00Z", thirty)), Vec::<String>::new(), "30 days to the second");
    assert_eq!(
        findings(&ends("2027-03-26T05:59:59Z", thirty)),
        ["Violated blocker production GET metadata, 20 samples certificate valid for 30 days after the go-live (2027-02-24) ends on \
          2027-03-26, 29 days after the go-live"]
    );
    assert_eq!(findings(&ends("2027-02-24T06:00:00Z", none)), Vec::<String>::new());
    let before = ends("2027-02-24T05:59:59Z", none);
    assert_eq!(
        before.findings[0].message,
        "the certificate of production ends on 2027-02-24, before the go-live; it must be valid at the go-live (2027-02-24)"
    );
    let unread = changed("probe: {in: production, get: metadata}", |p| p.certificate_ends = None);
    assert!(untold(&unread).contains("could not be read"));
    let plain = changed("probe: {in: production, get: metadata}", |p| (p.certificate_ends, p.tls) = (None, None));
    assert_eq!(findings(&plain), Vec::<String>::new(), "without encryption there is none");
}

#[test]
fn mistakes_are_named_where_they_are() {
    for (test, expected) in [
        ("probe: {in: production, get: metadata, samples: 0}", "`0` 0 is out of bounds"),
        ("probe: {in: production, get: metadata, samples: 5, errors: 5}", "`5` 5 of 5 samples may fail: then nothing is asked"),
        ("probe: {in: production, get: metadata, p95: 0ms}", "`0ms` nothing is answered in 0ms"),
        ("probe: {in: production, get: metadata, p95: 800}", "`800` `800` is no length of time"),
        ("probe: {in: production, get: metadata, status: 2000}", "`2000` 2000 is out of bounds"),
        ("probe: {in: production, get: metadata, p59: 1s}", "`p59` `probe` has no key `p59`"),
        ("probe: {in: production, get: Patient/1}", "`Patient/1` `Patient` would answer with patient data, which gonogo does not read"),
        (
            "probe: {in: production, get: \"x?api_key=1\"}",
            "`\"x?api_key=1\"` `api_key` looks like a secret, and this path is written into every report",
        ),
        (
            "probe: {in: production, get: \"https://elsewhere.example/x\"}",
            "`\"https://elsewhere.example/x\"` `https://elsewhere.example/x` leads to another server than https://portal.riverside.example",
        ),
        (
            "probe: {in: production, get: //elsewhere.example/x}",
            "`//elsewhere.example/x` `//elsewhere.example/x` leads to another server than https://portal.riverside.example",
        ),
        (
            "probe: {in: production, get: x, body: {contains: a, json: $.b}}",
            "`json` `json` cannot stand beside `contains`: a body is asked one thing",
        ),
        ("probe: {in: production, get: x, body: {json: $.b}}", "`json` `body` needs `is`"),
        ("probe: {in: training, get: metadata}", "`training` `training` has no `url`: there is nothing to probe"),
        ("probe: {in: produktion, get: metadata}", "`produktion` there is no environment `produktion`"),
        (
            "expect: {dataset: clinics, in: production, that: active}",
            "`clinics` `production` is only probed: it names no files that hold `clinics`",
        ),
    ] {
        assert_eq!(wrong(LIVE, test), [expected], "{test}");
    }
    for strange in [" metadata", "metadata ", "meta\\tdata"] {
        let found = wrong(LIVE, &format!("probe: {{in: production, get: \"{strange}\"}}"));
        assert!(found[0].ends_with("this path begins or ends with a space"), "{found:?}");
    }
    let path = wrong(LIVE, "probe: {in: production, get: x, body: {json: \"$.b[\", is: 1}}");
    assert!(path.len() == 1 && path[0].contains("is no path"), "{path:?}");
    let plain = "url: http://localhost:8080\n";
    assert_eq!(
        wrong(plain, "probe: {in: production, get: x, certificate_days: 3}"),
        ["`3` `production` is not encrypted: it has no certificate that could last"]
    );
    assert_eq!(wrong("url: gopher\n", "probe: {in: production, get: x}"), Vec::<String>::new(), "the mistake is where the `url` stands");
}
