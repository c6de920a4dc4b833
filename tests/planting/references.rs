//! Faults of what refers to something, and of what is referred to.

use std::collections::BTreeSet;

use super::hospital::{Cell, Side};
use super::plan::Plan;

impl Plan {
    /// A reference to a record that nobody has.
    pub(super) fn unresolved(&mut self) -> bool {
        let (name, column) = *self.random().one_of(&[("clinics", "location"), ("clinics", "bookable_roles"), ("sessions", "clinic")]);
        let Some(uid) = self.pick(name, |_| true) else { return false };
        let key = self.training.key(name, uid);
        let number = format!("99{uid}");
        let side = self.some_side();
        side.set(name, uid, column, Cell::Dangling(number));
        let (environment, found) = (side.name, side.shown(name, column, side.cell(name, uid, column)));
        let also = match column {
            // Sessions are counted by clinic on both sides.
            "clinic" => Some("sessions-per-clinic"),
            "location" if environment == "production" => Some("clinic-locations-exist"),
            _ => None,
        };
        for check in [Some(format!("{name}-match").as_str()), also].into_iter().flatten() {
            self.broken(check, "unresolved", environment, key.clone(), (name, column), &found);
        }
        true
    }

    /// A location that clinics refer to, with clinics that have no other fault.
    fn pick_parent(&mut self) -> Option<(u32, Vec<u32>)> {
        let refers = |side: &Side, clinic: u32, to: u32| side.row("clinics", clinic).is_some_and(|r| r.cells["location"] == Cell::To(to));
        let clinics: BTreeSet<u32> = [&self.training, &self.production].iter().flat_map(|s| &s.tables["clinics"]).map(|r| r.uid).collect();
        let children = |to: u32| {
            let all = clinics.iter().copied();
            all.filter(|c| refers(&self.training, *c, to) || refers(&self.production, *c, to)).collect::<Vec<_>>()
        };
        let free = |uid: &u32| !self.touched.contains(uid);
        let parents = self.training.tables["locations"].iter().filter(|r| r.referred).map(|r| r.uid).filter(free);
        let parents: Vec<(u32, Vec<u32>)> = parents.map(|p| (p, children(p))).filter(|(_, c)| c.iter().all(free)).collect();
        if parents.is_empty() {
            return None;
        }
        let found = self.random().one_of(&parents).clone();
        self.touched.insert(found.0);
        self.touched.extend(&found.1);
        Some(found)
    }

    /// A location is gone, and clinics are still there.
    pub(super) fn parent_missing(&mut self) -> bool {
        let Some((location, clinics)) = self.pick_parent() else { return false };
        let key = self.training.key("locations", location);
        self.lose("locations", location, key);
        let number = self.production.id("locations", location);
        for clinic in clinics {
            self.production.set("clinics", clinic, "location", Cell::Dangling(number.clone()));
            let key = self.training.key("clinics", clinic);
            for check in ["clinics-match", "clinic-locations-exist"] {
                self.broken(check, "unresolved", "production", key.clone(), ("clinics", "location"), &format!("unresolved '{number}'"));
            }
        }
        true
    }

    /// A location has another name, and with it the clinics that are there.
    pub(super) fn parent_renamed(&mut self) -> bool {
        let Some((location, clinics)) = self.pick_parent() else { return false };
        self.rename("locations", location, "name", &[]);
        for clinic in clinics {
            self.cells("clinics-match", "changed", ("clinics", clinic, "location"));
        }
        true
    }
}
