//! Tells from the bytes of a write-ahead log whether a database was written by a checkpoint of it. Reads only.
//!
//! A checkpoint copies pages in the order of their numbers, so the first page comes first. A database whose first page is,
//! byte for byte, one that its write-ahead log brings was being checkpointed from there. That is all there is to go by when
//! the pages that would say more are not there yet.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use super::location::beside;

/// The size of a write-ahead log's head; one without a page is no longer.
pub(super) const HEAD: u64 = HEAD_BYTES as u64;
const HEAD_BYTES: usize = 32;

/// The size of what stands before each page.
const FRAME_HEAD: usize = 24;

/// How much of a page a disk writes at once, at the least.
const SECTOR: usize = 512;

/// The size of a write-ahead log with so many pages of this size.
pub(super) fn size(pages: u64, page: u64) -> u64 {
    HEAD + pages * (FRAME_HEAD as u64 + page)
}

/// Size and salts of a write-ahead log.
pub(super) fn look(path: &Path) -> io::Result<(u64, [u8; 8])> {
    let mut file = File::open(path)?;
    let mut head = [0; HEAD_BYTES];
    file.read_exact(&mut head)?;
    let mut salts = [0; 8];
    salts.copy_from_slice(&head[16..24]);
    Ok((file.metadata()?.len(), salts))
}

/// How much of the database's first page the write-ahead log brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstPage {
    /// All of it.
    Whole,
    /// Its beginning, with the size and the counters: power was lost while it was written.
    Beginning,
    /// Nothing.
    Other,
}

/// Looks for the database's first page in the write-ahead log beside it.
pub(super) fn first_page(path: &Path) -> io::Result<FirstPage> {
    let mut wal = BufReader::new(File::open(beside(path, "-wal"))?);
    let mut head = [0; HEAD_BYTES];
    wal.read_exact(&mut head)?;
    let Ok(size @ 512..=65_536) = i32::try_from(u32::from_be_bytes([head[8], head[9], head[10], head[11]]))
    else {
        return Ok(FirstPage::Other);
    };
    let (salts, mut found) = (&head[16..24], FirstPage::Other);
    let mut page = vec![0; size.unsigned_abs() as usize];
    File::open(path)?.read_exact(&mut page)?;
    let (mut frame, mut there) = ([0; FRAME_HEAD], page.clone());
    loop {
        match wal.read_exact(&mut frame) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(found),
            read => read?,
        }
        // Frames of an earlier round may follow.
        if frame[8..16] != *salts {
            return Ok(found);
        }
        if frame[..4] != [0, 0, 0, 1] {
            wal.seek_relative(size.into())?;
            continue;
        }
        wal.read_exact(&mut there)?;
        if there == page {
            return Ok(FirstPage::Whole);
        }
        if there[..SECTOR] == page[..SECTOR] {
            found = FirstPage::Beginning;
        }
    }
}
