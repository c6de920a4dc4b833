use super::*;
use crate::document::load;
use crate::system::{BUILT_IN_SHARED, decode, decode_shared};

fn shared() -> Shared {
    let mut problems = Problems::default();
    let document = load(PATH, BUILT_IN_SHARED.as_bytes(), &mut problems).unwrap();
    decode_shared(&document, &mut problems).unwrap()
}

/// A system of these datasets, held to the shared names; what was said, each with the text that it points at.
fn held(datasets: &str) -> (System, Vec<String>) {
    let text = format!("version: 1\nsystem: ours\nprotocol: files\ndatasets:\n{datasets}");
    let mut problems = Problems::default();
    let document = load("environments/systems/ours.yaml", text.as_bytes(), &mut problems).unwrap();
    let mut system = decode(&document, false, &mut problems).unwrap();
    hold(&mut system, &shared(), &mut problems);
    let said = problems.sorted().iter().map(|p| format!("{} {} {}", p.place.text(), p.message, p.help.as_deref().unwrap_or("-"))).collect();
    (system, said)
}

const LETTERS: &str = "  letters:
    read: {csv: letters.csv}
    key: [code]
    columns: {code: c, name: n, version: {from: v, type: integer}, body: b, active: {from: a, type: boolean}}
";

/// The letters with one text replaced by another.
fn letters(old: &str, new: &str) -> Vec<String> {
    assert!(LETTERS.contains(old));
    held(&LETTERS.replacen(old, new, 1)).1
}

#[test]
fn a_definition_with_all_shared_columns_is_sound() {
    assert_eq!(held(LETTERS).1, Vec::<String>::new());
    // A column of its own is no mistake.
    assert_eq!(letters("body: b,", "body: b, colour: k,"), Vec::<String>::new());
}

#[test]
fn a_shared_column_is_mapped_or_not_offered_with_a_reason() {
    assert_eq!(
        letters("body: b, ", ""),
        [
            "letters `letters` does not say where the shared column `body` comes from such as `not_offered: {body: the export does not hold it}`; `\"*\"` stands for all that are left"
        ]
    );
    let excused = LETTERS.replace("body: b, ", "") + "    not_offered: {body: the export leaves it out}\n";
    assert_eq!(held(&excused).1, Vec::<String>::new());
}

#[test]
fn a_star_stands_for_all_that_are_left_and_only_for_those() {
    let few = "  letters:\n    read: {csv: letters.csv}\n    key: [code]\n    columns: {code: c, name: n}\n    not_offered: {body: too long, \"*\": the export has two columns}\n";
    let (system, said) = held(few);
    assert_eq!(said, Vec::<String>::new());
    let expected = [("active", "the export has two columns"), ("body", "too long"), ("version", "the export has two columns")];
    let found: Vec<(&str, &str)> = system.datasets[0].not_offered.iter().map(|(c, r)| (c.as_str(), r.as_str())).collect();
    assert_eq!(found, expected);
    let needless = format!("{LETTERS}    not_offered: {{\"*\": nothing}}\n");
    assert!(held(&needless).1[0].contains("stands for nothing"));
    let own = "  wardrobes:\n    read: {csv: w.csv}\n    key: [code]\n    columns: {code: c}\n    not_offered: {\"*\": x}\n";
    assert!(held(own).1[0].contains("`wardrobes` is no shared dataset"));
}

#[test]
fn a_column_that_is_almost_shared_is_asked_back() {
    assert_eq!(
        letters("version: {", "versoin: {"),
        ["versoin `versoin` of `letters` is no name that systems share did you mean `version`?"]
    );
}

#[test]
fn types_keys_and_references_agree() {
    assert_eq!(
        letters("active: {from: a, type: boolean}", "active: a"),
        ["active `active` of `letters` is boolean in all systems; here it is text write `type: boolean`"]
    );
    assert_eq!(letters("key: [code]", "key: [name]"), ["name `letters` is known by code in all systems; here by name write `key: [code]`"]);
    let places = "  organisations:\n    read: {csv: o.csv}\n    key: [code]\n    id: id\n    columns: {code: c}\n    not_offered: {\"*\": x}
  locations:\n    read: {csv: l.csv}\n    key: [name, organisation]\n    id: id\n    columns: {name: n, organisation: {from: o, references: organisations}, kind: {from: k, references: organisations}, parent: {from: p, references: organisations}}\n    not_offered: {\"*\": x}\n";
    assert_eq!(
        held(places).1,
        [
            "organisations `parent` of `locations` refers to `locations` in all systems; here to `organisations` write `references: locations`"
        ]
    );
    let roles =
        "  clinics:\n    read: {csv: c.csv}\n    key: [code]\n    columns: {code: c, bookable_roles: r}\n    not_offered: {\"*\": x}\n";
    assert_eq!(
        held(roles).1,
        ["bookable_roles `bookable_roles` of `clinics` is a set of text in all systems; here it is text write `list: set`"]
    );
}

#[test]
fn what_is_not_offered_is_no_part_of_the_key() {
    let wards =
        "  locations:\n    read: {csv: l.csv}\n    key: [name]\n    columns: {name: n}\n    not_offered: {\"*\": one institution}\n";
    assert_eq!(held(wards).1, Vec::<String>::new());
    let codes = "  codes:\n    read: {csv: c.csv}\n    key: [code_set, display]\n    columns: {code_set: s, display: d}\n    not_offered: {\"*\": x}\n";
    assert_eq!(held(codes).1, Vec::<String>::new());
}

#[test]
fn records_of_patients_are_measured() {
    let waiting = SharedDataset { noun: "referral".to_owned(), measured: true, key: Vec::new(), columns: Default::default() };
    let shared = Shared { datasets: [("referral_counts".to_owned(), waiting)].into() };
    let whole =
        "version: 1\nsystem: ours\nprotocol: files\ndatasets:\n  referral_counts: {read: {csv: r.csv}, key: [ward], columns: {ward: w}}\n";
    let mut problems = Problems::default();
    let document = load("environments/systems/ours.yaml", whole.as_bytes(), &mut problems).unwrap();
    hold(&mut decode(&document, false, &mut problems).unwrap(), &shared, &mut problems);
    let said = problems.sorted()[0];
    assert_eq!(said.message, "`referral_counts` are records of patients, which gonogo counts and never stores");
    assert_eq!(said.help.as_deref(), Some("add `measured: true`"));
    let named =
        "  appointments:\n    measured: true\n    read: {csv: a.csv}\n    columns: {status: s, surname: n}\n    not_offered: {\"*\": x}\n";
    let said = held(named).1;
    assert!(
        said[0].starts_with("surname `appointments` are records of patients: `surname` is nothing that they are counted by"),
        "{said:?}"
    );
    let letters = LETTERS.replace("    key: [code]\n", "    measured: true\n");
    assert!(held(&letters).1.iter().any(|s| s.contains("`letters` are no records of patients")));
}
