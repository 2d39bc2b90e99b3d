//! The topics that alerts of a deployment are sent to. Start with [`topics`].

use aws::SnsTopics;
use aws::reason::reason;
use aws_types::SdkConfig;

use crate::Deployment;
use crate::replay::ReplayError;

/// The topics of a deployment's alerts.
///
/// # Errors
/// [`ReplayError::NoTopics`] if they do not exist.
pub async fn topics(deployment: &Deployment, config: &SdkConfig) -> Result<SnsTopics, ReplayError> {
    let client = aws_sdk_sns::Client::new(config);
    let name = format!("{}BULLETINS", deployment.topics());
    let mut pages = client.list_topics().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| ReplayError::Topics(reason(&error)))?;
        let arns = page.topics().iter().filter_map(|topic| topic.topic_arn());
        for arn in arns {
            if let Some(before) = arn.strip_suffix(&name)
                && before.ends_with(':')
            {
                let prefix = format!("{before}{}", deployment.topics());
                return Ok(SnsTopics::new(client, prefix));
            }
        }
    }
    Err(ReplayError::NoTopics(name))
}
