//! Functions that the commands for subscriptions on AWS share. Only these commands create SNS clients.

use aws::subscribe::{Subscriber, Subscribers, Wanted};
use bulletin::{Category, Endpoint, Subscription, When};
use sqlite::WatchKind;

use super::open;
use crate::args::subscribe::AwsArgs;
use crate::command::watch::filter_in_words;
use crate::settings::Settings;

/// The subscriptions of the chosen deployment, with the credentials that the AWS CLI would use.
pub(crate) async fn subscribers(settings: &Settings, args: &AwsArgs) -> anyhow::Result<Subscribers> {
    let config = open(&args.connection).await?;
    let client = aws_sdk_sns::Client::new(&config);
    Ok(match &settings.topic_prefix {
        Some(prefix) => Subscribers::new(client, prefix),
        None => Subscribers::of_only_deployment(client).await?,
    })
}

/// The subscription of this address to a topic: SNS allows one per address.
pub(crate) fn of_endpoint<'a>(all: &'a [Subscriber], endpoint: &Endpoint) -> Option<&'a Subscriber> {
    all.iter().find(|one| one.endpoint.is_same(endpoint))
}

/// The name of a topic: `EB-3`, `whole bulletins`.
pub(crate) fn topic_name(category: Option<Category>) -> &'static str {
    category.map_or("whole bulletins", Category::short)
}

/// The filters of a subscription in words, one per line.
pub(crate) fn in_words(category: Option<Category>, wanted: &Wanted) -> Vec<String> {
    match (wanted, category) {
        (Wanted::Everything, None) => vec![filter_in_words(WatchKind::Bulletins)],
        (Wanted::Everything, Some(category)) => {
            vec![format!(
                "{}, every country, notified of every bulletin",
                category.short()
            )]
        }
        (Wanted::Cases(cases), _) => cases
            .iter()
            .map(|one| filter_in_words(WatchKind::Case(*one)))
            .collect(),
        (Wanted::CorrectedBulletins, _) => vec!["a summary of every corrected bulletin".into()],
        (Wanted::Other(policy), _) => {
            vec![format!(
                "a filter policy that `bulletin subscribe` did not write: {policy}"
            )]
        }
    }
}

/// A subscription as arguments: `EB3 INDIA --when current --priority-date 2013-03-15`.
pub(crate) fn as_options(subscription: &Subscription) -> String {
    let Subscription {
        case,
        priority_date,
        when,
        chart,
    } = subscription;
    let mut options = format!("{} {} --when {when}", case.category, case.area);
    if let Some(date) = priority_date {
        options.push_str(&format!(" --priority-date {date}"));
    }
    if let Some(chart) = chart {
        options.push_str(&format!(" --chart {chart}"));
    }
    options
}

/// The subscription as a filter policy can express it: without a priority date that the filter does not use.
pub(crate) fn as_filter_policy_expresses(mut subscription: Subscription) -> Subscription {
    if !subscription.when.needs_priority_date() {
        subscription.priority_date = None;
    }
    if subscription.when == When::Every {
        subscription.chart = None;
    }
    subscription
}
