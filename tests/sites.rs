//! Two sites of one shared production: each has its own specification under the same names, and one site's change must not leak
//! into the other.

use std::path::Path;

use serde_json::Value;

use crate::support::{Ran, run};

const SYSTEM: &str = r#"version: 1
system: shared_domain
protocol: files
datasets:
  products:
    noun: product
    read: {csv: products.csv}
    key: [site, name]
    columns: {site: site, name: name, minutes: {from: minutes, type: integer}, note: note}
    complete: {rows_from: {file: control.csv, dataset: products, column: rows}}
  letters:
    noun: letter
    read: {csv: "letters-site-{site}.csv"}
    key: [code]
    columns: {code: code, text: text}
    not_offered: {"*": the domain exports no more}
    complete: {rows_from: {file: "control-site-{site}.csv", dataset: letters, column: rows}}
  stamp:
    read: {csv: build.csv}
    key: [domain]
    columns: {domain: domain, at: {from: at, type: datetime}}
    complete: {rows_from: {file: control.csv, dataset: stamp, column: rows}}
"#;

const CHECKS: &str = r#"version: 1
area: outpatients
owner: build team
checks:
  - id: products-match
    title: The products staff trained on are the products they will use
    parity: {dataset: products, where: "site = site()", reason: each site answers for its own products}
  - id: products-signed-off
    title: The products are as signed off
    present: {dataset: products, in: production, rows: lists/main.csv, where: "site = site()", reason: each site signs its own}
  - id: letters-match
    title: The letters are the same
    parity: {dataset: letters}
  - id: build-is-one
    title: One build
    count: {dataset: stamp, in: production, at_least: 1}
"#;

const EASTGATE: &str = r#"version: 1
site: eastgate
adjust:
  - {check: products-signed-off, rows: lists/eastgate.csv, reason: another specification}
"#;

const MAIN: &str = "version: 1\nsite: main\nadjust: []\n";

const PRODUCTS: &str =
    "site,name,minutes,note\nmain,New patient,30,a\nmain,Follow-up,15,b\neastgate,New patient,20,c\neastgate,Follow-up,10,d\n";

/// A project in a folder of its own: both sites as they should be.
struct Trust {
    dir: tempfile::TempDir,
}

impl Trust {
    fn new() -> Self {
        let trust = Self { dir: tempfile::tempdir().unwrap() };
        trust.write(
            "gonogo.yaml",
            "version: 1\ntitle: Two sites (synthetic)\ngo_live: 2027-02-24T06:00:00Z\npair: {training: training, production: production}\n\
             policy: {max_age: 36500d, approvers: {major: [clinical safety officer]}}\nrequire: {criteria: none, reason: a test}\n",
        );
        trust.write("environments/systems/shared_domain.yaml", SYSTEM);
        for side in ["training", "production"] {
            let files = format!("environments/{side}");
            trust.write(
                &format!("{files}.yaml"),
                &format!(
                    "version: 1\nname: {side}\nrole: {side}\nsystem: shared_domain\nfiles: {side}\n\
                     extract: {{taken_at: {{dataset: stamp, column: at}}}}\ninstance: {{dataset: stamp, column: domain, is: {side}}}\n"
                ),
            );
            trust.write(&format!("{files}/build.csv"), &format!("domain,at\n{side},2026-01-01T00:00:00Z\n"));
            // A last column that nobody reads: the files of two sides that are the same bytes would be doubted.
            let products: Vec<String> = PRODUCTS.lines().map(|line| format!("{line},{side}\n")).collect();
            trust.write(&format!("{files}/products.csv"), &products.concat());
            trust.write(&format!("{files}/control.csv"), "dataset,rows\nproducts,4\nstamp,1\n");
            for site in ["main", "eastgate"] {
                trust.write(&format!("{files}/letters-site-{site}.csv"), &format!("code,text,side\nL1,Dear {site},{side}\n"));
                trust.write(&format!("{files}/control-site-{site}.csv"), &format!("dataset,rows,side\nletters,1,{side}\n"));
            }
        }
        trust.write("checks/outpatients.yaml", CHECKS);
        trust.write("checks/lists/main.csv", "site,name,minutes\nmain,New patient,30\nmain,Follow-up,15\n");
        trust.write("checks/lists/eastgate.csv", "site,name,minutes\neastgate,New patient,20\neastgate,Follow-up,10\n");
        trust.write("checks/sites/eastgate.yaml", EASTGATE);
        trust.write("checks/sites/main.yaml", MAIN);
        trust
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.path().join(file)).unwrap()
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn replace(&self, file: &str, old: &str, new: &str) {
        let text = self.read(file);
        assert_eq!(text.matches(old).count(), 1, "{file}: {old}");
        self.write(file, &text.replace(old, new));
    }

    fn adjust(&self, adjustment: &str) {
        self.write("checks/sites/eastgate.yaml", &format!("{EASTGATE}{adjustment}\n"));
    }

    fn run(&self, args: &[&str]) -> Ran {
        run(self.path(), args)
    }

    fn check(&self) -> Value {
        self.run(&["check", "--format", "json"]).json()
    }

    /// What lint says against the files; it must say something.
    fn mistakes(&self) -> String {
        let ran = self.run(&["lint", "--color", "never"]);
        assert_eq!(ran.code, 2, "{ran}");
        ran.stderr
    }
}

/// `check at site: status` per result, with its findings as `kind key field expected -> found`.
fn told(report: &Value) -> Vec<String> {
    let text = |v: &Value| v["text"].as_str().unwrap_or("-").to_owned();
    let mut lines = Vec::new();
    for check in report["checks"].as_array().unwrap() {
        let site = check["site"].as_str().map_or_else(String::new, |s| format!(" at {s}"));
        lines.push(format!("{}{site}: {}", check["id"].as_str().unwrap(), check["status"].as_str().unwrap()));
        for f in check["findings"].as_array().unwrap() {
            let key: Vec<&str> = f["key"].as_array().unwrap().iter().map(|k| k["value"].as_str().unwrap()).collect();
            let field = f["field"].as_str().unwrap_or("-");
            let values = format!("{} -> {}", text(&f["expected"]), text(&f["found"]));
            lines.push(format!("  {} {} {} {field} {values}", f["severity"].as_str().unwrap(), f["kind"].as_str().unwrap(), key.join("/")));
        }
    }
    lines
}

#[test]
fn each_site_has_its_answers_and_what_they_share_has_one() {
    let report = Trust::new().check();
    assert_eq!(report["verdict"], "GO", "{report:#}");
    assert_eq!(report["sites"], serde_json::json!(["eastgate", "main"]));
    let expected = [
        "build-is-one: pass",
        "letters-match at eastgate: pass",
        "letters-match at main: pass",
        "products-match at eastgate: pass",
        "products-match at main: pass",
        "products-signed-off at eastgate: pass",
        "products-signed-off at main: pass",
    ];
    assert_eq!(told(&report), expected);
}

#[test]
fn a_change_of_one_site_that_leaks_into_the_other_is_found_there_and_only_there() {
    let trust = Trust::new();
    // Eastgate shortens its appointments on both sides and signs for it; in production the change reached main's rows as well.
    for side in ["training", "production"] {
        trust.replace(&format!("environments/{side}/products.csv"), "eastgate,New patient,20", "eastgate,New patient,15");
    }
    trust.replace("checks/lists/eastgate.csv", "New patient,20", "New patient,15");
    assert_eq!(trust.check()["verdict"], "GO");
    trust.replace("environments/production/products.csv", "main,New patient,30", "main,New patient,15");
    let report = trust.check();
    assert_eq!(report["verdict"], "NO-GO");
    let expected = [
        "products-match at main: fail",
        "  blocker changed main/New patient minutes 30 -> 15",
        "products-signed-off at main: fail",
        "  blocker changed main/New patient minutes 30 -> 15",
        "build-is-one: pass",
        "letters-match at eastgate: pass",
        "letters-match at main: pass",
        "products-match at eastgate: pass",
        "products-signed-off at eastgate: pass",
    ];
    assert_eq!(told(&report), expected);
    let screen = trust.run(&["check"]).stdout;
    assert!(screen.contains("products-match at main"), "{screen}");
    assert!(!screen.contains("eastgate: 1 blocker"), "{screen}");
}

#[test]
fn files_of_a_site_are_read_for_that_site() {
    let trust = Trust::new();
    trust.replace("environments/production/letters-site-eastgate.csv", "Dear eastgate", "Dear all");
    let report = trust.check();
    let lines = told(&report);
    assert_eq!(lines[..2], ["letters-match at eastgate: fail", "  blocker changed L1 text Dear eastgate -> Dear all"]);
    assert!(lines.contains(&"letters-match at main: pass".to_owned()), "{lines:#?}");
    // The key's columns are named although the snapshot holds the dataset once per site.
    assert_eq!(report["checks"][0]["findings"][0]["key"][0]["column"], "code");
    std::fs::remove_file(trust.path().join("environments/production/letters-site-eastgate.csv")).unwrap();
    let report = trust.check();
    assert_eq!(report["verdict"], "CANNOT TELL", "{report:#}");
    let open: Vec<&str> =
        report["checks"].as_array().unwrap().iter().filter(|c| c["status"] == "cannot_tell").map(|c| c["site"].as_str().unwrap()).collect();
    assert_eq!(open, ["eastgate"]);
}

#[test]
fn a_finding_of_one_site_is_another_finding_at_the_other() {
    let trust = Trust::new();
    trust.adjust("  - {check: build-is-one, severity: {extra: blocker}, reason: stricter here}");
    trust.replace("checks/outpatients.yaml", "at_least: 1", "at_least: 2");
    let report = trust.check();
    let failed: Vec<&Value> = report["checks"].as_array().unwrap().iter().filter(|c| c["id"] == "build-is-one").collect();
    let fingerprints: Vec<&str> = failed.iter().map(|c| c["findings"][0]["fingerprint"].as_str().unwrap()).collect();
    assert_eq!(fingerprints.len(), 2);
    assert_ne!(fingerprints[0], fingerprints[1]);
    assert_ne!(failed[0]["groups"][0]["digest"], failed[1]["groups"][0]["digest"]);
}

#[test]
fn one_site_of_several_is_never_go() {
    let trust = Trust::new();
    let ran = trust.run(&["check", "--site", "main", "--format", "json"]);
    assert_eq!(ran.code, 3, "{ran}");
    let report = ran.json();
    assert_eq!((report["verdict"].as_str(), report["sites"][0].as_str()), (Some("PARTIAL"), Some("main")));
    let lines = told(&report);
    assert!(lines.contains(&"build-is-one: pass".to_owned()) && lines.contains(&"products-match at main: pass".to_owned()));
    assert!(lines.contains(&"products-match at eastgate: skipped".to_owned()), "{lines:#?}");
    assert!(report["reasons"][0].as_str().unwrap().contains("--site main"), "{report:#}");
    assert_eq!(trust.run(&["check", "--site", "main", "--partial-ok"]).code, 0);
    // The only site of a project leaves nothing out.
    std::fs::remove_file(trust.path().join("checks/sites/eastgate.yaml")).unwrap();
    assert_eq!(trust.run(&["check", "--site", "main"]).code, 0);
    let ran = trust.run(&["check", "--site", "mian"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("did you mean `main`?"), "{ran}");
}

#[test]
fn the_worst_site_decides() {
    for site in ["main", "eastgate"] {
        let trust = Trust::new();
        let text =
            trust.read("environments/production/products.csv").replace(&format!("{site},Follow-up,1"), &format!("{site},Follow-up,9"));
        trust.write("environments/production/products.csv", &text);
        assert_eq!(trust.check()["verdict"], "NO-GO", "{site}");
    }
}

#[test]
fn what_a_site_lowers_ignores_and_drops_is_listed_with_its_reason() {
    let trust = Trust::new();
    trust.adjust(
        "  - {check: products-match, severity: {changed: minor}, ignore: [{field: note, reason: free text}], reason: agreed locally, approver: clinical safety officer}\n  \
           - {check: letters-match, drop: true, reason: prints no letters, approver: clinical safety officer}",
    );
    trust.replace("environments/production/products.csv", "eastgate,Follow-up,10,d", "eastgate,Follow-up,11,e");
    trust.write("checks/lists/eastgate.csv", "site,name,minutes\neastgate,New patient,20\n");
    let report = trust.check();
    // Findings below the blocking severity, and a check that somebody agreed to drop, do not keep the run from GO.
    assert_eq!(report["verdict"], "GO", "{report:#}");
    let deviations: Vec<&str> = report["deviations"].as_array().unwrap().iter().map(|d| d.as_str().unwrap()).collect();
    let of_sites: Vec<&&str> = deviations.iter().filter(|d| d.contains("eastgate")).collect();
    insta::assert_debug_snapshot!(of_sites, @r#"
    [
        "products-match at eastgate: changed counts as minor (elsewhere: blocker): agreed locally (agreed by clinical safety officer)",
        "products-match at eastgate ignores note: free text",
        "products-signed-off at eastgate is held to checks/lists/eastgate.csv: another specification",
        "letters-match at eastgate is not asked: prints no letters (agreed by clinical safety officer)",
    ]
    "#);
    let lines = told(&report);
    assert!(lines.contains(&"  minor changed eastgate/Follow-up minutes 10 -> 11".to_owned()), "{lines:#?}");
    assert!(!lines.iter().any(|l| l.contains(" note ")), "{lines:#?}");
    assert!(lines.contains(&"letters-match at eastgate: skipped".to_owned()), "{lines:#?}");
    let one =
        |id: &str, site: &str| report["checks"].as_array().unwrap().iter().find(|c| c["id"] == id && c["site"] == site).unwrap().clone();
    assert_eq!(one("letters-match", "eastgate")["dropped"], true);
    let notes = one("products-match", "eastgate")["ledger"]["notes"].to_string();
    assert!(notes.contains("that note is ignored at eastgate hid 1 difference"), "{notes}");
}

#[test]
fn an_adjustment_that_adjusts_nothing_is_reported() {
    let trust = Trust::new();
    trust.adjust("  - {check: products-match, ignore: [{field: note, reason: free text}], reason: r}\n  - {check: letters-match, severity: {extra: major}, reason: r}");
    let report = trust.check();
    assert_eq!(report["verdict"], "GO");
    let products = report["checks"].as_array().unwrap().iter().find(|c| c["id"] == "products-match" && c["site"] == "eastgate").unwrap();
    let warning = "checks/sites/eastgate.yaml:5: that note is ignored at eastgate hid nothing: take it out";
    assert!(products["ledger"]["warnings"].as_array().unwrap().iter().any(|w| w == warning), "{products:#}");
    let said = "checks/sites/eastgate.yaml:6: adjusts nothing: the severities of `letters-match` are the same without it";
    assert!(report["deviations"].as_array().unwrap().iter().any(|d| d == said), "{report:#}");
    let lint = trust.run(&["lint"]);
    assert_eq!(lint.code, 0);
    assert!(lint.stdout.contains(&format!("note: {said}\n")), "{lint}");
}

#[test]
fn mistakes_in_a_site_file_are_shown_at_their_place() {
    let trust = Trust::new();
    trust.write(
        "checks/sites/eastgate.yaml",
        r#"version: 1
site: eastgate
adjust:
  - {check: product-match, severity: minor, reason: r, approver: clinical safety officer}
  - {check: products-match, severity: {changed: minor}, ignore: [{field: notes, reason: r}], reason: r}
  - {check: letters-match, rows: lists/eastgate.csv, reason: r}
  - {check: products-signed-off, ignore: [{field: note, reason: r}], reason: r}
  - {check: build-is-one, drop: true, reason: r, approver: the cleaner}
"#,
    );
    let told: Vec<String> = trust.mistakes().lines().filter(|l| l.starts_with("error")).map(str::to_owned).collect();
    insta::assert_debug_snapshot!(told, @r#"
    [
        "error: there is no check `product-match`",
        "error: `products-match` lowers blocker here, which needs somebody who agreed",
        "error: `products` has no column `notes`",
        "error: `letters-match` is a check of kind parity, which has no list",
        "error: `products-signed-off` is a check of kind present, which has no columns to ignore",
        "error: `the cleaner` may not approve what lowers blocker",
    ]
    "#);
    trust.write(
        "checks/sites/eastgate.yaml",
        "version: 1\nsite: east\nadjust:\n  - {check: products-match, reason: r}\n  - {check: letters-match, drop: true, reason: r}\n",
    );
    let told: Vec<String> = trust.mistakes().lines().filter(|l| l.starts_with("error")).map(str::to_owned).collect();
    insta::assert_debug_snapshot!(told, @r#"
    [
        "error: the file `eastgate` describes the site `east`",
        "error: this adjusts nothing",
        "error: a check that a site drops needs someone who agreed",
    ]
    "#);
}

#[test]
fn the_site_is_not_asked_for_where_there_are_none() {
    let trust = Trust::new();
    std::fs::remove_dir_all(trust.path().join("checks/sites")).unwrap();
    let said = trust.mistakes();
    assert!(said.contains("`site()` asks for the site, and this project has none"), "{said}");
    assert!(said.contains("the files of `letters` are named by the site, and this project has none"), "{said}");
}

#[test]
fn a_criterion_needs_an_answer_at_every_site() {
    let trust = Trust::new();
    trust.replace("gonogo.yaml", "{criteria: none, reason: a test}", "{criteria: [CLN-1]}");
    trust.replace("checks/outpatients.yaml", "    parity: {dataset: letters}", "    criterion: CLN-1\n    parity: {dataset: letters}");
    assert_eq!(trust.check()["verdict"], "GO");
    trust.adjust("  - {check: letters-match, drop: true, reason: prints no letters, approver: clinical safety officer}");
    let report = trust.check();
    assert_eq!(report["verdict"], "PARTIAL", "{report:#}");
    assert_eq!(report["reasons"][0], "required but left out: CLN-1 at eastgate");
    assert_eq!(report["required"][0]["answered"], false);
}

#[test]
fn explain_says_which_file_said_what() {
    let trust = Trust::new();
    trust.adjust("  - {check: products-match, severity: {changed: minor}, ignore: [{field: note, reason: free text}], reason: agreed locally, approver: clinical safety officer}");
    insta::assert_snapshot!(trust.run(&["explain", "products-match", "--site", "eastgate"]).stdout, @"
    checks/outpatients.yaml:5     id: products-match
    checks/outpatients.yaml:6     title: The products staff trained on are the products they will use
    checks/outpatients.yaml:2     area: outpatients
    checks/outpatients.yaml:3     owner: build team
    checks/outpatients.yaml:7     parity:
    checks/outpatients.yaml:7       dataset: products
    checks/outpatients.yaml:7       where: site = site()
    checks/outpatients.yaml:7       reason: each site answers for its own products
    checks/sites/eastgate.yaml:5    ignore:
    checks/sites/eastgate.yaml:5      - {field: note, reason: free text}
                                  severity:
    standard                        missing: blocker
    standard                        extra: major
    checks/sites/eastgate.yaml:5    changed: minor
    checks/sites/eastgate.yaml:5  reason at eastgate: agreed locally
    checks/sites/eastgate.yaml:5  approver at eastgate: clinical safety officer
    ");
    insta::assert_snapshot!(trust.run(&["explain", "products-signed-off"]).stdout, @"
    checks/outpatients.yaml:8     id: products-signed-off
    checks/outpatients.yaml:9     title: The products are as signed off
    checks/outpatients.yaml:2     area: outpatients
    checks/outpatients.yaml:3     owner: build team
    checks/outpatients.yaml:10    present:
    checks/outpatients.yaml:10      dataset: products
    checks/outpatients.yaml:10      in: production
    checks/outpatients.yaml:10      rows: lists/main.csv
    checks/outpatients.yaml:10      where: site = site()
    checks/outpatients.yaml:10      reason: each site signs its own
                                  severity:
    standard                        missing: blocker
    standard                        extra: major
    standard                        changed: blocker
    # at eastgate:
    checks/sites/eastgate.yaml:4    rows: lists/eastgate.csv
    checks/sites/eastgate.yaml:4    reason: another specification
    # at main: as above, of its own records
    ");
    insta::assert_snapshot!(trust.run(&["explain", "build-is-one"]).stdout, @"
    checks/outpatients.yaml:14  id: build-is-one
    checks/outpatients.yaml:15  title: One build
    checks/outpatients.yaml:2   area: outpatients
    checks/outpatients.yaml:3   owner: build team
    checks/outpatients.yaml:16  count:
    checks/outpatients.yaml:16    dataset: stamp
    checks/outpatients.yaml:16    in: production
    checks/outpatients.yaml:16    at_least: 1
                                severity:
    standard                      missing: blocker
    standard                      extra: major
    standard                      changed: blocker
    # one answer for all sites
    ");
    let ran = trust.run(&["explain", "product-match"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("did you mean `products-match`?"), "{ran}");
}
