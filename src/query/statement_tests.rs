use super::*;
use crate::query::{Database, Draft, Limits, Moment, reads_of};
use crate::value::{Cell, ListKind};

const SMALL: Limits = Limits { bytes: 1 << 20, work: 3_000_000 };

fn tables() -> Vec<Table> {
    let column = |name: &str, kind, list| Column { name: name.to_owned(), kind, list };
    let clinics = vec![
        column("code", Type::Text, None),
        column("name", Type::Text, None),
        column("active", Type::Boolean, None),
        column("capacity", Type::Integer, None),
        column("fee", Type::Decimal, None),
        column("opened", Type::Date, None),
        column("changed", Type::Datetime, None),
        column("roles", Type::Text, Some(ListKind::Set)),
    ];
    let letters = vec![column("clinic", Type::Text, None), column("name", Type::Text, None)];
    let table = |environment: &str, dataset: &str, columns: &[Column]| Table {
        environment: environment.to_owned(),
        dataset: dataset.to_owned(),
        columns: columns.to_vec(),
        not_offered: vec!["colour".to_owned()],
        opaque: false,
    };
    vec![
        table("production", "clinics", &clinics),
        table("production", "letters", &letters),
        table("training", "clinics", &clinics),
        Table { environment: "legacy".to_owned(), dataset: "clinics".to_owned(), opaque: true, ..Table::default() },
    ]
}

/// Synthetic records: cells in the order of the columns, `-` for null.
const ROWS: &[(&str, &str, &[&[&str]])] = &[
    (
        "production",
        "clinics",
        &[
            &["CARD", "Cardiology", "true", "12", "0.1", "2027-02-01", "2027-02-01T08:00:00Z", r#"["clerk","nurse"]"#],
            &["DERM", "Dermatology", "true", "-", "0.2", "2027-03-01", "2027-02-01T08:00:00.5Z", "[]"],
            &["NEUR", "Neurology", "false", "7", "-", "-", "-", "-"],
        ],
    ),
    ("production", "letters", &[&["CARD", "New"], &["CARD", "Follow-up"], &["-", "Blank"]]),
    ("training", "clinics", &[&["CARD", "Cardiology", "true", "12", "0.3", "-", "-", "-"]]),
];

fn compiled(sql: &str) -> Result<Compiled, Vec<ConditionProblem>> {
    let statement = Statement::parse(sql)?;
    let known = tables();
    let find = |t: &TableName| known.iter().find(|k| k.environment == t.environment && k.dataset == t.dataset).cloned();
    let tables: Vec<Table> = statement.tables().iter().map(|t| find(t).unwrap_or_else(|| panic!("{t:?}"))).collect();
    statement.compile(&tables, &[])
}

fn database(query: &Compiled, limits: Limits) -> Result<Database, String> {
    let known = tables();
    let moment = Moment {
        go_live: "2027-02-24T06:00:00Z".parse().unwrap(),
        as_of: "2027-02-01T12:00:00Z".parse().unwrap(),
        site: Some("north".to_owned()),
    };
    let mut draft = Draft::new(&[query], &known, &moment, limits)?;
    for read in reads_of(&[query]) {
        let table = known.iter().find(|k| k.environment == read.environment && k.dataset == read.dataset).unwrap();
        let positions: Vec<usize> = read.columns.iter().map(|n| table.columns.iter().position(|c| c.name == *n).unwrap()).collect();
        let wanted: Vec<&Column> = positions.iter().map(|&p| &table.columns[p]).collect();
        let mut loading = draft.load(&read, &wanted)?;
        let (_, _, rows) = ROWS.iter().find(|(e, d, _)| *e == read.environment && *d == read.dataset).unwrap();
        for row in *rows {
            let cells: Vec<Cell> = row.iter().map(|t| if *t == "-" { Cell::default() } else { Cell::value(*t) }).collect();
            loading.push(positions.iter().map(|&p| cells[p].as_ref()))?;
        }
    }
    draft.seal()
}

fn run(sql: &str) -> Result<Vec<String>, String> {
    run_within(sql, SMALL)
}

/// Rows as text, cells joined by `|`, sorted.
fn run_within(sql: &str, limits: Limits) -> Result<Vec<String>, String> {
    let query = compiled(sql).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    let mut rows = Vec::new();
    database(&query, limits)?.rows(&query, |row| {
        rows.push(row.into_iter().map(|c| c.unwrap_or_else(|| "-".to_owned())).collect::<Vec<_>>().join("|"));
    })?;
    rows.sort();
    Ok(rows)
}

fn gives(sql: &str, expected: &[&str]) {
    assert_eq!(run(sql).unwrap_or_else(|e| panic!("{sql}: {e}")), expected, "{sql}");
}

/// The part of the SQL that the one problem points at, its message and help.
fn blamed(sql: &str) -> (&str, String, String) {
    let mut problems = match compiled(sql) {
        Ok(query) => panic!("{sql} was taken: {}", query.sql),
        Err(problems) => problems,
    };
    assert_eq!(problems.len(), 1, "{sql}: {problems:?}");
    let problem = problems.remove(0);
    (&sql[problem.offset..(problem.offset + problem.length).min(sql.len())], problem.message, problem.help.unwrap_or_default())
}

#[test]
fn selects_join_group_and_nest_as_in_sql() {
    gives(
        "SELECT c.code AS key FROM production.clinics c LEFT JOIN production.letters l ON l.clinic = c.code WHERE c.active AND l.clinic IS NULL",
        &["DERM"],
    );
    gives("SELECT code FROM production.clinics WHERE NOT EXISTS (SELECT * FROM production.letters WHERE clinic = code)", &["DERM", "NEUR"]);
    gives("SELECT code FROM production.clinics WHERE code IN (SELECT clinic FROM production.letters)", &["CARD"]);
    gives("SELECT p.code, t.fee FROM production.clinics p JOIN training.clinics t ON t.code = p.code", &["CARD|0.3"]);
    gives("SELECT production.clinics.code FROM production.clinics, production.letters WHERE clinic = code", &["CARD", "CARD"]);
    gives("SELECT clinic, count(*) FROM production.letters GROUP BY clinic HAVING count(*) > 1", &["CARD|2"]);
    gives("SELECT lower(code) AS key, count(*) FROM production.clinics GROUP BY key", &["card|1", "derm|1", "neur|1"]);
    gives("SELECT lower(code) || '!' FROM production.clinics GROUP BY lower(code)", &["card!", "derm!", "neur!"]);
    gives("SELECT code FROM production.clinics EXCEPT SELECT clinic FROM production.letters", &["DERM", "NEUR"]);
    gives("SELECT code FROM training.clinics UNION ALL SELECT NULL FROM production.letters", &["-", "-", "-", "CARD"]);
    gives("SELECT DISTINCT clinic FROM production.letters ORDER BY clinic DESC", &["-", "CARD"]);
    gives(
        "WITH open AS (SELECT code, capacity AS seats FROM production.clinics WHERE active), big AS (SELECT code FROM open WHERE seats > 5) \
         SELECT o.code, b.code FROM open o LEFT JOIN big b ON b.code = o.code",
        &["CARD|CARD", "DERM|-"],
    );
    gives("SELECT x.n FROM (SELECT count(*) AS n FROM production.letters) x", &["3"]);
    gives(
        "SELECT code, (SELECT count(*) FROM production.letters l WHERE l.clinic = c.code) FROM production.clinics c",
        &["CARD|2", "DERM|0", "NEUR|0"],
    );
    gives(
        "SELECT code, (SELECT name FROM production.letters l WHERE l.clinic = c.code ORDER BY name LIMIT 1) FROM production.clinics c WHERE active",
        &["CARD|Follow-up", "DERM|-"],
    );
    gives(
        "SELECT t.code, p.code FROM training.clinics t FULL JOIN production.clinics p ON p.code = t.code AND p.active IS NOT TRUE",
        &["-|CARD", "-|DERM", "-|NEUR", "CARD|-"],
    );
}

#[test]
fn null_is_neither_true_nor_false() {
    gives("SELECT code FROM production.clinics WHERE capacity > 10", &["CARD"]);
    gives("SELECT code FROM production.clinics WHERE NOT (capacity > 10)", &["NEUR"]);
    gives("SELECT code FROM production.clinics WHERE (capacity > 10) IS NOT TRUE", &["DERM", "NEUR"]);
}

#[test]
fn values_keep_their_types() {
    gives(
        "SELECT sum(fee) = 0.3, avg(fee), min(fee), max(fee), sum(capacity), avg(capacity) FROM production.clinics",
        &["true|0.15|0.1|0.2|19|9.5"],
    );
    gives(
        "SELECT sum(fee), sum(capacity), avg(fee), max(code), group_concat(code) FROM production.clinics WHERE code = 'X'",
        &["-|-|-|-|-"],
    );
    gives("SELECT count(*), count(capacity), count(DISTINCT active) FROM production.clinics", &["3|2|2"]);
    gives(
        "SELECT code, active, changed, opened < date(go_live()), items(roles), has(roles, 'nurse') FROM production.clinics WHERE code = 'CARD'",
        &["CARD|true|2027-02-01T08:00:00Z|true|2|true"],
    );
    gives("SELECT max(changed) FROM production.clinics", &["2027-02-01T08:00:00.5Z"]);
    gives("SELECT group_concat(DISTINCT clinic, '; '), group_concat(name, '; ') FROM production.letters", &["CARD|Blank; Follow-up; New"]);
    gives("SELECT p.code FROM production.clinics p JOIN training.clinics t ON p.fee + 0.2 = t.fee", &["CARD"]);
    gives("SELECT code FROM production.clinics WHERE capacity / 8 IN (SELECT fee * 15 FROM training.clinics)", &[]);
    gives("SELECT site(), code FROM training.clinics WHERE name REGEXP '^Card' AND as_of() < go_live()", &["north|CARD"]);
    gives("SELECT code FROM production.clinics WHERE capacity IN (SELECT fee * 120 FROM production.clinics)", &["CARD"]);
}

#[test]
fn only_the_columns_that_it_names_are_read() {
    let reads =
        compiled("SELECT c.code FROM production.clinics c JOIN production.clinics d ON c.name = d.name, production.letters").unwrap().reads;
    let shown: Vec<String> = reads.iter().map(|r| format!("{}.{} {:?}", r.environment, r.dataset, r.columns)).collect();
    assert_eq!(shown, [r#"production.clinics {"code", "name"}"#, "production.letters {}"]);
    let one = |sql: &str| compiled(sql).unwrap().one_row;
    assert!(one("SELECT count(*) FROM production.clinics") && one("SELECT 1 + max(capacity) FROM production.clinics"));
    assert!(!one("SELECT capacity FROM production.clinics") && !one("SELECT count(*) FROM production.clinics GROUP BY name"));
    assert!(!one("SELECT count(*) FROM production.clinics HAVING count(*) > 1"));
    assert!(!one("SELECT count(*) FROM production.clinics UNION SELECT count(*) FROM production.letters"));
}

#[test]
fn mistakes_are_named_at_their_place_with_the_nearest_name() {
    for (sql, part, words) in [
        ("SELECT c.cod FROM production.clinics c", "cod", "did you mean `code`?"),
        ("SELECT cod FROM production.clinics", "cod", "did you mean `code`?"),
        ("SELECT d.code FROM production.clinics c", "d", "did you mean `c`?"),
        ("SELECT code FROM production.clinics c, training.clinics t", "code", "write c.code or t.code"),
        ("SELECT code FROM production.clinics WHERE name IN (SELECT clinc FROM production.letters)", "clinc", "`clinic`"),
        ("SELECT lenght(code) FROM production.clinics", "lenght", "`length`"),
        ("SELECT cuont(*) FROM production.clinics", "*", "count(*)"),
        ("SELECT code FROM clinics, production.clinics p", "clinics", "production.clinics"),
        ("WITH open AS (SELECT code FROM production.clinics) SELECT code FROM opne", "opne", "`open`"),
        ("SELECT code FROM production.clinics WHERE name > 5", "5", "type: integer"),
        ("SELECT code FROM production.clinics c JOIN production.letters l ON l.clinic = c.capacity", "c.capacity", "type: integer"),
        ("SELECT code FROM production.clinics WHERE code = capacity", "capacity", "type: integer"),
        ("SELECT code FROM production.clinics WHERE sum(capacity) > 5", "sum", "HAVING"),
        ("SELECT sum(name) FROM production.clinics", "name", "type: integer"),
        ("SELECT sum(count(*)) FROM production.clinics", "count", "SELECT in brackets"),
        ("SELECT total(capacity) FROM production.clinics", "total", "sum"),
        ("SELECT code, count(*) FROM production.clinics GROUP BY name", "code", "GROUP BY"),
        ("SELECT code, count(*) FROM production.clinics", "code", "GROUP BY"),
        ("SELECT count(*) FROM production.clinics GROUP BY 1", "1", "the column itself"),
        ("SELECT code FROM production.clinics LIMIT 5", "LIMIT 5", "remove it"),
        (
            "SELECT (SELECT name FROM production.letters WHERE clinic = code) FROM production.clinics",
            "SELECT name FROM production.letters WHERE clinic = code",
            "min(",
        ),
        ("SELECT (SELECT l.name FROM production.letters l LIMIT 1) FROM production.clinics", "LIMIT 1", "ORDER BY"),
        (
            "SELECT code FROM production.clinics WHERE code NOT IN (SELECT clinic FROM production.letters)",
            "SELECT clinic FROM production.letters",
            "NOT EXISTS",
        ),
        ("SELECT * FROM production.clinics", "*", "name the columns"),
        ("SELECT c.* FROM production.clinics c", "*", "name the columns"),
        ("SELECT c.code FROM production.clinics c JOIN production.letters l", "production.letters l", "ON"),
        ("SELECT c.code FROM production.clinics c NATURAL JOIN production.letters l", "NATURAL", "ON"),
        ("SELECT c.code FROM production.clinics c JOIN production.letters l USING (name)", "USING", "ON"),
        ("SELECT c.code FROM production.clinics c, training.clinics c", "c", "short name"),
        ("SELECT code FROM production.clinics UNION SELECT capacity FROM training.clinics", "capacity", "CAST"),
        (
            "SELECT code FROM production.clinics UNION SELECT code, name FROM training.clinics",
            "SELECT code, name FROM training.clinics",
            "same columns",
        ),
        ("SELECT code FROM production.clinics WHERE capacity", "capacity", "compare it"),
        ("SELECT code FROM production.clinics WHERE opened > '2027-02-30'", "'2027-02-30'", "2027-02-24"),
        ("SELECT code FROM production.clinics WHERE fee = NULL", "NULL", "IS NULL"),
        ("SELECT row_number() OVER (ORDER BY code) FROM production.clinics", "OVER", "windows"),
        ("SELECT count(*) FILTER (WHERE active) FROM production.clinics", "FILTER", "CASE"),
        ("SELECT code AS key FORM production.clinics", "FORM", "did you mean FROM?"),
        ("SELCT code FROM production.clinics", "SELCT", "did you mean SELECT?"),
        ("SELECT code FROM production.clinics;", ";", "without a semicolon"),
        ("SELECT code FROM production.clinics WHERE", "WHERE", ""),
        ("SELECT 1", "SELECT 1", "name one after FROM"),
        ("", "", "such as"),
        ("SELECT x.code FROM (SELECT code, name AS code FROM production.clinics) x", "name", "AS"),
        ("SELECT max(active) FROM production.clinics", "active", "sum(CASE"),
        ("SELECT code FROM production.clinics ON 1 = 1", "production.clinics", "WHERE"),
        ("SELECT (SELECT count(c.code) FROM production.letters) FROM production.clinics c", "c.code", "after FROM"),
    ] {
        let (blamed, message, help) = blamed(sql);
        assert_eq!(blamed, part, "{sql}: {message}");
        assert!(help.contains(words), "{sql}: {message} / {help}");
    }
    let two = compiled("SELECT cod, nmae FROM production.clinics").unwrap_err();
    assert_eq!(two.iter().map(|p| p.offset).collect::<Vec<_>>(), [7, 12]);
}

#[test]
fn what_nothing_is_known_of_is_no_mistake_and_no_answer() {
    for sql in [
        "SELECT colour FROM production.clinics",
        "SELECT c.colour || c.code FROM production.clinics c",
        "SELECT anything FROM legacy.clinics",
    ] {
        assert!(!compiled(sql).unwrap().known, "{sql}");
    }
    assert!(compiled("SELECT code FROM production.clinics").unwrap().known);
}

#[test]
fn attacks_are_mistakes() {
    for attack in [
        "ATTACH 'x.db' AS x",
        "PRAGMA writable_schema = 1",
        "PRAGMA table_info(clinics)",
        "INSERT INTO production.clinics VALUES (1)",
        "UPDATE production.clinics SET code = 'x'",
        "DELETE FROM production.clinics",
        "CREATE TABLE x (a)",
        "DROP TABLE production.clinics",
        "VACUUM INTO 'x.db'",
        "REPLACE INTO production.clinics VALUES (1)",
        "EXPLAIN SELECT code FROM production.clinics",
        "VALUES (1)",
        "WITH x AS (DELETE FROM production.clinics RETURNING code) SELECT code FROM x",
        "SELECT code FROM production.clinics; DROP TABLE production.clinics",
        "SELECT load_extension(code) FROM production.clinics",
        "SELECT readfile(code) FROM production.clinics",
        "SELECT writefile(code, 'x') FROM production.clinics",
        "SELECT random() FROM production.clinics",
        "SELECT randomblob(1000) FROM production.clinics",
        "SELECT code FROM production.clinics ORDER BY random()",
        "SELECT date('now'), code FROM production.clinics",
        "SELECT julianday('now'), code FROM production.clinics",
        "SELECT datetime(opened, 'localtime') FROM production.clinics",
        "SELECT current_timestamp, code FROM production.clinics",
        "SELECT CURRENT_DATE FROM production.clinics",
        "SELECT strftime('%s', 'now') FROM production.clinics",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c",
        "WITH c AS (SELECT 1 AS x UNION ALL SELECT x + 1 FROM c) SELECT x FROM c, production.clinics",
        "SELECT printf('%.*c', 1000000000, 'x') FROM production.clinics",
        "SELECT format('%1000000000d', 1) FROM production.clinics",
        "SELECT zeroblob(1000000000) FROM production.clinics",
        "SELECT hex(zeroblob(1000000000)) FROM production.clinics",
        "SELECT replicate('x', 1000000000) FROM production.clinics",
        "SELECT code FROM sqlite_master",
        "SELECT sql FROM sqlite_schema",
        "SELECT name FROM pragma_table_list",
        "SELECT value FROM generate_series(1, 1000000000)",
        "SELECT value FROM json_each('[1]')",
        "SELECT name FROM pragma_function_list()",
        "SELECT rowid FROM production.clinics",
        "SELECT _rowid_ FROM production.clinics",
        "SELECT c.oid FROM production.clinics c",
        "SELECT x'00' FROM production.clinics",
        "SELECT CAST(code AS BLOB) FROM production.clinics",
        "SELECT code FROM production.clinics WHERE code MATCH 'x'",
        "SELECT fts5(code) FROM production.clinics",
        "SELECT code FROM production.clinics WHERE code = ?1",
        "SELECT code FROM production.clinics WHERE code = :x",
        "SELECT code FROM production.clinics INDEXED BY x",
        "SELECT sqlite_version() FROM production.clinics",
        "SELECT json_extract(code, '$') FROM production.clinics",
        "SELECT decimal_sum(fee) FROM production.clinics",
        "SELECT text_join(code, ',', 0) FROM production.clinics",
        "SELECT count(*) OVER () FROM production.clinics",
        "SELECT code COLLATE nocase FROM production.clinics",
        "SELECT raise(ABORT, 'x') FROM production.clinics",
        "SELECT \"no column\" FROM production.clinics",
        "SELECT code FROM production.clinics /* never closed",
        "SELECT 'never closed FROM production.clinics",
        "SELECT code\0 FROM production.clinics",
        "SELECT code FROM main.sqlite_schema.x",
    ] {
        let problems = match Statement::parse(attack) {
            Err(problems) => problems,
            Ok(statement) => {
                let known = tables().remove(0);
                let given: Vec<Table> = statement.tables().iter().map(|_| known.clone()).collect();
                match statement.compile(&given, &[]) {
                    Err(problems) => problems,
                    Ok(query) => panic!("{attack} was taken: {}", query.sql),
                }
            }
        };
        assert!(!problems.is_empty(), "{attack}");
    }
}

#[test]
fn nesting_has_an_end() {
    let brackets = format!("SELECT code FROM production.clinics WHERE {}active{}", "(".repeat(3_000), ")".repeat(3_000));
    let selects = format!("{}SELECT code FROM production.clinics{}", "SELECT code FROM (".repeat(300), ")".repeat(300));
    let doubled = (0..60).fold("active".to_owned(), |inner, _| format!("({inner} IN (1, 0))"));
    let doubled = format!("SELECT code FROM production.clinics WHERE {doubled}");
    let long = format!("SELECT code FROM production.clinics WHERE {}", vec!["active"; 3_000].join(" OR "));
    let mut names = "WITH a0 AS (SELECT code FROM production.clinics)".to_owned();
    for i in 1..30 {
        names.push_str(&format!(", a{i} AS (SELECT x.code FROM a{} x, a{} y)", i - 1, i - 1));
    }
    names.push_str(" SELECT code FROM a29");
    let nested = |times: usize, first: &str, each: &str| (0..times).fold(first.to_owned(), |inner, _| format!("{each} FROM ({inner})"));
    let joined = nested(40, "SELECT code AS x FROM production.clinics", "SELECT x || x AS x");
    let repeated = nested(12, "SELECT active AS x FROM production.clinics", "SELECT x IN (1, 0, 1, 0, 1) AS x");
    for sql in [brackets, selects, doubled, long, names, joined, repeated] {
        let problem = compiled(&sql).unwrap_err().remove(0);
        assert!(["nested too deeply", "too long", "too many parts", "sources"].iter().any(|w| problem.message.contains(w)), "{problem:?}");
    }
}

#[test]
fn bombs_are_stopped() {
    let sixteen = (0..16).map(|i| format!("production.clinics c{i}")).collect::<Vec<_>>().join(", ");
    let cross = format!("SELECT count(*) FROM {sixteen}");
    let sorted = format!("SELECT DISTINCT c0.code || c1.code || c2.code FROM {sixteen} WHERE c11.code <> c10.name");
    for sql in [cross, sorted] {
        assert!(run(&sql).unwrap_err().contains("too much work"), "{sql}");
    }
    let grown = (0..12).fold("code".to_owned(), |inner, _| format!("replace({inner}, 'A', 'AAAAAAAA')"));
    let why = run(&format!("SELECT length({grown}) FROM production.clinics")).unwrap_err();
    assert!(why.contains("too big"), "{why}");
    let why = run_within("SELECT code FROM production.clinics", Limits { bytes: 10, work: 1_000_000 }).unwrap_err();
    assert!(why.contains("MB of cells"), "{why}");
    let long = (0..5).fold("name".to_owned(), |inner, _| format!("replace({inner}, 'o', 'oooooooooooo')"));
    let why = run(&format!("SELECT code FROM production.clinics WHERE {long} LIKE {long}")).unwrap_err();
    assert!(why.contains("too long") || why.contains("too much work"), "{why}");
    let why = run("SELECT sum(capacity * 4611686018427387904) FROM production.clinics").unwrap_err();
    assert!(why.contains("64 bits"), "{why}");
}

#[test]
fn a_sealed_database_takes_nothing_but_selects_of_its_own_tables() {
    let query = compiled("SELECT code FROM production.clinics").unwrap();
    let database = database(&query, SMALL).unwrap();
    for attack in [
        "SELECT code FROM env_production.clinics; SELECT 1",
        "INSERT INTO env_production.clinics VALUES ('x')",
        "DROP TABLE env_production.clinics",
        "ATTACH ':memory:' AS x",
        "PRAGMA query_only = 0",
        "SELECT name FROM sqlite_schema",
        "SELECT name FROM env_production.sqlite_schema",
        "SELECT random()",
        "SELECT load_extension('x')",
        "SELECT date('now')",
        "SELECT value FROM json_each('[1]')",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c",
        "SELECT 1, 2",
    ] {
        let forged = Compiled { sql: attack.to_owned(), ..compiled("SELECT code FROM production.clinics").unwrap() };
        assert!(database.rows(&forged, |_| ()).is_err(), "{attack}");
    }
    assert!(database.rows(&query, |_| ()).is_ok());
}

#[test]
fn a_number_is_one_whole_number() {
    let number = |sql: &str| {
        let query = compiled(sql).unwrap();
        database(&query, SMALL).unwrap().number(&query)
    };
    assert_eq!(number("SELECT count(*) FROM production.clinics WHERE active"), Ok(Some(2)));
    assert_eq!(number("SELECT sum(capacity) FROM production.clinics WHERE code = 'X'"), Ok(None));
    assert!(number("SELECT capacity FROM production.clinics").unwrap_err().contains("3 rows"));
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_query_or_problems_within_it(text in "(SELECT |select )?[a-z0-9'\"() =<>,.+*/|;-]{0,40}( FROM production\\.clinics)?|\\PC{0,20}") {
        let problems = match Statement::parse(&text) {
            Err(problems) => problems,
            Ok(statement) => {
                let known = tables().remove(0);
                let given: Vec<Table> = statement.tables().iter().map(|_| known.clone()).collect();
                statement.compile(&given, &[]).err().unwrap_or_default()
            }
        };
        for p in problems {
            proptest::prop_assert!(text.is_char_boundary(p.offset) && (text.is_empty() || p.offset + p.length <= text.len()), "{:?}", p);
            proptest::prop_assert!(text.is_empty() || text.is_char_boundary(p.offset + p.length));
        }
    }
}
