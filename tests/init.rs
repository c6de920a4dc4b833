//! The first steps: a project that explains itself, drafted from exports, never GO before people have filled in what they know.

use std::path::Path;

use crate::support::{Ran, run};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, args: &[&str]) -> Ran {
        run(self.path(), args)
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
        self
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn replace(&self, name: &str, find: &str, replace: &str) {
        let text = self.read(name);
        assert!(text.contains(find), "{name} has no {find}:\n{text}");
        self.put(name, text.replace(find, replace));
    }

    fn system(&self) -> String {
        self.read("environments/systems/ours.yaml")
    }

    /// Drafts from a file on each side, which has to be followed by a clean lint and a first check that answers nothing yet.
    fn drafted(training: impl AsRef<[u8]>, production: impl AsRef<[u8]>, extension: &str) -> Self {
        let folder = Self::new();
        let (left, right) = (format!("train/clinics.{extension}"), format!("live/clinics.{extension}"));
        folder.put(&left, training).put(&right, production);
        let ran = folder.run(&["init", "--from", &left, "--production", &right]);
        assert_eq!(ran.code, 0, "{ran}");
        folder.is_open();
        folder
    }

    /// Editors that know the schemas take the drafted files too.
    fn fits_the_schemas(&self) {
        let files = [
            ("project", "gonogo.yaml"),
            ("environment", "environments/training.yaml"),
            ("environment", "environments/production.yaml"),
            ("system", "environments/systems/ours.yaml"),
            ("check", "checks/first-look.yaml"),
        ];
        for (name, file) in files.into_iter().filter(|(_, file)| self.path().join(file).exists()) {
            let schema = serde_json::from_str(gonogo::report::schema(name).expect("a schema")).expect("JSON");
            let errors = crate::schemas::errors(&schema, &self.path().join(file));
            assert_eq!(errors, Vec::<String>::new(), "{file}");
        }
    }

    /// Lint is clean and lists what is open; the first check never answers GO, and says what to fill in.
    fn is_open(&self) {
        let lint = self.run(&["lint"]);
        assert_eq!(lint.code, 0, "{lint}\n{}", self.system());
        self.fits_the_schemas();
        assert!(lint.stdout.contains("gonogo.yaml:4: title"), "{lint}");
        let check = self.run(&["check"]);
        assert!(matches!(check.code, 1 | 3), "{check}\n{}", self.system());
        let open = check.stdout.contains("gonogo.yaml:5: go_live") || check.stdout.contains("gonogo.yaml, line 4 title, 5 go_live");
        assert!(check.stdout.contains("STILL TO BE FILLED IN") && open, "{check}");
        assert!(check.stdout.contains("go-live not given"), "{check}");
    }
}

#[test]
fn an_empty_folder_becomes_a_project_that_explains_itself() {
    let folder = Folder::new();
    let ran = folder.run(&["init"]);
    assert_eq!(ran.code, 0, "{ran}");
    for file in [
        "gonogo.yaml",
        "environments/training.yaml",
        "environments/production.yaml",
        "environments/systems/ours.yaml",
        "checks/first-look.yaml",
    ] {
        assert!(ran.stdout.contains(file), "{ran}");
        assert!(folder.read(file).contains("# "), "{file}");
    }
    assert!(folder.read(".gitignore").contains(".gonogo/"));
    assert!(ran.stdout.contains("gonogo lint") && ran.stdout.contains("gonogo check"), "{ran}");
    folder.is_open();
}

#[test]
fn a_folder_may_be_named_and_is_made() {
    let folder = Folder::new();
    assert_eq!(folder.run(&["init", "new/project"]).code, 0);
    assert_eq!(folder.run(&["-C", "new/project", "lint"]).code, 0);
}

#[test]
fn nothing_is_ever_written_over() {
    for file in ["gonogo.yaml", "environments/systems/ours.yaml", "checks/first-look.yaml"] {
        let folder = Folder::new();
        folder.put(file, "mine\n");
        let ran = folder.run(&["init"]);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains(file), "{ran}");
        assert_eq!(folder.read(file), "mine\n");
        let files = walkdir::WalkDir::new(folder.path()).into_iter().filter_map(Result::ok).filter(|e| e.file_type().is_file()).count();
        assert_eq!(files, 1, "nothing else was written");
    }
    let folder = Folder::new();
    folder.put(".gitignore", "mine\n");
    assert_eq!(folder.run(&["init"]).code, 0, "a repository has one already");
    assert_eq!(folder.read(".gitignore"), "mine\n");
    assert_eq!(folder.run(&["init"]).code, 2);
}

#[test]
fn types_and_keys_come_from_the_content_of_both_sides() {
    let folder = Folder::new();
    folder.put(
        "train/places.csv",
        "Place ID;Clinic Code;Name;Slots;Active;Opened;order\n1;007;Eyes;5;Y;24/02/2027;x\n2;012;Ears;6;N;01/02/2027;y\n",
    );
    folder.put(
        "live/places.csv",
        "Place ID;Clinic Code;Name;Slots;Active;Opened;order\n8;007;Eyes;5;Y;24/02/2027;x\n9;012;Ears;n/a;Y;01/02/2027;y\n",
    );
    let ran = folder.run(&["init", "--from", "train", "--production", "live"]);
    assert_eq!(ran.code, 0, "{ran}");
    folder.is_open();
    let system = folder.system();
    for line in [
        "read: {csv: places.csv, delimiter: \";\"}",
        "key: [clinic_code]",
        "id: Place ID",
        "clinic_code: Clinic Code    # numbers with leading zeros, kept as text",
        "slots: Slots    # numbers and other text",
        "active: {from: Active, type: boolean}",
        "opened: {from: Opened, type: date, format: \"%d/%m/%Y\"}",
        "order_field: order",
    ] {
        assert!(system.contains(line), "no {line} in\n{system}");
    }
    assert!(!system.contains("Eyes") && !system.contains("012"), "no values of the data:\n{system}");
}

#[test]
fn headings_that_cannot_be_read_are_told() {
    let folder = Folder::drafted("Code,Name,,Note,Note\nA,x,1,2,3\nB,y,1,2,3\n", "Code,Name,,Note,Note\nA,x,1,2,3\nB,z,1,2,3\n", "csv");
    let system = folder.system();
    assert!(system.contains("a column has no heading") && system.contains("two columns are called \"Note\""), "{system}");
    assert!(system.contains("key: [code]"), "{system}");
}

#[test]
fn encodings_are_detected() {
    let folder = Folder::drafted(b"Code,Name\nA,caf\xe9\n", b"Code,Name\nA,caf\xe9s\n", "csv");
    assert!(folder.system().contains("encoding: windows-1252"), "{}", folder.system());
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let folder = Folder::drafted(utf16("Code,Name\nA,x\nB,y\n"), utf16("Code,Name\nA,x\nB,z\n"), "csv");
    assert!(folder.system().contains("encoding: utf-16le"), "{}", folder.system());
    let folder = Folder::drafted("\u{feff}Code,Name\nA,é\n", "\u{feff}Code,Name\nA,è\n", "csv");
    assert!(!folder.system().contains("encoding:"), "a byte-order mark says it: {}", folder.system());
}

#[test]
fn one_column_no_rows_and_no_unique_key_still_give_a_project_that_runs() {
    let folder = Folder::drafted("Code\nA\nB\n", "Code\nA\nC\n", "csv");
    assert!(folder.system().contains("key: [code]"));
    let folder = Folder::drafted("Code,Name\n", "Code,Name\n", "csv");
    assert!(folder.system().contains("there are no rows"), "{}", folder.system());
    let folder = Folder::drafted("Ward,Bed\nA,1\nA,1\n", "Ward,Bed\nA,1\nA,1\nB,1\n", "csv");
    assert!(folder.system().contains("a guess: no column is unique"), "{}", folder.system());
}

#[test]
fn documents_are_drafted_from() {
    let left = r#"{"site": "x", "clinics": [{"id": 1, "code": "A", "rooms": [1, 2]}, {"id": 2, "code": "B", "rooms": []}]}"#;
    let right = r#"{"site": "x", "clinics": [{"id": 7, "code": "A", "rooms": [1, 2]}, {"id": 8, "code": "B", "rooms": [3]}]}"#;
    let folder = Folder::drafted(left, right, "json");
    let system = folder.system();
    for line in ["rows: \"$.clinics[*]\"", "key: [code]", "id: $.id", "rooms: {from: $.rooms, type: json}"] {
        assert!(system.contains(line), "no {line} in\n{system}");
    }
    let folder = Folder::drafted("{\"code\": \"A\", \"n\": 1}\n", "{\"code\": \"A\", \"n\": 2}\n", "ndjson");
    assert!(folder.system().contains("n: {from: $.n, type: integer}"), "{}", folder.system());
}

#[test]
fn what_cannot_be_drafted_from_is_refused_and_nothing_is_written() {
    for (name, bytes, word) in [
        ("a.csv", &b""[..], "empty"),
        ("a.xlsx", b"no workbook", "workbook"),
        ("a.json", b"{", "ends too early"),
        ("a.pdf", b"x", "of this kind"),
        ("patients.csv", b"Code\nA\n", "records of patients"),
        ("a.csv", b"Code,Name\n1,\"x\n", "a.csv"),
        ("a.csv", b"Code,Code\n1,2\n", "no column can be read"),
    ] {
        let folder = Folder::new();
        folder.put(name, bytes);
        let ran = folder.run(&["init", "--from", name]);
        assert_eq!(ran.code, 2, "{name}\n{ran}");
        assert!(ran.stderr.contains(word), "{name}: {word}\n{ran}");
        assert!(!folder.path().join("gonogo.yaml").exists() && !folder.path().join("environments").exists(), "{name}");
    }
}

#[test]
fn the_other_side_may_come_later() {
    let folder = Folder::new();
    folder.put("training.csv", "Code,Name\nA,x\n");
    let ran = folder.run(&["init", "--from", "training.csv"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("environments/extracts/production"), "{ran}");
    folder.is_open();
}

/// Two exports per side; a build that says which instance it is and when it was taken.
fn hospital(now: &str, name: &str) -> Folder {
    let folder = Folder::new();
    for (side, domain, location, clinic) in [("train", "TRAIN", 4, "Eyes"), ("live", "PROD", 9, name)] {
        let clinics = format!("Location ID,Code,Name\n{location},007,{clinic}\n{location},012,Ears\n");
        folder.put(&format!("{side}/clinics.csv"), clinics);
        folder.put(&format!("{side}/locations.csv"), format!("Location ID,Name\n{location},West\n"));
        folder.put(&format!("{side}/build.csv"), format!("Component,Version,Domain,Extracted at\ncore,1.2,{domain},{now}\n"));
    }
    let ran = folder.run(&["init", "--training", "train", "--production", "live/*.csv"]);
    assert_eq!(ran.code, 0, "{ran}");
    folder.is_open();
    folder
}

/// Fills in all that is open, as a person would.
fn fill_in(folder: &Folder) {
    folder.replace("gonogo.yaml", "go_live: TODO", "go_live: 2099-02-24T06:00:00Z");
    folder.replace("gonogo.yaml", "max_age: TODO", "max_age: 24h");
    for (side, domain) in [("training", "TRAIN"), ("production", "PROD")] {
        let file = format!("environments/{side}.yaml");
        folder.replace(&file, &format!("\"TODO: what only {side} says there\""), domain);
        // The two control files differ in a heading: the same bytes on both sides would be CANNOT TELL.
        let control = "dataset,rows\nclinics,2\nlocations,1\nbuild,1\n".replace("dataset", &format!("dataset {side}"));
        folder.put(&format!("environments/extracts/{side}/control.csv"), control);
    }
    let mut system = folder.system();
    for dataset in ["build", "clinics", "locations"] {
        let template = format!("complete: {{rows_from: {{file: control.csv, dataset: {dataset}, column: rows}}}}");
        let at = system.find(&format!("#   {template}")).expect("the template");
        let open = at + system[at..].find("complete: TODO").expect("the open field");
        system.replace_range(open..open + "complete: TODO".len(), &template);
    }
    folder.put("environments/systems/ours.yaml", system);
    for file in ["gonogo.yaml", "environments/systems/ours.yaml", "checks/first-look.yaml"] {
        if folder.path().join(file).exists() {
            folder.put(file, folder.read(file).replace("\"TODO: ", "\"said by a person: "));
        }
    }
    let lint = folder.run(&["lint"]);
    assert!(lint.code == 0 && !lint.stdout.contains("TODO"), "{lint}");
}

#[expect(clippy::disallowed_methods, reason = "the program under test reads the same clock")]
fn now() -> String {
    // Whole seconds in the past: an export is always older than the moment that judges it.
    let moment: chrono::DateTime<chrono::Utc> = std::time::SystemTime::now().into();
    (moment - chrono::Duration::minutes(5)).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[test]
fn once_everything_is_filled_in_equal_sides_are_go_and_a_difference_is_no_go() {
    let equal = hospital(&now(), "Eyes");
    fill_in(&equal);
    let ran = equal.run(&["check"]);
    assert_eq!(ran.code, 0, "{ran}\n{}", equal.system());

    // Any single word left open is enough against it.
    equal.replace("gonogo.yaml", "title: \"said by a person: ", "title: \"TODO: ");
    let ran = equal.run(&["check"]);
    assert_eq!(ran.code, 3, "{ran}");
    assert!(ran.stdout.contains("gonogo.yaml:4: title"), "{ran}");

    let other = hospital(&now(), "Eye clinic");
    fill_in(&other);
    let ran = other.run(&["check"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("clinics-match"), "{ran}");
}

#[test]
fn the_first_check_compares_at_once_whatever_is_still_open() {
    // Nobody says how old the exports are, which instance they are from, or that they are whole.
    let folder = Folder::drafted("Code;Name\n007;Eyes\n012;Ears\n", "Code;Name\n007;Eyes\n013;Ears\n", "csv");
    let ran = folder.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("\"013\"") && ran.stdout.contains("\"012\""), "{ran}");
    // They do, and are old.
    let folder = hospital("2020-01-01T00:00:00Z", "Eye clinic");
    let ran = folder.run(&["check", "--format", "json"]);
    assert_eq!(ran.code, 1, "{ran}");
    // Once the age is given, it counts.
    folder.replace("gonogo.yaml", "max_age: TODO", "max_age: 24h");
    let ran = folder.run(&["check"]);
    assert!(ran.code == 3 && ran.stdout.contains("more than the 24 hours"), "{ran}");
}

#[test]
fn the_same_file_on_both_sides_is_asked_about() {
    let folder = Folder::drafted("Code,Name\nA,x\n", "Code,Name\nA,x\n", "csv");
    let ran = folder.run(&["check"]);
    assert_eq!(ran.code, 3, "{ran}");
    let production = folder.read("environments/production.yaml");
    assert!(production.contains("same_files: \"TODO: both sides hold the same bytes in clinics.csv"), "{production}");
}

#[test]
fn headings_that_say_a_shared_name_become_it_and_the_catalogue_fits() {
    let folder = Folder::new();
    for (side, location, shift) in [("train", 4, 0), ("live", 9, 50)] {
        let clinics: String = (1..=12).map(|n| format!("{},C{n:02},Clinic {n},{location},Y,as needed,0{n:02}\n", n + shift)).collect();
        folder.put(
            &format!("{side}/Clinic.csv"),
            format!("Clinic ID,Clinic Code,Clinic Name,Location ID,Active,First Ratio,PAS ref\n{clinics}"),
        );
        folder.put(&format!("{side}/locations.csv"), format!("Location ID,Name\n{location},West {side}\n{},East\n", location + 1));
        folder.put(
            &format!("{side}/control.csv"),
            format!("file,rows {side}\nClinic.csv,12\nlocations.csv,2\n").replace(&format!(" {side}"), ""),
        );
        folder.put(&format!("{side}/patients.csv"), "NHS number\n9\n");
        folder.put(&format!("{side}/forms.xml"), "<a/>");
        folder.put(&format!("{side}/~$Clinic.xlsx"), "open");
    }
    let ran = folder.run(&["init", "--from", "train", "--production", "live"]);
    assert_eq!(ran.code, 0, "{ran}");
    insta::assert_snapshot!(ran.stdout, @r"
    A project was drafted from 4 exports:

      clinics    12 and 12 rows, by code
      locations  2 and 2 rows, by name

    control.csv says how many rows each of them has.

    Not read:
      train/forms.xml: can be read once it is described, and not drafted from
      live/forms.xml: can be read once it is described, and not drafted from
      train/patients.csv: looks like records of patients: not opened
      live/patients.csv: looks like records of patients: not opened

    Of the standard catalogue, 4 of 104 checks fit. Left out for want of exports
    (78), signatures (18), a freeze (1), columns (1), signed lists (1), what a role
    sees (1): gonogo.yaml names each.

    Written:
      environments/training.yaml
      environments/production.yaml
      environments/systems/ours.yaml
      .gitignore
      gonogo.yaml
      environments/extracts/: 6 copies of the exports

    Next:
      gonogo check    compares now, as it stands; never GO while anything is TODO
      gonogo lint     lists what is still TODO: what only you can know
    ");
    let system = folder.system();
    for line in [
        "  clinics:\n    noun: clinic\n    read: {csv: Clinic.csv}\n",
        "    key: [code]\n",
        "    id: Clinic ID\n",
        "      name: Clinic Name\n",
        "      location: {from: Location ID, references: locations}\n",
        "      active: {from: Active, type: boolean}\n",
        "      pas_ref: PAS ref    # numbers with leading zeros, kept as text\n",
        "      first_ratio: \"TODO: not every value of First Ratio is of type decimal\"\n",
        "      \"*\": \"TODO: why the export does not hold them\"\n",
        "    complete: {rows_from: {file: control.csv, dataset: Clinic.csv, column: rows}}\n",
    ] {
        assert!(system.contains(line), "no {line} in\n{system}");
    }
    let project = folder.read("gonogo.yaml");
    for line in [
        "    - standard-clinics-match    # CLN-1: ",
        "    - standard-clinic-locations-exist    # CLN-1: ",
        "  # - the column bookable_roles of clinics: standard-clinics-have-booking-roles\n",
        "  # - the signed list checks/lists/clinics.csv: standard-clinics-signed-off\n",
        "  criteria:\n    - CLN-1\n    - PAR-1\n",
    ] {
        assert!(project.contains(line), "no {line} in\n{project}");
    }
    folder.is_open();
    let check = folder.run(&["check"]);
    assert!(check.stdout.contains("the criteria that the project lists (CLN-1, PAR-1)"), "{check}");
    folder.replace("gonogo.yaml", "    - standard-clinics-match ", "    - standard-clinic-match ");
    let lint = folder.run(&["lint"]);
    assert!(lint.code == 2 && lint.stderr.contains("did you mean `standard-clinics-match`?"), "{lint}");
}

#[test]
fn a_mistyped_name_is_answered_with_the_nearest_and_all_bad_files_are_told_at_once() {
    let folder = Folder::new();
    folder.put("train/clinics.csv", "").put("train/wards.xlsx", "no workbook").put("train/rooms.csv", "Code,Name\nA,x\n");
    let ran = folder.run(&["init", "--from", "trian"]);
    assert!(ran.code == 2 && ran.stderr.contains("did you mean train?"), "{ran}");
    let ran = folder.run(&["init", "--from", "train"]);
    assert!(ran.code == 2 && ran.stderr.contains("train/clinics.csv") && ran.stderr.contains("train/wards.xlsx"), "{ran}");
    assert!(!folder.path().join("gonogo.yaml").exists());
    folder.put("gonogo.yaml", "version: 1\n");
    let ran = folder.run(&["init", "--from", "nothing"]);
    assert!(ran.code == 2 && ran.stderr.contains("a project already") && ran.stderr.contains("gonogo init FOLDER"), "{ran}");
}

#[test]
fn files_without_their_like_on_the_other_side_are_told() {
    let folder = Folder::new();
    folder.put("train/rooms.csv", "Code,Name\nA,x\n").put("train/doors.csv", "Code,Name\nA,x\n");
    folder.put("live/rooms.csv", "Code,Name\nA,y\n").put("live/windows.csv", "Code,Name\nA,x\n");
    let ran = folder.run(&["init", "--from", "train", "--production", "live"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("Not among the exports of training: windows.csv"), "{ran}");
    assert!(ran.stdout.contains("Not among the exports of production: doors.csv"), "{ran}");
    folder.is_open();
    let apart = Folder::new();
    apart.put("train/rooms.csv", "Code\nA\n").put("train/doors.csv", "Code\nA\n").put("live/wards.csv", "Code\nA\n");
    let ran = apart.run(&["init", "--from", "train", "--production", "live"]);
    assert!(ran.code == 2 && ran.stderr.contains("training has doors, rooms; production has wards"), "{ran}");
}
