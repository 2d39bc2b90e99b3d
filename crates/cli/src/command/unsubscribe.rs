use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws::subscribe::{Endpoint, Subscribers, Wanted};
use bulletin::{Category, FilterPolicy, Subscription, UnknownSpelling};

use crate::args::{UnsubscribeArgs, WantedArgs};
use crate::command::aws_side::{as_options, in_words, of_endpoint, subscribers, topic_name};
use crate::command::block_on;
use crate::command::watch::refuse_impossible;
use crate::output::{self, complain};

pub(crate) fn run(args: &UnsubscribeArgs) -> anyhow::Result<ExitCode> {
    let endpoint = args.to.endpoint()?;
    let case = args.wanted.case();
    if let Some(case) = case {
        refuse_impossible(case)?;
    }
    if !args.yes && !std::io::stdin().is_terminal() {
        return Err(UnknownSpelling::new("answer", "", ["--yes".into()])
            .because("Standard input is not a terminal, so this cannot be confirmed.")
            .into());
    }
    block_on(async {
        let subscribers = subscribers(&args.aws).await?;
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
            complain(
                "warning",
                &format!(
                    "{endpoint} has not confirmed its subscription to {topic}. It hears nothing; SNS ends such a \
                     subscription by itself after three days, and not before"
                ),
            );
        }
        if steps.is_empty() {
            if pending.is_empty() {
                bail!("{} {endpoint} is not subscribed there", endpoint.protocol());
            }
            return Ok(ExitCode::FAILURE);
        }
        for step in &steps {
            output::print(&output::wrapped(&step.in_words(&endpoint)))?;
        }
        if !args.yes && !is_meant()? {
            output::print("Nothing was done.")?;
            return Ok(ExitCode::SUCCESS);
        }
        for step in &steps {
            step.carry_out(&subscribers, &endpoint).await?;
        }
        let held = steps.iter().any(|step| step.left.is_some());
        output::print(if held {
            "Done. A changed filter policy takes up to 15 minutes until it holds."
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

/// What is to be done at one topic.
struct Step {
    category: Option<Category>,
    arn: String,
    /// What is heard no more.
    ends: Wanted,
    /// What is still heard, with its policy; `None` where the subscription ends.
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
            "{endpoint} is not subscribed to single cases of {}, but to {}. --everything removes that, and all else of this \
             address",
            topic_name(category),
            in_words(category, &details.wanted).join(" and ")
        );
    };
    let (ends, left): (Vec<Subscription>, Vec<Subscription>) = cases
        .iter()
        .partition(|one| one.case == case && is_meant_by(&args.wanted, one));
    if ends.is_empty() {
        let there: Vec<String> = cases.iter().map(as_options).collect();
        bail!(
            "{endpoint} is not subscribed to that. For {} it is subscribed with {}",
            topic_name(category),
            there.join(" and ")
        );
    }
    if left.is_empty() {
        return Ok(Found::Step(whole));
    }
    let policy =
        FilterPolicy::of(&left).context("what is left is no filter policy, so nothing is changed")?;
    Ok(Found::Step(Step {
        ends: Wanted::Cases(ends),
        left: Some((Wanted::Cases(left), policy)),
        ..whole
    }))
}

/// Whether nothing that was said is another than in this subscription.
fn is_meant_by(wanted: &WantedArgs, one: &Subscription) -> bool {
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
                "{to}: its subscription to {} ends ({})",
                topic_name(self.category),
                words(&self.ends)
            ),
            Some((left, _)) => format!("{to}: no more of {}; still {}", words(&self.ends), words(left)),
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

/// Asks on the terminal whether to go on.
pub(crate) fn is_meant() -> anyhow::Result<bool> {
    let mut out = std::io::stdout().lock();
    out.write_all(b"Go on? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
