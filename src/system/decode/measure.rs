//! Measured datasets: records of patients, of which only counts are kept.

use crate::document::Problems;
use crate::document::decode::Fields;
use crate::value::Type;

use super::column::Draft;

/// Refuses what would tell one patient's record from another's: keys, ids, moments, free-form documents.
pub(super) fn refuse(fields: &mut Fields<'_>, drafts: &[Draft<'_>], problems: &mut Problems) {
    for word in ["key", "id", "volatile", "effective"] {
        fields.refuse(word, format!("a measured dataset keeps counts by its columns, so it has no `{word}`"), problems);
    }
    for column in drafts.iter().map(|d| &d.column) {
        let name = &column.name.value;
        if matches!(column.kind, Type::Datetime | Type::Time | Type::Decimal | Type::Json) {
            let message = format!("`{name}` is of type {}, which tells one patient's record from another's", column.kind.word());
            problems.add(&column.place, message).expected("text, integer, boolean or date").help("a day is enough: `type: date`");
        }
        if column.list.is_some() {
            problems
                .add(&column.place, format!("`{name}` holds several values, and records are counted by single ones"))
                .expected("one value");
        }
    }
}
