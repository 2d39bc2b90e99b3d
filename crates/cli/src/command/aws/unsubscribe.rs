//! `bulletin unsubscribe`: removes subscriptions, or one filter of a subscription.

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws::subscribe::{Subscribers, Wanted};
use bulletin::{Category, Endpoint, FilterPolicy, Subscription, UnknownSpelling};

use super::subscriber::{as_options, in_words, of_endpoint, subscribers, topic_name};
use crate::args::{UnsubscribeArgs, WantedArgs};
use crate::command::block_on;
use crate::command::watch::refuse_impossible;
use crate::output::{self, complain};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &UnsubscribeArgs) -> anyhow::Result<ExitCode> {
    let endpoint = args.to.endpoint()?;
    let case = args.wanted.case();
    if let Some(case) = case {
        refuse_impossible(case)?;
    }
    if !args.yes && !std::io::stdin().is_terminal() {
        return Err(UnknownSpelling::new("answer", "", ["--yes".into()])
            .because("Standard input is not a terminal, so the command cannot ask for confirmation.")
            .into());
    }
    block_on(async {
        let subscribers = subscribers(settings, &args.aws).await?;
        let topics = match case {
            _ if args.everything => subscribers.topics().await?,
            case => vec![case.map(|case| case.category)],
        };
        let mut steps = Vec::new();
        let mut pending = Vec::new();
        for category in topics {
            match step(&subscribers, &endpoint, category, args).await? {
                Found::Nothing => {}
                Found::Pending => pending.push(topic_name(category)),
                Found::Step(step) => steps.push(step),
            }
        }
        for topic in &pending {
            warn_pending(&endpoint, topic);
        }
        if steps.is_empty() {
            if pending.is_empty() {
                bail!("{} {endpoint} is not subscribed", endpoint.protocol());
            }
            return Ok(ExitCode::FAILURE);
        }
        for step in &steps {
            output::print(&output::wrapped(&step.in_words(&endpoint)))?;
        }
        if !args.yes && !output::is_confirmed()? {
            output::print("Nothing was done.")?;
            return Ok(ExitCode::SUCCESS);
        }
        for step in &steps {
            step.carry_out(&subscribers, &endpoint).await?;
        }
        let is_changed = steps.iter().any(|step| step.left.is_some());
        output::print(if is_changed {
            "Done. A changed filter policy takes effect within 15 minutes."
        } else {
            "Done."
        })?;
        Ok(if pending.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    })
}

fn warn_pending(endpoint: &Endpoint, topic: &str) {
    complain(
        "warning",
        &format!(
            "{endpoint} has not confirmed its subscription to {topic}, so it receives nothing. It cannot be removed: SNS \
             removes an unconfirmed subscription after three days"
        ),
    );
}

/// The change to one topic.
struct Step {
    category: Option<Category>,
    arn: String,
    /// The part that is removed.
    ends: Wanted,
    /// The part that remains, with its policy; `None` if the whole subscription is removed.
    left: Option<(Wanted, FilterPolicy)>,
}

enum Found {
    Nothing,
    Pending,
    Step(Step),
}

async fn step(
    subscribers: &Subscribers,
    endpoint: &Endpoint,
    category: Option<Category>,
    args: &UnsubscribeArgs,
) -> anyhow::Result<Found> {
    let all = subscribers.of_topic(category).await?;
    let Some(there) = of_endpoint(&all, endpoint) else {
        return Ok(Found::Nothing);
    };
    let (arn, details) = match (&there.arn, subscribers.details(category, there).await?) {
        (Some(arn), Some(details)) if !details.pending => (arn.clone(), details),
        _ => return Ok(Found::Pending),
    };
    let whole = Step {
        category,
        arn,
        ends: details.wanted.clone(),
        left: None,
    };
    let Some(case) = args.wanted.case() else {
        return Ok(Found::Step(whole));
    };
    let Wanted::Cases(cases) = details.wanted else {
        bail!(
            "{endpoint} is not subscribed to single cases of {}, but to {}. --everything removes this and all other \
             subscriptions of the address",
            topic_name(category),
            in_words(category, &details.wanted).join(" and ")
        );
    };
    let (ends, left): (Vec<Subscription>, Vec<Subscription>) = cases
        .iter()
        .partition(|one| one.case == case && matches_options(&args.wanted, one));
    if ends.is_empty() {
        let there: Vec<String> = cases.iter().map(as_options).collect();
        bail!(
            "{endpoint} has no such subscription. For {} it is subscribed with {}",
            topic_name(category),
            there.join(" and ")
        );
    }
    if left.is_empty() {
        return Ok(Found::Step(whole));
    }
    let policy = FilterPolicy::of(&left)
        .context("the remaining filters do not fit into one filter policy, so nothing was changed")?;
    Ok(Found::Step(Step {
        ends: Wanted::Cases(ends),
        left: Some((Wanted::Cases(left), policy)),
        ..whole
    }))
}

/// True if every given option equals that of the subscription.
fn matches_options(wanted: &WantedArgs, one: &Subscription) -> bool {
    wanted
        .priority_date
        .is_none_or(|date| one.priority_date == Some(date))
        && wanted.when.is_none_or(|when| one.when == when)
        && wanted.chart.is_none_or(|chart| one.chart == Some(chart))
}

impl Step {
    fn in_words(&self, endpoint: &Endpoint) -> String {
        let words = |wanted: &Wanted| in_words(self.category, wanted).join("; ");
        let to = format!("{} {endpoint}", endpoint.protocol());
        match &self.left {
            None => format!(
                "{to}: remove the subscription to {} ({})",
                topic_name(self.category),
                words(&self.ends)
            ),
            Some((left, _)) => format!("{to}: remove {}; keep {}", words(&self.ends), words(left)),
        }
    }

    async fn carry_out(&self, subscribers: &Subscribers, endpoint: &Endpoint) -> anyhow::Result<()> {
        match &self.left {
            None => subscribers.unsubscribe(&self.arn, endpoint).await?,
            Some((_, policy)) => {
                subscribers
                    .set_policy(&self.arn, endpoint, policy.json().as_deref())
                    .await?;
            }
        }
        Ok(())
    }
}
