//! The connection to AWS or to an emulator, with the credentials that the AWS CLI would use. Excludes the clients
//! of each service. Start with [`Connection::open`].

use std::time::Duration;

use aws::config::ConfigError;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_types::SdkConfig;

/// The timeout of one attempt.
const ATTEMPT: Duration = Duration::from_secs(20);

/// The connection settings of the command line; the rest comes from the environment and the AWS configuration
/// files.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// A profile of the configuration files.
    pub profile: Option<String>,
    /// The AWS region.
    pub region: Option<String>,
    /// The endpoint of an emulator.
    pub endpoint_url: Option<String>,
}

/// The reason why no connection can be configured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// No region is configured.
    #[error("no AWS region configured: pass --region, for example --region us-east-1, or set AWS_REGION")]
    NoRegion,
    /// The HTTP client cannot be built.
    #[error(transparent)]
    Client(#[from] ConfigError),
}

impl Connection {
    /// Loads the configuration for the clients. Makes no call to AWS, unless a profile gets its credentials from
    /// there.
    ///
    /// # Errors
    /// [`ConnectError`].
    pub async fn open(&self) -> Result<SdkConfig, ConnectError> {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT)
            .build();
        let mut loader = aws_config::defaults(BehaviorVersion::v2026_01_12())
            .http_client(aws::client::http_client()?)
            .timeout_config(timeouts);
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(endpoint) = &self.endpoint_url {
            loader = loader.endpoint_url(endpoint);
        }
        let config = loader.load().await;
        if config.region().is_none() {
            return Err(ConnectError::NoRegion);
        }
        Ok(config)
    }
}
