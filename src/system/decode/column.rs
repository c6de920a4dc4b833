//! Columns: a source, a type, and how values are to be taken.

use crate::document::decode::{Fields, boolean, name, one_of, one_or_list, some_text, text};
use crate::document::{At, Content, Node, Problems};
use crate::value::{Cell, ListKind, Moments, Raw, State, Type, cell};

use super::super::{Column, List, Normaliser, Read, Source};
use super::source;

/// Words for true and for false.
type Truth = (Vec<String>, Vec<String>);

const LISTS: &[(&str, ListKind)] = &[("set", ListKind::Set), ("ordered", ListKind::Ordered)];

/// A column before its source is known: a dataset of several kinds of file says its sources elsewhere.
pub(super) struct Draft<'n> {
    /// All but the source, which is a placeholder until [`Draft::with`].
    pub column: Column,
    /// What the definition says of the source: the node that [`source`] decodes against each kind of file.
    pub node: &'n Node,
}

/// Decodes one column, without its source.
pub(super) fn draft<'n>(name: At<String>, node: &'n Node, problems: &mut Problems) -> Option<Draft<'n>> {
    let mut column = Column {
        place: name.place.clone(),
        name,
        from: Source::Position,
        kind: Type::Text,
        list: None,
        optional: false,
        default: None,
        references: None,
        truth: None,
        format: None,
        normalise: Vec::new(),
        volatile: false,
    };
    if let Content::Map(_) = node.content {
        details(&mut column, node, problems)?;
    } else {
        // Judged here too: where each kind of file says its own source, nobody else looks at this one.
        some_text(node, problems)?;
    }
    Some(Draft { column, node })
}

fn details(column: &mut Column, node: &Node, problems: &mut Problems) -> Option<()> {
    let mut fields = Fields::open(node, "a column", problems)?;
    let before = problems.len();
    for word in source::WORDS {
        fields.entry(word);
    }
    fields.entry("level");
    if let Some(kind) = fields.get("type", problems, |n, p| one_of(n, "type", Type::WORDS, p)) {
        column.kind = kind.value;
    }
    column.list = list(&mut fields, problems);
    column.optional = fields.get("optional", problems, boolean).is_some_and(|o| o.value);
    column.references = fields.get("references", problems, name);
    column.truth = truth(&mut fields, column.kind, problems);
    column.format = fields.get("format", problems, |n, p| format(n, column.kind, p));
    let words = |n: &Node, p: &mut Problems| one_of(n, "normaliser", Normaliser::WORDS, p).map(|w| w.value);
    column.normalise = fields.get("normalise", problems, |n, p| one_or_list(n, p, words)).unwrap_or_default();
    if let Some(target) = column.references.as_ref().filter(|_| column.kind != Type::Text) {
        let problem = problems.add(&target.place, "a reference holds ids, which are text");
        problem.expected("no `type` beside it").help("remove `type`");
    }
    // A default is read by the column's type, which has to be right for that.
    let default = fields.optional("default");
    if problems.len() == before {
        column.default = default.and_then(|n| canonical_default(n, column, problems));
    }
    fields.close(problems);
    Some(())
}

fn list(fields: &mut Fields<'_>, problems: &mut Problems) -> Option<List> {
    let kind = fields.get("list", problems, |n, p| one_of(n, "kind of list", LISTS, p));
    let given = fields.entry("list").is_some();
    let split = fields.get("split", problems, text);
    if let Some(split) = &split {
        if split.value.is_empty() {
            problems.add(&split.place, "`split` is empty").expected("what stands between the values, such as \";\"");
        } else if !given {
            let problem = problems.add(&split.place, "`split` gives several values: say whether their order matters");
            problem.expected("`list` is missing").help("add `list: set`, or `list: ordered`");
        }
    }
    Some(List { kind: kind?.value, split: split.map(|s| s.value) })
}

fn truth(fields: &mut Fields<'_>, kind: Type, problems: &mut Problems) -> Option<Truth> {
    let words = |n: &Node, p: &mut Problems| one_or_list(n, p, text);
    if kind != Type::Boolean {
        for word in ["true", "false"] {
            fields.refuse(word, format!("`{word}` lists words of a boolean; this column has type {}", kind.word()), problems);
        }
        return None;
    }
    let yes = fields.get("true", problems, words);
    let no = fields.get("false", problems, words);
    if let (Some(yes), Some(no)) = (&yes, &no)
        && let Some(both) = no.iter().find(|n| yes.iter().any(|y| y.value.eq_ignore_ascii_case(&n.value)))
    {
        problems.add(&both.place, format!("`{}` cannot be both true and false", both.value)).expected("listed twice");
    }
    if yes.is_none() && no.is_none() {
        return None;
    }
    let texts = |words: Option<Vec<At<String>>>| words.unwrap_or_default().into_iter().map(|w| w.value).collect();
    Some((texts(yes), texts(no)))
}

fn format(node: &Node, kind: Type, problems: &mut Problems) -> Option<At<String>> {
    let found = some_text(node, problems)?;
    if !matches!(kind, Type::Date | Type::Time | Type::Datetime) {
        let message = format!("`format` is for dates and times; this column has type {}", kind.word());
        problems.add(&found.place, message).expected("not here").help("add `type: date`, `time` or `datetime`");
        return None;
    }
    let bad = chrono::format::StrftimeItems::new(&found.value).any(|item| matches!(item, chrono::format::Item::Error));
    if bad || !found.value.contains('%') {
        let problem = problems.add(&found.place, format!("`{}` is no format of dates or times", found.value));
        problem.expected("such as %d/%m/%Y or %d/%m/%Y %H:%M").help("%d day, %m month, %Y year, %H hour, %M minute, %S second");
        return None;
    }
    Some(found)
}

/// The default in the column's canonical form, so that it equals a value that was read.
fn canonical_default(node: &Node, column: &Column, problems: &mut Problems) -> Option<String> {
    let values = one_or_list(node, problems, text)?;
    let raw = match (&node.content, column.list.is_some()) {
        (Content::List(_), true) => Raw::Many(values.iter().map(|v| Raw::Text(v.value.clone())).collect()),
        (Content::List(_), false) => {
            problems.add(&node.place, "this column holds one value, so its default is one").expected("a single value");
            return None;
        }
        _ => Raw::Text(values.first()?.value.clone()),
    };
    if column.kind == Type::Boolean && matches!(node.place.text(), "true" | "false") {
        return Some(node.place.text().to_owned());
    }
    let moments = Moments { format: column.format.as_ref().map(|f| f.value.clone()), timezone: Some(chrono_tz::UTC) };
    let split = column.list.as_ref().map(|l| (l.kind, l.split.as_deref()));
    let Cell { state, text } = cell(&raw, column.kind, split, column.truth.as_ref(), &moments);
    if state == State::Invalid {
        let message = format!("the default `{}` is no value of type {}", node.place.text(), column.kind.word());
        problems.add(&node.place, message).expected(format!("type {}", column.kind.word()));
        return None;
    }
    Some(text)
}

impl Draft<'_> {
    /// The column with its source in files read as `read` says. `override_by` is what that reading says of the source itself.
    pub(super) fn with(&self, override_by: Option<&Node>, read: &Read, problems: &mut Problems) -> Option<Column> {
        let from = match override_by {
            Some(node) => source::any(node, read, problems)?,
            None => self.own_source(read, problems)?,
        };
        Some(Column { from, ..self.column.clone() })
    }

    fn own_source(&self, read: &Read, problems: &mut Problems) -> Option<Source> {
        match self.node.content {
            Content::Map(_) => {
                // Other fields of the mapping were taken by the draft, which also reports unknown ones.
                let mut fields = Fields::open(self.node, "a column", problems)?;
                source::from_fields(&mut fields, read, problems).unwrap_or_else(|| {
                    let message = format!("the column `{}` does not say where its values come from", self.column.name.value);
                    let help = if read.format.is_table() { "such as `from: Clinic Code`" } else { "such as `from: $.code`" };
                    problems.add(&self.column.place, message).expected("add `from: …`").help(help);
                    None
                })
            }
            _ => source::plain(self.node, read.format, problems),
        }
    }
}
