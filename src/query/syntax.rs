//! What SQL is made of here: SQLite's expressions, and for queries its SELECT, without what gives another answer every time.

/// A part of an expression and where it stands.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) node: Node,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a part of an expression is.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    /// A column; `true` when it stands in double quotes.
    Column(String, bool),
    Call {
        name: String,
        name_end: usize,
        args: Vec<Expr>,
    },
    Negative(Box<Expr>),
    Positive(Box<Expr>),
    Not(Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    Between {
        not: bool,
        value: Box<Expr>,
        low: Box<Expr>,
        high: Box<Expr>,
    },
    In {
        not: bool,
        value: Box<Expr>,
        items: Vec<Expr>,
    },
    Like {
        not: bool,
        value: Box<Expr>,
        pattern: Box<Expr>,
        escape: Option<Box<Expr>>,
    },
    Regexp {
        not: bool,
        value: Box<Expr>,
        pattern: Box<Expr>,
    },
    IsNull {
        not: bool,
        value: Box<Expr>,
    },
    Case {
        base: Option<Box<Expr>>,
        arms: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    CastText(Box<Expr>),
    /// Queries only: `c.code`, `production.clinics.code`.
    Qualified(Vec<Name>),
    /// Queries only: one value over many rows.
    Aggregate(Aggregate),
    /// Queries only: a SELECT that gives one value.
    Scalar(Box<Query>),
    /// Queries only: whether a SELECT gives a row.
    Exists(Box<Query>),
    /// Queries only: whether a SELECT of one column gives the value.
    InQuery {
        not: bool,
        value: Box<Expr>,
        query: Box<Query>,
    },
}

/// A name as written.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// `count(*)`, `sum(capacity)`, `group_concat(DISTINCT code, ', ')`.
#[derive(Debug)]
pub(super) struct Aggregate {
    pub(super) name: Name,
    pub(super) distinct: bool,
    /// Empty for `count(*)`.
    pub(super) args: Vec<Expr>,
}

/// A whole SELECT with what it names before and how its rows are joined with others.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) named: Vec<Named>,
    pub(super) first: Core,
    /// `UNION` and its like.
    pub(super) more: Vec<(&'static str, Core)>,
    /// Terms of `ORDER BY`; `true` when descending.
    pub(super) order: Vec<(Expr, bool)>,
    pub(super) limit: Option<Limit>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// `LIMIT 1`.
#[derive(Debug)]
pub(super) struct Limit {
    pub(super) rows: u32,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One of `WITH name AS (SELECT …)`.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: Name,
    pub(super) query: Query,
}

/// `SELECT … FROM … WHERE … GROUP BY … HAVING …`.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) distinct: bool,
    pub(super) items: Vec<Item>,
    pub(super) from: Vec<Joined>,
    pub(super) selected: Option<Expr>,
    pub(super) group: Vec<Expr>,
    pub(super) having: Option<Expr>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// One column of a SELECT.
#[derive(Debug)]
pub(super) enum Item {
    /// `*`, which only EXISTS may say.
    Star { start: usize, end: usize },
    /// An expression and what it is called.
    Value { expr: Expr, name: Option<Name> },
}

/// One source of rows and how it is joined to those before it.
#[derive(Debug)]
pub(super) struct Joined {
    /// The join in SQL; empty for the first.
    pub(super) join: &'static str,
    pub(super) source: Source,
    pub(super) alias: Option<Name>,
    pub(super) on: Option<Expr>,
}

/// What rows come from.
#[derive(Debug)]
pub(super) enum Source {
    /// The table of this number; see [`TableName`].
    Table(usize),
    /// What `WITH` named.
    Named(Name),
    /// A SELECT in brackets.
    Query(Box<Query>),
}

/// A dataset of an environment as a query names it: `production.clinics`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    /// The environment, as written.
    pub environment: String,
    /// The dataset, as written.
    pub dataset: String,
    /// Bytes of the environment's name in the SQL.
    pub environment_place: (usize, usize),
    /// Bytes of the dataset's name in the SQL.
    pub dataset_place: (usize, usize),
}

/// An operator between two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    Or,
    And,
    Compare(Comparison),
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Concat,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Is,
    IsNot,
}

impl Comparison {
    /// The operator in SQL.
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Is => "IS",
            Self::IsNot => "IS NOT",
        }
    }

    /// True when order matters and not equality alone.
    pub(super) fn orders(self) -> bool {
        matches!(self, Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual)
    }
}
