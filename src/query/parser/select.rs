//! Reads a query: one SELECT of SQLite, without recursion, windows and what reads columns that nobody named.

use super::super::condition::ConditionProblem;
use super::super::signature::is_aggregate;
use super::super::syntax::{Aggregate, Core, Expr, Item, Joined, Limit, Name, Named, Node, Query, Source, TableName};
use super::super::token::{Token, TokenKind};
use super::{Parsed, Parser};
use crate::document::suggest;

/// Words that go on after a table or a column, and are therefore no short names of them.
const CLAUSES: &[&str] = &[
    "from",
    "where",
    "group",
    "having",
    "order",
    "limit",
    "offset",
    "union",
    "intersect",
    "except",
    "on",
    "using",
    "join",
    "inner",
    "left",
    "right",
    "full",
    "outer",
    "cross",
    "natural",
    "as",
    "and",
    "or",
    "not",
    "window",
    "indexed",
    "set",
    "desc",
    "asc",
    "select",
    "over",
    "filter",
    "collate",
    "glob",
    "match",
];

impl Parser<'_> {
    /// The whole text: one SELECT and nothing after it.
    pub(super) fn statement(&mut self) -> Result<Query, ConditionProblem> {
        if !self.at_select() {
            let Some(t) = self.peek() else { return Err(self.wanted("SELECT")) };
            let problem = self.wanted("SELECT");
            return Err(match &t.kind {
                TokenKind::Word(w) if suggest::nearest(w, ["select", "with"].into_iter()).is_some() => problem.help("did you mean SELECT?"),
                _ => problem.help("a query only reads: it is one SELECT"),
            });
        }
        let query = self.query()?;
        match self.peek() {
            None => Ok(query),
            Some(t) => Err(self.unexpected(t)),
        }
    }

    pub(super) fn at_select(&self) -> bool {
        self.language == super::Language::Query && (self.word_ahead(0, "select") || self.word_ahead(0, "with"))
    }

    fn here(&self) -> usize {
        self.peek().map_or(self.text.len(), |t| t.start)
    }

    fn end_of_last(&self) -> usize {
        self.tokens.get(self.at.saturating_sub(1)).map_or(0, |t| t.end)
    }

    /// A SELECT within a text; brackets around it belong to the caller.
    pub(super) fn query(&mut self) -> Result<Query, ConditionProblem> {
        let start = self.here();
        self.nested(start, |p| p.query_at(start))
    }

    fn query_at(&mut self, start: usize) -> Result<Query, ConditionProblem> {
        let mut named = Vec::new();
        if self.word("with") {
            if self.word_ahead(0, "recursive") {
                let problem = ConditionProblem::at(self.here(), "recursive".len(), "a query cannot call itself");
                return Err(problem.help("write what it gives as a SELECT over datasets"));
            }
            loop {
                let name = self.name("a name")?;
                self.expect_word("AS")?;
                self.expect_symbol("(")?;
                let query = self.query()?;
                self.expect_symbol(")")?;
                named.push(Named { name, query });
                if !self.symbol(",") {
                    break;
                }
            }
        }
        let first = self.core()?;
        let mut more = Vec::new();
        loop {
            let operator = if self.word("union") {
                if self.word("all") { "UNION ALL" } else { "UNION" }
            } else if self.word("intersect") {
                "INTERSECT"
            } else if self.word("except") {
                "EXCEPT"
            } else {
                break;
            };
            more.push((operator, self.core()?));
        }
        let order = if self.word("order") { self.order()? } else { Vec::new() };
        let limit = if self.word_ahead(0, "limit") { Some(self.limit()?) } else { None };
        Ok(Query { named, first, more, order, limit, start, end: self.end_of_last() })
    }

    fn order(&mut self) -> Result<Vec<(Expr, bool)>, ConditionProblem> {
        self.expect_word("BY")?;
        let mut order = Vec::new();
        loop {
            let expr = self.or()?;
            let descending = self.word("desc");
            if !descending {
                self.word("asc");
            }
            order.push((expr, descending));
            if !self.symbol(",") {
                return Ok(order);
            }
        }
    }

    fn limit(&mut self) -> Result<Limit, ConditionProblem> {
        let start = self.here();
        self.expect_word("LIMIT")?;
        let rows = match self.peek() {
            Some(Token { kind: TokenKind::Number(n), .. }) if n.parse::<u32>().is_ok() => n.parse().unwrap_or(1),
            _ => return Err(self.wanted("a whole number")),
        };
        self.at += 1;
        Ok(Limit { rows, start, end: self.end_of_last() })
    }

    fn core(&mut self) -> Result<Core, ConditionProblem> {
        let start = self.here();
        self.expect_word("SELECT")?;
        let distinct = self.word("distinct");
        if !distinct {
            self.word("all");
        }
        let mut items = vec![self.item()?];
        while self.symbol(",") {
            items.push(self.item()?);
        }
        let from = if self.word("from") { self.from()? } else { Vec::new() };
        let selected = if self.word("where") { Some(self.or()?) } else { None };
        let mut group = Vec::new();
        if self.word("group") {
            self.expect_word("BY")?;
            group.push(self.or()?);
            while self.symbol(",") {
                group.push(self.or()?);
            }
        }
        let having = if self.word("having") { Some(self.or()?) } else { None };
        Ok(Core { distinct, items, from, selected, group, having, start, end: self.end_of_last() })
    }

    fn item(&mut self) -> Result<Item, ConditionProblem> {
        let start = self.here();
        if self.symbol("*") {
            return Ok(Item::Star { start, end: self.end_of_last() });
        }
        let expr = self.or()?;
        Ok(Item::Value { expr, name: self.alias()? })
    }

    /// `AS name`, or the name alone.
    fn alias(&mut self) -> Result<Option<Name>, ConditionProblem> {
        if self.word("as") {
            return self.name("a name").map(Some);
        }
        match self.peek() {
            Some(Token { kind: TokenKind::QuotedName(_), .. }) => self.name("a name").map(Some),
            Some(Token { kind: TokenKind::Word(w), .. }) if !CLAUSES.contains(&w.to_ascii_lowercase().as_str()) => {
                self.name("a name").map(Some)
            }
            _ => Ok(None),
        }
    }

    fn name(&mut self, what: &str) -> Result<Name, ConditionProblem> {
        let Some(token) = self.peek() else { return Err(self.wanted(what)) };
        let text = match &token.kind {
            TokenKind::QuotedName(name) => name.clone(),
            TokenKind::Word(word) if !CLAUSES.contains(&word.to_ascii_lowercase().as_str()) => word.clone(),
            _ => return Err(self.wanted(what)),
        };
        self.at += 1;
        Ok(Name { text, start: token.start, end: token.end })
    }

    fn from(&mut self) -> Result<Vec<Joined>, ConditionProblem> {
        let mut sources = vec![self.joined("")?];
        loop {
            let start = self.here();
            let sided = [("left", "LEFT JOIN"), ("right", "RIGHT JOIN"), ("full", "FULL JOIN")];
            let join = if self.symbol(",") {
                "CROSS JOIN"
            } else if self.word("cross") {
                self.expect_word("JOIN")?;
                "CROSS JOIN"
            } else if self.word("inner") {
                self.expect_word("JOIN")?;
                "JOIN"
            } else if self.word("join") {
                "JOIN"
            } else if let Some((_, join)) = sided.into_iter().find(|(word, _)| self.word_ahead(0, word)) {
                self.at += 1;
                self.word("outer");
                self.expect_word("JOIN")?;
                join
            } else if self.word_ahead(0, "natural") {
                let problem =
                    ConditionProblem::at(start, "natural".len(), "a NATURAL JOIN joins by whatever columns happen to share a name");
                return Err(problem.help("write JOIN … ON a.code = b.clinic"));
            } else {
                return Ok(sources);
            };
            sources.push(self.joined(join)?);
        }
    }

    fn joined(&mut self, join: &'static str) -> Result<Joined, ConditionProblem> {
        let start = self.here();
        let source = if self.symbol("(") {
            if !self.at_select() {
                return Err(self.wanted("SELECT").help("joins are read from left to right, without brackets"));
            }
            let query = self.query()?;
            self.expect_symbol(")")?;
            Source::Query(Box::new(query))
        } else {
            let name = self.name("a dataset such as production.clinics")?;
            if self.symbol_ahead("(") {
                let problem = ConditionProblem::at(
                    name.start,
                    name.end - name.start,
                    format!("`{}` is called like a function, but rows come from datasets", name.text),
                );
                return Err(problem.help("name a dataset, such as production.clinics"));
            }
            if self.symbol(".") {
                let dataset = self.name("a dataset")?;
                self.tables.push(TableName {
                    environment: name.text,
                    dataset: dataset.text,
                    environment_place: (name.start, name.end),
                    dataset_place: (dataset.start, dataset.end),
                });
                Source::Table(self.tables.len() - 1)
            } else {
                Source::Named(name)
            }
        };
        let alias = self.alias()?;
        let end = self.end_of_last();
        let on = if self.word("on") { Some(self.or()?) } else { None };
        if self.word_ahead(0, "using") {
            let problem = ConditionProblem::at(self.here(), "using".len(), "a query says with ON how rows are joined");
            return Err(problem.help("write JOIN … ON a.code = b.clinic"));
        }
        if on.is_some() && matches!(join, "" | "CROSS JOIN") {
            return Err(ConditionProblem::at(start, end - start, "there is no JOIN that this ON would belong to")
                .help("write JOIN … ON …, or use WHERE"));
        }
        if on.is_none() && !matches!(join, "" | "CROSS JOIN") {
            let problem = ConditionProblem::at(start, end - start, "this JOIN does not say with ON which rows belong together");
            return Err(problem.help("add ON a.code = b.clinic; for every pair of rows write CROSS JOIN"));
        }
        Ok(Joined { join, source, alias, on })
    }

    pub(super) fn in_query(&mut self, value: Expr, not: bool) -> Parsed {
        let query = Box::new(self.query()?);
        let (start, end) = (value.start, self.expect_symbol(")")?);
        Ok(Expr { node: Node::InQuery { not, value: Box::new(value), query }, start, end })
    }

    /// A column with the name of its table, or of its environment and dataset; the first name has been read.
    pub(super) fn qualified(&mut self, first: &Token) -> Result<(Node, usize), ConditionProblem> {
        let text = match &first.kind {
            TokenKind::Word(name) | TokenKind::QuotedName(name) => name.clone(),
            _ => String::new(),
        };
        let mut path = vec![Name { text, start: first.start, end: first.end }];
        while self.symbol(".") {
            if self.symbol_ahead("*") {
                return Err(self.star());
            }
            path.push(self.name("a column")?);
        }
        let end = self.end_of_last();
        if path.len() > 3 {
            let problem = ConditionProblem::at(first.start, end - first.start, "this name has too many parts");
            return Err(problem.help("write column, table.column or environment.dataset.column"));
        }
        Ok((Node::Qualified(path), end))
    }

    pub(super) fn star(&self) -> ConditionProblem {
        let problem = ConditionProblem::at(self.here(), 1, "`*` reads columns that the query does not name");
        problem.help("name the columns; count(*) counts rows")
    }

    /// True when the word is the name of an aggregate with its bracket; `min` and `max` of several values are functions.
    pub(super) fn begins_aggregate(&self, word: &str) -> bool {
        if !self.symbol_ahead("(") || !is_aggregate(word) {
            return false;
        }
        if !matches!(word, "min" | "max") {
            return true;
        }
        let mut depth = 0_usize;
        for token in &self.tokens[self.at..] {
            match token.kind {
                TokenKind::Symbol("(") => depth += 1,
                TokenKind::Symbol(")") if depth == 1 => return true,
                TokenKind::Symbol(")") => depth -= 1,
                TokenKind::Symbol(",") if depth == 1 => return false,
                _ => {}
            }
        }
        true
    }

    /// `count(*)`, `sum(x)`, `group_concat(DISTINCT x, ', ')`; the name has been read.
    pub(super) fn aggregate(&mut self, name: &Token) -> Result<(Node, usize), ConditionProblem> {
        let text = self.text[name.start..name.end].to_ascii_lowercase();
        let name = Name { text, start: name.start, end: name.end };
        self.expect_symbol("(")?;
        let distinct = self.word("distinct");
        let mut args = Vec::new();
        if name.text == "count" && !distinct && self.symbol("*") {
            let end = self.expect_symbol(")")?;
            return self.no_window(Node::Aggregate(Aggregate { name, distinct, args }), end);
        }
        loop {
            args.push(self.or()?);
            if !self.symbol(",") {
                break;
            }
        }
        let end = self.expect_symbol(")")?;
        self.no_window(Node::Aggregate(Aggregate { name, distinct, args }), end)
    }

    fn no_window(&self, node: Node, end: usize) -> Result<(Node, usize), ConditionProblem> {
        match self.peek() {
            Some(t) if t.is_word("over") || t.is_word("filter") => Err(self.unexpected(t)),
            _ => Ok((node, end)),
        }
    }

    /// A word that does not belong where it stands.
    pub(super) fn unexpected_in_query(&self, token: &Token, problem: ConditionProblem) -> ConditionProblem {
        const NEXT: &[&str] = &["FROM", "WHERE", "JOIN", "LEFT", "GROUP", "HAVING", "ORDER", "UNION", "AND", "OR", "AS", "ON"];
        match &token.kind {
            TokenKind::Symbol(")") => problem.help("there is no `(` that it would close"),
            TokenKind::Word(w) if w.eq_ignore_ascii_case("glob") || w.eq_ignore_ascii_case("match") => problem.help("use LIKE or REGEXP"),
            TokenKind::Word(w) if w.eq_ignore_ascii_case("collate") => problem.help("use lower(…) on both sides"),
            TokenKind::Word(w) if w.eq_ignore_ascii_case("over") => {
                problem.help("a query has no windows: use GROUP BY, or a SELECT in brackets")
            }
            TokenKind::Word(w) if w.eq_ignore_ascii_case("filter") => problem.help("write CASE WHEN … THEN … END inside the brackets"),
            TokenKind::Word(w) if w.eq_ignore_ascii_case("offset") => {
                problem.help("a query skips nothing: what it skipped would be hidden")
            }
            TokenKind::Word(w) => match suggest::nearest(w, NEXT.iter().copied()) {
                Some(word) => problem.help(format!("did you mean {word}?")),
                None => problem.help("a query is one SELECT … FROM … WHERE …"),
            },
            _ => problem.help("a query is one SELECT … FROM … WHERE …"),
        }
    }
}
