//! Reads a condition, which is one expression, by the precedence of SQLite; `select` reads queries.

mod case;
mod select;

use super::condition::ConditionProblem;
use super::syntax::{Binary, Comparison, Expr, Node, Query, TableName};
use super::token::{Language, Token, TokenKind};

/// How deep brackets, functions and `CASE` may be nested.
const MAX_DEPTH: usize = 64;

/// Words that begin what only a `query` may do.
const SUBQUERY: &[&str] = &["select", "exists", "with", "values"];

/// Words that end or join expressions and can therefore not be columns.
const RESERVED: &[&str] = &[
    "and", "or", "not", "in", "is", "like", "regexp", "glob", "match", "between", "case", "when", "then", "else", "end", "cast", "as",
    "null", "true", "false", "isnull", "notnull", "escape", "collate", "distinct", "from", "where", "order", "group", "having", "limit",
    "union", "join", "on", "over", "filter", "raise",
];

type Parsed = Result<Expr, ConditionProblem>;

/// Reads a condition: exactly one expression.
pub(super) fn parse(text: &str, tokens: &[Token]) -> Parsed {
    let mut parser = Parser { text, tokens, language: Language::Condition, at: 0, depth: 0, tables: Vec::new() };
    let expr = parser.or()?;
    match parser.peek() {
        None => Ok(expr),
        Some(t) => Err(parser.unexpected(t)),
    }
}

/// Reads a query: exactly one SELECT, and the tables that it names in their order.
pub(super) fn parse_query(text: &str, tokens: &[Token]) -> Result<(Query, Vec<TableName>), ConditionProblem> {
    let mut parser = Parser { text, tokens, language: Language::Query, at: 0, depth: 0, tables: Vec::new() };
    let query = parser.statement()?;
    Ok((query, parser.tables))
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    language: Language,
    at: usize,
    depth: usize,
    /// Queries only: the tables named so far.
    tables: Vec<TableName>,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|t| t.is_word(word));
        self.at += usize::from(found);
        found
    }

    fn word_ahead(&self, ahead: usize, word: &str) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|t| t.is_word(word))
    }

    fn symbol_ahead(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some(Token { kind: TokenKind::Symbol(s), .. }) if *s == symbol)
    }

    fn symbol(&mut self, symbol: &str) -> bool {
        let found = self.symbol_ahead(symbol);
        self.at += usize::from(found);
        found
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<usize, ConditionProblem> {
        let end = self.peek().map_or(self.text.len(), |t| t.end);
        if self.symbol(symbol) { Ok(end) } else { Err(self.wanted(&format!("`{symbol}`"))) }
    }

    fn expect_word(&mut self, word: &str) -> Result<usize, ConditionProblem> {
        let end = self.peek().map_or(self.text.len(), |t| t.end);
        if self.word(word) { Ok(end) } else { Err(self.wanted(word)) }
    }

    fn wanted(&self, what: &str) -> ConditionProblem {
        match self.peek() {
            Some(t) if self.language == Language::Condition && SUBQUERY.iter().any(|w| t.is_word(w)) => self.unexpected(t),
            Some(t) => {
                ConditionProblem::at(t.start, t.end - t.start, format!("expected {what} here, found `{}`", &self.text[t.start..t.end]))
            }
            None => {
                let start = self.tokens.last().map_or(0, |t| t.start);
                ConditionProblem::at(
                    start,
                    self.text.trim_end().len().saturating_sub(start),
                    format!("the {} ends where {what} is expected", self.language.noun()),
                )
            }
        }
    }

    fn unexpected(&self, token: &Token) -> ConditionProblem {
        let shown = &self.text[token.start..token.end];
        let problem = ConditionProblem::at(token.start, token.end - token.start, format!("`{shown}` is not expected here"));
        if self.language == Language::Query {
            return self.unexpected_in_query(token, problem);
        }
        if SUBQUERY.iter().any(|w| token.is_word(w)) {
            return ConditionProblem::at(token.start, token.end - token.start, "a condition looks at one record: it has no subqueries")
                .help("compare several records or datasets with a check of the kind `resolves`, `count` or `parity`");
        }
        match &token.kind {
            TokenKind::Symbol(")") => problem.help("there is no `(` that it would close"),
            TokenKind::Word(w) if w.eq_ignore_ascii_case("glob") || w.eq_ignore_ascii_case("match") => problem.help("use LIKE or REGEXP"),
            TokenKind::Word(w) if w.eq_ignore_ascii_case("collate") => problem.help("use lower(…) on both sides"),
            TokenKind::Word(w) if w.eq_ignore_ascii_case("over") || w.eq_ignore_ascii_case("filter") => {
                problem.help("a condition looks at one record: it has no aggregates and windows")
            }
            _ => problem.help("join conditions with AND or OR"),
        }
    }

    fn nested<T>(&mut self, start: usize, read: impl FnOnce(&mut Self) -> Result<T, ConditionProblem>) -> Result<T, ConditionProblem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("this {} is nested too deeply", self.language.noun());
            return Err(ConditionProblem::at(start, 1, message).help("split it into several checks"));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn or(&mut self) -> Parsed {
        let mut left = self.and()?;
        while self.word("or") {
            let right = self.and()?;
            left = binary(Binary::Or, left, right);
        }
        Ok(left)
    }

    fn and(&mut self) -> Parsed {
        let mut left = self.not()?;
        while self.word("and") {
            let right = self.not()?;
            left = binary(Binary::And, left, right);
        }
        Ok(left)
    }

    fn not(&mut self) -> Parsed {
        let start = self.peek().map_or(0, |t| t.start);
        if self.word("not") {
            let inner = self.nested(start, Self::not)?;
            let end = inner.end;
            return Ok(Expr { node: Node::Not(Box::new(inner)), start, end });
        }
        self.equality()
    }

    /// `=`, `<>`, `IS`, `IN`, `LIKE`, `REGEXP`, `BETWEEN`, `ISNULL`: one level in SQLite, from left to right.
    fn equality(&mut self) -> Parsed {
        let mut left = self.relational()?;
        loop {
            let negated = self.word_ahead(0, "not") && ["in", "like", "regexp", "between", "null"].iter().any(|w| self.word_ahead(1, w));
            self.at += usize::from(negated);
            left = if self.symbol("=") || self.symbol("==") {
                let right = self.relational()?;
                binary(Binary::Compare(Comparison::Equal), left, right)
            } else if self.symbol("<>") || self.symbol("!=") {
                let right = self.relational()?;
                binary(Binary::Compare(Comparison::NotEqual), left, right)
            } else if self.word("is") {
                self.is(left)?
            } else if self.word("isnull") {
                self.is_null(left, false)
            } else if self.word("notnull") || (negated && self.word("null")) {
                self.is_null(left, true)
            } else if self.word("between") {
                let low = self.relational()?;
                self.expect_word("AND")?;
                let high = self.relational()?;
                let (start, end) = (left.start, high.end);
                Expr { node: Node::Between { not: negated, value: Box::new(left), low: Box::new(low), high: Box::new(high) }, start, end }
            } else if self.word("in") {
                self.expect_symbol("(")?;
                let start = left.start;
                if self.at_select() {
                    left = self.in_query(left, negated)?;
                    continue;
                }
                let (items, end) = self.nested(start, |p| p.arguments())?;
                Expr { node: Node::In { not: negated, value: Box::new(left), items }, start, end }
            } else if self.word("like") {
                let pattern = self.relational()?;
                let escape = if self.word("escape") { Some(Box::new(self.relational()?)) } else { None };
                let (start, end) = (left.start, escape.as_ref().map_or(pattern.end, |e| e.end));
                Expr { node: Node::Like { not: negated, value: Box::new(left), pattern: Box::new(pattern), escape }, start, end }
            } else if self.word("regexp") {
                let pattern = self.relational()?;
                let (start, end) = (left.start, pattern.end);
                Expr { node: Node::Regexp { not: negated, value: Box::new(left), pattern: Box::new(pattern) }, start, end }
            } else {
                return Ok(left);
            }
        }
    }

    fn is(&mut self, left: Expr) -> Parsed {
        let mut not = self.word("not");
        if self.word_ahead(0, "distinct") {
            self.at += 1;
            self.expect_word("FROM")?;
            not = !not;
        }
        if self.word_ahead(0, "null") {
            return Ok({
                self.at += 1;
                self.is_null(left, not)
            });
        }
        let right = self.relational()?;
        Ok(binary(Binary::Compare(if not { Comparison::IsNot } else { Comparison::Is }), left, right))
    }

    fn is_null(&self, value: Expr, not: bool) -> Expr {
        let (start, end) = (value.start, self.tokens[self.at - 1].end);
        Expr { node: Node::IsNull { not, value: Box::new(value) }, start, end }
    }

    fn relational(&mut self) -> Parsed {
        let mut left = self.sum()?;
        loop {
            let comparison = if self.symbol("<=") {
                Comparison::LessEqual
            } else if self.symbol(">=") {
                Comparison::GreaterEqual
            } else if self.symbol("<") {
                Comparison::Less
            } else if self.symbol(">") {
                Comparison::Greater
            } else {
                return Ok(left);
            };
            let right = self.sum()?;
            left = binary(Binary::Compare(comparison), left, right);
        }
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let operator = if self.symbol("+") {
                Binary::Add
            } else if self.symbol("-") {
                Binary::Subtract
            } else {
                return Ok(left);
            };
            let right = self.product()?;
            left = binary(operator, left, right);
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.concat()?;
        loop {
            let operator = if self.symbol("*") {
                Binary::Multiply
            } else if self.symbol("/") {
                Binary::Divide
            } else if self.symbol("%") {
                Binary::Remainder
            } else {
                return Ok(left);
            };
            let right = self.concat()?;
            left = binary(operator, left, right);
        }
    }

    fn concat(&mut self) -> Parsed {
        let mut left = self.sign()?;
        while self.symbol("||") {
            let right = self.sign()?;
            left = binary(Binary::Concat, left, right);
        }
        Ok(left)
    }

    fn sign(&mut self) -> Parsed {
        let start = self.peek().map_or(0, |t| t.start);
        let minus = self.symbol("-");
        if minus || self.symbol("+") {
            let inner = Box::new(self.nested(start, Self::sign)?);
            let end = inner.end;
            return Ok(Expr { node: if minus { Node::Negative(inner) } else { Node::Positive(inner) }, start, end });
        }
        self.primary()
    }

    fn primary(&mut self) -> Parsed {
        let Some(token) = self.peek() else { return Err(self.wanted("a column or a value")) };
        let (start, mut end) = (token.start, token.end);
        self.at += 1;
        let node = match &token.kind {
            TokenKind::Number(n) => Node::Number(n.clone()),
            TokenKind::Text(t) => Node::Text(t.clone()),
            TokenKind::QuotedName(_) if self.language == Language::Query && self.symbol_ahead(".") => {
                let (node, close) = self.qualified(token)?;
                end = close;
                node
            }
            TokenKind::QuotedName(name) => Node::Column(name.clone(), true),
            TokenKind::Symbol("(") if self.at_select() => {
                let query = Box::new(self.query()?);
                end = self.expect_symbol(")")?;
                Node::Scalar(query)
            }
            TokenKind::Symbol("(") => {
                let inner = self.nested(start, Self::or)?;
                if matches!(self.peek(), Some(Token { kind: TokenKind::Symbol(","), .. })) {
                    return Err(self.wanted("`)`").help("compare one value at a time: a = 1 AND b = 2"));
                }
                end = self.expect_symbol(")")?;
                return Ok(Expr { start, end, ..inner });
            }
            TokenKind::Word(word) => {
                let lower = word.to_ascii_lowercase();
                match lower.as_str() {
                    "null" => Node::Null,
                    "true" => Node::Boolean(true),
                    "false" => Node::Boolean(false),
                    "case" => {
                        let (node, close) = self.nested(start, Self::case)?;
                        end = close;
                        node
                    }
                    "cast" => {
                        let (node, close) = self.nested(start, Self::cast)?;
                        end = close;
                        node
                    }
                    "exists" if self.language == Language::Query => {
                        self.expect_symbol("(")?;
                        let query = Box::new(self.query()?);
                        end = self.expect_symbol(")")?;
                        Node::Exists(query)
                    }
                    w if SUBQUERY.contains(&w) => return Err(self.unexpected(token)),
                    "current_date" | "current_time" | "current_timestamp" => {
                        return Err(ConditionProblem::at(start, end - start, format!("`{word}` would read the clock"))
                            .help("use as_of(), when we judge, or go_live(), what we judge for"));
                    }
                    w if RESERVED.contains(&w) => {
                        self.at -= 1;
                        return Err(self.wanted("a column or a value"));
                    }
                    w if self.language == Language::Query && self.begins_aggregate(w) => {
                        let (node, close) = self.nested(start, |p| p.aggregate(token))?;
                        end = close;
                        node
                    }
                    _ if self.symbol("(") => {
                        let (args, close) = self.nested(start, |p| p.arguments())?;
                        let name_end = end;
                        end = close;
                        Node::Call { name: lower, name_end, args }
                    }
                    _ if self.language == Language::Query && self.symbol_ahead(".") => {
                        let (node, close) = self.qualified(token)?;
                        end = close;
                        node
                    }
                    _ if self.symbol(".") => {
                        let end = self.peek().map_or(end, |t| t.end);
                        return Err(ConditionProblem::at(start, end - start, "a condition reads the columns of its own dataset only")
                            .help("write the column alone"));
                    }
                    _ => Node::Column(word.clone(), false),
                }
            }
            TokenKind::Symbol("*") => {
                if self.language == Language::Query {
                    self.at -= 1;
                    return Err(self.star());
                }
                return Err(ConditionProblem::at(start, 1, "`*` stands for no column here").help("name the column"));
            }
            TokenKind::Symbol(_) => {
                self.at -= 1;
                return Err(self.wanted("a column or a value"));
            }
        };
        Ok(Expr { node, start, end })
    }

    /// The arguments after an opening bracket, and where the closing one ends.
    fn arguments(&mut self) -> Result<(Vec<Expr>, usize), ConditionProblem> {
        let mut args = Vec::new();
        let end = self.peek().map_or(self.text.len(), |t| t.end);
        if self.symbol(")") {
            return Ok((args, end));
        }
        loop {
            if self.language == Language::Condition
                && let Some(t) = self.peek()
                && (t.is_word("distinct") || t.kind == TokenKind::Symbol("*"))
            {
                return Err(ConditionProblem::at(t.start, t.end - t.start, "a condition looks at one record: it has no aggregates")
                    .help("count records with a check of the kind `count`"));
            }
            args.push(self.or()?);
            if !self.symbol(",") {
                return Ok((args, self.expect_symbol(")")?));
            }
        }
    }
}

fn binary(operator: Binary, left: Expr, right: Expr) -> Expr {
    let (start, end) = (left.start, right.end);
    Expr { node: Node::Binary(operator, Box::new(left), Box::new(right)), start, end }
}
