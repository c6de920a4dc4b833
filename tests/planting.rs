//! Planting: a generator that shares no code with the comparison plants faults of every kind, up to several in one record, among
//! things that only look like faults, and gonogo finds exactly the faults: by check, kind, severity, place, key, field and both values.
//!
//! Two hospitals are planted in. The first is the example itself: production becomes a copy of training, and faults are written into the
//! files as the example keeps them, in half a dozen formats. Its values repeat and its numbers are its own, so that only faults that do not
//! depend on what else is alike can be told beforehand. The second is a model with the example's names, keys and references, made anew
//! by every seed: each dataset goes through every format, each side numbers its own, and every text is one that files trip over and
//! that no other record has, so that it is known without comparing by what a renamed record will be recognised.
//!
//! What is found is the work of the checks that read data: parity, present, resolves, expect, count, visible and query.

mod beside;
mod builder;
mod checks;
mod datasets;
mod extracts;
mod fields;
mod files;
mod hospital;
mod judge;
mod near_misses;
mod plan;
mod planted;
mod program;
mod random;
mod records;
mod references;
mod tables;

use std::collections::BTreeSet;
use std::ops::Range;

use files::{FORMATS, Format};
use judge::Definitions;
use plan::Plan;

/// As many faults as the largest plan has; the smallest has none.
const MOST: u64 = 40;

/// Plants and looks for each seed in the next file format. So many seeds plant all that there is to plant.
fn sow(seeds: Range<u64>) {
    let definitions = Definitions::read();
    let (mut faults, mut near_misses) = (BTreeSet::new(), BTreeSet::new());
    for seed in seeds {
        let format = FORMATS[(seed % FORMATS.len() as u64) as usize];
        let plan = Plan::new(seed, (seed % (MOST + 1)) as usize, format.can());
        let found = definitions.findings(&plan, format, seed);
        planted::assert_same(&plan.expected, &found, &format!("seed {seed}, {format:?}, {:?}", plan.faults));
        faults.extend(plan.faults);
        near_misses.extend(plan.near_misses);
    }
    assert_eq!(faults, plan::faults(), "some fault was never planted");
    assert_eq!(near_misses, plan::near_misses(), "some near miss was never planted");
}

#[test]
fn exactly_the_planted_faults_are_found_first_quarter() {
    sow(0..50);
}

#[test]
fn exactly_the_planted_faults_are_found_second_quarter() {
    sow(50..100);
}

#[test]
fn exactly_the_planted_faults_are_found_third_quarter() {
    sow(100..150);
}

#[test]
fn exactly_the_planted_faults_are_found_last_quarter() {
    sow(150..200);
}

#[test]
fn exactly_the_faults_planted_in_a_copy_of_the_example_are_found() {
    let mut planted = BTreeSet::new();
    for (seed, faults) in (2_000..2_020).zip((0..).step_by(3)) {
        planted.extend(extracts::check(seed, faults));
    }
    assert_eq!(planted, BTreeSet::from(["changed", "duplicate key", "extra", "invalid", "missing"]));
}

/// Ten seeds through the program, from no fault to many.
fn ten_seeds(format: Format) {
    for (seed, faults) in (1_000..1_010).zip((0..).step_by(4)) {
        program::check(seed, faults, format);
    }
}

#[test]
fn the_program_finds_what_is_planted_in_csv() {
    ten_seeds(Format::Csv);
}

#[test]
fn the_program_finds_what_is_planted_in_csv_of_western_windows() {
    ten_seeds(Format::Semicolons);
}

#[test]
fn the_program_finds_what_is_planted_in_xlsx() {
    ten_seeds(Format::Xlsx);
}

#[test]
fn the_program_finds_what_is_planted_in_json() {
    ten_seeds(Format::Json);
}

#[test]
fn the_program_finds_what_is_planted_in_ndjson() {
    ten_seeds(Format::Ndjson);
}

#[test]
fn the_program_finds_what_is_planted_in_yaml() {
    ten_seeds(Format::Yaml);
}

#[test]
fn the_program_finds_what_is_planted_in_xml() {
    ten_seeds(Format::Xml);
}

#[test]
fn the_program_finds_what_is_planted_in_fhir() {
    ten_seeds(Format::Fhir);
}
