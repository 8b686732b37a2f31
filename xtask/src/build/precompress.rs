//! Compresses every file of a folder once, as `.br` and `.gz` beside it where that is smaller, so that the server never has
//! to.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Compresses all files in this folder and below.
pub(crate) fn folder(folder: &Path) -> Result<()> {
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() {
            self::folder(&path)?;
        } else if !is_compressed(&path) {
            let plain = fs::read(&path)?;
            keep_if_smaller(&plain, &brotli(&plain)?, with_suffix(&path, "br"))?;
            keep_if_smaller(&plain, &gzip(&plain)?, with_suffix(&path, "gz"))?;
        }
    }
    Ok(())
}

/// Whether this file is a compressed copy of another.
pub(crate) fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|suffix| suffix == "br" || suffix == "gz")
}

/// `style.css` to `style.css.br`.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}

fn keep_if_smaller(plain: &[u8], compressed: &[u8], path: PathBuf) -> Result<()> {
    if compressed.len() < plain.len() {
        fs::write(path, compressed)?;
    }
    Ok(())
}

fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    // The best quality; a window of 4 MiB holds each file whole. Blocks of 64 KiB make the client half a kilobyte smaller
    // than the usual ones of 256 KiB.
    let best = BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        lgblock: 16,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut compressed, &best)?;
    Ok(compressed)
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    Ok(encoder.finish()?)
}
