//! What a login sees: read from its own files under its own totals, and kept apart from what the administrator sees.

use super::super::*;
use super::define::*;
use crate::environment::{Environment, Login, SignedRows, TakenAt};
use crate::source::files;
use crate::system::{Complete, Dataset};
use crate::value::Type;

struct Project(tempfile::TempDir);

impl Project {
    /// Files of the administrator and of a clerk; a name says whose it is.
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join("environments").join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(dir)
    }

    fn capture(&self, environment: &Environment, datasets: Vec<Dataset>, asked: &[&str]) -> Snapshot {
        run(self.0.path(), environment, &system(datasets), asked, SMALL, files::read).unwrap()
    }
}

fn login(login: &str) -> Login {
    Login {
        name: name(login),
        files: at(format!("as_{login}")),
        taken_at: None,
        instance: None,
        reader: None,
        complete: Vec::new(),
        same_files: None,
    }
}

fn with_clerk() -> Environment {
    Environment { logins: vec![login("clerk")], ..environment() }
}

fn controlled(dataset: Dataset) -> Dataset {
    let line = dataset.name.value.clone();
    Dataset { complete: Complete::ControlFile { file: name("control.csv"), dataset: line, column: "rows".to_owned() }, ..dataset }
}

fn entry<'s>(snapshot: &'s Snapshot, name: &str) -> &'s DatasetEntry {
    snapshot.manifest().dataset(name).unwrap()
}

fn column(snapshot: &Snapshot, dataset: &str, column: &str) -> Vec<String> {
    let table = snapshot.table(dataset).unwrap();
    let position = table.entry().column(column).unwrap();
    let batches: Vec<RowBatch> = table.rows(&[position], None).unwrap().map(Result::unwrap).collect();
    batches.iter().flat_map(|b| (0..b.len()).map(|i| b.cell(i, 0).to_cell().to_string()).collect::<Vec<_>>()).collect()
}

#[test]
fn a_view_has_files_totals_and_a_table_of_its_own() {
    let project = Project::new(&[
        ("extracts/clinics.csv", "code,name\nC1,a\nC2,b\n"),
        ("extracts/control.csv", "dataset,rows\nclinics,2\n"),
        ("as_clerk/clinics.csv", "code,name\nC1,z\n"),
        ("as_clerk/control.csv", "dataset,rows\nclinics,1\n"),
    ]);
    let clinics = controlled(dataset("clinics", vec![text("code"), text("name")]));
    let snapshot = project.capture(&with_clerk(), vec![clinics.clone()], &["clinics", "clinics@clerk"]);
    assert_eq!(
        (column(&snapshot, "clinics", "name"), column(&snapshot, "clinics@clerk", "name")),
        (vec!["a".into(), "b".into()], vec!["z".into()])
    );
    let view = entry(&snapshot, "clinics@clerk");
    assert_eq!(
        (view.noun.as_str(), view.file.as_deref(), view.completeness.grade),
        ("clinics", Some("clinics@clerk.parquet"), Grade::Proven)
    );
    assert_ne!(view.sources, entry(&snapshot, "clinics").sources);
    let logins = &snapshot.manifest().logins;
    assert_eq!((logins.len(), logins[0].name.as_str(), logins[0].origin.as_str()), (1, "clerk", "environments/as_clerk"));
    // Alone: nothing of the administrator's is read for it.
    let alone = project.capture(&with_clerk(), vec![clinics.clone()], &["clinics@clerk"]);
    assert_eq!(alone.manifest().datasets.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["clinics@clerk"]);
    // Without a view, the manifest is as it always was.
    let plain = project.capture(&with_clerk(), vec![clinics], &["clinics"]);
    assert!(!std::fs::read_to_string(plain.dir().join("manifest.json")).unwrap().contains("logins"));
}

#[test]
fn a_view_is_never_whole_by_what_is_said_of_the_administrators_files() {
    let project = Project::new(&[("extracts/clinics.csv", "code\nC1\nC2\n"), ("as_clerk/clinics.csv", "code\nC1\nC2\n")]);
    let signed = |rows| Complete::Declared { rows, by: "lead".to_owned(), on: chrono::NaiveDate::MIN, reason: "counted".to_owned() };
    for complete in [signed(Some(2)), signed(None), Complete::Unknown] {
        let clinics = Dataset { complete, ..dataset("clinics", vec![text("code")]) };
        let snapshot = project.capture(&with_clerk(), vec![clinics], &["clinics@clerk"]);
        assert_eq!(entry(&snapshot, "clinics@clerk").completeness.grade, Grade::Unknown);
    }
    let signed_for = |rows| {
        let own = SignedRows { dataset: name("clinics"), rows, by: "clerk".into(), on: chrono::NaiveDate::MIN, reason: "counted".into() };
        let environment = Environment { logins: vec![Login { complete: vec![own], ..login("clerk") }], ..environment() };
        project.capture(&environment, vec![dataset("clinics", vec![text("code")])], &["clinics@clerk"])
    };
    assert_eq!(entry(&signed_for(2), "clinics@clerk").completeness.grade, Grade::Declared);
    assert!(entry(&signed_for(3), "clinics@clerk").unread.as_ref().unwrap().starts_with("read 2 rows, clerk signed for 3"));
    // An absent file of the administrator's may mean no rows; one of a login means that nobody looked.
    let absent = Dataset { none_means_empty: Some(name("none")), ..dataset("letters", vec![text("code")]) };
    let snapshot = project.capture(&with_clerk(), vec![absent], &["letters", "letters@clerk"]);
    assert_eq!((entry(&snapshot, "letters").unread.as_ref(), entry(&snapshot, "letters@clerk").unread.is_some()), (None, true));
}

#[test]
fn references_of_a_view_are_followed_into_the_administrators_datasets() {
    let project = Project::new(&[
        ("extracts/locations.csv", "id,code\n7,Level 1\n8,Level 2\n"),
        ("as_clerk/locations.csv", "id,code\n7,Elsewhere\n"),
        ("as_clerk/clinics.csv", "code,location\nC1,7\nC2,8\nC3,9\n"),
    ]);
    let locations = with_id(dataset("locations", vec![text("code")]));
    let mut clinics = dataset("clinics", vec![text("code"), reference("location", "locations")]);
    let snapshot = project.capture(&with_clerk(), vec![locations.clone(), clinics.clone()], &["clinics@clerk", "locations@clerk"]);
    assert_eq!(column(&snapshot, "clinics@clerk", "location"), ["Level 1", "Level 2", "9 (unresolved)"]);
    // In a key as well.
    clinics.key = vec![vec![name("code"), name("location")]];
    let snapshot = project.capture(&with_clerk(), vec![locations, clinics], &["clinics@clerk"]);
    assert_eq!(column(&snapshot, "clinics@clerk", "location"), ["Level 1", "Level 2", "9 (unresolved)"]);
    assert!(snapshot.manifest().dataset("locations").is_some(), "the administrator's, although nobody asked for it");
}

#[test]
fn age_instance_and_reader_come_from_the_logins_own_data() {
    let project = Project::new(&[
        ("extracts/build.csv", "code,domain,extracted_at,reader\na,TRAIN,2027-02-23T22:00:00Z,admin\n"),
        ("as_clerk/build.csv", "code,domain,extracted_at,reader\na,PROD,2027-02-20T22:00:00Z,clerk\n"),
        ("as_clerk/clinics.csv", "code\nC1\n"),
    ]);
    let mut clerk = login("clerk");
    clerk.reader = Some(instance("build", "reader", "clerk"));
    let mut environment = Environment {
        taken_at: taken_at("build", "extracted_at"),
        instance: Some(instance("build", "domain", "TRAIN")),
        logins: vec![clerk],
        ..environment()
    };
    let build = dataset("build", vec![text("code"), text("domain"), typed("extracted_at", Type::Datetime), text("reader")]);
    let datasets = vec![build, dataset("clinics", vec![text("code")])];
    let snapshot = project.capture(&environment, datasets.clone(), &["clinics@clerk"]);
    let (manifest, login) = (snapshot.manifest(), &snapshot.manifest().logins[0]);
    assert_eq!(manifest.taken_at.unwrap().to_rfc3339(), "2027-02-23T22:00:00+00:00");
    assert_eq!(login.taken_at.unwrap().to_rfc3339(), "2027-02-20T22:00:00+00:00");
    assert_eq!(
        (&manifest.instance.as_ref().unwrap().found[..], &login.instance.as_ref().unwrap().found[..]),
        (&["TRAIN".to_owned()][..], &["PROD".to_owned()][..])
    );
    let reader = login.reader.as_ref().unwrap();
    assert_eq!((reader.expected.as_str(), &reader.found[0][..], &reader.administrator[0][..]), ("clerk", "clerk", "admin"));
    environment.taken_at = TakenAt::Stated { at: at(chrono::DateTime::UNIX_EPOCH), by: String::new(), reason: String::new() };
    assert_eq!(project.capture(&environment, datasets, &["clinics@clerk"]).manifest().logins[0].taken_at, None);
}

#[test]
fn a_login_or_dataset_that_is_not_there_is_unread() {
    let project = Project::new(&[("extracts/clinics.csv", "code\nC1\n")]);
    let snapshot =
        project.capture(&with_clerk(), vec![dataset("clinics", vec![text("code")])], &["clinics@nurse", "slots@clerk", "clinics@clerk"]);
    let unread = |name: &str| entry(&snapshot, name).unread.clone().unwrap();
    assert_eq!(unread("clinics@nurse"), "environments/training.yaml has no such login");
    assert_eq!(unread("slots@clerk"), "the system synthetic does not define slots");
    assert!(unread("clinics@clerk").contains("environments/as_clerk"), "{}", unread("clinics@clerk"));
}
