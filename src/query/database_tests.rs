use super::*;
use crate::query::Statement;
use crate::value::Cell;

#[test]
fn a_column_is_of_the_type_that_it_has_in_its_own_dataset() {
    // In another dataset, or another environment, a column of this name is text: "9" is more than "12" there.
    let column = |kind| vec![Column { name: "n".to_owned(), kind, list: None }];
    let table = |environment: &str, dataset: &str, kind| Table {
        environment: environment.to_owned(),
        dataset: dataset.to_owned(),
        columns: column(kind),
        ..Table::default()
    };
    for others in [["production", "texts"], ["training", "numbers"]] {
        for first in [true, false] {
            let numbers = table("production", "numbers", Type::Integer);
            let mut tables = vec![numbers.clone(), table(others[0], others[1], Type::Text)];
            if first {
                tables.reverse();
            }
            let query = Statement::parse("SELECT max(n) FROM production.numbers").unwrap().compile(&[numbers], &[]).unwrap();
            let moment = Moment { go_live: chrono::DateTime::UNIX_EPOCH, as_of: chrono::DateTime::UNIX_EPOCH, site: None };
            let mut draft = Draft::new(&[&query], &tables, &moment, Limits::STANDARD).unwrap();
            let read = &reads_of(&[&query])[0];
            let wanted = column(Type::Integer);
            let mut loading = draft.load(read, &wanted.iter().collect::<Vec<_>>()).unwrap();
            for n in ["9", "12"] {
                loading.push([Cell::value(n).as_ref()].into_iter()).unwrap();
            }
            drop(loading);
            assert_eq!(draft.seal().unwrap().number(&query), Ok(Some(12)), "{others:?} {first}");
        }
    }
}

/// The numbers that queries give over one dataset of these numbers.
fn of_numbers(sql: &str, numbers: &[&str]) -> Option<i64> {
    let columns = vec![Column { name: "n".to_owned(), kind: Type::Integer, list: None }];
    let tables = [Table { environment: "production".into(), dataset: "numbers".into(), columns: columns.clone(), ..Table::default() }];
    let query = Statement::parse(sql).and_then(|s| s.compile(&tables, &[])).unwrap_or_else(|e| panic!("{sql}: {e:?}"));
    let moment = Moment { go_live: chrono::DateTime::UNIX_EPOCH, as_of: chrono::DateTime::UNIX_EPOCH, site: None };
    let mut draft = Draft::new(&[&query], &tables, &moment, Limits::STANDARD).unwrap();
    let mut loading = draft.load(&reads_of(&[&query])[0], &columns.iter().collect::<Vec<_>>()).unwrap();
    numbers.iter().for_each(|n| loading.push([Cell::value(*n).as_ref()].into_iter()).unwrap());
    drop(loading);
    draft.seal().unwrap().number(&query).unwrap()
}

#[test]
fn the_least_of_values_is_told_from_the_least_of_records() {
    for (select, expected) in [
        ("min(n)", 4),
        ("max(n)", 9),
        ("min((n))", 4),
        ("max(coalesce(n, 0))", 9),
        ("sum(min(n, 5))", 14),
        ("sum(max(n, 5))", 19),
        ("max(min(n, 5))", 5),
        ("sum(min(coalesce(n, 7), (5)))", 14),
        ("sum(max((n), abs(-6)))", 21),
    ] {
        assert_eq!(of_numbers(&format!("SELECT {select} FROM production.numbers"), &["4", "5", "9"]), Some(expected), "{select}");
    }
}

#[test]
fn names_may_stand_in_quotes() {
    for sql in [
        "SELECT max(\"x\".\"n\") FROM \"production\".\"numbers\" \"x\"",
        "SELECT max(x.n) \"most\" FROM production.numbers AS \"x\"",
        "SELECT max(production.numbers.n) FROM production.numbers",
    ] {
        assert_eq!(of_numbers(sql, &["4", "9"]), Some(9), "{sql}");
    }
}
