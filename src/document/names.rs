//! Names that people give: of environments, systems, logins, datasets and columns.

/// Why `name` cannot be a name, or `None` when it can. Names become SQL identifiers and file names on every system.
pub fn objection(name: &str) -> Option<String> {
    let mut chars = name.chars();
    if !chars.next().is_some_and(|c| c.is_ascii_lowercase()) {
        return Some("it must begin with a lower-case letter".to_owned());
    }
    if let Some(bad) = chars.find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '_')) {
        return Some(format!("`{}` is not allowed; use a-z, 0-9 and _", bad.escape_default()));
    }
    if name.len() > 63 {
        return Some("it is longer than 63 characters".to_owned());
    }
    if SQL_KEYWORDS.binary_search(&name).is_ok() {
        return Some("it is a word of SQL".to_owned());
    }
    device(name)
}

/// Why `name` cannot be the name of a file of its own, such as a baseline, or `None` when it can. Hyphens are allowed, and words of
/// SQL: such a name is never an identifier.
pub fn file_objection(name: &str) -> Option<String> {
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Some("it must begin with a lower-case letter".to_owned());
    }
    if let Some(bad) = name.chars().find(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-'))) {
        return Some(format!("`{}` is not allowed; use a-z, 0-9, - and _", bad.escape_default()));
    }
    if name.ends_with('-') {
        return Some("it must not end in a hyphen".to_owned());
    }
    if name.len() > 63 {
        return Some("it is longer than 63 characters".to_owned());
    }
    device(name)
}

fn device(name: &str) -> Option<String> {
    let port = name.strip_prefix("com").or_else(|| name.strip_prefix("lpt"));
    let port = port.is_some_and(|n| n.len() == 1 && n != "0" && n.as_bytes()[0].is_ascii_digit());
    (port || matches!(name, "con" | "prn" | "aux" | "nul")).then(|| "it is a device name on Windows".to_owned())
}

/// SQLite's reserved words and the words that read badly beside them, sorted. Source: https://www.sqlite.org/lang_keywords.html
const SQL_KEYWORDS: &[&str] = &[
    "abort",
    "add",
    "all",
    "alter",
    "analyze",
    "and",
    "as",
    "asc",
    "attach",
    "autoincrement",
    "begin",
    "between",
    "by",
    "cascade",
    "case",
    "cast",
    "check",
    "collate",
    "commit",
    "constraint",
    "create",
    "cross",
    "current_date",
    "current_time",
    "current_timestamp",
    "database",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "detach",
    "distinct",
    "do",
    "drop",
    "each",
    "else",
    "escape",
    "except",
    "exclusive",
    "exists",
    "explain",
    "false",
    "filter",
    "for",
    "foreign",
    "from",
    "full",
    "glob",
    "group",
    "having",
    "if",
    "immediate",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "left",
    "like",
    "limit",
    "main",
    "match",
    "materialized",
    "natural",
    "no",
    "not",
    "nothing",
    "notnull",
    "null",
    "offset",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "pragma",
    "primary",
    "query",
    "raise",
    "recursive",
    "references",
    "regexp",
    "reindex",
    "release",
    "rename",
    "replace",
    "restrict",
    "returning",
    "right",
    "rollback",
    "row",
    "rows",
    "savepoint",
    "select",
    "set",
    "table",
    "temp",
    "then",
    "to",
    "transaction",
    "trigger",
    "true",
    "union",
    "unique",
    "update",
    "using",
    "vacuum",
    "values",
    "view",
    "virtual",
    "when",
    "where",
    "window",
    "with",
    "without",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sorted_for_the_binary_search() {
        assert!(SQL_KEYWORDS.windows(2).all(|w| w[0] < w[1]));
    }

    #[test]
    fn names_are_told_apart_from_non_names() {
        for good in ["clinics", "classroom_1", "a", "com", "com10", "status", "name", "action"] {
            assert_eq!(objection(good), None, "{good}");
        }
        for bad in ["", "Clinics", "1st", "a-b", "select", "con", "com1", "lpt9", "é", "a b"] {
            assert!(objection(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn names_of_files_may_hold_hyphens_and_words_of_sql() {
        for good in ["sign-off", "release", "go_live-2", "a", "com-1"] {
            assert_eq!(file_objection(good), None, "{good}");
        }
        for bad in ["", "Sign-off", "-a", "a-", "1st", "con", "lpt1", "a.b", "a/b", "..", "é", "a b", &"a".repeat(64)] {
            assert!(file_objection(bad).is_some(), "{bad}");
        }
    }
}
