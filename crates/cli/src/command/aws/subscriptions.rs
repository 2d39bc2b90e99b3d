//! `bulletin subscriptions`: lists the subscriptions of a deployment.

use std::process::ExitCode;

use aws::subscribe::{Subscriber, Wanted};
use bulletin::Category;
use serde_json::{Value, json};
use sqlite::WatchKind;

use super::subscriber::{in_words, subscribers, topic_name};
use crate::args::SubscriptionsArgs;
use crate::command::block_on;
use crate::command::watch::{filter_in_words, subscription_record};
use crate::field::output::SUBSCRIPTIONS;
use crate::output::{self, Format};
use crate::settings::Settings;

/// One subscription.
struct Line {
    category: Option<Category>,
    subscriber: Subscriber,
    pending: bool,
    /// `None` if SNS does not reveal it.
    wanted: Option<Wanted>,
}

pub(crate) fn run(settings: &Settings, args: &SubscriptionsArgs) -> anyhow::Result<ExitCode> {
    let lines = block_on(async {
        let subscribers = subscribers(settings, &args.aws).await?;
        let mut lines = Vec::new();
        for category in subscribers.topics().await? {
            for subscriber in subscribers.of_topic(category).await? {
                let details = subscribers.details(category, &subscriber).await?;
                lines.push(Line {
                    category,
                    pending: details.as_ref().is_none_or(|details| details.pending),
                    wanted: details.map(|details| details.wanted),
                    subscriber,
                });
            }
        }
        Ok(lines)
    })?;
    let address = |line: &Line| match args.show_endpoints {
        true => line.subscriber.endpoint.revealed().to_owned(),
        false => line.subscriber.endpoint.masked(),
    };
    match args.format {
        Format::Table if lines.is_empty() => output::print("Nobody is subscribed.")?,
        Format::Table => {
            let mut table = output::table(&["topic", "protocol", "endpoint", "state", "filter"]);
            for line in &lines {
                table.add_row([
                    topic_name(line.category),
                    line.subscriber.endpoint.protocol(),
                    &address(line),
                    line.state(),
                    &line.in_words(),
                ]);
            }
            output::print_table(table)?;
        }
        format => SUBSCRIPTIONS.print(
            format,
            lines
                .iter()
                .flat_map(|line| line.records(&address(line)))
                .collect(),
        )?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Line {
    fn state(&self) -> &'static str {
        if self.pending { "pending" } else { "confirmed" }
    }

    fn in_words(&self) -> String {
        match &self.wanted {
            Some(wanted) => in_words(self.category, wanted).join("; "),
            None => "hidden by SNS until it is confirmed".into(),
        }
    }

    /// A record for each case of the filter; one if it names no case.
    fn records(&self, address: &str) -> Vec<Value> {
        let record = |filter: Value, words: String| {
            let mut record = filter;
            record["topic"] = json!(self.category.map_or("BULLETINS", Category::code));
            record["protocol"] = json!(self.subscriber.endpoint.protocol());
            record["endpoint"] = json!(address);
            record["state"] = json!(self.state());
            record["filter"] = json!(words);
            record
        };
        if let Some(Wanted::Cases(cases)) = &self.wanted {
            return cases
                .iter()
                .map(|case| {
                    let words = filter_in_words(WatchKind::Case(*case));
                    record(subscription_record(Some(case)), words)
                })
                .collect();
        }
        let when = match (&self.wanted, self.category) {
            (Some(Wanted::Everything), Some(_)) => Some("every"),
            (Some(Wanted::Everything), None) => Some("bulletins"),
            (Some(Wanted::CorrectedBulletins), _) => Some("corrected"),
            _ => None,
        };
        let mut filter = subscription_record(None);
        filter["category"] = json!(self.category);
        filter["when"] = json!(when);
        vec![record(filter, self.in_words())]
    }
}
