use std::error::Error;
use std::fmt::Display;

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use pipeline::port::StoreError;

/// What AWS answers when it is busy or has too much to do. Trying again later helps.
const PASSING: [&str; 14] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "KmsThrottled",
    "LimitExceededException",
    "OverLimit",
    "ProvisionedThroughputExceeded",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ServiceUnavailable",
    "Throttled",
    "ThrottlingError",
    "TransactionInProgressException",
];

/// Whether an error's code says that trying again later helps.
pub(crate) fn is_passing(code: &str) -> bool {
    PASSING.contains(&code) || code.starts_with("Throttl")
}

/// What AWS's answer, or the lack of one, means for whoever asked.
pub(crate) fn store_error<E>(what: &str, error: &SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let (what, reason) = (what.to_owned(), DisplayErrorContext(error).to_string());
    if is_refusal(error) {
        StoreError::Broken { what, reason }
    } else {
        StoreError::Unavailable { what, reason }
    }
}

/// Whether AWS answered that it will not do this, now or later: then it is certain that nothing was done.
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

/// Whether AWS answered, and its answer says that nothing was done: it refused, or it is throttling.
pub(crate) fn is_certain<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    match error {
        SdkError::ConstructionFailure(_) => true,
        SdkError::ServiceError(answer) => answer.raw().status().as_u16() < 500,
        _ => false,
    }
}

/// A stored value that is none of ours.
pub(crate) fn unreadable(what: &str, error: impl Display) -> StoreError {
    StoreError::Broken {
        what: format!("{what} in the table"),
        reason: error.to_string(),
    }
}
