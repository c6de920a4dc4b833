#!/usr/bin/env python3
"""Writes the example hospital: its extracts, its signed lists, what people attested and tests/example.yaml. Needs Python 3 only.

    tests/example/generate.py           write the files
    tests/example/generate.py --check   say whether the committed files are current; 1 when they are not

Everything is synthetic. The same version of this generator writes the same bytes on every machine.
"""

import hashlib
import json
import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import faults
import formats
import hospital
import rehearsal
import render

PROJECT = pathlib.Path(__file__).resolve().parents[2]
TRUTH = "tests/example.yaml"


def lists(truth):
    """The signed-off lists that the checks quote: what people agreed on, written down apart from both systems."""
    by_code = sorted(truth["clinics"], key=lambda r: r["code"])

    def text(headings, rows):
        return formats.csv_text(headings, [formats.csv_line(r) for r in rows]).encode()

    codes = truth["codes"]

    def national(code_set):
        return text(["code_set", "cdf_meaning", "code", "display"], [[c["code_set"], c["meaning"], c["code"], c["display"]] for c in codes if c["code_set"] == code_set])

    return {
        **{
            f"checks/lists/{site}/specification.csv": text(
                ["site", "product", "setting", "value"], [[r["site"], r["product"], r["setting"], r["value"]] for r in truth["specifications"] if r["site"] == site]
            )
            for site in hospital.SITES
        },
        "checks/lists/clinics.csv": text(["code", "specialty"], [[r["code"], r["specialty"]] for r in by_code]),
        "checks/lists/rtt-status.csv": national("RTT"),
        "checks/lists/attendance-outcomes.csv": national("OUTCOME_OF_ATTENDANCE"),
        "checks/lists/first-attendance.csv": national("FIRST_ATTENDANCE"),
        "checks/lists/treatment-functions.csv": national("TREATMENT_FUNCTION"),
        "checks/lists/tracking-locations.csv": text(["code", "name"], [[r["code"], r["name"]] for r in truth["case_note_locations"]]),
        "checks/lists/reschedule-reasons.csv": text(["kind", "code", "name"], [["Reschedule", r["code"], r["name"]] for r in truth["reasons"] if r["uses"][0] == "Y"]),
        "checks/lists/data-set-fields.csv": text(["form", "field", "required"], [[form, field, "true"] for form, fields in hospital.DATA_SET.items() for field in fields]),
    }


def truth_yaml(planted):
    """tests/example.yaml: every planted fault, its findings, its repair."""
    flow = lambda value: json.dumps(value, ensure_ascii=False)
    total = sum(len(f.findings) for f in planted)
    out = [
        "# Written by tests/example/generate.py; do not edit.",
        "#",
        "# The faults planted in the example hospital. The run finds exactly these findings and no other; the edits of one fault's",
        "# `repair` remove exactly its findings; those of all faults together give GO. Repairs may be made in any order:",
        "#   {file, append}            the text becomes a new last line (encoded as the file is)",
        "#   {file, replace, with}     the text, which occurs once, becomes the other",
        "#   {file, total, add}        the number in the line of that dataset of the control file grows",
        "# `expected` and `found` are canonical texts; a cell without a value is given by its state.",
        "version: 1",
        f"faults_planted: {len(planted)}",
        f"findings_in_all: {total}",
        "faults:",
    ]
    for fault in planted:
        out += [f"  - id: {fault.ident}", f"    description: {flow(fault.description)}", "    findings:"]
        out += [f"      - {flow(finding)}" for finding in fault.findings]
        out.append("    repair:")
        out += [f"      - {flow(step)}" for step in fault.repair]
    return ("\n".join(out) + "\n").encode()


def repaired(files, planted):
    """The files after the repairs of these faults."""
    files = dict(files)
    for fault in planted:
        for step in fault.repair:
            path = step["file"]
            encoding = "cp1252" if path.endswith("clinics.csv") else "utf-8"
            if "append" in step:
                files[path] += (step["append"] + "\n").encode(encoding)
            elif "total" in step:
                line = re.compile(rf"^{step['total']},(\d+),".encode(), re.M)
                files[path] = line.sub(lambda m: f"{step['total']},{int(m[1]) + step['add']},".encode(), files[path])
            else:
                find = step["replace"].encode(encoding)
                if files[path].count(find) != 1:
                    raise SystemExit(f"{fault.ident}: {step['replace']!r} does not occur once in {path}")
                files[path] = files[path].replace(find, step["with"].encode(encoding))
    return files


def verify(planted, faulty, right):
    """The repairs of all faults, in either order, give the files without faults; order of lines does not count."""
    lines = lambda content: sorted(line.rstrip(b",") for line in content.split(b"\n"))
    for order in (planted, planted[::-1]):
        files = repaired(faulty, order)
        wrong = [path for path in right if lines(files[path]) != lines(right[path])]
        if wrong or files.keys() != right.keys():
            raise SystemExit(f"not repaired: {', '.join(wrong)}")


def signed_digests(files):
    """The check files, with the digest of each list where they quote it."""
    signed = {}
    for path in sorted([*(PROJECT / "checks").glob("*.yaml"), *(PROJECT / "checks/sites").glob("*.yaml")]):
        text = path.read_bytes().decode()
        for name, content in files.items():
            if name.startswith("checks/lists/"):
                quoted = re.escape(name.removeprefix("checks/"))
                text = re.sub(rf"(rows: {quoted}\b.*?sha256: )[0-9a-f]+", rf"\g<1>{hashlib.sha256(content).hexdigest()}", text, flags=re.S)
        signed[path.relative_to(PROJECT).as_posix()] = text.encode()
    return signed


def generate():
    """All files that this generator writes, as {path: bytes}."""
    truth = hospital.build()
    renderer = render.Render(truth)
    sides, hidden, planted = faults.plant(truth, renderer)
    files, right = {}, {}
    for side, data in sides.items():
        users = hospital.users(side, truth["roles"])
        files |= renderer.extract(side, data | {"users": users})
        right |= renderer.extract(side, truth | {"users": users})
    files |= renderer.clerk(sides["production"], hidden)
    right |= renderer.clerk(truth, set())
    files |= rehearsal.files(faults.DATA_LOST)
    right |= rehearsal.files(faults.DATA_LOST_WITHIN_LIMITS)
    verify(planted, files, right)
    files |= lists(truth)
    files |= signed_digests(files)
    files[TRUTH] = truth_yaml(planted)
    return files


def main():
    files = generate()
    stale = [path for path, content in files.items() if not (PROJECT / path).exists() or (PROJECT / path).read_bytes() != content]
    folders = [PROJECT / render.ROOT, PROJECT / "checks/lists", PROJECT / "checks/attestations"]
    known = set(files)
    strays = sorted(p.relative_to(PROJECT).as_posix() for f in folders for p in f.rglob("*") if p.is_file() and p.relative_to(PROJECT).as_posix() not in known)
    if "--check" in sys.argv[1:]:
        for path in sorted(stale):
            print(f"not current: {path}")
        for path in strays:
            print(f"not written by the generator: {path}")
        return 1 if stale or strays else 0
    for path in stale:
        target = PROJECT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files[path])
    for path in strays:
        (PROJECT / path).unlink()
    print(f"{len(files)} files, {sum(map(len, files.values()))} bytes, {len(stale)} written, {len(strays)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
