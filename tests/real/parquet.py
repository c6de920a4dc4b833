"""Reads every Parquet file of the snapshots below a folder with DuckDB and with pandas, and holds it to its manifest.

Row counts, columns, filled cells and digests must be what `manifest.json` says, in both readers. Ends with 1 when one is not,
or when there is nothing to read.
"""

import hashlib
import json
import sys
from pathlib import Path

import duckdb
import pandas


def problems_of(folder: Path, dataset: dict) -> list[str]:
    name = dataset["name"]
    if dataset["unread"] is not None:
        return [] if dataset["file"] is None else [f"{name}: unread, yet it has a file"]
    path = folder / dataset["file"]
    found = []
    if hashlib.sha256(path.read_bytes()).hexdigest() != dataset["sha256"]:
        found.append(f"{name}: the file has another SHA-256 than the manifest says")
    relation = duckdb.read_parquet(str(path))
    frame = pandas.read_parquet(path)
    rows = {
        "DuckDB": relation.aggregate("count(*)").fetchall()[0][0],
        "pandas": len(frame),
    }
    columns = {"DuckDB": list(relation.columns), "pandas": list(frame.columns)}
    for reader, count in rows.items():
        if count != dataset["rows"]:
            found.append(f"{name}: {reader} reads {count} rows, the manifest says {dataset['rows']}")
    if columns["DuckDB"] != columns["pandas"]:
        found.append(f"{name}: DuckDB and pandas see different columns")
    expected = {column["name"] for column in dataset["columns"]}
    missing = expected - set(columns["DuckDB"])
    if missing:
        found.append(f"{name}: no column {', '.join(sorted(missing))}")
    # What the file holds beside the dataset's columns is gonogo's own and says so by its name.
    for extra in sorted(set(columns["DuckDB"]) - expected):
        if not extra.startswith("_"):
            found.append(f"{name}: column {extra} is not in the manifest")
    for column in dataset["columns"]:
        filled = frame[column["name"]].notna().sum() if column["name"] in frame else 0
        if filled < column["cells"]["value"]:
            found.append(f"{name}.{column['name']}: {filled} cells filled, the manifest says {column['cells']['value']}")
    return found


def main() -> int:
    manifests = sorted(Path(sys.argv[1]).rglob("manifest.json"))
    files = rows = 0
    problems: list[str] = []
    for manifest_path in manifests:
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))["manifest"]
        for dataset in manifest["datasets"]:
            found = problems_of(manifest_path.parent, dataset)
            problems += [f"{manifest['environment']}: {problem}" for problem in found]
            if dataset["file"] is not None:
                files += 1
                rows += dataset["rows"]
        print(f"  {manifest['environment']}: {len(manifest['datasets'])} datasets")
    print(f"  {len(manifests)} snapshots, {files} Parquet files, {rows} rows; DuckDB {duckdb.__version__}, pandas {pandas.__version__}")
    for problem in problems:
        print(f"  WRONG {problem}")
    if len(manifests) < 2 or files == 0:
        print("  WRONG fewer than two snapshots, or no files: nothing was tested")
        return 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
