//! Probes of servers on this machine that answer well, badly, late, without end or not at all. Nothing here depends on how fast
//! this machine is: what is slow is slow because the server waits.

use std::time::Duration;

use serde_json::Value;

use crate::support::server::{Authority, Reply, Server, self_signed};
use crate::support::{Ran, run, run_with};

/// A project whose production is a live server, and one check of it.
struct Portal {
    dir: tempfile::TempDir,
}

impl Portal {
    /// `server`: what production says of its server; `probe`: what is asked beside `in`.
    fn new(server: &str, probe: &str) -> Self {
        let portal = Self { dir: tempfile::tempdir().expect("a folder") };
        // Far away, so that certificates of the test are valid whenever it runs.
        portal.write(
            "gonogo.yaml",
            "version: 1\ntitle: Portal (synthetic)\ngo_live: 2125-12-20T00:00:00Z\npair: {training: training, production: production}\n\
             require: {criteria: none, reason: the portal alone}\n",
        );
        portal.write("environments/training.yaml", "version: 1\nname: training\nrole: training\nurl: http://localhost:9/training\n");
        portal.write("environments/production.yaml", &format!("version: 1\nname: production\nrole: production\n{server}\n"));
        portal.write(
            "checks/portal.yaml",
            &format!("version: 1\narea: portal\nowner: portal team\nchecks:\n  - id: portal\n    probe: {{in: production, {probe}}}\n"),
        );
        portal
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.dir.path().join(file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn check(&self) -> Answer {
        Answer::of(run(self.dir.path(), &["check", "--format", "json"]))
    }

    fn check_with(&self, variables: &[(&str, &str)]) -> Answer {
        Answer::of(run_with(self.dir.path(), variables, &["check", "--format", "json"]))
    }
}

/// What the one check said.
struct Answer {
    ran: Ran,
    check: Value,
}

impl Answer {
    fn of(ran: Ran) -> Self {
        let check = ran.json()["checks"][0].clone();
        Self { ran, check }
    }

    fn messages(&self) -> Vec<String> {
        let texts = self.check["findings"].as_array().expect("findings").iter();
        texts.map(|f| f["message"].as_str().expect("a message").to_owned()).collect()
    }

    fn fields(&self) -> Vec<&str> {
        self.check["findings"].as_array().expect("findings").iter().map(|f| f["field"].as_str().expect("a field")).collect()
    }

    fn untold(&self) -> String {
        self.check["cannot_tell"].to_string()
    }

    /// NO-GO for one finding whose message holds these words.
    fn finds(&self, field: &str, words: &[&str]) {
        assert_eq!(self.ran.code, 1, "{}", self.ran);
        assert_eq!(self.fields(), [field], "{}", self.ran);
        for word in words {
            assert!(self.messages()[0].contains(word), "{word} is not in {:?}", self.messages());
        }
    }

    /// CANNOT TELL for a reason that holds these words.
    fn cannot_tell(&self, words: &str) {
        assert_eq!((self.ran.code, self.messages().len()), (3, 0), "{}", self.ran);
        assert!(self.untold().contains(words), "{words} is not in {}", self.untold());
    }
}

fn only_reads(server: &Server, requests: usize) {
    let seen = server.requests();
    assert_eq!(seen.len(), requests, "{seen:?}");
    assert!(seen.iter().all(|line| line.starts_with("GET ")), "{seen:?}");
}

#[test]
fn a_sound_server_passes_and_is_only_read() {
    let server = Server::plain(|_, _| Reply::metadata());
    let url = format!("url: {}/r4\nlimits: {{requests_per_second: 1000}}", server.url());
    let portal = Portal::new(&url, "get: metadata, samples: 5, p95: 20s, status: 200, body: {json: $.fhirVersion, is: 4.0.1}");
    let answer = portal.check();
    assert_eq!(answer.ran.code, 0, "{}", answer.ran);
    only_reads(&server, 6);
    assert_eq!(server.requests()[0], "GET /r4/metadata HTTP/1.1");
    let stored = run(portal.dir.path(), &["show", "production", "probes"]);
    assert!(stored.stdout.contains("GET metadata, 5 sample") && stored.stdout.contains("p95_ms"), "{stored}");

    // Offline, what was stored is judged by whatever limits are written now; what was never asked is not known.
    let check = |probe: &str| {
        portal.write(
            "checks/portal.yaml",
            &format!("version: 1\narea: portal\nowner: portal team\nchecks:\n  - id: portal\n    probe: {{in: production, {probe}}}\n"),
        );
        Answer::of(run(portal.dir.path(), &["check", "--offline", "--format", "json"]))
    };
    let asked = "get: metadata, samples: 5, body: {json: $.fhirVersion, is: 4.0.1}";
    assert_eq!(check(&format!("{asked}, p95: 20s")).ran.code, 0);
    check(&format!("{asked}, status: 204")).finds("status", &["answered 200 (6 of 6 requests), 204 is expected"]);
    check("get: metadata, samples: 6").cannot_tell("was not asked of production when its snapshot was taken");
    only_reads(&server, 6);
}

#[test]
fn a_stored_probe_is_as_old_as_its_capture() {
    let server = Server::plain(|_, _| Reply::metadata());
    let portal = Portal::new(&format!("url: {}", server.url()), "get: metadata, samples: 1");
    assert_eq!(portal.check().ran.code, 0);
    let stored = portal.dir.path().join(".gonogo/snapshots/production");
    let before = std::fs::read_dir(&stored).expect("snapshots").count();
    assert_eq!(before, 1);
    let old = run(portal.dir.path(), &["check", "--offline", "--as-of", "2124-01-01T00:00:00Z", "--format", "json"]);
    Answer::of(old).cannot_tell("more than the 24 hours that the policy allows");
}

#[test]
fn offline_without_a_stored_probe_nothing_is_known() {
    let server = Server::plain(|_, _| Reply::metadata());
    let portal = Portal::new(&format!("url: {}", server.url()), "get: metadata");
    let answer = Answer::of(run(portal.dir.path(), &["check", "--offline", "--format", "json"]));
    answer.cannot_tell("there is no snapshot of production");
    only_reads(&server, 0);
}

#[test]
fn a_slow_server_is_found_and_its_first_answer_told_apart() {
    let late = |n: usize| Duration::from_millis(if n == 0 { 1500 } else { 400 });
    let server = Server::plain(move |n, _| Reply::Late(late(n), Box::new(Reply::metadata())));
    let answer = Portal::new(&format!("url: {}", server.url()), "get: metadata, samples: 3, p95: 300ms, max: 20s").check();
    answer.finds("p95", &["p95 of 3 samples", "at most 300 ms is expected"]);
    let notes = answer.check["ledger"]["notes"].to_string();
    let took = notes.split_once("with setting up the connection, took ").expect("a note").1;
    let took: f64 = took.split_once(" ms").expect("a unit").0.parse().expect("a number");
    assert!(took >= 1500.0, "{notes}");
}

#[test]
fn a_server_that_never_ends_is_left_in_time() {
    let limits = "limits: {timeout: 1500ms}";
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx".to_vec();
    let drip = Server::plain(move |_, _| Reply::Drip(head.clone(), Duration::from_millis(50)));
    let answer = Portal::new(&format!("url: {}\n{limits}", drip.url()), "get: metadata, samples: 100").check();
    answer.finds("answer", &["cannot be reached: the answer had not ended after 1.5 s"]);
    only_reads(&drip, 3);
    let silent = Server::plain(|_, _| Reply::Late(Duration::from_secs(5), Box::new(Reply::Cut(Vec::new()))));
    let answer = Portal::new(&format!("url: {}\n{limits}", silent.url()), "get: metadata, samples: 100").check();
    answer.finds("answer", &["cannot be reached: no answer within 1.5 s"]);
    only_reads(&silent, 3);
}

#[test]
fn broken_answers_are_no_answers() {
    type Case = (&'static str, fn() -> Reply, &'static str);
    let cases: [Case; 4] = [
        ("closed at once", || Reply::Cut(Vec::new()), "the connection ended before an answer began"),
        (
            "shorter than it says",
            || Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf".to_vec()),
            "the answer broke off after 4 bytes",
        ),
        (
            "cut within a chunk",
            || Reply::Cut(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\nhalf".to_vec()),
            "the answer broke off after",
        ),
        ("without end", || Reply::Flood(40 << 20), "the answer is larger than 16777216 bytes"),
    ];
    for (what, reply, expected) in cases {
        let server = Server::plain(move |_, _| reply());
        let answer = Portal::new(&format!("url: {}", server.url()), "get: metadata, samples: 4").check();
        assert!(answer.messages()[0].contains(expected), "{what}: {:?}", answer.messages());
        answer.finds("answer", &[]);
        assert!(server.requests().iter().all(|l| l.starts_with("GET ")));
    }
    let longer = Server::plain(|_, _| Reply::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n".to_vec()));
    let answer = Portal::new(&format!("url: {}", longer.url()), "get: metadata, samples: 4").check();
    answer.finds("answer", &["the answer is larger than"]);
}

#[test]
fn a_failure_among_answers_is_found_unless_it_may_be() {
    let make = || Server::plain(|n, _| if n == 2 { Reply::of(503, "text/plain", "busy") } else { Reply::metadata() });
    let strict = Portal::new(&format!("url: {}", make().url()), "get: metadata, samples: 4").check();
    strict.finds("status", &["answered 503 (1 of 5 requests), 200 to 299 is expected"]);
    let loose = Portal::new(&format!("url: {}", make().url()), "get: metadata, samples: 4, errors: 1").check();
    assert_eq!(loose.ran.code, 0, "{}", loose.ran);
    let first = Server::plain(|n, _| if n == 0 { Reply::of(429, "text/plain", "wait") } else { Reply::metadata() });
    let answer = Portal::new(&format!("url: {}", first.url()), "get: metadata, samples: 4").check();
    answer.finds("status", &["answered 429 (1 of 5 requests)"]);
}

#[test]
fn a_redirect_is_an_answer_and_is_not_followed() {
    let other = Server::plain(|_, _| Reply::metadata());
    let to = format!("HTTP/1.1 302 Found\r\nLocation: {}/login?session=hunter2\r\nContent-Length: 0\r\n\r\n", other.url());
    let server = Server::plain(move |_, _| Reply::Bytes(to.clone().into_bytes()));
    let answer = Portal::new(&format!("url: {}", server.url()), "get: metadata, samples: 2").check();
    answer.finds("status", &["answered 302 (3 of 3 requests)", &format!("redirects to {}/login, which is not followed", other.url())]);
    assert!(!answer.ran.stdout.contains("hunter2"), "what stands behind `?` may be secret");
    only_reads(&other, 0);
}

#[test]
fn a_login_page_answered_with_success_is_not_the_portal() {
    let page = || Reply::of(200, "text/html", "<!DOCTYPE html><title>Log in</title>");
    let server = Server::plain(move |_, _| page());
    let url = format!("url: {}", server.url());
    let body = "body: {json: $.fhirVersion, is: 4.0.1}";
    Portal::new(&url, &format!("get: metadata, samples: 2, {body}")).check().finds("body", &["no JSON", "an HTML page"]);
    let blind = Portal::new(&url, "get: metadata, samples: 2").check();
    assert!(blind.check["ledger"]["notes"].to_string().contains("a login page that is answered with success would pass"));
    let other = Server::plain(|_, _| Reply::of(200, "application/json", r#"{"fhirVersion":"4.3.0"}"#));
    let answer = Portal::new(&format!("url: {}", other.url()), &format!("get: metadata, samples: 2, {body}")).check();
    answer.finds("body", &["$.fhirVersion is '4.0.1' is expected, found: 4.3.0"]);
}

#[test]
fn nobody_there_is_a_finding() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
    let answer = Portal::new(&format!("url: http://localhost:{port}"), "get: metadata").check();
    answer.finds("answer", &["cannot be reached", &format!("localhost:{port} refused the connection")]);
}

#[test]
fn a_name_that_this_machine_does_not_know_says_nothing_of_the_server() {
    let answer = Portal::new("url: https://portal.riverside.invalid\nlimits: {timeout: 3s}", "get: metadata").check();
    answer.cannot_tell("could not be made from here: the name portal.riverside.invalid is not known here");
}

#[test]
fn proxies_of_the_environment_are_used_but_never_for_this_machine() {
    let allowed = "allow_http: {reason: the test has no other way}\nlimits: {timeout: 4s}";
    let proxy = Server::plain(|_, _| Reply::metadata());
    let through = [("HTTP_PROXY", format!("http://clerk:hunter2@{}", proxy.host())), ("HTTPS_PROXY", proxy.host())];
    let through: Vec<(&str, &str)> = through.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let plain = Portal::new(&format!("url: http://portal.riverside.invalid\n{allowed}"), "get: metadata, samples: 1");
    let answer = plain.check_with(&through);
    assert_eq!(answer.ran.code, 0, "{}", answer.ran);
    assert!(answer.ran.stdout.contains("production is asked without encryption (the test has no other way)"), "{}", answer.ran);
    assert_eq!(proxy.requests(), ["GET http://portal.riverside.invalid/metadata HTTP/1.1"; 2]);

    let excepted = plain.check_with(&[("HTTP_PROXY", &proxy.host()), ("NO_PROXY", ".riverside.invalid")]);
    excepted.cannot_tell("is not known here");
    assert_eq!(proxy.requests().len(), 2);

    let closed = Server::plain(|_, _| Reply::of(403, "text/plain", "no"));
    let secret = format!("http://clerk:hunter2@{}", closed.host());
    let answer = Portal::new("url: https://portal.riverside.invalid", "get: metadata, samples: 1").check_with(&[("HTTPS_PROXY", &secret)]);
    answer.cannot_tell(&format!("the proxy {} gave no way to portal.riverside.invalid:443", closed.host()));
    assert!(!format!("{}", answer.ran).contains("hunter2"));
    assert!(closed.requests()[0].starts_with("CONNECT portal.riverside.invalid:443"), "{:?}", closed.requests());

    let server = Server::plain(|_, _| Reply::metadata());
    let direct = Portal::new(&format!("url: {}", server.url()), "get: metadata, samples: 1").check_with(&through);
    assert_eq!(direct.ran.code, 0, "{}", direct.ran);
    assert_eq!(proxy.requests().len(), 2, "this machine is never asked through a proxy");
}

#[test]
fn an_address_of_another_machine_must_be_encrypted() {
    let portal = Portal::new("url: http://portal.riverside.invalid", "get: metadata");
    let ran = run(portal.dir.path(), &["check"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("`url` is not encrypted") && ran.stderr.contains("nothing was contacted"), "{ran}");
}

/// An encrypted server whose authority the project knows.
fn certified(authority: &Authority, name: &str, until: (i32, u8, u8), probe: &str) -> (Portal, Server) {
    let server = Server::encrypted(authority.certify(name, until), |_, _| Reply::metadata());
    let portal = Portal::new(&format!("url: {}\ntls: {{ca_file: certs/ca.pem}}", server.url()), probe);
    portal.write("environments/certs/ca.pem", &authority.pem());
    (portal, server)
}

#[test]
fn a_certificate_must_last_to_the_go_live_and_beyond() {
    let authority = Authority::new();
    let probe = "get: metadata, samples: 2, certificate_days: 30";
    let (portal, server) = certified(&authority, "localhost", (2126, 1, 19), probe);
    let answer = portal.check();
    assert_eq!(answer.ran.code, 0, "{}", answer.ran);
    only_reads(&server, 3);
    let (portal, _server) = certified(&authority, "localhost", (2126, 1, 18), probe);
    portal.check().finds("certificate", &["ends on 2126-01-18, 29 days after the go-live", "valid for 30 days after the go-live"]);
    let (portal, _server) = certified(&authority, "localhost", (2125, 12, 1), "get: metadata, samples: 2");
    portal.check().finds("certificate", &["ends on 2125-12-01, before the go-live"]);
}

#[test]
fn a_certificate_that_is_not_to_be_trusted_is_found() {
    let authority = Authority::new();
    let (portal, server) = certified(&authority, "localhost", (2001, 1, 1), "get: metadata");
    let answer = portal.check();
    assert_eq!(answer.fields(), ["answer", "certificate"], "{}", answer.ran);
    assert!(answer.messages()[0].contains("the certificate ended on 2001-01-01"), "{:?}", answer.messages());
    only_reads(&server, 0);
    let (portal, server) = certified(&authority, "elsewhere.example", (2199, 1, 1), "get: metadata");
    portal.check().finds("answer", &["the certificate is for elsewhere.example, not for localhost"]);
    only_reads(&server, 0);

    let stranger = Server::encrypted(self_signed("localhost"), |_, _| Reply::metadata());
    let portal = Portal::new(&format!("url: {}", stranger.url()), "get: metadata");
    portal.check().finds("answer", &["cannot be reached: the certificate"]);
    let unknown = Server::encrypted(authority.certify("localhost", (2199, 1, 1)), |_, _| Reply::metadata());
    let portal = Portal::new(&format!("url: {}", unknown.url()), "get: metadata");
    portal.check().finds("answer", &["an authority that this machine does not know", "ca_file"]);
    only_reads(&stranger, 0);
    only_reads(&unknown, 0);
}

#[test]
fn an_authority_that_cannot_be_read_is_no_fault_of_the_server() {
    let authority = Authority::new();
    let (portal, server) = certified(&authority, "localhost", (2199, 1, 1), "get: metadata");
    portal.write("environments/certs/ca.pem", "no certificate");
    portal.check().cannot_tell("holds no certificate");
    std::fs::remove_file(portal.dir.path().join("environments/certs/ca.pem")).expect("a file");
    portal.check().cannot_tell("the certificate authority's file certs/ca.pem cannot be read");
    only_reads(&server, 0);
}

#[test]
fn limits_are_kept() {
    let server = Server::plain(|_, _| Reply::metadata());
    let url = format!("url: {}\nlimits: {{concurrency: 1, requests_per_second: 10}}", server.url());
    let portal = Portal::new(&url, "get: metadata, samples: 9");
    let begun = std::time::Instant::now();
    assert_eq!(portal.check().ran.code, 0);
    // Ten requests, a tenth of a second apart; never less, on however fast a machine.
    assert!(begun.elapsed() >= Duration::from_millis(900), "{:?}", begun.elapsed());
    only_reads(&server, 10);
}

#[test]
fn what_was_measured_is_no_content_of_a_snapshot() {
    let server = Server::plain(|n, _| Reply::Late(Duration::from_millis(5 * n as u64), Box::new(Reply::metadata())));
    let portal = Portal::new(&format!("url: {}", server.url()), "get: metadata, samples: 2");
    let content = || portal.check().ran.json()["environments"][0]["content_id"].as_str().expect("a content id").to_owned();
    assert_eq!(content(), content());
}

#[test]
fn the_probe_of_the_readme_works_as_written() {
    let readme = std::fs::read_to_string(crate::support::repository().join("README.md")).expect("README.md");
    let section = readme.split_once("## Ask a live system").expect("a section").1.split_once("\n## ").expect("a next section").0;
    let blocks: Vec<&str> = section.split("```yaml\n").skip(1).map(|b| b.split_once("```").expect("an end").0).collect();
    let [environment, check] = blocks[..] else { panic!("{} blocks", blocks.len()) };
    let authority = Authority::new();
    let (portal, server) = certified(&authority, "localhost", (2199, 1, 1), "get: x");
    assert!(environment.contains("https://portal.riverside.example"));
    portal.write("environments/portal.yaml", &environment.replace("https://portal.riverside.example", &server.url()));
    portal.write("environments/certs/trust-ca.pem", &authority.pem());
    portal.write("checks/portal.yaml", check);
    let answer = portal.check();
    assert_eq!(answer.ran.code, 0, "{}", answer.ran);
    assert_eq!(server.requests(), ["GET /r4/metadata HTTP/1.1"; 21]);
}

/// What a probe must never be GO on, each in a project that is GO as it stands.
#[test]
fn a_probe_is_never_go_on_what_was_not_measured() {
    let probe = "get: metadata, samples: 2, body: {json: $.fhirVersion, is: 4.0.1}";
    let sound = || Server::plain(|_, _| Reply::metadata());
    let (server, gone) = (sound(), sound());
    let url = |server: &Server| format!("url: {}", server.url());
    assert_eq!(Portal::new(&url(&server), probe).check().ran.code, 0);

    let stored = Portal::new(&url(&server), probe);
    assert_eq!(stored.check().ran.code, 0);
    let snapshots = stored.dir.path().join(".gonogo/snapshots/production");
    let snapshot = std::fs::read_dir(&snapshots).expect("snapshots").next().expect("one").expect("an entry").path();
    let file = snapshot.join("probes.parquet");
    let mut bytes = std::fs::read(&file).expect("stored probes");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&file, bytes).expect("a file");
    let damaged = run(stored.dir.path(), &["check", "--offline"]);
    assert_eq!(damaged.code, 3, "{damaged}");
    std::fs::remove_file(&file).expect("a file");
    assert_eq!(run(stored.dir.path(), &["check", "--offline"]).code, 3);

    let moved = Portal::new(&url(&gone), probe);
    assert_eq!(moved.check().ran.code, 0);
    moved.write("checks/portal.yaml", "version: 1\narea: portal\nowner: portal team\nchecks: []\n");
    assert_eq!(run(moved.dir.path(), &["check"]).code, 3, "no check at all");

    for reply in [
        || Reply::of(200, "application/json", ""),
        || Reply::of(200, "application/json", "{}"),
        || Reply::of(200, "application/json", r#"{"fhirVersion":["4.0.1"]}"#),
        || Reply::of(204, "application/json", ""),
        || Reply::of(401, "application/json", r#"{"fhirVersion":"4.0.1"}"#),
        || Reply::Bytes(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnogz".to_vec()),
        || Reply::Cut(b"SSH-2.0-synthetic\r\n".to_vec()),
    ] {
        let server = Server::plain(move |_, _| reply());
        let answer = Portal::new(&url(&server), probe).check();
        assert_eq!(answer.ran.code, 1, "{}", answer.ran);
    }
}
