//! `bulletin subscribe`: subscribes an address to a topic of a deployment, or changes its filter policy.

mod example;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use aws::DISPLAY_NAME;
use aws::subscribe::{FILTERED_PER_TOPIC, SmsChecks, Subscriber, Subscribers, Wanted};
use bulletin::{Alert, Category, Endpoint, FilterPolicy, Month, Subscription, UnknownSpelling, When};
use chrono::{SecondsFormat, Utc};
use serde_json::json;

use super::subscriber::{
    as_filter_policy_expresses, as_options, in_words, of_endpoint, subscribers, topic_name,
};
use crate::args::SubscribeArgs;
use crate::command::block_on;
use crate::command::watch::subscription;
use crate::output::{self, complain};
use crate::settings::Settings;

pub(crate) fn run(settings: &Settings, args: &SubscribeArgs) -> anyhow::Result<ExitCode> {
    // Invalid options are refused before the first request to AWS.
    let endpoint = args.to.endpoint()?;
    let wanted = match args.wanted.case() {
        Some(case) => Some(subscription(case, &args.wanted)?),
        None => None,
    };
    policy(wanted.as_slice())?;
    let consent = consent(args, &endpoint)?;
    if let Some(wanted) =
        wanted.filter(|wanted| wanted.priority_date != as_filter_policy_expresses(*wanted).priority_date)
    {
        complain(
            "note",
            &format!(
                "the priority date is not used with --when {}, and is not stored: SNS sends everybody the same text",
                wanted.when
            ),
        );
    }
    let mut log = match (&args.consent_log, args.dry_run) {
        (Some(path), false) => {
            let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
            Some(file.with_context(|| format!("cannot write {}, so nothing was subscribed", path.display()))?)
        }
        _ => None,
    };
    block_on(async {
        let subscribers = subscribers(settings, &args.aws).await?;
        let plan = Plan::of(&subscribers, &endpoint, wanted).await?;
        if endpoint.protocol() == "sms" {
            report_sms_checks(&subscribers.sms_checks(&endpoint).await, &endpoint)?;
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
            output::print(&format!("\nConsent, keep this record: {record}"))?;
            if let Some(log) = &mut log {
                writeln!(log, "{record}").context("cannot write the consent; keep the line above")?;
            }
        }
        output::print(&example(&endpoint, wanted)?)?;
        Ok(ExitCode::SUCCESS)
    })
}

/// The filter policy for these cases; for whole bulletins if there are none.
fn policy(cases: &[Subscription]) -> anyhow::Result<FilterPolicy> {
    Ok(match cases {
        [] => FilterPolicy::of_bulletins(When::Every)?,
        cases => FilterPolicy::of(cases)?,
    })
}

/// The description of the consent to SMS. It must not contain the number, so that the record can be kept separately.
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
        refused("SMS requires consent: describe when and how the owner of the phone agreed.")
    } else if words.contains('@') || digits.contains(&number[number.len().saturating_sub(7)..]) {
        refused("The record of a consent must not contain an address or the number.")
    } else {
        Ok(Some(words))
    }
}

/// The planned change to one topic.
struct Plan {
    category: Option<Category>,
    /// The ARN of the existing subscription.
    arn: Option<String>,
    /// True if the plan changes anything.
    changes: bool,
    /// The filter of the subscription after the change.
    wanted: Wanted,
    policy: Option<FilterPolicy>,
    /// The number of subscriptions to the topic after the change.
    subscriptions: usize,
}

/// The state of the subscription after the command.
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
                "{endpoint} is subscribed to {} with a filter policy that `bulletin subscribe` did not write and \
                 therefore does not change: {policy}",
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

    fn headline(&self, endpoint: &Endpoint, state: &State) -> String {
        let topic = topic_name(self.category);
        let to = format!("{} {endpoint}", endpoint.protocol());
        match (state, &self.arn) {
            (State::WouldSubscribe, _) => {
                format!("Dry run: {to} would be subscribed to {topic}. Its filter would be:")
            }
            (State::WouldChange, _) => {
                format!("Dry run: the filter policy of {to} for {topic} would change. Its filter would be:")
            }
            (State::Unchanged, _) => format!("Nothing to change: {to} already has this filter:"),
            (State::Pending | State::Confirmed { .. }, None) => {
                format!("{to} is subscribed to {topic} with this filter:")
            }
            (State::Pending | State::Confirmed { .. }, Some(_)) => {
                format!("The filter policy of {to} for {topic} is changed. Its filter is now:")
            }
        }
    }

    fn show(&self, endpoint: &Endpoint, state: &State) -> anyhow::Result<()> {
        let topic = topic_name(self.category);
        output::print(&output::wrapped(&self.headline(endpoint, state)))?;
        for line in in_words(self.category, &self.wanted) {
            output::print(&output::wrapped(&format!("- {line}")))?;
        }
        if let Some(policy) = &self.policy {
            show_policy(policy)?;
        }
        output::print("")?;
        output::print(&output::wrapped(&format!(
            "AWS allows {FILTERED_PER_TOPIC} subscriptions with a filter policy per topic by default; {topic} {} {}.",
            if matches!(state, State::WouldSubscribe) {
                "would have"
            } else {
                "has at most"
            },
            self.subscriptions,
        )))?;
        if self.subscriptions >= FILTERED_PER_TOPIC {
            complain(
                "warning",
                "the topic is nearly full: request a higher limit under Service Quotas, Amazon SNS",
            );
        }
        output::print(&output::wrapped(what_next(state, endpoint)))?;
        if endpoint.protocol() == "sqs" {
            output::print(&output::wrapped(
                "The access policy of the queue must allow sns.amazonaws.com to send to it (sqs:SendMessage) for this \
                 topic.",
            ))?;
        }
        Ok(())
    }
}

/// Prints a filter policy as SNS takes it, and how much of SNS's limits it uses.
fn show_policy(policy: &FilterPolicy) -> anyhow::Result<()> {
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
            .unwrap_or("none needed: the subscription gets every alert of this topic"),
    )
}

fn what_next(state: &State, endpoint: &Endpoint) -> &'static str {
    match state {
        State::WouldSubscribe | State::WouldChange => {
            "Nothing was done. A filter policy takes effect within 15 minutes."
        }
        State::Unchanged => "Nothing was done.",
        State::Pending if endpoint.protocol() == "email" => {
            "Pending: SNS has sent an e-mail with a link. Alerts are sent after somebody opens the link, which expires \
             after two days. A filter policy takes effect within 15 minutes."
        }
        State::Pending => {
            "Pending: SNS has sent a confirmation with a SubscribeURL. Alerts are sent after somebody opens that URL, \
             which expires after two days. A filter policy takes effect within 15 minutes."
        }
        State::Confirmed { .. } => "Confirmed. A filter policy takes effect within 15 minutes.",
    }
}

/// The subscription's ARN and filter. An error if it is not confirmed.
async fn confirmed(
    subscribers: &Subscribers,
    category: Option<Category>,
    there: &Subscriber,
) -> anyhow::Result<(String, Wanted)> {
    match (&there.arn, subscribers.details(category, there).await?) {
        (Some(arn), Some(details)) if !details.pending => Ok((arn.clone(), details.wanted)),
        _ => bail!(
            "{} is already subscribed to {}, but has not confirmed it. SNS does not show or change the filter policy of \
             an unconfirmed subscription. Confirm it, or wait three days until SNS removes it, and run this again",
            there.endpoint,
            topic_name(category)
        ),
    }
}

/// Reports what could prevent the delivery of SMS. An error if the number has opted out.
fn report_sms_checks(checks: &SmsChecks, endpoint: &Endpoint) -> anyhow::Result<()> {
    let unknown = |what: &str, reason: &str| {
        complain("warning", &format!("cannot check {what}: {reason}"));
    };
    match &checks.opted_out {
        Ok(true) => bail!(
            "{endpoint} has opted out of SMS by answering STOP, so nothing was subscribed. Only the owner of the phone can \
             opt in again, and SNS allows that once in 30 days"
        ),
        Ok(false) => complain("note", "the number has not opted out of SMS"),
        Err(reason) => unknown("if the number has opted out of SMS", reason),
    }
    match &checks.sandbox {
        Ok(true) => complain(
            "warning",
            "this account is in the SMS sandbox: only verified numbers receive SMS. Ask AWS to move the account out of the \
             sandbox, or verify the number",
        ),
        Ok(false) => complain("note", "this account is out of the SMS sandbox"),
        Err(reason) => unknown("if this account is in the SMS sandbox", reason),
    }
    match &checks.origination_numbers {
        Ok(0) => complain(
            "warning",
            "this account has no origination number (toll-free, 10DLC or short code). Without one, SMS to the US, Canada \
             and some other countries are not sent",
        ),
        Ok(count) => complain(
            "note",
            &format!(
                "this account has {} for SMS",
                output::counted(*count, "origination number")
            ),
        ),
        Err(reason) => unknown("if this account has an origination number for SMS", reason),
    }
    match &checks.monthly_limit {
        Ok(Some(limit)) => complain(
            "note",
            &format!(
                "the monthly SMS spending limit of this account is {limit} US dollars; AWS sends nothing beyond it"
            ),
        ),
        Ok(None) => complain(
            "warning",
            "this account has no monthly SMS spending limit set; the default is 1 US dollar, and AWS sends nothing beyond it",
        ),
        Err(reason) => unknown("the monthly SMS spending limit", reason),
    }
    complain(
        "note",
        "a recipient who answers STOP gets no further SMS from this account, on any subject; AWS answers HELP",
    );
    Ok(())
}

/// An example alert as this address would receive it.
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
