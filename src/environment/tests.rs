use super::*;
use crate::document::{Problems, load, render};

fn decoded(text: &str) -> (Environment, Vec<String>) {
    let mut problems = Problems::default();
    let document = load("environments/training.yaml", text.as_bytes(), &mut problems).unwrap();
    let environment = decode(&document, &mut problems).unwrap();
    render(&problems, false);
    (environment, problems.sorted().iter().map(|p| p.message.clone()).collect())
}

const HEAD: &str = "version: 1\nname: training\nrole: training\nsystem: riverside\n";

#[test]
fn an_environment_of_files_is_decoded_whole() {
    let (environment, mistakes) = decoded(&format!(
        "{HEAD}files: extracts/training\ntimezone: Europe/London\nextract: {{taken_at: {{dataset: build, column: extracted_at}}}}\n\
         instance: {{dataset: build, column: domain, is: 007}}\nsame_files: one shared code list\n"
    ));
    assert!(mistakes.is_empty(), "{mistakes:?}");
    assert_eq!(
        (environment.name.value.as_str(), environment.role, environment.system.value.as_str()),
        ("training", Role::Training, "riverside")
    );
    assert_eq!(environment.files.unwrap().value, "extracts/training");
    assert_eq!(environment.timezone.unwrap().value, chrono_tz::Europe::London);
    assert!(
        matches!(environment.taken_at, TakenAt::Column { dataset, column } if dataset.value == "build" && column.value == "extracted_at")
    );
    assert_eq!(environment.instance.unwrap().is.value, "007");
    assert_eq!(environment.digest.len(), 64);
}

#[test]
fn the_age_of_the_data_is_unknown_unless_said() {
    let (environment, mistakes) = decoded(&format!("{HEAD}files: x\n"));
    assert!(mistakes.is_empty() && matches!(environment.taken_at, TakenAt::Unknown));
    let stated = "extract: {taken_at: {stated: 2027-02-01T08:00:00+01:00, by: build lead, reason: the export has no date}}\n";
    let (environment, mistakes) = decoded(&format!("{HEAD}files: x\n{stated}"));
    assert!(mistakes.is_empty(), "{mistakes:?}");
    assert!(matches!(environment.taken_at, TakenAt::Stated { at, .. } if at.value.to_rfc3339() == "2027-02-01T07:00:00+00:00"));
    let both = "extract: {taken_at: {stated: 2027-02-01T08:00:00Z, by: a, reason: b, dataset: build}}\n";
    assert_eq!(
        decoded(&format!("{HEAD}files: x\n{both}")).1,
        ["`dataset` cannot stand beside `stated`: either a column says or a person does"]
    );
}

#[test]
fn a_login_to_a_live_system_is_known_and_refused() {
    let (_, mistakes) = decoded(&format!("{HEAD}login: {{basic: {{}}}}\n"));
    assert_eq!(mistakes, ["`login` is for reading live systems, which is not available in this version; data come from `files`"]);
}

#[test]
fn a_server_to_probe_stands_beside_files_or_alone() {
    let (environment, mistakes) = decoded(&format!(
        "{HEAD}files: x\nurl: https://fhir.prod.riverside.example/r4\nlimits: {{concurrency: 2, requests_per_second: 5, timeout: 10s}}\n\
         tls: {{ca_file: certs/trust-ca.pem}}\n"
    ));
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let server = environment.server.as_ref().unwrap();
    assert_eq!(server.limits, Limits { concurrency: 2, requests_per_second: 5, timeout: std::time::Duration::from_secs(10) });
    assert_eq!(server.ca_path(Path::new("p")).unwrap(), Path::new("p").join("environments").join("certs/trust-ca.pem"));
    assert!(server.is_encrypted() && !environment.is_only_probed());
    let (alone, mistakes) = decoded("version: 1\nname: training\nrole: training\nurl: http://127.0.0.1:8080\n");
    assert!(mistakes.is_empty() && alone.is_only_probed() && alone.system.value.is_empty(), "{mistakes:?}");
    assert_eq!(alone.server.unwrap().limits, Limits::STANDARD);
}

#[test]
fn paths_stay_below_the_server() {
    let (environment, _) = decoded("version: 1\nname: training\nrole: training\nurl: https://fhir.example/r4\n");
    let server = environment.server.unwrap();
    let address = |path: &str| server.address(path).map(|u| u.to_string());
    assert_eq!(address("metadata").unwrap(), "https://fhir.example/r4/metadata");
    assert_eq!(address("Slot?status=free&_count=1").unwrap(), "https://fhir.example/r4/Slot?status=free&_count=1");
    assert_eq!(address(".").unwrap(), "https://fhir.example/r4/");
    assert_eq!(address("/health").unwrap(), "https://fhir.example/health");
    for elsewhere in [
        "https://other.example/",
        "//other.example/",
        "http://fhir.example/",
        "https://fhir.example:8443/",
        "https://u:p@fhir.example/",
        "x#y",
    ] {
        assert!(address(elsewhere).is_err(), "{elsewhere}");
    }
}

#[test]
fn mistakes_of_a_server_are_named() {
    let wrong = |rest: &str| decoded(&format!("version: 1\nname: training\nrole: training\n{rest}")).1;
    for (rest, expected) in [
        ("url: fhir.example\n", "`fhir.example` is no address of a server"),
        ("url: ftp://fhir.example\n", "`ftp://fhir.example` is no address of a server"),
        ("url: https://fhir.example/?a=b\n", "`url` is the address of a server, without `?` or `#`"),
        ("url: http://fhir.example\n", "`url` is not encrypted: whoever is on the way can read and change the answers"),
        (
            "url: https://fhir.example\nallow_http: {reason: old}\n",
            "`allow_http` allows what is not asked for: `url` is encrypted, or on this machine",
        ),
        ("url: http://[::1]:80\ntls: {ca_file: x}\n", "`tls` means nothing beside an `url` that is not encrypted"),
        ("url: https://fhir.example\nlimits: {concurrency: 0}\n", "0 is out of bounds"),
        ("url: https://fhir.example\nlimits: {requests_per_second: 5000}\n", "5000 is out of bounds"),
        ("url: https://fhir.example\nlimits: {timeout: 1ms}\n", "this timeout is out of bounds"),
        ("system: x\nfiles: x\nlimits: {concurrency: 3}\n", "`limits` speaks of a live server, and there is no `url`"),
        ("files: x\nurl: https://fhir.example\n", "an environment needs `system`"),
    ] {
        assert_eq!(wrong(rest), [expected], "{rest}");
    }
    assert_eq!(wrong("url: http://fhir.example\nallow_http: {reason: a lab without certificates}\n"), Vec::<String>::new());
}

#[test]
fn a_password_in_an_address_is_refused_and_not_shown() {
    let mut problems = Problems::default();
    let text = "version: 1\nname: training\nrole: training\nurl: https://clerk:hunter2@fhir.example\n";
    let document = load("environments/training.yaml", text.as_bytes(), &mut problems).unwrap();
    decode(&document, &mut problems);
    let shown = render(&problems, false);
    assert!(shown.contains("`url` (line 4) holds a user or a password") && !shown.contains("hunter2"), "{shown}");
}

#[test]
fn a_file_with_mistakes_still_stands_for_its_environment() {
    let (environment, mistakes) = decoded("version: 1\nname: other\nrole: trainer\n");
    assert_eq!(environment.name.value, "training", "other files mean the file's name");
    assert_eq!(mistakes.len(), 4, "{mistakes:?}");
    assert_eq!(Environment::unreadable("environments/production.yaml").name.value, "production");
}

#[test]
fn a_login_has_files_and_tells_age_and_instance_as_the_environment_does() {
    let (environment, mistakes) = decoded(&format!(
        "{HEAD}files: x\nextract: {{taken_at: {{dataset: build, column: extracted_at}}}}\ninstance: {{dataset: build, column: domain, is: T}}\n\
         logins:\n  clerk: {{files: x-as_clerk, login: {{dataset: build, column: reader, is: clerk}}}}\n  nurse:\n    files: x-as_nurse\n    \
         extract: {{taken_at: {{stated: 2027-02-01T08:00:00Z, by: a, reason: b}}}}\n    instance: {{dataset: wards, column: domain, is: U}}\n    \
         complete: {{dataset: clinics, rows: 9, by: a, on: 2027-01-29, reason: counted}}\n    same_files: sorted\n"
    ));
    assert!(mistakes.is_empty(), "{mistakes:?}");
    let (clerk, nurse) = (environment.login("clerk").unwrap(), environment.login("nurse").unwrap());
    assert_eq!(clerk.folder(std::path::Path::new("p")), std::path::Path::new("p/environments/x-as_clerk"));
    assert_eq!((clerk.reader.as_ref().unwrap().is.value.as_str(), clerk.signed("clinics").is_some()), ("clerk", false));
    assert!(matches!(environment.taken_at_of(clerk), TakenAt::Column { column, .. } if column.value == "extracted_at"));
    assert!(matches!(environment.taken_at_of(nurse), TakenAt::Stated { .. }));
    let is = |login| environment.instance_of(login).map(|i| i.is.value.as_str());
    assert_eq!((is(clerk), is(nurse)), (Some("T"), Some("U")));
    assert_eq!(nurse.signed("clinics").map(|s| (s.rows, s.by.as_str())), Some((9, "a")));
    assert_eq!(nurse.same_files.as_ref().unwrap().value, "sorted");
}

#[test]
fn what_a_person_says_of_one_extract_is_not_said_of_a_logins() {
    let stated = "extract: {taken_at: {stated: 2027-02-01T08:00:00Z, by: a, reason: b}}";
    let (environment, mistakes) = decoded(&format!("{HEAD}files: x\n{stated}\nlogins: {{clerk: {{files: y}}}}\n"));
    assert!(mistakes.is_empty(), "{mistakes:?}");
    assert!(matches!(environment.taken_at_of(environment.login("clerk").unwrap()), TakenAt::Unknown));
}

#[test]
fn mistakes_of_logins_are_named() {
    let wrong = |logins: &str| decoded(&format!("{HEAD}files: x\nlogins: {logins}\n")).1;
    for word in ["basic", "bearer", "oauth2", "smart_backend", "mtls"] {
        let expected = format!("`{word}` is for live systems, which are not available in this version; use `files`");
        assert_eq!(wrong(&format!("{{clerk: {{{word}: {{user: clerk}}}}}}")), [expected]);
    }
    assert_eq!(wrong("{clerk: {}}").len(), 1);
    assert_eq!(wrong("{}"), ["there is no login in `logins`"]);
    assert_eq!(wrong("[clerk]"), ["expected logins by name, found a list"]);
    assert_eq!(wrong("{Clerk: {files: y}}").len(), 1);
    assert_eq!(
        wrong("{clerk: {files: y, complete: {dataset: clinics, by: a, on: 2027-01-29, reason: b}}}"),
        ["a number of rows needs `rows`"]
    );
}
