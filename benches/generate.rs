//! Writes the tables that speed is measured on, with the exact differences planted in them. Everything is synthetic.
//!
//! ```text
//! cargo bench --bench generate -- FOLDER ROWS [SEED]          clinic slots: left.csv, right.csv, volatile.csv, truth.json
//! cargo bench --bench generate -- FOLDER ROWS [SEED] prefix   the same, but every key on the right has a prefix
//! cargo bench --bench generate -- FOLDER ROWS [SEED] json     nested resources: left.ndjson, right.ndjson, truth.json
//! ```
//!
//! The right side is the left one in another order, with 0.1 % of the rows removed, 0.1 % added and one field changed in
//! 0.5 %. `volatile.csv` is the right side with another `updated_at` in every row. In the resources arrays are shuffled
//! and `meta` differs in all of them. The same arguments give the same bytes on every machine.

#![allow(clippy::print_stderr, reason = "a program of its own, which says what is wrong with how it was called")]

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

fn main() {
    // `cargo bench` adds a flag of its own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let (Some(folder), Some(rows)) = (arguments.first(), arguments.get(1).and_then(|rows| rows.parse().ok())) else {
        eprintln!("usage: cargo bench --bench generate -- FOLDER ROWS [SEED] [prefix|json]");
        return;
    };
    let seed = arguments.get(2).and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let plan = Plan { rows, seed };
    let folder = Path::new(folder);
    let written = std::fs::create_dir_all(folder).and_then(|()| match arguments.iter().skip(2).find(|a| a.parse::<u64>().is_err()) {
        Some(kind) if kind == "json" => resources(folder, &plan),
        Some(kind) if kind == "prefix" => slots(folder, &plan, "NEW-"),
        _ => slots(folder, &plan, ""),
    });
    if let Err(error) = written {
        eprintln!("{}: {error}", folder.display());
        std::process::exit(1);
    }
}

/// How many rows, and the seed that everything follows from.
struct Plan {
    rows: u64,
    seed: u64,
}

/// What happens to a row on the right.
#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Same,
    Removed,
    Added,
    Changed,
}

impl Plan {
    /// Rows are numbered from 0; those from `rows` on are only on the right.
    fn fate(&self, row: u64) -> Fate {
        // Exactly one row in a thousand, and five in a thousand, each at a place in its thousand that follows from the seed.
        let (thousand, place) = (row / 1000, row % 1000);
        let shift = mix(self.seed ^ thousand.wrapping_mul(0x9E37_79B9)) % 1000;
        match (place + shift) % 1000 {
            _ if row >= self.rows => Fate::Added,
            0 => Fate::Removed,
            1..=5 => Fate::Changed,
            _ => Fate::Same,
        }
    }

    fn added(&self) -> u64 {
        self.rows / 1000
    }

    /// Rows of the right side in its order: a step that has no factor in common with their number visits each once.
    fn right_order(&self) -> impl Iterator<Item = u64> + '_ {
        let all = self.rows + self.added();
        let mut step = all / 2 + mix(self.seed) % (all / 4 + 1);
        while gcd(step, all) != 1 {
            step += 1;
        }
        (0..all).map(move |i| (u128::from(i) * u128::from(step) % u128::from(all)) as u64).filter(|row| self.fate(*row) != Fate::Removed)
    }

    fn dice(&self, row: u64) -> Dice {
        Dice(mix(self.seed ^ mix(row)))
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// SplitMix64: small, seedable, the same everywhere.
fn mix(mut n: u64) -> u64 {
    n = n.wrapping_add(0x9E37_79B9_7F4A_7C15);
    n = (n ^ (n >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    n = (n ^ (n >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    n ^ (n >> 31)
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = mix(self.0);
        self.0 % n
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.below(words.len() as u64) as usize]
    }
}

const SPECIALTIES: &[(&str, &str, &str)] = &[
    ("CARD", "320", "Cardiology"),
    ("DERM", "330", "Dermatology"),
    ("OPHT", "130", "Ophthalmology"),
    ("ENT", "120", "Ear, nose and throat"),
    ("ORTH", "110", "Trauma and orthopaedics"),
    ("PAED", "420", "Paediatrics"),
    ("GAST", "301", "Gastroenterology"),
    ("RHEU", "410", "Rheumatology"),
];
const DAYS: &[&str] = &["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
const STATUS: &[&str] = &["bookable", "bookable", "bookable", "held", "closed"];
const ROLES: &[&str] = &["booking_clerk;receptionist", "booking_clerk;receptionist;nurse", "booking_clerk", "consultant;booking_clerk"];
const HEADINGS: &str = "slot_code,clinic_code,clinic_name,specialty_code,location_code,session_day,start_time,duration_min,capacity,status,visible_to_roles,rtt_clock,updated_at";

/// One row of the table; `changed` gives another capacity, `moved` another `updated_at`.
fn slot(out: &mut Vec<u8>, plan: &Plan, row: u64, prefix: &str, changed: bool, moved: bool) -> io::Result<(String, u64)> {
    let mut dice = plan.dice(row);
    let (code, number, name) = SPECIALTIES[dice.below(SPECIALTIES.len() as u64) as usize];
    let clinic = dice.below(400);
    let key = format!("{prefix}{code}-{row:08}");
    let quote = if name.contains(',') { "\"" } else { "" };
    let (location, day) = (dice.below(60), dice.of(DAYS));
    let (hour, minute, duration) = (8 + dice.below(9), 15 * dice.below(4), 5 * (1 + dice.below(12)));
    let capacity = 1 + dice.below(24);
    let (status, roles, clock) = (dice.of(STATUS), dice.of(ROLES), dice.of(&["start", "stop", "none", ""]));
    let (month, date, second) = (1 + dice.below(12), 1 + dice.below(28), dice.below(3600) + if moved { 3600 } else { 0 });
    writeln!(
        out,
        "{key},{code}{clinic:04},{quote}{name} clinic {clinic}{quote},{number},LOC{location:03},{day},{hour:02}:{minute:02},{duration},{},{status},{roles},{clock},2026-{month:02}-{date:02}T0{}:{:02}:{:02}Z",
        capacity + u64::from(changed),
        second / 3600,
        second / 60 % 60,
        second % 60,
    )?;
    Ok((key, capacity))
}

fn slots(folder: &Path, plan: &Plan, prefix: &str) -> io::Result<()> {
    let create = |name: &str| File::create(folder.join(name)).map(BufWriter::new);
    let mut line = Vec::new();
    let mut left = create("left.csv")?;
    writeln!(left, "{HEADINGS}")?;
    for row in 0..plan.rows {
        line.clear();
        slot(&mut line, plan, row, "", false, false)?;
        left.write_all(&line)?;
    }
    left.flush()?;
    for (name, moved) in [("right.csv", false), ("volatile.csv", true)] {
        let mut right = create(name)?;
        writeln!(right, "{HEADINGS}")?;
        for row in plan.right_order() {
            line.clear();
            slot(&mut line, plan, row, prefix, plan.fate(row) == Fate::Changed, moved)?;
            right.write_all(&line)?;
        }
        right.flush()?;
    }
    truth(
        folder,
        plan,
        |row, prefixed| {
            let (key, capacity) = slot(&mut Vec::new(), plan, row, if prefixed { prefix } else { "" }, false, false)?;
            Ok((key, capacity.to_string(), (capacity + 1).to_string()))
        },
        "capacity",
        !prefix.is_empty(),
    )
}

/// The planted differences as JSON: missing and extra keys, and changed fields with both values.
fn truth(
    folder: &Path,
    plan: &Plan,
    mut record: impl FnMut(u64, bool) -> io::Result<(String, String, String)>,
    field: &str,
    every_key_differs: bool,
) -> io::Result<()> {
    let (mut missing, mut extra, mut changed) = (Vec::new(), Vec::new(), Vec::new());
    for row in 0..plan.rows + plan.added() {
        let fate = plan.fate(row);
        if every_key_differs {
            if row < plan.rows {
                missing.push(record(row, false)?.0);
            }
            if fate != Fate::Removed {
                extra.push(record(row, true)?.0);
            }
            continue;
        }
        match fate {
            Fate::Same => {}
            Fate::Removed => missing.push(record(row, false)?.0),
            Fate::Added => extra.push(record(row, true)?.0),
            Fate::Changed => {
                let (key, left, right) = record(row, false)?;
                changed.push(serde_json::json!({"key": key, "field": field, "left": left, "right": right}));
            }
        }
    }
    missing.sort();
    extra.sort();
    changed.sort_by_key(|c| c["key"].as_str().map(str::to_owned));
    let truth = serde_json::json!({"rows": plan.rows, "seed": plan.seed, "missing": missing, "extra": extra, "changed": changed});
    std::fs::write(folder.join("truth.json"), serde_json::to_vec(&truth)?)
}

/// A nested resource in the manner of FHIR, about 700 bytes; `shuffled` turns its arrays round.
fn resource(plan: &Plan, row: u64, changed: bool, shuffled: bool) -> serde_json::Value {
    use serde_json::json;
    let mut dice = plan.dice(row);
    let (code, number, name) = SPECIALTIES[dice.below(SPECIALTIES.len() as u64) as usize];
    let mut identifiers = vec![
        json!({"system": "https://example.org/clinic-code", "value": format!("{code}{:04}", dice.below(10_000))}),
        json!({"system": "https://example.org/service", "value": format!("S{row:09}"), "use": "official"}),
    ];
    let mut telecom = vec![
        json!({"system": "phone", "value": format!("01632 {:06}", dice.below(1_000_000)), "use": "work"}),
        json!({"system": "email", "value": format!("{}{row}@example.org", code.to_lowercase())}),
        json!({"system": "fax", "value": format!("01632 {:06}", dice.below(1_000_000))}),
    ];
    let mut available: Vec<serde_json::Value> = DAYS
        .iter()
        .take(2 + dice.below(4) as usize)
        .map(|day| json!({"daysOfWeek": [day[..3].to_lowercase()], "availableStartTime": format!("{:02}:00:00", 8 + dice.below(4)), "availableEndTime": "17:00:00"}))
        .collect();
    if shuffled {
        identifiers.reverse();
        telecom.rotate_left(1);
        available.reverse();
    }
    json!({
        "resourceType": "HealthcareService",
        "id": format!("svc-{row:08}"),
        "meta": {"versionId": if shuffled { "2" } else { "1" }, "lastUpdated": format!("2026-0{}-01T00:00:00Z", if shuffled { 2 } else { 1 })},
        "identifier": identifiers,
        "active": dice.below(10) > 0,
        "name": format!("{name} clinic {}{}", dice.below(400), if changed { " (moved)" } else { "" }),
        "specialty": [{"coding": [{"system": "https://example.org/treatment-function", "code": number, "display": name}]}],
        "location": [{"reference": format!("Location/{}", dice.below(500))}],
        "telecom": telecom,
        "availableTime": available,
        "appointmentRequired": true,
        "extension": [{"url": "https://example.org/capacity", "valueDecimal": 1.5 + dice.below(40) as f64}],
    })
}

fn resources(folder: &Path, plan: &Plan) -> io::Result<()> {
    let mut left = BufWriter::new(File::create(folder.join("left.ndjson"))?);
    for row in 0..plan.rows {
        writeln!(left, "{}", resource(plan, row, false, false))?;
    }
    left.flush()?;
    let mut right = BufWriter::new(File::create(folder.join("right.ndjson"))?);
    for row in plan.right_order() {
        writeln!(right, "{}", resource(plan, row, plan.fate(row) == Fate::Changed, true))?;
    }
    right.flush()?;
    let name = |row, changed| resource(plan, row, changed, false)["name"].to_string();
    truth(folder, plan, |row, _| Ok((format!("svc-{row:08}"), name(row, false), name(row, true))), "name", false)
}
