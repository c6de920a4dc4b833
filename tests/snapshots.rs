//! Snapshots of the example: whole and verified, or an error; never a panic, never an answer.

use std::path::{Path, PathBuf};

use gonogo::snapshot::Snapshot;

use crate::support::{Example, copy};

/// The newest snapshot of each side.
fn snapshots(example: &Example) -> Vec<PathBuf> {
    assert_eq!(example.run(&["snapshot", "-q"]).code, 0);
    ["training", "production"]
        .map(|side| {
            let folder = example.path().join(".gonogo/snapshots").join(side);
            std::fs::read_dir(folder).expect("snapshots").next().expect("one").expect("an entry").path()
        })
        .to_vec()
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(dir).expect("a snapshot").map(|e| e.expect("an entry").path()).collect();
    files.sort();
    files
}

fn refused(dir: &Path, what: &str) {
    match Snapshot::open(dir) {
        Ok(_) => panic!("{what} was taken for whole"),
        Err(error) => {
            let text = error.to_string();
            assert!(text.lines().count() >= 3, "{what}: the error says what, where and what to do, but is: {text}");
        }
    }
}

/// Every file of both snapshots, each in a thread's own copy.
fn for_every_file(damage: impl Fn(&Path, &Path, &[u8]) + Sync) {
    let example = Example::new();
    let all: Vec<(PathBuf, PathBuf)> =
        snapshots(&example).into_iter().flat_map(|s| files(&s).into_iter().map(move |f| (s.clone(), f))).collect();
    assert!(all.len() >= 30, "{all:?}");
    let next = std::sync::atomic::AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((snapshot, file)) = all.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let own = tempfile::tempdir().expect("a folder");
                    // The folder's name is the snapshot's id.
                    let dir = own.path().join(snapshot.file_name().expect("an id"));
                    copy(snapshot, &dir);
                    assert!(Snapshot::open(&dir).is_ok(), "an untouched copy is whole");
                    let file = dir.join(file.file_name().expect("a name"));
                    let bytes = std::fs::read(&file).expect("a file");
                    damage(&dir, &file, &bytes);
                }
            });
        }
    });
}

#[test]
fn a_flipped_byte_is_noticed_wherever_it_is() {
    for_every_file(|dir, file, bytes| {
        let mut changed = bytes.to_vec();
        // Every byte of the first and last hundred, where formats keep their marks, and a sample between.
        let marks = (0..bytes.len().min(100)).chain(bytes.len().saturating_sub(100)..bytes.len());
        for at in marks.chain((0..bytes.len()).step_by(211)) {
            changed[at] ^= 0x10;
            std::fs::write(file, &changed).expect("a write");
            refused(dir, &format!("byte {at} of {}", file.display()));
            changed[at] = bytes[at];
        }
    });
}

#[test]
fn a_truncated_file_is_noticed_at_every_tenth_byte() {
    for_every_file(|dir, file, bytes| {
        let open = std::fs::OpenOptions::new().write(true).open(file).expect("a file");
        let mut length = bytes.len();
        while length > 0 {
            length = length.saturating_sub(10);
            open.set_len(length as u64).expect("a cut");
            refused(dir, &format!("{} cut to {length} bytes", file.display()));
        }
    });
}

#[test]
fn a_dropped_file_and_a_foreign_one_are_noticed() {
    for_every_file(|dir, file, bytes| {
        std::fs::remove_file(file).expect("a removal");
        refused(dir, &format!("without {}", file.display()));
        std::fs::write(file, bytes).expect("a write");
        std::fs::write(dir.join("foreign.parquet"), bytes).expect("a write");
        refused(dir, "with a foreign file");
        std::fs::remove_file(dir.join("foreign.parquet")).expect("a removal");
        assert!(Snapshot::open(dir).is_ok(), "whole again");
    });
}

#[test]
fn a_foreign_folder_is_no_snapshot() {
    let dir = tempfile::tempdir().expect("a folder");
    refused(dir.path(), "an empty folder");
    std::fs::write(dir.path().join("manifest.json"), "{}").expect("a file");
    refused(dir.path(), "a manifest of something else");
    refused(&dir.path().join("nowhere"), "a folder that is not there");
}
