"""Measures whole processes on one folder of generated data: CPU (user + system), peak memory, and the answer.

Started by benches/run. Programs run in turn, three times each; the median CPU is printed, and its ratio to DuckDB's.
"""

import glob
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys

REPEATS = 3
KEY, VOLATILE = "slot_code", "updated_at"
INTEGERS = {"duration_min", "capacity"}

TABLES = """
import duckdb, json, sys
left, right, ignored = sys.argv[1], sys.argv[2], sys.argv[3:]
db = duckdb.connect()
db.execute("SET threads = 2")
db.execute("SET enable_progress_bar = false")
read = {name: f"read_csv('{path}', all_varchar = true, header = true)" for name, path in (("l", left), ("r", right))}
columns = [c[0] for c in db.execute(f"SELECT * FROM {read['l']} LIMIT 0").description if c[0] != 'slot_code' and c[0] not in ignored]
differs = " OR ".join(f"l.{c} IS DISTINCT FROM r.{c}" for c in columns)
rows = db.execute(f"SELECT l.slot_code, r.slot_code FROM {read['l']} l FULL JOIN {read['r']} r ON l.slot_code = r.slot_code "
                  f"WHERE l.slot_code IS NULL OR r.slot_code IS NULL OR {differs}").fetchall()
print(sum(r[1] is None for r in rows), sum(r[0] is None for r in rows), sum(None not in r for r in rows))
"""

SNAPSHOTS = TABLES.replace("read_csv('{path}', all_varchar = true, header = true)", "read_parquet('{path}')").replace(
    "columns = [", "columns = [c for c in ["
).replace("c[0] not in ignored]", "c[0] not in ignored] if not c.startswith('_')]")

PROJECT = {
    "gonogo.yaml": """version: 1
title: Clinic slots (synthetic)
go_live: 2027-02-24T06:00:00Z
pair: {training: training, production: production}
policy: {block_at: major, max_age: 3650d, max_skew: 3650d}
require: {criteria: none, reason: a measurement}
""",
    **{
        f"environments/{name}.yaml": f"""version: 1
name: {name}
role: {name}
system: slots_extract
files: extracts/{name}
extract: {{taken_at: {{stated: 2026-11-01T00:00:00Z, by: nobody, reason: a measurement}}}}
"""
        for name in ("training", "production")
    },
    "checks/slots.yaml": """version: 1
area: outpatients
owner: nobody
checks:
  - id: slots-are-bookable
    title: Slots can be booked
    expect: {dataset: bench_slots, in: production, that: "capacity > 0 AND duration_min BETWEEN 5 AND 120 AND status <> ''"}
""",
    "environments/systems/slots_extract.yaml": """version: 1
system: slots_extract
protocol: files
datasets:
  bench_slots:
    noun: slot
    read: {csv: slots.csv}
    key: [slot_code]
    columns:
      COLUMNS
    complete: {declared: {by: nobody, on: 2026-11-01, reason: a measurement}}
""",
}

RESOURCES = """
import duckdb, sys
db = duckdb.connect()
db.execute("SET threads = 2")
db.execute("SET enable_progress_bar = false")
def read(path):
    names = [c[0] for c in db.execute(f"SELECT * FROM read_ndjson('{path}') LIMIT 0").description]
    def form(name):
        return f"list_sort(list_transform({name}, lambda x: CAST(x AS VARCHAR)))" if name in lists else name
    kinds = {c[0]: c[1] for c in db.execute(f"DESCRIBE SELECT * FROM read_ndjson('{path}')").fetchall()}
    lists = {n for n in names if kinds[n].endswith('[]')}
    return ", ".join(f"{form(n)} AS {n}" for n in names if n != 'meta'), [n for n in names if n not in ('id', 'meta')]
(left, columns), (right, _) = read(sys.argv[1]), read(sys.argv[2])
differs = " OR ".join(f"l.{c} IS DISTINCT FROM r.{c}" for c in columns)
rows = db.execute(f"SELECT l.id, r.id FROM (SELECT {left} FROM read_ndjson('{sys.argv[1]}')) l FULL JOIN "
                  f"(SELECT {right} FROM read_ndjson('{sys.argv[2]}')) r ON l.id = r.id "
                  f"WHERE l.id IS NULL OR r.id IS NULL OR {differs}").fetchall()
print(sum(r[1] is None for r in rows), sum(r[0] is None for r in rows), sum(None not in r for r in rows))
"""


# A program's peak memory begins at that of whoever started it: this one is small, however much the measuring one holds.
METER = """
import os, sys
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
os.write(int(sys.argv[1]), f"{used.ru_utime + used.ru_stime} {used.ru_maxrss}".encode())
"""


def run(command):
    """CPU seconds, peak MiB and standard output of one process."""
    told, tell = os.pipe()
    meter = [sys.executable, "-S", "-c", METER, str(tell), shutil.which(command[0]), *command[1:]]
    out = subprocess.run(meter, stdout=subprocess.PIPE, pass_fds=[tell], check=True).stdout
    os.close(tell)
    with os.fdopen(told) as file:
        cpu, peak = file.read().split()
    return float(cpu), int(peak) / (1 << 20 if sys.platform == "darwin" else 1 << 10), out


def counts(out):
    return tuple(int(n) for n in out.split()) if out.split() else None


def exact(out):
    """gonogo's findings as the truth tells them: keys, fields and both values, not only their number.

    Where there are more than it lists, only their number can be held to the truth."""
    dataset = json.loads(out)["datasets"][0]
    found = {"missing": [], "extra": [], "changed": []}
    for difference in dataset["differences"]:
        key, kind = " | ".join(difference["key"]), difference["kind"]
        values = (difference[side].get("text", "") for side in ("left", "right")) if kind == "changed" else ()
        found.setdefault(kind, []).append((key, difference["field"], *values) if kind == "changed" else key)
    if dataset["beyond"]:
        return sum(len(rows) for rows in found.values()) + dataset["beyond"]
    return {kind: sorted(rows) for kind, rows in found.items()}


def project(gonogo, data):
    """A project whose training and production are the two tables, with a snapshot of each; the folder, and the files."""
    folder = f"{data}/project"
    if not os.path.isdir(folder):
        with open(f"{data}/left.csv", encoding="utf-8") as file:
            headings = file.readline().strip().split(",")
        columns = "\n      ".join(f"{h}: {{from: {h}, type: integer}}" if h in INTEGERS else f"{h}: {h}" for h in headings)
        for path, text in PROJECT.items():
            os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)
            with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
                file.write(text.replace("COLUMNS", columns))
        for name, table in (("training", "left.csv"), ("production", "right.csv")):
            os.makedirs(f"{folder}/environments/extracts/{name}")
            shutil.copyfile(f"{data}/{table}", f"{folder}/environments/extracts/{name}/slots.csv")
            cpu, peak, _ = run([gonogo, "-C", folder, "snapshot", name])
            print(f"  snapshot of {name}: {cpu:.2f} s CPU, {peak:.0f} MiB")
    stored = [glob.glob(f"{folder}/.gonogo/snapshots/{name}/*/*.parquet")[0] for name in ("training", "production")]
    return folder, stored


def measure(title, programs, truth, told):
    print(f"\n{title}")
    runs = {name: [] for name in programs}
    for _ in range(REPEATS):
        for name, (command, _) in programs.items():
            runs[name].append(run(command))
    base = statistics.median(r[0] for r in runs["DuckDB"])
    for name, (_, read) in programs.items():
        cpu, peak = statistics.median(r[0] for r in runs[name]), max(r[1] for r in runs[name])
        answer = read(runs[name][-1][2])
        right = answer in (truth, told, sum(told))
        print(f"  {name:10} {cpu:8.2f} s CPU  {cpu / base:6.3f} of DuckDB  {peak:8.0f} MiB  {'exact' if right else 'WRONG ANSWER'}")


def expect(gonogo, folder, rows):
    """What a condition on every record costs: the program's own time and the memory above the idle program."""
    command = [gonogo, "-C", folder, "check", "--snapshot", "production=latest", "--as-of", "2026-11-02T00:00:00Z", "--format", "json"]
    idle = max(run([gonogo, "--version"])[1] for _ in range(REPEATS))
    runs = [run(command) for _ in range(REPEATS)]
    judged = json.loads(runs[-1][2])["checks"][0]
    cpu, peak = statistics.median(r[0] for r in runs), max(r[1] for r in runs)
    right = judged["status"] == "pass" and judged["ledger"]["selected"] == rows
    print(f"\n`expect` of every record: {rows:,} rows")
    print(f"  gonogo     {cpu:8.2f} s CPU  {peak - idle:8.0f} MiB above the idle program  {'exact' if right else 'WRONG ANSWER'}")


def main():
    gonogo, peer, data = sys.argv[1:]
    with open(f"{data}/truth.json", encoding="utf-8") as file:
        planted = json.load(file)
    told = tuple(len(planted[kind]) for kind in ("missing", "extra", "changed"))
    changed = [(c["key"], c["field"], c["left"], c["right"]) for c in planted["changed"]]
    truth = {"missing": planted["missing"], "extra": planted["extra"], "changed": sorted(changed)}

    def diff(left, right, key, *more):
        return ([gonogo, "diff", f"{data}/{left}", f"{data}/{right}", "--key", key, "--format", "json", *more], exact)

    def duckdb(program, left, right, *more):
        return ([sys.executable, "-c", program, f"{data}/{left}", f"{data}/{right}", *more], counts)

    rows = f"{planted['rows']:,} rows a side"
    if os.path.exists(f"{data}/left.ndjson"):
        both = ("left.ndjson", "right.ndjson")
        programs = {"gonogo": diff(*both, "id", "--ignore", "meta", "--unordered"), "DuckDB": duckdb(RESOURCES, *both)}
        measure(f"Nested JSON, arrays shuffled, meta ignored: {rows}", programs, truth, told)
        return
    programs = {"gonogo": diff("left.csv", "right.csv", KEY), "DuckDB": duckdb(TABLES, "left.csv", "right.csv")}
    if os.path.exists(peer):
        programs["csv-diff"] = ([peer, f"{data}/left.csv", f"{data}/right.csv"], counts)
    measure(f"Two CSV files: {rows}", programs, truth, told)
    both = ("left.csv", "volatile.csv")
    programs = {"gonogo": diff(*both, KEY, "--ignore", VOLATILE), "DuckDB": duckdb(TABLES, *both, VOLATILE)}
    measure(f"Two CSV files, a column that differs in every row ignored: {rows}", programs, truth, told)
    folder, stored = project(gonogo, data)
    programs = {
        "gonogo": ([gonogo, "-C", folder, "diff", "training=latest", "production=latest", "--format", "json", "--limit", "100000"], exact),
        "DuckDB": ([sys.executable, "-c", SNAPSHOTS, *stored], counts),
    }
    measure(f"Two snapshots: {rows}", programs, truth, told)
    expect(gonogo, folder, planted["rows"] + len(planted["extra"]) - len(planted["missing"]))
    # An answer that is equal costs the floor: every key prefixed may cost three times as much, not more.
    both = ("left.csv", "left.csv")
    programs = {"gonogo": diff(*both, KEY), "DuckDB": duckdb(TABLES, *both)}
    measure(f"A CSV file and itself: {rows}", programs, {"missing": [], "extra": [], "changed": []}, (0, 0, 0))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
