//! Who hears the alerts: the subscriptions of the topics, read and changed. Nothing of it runs in a Lambda.

mod endpoint;
mod error;
mod sms;
mod wanted;

pub use endpoint::Endpoint;
pub use error::SubscribeError;
pub use sms::SmsChecks;
pub use wanted::Wanted;

use aws_sdk_sns::Client;
use bulletin::Category;

use crate::topic::{BULLETINS, SnsTopics};
use error::failed;

/// How many subscriptions with a filter policy a topic may have, where AWS was not asked for more (Amazon SNS endpoints
/// and quotas: "Filter policies: 200 per topic").
pub const FILTERED_PER_TOPIC: usize = 200;
/// What the names of the topics of a deployment begin with, before its stage.
const NAMES: &str = "VisaBulletin-";

/// What stands in place of the ARN of a subscription that has ended.
const ENDED: &str = "Deleted";

/// The subscriptions of the topics of one deployment.
#[derive(Debug)]
pub struct Subscribers {
    client: Client,
    topics: SnsTopics,
    prefix: String,
}

/// One subscription of a topic.
#[derive(Debug, Clone)]
pub struct Subscriber {
    /// What SNS knows it by; `None` where it waits for confirmation, because SNS does not say it then.
    pub arn: Option<String>,
    /// Where its alerts go.
    pub endpoint: Endpoint,
}

/// What a subscription lets through.
#[derive(Debug, Clone)]
pub struct Details {
    /// Whether whoever is subscribed has still to confirm it.
    pub pending: bool,
    /// Its filter policy, read.
    pub wanted: Wanted,
}

impl Subscribers {
    /// The subscriptions of the topics whose ARNs are this prefix and a category's code, or `BULLETINS`. Nothing is
    /// asked yet.
    pub fn new(client: Client, prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        Self {
            topics: SnsTopics::new(client.clone(), prefix.clone()),
            client,
            prefix,
        }
    }

    /// The same for the only deployment of this account and region: that whose topic of whole bulletins is there.
    ///
    /// # Errors
    /// [`SubscribeError::NoDeployment`] and [`SubscribeError::SeveralDeployments`], and what AWS refuses.
    pub async fn of_only_deployment(client: Client) -> Result<Self, SubscribeError> {
        let arns = topics(&client).await?;
        let mut prefixes: Vec<&str> = arns
            .iter()
            .filter_map(|arn| arn.strip_suffix(BULLETINS))
            .filter(|prefix| {
                prefix
                    .rsplit(':')
                    .next()
                    .is_some_and(|name| name.starts_with(NAMES))
            })
            .collect();
        match (prefixes.pop(), prefixes.is_empty()) {
            (None, _) => Err(SubscribeError::NoDeployment),
            (Some(only), true) => Ok(Self::new(client, only)),
            (Some(last), false) => {
                prefixes.push(last);
                Err(SubscribeError::SeveralDeployments {
                    prefixes: prefixes.into_iter().map(str::to_owned).collect(),
                })
            }
        }
    }

    /// The ARN of a category's topic, or of that of whole bulletins.
    pub fn topic(&self, category: Option<Category>) -> String {
        self.topics.arn(category)
    }

    /// The topics that are there: of each category one, and `None` for that of whole bulletins.
    ///
    /// # Errors
    /// [`SubscribeError::NoTopics`] where there is none, and what AWS refuses.
    pub async fn topics(&self) -> Result<Vec<Option<Category>>, SubscribeError> {
        let arns = topics(&self.client).await?;
        let known = Category::ALL.iter().copied().map(Some).chain([None]);
        let there: Vec<_> = known
            .filter(|category| arns.contains(&self.topic(*category)))
            .collect();
        if there.is_empty() {
            return Err(SubscribeError::NoTopics {
                prefix: self.prefix.clone(),
            });
        }
        Ok(there)
    }

    /// Every subscription of a topic, those that wait for confirmation too.
    ///
    /// # Errors
    /// [`SubscribeError`].
    pub async fn of_topic(&self, category: Option<Category>) -> Result<Vec<Subscriber>, SubscribeError> {
        let topic = self.topic(category);
        let mut pages = self
            .client
            .list_subscriptions_by_topic()
            .topic_arn(&topic)
            .into_paginator()
            .send();
        let mut all = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| failed(&format!("{topic} cannot be asked"), &error, None))?;
            // One that has ended is listed for some days.
            let there = page
                .subscriptions()
                .iter()
                .filter(|one| one.subscription_arn() != Some(ENDED));
            all.extend(there.map(|one| {
                Subscriber {
                    arn: one
                        .subscription_arn()
                        .filter(|arn| is_arn(arn))
                        .map(str::to_owned),
                    endpoint: Endpoint::new(
                        one.protocol().unwrap_or_default(),
                        one.endpoint().unwrap_or_default(),
                    ),
                }
            }));
        }
        Ok(all)
    }

    /// What a subscription of this topic lets through; `None` where SNS does not say it before it is confirmed.
    ///
    /// # Errors
    /// [`SubscribeError`].
    pub async fn details(
        &self,
        category: Option<Category>,
        subscriber: &Subscriber,
    ) -> Result<Option<Details>, SubscribeError> {
        let Some(arn) = &subscriber.arn else {
            return Ok(None);
        };
        let answer = self
            .client
            .get_subscription_attributes()
            .subscription_arn(arn)
            .send()
            .await
            .map_err(|error| {
                failed(
                    "a subscription cannot be read",
                    &error,
                    Some(&subscriber.endpoint),
                )
            })?;
        let attribute = |name: &str| {
            let attributes = answer.attributes()?;
            attributes
                .get(name)
                .map(String::as_str)
                .filter(|value| !value.is_empty())
        };
        let policy = attribute("FilterPolicy");
        let wanted = match attribute("FilterPolicyScope") {
            Some("MessageBody") => Wanted::Other(policy.unwrap_or_default().to_owned()),
            _ => Wanted::of_policy(category, policy),
        };
        Ok(Some(Details {
            pending: attribute("PendingConfirmation") == Some("true"),
            wanted,
        }))
    }

    /// Subscribes an address to a topic, with a filter policy where there is one. Gives the subscription's ARN; `None`
    /// where it has to be confirmed first.
    ///
    /// # Errors
    /// [`SubscribeError`].
    pub async fn subscribe(
        &self,
        category: Option<Category>,
        endpoint: &Endpoint,
        policy: Option<&str>,
    ) -> Result<Option<String>, SubscribeError> {
        let mut request = self
            .client
            .subscribe()
            .topic_arn(self.topic(category))
            .protocol(endpoint.protocol())
            .endpoint(endpoint.revealed());
        if let Some(policy) = policy {
            request = request.attributes("FilterPolicy", policy);
        }
        if endpoint.protocol() == "sqs" {
            // The alert itself, with its attributes, and no envelope around it.
            request = request.attributes("RawMessageDelivery", "true");
        }
        let answer = request
            .send()
            .await
            .map_err(|error| failed("nothing is subscribed", &error, Some(endpoint)))?;
        Ok(answer.subscription_arn.filter(|arn| is_arn(arn)))
    }

    /// Gives a subscription another filter policy.
    ///
    /// # Errors
    /// [`SubscribeError`].
    pub async fn set_policy(
        &self,
        arn: &str,
        endpoint: &Endpoint,
        policy: Option<&str>,
    ) -> Result<(), SubscribeError> {
        self.client
            .set_subscription_attributes()
            .subscription_arn(arn)
            .attribute_name("FilterPolicy")
            // An empty policy lets everything through.
            .attribute_value(policy.unwrap_or("{}"))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| failed("the filter policy stays as it was", &error, Some(endpoint)))
    }

    /// Ends a subscription.
    ///
    /// # Errors
    /// [`SubscribeError`].
    pub async fn unsubscribe(&self, arn: &str, endpoint: &Endpoint) -> Result<(), SubscribeError> {
        self.client
            .unsubscribe()
            .subscription_arn(arn)
            .send()
            .await
            .map(|_| ())
            .map_err(|error| failed("the subscription stays", &error, Some(endpoint)))
    }

    /// What SNS says of sending SMS from this account to this number.
    pub async fn sms_checks(&self, endpoint: &Endpoint) -> SmsChecks {
        SmsChecks::ask(&self.client, endpoint).await
    }
}

/// Where SNS has no ARN to give it says `PendingConfirmation`, or `pending confirmation`.
fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// The ARNs of all topics of the account and region.
///
/// # Errors
/// [`SubscribeError`].
pub async fn topics(client: &Client) -> Result<Vec<String>, SubscribeError> {
    let mut pages = client.list_topics().into_paginator().send();
    let mut arns = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| failed("the topics cannot be listed", &error, None))?;
        arns.extend(
            page.topics()
                .iter()
                .filter_map(|topic| topic.topic_arn())
                .map(str::to_owned),
        );
    }
    Ok(arns)
}
