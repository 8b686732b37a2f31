//! Fuzzes `holdline_server::fuzzing::poll_form`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdline_server::fuzzing::poll_form(bytes));
