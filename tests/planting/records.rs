//! Faults of whole records: gone, new, under another key, twice, without a key, not in force.

use super::datasets::{DATASETS, Dataset, dataset};
use super::hospital::{Cell, Row, Side};
use super::plan::{Plan, in_force};

impl Plan {
    /// A record of training that production lacks.
    pub(super) fn missing(&mut self) -> bool {
        let name = self.random().one_of(DATASETS).name;
        let Some(uid) = self.pick_alone(name) else { return false };
        let key = self.training.key(name, uid);
        self.lose(name, uid, key);
        true
    }

    pub(super) fn lose(&mut self, name: &str, uid: u32, key: Vec<String>) {
        self.production.remove(name, uid);
        if name == "reasons" {
            self.find("reasons-signed-off", "missing", "production", name, key.clone());
        }
        self.differ("missing", name, key);
    }

    /// A record that production alone has.
    pub(super) fn extra(&mut self) -> bool {
        let of = self.random().one_of(DATASETS);
        let uid = self.fresh(of);
        let key = self.production.key(of.name, uid);
        if of.name == "reasons" {
            self.find("reasons-signed-off", "extra", "production", of.name, key.clone());
        }
        self.differ("extra", of.name, key);
        true
    }

    /// A new record in production.
    pub(super) fn fresh(&mut self, of: &'static Dataset) -> u32 {
        let n = of.name.len() + self.builder.random.below(3);
        let mut row = self.builder.row(of, n, &self.production);
        row.referred = false;
        let uid = row.uid;
        self.production.add(of.name, row);
        self.touched.insert(uid);
        match of.name {
            "organisations" => self.production.set(of.name, uid, "active", Cell::Flag(true)),
            "tariffs" => self.production.set(of.name, uid, "valid_to", Cell::Nothing),
            _ => {}
        }
        uid
    }

    /// The same record under another key: by its number, by its content, or by most of its content.
    pub(super) fn renamed(&mut self) -> bool {
        let name = self.dataset(&["organisations", "locations", "clinics", "codes"]).name;
        let last_rung = |r: &Row| name != "codes" || r.cells["cdf_meaning"] == Cell::Nothing;
        let Some(uid) = self.pick(name, |r| !r.referred && in_force(name, r) && last_rung(r)) else { return false };
        let (column, also): (_, &[&str]) = match name {
            "organisations" => ("code", &["phone", "beds"]),
            "locations" => ("name", &[]),
            "clinics" => ("code", &["opened"]),
            _ => ("display", &["description"]),
        };
        let also: Vec<&str> = also.iter().copied().filter(|_| self.builder.random.chance(50)).collect();
        self.rename(name, uid, column, &also);
        true
    }

    pub(super) fn rename(&mut self, name: &str, uid: u32, column: &'static str, also: &[&'static str]) {
        let old = self.training.key(name, uid);
        let text = format!("new {}", self.builder.text());
        self.production.set(name, uid, column, Cell::Text(text));
        let new = self.production.key(name, uid);
        let mut changes = Vec::new();
        for column in also {
            self.change(name, uid, column);
            let (expected, found) = self.both(name, uid, column);
            changes.push(((*column).to_owned(), expected, found));
        }
        if self.checks.renames {
            let planted = self.differ("renamed", name, old);
            planted.other_key = new;
            planted.changes = changes;
        } else {
            self.differ("missing", name, old);
            self.differ("extra", name, new);
        }
    }

    /// A code that is found on another rung of its ladder, or by a rung below the one that changed.
    pub(super) fn rekeyed(&mut self) -> bool {
        let Some(uid) = self.pick("codes", |r| r.cells["cdf_meaning"] != Cell::Nothing) else { return false };
        let old = self.training.key("codes", uid);
        let first = *self.training.cell("codes", uid, "cki") != Cell::Nothing;
        let column = if first { "cki" } else { "cdf_meaning" };
        let new = if self.random().chance(50) { Cell::Nothing } else { Cell::Text(format!("new {}", self.builder.text())) };
        self.production.set("codes", uid, column, new);
        let other = self.production.key("codes", uid);
        let mut changes = vec![column];
        if self.random().chance(50) {
            self.change("codes", uid, "description");
            changes.push("description");
        }
        let changes = changes.into_iter().map(|c| (c, self.both("codes", uid, c))).map(|(c, (e, f))| (c.to_owned(), e, f)).collect();
        let planted = self.differ("rekeyed", "codes", old);
        planted.other_key = other;
        planted.changes = changes;
        true
    }

    /// A second code with the first one's best key: both stand on lower rungs, and the shared one is told.
    pub(super) fn shared_rung(&mut self) -> bool {
        let Some(uid) = self.pick("codes", |r| r.cells["cki"] != Cell::Nothing) else { return false };
        let old = self.training.key("codes", uid);
        let below = |side: &Side, uid: u32| ["code_set", "cdf_meaning"].map(|c| side.text("codes", c, side.cell("codes", uid, c))).to_vec();
        let cki = self.production.cell("codes", uid, "cki").clone();
        let twin = self.fresh(dataset("codes"));
        let meaning = Cell::Text(format!("twin {}", self.builder.text()));
        self.production.set("codes", twin, "cki", cki);
        self.production.set("codes", twin, "cdf_meaning", meaning);
        self.differ("duplicate_key", "codes", old.clone());
        let (lower, twins) = (below(&self.production, uid), below(&self.production, twin));
        self.differ("rekeyed", "codes", old).other_key = lower;
        self.differ("extra", "codes", twins);
        true
    }

    /// A record that is there twice, on one side.
    pub(super) fn duplicate(&mut self) -> bool {
        let name = self.dataset(&["organisations", "locations", "roles", "clinics", "sessions", "interfaces", "reasons", "tariffs"]).name;
        let Some(uid) = self.pick_alone(name) else { return false };
        let key = self.training.key(name, uid);
        let twin = self.builder.uid();
        let side = self.some_side();
        let mut row = side.row(name, uid).expect("it is on both sides").clone();
        row.uid = twin;
        side.add(name, row);
        let environment = side.name;
        self.touched.insert(twin);
        self.find(&format!("{name}-match"), "duplicate_key", environment, name, key.clone());
        if name == "reasons" && environment == "production" {
            self.find("reasons-signed-off", "duplicate_key", environment, name, key.clone());
        }
        if name == "roles" && environment == "production" {
            // The clerk sees both.
            self.find("roles-visible", "duplicate_key", environment, name, key.clone());
            self.find("roles-visible", "duplicate_key", environment, "roles@clerk", key);
        }
        true
    }

    /// A record whose key is empty, or nothing but spaces.
    pub(super) fn keyless(&mut self) -> bool {
        let name = self.dataset(&["organisations", "locations", "clinics", "sessions", "interfaces", "reasons", "tariffs"]).name;
        let Some(uid) = self.pick_alone(name) else { return false };
        let key = self.training.key(name, uid);
        let column = if name == "reasons" { "code" } else { dataset(name).key[0][0] };
        let nothing = if self.random().chance(30) { Cell::Text("   ".to_owned()) } else { Cell::Nothing };
        let side = self.some_side();
        side.set(name, uid, column, nothing);
        let (words, environment) = (in_words(side, name, uid), side.name);
        self.find(&format!("{name}-match"), "missing_key", environment, name, vec![words]);
        self.differ(if environment == "training" { "extra" } else { "missing" }, name, key.clone());
        if name == "reasons" && environment == "production" {
            self.find("reasons-signed-off", "missing", environment, name, key);
            self.find("reasons-signed-off", "extra", environment, name, Vec::new());
        }
        true
    }

    /// A tariff that is not in force on the day, on one side only.
    pub(super) fn not_in_force(&mut self) -> bool {
        let Some(uid) = self.pick("tariffs", |r| in_force("tariffs", r)) else { return false };
        let (column, day) = *self.random().one_of(&[("valid_to", "2035-02-23"), ("valid_from", "2035-02-25")]);
        let side = self.some_side();
        side.set("tariffs", uid, column, Cell::Day(day.to_owned()));
        let kind = if side.name == "training" { "extra" } else { "missing" };
        let key = self.training.key("tariffs", uid);
        self.differ(kind, "tariffs", key);
        true
    }
}

/// A record without a key, as it is told: its cells in words, cut after 120 characters.
fn in_words(side: &Side, name: &str, uid: u32) -> String {
    let row = side.row(name, uid).expect("a row");
    let cells = dataset(name).columns.iter().map(|c| (c.name, side.text(name, c.name, &row.cells[c.name])));
    let words: Vec<String> = cells.filter(|(_, text)| !text.is_empty()).map(|(name, text)| format!("{name}={text}")).collect();
    let words = words.join(", ");
    if words.chars().count() <= 120 { words } else { words.chars().take(120).chain(['…']).collect() }
}
