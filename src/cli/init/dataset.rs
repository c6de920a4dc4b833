//! One dataset as it is drafted: its exports read once, its columns named, typed, and told apart.

use std::collections::{BTreeSet, HashSet};
use std::io::{BufReader, Read as _};

use crate::source::SourceError;
use crate::source::files::{Survey, each_row, survey};
use crate::system::FileFormat;
use crate::value::Type;

use super::exports::{Pair, SIDES, stem, valid, words};
use super::key::{Candidate, differs, is_internal, propose};
use super::profile::{Drafted, Profile};
use super::shared::Fit;

/// A dataset with all that the drafted files say of it.
pub(super) struct Dataset {
    pub(super) name: String,
    /// Name of its file below each side's folder.
    pub(super) file: String,
    /// How its files are read: as those of the first side.
    pub(super) survey: Survey,
    pub(super) columns: Vec<Column>,
    /// What of the files is not read, and why.
    pub(super) left_out: Vec<String>,
    /// The key ladder, by positions of columns.
    pub(super) keys: Vec<Vec<usize>>,
    /// Why this key, for the comment.
    pub(super) why: String,
    /// Position of the system's own number, which differs between the sides.
    pub(super) id: Option<usize>,
    /// Position of the column that says when the data were taken.
    pub(super) taken_at: Option<usize>,
    /// Position of the column that says which instance they are from.
    pub(super) instance: Option<usize>,
    /// How it fits the shared dataset of its name.
    pub(super) shared: Option<Fit>,
    /// The control file's `complete:`, when there is one that names it.
    pub(super) complete: Option<String>,
    /// Both sides hold the same bytes.
    pub(super) same_bytes: bool,
    /// Rows per side that was given.
    pub(super) rows: Vec<(&'static str, u64)>,
}

/// What becomes of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Compared,
    /// Stored and not compared: it changes by itself.
    Volatile,
    /// Not read: an internal number that leads nowhere.
    LeftOut,
}

/// One column.
pub(super) struct Column {
    pub(super) name: String,
    pub(super) heading: String,
    pub(super) drafted: Drafted,
    /// What else was seen.
    pub(super) note: String,
    /// Dataset whose numbers it holds.
    pub(super) references: Option<String>,
    pub(super) used: Use,
    /// One per side that was given.
    sides: Vec<Profile>,
}

/// Reads the exports of a dataset.
///
/// # Errors
/// An export cannot be read, or the two sides are not laid out alike.
pub(super) fn read(pair: &Pair) -> Result<Dataset, SourceError> {
    let mut surveys: Vec<(&'static str, Survey)> =
        pair.given().map(|(side, export)| Ok((side, survey(&export.path, &export.shown)?))).collect::<Result<_, SourceError>>()?;
    // What reads the same in every encoding goes with the other side's.
    if let Some(encoding) = surveys.iter().find_map(|(_, s)| s.encoding) {
        surveys.iter_mut().filter(|(_, s)| s.plain).for_each(|(_, s)| s.encoding = Some(encoding));
    }
    let Some((_, first)) = surveys.first() else { return Err(SourceError::new("there is no export", &pair.name, "give one")) };
    let first = first.clone();
    if let Some((_, other)) = surveys.iter().find(|(_, s)| !alike(s, &first)) {
        let what = format!("the two sides are not laid out alike: {}", unlike(&first, other));
        return Err(SourceError::new(what, pair.shown(), "export both in the same way"));
    }
    let mut left_out = Vec::new();
    let headings = headings(&surveys, &mut left_out);
    if headings.is_empty() {
        let what = "no column can be read: every heading is blank or there twice";
        return Err(SourceError::new(what, pair.shown(), "give each its own heading"));
    }
    let mut profiles: Vec<Vec<Profile>> = headings.iter().map(|_| Vec::new()).collect();
    let mut rows = Vec::new();
    for ((side, survey), (_, export)) in surveys.iter().zip(pair.given()) {
        let mut profiled: Vec<Profile> = headings.iter().map(|_| Profile::new()).collect();
        each_row(survey, &export.path, &export.shown, &headings, &mut |row| {
            profiled.iter_mut().zip(&row.cells).for_each(|(profile, cell)| profile.add(cell));
            Ok(())
        })?;
        rows.push((*side, profiled.first().map_or(0, |p| p.filled + p.blank)));
        profiles.iter_mut().zip(profiled).for_each(|(column, profile)| column.push(profile));
    }
    let mut taken = BTreeSet::new();
    let columns: Vec<Column> = headings
        .into_iter()
        .zip(profiles)
        .map(|(heading, sides)| {
            let name = free_name(&valid(&words(&heading).join("_"), "field"), &mut taken);
            let has = |s: &Survey| s.names.iter().chain(&s.outer).any(|n| n.trim() == heading.trim());
            let lacking = surveys.iter().find(|(_, s)| !has(s)).map(|(side, _)| *side);
            let note = lacking.map_or_else(String::new, |side| format!("not in the export of {side}"));
            let drafted = Profile::drafted(&sides.iter().collect::<Vec<_>>());
            let used = if changes_by_itself(&heading) { Use::Volatile } else { Use::Compared };
            Column { name, heading, drafted, note, references: None, used, sides }
        })
        .collect();
    left_out.extend(first.others.iter().map(|o| format!("{} of the file is not read", super::text::quoted(o))));
    let mut dataset = Dataset {
        name: pair.name.clone(),
        file: file(pair, first.format),
        taken_at: columns.iter().position(Column::tells_age),
        instance: columns.iter().position(|c| c.tells_instance(surveys.len())),
        survey: first,
        columns,
        left_out,
        keys: Vec::new(),
        why: String::new(),
        id: None,
        shared: None,
        complete: None,
        same_bytes: same_bytes(pair).unwrap_or(false),
        rows,
    };
    let orders: BTreeSet<&'static str> = dataset.columns.iter().filter_map(|c| c.drafted.order_of_days()).collect();
    let order = orders.first().copied().filter(|_| orders.len() == 1);
    dataset.columns.iter_mut().for_each(|c| c.drafted.settle(order));
    for at in [dataset.taken_at, dataset.instance].into_iter().flatten() {
        dataset.columns[at].used = Use::Volatile;
    }
    let mut proposal = propose(&dataset.candidates());
    if dataset.columns[0].sides.iter().any(|s| s.filled + s.blank > s.hashes.len() as u64) {
        proposal.why.push_str(&format!(", as far as the first {} rows tell", super::profile::ROWS_KEPT));
    }
    (dataset.keys, dataset.why, dataset.id) = (vec![proposal.key], proposal.why, proposal.id);
    dataset.keep_codes_as_text();
    Ok(dataset)
}

fn same_bytes(pair: &Pair) -> std::io::Result<bool> {
    let [Some(left), Some(right)] = &pair.sides else { return Ok(false) };
    let open = |export: &super::exports::Export| std::fs::File::open(&export.path);
    let (left, right) = (open(left)?, open(right)?);
    if left.metadata()?.len() != right.metadata()?.len() {
        return Ok(false);
    }
    let (mut left, mut right) = (BufReader::new(left).bytes(), BufReader::new(right).bytes());
    loop {
        match (left.next().transpose()?, right.next().transpose()?) {
            (None, None) => return Ok(true),
            (a, b) if a != b => return Ok(false),
            _ => {}
        }
    }
}

fn alike(a: &Survey, b: &Survey) -> bool {
    (a.format, a.delimiter, a.encoding, &a.sheet, a.header, &a.rows) == (b.format, b.delimiter, b.encoding, &b.sheet, b.header, &b.rows)
}

fn unlike(a: &Survey, b: &Survey) -> String {
    let word = |s: &Survey| FileFormat::WORDS.iter().find(|(_, f)| *f == s.format).map_or("", |(w, _)| *w).to_uppercase();
    let encoding = |s: &Survey| s.encoding.unwrap_or("utf-8");
    let first_row = |s: &Survey| s.header;
    match () {
        () if a.format != b.format => format!("{} and {}", word(a), word(b)),
        () if a.delimiter != b.delimiter => format!("fields are cut by `{}` and by `{}`", char::from(a.delimiter), char::from(b.delimiter)),
        () if a.encoding != b.encoding => format!("the encoding is {} and {}", encoding(a), encoding(b)),
        () if a.sheet != b.sheet => "the sheets have other names".to_owned(),
        () if a.header != b.header => format!("the headings stand in line {} and in line {}", first_row(a), first_row(b)),
        () => "the rows are at another place of the document".to_owned(),
    }
}

/// The file's own name, where both sides use it and it is no pattern; newer exports then go there as they come.
fn file(pair: &Pair, format: FileFormat) -> String {
    let names: BTreeSet<String> = pair.given().filter_map(|(_, e)| e.path.file_name()).map(|n| n.to_string_lossy().into_owned()).collect();
    let plain = |name: &&String| {
        name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | '_' | '-'))
            && name
                .rsplit_once('.')
                .is_some_and(|(_, x)| FileFormat::WORDS.iter().any(|(w, _)| *w == x) || matches!(x, "tsv" | "txt" | "jsonl"))
    };
    match names.first().filter(|_| names.len() == 1).filter(plain) {
        Some(name) => name.clone(),
        None => format!("{}.{}", pair.name, FileFormat::WORDS.iter().find(|(_, f)| *f == format).map_or("csv", |(w, _)| *w)),
    }
}

/// Headings of all sides that can be read; the others are told.
fn headings(surveys: &[(&str, Survey)], left_out: &mut Vec<String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    let mut twice: BTreeSet<String> = BTreeSet::new();
    let mut blank = false;
    for (_, survey) in surveys {
        let mut seen = HashSet::new();
        for name in survey.names.iter().chain(&survey.outer).map(|n| n.trim()) {
            if name.is_empty() {
                blank = true;
            } else if !seen.insert(name) {
                twice.insert(name.to_owned());
            } else if known.insert(name.to_owned()) {
                found.push(name.to_owned());
            }
        }
    }
    found.retain(|name| !twice.contains(name));
    if blank {
        left_out.push("a column has no heading and is not read: give it one in the export".to_owned());
    }
    let name = |n: &String| format!("two columns are called {} and are not read: rename one in the export", super::text::quoted(n));
    left_out.extend(twice.iter().map(name));
    found
}

/// A name that is not taken yet, and is from now on.
pub(super) fn free_name(name: &str, taken: &mut BTreeSet<String>) -> String {
    let free =
        std::iter::once(name.to_owned()).chain((2..).map(|n| format!("{name}_{n}"))).find(|n| !taken.contains(n)).unwrap_or_default();
    taken.insert(free.clone());
    free
}

/// The heading says that the system itself notes when a row was touched.
pub(super) fn changes_by_itself(heading: &str) -> bool {
    words(heading).iter().any(|w| matches!(w.as_str(), "updated" | "modified" | "changed"))
}

impl Column {
    /// The heading says that it is the moment of the export, and the values are moments.
    fn tells_age(&self) -> bool {
        let words = words(&self.heading);
        let says = words.iter().any(|w| matches!(w.as_str(), "extracted" | "exported" | "extract" | "export"));
        says && matches!(self.drafted.kind, Type::Date | Type::Datetime) && self.sides.iter().all(|s| s.blank == 0 && s.filled > 0)
    }

    /// The heading says that it is the instance, and each side has one value of its own.
    fn tells_instance(&self, sides: usize) -> bool {
        let words = words(&self.heading);
        let says = words.iter().any(|w| matches!(w.as_str(), "instance" | "domain" | "environment" | "database"));
        let values: HashSet<Option<u64>> = self.sides.iter().map(|s| s.constant).collect();
        says && !values.contains(&None) && values.len() == sides
    }

    /// Nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        self.sides.iter().all(|s| s.filled == 0)
    }

    /// It can be read as true and false.
    pub(super) fn is_truth(&self) -> bool {
        self.sides.iter().all(Profile::is_truth)
    }

    /// At least so many tenths of its values on a side are among these; a side without a value says nothing.
    fn leads(&self, side: usize, ids: &HashSet<u64>, tenths: usize) -> bool {
        let values: HashSet<u64> = self.hashes(side).collect();
        values.iter().filter(|value| ids.contains(value)).count() * 10 >= values.len() * tenths
    }

    fn hashes(&self, side: usize) -> impl Iterator<Item = u64> {
        self.sides.get(side).into_iter().flat_map(|s| s.hashes.iter().copied()).filter(|h| *h != 0)
    }
}

impl Dataset {
    /// Its columns as far as a key is concerned.
    pub(super) fn candidates(&self) -> Vec<Candidate<'_>> {
        let may_be_key = |c: &Column| {
            c.used == Use::Compared && c.note.is_empty() && matches!(c.drafted.kind, Type::Text | Type::Integer | Type::Date | Type::Time)
        };
        self.columns
            .iter()
            .map(|c| Candidate {
                heading: &c.heading,
                sides: c.sides.iter().map(|s| s.hashes.as_slice()).collect(),
                may_be_key: may_be_key(c),
                is_number: c.drafted.kind == Type::Integer,
            })
            .collect()
    }

    /// What identifies a row is compared as it is written.
    fn keep_codes_as_text(&mut self) {
        for i in self.keys.iter().flatten().copied().chain(self.id).collect::<Vec<_>>() {
            let drafted = &mut self.columns[i].drafted;
            let note = if drafted.note.contains("leading zeros") { drafted.note } else { "" };
            *drafted = Drafted { kind: Type::Text, format: None, note };
        }
    }

    /// What has another value in most records is compared all the same: only a person can tell whether it means the same.
    fn note_what_differs_everywhere(&mut self) {
        for i in 0..self.columns.len() {
            let column = &self.columns[i];
            let plain = column.used == Use::Compared && column.references.is_none() && column.note.is_empty();
            if plain && !self.is_key(i) && self.id != Some(i) && differs(&self.candidates(), &self.keys[0], i) {
                self.columns[i].note = "another value in most records: where these are internal numbers, leave it out".to_owned();
            }
        }
    }

    /// True when what tells its records apart is not certain.
    pub(super) fn is_doubtful(&self) -> bool {
        self.why.contains("guess") || self.why.contains("poor key") || self.why.contains("several rows")
    }

    /// True for a column that is part of the key.
    pub(super) fn is_key(&self, column: usize) -> bool {
        self.keys.iter().flatten().any(|i| *i == column)
    }
}

/// Finds columns that hold the internal numbers of another dataset: they are compared by its key. Those that lead nowhere and differ
/// from side to side are left out.
pub(super) fn refer(datasets: &mut [Dataset]) {
    let ids: Vec<(String, Vec<HashSet<u64>>)> = datasets
        .iter()
        .filter_map(|d| {
            let id = &d.columns[d.id?];
            Some((d.name.clone(), (0..SIDES.len()).map(|side| id.hashes(side).collect()).collect()))
        })
        .collect();
    for dataset in datasets {
        for i in 0..dataset.columns.len() {
            let column = &dataset.columns[i];
            let nested = column.drafted.kind == Type::Json;
            if dataset.is_key(i) || dataset.id == Some(i) || !(nested || is_internal(&column.heading)) {
                continue;
            }
            let said = stem(&words(&column.heading).split_last().map(|(_, rest)| rest.join("_")).unwrap_or_default());
            let named = |name: &str| !said.is_empty() && stem(name) == said;
            let mut led: Vec<(bool, &String)> = ids
                .iter()
                .filter(|(name, sides)| {
                    // Where the heading names the dataset, a few numbers may lead nowhere: that is for a check to find.
                    let enough = if named(name) { 9 } else { 10 };
                    !nested && !column.is_blank() && (0..SIDES.len()).all(|side| column.leads(side, &sides[side], enough))
                })
                .map(|(name, _)| (!named(name), name))
                .collect();
            led.sort();
            let target = led.first();
            let target = target.map(|(_, name)| (*name).clone());
            let leads_nowhere = target.is_none() && differs(&dataset.candidates(), &dataset.keys[0], i);
            let column = &mut dataset.columns[i];
            match target {
                Some(name) => {
                    column.references = Some(name);
                    column.drafted = Drafted { kind: Type::Text, format: None, note: "" };
                }
                None if leads_nowhere => {
                    column.used = Use::LeftOut;
                    column.note = match nested {
                        true => {
                            "nested, and another in most records, as where it holds internal numbers: describe it as a dataset of its own"
                        }
                        false => "internal numbers, which differ from side to side: export what they lead to, or leave it out",
                    }
                    .to_owned();
                }
                None => {}
            }
        }
        dataset.note_what_differs_everywhere();
    }
}
