//! Panics as errors, so that a panic in one record of a batch does not affect the others.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;

/// Runs this work.
///
/// # Errors
/// The panic's message if the work panics. The work is dropped then, which releases everything that it held.
pub async fn caught<T>(work: impl Future<Output = T>) -> Result<T, String> {
    let mut work = pin!(work);
    poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Err(said(panic.as_ref())).into(),
        },
    )
    .await
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_the_rest_goes_on() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let results = runtime.map(|runtime| {
            runtime.block_on(async {
                let mut results = Vec::new();
                for number in 0..3 {
                    results.push(
                        caught(async {
                            tokio::task::yield_now().await;
                            assert!(number != 1, "number {number} panics");
                            number
                        })
                        .await,
                    );
                }
                results
            })
        });
        assert_eq!(
            results.ok(),
            Some(vec![Ok(0), Err("number 1 panics".into()), Ok(2)])
        );
    }
}
