use super::*;

fn loaded(text: &str) -> (Document, Problems) {
    let mut problems = Problems::default();
    let document = load("a.yaml", text.as_bytes(), &mut problems);
    assert!(problems.is_empty(), "{}", render(&problems, false));
    (document.unwrap(), problems)
}

fn mistakes(bytes: &[u8]) -> Vec<String> {
    let mut problems = Problems::default();
    load("a.yaml", bytes, &mut problems);
    problems.sorted().iter().map(|p| format!("{}:{} {}", p.place.line(), p.place.column(), p.message)).collect()
}

fn get<'n>(node: &'n Node, key: &str) -> &'n Node {
    let Content::Map(entries) = &node.content else { panic!("no mapping") };
    &entries.iter().find(|e| e.key == key).unwrap().value
}

fn scalar(node: &Node) -> &Scalar {
    let Content::Scalar(s) = &node.content else { panic!("no scalar") };
    s
}

/// Every place of the tree lies in the file, children lie in order inside their parents.
fn check_places(node: &Node) {
    let text = &node.place.file.text;
    assert!(node.place.start <= node.place.end && node.place.end <= text.len());
    assert!(text.is_char_boundary(node.place.start) && text.is_char_boundary(node.place.end));
    match &node.content {
        Content::Scalar(s) => {
            assert!(s.jumps.windows(2).all(|w| w[0].0 <= w[1].0), "{:?}", s.jumps);
            assert!(s.jumps.iter().all(|(value, file)| *value <= s.text.len() && *file <= text.len()), "{:?}", s.jumps);
        }
        Content::List(items) => items.iter().for_each(check_places),
        Content::Map(entries) => entries.iter().for_each(|e| {
            assert!(text.get(e.key_place.start..e.key_place.end).is_some());
            check_places(&e.value);
        }),
    }
}

/// Each character of the value that stands in the file as it is, is found at its mapped place.
fn check_mapping(node: &Node) {
    let s = scalar(node);
    for (offset, c) in s.text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
        let at = s.file_offset(offset);
        let found = node.place.file.text[at..].chars().next().unwrap();
        assert!(found == c || (s.style == Style::Quoted && found == '\\'), "{offset} of {:?} maps to {at} {found:?}", s.text);
    }
}

#[test]
fn scalars_keep_their_source_text() {
    let (d, _) = loaded("a: 1.10\nb: 007\nc: no\nd: 1_000\ne: 0x1F\nf: 2027-01-29\ng: ~\nh:\ni: '~'\n");
    let text = |key| scalar(get(&d.root, key)).text.clone();
    assert_eq!(["a", "b", "c", "d", "e", "f"].map(text), ["1.10", "007", "no", "1_000", "0x1F", "2027-01-29"]);
    assert!(scalar(get(&d.root, "g")).is_null() && scalar(get(&d.root, "h")).is_null());
    assert!(!scalar(get(&d.root, "i")).is_null());
}

#[test]
fn places_are_exact_with_unix_and_with_windows_line_ends() {
    for end in ["\n", "\r\n"] {
        let text = "a:\n  - x: é1\n    'y y': [1, {b: 2}]\n\n# after\nb: z\n".replace('\n', end);
        let (d, _) = loaded(&text);
        let Content::List(items) = &get(&d.root, "a").content else { panic!() };
        assert_eq!((get(&d.root, "a").place.line(), get(&d.root, "a").place.column()), (2, 3));
        let x = get(&items[0], "x");
        assert_eq!((x.place.text(), x.place.line(), x.place.column()), ("é1", 2, 8));
        let y = get(&items[0], "y y");
        assert_eq!((y.place.text(), y.place.line(), y.place.column()), ("[1, {b: 2}]", 3, 12));
        let Content::Map(entries) = &items[0].content else { panic!() };
        assert_eq!(entries[1].key_place.text(), "'y y'");
        assert!(items[0].place.text().ends_with("[1, {b: 2}]"), "a block ends with its last child: {:?}", items[0].place.text());
        assert_eq!(get(&d.root, "b").place.line(), 6);
    }
}

#[test]
fn offsets_in_values_lead_to_the_file() {
    let text = concat!(
        "literal: |\n    SELECT a\n      FROM b\n\n    WHERE c\n",
        "blank first: |-\n\n  x\n",
        "folded: >\n  one\n  two\n\n  three\n    deeper\n    still\n  four\n",
        "numbered: |2\n    in\n  out\n",
        "plain: one\n  two\n\n  three\n",
        "single: 'it''s\n  two'\n",
        "double: \"q\\n\\u00e9 \\x41\\\n   end \\\"x\\\" \\uD83D\\uDE00 z\n\n  last\"\n",
        "list:\n  - >-\n    a\n    b\n",
    );
    for end in ["\n", "\r\n"] {
        let (d, _) = loaded(&text.replace('\n', end));
        check_places(&d.root);
        for key in ["literal", "blank first", "folded", "numbered", "plain", "single", "double"] {
            check_mapping(get(&d.root, key));
        }
        let at = |key: &str, part: &str| {
            let s = scalar(get(&d.root, key));
            d.file.line_column(s.file_offset(s.text.find(part).unwrap()))
        };
        assert_eq!(scalar(get(&d.root, "literal")).text, "SELECT a\n  FROM b\n\nWHERE c\n");
        assert_eq!(
            [at("literal", "SELECT"), at("literal", "FROM"), at("literal", "  FROM"), at("literal", "WHERE")],
            [(2, 5), (3, 7), (3, 5), (5, 5)]
        );
        assert_eq!(at("blank first", "x"), (8, 3));
        assert_eq!(
            [at("folded", "two"), at("folded", "deeper"), at("folded", "still"), at("folded", "four")],
            [(11, 3), (14, 5), (15, 5), (16, 3)]
        );
        assert_eq!([at("numbered", "in"), at("numbered", "out")], [(18, 5), (19, 3)]);
        assert_eq!([at("plain", "two"), at("plain", "three")], [(21, 3), (23, 3)]);
        assert_eq!([at("single", "s"), at("single", "two")], [(24, 14), (25, 3)]);
        assert_eq!(
            [at("double", "é"), at("double", "A"), at("double", "end"), at("double", "z"), at("double", "last")],
            [(26, 13), (26, 20), (27, 4), (27, 27), (29, 3)]
        );
    }
}

#[test]
fn every_duplicate_key_is_reported_and_the_first_kept() {
    let mut problems = Problems::default();
    let d = load("a.yaml", b"a: 1\nb:\n  x: 1\n  x: 2\na: 2\na: 3\n", &mut problems).unwrap();
    let found: Vec<String> = problems.sorted().iter().map(|p| format!("{}:{} {}", p.place.line(), p.place.column(), p.message)).collect();
    assert_eq!(
        found,
        [
            "4:3 the key `x` is given twice; the first is on line 3",
            "5:1 the key `a` is given twice; the first is on line 1",
            "6:1 the key `a` is given twice; the first is on line 1",
        ]
    );
    assert_eq!(scalar(get(&d.root, "a")).text, "1");
}

#[test]
fn aliases_are_expanded_within_a_budget() {
    let (d, _) = loaded("a: &x [1, 2]\nb: *x\nc: {d: *x}\n");
    assert_eq!(get(&d.root, "b").place.text(), "[1, 2]");
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..12 {
        let inner = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{inner}]\n"));
    }
    let found = mistakes(bomb.as_bytes());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("the file unfolds to more than gonogo reads"), "{found:?}");
    let long = format!("a: &x {}\nb: [{}]\n", "y".repeat(1 << 20), vec!["*x"; 100].join(", "));
    assert_eq!(mistakes(long.as_bytes()).len(), 1);
    assert_eq!(mistakes(b"a: &x [1, *x]\n"), ["1:11 `*x` refers to what it stands in"]);
    assert_eq!(
        mistakes(b"a: *x\nb: *y\n"),
        ["1:4 `*x` refers to nothing: no `&x` stands above it", "2:4 `*y` refers to nothing: no `&y` stands above it"]
    );
}

#[test]
fn nesting_has_an_end() {
    for deep in [format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000)), (0..200).map(|i| format!("{}a:\n", " ".repeat(i))).collect()]
    {
        let found = mistakes(deep.as_bytes());
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].ends_with("nested more than 64 deep here"), "{found:?}");
    }
    let fine = format!("{}1{}", "[".repeat(64), "]".repeat(64));
    assert!(mistakes(fine.as_bytes()).is_empty());
    let mut chain = "a: &a0 [1]\n".to_owned();
    for i in 1..70 {
        chain.push_str(&format!("a{i}: &a{i} [*a{}]\n", i - 1));
    }
    assert_eq!(mistakes(chain.as_bytes()).len(), 1);
}

#[test]
fn what_is_no_yaml_text_is_said_at_its_place() {
    let cases: &[(&[u8], &str)] = &[
        (b"a:\n\tb: 1\n", "2:1 a tab stands in the indentation; YAML wants spaces"),
        (b"a: b\nc: caf\xe9\nd: \xfc\n", "2:7 the byte E9 is not UTF-8 text; 1 more is further down"),
        (b"\xff\xfea\x00:\x00", "1:1 this file is UTF-16 (\"Unicode\" in some editors), not UTF-8"),
        (b"a\x00:\x00 \x001\x00", "1:1 this file is UTF-16 (\"Unicode\" in some editors), not UTF-8"),
        (b"\xef\xbb\xbfa: 1\n b: 2\n", "2:3 a `:` cannot stand here"),
        (b"", "1:1 this file is empty"),
        (b"# only a comment\n", "1:1 this file is empty"),
        (b"---\n", "1:1 this file is empty"),
        (b"a: 1\n---\nb: 2\n", "2:1 a second document begins here; a file holds one"),
        (b"a: b: c\n", "1:5 a `:` cannot stand here"),
        (b"a:\n  - b\n c: 1\n", "3:2 this line does not line up with the lines above it"),
        (b"a: [1, 2\nb: 3\n", "2:2 a `:` cannot stand here"),
        (b"a: \"open\nb: 1\n", "2:1 a quoted text is still open here"),
        (b"a: @x\n", "1:4 a text cannot begin with `@`"),
        (b"a: {b: 1}}\n", "1:10 this bracket closes nothing"),
        (b"? [x]\n: y\n", "1:3 a key is a single name, not a list or a mapping"),
        (b"a: !!int 7\n", "1:4 tags such as `!!int` mean nothing to gonogo"),
        (b"<<: {a: 1}\n", "1:1 merging with `<<` is not part of gonogo's files"),
        (b"a: \x07\n", "1:4 the control character U+0007 cannot stand in a YAML file"),
        (b"a\nb: 1\n", "2:2 a `:` cannot stand here"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(mistakes(bytes), [*expected]);
    }
}

#[test]
fn a_byte_order_mark_shifts_nothing() {
    let mut problems = Problems::default();
    let d = load("a.yaml", b"\xef\xbb\xbfa: 1\n", &mut problems).unwrap();
    assert_eq!((d.root.place.line(), d.root.place.column(), d.root.place.start), (1, 1, 0));
}

#[test]
fn a_file_that_is_not_there_is_a_problem() {
    let mut problems = Problems::default();
    assert!(load_file(std::path::Path::new("does/not/exist.yaml"), "exist.yaml", &mut problems).is_none());
    insta::assert_snapshot!(render(&problems, false), @"
    error: this file does not exist
    --> exist.yaml

    1 mistake in 1 file; nothing was contacted
    ");
}

#[test]
fn problems_are_shown_in_place_and_harmless() {
    let mut problems = Problems::default();
    load("checks/a\u{1b}.yaml", "a: \"x\u{202e}y\u{85}\"\na: 2\nb: 3\tz\n\tb: 4\n".as_bytes(), &mut problems);
    let d = load("b.yaml", "name: \u{202e}evil\n".as_bytes(), &mut problems).unwrap();
    let mut fields = decode::Fields::open(&d.root, "a \u{1b}[31mthing", &mut problems).unwrap();
    fields.required("nmae", &mut problems);
    fields.close(&mut problems);
    let shown = render(&problems, false);
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()) && !shown.contains('\u{202e}'), "{shown:?}");
    insta::assert_snapshot!(shown, @r"
    error: a \u{1b}[31mthing has no key `name`
     --> b.yaml:1:1
      |
    1 | name: \u{202e}evil
      | ^^^^ unknown key
      |
      = help: did you mean `nmae`?

    error: a tab cannot stand here
     --> checks/a\u{1b}.yaml:3:4
      |
    3 | b: 3    z
      |    ^ here
      |
      = help: replace it with spaces

    2 mistakes in 2 files; nothing was contacted
    ");
    assert!(render(&problems, true).contains("\u{1b}["), "colour when asked");
    assert_eq!(render(&Problems::default(), true), "");
}

#[test]
fn a_mistyped_key_is_one_mistake_and_a_missing_one_too() {
    let said = |text: &str| {
        let (d, mut problems) = loaded(text);
        let mut fields = decode::Fields::open(&d.root, "a clinic", &mut problems).unwrap();
        fields.required("name", &mut problems);
        fields.optional("nama");
        fields.close(&mut problems);
        problems.sorted().iter().map(|p| (p.message.clone(), p.help.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let said_one = |text: &str| said(text).into_iter().map(|(m, h)| format!("{m} {h}")).collect::<Vec<_>>();
    assert_eq!(said_one("nmae: x\n"), ["a clinic has no key `nmae` did you mean `name`?"]);
    assert_eq!(said_one("nama: x\n"), ["a clinic needs `name` "], "a key that looks like it and is another one");
    assert_eq!(said_one("name:\n"), ["`name` is empty "]);
    assert_eq!(said_one("x: 1\n"), ["a clinic has no key `x` valid here: name, nama", "a clinic needs `name` "]);
    assert!(said_one("name: x\n").is_empty());
}

#[test]
fn one_very_long_line_is_shown_in_part() {
    let mut problems = Problems::default();
    let text = format!("a: [{}, *nope, {}]\n", "é".repeat(5000), "y".repeat(5000));
    load("a.yaml", text.as_bytes(), &mut problems);
    let shown = render(&problems, false);
    assert!(shown.len() < 2000 && shown.contains("a.yaml:1:5007") && shown.contains("*nope"), "{shown}");
}

#[test]
fn digests_of_nodes_ignore_layout_only() {
    let digest = |text: &str| node_digest(&loaded(text).0.root);
    let same = digest("a: 1 # c\nb: [x, 'y']\n");
    assert_eq!(same, digest("b:\n- x\n- y\n\na: '1'\n"));
    for other in ["a: 1\nb: [y, x]\n", "a: 2\nb: [x, y]\n", "a: 1\nb: [x, y]\nc:\n", "a: 1\nb: [xy]\n", "a: 1\nb: x\n"] {
        assert_ne!(same, digest(other), "{other}");
    }
}

mod laws {
    use super::*;
    use proptest::prelude::*;

    fn holds(bytes: &[u8]) {
        let mut problems = Problems::default();
        let document = load("a.yaml", bytes, &mut problems);
        assert!(document.is_some() || !problems.is_empty(), "no tree needs a reason");
        if let Some(document) = &document {
            check_places(&document.root);
        }
        for problem in problems.sorted() {
            let place = &problem.place;
            assert!(place.start <= place.end && place.end <= place.file.text.len(), "{problem:?}");
            assert!(place.file.text.get(place.start..place.end).is_some(), "{problem:?}");
        }
        render(&problems, false);
    }

    fn yamlish() -> impl Strategy<Value = String> {
        let pieces = prop::sample::select(vec![
            "a", "b: ", "- ", "\n", "\n  ", "\n    ", "\r\n", "[", "]", "{", "}", ",", ":", "'", "\"", "\\", "|", ">", "|-\n  ", "&x ",
            "*x", "!t ", "#", "\t", " ", "é", "\u{202e}", "---\n", "? ", "<<", "~", "%", "@", "\\u00e9", "1.10", "''",
        ]);
        prop::collection::vec(pieces, 0..40).prop_map(|p| p.concat())
    }

    proptest! {
        #[test]
        fn any_bytes_give_a_tree_or_problems(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            holds(&bytes);
        }

        #[test]
        fn anything_like_yaml_gives_a_tree_or_problems(text in yamlish()) {
            holds(text.as_bytes());
        }

        #[test]
        fn blocks_map_back_to_the_file(lines in prop::collection::vec("[ ]{0,3}[a-cé]{0,4}", 1..8), folded: bool, crlf: bool) {
            let style = if folded { '>' } else { '|' };
            let end = if crlf { "\r\n" } else { "\n" };
            let body: String = lines.iter().map(|l| format!("  {l}{end}")).collect();
            let text = format!("a: {style}2{end}{body}b: 1{end}");
            let mut problems = Problems::default();
            if let Some(document) = load("a.yaml", text.as_bytes(), &mut problems) {
                check_mapping(get(&document.root, "a"));
            }
        }

        #[test]
        fn line_ends_do_not_matter(text in yamlish()) {
            let unix = text.replace("\r\n", "\n").replace('\r', "");
            prop_assert_eq!(mistakes(unix.as_bytes()), mistakes(unix.replace('\n', "\r\n").as_bytes()));
        }
    }
}
