//! What a condition is made of: SQLite's expressions without subqueries, aggregates and parameters.

/// A part of a condition and where it stands.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) node: Node,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What a part of a condition is.
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
