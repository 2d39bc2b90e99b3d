//! What the tests of the Lambdas share.

#![expect(clippy::unwrap_used, reason = "a test stops where something goes wrong")]

use serde_json::Value;

use crate::config::{ConfigError, Environment};

/// Holds the variables that a Lambda reads against those that its template sets, which the template's own tests hold
/// against the same list.
///
/// # Panics
/// Where they differ, or a variable with nonsense in it is read without complaint.
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
    // The log's level is read before everything else, and stops nothing.
    for name in names("optional").iter().filter(|name| *name != "LOG_LEVEL") {
        let wrong = complete.into_iter().chain([(name.as_str(), "nonsense")]);
        let error = read(&Environment::of(wrong)).unwrap_err();
        assert!(matches!(error, ConfigError::Wrong { name: read, .. } if read == name));
    }
}
