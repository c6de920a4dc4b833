"""The files of one side: which dataset lies in which file, and how a row is written."""

import hashlib

import formats
import hospital

ROOT = "environments/extracts"

HEADINGS = {
    "clinics": ["Clinic ID", "Clinic Code", "Clinic Name", "Specialty", "Location ID", "Letter ID", "Booking Roles", "Active", "New Ratio", "Comments", "Last Updated"],
    "sessions": ["session_id", "session_code", "clinic_id", "weekday", "start", "end", "slot_minutes", "slots", "overbook", "appointment_types", "valid_from", "valid_to"],
    "locations": ["Location ID", "Name", "Organisation ID", "Type", "Beds", "Active", "Directions"],
    "organisations": ["id", "ods_code", "name", "type", "parent_id", "active"],
    "letters": ["template_id", "template", "title", "version", "active"],
    "reasons": ["Reason ID", "Code", "Reason", "Use|Reschedule", "Use|Cancel", "Use|DNA"],
    "case_note_locations": ["Store ID", "Code", "Name", "Site ID", "Loan Days", "Active"],
    "code_sets": ["code_set_id", "name", "title", "owner"],
    "specifications": ["Site", "Product", "Setting", "Value", "Note"],
    "users": ["User", "Role ID", "Account", "Active"],
}
FILES = {
    "clinics": "clinics.csv", "sessions": "sessions.csv", "locations": "locations.csv", "organisations": "organisations.csv",
    "letters": "letters.tsv", "reasons": "reasons.csv", "case_note_locations": "case-note-locations.csv", "code_sets": "code-sets.csv",
    "codes": "codes.ndjson", "users": "users.csv", "appointment_types": "appointment-types.json", "roles": "roles.json",
    "privileges": "roles.json", "build": "build.json", "interfaces": "interfaces.yaml", "specifications": "specifications.csv", "devices": "devices.xlsx",
}
DELIMITERS = {"clinics": ";", "organisations": "|", "letters": "\t"}
# Order of the blocks of surrogate ids: each dataset of each side has its own, so that no number means two things.
BLOCKS = [
    "organisations", "locations", "letters", "appointment_types", "roles", "privileges", "reasons", "case_note_locations", "clinics",
    "sessions", "screens", "fields", "code_sets", "codes", "interfaces", "build", "devices",
]
# Free text that somebody typed on one side or the other.
COMMENTS = {0: "Shared room; confirm with the sister", 1: 'Known as the "blue door" clinic'}


class Render:
    """Writes rows; knows the surrogate ids of both sides."""

    def __init__(self, truth):
        self.ids = {}
        for side in hospital.SIDES:
            for block, dataset in enumerate(BLOCKS, 1):
                rows = sorted(truth[dataset], key=lambda r: hashlib.sha256(f"{side}|id|{r['uid']}".encode()).digest())
                base = (50_000_000 if side == "production" else 0) + 100_000 * block
                step = 7 if side == "production" else 3
                for i, row in enumerate(rows):
                    self.ids[side, dataset, row["uid"]] = base + step * i + 1

    def id(self, side, dataset, uid):
        """The surrogate id; for what no system knows, the uid itself, or the number after the block."""
        known = self.ids.get((side, dataset, uid))
        if known is not None:
            return known
        if uid.isdigit():
            return uid
        return (50_000_000 if side == "production" else 0) + 100_000 * BLOCKS.index(dataset) + 199_999

    def file(self, dataset, row):
        """The row's file, below the side's folder."""
        if dataset in ("screens", "fields"):
            form = row["form"]
            area = next(a for a, forms in hospital.words.SCREENS.items() if form in forms)
            return f"forms/{area}/{form}.xml"
        return FILES[dataset]

    def path(self, side, file):
        """A file's path in the project."""
        return f"{ROOT}/{side}/{file}"

    def text(self, side, dataset, row):
        """The row as it stands in its file."""
        return getattr(self, dataset)(side, row)

    def line(self, dataset, cells):
        return formats.csv_line(cells, DELIMITERS.get(dataset, ","))

    def clinics(self, side, r):
        roles = ",".join(str(self.id(side, "roles", role)) for role in r["roles"])
        updated = f"{1 + hospital.draw(r['uid'] + side, 28):02d}/09/2026 {8 + hospital.draw(side + r['uid'], 9):02d}:15"
        return self.line("clinics", [
            self.id(side, "clinics", r["uid"]), r["code"], r["name"], r["specialty"], self.id(side, "locations", r["location"]),
            self.id(side, "letters", r["letter"]) if r["letter"] else "", roles, yes(r["active"]), r["first_ratio"], COMMENTS.get(hospital.draw(side + r["uid"], 12)), updated,
        ])

    def sessions(self, side, r):
        types = " ".join(str(self.id(side, "appointment_types", t)) for t in r["types"])
        return self.line("sessions", [
            self.id(side, "sessions", r["uid"]), r["code"], self.id(side, "clinics", r["clinic"]), r["weekday"], r["starts"], r["ends"],
            r["slot_minutes"], r["slots"], r["overbook"], types, r["valid_from"], r["valid_to"],
        ])

    def locations(self, side, r):
        # A line break within a cell, as people type it into a notes field.
        directions = "Main entrance,\nsecond floor" if hospital.draw(r["uid"], 6) == 0 else None
        return self.line("locations", [
            self.id(side, "locations", r["uid"]), r["name"], self.id(side, "organisations", r["organisation"]), r["kind"], r["beds"], yes(r["active"]), directions,
        ])

    def organisations(self, side, r):
        parent = self.id(side, "organisations", r["parent"]) if r["parent"] else None
        return self.line("organisations", [self.id(side, "organisations", r["uid"]), r["code"], r["name"], r["kind"], parent, yes(r["active"])])

    def letters(self, side, r):
        return self.line("letters", [self.id(side, "letters", r["uid"]), r["code"], r["name"], r["version"], yes(r["active"])])

    def reasons(self, side, r):
        flags = ["Y" if use == "Y" else "" for use in r["uses"]]
        return self.line("reasons", [self.id(side, "reasons", r["uid"]), r["code"], r["name"], *flags])

    def case_note_locations(self, side, r):
        return self.line("case_note_locations", [self.id(side, "case_note_locations", r["uid"]), r["code"], r["name"], self.id(side, "organisations", r["site"]), r["loan_days"], yes(r["active"])])

    def specifications(self, side, r):
        # Millbrook notes who looked last, on each side for itself.
        note = f"seen on {hospital.EXTRACTED[side][:10]}, {side}" if r["site"] == "millbrook" and hospital.draw(r["uid"], 3) == 0 else ""
        return self.line("specifications", [r["site"], r["product"], r["setting"], r["value"], note])

    def code_sets(self, side, r):
        return self.line("code_sets", [self.id(side, "code_sets", r["uid"]), r["name"], r["title"], r["owner"]])

    def users(self, side, r):
        return self.line("users", [r["user"], self.id(side, "roles", r["role"]), r["account"], yes(r["active"])])

    def codes(self, side, r):
        return formats.json_line({
            "codeValue": self.id(side, "codes", r["uid"]), "codeSet": r["code_set"], "code": r["code"], "cki": r["cki"], "cdfMeaning": r["meaning"],
            "display": r["display"], "active": r["active"], "sequence": r["sequence"],
            "updated": f"2026-0{1 + hospital.draw(side + r['uid'], 9)}-1{hospital.draw(r['uid'] + side, 10)}T10:00:00Z",
        })

    def appointment_types(self, side, r):
        return formats.json_line({"typeId": self.id(side, "appointment_types", r["uid"]), "code": r["code"], "name": r["name"], "minutes": r["minutes"], "remote": r["remote"]})

    def privileges(self, side, r):
        return formats.json_line({"grantId": self.id(side, "privileges", r["uid"]), "right": r["privilege"], "level": r["level"]})

    def build(self, side, r):
        return formats.json_line({"componentId": self.id(side, "build", r["uid"]), "name": r["component"], "version": r["version"], "patch": r["patch"]})

    def interfaces(self, side, r):
        """The address line of the interface: the part of its block that faults touch."""
        return f"    address: {r.get('address') or self.address(side, r)}"

    def address(self, side, r):
        return f"tcp://{r['host']}.{hospital.HOST[side]}:{r['port']}"

    def interface_block(self, side, r):
        return "\n".join([
            f"  - id: {self.id(side, 'interfaces', r['uid'])}", f"    name: {r['name']}", f"    system: {r['system']}", f"    direction: {r['direction']}",
            f"    message: {r['message']}", self.interfaces(side, r), f"    active: {str(r['active']).lower()}", f"    retries: {r['retries']}",
        ])

    def fields(self, side, r):
        pairs = [
            ("fieldId", self.id(side, "fields", r["uid"])), ("code", r["field"]), ("label", r["label"]), ("type", r["kind"]),
            ("required", "yes" if r["required"] else "no"), ("order", r["order_no"]), ("codeSet", r["code_set"]), ("maxLength", r["length"]),
        ]
        return f"<field{formats.attributes(pairs)}/>"

    def form(self, side, screen, field_rows):
        """One XML file: a screen with its sections and fields."""
        pairs = [("formId", self.id(side, "screens", screen["uid"])), ("title", screen["title"]), ("area", screen["area"]), ("version", screen["version"])]
        out = ['<?xml version="1.0" encoding="UTF-8"?>', f"<form{formats.attributes(pairs)}>"]
        for section in dict.fromkeys(r["section"] for r in field_rows):
            out.append(f'  <section title="{section}">')
            out.append("    " + "\n    ".join(self.fields(side, r) for r in field_rows if r["section"] == section))
            out.append("  </section>")
        return "\n".join([*out, "</form>", ""])

    def extract(self, side, data):
        """All files of one side, as {path: bytes}."""
        files = {}

        def put(file, text, encoding="utf-8"):
            files[self.path(side, file)] = text.encode(encoding)

        for dataset, headings in HEADINGS.items():
            rows = formats.shuffled(data[dataset], side + dataset, lambda r: r["uid"])
            delimiter = DELIMITERS.get(dataset, ",")
            text = formats.csv_text(headings, [self.text(side, dataset, r) for r in rows], delimiter)
            # Spreadsheet programs of Western Windows write clinics; others write a byte-order mark.
            put(FILES[dataset], text, {"clinics": "cp1252", "locations": "utf-8-sig"}.get(dataset, "utf-8"))
        put("codes.ndjson", "".join(self.codes(side, r) + "\n" for r in formats.shuffled(data["codes"], side, lambda r: r["uid"])))
        types = ",\n  ".join(self.appointment_types(side, r) for r in formats.shuffled(data["appointment_types"], side, lambda r: r["uid"]))
        put("appointment-types.json", f"[\n  {types}\n]\n")
        put("roles.json", self.roles_json(side, data))
        put("build.json", self.build_json(side, data, side, hospital.EXTRACTED[side], "configuration_admin"))
        blocks = "\n".join(self.interface_block(side, r) for r in formats.shuffled(data["interfaces"], side, lambda r: r["uid"]))
        put("interfaces.yaml", f"# Synthetic: no such hosts exist.\ninterfaces:\n{blocks}\n")
        for screen in data["screens"]:
            put(self.file("screens", screen), self.form(side, screen, [r for r in data["fields"] if r["form"] == screen["form"]]))
        files[self.path(side, "devices.xlsx")] = formats.xlsx(self.workbook(side, data))
        put("control.csv", self.control(side, data))
        return files

    def build_json(self, side, data, salt, extracted, reader):
        components = ",\n    ".join(self.build(side, r) for r in formats.shuffled(data["build"], salt, lambda r: r["uid"]))
        head = f'{{\n  "domain": "{hospital.DOMAIN[side]}",\n  "extractedAt": "{extracted}",\n  "extractedBy": "{reader}",\n  "components": [\n    '
        return f"{head}{components}\n  ]\n}}\n"

    def clerk(self, data, hidden):
        """All files of the extract that a booking clerk took of production: open clinics, but for those that are `hidden`."""
        side, folder, extracted = "production", hospital.CLERK, hospital.CLERK_EXTRACTED
        seen = [r for r in data["clinics"] if r["active"] and r["uid"] not in hidden]
        lines = [self.text(side, "clinics", r) for r in formats.shuffled(seen, folder, lambda r: r["uid"])]
        totals = {"build": len(data["build"]), "clinics": len(seen)}
        control = [formats.csv_line([dataset, n, hospital.DOMAIN[side], extracted]) for dataset, n in sorted(totals.items())]
        files = {
            "clinics.csv": formats.csv_text(HEADINGS["clinics"], lines, DELIMITERS["clinics"]).encode("cp1252"),
            "build.json": self.build_json(side, data, folder, extracted, "booking_clerk").encode(),
            "control.csv": formats.csv_text(["dataset", "rows", "domain", "extracted_at"], control).encode(),
        }
        return {self.path(folder, name): content for name, content in files.items()}

    def roles_json(self, side, data):
        blocks = []
        for role in formats.shuffled(data["roles"], side, lambda r: r["uid"]):
            rights = formats.shuffled([p for p in data["privileges"] if p["role"] == role["name"]], side, lambda r: r["uid"])
            head = formats.json_line({"roleId": self.id(side, "roles", role["uid"]), "name": role["name"], "description": role["description"], "active": role["active"]})
            lines = ",\n        ".join(self.privileges(side, p) for p in rights)
            blocks.append(f'    {head[:-1]},\n      "privileges": [\n        {lines}\n      ]}}')
        return '{\n  "roles": [\n' + ",\n".join(blocks) + "\n  ]\n}\n"

    def workbook(self, side, data):
        note = [["Printers of Riverside General (synthetic)"], ["The list is on the sheet named Printers."]]
        rows = [["Printers and where they stand"], None, ["Device ID", "Name", "Location ID", "Kind", "Model", "Queue", "Colour", "Trays", "Installed"]]
        rows[1] = [f"Extract of {hospital.EXTRACTED[side]}"]
        for r in formats.shuffled(data["devices"], side, lambda r: r["uid"]):
            rows.append([
                self.id(side, "devices", r["uid"]), r["name"], self.id(side, "locations", r["location"]), r["kind"], r["model"],
                f"\\\\print.{hospital.HOST[side]}\\{r['name'].lower()}", r["colour"], r["trays"], ("date", r["installed"]),
            ])
        return [("Read me", note), ("Printers", rows)]

    def control(self, side, data):
        """The control file: how many rows the system itself counted, per dataset, when the extract was taken."""
        totals = {dataset: len(rows) for dataset, rows in data.items()}
        totals["reasons"] = sum(use == "Y" for r in data["reasons"] for use in r["uses"])
        lines = [formats.csv_line([dataset, n, hospital.DOMAIN[side], hospital.EXTRACTED[side]]) for dataset, n in sorted(totals.items())]
        return formats.csv_text(["dataset", "rows", "domain", "extracted_at"], lines)


def yes(flag):
    """The extract's word for a truth value."""
    return "Y" if flag else "N"
