use super::super::*;
use crate::document::{Problems, load, render};
use crate::value::{ListKind, Type};

fn decoded(datasets: &str) -> System {
    let text = format!("version: 1\nsystem: synthetic\nprotocol: files\ndatasets:\n{datasets}");
    let mut problems = Problems::default();
    let document = load("environments/systems/synthetic.yaml", text.as_bytes(), &mut problems);
    let system = document.and_then(|d| decode(&d, false, &mut problems));
    assert!(problems.is_empty(), "{}", render(&problems, false));
    system.unwrap()
}

fn mistakes(datasets: &str) -> Vec<String> {
    let text = format!("version: 1\nsystem: synthetic\nprotocol: files\ndatasets:\n{datasets}");
    let mut problems = Problems::default();
    let document = load("synthetic.yaml", text.as_bytes(), &mut problems).unwrap();
    decode(&document, false, &mut problems);
    problems.sorted().iter().map(|p| p.message.clone()).collect()
}

fn names(dataset: &Dataset) -> Vec<&str> {
    dataset.columns.iter().map(|c| c.name.value.as_str()).collect()
}

fn heading(source: &Source) -> &str {
    match source {
        Source::Heading(heading) => &heading.value,
        Source::Path(path) => path.value.as_str(),
        Source::Outer { path, .. } => path.value.as_str(),
        _ => "",
    }
}

#[test]
fn a_table_is_decoded_whole() {
    let system = decoded(
        r#"
  locations:
    read: {csv: locations.csv}
    key: [name]
    id: {from: "ID"}
    columns: {name: Name}
  clinics:
    noun: clinic
    read: {csv: "clinics-site-{site}.csv", delimiter: tab, encoding: windows-1252, header: 3, distinct: true,
           unpivot: {columns: "Tag|*", name: tag, value: flag, keep: [Y, "TRUE", 1]}}
    key: [[code], [name, location]]
    id: Clinic ID
    columns:
      code: {from: Clinic Code, normalise: [trim, casefold]}
      name: Name
      active: {from: Active, type: boolean, default: true, true: [Y, 1], false: N}
      location: {from: Location ID, references: locations}
      roles: {from: Roles, list: set, split: ";", optional: true}
      opened: {from: Opened, type: date, format: "%d/%m/%Y"}
      row_no: {position: true}
      source_file: {file: stem}
    effective: {from: opened, to: Valid To}
    volatile: [Last Updated, source_file]
    complete: {rows_from: {file: control.csv, column: rows}}
    none: {means: empty, reason: no clinics yet}
    not_offered: {comment: the system has no free text}
"#,
    );
    let clinics = system.dataset("clinics").unwrap();
    let read = &clinics.read;
    assert_eq!((read.format, read.pattern.value.as_str()), (FileFormat::Csv, "clinics-site-{site}.csv"));
    assert_eq!((read.delimiter, read.header, read.distinct), (b'\t', 3, true));
    let unpivot = read.unpivot.as_ref().unwrap();
    assert_eq!((unpivot.columns.value.as_str(), unpivot.keep.join(",")), ("Tag|*", "Y,TRUE,1".to_owned()));
    let key: Vec<Vec<&str>> = clinics.key.iter().map(|rung| rung.iter().map(|p| p.value.as_str()).collect()).collect();
    assert_eq!(key, [vec!["code"], vec!["name", "location"]]);
    assert_eq!(heading(clinics.id.as_ref().unwrap()), "Clinic ID");
    assert_eq!(
        names(clinics),
        ["code", "name", "active", "location", "roles", "opened", "row_no", "source_file", "valid_to", "last_updated"]
    );
    let column = |name: &str| clinics.column(name).unwrap();
    assert_eq!(column("code").normalise, [Normaliser::Trim, Normaliser::Casefold]);
    assert_eq!(column("active").default.as_deref(), Some("true"));
    assert_eq!(column("active").truth, Some((vec!["Y".to_owned(), "1".to_owned()], vec!["N".to_owned()])));
    let roles = column("roles").list.as_ref().unwrap();
    assert_eq!((roles.kind, roles.split.as_deref()), (ListKind::Set, Some(";")));
    assert!(column("roles").optional && !column("name").optional);
    assert_eq!((column("valid_to").kind, heading(&column("valid_to").from)), (Type::Date, "Valid To"));
    assert_eq!((column("last_updated").kind, column("last_updated").volatile), (Type::Text, true));
    assert!(matches!(column("row_no").from, Source::Position) && matches!(column("source_file").from, Source::File(FilePart::Stem)));
    let effective = clinics.effective.as_ref().unwrap();
    assert_eq!((effective.from.as_deref(), effective.to.as_deref()), (Some("opened"), Some("valid_to")));
    assert!(matches!(&clinics.complete, Complete::ControlFile { dataset, .. } if dataset == "clinics"));
    assert_eq!(clinics.none_means_empty.as_ref().unwrap().value, "no clinics yet");
    assert_eq!(clinics.not_offered["comment"], "the system has no free text");
    assert!(!system.lacks("clinics") && system.lacks("clinic"));
}

#[test]
fn documents_are_decoded_with_their_levels() {
    let system = decoded(
        r#"
  fields:
    read: {xml: "forms/**/*.xml", rows: ["$..section[*]", "$.obs[*]"]}
    key: [form, concept]
    id: concept
    columns:
      form: {file: stem}
      concept: "$['@conceptId']"
      section: {outer: "$['@label']", level: 1}
      title: {outer: "$['@formName']"}
      label: {member: true}
    volatile: [$.meta.lastUpdated]
    complete: {declared: {by: build lead, on: 2027-01-29, reason: files of a release}}
"#,
    );
    let fields = &system.datasets[0];
    assert_eq!(fields.read.rows.len(), 2);
    assert_eq!(names(fields), ["form", "concept", "section", "title", "label", "meta_lastupdated"]);
    assert_eq!(heading(fields.id.as_ref().unwrap()), "$['@conceptId']", "an id may name a column");
    assert!(
        matches!(fields.columns[2].from, Source::Outer { level: 1, .. })
            && matches!(fields.columns[3].from, Source::Outer { level: 0, .. })
    );
    assert!(matches!(fields.columns[4].from, Source::Member));
    assert!(matches!(fields.complete, Complete::Declared { rows: None, .. }));
}

#[test]
fn several_kinds_of_file_make_one_dataset() {
    let system = decoded(
        r#"
  roles:
    read:
      - {csv: roles.csv, columns: {inherits: {from: Inherited}}}
      - {json: roles.json, rows: "$.roles[*]", id: $.uuid, columns: {name: $.name, inherits: $.parents}, none: {means: empty, reason: newer releases only}}
    key: [name]
    id: UUID
    columns:
      name: Role name
      inherits: {list: set, split: ";"}
"#,
    );
    let roles = &system.datasets[0];
    assert_eq!(roles.also.len(), 1);
    let also = &roles.also[0];
    assert_eq!((names(roles), names(also)), (vec!["name", "inherits"], vec!["name", "inherits"]));
    assert_eq!((heading(&roles.columns[0].from), heading(&also.columns[0].from)), ("Role name", "$.name"));
    assert_eq!((heading(&roles.columns[1].from), heading(&also.columns[1].from)), ("Inherited", "$.parents"));
    assert_eq!((heading(roles.id.as_ref().unwrap()), heading(also.id.as_ref().unwrap())), ("UUID", "$.uuid"));
    assert!(roles.none_means_empty.is_none() && also.none_means_empty.is_some());
    assert_eq!(also.columns[1].list.as_ref().unwrap().kind, ListKind::Set);
    let base = "  a:\n    read: [{csv: a.csv, columns: {cod: X}}, {json: a.json}]\n    key: [code]\n    columns: {code: Code}\n";
    assert_eq!(mistakes(base), ["`cod` is no column of this dataset", "`Code` is no path: a path into a document begins with `$`"]);
}

#[test]
fn implicit_columns_get_free_and_valid_names() {
    let dataset = "  a:\n    read: {csv: a.csv}\n    key: [code]\n    columns: {code: Code, last_seen: Seen}\n    volatile: [Last-Seen, Order, 2nd, Seen, Straße]\n";
    let system = decoded(dataset);
    assert_eq!(names(&system.datasets[0]), ["code", "last_seen", "last_seen_2", "column_order", "column_2nd", "stra_e"]);
    assert!(system.datasets[0].column("last_seen").unwrap().volatile, "an entry that is a column's heading is that column");
}

#[test]
fn the_digest_of_a_dataset_is_of_what_it_says() {
    let one = |text: &str| decoded(text).datasets[0].digest.clone();
    let digest = one("  a:\n    read: {csv: a.csv}\n    key: [code]\n    columns: {code: Code}\n");
    assert_eq!(digest, one("  a: # c\n    columns:\n      code: 'Code'\n    key:\n      - code\n    read: {csv: a.csv}\n"));
    assert_ne!(digest, one("  a:\n    read: {csv: b.csv}\n    key: [code]\n    columns: {code: Code}\n"));
}

#[test]
fn keys_that_need_each_other_are_reported_once() {
    let dataset = |name: &str, target: &str| {
        format!(
            "  {name}:\n    read: {{csv: x.csv}}\n    key: [code, up]\n    id: Id\n    columns: {{code: Code, up: {{from: Up, references: {target}}}}}\n"
        )
    };
    let ring = dataset("a", "b") + &dataset("b", "c") + &dataset("c", "a") + &dataset("d", "a");
    assert_eq!(mistakes(&ring), ["these keys need each other and can never be known: a → b → c → a"]);
    let no_key = "  a:\n    read: {csv: x.csv}\n    key: [code]\n    id: Id\n    columns: {code: Code, up: {from: Up, references: a}}\n";
    assert!(mistakes(no_key).is_empty(), "a cycle may run through columns that are no key");
}

#[test]
fn patients_are_refused_by_name() {
    let fhir = "  a:\n    read: {fhir: \"*.json\", resource: Observation}\n    key: [code]\n    columns: {code: $.code}\n";
    assert_eq!(mistakes(fhir), ["`Observation` holds patient data, which gonogo does not read"]);
    let table = "  patients:\n    read: {csv: p.csv}\n    key: [code]\n    columns: {code: Code}\n";
    assert_eq!(mistakes(table), ["a dataset `patients` would hold patient data, which gonogo does not read"]);
}
