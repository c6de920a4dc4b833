//! What logins see, from the environment file to the report.

use crate::support::Example;

const ENVIRONMENT: &str = "environments/production.yaml";
const LOGIN: &str = "    login: {dataset: build, column: extracted_by, is: booking_clerk}\n";

/// Mistakes of the project, each as its sentence and its place.
fn mistakes(example: &Example) -> Vec<String> {
    let ran = example.run(&["lint"]);
    assert_eq!(ran.code, 2, "{ran}");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let sentences = lines.iter().zip(lines.iter().skip(1)).filter_map(|(what, place)| Some((what.strip_prefix("error: ")?, place)));
    sentences.map(|(what, place)| format!("{what} {}", place.trim().trim_start_matches("--> "))).collect()
}

#[test]
fn mistakes_of_logins_are_found_before_anything_is_read() {
    let example = Example::new();
    let wrong = r"    login: {dataset: build, column: extracted_bi, is: booking_clerk}
    extract: {taken_at: {dataset: clinics, column: name}}
    instance: {dataset: bild, column: domain, is: PROD}
    complete:
      - {dataset: clinics, rows: 9, by: a, on: 2027-01-29, reason: b}
      - {dataset: clinics, rows: 8, by: a, on: 2027-01-29, reason: b}
      - {dataset: klinics, rows: 8, by: a, on: 2027-01-29, reason: b}
  receptionist: {files: ../environments/extracts/production-as_clerk}
  trainer: {files: extracts/training}
";
    example.replace(ENVIRONMENT, LOGIN.as_bytes(), wrong.as_bytes());
    assert_eq!(
        mistakes(&example),
        [
            "`build` has no column `extracted_bi` environments/production.yaml:13:37",
            "`name` is of type text: it does not say how old the data are environments/production.yaml:14:52",
            "the system `riverside_extract` has no dataset `bild` environments/production.yaml:15:25",
            "the rows of `clinics` are already signed for in line 17 environments/production.yaml:18:19",
            "the system `riverside_extract` has no dataset `klinics` environments/production.yaml:19:19",
            "the login `receptionist` reads the same folder as the login `booking_clerk` of `production` environments/production.yaml:20:25",
            "the login `trainer` reads the same folder as `training` environments/production.yaml:21:20",
        ]
    );
    assert!(!example.path().join(".gonogo").exists());
}

#[test]
fn a_check_names_logins_of_its_environment() {
    let example = Example::new();
    example.replace("checks/outpatients.yaml", b"to: [booking_clerk]", b"to: [boking_clerk]");
    let ran = example.run(&["lint"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(ran.stderr.contains("production has no login `boking_clerk`"), "{ran}");
    assert!(ran.stderr.contains("checks/outpatients.yaml:47:54") && ran.stderr.contains("did you mean `booking_clerk`?"), "{ran}");
}

#[test]
fn what_a_login_sees_is_never_counted_as_the_administrators() {
    let example = Example::new();
    let only = ["check", "--only", "clinics-visible-to-clerks", "--format", "json"];
    let report = example.run(&only).json();
    let production = report["environments"].as_array().expect("environments").iter().find(|e| e["name"] == "production").expect("it");
    let manifest = example.run(&["show", "production", "--format", "json"]).json();
    let rows = |of_login: bool| -> u64 {
        let datasets = manifest["datasets"].as_array().expect("datasets").iter();
        let seen = datasets.filter(|d| d["name"].as_str().expect("a name").contains('@') == of_login);
        seen.map(|d| d["rows"].as_u64().expect("a number")).sum()
    };
    assert_eq!((production["rows"].as_u64(), production["logins"][0]["rows"].as_u64()), (Some(rows(false)), Some(rows(true))));
    assert_eq!((&production["logins"][0]["reader"], &production["logins"][0]["name"]), (&"booking_clerk".into(), &"booking_clerk".into()));

    let ran = example.run(&["show", "production", "clinics@booking_clerk", "--format", "csv", "--limit", "1000"]);
    assert_eq!(ran.stdout.lines().filter(|l| l.starts_with("CAR04")).count(), 0, "{ran}");
    let ran = example.run(&["show", "production", "clinics", "--format", "csv", "--limit", "1000"]);
    assert_eq!(ran.stdout.lines().filter(|l| l.starts_with("CAR04")).count(), 1, "{ran}");

    // Beside training, which nobody looked at as a clerk, the view is no difference of its own.
    assert_eq!(example.run(&["snapshot", "training", "--dataset", "clinics", "-q"]).code, 0);
    assert_eq!(example.run(&["snapshot", "production", "--dataset", "clinics", "--dataset", "clinics@booking_clerk", "-q"]).code, 0);
    let ran = example.run(&["diff", "training=latest", "production=latest"]);
    assert!(!ran.stdout.contains("booking_clerk"), "{ran}");
    let ran = example.run(&["snapshot", "production", "--dataset", "clinics@boking_clerk"]);
    assert!(ran.code == 2 && ran.stderr.contains("did you mean `booking_clerk`?"), "{ran}");
}

#[test]
fn what_people_vouch_for_is_in_every_report() {
    let example = Example::new();
    let vouched = format!(
        "{LOGIN}    same_files: the export is sorted\n    extract: {{taken_at: {{stated: 2026-10-05T03:40:00Z, by: booking manager, reason: taken by hand}}}}\n"
    );
    example.replace(ENVIRONMENT, LOGIN.as_bytes(), vouched.as_bytes());
    let own = example.read("environments/extracts/production/clinics.csv");
    example.write("environments/extracts/production-as_clerk/clinics.csv", own);
    example.replace("environments/extracts/production-as_clerk/control.csv", b"clinics,161,", b"clinics,168,");
    let ran = example.run(&["check", "--only", "clinics-visible-to-clerks", "--format", "json"]);
    let deviations: Vec<String> =
        ran.json()["deviations"].as_array().expect("deviations").iter().map(|d| d.as_str().expect("text").to_owned()).collect();
    for said in [
        "the age of production as booking_clerk is not in its data: booking manager states 2026-10-05T03:40:00Z (taken by hand)",
        "production as booking_clerk may hold the same bytes as another extract (the export is sorted)",
    ] {
        assert!(deviations.iter().any(|d| d == said), "{deviations:#?}");
    }
    // With the reason the same bytes are believed: nothing is hidden any more.
    let findings =
        ran.json()["checks"].as_array().expect("checks").iter().flat_map(|c| c["findings"].as_array().cloned().unwrap_or_default()).count();
    assert_eq!(findings, 1, "the location that points at nothing: {ran}");
}
