//! The reason why a call to AWS failed, in one sentence with the remedy. Excludes the classification of errors, see
//! `error`. Start with [`reason`].

use std::error::Error;
use std::fmt::Debug;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// The error codes of an AWS service that is busy or throttles. A later retry can succeed.
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

/// True if a later retry can succeed after an error with this code.
pub(crate) fn is_passing(code: &str) -> bool {
    PASSING.contains(&code) || code.starts_with("Throttl")
}

/// The codes of expired credentials.
const EXPIRED: [&str; 4] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "TokenRefreshRequired",
];
/// The codes of credentials that AWS does not accept.
const NOT_ACCEPTED: [&str; 9] = [
    "AuthFailure",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
];
/// The codes of a missing permission.
const DENIED: [&str; 5] = [
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "UnauthorizedOperation",
];
/// The codes of a fault in AWS.
const FAULTS: [&str; 4] = [
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "ServiceUnavailable",
];

/// The reason why a call failed, with the remedy if there is a usual one. It is one line.
pub fn reason<E, R>(error: &SdkError<E, R>) -> String
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    R: Debug + Send + Sync + 'static,
{
    if let Some(credentials) = credentials_error(error) {
        return no_credentials(credentials);
    }
    let text = match error {
        SdkError::ServiceError(_) => answer(error.code(), error.message()),
        SdkError::TimeoutError(_) => {
            "AWS did not answer in time. Check the network connection and the region".to_owned()
        }
        SdkError::DispatchFailure(_) => format!(
            "cannot connect to AWS: {}. Check the network connection, the region and the endpoint URL",
            innermost(error)
        ),
        SdkError::ResponseError(_) => format!(
            "the answer is not from AWS: {}. Check the endpoint URL",
            innermost(error)
        ),
        _ => innermost(error),
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The sentence for an error that AWS answered.
fn answer(code: Option<&str>, message: Option<&str>) -> String {
    let said = match (message.filter(|message| !message.is_empty()), code) {
        (Some(message), Some(code)) => format!("{} ({code})", message.trim_end_matches('.')),
        (Some(message), None) => message.trim_end_matches('.').to_owned(),
        (None, Some(code)) => code.to_owned(),
        (None, None) => "AWS answered with an error that has no code".into(),
    };
    let Some(code) = code else { return said };
    if EXPIRED.contains(&code) {
        format!("the AWS credentials have expired ({code}). Sign in again, for example with `aws sso login`")
    } else if NOT_ACCEPTED.contains(&code) {
        format!(
            "AWS does not accept the credentials: {said}. Check the access key, the profile and the clock"
        )
    } else if DENIED.contains(&code) {
        format!("access denied: {said}. Use credentials that have this permission")
    } else if code == "ResourceNotFoundException" {
        "it does not exist. Check the stage, the region and the account; `bulletin table create` creates the tables of \
         a stage"
            .into()
    } else if FAULTS.contains(&code) {
        format!("AWS has an internal error: {said}. Try again in a minute")
    } else if is_passing(code) {
        format!("AWS throttles the requests: {said}. Try again in a minute")
    } else {
        said
    }
}

fn no_credentials(error: &CredentialsError) -> String {
    match error {
        CredentialsError::CredentialsNotLoaded(_) => {
            "no AWS credentials found. Sign in, choose a profile with --profile, or set AWS_ACCESS_KEY_ID and \
             AWS_SECRET_ACCESS_KEY"
                .into()
        }
        _ => format!(
            "cannot load the AWS credentials: {}. Sign in again, for example with `aws sso login`, or choose another \
             profile with --profile",
            innermost(error)
        ),
    }
}

fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    match error.downcast_ref() {
        Some(found) => Some(found),
        None => credentials_error(error.source()?),
    }
}

/// The last cause of an error: the outer ones only name layers of the client.
fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_with_its_remedy() {
        for (code, says) in [
            ("ExpiredTokenException", "aws sso login"),
            ("UnrecognizedClientException", "Check the access key"),
            (
                "AccessDeniedException",
                "Use credentials that have this permission",
            ),
            ("ResourceNotFoundException", "Check the stage"),
            ("ThrottlingException", "throttles"),
            ("InternalServerError", "internal error"),
            ("ValidationException", "not valid (ValidationException)"),
        ] {
            let text = answer(Some(code), Some("not valid."));
            assert!(text.contains(says), "{code}: {text}");
        }
    }
}
