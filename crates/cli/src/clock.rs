//! The time of a run: now, or a day in the past that is replayed.

use chrono::{DateTime, NaiveDate, Utc};
use pipeline::port::Clock;

/// The time of this machine, or noon of a day that is replayed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RunClock {
    /// Now.
    System,
    /// A day in the past.
    AsOf(NaiveDate),
}

impl RunClock {
    pub(crate) fn new(as_of: Option<NaiveDate>) -> Self {
        as_of.map_or(Self::System, Self::AsOf)
    }
}

impl Clock for RunClock {
    fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            // Noon in UTC is the same day in Washington.
            Self::AsOf(day) => day.and_hms_opt(12, 0, 0).unwrap_or_default().and_utc(),
        }
    }
}
