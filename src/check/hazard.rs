//! The hazard log: `checks/hazards.csv`, in the columns and words of DCB0160. A check that names a hazard is a control of it.

use crate::document::{At, Place, Problems, SourceText, suggest};

use super::file::CheckFile;

/// Where a project keeps its hazard log, as shown.
pub const HAZARDS_FILE: &str = "checks/hazards.csv";

/// Severities of harm, mildest first.
const SEVERITIES: &[&str] = &["minor", "significant", "considerable", "major", "catastrophic"];
/// Likelihoods, rarest first.
const LIKELIHOODS: &[&str] = &["very low", "low", "medium", "high", "very high"];
/// Risk 1 (acceptable) to 5 (unacceptable) by likelihood, then severity.
const RISK: [[u8; 5]; 5] = [[1, 1, 2, 2, 3], [1, 2, 2, 3, 4], [2, 2, 3, 3, 4], [2, 3, 3, 4, 5], [3, 4, 4, 5, 5]];

/// Columns that every log has; others are the hospital's own.
const NEEDED: &[&str] = &["id", "hazard", "cause", "effect", "severity", "likelihood"];
/// Columns that gonogo reads when they are there.
const KNOWN: &[&str] = &["controls", "residual_severity", "residual_likelihood", "owner", "status"];

/// One hazard of the log.
#[derive(Clone, Debug)]
pub struct Hazard {
    /// Its id, which checks quote (`HZ-012`).
    pub id: At<String>,
    /// What may go wrong.
    pub hazard: String,
    /// Why it would.
    pub cause: String,
    /// The harm.
    pub effect: String,
    /// Severity of the harm, without controls.
    pub severity: String,
    /// How likely it is, without controls.
    pub likelihood: String,
    /// Risk 1 to 5 without controls.
    pub risk: u8,
    /// Risk 1 to 5 that is left with all controls, where the log says it.
    pub residual_risk: Option<u8>,
}

/// Reads a hazard log; every mistake goes to `problems`, at its line and column. Hazards with mistakes are left out, but for their id.
pub fn decode_hazards(shown: &str, bytes: &[u8], problems: &mut Problems) -> Vec<Hazard> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else {
        let place = Place { file: SourceText::new(shown, ""), start: 0, end: 0 };
        problems.add(&place, "the hazard log is not UTF-8 text").help("save it as CSV in UTF-8");
        return Vec::new();
    };
    let mut log = Log { file: SourceText::new(shown, text), headings: Vec::new(), problems };
    log.read()
}

struct Log<'p> {
    file: std::sync::Arc<SourceText>,
    headings: Vec<String>,
    problems: &'p mut Problems,
}

impl Log<'_> {
    fn read(&mut self) -> Vec<Hazard> {
        let file = self.file.clone();
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file.text.as_bytes());
        match reader.headers() {
            Ok(headings) => self.headings = headings.iter().map(|h| h.trim().to_owned()).collect(),
            Err(error) => {
                self.problems.add(&self.line(0), format!("the hazard log cannot be read: {error}"));
                return Vec::new();
            }
        }
        if !self.has_its_headings() {
            return Vec::new();
        }
        let mut hazards: Vec<Hazard> = Vec::new();
        for record in reader.records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let start = error.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0));
                    self.problems.add(&self.line(start), format!("this line cannot be read: {error}"));
                    return hazards;
                }
            };
            let start = record.position().map_or(0, |p| usize::try_from(p.byte()).unwrap_or(0));
            if record.len() != self.headings.len() {
                let message = format!("this line has {} cells where the headings are {}", record.len(), self.headings.len());
                self.problems.add(&self.line(start), message).help("text with a comma stands in double quotes");
                continue;
            }
            if let Some(hazard) = self.hazard(&record, start) {
                if let Some(first) = hazards.iter().find(|h| h.id.value == hazard.id.value) {
                    let message =
                        format!("the hazard `{}` is there twice; the first is on line {}", hazard.id.value, first.id.place.line());
                    self.problems.add(&hazard.id.place, message).expected("an id of its own");
                } else {
                    hazards.push(hazard);
                }
            }
        }
        hazards
    }

    fn has_its_headings(&mut self) -> bool {
        let mut whole = true;
        for needed in NEEDED.iter().filter(|n| !self.headings.iter().any(|h| h == *n)) {
            let others = self.headings.iter().map(String::as_str).filter(|h| !NEEDED.contains(h) && !KNOWN.contains(h));
            let help = suggest::nearest(needed, others)
                .map_or_else(|| format!("the columns are {}", NEEDED.join(",")), |near| format!("is `{near}` meant for it?"));
            self.problems.add(&self.line(0), format!("the hazard log has no column `{needed}`")).expected(needed.to_owned()).help(help);
            whole = false;
        }
        whole
    }

    fn hazard(&mut self, record: &csv::StringRecord, start: usize) -> Option<Hazard> {
        let before = self.problems.len();
        let text = |log: &mut Self, heading: &str| {
            let cell = log.cell(record, start, heading);
            if cell.value.is_empty() {
                log.problems.add(&cell.place, format!("`{heading}` is blank")).expected("some text");
            }
            cell
        };
        let id = text(self, "id");
        let (hazard, cause, effect) = (text(self, "hazard"), text(self, "cause"), text(self, "effect"));
        let severity = self.word(record, start, "severity", SEVERITIES);
        let likelihood = self.word(record, start, "likelihood", LIKELIHOODS);
        let residual = self.residual(record, start);
        // A hazard whose text is damaged is still one that checks may name.
        let ((severity, s), (likelihood, l)) = severity.zip(likelihood).unwrap_or_default();
        (self.problems.len() == before || !id.value.is_empty()).then(|| Hazard {
            id,
            hazard: hazard.value,
            cause: cause.value,
            effect: effect.value,
            severity,
            likelihood,
            risk: RISK[l][s],
            residual_risk: residual,
        })
    }

    fn residual(&mut self, record: &csv::StringRecord, start: usize) -> Option<u8> {
        let given =
            |log: &Self, heading: &str| log.headings.iter().any(|h| h == heading) && !log.cell(record, start, heading).value.is_empty();
        let (severity, likelihood) = (given(self, "residual_severity"), given(self, "residual_likelihood"));
        if severity != likelihood {
            let heading = if severity { "residual_severity" } else { "residual_likelihood" };
            let place = self.cell(record, start, heading).place;
            self.problems.add(&place, "a residual risk needs both its severity and its likelihood").expected("both, or neither");
            return None;
        }
        if !severity {
            return None;
        }
        let (_, s) = self.word(record, start, "residual_severity", SEVERITIES)?;
        let (_, l) = self.word(record, start, "residual_likelihood", LIKELIHOODS)?;
        Some(RISK[l][s])
    }

    /// One of the words of a scale, with its position on it.
    fn word(&mut self, record: &csv::StringRecord, start: usize, heading: &str, scale: &[&'static str]) -> Option<(String, usize)> {
        let cell = self.cell(record, start, heading);
        let word = cell.value.to_lowercase();
        if let Some(position) = scale.iter().position(|w| *w == word) {
            return Some((word, position));
        }
        let help = suggest::nearest_or_all(&word, scale.iter().copied());
        self.problems.add(&cell.place, format!("`{}` is no {}", cell.value, heading.replace('_', " "))).expected(heading).help(help);
        None
    }

    fn cell(&self, record: &csv::StringRecord, start: usize, heading: &str) -> At<String> {
        let position = self.headings.iter().position(|h| h == heading).unwrap_or(0);
        let line = self.line(start);
        // Cells are found one after the other, so that a text that stands twice is shown where it is meant.
        let mut from = 0;
        for cell in record.iter().take(position) {
            from += line.text().get(from..).and_then(|rest| rest.find(cell)).map_or(0, |at| at + cell.len());
        }
        let value = record.get(position).unwrap_or_default().trim().to_owned();
        let found = line.text().get(from..).and_then(|rest| rest.find(&value)).filter(|_| !value.is_empty());
        let place = match found {
            Some(at) => line.within(from + at, from + at + value.len()),
            None => line,
        };
        At { value, place }
    }

    /// The line that holds a byte offset; a record in quotes may go on below it.
    fn line(&self, offset: usize) -> Place {
        let text = &self.file.text;
        let start = offset + text.get(offset..).map_or(0, |rest| rest.len() - rest.trim_start_matches(['\r', '\n']).len());
        let end = text.get(start..).and_then(|rest| rest.find(['\r', '\n'])).map_or(text.len(), |at| start + at);
        Place { file: self.file.clone(), start, end }
    }
}

/// Holds the hazards that checks name to the log. `log` is `None` when the project keeps none.
pub fn lint_hazards(files: &[CheckFile], log: Option<&[Hazard]>, problems: &mut Problems) {
    for hazard in files.iter().flat_map(|f| &f.checks).filter_map(|c| c.hazard.as_ref()) {
        let Some(log) = log else {
            problems
                .add(&hazard.place, format!("this check controls the hazard `{}`, and there is no {HAZARDS_FILE}", hazard.value))
                .expected("a hazard of the log")
                .help(format!("add {HAZARDS_FILE} with the columns {}", NEEDED.join(",")));
            continue;
        };
        if !log.iter().any(|h| h.id.value == hazard.value) {
            let help = suggest::nearest_or_all(&hazard.value, log.iter().map(|h| h.id.value.as_str()));
            problems
                .add(&hazard.place, format!("`{}` is no hazard of {HAZARDS_FILE}", hazard.value))
                .expected("a hazard of the log")
                .help(help);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "id,hazard,cause,effect,severity,likelihood,residual_severity,residual_likelihood,ward\n";

    fn read(text: &str) -> (Vec<Hazard>, Vec<String>) {
        let mut problems = Problems::default();
        let hazards = decode_hazards(HAZARDS_FILE, text.as_bytes(), &mut problems);
        let said = problems.sorted().iter().map(|p| format!("{} {}", p.place, p.message)).collect();
        (hazards, said)
    }

    #[test]
    fn a_log_is_read_with_its_risks() {
        let (hazards, said) = read(&format!(
            "{HEAD}HZ-1,\"Clinics, not visible\",Not built,Late care,Major,high,major,low,A\nHZ-2,Other,Why,Harm,minor,very low,,,B\n"
        ));
        assert_eq!(said, Vec::<String>::new());
        assert_eq!(hazards[0].hazard, "Clinics, not visible");
        assert_eq!((hazards[0].risk, hazards[0].residual_risk), (4, Some(3)));
        assert_eq!((hazards[1].risk, hazards[1].residual_risk), (1, None));
    }

    #[test]
    fn the_matrix_never_falls_with_severity_or_likelihood() {
        for l in 0..5 {
            for s in 0..5 {
                assert!(l == 0 || RISK[l][s] >= RISK[l - 1][s]);
                assert!(s == 0 || RISK[l][s] >= RISK[l][s - 1]);
            }
        }
        assert_eq!((RISK[0][0], RISK[4][4]), (1, 5));
    }

    #[test]
    fn mistakes_are_shown_at_their_cells() {
        let (hazards, said) = read(&format!(
            "{HEAD}HZ-1,a,b,c,major,hgih,,,x\nHZ-1,a,b,c,major,high,major,,x\n,a,b,c,major,high,,,x\nHZ-3,a,b\nHZ-4,,b,c,sever,high,,,x\n"
        ));
        assert_eq!(
            said,
            [
                "checks/hazards.csv:2:18 `hgih` is no likelihood",
                "checks/hazards.csv:3:1 the hazard `HZ-1` is there twice; the first is on line 2",
                "checks/hazards.csv:3:23 a residual risk needs both its severity and its likelihood",
                "checks/hazards.csv:4:1 `id` is blank",
                "checks/hazards.csv:5:1 this line has 3 cells where the headings are 9",
                "checks/hazards.csv:6:1 `hazard` is blank",
                "checks/hazards.csv:6:11 `sever` is no severity",
            ]
        );
        // What checks name is known even where the rest is damaged.
        assert_eq!(hazards.iter().map(|h| h.id.value.as_str()).collect::<Vec<_>>(), ["HZ-1", "HZ-4"]);
    }

    #[test]
    fn a_missing_column_is_named_with_what_may_be_meant() {
        let mut problems = Problems::default();
        decode_hazards(HAZARDS_FILE, b"id,hazrad,cause,effect,severity,likelihood\n", &mut problems);
        let only = problems.sorted()[0];
        assert_eq!(only.message, "the hazard log has no column `hazard`");
        assert_eq!(only.help.as_deref(), Some("is `hazrad` meant for it?"));
        assert_eq!(problems.len(), 1);
    }

    #[test]
    fn a_check_names_hazards_of_the_log_only() {
        let file = |hazard: &str| {
            let mut problems = Problems::default();
            let text = format!("version: 1\narea: a\nowner: o\nchecks:\n  - {{id: a, hazard: {hazard}, parity: {{dataset: clinics}}}}\n");
            let document = crate::document::load("checks/a.yaml", text.as_bytes(), &mut problems).unwrap();
            super::super::file::decode(&document, &mut problems).unwrap()
        };
        let mut problems = Problems::default();
        let log = decode_hazards(
            "checks/hazards.csv",
            format!("{HEAD}HZ-1,a,b,c,major,low,,,x\nHZ-2,a,b,c,major,low,,,x\n").as_bytes(),
            &mut problems,
        );
        assert!(problems.is_empty());
        let said = |hazard: &str, log: Option<&[Hazard]>| {
            let mut problems = Problems::default();
            lint_hazards(&[file(hazard)], log, &mut problems);
            problems.sorted().iter().map(|p| p.message.clone()).collect::<Vec<_>>()
        };
        assert_eq!(said("HZ-2", Some(&log)), Vec::<String>::new());
        assert_eq!(said("HZ-9", Some(&log)), ["`HZ-9` is no hazard of checks/hazards.csv"]);
        assert_eq!(said("HZ-1", None), ["this check controls the hazard `HZ-1`, and there is no checks/hazards.csv"]);
    }
}
