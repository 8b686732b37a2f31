//! The seeds of `fuzz/`, among them every input that a fuzzer found fault with: no parser panics.

use std::fs;
use std::path::Path;

use holdline_server::fuzzing::TARGETS;

#[test]
fn parsers_accept_or_refuse_every_seed() {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/seeds");
    for (name, parse) in TARGETS.iter().copied() {
        let inputs: Vec<_> =
            fs::read_dir(seeds.join(name)).expect(name).map(|file| file.unwrap().path()).collect();
        assert!(!inputs.is_empty(), "{name}");
        for input in inputs {
            parse(&fs::read(input).unwrap());
        }
    }
    assert_eq!(fs::read_dir(seeds).unwrap().count(), TARGETS.len(), "each folder has its parser");
}
