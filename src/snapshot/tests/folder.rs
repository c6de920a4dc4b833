//! Laws of the folder as a whole: what is stored comes back, and what was touched is refused.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use proptest::prelude::*;

use crate::value::{Cell, Key, ListKind, NO_KEY, State, Type};

use super::super::*;

fn column(name: &str, kind: Type, list: Option<ListKind>) -> ColumnEntry {
    ColumnEntry {
        name: name.to_owned(),
        kind,
        list,
        hashed: true,
        volatile: false,
        references: None,
        normalise: Vec::new(),
        unread: None,
        not_offered: None,
        cells: CellCounts::default(),
    }
}

fn dataset(name: &str, columns: Vec<ColumnEntry>) -> DatasetEntry {
    DatasetEntry {
        key: vec![vec!["code".to_owned()]],
        has_id: true,
        columns,
        completeness: Completeness { grade: Grade::Proven, method: "a test".to_owned(), expected: None },
        unread: None,
        ..entry::undefined(name, String::new())
    }
}

fn manifest(datasets: Vec<DatasetEntry>) -> Manifest {
    Manifest {
        format: FORMAT,
        tool: "0.0.0".to_owned(),
        environment: "training".to_owned(),
        role: "training".to_owned(),
        system: "synthetic".to_owned(),
        origin: "extracts/training".to_owned(),
        scope: None,
        login: None,
        instance: Some(Instance { expected: "TRAIN".to_owned(), found: vec!["TRAIN".to_owned()] }),
        taken_at: DateTime::from_timestamp(1_803_448_800, 0),
        captured_at: DateTime::from_timestamp(1_803_448_800, 123_456_789).unwrap(),
        definition: String::new(),
        datasets,
        logins: Vec::new(),
        content_id: String::new(),
    }
}

const MEMORY: usize = 1 << 20;

fn save(into: &Path, datasets: Vec<(DatasetEntry, Vec<Row>)>) -> Snapshot {
    let draft = Draft::new(into).unwrap();
    let entries = datasets.into_iter().map(|(entry, rows)| draft.dataset(entry, rows, MEMORY).unwrap()).collect();
    draft.finish(manifest(entries)).unwrap()
}

fn load(snapshot: &Snapshot, name: &str, only: Option<&[u64]>) -> Vec<(u128, Row)> {
    let table = snapshot.table(name).unwrap();
    let width = table.entry().columns.len();
    let known: Vec<(Vec<u8>, u128)> = table
        .keys()
        .unwrap()
        .flat_map(|batch| batch.map(|batch| (0..batch.len()).map(|i| (batch.key(i).to_vec(), batch.hash(i))).collect::<Vec<_>>()).unwrap())
        .collect();
    let mut rows = Vec::new();
    for batch in table.rows(&(0..width).collect::<Vec<_>>(), only).unwrap() {
        let batch = batch.unwrap();
        rows.extend((0..batch.len()).map(|i| {
            let (key, hash) = &known[batch.rows[i] as usize];
            // A row read by index comes without its key.
            assert_eq!(batch.key(i), if only.is_some() { &[] } else { key.as_slice() });
            let key = Key::from_bytes(key).unwrap();
            let cells = (0..width).map(|c| batch.cell(i, c).to_cell()).collect();
            (*hash, Row { key, id: batch.id(i).map(str::to_owned), cells })
        }));
    }
    rows
}

/// A canonical text of the type.
fn canonical(kind: Type, list: Option<ListKind>) -> BoxedStrategy<String> {
    match (list, kind) {
        (Some(_), _) => proptest::collection::vec(".{0,3}", 0..3).prop_map(|items| serde_json::to_string(&items).unwrap()).boxed(),
        (None, Type::Integer) => any::<i64>().prop_map(|n| n.to_string()).boxed(),
        (None, Type::Boolean) => any::<bool>().prop_map(|b| b.to_string()).boxed(),
        (None, Type::Date) => (0..9999i32, 1..13u32, 1..29u32).prop_map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}")).boxed(),
        (None, Type::Datetime) => (0..9999i32, 0..24u32, prop_oneof![Just(String::new()), "\\.[0-9]{0,5}[1-9]"])
            .prop_map(|(y, h, f)| format!("{y:04}-02-24T{h:02}:30:00{f}Z"))
            .boxed(),
        (None, _) => ".{0,8}".boxed(),
    }
}

fn cell(kind: Type, list: Option<ListKind>) -> impl Strategy<Value = Cell> {
    prop_oneof![
        6 => canonical(kind, list).prop_map(Cell::value),
        3 => prop_oneof![Just(State::Absent), Just(State::Null), Just(State::Empty)].prop_map(Cell::none),
        1 => (prop_oneof![Just(State::Invalid), Just(State::Unresolved)], ".{0,5}").prop_map(|(state, text)| Cell { state, text }),
    ]
}

fn columns() -> Vec<ColumnEntry> {
    let mut columns: Vec<_> = Type::WORDS.iter().map(|(word, kind)| column(word, *kind, None)).collect();
    columns.push(column("code", Type::Text, None));
    columns.push(column("state_text", Type::Text, Some(ListKind::Set)));
    columns
}

fn row() -> impl Strategy<Value = Row> {
    let cells: Vec<_> = columns().iter().map(|c| cell(c.kind, c.list).boxed()).collect();
    let key = (prop_oneof![Just(0), Just(1), Just(NO_KEY)], proptest::collection::vec(".{0,4}", 0..3));
    (key, proptest::option::of(".{0,4}"), cells).prop_map(|((rung, parts), id, cells)| Row { key: Key { rung, parts }, id, cells })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn what_is_stored_comes_back(rows in proptest::collection::vec(row(), 0..60), pick: u64) {
        let folder = tempfile::tempdir().unwrap();
        let snapshot = save(folder.path(), vec![(dataset("clinics", columns()), rows.clone())]);
        let loaded = load(&snapshot, "clinics", None);
        prop_assert!(loaded.is_sorted_by_key(|(hash, row)| (row.key.to_bytes(), *hash)));
        let sorted = |mut rows: Vec<Row>| { rows.sort_by_key(|r| format!("{r:?}")); rows };
        prop_assert_eq!(sorted(loaded.iter().map(|(_, row)| row.clone()).collect()), sorted(rows));

        let keys: Vec<_> = snapshot.table("clinics").unwrap().keys().unwrap().flat_map(|batch| {
            let batch = batch.unwrap();
            (0..batch.len()).map(|i| (batch.first + i as u64, batch.key(i).to_vec(), batch.hash(i))).collect::<Vec<_>>()
        }).collect();
        prop_assert_eq!(keys, loaded.iter().enumerate().map(|(i, (hash, row))| (i as u64, row.key.to_bytes(), *hash)).collect::<Vec<_>>());

        let only: Vec<u64> = (0..loaded.len() as u64).filter(|i| pick >> (i % 64) & 1 == 1).collect();
        let picked: Vec<_> = only.iter().map(|i| loaded[*i as usize].clone()).collect();
        prop_assert_eq!(load(&snapshot, "clinics", Some(&only)), picked);
    }
}

fn clinics(n: u64) -> Vec<Row> {
    let cells = |i: u64| {
        vec![
            Cell::value(format!("C{i:04}")),
            Cell::value(i.to_string()),
            if i.is_multiple_of(3) { Cell::none(State::Null) } else { Cell::value("true") },
        ]
    };
    (0..n).map(|i| Row { key: Key::new([format!("C{i:04}")]), id: Some((i * 7).to_string()), cells: cells(i) }).collect()
}

fn clinic_columns() -> Vec<ColumnEntry> {
    vec![
        ColumnEntry { hashed: false, ..column("code", Type::Text, None) },
        column("capacity", Type::Integer, None),
        column("active", Type::Boolean, None),
    ]
}

fn small(folder: &Path) -> PathBuf {
    let wards = dataset("wards", clinic_columns());
    save(folder, vec![(dataset("clinics", clinic_columns()), clinics(20)), (wards, clinics(3))]).dir().to_owned()
}

#[test]
fn bytes_depend_neither_on_the_order_of_rows_nor_on_memory() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = Vec::new();
    for (n, memory) in [MEMORY, 500, 20_000].into_iter().enumerate() {
        let mut rows = clinics(2_000);
        rows.rotate_left(n * 391);
        if n == 1 {
            rows.reverse();
        }
        let draft = Draft::new(&folder.path().join(n.to_string())).unwrap();
        let entry = draft.dataset(dataset("clinics", clinic_columns()), rows, memory).unwrap();
        let snapshot = draft.finish(manifest(vec![entry])).unwrap();
        bytes.push((
            snapshot.id(),
            fs::read(snapshot.dir().join("clinics.parquet")).unwrap(),
            fs::read(snapshot.dir().join("manifest.json")).unwrap(),
        ));
    }
    assert!(bytes.windows(2).all(|w| w[0] == w[1]));
}

#[test]
fn the_hash_sees_hashed_columns_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let hash = |change: &dyn Fn(&mut Row)| {
        let mut rows = clinics(1);
        change(&mut rows[0]);
        let name = format!("{:?}", rows);
        load(
            &save(&folder.path().join(crate::document::sha256(name.as_bytes())), vec![(dataset("clinics", clinic_columns()), rows)]),
            "clinics",
            None,
        )[0]
        .0
    };
    let plain = hash(&|_| {});
    assert_eq!(plain, hash(&|row| row.id = None));
    assert_eq!(plain, hash(&|row| row.cells[0] = Cell::value("other")));
    assert_ne!(plain, hash(&|row| row.cells[1] = Cell::value("1")));
    assert_ne!(plain, hash(&|row| row.cells[2] = Cell::none(State::Empty)));
}

#[test]
fn counts_tell_states_missing_keys_and_shared_keys() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = clinics(9);
    rows[0].key = Key { rung: NO_KEY, parts: vec![] };
    rows[1].key = Key { rung: NO_KEY, parts: vec![] };
    for i in [3, 4, 6] {
        rows[i].key = Key::new(["same"]);
    }
    rows[7].cells[1] = Cell::value("no number");
    let snapshot = save(folder.path(), vec![(dataset("clinics", clinic_columns()), rows)]);
    let entry = snapshot.manifest().dataset("clinics").unwrap();
    assert_eq!((entry.rows, entry.rows_without_key, entry.rows_with_shared_key), (9, 2, 3));
    assert_eq!(entry.columns[2].cells, CellCounts { value: 6, null: 3, ..CellCounts::default() });
    // What its type cannot hold is kept as it was, as an invalid cell.
    assert_eq!(entry.columns[1].cells, CellCounts { value: 8, invalid: 1, ..CellCounts::default() });
    assert!(load(&snapshot, "clinics", None).iter().any(|(_, row)| row.cells[1] == Cell::invalid("no number")));
}

#[test]
fn one_changed_byte_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = small(folder.path());
    assert!(Snapshot::open(&dir).is_ok());
    for name in ["manifest.json", "clinics.parquet", "wards.parquet"] {
        let path = dir.join(name);
        let bytes = fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by(if name == "manifest.json" { 3 } else { 7 }) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << (at % 8);
            fs::write(&path, damaged).unwrap();
            assert!(Snapshot::open(&dir).is_err(), "{name}, byte {at}");
        }
        fs::write(&path, bytes).unwrap();
    }
    assert!(Snapshot::open(&dir).is_ok());
}

#[test]
fn a_truncated_or_longer_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let dir = small(folder.path());
    for name in ["manifest.json", "clinics.parquet"] {
        let path = dir.join(name);
        let bytes = fs::read(&path).unwrap();
        for length in (0..bytes.len()).step_by(10) {
            fs::write(&path, &bytes[..length]).unwrap();
            assert!(Snapshot::open(&dir).is_err(), "{name}, {length} bytes");
        }
        fs::write(&path, [bytes.as_slice(), b" "].concat()).unwrap();
        assert!(Snapshot::open(&dir).is_err(), "{name}, one more byte");
        fs::write(&path, bytes).unwrap();
    }
}

fn refusal(dir: &Path) -> String {
    Snapshot::open(dir).err().map(|e| e.what).unwrap_or_default()
}

#[test]
fn missing_and_foreign_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let dir = small(folder.path());
    fs::write(dir.join("notes.txt"), "x").unwrap();
    insta::assert_snapshot!(refusal(&dir), @"the folder holds a file that is not of the snapshot: notes.txt");
    fs::remove_file(dir.join("notes.txt")).unwrap();
    fs::rename(dir.join("wards.parquet"), dir.join("beds.parquet")).unwrap();
    assert!(refusal(&dir).starts_with("a file of the snapshot cannot be opened"));
    fs::copy(dir.join("clinics.parquet"), dir.join("wards.parquet")).unwrap();
    insta::assert_snapshot!(refusal(&dir), @"the file was changed: it does not have the digest that the manifest names");
    assert!(refusal(folder.path()).starts_with("this is no snapshot"));
    fs::write(dir.join("manifest.json"), "[1]").unwrap();
    insta::assert_snapshot!(refusal(&dir), @"the manifest names no format: this is no snapshot");
    fs::write(dir.join("manifest.json"), r#"{"manifest": {"format": 2, "shiny": true}}"#).unwrap();
    insta::assert_snapshot!(refusal(&dir), @"the snapshot has format 2, this gonogo reads format 1");
}

#[test]
fn a_manifest_sealed_anew_is_still_held_to_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let dir = small(folder.path());
    let original = verify::manifest(&dir).unwrap();
    let forged = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = original.clone();
        change(&mut manifest);
        fs::write(dir.join("manifest.json"), digest::Sealed::new(manifest).unwrap().render().unwrap()).unwrap();
        refusal(&dir)
    };
    assert_eq!(forged(&|_| {}), "");
    assert!(forged(&|m| m.datasets[0].rows += 1).contains("does not have the 21 rows"));
    assert!(forged(&|m| m.datasets[0].columns[1].kind = Type::Text).contains("columns of the file"));
    assert!(forged(&|m| m.datasets[0].file = Some("../wards.parquet".to_owned())).contains("no file of its name"));
    assert!(forged(&|m| m.datasets[0].name = "../wards".to_owned()).contains("no file of its name"));
    assert!(forged(&|m| m.datasets.push(m.datasets[0].clone())).contains("twice"));
    assert!(forged(&|m| m.datasets[0].unread = Some("?".to_owned())).contains("not of the snapshot: clinics.parquet"));
}

#[test]
fn the_store_opens_the_newest_or_by_prefix() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::new(folder.path());
    assert!(store.list("training").unwrap().is_empty());
    assert!(store.open("training", None).err().unwrap().advice.contains("gonogo snapshot training"));
    let mut ids = Vec::new();
    for day in [24, 25] {
        let draft = Draft::new(&store.folder("training")).unwrap();
        let entry = draft.dataset(dataset("clinics", clinic_columns()), clinics(day), MEMORY).unwrap();
        let captured_at = DateTime::parse_from_rfc3339(&format!("2027-02-{day}T06:00:00Z")).unwrap().to_utc();
        ids.push(draft.finish(Manifest { captured_at, ..manifest(vec![entry]) }).unwrap().id());
    }
    assert!(ids[0].starts_with("20270224T060000Z-"), "{}", ids[0]);
    fs::create_dir(store.folder("training").join(".draft-killed")).unwrap();
    assert_eq!(store.list("training").unwrap(), ids);
    assert_eq!(store.open("training", None).unwrap().id(), ids[1]);
    assert_eq!(store.open("training", Some("latest")).unwrap().id(), ids[1]);
    assert_eq!(store.open("training", Some("20270224")).unwrap().id(), ids[0]);
    assert!(store.open("training", Some("2027")).err().unwrap().what.starts_with("several"));
    assert!(store.open("training", Some("2028")).err().unwrap().advice.contains(&ids[1]));
    // A snapshot under another's name, or another environment's, is not taken for it.
    let other = format!("20270226T060000Z-{}", &ids[0][17..]);
    fs::rename(store.folder("training").join(&ids[0]), store.folder("training").join(&other)).unwrap();
    assert!(store.open("training", Some(&other)).err().unwrap().what.contains("not the snapshot that its folder says"));
    fs::rename(store.folder("training"), store.folder("production")).unwrap();
    assert!(store.open("production", Some("20270225")).err().unwrap().what.contains("not the snapshot that its folder says"));
}

#[test]
fn the_same_content_at_the_same_moment_is_one_snapshot_and_a_dropped_draft_is_none() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(small(folder.path()), small(folder.path()));
    drop(Draft::new(folder.path()).unwrap());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn rows_that_do_not_exist_are_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let table = Snapshot::open(&small(folder.path())).unwrap().table("clinics").unwrap();
    for only in [&[20][..], &[3, 3], &[4, 1]] {
        assert!(table.rows(&[0], Some(only)).is_err(), "{only:?}");
    }
    assert!(table.rows(&[3], None).is_err());
}

#[test]
fn numbers_come_without_texts() {
    let folder = tempfile::tempdir().unwrap();
    let table = Snapshot::open(&small(folder.path())).unwrap().table("clinics").unwrap();
    let batch = table.rows(&[2, 1, 0], Some(&[4, 6])).unwrap().next().unwrap().unwrap();
    assert_eq!([batch.number(0, 0), batch.number(1, 0)], [Some(1), None]);
    assert_eq!([batch.number(0, 1), batch.number(0, 2)], [Some(4), None]);
}
