//! Digests of what users wrote: of a file's text, and of a part of it without regard to layout.

use sha2::{Digest, Sha256};

use super::node::{Content, Node};

/// SHA-256 of a file's bytes or of a text, in lower-case hex.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(Sha256::digest(bytes).as_ref())
}

/// SHA-256 of what a node says, in lower-case hex: comments, layout, quoting and the order of keys do not count; the order of a list does.
pub fn node_digest(node: &Node) -> String {
    let mut hash = Sha256::new();
    feed(node, &mut hash);
    hex(hash.finalize().as_ref())
}

fn feed(node: &Node, hash: &mut Sha256) {
    let text = |text: &str, hash: &mut Sha256| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    match &node.content {
        Content::Scalar(s) if s.is_null() => hash.update(b"n"),
        Content::Scalar(s) => {
            hash.update(b"s");
            text(&s.text, hash);
        }
        Content::List(items) => {
            hash.update(b"l");
            hash.update((items.len() as u64).to_le_bytes());
            items.iter().for_each(|item| feed(item, hash));
        }
        Content::Map(entries) => {
            hash.update(b"m");
            hash.update((entries.len() as u64).to_le_bytes());
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            for entry in sorted {
                text(&entry.key, hash);
                feed(&entry.value, hash);
            }
        }
    }
}

/// Bytes in lower-case hex, as digests are shown everywhere.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
