//! Tests of the program follow with its commands.
