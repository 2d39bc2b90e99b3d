//! The configuration of the notifier. Its variables are read once, at the start.

use aws::clock::LambdaClock;
use aws::config::{ConfigError, Environment, Tables};

/// The notifier's configuration from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATA_TABLE`, `LINKS_TABLE` and `MARKS_TABLE`.
    pub tables: Tables,
    /// `TOPIC_PREFIX`: the ARN prefix of the topics, which is followed by a category's code or `BULLETINS`.
    pub topics: String,
    /// `DEAD_RECORDS_URL`: the dead-letter queue of invalid records.
    pub dead_records: String,
    /// `AS_OF`, for replays.
    pub clock: LambdaClock,
}

impl Config {
    /// Reads all variables.
    ///
    /// # Errors
    /// [`ConfigError`], with the name of the missing or invalid variable.
    pub fn of(environment: &Environment) -> Result<Self, ConfigError> {
        Ok(Self {
            tables: environment.tables()?,
            topics: environment.required("TOPIC_PREFIX")?.to_owned(),
            dead_records: environment.required("DEAD_RECORDS_URL")?.to_owned(),
            clock: LambdaClock::of(environment)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use aws::testing::assert_variables;

    use super::*;

    const COMPLETE: [(&str, &str); 5] = [
        ("DATA_TABLE", "VisaBulletinData"),
        ("LINKS_TABLE", "ProcessedURLs"),
        ("MARKS_TABLE", "AlertMarks"),
        ("TOPIC_PREFIX", "arn:aws:sns:us-east-1:000000000000:VisaBulletin-"),
        ("DEAD_RECORDS_URL", "http://127.0.0.1/queue"),
    ];

    #[test]
    fn a_clock_that_cannot_be_set_stops_the_start() {
        let wrong = COMPLETE.into_iter().chain([("AS_OF", "yesterday")]);
        let error = Config::of(&Environment::of(wrong)).unwrap_err();
        assert!(matches!(error, ConfigError::Wrong { name: "AS_OF", .. }));
    }

    #[test]
    fn the_variables_are_those_that_the_template_sets() {
        assert_variables("notifier", COMPLETE, |environment| {
            Config::of(environment).map(drop)
        });
    }
}
