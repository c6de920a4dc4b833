"""Riverside General, a made-up hospital: the configuration as both systems should hold it.

Every row has a `uid` that never leaves this generator; the surrogate ids that do leave it are derived from it and
differ between the two sides everywhere. "Random" choices are hashes of names, so that they never change by themselves.
"""

import datetime
import hashlib

import words

SIDES = ("training", "production")
EXTRACTED = {"training": "2026-10-05T02:00:00Z", "production": "2026-10-05T03:10:00Z"}
# The extract of production that was taken with the login of a booking clerk.
CLERK, CLERK_EXTRACTED = "production-as_clerk", "2026-10-05T03:40:00Z"
SITES = ("riverside", "millbrook")
DOMAIN = {"training": "TRAIN", "production": "PROD"}
HOST = {"training": "train.riverside.example", "production": "prod.riverside.example"}


def draw(text, n):
    """A number from 0 to n-1 that depends on `text` only."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big") % n


def build():
    """All datasets, as {name: [row]}."""
    data = {
        "organisations": organisations(),
        "locations": locations(),
        "letters": [dict(uid=c, code=c, name=n, version=1 + draw(c, 6), active=True) for c, n in words.LETTERS],
        "appointment_types": [dict(uid=c, code=c, name=n, minutes=m, remote=r) for c, n, m, r in words.APPOINTMENT_TYPES],
        "roles": roles(),
        "reasons": [dict(uid=c, code=c, name=n, uses=u) for c, n, u in words.REASONS],
        "case_note_locations": [
            dict(uid=n, code=f"CN{i:02d}", name=n, site=words.SITES[1 + (i > 11) * (i % 4)][0], loan_days=7 * (1 + draw(n, 4)), active=True)
            for i, n in enumerate(words.TRACKING, 1)
        ],
        "interfaces": [
            dict(uid=n, name=n, system=s, direction=d, message=m, host=h, port=6600 + i, active=True, retries=3 + draw(n, 3))
            for i, (n, s, d, m, h) in enumerate(words.INTERFACES)
        ],
        "specifications": [
            dict(uid=f"{site}|{product}|{setting}", site=site, product=product, setting=setting, value=value)
            for product, setting, *values in words.SPECIFICATIONS for site, value in zip(SITES, values)
        ],
        "build": [dict(uid=c, component=c, version=v, patch=p) for c, v, p in words.COMPONENTS],
    }
    data["privileges"] = privileges(data["roles"])
    data["clinics"] = clinics(data["locations"])
    data["sessions"] = sessions(data["clinics"])
    data["screens"], data["fields"] = screens()
    data["code_sets"], data["codes"] = codes()
    data["devices"] = devices(data["locations"])
    return data


def organisations():
    rows = [dict(uid=c, code=c, name=n, kind=k, parent=p, active=True) for c, n, k, p in words.SITES]
    towns = ["Abbots Lane", "Bridge Street", "Canal Side", "Dale End", "Elm Road", "Ferry Hill", "Granary", "Hilltop", "Ivy House", "Junction Road"]
    rows += [dict(uid=t, code=f"X8{1001 + i}", name=f"{t} Surgery (synthetic)", kind="practice", parent=None, active=True) for i, t in enumerate(towns)]
    return rows


def locations():
    sites = [s[0] for s in words.SITES[1:]]
    rows = []

    def add(name, site, kind):
        rows.append(dict(uid=f"{name}@{site}", name=name, organisation=site, kind=kind, beds=12 + draw(name + site, 18) if kind == "E02" else None, active=True))

    for site in sites:
        # The same names at every site: a ward is known by its name and its institution.
        for name in words.WARD_NAMES:
            add(name, site, "E02")
        for name in words.OUTPATIENT_PLACES:
            add(name, site, "E01")
    for i, name in enumerate(words.SINGLE_PLACES):
        add(name, sites[i % 3], "E01")
    return rows


def roles():
    rows = []
    for stem in words.ROLE_STEMS:
        for grade in words.ROLE_GRADES:
            name = stem + grade
            books = stem in ("Booking clerk", "Clinic receptionist", "Medical secretary", "Waiting list officer", "Clinic manager")
            rows.append(dict(uid=name, name=name, description=f"{stem}s{grade.replace('(', 'at grade ').replace(')', '')}", books=books, active=True))
    return rows


def privileges(role_rows):
    rows = []
    for role in role_rows:
        for privilege, level in words.PRIVILEGES:
            booking = privilege in ("Book appointment", "Cancel appointment", "Reschedule appointment", "View clinic list", "Track case notes")
            if (role["books"] and booking) or draw(f"{role['name']}|{privilege}", 100) < 52:
                rows.append(dict(uid=f"{role['name']}|{privilege}", role=role["name"], privilege=privilege, level=level))
    return rows


def clinics(location_rows):
    places = [r for r in location_rows if r["kind"] == "E01"]
    booking_roles = ["Booking clerk", "Booking clerk (senior)", "Clinic receptionist", "Medical secretary", "Waiting list officer", "Clinic manager"]
    rows = []
    for tfc, specialty, prefix in words.SPECIALTIES:
        if prefix is None:
            continue
        themes = words.CLINIC_THEMES[: 5 + draw(prefix, 2)]
        names = [f"{specialty}: {theme}" for theme in themes]
        if prefix in words.SPECIAL_CLINICS:
            names.append(f"{specialty}: {words.SPECIAL_CLINICS[prefix]}")
        for number, name in enumerate(names, 1):
            code = f"{prefix}{number:02d}"
            remote = "Telephone" in name
            letter = "APPT-TEL" if remote else "APPT-PAE" if prefix == "PAE" else "APPT-PRE" if "Pre-" in name else "APPT-NEW" if number % 2 else "APPT-FUP"
            count = 2 + draw(code + "roles", 3)
            start = draw(code + "first", len(booking_roles))
            rows.append(dict(
                uid=code, code=code, name=name, specialty=tfc, location=places[draw(code + "place", len(places))]["uid"], letter=letter,
                roles=sorted({booking_roles[(start + i) % len(booking_roles)] for i in range(count)}), active=True,
                first_ratio=f"0.{20 + 5 * draw(code + 'ratio', 9)}",
            ))
    return rows


def sessions(clinic_rows):
    days = ["MON", "TUE", "WED", "THU", "FRI"]
    rows = []
    for clinic in clinic_rows:
        code = clinic["code"]
        wanted = 3 + draw(code + "sessions", 3)
        first = draw(code + "day", 10)
        for i in range(wanted):
            half = (first + 3 * i) % 10
            day, afternoon = days[half // 2], half % 2
            minutes = [10, 15, 20, 30][draw(f"{code}{half}", 4)]
            rows.append(dict(
                uid=f"{code}-{half}", code=f"{code}-{day}-{'PM' if afternoon else 'AM'}", clinic=clinic["uid"], weekday=day,
                starts="13:30" if afternoon else "09:00", ends="17:00" if afternoon else "12:30", slot_minutes=minutes, slots=180 // minutes,
                overbook=draw(code + "over", 3), types=session_types(clinic, half), valid_from="01/09/2026" if draw(code, 3) else "01/02/2027",
                valid_to=None if draw(code + str(half), 4) else "31/12/2027",
            ))
        if draw(code + "old", 16) == 0:
            # A session that ended before the go-live on both sides: not compared, and counted as left out.
            rows.append(dict(
                uid=f"{code}-old", code=f"{code}-SAT-AM", clinic=clinic["uid"], weekday="SAT", starts="09:00", ends="12:00", slot_minutes=20,
                slots=9, overbook=0, types=["FUP"], valid_from="01/04/2025", valid_to="31/12/2026",
            ))
    return rows


def session_types(clinic, half):
    if "Telephone" in clinic["name"]:
        return ["TEL", "VID"]
    if "New" in clinic["name"]:
        return ["NEW", "NEWL"] if half % 2 else ["NEW"]
    if "Pre-" in clinic["name"]:
        return ["PRE"]
    return ["FUP", "NUR"] if "Nurse" in clinic["name"] else ["FUP", "FUPL", "NEW"]


def screens():
    screen_rows, field_rows = [], []
    for area, forms in words.SCREENS.items():
        for form in forms:
            title = form.replace("-", " ").capitalize().replace("Rtt", "RTT").replace("Mdt", "MDT")
            screen_rows.append(dict(uid=form, form=form, title=title, area=area, version=1 + draw(form, 9)))
            number = 0
            for section, fields in words.FIELDS.items():
                # Half of a screen's fields fill it; each of the 62 is left out of about half of the screens.
                for code, label, kind, code_set in fields:
                    if draw(f"{form}|{code}", 100) < 50 and not (form, code) in KEPT:
                        continue
                    number += 10
                    required = draw(f"{form}|{code}|required", 100) < 40 or (form, code) in KEPT
                    length = 40 + 20 * draw(code, 6) if kind == "text" else None
                    field_rows.append(dict(
                        uid=f"{form}|{code}", form=form, field=code, section=section, label=label, kind=kind, required=required,
                        order_no=number, code_set=code_set, length=length,
                    ))
    return screen_rows, field_rows


# What the outpatient data set needs: these fields are on these screens, and must be filled in.
DATA_SET = {
    "new-referral": ["referral_date", "referral_source", "priority", "specialty"],
    "book-appointment": ["clinic", "session", "appointment_date", "appointment_time", "appointment_type"],
    "outpatient-outcome": ["attended", "outcome", "first_attendance", "rtt_status", "rtt_start_date", "pathway_id", "pathway_issuer"],
    "rtt-pathway": ["rtt_status", "rtt_start_date", "rtt_end_date", "pathway_id", "pathway_issuer"],
    "reschedule-appointment": ["appointment_date", "reschedule_reason"],
    "track-case-notes": ["volume", "tracking_location"],
}
KEPT = {(form, code) for form, codes in DATA_SET.items() for code in codes}

NATIONAL_SETS = {
    "RTT": ("Referral to treatment period status", words.RTT),
    "OUTCOME_OF_ATTENDANCE": ("Outcome of attendance", words.OUTCOMES),
    "ATTENDED": ("Attended or did not attend", words.ATTENDED),
    "FIRST_ATTENDANCE": ("First attendance", words.FIRST_ATTENDANCE),
    "TREATMENT_FUNCTION": ("Treatment function", [(c, n) for c, n, _ in words.SPECIALTIES]),
}


def combined(parts):
    """The values of a local set."""
    if isinstance(parts[0], str):
        return parts
    values = [""]
    for words_of_part in parts:
        values = [f"{v} {w}".strip() for v in values for w in words_of_part]
    return values


def codes():
    sets = [dict(uid=n, name=n, title=t, owner="national") for n, (t, _) in NATIONAL_SETS.items()]
    rows = []
    for name, (title, values) in NATIONAL_SETS.items():
        for i, (code, display) in enumerate(values, 1):
            # National codes are built by hand at each hospital: no cki, known by their set and meaning.
            rows.append(code_row(name, code, display, i, cki=None, meaning=f"{name[:8]}{code}"))
    for name, parts in words.LOCAL_SETS.items():
        sets.append(dict(uid=name, name=name, title=name.replace("_", " ").capitalize(), owner="local"))
        for i, display in enumerate(combined(parts), 1):
            shipped = draw(f"{name}|{display}", 100)
            # Shipped values have a cki; of the others some have a meaning, and some only what users see.
            cki = f"CKI.CODEVALUE!{4_000_000 + 7 * len(rows)}" if shipped < 70 else None
            meaning = f"{name[:6]}{i:04d}" if shipped < 85 else None
            rows.append(code_row(name, None, display, i, cki, meaning))
    return sets, rows


def code_row(code_set, code, display, sequence, cki, meaning):
    return dict(uid=f"{code_set}|{display}", code_set=code_set, code=code, display=display, sequence=sequence, cki=cki, meaning=meaning, active=True)


def devices(location_rows):
    first_day = datetime.date(1899, 12, 30)
    rows = []
    for place in location_rows:
        name = f"PRN-{place['organisation'][-2:]}-{place['name'].upper().replace(' ', '').replace('’', '')[:12]}"
        installed = datetime.date(2024, 1, 8) + datetime.timedelta(days=draw(name, 700))
        rows.append(dict(uid=name, name=name, location=place["uid"], kind="label" if draw(name, 3) == 0 else "document", model=["LX-200", "LX-400", "DZ-15"][draw(name, 3)],
                         colour=draw(name, 5) == 0, trays=1 + draw(name, 4), installed=(installed - first_day).days))
    return rows


def users(side, role_rows):
    """Accounts: a role and an opaque id, never a name. The two sides have different people on purpose."""
    rows = []
    for role in role_rows:
        for i in range(2 + draw(role["name"] + side, 4) if side == "production" else 2):
            ident = hashlib.sha256(f"{side}{role['name']}{i}".encode()).hexdigest()[:10]
            rows.append(dict(uid=ident, user=f"u-{ident}", role=role["name"], account="personal" if side == "production" else "training", active=True))
    return rows
