//! `bulletin subscriptions`: lists the subscriptions of a deployment.

use std::process::ExitCode;

use aws::subscribe::{Subscriber, Wanted};
use bulletin::Category;
use serde_json::{Value, json};

use super::subscriber::{in_words, subscribers, topic_name};
use crate::args::SubscriptionsArgs;
use crate::command::block_on;
use crate::output::{self, Format};

/// One subscription.
struct Line {
    category: Option<Category>,
    subscriber: Subscriber,
    pending: bool,
    /// `None` if SNS does not reveal it.
    wanted: Option<Wanted>,
}

pub(crate) fn run(args: &SubscriptionsArgs) -> anyhow::Result<ExitCode> {
    let lines = block_on(async {
        let subscribers = subscribers(&args.aws).await?;
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
    let fields = |line: &Line| {
        [
            line.category.map_or("BULLETINS", Category::code).to_owned(),
            line.subscriber.endpoint.protocol().to_owned(),
            address(line),
            line.state().to_owned(),
            line.in_words(),
        ]
    };
    match args.format {
        Format::Table if lines.is_empty() => output::print("Nobody is subscribed.")?,
        Format::Table => {
            let mut table = output::table(&["topic", "protocol", "endpoint", "state", "filter"]);
            for line in &lines {
                let [_, protocol, endpoint, state, words] = fields(line);
                table.add_row([
                    topic_name(line.category).to_owned(),
                    protocol,
                    endpoint,
                    state,
                    words,
                ]);
            }
            output::print_table(table)?;
        }
        Format::Csv => output::print_csv(
            ["topic", "protocol", "endpoint", "state", "waits_for"],
            lines.iter().map(fields),
        )?,
        Format::Json => {
            let lines: Vec<Value> = lines.iter().map(|line| line.json(&address(line))).collect();
            output::print_json(&lines)?;
        }
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

    fn json(&self, address: &str) -> Value {
        let subscriptions = match &self.wanted {
            Some(Wanted::Cases(cases)) => json!(cases),
            _ => Value::Null,
        };
        json!({
            "topic": self.category.map_or("BULLETINS", Category::code),
            "protocol": self.subscriber.endpoint.protocol(),
            "endpoint": address,
            "state": self.state(),
            "waits_for": self.in_words(),
            "subscriptions": subscriptions,
        })
    }
}
