//! The standard criteria of a go-live: what past ones failed by.

use crate::document::suggest;

/// One criterion of the standard list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandardCriterion {
    /// Its id, such as `CLN-1`.
    pub id: &'static str,
    /// What it asks.
    pub title: &'static str,
}

const fn criterion(id: &'static str, title: &'static str) -> StandardCriterion {
    StandardCriterion { id, title }
}

/// The standard list: everything that blocks a go-live, or blocks it unless a named person signs for it.
pub const STANDARD_CRITERIA: &[StandardCriterion] = &[
    criterion("PAR-1", "Training and production hold the same configuration"),
    criterion("PAR-2", "Training and production run the same version with the same modules"),
    criterion("PAR-3", "Nothing has changed since staff were trained"),
    criterion("PAR-4", "Codes mean the same, in the same order and with the same defaults"),
    criterion("PAR-5", "Users' serious concerns are closed and each department has accepted the system"),
    criterion("TRN-1", "Enough staff of every role are trained and assessed on this build"),
    criterion("TRN-2", "Super-users cover every ward and shift"),
    criterion("CLN-1", "Every signed-off clinic is in production and active"),
    criterion("CLN-2", "Booking staff can see every clinic and find a free slot in it"),
    criterion("CLN-3", "Clinic templates are as signed off"),
    criterion("CLN-4", "An appointment can be booked, moved and cancelled in every type of clinic"),
    criterion("CLN-5", "Appointments can be rescheduled, with reasons, by those who should"),
    criterion("MIG-1", "Migrated appointments sit in slots"),
    criterion("NOT-1", "Every patient of the first clinic days has case notes with a known place"),
    criterion("NOT-2", "Case-note tracking knows the same locations and volumes as before"),
    criterion("NOT-3", "Patients, volumes and documents all arrived, or their absence is explained"),
    criterion("FLD-1", "Every screen has its fields, with the same rules and order"),
    criterion("FLD-2", "Every element of the mandated data sets has a field and national codes"),
    criterion("RTT-1", "The 18-week status codes are complete and mapped to national codes"),
    criterion("RTT-2", "The 18-week report runs on migrated data and agrees with the old one"),
    criterion("ROL-1", "Roles have the same rights, and no training accounts are left"),
    criterion("VIS-1", "Notes, diagnoses, tests and follow-ups can be seen for a test patient"),
    criterion("RES-1", "Fail-over and back was exercised within its limits"),
    criterion("RES-3", "Every recent serious outage has a cause and closed actions"),
    criterion("PRF-1", "Named transactions are fast enough under expected load, from each site"),
    criterion("PRF-2", "The database is healthy and its maintenance runs"),
    criterion("PRF-3", "The system is reachable from every site and for every group of users"),
    criterion("SUP-1", "Support contracts are in force past the go-live"),
    criterion("SUP-2", "The escalation path is written down and was tried"),
    criterion("SUP-3", "For each component it is known who may call whom"),
    criterion("SUP-4", "A named specialist is on call in the first weeks"),
    criterion("BCP-1", "Every department has tested how it works without this system"),
    criterion("BCP-2", "An alert reaches every site, and is acknowledged"),
    criterion("HYP-1", "The early support team and its exit criteria are agreed"),
    criterion("DOM-1", "Everyone who shares the system has agreed to the change and tested"),
    criterion("DOM-2", "One organisation's settings do not reach another's"),
    criterion("REL-1", "The deployed release is the declared one, and nothing relies on a later one"),
    criterion("REL-2", "What was promised for the go-live is offered, and works"),
    criterion("LOC-1", "Every local requirement is met, and sites differ only where that is declared"),
    criterion("TST-1", "Testing is complete on this build, with no serious defect open"),
    criterion("INT-1", "Neighbouring systems exchange messages and codes with this one"),
    criterion("INT-2", "National services answer, with valid certificates and roles"),
    criterion("CON-1", "Consent codes are as decided"),
    criterion("DEC-1", "The old system stays readable"),
    criterion("ISS-1", "Open issues are within the agreed limits"),
    criterion("GOV-1", "The decision is on record, with its evidence"),
    criterion("GOV-2", "No change of supplier falls into the go-live"),
    criterion("QUE-1", "Every order goes to a place that exists, is active and is watched"),
    criterion("DEV-1", "Printers and devices are mapped to their places and tested"),
    criterion("SEC-1", "Security was tested, and the use of data is approved"),
    criterion("SAF-1", "The clinical safety case is approved, and what is left of each hazard is tolerable"),
    criterion("CUT-1", "The cutover and the way back were rehearsed"),
    criterion("OPS-1", "Clinics, rotas and messages to patients are prepared for the first weeks"),
];

/// Criteria that warn or inform: the catalogue asks them, and no GO requires them.
pub const FURTHER_CRITERIA: &[StandardCriterion] = &[
    criterion("RES-2", "How long outages lasted comes from the monitoring, not from statements"),
    criterion("SUP-5", "A risk is closed only with evidence newer than the last outage"),
    criterion("GOV-3", "Every lesson of an earlier go-live has a check"),
];

/// Why `id` is no criterion, as what to do about it; `None` when it is one of the standard list or of the hospital's own.
///
/// A hospital's own criteria need a prefix of their own, unlike any of the list: a mistyped id would otherwise be taken for
/// one of them, and nobody would miss it.
pub fn objection(id: &str) -> Option<String> {
    if known().any(|c| c.id == id) || (is_well_formed(id) && !resembles_standard(id)) {
        return None;
    }
    Some(suggest::nearest(id, known().map(|c| c.id)).map_or_else(
        || "ids are such as CLN-1; a criterion of your own has a prefix of its own, such as OURS-1".to_owned(),
        |near| format!("did you mean `{near}`?"),
    ))
}

fn known() -> impl Iterator<Item = &'static StandardCriterion> {
    STANDARD_CRITERIA.iter().chain(FURTHER_CRITERIA)
}

/// Capital letters, a hyphen, a number.
fn is_well_formed(id: &str) -> bool {
    id.split_once('-').is_some_and(|(prefix, number)| {
        let letters = !prefix.is_empty() && prefix.bytes().all(|b| b.is_ascii_uppercase());
        letters && !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// True when the letters of the prefix are those of a standard one, in any order: `CNL-1` is a slip of the finger.
fn resembles_standard(id: &str) -> bool {
    let letters = |id: &str| {
        let mut letters: Vec<u8> = id.bytes().take_while(|b| *b != b'-').collect();
        letters.sort_unstable();
        letters
    };
    known().any(|c| letters(c.id) == letters(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_list_has_well_formed_ids_once_each_and_short_titles() {
        let mut ids = std::collections::BTreeSet::new();
        for c in known() {
            assert!(is_well_formed(c.id), "{}", c.id);
            assert!(ids.insert(c.id), "{} twice", c.id);
            assert!(c.title.len() <= 90 && !c.title.ends_with('.'), "{}", c.title);
        }
        assert_eq!((STANDARD_CRITERIA.len(), FURTHER_CRITERIA.len()), (53, 3));
    }

    #[test]
    fn own_criteria_are_told_apart_from_mistyped_ones() {
        for good in ["CLN-1", "OURS-1", "LAB-12"] {
            assert_eq!(objection(good), None, "{good}");
        }
        for bad in ["CLN-12", "CNL-2", "CLN1", "cln-1", "CLN-", "-1", "OURS-1a", ""] {
            assert!(objection(bad).is_some(), "{bad}");
        }
        assert_eq!(objection("CNL-2").unwrap(), "did you mean `CLN-2`?");
    }
}
