//! Test helpers of the Lambdas.

#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use serde_json::Value;

use crate::config::{ConfigError, Environment};

/// Compares the variables that a Lambda reads with a list of the variables that its template sets. The
/// template's tests compare the template with the same list.
///
/// # Panics
/// If they differ, if a missing variable is not named, or if an invalid value of a variable is accepted.
pub fn assert_variables<const COUNT: usize>(
    lambda: &str,
    complete: [(&'static str, &'static str); COUNT],
    read: impl Fn(&Environment) -> Result<(), ConfigError>,
) {
    let list = include_str!("../../../infra-cdk/environment.json");
    let list: Value = serde_json::from_str(list).unwrap();
    let names = |kind: &str| -> Vec<String> {
        let names = list[lambda][kind].as_array().unwrap();
        names
            .iter()
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    let mut required = complete.map(|(name, _)| name);
    required.sort_unstable();
    assert_eq!(names("required"), required);
    assert_eq!(read(&Environment::of(complete)), Ok(()));
    for (missing, _) in complete {
        let rest = complete.into_iter().filter(|(name, _)| *name != missing);
        assert_eq!(read(&Environment::of(rest)), Err(ConfigError::Missing(missing)));
    }
    // `LOG_LEVEL` is read before all other variables, and no value of it stops the start.
    for name in names("optional").iter().filter(|name| *name != "LOG_LEVEL") {
        let wrong = complete.into_iter().chain([(name.as_str(), "nonsense")]);
        let error = read(&Environment::of(wrong)).unwrap_err();
        assert!(matches!(error, ConfigError::Wrong { name: read, .. } if read == name));
    }
}
