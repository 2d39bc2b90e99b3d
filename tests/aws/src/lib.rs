//! What the tests of the AWS side run against: an emulator and DynamoDB Local as processes of their own, on free ports
//! of this machine, which end with the test however it ends.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "this crate is all tests; what goes wrong in it should stop the test at once"
)]

pub mod deployment;
pub mod emulator;
mod event;
pub mod http;
pub mod lambda;
pub mod play;
pub mod process;
pub mod proxy;
pub mod site;
pub mod table;

/// Runs a test's future to its end.
///
/// # Panics
/// When the test does.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test)
}
