//! The configuration of a Lambda, from environment variables. It is read once, at the start; a missing
//! variable stops the start.

use std::collections::BTreeMap;

/// The variables of the environment.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

/// A missing or invalid variable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The variable is not set, or is empty.
    #[error("the environment variable {0} is not set")]
    Missing(&'static str),
    /// The variable has an invalid value.
    #[error("the environment variable {name} is wrong: {reason}")]
    Wrong {
        /// The variable's name.
        name: &'static str,
        /// The reason why the value is invalid.
        reason: String,
    },
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// An environment with these variables.
    pub fn of<'a>(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self(variables.into_iter().map(owned).collect())
    }

    /// The value of a required variable.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] if it is not set, or is empty.
    pub fn required(&self, name: &'static str) -> Result<&str, ConfigError> {
        self.optional(name).ok_or(ConfigError::Missing(name))
    }

    /// The value of an optional variable. An empty value counts as not set.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// A boolean variable: on if it is `true`, off if it is `false` or not set.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] for any other value.
    pub fn switch(&self, name: &'static str) -> Result<bool, ConfigError> {
        match self.optional(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => Err(ConfigError::Wrong {
                name,
                reason: format!("it is \"{other}\"; write true or false"),
            }),
        }
    }

    /// A required list, separated by commas.
    ///
    /// # Errors
    /// [`ConfigError::Missing`] if it is not set, or is empty.
    pub fn list(&self, name: &'static str) -> Result<Vec<String>, ConfigError> {
        let parts = self.required(name)?.split(',').map(str::trim);
        Ok(parts.filter(|part| !part.is_empty()).map(str::to_owned).collect())
    }

    /// The names of the tables, from `DATA_TABLE`, `LINKS_TABLE` and `MARKS_TABLE`.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn tables(&self) -> Result<Tables, ConfigError> {
        Ok(Tables {
            data: self.required("DATA_TABLE")?.to_owned(),
            links: self.required("LINKS_TABLE")?.to_owned(),
            marks: self.required("MARKS_TABLE")?.to_owned(),
        })
    }
}

/// The names of the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tables {
    /// Rows, standings and bulletins: keys `pk` and `sk`, with a stream of new and old images, and an index
    /// [`BULLETIN_INDEX`](crate::BULLETIN_INDEX) on `bulletin_date` and `pk`.
    pub data: String,
    /// Links, and the last polls of the source: key `pk`.
    pub links: String,
    /// Marks of alerts: key `pk`. DynamoDB deletes an item some time after its `delete_at`.
    pub marks: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_variable_is_named() {
        let environment = Environment::of([("DATA_TABLE", "Data"), ("LINKS_TABLE", " ")]);
        let error = environment.tables().unwrap_err();
        assert_eq!(
            error.to_string(),
            "the environment variable LINKS_TABLE is not set"
        );
    }
}
