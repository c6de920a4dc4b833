//! Asking a live server: one request after the other within a probe, several probes at once, never faster than its limits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use crate::context::Proxies;
use crate::document::sha256;
use crate::environment::{Server, Url};
use crate::source::http::{Access, Answer, Client, HttpError};

use super::super::plan::{BodyTest, Probe};
use super::{Probed, Sample, body};

/// Longest that all probes of an environment may take together; what is not measured by then is not measured.
const MOST_TIME: Duration = Duration::from_secs(300);
/// A server that never answered is not asked more often than this.
const GIVE_UP: u64 = 3;
/// Longest body that is read, in bytes.
const MOST_BYTES: usize = 16 << 20;

/// Probes to make, and the way out of the network.
#[derive(Clone, Copy, Debug)]
pub struct Probing<'a> {
    /// The requests.
    pub requests: &'a BTreeSet<Probe>,
    /// The way out of the network.
    pub proxies: &'a Proxies,
}

/// Makes all probes, sorted as they were asked for. An error is the reason why nothing could be asked at all.
pub(in crate::snapshot) async fn take(server: &Server, project: &Path, probing: Probing<'_>) -> Result<Vec<Probed>, String> {
    take_within(server, project, probing, MOST_TIME).await
}

async fn take_within(server: &Server, project: &Path, probing: Probing<'_>, most_time: Duration) -> Result<Vec<Probed>, String> {
    let authorities = match server.ca_path(project) {
        None => None,
        Some(path) => Some(std::fs::read(&path).map_err(|e| {
            let shown = server.ca_file.as_ref().map_or("", |f| f.value.as_str());
            format!("the certificate authority's file {shown} cannot be read: {e}")
        })?),
    };
    let access = Access {
        url: &server.url,
        timeout: server.limits.timeout,
        authorities: authorities.as_deref(),
        proxies: probing.proxies,
        most_bytes: MOST_BYTES,
    };
    let turns = Arc::new(Turns {
        permits: Semaphore::new(usize::try_from(server.limits.concurrency).unwrap_or(1).max(1)),
        next: Mutex::new(Instant::now()),
        apart: Duration::from_secs(1) / u32::try_from(server.limits.requests_per_second).unwrap_or(1).max(1),
        deadline: Instant::now() + most_time,
    });
    let mut running = JoinSet::new();
    for (i, probe) in probing.requests.iter().enumerate() {
        // A client for each: no other probe takes the connection that this one has opened.
        let client = Client::new(&access).map_err(|e| format!("{} ({}); {}", e.what, e.place, e.advice))?;
        let url = server.address(&probe.path)?;
        let (probe, turns) = (probe.clone(), Arc::clone(&turns));
        running.spawn(async move { (i, one(&client, &url, probe, &turns).await) });
    }
    let mut taken = BTreeMap::new();
    while let Some(done) = running.join_next().await {
        let (i, probed) = done.map_err(|e| format!("a probe broke off: {e}"))?;
        taken.insert(i, probed);
    }
    Ok(taken.into_values().collect())
}

/// When which request may begin.
struct Turns {
    permits: Semaphore,
    next: Mutex<Instant>,
    apart: Duration,
    deadline: Instant,
}

impl Turns {
    /// Waits until a request may begin; false when there is no time left.
    async fn wait(&self) -> bool {
        let turn = {
            let mut next = self.next.lock().await;
            let turn = (*next).max(Instant::now());
            if turn >= self.deadline {
                return false;
            }
            *next = turn + self.apart;
            turn
        };
        sleep_until(turn).await;
        true
    }
}

async fn one(client: &Client, url: &Url, probe: Probe, turns: &Turns) -> Probed {
    let mut probed = Probed::new(probe);
    let Ok(_permit) = turns.permits.acquire().await else { return probed };
    let accept = match probed.probe.body {
        Some(BodyTest::Json { .. }) => "application/json, application/fhir+json;q=0.9, */*;q=0.1",
        _ => "*/*",
    };
    for n in 0..=probed.probe.samples {
        if (n >= GIVE_UP && !probed.is_answered()) || !turns.wait().await {
            break;
        }
        let sample = match client.get(url, accept).await {
            Ok(answer) => probed.answered(&answer),
            Err(error) => probed.failed(error),
        };
        match n {
            0 => probed.opening = Some(sample),
            _ => probed.samples.push(sample),
        }
    }
    probed
}

impl Probed {
    fn answered(&mut self, answer: &Answer) -> Sample {
        let met = self.probe.body.as_ref().map(|test| body::meets(test, &answer.body));
        if let Some(Err(found)) = &met {
            self.body_found.get_or_insert_with(|| found.clone());
        }
        self.redirect = self.redirect.take().or_else(|| answer.location.clone());
        self.body_bytes = self.body_bytes.max(Some(answer.body.len() as u64));
        let sha256 = sha256(&answer.body);
        match &self.body_sha256 {
            Some(first) => self.bodies_differing += u64::from(*first != sha256),
            None => self.body_sha256 = Some(sha256),
        }
        self.tls = answer.tls.map(str::to_owned).or(self.tls.take());
        // Behind one address there may be several machines, each with a certificate of its own: the first to end counts.
        self.certificate_ends = [self.certificate_ends, answer.certificate_ends].into_iter().flatten().min();
        let us = u64::try_from(answer.took.as_micros()).unwrap_or(u64::MAX);
        Sample { us: Some(us), status: Some(answer.status), met: met.map(|m| m.is_ok()), ..Sample::default() }
    }

    fn failed(&mut self, error: HttpError) -> Sample {
        self.certificate_ends = [self.certificate_ends, error.certificate_ended].into_iter().flatten().min();
        self.error.get_or_insert(error.sentence);
        Sample { failed: Some(error.trouble.word().to_owned()), ours: error.trouble.is_ours(), ..Sample::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;
    use crate::document::{Problems, load};

    /// A server that answers everything, asked ten times a second.
    fn server() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let mut request = [0; 4096];
                while stream.read(&mut request).is_ok_and(|n| n > 0) {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nup");
                }
            }
        });
        let text = format!("version: 1\nname: x\nrole: test\nurl: http://127.0.0.1:{port}\nlimits: {{requests_per_second: 10}}\n");
        let document = load("environments/x.yaml", text.as_bytes(), &mut Problems::default()).unwrap();
        crate::environment::decode(&document, &mut Problems::default()).unwrap().server.unwrap()
    }

    fn taken(samples: u64, most_time: Duration) -> Probed {
        let requests = BTreeSet::from([Probe { path: "x".to_owned(), samples, body: Some(BodyTest::Contains("up".to_owned())) }]);
        let probing = Probing { requests: &requests, proxies: &Proxies::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut taken = runtime.block_on(take_within(&server(), Path::new(""), probing, most_time)).unwrap();
        taken.pop().unwrap()
    }

    #[test]
    fn every_sample_is_taken_when_there_is_time() {
        let probed = taken(3, MOST_TIME);
        assert_eq!((probed.samples.len(), probed.body_bytes, probed.bodies_differing), (3, Some(2), 0));
        assert!(probed.requests().all(|s| s.status == Some(200) && s.met == Some(true)));
    }

    #[test]
    fn what_there_is_no_time_for_is_not_taken() {
        let probed = taken(1000, Duration::from_millis(500));
        assert!(probed.samples.len() < 10, "{}", probed.samples.len());
        let none = taken(1000, Duration::ZERO);
        assert_eq!((none.opening, none.samples.len()), (None, 0));
    }
}
