//! The plan of one seed: which faults and near misses are planted in which records, and what has to be found. Nothing here asks
//! gonogo.

use std::collections::BTreeSet;

use super::beside::Sight;
use super::builder::Builder;
use super::checks::Checks;
use super::datasets::{Dataset, dataset};
use super::files::Can;
use super::hospital::{Cell, Row, Side};
use super::planted::Planted;
use super::random::Random;

/// Both sides with their faults, and the findings that they are.
pub(super) struct Plan {
    pub(super) training: Side,
    pub(super) production: Side,
    /// Signed-off reasons: headings and rows.
    pub(super) list: Vec<Vec<String>>,
    pub(super) checks: Checks,
    pub(super) expected: Vec<Planted>,
    /// Faults by name.
    pub(super) faults: Vec<&'static str>,
    /// Things that look like faults and are none, by name.
    pub(super) near_misses: Vec<&'static str>,
    pub(super) builder: Builder,
    /// Records that have their fault, or their near miss.
    pub(super) touched: BTreeSet<u32>,
    /// What the login sees otherwise than everybody else.
    pub(super) sights: Vec<Sight>,
    /// What the files can say.
    pub(super) can: Can,
}

/// Plants one fault; false when there is no record left that it could be planted in.
type Plant = fn(&mut Plan) -> bool;

const FAULTS: &[(&str, Plant)] = &[
    ("changed", Plan::changed),
    ("changed", Plan::changed),
    ("changed", Plan::changed),
    ("opened", Plan::opened),
    ("missing", Plan::missing),
    ("extra", Plan::extra),
    ("renamed", Plan::renamed),
    ("re-keyed", Plan::rekeyed),
    ("shared rung", Plan::shared_rung),
    ("duplicate key", Plan::duplicate),
    ("missing key", Plan::keyless),
    ("invalid", Plan::invalid),
    ("unresolved", Plan::unresolved),
    ("not different", Plan::not_different),
    ("violated", Plan::violated),
    ("undecided", Plan::undecided),
    ("queried", Plan::queried),
    ("list", Plan::listed),
    ("parent missing", Plan::parent_missing),
    ("parent renamed", Plan::parent_renamed),
    ("not in force", Plan::not_in_force),
    ("hidden", Plan::hidden),
    ("seen otherwise", Plan::seen_otherwise),
    ("seen alone", Plan::seen_alone),
];

const NEAR_MISSES: &[(&str, Plant)] = &[
    ("ignored column", Plan::comment),
    ("case, space and composition", Plan::restyled_name),
    ("within tolerance", Plan::nearly),
    ("blank spelled otherwise", Plan::blank_again),
    ("key in another case", Plan::restyled_key),
    ("closed on both sides", Plan::closed),
    ("ended on both sides", Plan::long_ended),
    ("superseded", Plan::superseded),
    ("not yet in force", Plan::not_yet),
    ("another number of the record", Plan::renumbered),
];

/// Names of all faults.
pub(super) fn faults() -> BTreeSet<&'static str> {
    FAULTS.iter().map(|(name, _)| *name).collect()
}

/// Names of all near misses.
pub(super) fn near_misses() -> BTreeSet<&'static str> {
    NEAR_MISSES.iter().map(|(name, _)| *name).collect()
}

impl Plan {
    /// A plan of so many faults.
    pub(super) fn new(seed: u64, faults: usize, can: Can) -> Self {
        let mut builder = Builder::new(Random::new(seed), can.unicode);
        let (training, production) = builder.sides();
        let checks = Checks::new(production.tables["interfaces"].len(), &mut builder.random);
        let headings = ["kind", "code", "name", "active"];
        let mut list = vec![headings.map(str::to_owned).to_vec()];
        list.extend(training.tables["reasons"].iter().map(|row| headings.map(|h| training.text("reasons", h, &row.cells[h])).to_vec()));
        let mut plan = Self {
            training,
            production,
            list,
            checks,
            expected: Vec::new(),
            faults: Vec::new(),
            near_misses: Vec::new(),
            builder,
            touched: BTreeSet::new(),
            sights: Vec::new(),
            can,
        };
        for _ in 0..20 * faults {
            if plan.faults.len() == faults {
                break;
            }
            let (name, plant) = *plan.builder.random.one_of(FAULTS);
            if plant(&mut plan) {
                plan.faults.push(name);
            }
        }
        assert_eq!(plan.faults.len(), faults, "seed {seed}: there was no room for all faults");
        for _ in 0..15 {
            let (name, plant) = *plan.builder.random.one_of(NEAR_MISSES);
            if plant(&mut plan) {
                plan.near_misses.push(name);
            }
        }
        plan.count();
        plan.expected.sort();
        assert!(plan.expected.len() >= faults, "seed {seed}: every fault is found at least once");
        plan
    }

    // ---- what is found

    pub(super) fn find(&mut self, check: &str, kind: &str, environment: &str, dataset: &str, key: Vec<String>) -> &mut Planted {
        let severity = self.checks.severity(check).of(kind);
        self.expected.push(Planted {
            check: check.to_owned(),
            kind: kind.to_owned(),
            severity: severity.to_owned(),
            environment: environment.to_owned(),
            dataset: dataset.to_owned(),
            key,
            ..Planted::default()
        });
        self.expected.last_mut().expect("just put there")
    }

    /// A finding of the dataset's parity.
    pub(super) fn differ(&mut self, kind: &str, dataset: &str, key: Vec<String>) -> &mut Planted {
        self.find(&format!("{dataset}-match"), kind, "production", dataset, key)
    }

    /// Two values that are not as they should be.
    pub(super) fn values(&mut self, check: &str, kind: &str, key: Vec<String>, (dataset, field): (&str, &str), values: (String, String)) {
        let planted = self.find(check, kind, "production", dataset, key);
        field.clone_into(&mut planted.field);
        (planted.expected, planted.found) = values;
    }

    /// The cells of both sides are not as they should be.
    pub(super) fn cells(&mut self, check: &str, kind: &str, (name, uid, column): (&str, u32, &str)) {
        let (key, values) = (self.training.key(name, uid), self.both(name, uid, column));
        self.values(check, kind, key, (name, column), values);
    }

    /// A cell that nothing can be concluded from.
    pub(super) fn broken(
        &mut self,
        check: &str,
        kind: &str,
        environment: &str,
        key: Vec<String>,
        (dataset, field): (&str, &str),
        found: &str,
    ) {
        let planted = self.find(check, kind, environment, dataset, key);
        field.clone_into(&mut planted.field);
        found.clone_into(&mut planted.found);
    }

    // ---- which record

    pub(super) fn random(&mut self) -> &mut Random {
        &mut self.builder.random
    }

    pub(super) fn dataset(&mut self, of: &[&str]) -> &'static Dataset {
        dataset(of[self.builder.random.below(of.len())])
    }

    /// A record of both sides that has no fault yet; it has one now.
    pub(super) fn pick(&mut self, dataset: &str, fits: impl Fn(&Row) -> bool) -> Option<u32> {
        let free = self.training.tables[dataset].iter().filter(|r| !self.touched.contains(&r.uid) && fits(r));
        let free: Vec<u32> = free.map(|r| r.uid).filter(|uid| self.production.row(dataset, *uid).is_some()).collect();
        if free.is_empty() {
            return None;
        }
        let uid = *self.random().one_of(&free);
        self.touched.insert(uid);
        Some(uid)
    }

    /// As [`Plan::pick`], of those that its parity compares and that nobody refers to.
    pub(super) fn pick_alone(&mut self, dataset: &str) -> Option<u32> {
        self.pick(dataset, |r| !r.referred && in_force(dataset, r))
    }

    /// The side that a fault is in: mostly production.
    pub(super) fn some_side(&mut self) -> &mut Side {
        if self.builder.random.chance(30) { &mut self.training } else { &mut self.production }
    }

    /// A cell as both sides show it.
    pub(super) fn both(&self, name: &str, uid: u32, column: &str) -> (String, String) {
        let shown = |side: &Side| side.shown(name, column, side.cell(name, uid, column));
        (shown(&self.training), shown(&self.production))
    }
}

/// The record counts on the day: switched on, or in force.
pub(super) fn in_force(dataset: &str, row: &Row) -> bool {
    match dataset {
        "organisations" => row.cells["active"] == Cell::Flag(true),
        "tariffs" => row.cells["valid_to"] != Cell::Day("2033-06-30".to_owned()),
        _ => true,
    }
}
