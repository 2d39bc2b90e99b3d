//! The classification of AWS errors: transient, refused, or of unknown effect. Start at [`store_error`].

use std::error::Error;
use std::fmt::Display;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use pipeline::port::StoreError;

pub(crate) use crate::reason::is_passing;
use crate::reason::reason;

/// The [`StoreError`] for an error answer of AWS, or for a missing answer.
pub(crate) fn store_error<E>(what: &str, error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (what, reason) = (what.to_owned(), reason(error));
    if is_refusal(error) {
        StoreError::Broken { what, reason }
    } else {
        StoreError::Unavailable { what, reason }
    }
}

/// True if AWS refused the request permanently. It is then certain that the request had no effect.
pub(crate) fn is_refusal<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => true,
        SdkError::ServiceError(answer) => {
            let status = answer.raw().status().as_u16();
            status < 500 && status != 429 && !answer.err().code().is_some_and(is_passing)
        }
        _ => false,
    }
}

/// True if AWS answered that the request had no effect: it was refused or throttled.
pub(crate) fn is_certain<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => true,
        SdkError::ServiceError(answer) => answer.raw().status().as_u16() < 500,
        _ => false,
    }
}

/// The error for a stored value that this program did not write.
pub(crate) fn unreadable(what: &str, error: impl Display) -> StoreError {
    StoreError::Broken {
        what: format!("{what} in the table"),
        reason: error.to_string(),
    }
}
