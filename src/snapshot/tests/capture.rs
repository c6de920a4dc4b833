//! Capture from files: small synthetic projects in a temporary folder.

use std::fs;

use chrono::NaiveDate;

use crate::environment::{Environment, TakenAt};
use crate::source;
use crate::system::{Column, Complete, Dataset, Normaliser, System};
use crate::value::{Key, NO_KEY, Type};

use super::super::*;
use super::define::*;

struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        files.iter().for_each(|(file, text)| project.write(file, text));
        project
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.folder.path().join("environments/extracts").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn capture_as(&self, environment: &Environment, datasets: Vec<Dataset>, asked: &[&str], limits: Limits) -> Snapshot {
        fs::create_dir_all(self.folder.path().join("environments/extracts")).unwrap();
        run(self.folder.path(), environment, &system(datasets), asked, limits, source::files::read).unwrap()
    }

    fn capture(&self, datasets: Vec<Dataset>, asked: &[&str]) -> Snapshot {
        self.capture_as(&environment(), datasets, asked, SMALL)
    }
}

/// Every row of a dataset as `rung:key = cell, cell`.
fn shown(snapshot: &Snapshot, dataset: &str) -> Vec<String> {
    let table = snapshot.table(dataset).unwrap();
    let width = table.entry().columns.len();
    let mut lines = Vec::new();
    for batch in table.rows(&(0..width).collect::<Vec<_>>(), None).unwrap() {
        let batch = batch.unwrap();
        for i in 0..batch.len() {
            let key = Key::from_bytes(batch.key(i)).unwrap();
            let cells: Vec<String> = (0..width).map(|c| batch.cell(i, c).to_cell().to_string()).collect();
            let rung = if key.rung == NO_KEY { "-".to_owned() } else { key.rung.to_string() };
            lines.push(format!("{rung}:{key} = {}", cells.join(", ")));
        }
    }
    lines
}

fn unread(snapshot: &Snapshot, dataset: &str) -> String {
    snapshot.manifest().dataset(dataset).unwrap().unread.clone().unwrap_or_default()
}

fn hospital() -> (Project, Vec<Dataset>) {
    let project = Project::new(&[
        ("organisations.csv", "id,code,parent\n1,RGH,\n2,NORTH,1\n"),
        ("wards.csv", "id,name,organisation\n10,Ward 1,1\n11,Ward 1,2\n"),
        ("clinics.csv", "id,code,ward,also,active\n7,CARD-1,11,10;11,Y\n8,DERM-1,99,10;99,\n9,GEN-1,,,maybe\n"),
    ]);
    let organisations = with_id(dataset("organisations", vec![text("code"), reference("parent", "organisations")]));
    let mut wards = with_id(dataset("wards", vec![text("name"), reference("organisation", "organisations")]));
    wards.key = vec![vec![name("name"), name("organisation")]];
    let clinics = with_id(dataset(
        "clinics",
        vec![text("code"), reference("ward", "wards"), set(reference("also", "wards")), typed("active", Type::Boolean)],
    ));
    (project, vec![clinics, organisations, wards])
}

#[test]
fn references_become_keys_and_what_is_referred_to_is_captured() {
    let (project, datasets) = hospital();
    let snapshot = project.capture(datasets, &["clinics"]);
    insta::assert_debug_snapshot!(shown(&snapshot, "organisations"), @r#"
    [
        "0:NORTH = NORTH, RGH",
        "0:RGH = RGH, (empty)",
    ]
    "#);
    insta::assert_debug_snapshot!(shown(&snapshot, "wards"), @r#"
    [
        "0:Ward 1 | NORTH = Ward 1, NORTH",
        "0:Ward 1 | RGH = Ward 1, RGH",
    ]
    "#);
    insta::assert_debug_snapshot!(shown(&snapshot, "clinics"), @r#"
    [
        "0:CARD-1 = CARD-1, Ward 1 | NORTH, [\"Ward 1 | NORTH\",\"Ward 1 | RGH\"], true",
        "0:DERM-1 = DERM-1, 99 (unresolved), [\"10\",\"99\"] (unresolved), (null)",
        "0:GEN-1 = GEN-1, (empty), (empty), maybe (invalid)",
    ]
    "#);
    let clinics = snapshot.manifest().dataset("clinics").unwrap();
    assert_eq!(clinics.columns[1].cells, CellCounts { value: 1, empty: 1, unresolved: 1, ..CellCounts::default() });
    assert_eq!(clinics.columns.iter().map(|c| c.hashed).collect::<Vec<_>>(), [false, true, true, true]);
    assert!(snapshot.manifest().dataset("wards").unwrap().columns.iter().all(|c| !c.hashed), "all columns are in the key");
    assert!(clinics.has_id && clinics.sources.len() == 1 && clinics.definition == "digest of clinics");
}

#[test]
fn ids_that_all_differ_change_no_byte_but_their_own() {
    let (project, datasets) = hospital();
    let one = project.capture(datasets.clone(), &["clinics"]);
    project.write("wards.csv", "id,name,organisation\n710,Ward 1,801\n711,Ward 1,802\n");
    project.write("organisations.csv", "id,code,parent\n801,RGH,\n802,NORTH,801\n");
    project.write("clinics.csv", "id,code,ward,also,active\n708,DERM-1,799,710;799,\n707,CARD-1,711,710;711,Y\n709,GEN-1,,,maybe\n");
    let other = project.capture(datasets, &["clinics"]);
    let hashes = |snapshot: &Snapshot, dataset: &str| -> Vec<(Vec<u8>, u128)> {
        let batches = snapshot.table(dataset).unwrap().keys().unwrap();
        batches.flat_map(|b| b.map(|b| (0..b.len()).map(|i| (b.key(i).to_vec(), b.hash(i))).collect::<Vec<_>>()).unwrap()).collect()
    };
    assert_eq!(hashes(&one, "wards"), hashes(&other, "wards"));
    assert_eq!(hashes(&one, "organisations"), hashes(&other, "organisations"));
    let (one, other) = (hashes(&one, "clinics"), hashes(&other, "clinics"));
    assert_eq!((&one[0], &one[2]), (&other[0], &other[2]));
    assert_ne!(one[1], other[1], "an unresolved id is kept as it is, and differs");
}

#[test]
fn threads_and_memory_change_no_byte() {
    let (project, datasets) = hospital();
    let mut manifests = Vec::new();
    for limits in [SMALL, Limits { threads: 1, memory: 1, ..SMALL }, Limits { threads: 8, ..Limits::default() }] {
        let snapshot = project.capture_as(&environment(), datasets.clone(), &["clinics"], limits);
        manifests.push(fs::read(snapshot.dir().join("manifest.json")).unwrap());
        fs::remove_dir_all(snapshot.dir()).unwrap();
    }
    assert!(manifests.windows(2).all(|w| w[0] == w[1]));
}

#[test]
fn what_refers_to_an_unread_dataset_is_unread_as_far_as_it_needs_it() {
    let (project, datasets) = hospital();
    fs::remove_file(project.folder.path().join("environments/extracts/organisations.csv")).unwrap();
    let snapshot = project.capture(datasets, &["clinics"]);
    insta::assert_snapshot!(unread(&snapshot, "organisations"), @"there is no file organisations.csv");
    insta::assert_snapshot!(unread(&snapshot, "wards"), @"its key needs organisation, which refers to organisations: there is no file organisations.csv");
    let clinics = snapshot.manifest().dataset("clinics").unwrap();
    assert_eq!((clinics.unread.as_ref(), clinics.rows), (None, 3));
    insta::assert_snapshot!(clinics.columns[1].unread.as_deref().unwrap_or(""), @"it refers to wards: its key needs organisation, which refers to organisations: there is no file organisations.csv");
    assert_eq!(clinics.columns[3].unread, None);
    assert!(snapshot.table("wards").is_err_and(|e| e.what.starts_with("wards was not read: its key")));
}

#[test]
fn too_many_rows_to_follow_leave_the_column_unread() {
    let (project, datasets) = hospital();
    let snapshot = project.capture_as(&environment(), datasets, &["clinics"], Limits { most_ids: 1, ..SMALL });
    insta::assert_snapshot!(snapshot.manifest().dataset("organisations").unwrap().columns[1].unread.as_deref().unwrap_or(""), @"it refers to organisations: organisations has 2 rows, more than the 1 whose ids are followed: leave out `references` and compare the column as it is");
    assert!(unread(&snapshot, "wards").starts_with("its key needs organisation"));
}

#[test]
fn a_key_that_refers_in_a_circle_is_unread() {
    let project = Project::new(&[("a.csv", "id,code\n1,1\n"), ("b.csv", "id,code\n1,1\n"), ("c.csv", "id,code\n1,x\n")]);
    let circle = |name, to| with_id(dataset(name, vec![reference("code", to)]));
    let snapshot = project.capture(vec![circle("a", "b"), circle("b", "a"), with_id(dataset("c", vec![text("code")]))], &["a", "c"]);
    assert!(unread(&snapshot, "a").starts_with("its key refers to itself in a circle"));
    assert!(unread(&snapshot, "b").starts_with("its key refers to itself in a circle"));
    assert_eq!(unread(&snapshot, "c"), "");
}

fn ladder() -> Dataset {
    let mut codes = dataset("codes", vec![text("cki"), text("code"), text("set")]);
    codes.key = vec![vec![name("cki")], vec![name("set"), name("code")]];
    codes
}

#[test]
fn a_row_takes_the_first_rung_that_is_complete_and_its_own() {
    let rows = "cki,code,set\nC1,a,x\n,b,x\nC2,c,x\nC2,d,x\n,e,\nC3,f,y\nC3,f,y\n,g,z\n,g,z\n";
    let project = Project::new(&[("codes.csv", rows)]);
    let snapshot = project.capture(vec![ladder()], &["codes"]);
    insta::assert_debug_snapshot!(shown(&snapshot, "codes"), @r#"
    [
        "0:C1 = C1, a, x",
        "1:x | b = (empty), b, x",
        "1:x | c = C2, c, x",
        "1:x | d = C2, d, x",
        "1:y | f = C3, f, y",
        "1:y | f = C3, f, y",
        "1:z | g = (empty), g, z",
        "1:z | g = (empty), g, z",
        "-: = (empty), e, (empty)",
    ]
    "#);
    let entry = snapshot.manifest().dataset("codes").unwrap();
    assert_eq!((entry.rows_without_key, entry.rows_with_shared_key), (1, 4));
    assert!(entry.columns.iter().all(|c| c.hashed), "no column is in every rung");
}

#[test]
fn key_parts_are_normalised_and_cells_are_not() {
    let project = Project::new(&[("clinics.csv", "code\n card-1 \nCARD-1\n\"  \"\n")]);
    let code = Column { normalise: vec![Normaliser::Trim, Normaliser::Casefold], ..text("code") };
    let snapshot = project.capture(vec![dataset("clinics", vec![code])], &["clinics"]);
    let entry = snapshot.manifest().dataset("clinics").unwrap();
    assert_eq!((entry.rows_without_key, entry.rows_with_shared_key), (1, 2));
    let lines = shown(&snapshot, "clinics");
    assert!(lines.contains(&"0:card-1 = CARD-1".to_owned()) && lines.contains(&"0:card-1 =  card-1 ".to_owned()), "{lines:?}");
}

#[test]
fn spaces_are_no_key() {
    let project = Project::new(&[("clinics.csv", "code\n\"  \"\nCARD-1\n")]);
    let snapshot = project.capture(vec![dataset("clinics", vec![text("code")])], &["clinics"]);
    assert_eq!(snapshot.manifest().dataset("clinics").unwrap().rows_without_key, 1);
}

#[test]
fn a_default_fills_what_is_blank_and_is_counted() {
    let project = Project::new(&[("wards.csv", "id,code\n1,A\n"), ("clinics.csv", "code,active,ward\nC1,,1\nC2,false,\nC3,x,9\n")]);
    let active = Column { default: Some("true".to_owned()), ..typed("active", Type::Boolean) };
    let ward = Column { default: Some("NONE".to_owned()), ..reference("ward", "wards") };
    let clinics = dataset("clinics", vec![text("code"), active, ward]);
    let snapshot = project.capture(vec![clinics, with_id(dataset("wards", vec![text("code")]))], &["clinics"]);
    insta::assert_debug_snapshot!(shown(&snapshot, "clinics"), @r#"
    [
        "0:C1 = C1, true, A",
        "0:C2 = C2, false, NONE",
        "0:C3 = C3, x (invalid), 9 (unresolved)",
    ]
    "#);
    let columns = &snapshot.manifest().dataset("clinics").unwrap().columns;
    assert_eq!(columns[1].cells, CellCounts { value: 2, invalid: 1, defaulted: 1, ..CellCounts::default() });
    assert_eq!(columns[2].cells, CellCounts { value: 2, unresolved: 1, defaulted: 1, ..CellCounts::default() });
}

#[test]
fn a_mistyped_heading_is_unread_unless_it_is_optional_or_the_key() {
    let project = Project::new(&[("clinics.csv", "code,nmae\nC1,Cardiology\n")]);
    let default = Column { default: Some("x".to_owned()), ..text("name") };
    let optional = Column { optional: true, ..text("name") };
    for (column, unread) in [(text("name"), true), (default, true), (optional, false)] {
        let snapshot = project.capture(vec![dataset("clinics", vec![text("code"), column])], &["clinics"]);
        let columns = &snapshot.manifest().dataset("clinics").unwrap().columns;
        assert_eq!(columns[1].unread.is_some(), unread, "{:?}", columns[1]);
    }
    let mut keyed = dataset("clinics", vec![text("name")]);
    keyed.key = vec![vec![name("name")]];
    assert!(unread(&project.capture(vec![keyed], &["clinics"]), "clinics").starts_with("its key cannot be read: "));
}

#[test]
fn a_column_that_is_not_offered_is_there_and_absent() {
    let mut clinics = dataset("clinics", vec![text("code")]);
    clinics.not_offered.insert("comment".to_owned(), "the system keeps none".to_owned());
    let project = Project::new(&[("clinics.csv", "code\nC1\n")]);
    let snapshot = project.capture(vec![clinics], &["clinics"]);
    let column = &snapshot.manifest().dataset("clinics").unwrap().columns[1];
    assert_eq!((column.not_offered.as_deref(), column.hashed, column.cells.absent), (Some("the system keeps none"), false, 1));
    assert_eq!(shown(&snapshot, "clinics"), ["0:C1 = C1, (absent)"]);
}

fn counted(complete: Complete) -> (String, Completeness) {
    let project = Project::new(&[("clinics.csv", "code\nC1\nC2\n"), ("control.csv", "dataset,rows,wrong\nclinics,2,3\n")]);
    let snapshot = project.capture(vec![Dataset { complete, ..dataset("clinics", vec![text("code")]) }], &["clinics"]);
    (unread(&snapshot, "clinics"), snapshot.manifest().dataset("clinics").unwrap().completeness.clone())
}

#[test]
fn completeness_is_proven_declared_or_unknown_and_a_difference_is_unread() {
    let control =
        |column: &str| Complete::ControlFile { file: name("control.csv"), dataset: "clinics".to_owned(), column: column.to_owned() };
    let declared = |rows| Complete::Declared {
        rows,
        by: "outpatient services manager".to_owned(),
        on: NaiveDate::from_ymd_opt(2027, 1, 29).unwrap(),
        reason: "counted on screen".to_owned(),
    };
    let (reason, completeness) = counted(control("rows"));
    assert_eq!((reason.as_str(), completeness.grade, completeness.expected), ("", Grade::Proven, Some(2)));
    insta::assert_snapshot!(counted(control("wrong")).0, @"read 2 rows, control.csv says 3");
    insta::assert_snapshot!(counted(declared(Some(5))).0, @"read 2 rows, outpatient services manager signed for 5 on 2027-01-29");
    assert_eq!(counted(declared(Some(2))).1.grade, Grade::Declared);
    insta::assert_snapshot!(counted(declared(None)).1.method, @"outpatient services manager signed on 2027-01-29: counted on screen");
    assert_eq!(counted(Complete::Unknown).1.grade, Grade::Unknown);
}

#[test]
fn an_absent_file_is_unread_unless_it_is_declared_to_mean_no_rows() {
    let project = Project::new(&[("clinics.csv", "code\nC1\n"), ("control.csv", "dataset,rows\nletters,4\n")]);
    let mut letters = dataset("letters", vec![text("code")]);
    assert_eq!(unread(&project.capture(vec![letters.clone()], &["letters"]), "letters"), "there is no file letters.csv");
    letters.none_means_empty = Some(name("letters are written by another system"));
    let snapshot = project.capture(vec![letters.clone()], &["letters"]);
    let entry = snapshot.manifest().dataset("letters").unwrap();
    assert_eq!((entry.unread.as_ref(), entry.rows, entry.completeness.grade), (None, 0, Grade::Declared));
    assert_eq!(entry.declared_empty.as_deref(), Some("letters are written by another system"));
    assert!(shown(&snapshot, "letters").is_empty());
    letters.complete = Complete::ControlFile { file: name("control.csv"), dataset: "letters".to_owned(), column: "rows".to_owned() };
    insta::assert_snapshot!(unread(&project.capture(vec![letters], &["letters"]), "letters"), @"there is no file letters.csv, control.csv says 4 rows");
}

#[test]
fn a_dataset_that_the_system_does_not_define_is_unread() {
    let snapshot = Project::new(&[]).capture(vec![], &["slots"]);
    insta::assert_snapshot!(unread(&snapshot, "slots"), @"the system synthetic does not define it");
    let mut nowhere = environment();
    nowhere.files = None;
    let snapshot = Project::new(&[]).capture_as(&nowhere, vec![dataset("clinics", vec![text("code")])], &["clinics"], SMALL);
    insta::assert_snapshot!(unread(&snapshot, "clinics"), @"environments/training.yaml names no folder of files");
}

fn build(rows: &str) -> (Project, Environment, System) {
    let project = Project::new(&[("build.csv", &format!("code,domain,extracted_at\n{rows}"))]);
    let environment =
        Environment { taken_at: taken_at("build", "extracted_at"), instance: Some(instance("build", "domain", "TRAIN")), ..environment() };
    (project, environment, system(vec![dataset("build", vec![text("code"), text("domain"), typed("extracted_at", Type::Datetime)])]))
}

#[test]
fn age_and_instance_come_from_the_data() {
    let age = |rows: &str| {
        let (project, environment, system) = build(rows);
        let snapshot = project.capture_as(&environment, system.datasets, &[], SMALL);
        let manifest = snapshot.manifest();
        (manifest.taken_at.map(|t| t.to_rfc3339()), manifest.instance.clone().unwrap().found)
    };
    let (taken_at, found) = age("a,TRAIN,2027-02-23T22:00:00Z\nb,TRAIN,2027-02-23T21:30:00Z\n");
    assert_eq!((taken_at.as_deref(), found), (Some("2027-02-23T21:30:00+00:00"), vec!["TRAIN".to_owned()]));
    // One row of unknown age makes the age of all unknown; every instance that answers is named.
    let (taken_at, found) = age("a,PROD,2027-02-23T22:00:00Z\nb,,\nc,TRAIN,2027-02-23T22:00:00Z\n");
    assert_eq!((taken_at, found), (None, vec!["(empty)".to_owned(), "PROD".to_owned(), "TRAIN".to_owned()]));
    assert_eq!(age("a,TRAIN,yesterday\n").0, None);
    assert_eq!(age(""), (None, vec![]));
    let many: String = (0..30).map(|i| format!("{i},D{i:02},2027-02-23T22:00:00Z\n")).collect();
    assert_eq!(age(&many).1.len(), 20);
}

#[test]
fn a_date_is_the_beginning_of_its_day_where_the_instance_is() {
    let project = Project::new(&[("build.csv", "code,extracted_on\na,2027-07-01\n")]);
    let mut environment = Environment { taken_at: taken_at("build", "extracted_on"), ..environment() };
    let datasets = vec![dataset("build", vec![text("code"), typed("extracted_on", Type::Date)])];
    let age = |environment: &Environment| {
        project.capture_as(environment, datasets.clone(), &[], SMALL).manifest().taken_at.map(|t| t.to_rfc3339())
    };
    assert_eq!(age(&environment).as_deref(), Some("2027-07-01T00:00:00+00:00"));
    environment.timezone = Some(at(chrono_tz::Europe::London));
    assert_eq!(age(&environment).as_deref(), Some("2027-06-30T23:00:00+00:00"));
    environment.taken_at = TakenAt::Stated { at: at(chrono::DateTime::UNIX_EPOCH), by: String::new(), reason: String::new() };
    assert_eq!(age(&environment).as_deref(), Some("1970-01-01T00:00:00+00:00"));
}

#[test]
fn a_file_that_fails_in_the_middle_leaves_the_dataset_unread_and_the_others_read() {
    let project = Project::new(&[("clinics.csv", "code,name\nC1,a\nC2,b,c\n"), ("wards.csv", "code\nW1\n")]);
    let clinics = dataset("clinics", vec![text("code"), text("name")]);
    let snapshot = project.capture(vec![clinics, dataset("wards", vec![text("code")])], &["clinics", "wards"]);
    assert!(unread(&snapshot, "clinics").contains("clinics.csv"), "{}", unread(&snapshot, "clinics"));
    assert_eq!(shown(&snapshot, "wards"), ["0:W1 = W1"]);
    assert!(!snapshot.dir().join("clinics.parquet").exists());
}
