//! Fuzzes the parser of index pages. The checked invariants are in `invariants.rs`.

#![no_main]

#[allow(dead_code)]
#[path = "../invariants.rs"]
mod invariants;

libfuzzer_sys::fuzz_target!(|body: &[u8]| invariants::of_index(body));
