//! As much of WebAssembly's binary format as it takes to change names and order: a module is sections, a section is
//! bytes, and what is in functions nobody here looks at.

use anyhow::{Context as _, Result, bail, ensure};

/// Which section is which.
pub(super) const CUSTOM: u8 = 0;
pub(super) const IMPORTS: u8 = 2;
pub(super) const EXPORTS: u8 = 7;
pub(super) const CODE: u8 = 10;

/// What every module begins with: the magic word and version 1.
const HEAD: &[u8] = b"\0asm\x01\0\0\0";

/// A section.
pub(super) struct Section {
    pub(super) id: u8,
    pub(super) content: Vec<u8>,
}

/// The sections of a module, in order.
pub(super) fn read(module: &[u8]) -> Result<Vec<Section>> {
    let mut reader = Reader(module.strip_prefix(HEAD).context("not a module of WebAssembly")?);
    let mut sections = Vec::new();
    while !reader.0.is_empty() {
        let id = reader.byte()?;
        sections.push(Section { id, content: reader.counted()?.to_vec() });
    }
    Ok(sections)
}

/// The module of these sections.
pub(super) fn write(sections: &[Section]) -> Vec<u8> {
    let mut module = HEAD.to_vec();
    for Section { id, content } in sections {
        module.push(*id);
        put_counted(&mut module, content);
    }
    module
}

/// An import or an export: its names, and what follows them.
pub(super) struct Named<'a> {
    pub(super) names: Vec<&'a str>,
    pub(super) rest: &'a [u8],
}

impl Named<'_> {
    /// Whether it is a function.
    pub(super) fn is_function(&self) -> bool {
        self.rest.first() == Some(&0)
    }
}

/// The imports (two names each) or exports (one).
pub(super) fn named(section: &Section) -> Result<Vec<Named<'_>>> {
    let mut reader = Reader(&section.content);
    let count = reader.number()?;
    let names = if section.id == IMPORTS { 2 } else { 1 };
    let all = (0..count).map(|_| {
        let names = (0..names).map(|_| Ok(str::from_utf8(reader.counted()?)?)).collect::<Result<_>>()?;
        let before = reader.0;
        match (section.id, reader.byte()?) {
            // A function, by its type; or an export, by its index.
            (IMPORTS, 0) | (EXPORTS, _) => reader.number().map(drop)?,
            (_, kind) => bail!("an import of kind {kind} is new to us"),
        }
        Ok(Named { names, rest: &before[..before.len() - reader.0.len()] })
    });
    all.collect()
}

/// The functions' code.
pub(super) fn bodies(code: &Section) -> Result<Vec<&[u8]>> {
    let mut reader = Reader(&code.content);
    let count = reader.number()?;
    (0..count).map(|_| reader.counted()).collect()
}

/// Writes a number.
pub(super) fn put_number(into: &mut Vec<u8>, mut number: usize) {
    loop {
        let [low, ..] = number.to_le_bytes();
        number >>= 7;
        if number == 0 {
            return into.push(low & 0x7F);
        }
        into.push(low | 0x80);
    }
}

/// Writes bytes after their number.
pub(super) fn put_counted(into: &mut Vec<u8>, bytes: &[u8]) {
    put_number(into, bytes.len());
    into.extend_from_slice(bytes);
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.0.split_first().context("the module ends too early")?;
        self.0 = rest;
        Ok(*first)
    }

    fn number(&mut self) -> Result<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        bail!("a number has too many digits")
    }

    fn counted(&mut self) -> Result<&'a [u8]> {
        let count = self.number()?;
        ensure!(count <= self.0.len(), "the module ends too early");
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_is_written_as_it_was_read() {
        let mut imports = vec![1];
        put_counted(&mut imports, b"./glue.js");
        put_counted(&mut imports, b"alert");
        imports.extend([0, 0x85, 0x01]);
        let code = vec![2, 3, 0, 1, 0x0B, 2, 0, 0x0B];
        let sections = [Section { id: IMPORTS, content: imports }, Section { id: CODE, content: code }];
        let module = write(&sections);
        let again = read(&module).unwrap();
        assert_eq!(write(&again), module);
        let import = &named(&again[0]).unwrap()[0];
        assert_eq!((&import.names[..], import.rest), (&["./glue.js", "alert"][..], &[0, 0x85, 0x01][..]));
        assert_eq!(bodies(&again[1]).unwrap(), [&[0, 1, 0x0B][..], &[0, 0x0B]]);
        assert!(read(&module[..module.len() - 1]).is_err());
        assert!(read(b"<html>").is_err());
    }
}
