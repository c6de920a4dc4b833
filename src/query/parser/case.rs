//! Reads `CASE … END` and `CAST(… AS TEXT)`.

use super::super::condition::ConditionProblem;
use super::super::syntax::Node;
use super::Parser;

impl Parser<'_> {
    pub(super) fn case(&mut self) -> Result<(Node, usize), ConditionProblem> {
        let base = if self.word_ahead(0, "when") { None } else { Some(Box::new(self.or()?)) };
        let mut arms = Vec::new();
        self.expect_word("WHEN")?;
        loop {
            let when = self.or()?;
            self.expect_word("THEN")?;
            arms.push((when, self.or()?));
            if !self.word("when") {
                break;
            }
        }
        let otherwise = if self.word("else") { Some(Box::new(self.or()?)) } else { None };
        let end = self.expect_word("END")?;
        Ok((Node::Case { base, arms, otherwise }, end))
    }

    pub(super) fn cast(&mut self) -> Result<(Node, usize), ConditionProblem> {
        self.expect_symbol("(")?;
        let value = self.or()?;
        self.expect_word("AS")?;
        if let Some(t) = self.peek()
            && !t.is_word("text")
        {
            return Err(ConditionProblem::at(
                t.start,
                t.end - t.start,
                "a CAST to another type than text would make a number of any text, 'n/a' too",
            )
            .help("declare the column's type in the system definition"));
        }
        self.expect_word("TEXT")?;
        Ok((Node::CastText(Box::new(value)), self.expect_symbol(")")?))
    }
}
