//! The JSON Schemas of the files that people write, held to the decoders: both take the same files, and wherever one of them
//! objects to the shape of a file, so does the other. The mistakes are made by the test, at every place of every file.

use std::path::{Path, PathBuf};

use gonogo::document::{self, Content, Node, Problems, Style};
use gonogo::report::{SCHEMAS, schema};
use gonogo::{check, environment, system, verdict};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// Schemas whose files have a decoder.
const DECODED: [&str; 7] = ["project", "environment", "system", "check", "attestation", "waiver", "site"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn validator(name: &str) -> Validator {
    jsonschema::validator_for(&serde_json::from_str(schema(name).unwrap()).unwrap()).unwrap()
}

/// A document as a schema sees it: plain scalars have the types of YAML's core schema.
fn value(node: &Node) -> Value {
    match &node.content {
        Content::Map(entries) => Value::Object(entries.iter().map(|e| (e.key.clone(), value(&e.value))).collect::<Map<_, _>>()),
        Content::List(items) => Value::Array(items.iter().map(value).collect()),
        Content::Scalar(s) if s.is_null() => Value::Null,
        Content::Scalar(s) if s.style == Style::Plain => match s.text.as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            text => text.parse::<serde_json::Number>().map_or_else(|_| Value::String(text.to_owned()), Value::Number),
        },
        Content::Scalar(s) => Value::String(s.text.clone()),
    }
}

/// What a schema says against a file.
pub(crate) fn errors(schema: &Value, file: &Path) -> Vec<String> {
    let schema = jsonschema::validator_for(schema).unwrap();
    schema.iter_errors(&read(file).1).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

fn read(path: &Path) -> (String, Value) {
    let shown = format!("environments/{}", path.file_name().unwrap().to_str().unwrap());
    let mut problems = Problems::default();
    let document = document::load_file(path, &shown, &mut problems).unwrap();
    assert!(problems.is_empty(), "{}", document::render(&problems, false));
    (shown, value(&document.root))
}

/// What the decoder says against a text, one line each.
fn objections(name: &str, shown: &str, text: &str) -> Vec<String> {
    let mut problems = Problems::default();
    if let Some(document) = document::load(shown, text.as_bytes(), &mut problems) {
        let problems = &mut problems;
        match name {
            "project" => drop(verdict::decode_project(&document, problems)),
            "environment" => drop(environment::decode(&document, problems)),
            "system" => drop(system::decode(&document, false, problems)),
            "check" => drop(check::decode(&document, problems)),
            "attestation" => drop(check::decode_attestations(&document, problems)),
            "waiver" => drop(verdict::decode_waivers(&document, problems)),
            "site" => drop(check::decode_site(&document, problems)),
            other => panic!("{other} has no decoder"),
        }
    }
    problems.sorted().iter().map(|p| p.message.clone()).collect()
}

/// Files without mistakes, by schema: one with every field in `tests/schemas`, those of the example, those of the real data.
fn valid(name: &str) -> Vec<PathBuf> {
    let own: &[&str] = match name {
        "environment" => &["environment", "probed", "stated"],
        "project" => &["project", "drafted"],
        "system" => &["system"],
        "check" => &["check"],
        "attestation" => &["attestation"],
        "waiver" => &["waiver"],
        _ => &["site"],
    };
    own.iter().map(|stem| root().join("tests/schemas").join(format!("{stem}.yaml"))).collect()
}

fn example(name: &str) -> Vec<PathBuf> {
    let below = |folder: &str| -> Vec<PathBuf> {
        let files = std::fs::read_dir(root().join(folder)).unwrap().map(|e| e.unwrap().path());
        let mut files: Vec<PathBuf> = files.filter(|p| p.extension().is_some_and(|x| x == "yaml")).collect();
        files.sort();
        files
    };
    match name {
        "project" => vec![root().join("gonogo.yaml")],
        "environment" => below("environments"),
        // The shared names of datasets and columns are no system that could be read.
        "system" => below("environments/systems").into_iter().filter(|p| !p.ends_with("shared.yaml")).collect(),
        "attestation" => below("checks/attestations"),
        "waiver" => Vec::new(),
        "site" => below("checks/sites"),
        _ => below("checks"),
    }
}

#[test]
fn schemas_are_schemas_and_close_every_mapping() {
    for (name, text) in SCHEMAS {
        let schema: Value = serde_json::from_str(text).unwrap();
        jsonschema::meta::validate(&schema).unwrap_or_else(|e| panic!("{name}: {e}"));
        closed(name, &schema);
    }
    assert_eq!(schema("nothing"), None);
}

/// Every mapping whose members are listed refuses others.
fn closed(name: &str, schema: &Value) {
    match schema {
        Value::Object(members) => {
            if members.get("type") == Some(&json!("object")) {
                assert!(members.contains_key("additionalProperties"), "{name}: {schema}");
            }
            members.values().for_each(|m| closed(name, m));
        }
        Value::Array(items) => items.iter().for_each(|i| closed(name, i)),
        _ => {}
    }
}

#[test]
fn files_without_mistakes_pass_both() {
    for (name, _) in SCHEMAS.iter().filter(|(name, _)| !["report", "baseline"].contains(name)) {
        let schema = validator(name);
        let mut files = valid(name);
        if DECODED.contains(name) {
            files.extend(example(name));
        }
        for file in files {
            let (shown, value) = read(&file);
            let errors: Vec<String> = schema.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{}: {errors:#?}", file.display());
            if DECODED.contains(name) {
                let text = std::fs::read_to_string(&file).unwrap();
                assert_eq!(objections(name, &shown, &text), Vec::<String>::new(), "{}", file.display());
            }
        }
    }
}

/// Members whose own members are named by the user: anything may stand in them.
const NAMED_BY_USERS: [&str; 6] = ["datasets", "columns", "not_offered", "approvers", "logins", "measured"];

/// A copy with one mistake, and what it is.
struct Mistake {
    what: String,
    value: Value,
    /// The shape itself is wrong: both must object. Otherwise the decoder must object where the schema does.
    of_shape: bool,
}

fn mistakes(value: &Value) -> Vec<Mistake> {
    let mut found = Vec::new();
    walk(value, &mut Vec::new(), &mut |path, node| {
        let at = path.join("/");
        let named_by_users = path.last().is_some_and(|l| NAMED_BY_USERS.contains(&l.as_str()));
        let mut put = |what: &str, with: Value, of_shape| {
            found.push(Mistake { what: format!("{at}: {what}"), value: replaced(value, path, with), of_shape });
        };
        if !named_by_users {
            put("a mapping of something else", json!({"unheard_of": 1}), true);
        }
        if let Value::Object(members) = node {
            if !named_by_users {
                let mut more = members.clone();
                more.insert("unheard_of".into(), json!(1));
                put("an unknown key", Value::Object(more), true);
            }
            for name in members.keys() {
                let mut fewer = members.clone();
                fewer.shift_remove(name);
                put(&format!("without {name}"), Value::Object(fewer), false);
            }
        }
        for with in [json!([]), json!(["one"]), json!([["one"]]), json!("one"), json!(" "), json!("?!"), json!(7), json!(-1), json!(0.5)] {
            put(&format!("{with}"), with, false);
        }
    });
    found
}

fn walk(value: &Value, path: &mut Vec<String>, see: &mut impl FnMut(&[String], &Value)) {
    see(path, value);
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(k, v)| (k.clone(), v)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, v)| (i.to_string(), v)).collect(),
        _ => Vec::new(),
    };
    for (name, member) in members {
        path.push(name);
        walk(member, path, see);
        path.pop();
    }
}

fn replaced(value: &Value, path: &[String], with: Value) -> Value {
    let mut copy = value.clone();
    let mut at = &mut copy;
    for step in path {
        at = match at {
            Value::Object(members) => members.get_mut(step).unwrap(),
            Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
            _ => unreachable!(),
        };
    }
    *at = with;
    copy
}

#[test]
fn a_mistake_in_the_shape_fails_both_and_the_schema_never_objects_alone() {
    let mut disagreements = Vec::new();
    for name in DECODED {
        let schema = validator(name);
        for file in valid(name) {
            let (shown, value) = read(&file);
            let mut judged = 0;
            for mistake in mistakes(&value) {
                let refused = !schema.is_valid(&mistake.value);
                if !refused && !mistake.of_shape {
                    continue;
                }
                let objections = objections(name, &shown, &mistake.value.to_string());
                for (party, silent) in
                    [("schema", mistake.of_shape && !refused), ("decoder", (mistake.of_shape || refused) && objections.is_empty())]
                {
                    if silent {
                        disagreements.push(format!("the {party} of {name} takes {}", mistake.what));
                    }
                }
                judged += usize::from(refused);
            }
            assert!(judged > 50, "{name}: only {judged} mistakes were found");
        }
    }
    assert!(disagreements.is_empty(), "{disagreements:#?}");
}
