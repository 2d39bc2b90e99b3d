//! The subscriptions of the SNS topics: list, add, change and remove them. No Lambda uses this module. Start
//! at [`Subscribers`].

mod error;
mod sms;
mod wanted;

pub use error::SubscribeError;
pub use sms::SmsChecks;
pub use wanted::Wanted;

use aws_sdk_sns::Client;
use bulletin::{Category, Endpoint};

use crate::topic::{BULLETINS, SnsTopics};
use error::failed;

/// The default quota of subscriptions with a filter policy per topic (Amazon SNS endpoints and quotas:
/// "Filter policies: 200 per topic"). AWS raises it on request.
pub const FILTERED_PER_TOPIC: usize = 200;
/// The prefix of the names of a deployment's topics, before its stage.
const NAMES: &str = "VisaBulletin-";

/// The text that SNS lists instead of the ARN of a deleted subscription.
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
    /// The ARN of the subscription; `None` until it is confirmed, because SNS does not list it before.
    pub arn: Option<String>,
    /// The destination of the alerts.
    pub endpoint: Endpoint,
}

/// The state and the filter of a subscription.
#[derive(Debug, Clone)]
pub struct Details {
    /// True if the subscriber has not confirmed yet.
    pub pending: bool,
    /// The parsed filter policy.
    pub wanted: Wanted,
}

impl Subscribers {
    /// The subscriptions of the topics with this ARN prefix, which is followed by a category's code or
    /// `BULLETINS`. Makes no request.
    pub fn new(client: Client, prefix: impl Into<String>) -> Self {
        let prefix = prefix.into();
        Self {
            topics: SnsTopics::new(client.clone(), prefix.clone()),
            client,
            prefix,
        }
    }

    /// The subscriptions of the only deployment in this account and region. A deployment is recognized by its
    /// topic of whole bulletins.
    ///
    /// # Errors
    /// [`SubscribeError::NoDeployment`], [`SubscribeError::SeveralDeployments`], and errors of AWS.
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

    /// The ARN of a category's topic, or of the topic of whole bulletins.
    pub fn topic(&self, category: Option<Category>) -> String {
        self.topics.arn(category)
    }

    /// The existing topics: one per category, and `None` for the topic of whole bulletins.
    ///
    /// # Errors
    /// [`SubscribeError::NoTopics`] if there are none, and errors of AWS.
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

    /// Every subscription of a topic, including those that wait for confirmation.
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
            // SNS lists a deleted subscription for some days.
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

    /// The state and the filter of a subscription of this topic; `None` if it is not confirmed yet and SNS
    /// does not report them.
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

    /// Subscribes an address to a topic, with an optional filter policy. Returns the subscription's ARN;
    /// `None` if the subscriber has to confirm it first.
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
            // Deliver the alert and its attributes without SNS's envelope.
            request = request.attributes("RawMessageDelivery", "true");
        }
        let answer = request
            .send()
            .await
            .map_err(|error| failed("nothing is subscribed", &error, Some(endpoint)))?;
        Ok(answer.subscription_arn.filter(|arn| is_arn(arn)))
    }

    /// Replaces the filter policy of a subscription.
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
            // An empty policy matches everything.
            .attribute_value(policy.unwrap_or("{}"))
            .send()
            .await
            .map(|_| ())
            .map_err(|error| failed("the filter policy stays as it was", &error, Some(endpoint)))
    }

    /// Deletes a subscription.
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

    /// The state of SMS sending from this account to this number, as SNS reports it.
    pub async fn sms_checks(&self, endpoint: &Endpoint) -> SmsChecks {
        SmsChecks::ask(&self.client, endpoint).await
    }
}

/// True for an ARN. SNS reports `PendingConfirmation` or `pending confirmation` if there is none yet.
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
