//! The same inputs give the same bytes: reports and snapshot files, whatever the threads and the order of the rows.

use std::collections::BTreeMap;
use std::path::Path;

use crate::support::{Example, run_with};

const AS_OF: &str = "2026-10-06T08:00:00Z";

/// Bytes of every data file of the newest snapshots, by environment and file name.
fn data_files(project: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in walkdir::WalkDir::new(project.join(".gonogo/snapshots")) {
        let entry = entry.expect("an entry");
        if entry.path().extension().is_some_and(|x| x == "parquet") {
            let environment =
                entry.path().ancestors().nth(2).and_then(Path::file_name).expect("an environment").to_string_lossy().into_owned();
            let file = entry.file_name().to_string_lossy().into_owned();
            found.insert(format!("{environment}/{file}"), std::fs::read(entry.path()).expect("a file"));
        }
    }
    assert!(found.len() >= 20, "{:?}", found.keys());
    found
}

fn reports(example: &Example, threads: &str) -> [String; 2] {
    ["terminal", "json"].map(|format| {
        let ran = run_with(example.path(), &[("GONOGO_THREADS", threads)], &["check", "--as-of", AS_OF, "--format", format]);
        assert_eq!(ran.code, 1, "{ran}");
        ran.stdout
    })
}

#[test]
fn reports_and_snapshots_do_not_depend_on_threads() {
    let one = Example::new();
    let first = (reports(&one, "1"), data_files(one.path()));
    for threads in ["2", "8"] {
        let other = Example::new();
        let again = (reports(&other, threads), data_files(other.path()));
        assert!(first.0 == again.0, "reports differ with {threads} threads");
        assert!(first.1 == again.1, "snapshots differ with {threads} threads");
    }
}

#[test]
fn the_order_of_rows_in_a_file_does_not_matter() {
    let one = Example::new();
    reports(&one, "2");
    let shuffled = Example::new();
    let mut files = 0;
    for entry in walkdir::WalkDir::new(shuffled.path().join("environments/extracts")) {
        let entry = entry.expect("an entry");
        let path = entry.path();
        let heading = match path.extension().and_then(|x| x.to_str()) {
            Some("csv") => 1,
            Some("ndjson") => 0,
            _ => continue,
        };
        let bytes = std::fs::read(path).expect("a file");
        if bytes.contains(&b'"') && heading == 1 {
            continue; // A quoted cell may hold a line end.
        }
        let mut lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
        lines[heading..].reverse();
        std::fs::write(path, lines.concat()).expect("a file");
        files += 1;
    }
    assert!(files >= 6, "only {files} files were shuffled");
    reports(&shuffled, "2");
    assert!(data_files(one.path()) == data_files(shuffled.path()), "snapshot files depend on the order of rows");
}
