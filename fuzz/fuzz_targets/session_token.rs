//! Fuzzes `holdline_server::fuzzing::session_token`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdline_server::fuzzing::session_token(bytes));
