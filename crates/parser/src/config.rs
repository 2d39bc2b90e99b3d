//! The configuration of the parser. Its variables are read once, at the start.

use aws::clock::LambdaClock;
use aws::config::{ConfigError, Environment, Tables};
use web_source::WebConfig;

/// The parser's configuration from its environment.
#[derive(Debug, Clone)]
pub struct Config {
    /// `DATA_TABLE`, `LINKS_TABLE` and `MARKS_TABLE`.
    pub tables: Tables,
    /// `SOURCE_HOSTS` (separated by commas), `SOURCE_CONTACT`, and `ALLOW_OTHER_HOSTS` to permit hosts
    /// outside `state.gov`.
    pub source: WebConfig,
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
            source: WebConfig::impatient(
                environment.list("SOURCE_HOSTS")?,
                environment.required("SOURCE_CONTACT")?.to_owned(),
                environment.switch("ALLOW_OTHER_HOSTS")?,
            ),
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
        (
            "SOURCE_HOSTS",
            "https://travel.state.gov, https://adoption.state.gov",
        ),
        ("SOURCE_CONTACT", "operator@example.com"),
    ];

    #[test]
    fn the_variables_are_those_that_the_template_sets() {
        assert_variables("parser", COMPLETE, |environment| {
            Config::of(environment).map(drop)
        });
    }
}
