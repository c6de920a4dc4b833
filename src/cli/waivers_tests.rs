use proptest::prelude::*;

use super::*;

const FINDING: &str = "f1:9c2e4a00000000000000000000000001";

fn entry<'a>(reason: &'a str, owner: &'a str) -> Entry<'a> {
    Entry {
        finding: FINDING,
        check: "clinics-match",
        group: None,
        owner,
        approver: "clinical safety officer",
        reason,
        expires: "2027-03-31T23:59:59Z",
        comment: "clinics-match: clinic CARD01 is missing".to_owned(),
    }
}

/// Adds one entry to a file.
fn add(before: &str, entry: &Entry<'_>) -> Option<String> {
    let mut problems = Problems::default();
    let known = match document::load(FILE, before.as_bytes(), &mut problems) {
        Some(document) if !is_blank(before.as_bytes()) => decode_waivers(&document, &mut problems),
        _ => Vec::new(),
    };
    let text = added(before.as_bytes(), std::slice::from_ref(entry));
    read_back(&text, &known, std::slice::from_ref(entry)).map(|_| String::from_utf8(text).unwrap())
}

const KNOWN: &str =
    "- {finding: \"f1:00000000000000000000000000000002\", owner: a, approver: b, reason: \"c\", expires: 2027-03-31T23:59:59Z}  # kept";

#[test]
fn a_new_file_says_what_it_is() {
    let text = add("", &entry("taught on the day", "outpatient build team")).unwrap();
    insta::assert_snapshot!(text, @r#"
    # Known differences that a named person has accepted. `gonogo waive` adds to this file, `gonogo waive --list` judges it.
    # clinics-match: clinic CARD01 is missing
    - finding: "f1:9c2e4a00000000000000000000000001"
      check: clinics-match
      owner: outpatient build team
      approver: clinical safety officer
      reason: taught on the day
      expires: 2027-03-31T23:59:59Z
    "#);
}

#[test]
fn every_byte_of_before_is_kept() {
    let indented = format!("# ours\n  {KNOWN}\n\n  # the end\n");
    for before in [
        format!("{KNOWN}\n"),
        KNOWN.to_owned(),
        indented,
        format!("{KNOWN}\r\n# x\r\n"),
        format!("---\n{KNOWN}\n"),
        "# none left\n".to_owned(),
    ] {
        let text = add(&before, &entry("r", "o")).unwrap_or_else(|| panic!("{before:?}"));
        assert!(text.starts_with(&before), "{text}");
        assert_eq!(text.contains("\r\n"), before.contains("\r\n"));
        assert!(!before.contains('\r') || !text.replace("\r\n", "").contains('\n'), "{text:?}");
    }
}

#[test]
fn a_file_that_cannot_be_added_to_is_left_alone() {
    for before in [format!("[{}]\n", &KNOWN[2..KNOWN.len() - 8]), "[]\n".to_owned(), format!("{KNOWN}\n...\n"), format!("{KNOWN}\n---\n")] {
        assert_eq!(add(&before, &entry("r", "o")), None, "{before}");
    }
}

#[test]
fn an_entry_that_is_read_back_otherwise_is_not_written() {
    let mut other = entry("r", "o");
    other.expires = "2027-03-31";
    assert_eq!(add("", &other), None);
    other = entry("r", "o");
    other.comment = "two\nlines".to_owned();
    assert_eq!(add("", &other), None);
}

proptest! {
    #[test]
    fn whatever_is_typed_is_read_back_as_typed(reason in "\\PC{1,40}", owner in "[ -~]{1,20}") {
        prop_assume!(!reason.trim().is_empty() && !owner.trim().is_empty());
        prop_assert!(add(KNOWN, &entry(&reason, &owner)).is_some(), "{:?} {:?}", reason, owner);
    }

    #[test]
    fn words_of_yaml_are_words(reason in prop_oneof![Just("null"), Just("yes"), Just("True"), Just("1.10"), Just("a: b"), Just("x #y"), Just("- z"), Just("it's"), Just("'q'"), Just("*a")]) {
        prop_assert!(add("", &entry(reason, "o")).is_some(), "{}", reason);
    }
}
