//! The errors of reading and changing subscriptions.

use std::error::Error;

use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use bulletin::Endpoint;

use crate::reason::reason;

/// The reason why subscriptions cannot be read or changed. Addresses are masked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SubscribeError {
    /// There is no deployment in this account and region.
    #[error(
        "no alert topics found in this account and region. Deploy first, check --profile and --region, or name the \
         topics with --topic-prefix"
    )]
    NoDeployment,
    /// There is more than one deployment in this account and region.
    #[error(
        "there is more than one deployment in this account and region. Choose one with --topic-prefix: {}",
        prefixes.join(", ")
    )]
    SeveralDeployments {
        /// The ARN prefix of each deployment's topics.
        prefixes: Vec<String>,
    },
    /// No deployment has this prefix.
    #[error("no alert topic has an ARN that begins with {prefix}")]
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
