//! README and documents say what the program does.

use gonogo::exit::ExitStatus;

use crate::support::{repository, run};

fn readme() -> String {
    std::fs::read_to_string(repository().join("README.md")).expect("README.md")
}

#[test]
fn the_exit_codes_of_the_readme_are_the_programs() {
    let readme = readme();
    for status in ExitStatus::ALL {
        let row = format!("| {} | {} |", status.code(), status.meaning());
        assert!(readme.contains(&row), "README.md lacks: {row}");
    }
}

#[test]
fn the_readme_begins_with_the_two_commands() {
    let readme = readme();
    let first = readme.find("cargo run --release -- check").expect("the first command");
    let second = readme.find("cargo test --release").expect("the second command");
    assert!(first < second);
}

#[test]
fn the_screen_of_the_readme_is_the_screen() {
    let example = crate::support::Example::new();
    let screen = example.run(&["check", "--as-of", "2026-10-06T08:00:00Z"]).stdout;
    let readme = readme();
    let shown = readme.split_once("```text\n").and_then(|(_, rest)| rest.split_once("```")).expect("a screen in README.md").0;
    assert!(shown.contains("NO-GO") && shown.contains("Riverside"), "{shown}");
    for line in shown.lines().filter(|l| !l.trim().is_empty() && l.trim() != "…") {
        assert!(screen.contains(line.trim_end()), "README.md shows a line that the program does not print:\n{line}\n\n{screen}");
    }
}

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let help = run(&repository(), &["--help"]);
    assert_eq!(help.code, 0);
    for word in ["check", "snapshot", "freeze", "diff", "show", "attest", "lint", "schema", "Exit codes"] {
        assert!(help.stdout.contains(word), "--help lacks {word}\n{help}");
    }
    assert!(help.stdout.lines().all(|l| l.chars().count() <= 100));
}
