//! The clock of a Lambda. Replays of past months can set it back.

use chrono::{DateTime, Duration, Utc};
use pipeline::port::Clock;

use crate::config::{ConfigError, Environment};

/// The time of this machine or, in a replay, a clock that started at another instant and runs at the same
/// speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LambdaClock {
    ahead: Duration,
}

impl LambdaClock {
    /// The clock that the environment configures: the machine's, unless `AS_OF` sets an instant
    /// (`2024-03-13T12:00:00Z`) at which the clock starts now. For sample pages and tests; no deployment on
    /// AWS sets it.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] if `AS_OF` is not an instant.
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
