//! The commands as people type them: right, wrong, and with files that are broken.

use crate::support::{Example, run};

#[test]
fn outside_a_project_the_first_words_say_what_to_do() {
    let empty = tempfile::tempdir().expect("a folder");
    for command in ["check", "lint", "snapshot"] {
        let ran = run(empty.path(), &[command]);
        assert_eq!(ran.code, 2, "{ran}");
        assert!(ran.stderr.contains("gonogo.yaml") && ran.stderr.contains("-C"), "{ran}");
        assert!(ran.stdout.is_empty(), "{ran}");
    }
}

#[test]
fn typing_mistakes_name_the_nearest_word() {
    let example = Example::new();
    for (args, near) in [
        (vec!["chek"], "check"),
        (vec!["check", "--format", "jsno"], "json"),
        (vec!["check", "--training", "trainin"], "training"),
        (vec!["snapshot", "prodution"], "production"),
        (vec!["check", "--snapshot", "trainin=latest"], "training"),
        (vec!["diff", "training", "production", "clinic"], "clinics"),
        (vec!["schema", "reprot"], "report"),
    ] {
        let ran = example.run(&args);
        assert_eq!(ran.code, 2, "{args:?}\n{ran}");
        assert!(ran.stderr.contains(near), "{args:?} should suggest {near}\n{ran}");
    }
}

#[test]
fn a_selection_that_selects_nothing_is_wrong_usage() {
    let ran = Example::new().run(&["check", "--only", "no-such-check"]);
    assert_eq!(ran.code, 2, "{ran}");
    assert!(!Example::new().path().join(".gonogo").exists());
}

/// Name of the only item of a folder.
fn only_item(folder: &std::path::Path) -> String {
    let mut names = std::fs::read_dir(folder).expect("a folder").map(|e| e.expect("an item").file_name().to_string_lossy().into_owned());
    let name = names.next().expect("one item");
    assert_eq!(names.next(), None);
    name
}

#[test]
fn snapshot_show_and_diff_work_on_the_same_data() {
    let example = Example::new();
    let ran = example.run(&["snapshot"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("training") && ran.stdout.contains("production") && ran.stdout.contains("clinics"), "{ran}");

    let ran = example.run(&["show", "production"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.contains("clinics"), "{ran}");
    let ran = example.run(&["show", "production", "clinics", "--limit", "3"]);
    assert_eq!(ran.code, 0, "{ran}");
    assert!(ran.stdout.lines().all(|l| l.chars().count() <= 80), "{ran}");

    // The id that `snapshot` printed is enough to name one.
    let id = only_item(&example.path().join(".gonogo/snapshots/production"));
    assert_eq!(example.run(&["show", &id]).stdout, example.run(&["show", "production"]).stdout);

    let ran = example.run(&["diff", "training=latest", "production=latest", "clinics"]);
    assert_eq!(ran.code, 1, "{ran}");
    let ran = example.run(&["diff", "training=latest", "training=latest"]);
    assert_eq!(ran.code, 0, "{ran}");
}

#[test]
fn check_runs_again_from_snapshots_without_the_extracts() {
    let example = Example::new();
    let live = example.run(&["check", "--format", "json"]);
    std::fs::remove_dir_all(example.path().join("environments/extracts")).expect("the extracts");
    let offline = example.run(&["check", "--offline", "--format", "json"]);
    assert_eq!((live.code, offline.code), (1, 1), "{live}\n{offline}");
    assert_eq!(live.json()["checks"], offline.json()["checks"]);
}

#[test]
fn a_snapshot_given_for_another_side_is_refused() {
    let example = Example::new();
    assert_eq!(example.run(&["snapshot"]).code, 0);
    let dir = std::fs::read_dir(example.path().join(".gonogo/snapshots/production"))
        .expect("snapshots")
        .next()
        .expect("one")
        .expect("entry")
        .path();
    let ran = example.run(&["check", "--snapshot", &format!("training={}", dir.display())]);
    assert!(matches!(ran.code, 1 | 3), "{ran}");
    assert!(ran.stdout.contains("production"), "{ran}");
}

#[test]
fn broken_snapshots_are_never_an_answer() {
    let example = Example::new();
    assert_eq!(example.run(&["snapshot"]).code, 0);
    let dir = std::fs::read_dir(example.path().join(".gonogo/snapshots/production"))
        .expect("snapshots")
        .next()
        .expect("one")
        .expect("entry")
        .path();
    for entry in std::fs::read_dir(&dir).expect("files") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("a file");
        let mut flipped = bytes.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        for broken in [Some(flipped), Some(bytes[..bytes.len() / 3].to_vec()), None] {
            match &broken {
                Some(b) => std::fs::write(&path, b).expect("a write"),
                None => std::fs::remove_file(&path).expect("a removal"),
            }
            for args in [vec!["show", "production"], vec!["diff", "training=latest", "production=latest"], vec!["check", "--offline"]] {
                let ran = example.run(&args);
                assert!(matches!(ran.code, 1..=3), "{args:?} {}\n{ran}", path.display());
                assert!(ran.code == 3 || args[0] == "check", "{args:?} {}\n{ran}", path.display());
                assert!(!ran.stderr.contains("panicked"), "{ran}");
            }
            std::fs::write(&path, &bytes).expect("a write");
        }
    }
}

#[test]
fn plain_files_are_compared_by_key() {
    let dir = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).expect("a file");
    put("a.csv", "code,name\nA,Alpha\nB,Beta\n");
    put("b.csv", "name,code\nBeta,B\nAlpha,A\n");
    put("c.csv", "code,name\nA,Alpha\nC,Gamma\n");
    put("dup.csv", "code,name\nA,Alpha\nA,Again\n");
    put("empty.csv", "code,name\n");
    let diff = |args: &[&str]| run(dir.path(), &[&["diff"], args].concat());
    assert_eq!(diff(&["a.csv", "b.csv", "--key", "code"]).code, 0);
    let ran = diff(&["a.csv", "c.csv", "--key", "code"]);
    assert_eq!(ran.code, 1, "{ran}");
    assert!(ran.stdout.contains("- B") && ran.stdout.contains("+ C"), "{ran}");
    assert_eq!(diff(&["a.csv", "b.csv", "--key", "cod"]).code, 2);
    assert_eq!(diff(&["a.csv", "b.csv"]).code, 2);
    assert_eq!(diff(&["dup.csv", "dup.csv", "--key", "code"]).code, 3);
    assert_eq!(diff(&["empty.csv", "empty.csv", "--key", "code"]).code, 3);
    assert_eq!(diff(&["a.csv", "nowhere.csv", "--key", "code"]).code, 2);
}

#[test]
fn no_colour_unless_wanted() {
    let example = Example::new();
    assert!(!example.run(&["check"]).stdout.contains('\u{1b}'));
    assert!(example.run(&["check", "--color", "always"]).stdout.contains('\u{1b}'));
}

#[test]
fn the_report_fits_eighty_columns_and_one_screen() {
    let ran = Example::new().run(&["check"]);
    assert!(ran.stdout.lines().all(|l| l.chars().count() <= 80), "{ran}");
}
