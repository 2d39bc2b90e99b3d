//! The harness of the AWS tests: an emulator and DynamoDB Local as separate processes on free ports of this
//! machine, which end with the test in any case. Start at [`Deployment`](deployment::Deployment).

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

/// Runs the future of a test to its end.
///
/// # Panics
/// If the test panics.
pub fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(test)
}
