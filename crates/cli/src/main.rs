//! The `bulletin` command. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    visa_bulletin::run()
}
