//! The example hospital of this repository, as its own files describe it.

use std::collections::BTreeSet;
use std::path::Path;

use crate::document::{Document, Problems, load_file};
use crate::{environment, system};

use super::super::*;

fn document(path: &str, problems: &mut Problems) -> Document {
    load_file(&Path::new(env!("CARGO_MANIFEST_DIR")).join(path), path, problems).unwrap()
}

#[test]
fn both_sides_are_read_whole_and_twice_the_same() {
    let mut problems = Problems::default();
    let system = system::decode(&document("environments/systems/riverside_extract.yaml", &mut problems), false, &mut problems).unwrap();
    let datasets: BTreeSet<String> = system.datasets.iter().map(|d| d.name.value.clone()).collect();
    let store = tempfile::tempdir().unwrap();
    for side in ["training", "production"] {
        let environment = environment::decode(&document(&format!("environments/{side}.yaml"), &mut problems), &mut problems).unwrap();
        let mut manifests = Vec::new();
        for threads in [1, 8] {
            let request = CaptureRequest {
                environment: &environment,
                system: &system,
                datasets: &datasets,
                project: Path::new(env!("CARGO_MANIFEST_DIR")),
                probing: None,
                site: None,
                into: store.path().join(side).join(threads.to_string()),
                now: chrono::DateTime::from_timestamp(1_803_448_800, 0).unwrap(),
            };
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
            let limits = Limits { threads, memory: threads << 14, ..Limits::default() };
            manifests.push(runtime.block_on(capture_within(request, limits)).unwrap().manifest().clone());
        }
        assert_eq!(manifests[0], manifests[1]);
        for dataset in &manifests[0].datasets {
            assert_eq!(dataset.unread, None, "{side}: {}", dataset.name);
            assert!(dataset.rows > 0, "{side}: {} is empty", dataset.name);
            for column in &dataset.columns {
                assert_eq!(column.unread, None, "{side}: {}.{}", dataset.name, column.name);
            }
        }
        assert!(manifests[0].taken_at.is_some(), "{side}");
        assert_eq!(
            manifests[0].instance.as_ref().map(|i| i.found.clone()),
            manifests[0].instance.as_ref().map(|i| vec![i.expected.clone()])
        );
    }
    assert!(problems.is_empty());
}
