//! For each criterion of the catalogue a failure in the data, and exactly what must be found.

pub use super::hospital::BOTH;
use super::hospital::{Hospital, LIVE};

/// A failure, planted in the data of the hospital.
pub struct Planting {
    /// Criterion that it fails.
    pub criterion: &'static str,
    /// What is wrong.
    pub what: &'static str,
    pub plant: fn(Hospital) -> Hospital,
    /// `check kind key field` of every finding, parts of a key joined by `|`; `-` where there is none.
    pub findings: &'static [&'static str],
}

macro_rules! plantings {
    ($($criterion:literal $what:literal $plant:expr => [$($finding:literal),* $(,)?])*) => {
        &[$(Planting { criterion: $criterion, what: $what, plant: $plant, findings: &[$($finding),*] }),*]
    };
}

pub const PLANTINGS: &[Planting] = plantings! {
    "PAR-1" "an organisation is called otherwise in production" |h| h.set(LIVE, "organisations", &["@O3"], "name", "Riverside South")
        => ["standard-organisations-match changed RGH02 name"]
    "PAR-1" "a place is out of use" |h| h.set(LIVE, "locations", &["@L2"], "active", "N")
        => ["standard-locations-match changed Outpatients A|RGH02 active"]
    "PAR-1" "a letter has another version" |h| h.set(LIVE, "letters", &["@E1"], "version", "2")
        => ["standard-letters-match changed APPT version"]
    "PAR-1" "a report is defined otherwise" |h| h.set(LIVE, "reports", &["@X2"], "definition", "select 3")
        => ["standard-reports-match changed clinic-list definition"]
    "PAR-2" "training runs an older patch" |h| h.set(&["training"], "build", &["@Y2"], "patch", "2")
        => ["standard-build-match changed scheduling patch"]
    "PAR-4" "a code set is out of use" |h| h.set(LIVE, "code_sets", &["@D1"], "active", "N")
        => ["standard-code-sets-match changed RTT active"]
    "PAR-4" "a code comes later in the list" |h| h.set(LIVE, "codes", &["@cRTT90"], "sequence", "99")
        => ["standard-codes-match changed CKI.21 sequence"]
    "PAR-4" "a code in use shows nothing" |h| h.add(BOTH, "codes", "@cX1,LOCAL,1,CKI.99,LOCAL_1, ,,Y,99,2026-12-01T10:00:00Z")
        => ["standard-codes-readable violated CKI.99 -"]
    "PAR-5" "a serious concern is open" |h| h.set(LIVE, "issues", &["@i3"], "status", "open").set(LIVE, "issues", &["@i3"], "closed_on", "")
        => ["standard-concerns-closed violated ISS-3 -"]
    "CLN-1" "a clinic is there under another code only" |h| h.set(LIVE, "clinics", &["@C2"], "code", "DERM9")
        => [
            "standard-clinics-match renamed DERM01 -",
            "standard-clinics-signed-off missing DERM01 -",
            "standard-sessions-match changed DERM01TU clinic",
            "standard-templates-signed-off changed DERM01TU clinic",
        ]
    "CLN-1" "a clinic is switched off on both sides" |h| h.set(BOTH, "clinics", &["@C1"], "active", "N")
        => ["standard-clinics-active violated CARD01 -"]
    "CLN-1" "a clinic was signed off and never built" |h| h.add_to_list("clinics", "NEUR01,Neurology")
        => ["standard-clinics-signed-off missing NEUR01 -"]
    "CLN-1" "a clinic is held nowhere" |h| h.set(BOTH, "clinics", &["@C1"], "location", "@L9")
        => ["standard-clinics-match unresolved CARD01 location", "standard-clinic-locations-exist unresolved CARD01 location", "standard-clinics-visible unresolved CARD01 location"]
    "CLN-2" "clerks do not see a clinic" |h| h.hide("@C2")
        => ["standard-clinics-visible not_visible DERM01 -"]
    "CLN-2" "nobody may book into a clinic" |h| h.set(BOTH, "clinics", &["@C2"], "bookable_roles", "")
        => ["standard-clinics-have-booking-roles violated DERM01 -"]
    "CLN-2" "a clinic has no free slot" |h| h.set(LIVE, "slots", &["@T3"], "status", "blocked")
        => ["standard-clinics-have-free-slots count DERM01 clinic"]
    "CLN-3" "a session is a slot shorter" |h| h.set(LIVE, "sessions", &["@S1"], "slots", "8")
        => ["standard-sessions-match changed CARD01MO slots", "standard-templates-signed-off changed CARD01MO slots"]
    "CLN-3" "a session is signed off as longer" |h| h.change_list("sessions", "DERM01TU", "slots", "14")
        => ["standard-templates-signed-off changed DERM01TU slots"]
    "CLN-3" "a session ends before it starts" |h| h.set(BOTH, "sessions", &["@S2"], "ends", "13:00").change_list("sessions", "DERM01TU", "ends", "13:00:00")
        => ["standard-sessions-bookable violated DERM01TU -"]
    "CLN-3" "a session belongs to no clinic" |h| h.add(BOTH, "sessions", "@S3,OLD01FR,@C9,Friday,09:00,12:00,20,9,1,@A1,2027-01-01,")
        => ["standard-sessions-match unresolved OLD01FR clinic", "standard-session-clinics-exist unresolved OLD01FR clinic"]
    "CLN-3" "a clinic has no letter" |h| h.set(BOTH, "clinics", &["@C1"], "letter", "")
        => ["standard-clinic-letters-exist unresolved CARD01 letter"]
    "CLN-3" "a type of appointment is longer" |h| h.set(LIVE, "appointment_types", &["@A2"], "minutes", "30")
        => ["standard-appointment-types-match changed FUP minutes"]
    "CLN-5" "a reason cannot be given" |h| h.set(LIVE, "reasons", &["@N2"], "active", "N")
        => ["standard-reasons-match changed cancel|HOSP active"]
    "CLN-5" "an agreed reason is on neither side" |h| h.drop(BOTH, "reasons", &["@N1"])
        => ["standard-reasons-signed-off missing reschedule|PAT -"]
    "CLN-5" "clerks may not move appointments" |h| h.drop(BOTH, "privileges", &["@P1"])
        => ["standard-rescheduling-rights missing booking clerk|move appointments -"]
    "MIG-1" "four of 600 appointments stand outside a slot" |h| h.set(LIVE, "appointments", &["@a0", "@a2", "@a4", "@a6"], "in_slot", "N")
        => ["standard-appointments-in-slots count - -", "standard-appointments-out-of-slot-by-clinic count CARD01 clinic"]
    "NOT-1" "no notes for a patient of the first days" |h| h.set(LIVE, "appointments", &["@a1"], "notes_located", "N")
        => ["standard-notes-of-the-first-days count DERM01 clinic"]
    "NOT-2" "notes can be lent for longer" |h| h.set(LIVE, "case_note_locations", &["@K1"], "name", "Basement")
        => ["standard-tracking-locations-match changed LIB1 name", "standard-tracking-locations-signed-off changed LIB1 name"]
    "NOT-2" "a place of the old system is on neither side" |h| h.add_to_list("tracking-locations", "STORE2,Outside store,0")
        => ["standard-tracking-locations-signed-off missing STORE2 -"]
    "FLD-1" "a screen has another version" |h| h.set(LIVE, "screens", &["@F1"], "version", "3")
        => ["standard-screens-match changed outpatient-outcome version"]
    "FLD-1" "a field is missing" |h| h.drop(LIVE, "fields", &["@G3"])
        => ["standard-fields-match missing outpatient-outcome|remark -"]
    "FLD-1" "a field has another default" |h| h.set(LIVE, "fields", &["@G2"], "default_value", "")
        => ["standard-fields-match changed outpatient-outcome|rtt_status default_value"]
    "FLD-2" "a mandated field is optional on both sides" |h| h.set(BOTH, "fields", &["@G1"], "required", "N")
        => ["standard-data-set-fields changed outpatient-outcome|outcome required"]
    "RTT-1" "a status is missing on both sides" |h| h.drop(BOTH, "codes", &["@cRTT33"])
        => ["standard-rtt-codes missing RTT|Failure to attend the first activity -"]
    "RTT-1" "an outcome has another national code" |h| h.set(BOTH, "codes", &["@cOUTCOME_OF_ATTENDANCE2"], "code", "7")
        => ["standard-attendance-outcomes changed OUTCOME_OF_ATTENDANCE|Another appointment given code"]
    "RTT-1" "the code for an administrative clock stop is retired" |h| h.set(BOTH, "codes", &["@cFIRST_ATTENDANCE5"], "active", "N")
        => ["standard-first-attendance missing FIRST_ATTENDANCE|Referral to treatment clock stop administrative event -"]
    "RTT-1" "a map is out of use" |h| h.set(LIVE, "code_maps", &["@M3"], "active", "N")
        => ["standard-code-maps-match changed LOCAL_SPECIALTY|CAR|NATIONAL_SPECIALTY active"]
    "RTT-1" "a status is mapped to another" |h| h.set(BOTH, "code_maps", &["@M2"], "target_code", "20")
        => ["standard-national-maps violated RTT|30|NATIONAL_RTT -"]
    "RTT-2" "a pathway has no start" |h| h.set(LIVE, "pathways", &["@w7"], "started", "N")
        => ["standard-pathways-complete count 330 specialty"]
    "RTT-2" "a pathway has no status" |h| h.set(LIVE, "pathways", &["@w8"], "status", "")
        => ["standard-pathways-complete count 320 specialty"]
    "RTT-2" "the return has not run since the migration" |h| h.set(LIVE, "reports", &["@X1"], "last_run_on", "{d-35}")
        => ["standard-statutory-reports-run violated rtt-monthly -"]
    "CON-1" "a consent code was built that nobody decided on" |h| h.add(BOTH, "codes", "@cX2,CONSENT,3,CKI.98,CONSENT_3,Ask again,,Y,98,2026-12-01T10:00:00Z")
        => ["standard-consent-codes extra CKI.98 -"]
    "ROL-1" "a role is described otherwise" |h| h.set(LIVE, "roles", &["@R2"], "description", "Runs theatres")
        => ["standard-roles-match changed outpatient nurse description"]
    "ROL-1" "a role may do more than it was taught" |h| h.set(LIVE, "privileges", &["@P3"], "level", "write")
        => ["standard-rights-match changed outpatient nurse|view appointments level"]
    "ROL-1" "a training account is active" |h| h.set(LIVE, "users", &["@U3"], "active", "Y")
        => [
            "standard-no-training-accounts violated u003 -",
            "standard-accounts-are-trained violated u003 -",
            "standard-roles-are-trained violated outpatient nurse -",
        ]
    "ROL-1" "nobody works in a role" |h| h.set(LIVE, "users", &["@U1"], "active", "N")
        => ["standard-roles-are-staffed count booking clerk role"]
    "INT-1" "training sends to the live laboratory" |h| h.set(&["training"], "interfaces", &["@I1"], "address", "tcp://production.lab.example:4001")
        => ["standard-interfaces-match not_different pathology results address"]
    "INT-1" "messages wait" |h| h.set(LIVE, "interfaces", &["@I1"], "queue_length", "12")
        => ["standard-queues-empty violated pathology results -"]
    "INT-2" "a certificate ends soon" |h| h.set(LIVE, "interfaces", &["@I2"], "certificate_expires", "{d+5}")
        => ["standard-certificates-valid violated demographics -"]
    "QUE-1" "an order goes nowhere" |h| h.set(LIVE, "orderables", &["@B1"], "work_queue", "@Q9")
        => ["standard-orders-have-queues unresolved XRCHEST work_queue"]
    "QUE-1" "nobody watches a queue" |h| h.set(LIVE, "work_queues", &["@Q1"], "monitored", "N")
        => ["standard-queues-are-watched violated radiology requests -"]
    "DEV-1" "a printer prints in the other place" |h| h.set(LIVE, "devices", &["@V2"], "location", "@L1")
        => ["standard-devices-match changed LBL-OPA-1 location"]
    "DEV-1" "a printer stands nowhere" |h| h.set(BOTH, "devices", &["@V1"], "location", "")
        => ["standard-device-locations-exist unresolved PRN-OPA-1 location"]
    "DEV-1" "a printer was not tested" |h| h.set(LIVE, "devices", &["@V1"], "tested_on", "")
        => ["standard-devices-tested undecided PRN-OPA-1 -"]
    "RES-1" "the second node is down" |h| h.set(LIVE, "measurements", &["@J06"], "value", "0")
        => ["standard-nodes-healthy violated node|secondary|RGH02 -"]
    "RES-2" "an outage was longer than stated" |h| h.set(LIVE, "issues", &["@i4"], "minutes_stated", "20")
        => ["standard-outages-measured violated ISS-4 -"]
    "RES-3" "an outage has no cause" |h| h.set(LIVE, "issues", &["@i4"], "cause", "")
        => ["standard-outages-explained violated ISS-4 -"]
    "PRF-1" "booking is slow at one site" |h| h.set(LIVE, "measurements", &["@J02"], "value", "2600")
        => ["standard-transactions-fast-enough violated response_time|book appointment|RGH02 -"]
    "PRF-2" "the database is fragmented" |h| h.set(LIVE, "measurements", &["@J07"], "value", "35")
        => ["standard-database-healthy violated database|fragmentation_percent|RGH01 -"]
    "PRF-2" "nobody measured the free space" |h| h.drop(LIVE, "measurements", &["@J08"])
        => ["standard-database-measured count - -"]
    "PRF-3" "one site could not work for hours" |h| h.set(LIVE, "measurements", &["@J04"], "value", "97.2")
        => ["standard-reachable-from-every-site violated availability|booking clerks|RGH02 -"]
    "SUP-1" "support is a red risk" |h| h.set(LIVE, "issues", &["@i5"], "status", "open").set(LIVE, "issues", &["@i5"], "closed_on", "")
        => ["standard-no-support-risk violated ISS-5 -"]
    "BCP-1" "the downtime copy is old" |h| h.set(LIVE, "measurements", &["@J13"], "value", "50")
        => ["standard-downtime-copy-current violated downtime_copy|outpatients|RGH01 -"]
    "BCP-2" "an alert was seen late" |h| h.set(LIVE, "measurements", &["@J12"], "value", "45")
        => ["standard-alerts-arrive violated alert|test alert|RGH02 -"]
    "DEC-1" "the old system cannot be read" |h| h.set(LIVE, "measurements", &["@J18"], "value", "0")
        => ["standard-old-system-readable violated old_system|reading access|RGH01 -"]
    "VIS-1" "diagnoses cannot be seen" |h| h.set(LIVE, "measurements", &["@J15"], "value", "0")
        => ["standard-record-views count - -"]
    "DOM-1" "a third trust shares the system" |h| h.set(BOTH, "organisations", &["@O3"], "shares", "Y")
        => ["standard-sharing-organisations extra RGH02 -"]
    "DOM-2" "a setting of one trust reaches another" |h| h.add(BOTH, "settings", "@H3,letter language,RGH,cy")
        => ["standard-local-settings-declared extra letter language|RGH -"]
    "DOM-2" "a setting for all is another" |h| h.set(LIVE, "settings", &["@H1"], "value", "cy")
        => ["standard-settings-match changed letter language|all value"]
    "REL-1" "another release is deployed on both sides" |h| h.set(BOTH, "build", &["@Y2"], "patch", "4")
        => ["standard-release-as-declared changed scheduling patch"]
    "REL-1" "a feature of a later release is on" |h| h.set(BOTH, "features", &["@Z2"], "active", "Y")
        => ["standard-features-as-declared changed patient portal active"]
    "REL-2" "a promised feature is off" |h| h.set(BOTH, "features", &["@Z1"], "active", "N").change_list("features", "video clinics", "active", "false")
        => ["standard-promises-offered changed video clinics active"]
    "LOC-1" "a requirement has no check" |h| h.set(LIVE, "requirements", &["@r1"], "checks", "")
        => ["standard-requirements-mapped violated REQ-1 -"]
    "LOC-1" "a requirement is not met" |h| h.set(LIVE, "requirements", &["@r1"], "met", "N")
        => ["standard-requirements-mapped violated REQ-1 -"]
    "TST-1" "a test failed" |h| h.set(LIVE, "tests", &["@t1"], "result", "failed")
        => ["standard-tests-passed count - -"]
    "TST-1" "a serious defect is open" |h| h.set(LIVE, "issues", &["@i1"], "priority", "2")
        => ["standard-no-serious-defect violated ISS-1 -"]
    "ISS-1" "an urgent concern is open"
        |h| h.add(LIVE, "issues", "@i6,ISS-6,outage,Slow,hosting,1,open,technical lead,{d-60},{d-2},,,Index,0,,10,10")
        => ["standard-no-urgent-issue violated ISS-6 -"]
    "ISS-1" "nobody owns an issue" |h| h.set(LIVE, "issues", &["@i1"], "owner", "")
        => ["standard-issues-owned violated ISS-1 -"]
    "ISS-1" "the log does not add up" |h| h.set(LIVE, "issues", &["@i2"], "closed_on", "")
        => ["standard-issues-add-up violated ISS-2 -"]
    "GOV-3" "a lesson has no check" |h| h.set(LIVE, "lessons", &["@l1"], "checks", "")
        => ["standard-lessons-have-checks violated LES-1 -"]
    "PAR-5" "nobody signed standard-departments-accept" |h| h.unsigned("standard-departments-accept")
        => ["standard-departments-accept unsigned standard-departments-accept -"]
    "TRN-2" "nobody signed standard-super-users-on-every-shift" |h| h.unsigned("standard-super-users-on-every-shift")
        => ["standard-super-users-on-every-shift unsigned standard-super-users-on-every-shift -"]
    "RES-1" "standard-fail-over-rehearsed measured too much or too little" |h| h.measured("standard-fail-over-rehearsed", "rto_minutes", "75")
        => ["standard-fail-over-rehearsed out_of_limits standard-fail-over-rehearsed rto_minutes"]
    "RES-1" "nobody signed standard-restore-rehearsed" |h| h.unsigned("standard-restore-rehearsed")
        => ["standard-restore-rehearsed unsigned standard-restore-rehearsed -"]
    "SUP-1" "standard-contracts-in-force measured too much or too little" |h| h.measured("standard-contracts-in-force", "months_in_force_after_go_live", "6")
        => ["standard-contracts-in-force out_of_limits standard-contracts-in-force months_in_force_after_go_live"]
    "SUP-2" "standard-escalation-tried was signed long ago" |h| h.signed_on("standard-escalation-tried", "{d-60}T06:00:00Z")
        => ["standard-escalation-tried expired standard-escalation-tried valid_until"]
    "SUP-3" "nobody signed standard-suppliers-known" |h| h.unsigned("standard-suppliers-known")
        => ["standard-suppliers-known unsigned standard-suppliers-known -"]
    "SUP-4" "nobody signed standard-specialists-on-call" |h| h.unsigned("standard-specialists-on-call")
        => ["standard-specialists-on-call unsigned standard-specialists-on-call -"]
    "BCP-1" "nobody signed standard-continuity-tested" |h| h.unsigned("standard-continuity-tested")
        => ["standard-continuity-tested unsigned standard-continuity-tested -"]
    "HYP-1" "nobody signed standard-early-support-agreed" |h| h.unsigned("standard-early-support-agreed")
        => ["standard-early-support-agreed unsigned standard-early-support-agreed -"]
    "DOM-1" "nobody signed standard-sharers-agree" |h| h.unsigned("standard-sharers-agree")
        => ["standard-sharers-agree unsigned standard-sharers-agree -"]
    "GOV-1" "standard-decision-on-record was signed long ago" |h| h.signed_on("standard-decision-on-record", "{d-60}T06:00:00Z")
        => ["standard-decision-on-record expired standard-decision-on-record valid_until"]
    "GOV-2" "nobody signed standard-no-change-of-supplier" |h| h.unsigned("standard-no-change-of-supplier")
        => ["standard-no-change-of-supplier unsigned standard-no-change-of-supplier -"]
    "DEC-1" "nobody signed standard-old-system-kept" |h| h.unsigned("standard-old-system-kept")
        => ["standard-old-system-kept unsigned standard-old-system-kept -"]
    "SEC-1" "standard-security-tested measured too much or too little" |h| h.measured("standard-security-tested", "high_risk_findings_open", "2")
        => ["standard-security-tested out_of_limits standard-security-tested high_risk_findings_open"]
    "SAF-1" "standard-safety-case-approved measured too much or too little" |h| h.measured("standard-safety-case-approved", "highest_residual_risk", "4")
        => ["standard-safety-case-approved out_of_limits standard-safety-case-approved highest_residual_risk"]
    "CUT-1" "standard-cutover-rehearsed measured too much or too little" |h| h.measured("standard-cutover-rehearsed", "way_back_hours", "30")
        => ["standard-cutover-rehearsed out_of_limits standard-cutover-rehearsed way_back_hours"]
    "OPS-1" "nobody signed standard-operations-prepared" |h| h.unsigned("standard-operations-prepared")
        => ["standard-operations-prepared unsigned standard-operations-prepared -"]
    "TRN-1" "somebody works untrained" |h| h.set(LIVE, "training_records", &["@W2"], "passed", "N")
        => ["standard-accounts-are-trained violated u002 -", "standard-roles-are-trained violated outpatient nurse -"]
    "TRN-1" "somebody was trained on an older build" |h| h.set(LIVE, "training_records", &["@W1"], "build", "2026.4")
        => ["standard-accounts-are-trained violated u001 -"]
    "CLN-4" "nobody tried to book a follow-up" |h| h.set(LIVE, "tests", &["@t3"], "subject", "NEW")
        => ["standard-booking-round-trips violated FUP -"]
    "NOT-3" "volumes are lost" |h| h.set(LIVE, "migration", &["@m2"], "records", "110")
        => ["standard-migration-adds-up violated volumes|LIB1 -"]
    "NOT-3" "volumes were rejected without a reason" |h| h.set(LIVE, "migration", &["@m3"], "reason", "")
        => ["standard-migration-adds-up violated volumes|LIB1 -"]
    "INT-1" "no result came back" |h| h.set(LIVE, "tests", &["@t4"], "subject", "another")
        => ["standard-interface-round-trips violated pathology results -"]
    "TST-1" "a test was run on an older build" |h| h.set(LIVE, "tests", &["@t1"], "build", "2026.4")
        => ["standard-tests-on-this-build violated TST-1 build"]
    "SUP-5" "a risk was closed right after an outage" |h| h.set(LIVE, "issues", &["@i5"], "evidence_on", "{d-50}")
        => ["standard-risks-closed-on-evidence violated ISS-5 evidence_on"]
};
