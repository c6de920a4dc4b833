//! The example's own files: production becomes a copy of training, and faults are written into the files as a hospital keeps them.

use std::collections::{BTreeMap, BTreeSet};

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use serde_json::{Map, Value};

use crate::support::{self, Example};

use super::checks::{HEADING, Severities, project};
use super::planted::{Planted, assert_same, of_report};
use super::random::Random;

/// How a file is written.
#[derive(Clone, Copy)]
enum Syntax {
    /// Delimiter and encoding.
    Delimited(u8, &'static Encoding),
    /// A list of objects, all in one document or one a line.
    Document,
    Lines,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq)]
enum Holds {
    Text,
    Number,
    /// `Y` and `N`, or a flag of its own where the file knows one.
    Flag,
}

/// A dataset in its file.
struct Extract {
    dataset: &'static str,
    file: &'static str,
    syntax: Syntax,
    key: &'static str,
    id: &'static str,
    /// Name in the file, name of the column, what it holds.
    fields: &'static [(&'static str, &'static str, Holds)],
    /// Never compared.
    volatile: Option<&'static str>,
    /// Nobody refers to its records, so that they may come and go and have other numbers.
    leaf: bool,
    /// Its records count on the day of the go-live.
    counts: fn(&Map<String, Value>) -> bool,
}

use Holds::{Flag, Number, Text};

const COMMAS: Syntax = Syntax::Delimited(b',', UTF_8);

const EXTRACTS: &[Extract] = &[
    Extract {
        dataset: "organisations",
        file: "organisations.csv",
        syntax: Syntax::Delimited(b'|', UTF_8),
        key: "ods_code",
        id: "id",
        fields: &[("name", "name", Text), ("type", "kind", Text), ("active", "active", Flag)],
        volatile: None,
        leaf: false,
        counts: |_| true,
    },
    Extract {
        dataset: "clinics",
        file: "clinics.csv",
        syntax: Syntax::Delimited(b';', WINDOWS_1252),
        key: "Clinic Code",
        id: "Clinic ID",
        fields: &[
            ("Clinic Name", "name", Text),
            ("Specialty", "specialty", Text),
            ("Active", "active", Flag),
            ("Comments", "comment", Text),
        ],
        volatile: Some("Last Updated"),
        leaf: false,
        counts: |_| true,
    },
    Extract {
        dataset: "sessions",
        file: "sessions.csv",
        syntax: COMMAS,
        key: "session_code",
        id: "session_id",
        fields: &[("weekday", "weekday", Text), ("slot_minutes", "slot_minutes", Number), ("slots", "slots", Number)],
        volatile: None,
        leaf: true,
        counts: |row| row["valid_from"].as_str().is_some_and(|day| day.ends_with("2026")) && row["valid_to"] == "",
    },
    Extract {
        dataset: "letters",
        file: "letters.tsv",
        syntax: Syntax::Delimited(b'\t', UTF_8),
        key: "template",
        id: "template_id",
        fields: &[("title", "name", Text), ("version", "version", Number), ("active", "active", Flag)],
        volatile: None,
        leaf: false,
        counts: |_| true,
    },
    Extract {
        dataset: "case_note_locations",
        file: "case-note-locations.csv",
        syntax: COMMAS,
        key: "Code",
        id: "Store ID",
        fields: &[("Name", "name", Text), ("Loan Days", "loan_days", Number), ("Active", "active", Flag)],
        volatile: None,
        leaf: true,
        counts: |_| true,
    },
    Extract {
        dataset: "code_sets",
        file: "code-sets.csv",
        syntax: COMMAS,
        key: "name",
        id: "code_set_id",
        fields: &[("title", "title", Text), ("owner", "owner", Text)],
        volatile: None,
        leaf: true,
        counts: |_| true,
    },
    Extract {
        dataset: "appointment_types",
        file: "appointment-types.json",
        syntax: Syntax::Document,
        key: "code",
        id: "typeId",
        fields: &[("name", "name", Text), ("minutes", "minutes", Number), ("remote", "remote", Flag)],
        volatile: None,
        leaf: false,
        counts: |_| true,
    },
    Extract {
        dataset: "codes",
        file: "codes.ndjson",
        syntax: Syntax::Lines,
        key: "cki",
        id: "codeValue",
        fields: &[("display", "display", Text), ("sequence", "sequence", Number), ("active", "active", Flag)],
        volatile: Some("updated"),
        leaf: true,
        // On the first rung of their ladder; the others are left as they are.
        counts: |row| row["cki"].is_string(),
    },
];

type Record = Map<String, Value>;

impl Syntax {
    fn read(self, bytes: &[u8]) -> Vec<Record> {
        match self {
            Self::Delimited(delimiter, encoding) => {
                let text = encoding.decode(bytes).0;
                let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(text.as_bytes());
                let headings = reader.headers().expect("headings").clone();
                let record = |row: csv::StringRecord| headings.iter().map(str::to_owned).zip(row.iter().map(Value::from)).collect();
                reader.records().map(|row| record(row.expect("a row"))).collect()
            }
            Self::Document => serde_json::from_slice(bytes).expect("a list of objects"),
            Self::Lines => {
                let text = std::str::from_utf8(bytes).expect("UTF-8");
                text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
            }
        }
    }

    fn write(self, records: &[Record]) -> Vec<u8> {
        match self {
            Self::Delimited(delimiter, encoding) => {
                let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
                writer.write_record(records[0].keys()).expect("headings");
                for record in records {
                    writer.write_record(record.values().map(|v| v.as_str().expect("a text"))).expect("a row");
                }
                let text = String::from_utf8(writer.into_inner().expect("rows")).expect("UTF-8");
                encoding.encode(&text).0.into_owned()
            }
            Self::Document => serde_json::to_vec(records).expect("a list"),
            Self::Lines => {
                records.iter().flat_map(|r| [Value::from(r.clone()).to_string(), "\n".to_owned()]).collect::<String>().into_bytes()
            }
        }
    }
}

/// A cell as findings are compared.
fn shown(holds: Holds, value: &Value) -> String {
    match (holds, value) {
        (_, Value::Null) => "null".to_owned(),
        (Text, Value::String(text)) if text.is_empty() => "empty".to_owned(),
        (_, Value::String(text)) if text.is_empty() => "null".to_owned(),
        (Flag, Value::String(word)) => format!("'{}'", word == "Y"),
        (_, Value::String(text)) => format!("'{text}'"),
        (_, other) => format!("'{other}'"),
    }
}

/// Production in the making.
struct Copy {
    random: Random,
    tables: BTreeMap<&'static str, Vec<Record>>,
    checks: BTreeMap<&'static str, Severities>,
    expected: Vec<Planted>,
    touched: BTreeSet<(&'static str, String)>,
    /// What is new has a number, so that it is nowhere else.
    fresh: u32,
}

impl Copy {
    fn text(&mut self) -> String {
        self.fresh += 1;
        let word = self.random.one_of(&["Größe", "O'Brien & \"Sons\"; Ltd", "a, b", "tab\tstop", "pipe | x"]);
        format!("{word} {}", self.fresh)
    }

    fn find(&mut self, kind: &str, extract: &Extract, key: String) -> &mut Planted {
        let severity = self.checks[extract.dataset].of(kind).to_owned();
        let (kind, environment, dataset) = (kind.to_owned(), "production".to_owned(), extract.dataset.to_owned());
        let check = format!("{}-match", extract.dataset.replace('_', "-"));
        self.expected.push(Planted { check, kind, severity, environment, dataset, key: vec![key], ..Planted::default() });
        self.expected.last_mut().expect("just put there")
    }

    /// A record without a fault; it has one now.
    fn pick(&mut self, extract: &Extract) -> Option<(usize, String)> {
        let key = |record: &Record| record[extract.key].as_str().map(str::to_owned);
        let free = self.tables[extract.dataset].iter().enumerate().filter(|(_, r)| (extract.counts)(r));
        let free: Vec<(usize, String)> = free.filter_map(|(i, r)| Some((i, key(r)?))).collect();
        let free: Vec<&(usize, String)> = free.iter().filter(|(_, key)| !self.touched.contains(&(extract.dataset, key.clone()))).collect();
        if free.is_empty() {
            return None;
        }
        let (at, key) = (*self.random.one_of(&free)).clone();
        self.touched.insert((extract.dataset, key.clone()));
        Some((at, key))
    }

    fn record(&mut self, extract: &Extract, at: usize) -> &mut Record {
        &mut self.tables.get_mut(extract.dataset).expect("a table")[at]
    }

    fn fault(&mut self) -> Option<&'static str> {
        let extract = self.random.one_of(EXTRACTS);
        match self.random.below(if extract.leaf { 8 } else { 5 }) {
            0..=3 => self.changed(extract),
            4 => self.invalid(extract),
            5 => self.missing(extract),
            6 => self.extra(extract),
            _ => self.duplicate(extract),
        }
    }

    /// One to three fields.
    fn changed(&mut self, extract: &Extract) -> Option<&'static str> {
        let (at, key) = self.pick(extract)?;
        let mut fields = extract.fields.to_vec();
        self.random.shuffle(&mut fields);
        fields.truncate(1 + self.random.below(3));
        for (heading, column, holds) in fields {
            let old = self.record(extract, at)[heading].clone();
            let new = match (holds, &old) {
                (Text, _) if old != "" && self.random.chance(20) => Value::from(""),
                (Text, _) => Value::from(self.text()),
                (Number, Value::Number(n)) => Value::from(n.as_i64().expect("a whole number") + 1),
                (Number, text) => Value::from((text.as_str().expect("a number").parse::<i64>().expect("a number") + 1).to_string()),
                (Flag, Value::Bool(flag)) => Value::from(!flag),
                (Flag, word) => Value::from(if word == "Y" { "N" } else { "Y" }),
            };
            let (expected, found) = (shown(holds, &old), shown(holds, &new));
            self.record(extract, at).insert(heading.to_owned(), new);
            let planted = self.find("changed", extract, key.clone());
            (planted.field, planted.expected, planted.found) = (column.to_owned(), expected, found);
        }
        Some("changed")
    }

    fn invalid(&mut self, extract: &Extract) -> Option<&'static str> {
        let (heading, column, _) = *extract.fields.iter().find(|(_, _, holds)| *holds == Number)?;
        let (at, key) = self.pick(extract)?;
        self.record(extract, at).insert(heading.to_owned(), Value::from("n/a"));
        let planted = self.find("invalid", extract, key);
        (planted.field, planted.found) = (column.to_owned(), "invalid 'n/a'".to_owned());
        Some("invalid")
    }

    fn missing(&mut self, extract: &Extract) -> Option<&'static str> {
        let (at, key) = self.pick(extract)?;
        self.tables.get_mut(extract.dataset)?.remove(at);
        self.find("missing", extract, key);
        Some("missing")
    }

    /// A record that reads like another one, under a key of its own.
    fn extra(&mut self, extract: &Extract) -> Option<&'static str> {
        let (at, _) = self.pick(extract)?;
        let mut record = self.record(extract, at).clone();
        let key = self.text();
        record.insert(extract.key.to_owned(), Value::from(key.clone()));
        if extract.dataset == "codes" {
            for lower in ["cdfMeaning", "display"] {
                record.insert(lower.to_owned(), Value::from(self.text()));
            }
        }
        self.tables.get_mut(extract.dataset)?.push(record);
        self.touched.insert((extract.dataset, key.clone()));
        self.find("extra", extract, key);
        Some("extra")
    }

    fn duplicate(&mut self, extract: &Extract) -> Option<&'static str> {
        // Of two codes that share all their keys, each rung is told: the model hospital plants that.
        if extract.dataset == "codes" {
            return None;
        }
        let (at, key) = self.pick(extract)?;
        let twin = self.record(extract, at).clone();
        self.tables.get_mut(extract.dataset)?.push(twin);
        self.find("duplicate_key", extract, key);
        Some("duplicate key")
    }

    /// Other orders, numbers and times of change are no faults.
    fn near_misses(&mut self) {
        for extract in EXTRACTS {
            let records = self.tables.get_mut(extract.dataset).expect("a table");
            self.random.shuffle(records);
            for (n, record) in records.iter_mut().enumerate() {
                if extract.leaf {
                    let number = 7_000_000 + n;
                    let number = if record[extract.id].is_number() { Value::from(number) } else { Value::from(number.to_string()) };
                    record.insert(extract.id.to_owned(), number);
                }
                if let Some(volatile) = extract.volatile {
                    let again = if extract.dataset == "codes" { "2026-10-04T23:00:00Z" } else { "04/10/2026 23:00" };
                    record.insert(volatile.to_owned(), Value::from(again));
                }
            }
        }
    }
}

/// Plants so many faults into a copy of the example and runs the program; gives the names of what was planted.
pub(super) fn check(seed: u64, faults: usize) -> BTreeSet<&'static str> {
    let example = Example::new();
    std::fs::remove_dir_all(example.path().join("checks")).expect("the example's checks");
    std::fs::remove_dir_all(example.path().join("environments/extracts/production")).expect("the example's production");
    let (training, production) = ("environments/extracts/training", "environments/extracts/production");
    support::copy(&example.path().join(training), &example.path().join(production));
    let mut random = Random::new(seed);
    let mut checks = BTreeMap::new();
    let mut file = HEADING.to_owned();
    for extract in EXTRACTS {
        let severities = Severities::some(&mut random);
        let id = format!("{}-match", extract.dataset.replace('_', "-"));
        // What is missing and what is extra read alike here: renames are for the model hospital.
        severities.check(&mut file, &id, &format!("parity: {{dataset: {}, renames: false}}", extract.dataset));
        checks.insert(extract.dataset, severities);
    }
    let tables = EXTRACTS.iter().map(|e| (e.dataset, e.syntax.read(&example.read(&format!("{training}/{}", e.file))))).collect();
    let mut copy = Copy { random, tables, checks, expected: Vec::new(), touched: BTreeSet::new(), fresh: 0 };
    let mut planted = Vec::new();
    while planted.len() < faults {
        planted.extend(copy.fault());
    }
    copy.near_misses();
    let mut control = String::from_utf8(example.read(&format!("{training}/control.csv"))).expect("UTF-8");
    for extract in EXTRACTS {
        let records = &copy.tables[extract.dataset];
        example.write(&format!("{production}/{}", extract.file), extract.syntax.write(records));
        let line = control.lines().find(|l| l.starts_with(&format!("{},", extract.dataset))).expect("a total").to_owned();
        let rest = line.splitn(3, ',').nth(2).expect("who counted");
        control = control.replace(&line, &format!("{},{},{rest}", extract.dataset, records.len()));
    }
    example.write(&format!("{production}/control.csv"), control.replace("TRAIN", "PROD"));
    example.replace(&format!("{production}/build.json"), b"TRAIN", b"PROD");
    let environment = String::from_utf8(example.read("environments/production.yaml")).expect("UTF-8");
    example.write("environments/production.yaml", format!("{environment}same_files: production is made from training here\n"));
    example.write("gonogo.yaml", project());
    std::fs::create_dir(example.path().join("checks")).expect("a folder");
    example.write("checks/planted.yaml", file);

    copy.expected.sort();
    let when = format!("seed {seed}, {planted:?}");
    let ran = example.run(&["check", "--format", "json"]);
    assert!(matches!(ran.code, 0 | 1), "{when}\n{ran}");
    assert_same(&copy.expected, &of_report(&ran.json()), &when);
    planted.into_iter().collect()
}
