//! Every sample against the committed schema, and read back.

use serde_json::Value;

use super::*;
use crate::report::sample;

fn rendered(result: &RunResult) -> String {
    String::from_utf8(render(result, Style { width: 80, color: false, verbosity: 0 }).unwrap()).unwrap()
}

fn read(result: &RunResult) -> Value {
    serde_json::from_str(&rendered(result)).unwrap()
}

#[test]
fn every_report_is_valid_and_the_schema_is_strict() {
    let schema: Value = serde_json::from_str(crate::report::schema("report").unwrap()).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    for (name, result) in sample::all() {
        let report = read(&result);
        let errors: Vec<String> = schema.iter_errors(&report).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
    let mut more = read(&sample::no_go());
    more["checks"][0]["findings"][0]["unheard"] = Value::from("of");
    assert!(!schema.is_valid(&more));
}

#[test]
fn the_numbers_are_those_of_the_result() {
    for (name, result) in sample::all() {
        let report = read(&result);
        assert_eq!(report["verdict"], result.decision.word(), "{name}");
        assert_eq!(report["counts"]["findings"]["total"], result.findings.total(), "{name}");
        assert_eq!(report["counts"]["checks"]["total"], result.checks.len(), "{name}");
        for (check, told) in result.checks.iter().zip(report["checks"].as_array().unwrap()) {
            assert_eq!(told["findings"].as_array().unwrap().len(), check.outcome.findings.len());
            let members: u64 = told["groups"].as_array().unwrap().iter().map(|g| g["members"].as_u64().unwrap()).sum();
            assert_eq!(members, check.outcome.findings.len() as u64);
            for (finding, told) in check.outcome.findings.iter().zip(told["findings"].as_array().unwrap()) {
                let group = told["group"].as_u64().unwrap() as usize;
                assert_eq!((&*check.groups[group].cause, &*finding.fingerprint), (&*finding.cause, told["fingerprint"].as_str().unwrap()));
            }
        }
    }
}

#[test]
fn values_survive_and_the_bytes_are_harmless() {
    let result = sample::hostile();
    let text = rendered(&result);
    assert!(!text.chars().any(|c| c != '\n' && is_hostile(c)));
    let report = read(&result);
    assert_eq!(report["title"], result.title);
    assert_eq!(
        report["checks"][0]["findings"][0]["expected"]["text"],
        result.checks[0].outcome.findings[0].expected.as_ref().unwrap().text
    );
}

#[test]
fn a_key_is_told_by_column() {
    let finding = read(&sample::no_go())["checks"][0]["findings"][0].clone();
    assert_eq!(finding["key"], serde_json::json!([{"column": "code", "value": "CARD00"}]));
    assert_eq!(finding.get("field"), None);
}

#[test]
fn the_same_result_gives_the_same_bytes() {
    assert_eq!(rendered(&sample::no_go()), rendered(&sample::no_go()));
}

#[test]
fn waived_findings_stay_and_name_their_waiver() {
    let result = sample::no_go_waived();
    let report = read(&result);
    assert_eq!(report["counts"]["waived"]["major"], 1);
    assert_eq!(report["counts"]["findings"]["major"], result.findings.major);
    let check = &report["checks"][0];
    assert_eq!((&check["waived"]["total"], &check["ledger"]["waived"]), (&Value::from(1), &Value::from(1)));
    let findings = check["findings"].as_array().unwrap();
    let waived: Vec<&Value> = findings.iter().filter(|f| f["waiver"] == 0).collect();
    assert_eq!((waived.len(), &waived[0]["fingerprint"]), (1, &report["waivers"][0]["finding"]));
    assert_eq!(check["groups"][waived[0]["group"].as_u64().unwrap() as usize]["waived"], 1);
    assert_eq!(report["waivers"].as_array().unwrap().len(), result.waivers.len());
    assert_eq!(report["waivers"][0]["expires"], "2027-03-31T23:59:59Z");
}
