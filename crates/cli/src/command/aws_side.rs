//! What the commands about subscriptions on AWS share. Clients are made by these commands only.

use aws::subscribe::{Endpoint, Subscriber, Subscribers, Wanted};
use bulletin::{Category, Subscription, When};
use sqlite::WatchKind;

use crate::args::AwsArgs;
use crate::command::watch::waits_for;

/// The subscriptions of the deployment that is meant, with the credentials that AWS's own tools would use.
pub(crate) async fn subscribers(args: &AwsArgs) -> anyhow::Result<Subscribers> {
    let config = args.connection.connection().open().await?;
    let client = aws_sdk_sns::Client::new(&config);
    Ok(match &args.topic_prefix {
        Some(prefix) => Subscribers::new(client, prefix),
        None => Subscribers::of_only_deployment(client).await?,
    })
}

/// The subscription that this address has to a topic: SNS allows it one.
pub(crate) fn of_endpoint<'a>(all: &'a [Subscriber], endpoint: &Endpoint) -> Option<&'a Subscriber> {
    all.iter().find(|one| one.endpoint.is_same(endpoint))
}

/// What a topic is called: `EB-3`, `whole bulletins`.
pub(crate) fn topic_name(category: Option<Category>) -> &'static str {
    category.map_or("whole bulletins", Category::short)
}

/// What a subscription lets through, in words, a line each.
pub(crate) fn in_words(category: Option<Category>, wanted: &Wanted) -> Vec<String> {
    match (wanted, category) {
        (Wanted::Everything, None) => vec![waits_for(WatchKind::Bulletins)],
        (Wanted::Everything, Some(category)) => {
            vec![format!(
                "{}, every country, notified of every bulletin",
                category.short()
            )]
        }
        (Wanted::Cases(cases), _) => cases.iter().map(|one| waits_for(WatchKind::Case(*one))).collect(),
        (Wanted::CorrectedBulletins, _) => vec!["a summary of every corrected bulletin".into()],
        (Wanted::Other(policy), _) => {
            vec![format!(
                "a filter policy that `bulletin subscribe` did not write: {policy}"
            )]
        }
    }
}

/// A subscription as the command line says it: `EB3 INDIA --when current --priority-date 2013-03-15`.
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

/// The same without a priority date where it picks nothing: a filter policy knows it only where it does.
pub(crate) fn as_policies_know_it(mut subscription: Subscription) -> Subscription {
    if !subscription.when.needs_priority_date() {
        subscription.priority_date = None;
    }
    if subscription.when == When::Every {
        subscription.chart = None;
    }
    subscription
}
