//! How AWS, or what stands in its place, is reached: with the credentials that AWS's own tools would use.

use std::time::Duration;

use aws::config::ConfigError;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_types::SdkConfig;

/// How long AWS may take to answer one attempt.
const ATTEMPT: Duration = Duration::from_secs(20);

/// What is said of the way to AWS; the rest comes from the environment and AWS's configuration files.
#[derive(Debug, Clone, Default)]
pub struct Connection {
    /// The profile of the configuration files.
    pub profile: Option<String>,
    /// The region.
    pub region: Option<String>,
    /// Another service in place of AWS.
    pub endpoint_url: Option<String>,
}

/// Why AWS cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConnectError {
    /// Nobody says in which region.
    #[error("nobody says in which region the deployment is. Write --region us-east-1, or set AWS_REGION")]
    NoRegion,
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Client(#[from] ConfigError),
}

impl Connection {
    /// What clients are made from. Nothing is asked of AWS yet, unless a profile says that credentials come from it.
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
