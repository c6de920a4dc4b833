use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::compare::align::compare_rows;
use crate::compare::align_tests::{rules, words};
use crate::compare::memory::Shape;
use crate::compare::{DifferenceKind, Rules};
use crate::value::{Cell, State};

fn side(dir: &Path, name: &str, format: PlainFormat, text: &[u8]) -> PlainSide {
    let path = dir.join(name);
    std::fs::write(&path, text).expect("a file in a temporary folder");
    PlainSide { path, shown: name.to_owned(), format }
}

fn run(format: PlainFormat, left: &[u8], right: &[u8], options: &PlainOptions) -> Result<(Comparison, PlainInfo), PlainError> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    diff(&side(dir.path(), "left", format, left), &side(dir.path(), "right", format, right), options)
}

const CSV: PlainFormat = PlainFormat::Csv { delimiter: b',' };

fn csv(left: &str, right: &str) -> Result<(Comparison, PlainInfo), PlainError> {
    run(CSV, left.as_bytes(), right.as_bytes(), &PlainOptions::new(["code"]))
}

fn found(result: Result<(Comparison, PlainInfo), PlainError>) -> Vec<String> {
    words(&result.expect("files that can be compared").0)
}

/// What is wrong and where, on one line.
fn refused(result: Result<(Comparison, PlainInfo), PlainError>) -> String {
    match result.expect_err("files that cannot be compared") {
        PlainError::Usage(r) => format!("usage: {} ({}): {}", r.what, r.place, r.advice),
        PlainError::CannotTell(r) => format!("cannot tell: {} ({})", r.what, r.place),
    }
}

#[test]
fn headings_are_matched_by_name_whatever_their_order() {
    let (left, right) = ("code,name,room\na,Ears,1\nb,\"Eyes, both\",2\nc,x,3\n", "room,code,name\n2,b,\"Eyes, both\"\n7,a,Ears\n9,d,x\n");
    let (comparison, info) = csv(left, right).expect("compared");
    assert_eq!(words(&comparison), ["a changed room:1>7", "c missing", "d extra"]);
    assert_eq!(info, PlainInfo { compared: vec!["name".into(), "room".into()], ..PlainInfo::default() });
    let counts = comparison.counts;
    assert_eq!((counts.left, counts.right, counts.selected, counts.matched, counts.changed), (3, 3, 4, 2, 1));
}

#[test]
fn cells_do_not_run_into_each_other() {
    assert_eq!(found(csv("code,a,b\n1,ab,c\n", "code,a,b\n1,a,bc\n")).len(), 2);
    let options = PlainOptions::new(["x", "y"]);
    let two = run(CSV, b"x,y,v\n1,23,v\n", b"x,y,v\n12,3,v\n", &options);
    assert_eq!(found(two), ["1 | 23 missing", "12 | 3 extra"]);
}

#[test]
fn duplicates_and_missing_keys_are_differences() {
    let result = csv("code,v\na,1\na,1\n,2\nb,1\n", "code,v\na,1\nb,1\nc,1\nc,2\n");
    assert_eq!(found(result), ["a 2 times on the Left", "c 2 times on the Right", "no key on the Left: v=2"]);
}

#[test]
fn ignored_and_one_sided_columns_are_told() {
    let options = PlainOptions { ignore: vec!["seen".into()], ..PlainOptions::new(["code"]) };
    let (comparison, info) = run(CSV, b"code,old,seen\na,1,x\n", b"code,new,seen\na,1,y\n", &options).expect("compared");
    assert_eq!(comparison.differences, []);
    let expected =
        PlainInfo { compared: vec![], ignored: vec!["seen".into()], only_left: vec!["old".into()], only_right: vec!["new".into()] };
    assert_eq!(info, expected);
}

#[test]
fn a_mistyped_heading_is_wrong_usage_with_the_nearest_name() {
    let options = PlainOptions::new(["cod"]);
    let result = run(CSV, b"code,v\na,1\n", b"code,v\na,1\n", &options);
    assert_eq!(refused(result), "usage: there is no heading `cod` to use as the key (left): did you mean `code`?");
    let options = PlainOptions { ignore: vec!["sen".into()], ..PlainOptions::new(["code"]) };
    let result = run(CSV, b"code,seen\na,1\n", b"code,v\na,1\n", &options);
    assert_eq!(refused(result), "usage: there is no heading `sen` to ignore (left): did you mean `seen`?");
}

#[test]
fn what_cannot_be_read_wholly_is_told_with_its_line() {
    let good = "code,v\na,1\n";
    assert_eq!(refused(csv("", good)), "cannot tell: the file is empty (left)");
    assert_eq!(refused(csv(good, "code,v\n")), "cannot tell: the file has no rows (right)");
    assert_eq!(refused(csv(good, "code,v\na,1\nb\n")), "cannot tell: the row has 1 cells, the headings are 2 (right:3)");
    assert_eq!(refused(csv("code,v\na,1\nb,\"open\nc,1\n", good)), "cannot tell: a quote is opened and never closed (left:3)");
    assert_eq!(refused(csv("code,v,v\na,1,2\n", good)), "cannot tell: two columns have the heading `v` (left:1)");
    assert_eq!(
        found(csv("code,v\na,\"1\n\"\"\"\n", "code,v\na,\"1\n\"\"\"\n")),
        Vec::<String>::new(),
        "a quote in a last cell is no open one"
    );
    assert_eq!(found(csv("code,v\na,5\" pipe\n", "code,v\na,5\" pipe\n")), Vec::<String>::new());
}

fn json(left: &str, right: &str, unordered: bool) -> Result<(Comparison, PlainInfo), PlainError> {
    let options = PlainOptions { unordered, ignore: vec!["meta".into()], ..PlainOptions::new(["id"]) };
    run(PlainFormat::Json, left.as_bytes(), right.as_bytes(), &options)
}

#[test]
fn json_is_compared_by_its_values() {
    let left = "{\"id\":\"a\",\"n\":1.0,\"x\":{\"p\":1,\"q\":[1,2]},\"meta\":1}\n{\"id\":\"b\",\"n\":null}\n{\"id\":7,\"s\":\"1\"}\n";
    let right = "[{\"x\": {\"q\": [2, 1],\n \"p\": 1}, \"meta\": 2, \"id\": \"a\", \"n\": 1}, {\"id\": \"b\"}, {\"id\":7,\"s\":1}]";
    let expected = ["7 changed s:\"1\">1", "a changed x:{\"p\":1,\"q\":[1,2]}>{\"p\":1,\"q\":[2,1]}", "b changed n:(null)>(absent)"];
    assert_eq!(found(json(left, right, false)), expected);
    assert_eq!(found(json(left, right, true)), [expected[0], expected[2]]);
}

#[test]
fn broken_json_is_told_with_its_place() {
    let good = "{\"id\":1}\n";
    assert_eq!(refused(json(" \n", good, false)), "cannot tell: the file is empty (left)");
    assert_eq!(refused(json("[]", good, false)), "cannot tell: the file has no rows (left)");
    assert_eq!(
        refused(json(good, "{\"id\":1}\n{\"id\":2", false)),
        "cannot tell: this is not valid JSON: EOF while parsing an object (right:2:7)"
    );
    assert_eq!(refused(json("[{\"id\":1},\n{\"id\":", good, false)), "cannot tell: the array is not closed (left:2)");
    assert_eq!(refused(json("[1]", good, false)), "cannot tell: this is no JSON object (left:1)");
    assert_eq!(refused(json(good, "3", false)), "cannot tell: this is no JSON object (right:1)");
    assert_eq!(refused(json("{\"id\":1}\n[2]\n", good, false)), "cannot tell: this is no JSON object (left:2)");
    assert_eq!(found(json(good, "{\"x\":1}\n", false)), ["1 missing", "no key on the Right: x=1"]);
}

#[test]
fn a_missing_file_is_no_answer() {
    let gone = PlainSide { path: "nowhere/at all.csv".into(), shown: "nowhere/at all.csv".into(), format: CSV };
    assert!(refused(diff(&gone, &gone, &PlainOptions::new(["code"]))).starts_with("cannot tell: the file cannot be opened"));
}

type Texts = Vec<Vec<String>>;

fn write_csv(rows: &Texts, turned: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .quote_style(if turned { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary })
        .from_writer(Vec::new());
    let headings = ["code".to_owned(), "name".to_owned(), "room".to_owned()];
    for row in std::iter::once(headings.as_slice()).chain(rows.iter().map(Vec::as_slice)) {
        let record: Vec<&String> = if turned { row.iter().rev().collect() } else { row.iter().collect() };
        writer.write_record(record).expect("written to memory");
    }
    writer.into_inner().expect("written to memory")
}

fn write_json(rows: &Texts) -> Vec<u8> {
    let line = |row: &Vec<String>| serde_json::json!({"room": row[2], "code": row[0], "name": row[1]}).to_string() + "\n";
    rows.iter().map(line).collect::<String>().into_bytes()
}

fn cells(rows: &Texts, quoted: bool) -> Vec<(Option<String>, Vec<Cell>)> {
    let cell = |(column, text): (usize, &String)| match text.as_str() {
        "" => Cell::none(State::Empty),
        text if quoted && column > 0 => Cell::value(serde_json::Value::from(text).to_string()),
        text => Cell::value(text),
    };
    rows.iter().map(|row| (None, row.iter().enumerate().map(cell).collect())).collect()
}

/// Differences in words, but for the words of a record without a key: those depend on the order of columns.
fn comparable(comparison: Comparison) -> (Vec<String>, crate::compare::Counts) {
    let mut comparison = comparison;
    for difference in &mut comparison.differences {
        if let DifferenceKind::MissingKey { record, .. } = &mut difference.kind {
            record.clear();
        }
    }
    (words(&comparison), comparison.counts)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn both_strategies_find_the_same(
        left in vec(vec("[a-c,\"\\n é]{0,2}", 3), 1..24),
        right in vec(vec("[a-c,\"\\n é]{0,2}", 3), 1..24),
        threads in prop_oneof![Just(1usize), Just(2), Just(8)],
        memory in prop_oneof![Just(1usize), Just(1 << 20)],
    ) {
        let shape = Shape::text(&["code", "name", "room"]);
        let rules = Rules { renames: false, ..rules() };
        let options = PlainOptions { threads, memory, ..PlainOptions::new(["code"]) };
        let sorted = |quoted| compare_rows(&shape.cells(cells(&left, quoted)), &shape.cells(cells(&right, quoted)), &rules, None).expect("compared");
        let plain = run(CSV, &write_csv(&left, false), &write_csv(&right, true), &options).expect("compared").0;
        prop_assert_eq!(comparable(plain), comparable(sorted(false)));
        let plain = run(PlainFormat::Json, &write_json(&left), &write_json(&right), &options).expect("compared").0;
        prop_assert_eq!(comparable(plain), comparable(sorted(true)));
    }
}

#[test]
fn threads_and_memory_never_matter() {
    let table = |changed: usize| {
        let row = |i: usize| format!("k{i},{},{}\n", i % 7, if i % 97 == changed { "x" } else { "y" });
        "code,a,b\n".to_owned() + &(0..20_000).filter(|i| i % 1_001 != changed).map(row).collect::<String>()
    };
    let (left, right) = (table(1), table(2));
    let options = |threads, memory| PlainOptions { threads, memory, limit: 300, ..PlainOptions::new(["code"]) };
    let result = |threads, memory| run(CSV, left.as_bytes(), right.as_bytes(), &options(threads, memory)).expect("compared");
    let first = result(1, 1 << 30);
    assert_eq!((first.0.differences.len() as u64 + first.0.beyond, first.0.counts.left), (20 + 20 + 2 * 207 - 2, 19_980));
    for threads in [1, 2, 8] {
        for memory in [1, 1 << 16, 1 << 30] {
            assert_eq!(result(threads, memory), first, "{threads} threads, {memory} bytes");
        }
    }
}
