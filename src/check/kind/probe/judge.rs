//! Judging what was measured: a function of the evidence alone.

use std::collections::BTreeMap;

use crate::snapshot::{PROBES, Sample, nearest_rank};
use crate::value::{Cell, Key};

use super::super::super::evidence::Evidence;
use super::super::super::finding::{Finding, FindingKind};
use super::super::super::outcome::Outcome;
use super::super::collect::Collector;
use super::super::reading::{self, doubtful};
use super::super::{Context, target, words};
use super::Probe;
use super::stored::Stored;

pub(super) fn judge(probe: &Probe, evidence: &Evidence, context: &Context<'_>) -> Outcome {
    let mut outcome = Outcome::default();
    let environment = target::environment(&probe.environment, &evidence.pair);
    let Some(table) = reading::open(evidence, environment, PROBES, &mut outcome) else { return outcome };
    let stored = match Stored::find(&table, &probe.request) {
        Ok(Some(stored)) => stored,
        Ok(None) => {
            doubtful(&mut outcome, format!("`{}` was not asked of {environment} when its snapshot was taken", probe.request));
            return outcome;
        }
        Err(why) => {
            doubtful(&mut outcome, format!("{why} ({environment})"));
            return outcome;
        }
    };
    let judge = Judge { probe, evidence, context, environment, stored: &stored };
    judge.run(&mut outcome);
    outcome
}

struct Judge<'a> {
    probe: &'a Probe,
    evidence: &'a Evidence,
    context: &'a Context<'a>,
    environment: &'a str,
    stored: &'a Stored,
}

/// How one request ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Good,
    Unanswered,
    Status,
    Body,
}

impl Judge<'_> {
    fn run(&self, outcome: &mut Outcome) {
        let mut collector = Collector::new(self.context);
        outcome.ledger.selected = 1;
        outcome.ledger.columns_compared = self.compared();
        let requests: Vec<&Sample> = self.stored.opening.iter().chain(&self.stored.samples).collect();
        let (ours, theirs): (Vec<&Sample>, Vec<&Sample>) = requests.iter().partition(|s| s.ours);
        if !ours.is_empty() {
            let why = self.stored.error.as_deref().unwrap_or("this machine is to blame");
            let message =
                format!("{} of {} requests to {} could not be made from here: {why}", ours.len(), requests.len(), self.environment);
            doubtful(outcome, message);
        }
        if theirs.is_empty() {
            if ours.is_empty() {
                doubtful(outcome, format!("no request was made to {}", self.environment));
            }
        } else if theirs.iter().all(|s| !s.is_answered()) {
            let why = self.stored.error.clone().unwrap_or_else(|| "no answer".to_owned());
            let message = format!("{} cannot be reached: {why}", self.what());
            collector.add(self.finding("answer", "an answer", &why, message, "cannot be reached"));
            self.certificate(&mut collector, outcome, false);
        } else {
            let too_many = self.failures(&theirs, &mut collector, outcome);
            self.enough(ours.len(), outcome);
            self.latency(too_many, &mut collector);
            self.certificate(&mut collector, outcome, true);
            self.notes(outcome);
        }
        collector.finish(outcome);
    }

    /// What is judged, for the ledger.
    fn compared(&self) -> Vec<String> {
        let mut columns = vec!["answer".to_owned(), "status".to_owned()];
        columns.extend(self.probe.request.body.as_ref().map(|_| "body".to_owned()));
        columns.extend(self.probe.bounds.iter().map(|b| b.word.to_owned()));
        columns.extend(self.stored.tls.as_ref().map(|_| "certificate".to_owned()));
        columns
    }

    /// "GET metadata of production".
    fn what(&self) -> String {
        format!("GET {} of {}", self.probe.request.path, self.environment)
    }

    fn finding(&self, field: &str, expected: &str, found: &str, message: String, cause: &str) -> Finding {
        let at = words::At { environment: self.environment, dataset: PROBES };
        let key = Key::new([self.probe.request.to_string()]);
        Finding {
            field: Some(field.to_owned()),
            expected: Some(Cell::value(expected)),
            found: Some(Cell::value(found)),
            cause: format!("{}: {cause}", self.what()),
            ..at.finding(FindingKind::Violated, self.context.severity.changed, key, message)
        }
    }

    fn end(&self, sample: &Sample) -> End {
        let Some(status) = sample.status.filter(|_| sample.is_answered()) else { return End::Unanswered };
        let wanted = self.probe.status.map_or((200..300).contains(&status), |wanted| wanted == status);
        match (wanted, &self.probe.request.body) {
            (false, _) => End::Status,
            (true, Some(_)) if sample.met != Some(true) => End::Body,
            (true, _) => End::Good,
        }
    }

    /// Adds what failed, when more did than may; true when that is so.
    fn failures(&self, requests: &[&Sample], collector: &mut Collector<'_>, outcome: &mut Outcome) -> bool {
        let of = |end: End| requests.iter().filter(|s| self.end(s) == end).count();
        let failed = requests.len() - of(End::Good);
        let share = |n: usize| format!("{n} of {} requests", requests.len());
        let stored = self.stored;
        if failed as u64 <= self.probe.errors {
            if failed > 0 {
                outcome.ledger.notes.push(format!("{} failed; {} may", share(failed), self.probe.errors));
            }
            return false;
        }
        let allowed = if self.probe.errors > 0 { format!(" ({} may fail)", self.probe.errors) } else { String::new() };
        if of(End::Unanswered) > 0 {
            let why = stored.error.as_deref().unwrap_or("no answer");
            let found = format!("{why} ({})", share(of(End::Unanswered)));
            let message = format!("{}: no whole answer to {}{allowed}: {why}", self.what(), share(of(End::Unanswered)));
            collector.add(self.finding("answer", "an answer", &found, message, "no whole answer"));
        }
        if of(End::Status) > 0 {
            let mut statuses: BTreeMap<u16, usize> = BTreeMap::new();
            for status in requests.iter().filter(|s| self.end(s) == End::Status).filter_map(|s| s.status) {
                *statuses.entry(status).or_default() += 1;
            }
            let expected = self.probe.status.map_or_else(|| "200 to 299".to_owned(), |s| s.to_string());
            let found: Vec<String> = statuses.iter().map(|(status, n)| format!("{status} ({})", share(*n))).collect();
            let to = stored.redirect.as_ref().filter(|_| statuses.keys().any(|s| (300..400).contains(s)));
            let leads = to.map_or_else(String::new, |to| format!("; it redirects to {to}, which is not followed"));
            let message = format!("{} answered {}, {expected} is expected{allowed}{leads}", self.what(), found.join(", "));
            collector.add(self.finding("status", &expected, &found.join(", "), message, "another status than expected"));
        }
        if let Some(test) = self.probe.request.body.as_ref().filter(|_| of(End::Body) > 0) {
            let why = stored.body_found.as_deref().unwrap_or("something else");
            let message =
                format!("{}: the body of {} is not as asked{allowed}: {test} is expected, found: {why}", self.what(), share(of(End::Body)));
            collector.add(self.finding("body", &test.to_string(), why, message, "the body is not as asked"));
        }
        true
    }

    /// Fewer samples than asked answer nothing.
    fn enough(&self, ours: usize, outcome: &mut Outcome) {
        let (taken, asked) = (self.stored.samples.len() as u64, self.probe.request.samples);
        if taken < asked && ours == 0 {
            doubtful(outcome, format!("only {taken} of {asked} samples of {} were taken: time ran out", self.what()));
        }
    }

    fn latency(&self, too_many_failed: bool, collector: &mut Collector<'_>) {
        let measured = self.stored.samples.iter().filter(|s| !s.ours);
        let time = |s: &Sample| if self.end(s) == End::Good { s.us } else { None };
        let mut times: Vec<Option<u64>> = measured.map(time).collect();
        let measured = times.len();
        // What was not measured is taken for an instant answer: a bound that fails even so is broken for certain.
        times.resize(usize::try_from(self.probe.request.samples).unwrap_or(measured).max(measured), Some(0));
        // A failed sample is slower than any.
        times.sort_unstable_by_key(|t| t.unwrap_or(u64::MAX));
        for bound in &self.probe.bounds {
            let Some(rank) = nearest_rank(times.len(), bound.percent) else { continue };
            let most = bound.most.num_microseconds().and_then(|us| u64::try_from(us).ok()).unwrap_or(u64::MAX);
            let found = match times[rank] {
                Some(us) if us <= most => continue,
                Some(us) => milliseconds(us),
                // Said already, as failures.
                None if too_many_failed => continue,
                None => "a failed sample".to_owned(),
            };
            let expected = format!("at most {}", milliseconds(most));
            let word = bound.word;
            let message = format!("{} took {found} ({word} of {measured} samples), {expected} is expected", self.what());
            collector.add(self.finding(word, &expected, &found, message, &format!("{word} is over {}", milliseconds(most))));
        }
    }

    /// A certificate must be valid at the later of as-of and go-live, and so many days longer.
    fn certificate(&self, collector: &mut Collector<'_>, outcome: &mut Outcome, answered: bool) {
        let days = self.probe.certificate_days.as_ref().map(|d| d.value);
        let Some(ends) = self.stored.certificate_ends else {
            if answered && (self.stored.tls.is_some() || days.is_some()) {
                doubtful(outcome, format!("the certificate of {} could not be read", self.environment));
            }
            return;
        };
        let (as_of, go_live) = (self.evidence.as_of, self.evidence.go_live);
        let (base, called) = if go_live > as_of { (go_live, "the go-live") } else { (as_of, "now") };
        let needed = i64::try_from(days.unwrap_or(0)).unwrap_or(i64::MAX);
        let left = (ends - base).num_seconds().div_euclid(86_400);
        if left >= needed {
            if answered {
                outcome.ledger.notes.push(format!("the certificate ends on {}, {left} days after {called}", ends.format("%Y-%m-%d")));
            }
            return;
        }
        let when = if left < 0 { format!("before {called}") } else { format!("{left} days after {called}") };
        let expected = match needed {
            0 => format!("valid at {called} ({})", base.format("%Y-%m-%d")),
            n => format!("valid for {n} days after {called} ({})", base.format("%Y-%m-%d")),
        };
        let found = format!("ends on {}, {when}", ends.format("%Y-%m-%d"));
        let message = format!("the certificate of {} {found}; it must be {expected}", self.environment);
        collector.add(self.finding("certificate", &expected, &found, message, "the certificate ends too early"));
    }

    fn notes(&self, outcome: &mut Outcome) {
        let mut times: Vec<u64> = self.stored.samples.iter().filter_map(|s| s.us).collect();
        times.sort_unstable();
        let notes = &mut outcome.ledger.notes;
        if let (Some(slowest), Some(p50), Some(p95)) = (times.last(), nearest_rank(times.len(), 50), nearest_rank(times.len(), 95)) {
            let [p50, p95, slowest] = [times[p50], times[p95], *slowest].map(milliseconds);
            notes.push(format!("{} answered samples: p50 {p50}, p95 {p95}, slowest {slowest}", times.len()));
        }
        if let Some(us) = self.stored.opening.as_ref().and_then(|s| s.us) {
            notes.push(format!("the first request, with setting up the connection, took {}", milliseconds(us)));
        }
        if self.probe.request.body.is_none() {
            notes.push("no `body` is asked for: a login page that is answered with success would pass".to_owned());
        }
    }
}

/// Tenths of a millisecond, rounded up: what is over a bound must not look like it.
fn milliseconds(us: u64) -> String {
    let tenths = us.div_ceil(100);
    if tenths.is_multiple_of(10) { format!("{} ms", tenths / 10) } else { format!("{}.{} ms", tenths / 10, tenths % 10) }
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn what_is_over_a_bound_does_not_look_like_it() {
        assert_eq!([800_000, 800_001, 1_250, 0].map(milliseconds), ["800 ms", "800.1 ms", "1.3 ms", "0 ms"]);
    }
}
