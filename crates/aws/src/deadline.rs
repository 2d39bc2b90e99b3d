//! The deadline of a Lambda invocation: slightly before the runtime kills it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::{Instant, timeout_at};

/// The time reserved for the answer after the work stops.
const RESERVE: Duration = Duration::from_secs(2);

/// The instant at which work must stop, so that the Lambda can still report its results.
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Instant);

impl Deadline {
    /// A deadline shortly before the one of the Lambda runtime, which is given in milliseconds since 1970.
    pub fn before(epoch_milliseconds: u64) -> Self {
        let end = UNIX_EPOCH + Duration::from_millis(epoch_milliseconds);
        let left = end.duration_since(SystemTime::now()).unwrap_or_default();
        Self(Instant::now() + left.saturating_sub(RESERVE))
    }

    /// Runs this work. `None` if the time ran out first: the work is then dropped at the point that it had
    /// reached.
    pub async fn within<T>(self, work: impl Future<Output = T>) -> Option<T> {
        timeout_at(self.0, work).await.ok()
    }
}
