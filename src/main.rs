//! Begins the program; commands follow.

fn main() {}
