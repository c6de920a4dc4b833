use super::super::testing::{Hospital, findings, untold};

/// Every active clinic has a role that is there.
const ROLES: &str = "query:
      over: SELECT count(*) FROM production.clinics WHERE active
      find: |
        SELECT c.code AS key, 'no such role' AS problem
        FROM production.clinics c LEFT JOIN production.roles r ON r.name = c.role
        WHERE c.active AND r.name IS NULL";

#[test]
fn a_query_that_finds_nothing_passes_and_says_what_it_looked_at() {
    let outcome = Hospital::sound().one(ROLES);
    assert_eq!(findings(&outcome), Vec::<String>::new());
    let read: Vec<String> = outcome.ledger.read.iter().map(|r| format!("{}.{} {:?}", r.environment, r.dataset, r.rows)).collect();
    assert_eq!(read, ["production.clinics Some(4)", "production.roles Some(2)"]);
    assert_eq!(outcome.ledger.selected, 3);
    assert_eq!(
        outcome.ledger.columns_compared,
        ["production.clinics.active", "production.clinics.code", "production.clinics.role", "production.roles.name"]
    );
}

#[test]
fn a_planted_fault_is_the_only_finding() {
    let outcome = Hospital::planted("clinics.csv", "0.20,clerk", "0.20,clark").one(ROLES);
    assert_eq!(findings(&outcome), ["Violated blocker production CARD02 - - no such role"]);
    let finding = &outcome.findings[0];
    assert_eq!((finding.message.as_str(), finding.dataset.as_str()), ("clinic CARD02 in production: no such role", "clinics"));
    let blank = Hospital::planted("clinics.csv", "0.20,clerk", "0.20,").one(ROLES);
    assert_eq!(findings(&blank), ["Violated blocker production CARD02 - - no such role"]);
}

#[test]
fn a_finding_has_the_address_that_the_query_gives() {
    let fees = "query:
      over: SELECT count(*) FROM training.clinics
      find: |
        SELECT t.code AS key, 'fee' AS field, t.fee AS expected, p.fee AS found, 'another fee than in training' AS problem
        FROM training.clinics t JOIN production.clinics p ON p.code = t.code
        WHERE (p.fee = t.fee) IS NOT TRUE";
    let planted = Hospital::planted("clinics.csv", "0.20,", "0.25,");
    assert_eq!(findings(&Hospital::sound().one(fees)), Vec::<String>::new());
    assert_eq!(findings(&planted.one(fees)), ["Violated blocker production CARD02 fee 0.2 0.25"]);
    let there = fees.replace("query:", "query:\n      in: training");
    assert_eq!(findings(&planted.one(&there)), ["Violated blocker training CARD02 fee 0.2 0.25"]);
    let null = Hospital::planted("clinics.csv", "0.20,", ",").one(fees);
    assert_eq!(findings(&null), ["Violated blocker production CARD02 fee 0.2 (null)"]);
    let parts = "query:
      dataset: locations
      over: SELECT count(*) FROM production.clinics
      find: |
        SELECT l.code AS key, l.name AS key2, 'clinics: ' || group_concat(c.code, ' ') AS problem
        FROM production.clinics c JOIN production.locations l ON l.code = c.location
        GROUP BY l.code, l.name HAVING count(*) > 1";
    let outcome = Hospital::sound().one(parts);
    assert_eq!(
        findings(&outcome),
        [
            "Violated blocker production L1 | Level 1 - - clinics: CARD01 CARD02",
            "Violated blocker production L2 | Level 2 - - clinics: DERM01 NEUR01"
        ]
    );
    assert_eq!((outcome.findings[0].dataset.as_str(), outcome.findings[0].cause.as_str()), ("locations", "clinics: CARD01 CARD02"));
}

#[test]
fn a_finding_is_where_the_query_looks() {
    let address = |from: &str| {
        let counted = from.split([',', ' ']).next().unwrap();
        let query = format!("query: {{over: SELECT count(*) FROM {counted}, find: \"SELECT 'x' AS key, 'y' AS problem FROM {from}\"}}");
        let outcome = Hospital::sound().one(&query);
        (outcome.findings[0].environment.clone(), outcome.findings[0].dataset.clone())
    };
    let is = |environment: &str, dataset: &str| (environment.to_owned(), dataset.to_owned());
    assert_eq!(address("training.clinics"), is("training", "clinics"));
    assert_eq!(address("training.locations t, production.clinics p"), is("production", "clinics"));
    assert_eq!(address("training.locations t, training.clinics c"), is("training", "locations"));
}

#[test]
fn a_column_that_find_has_no_use_for_is_a_mistake() {
    let wrong = |columns: &str| {
        let find = format!("SELECT {columns} FROM production.clinics");
        Hospital::sound().wrong(&format!("query: {{over: SELECT count(*) FROM production.clinics, find: \"{find}\"}}"))
    };
    assert_eq!(wrong("code AS key, 'x' AS problem"), Vec::<String>::new());
    assert!(wrong("'x' AS problem")[0].ends_with("`find` gives no column `key`"));
    assert!(wrong("code AS key")[0].ends_with("`find` gives no column `problem`"));
    for (column, message) in [
        ("capacity AS problem", "`problem` is text"),
        ("'x' AS severity", "`find` has no use for a column `severity`"),
        ("'x' AS dataset", "`find` has no use for a column `dataset`"),
        ("code AS key3", "the parts of the key are not key, key2, key3"),
    ] {
        let found = wrong(&format!("code AS key, {column}{}", if column.ends_with("problem") { "" } else { ", 'x' AS problem" }));
        assert!(found.len() == 1 && found[0].ends_with(message), "{column}: {found:?}");
    }
}

#[test]
fn what_is_said_twice_is_one_finding_and_two_problems_are_two() {
    let twice = "query:
      over: SELECT count(*) FROM production.clinics
      find: SELECT 'all' AS key, 'roles are there' AS problem FROM production.clinics, production.roles";
    let outcome = Hospital::sound().one(twice);
    assert_eq!(findings(&outcome), ["Violated blocker production all - - roles are there"]);
    assert_eq!(outcome.ledger.notes, ["7 rows of `find` repeat another one and are reported once"]);
    let two = "query:
      over: SELECT count(*) FROM production.clinics
      find: SELECT 'all' AS key, 'role ' || r.name AS problem FROM production.clinics c, production.roles r";
    assert_eq!(findings(&Hospital::sound().one(two)).len(), 2);
    let alike = two.replace("AS problem", "AS problem, 'x' AS expected, 'y' AS found");
    let outcome = Hospital::sound().one(&alike);
    assert!(outcome.cannot_tell[0].contains("cannot be told apart"), "{outcome:?}");
}

#[test]
fn nothing_looked_at_is_no_answer() {
    for over in
        ["SELECT count(*) FROM production.clinics WHERE code = 'X'", "SELECT sum(capacity) FROM production.clinics WHERE code = 'X'"]
    {
        let outcome = Hospital::sound().one(&ROLES.replace("SELECT count(*) FROM production.clinics WHERE active", over));
        assert_eq!(untold(&outcome), "`over` counts nothing: nothing was looked at");
    }
    let mut empty = Hospital::sound();
    empty.production.0.insert("roles.csv", "name\n".to_owned());
    let joined = ROLES.replace("LEFT JOIN", "JOIN");
    assert!(untold(&empty.one(&joined)).contains("`roles` of production is empty"));
}

#[test]
fn what_cannot_be_read_is_no_answer() {
    let broken = Hospital::planted("clinics.csv", "Y,12,", "perhaps,12,").one(ROLES);
    assert_eq!(
        broken.findings.iter().map(super::super::testing::line).collect::<Vec<_>>(),
        ["Invalid blocker production CARD02 active - perhaps (invalid)"]
    );
    assert!(broken.cannot_tell[0].contains("1 cells of `clinics` in production"), "{broken:?}");
    let elsewhere = Hospital::planted("clinics.csv", "Y,12,", "Y,twelve,").one(ROLES);
    assert_eq!(findings(&elsewhere), Vec::<String>::new(), "a column that it does not read");
    let colour =
        "query: {over: SELECT count(*) FROM production.clinics, find: \"SELECT code AS key, colour AS problem FROM production.clinics\"}";
    assert!(untold(&Hospital::sound().one(colour)).contains("colour"));
    let overflow = "query:
      over: SELECT count(*) FROM production.clinics
      find: SELECT code AS key, 'too many' AS problem FROM production.clinics WHERE capacity * 9223372036854775807 > 1";
    assert!(untold(&Hospital::sound().one(overflow)).starts_with("`find` cannot be computed: "));
    let mut doubtful = Hospital::sound();
    doubtful.doubts.push("production is too old".to_owned());
    assert!(untold(&doubtful.one(ROLES)).contains("production is too old"));
    let mut unread = Hospital::sound();
    unread.production.0.remove("roles.csv");
    assert!(untold(&unread.one(ROLES)).contains("roles"));
}

#[test]
fn mistakes_are_named_where_they_are() {
    let over = "SELECT count(*) FROM production.clinics";
    for (find, expected) in [
        ("SELECT c.cod AS key, 'x' AS problem FROM production.clinics c", "`cod` `find`: `c` has no column `cod`"),
        ("SELECT code AS key, 'x' AS problem FROM prodution.clinics", "`prodution` there is no environment `prodution`"),
        (
            "SELECT code AS key, 'x' AS problem FROM production.clinic",
            "`clinic` production has no dataset `clinic`: its system `files_of_the_hospital` does not define it",
        ),
        ("SELECT code AS key, 'x' AS problme FROM production.clinics", "`'x'` `find`: `find` has no use for a column `problme`"),
        ("SELECT code, 'x' AS problem FROM production.clinics", "`code` `find`: `find` has no use for a column `code`"),
        ("SELECT 'x' AS problem FROM production.clinics", "`'x'` `find`: `find` gives no column `key`"),
        ("SELECT code AS key FROM production.clinics", "`code` `find`: `find` gives no column `problem`"),
        ("SELECT code AS key, capacity AS problem FROM production.clinics", "`capacity` `find`: `problem` is text"),
        (
            "SELECT code AS key, 'x' AS problem, 'minor' AS severity FROM production.clinics",
            "`'minor'` `find`: `find` has no use for a column `severity`",
        ),
        ("SELECT code AS key, 'x' AS problem, 'y' AS problem FROM production.clinics", "`'y'` `find`: `find` gives `problem` twice"),
        (
            "SELECT code AS key, name AS key3, 'x' AS problem FROM production.clinics",
            "`code AS key, name AS key3, 'x'` `find`: the parts of the key are not key, key2, key3",
        ),
        ("SELECT code AS key, 'x' FROM production.clinics", "`'x'` `find`: this column has no name"),
        ("DELETE FROM production.clinics", "`DELETE` `find`: expected SELECT here, found `DELETE`"),
    ] {
        let test = format!("query:\n      over: {over}\n      find: |\n        {find}\n");
        assert_eq!(Hospital::sound().wrong(&test), [expected], "{find}");
    }
    let find = "SELECT code AS key, 'x' AS problem FROM production.clinics";
    for (over, expected) in [
        ("SELECT code FROM production.clinics", "`over` gives one number: how many were looked at"),
        ("SELECT count(*), 1 FROM production.clinics", "`over` gives one number: how many were looked at"),
        ("SELECT max(code) FROM production.clinics", "`over` gives how many were looked at, a whole number"),
        ("SELECT count(*) FROM production.roles", "`over` counts no dataset that `find` looks at"),
        ("SELECT count(*) FROM training.clinics", "`over` counts no dataset that `find` looks at"),
    ] {
        let wrong = Hospital::sound().wrong(&format!("query:\n      over: {over}\n      find: {find}"));
        assert!(wrong.len() == 1 && wrong[0].ends_with(expected), "{over}: {wrong:?}");
    }
    for (more, expected) in [
        ("in: training", "`training` `find` reads nothing of `training`"),
        ("dataset: roles", "`roles` `find` does not read `roles`"),
        ("every: 5", "`every` `query` has no key `every`"),
    ] {
        assert_eq!(Hospital::sound().wrong(&format!("query:\n      over: {over}\n      find: {find}\n      {more}")), [expected]);
    }
}

#[test]
fn a_mistake_within_a_block_is_shown_in_its_line() {
    let test = "query:
      over: SELECT count(*) FROM production.clinics
      find: |
        SELECT c.code AS key, -- the clinic
               'no role' AS problem
        FROM production.clinics c
        WHERE c.active AND lenght(c.name) > c.capacty";
    let wrong = Hospital::sound().wrong(test);
    assert_eq!(
        wrong,
        ["`lenght` `find`: a query has no function `lenght`", "`c.capacty` `find`: `c` has no column `capacty`"]
            .map(|w| w.replace("`c.capacty` `find`", "`capacty` `find`"))
    );
}

#[test]
fn an_eleventh_environment_is_a_mistake() {
    let eleven: Vec<String> = (0..11).map(|i| format!("SELECT code AS key, 'x' AS problem FROM classroom_{i}.clinics")).collect();
    let test = format!("query:\n      over: SELECT count(*) FROM classroom_0.clinics\n      find: {}", eleven.join(" UNION ALL "));
    let wrong = Hospital::sound().wrong(&test);
    let message = "a query reads at most 10 environments; `classroom_10` is one more";
    assert_eq!(wrong.iter().filter(|w| w.ends_with(message)).count(), 1, "{wrong:?}");
    let ten = Hospital::sound().wrong(&test.replace(&format!(" UNION ALL {}", eleven[10]), ""));
    assert!(!ten.iter().any(|w| w.contains("at most")), "{ten:?}");
}
