//! The one HTTP client of every AWS service: TLS, a small bundle of root certificates, time limits and
//! adaptive retries. Start at [`sdk_config`].

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::config::{ConfigError, Environment};

/// The certificate authorities of AWS's endpoints (Amazon Trust Services). Reading the system's whole bundle
/// would take longer than the rest of a Lambda's start.
const AMAZON_ROOTS: &[u8] = include_bytes!("../roots/amazon.pem");

/// The time limit for opening a connection.
const CONNECT: Duration = Duration::from_secs(3);
/// The time limit of one attempt.
const ATTEMPT: Duration = Duration::from_secs(5);
/// The time limit of a call with all its attempts.
const CALL: Duration = Duration::from_secs(25);
/// The number of attempts of a call. The pauses between them adapt to throttling.
const ATTEMPTS: u32 = 6;
/// The longest pause before the second attempt. It doubles with each attempt; the actual pause is a random
/// share of it.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// The upper limit of a pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// The configuration shared by the clients of all AWS services, from a Lambda's environment: `AWS_REGION`,
/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, optionally `AWS_SESSION_TOKEN`, and `AWS_ENDPOINT_URL` if
/// the endpoint is not AWS itself.
///
/// # Errors
/// [`ConfigError`].
pub fn sdk_config(environment: &Environment) -> Result<SdkConfig, ConfigError> {
    let credentials = Credentials::new(
        environment.required("AWS_ACCESS_KEY_ID")?,
        environment.required("AWS_SECRET_ACCESS_KEY")?,
        environment.optional("AWS_SESSION_TOKEN").map(str::to_owned),
        None,
        "the Lambda's environment",
    );
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(CONNECT)
        .operation_attempt_timeout(ATTEMPT)
        .operation_timeout(CALL)
        .build();
    let mut config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new(environment.required("AWS_REGION")?.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(http_client()?)
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .time_source(aws_smithy_async::time::SystemTimeSource::new())
        .timeout_config(timeouts)
        .retry_config(
            RetryConfig::adaptive()
                .with_max_attempts(ATTEMPTS)
                .with_initial_backoff(FIRST_PAUSE)
                .with_max_backoff(LONGEST_PAUSE),
        );
    if let Some(endpoint) = environment.optional("AWS_ENDPOINT_URL") {
        config = config.endpoint_url(endpoint);
    }
    Ok(config.build())
}

/// The HTTP client of every AWS service: TLS on ring, with the certificate authorities of AWS's endpoints.
///
/// # Errors
/// [`ConfigError`] if the certificates cannot be read.
pub fn http_client() -> Result<SharedHttpClient, ConfigError> {
    let tls = TlsContext::builder()
        .with_trust_store(TrustStore::empty().with_pem_certificate(AMAZON_ROOTS))
        .build()
        .map_err(|error| ConfigError::Wrong {
            name: "AWS_REGION",
            reason: error.to_string(),
        })?;
    Ok(aws_smithy_http_client::Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https())
}
