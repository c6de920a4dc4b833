//! What a file leaves open: a value that is `TODO`, or begins with the word, counts as not given.

use super::node::{Content, Node};
use super::text::Place;

/// A value that somebody still has to give.
#[derive(Clone, Debug)]
pub struct Todo {
    /// Which field, from the top of the file: `checks[0].owner`.
    pub field: String,
    /// Where it stands.
    pub place: Place,
}

/// True for `TODO` and for texts that begin with the word, in capitals: `Todo` begins a sentence in Spanish.
pub fn is_todo(text: &str) -> bool {
    let rest = text.trim_start().strip_prefix("TODO");
    rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-'))
}

impl Node {
    /// True when this is a single value that is still to be given.
    pub fn is_todo(&self) -> bool {
        matches!(&self.content, Content::Scalar(s) if is_todo(&s.text))
    }

    /// Every value below this node that is still to be given, in the order of the file.
    pub fn todos(&self) -> Vec<Todo> {
        let mut found = Vec::new();
        collect(self, "", &mut found);
        found
    }
}

fn collect(node: &Node, field: &str, found: &mut Vec<Todo>) {
    match &node.content {
        Content::Scalar(_) if node.is_todo() => found.push(Todo { field: field.to_owned(), place: node.place.clone() }),
        Content::Scalar(_) => {}
        Content::List(items) => items.iter().enumerate().for_each(|(i, item)| collect(item, &format!("{field}[{i}]"), found)),
        Content::Map(entries) => {
            for entry in entries {
                let below = if field.is_empty() { entry.key.clone() } else { format!("{field}.{}", entry.key) };
                collect(&entry.value, &below, found);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Problems, load};

    #[test]
    fn the_word_itself_counts_and_words_that_contain_it_do_not() {
        for open in ["TODO", "TODO: who?", "TODO who", " TODO", "TODO…", "TODO\nmore"] {
            assert!(is_todo(open), "{open}");
        }
        for given in ["", "todo", "Todo el personal", "TODOR", "TODO_LIST", "TODO-7", "not TODO", "a TODO"] {
            assert!(!is_todo(given), "{given}");
        }
    }

    #[test]
    fn every_open_value_is_found_with_its_field_and_its_line() {
        let mut problems = Problems::default();
        let text = "a: TODO\nb:\n  - {c: x, d: 'TODO: who'}\n  - TODO\nTODO: key\ne: |\n  TODO\n  and why\n";
        let document = load("a.yaml", text.as_bytes(), &mut problems).expect("YAML");
        let found: Vec<(String, usize)> = document.root.todos().into_iter().map(|t| (t.field, t.place.line())).collect();
        let expected = [("a", 1), ("b[0].d", 3), ("b[1]", 4), ("e", 7)];
        assert_eq!(found.iter().map(|(field, line)| (field.as_str(), *line)).collect::<Vec<_>>(), expected);
    }
}
