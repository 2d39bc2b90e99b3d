//! The end of a Lambda's time, a little before it is killed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, timeout_at};

/// What is left for the answer when the work is stopped.
const RESERVE: Duration = Duration::from_secs(2);

/// When work must stop, so that what was done can still be answered.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// Shortly before this many milliseconds since 1970, as the Lambda runtime says when it kills.
    pub fn before(epoch_milliseconds: u64) -> Self {
        let end = UNIX_EPOCH + Duration::from_millis(epoch_milliseconds);
        let left = end.duration_since(SystemTime::now()).unwrap_or_default();
        Self(Instant::now() + left.saturating_sub(RESERVE))
    }

    /// Does this work; `None` where the time ran out first, and the work was stopped wherever it was.
    pub async fn within<T>(self, work: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.0, work).await.ok()
    }
}
