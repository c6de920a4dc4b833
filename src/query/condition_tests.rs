use super::*;
use crate::value::{Cell, State};

fn columns() -> Vec<Column> {
    let column = |name: &str, kind, list| Column { name: name.to_owned(), kind, list };
    vec![
        column("code", Type::Text, None),
        column("capacity", Type::Integer, None),
        column("price", Type::Decimal, None),
        column("active", Type::Boolean, None),
        column("valid_to", Type::Date, None),
        column("changed", Type::Datetime, None),
        column("roles", Type::Text, Some(ListKind::Set)),
        column("opens", Type::Time, None),
        column("layout", Type::Json, None),
        column("doses", Type::Integer, Some(ListKind::Ordered)),
        column("flags", Type::Boolean, Some(ListKind::Set)),
        column("seen", Type::Datetime, Some(ListKind::Set)),
    ]
}

fn moment() -> Moment {
    Moment {
        go_live: "2027-02-24T06:00:00Z".parse().unwrap(),
        as_of: "2027-02-01T12:00:00Z".parse().unwrap(),
        site: Some("north".to_owned()),
    }
}

/// Runs a condition on cells given by column name; those not given are absent.
fn run(text: &str, given: &[(&str, Cell)]) -> Result<Option<bool>, String> {
    let columns = columns();
    let condition = Condition::compile(text, &columns).unwrap_or_else(|e| panic!("{text}: {e:?}"));
    let absent = Cell::default();
    let cells: Vec<CellRef<'_>> = condition
        .reads()
        .iter()
        .map(|&i| given.iter().find(|(name, _)| *name == columns[i].name).map_or(absent.as_ref(), |(_, c)| c.as_ref()))
        .collect();
    condition.evaluator(&moment()).unwrap().test(&cells)
}

fn row(values: &[(&'static str, &str)]) -> Vec<(&'static str, Cell)> {
    values.iter().map(|(name, text)| (*name, Cell::value(*text))).collect()
}

fn says(text: &str, values: &[(&'static str, &str)], expected: Option<bool>) {
    assert_eq!(run(text, &row(values)), Ok(expected), "{text} on {values:?}");
}

fn refused(text: &str) -> ConditionProblem {
    match Condition::compile(text, &columns()) {
        Ok(_) => panic!("`{text}` was taken"),
        Err(mut problems) => {
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            let problem = problems.remove(0);
            assert!(problem.offset + problem.length <= text.len().max(1), "{text}: {problem:?}");
            problem
        }
    }
}

/// The part of the text that the one problem points at, and its message.
fn blamed(text: &str) -> (&str, String, String) {
    let problem = refused(text);
    (&text[problem.offset..(problem.offset + problem.length).min(text.len())], problem.message, problem.help.unwrap_or_default())
}

#[test]
fn null_stays_null() {
    says("capacity > 0", &[], None);
    says("NOT (capacity > 0)", &[], None);
    says("capacity > 0 OR active", &[("active", "true")], Some(true));
    says("capacity > 0 AND active", &[("active", "false")], Some(false));
    says("capacity IS NULL", &[], Some(true));
    says("(capacity > 0) IS NOT TRUE", &[], Some(true));
    says("capacity NOT IN (1, 2)", &[], None);
    says("capacity BETWEEN 1 AND 5", &[("capacity", "5")], Some(true));
    says("capacity NOT BETWEEN 1 AND 5", &[("capacity", "6")], Some(true));
    assert_eq!(run("code = 'A'", &[("code", Cell::none(State::Empty))]), Ok(None));
    assert_eq!(run("code = 'A'", &[("code", Cell::none(State::Null))]), Ok(None));
}

#[test]
fn broken_cells_are_no_answer() {
    assert!(run("capacity > 0", &[("capacity", Cell::invalid("n/a"))]).is_err());
    assert!(run("code = 'A'", &[("code", Cell { state: State::Unresolved, text: "17".to_owned() })]).is_err());
}

#[test]
fn the_precedence_is_that_of_sql() {
    says("NOT active = 0", &[("active", "true")], Some(true));
    says("active OR active AND NOT active", &[("active", "true")], Some(true));
    says("capacity + 2 * 3 = 7", &[("capacity", "1")], Some(true));
    says("capacity - 2 - 1 = 0", &[("capacity", "3")], Some(true));
    says("-capacity = -3", &[("capacity", "3")], Some(true));
    says("code = 'A' -- the first\n AND /* and */ active", &[("code", "A"), ("active", "true")], Some(true));
}

#[test]
fn booleans_are_true_and_false_and_not_words() {
    says("active", &[("active", "true")], Some(true));
    says("NOT active", &[("active", "true")], Some(false));
    says("active = 1", &[("active", "true")], Some(true));
    says("active IS FALSE", &[("active", "false")], Some(true));
    assert_eq!(blamed("active = 'true'").0, "'true'");
    assert_eq!(blamed("active = 2").0, "2");
    assert_eq!(blamed("code").0, "code");
    assert_eq!(blamed("active AND capacity").0, "capacity");
}

#[test]
fn text_is_not_taken_for_a_number_or_a_date() {
    for (text, part) in [
        ("code > 0", "0"),
        ("code = 5", "5"),
        ("0 < code", "0"),
        ("code BETWEEN '1' AND 'x'", "code"),
        ("code IN ('1', 2)", "2"),
        ("code + 1 > 2", "code"),
        ("capacity * code > 2", "code"),
        ("abs(code) > 1", "code"),
        ("-code < 1", "code"),
        ("code < '10'", "code"),
        ("code >= '2027-02-24'", "code"),
        ("code > '31/12/2025'", "code"),
        ("date(code) > '2027-02-24'", "code"),
        ("code < go_live()", "go_live()"),
        ("capacity > '5'", "'5'"),
        ("CAST(code AS INTEGER) > 0", "INTEGER"),
        ("length(capacity) > 1", "capacity"),
        ("capacity LIKE '1%'", "capacity"),
        ("code = active", "active"),
    ] {
        let (blamed, message, help) = blamed(text);
        assert_eq!(blamed, part, "{text}: {message}");
        assert!(!help.is_empty(), "{text}");
    }
    assert!(blamed("code + 1 > 2").2.contains("declare the column's type"));
    says("code = '10'", &[("code", "10")], Some(true));
    says("code < 'M'", &[("code", "CARD")], Some(true));
    says("CAST(capacity AS TEXT) LIKE '1%'", &[("capacity", "12")], Some(true));
}

#[test]
fn decimals_are_exact() {
    says("price = 0.3", &[("price", "0.3")], Some(true));
    says("price + 0.2 = 0.3", &[("price", "0.1")], Some(true));
    says("price > 9007199254740992.0", &[("price", "9007199254740993")], Some(true));
    says("price > 9", &[("price", "10")], Some(true));
    says("price > 9.5", &[("price", "10")], Some(true));
    says("price IN (1, 2.50)", &[("price", "2.5")], Some(true));
    says("price BETWEEN -1.5 AND 0", &[("price", "-1.25")], Some(true));
    says("round(price, 1) = 0.3", &[("price", "0.25")], Some(true));
    says("max(price, 2) = 2", &[("price", "1.99")], Some(true));
    says("coalesce(price, 0) = 0", &[], Some(true));
    says("capacity > 0.5", &[("capacity", "1")], Some(true));
    says("capacity / 2 = 2.5", &[("capacity", "5")], Some(true));
    says("capacity / 0 > 1", &[("capacity", "5")], None);
    says("capacity % 2 = 1", &[("capacity", "5")], Some(true));
    assert!(run("capacity + 1 > 0", &row(&[("capacity", "9223372036854775807")])).unwrap_err().contains("64 bits"));
}

#[test]
fn moments_are_compared_as_moments() {
    says("valid_to < date(go_live())", &[("valid_to", "2027-02-23")], Some(true));
    says("valid_to >= '2027-02-24'", &[("valid_to", "2027-02-24")], Some(true));
    says("date(valid_to, '+1 days') = '2027-03-01'", &[("valid_to", "2027-02-28")], Some(true));
    says("julianday(valid_to) - julianday(as_of()) < 30", &[("valid_to", "2027-02-28")], Some(true));
    says("changed < '2027-02-24T06:00:00.5Z'", &[("changed", "2027-02-24T06:00:00Z")], Some(true));
    says("changed = '2027-02-24T07:00:00+01:00'", &[("changed", "2027-02-24T06:00:00Z")], Some(true));
    says("changed <= go_live()", &[("changed", "2027-02-24T06:00:00Z")], Some(true));
    says("opens BETWEEN '06:00' AND '18:00'", &[("opens", "06:00:00")], Some(true));
    for (text, part) in [
        ("valid_to = '2026-02-31'", "'2026-02-31'"),
        ("valid_to > '31/12/2025'", "'31/12/2025'"),
        ("valid_to < go_live()", "go_live()"),
        ("changed > '2027-02-24'", "'2027-02-24'"),
        ("changed > '2027-02-24T06:00:00'", "'2027-02-24T06:00:00'"),
        ("valid_to > date('now')", "'now'"),
        ("date(valid_to, 'localtime') IS NULL", "'localtime'"),
        ("valid_to > date('2026-02-31')", "'2026-02-31'"),
        ("valid_to + 1 IS NULL", "valid_to"),
        ("valid_to > 20270224", "20270224"),
    ] {
        let (blamed, message, _) = blamed(text);
        assert_eq!(blamed, part, "{text}: {message}");
    }
}

#[test]
fn is_knows_null_and_distinct_is_its_opposite() {
    for (value, same) in [(&[("code", "A")][..], true), (&[("code", "B")], false), (&[], false)] {
        for (text, expected) in [
            ("code IS 'A'", same),
            ("code IS NOT 'A'", !same),
            ("code IS NOT DISTINCT FROM 'A'", same),
            ("code IS DISTINCT FROM 'A'", !same),
        ] {
            says(text, value, Some(expected));
        }
    }
    says("code IS DISTINCT FROM NULL", &[("code", "A")], Some(true));
    says("code IS DISTINCT FROM NULL", &[], Some(false));
    says("code IS NOT DISTINCT FROM NULL", &[("code", "A")], Some(false));
}

#[test]
fn shifts_in_time_are_those_of_the_calendar() {
    for (shift, expected) in [
        ("start of month", "2027-02-01"),
        ("start of year", "2027-01-01"),
        ("-1 year", "2026-02-28"),
        ("+2 months", "2027-04-28"),
        ("-1 days", "2027-02-27"),
        ("-1 hours", "2027-02-27"),
        ("+1439 minutes", "2027-02-28"),
        ("+86400 seconds", "2027-03-01"),
    ] {
        says(&format!("date(valid_to, '{shift}') = '{expected}'"), &[("valid_to", "2027-02-28")], Some(true));
    }
    for (shift, expected) in [
        ("start of day", "2027-02-24T00:00:00Z"),
        ("+30 seconds", "2027-02-24T06:00:30Z"),
        ("+90 minutes", "2027-02-24T07:30:00Z"),
        ("-7 hours", "2027-02-23T23:00:00Z"),
        ("1 years", "2028-02-24T06:00:00Z"),
    ] {
        says(&format!("datetime(changed, '{shift}') = '{expected}'"), &[("changed", "2027-02-24T06:00:00Z")], Some(true));
    }
    says("date(valid_to, '-1 month') = '2027-02-28'", &[("valid_to", "2027-03-31")], Some(true));
    assert_eq!(blamed("opens = '25:00'").0, "'25:00'");
    assert!(blamed("opens = '25:00'").2.contains("'06:00:00'"));
    for strange in ["+1 fortnight", "+1.5 days", "start of week", "days"] {
        assert_eq!(blamed(&format!("date(valid_to, '{strange}') IS NULL")).0, format!("'{strange}'"));
    }
    assert_eq!(blamed("date(valid_to, 7) IS NULL").0, "7");
}

#[test]
fn each_function_gives_what_it_says() {
    for (text, column, value, expected) in [
        ("abs(price) = 1.5", "price", "-1.5", true),
        ("abs(capacity) = 3", "capacity", "-3", true),
        ("round(price) = 3", "price", "2.5", true),
        ("round(price) = 2.5", "price", "2.5", false),
        ("round(capacity) = 5", "capacity", "5", true),
        ("min(price, 2) = 1.99", "price", "1.99", true),
        ("max(capacity, 3) = 9", "capacity", "9", true),
        ("price % 2 = 1.5", "price", "3.5", true),
        ("price - 0.1 = 0.2", "price", "0.3", true),
        ("price * 3 = 0.3", "price", "0.1", true),
        ("capacity * 3 - 1 = 8", "capacity", "3", true),
        ("ltrim(code) = 'A '", "code", " A ", true),
        ("rtrim(code) = ' A'", "code", " A ", true),
        ("upper(code) = 'A'", "code", "a", true),
        ("length(code) = 2", "code", "\u{e9}a", true),
        ("CAST(active AS TEXT) = 'true'", "active", "true", true),
        ("CAST(active AS TEXT) = 'false'", "active", "false", true),
        ("CAST(changed AS TEXT) = '2027-02-24T06:00:00Z'", "changed", "2027-02-24T06:00:00Z", true),
        ("has(flags, 1 = 1 AND code IS NULL)", "flags", r#"["true"]"#, true),
        ("has(flags, code IS NOT NULL)", "flags", r#"["true"]"#, false),
        ("has(seen, go_live())", "seen", r#"["2027-02-24T06:00:00Z"]"#, true),
        ("has(seen, as_of())", "seen", r#"["2027-02-24T06:00:00Z"]"#, false),
        ("code LIKE 'A!%%' ESCAPE '!'", "code", "A%B", true),
        ("code LIKE 'A!%%' ESCAPE '!'", "code", "AXB", false),
        ("code NOT LIKE 'A%'", "code", "AXB", false),
    ] {
        says(text, &[(column, value)], Some(expected));
    }
    says("price % 0 = 1", &[("price", "3.5")], None);
    says("price / 0 = 1", &[("price", "3.5")], None);
    says("capacity % 0 = 1", &[("capacity", "3")], None);
    says("CAST(active AS TEXT) = 'true'", &[], None);
    assert_eq!(blamed("code LIKE 'A' ESCAPE 'ab'").0, "'ab'");
    assert_eq!(blamed("code LIKE 'A' ESCAPE code").0, "code");
}

#[test]
fn brackets_beside_each_other_are_not_nested() {
    for part in ["(capacity > 0)", "abs(capacity) > 0"] {
        says(&[part; 120].join(" AND "), &[("capacity", "1")], Some(true));
    }
}

#[test]
fn unicode_has_case_too() {
    says("lower(code) = 'é'", &[("code", "É")], Some(true));
    says("code LIKE 'é%'", &[("code", "ÉCOLE")], Some(true));
    says("code REGEXP '^[A-Z]{4}[0-9]+$'", &[("code", "CARD01")], Some(true));
    says("code NOT REGEXP '^X'", &[("code", "CARD01")], Some(true));
    says("code REGEXP '^X'", &[], None);
    assert_eq!(blamed("code REGEXP '('").0, "'('");
    assert_eq!(blamed("code REGEXP code").0, "code");
}

#[test]
fn lists_are_asked_with_has_and_items() {
    let roles = [("roles", r#"["clerk","nurse"]"#)];
    says("has(roles, 'clerk')", &roles, Some(true));
    says("has(roles, 'cler')", &roles, Some(false));
    says("items(roles) = 2", &roles, Some(true));
    says("has(doses, 5)", &[("doses", r#"["5"]"#)], Some(true));
    says("items(roles) > 0", &[], None);
    assert_eq!(run("items(roles) > 0", &[("roles", Cell::none(State::Empty))]), Ok(Some(false)));
    assert_eq!(run("has(roles, 'clerk')", &[("roles", Cell::none(State::Empty))]), Ok(Some(false)));
    assert_eq!(blamed("roles = 'clerk'").0, "'clerk'");
    assert_eq!(blamed("has(code, 'x')").0, "code");
    assert_eq!(blamed("has(roles, 1)").0, "1");
    assert_eq!(blamed("layout = '{}'").0, "'{}'");
}

#[test]
fn other_expressions_of_sql() {
    says("CASE WHEN active THEN capacity ELSE 0 END > 3", &[("active", "true"), ("capacity", "4")], Some(true));
    says("CASE code WHEN 'A' THEN price ELSE 1 END >= 0.5", &[("code", "A"), ("price", "0.5")], Some(true));
    says("iif(active, code, 'none') = 'none'", &[("active", "false")], Some(true));
    says("code || '-' || capacity = 'A-1'", &[("code", "A"), ("capacity", "1")], Some(true));
    says("code IS NOT DISTINCT FROM NULL OR code ISNULL", &[], Some(true));
    says("site() = 'north' AND code NOTNULL", &[("code", "A")], Some(true));
    says("\"code\" = 'it''s'", &[("code", "it's")], Some(true));
    says("substr(trim(code), 1, 2) = 'CA' AND instr(code, 'R') = 3 AND replace(code, 'C', '') <> ''", &[("code", "CARD")], Some(true));
    says("nullif(code, 'A') IS NULL", &[("code", "A")], Some(true));
    says("min(capacity, 3) = 3", &[("capacity", "9")], Some(true));
}

#[test]
fn mistakes_are_named_at_their_place_with_the_nearest_name() {
    for (text, part, words) in [
        ("capcity > 0", "capcity", "`capacity`"),
        ("active AND lenght(code) > 1", "lenght", "`length`"),
        ("\"RTT\" = code", "\"RTT\"", "'RTT'"),
        ("code = NULL", "NULL", "IS NULL"),
        ("1 = 1", "1 = 1", "name a column"),
        ("go_live() > '2027-01-01T00:00:00Z'", "go_live() > '2027-01-01T00:00:00Z'", "name a column"),
        ("random() > capacity", "random", "same answer"),
        ("current_date > valid_to", "current_date", "as_of()"),
        ("count(*) > 3", "*", "`count`"),
        ("count(code) > 3", "count", "`count`"),
        ("max(capacity) > 3", "max", "`count`"),
        ("capacity = (SELECT 1)", "SELECT", "kind"),
        ("EXISTS (SELECT 1)", "EXISTS", "kind"),
        ("capacity IN (SELECT 1)", "SELECT", "kind"),
        ("clinics.code = 'A'", "clinics.code", "alone"),
        ("substr(code) = 'A'", "substr", "substr(text"),
        ("code GLOB 'A*'", "GLOB", "LIKE"),
        ("capacity > 0x10", "0x10", "decimal digits"),
        ("capacity > 12abc", "12abc", "quotes"),
        ("", "", "name a column"),
        ("  -- nothing\n", "  -- nothing\n", "name a column"),
    ] {
        let (blamed, message, help) = blamed(text);
        assert_eq!(blamed, part, "{text}: {message}");
        assert!(help.contains(words), "{text}: {message} / {help}");
    }
    let two = Condition::compile("capcity > 0 AND cde = 'A'", &columns()).unwrap_err();
    assert_eq!(two.iter().map(|p| p.offset).collect::<Vec<_>>(), vec![0, 16]);
}

#[test]
fn attacks_are_refused() {
    for attack in [
        "1) FROM sqlite_schema --",
        "code = 'A') FROM x --",
        "code = 'A'; ATTACH 'x.db' AS x",
        "ATTACH 'x.db' AS x",
        "PRAGMA writable_schema = 1",
        "load_extension(code)",
        "writefile(code, 'x') = 1",
        "readfile(code) = 'x'",
        "zeroblob(1000000000) = code",
        "randomblob(1000000000) = code",
        "printf('%1000000000d', capacity) = code",
        "format('%.*c', 1000000000, 'x') = code",
        "hex(code) = 'x'",
        "char(0) = code",
        "code = x'00'",
        "(WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c) > capacity",
        "capacity = ?1",
        "capacity = :x",
        "code = 'A",
        "code = \"A",
        "(code = 'A'",
        "code = 'A' /* ",
        "json_extract(code, '$') = 1",
        "sqlite_version() = code",
        "(code, capacity) = ('A', 1)",
        "code COLLATE nocase = 'a'",
        "count(*) OVER () > capacity",
        "raise(ABORT, 'x') = code",
        "integer_add(capacity, 1) = 1",
        "text_regexp(code, 0)",
    ] {
        assert!(Condition::compile(attack, &columns()).is_err(), "{attack}");
    }
    says("code = 'A' -- a comment swallows nothing", &[("code", "B")], Some(false));
    let deep = format!("{}code = 'A'{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(Condition::compile(&deep, &columns()).is_err());
    let long = vec!["code = 'A'"; 10_000].join(" OR ");
    assert!(Condition::compile(&long, &columns()).is_err());
    assert!(Condition::compile("code = '\0'", &columns()).is_err());
}

#[test]
fn a_long_condition_runs_and_a_growing_text_ends() {
    let long = (0..400).map(|n| format!("capacity = {n}")).collect::<Vec<_>>().join(" OR ");
    says(&long, &[("capacity", "399")], Some(true));
    let bomb = (0..40).fold("code".to_owned(), |inner, _| format!("replace({inner}, 'a', 'aaaaaaaaaaaaaaaa')")) + " = 'x'";
    assert!(run(&bomb, &row(&[("code", "aaaa")])).unwrap_err().contains("too big"));
}

#[test]
fn it_can_be_sent_to_another_thread() {
    fn sent<T: Send>(_: &T) {}
    let condition = Condition::compile("capacity > 0", &columns()).unwrap();
    sent(&condition.evaluator(&moment()).unwrap());
    assert_eq!(condition.reads(), [1]);
    assert_eq!(condition.text(), "capacity > 0");
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_condition_or_problems_within_it(text in "[a-z0-9'\"() =<>,.+*/|-]{0,40}|\\PC{0,20}") {
        if let Err(problems) = Condition::compile(&text, &columns()) {
            proptest::prop_assert!(!problems.is_empty());
            for p in problems {
                proptest::prop_assert!(text.is_char_boundary(p.offset) && (text.is_empty() || p.offset + p.length <= text.len()), "{:?}", p);
                proptest::prop_assert!(text.is_empty() || text.is_char_boundary(p.offset + p.length));
            }
        }
    }
}
