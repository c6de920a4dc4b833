//! Builds both sides of the hospital as they should be.

use std::collections::BTreeMap;

use super::datasets::Kind::{Boolean, Date, Decimal, Integer, Ordered, Reference, References, Text};
use super::datasets::{Column, DATASETS, Dataset};
use super::hospital::{Cell, Row, Side};
use super::random::Random;

/// Cents as a decimal.
pub(super) fn money(cents: i64) -> Cell {
    Cell::Number(format!("{}.{:02}", cents / 100, cents % 100))
}

/// Texts that files, spreadsheets and markup like to trip over.
const WORDS: &[&str] = &[
    "Cardiology",
    "O'Brien & \"Sons\", Ltd",
    "Größe <b>",
    "naïve 10%",
    "=SUM(1)",
    "back\\slash",
    "Ärzte: West",
    "null",
    "- dash #1",
    "007",
    "{brace} [x]",
    "one; two",
    // The last ones are in Unicode only.
    "日本 clinic",
    "e\u{301}tage 🏥",
];

/// So many of them are in the code page of Western Windows too.
const WESTERN: usize = 12;

/// Makes the hospital.
pub(super) struct Builder {
    pub(super) random: Random,
    words: &'static [&'static str],
    uids: u32,
}

impl Builder {
    /// `unicode`: texts may hold what no code page has.
    pub(super) fn new(random: Random, unicode: bool) -> Self {
        Self { random, words: if unicode { WORDS } else { &WORDS[..WESTERN] }, uids: 0 }
    }

    pub(super) fn uid(&mut self) -> u32 {
        self.uids += 1;
        self.uids
    }

    /// A text that is nowhere else.
    pub(super) fn text(&mut self) -> String {
        let n = self.uid();
        format!("{} {n}", self.random.one_of(self.words))
    }

    /// Both sides as they should be, with rows in the same order; files will not keep it.
    pub(super) fn sides(&mut self) -> (Side, Side) {
        let mut training = Side { name: "training", tables: BTreeMap::new() };
        for dataset in DATASETS {
            training.tables.insert(dataset.name, Vec::new());
            for n in 0..dataset.rows {
                let row = self.row(dataset, n, &training);
                training.add(dataset.name, row);
            }
        }
        let mut production = Side { name: "production", ..training.clone() };
        let uids: Vec<u32> = training.tables["interfaces"].iter().map(|r| r.uid).collect();
        for uid in uids {
            production.set("interfaces", uid, "address", Cell::Text(format!("prod-{uid}.riverside.example")));
        }
        (training, production)
    }

    /// A record like no other. Its number in the table decides what must be spread evenly.
    pub(super) fn row(&mut self, dataset: &Dataset, n: usize, side: &Side) -> Row {
        let uid = self.uid();
        let mut row = Row { uid, cells: BTreeMap::new(), referred: n < dataset.referred };
        for column in dataset.columns {
            row.cells.insert(column.name, self.cell(dataset, column, n, uid, side));
        }
        if dataset.name == "codes" {
            // A third of the codes on each rung of the ladder.
            if !n.is_multiple_of(3) {
                row.cells.insert("cki", Cell::Nothing);
            }
            if n % 3 > 1 {
                row.cells.insert("cdf_meaning", Cell::Nothing);
            }
        }
        row
    }

    fn cell(&mut self, dataset: &Dataset, column: &Column, n: usize, uid: u32, side: &Side) -> Cell {
        match (dataset.name, column.name) {
            ("codes", "code_set") => return Cell::Text(format!("SET {}", n % 4)),
            ("codes", "active") | ("interfaces", "active") => return Cell::Flag(true),
            ("reasons", "kind") => return Cell::Text(["cancel", "reschedule"][n % 2].to_owned()),
            ("organisations", "active") => return Cell::Flag(n < 12),
            ("interfaces", "address") => return Cell::Text(format!("train-{uid}.riverside.example")),
            ("tariffs", "valid_from") => return Cell::Day(format!("2030-0{}-15", 1 + self.random.below(9))),
            // Every fifth tariff has ended long ago.
            ("tariffs", "valid_to") if n % 5 == 4 => return Cell::Day("2033-06-30".to_owned()),
            ("tariffs", "valid_to") => return self.random.one_of(&[Cell::Nothing, Cell::Day("2040-12-31".to_owned())]).clone(),
            ("clinics" | "sessions", "note") if self.random.chance(50) => return Cell::Nothing,
            ("sessions", "slots") => return Cell::Number((5 + self.random.below(15)).to_string()),
            ("sessions", "slot_minutes") => return Cell::Number((10 + self.random.below(50)).to_string()),
            _ => {}
        }
        let targets = |to: &str| side.tables[to].iter().filter(|r| r.referred).map(|r| r.uid).collect::<Vec<_>>();
        match column.kind {
            Text if dataset.is_key(column.name) || column.name == "cki" => Cell::Text(format!("{} {uid}", self.random.one_of(KEYS))),
            Text => Cell::Text(self.text()),
            Integer => Cell::Number((100 + 10 * uid).to_string()),
            Decimal => money(1_000 + 10 * i64::from(uid)),
            Boolean => Cell::Flag(self.random.chance(60)),
            Date => {
                Cell::Day(format!("20{:02}-{:02}-{:02}", 10 + self.random.below(14), 1 + self.random.below(12), 1 + self.random.below(28)))
            }
            Ordered => {
                let mut days = ["MON", "TUE", "WED", "THU", "FRI"].map(str::to_owned).to_vec();
                self.random.shuffle(&mut days);
                Cell::Items(days.split_off(2))
            }
            // In turn, so that every record that may be referred to is.
            Reference(to) => {
                let targets = targets(to);
                Cell::To(targets[n % targets.len()])
            }
            References(to) => {
                let mut targets = targets(to);
                self.random.shuffle(&mut targets);
                targets.truncate(2 + self.random.below(3));
                Cell::ToAll(targets)
            }
        }
    }
}

/// Beginnings of keys; lists of keys are split at `;`.
const KEYS: &[&str] = &["CL", "Ward A", "Überweisung", "k & k", "x/y", "#7"];
