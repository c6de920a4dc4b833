//! Faults that checks beside parity find: conditions, queries, the signed list, a login's view, numbers of records.

use std::collections::{BTreeMap, BTreeSet};

use super::datasets::dataset;
use super::hospital::{Cell, Row, Side};
use super::plan::Plan;

/// The highest level that the query allows.
pub(super) const MOST_LEVEL: u64 = 500_000;

/// What the login sees otherwise than everybody else.
pub(super) enum Sight {
    /// It does not see this role.
    Hidden(u32),
    /// It sees another area of this role.
    Otherwise(u32, Cell),
    /// Nobody else sees this role.
    Alone(Row),
}

impl Plan {
    /// A session that breaks its condition.
    pub(super) fn violated(&mut self) -> bool {
        let (column, value) = *self.random().one_of(&[("slots", "0"), ("slots", "-3"), ("slot_minutes", "4"), ("slot_minutes", "901")]);
        self.unbookable("violated", column, Cell::Number(value.to_owned()))
    }

    /// A session whose condition cannot be decided.
    pub(super) fn undecided(&mut self) -> bool {
        let column = *self.random().one_of(&["slots", "slot_minutes"]);
        self.unbookable("undecided", column, Cell::Nothing)
    }

    fn unbookable(&mut self, kind: &str, column: &'static str, value: Cell) -> bool {
        let Some(uid) = self.pick("sessions", |_| true) else { return false };
        self.production.set("sessions", uid, column, value.clone());
        let key = self.training.key("sessions", uid);
        if self.random().chance(50) {
            // On both sides: no difference, and still wrong.
            self.training.set("sessions", uid, column, value);
        } else {
            self.cells("sessions-match", "changed", ("sessions", uid, column));
        }
        let shown = |c| format!("{c} is {}", self.production.shown("sessions", c, self.production.cell("sessions", uid, c)));
        let found = format!("'{}, {}'", shown("slots"), shown("slot_minutes"));
        self.find("sessions-bookable", kind, "production", "sessions", key).found = found;
        true
    }

    /// The signed list says something else than both sides.
    pub(super) fn listed(&mut self) -> bool {
        if self.random().chance(30) {
            let (kind, code) = ("cancel".to_owned(), format!("listed {}", self.builder.uid()));
            self.list.push(vec![kind.clone(), code.clone(), "on the list only".to_owned(), "true".to_owned()]);
            self.find("reasons-signed-off", "missing", "production", "reasons", vec![kind, code]);
            return true;
        }
        let Some(uid) = self.pick("reasons", |_| true) else { return false };
        let key = self.training.key("reasons", uid);
        let line = self.list.iter().position(|row| row[..2] == key[..]).expect("every reason is listed");
        if self.random().chance(50) {
            self.list.remove(line);
            self.find("reasons-signed-off", "extra", "production", "reasons", key);
        } else {
            let signed = self.builder.text();
            self.list[line][2].clone_from(&signed);
            let found = self.both("reasons", uid, "name").1;
            self.values("reasons-signed-off", "changed", key, ("reasons", "name"), (format!("'{signed}'"), found));
        }
        true
    }

    /// A role that the login does not see, and everybody else does.
    pub(super) fn hidden(&mut self) -> bool {
        let Some(uid) = self.pick("roles", |_| true) else { return false };
        let key = self.training.key("roles", uid);
        self.find("roles-visible", "not_visible", "production", "roles@clerk", key);
        self.sights.push(Sight::Hidden(uid));
        true
    }

    /// A role that reads otherwise for the login.
    pub(super) fn seen_otherwise(&mut self) -> bool {
        let Some(uid) = self.pick("roles", |_| true) else { return false };
        let text = self.builder.text();
        let expected = self.both("roles", uid, "area").1;
        let key = self.training.key("roles", uid);
        self.values("roles-visible", "changed", key, ("roles@clerk", "area"), (expected, format!("'{text}'")));
        self.sights.push(Sight::Otherwise(uid, Cell::Text(text)));
        true
    }

    /// A role that only the login sees.
    pub(super) fn seen_alone(&mut self) -> bool {
        let row = self.builder.row(dataset("roles"), 0, &self.production);
        let uid = row.uid;
        self.sights.push(Sight::Alone(row));
        let key = self.clerk().key("roles", uid);
        self.find("roles-visible", "extra", "production", "roles@clerk", key);
        true
    }

    /// Production as the login sees it.
    pub(super) fn clerk(&self) -> Side {
        let mut clerk = self.production.clone();
        for sight in &self.sights {
            match sight {
                Sight::Hidden(uid) => clerk.remove("roles", *uid),
                Sight::Otherwise(uid, area) => clerk.set("roles", *uid, "area", area.clone()),
                Sight::Alone(row) => clerk.add("roles", row.clone()),
            }
        }
        clerk
    }

    /// A role of a level that the query forbids: on both sides, or a change of production as well.
    pub(super) fn queried(&mut self) -> bool {
        let Some(uid) = self.pick("roles", |_| true) else { return false };
        let level = (MOST_LEVEL + 1 + u64::from(uid)).to_string();
        self.production.set("roles", uid, "level", Cell::Number(level.clone()));
        if self.random().chance(50) {
            self.training.set("roles", uid, "level", Cell::Number(level.clone()));
        } else {
            self.cells("roles-match", "changed", ("roles", uid, "level"));
        }
        let key = self.training.key("roles", uid);
        self.values("roles-below-level", "violated", key, ("roles", "level"), (String::new(), format!("'{level}'")));
        true
    }

    /// Numbers of records that follow from all other faults.
    pub(super) fn count(&mut self) {
        let by_clinic = |side: &Side| {
            let mut counts: BTreeMap<String, u64> = BTreeMap::new();
            for row in &side.tables["sessions"] {
                if let Cell::To(clinic) = row.cells["clinic"] {
                    *counts.entry(side.key("clinics", clinic).join(" | ")).or_default() += 1;
                }
            }
            counts
        };
        let (there, here) = (by_clinic(&self.training), by_clinic(&self.production));
        for clinic in there.keys().chain(here.keys()).cloned().collect::<BTreeSet<_>>() {
            let of = |counts: &BTreeMap<String, u64>| counts.get(&clinic).copied().unwrap_or(0);
            let (expected, found) = (of(&there), of(&here));
            let gone = (expected == 0) != (found == 0);
            if gone || expected.abs_diff(found) > self.checks.within {
                let values = (format!("'{expected}'"), format!("'{found}'"));
                self.values("sessions-per-clinic", "count", vec![clinic], ("sessions", "clinic"), values);
            }
        }
        let (expected, found) = (self.checks.interfaces, self.production.tables["interfaces"].len());
        if expected != found {
            let values = (format!("'{expected}'"), format!("'{found}'"));
            self.values("interfaces-counted", "count", Vec::new(), ("interfaces", ""), values);
        }
    }
}
