//! Reads the bytes of a write-ahead log to find out whether it was being checkpointed into a database. Only
//! reads.
//!
//! A checkpoint copies pages in the order of their numbers, so page 1 comes first. A database whose page 1
//! equals, byte for byte, a page 1 in the write-ahead log was being checkpointed from that log. This is the
//! only evidence when the checkpoint was interrupted before it wrote the pages that hold the stamps.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use super::location::beside;

/// The size of a write-ahead log's header, in bytes; a log without pages is no larger.
pub(super) const HEAD: u64 = HEAD_BYTES as u64;
const HEAD_BYTES: usize = 32;

/// The size of the header before each page, in bytes.
const FRAME_HEAD: usize = 24;

/// The smallest part of a page that a disk writes atomically, in bytes.
const SECTOR: usize = 512;

/// The size in bytes of a write-ahead log with this many pages of `page` bytes each.
pub(super) fn size(pages: u64, page: u64) -> u64 {
    HEAD + pages * (FRAME_HEAD as u64 + page)
}

/// Reads the size and the salts of a write-ahead log.
pub(super) fn size_and_salts(path: &Path) -> io::Result<(u64, [u8; 8])> {
    let mut file = File::open(path)?;
    let mut head = [0; HEAD_BYTES];
    file.read_exact(&mut head)?;
    let mut salts = [0; 8];
    salts.copy_from_slice(&head[16..24]);
    Ok((file.metadata()?.len(), salts))
}

/// The extent to which the database's first page matches the write-ahead log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstPage {
    /// The whole page matches.
    Whole,
    /// The beginning alone matches, with the page size and the counters: power was lost during the write.
    Beginning,
    /// No page 1 of the write-ahead log matches.
    Other,
}

/// Searches the write-ahead log beside a database for the database's first page.
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
        // Frames of an earlier use of the file may follow.
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
