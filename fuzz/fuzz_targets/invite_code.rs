//! Fuzzes `holdline_server::fuzzing::invite_code`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdline_server::fuzzing::invite_code(bytes));
