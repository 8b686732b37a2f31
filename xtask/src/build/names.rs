//! Short names for what script and WebAssembly call each other by. wasm-bindgen's names are long and end in a hash, of
//! which a compressor can make nothing; nobody but the two of them reads these names.

use std::collections::BTreeMap;

use anyhow::Result;

use super::wasm::{EXPORTS, IMPORTS, Section, named, put_counted, put_number};

/// Shorter ones would be in other words of the script, and gain nothing.
const LONG: usize = 12;

/// Renames imports and exports in both.
pub(super) fn shorten(sections: &mut [Section], script: &mut String) -> Result<()> {
    let mut short = BTreeMap::new();
    for section in sections.iter_mut().filter(|section| matches!(section.id, IMPORTS | EXPORTS)) {
        let all = named(section)?;
        let mut content = Vec::new();
        put_number(&mut content, all.len());
        for one in all {
            for name in &one.names {
                put_counted(&mut content, short_for(&mut short, name).as_bytes());
            }
            content.extend_from_slice(one.rest);
        }
        section.content = content;
    }
    *script = renamed(script, &short);
    Ok(())
}

/// The short name for this one, always the same.
fn short_for(short: &mut BTreeMap<String, String>, name: &str) -> String {
    if name.len() < LONG {
        return name.to_owned();
    }
    let number = short.len();
    short.entry(name.to_owned()).or_insert_with(|| letters(number)).clone()
}

/// `a` to `z`, `A` to `Z`, `aa` and so on.
fn letters(number: usize) -> String {
    let letter = char::from(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 52]);
    let before = if number >= 52 { letters(number / 52 - 1) } else { String::new() };
    format!("{before}{letter}")
}

/// The script with these words replaced, and only whole words. A word is also the file that a module comes from.
fn renamed(script: &str, short: &BTreeMap<String, String>) -> String {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || "_$./-".contains(c);
    let mut renamed = String::with_capacity(script.len());
    let mut rest = script;
    while let Some(start) = rest.find(is_inside) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|c| !is_inside(c)).unwrap_or(from.len()));
        renamed.push_str(before);
        // `wasm.name` is two words, `./name.js` is one.
        let known = |word| short.get(word).map_or(word, String::as_str);
        let parts =
            if short.contains_key(word) { vec![known(word)] } else { word.split('.').map(known).collect() };
        renamed.push_str(&parts.join("."));
        rest = after;
    }
    renamed.push_str(rest);
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::wasm;

    #[test]
    fn both_sides_are_told() {
        let mut imports = Vec::new();
        put_number(&mut imports, 2);
        for name in ["__wbg_alert_0123456789abcdef", "__wbg_alert_0123456789abcdef_2"] {
            put_counted(&mut imports, b"./client_bg.js");
            put_counted(&mut imports, name.as_bytes());
            imports.extend([0, 7]);
        }
        let mut exports = vec![1];
        put_counted(&mut exports, b"main");
        exports.extend([0, 9]);
        let mut sections =
            [Section { id: IMPORTS, content: imports }, Section { id: EXPORTS, content: exports }];
        let mut script = r#"x={"./client_bg.js":{__wbg_alert_0123456789abcdef:a=>0,__wbg_alert_0123456789abcdef_2(){}}};wasm.main(1./2);let é="./other.js""#.to_owned();
        shorten(&mut sections, &mut script).unwrap();
        assert_eq!(script, r#"x={"a":{b:a=>0,c(){}}};wasm.main(1./2);let é="./other.js""#);
        let names: Vec<_> = wasm::named(&sections[0]).unwrap().into_iter().map(|one| one.names).collect();
        assert_eq!(names, [["a", "b"], ["a", "c"]]);
        assert_eq!(wasm::named(&sections[1]).unwrap()[0].names, ["main"]);
    }

    #[test]
    fn letters_never_end() {
        let all: std::collections::BTreeSet<_> = (0..3_000).map(letters).collect();
        assert_eq!(all.len(), 3_000);
        assert_eq!([letters(0), letters(51), letters(52), letters(104)], ["a", "Z", "aa", "ba"]);
    }
}
