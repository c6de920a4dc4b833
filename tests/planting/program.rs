//! The program on a plan: a project on disk, and its JSON report.

use std::fs;
use std::path::Path;

use crate::support;

use super::checks;
use super::files::Format;
use super::judge::write_files;
use super::plan::Plan;
use super::planted::{assert_same, of_report};

fn write_project(plan: &Plan, format: Format, seed: u64, project: &Path) {
    let write = |file: &str, text: String| {
        let path = project.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    let quoted = |text: &String| format!("\"{}\"", text.replace('"', "\"\""));
    let list = plan.list.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n").collect();
    write("gonogo.yaml", checks::project());
    write("environments/training.yaml", checks::environment("training"));
    write("environments/production.yaml", checks::environment("production"));
    write("environments/systems/planted_hospital.yaml", format.definition());
    write("checks/planted.yaml", plan.checks.file());
    write("checks/lists/reasons.csv", list);
    write_files(plan, format, seed, project);
}

/// Plants so many faults, runs `gonogo check` and looks for exactly these, and for the verdict that follows from them.
pub(super) fn check(seed: u64, faults: usize, format: Format) {
    let plan = Plan::new(seed, faults, format.can());
    let when = format!("seed {seed}, {format:?}, {:?}", plan.faults);
    let folder = tempfile::tempdir().expect("a folder");
    write_project(&plan, format, seed, folder.path());
    let ran = support::run(folder.path(), &["check", "--format", "json"]);
    assert!(matches!(ran.code, 0 | 1 | 3), "{when}\n{ran}");
    let report = ran.json();
    assert_same(&plan.expected, &of_report(&report), &when);
    let blocks = plan.expected.iter().any(|f| matches!(f.severity.as_str(), "blocker" | "major"));
    let verdict = if blocks { ("NO-GO", 1) } else { ("GO", 0) };
    assert_eq!((report["verdict"].as_str().expect("a verdict"), ran.code), verdict, "{when}: {}", report["reasons"]);
}
