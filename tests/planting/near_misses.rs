//! What looks like a fault and is none.

use super::builder::money;
use super::datasets::{GO_LIVE, dataset};
use super::hospital::Cell;
use super::plan::{Plan, in_force};

impl Plan {
    /// Another spelling of one cell that means the same.
    fn alike(&mut self, name: &str, column: &'static str, respell: fn(&mut Self, &Cell) -> Option<Cell>) -> bool {
        let Some(uid) = self.pick(name, |_| true) else { return false };
        let old = self.production.cell(name, uid, column).clone();
        let Some(new) = respell(self, &old) else { return false };
        self.production.set(name, uid, column, new);
        true
    }

    /// Nobody compares comments.
    pub(super) fn comment(&mut self) -> bool {
        self.alike("clinics", "comment", |p, _| Some(Cell::Text(p.builder.text())))
    }

    /// Case, spaces and, where the file can say it, composition are taken out of names.
    pub(super) fn restyled_name(&mut self) -> bool {
        self.alike("clinics", "name", |p, cell| {
            let Cell::Text(text) = cell else { return None };
            let text = if p.random().chance(50) { text.to_uppercase() } else { text.clone() };
            let apart = text.replace('ä', "a\u{308}").replace('Ä', "A\u{308}").replace('ö', "o\u{308}").replace('ï', "i\u{308}");
            Some(Cell::Text(format!("  {} ", if p.can.unicode { apart } else { text })))
        })
    }

    pub(super) fn restyled_key(&mut self) -> bool {
        self.alike("interfaces", "name", |_, cell| {
            let Cell::Text(text) = cell else { return None };
            Some(Cell::Text(format!(" {} ", text.to_uppercase())))
        })
    }

    /// Up to the tolerance, and not beyond.
    pub(super) fn nearly(&mut self) -> bool {
        self.alike("clinics", "first_ratio", |p, cell| {
            let Cell::Number(text) = cell else { return None };
            let cents: i64 = text.replace('.', "").parse().expect("cents");
            Some(money(cents + *p.random().one_of(&[-5, -1, 3, 5])))
        })
    }

    pub(super) fn blank_again(&mut self) -> bool {
        self.alike("sessions", "note", |p, cell| {
            let mut others = p.can.blanks.to_vec();
            others.push(Cell::Text("  ".to_owned()));
            match cell {
                Cell::Text(text) => Some(Cell::Text(format!(" {text}  "))),
                _ => Some(p.random().one_of(&others).clone()),
            }
        })
    }

    /// An organisation that is closed on both sides may read otherwise, be gone or be new.
    pub(super) fn closed(&mut self) -> bool {
        let Some(uid) = self.pick("organisations", |r| r.cells["active"] == Cell::Flag(false) && !r.referred) else { return false };
        match self.random().below(3) {
            0 => self.production.remove("organisations", uid),
            1 => {
                let new = self.fresh(dataset("organisations"));
                self.production.set("organisations", new, "active", Cell::Flag(false));
            }
            _ => self.change("organisations", uid, "name"),
        }
        true
    }

    /// A tariff that ended on both sides.
    pub(super) fn long_ended(&mut self) -> bool {
        let Some(uid) = self.pick("tariffs", |r| !in_force("tariffs", r)) else { return false };
        if self.random().chance(50) {
            self.change("tariffs", uid, "price");
        } else {
            self.production.remove("tariffs", uid);
        }
        true
    }

    /// A tariff with an earlier price that ended when the one in force began, be it on the very day.
    pub(super) fn superseded(&mut self) -> bool {
        let Some(uid) = self.pick("tariffs", |r| in_force("tariffs", r)) else { return false };
        if self.random().chance(50) {
            for side in [&mut self.training, &mut self.production] {
                side.set("tariffs", uid, "valid_from", Cell::Day(GO_LIVE[..10].to_owned()));
            }
        }
        let mut row = self.production.row("tariffs", uid).expect("a row").clone();
        row.uid = self.builder.uid();
        self.touched.insert(row.uid);
        row.cells.insert("price", money(1));
        row.cells.insert("valid_to", row.cells["valid_from"].clone());
        row.cells.insert("valid_from", Cell::Day("2020-01-01".to_owned()));
        self.production.add("tariffs", row);
        true
    }

    /// A tariff for next year.
    pub(super) fn not_yet(&mut self) -> bool {
        let uid = self.fresh(dataset("tariffs"));
        self.production.set("tariffs", uid, "valid_from", Cell::Day("2036-04-01".to_owned()));
        true
    }

    /// The same session under another internal number.
    pub(super) fn renumbered(&mut self) -> bool {
        let Some(uid) = self.pick("sessions", |_| true) else { return false };
        let mut row = self.production.row("sessions", uid).expect("a row").clone();
        row.uid = self.builder.uid();
        self.touched.insert(row.uid);
        self.production.remove("sessions", uid);
        self.production.add("sessions", row);
        true
    }
}
