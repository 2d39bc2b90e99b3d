//! The errors of reading and changing subscriptions.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use bulletin::Endpoint;

/// The reason why subscriptions cannot be read or changed. Addresses are masked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// There is no deployment in this account and region.
    #[error(
        "no topics of alerts are in this account and region. Deploy them first, look at --profile and --region, or say \
         what their ARNs begin with: --topic-prefix"
    )]
    NoDeployment,
    /// There is more than one deployment in this account and region.
    #[error(
        "there is more than one deployment in this account and region. Say which with --topic-prefix, one of {}",
        prefixes.join(", ")
    )]
    SeveralDeployments {
        /// The ARN prefix of each deployment's topics.
        prefixes: Vec<String>,
    },
    /// No deployment has this prefix.
    #[error("no topic of alerts has an ARN that begins with {prefix}")]
    NoTopics {
        /// The prefix.
        prefix: String,
    },
    /// The topic or the account has reached its quota of filter policies.
    #[error(
        "{what}: there are as many filter policies as AWS allows (by default {} for each topic). Ask AWS for more \
         under Service Quotas, Amazon SNS",
        super::FILTERED_PER_TOPIC
    )]
    NoRoom {
        /// The action that failed.
        what: String,
    },
    /// No AWS credentials are configured.
    #[error(
        "no credentials for AWS are found. Sign in, name a profile that is there with --profile, or set \
         AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )]
    NoCredentials,
    /// AWS refused the request or did not answer.
    #[error("{what}: {reason}")]
    Aws {
        /// The action that failed.
        what: String,
        /// The answer of AWS.
        reason: String,
    },
}

/// The error for a failed request that concerns this address.
pub(super) fn failed<E>(
    what: &str,
    error: &SdkError<E, HttpResponse>,
    about: Option<&Endpoint>,
) -> SubscribeError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    if has_no_credentials(error) {
        return SubscribeError::NoCredentials;
    }
    let code = match error {
        SdkError::ServiceError(answer) => answer.err().code().unwrap_or_default(),
        _ => "",
    };
    if code.starts_with("FilterPolicyLimitExceeded") {
        return SubscribeError::NoRoom { what: what.into() };
    }
    let reason = reason(error);
    SubscribeError::Aws {
        what: what.into(),
        // AWS quotes the refused value, which may be the address.
        reason: match about {
            Some(endpoint) => reason.replace(endpoint.revealed(), &endpoint.masked()),
            None => reason,
        },
    }
}

fn has_no_credentials(error: &(dyn Error + 'static)) -> bool {
    match error.downcast_ref::<CredentialsError>() {
        Some(CredentialsError::CredentialsNotLoaded(_)) => true,
        _ => error.source().is_some_and(has_no_credentials),
    }
}

/// The answer of AWS, or the reason why there is none, in one line.
pub(super) fn reason<E>(error: &SdkError<E, HttpResponse>) -> String
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    if let SdkError::ServiceError(answer) = error {
        let code = answer.err().code().unwrap_or("no code");
        return match answer.err().message() {
            Some(message) => format!("{message} ({code})"),
            None => format!("AWS answers {} ({code})", answer.raw().status().as_u16()),
        };
    }
    let mut reasons = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        reasons.push(cause.to_string());
        source = cause.source();
    }
    reasons.dedup();
    reasons.join(": ")
}

#[cfg(test)]
mod tests {
    use aws_sdk_sns::error::ErrorMetadata;
    use aws_sdk_sns::operation::subscribe::SubscribeError as Refusal;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn refusal(code: &str, message: &str) -> SdkError<Refusal, HttpResponse> {
        let metadata = ErrorMetadata::builder().code(code).message(message).build();
        let status = StatusCode::try_from(400).unwrap();
        SdkError::service_error(
            Refusal::generic(metadata),
            HttpResponse::new(status, SdkBody::empty()),
        )
    }

    #[test]
    fn what_aws_repeats_of_an_address_is_masked() {
        let phone = Endpoint::new("sms", "+12025550100");
        let error = refusal(
            "InvalidParameter",
            "Invalid parameter: Invalid SMS endpoint: +12025550100",
        );
        assert_eq!(
            failed("nothing is subscribed", &error, Some(&phone)).to_string(),
            "nothing is subscribed: Invalid parameter: Invalid SMS endpoint: +1******0100 (InvalidParameter)"
        );
        let error = SdkError::<Refusal, HttpResponse>::construction_failure("what about +12025550100?");
        let told = failed("nothing is subscribed", &error, Some(&phone)).to_string();
        assert!(
            told.contains("+1******0100") && !told.contains("5550100"),
            "{told}"
        );
    }

    #[test]
    fn a_topic_that_is_full_is_said_so() {
        let error = refusal("FilterPolicyLimitExceeded", "Filter policy limit exceeded");
        let told = failed("nothing is subscribed", &error, None).to_string();
        assert!(
            told.contains("200 for each topic") && told.contains("Service Quotas"),
            "{told}"
        );
    }
}
