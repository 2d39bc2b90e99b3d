//! Creates, describes, counts, scans, truncates and drops the tables of a deployment. Excludes the meaning of
//! items. Start with [`create()`] and [`describe()`].

mod condition;
mod count;
mod create;
mod describe;
mod item;
mod remove;
mod scan;
mod shape;
#[cfg(test)]
mod tests;

use std::error::Error;

use aws_sdk_dynamodb::error::{BuildError, ProvideErrorMetadata, SdkError};

pub use count::{Count, count};
pub use create::{Created, create};
pub use describe::{Description, Listed, describe, list};
pub use item::{Item, PRICE_OF_A_WRITE_UNIT, as_json, size};
pub use remove::{Removal, drop_table, refuse_protected, removal, truncate};
pub use scan::{Wanted, scan};
pub use shape::{TableKind, definition};

/// The reason why a table operation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// AWS refused the call.
    #[error("{table}: {call} failed: {reason}")]
    Refused {
        /// The table.
        table: String,
        /// The call.
        call: &'static str,
        /// The error of AWS.
        reason: String,
    },
    /// There is no such table.
    #[error(
        "the table {0} does not exist. Check --stage and --region; `bulletin table create` creates the tables of a stage"
    )]
    Absent(String),
    /// Its deletion protection is on.
    #[error(
        "{0} is protected against deletion. To delete it, remove the protection first: aws dynamodb update-table \
         --table-name {0} --no-deletion-protection-enabled"
    )]
    Protected(String),
    /// A table of this name exists with a different shape.
    #[error(
        "the table {table} exists, and is not a table of this program: its {what}. Nothing was changed; choose another \
         stage, or drop the table"
    )]
    Otherwise {
        /// The table.
        table: String,
        /// The difference.
        what: String,
    },
    /// It did not become ready.
    #[error("{table} is still {status} after {seconds} seconds. Run the command again to continue waiting")]
    NotReady {
        /// The table.
        table: String,
        /// Its status.
        status: String,
        /// The time waited, in seconds.
        seconds: u64,
    },
    /// DynamoDB repeatedly left items unprocessed.
    #[error("{0} is throttled. Run the command again; it continues where it stopped")]
    Throttled(String),
}

impl TableError {
    fn unbuilt(table: &str, call: &'static str, error: &BuildError) -> Self {
        Self::Refused {
            table: table.to_owned(),
            call,
            reason: error.to_string(),
        }
    }

    fn refused<E, R>(table: &str, call: &'static str, error: &SdkError<E, R>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
        R: std::fmt::Debug + Send + Sync + 'static,
    {
        if error.code() == Some("ResourceNotFoundException") {
            return Self::Absent(table.to_owned());
        }
        Self::Refused {
            table: table.to_owned(),
            call,
            reason: aws::reason::reason(error),
        }
    }
}
