//! The ledger: the denominators of every check, so that nothing is hidden.

use chrono::{DateTime, Utc};
use tabled::builder::Builder;
use tabled::settings::object::{Columns, Rows};
use tabled::settings::{Alignment, Modify, Padding, Style};

use super::line::{Line, hanging};
use super::words;
use crate::check::{Ledger, Signature};
use crate::report::text::{cut, inline, thousands, width as columns};
use crate::verdict::{CheckResult, RunResult};

/// Warnings that have lines of their own when they do not all fit.
const WARNINGS: usize = 2;

/// Level 0 has the table and the reasons of what was left out; 1 totals and warnings; 2 totals and the first warnings.
pub(super) fn lines(result: &RunResult, width: usize, level: u8) -> Vec<Line> {
    if result.checks.iter().all(|c| c.outcome.ledger.read.is_empty() && c.outcome.ledger.signed.is_empty()) {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if level == 0 {
        if result.checks.iter().any(|c| !c.outcome.ledger.read.is_empty()) {
            lines.extend(table(&result.checks, width));
        }
        lines.extend(result.checks.iter().flat_map(|c| left_out(c, width)));
    } else {
        lines.extend(totals(&result.checks, width));
    }
    let warnings: Vec<String> =
        result.checks.iter().flat_map(|c| c.outcome.ledger.warnings.iter().map(move |w| format!("{}: {w}", c.name))).collect();
    let shown = if level < 2 { warnings.len() } else { WARNINGS };
    lines.extend(
        warnings
            .iter()
            .take(shown)
            .flat_map(|w| if level == 0 { hanging("  ! ", 6, w, width) } else { vec![Line::plain(format!("  ! {}", cut(w, width - 4)))] }),
    );
    if warnings.len() > shown {
        lines.push(Line::plain(format!("  ! and {} (all with -v)", words::number((warnings.len() - shown) as u64, "more warning"))));
    }
    lines
}

fn table(checks: &[CheckResult], width: usize) -> Vec<Line> {
    const HEADINGS: [&str; 7] = ["check", "dataset", "in", "read", "expected", "selected", "columns"];
    let mut builder = Builder::default();
    builder.push_record(HEADINGS);
    let mut widest = [0; 3];
    for check in checks {
        for read in &check.outcome.ledger.read {
            for (i, name) in [&check.name, &read.dataset, &read.environment].into_iter().enumerate() {
                widest[i] = widest[i].max(columns(&inline(name)));
            }
        }
    }
    // The four columns of numbers and the blanks between columns take 44; names share the rest, the check's name first.
    let mut room = width.saturating_sub(44);
    let mut limits = [0; 3];
    for (i, least) in [(2, 10), (1, 10), (0, 12)] {
        let others: usize = [12, 10, 10][..i].iter().sum();
        limits[i] = widest[i].min(room.saturating_sub(others)).max(least.min(widest[i]));
        room = room.saturating_sub(limits[i]);
    }
    for check in checks {
        let ledger = &check.outcome.ledger;
        for (i, read) in ledger.read.iter().enumerate() {
            let once = |text: String| if i == 0 { text } else { String::new() };
            builder.push_record([
                once(cut(&check.name, limits[0])),
                cut(&read.dataset, limits[1]),
                cut(&read.environment, limits[2]),
                read.rows.map_or("unread".to_owned(), thousands),
                read.expected.map_or("unknown".to_owned(), thousands),
                once(thousands(ledger.selected)),
                once(thousands(ledger.columns_compared.len() as u64)),
            ]);
        }
    }
    let mut table = builder.build();
    table.with(Style::empty()).with(Padding::new(0, 2, 0, 0)).with(Modify::new(Columns::new(3..)).with(Alignment::right()));
    table.with(Modify::new(Rows::first()).with(Alignment::left())).with(Modify::new(Columns::new(3..)).with(Alignment::right()));
    table.to_string().lines().map(|l| Line::plain(format!("  {}", l.trim_end()))).collect()
}

/// What a check left out, with the reasons.
fn left_out(check: &CheckResult, width: usize) -> Vec<Line> {
    let ledger = &check.outcome.ledger;
    let mut parts: Vec<String> = ledger.signed.iter().map(signed).collect();
    let reasons = |columns: &[(String, String)]| columns.iter().map(|(c, why)| format!("{c} ({why})")).collect::<Vec<_>>().join(", ");
    let mut add = |what: &str, text: String| {
        if !text.is_empty() {
            parts.push(format!("{what} {text}"));
        }
    };
    add("unread", reasons(&ledger.columns_unread));
    add("ignored", reasons(&ledger.columns_ignored));
    add("tolerated", reasons(&ledger.columns_tolerated));
    add("volatile", ledger.columns_volatile.join(", "));
    for (n, of, what) in
        [(ledger.excluded, "row", "excluded"), (ledger.undecided, "row", "undecided"), (ledger.waived, "finding", "waived")]
    {
        if n > 0 {
            parts.push(format!("{} {what}", words::number(n, of)));
        }
    }
    parts.extend(ledger.notes.iter().cloned());
    if parts.is_empty() { Vec::new() } else { hanging("  ", 4, &format!("{}: {}", check.name, parts.join("; ")), width) }
}

/// "signed by A. Person (technical lead) on 2027-02-01, valid until 2027-03-03".
fn signed(signature: &Signature) -> String {
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d");
    let build = signature.build.as_ref().map_or_else(String::new, |b| format!(", for build {b}"));
    let document = signature.document.as_ref().map_or_else(String::new, |d| format!(", document {d:.12}"));
    let (person, role) = (&signature.person, &signature.role);
    format!("signed by {person} ({role}) on {}, valid until {}{build}{document}", day(signature.date), day(signature.until))
}

fn totals(checks: &[CheckResult], width: usize) -> Vec<Line> {
    let all: Vec<&Ledger> = checks.iter().map(|c| &c.outcome.ledger).collect();
    let sum = |n: fn(&Ledger) -> u64| all.iter().map(|l| n(l)).sum::<u64>();
    let read = |l: &Ledger| l.read.iter().filter_map(|r| r.rows).sum();
    let signed = match checks.iter().filter(|c| !c.outcome.ledger.signed.is_empty()).count() as u64 {
        0 => String::new(),
        n => format!("; {} signed", words::number(n, "check")),
    };
    let text = format!(
        "{} read {} ({} unread), {} selected; columns: {} compared, {} ignored, {} tolerated, {} volatile, {} unread; \
         rows: {} excluded, {} undecided; findings waived: {}{signed}; per check with -v",
        words::number(checks.iter().filter(|c| !c.outcome.ledger.read.is_empty()).count() as u64, "check"),
        words::number(sum(read), "row"),
        words::number(sum(|l| l.read.iter().filter(|r| r.rows.is_none()).count() as u64), "dataset"),
        thousands(sum(|l| l.selected)),
        thousands(sum(|l| l.columns_compared.len() as u64)),
        thousands(sum(|l| l.columns_ignored.len() as u64)),
        thousands(sum(|l| l.columns_tolerated.len() as u64)),
        thousands(sum(|l| l.columns_volatile.len() as u64)),
        thousands(sum(|l| l.columns_unread.len() as u64)),
        thousands(sum(|l| l.excluded)),
        thousands(sum(|l| l.undecided)),
        thousands(sum(|l| l.waived)),
    );
    hanging("  ", 4, &text, width)
}
