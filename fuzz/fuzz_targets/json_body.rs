//! Fuzzes `holdline_server::fuzzing::json_body`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdline_server::fuzzing::json_body(bytes));
