mod example;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws::DISPLAY_NAME;
use aws::subscribe::{Endpoint, FILTERED_PER_TOPIC, SmsChecks, Subscriber, Subscribers, Wanted};
use bulletin::{Alert, Category, FilterPolicy, Month, Subscription, UnknownSpelling, When};
use chrono::{SecondsFormat, Utc};
use serde_json::json;

use crate::args::SubscribeArgs;
use crate::command::aws_side::{
    as_options, as_policies_know_it, in_words, of_endpoint, subscribers, topic_name,
};
use crate::command::block_on;
use crate::command::watch::subscription;
use crate::output::{self, complain};

pub(crate) fn run(args: &SubscribeArgs) -> anyhow::Result<ExitCode> {
    // What cannot be is refused before anybody is asked.
    let endpoint = args.to.endpoint()?;
    let wanted = match args.wanted.case() {
        Some(case) => Some(subscription(case, &args.wanted)?),
        None => None,
    };
    policy(wanted.as_slice())?;
    let consent = consent(args, &endpoint)?;
    if let Some(wanted) =
        wanted.filter(|wanted| wanted.priority_date != as_policies_know_it(*wanted).priority_date)
    {
        complain(
            "note",
            &format!(
                "with --when {} the priority date picks nothing, and the texts sent through SNS are the same for \
                 everybody: it is not kept",
                wanted.when
            ),
        );
    }
    let mut log =
        match (&args.consent_log, args.dry_run) {
            (Some(path), false) => {
                let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
                Some(file.with_context(|| {
                    format!("{} cannot be written, so nothing is subscribed", path.display())
                })?)
            }
            _ => None,
        };
    block_on(async {
        let subscribers = subscribers(&args.aws).await?;
        let plan = Plan::of(&subscribers, &endpoint, wanted).await?;
        if endpoint.protocol() == "sms" {
            tell_of_sms(&subscribers.sms_checks(&endpoint).await, &endpoint)?;
        }
        let state = if args.dry_run {
            plan.would()
        } else {
            plan.carry_out(&subscribers, &endpoint).await?
        };
        plan.show(&endpoint, &state)?;
        let arn = match &state {
            State::Confirmed { arn } => Some(arn),
            State::Unchanged if !args.dry_run => plan.arn.as_ref(),
            _ => None,
        };
        if let (Some(words), Some(arn)) = (consent, arn) {
            let at = Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true);
            let record = json!({ "at": at, "subscription": arn, "consent": words });
            output::print(&format!("\nConsent, to be kept: {record}"))?;
            if let Some(log) = &mut log {
                writeln!(log, "{record}").context("the consent cannot be written; keep the line above")?;
            }
        }
        output::print(&example(&endpoint, wanted)?)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// The policy for these cases; for whole bulletins where there is none.
fn policy(cases: &[Subscription]) -> anyhow::Result<FilterPolicy> {
    Ok(match cases {
        [] => FilterPolicy::of_bulletins(When::Every)?,
        cases => FilterPolicy::of(cases)?,
    })
}

/// How whoever has the telephone agreed. The record of it is kept apart from the number.
fn consent<'a>(args: &'a SubscribeArgs, endpoint: &Endpoint) -> Result<Option<&'a str>, UnknownSpelling> {
    if endpoint.protocol() != "sms" {
        return Ok(None);
    }
    let refused = |reason: &str| {
        let example = "--consent \"asked by e-mail on 2026-11-20, said yes\"";
        Err(UnknownSpelling::new("consent", "", [example.into()]).because(reason))
    };
    let words = args.consent.as_deref().unwrap_or_default().trim();
    let digits: String = words.chars().filter(char::is_ascii_digit).collect();
    let number = endpoint.revealed();
    if words.is_empty() {
        refused("SMS go only to those who agreed: say when and how they did.")
    } else if words.contains('@') || digits.contains(&number[number.len().saturating_sub(7)..]) {
        refused("The record of a consent holds no address and no number.")
    } else {
        Ok(Some(words))
    }
}

/// What is to be done at one topic.
struct Plan {
    category: Option<Category>,
    /// What SNS knows the subscription by that is there already.
    arn: Option<String>,
    /// Whether anything is to be done.
    changes: bool,
    /// What the subscription lets through in the end.
    wanted: Wanted,
    policy: Option<FilterPolicy>,
    /// How many subscriptions the topic has in the end.
    subscriptions: usize,
}

/// How things are in the end.
enum State {
    WouldSubscribe,
    WouldChange,
    Unchanged,
    Pending,
    Confirmed { arn: String },
}

impl Plan {
    async fn of(
        subscribers: &Subscribers,
        endpoint: &Endpoint,
        wanted: Option<Subscription>,
    ) -> anyhow::Result<Self> {
        let category = wanted.map(|wanted| wanted.case.category);
        let all = subscribers.of_topic(category).await?;
        let Some(there) = of_endpoint(&all, endpoint) else {
            let policy = policy(wanted.as_slice())?;
            return Ok(Self {
                category,
                arn: None,
                changes: true,
                wanted: Wanted::of_policy(category, policy.json().as_deref()),
                policy: Some(policy),
                subscriptions: all.len() + 1,
            });
        };
        let (arn, before) = confirmed(subscribers, category, there).await?;
        let policy = match (&before, wanted) {
            (Wanted::Everything, _) => None,
            (Wanted::Other(policy), _) => bail!(
                "{endpoint} is subscribed to {} with a filter policy that `bulletin subscribe` did not write, and that \
                 it does not change: {policy}",
                topic_name(category)
            ),
            (Wanted::Cases(cases), Some(wanted)) => {
                let all: Vec<Subscription> = cases.iter().copied().chain([wanted]).collect();
                let there: Vec<String> = cases.iter().map(as_options).collect();
                Some(policy(&all).with_context(|| {
                    format!(
                        "{endpoint} is already subscribed with {}, and SNS allows an address one filter policy for {}",
                        there.join(" and "),
                        topic_name(category)
                    )
                })?)
            }
            (Wanted::Cases(_) | Wanted::CorrectedBulletins, _) => Some(policy(&[])?),
        };
        let after = match &policy {
            Some(policy) => Wanted::of_policy(category, policy.json().as_deref()),
            None => before.clone(),
        };
        Ok(Self {
            category,
            arn: Some(arn),
            changes: after != before,
            wanted: after,
            policy,
            subscriptions: all.len(),
        })
    }

    fn would(&self) -> State {
        match (&self.arn, self.changes) {
            (None, _) => State::WouldSubscribe,
            (Some(_), true) => State::WouldChange,
            (Some(_), false) => State::Unchanged,
        }
    }

    async fn carry_out(&self, subscribers: &Subscribers, endpoint: &Endpoint) -> anyhow::Result<State> {
        let policy = self.policy.as_ref().and_then(FilterPolicy::json);
        let policy = policy.as_deref();
        Ok(match &self.arn {
            None => match subscribers.subscribe(self.category, endpoint, policy).await? {
                Some(arn) => State::Confirmed { arn },
                None => State::Pending,
            },
            Some(_) if !self.changes => State::Unchanged,
            Some(arn) => {
                subscribers.set_policy(arn, endpoint, policy).await?;
                State::Confirmed { arn: arn.clone() }
            }
        })
    }

    fn show(&self, endpoint: &Endpoint, state: &State) -> anyhow::Result<()> {
        let topic = topic_name(self.category);
        let to = format!("{} {endpoint}", endpoint.protocol());
        let headline = match (state, &self.arn) {
            (State::WouldSubscribe, _) => {
                format!("Dry run: {to} would be subscribed to {topic}. Its filter would be:")
            }
            (State::WouldChange, _) => {
                format!("Dry run: the filter policy of {to} for {topic} would change. Its filter would be:")
            }
            (State::Unchanged, _) => format!("Nothing to change: {to} has this filter already:"),
            (State::Pending | State::Confirmed { .. }, None) => {
                format!("{to} is subscribed to {topic} with this filter:")
            }
            (State::Pending | State::Confirmed { .. }, Some(_)) => {
                format!("The filter policy of {to} for {topic} is changed. Its filter is now:")
            }
        };
        output::print(&output::wrapped(&headline))?;
        for line in in_words(self.category, &self.wanted) {
            output::print(&output::wrapped(&format!("- {line}")))?;
        }
        if let Some(policy) = &self.policy {
            let json = policy.json();
            let used = format!(
                "{} of {} keys, {} of {} combinations",
                policy.keys(),
                FilterPolicy::MOST_KEYS,
                if json.is_some() { policy.combinations() } else { 0 },
                FilterPolicy::MOST_COMBINATIONS
            );
            output::print(&format!("\nFilter policy, {used}:"))?;
            output::print(
                json.as_deref()
                    .unwrap_or("none is needed: everything of this topic is wanted"),
            )?;
        }
        output::print("")?;
        output::print(&output::wrapped(&format!(
            "Of {FILTERED_PER_TOPIC} subscriptions with a filter policy that AWS allows a topic by default, {topic} has {} \
             {}.",
            self.subscriptions,
            if matches!(state, State::WouldSubscribe) {
                "with this one"
            } else {
                "at most"
            },
        )))?;
        if self.subscriptions >= FILTERED_PER_TOPIC {
            complain(
                "warning",
                "the topic is nearly full: ask AWS for more under Service Quotas, Amazon SNS",
            );
        }
        output::print(&output::wrapped(what_next(state, endpoint)))?;
        if endpoint.protocol() == "sqs" {
            output::print(&output::wrapped(
                "The queue's own access policy must let sns.amazonaws.com send to it (sqs:SendMessage) for this topic.",
            ))?;
        }
        Ok(())
    }
}

fn what_next(state: &State, endpoint: &Endpoint) -> &'static str {
    match state {
        State::WouldSubscribe | State::WouldChange => {
            "Nothing was done. A filter policy takes up to 15 minutes until it holds."
        }
        State::Unchanged => "Nothing was done.",
        State::Pending if endpoint.protocol() == "email" => {
            "Pending: SNS has sent an e-mail with a link. Nothing is sent before the link is followed, and after two days \
             it no longer works. A filter policy takes up to 15 minutes until it holds."
        }
        State::Pending => {
            "Pending: SNS has sent a confirmation with a SubscribeURL. Nothing is sent before somebody visits that, and \
             after two days it no longer works. A filter policy takes up to 15 minutes until it holds."
        }
        State::Confirmed { .. } => "Confirmed. A filter policy takes up to 15 minutes until it holds.",
    }
}

/// The subscription's ARN and what it lets through, where it is confirmed.
async fn confirmed(
    subscribers: &Subscribers,
    category: Option<Category>,
    there: &Subscriber,
) -> anyhow::Result<(String, Wanted)> {
    match (&there.arn, subscribers.details(category, there).await?) {
        (Some(arn), Some(details)) if !details.pending => Ok((arn.clone(), details.wanted)),
        _ => bail!(
            "{} is subscribed to {} already, and has not confirmed that. SNS does not show or change a filter policy \
             before: confirm it, or wait three days, after which SNS drops it; then run this again",
            there.endpoint,
            topic_name(category)
        ),
    }
}

/// Says what stands in the way of SMS. Whoever opted out is not subscribed.
fn tell_of_sms(checks: &SmsChecks, endpoint: &Endpoint) -> anyhow::Result<()> {
    let unknown = |what: &str, reason: &str| {
        complain("warning", &format!("{what} could not be checked: {reason}"));
    };
    match &checks.opted_out {
        Ok(true) => bail!(
            "{endpoint} was opted out of SMS, by STOP. Nothing is subscribed. Only who has the telephone can ask for SMS \
             again, and SNS takes it once in 30 days"
        ),
        Ok(false) => complain("note", "the number has not opted out of SMS"),
        Err(reason) => unknown("whether the number has opted out of SMS", reason),
    }
    match &checks.sandbox {
        Ok(true) => complain(
            "warning",
            "this account is in the SMS sandbox: only numbers that were verified there hear anything. Ask AWS to move it \
             out, or verify the number",
        ),
        Ok(false) => complain("note", "this account is out of the SMS sandbox"),
        Err(reason) => unknown("whether this account is in the SMS sandbox", reason),
    }
    match &checks.origination_numbers {
        Ok(0) => complain(
            "warning",
            "this account has no number to send SMS from. To telephones of the US and Canada, and of some other countries, \
             nothing is sent without one (toll-free, 10DLC or short code)",
        ),
        Ok(count) => complain(
            "note",
            &format!(
                "this account has {} to send SMS from",
                output::counted(*count, "number")
            ),
        ),
        Err(reason) => unknown("whether this account has a number to send SMS from", reason),
    }
    match &checks.monthly_limit {
        Ok(Some(limit)) => complain(
            "note",
            &format!(
                "SMS of this account may cost {limit} US dollars a month; what is over that is not sent"
            ),
        ),
        Ok(None) => complain(
            "warning",
            "nobody set how much SMS may cost a month; by default AWS sends no more than for 1 US dollar",
        ),
        Err(reason) => unknown("how much SMS may cost a month", reason),
    }
    complain(
        "note",
        "who answers STOP to any of the messages gets no more SMS from this account, whatever they were about; HELP is \
         answered by AWS",
    );
    Ok(())
}

/// An alert as this address would get it.
fn example(endpoint: &Endpoint, wanted: Option<Subscription>) -> anyhow::Result<String> {
    let month = Month::of(Utc::now().date_naive()).next();
    let alert: Alert = match wanted {
        Some(wanted) => example::of_case(&wanted, month)?,
        None => example::of_bulletin(month)?,
    };
    let text = match endpoint.protocol() {
        "email" => format!("Subject: {}\n\n{}", alert.subject(), alert.body(None)),
        "sms" => format!("{DISPLAY_NAME}> {}", alert.sms(DISPLAY_NAME)),
        _ => serde_json::to_string_pretty(&alert.json())?,
    };
    Ok(format!("\nAn example, with invented dates:\n\n{text}"))
}
