use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::port::PageLink;

/// A bulletin's page and what is to be done with it. There is one for a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The page.
    pub link: PageLink,
    /// What is to be done.
    pub state: LinkState,
    /// How often in a row it could not be read.
    pub failures: u32,
    /// What happened last, in words.
    pub note: String,
}

/// What is to be done with a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LinkState {
    /// It is to be read from this instant on.
    Due {
        /// From when.
        at: DateTime<Utc>,
    },
    /// It waits in the queue. If nothing is heard of it until then, it is due again.
    Queued {
        /// Until when.
        until: DateTime<Utc>,
    },
    /// It was read and stored whole.
    Done {
        /// When it is due again, for the bulletins in force and to come.
        again: Option<DateTime<Utc>>,
    },
    /// It was read and refused. An operator should look; the message is kept among the dead letters.
    Dead {
        /// When it is looked at again by itself, for the bulletins in force and to come.
        again: Option<DateTime<Utc>>,
    },
}

impl LinkState {
    /// From when on it may be claimed; `None` for never by itself.
    pub fn due_from(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Due { at } => Some(*at),
            Self::Queued { until } => Some(*until),
            Self::Done { again } | Self::Dead { again } => *again,
        }
    }

    /// Whether it may be claimed now.
    pub fn is_due(&self, now: DateTime<Utc>) -> bool {
        self.due_from().is_some_and(|from| from <= now)
    }

    /// The name in data.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Due { .. } => "due",
            Self::Queued { .. } => "queued",
            Self::Done { .. } => "done",
            Self::Dead { .. } => "dead",
        }
    }
}

/// How long to leave a blocked source alone after so many failures in a row: five minutes, doubled each time, at
/// most three hours, so that a bulletin is never found later than that after the source opens again.
pub fn backoff(failures: u32) -> Duration {
    Duration::minutes(5 << failures.saturating_sub(1).min(6)).min(Duration::hours(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backoff_doubles_and_ends_at_three_hours() {
        let minutes: Vec<i64> = (1..=8).map(|failures| backoff(failures).num_minutes()).collect();
        assert_eq!(minutes, [5, 10, 20, 40, 80, 160, 180, 180]);
        assert_eq!(backoff(u32::MAX), Duration::hours(3));
        assert_eq!(backoff(0), Duration::minutes(5));
    }
}
