//! Values over many rows that SQLite would compute in floating point or in any order.

use std::cmp::Ordering;

use bigdecimal::{BigDecimal, RoundingMode};
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::{Connection, Result};

use super::decimal::{MAX_SCALE, compare, parsed, plain};
use super::{NAMES, Work, error, integer_of, text_of};

/// Longest text that `group_concat` gives, in bytes.
const MAX_JOINED: usize = 1 << 20;

pub(super) fn register(connection: &Connection, work: &Work) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    debug_assert!(["decimal_sum", "decimal_avg", "decimal_least", "decimal_greatest", "text_join"].iter().all(|n| NAMES.contains(n)));
    connection.create_aggregate_function("decimal_sum", 1, flags, Sum { mean: false })?;
    connection.create_aggregate_function("decimal_avg", 1, flags, Sum { mean: true })?;
    connection.create_aggregate_function("decimal_least", 1, flags, Extreme { wanted: Ordering::Less })?;
    connection.create_aggregate_function("decimal_greatest", 1, flags, Extreme { wanted: Ordering::Greater })?;
    connection.create_aggregate_function("text_join", 3, flags, Join { work: work.clone() })
}

/// The sum, or the mean; null when there was no number.
struct Sum {
    mean: bool,
}

impl Aggregate<(BigDecimal, u64), Option<String>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<(BigDecimal, u64)> {
        Ok((BigDecimal::from(0), 0))
    }

    fn step(&self, context: &mut Context<'_>, (sum, count): &mut (BigDecimal, u64)) -> Result<()> {
        if let Some(number) = parsed(context, 0)? {
            *sum += number;
            *count += 1;
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, state: Option<(BigDecimal, u64)>) -> Result<Option<String>> {
        Ok(match state {
            Some((sum, count)) if count > 0 && self.mean => {
                Some(plain(&(sum / BigDecimal::from(count)).with_scale_round(MAX_SCALE, RoundingMode::HalfUp)))
            }
            Some((sum, count)) if count > 0 => Some(plain(&sum)),
            _ => None,
        })
    }
}

/// The least or greatest number.
struct Extreme {
    wanted: Ordering,
}

impl Aggregate<Option<String>, Option<String>> for Extreme {
    fn init(&self, _: &mut Context<'_>) -> Result<Option<String>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, best: &mut Option<String>) -> Result<()> {
        if let Some(text) = text_of(context, 0)?
            && best.as_deref().is_none_or(|b| compare(text, b) == self.wanted)
        {
            *best = Some(text.to_owned());
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, best: Option<Option<String>>) -> Result<Option<String>> {
        Ok(best.flatten())
    }
}

/// Texts joined in the order of their bytes, so that the same rows give the same text; (texts, between, distinct, length).
struct Join {
    work: Work,
}

/// What [`Join`] has seen so far.
#[derive(Default)]
struct Joined {
    texts: Vec<String>,
    between: String,
    distinct: bool,
    length: usize,
}

impl Aggregate<Joined, Option<String>> for Join {
    fn init(&self, _: &mut Context<'_>) -> Result<Joined> {
        Ok(Joined::default())
    }

    fn step(&self, context: &mut Context<'_>, joined: &mut Joined) -> Result<()> {
        let Some(text) = text_of(context, 0)? else { return Ok(()) };
        if joined.texts.is_empty() {
            joined.between = text_of(context, 1)?.unwrap_or_default().to_owned();
            joined.distinct = integer_of(context, 2)? == Some(1);
        }
        self.work.spend(text.len() as u64);
        joined.length += text.len() + joined.between.len();
        if joined.length > MAX_JOINED {
            return Err(error("group_concat gives a text that is too big"));
        }
        joined.texts.push(text.to_owned());
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, joined: Option<Joined>) -> Result<Option<String>> {
        let Some(mut joined) = joined.filter(|j| !j.texts.is_empty()) else { return Ok(None) };
        joined.texts.sort_unstable();
        if joined.distinct {
            joined.texts.dedup();
        }
        Ok(Some(joined.texts.join(&joined.between)))
    }
}
