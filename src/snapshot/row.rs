//! One row as bytes: what is spilled, sorted and hashed. A cell is its state byte, the length of its text as `u32`
//! (little-endian) and the text; the row hash is XXH3-128 over the same bytes of the hashed columns.

use std::io;

use crate::value::{Cell, CellRef, State};

/// Longest text of one cell, in bytes. Far beyond any configuration; keeps a batch within Arrow's 32-bit offsets.
const LONGEST_TEXT: usize = 256 << 20;

/// Appends one cell; an error when its text is longer than a snapshot can hold.
pub(super) fn push_cell(out: &mut Vec<u8>, cell: CellRef<'_>) -> io::Result<()> {
    let length = u32::try_from(cell.text.len()).ok().filter(|n| *n as usize <= LONGEST_TEXT);
    let length = length.ok_or_else(|| io::Error::other(format!("a cell of {} bytes is too long for a snapshot", cell.text.len())))?;
    out.push(cell.state as u8);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(cell.text.as_bytes());
    Ok(())
}

/// Appends a surrogate id, in the form of a cell.
pub(super) fn push_id(out: &mut Vec<u8>, id: Option<&str>) -> io::Result<()> {
    push_cell(out, id.map_or(CellRef { state: State::Absent, text: "" }, |text| CellRef { state: State::Value, text }))
}

/// Takes the next cell off the front of `rest`.
pub(super) fn take_cell<'b>(rest: &mut &'b [u8]) -> io::Result<CellRef<'b>> {
    let damaged = || io::Error::new(io::ErrorKind::InvalidData, "a temporary file is damaged");
    let (head, body) = rest.split_at_checked(5).ok_or_else(damaged)?;
    let state = State::from_u8(head[0]).ok_or_else(damaged)?;
    let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
    let (text, after) = body.split_at_checked(length).ok_or_else(damaged)?;
    *rest = after;
    Ok(CellRef { state, text: std::str::from_utf8(text).map_err(|_| damaged())? })
}

/// Reads cells and id back into `cells`, whose buffers are reused.
pub(super) fn read_row<'b>(bytes: &'b [u8], cells: &mut [Cell]) -> io::Result<Option<&'b str>> {
    let mut rest = bytes;
    for cell in cells {
        let read = take_cell(&mut rest)?;
        cell.state = read.state;
        cell.text.clear();
        cell.text.push_str(read.text);
    }
    let id = take_cell(&mut rest)?;
    Ok((id.state == State::Value).then_some(id.text))
}
