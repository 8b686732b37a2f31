//! Fuzzes `holdline_server::fuzzing::hook_url`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdline_server::fuzzing::hook_url(bytes));
