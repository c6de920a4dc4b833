//! A user's YAML file: read into a tree whose every node knows its place, then taken apart by decoders that collect every problem.

pub mod decode;
mod digest;
pub mod names;
mod node;
mod problem;
mod render;
mod scalar;
pub mod suggest;
mod syntax;
mod text;
mod todo;
mod tree;
mod yaml;

pub use digest::{hex, node_digest, sha256};
pub use node::{Content, Entry, Node, Scalar, Style};
pub use problem::{Problem, Problems};
pub use render::render;
pub use text::{At, Place, SourceText};
pub use todo::{Todo, is_todo};
pub use yaml::{Document, load, load_file};

#[cfg(test)]
mod tests;
