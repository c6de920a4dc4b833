//! `probe`: a live server answers, rightly, fast enough, and with a certificate that lasts.
//!
//! The server is asked while the environment is captured; here what was measured is judged, as often as one likes and offline.
//!
//! - **Latency** is the time from sending a request to the last byte of the body. The samples of a probe are taken one after the
//!   other on one connection. A first request sets it up; its time is told apart and is no sample, but its answer counts.
//! - **A percentile** is a sample that was measured (nearest rank): p95 of 20 samples is the 19th fastest. A failed sample
//!   counts as slower than any other: a server that answers half of the time is not fast.
//! - **A request fails** when no whole answer comes in time, when the status is another than asked, or when the body does not hold
//!   what it must. A redirect is not followed.
//! - **Not reachable** is a finding: whether it can be reached is what is asked. When this machine is to blame (it does not know
//!   the name, has no network, or its proxy gives no way), nothing was learnt about the server: CANNOT TELL.

mod judge;
mod stored;

use crate::document::decode::{Fields, count, duration, name, some_text};
use crate::document::{At, Node, Place, Problems};
use crate::snapshot::{BodyTest, Plan, Probe as Request};
use crate::system::{RowPath, is_patient_resource};

use super::super::evidence::{Evidence, Pair};
use super::super::lint::Catalogue;
use super::super::outcome::Outcome;
use super::{Context, Kind, target};

/// Percentiles that may be bounded, with the word that users write.
const PERCENTILES: [(&str, u32); 5] = [("p50", 50), ("p90", 90), ("p95", 95), ("p99", 99), ("max", 100)];

/// Samples that are taken when nothing is said: the fewest of which p95 is not simply the slowest.
const SAMPLES: u64 = 20;
/// Most samples that one probe may take: it is a check, not a load test.
const MOST_SAMPLES: u64 = 1000;

/// `{in, get, samples, p50, p90, p95, p99, max, errors, certificate_days, status, body}`.
struct Probe {
    environment: At<String>,
    path: At<String>,
    request: Request,
    bounds: Vec<Bound>,
    errors: u64,
    /// Days that the certificate must still be valid, and where that is said.
    certificate_days: Option<At<u64>>,
    status: Option<u16>,
}

/// Longest that a share of the samples may take.
struct Bound {
    word: &'static str,
    percent: u32,
    most: chrono::Duration,
}

pub(super) fn decode(node: &Node, problems: &mut Problems) -> Option<Box<dyn Kind>> {
    let mut fields = Fields::open(node, "`probe`", problems)?;
    let environment = fields.need("in", problems, name);
    let path = fields.need("get", problems, path);
    let samples = match fields.optional("samples") {
        None => Some(SAMPLES),
        Some(node) => between(node, 1, MOST_SAMPLES, problems).map(|n| n.value),
    };
    let mut bounds = Vec::new();
    for (word, percent) in PERCENTILES {
        if let Some(found) = fields.get(word, problems, duration) {
            if found.value > chrono::Duration::zero() {
                bounds.push(Bound { word, percent, most: found.value });
            } else {
                problems.add(&found.place, format!("nothing is answered in {}", found.place.text())).expected("such as 800ms");
            }
        }
    }
    let errors = fields.get("errors", problems, count);
    let certificate_days = fields.get("certificate_days", problems, |n, p| between(n, 0, 3650, p));
    let status = fields.get("status", problems, |n, p| between(n, 100, 599, p));
    let body = match fields.optional("body") {
        None => Some(None),
        Some(node) => body(node, problems).map(Some),
    };
    fields.close(problems);
    if let (Some(errors), Some(samples)) = (&errors, samples)
        && errors.value >= samples
    {
        let message = format!("{} of {samples} samples may fail: then nothing is asked", errors.value);
        problems.add(&errors.place, message).expected(format!("less than {samples}"));
        return None;
    }
    let path = path?;
    Some(Box::new(Probe {
        environment: environment?,
        request: Request { path: path.value.clone(), samples: samples?, body: body? },
        path,
        bounds,
        errors: errors.map_or(0, |e| e.value),
        certificate_days,
        status: status.and_then(|s| u16::try_from(s.value).ok()),
    }))
}

/// A path below the server's address. What it names is written into reports, and what it gives is read.
fn path(node: &Node, problems: &mut Problems) -> Option<At<String>> {
    let path = some_text(node, problems)?;
    if path.value.trim() != path.value || path.value.chars().any(char::is_control) {
        problems.add(&path.place, "this path begins or ends with a space").expected("such as metadata");
        return None;
    }
    let (before, query) = path.value.split_once('?').unwrap_or((&path.value, ""));
    if let Some(resource) = before.split('/').find(|part| is_patient_resource(part)) {
        let message = format!("`{resource}` would answer with patient data, which gonogo does not read");
        problems.add(&path.place, message).expected("refused by name").help("probe something else, such as `metadata`");
        return None;
    }
    const SECRET: [&str; 6] = ["token", "key", "secret", "password", "passwd", "pwd"];
    let names = query.split('&').filter_map(|part| part.split('=').next());
    if let Some(name) = names.into_iter().find(|name| SECRET.iter().any(|secret| name.to_lowercase().ends_with(secret))) {
        let message = format!("`{name}` looks like a secret, and this path is written into every report");
        problems.add(&path.place, message).expected("a path without secrets");
        return None;
    }
    Some(path)
}

fn between(node: &Node, least: u64, most: u64, problems: &mut Problems) -> Option<At<u64>> {
    let found = count(node, problems)?;
    if !(least..=most).contains(&found.value) {
        problems.add(&found.place, format!("{} is out of bounds", found.value)).expected(format!("{least} to {most}"));
        return None;
    }
    Some(found)
}

/// `{contains: …}`, or `{json: …, is: …}`.
fn body(node: &Node, problems: &mut Problems) -> Option<BodyTest> {
    let mut fields = Fields::open(node, "`body`", problems)?;
    let test = if fields.keys().any(|k| k == "contains") {
        for word in ["json", "is"] {
            fields.refuse(word, format!("`{word}` cannot stand beside `contains`: a body is asked one thing"), problems);
        }
        fields.need("contains", problems, some_text).map(|text| BodyTest::Contains(text.value))
    } else {
        let path = fields.need("json", problems, json_path);
        let is = fields.need("is", problems, some_text);
        fields.entry("contains");
        path.zip(is).map(|(path, is)| BodyTest::Json { path, is: is.value })
    };
    fields.close(problems);
    test
}

fn json_path(node: &Node, problems: &mut Problems) -> Option<String> {
    let written = some_text(node, problems)?;
    if let Err(error) = RowPath::parse(&written.value) {
        problems.add(&written.place, format!("`{}` is no path: {}", written.value, error.message)).expected("such as $.fhirVersion");
        return None;
    }
    Some(written.value)
}

impl Kind for Probe {
    fn word(&self) -> &'static str {
        "probe"
    }

    fn plan(&self, pair: &Pair, plan: &mut Plan) {
        plan.probe(target::environment(&self.environment, pair), self.request.clone());
    }

    fn lint(&self, catalogue: &Catalogue<'_>, problems: &mut Problems) {
        let Some(name) = target::lint_environment(&self.environment, catalogue, problems) else { return };
        let Some(environment) = catalogue.environments.get(name).filter(|e| !e.digest.is_empty()) else { return };
        let Some(server) = &environment.server else {
            // A `url` with a mistake is reported where it stands.
            if !environment.names_server {
                let message = format!("`{name}` has no `url`: there is nothing to probe");
                problems
                    .add(&self.environment.place, message)
                    .expected("a live server")
                    .help(format!("add `url: …` to {}", environment.path));
            }
            return;
        };
        if let Err(why) = server.address(&self.path) {
            problems.add(&self.path.place, why).expected("a path below the `url`, such as metadata");
        }
        if let Some(days) = self.certificate_days.as_ref().filter(|_| !server.is_encrypted()) {
            let message = format!("`{name}` is not encrypted: it has no certificate that could last");
            problems.add(&days.place, message).expected("not here");
        }
    }

    fn asks_site(&self) -> Option<Place> {
        None
    }

    fn evaluate(&self, evidence: &Evidence, context: &Context<'_>) -> Outcome {
        judge::judge(self, evidence, context)
    }
}
