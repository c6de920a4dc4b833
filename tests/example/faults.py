"""The faults of Riverside General: what was planted, what must be found because of it, and what repairs it."""

import copy

import hospital
import rehearsal
import words

TRAINING, PRODUCTION = "training", "production"
# Clinics that are open in production, and that a booking clerk does not see there.
HIDDEN = ["CAR04", "ELD02", "MAX03"]


class Fault:
    """One planted fault: its findings, and the textual edits that undo it."""

    def __init__(self, ident, description):
        self.ident = ident
        self.description = description
        self.findings = []
        self.repair = []

    def finds(self, check, kind, dataset, key, severity="blocker", environment=PRODUCTION, **more):
        self.findings.append({"check": check, "kind": kind, "severity": severity, "environment": environment, "dataset": dataset, "key": key, **more})
        return self


def plant(truth, render):
    """Plants every fault. Returns the data of the two sides, what a booking clerk does not see in production, and the faults.

    `render` knows the files: it turns a row into its line, so that a repair can quote the exact text.
    """
    sides = {side: copy.deepcopy(truth) for side in hospital.SIDES}
    planter = Planter(truth, sides, render)
    for step in (
        planter.clinics_missing, planter.clinics_not_bookable, planter.clinic_renamed, planter.clinic_without_place, planter.clinics_hidden,
        planter.clinic_without_letter,
        planter.fields, planter.tracking_locations, planter.reasons, planter.rtt_codes, planter.other_codes,
        planter.rights, planter.build, planter.interface, planter.rehearsal, planter.leak,
    ):
        step()
    return sides, set(HIDDEN), planter.faults


class Planter:
    def __init__(self, truth, sides, render):
        self.truth = truth
        self.sides = sides
        self.render = render
        self.faults = []

    # --- edits -----------------------------------------------------------------------------------------------

    def fault(self, ident, description):
        fault = Fault(ident, description)
        self.faults.append(fault)
        return fault

    def row(self, dataset, uid, side=PRODUCTION):
        return next(r for r in self.sides[side][dataset] if r["uid"] == uid)

    def change(self, fault, dataset, uid, side=PRODUCTION, **values):
        """Changes a row; the repair puts the right text back."""
        row = self.row(dataset, uid, side)
        right = self.render.text(side, dataset, row)
        row.update(values)
        self.replace(fault, side, self.render.file(dataset, row), self.render.text(side, dataset, row), right)
        if self.seen_by_clerk(dataset, side):
            if row["active"]:
                self.replace(fault, hospital.CLERK, self.render.file(dataset, row), self.render.text(side, dataset, row), right)
            else:
                self.unseen(fault, row, right)

    def seen_by_clerk(self, dataset, side):
        """True for what the extract of the booking clerk repeats."""
        return dataset == "clinics" and side == PRODUCTION

    def unseen(self, fault, row, text):
        """The clinic is not in the extract of the booking clerk; the repair appends it."""
        self.append(fault, hospital.CLERK, self.render.file("clinics", row), text)
        self.total(fault, hospital.CLERK, "clinics", 1)

    def drop(self, fault, dataset, uid, side=PRODUCTION):
        """Removes a row of a delimited file or of lines of JSON; the repair appends it."""
        rows = self.sides[side][dataset]
        row = self.row(dataset, uid, side)
        rows.remove(row)
        self.append(fault, side, self.render.file(dataset, row), self.render.text(side, dataset, row))
        self.total(fault, side, dataset, 1)
        if self.seen_by_clerk(dataset, side):
            self.unseen(fault, row, self.render.text(side, dataset, row))

    def drop_beside(self, fault, dataset, uid, neighbour, joiner, side=PRODUCTION):
        """Removes a row within a document; the repair puts it in front of a neighbour."""
        rows = self.sides[side][dataset]
        row, beside = self.row(dataset, uid, side), self.row(dataset, neighbour, side)
        rows.remove(row)
        text, anchor = self.render.text(side, dataset, row), self.render.text(side, dataset, beside)
        self.replace(fault, side, self.render.file(dataset, row), anchor, text + joiner + anchor)
        self.total(fault, side, dataset, 1)

    def replace(self, fault, side, file, find, text):
        step = next((s for s in fault.repair if s.get("replace") == find and s["file"] == self.render.path(side, file)), None)
        if step is not None:
            raise ValueError(f"{fault.ident} replaces the same text twice")
        fault.repair.append({"file": self.render.path(side, file), "replace": find, "with": text})

    def append(self, fault, side, file, text):
        fault.repair.append({"file": self.render.path(side, file), "append": text})

    def total(self, fault, side, dataset, rows):
        path = self.render.path(side, "control.csv")
        step = next((s for s in fault.repair if s.get("total") == dataset and s["file"] == path), None)
        if step is None:
            fault.repair.append({"file": path, "total": dataset, "add": rows})
        else:
            step["add"] += rows

    # --- clinics -----------------------------------------------------------------------------------------------

    def sessions_of(self, clinic, effective=True):
        return [s for s in self.truth["sessions"] if s["clinic"] == clinic and (s["weekday"] != "SAT" or not effective)]

    def clinics_missing(self):
        for code in ["CAR02", "DER03", "ENT01", "GAS04", "OPH02", "ORT05", "PAE01", "RHE03", "URO04"]:
            fault = self.fault(f"clinic-missing-{code.lower()}", f"Clinic {code}, set up months ago, is not in production, and neither are its sessions")
            self.drop(fault, "clinics", code)
            fault.finds("clinics-match", "missing", "clinics", [code])
            fault.finds("clinics-signed-off", "missing", "clinics", [code])
            for session in self.sessions_of(code, effective=False):
                self.drop(fault, "sessions", session["uid"])
            for session in self.sessions_of(code):
                fault.finds("sessions-match", "missing", "sessions", [session["code"]])
            self.no_sessions(fault, code)

    def no_sessions(self, fault, code):
        count = str(len(self.sessions_of(code)))
        fault.finds("clinics-have-sessions", "count", "sessions", [code], field="clinic", expected=count, found="0")

    def clinics_not_bookable(self):
        for code in ["BRE02", "GYN03", "NEU04", "RES01"]:
            fault = self.fault(f"clinic-inactive-{code.lower()}", f"Clinic {code} is in production, but switched off")
            self.change(fault, "clinics", code, active=False)
            fault.finds("clinics-match", "changed", "clinics", [code], field="active", expected="true", found="false")
            fault.finds("clinics-open", "violated", "clinics", [code], found="active is 'false'")
        for code in ["COL01", "HAE02", "VAS03"]:
            fault = self.fault(f"clinic-no-session-{code.lower()}", f"Clinic {code} is in production, but its sessions end before the go-live")
            for session in self.sessions_of(code):
                self.change(fault, "sessions", session["uid"], valid_to="31/01/2027")
                fault.finds("sessions-match", "missing", "sessions", [session["code"]])
            self.no_sessions(fault, code)
        for code in ["END01", "PAI02", "PLA03"]:
            fault = self.fault(f"clinic-no-booking-role-{code.lower()}", f"Clinic {code} is in production, but no role may book into it")
            was = self.row("clinics", code)["roles"]
            self.change(fault, "clinics", code, roles=[])
            expected = "[" + ",".join(f'"{r}"' for r in sorted(was)) + "]"
            fault.finds("clinics-match", "changed", "clinics", [code], field="bookable_roles", expected=expected, found={"state": "empty"})
            fault.finds("clinics-have-a-booking-role", "violated", "clinics", [code], found="bookable_roles is empty")

    def clinic_renamed(self):
        code, new = "REN03", "REN3"
        fault = self.fault(f"clinic-renamed-{code.lower()}", f"Clinic {code} has another code in production, {new}")
        self.change(fault, "clinics", code, code=new)
        fault.finds("clinics-match", "renamed", "clinics", [code], other_key=[new])
        fault.finds("clinics-signed-off", "missing", "clinics", [code])
        for session in self.sessions_of(code):
            fault.finds("sessions-match", "changed", "sessions", [session["code"]], field="clinic", expected=code, found=new)
        self.no_sessions(fault, code)
        fault.finds("clinics-have-sessions", "count", "sessions", [new], field="clinic", expected="0", found=str(len(self.sessions_of(code))))

    def clinic_without_place(self):
        code, nowhere = "HAE04", "59999999"
        fault = self.fault(f"clinic-nowhere-{code.lower()}", f"Clinic {code} in production refers to a location that is not there")
        self.change(fault, "clinics", code, location=nowhere)
        fault.finds("clinics-match", "unresolved", "clinics", [code], field="location", found={"state": "unresolved", "text": nowhere})
        fault.finds("clinic-locations-exist", "unresolved", "clinics", [code], field="location", found={"state": "unresolved", "text": nowhere})
        fault.finds("clinics-visible-to-clerks", "unresolved", "clinics", [code], field="location", found={"state": "unresolved", "text": nowhere})

    def clinics_hidden(self):
        for code in HIDDEN:
            fault = self.fault(f"clinic-hidden-{code.lower()}", f"Clinic {code} is in production and switched on, but hidden from booking clerks")
            row = self.row("clinics", code)
            self.unseen(fault, row, self.render.text(PRODUCTION, "clinics", row))
            fault.finds("clinics-visible-to-clerks", "not_visible", "clinics@booking_clerk", [code])

    def clinic_without_letter(self):
        code = "PAL02"
        fault = self.fault(f"clinic-no-letter-{code.lower()}", f"Clinic {code} in production sends no letter: patients do not hear of their appointments")
        was = self.row("clinics", code)["letter"]
        self.change(fault, "clinics", code, letter=None)
        fault.finds("clinics-match", "changed", "clinics", [code], field="letter", expected=was, found={"state": "empty"})
        fault.finds("every-clinic-has-a-letter", "violated", "clinics", [code], field="letter", found={"state": "null"})

    # --- screens -----------------------------------------------------------------------------------------------

    def fields(self):
        for form, field in MISSING_FIELDS:
            fault = self.fault(f"field-missing-{form}", f"Screen {form} has no field {field} in production")
            fields = [f for f in self.truth["fields"] if f["form"] == form]
            at = next(i for i, f in enumerate(fields) if f["field"] == field)
            self.drop_beside(fault, "fields", f"{form}|{field}", fields[at + 1]["uid"], "\n    ")
            fault.finds("fields-match", "missing", "fields", [form, field])
            if field in hospital.DATA_SET.get(form, []):
                fault.finds("data-set-fields", "missing", "fields", [form, field])
        for form, field in OPTIONAL_FIELDS:
            fault = self.fault(f"field-optional-{form}", f"On screen {form}, {field} must be filled in in training and may be left empty in production")
            self.change(fault, "fields", f"{form}|{field}", required=False)
            fault.finds("fields-match", "changed", "fields", [form, field], field="required", expected="true", found="false")
            if field in hospital.DATA_SET.get(form, []):
                fault.finds("data-set-fields", "changed", "fields", [form, field], field="required", expected="true", found="false")
        for form in REORDERED_SCREENS:
            fault = self.fault(f"screen-reordered-{form}", f"Screen {form} asks for two fields in another order in production")
            one, two = [f for f in self.truth["fields"] if f["form"] == form][3:5]
            self.change(fault, "fields", one["uid"], order_no=two["order_no"])
            self.change(fault, "fields", two["uid"], order_no=one["order_no"])
            for row, other in ((one, two), (two, one)):
                fault.finds("fields-match", "changed", "fields", [form, row["field"]], field="order_no", expected=str(row["order_no"]), found=str(other["order_no"]))
        form = "clinic-cancellation"
        fault = self.fault(f"field-untaught-{form}", f"Screen {form} has a field in production that nobody was taught")
        new = dict(uid=f"{form}|approved_by", form=form, field="approved_by", section="Administration", label="Cancellation approved by (general manager)",
                   kind="signature", required=True, order_no=995, code_set="APPROVER", length=7)
        rows = self.sides[PRODUCTION]["fields"]
        last = [f for f in rows if f["form"] == form][-1]
        rows.insert(rows.index(last), new)
        text = self.render.text(PRODUCTION, "fields", new)
        self.replace(fault, PRODUCTION, self.render.file("fields", new), text + "\n    ", "")
        self.total(fault, PRODUCTION, "fields", -1)
        fault.finds("fields-match", "extra", "fields", [form, "approved_by"], severity="major")

    # --- lists and codes -----------------------------------------------------------------------------------------

    def tracking_locations(self):
        for name in ["Clinic coding", "Outpatients 2 preparation", "Off-site store"]:
            row = self.row("case_note_locations", name)
            fault = self.fault(f"tracking-location-missing-{row['code'].lower()}", f"Case notes cannot be tracked to {name} in production")
            self.drop(fault, "case_note_locations", name)
            fault.finds("tracking-locations-match", "missing", "case_note_locations", [row["code"]])
            fault.finds("tracking-locations-signed-off", "missing", "case_note_locations", [row["code"]])

    def reasons(self):
        for code in ["NOT", "ROM"]:
            uses = self.row("reasons", code)["uses"]
            fault = self.fault(f"reschedule-reason-missing-{code.lower()}", f"Reason {code} cannot be given for rescheduling in production")
            self.change(fault, "reasons", code, uses="-" + uses[1:])
            self.total(fault, PRODUCTION, "reasons", 1)
            fault.finds("reasons-match", "missing", "reasons", ["Reschedule", code])
            fault.finds("reschedule-reasons-signed-off", "missing", "reasons", ["Reschedule", code])

    def rtt_codes(self):
        labels = dict(words.RTT)
        fault = self.fault("rtt-missing-33", "RTT period status 33 is not in production")
        self.drop(fault, "codes", f"RTT|{labels['33']}")
        fault.finds("codes-match", "missing", "codes", ["RTT", "RTT33"])
        fault.finds("rtt-codes", "missing", "codes", ["RTT", "RTT33"])
        for code, wrong in [("21", "Transfer to another consultant"), ("32", "Watchful waiting")]:
            fault = self.fault(f"rtt-relabelled-{code}", f"RTT period status {code} reads otherwise in production")
            self.change(fault, "codes", f"RTT|{labels[code]}", display=wrong)
            for check in ("codes-match", "rtt-codes"):
                fault.finds(check, "changed", "codes", ["RTT", f"RTT{code}"], field="display", expected=labels[code], found=wrong)

    def other_codes(self):
        shipped = self.row("codes", "OVERSEAS_STATUS|Exempt")
        fault = self.fault("code-relabelled-overseas-exempt", "A shipped code of the overseas visitor status reads otherwise in production")
        self.change(fault, "codes", shipped["uid"], display="Exempt from charges")
        fault.finds("codes-match", "changed", "codes", [shipped["cki"]], field="display", expected="Exempt", found="Exempt from charges")

        rebuilt = next(c for c in self.truth["codes"] if c["cki"] and c["code_set"] == "SMOKING_STATUS")
        fault = self.fault("code-rebuilt-by-hand", "A shipped code of the smoking status was built again by hand in production, without the supplier's key")
        self.change(fault, "codes", rebuilt["uid"], cki=None)
        by_meaning = [rebuilt["code_set"], rebuilt["meaning"]]
        fault.finds("codes-match", "rekeyed", "codes", [rebuilt["cki"]], other_key=by_meaning,
                    changes=[{"field": "cki", "expected": rebuilt["cki"], "found": {"state": "null"}}])

    # --- access, build, interfaces ---------------------------------------------------------------------------------

    def rights(self):
        for role, privilege in [("Booking clerk", "Reschedule appointment"), ("Clinic receptionist", "Track case notes")]:
            fault = self.fault(f"right-missing-{role.lower().replace(' ', '-')}", f"{role} has no right to {privilege} in production")
            rights = [p for p in self.truth["privileges"] if p["role"] == role]
            at = next(i for i, p in enumerate(rights) if p["privilege"] == privilege)
            self.drop_beside(fault, "privileges", f"{role}|{privilege}", rights[at + 1]["uid"], ",\n        ")
            fault.finds("rights-match", "missing", "privileges", [role, privilege])
        role, privilege = "Medical secretary", "Book appointment"
        fault = self.fault("right-reduced-medical-secretary", f"{role} may only look where training let them {privilege}")
        self.change(fault, "privileges", f"{role}|{privilege}", level="view")
        fault.finds("rights-match", "changed", "privileges", [role, privilege], field="level", expected="edit", found="view")

    def build(self):
        fault = self.fault("build-older-in-training", "Training runs an older build than production")
        for component, version, patch in [("core", "2026.2", "2026.2.301"), ("outpatients", "2026.2", "2026.2.188")]:
            row = copy.deepcopy(self.row("build", component, TRAINING))
            self.change(fault, "build", component, side=TRAINING, version=version, patch=patch)
            fault.finds("build-match", "changed", "build", [component], field="version", expected=version, found=row["version"])
            fault.finds("build-match", "changed", "build", [component], field="patch", expected=patch, found=row["patch"])

    def interface(self):
        name = "ORM-OUT-PATHOLOGY"
        fault = self.fault("training-sends-to-production", f"Interface {name} of training sends to the production address")
        row = self.row("interfaces", name, TRAINING)
        address = self.render.address(PRODUCTION, row)
        self.change(fault, "interfaces", name, side=TRAINING, address=address)
        fault.finds("interfaces-match", "not_different", "interfaces", [name], field="address", expected=address, found=address)
        fault.finds("training-is-isolated", "violated", "interfaces", [name], environment=TRAINING, found=f"address is '{address}'")

    def rehearsal(self):
        fault = self.fault("failover-loses-too-much", "The rehearsed fail-over lost more minutes of data than the limit allows")
        wrong, right = (f"data_loss_minutes: {minutes}" for minutes in (DATA_LOST, DATA_LOST_WITHIN_LIMITS))
        fault.repair.append({"file": rehearsal.ATTESTATION, "replace": wrong, "with": right})
        check = "failover-rehearsed"
        fault.finds(check, "out_of_limits", "attestations", [check], field="data_loss_minutes", expected="at most 5", found=str(DATA_LOST))

    # --- sites ------------------------------------------------------------------------------------------------------

    def leak(self):
        product, setting, own, other = words.SPECIFICATIONS[0]
        site, neighbour = hospital.SITES
        fault = self.fault("setting-leaked-between-sites", f"What {neighbour} set for {product} in production reached {site} as well: {setting}")
        self.change(fault, "specifications", f"{site}|{product}|{setting}", value=other)
        for check in ("specifications-match", "specifications-signed-off"):
            fault.finds(check, "changed", "specifications", [site, product, setting], field="value", expected=own, found=other)


# Minutes; the limit of the check is 5.
DATA_LOST, DATA_LOST_WITHIN_LIMITS = 7, 4

# One fault a screen: a repair quotes a neighbouring field, which no other repair may change.
MISSING_FIELDS = [
    ("new-referral", "referral_source"), ("outpatient-outcome", "rtt_status"), ("track-case-notes", "tracking_location"),
    ("referral-triage", "session"), ("telephone-clinic", "letter_template"), ("add-to-list", "duration"),
    ("rtt-validation", "rtt_start_date"), ("request-case-notes", "volume"), ("register-patient", "interpreter_needed"),
    ("transport-request", "transport_needed"), ("clinic-letter", "appointment_time"),
]
OPTIONAL_FIELDS = [
    ("book-appointment", "appointment_type"), ("reschedule-appointment", "reschedule_reason"), ("rtt-pathway", "pathway_id"),
    ("edit-demographics", "attended"), ("order-tests", "priority"),
]
REORDERED_SCREENS = ["video-clinic", "offer-of-admission"]
