//! Definitions for tests, without a file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono::DateTime;

use crate::document::{At, Place, SourceText};
use crate::environment::{Environment, Instance, Role, TakenAt};
use crate::system::{Column, Complete, Dataset, FileFormat, List, Protocol, Read, Source, System};
use crate::value::{ListKind, Type};

use super::super::gather::Reader;
use super::super::*;

pub(super) fn at<T>(value: T) -> At<T> {
    At { value, place: place() }
}

pub(super) fn name(text: &str) -> At<String> {
    at(text.to_owned())
}

fn place() -> Place {
    Place { file: SourceText::new("systems/synthetic.yaml", ""), start: 0, end: 0 }
}

/// A dataset in `<name>.csv` with key `code`, whose columns are the headings of their names.
pub(super) fn dataset(dataset: &str, columns: Vec<Column>) -> Dataset {
    Dataset {
        name: name(dataset),
        noun: dataset.to_owned(),
        measured: false,
        read: Read {
            format: FileFormat::Csv,
            pattern: at(format!("{dataset}.csv")),
            layers: Vec::new(),
            sheet: None,
            header: 1,
            delimiter: b',',
            encoding: None,
            unpivot: None,
            rows: Vec::new(),
            distinct: false,
            resource: None,
            place: place(),
        },
        also: Vec::new(),
        key: vec![vec![name("code")]],
        id: None,
        columns,
        effective: None,
        complete: Complete::Unknown,
        none_means_empty: None,
        not_offered: BTreeMap::new(),
        digest: format!("digest of {dataset}"),
        place: place(),
    }
}

pub(super) fn with_id(mut dataset: Dataset) -> Dataset {
    dataset.id = Some(Source::Heading(name("id")));
    dataset
}

pub(super) fn text(column: &str) -> Column {
    Column {
        name: name(column),
        from: Source::Heading(name(column)),
        kind: Type::Text,
        list: None,
        optional: false,
        default: None,
        references: None,
        truth: None,
        format: None,
        normalise: Vec::new(),
        volatile: false,
        place: place(),
    }
}

pub(super) fn typed(column: &str, kind: Type) -> Column {
    Column { kind, ..text(column) }
}

pub(super) fn reference(column: &str, to: &str) -> Column {
    Column { references: Some(name(to)), ..text(column) }
}

pub(super) fn set(column: Column) -> Column {
    Column { list: Some(List { kind: ListKind::Set, split: Some(";".to_owned()) }), ..column }
}

pub(super) fn system(datasets: Vec<Dataset>) -> System {
    System {
        name: name("synthetic"),
        protocol: Protocol::Files,
        datasets,
        path: "systems/synthetic.yaml".to_owned(),
        digest: String::new(),
        built_in: false,
        damage: crate::system::Damage::None,
    }
}

pub(super) fn environment() -> Environment {
    Environment {
        name: name("training"),
        role: Role::Training,
        system: name("synthetic"),
        files: Some(name("extracts")),
        server: None,
        names_server: false,
        taken_at: TakenAt::Unknown,
        instance: None,
        logins: Vec::new(),
        timezone: None,
        same_files: None,
        path: "environments/training.yaml".to_owned(),
        digest: String::new(),
        place: place(),
    }
}

pub(super) fn taken_at(dataset: &str, column: &str) -> TakenAt {
    TakenAt::Column { dataset: name(dataset), column: name(column) }
}

pub(super) fn instance(dataset: &str, column: &str, is: &str) -> Instance {
    Instance { dataset: name(dataset), column: name(column), is: name(is) }
}

/// Few bytes of memory, so that everything is spilled.
pub(super) const SMALL: Limits = Limits { threads: 2, memory: 4_000, most_ids: 1_000 };

pub(super) fn run(
    project: &Path,
    environment: &Environment,
    system: &System,
    asked: &[&str],
    limits: Limits,
    reader: Reader,
) -> Result<Snapshot, SnapshotError> {
    let datasets: BTreeSet<String> = asked.iter().map(|d| (*d).to_owned()).collect();
    let request = CaptureRequest {
        environment,
        system,
        datasets: &datasets,
        project,
        probing: None,
        site: None,
        into: Store::new(project).folder("training"),
        now: DateTime::from_timestamp(1_803_448_800, 0).unwrap(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(super::super::capture::capture_by(request, limits, reader))
}
