//! A SELECT: its sources, what it selects, groups and gives, each part typed and written out.

use std::collections::BTreeSet;

use regex::Regex;

use super::super::condition::ConditionProblem;
use super::super::statement::{Table, stored};
use super::super::syntax::{Core, Expr, Item, Joined, Node, Query, Source, TableName};
use super::scope::{Defined, Frame, Scopes, Seen, Visible};
use super::{Checker, Kind, Names};
use crate::document::suggest;

/// Sources that SQLite joins in one statement, with those that `WITH` repeats.
const MAX_SOURCES: usize = 40;
/// Words of a SELECT with the expressions that SQLite may put in the place of names.
const MAX_EXPANDED: usize = 20_000;

/// A query whose every part is typed.
pub(in crate::query) struct TypedQuery {
    /// The SQL.
    pub(in crate::query) sql: String,
    /// What it gives.
    pub(in crate::query) columns: Vec<Output>,
    /// Per table of the query: positions of the columns that it reads.
    pub(in crate::query) reads: Vec<BTreeSet<usize>>,
    /// Regular expressions by their number in the SQL, counted from the first one given.
    pub(in crate::query) patterns: Vec<Regex>,
    /// True when it gives exactly one row, whatever the data.
    pub(in crate::query) one_row: bool,
    /// False when it reads what nothing is known of: such a query is typed as far as possible and cannot be run.
    pub(in crate::query) known: bool,
}

/// A column that a SELECT gives.
#[derive(Clone, Debug)]
pub(in crate::query) struct Output {
    /// What it is called; `None` for an expression without `AS`.
    pub(in crate::query) name: Option<String>,
    pub(in crate::query) kind: Kind,
    pub(in crate::query) start: usize,
    pub(in crate::query) end: usize,
    /// Words that SQLite may put in its place.
    size: usize,
}

/// A SELECT written out; its columns are called `c0`, `c1`, … in the SQL.
pub(super) struct Written {
    pub(super) sql: String,
    pub(super) columns: Vec<Output>,
    pub(super) one_row: bool,
}

/// Types a query against the tables that it names; every problem that can be told apart is given.
pub(in crate::query) fn check_query(
    query: &Query,
    text: &str,
    written: &[TableName],
    tables: &[Table],
    first_pattern: usize,
) -> Result<TypedQuery, Vec<ConditionProblem>> {
    let names = Names::Query(Scopes::new(written, tables));
    let mut checker = Checker { text, names, problems: Vec::new(), patterns: Vec::new(), first_pattern };
    let written = checker.query(query, false);
    if let Some(limit) = &query.limit {
        let problem = ConditionProblem::at(limit.start, limit.end - limit.start, "LIMIT would hide what lies beyond it");
        // Said once: that it has no order is not what is wrong with it.
        checker.problems.retain(|p| p.offset != limit.start);
        checker.problems.push(problem.help("remove it: the report shows the worst first and counts the rest"));
    }
    let Checker { names: Names::Query(scopes), mut problems, patterns, .. } = checker else { return Err(Vec::new()) };
    if problems.is_empty() && scopes.weight > MAX_SOURCES {
        let message = format!("this query joins {} sources, more than {MAX_SOURCES}", scopes.weight);
        problems.push(ConditionProblem::at(query.start, query.end - query.start, message).help("split it into several checks"));
    }
    if problems.is_empty() && tables.is_empty() {
        let problem = ConditionProblem::at(query.start, query.end - query.start, "this query reads no dataset");
        problems.push(problem.help("name one after FROM, such as production.clinics"));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let Written { sql, columns, one_row } = written;
    Ok(TypedQuery { sql, columns, reads: scopes.reads, patterns, one_row, known: !scopes.unknown })
}

impl Checker<'_> {
    /// A SELECT with what it names before. `exists` is true where only the number of rows matters.
    pub(super) fn query(&mut self, query: &Query, exists: bool) -> Written {
        let before = self.scope(|s| s.named.len());
        let mut with = Vec::new();
        for named in &query.named {
            let name = &named.name;
            if self.scope(|s| s.named[before..].iter().any(|d| d.name.eq_ignore_ascii_case(&name.text))) {
                let problem = ConditionProblem::at(name.start, name.end - name.start, format!("`{}` is named twice", name.text));
                self.problems.push(problem.help("give it a name of its own"));
            }
            let around = self.scope(|s| std::mem::take(&mut s.frames));
            let weight = self.scope(|s| std::mem::take(&mut s.weight));
            let written = self.query(&named.query, false);
            let columns = self.visible(&written.columns);
            let sql = self.scope(|s| {
                s.frames = around;
                let own = std::mem::replace(&mut s.weight, weight);
                let sql = format!("q{}", s.given);
                s.given += 1;
                s.named.push(Defined { name: name.text.clone(), sql: sql.clone(), columns, weight: own });
                sql
            });
            with.push(format!("{sql} AS ({})", written.sql));
        }
        let alone = query.more.is_empty();
        let mut written = self.core(&query.first, exists, if alone { &query.order } else { &[] }, query.limit.is_some());
        for (operator, core) in &query.more {
            let next = self.core(core, exists, &[], false);
            self.united(&mut written.columns, &next.columns, core);
            written.sql.push_str(&format!(" {operator} {}", next.sql));
            written.one_row = false;
        }
        match (&query.limit, query.order.first()) {
            (_, Some((term, _))) if !alone => {
                let problem = ConditionProblem::at(term.start, term.end - term.start, "several SELECTs together are not sorted");
                self.problems.push(problem.help("remove ORDER BY: findings are sorted anyway"));
            }
            (Some(limit), None) => {
                let problem = ConditionProblem::at(limit.start, limit.end - limit.start, "LIMIT without ORDER BY keeps any rows");
                self.problems.push(problem.help("add ORDER BY, or use min(…) or max(…)"));
            }
            (Some(limit), _) => {
                written.sql.push_str(&format!(" LIMIT {}", limit.rows));
            }
            _ => {}
        }
        self.scope(|s| s.named.truncate(before));
        if !with.is_empty() {
            written.sql = format!("WITH {} {}", with.join(", "), written.sql);
        }
        written
    }

    /// Runs on the scopes of a query; conditions have none.
    fn scope<T: Default>(&mut self, run: impl FnOnce(&mut Scopes<'_>) -> T) -> T {
        match &mut self.names {
            Names::Query(scopes) => run(scopes),
            Names::Record { .. } => T::default(),
        }
    }

    /// The columns of a SELECT as another one sees them: those without a name cannot be named.
    fn visible(&mut self, columns: &[Output]) -> Vec<Seen> {
        let mut seen = BTreeSet::new();
        for column in columns {
            if let Some(name) = &column.name
                && !seen.insert(name.to_lowercase())
            {
                let problem = ConditionProblem::at(column.start, column.end - column.start, format!("two columns are called `{name}`"));
                self.problems.push(problem.help("name one of them with AS"));
            }
        }
        columns.iter().map(|c| Seen { name: c.name.clone().unwrap_or_default(), kind: c.kind, size: c.size }).collect()
    }

    /// Holds the columns of a further SELECT to those of the first.
    fn united(&mut self, first: &mut [Output], next: &[Output], core: &Core) {
        if first.len() != next.len() {
            let message = format!("this SELECT gives {} columns, the first {}", next.len(), first.len());
            self.problems.push(ConditionProblem::at(core.start, core.end - core.start, message).help("give the same columns in both"));
            return;
        }
        for (a, b) in first.iter_mut().zip(next) {
            a.size += b.size;
            match (a.kind, b.kind) {
                (Kind::Null, kind) => a.kind = kind,
                (x, y) if x == y || matches!(y, Kind::Null | Kind::Unknown) || x == Kind::Unknown => {}
                (x, y) => {
                    let message = format!("this is {}, in the first SELECT it is {}", y.words(), x.words());
                    self.problems.push(ConditionProblem::at(b.start, b.end - b.start, message).help("write CAST(… AS TEXT) in both"));
                }
            }
        }
    }

    fn core(&mut self, core: &Core, exists: bool, order: &[(Expr, bool)], limited: bool) -> Written {
        self.scope(|s| s.frames.push(Frame::default()));
        let mut sql = String::new();
        for joined in &core.from {
            let source = self.source(joined);
            sql.push_str(if joined.join.is_empty() { " FROM " } else { " " });
            sql.push_str(&format!("{} {source}", joined.join));
            if let Some(on) = &joined.on {
                sql.push_str(&format!(" ON {}", self.condition(on)));
            }
        }
        if let Some(selected) = &core.selected {
            sql.push_str(&format!(" WHERE {}", self.condition(selected)));
        }
        let grouped: Vec<String> = core.group.iter().map(|term| self.group_term(term, core)).collect();
        if !grouped.is_empty() {
            sql.push_str(&format!(" GROUP BY {}", grouped.join(", ")));
        }
        self.frame(|f| {
            f.grouped = grouped;
            f.bare.clear();
            f.allowed = true;
        });
        let (mut columns, mut given) = (Vec::new(), Vec::new());
        for item in &core.items {
            match item {
                Item::Star { .. } if exists => given.push("1".to_owned()),
                Item::Star { start, end } => {
                    let problem = ConditionProblem::at(*start, end - start, "`*` reads columns that the query does not name");
                    self.problems.push(problem.help("name the columns; count(*) counts rows"));
                }
                Item::Value { expr, name } => {
                    let value = self.value(expr);
                    let own = match &expr.node {
                        Node::Column(name, _) => Some(name.clone()),
                        Node::Qualified(path) => path.last().map(|n| n.text.clone()),
                        _ => None,
                    };
                    let name = name.as_ref().map(|n| n.text.clone()).or(own);
                    given.push(format!("{} AS c{}", value.sql, columns.len()));
                    let size = self.scope(|s| s.expanded(&value.sql));
                    columns.push(Output { name, kind: value.kind, start: value.start, end: value.end, size });
                }
            }
        }
        if let Some(having) = &core.having {
            sql.push_str(&format!(" HAVING {}", self.condition(having)));
        }
        let terms: Vec<String> = order.iter().map(|(term, descending)| self.order_term(term, *descending, &columns)).collect();
        if limited && !terms.is_empty() {
            sql.push_str(&format!(" ORDER BY {}", terms.join(", ")));
        }
        let (bare, aggregates) = self.frame(|f| (std::mem::take(&mut f.bare), f.aggregates));
        let together = aggregates > 0 || !core.group.is_empty() || core.having.is_some();
        for (start, end) in bare.into_iter().filter(|_| together) {
            let shown = &self.text[start..end];
            let message = format!("`{shown}` may differ within a group, so SQLite would take any of its values");
            let help = format!("add it to GROUP BY, or write min({shown})");
            self.problems.push(ConditionProblem::at(start, end - start, message).help(help));
        }
        self.scope(|s| {
            s.frames.pop();
        });
        let one_row =
            core.having.is_none() && core.group.is_empty() && (aggregates > 0 || (core.from.is_empty() && core.selected.is_none()));
        let sql = format!("SELECT {}{}{sql}", if core.distinct { "DISTINCT " } else { "" }, given.join(", "));
        if self.scope(|s| s.expanded(&sql)) > MAX_EXPANDED {
            // SQLite puts the expressions of an inner SELECT wherever the outer one names them: nested, they would double at every level.
            let problem = ConditionProblem::at(core.start, core.end - core.start, "this SELECT is too long when it is written out");
            self.problems.push(problem.help("name the columns of the inner SELECTs less often, or split it into several checks"));
            columns.iter_mut().for_each(|c| (c.kind, c.size) = (Kind::Unknown, 1));
        }
        Written { sql, columns, one_row }
    }

    fn frame<T: Default>(&mut self, run: impl FnOnce(&mut Frame) -> T) -> T {
        self.scope(|s| s.frames.last_mut().map(run).unwrap_or_default())
    }

    fn condition(&mut self, expr: &Expr) -> String {
        let value = self.value(expr);
        self.truth(&value);
        value.sql
    }

    fn group_term(&mut self, term: &Expr, core: &Core) -> String {
        if let Node::Number(_) = term.node {
            let problem = ConditionProblem::at(term.start, term.end - term.start, "a number here counts columns, which nobody can read");
            self.problems.push(problem.help("write the column itself"));
            return String::new();
        }
        if let Node::Column(wanted, _) = &term.node {
            let own = self.scope(|s| {
                s.frames.last().is_some_and(|f| f.sources.iter().flat_map(|s| &s.columns).any(|c| c.name.eq_ignore_ascii_case(wanted)))
            });
            let named = core.items.iter().find_map(|item| match item {
                Item::Value { expr, name: Some(name) } if name.text.eq_ignore_ascii_case(wanted) => Some(expr),
                _ => None,
            });
            if let (false, Some(expr)) = (own, named) {
                return self.value(expr).sql;
            }
        }
        self.value(term).sql
    }

    fn order_term(&mut self, term: &Expr, descending: bool, columns: &[Output]) -> String {
        let named = match &term.node {
            Node::Column(name, _) => columns.iter().position(|c| c.name.as_ref().is_some_and(|n| n.eq_ignore_ascii_case(name))),
            _ => None,
        };
        let sql = match named {
            Some(i) => format!("c{i}"),
            None => self.value(term).sql,
        };
        if descending { format!("{sql} DESC") } else { sql }
    }

    /// Makes a source visible and gives its SQL.
    fn source(&mut self, joined: &Joined) -> String {
        let (mut names, columns, table, from, place) = match &joined.source {
            Source::Table(i) => {
                let i = *i;
                self.scope(|s| {
                    s.weight += 1;
                    let (Some(table), Some(name)) = (s.tables.get(i), s.written.get(i)) else { return Default::default() };
                    s.unknown |= table.opaque;
                    let columns = table.columns.iter().map(|c| Seen { name: c.name.clone(), kind: Kind::of(c), size: 1 }).collect();
                    (vec![name.environment.clone(), name.dataset.clone()], columns, Some(i), stored(table), name.dataset_place)
                })
            }
            Source::Named(name) => {
                let (start, end) = (name.start, name.end);
                let defined = self.scope(|s| {
                    let defined = s.named.iter().rev().find(|d| d.name.eq_ignore_ascii_case(&name.text));
                    defined.map(|d| (d.sql.clone(), d.columns.clone(), d.weight))
                });
                let (sql, columns) = match defined {
                    Some((sql, columns, weight)) => {
                        self.scope(|s| s.weight = s.weight.saturating_add(weight.max(1)));
                        (sql, columns)
                    }
                    None => {
                        self.nothing_named(&name.text, start, end);
                        (String::new(), Vec::new())
                    }
                };
                (vec![name.text.clone()], columns, None, sql, (start, end))
            }
            Source::Query(query) => {
                let own = self.scope(|s| s.frames.pop());
                let written = self.query(query, false);
                self.scope(|s| s.frames.extend(own));
                (Vec::new(), self.visible(&written.columns), None, format!("({})", written.sql), (query.start, query.end))
            }
        };
        let unknown = from.is_empty();
        let place = joined.alias.as_ref().map_or(place, |a| (a.start, a.end));
        if let Some(alias) = &joined.alias {
            names = vec![alias.text.clone()];
        }
        let taken = !names.is_empty()
            && self.frame(|f| f.sources.iter().any(|s| s.names.last().map(|n| n.to_lowercase()) == names.last().map(|n| n.to_lowercase())));
        if taken {
            let called = names.last().cloned().unwrap_or_default();
            let problem = ConditionProblem::at(place.0, place.1 - place.0, format!("two sources are called `{called}`"));
            self.problems.push(problem.help("give one of them a short name: production.clinics p"));
        }
        self.scope(|s| {
            let sql = format!("t{}", s.given);
            s.given += 1;
            if table.is_none() {
                s.sizes.extend(columns.iter().enumerate().map(|(i, c)| (format!("{sql}.c{i}"), c.size)));
            }
            if let Some(frame) = s.frames.last_mut() {
                frame.sources.push(Visible { names, sql: sql.clone(), columns, table, unknown });
            }
            format!("{from} AS {sql}")
        })
    }

    fn nothing_named(&mut self, name: &str, start: usize, end: usize) {
        let (named, tables) = self.scope(|s| {
            let named: Vec<String> = s.named.iter().map(|d| d.name.clone()).collect();
            let tables: Vec<(String, String)> = s.written.iter().map(|t| (t.environment.clone(), t.dataset.clone())).collect();
            (named, tables)
        });
        let same = tables.iter().find(|(_, dataset)| dataset.eq_ignore_ascii_case(name));
        let help = match (suggest::nearest(name, named.iter().map(String::as_str)), same) {
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, Some((environment, dataset))) => format!("write {environment}.{dataset}"),
            (None, None) => format!("write its environment before it, such as production.{name}"),
        };
        self.problems.push(ConditionProblem::at(start, end - start, format!("`{name}` does not say of which environment")).help(help));
    }
}
