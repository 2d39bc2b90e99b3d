//! The clock of a Lambda, which can be set back for replays.

use chrono::{DateTime, Duration, Utc};
use pipeline::port::Clock;

use crate::config::{ConfigError, Environment};

/// The time of this machine, or, for a replay of days gone by, one that runs as fast from another instant on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LambdaClock {
    ahead: Duration,
}

impl LambdaClock {
    /// The clock that the environment asks for: that of this machine, unless `AS_OF` names an instant
    /// (`2024-03-13T12:00:00Z`) that it shows now. For sample pages and tests; no deployment on AWS sets it.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] where `AS_OF` is no instant.
    pub fn of(environment: &Environment) -> Result<Self, ConfigError> {
        const NAME: &str = "AS_OF";
        let Some(text) = environment.optional(NAME) else {
            return Ok(Self {
                ahead: Duration::zero(),
            });
        };
        let as_of: DateTime<Utc> = text.parse().map_err(|error| ConfigError::Wrong {
            name: NAME,
            reason: format!("{error}; write an instant like 2024-03-13T12:00:00Z"),
        })?;
        tracing::warn!(as_of = text, "The clock is set for a replay.");
        Ok(Self {
            ahead: as_of - Utc::now(),
        })
    }
}

impl Clock for LambdaClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + self.ahead
    }
}
