//! A synthetic hospital in which everything is as the standard catalogue asks, as a project on disk, and edits of its data.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use gonogo::document::{Problems, load};
use gonogo::system::{BUILT_IN_SHARED, SHARED_PATH, Shared, decode_shared};

/// A table as text: headings and rows of cells.
#[derive(Clone)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// A signature under the statement of a check.
#[derive(Clone)]
struct Signature {
    statement: String,
    role: String,
    date: String,
    measured: BTreeMap<String, String>,
    has_document: bool,
}

/// Both sides and the lists, before or after an edit.
#[derive(Clone)]
pub struct Hospital {
    sides: BTreeMap<&'static str, BTreeMap<String, Table>>,
    lists: BTreeMap<String, Table>,
    /// What people signed, by check.
    signatures: BTreeMap<String, Signature>,
    /// Clinics that the booking clerk does not see.
    hidden: Vec<&'static str>,
    /// Left out of the project, with a reason.
    pub not_applicable: Vec<&'static str>,
}

pub const BOTH: &[&str] = &["training", "production"];
pub const LIVE: &[&str] = &["production"];

impl Hospital {
    /// Everything as it should be.
    pub fn sound() -> Self {
        let mut tables = sections(include_str!("hospital.csv"));
        tables.insert("codes".to_owned(), codes());
        tables.insert("appointments".to_owned(), appointments());
        tables.insert("pathways".to_owned(), pathways());
        let sides = BOTH.iter().map(|side| (*side, tables.clone())).collect();
        Self { sides, lists: sections(include_str!("lists.csv")), signatures: signatures(), hidden: Vec::new(), not_applicable: Vec::new() }
    }

    /// Writes `value` into a column of every row whose first cell (its id) is one of `ids`.
    pub fn set(mut self, sides: &[&str], dataset: &str, ids: &[&str], column: &str, value: &str) -> Self {
        for side in sides {
            let table = self.table(side, dataset);
            let at = table.headings.iter().position(|h| h == column).unwrap_or_else(|| panic!("{dataset} has no {column}"));
            for id in ids {
                let row = table.rows.iter_mut().find(|r| r[0] == *id).unwrap_or_else(|| panic!("{dataset} has no {id}"));
                assert_ne!(row[at], value, "{dataset} {id} {column} is so already");
                row[at] = value.to_owned();
            }
        }
        self
    }

    /// Takes rows away.
    pub fn drop(mut self, sides: &[&str], dataset: &str, ids: &[&str]) -> Self {
        for side in sides {
            let rows = &mut self.table(side, dataset).rows;
            let before = rows.len();
            rows.retain(|r| !ids.contains(&r[0].as_str()));
            assert_eq!(rows.len(), before - ids.len(), "{dataset} has no {ids:?}");
        }
        self
    }

    /// Adds a row.
    pub fn add(mut self, sides: &[&str], dataset: &str, row: &str) -> Self {
        for side in sides {
            let table = self.table(side, dataset);
            let row: Vec<String> = row.split(',').map(str::to_owned).collect();
            assert_eq!(row.len(), table.headings.len(), "{dataset}: {row:?}");
            table.rows.push(row);
        }
        self
    }

    /// Adds a row to a list that people signed.
    pub fn add_to_list(mut self, list: &str, row: &str) -> Self {
        let table = self.list(list);
        let row: Vec<String> = row.split(',').map(str::to_owned).collect();
        assert_eq!(row.len(), table.headings.len(), "{list}: {row:?}");
        table.rows.push(row);
        self
    }

    /// Changes what a list says of the row with this first cell.
    pub fn change_list(mut self, list: &str, id: &str, column: &str, value: &str) -> Self {
        let table = self.list(list);
        let at = table.headings.iter().position(|h| h == column).unwrap_or_else(|| panic!("{list} has no {column}"));
        let row = table.rows.iter_mut().find(|r| r[0] == id).unwrap_or_else(|| panic!("{list} has no {id}"));
        row[at] = value.to_owned();
        self
    }

    /// Hides a clinic from the booking clerk.
    pub fn hide(mut self, clinic: &'static str) -> Self {
        self.hidden.push(clinic);
        self
    }

    /// Takes the signatures of a check away.
    pub fn unsigned(mut self, check: &str) -> Self {
        self.signatures.remove(check).unwrap_or_else(|| panic!("nobody signed {check}"));
        self
    }

    /// Changes what was measured when somebody signed.
    pub fn measured(mut self, check: &str, number: &str, value: &str) -> Self {
        let signature = self.signatures.get_mut(check).unwrap_or_else(|| panic!("nobody signed {check}"));
        *signature.measured.get_mut(number).unwrap_or_else(|| panic!("{check} measures no {number}")) = value.to_owned();
        self
    }

    /// Says that somebody signed long ago.
    pub fn signed_on(mut self, check: &str, date: &str) -> Self {
        self.signatures.get_mut(check).unwrap_or_else(|| panic!("nobody signed {check}")).date = date.to_owned();
        self
    }

    fn list(&mut self, list: &str) -> &mut Table {
        self.lists.get_mut(list).unwrap_or_else(|| panic!("no list {list}"))
    }

    fn table(&mut self, side: &str, dataset: &str) -> &mut Table {
        self.sides.get_mut(side).and_then(|s| s.get_mut(dataset)).unwrap_or_else(|| panic!("no {dataset}"))
    }

    /// Writes the project into a folder.
    pub fn write(&self, root: &Path) {
        let days = Days::of_now();
        let put = |path: &str, text: String| {
            let text = days.fill(&text);
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        };
        let excused: Vec<String> =
            self.not_applicable.iter().map(|id| format!("{{id: {id}, reason: not in this test, approver: nobody}}")).collect();
        put(
            "gonogo.yaml",
            format!(
                "version: 1\ntitle: Catalogue hospital (synthetic)\ngo_live: {{d+0}}T06:00:00Z\n\
                 pair: {{training: training, production: production}}\npolicy: {{max_age: 36500d, max_skew: 12h}}\ncatalogue: standard\n\
                 require: {{criteria: standard, not_applicable: [{}]}}\n",
                excused.join(", ")
            ),
        );
        put("environments/systems/hospital.yaml", definition());
        for (side, tables) in &self.sides {
            let (upper, prefix) = (side.to_uppercase(), &side[..1]);
            let own = |text: String| text.replace('@', &format!("{prefix}-")).replace("{side}", side).replace("{SIDE}", &upper);
            put(
                &format!("environments/{side}.yaml"),
                format!(
                    "version: 1\nname: {side}\nrole: {side}\nsystem: hospital\nfiles: {side}\nextract: {{taken_at: {{dataset: build, column: extracted_at}}}}\n\
                     instance: {{dataset: build, column: domain, is: {upper}}}\ntimezone: UTC\n{}",
                    if *side == "production" { "logins: {booking_clerk: {files: production-as_clerk}}\n" } else { "" }
                ),
            );
            let mut control = "dataset,rows\n".to_owned();
            for (dataset, table) in tables {
                put(&format!("environments/{side}/{dataset}.csv"), own(table.text()));
                writeln!(control, "{dataset},{}", table.rows.len()).expect("text");
            }
            put(&format!("environments/{side}/control.csv"), control);
            if *side == "production" {
                let mut control = "dataset,rows\n".to_owned();
                for dataset in ["clinics", "build"] {
                    let seen = tables[dataset].seen_by("booking_clerk", if dataset == "clinics" { &self.hidden } else { &[] });
                    writeln!(control, "{dataset},{}", seen.rows.len()).expect("text");
                    put(&format!("environments/production-as_clerk/{dataset}.csv"), own(seen.text()));
                }
                put("environments/production-as_clerk/control.csv", control);
            }
        }
        for (check, signature) in &self.signatures {
            let path = format!("checks/attestations/documents/{check}.txt");
            let document = format!("The report behind {check}. Synthetic.\n");
            let sha256 = gonogo::document::sha256(&document);
            put(&path, document);
            put(&format!("checks/attestations/{check}.yaml"), signature.text(check, &path, &sha256));
        }
        for (name, table) in &self.lists {
            put(&format!("checks/lists/{name}.csv"), table.text());
        }
    }
}

impl Signature {
    fn text(&self, check: &str, path: &str, sha256: &str) -> String {
        let mut text = format!(
            "version: 1\ncheck: {check}\nattestations:\n  - statement: {}\n    person: Robin Example\n    role: {}\n    date: {}\n",
            self.statement, self.role, self.date
        );
        if !self.measured.is_empty() {
            let numbers: Vec<String> = self.measured.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            writeln!(text, "    measured: {{{}}}", numbers.join(", ")).expect("text");
        }
        if self.has_document {
            writeln!(text, "    document: {{path: {path}, sha256: {sha256}}}").expect("text");
        }
        text
    }
}

/// A signature for each attested check of the catalogue, as the check asks: its statement, a role, numbers at their limits.
fn signatures() -> BTreeMap<String, Signature> {
    let file = gonogo::check::STANDARD.iter().find(|f| f.path.ends_with("signatures.yaml")).expect("the attested checks");
    let read: serde_json::Value = serde_yaml::from_str(file.text).expect("YAML");
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    let mut signatures = BTreeMap::new();
    for check in read["checks"].as_array().expect("checks") {
        let asked = &check["attested"];
        let measured = asked["measured"].as_object().into_iter().flatten();
        let measured = measured.map(|(name, limit)| {
            (name.clone(), [&limit["max"], &limit["min"]].iter().find(|l| !l.is_null()).expect("a limit").to_string())
        });
        let signature = Signature {
            statement: text(&asked["statement"]),
            role: text(&asked["by"][0]),
            date: "{d-6}T06:00:00Z".to_owned(),
            measured: measured.collect(),
            has_document: asked["evidence"] == "required",
        };
        signatures.insert(text(&check["id"]), signature);
    }
    signatures
}

/// The go-live, five days from now: signatures must hold then, and cannot be of a day to come.
struct Days(chrono::NaiveDate);

impl Days {
    #[expect(clippy::disallowed_methods, reason = "the program looks at the clock too, and a replay is never GO")]
    fn of_now() -> Self {
        Self(chrono::Utc::now().date_naive() + chrono::Duration::days(5))
    }

    /// `{d+3}` and `{d-3}` are days after and before the go-live.
    fn fill(&self, text: &str) -> String {
        let mut parts = text.split("{d");
        let mut out = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            // Other braces begin with a `d` too, such as `{dataset: …}`.
            match part.split_once('}').and_then(|(days, rest)| Some((days.parse().ok()?, rest))) {
                Some((days, rest)) => write!(out, "{}{rest}", self.0 + chrono::Duration::days(days)).expect("text"),
                None => write!(out, "{{d{part}").expect("text"),
            }
        }
        out
    }
}

impl Table {
    /// The table as a login sees it.
    fn seen_by(&self, login: &str, hidden: &[&str]) -> Self {
        let with = |row: &Vec<String>, last: &str| row.iter().cloned().chain([last.to_owned()]).collect();
        let rows = self.rows.iter().filter(|r| !hidden.contains(&r[0].as_str())).map(|r| with(r, login)).collect();
        Self { headings: with(&self.headings, "seen_by"), rows }
    }

    fn text(&self) -> String {
        let cell = |text: &String| if text.contains(',') { format!("\"{text}\"") } else { text.clone() };
        let line = |row: &Vec<String>| row.iter().map(cell).collect::<Vec<_>>().join(",") + "\n";
        std::iter::once(&self.headings).chain(&self.rows).map(line).collect()
    }
}

/// Sections `## name` of lines of cells.
fn sections(text: &str) -> BTreeMap<String, Table> {
    let mut tables = BTreeMap::new();
    for section in text.split("## ").skip(1) {
        let mut lines = section.lines().filter(|l| !l.is_empty());
        let name = lines.next().expect("a name").to_owned();
        let mut rows = lines.map(|l| l.split(',').map(str::to_owned).collect::<Vec<_>>());
        let headings = rows.next().expect("headings");
        let rows: Vec<Vec<String>> = rows.collect();
        assert!(rows.iter().all(|r| r.len() == headings.len()), "{name}");
        tables.insert(name, Table { headings, rows });
    }
    tables
}

fn headings(line: &str) -> Vec<String> {
    line.split(',').map(str::to_owned).collect()
}

/// The national codes as the catalogue's lists have them, and those that the hospital decided on.
fn codes() -> Table {
    let mut rows = Vec::new();
    let consent = "code_set,code,display\nCONSENT,1,Record may be shared\nCONSENT,2,Record is not shared\n";
    for text in gonogo::check::STANDARD_LISTS.iter().map(|l| l.text).chain([consent]) {
        for line in text.lines().skip(1) {
            let (set, rest) = line.split_once(',').expect("a code set");
            let (code, display) = rest.split_once(',').expect("a code");
            let n = rows.len() + 1;
            let before = headings(&format!("@c{set}{code},{set},{code},CKI.{n},{set}_{code}"));
            let after = headings(&format!(",Y,{n},2026-12-01T10:00:00Z"));
            rows.push(before.into_iter().chain([display.trim_matches('"').to_owned()]).chain(after).collect());
        }
    }
    Table { headings: headings("_id,code_set,code,cki,cdf_meaning,display,description,active,sequence,last_updated"), rows }
}

/// Appointments of nobody: 300 of each clinic, all in a slot and with their notes located.
fn appointments() -> Table {
    let row = |n: usize| format!("@a{n},@C{},{{d+{}}},booked,Y,Y", n % 2 + 1, n % 5);
    Table { headings: headings("_id,clinic,day,status,in_slot,notes_located"), rows: (0..600).map(|n| headings(&row(n))).collect() }
}

fn pathways() -> Table {
    let row = |n: usize| format!("@w{n},{},{},Y,Y", if n.is_multiple_of(2) { 320 } else { 330 }, if n.is_multiple_of(3) { 10 } else { 20 });
    Table { headings: headings("_id,specialty,status,started,identified"), rows: (0..300).map(|n| headings(&row(n))).collect() }
}

/// The shared names.
pub fn shared() -> Shared {
    let mut problems = Problems::default();
    let document = load(SHARED_PATH, BUILT_IN_SHARED.as_bytes(), &mut problems).expect("the built-in names");
    decode_shared(&document, &mut problems).expect("the built-in names")
}

/// A system that offers every shared dataset with all its columns, each in a CSV file of its name.
fn definition() -> String {
    let mut text = "version: 1\nsystem: hospital\nprotocol: files\ndatasets:\n".to_owned();
    for (name, dataset) in &shared().datasets {
        let key: Vec<String> = dataset.key.iter().map(|rung| format!("[{}]", rung.join(", "))).collect();
        writeln!(text, "  {name}:\n    noun: {}\n    read: {{csv: {name}.csv}}", dataset.noun).expect("text");
        if dataset.measured {
            writeln!(text, "    measured: true").expect("text");
        } else {
            writeln!(text, "    key: [{}]\n    id: _id", key.join(", ")).expect("text");
        }
        writeln!(text, "    columns:").expect("text");
        for (column, shape) in &dataset.columns {
            let mut source = format!("from: {column}");
            match &shape.references {
                Some(target) => write!(source, ", references: {target}").expect("text"),
                None => write!(source, ", type: {}", shape.kind.word()).expect("text"),
            }
            if shape.list.is_some() {
                source.push_str(", list: set, split: \";\"");
            }
            writeln!(text, "      {column}: {{{source}}}").expect("text");
        }
        let volatile: Vec<&str> =
            ["last_updated", "extracted_at", "extracted_by"].into_iter().filter(|c| dataset.columns.contains_key(*c)).collect();
        if !volatile.is_empty() {
            writeln!(text, "    volatile: [{}]", volatile.join(", ")).expect("text");
        }
        writeln!(text, "    complete: {{rows_from: {{file: control.csv, dataset: {name}, column: rows}}}}").expect("text");
    }
    text
}
