//! Fuzzes `holdline_server::fuzzing::names`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdline_server::fuzzing::names(bytes));
