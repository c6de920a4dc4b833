use super::*;

fn mistakes(text: &str) -> Vec<String> {
    let mut problems = Problems::default();
    if let Some(document) = crate::document::load("checks/attestations/failover.yaml", text.as_bytes(), &mut problems) {
        decode_attestations(&document, &mut problems);
    }
    problems.sorted().into_iter().map(|p| format!("`{}` {}", p.place.text(), p.message)).collect()
}

fn with(lines: &str) -> String {
    format!(
        "version: 1\ncheck: failover\nattestations:\n  - statement: X\n    person: A. Person\n    role: lead\n    date: 2027-02-01T15:00:00Z\n{lines}"
    )
}

#[test]
fn a_sound_file_is_read_as_it_is_written() {
    let text = with("    measured: {rto: 1.50}\n    build: 1.10\n");
    let mut problems = Problems::default();
    let document = crate::document::load("checks/attestations/failover.yaml", text.as_bytes(), &mut problems).unwrap();
    let file = decode_attestations(&document, &mut problems).unwrap();
    assert!(problems.is_empty());
    let one = &file.attestations[0];
    assert_eq!(one.measured[0].1.to_plain_string(), "1.5");
    assert_eq!(one.build.as_ref().unwrap().value, "1.10", "a build is text");
    let files = BTreeMap::from([("failover".to_owned(), file)]);
    let all = Attestations { files, documents: BTreeMap::new() };
    assert_eq!(all.newest().unwrap().to_rfc3339(), "2027-02-01T15:00:00+00:00");
    assert_eq!(all.of("another").len(), 0);
}

#[test]
fn mistakes_stand_at_their_place() {
    let digest = "a".repeat(64);
    for (lines, expected) in [
        ("    expires: 2027-02-01T15:00:00Z\n".to_owned(), "`2027-02-01T15:00:00Z` this attestation ends before it was signed"),
        ("    expires: 2027-03-01\n".to_owned(), "`2027-03-01` `2027-03-01` is no moment with a time zone"),
        ("    measured: {rto: \"42\"}\n".to_owned(), "`\"42\"` `42` is no number"),
        ("    measured: {RTO: 42}\n".to_owned(), "`RTO` `RTO` cannot be a name: it must begin with a lower-case letter"),
        ("    document: {path: a.pdf, sha256: abc}\n".to_owned(), "`abc` this is no SHA-256"),
        ("    singed: x\n".to_owned(), "`singed` an attestation has no key `singed`"),
    ] {
        assert_eq!(mistakes(&with(&lines)), [expected]);
    }
    for outside in ["../a.pdf", "/a.pdf", "a//b", "c:/a.pdf", "a\\b.pdf", "./a"] {
        let found = mistakes(&with(&format!("    document: {{path: '{outside}', sha256: {digest}}}\n")));
        assert_eq!(found.len(), 1, "{outside}: {found:?}");
        assert!(found[0].contains("a document lies inside the project"), "{found:?}");
    }
    assert_eq!(mistakes(&with("")), Vec::<String>::new());
}

#[test]
fn a_file_is_called_after_its_check_and_is_not_empty() {
    let other = mistakes(&with("").replace("check: failover", "check: fail-over"));
    assert_eq!(other, ["`fail-over` the attestations of `fail-over` lie in a file that is called after another check"]);
    assert_eq!(mistakes("version: 1\ncheck: failover\nattestations: []\n"), ["`[]` nobody has signed here"]);
}
