//! `gonogo show`: what a snapshot holds.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use tabled::builder::Builder;
use tabled::settings::Style;
use unicode_width::UnicodeWidthStr;

use crate::context::Context;
use crate::document::suggest;
use crate::exit::ExitStatus;
use crate::report::text::{cut, inline, wrap};
use crate::snapshot::{DatasetEntry, RECORDS, Snapshot, SnapshotError, Store, Table, records_shown};
use crate::value::{Cell, Key, State};

use super::args::{Args, ShowArgs};
use super::evidence::Stored;
use super::load::find;
use super::{Failure, output};

pub(super) fn run(args: &Args, typed: &ShowArgs, context: &Context) -> Result<ExitStatus, Failure> {
    let format = match typed.format.as_str() {
        "terminal" => Rows::Terminal,
        "json" => Rows::Json,
        "csv" => Rows::Csv,
        other => {
            let help = suggest::nearest_or_all(other, ["terminal", "json", "csv"].into_iter());
            return Err(Failure::Usage(format!("there is no format `{other}`\ngonogo show --format\n{help}")));
        }
    };
    let snapshot = open(args, &typed.snapshot, context)?;
    let bytes = match &typed.dataset {
        None => about(&snapshot, format)?,
        Some(name) => {
            if snapshot.manifest().dataset(name).is_none() {
                let names = snapshot.manifest().datasets.iter().map(|d| d.name.as_str());
                let help = suggest::nearest_or_all(name, names);
                return Err(Failure::Usage(format!("the snapshot has no dataset `{name}`\n{}\n{help}", snapshot.id())));
            }
            let table = snapshot.table(name).map_err(|e| Failure::CannotTell(e.to_string()))?;
            rows(&table, typed.limit, format, context.width)?
        }
    };
    output::stdout(&bytes)?;
    Ok(ExitStatus::Go)
}

#[derive(Clone, Copy)]
enum Rows {
    Terminal,
    Json,
    Csv,
}

/// ENV, ENV=ID, an id alone as `gonogo snapshot` prints it, or a snapshot folder.
pub(super) fn open(args: &Args, text: &str, context: &Context) -> Result<Snapshot, Failure> {
    let untold = |e: SnapshotError| Failure::CannotTell(e.to_string());
    if let Stored::Folder(dir) = Stored::typed(text, context) {
        return Snapshot::open(&dir).map_err(untold);
    }
    let store = Store::new(&find(args.project.as_deref(), context)?);
    let owner = store.owner(text).map_err(untold)?;
    let (environment, id) = match (text.split_once('='), &owner) {
        (Some(both), _) => both,
        (None, Some(environment)) => (environment.as_str(), text),
        (None, None) => (text, "latest"),
    };
    if !store.folder(environment).is_dir() {
        return Err(Failure::Usage(format!(
            "there is no snapshot of `{environment}`\n{}\ntake one with `gonogo snapshot {environment}`, or give a snapshot's folder",
            super::load::shown(&store.folder(environment))
        )));
    }
    Stored::typed(id, context).open(&store, environment).map_err(untold)
}

fn about(snapshot: &Snapshot, format: Rows) -> Result<Vec<u8>, Failure> {
    let manifest = snapshot.manifest();
    match format {
        Rows::Json => serde_json::to_vec_pretty(manifest)
            .map(|mut v| {
                v.push(b'\n');
                v
            })
            .map_err(|e| Failure::Internal(e.into())),
        Rows::Csv => {
            let mut out = csv::Writer::from_writer(Vec::new());
            let mut put = |cells: [&str; 4]| out.write_record(cells).map_err(|e| Failure::Internal(e.into()));
            put(["dataset", "rows", "completeness", "unread"])?;
            for d in &manifest.datasets {
                put([&d.name, &d.rows.to_string(), &d.completeness.method, d.unread.as_deref().unwrap_or("")])?;
            }
            out.into_inner().map_err(|e| Failure::Internal(anyhow::anyhow!("{e}")))
        }
        Rows::Terminal => {
            let mut text = String::new();
            let _ = writeln!(text, "Snapshot {} of {} ({})", snapshot.id(), manifest.environment, manifest.role);
            let _ = writeln!(text, "  read from   {}", inline(&manifest.origin));
            let moment =
                |at: Option<DateTime<Utc>>| at.map_or_else(|| "unknown".to_owned(), |t| t.to_rfc3339_opts(SecondsFormat::Secs, true));
            let _ = writeln!(text, "  data as of  {}", moment(manifest.taken_at));
            if let Some(instance) = &manifest.instance {
                let _ = writeln!(text, "  instance    {}", inline(&instance.found.join(", ")));
            }
            for login in &manifest.logins {
                let age = moment(login.taken_at);
                let _ = writeln!(text, "  as {}, read from {}, data as of {age}", login.name, inline(&login.origin));
            }
            let _ = writeln!(text, "  content     {}", manifest.content_id);
            text.push_str(&super::snapshot::datasets(manifest));
            Ok(text.into_bytes())
        }
    }
}

fn rows(table: &Table, limit: usize, format: Rows, width: usize) -> Result<Vec<u8>, Failure> {
    let entry = table.entry();
    let columns: Vec<usize> = (0..entry.columns.len()).collect();
    let mut found: Vec<(Key, Vec<Cell>)> = Vec::new();
    'batches: for batch in table.rows(&columns, None).map_err(|e| Failure::CannotTell(e.to_string()))? {
        let batch = batch.map_err(|e| Failure::CannotTell(e.to_string()))?;
        for i in 0..batch.len() {
            if found.len() == limit {
                break 'batches;
            }
            let key = Key::from_bytes(batch.key(i)).unwrap_or(Key { rung: crate::value::NO_KEY, parts: Vec::new() });
            let mut cells: Vec<Cell> = (0..columns.len()).map(|c| batch.cell(i, c).to_cell()).collect();
            hide_small_numbers(entry, &mut cells);
            found.push((key, cells));
        }
    }
    match format {
        Rows::Terminal => Ok(terminal(entry, &found, width).into_bytes()),
        Rows::Json => json(entry, &found),
        Rows::Csv => csv(entry, &found),
    }
}

/// Of records of patients, fewer than five could be recognised.
fn hide_small_numbers(entry: &DatasetEntry, cells: &mut [Cell]) {
    if entry.measured.is_none() {
        return;
    }
    for (cell, _) in cells.iter_mut().zip(&entry.columns).filter(|(_, column)| column.name == RECORDS) {
        if let Ok(n) = cell.text.parse() {
            cell.text = records_shown(n);
        }
    }
}

/// Widest cell of the table; what is longer is cut, and whole in the other formats.
const WIDEST: usize = 24;

/// A table of the columns that fit; those that do not are named.
fn terminal(entry: &DatasetEntry, found: &[(Key, Vec<Cell>)], width: usize) -> String {
    let shown = |cell: &Cell| cut(&if cell.state == State::Value { cell.text.clone() } else { cell.to_string() }, WIDEST);
    let columns: Vec<Vec<String>> = entry
        .columns
        .iter()
        .enumerate()
        .map(|(c, column)| std::iter::once(column.name.clone()).chain(found.iter().map(|(_, cells)| shown(&cells[c]))).collect())
        .collect();
    let mut room = width;
    let fitting = columns
        .iter()
        .take_while(|cells| {
            // Two spaces and a bar beside the widest cell.
            let needed = cells.iter().map(|c| c.width()).max().unwrap_or(0) + 3;
            let fits = needed <= room;
            room = room.saturating_sub(needed);
            fits
        })
        .count()
        .max(1);
    let mut builder = Builder::default();
    for row in 0..=found.len() {
        builder.push_record(columns[..fitting.min(columns.len())].iter().map(|cells| cells[row].clone()));
    }
    let table = builder.build().with(Style::psql()).to_string();
    let mut text = format!("{}\n", table.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
    let hidden: Vec<&str> = entry.columns.iter().skip(fitting).map(|c| c.name.as_str()).collect();
    if !hidden.is_empty() {
        for line in wrap(&format!("not shown: {} (--format csv or json shows all columns)", hidden.join(", ")), width) {
            let _ = writeln!(text, "{line}");
        }
    }
    let left = entry.rows.saturating_sub(found.len() as u64);
    let _ = writeln!(
        text,
        "{} rows{}",
        entry.rows,
        if left == 0 { String::new() } else { format!(", {left} more with --limit {}", entry.rows) }
    );
    text
}

fn json(entry: &DatasetEntry, found: &[(Key, Vec<Cell>)]) -> Result<Vec<u8>, Failure> {
    let mut out = Vec::new();
    for (key, cells) in found {
        let mut object = serde_json::Map::new();
        object.insert("_key".to_owned(), serde_json::json!(key.parts));
        for (column, cell) in entry.columns.iter().zip(cells) {
            let value = if cell.state == State::Value {
                serde_json::json!(cell.text)
            } else {
                serde_json::json!({ "state": cell.state, "raw": cell.text })
            };
            object.insert(column.name.clone(), value);
        }
        serde_json::to_writer(&mut out, &object).map_err(|e| Failure::Internal(e.into()))?;
        out.push(b'\n');
    }
    Ok(out)
}

fn csv(entry: &DatasetEntry, found: &[(Key, Vec<Cell>)]) -> Result<Vec<u8>, Failure> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(entry.columns.iter().map(|c| c.name.as_str())).map_err(|e| Failure::Internal(e.into()))?;
    for (_, cells) in found {
        let cells = cells.iter().map(|c| if c.state == State::Value { formula_safe(&c.text) } else { c.text.clone() });
        out.write_record(cells).map_err(|e| Failure::Internal(e.into()))?;
    }
    out.into_inner().map_err(|e| Failure::Internal(anyhow::anyhow!("{e}")))
}

/// A cell that a spreadsheet would run as a formula begins with an apostrophe instead (OWASP ASVS 1.2.10).
fn formula_safe(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0']) && text.parse::<f64>().is_err() {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
