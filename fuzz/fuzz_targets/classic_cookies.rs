//! Fuzzes `holdline_server::fuzzing::classic_cookies`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| holdline_server::fuzzing::classic_cookies(bytes));
