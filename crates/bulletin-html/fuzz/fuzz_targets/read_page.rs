//! Fuzzes the parser of bulletin pages. The checked invariants are in `invariants.rs`.

#![no_main]

#[allow(dead_code)]
#[path = "../invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|body: &[u8]| invariants::of_page(body));
