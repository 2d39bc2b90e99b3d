//! Checks the subscriptions to the topics of a deployment, and whether SNS can deliver SMS. Excludes the watches of
//! one machine, see [`watch`](crate::doctor::watch). Start with [`subscriptions`].

use aws::subscribe::{SmsChecks, SubscribeError, Subscribers};
use aws_types::SdkConfig;
use bulletin::{Category, Endpoint};

use crate::Deployment;
use crate::doctor::{Circumstances, Part, Symptom, counted, few, one_line};

/// The maximum number of telephones to check. Each takes one call.
const MOST_TELEPHONES: usize = 50;
/// The monthly SMS spending limit of a new account, in US dollars; also the default if none was set.
const FIRST_LIMIT: f64 = 1.0;

/// Reports subscriptions, pending confirmations, and the SMS settings of SNS.
pub(super) async fn subscriptions(
    config: &SdkConfig,
    deployment: &Deployment,
    around: &Circumstances,
    symptoms: &mut Vec<Symptom>,
) {
    let client = aws_sdk_sns::Client::new(config);
    let found = match prefix(&client, deployment).await {
        Ok(Some(prefix)) => {
            let subscribers = Subscribers::new(client, prefix.as_str());
            examined(&subscribers, &prefix, around).await
        }
        Ok(None) => Ok(vec![
            Symptom::bad(
                Part::Subscriptions,
                format!("the topics {}… do not exist", deployment.topics()),
                "Check --stage and --region. If they were deleted, deploy again: `make deploy` in a checkout of \
                 this project.",
            ),
            Symptom::unknown(Part::Sms, "there are no topics"),
        ]),
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => symptoms.extend(found),
        Err(error) => symptoms.push(Symptom::unknown(
            Part::Subscriptions,
            one_line(&error.to_string()),
        )),
    }
}

/// The common prefix of the topics' ARNs.
async fn prefix(
    client: &aws_sdk_sns::Client,
    deployment: &Deployment,
) -> Result<Option<String>, SubscribeError> {
    let name = format!(":{}", deployment.topics());
    let arns = aws::subscribe::topics(client).await?;
    Ok(arns.iter().find_map(|arn| {
        let end = arn.find(&name)? + name.len();
        Some(arn[..end].to_owned())
    }))
}

async fn examined(
    subscribers: &Subscribers,
    prefix: &str,
    around: &Circumstances,
) -> Result<Vec<Symptom>, SubscribeError> {
    let topics = subscribers.topics().await?;
    let mut symptoms = missing_topics(&topics);
    let found = Found::of(subscribers, &topics).await?;
    symptoms.extend(found.symptoms(prefix, around));
    if symptoms.is_empty() {
        symptoms.push(found.summary(topics.len()));
    }
    symptoms.extend(sms(subscribers, &found.telephones, prefix, around).await);
    Ok(symptoms)
}

/// The subscriptions to the topics.
#[derive(Default)]
struct Found {
    confirmed: usize,
    /// The subscriptions without a confirmation, masked.
    pending: Vec<String>,
    telephones: Vec<Endpoint>,
    /// The topics without subscriptions.
    silent: Vec<String>,
}

impl Found {
    async fn of(subscribers: &Subscribers, topics: &[Option<Category>]) -> Result<Self, SubscribeError> {
        let mut found = Self::default();
        for topic in topics {
            let all = subscribers.of_topic(*topic).await?;
            if all.is_empty() {
                found.silent.push(name(*topic).to_owned());
            }
            for subscriber in all {
                let details = subscribers.details(*topic, &subscriber).await?;
                if details.is_none_or(|details| details.pending) {
                    let masked = subscriber.endpoint.masked();
                    found.pending.push(format!("{masked} on {}", name(*topic)));
                } else {
                    found.note_confirmed(subscriber.endpoint);
                }
            }
        }
        Ok(found)
    }

    fn note_confirmed(&mut self, endpoint: Endpoint) {
        self.confirmed += 1;
        let is_known = self.telephones.iter().any(|known| known.is_same(&endpoint));
        if endpoint.protocol() == "sms" && !is_known {
            self.telephones.push(endpoint);
        }
    }

    fn symptoms(&self, prefix: &str, around: &Circumstances) -> Vec<Symptom> {
        let mut symptoms = Vec::new();
        if !self.pending.is_empty() {
            symptoms.push(
                Symptom::bad(
                    Part::Subscriptions,
                    format!(
                        "{} and get no alerts: {}",
                        waiting(self.pending.len()),
                        few(&self.pending, ", ")
                    ),
                    "The subscribers must open the link that SNS sent them. It expires after three days; then subscribe \
                     them again. This command lists all:",
                )
                .by(of_prefix("subscriptions", prefix, around)),
            );
        }
        if self.confirmed == 0 {
            let yourself = "subscribe --bulletins --email you@example.com";
            symptoms.push(
                Symptom::bad(
                    Part::Subscriptions,
                    "there are no confirmed subscriptions, so nobody is notified",
                    "Subscribe at least yourself, for example to one summary of each bulletin:",
                )
                .by(of_prefix(yourself, prefix, around)),
            );
        }
        symptoms
    }

    fn summary(&self, topics: usize) -> Symptom {
        let also = match self.silent.as_slice() {
            [] => String::new(),
            silent => format!("; no subscribers to {}", few(silent, ", ")),
        };
        let subscriptions = counted(self.confirmed, "subscription");
        Symptom::good(
            Part::Subscriptions,
            format!("{subscriptions} on {}{also}", counted(topics, "topic")),
        )
    }
}

/// Builds a command about subscriptions, which takes the prefix of the topics instead of the stage.
fn of_prefix(words: &str, prefix: &str, around: &Circumstances) -> String {
    let rest = around
        .place
        .replace(&format!(" --stage {}", crate::doctor::look::stage(around)), "");
    format!("bulletin {words} --topic-prefix {prefix}{rest}")
}

fn name(topic: Option<Category>) -> &'static str {
    topic.map_or("whole bulletins", Category::short)
}

fn waiting(number: usize) -> String {
    if number == 1 {
        "1 subscription has not been confirmed".into()
    } else {
        format!("{number} subscriptions have not been confirmed")
    }
}

fn missing_topics(topics: &[Option<Category>]) -> Vec<Symptom> {
    let all = Category::ALL.iter().copied().map(Some).chain([None]);
    let missing: Vec<String> = all
        .filter(|topic| !topics.contains(topic))
        .map(|topic| name(topic).to_owned())
        .collect();
    if missing.is_empty() {
        return Vec::new();
    }
    vec![Symptom::bad(
        Part::Subscriptions,
        format!(
            "there is no topic for {}: its alerts cannot be sent",
            few(&missing, ", ")
        ),
        "Deploy again, which creates it: `make deploy` in a checkout of this project.",
    )]
}

/// Checks the SMS settings of SNS, if anybody is subscribed by SMS.
async fn sms(
    subscribers: &Subscribers,
    telephones: &[Endpoint],
    prefix: &str,
    around: &Circumstances,
) -> Vec<Symptom> {
    if telephones.is_empty() {
        return vec![Symptom::good(Part::Sms, "no subscriptions by SMS")];
    }
    let mut symptoms = Vec::new();
    for (index, telephone) in telephones.iter().take(MOST_TELEPHONES).enumerate() {
        let checks = subscribers.sms_checks(telephone).await;
        if index == 0 {
            account(&checks, &mut symptoms);
        }
        symptoms.extend(opted_out(&checks, telephone, prefix, around));
    }
    if symptoms.is_empty() {
        symptoms.push(Symptom::good(
            Part::Sms,
            format!("{} can be reached", counted(telephones.len(), "telephone")),
        ));
    }
    symptoms
}

/// Checks whether a telephone has opted out.
fn opted_out(
    checks: &SmsChecks,
    telephone: &Endpoint,
    prefix: &str,
    around: &Circumstances,
) -> Option<Symptom> {
    let telephone = telephone.masked();
    match &checks.opted_out {
        Ok(false) => None,
        Ok(true) => Some(
            Symptom::bad(
                Part::Sms,
                format!("{telephone} has opted out with STOP, and gets no alerts"),
                "Its owner can opt in again with START, and you can, once in 30 days, in the SNS console. Otherwise \
                 remove the subscription, with the whole number:",
            )
            .by(of_prefix("unsubscribe --everything --sms NUMBER", prefix, around)),
        ),
        Err(reason) => Some(Symptom::unknown(
            Part::Sms,
            format!("cannot check if {telephone} has opted out: {}", one_line(reason)),
        )),
    }
}

/// Checks the SMS settings of the whole account.
fn account(checks: &SmsChecks, symptoms: &mut Vec<Symptom>) {
    match &checks.sandbox {
        Ok(false) => {}
        Ok(true) => symptoms.push(Symptom::bad(
            Part::Sms,
            "the account is in the SMS sandbox: only numbers verified there get alerts",
            "Leave it in the SNS console: Text messaging (SMS), Exit SMS sandbox.",
        )),
        Err(reason) => symptoms.push(Symptom::unknown(
            Part::Sms,
            format!(
                "cannot check if the account is in the SMS sandbox: {}",
                one_line(reason)
            ),
        )),
    }
    match &checks.monthly_limit {
        Ok(limit) => {
            let dollars = limit.as_deref().map(str::parse::<f64>);
            if !matches!(dollars, Some(Ok(dollars)) if dollars > FIRST_LIMIT) {
                let limit = limit
                    .as_deref()
                    .map_or("1 US dollar".to_owned(), |limit| format!("{limit} US dollars"));
                symptoms.push(
                    Symptom::bad(
                        Part::Sms,
                        format!("the SMS spending limit is {limit} a month; SNS silently drops messages beyond it"),
                        "Request a higher limit from AWS Support (docs/RUNBOOK.md, SmsSpend). Then set it with the \
                         AWS CLI:",
                    )
                    .by("aws sns set-sms-attributes --attributes MonthlySpendLimit=20"),
                );
            }
        }
        Err(reason) => symptoms.push(Symptom::unknown(
            Part::Sms,
            format!("cannot read the SMS spending limit: {}", one_line(reason)),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Verdict;

    fn checks(sandbox: bool, limit: Option<&str>, opted_out: bool) -> SmsChecks {
        SmsChecks {
            sandbox: Ok(sandbox),
            origination_numbers: Ok(1),
            monthly_limit: Ok(limit.map(str::to_owned)),
            opted_out: Ok(opted_out),
        }
    }

    #[test]
    fn an_account_that_lets_sms_through_is_good() {
        for (sandbox, limit, says) in [
            (false, Some("20"), &[][..]),
            (true, Some("20"), &["sandbox"][..]),
            (false, Some("1"), &["limit is 1 US dollars a month"][..]),
            (true, None, &["sandbox", "limit is 1 US dollar a month"][..]),
        ] {
            let mut symptoms = Vec::new();
            account(&checks(sandbox, limit, false), &mut symptoms);
            assert_eq!(symptoms.len(), says.len(), "{symptoms:#?}");
            for (symptom, says) in symptoms.iter().zip(says) {
                assert_eq!(symptom.verdict, Verdict::Problem);
                assert!(symptom.description.contains(says), "{symptom:#?}");
            }
        }
    }

    #[test]
    fn a_telephone_that_opted_out_is_told_of_without_its_number() {
        let around = Circumstances {
            now: "2024-05-14T12:00:00Z".parse().unwrap(),
            hosts: None,
            place: " --stage prod --region us-east-1".into(),
        };
        let prefix = "arn:aws:sns:us-east-1:000000000000:VisaBulletin-prod-alerts-";
        let phone = Endpoint::new("sms", "+12025550142");
        assert_eq!(
            opted_out(&checks(false, None, false), &phone, prefix, &around),
            None
        );
        let symptom = opted_out(&checks(false, None, true), &phone, prefix, &around).unwrap();
        assert!(
            symptom.description.contains("+1******0142 has opted out"),
            "{symptom:#?}"
        );
        assert!(!format!("{symptom:?}").contains("5550142"), "{symptom:#?}");
        assert_eq!(
            symptom.commands,
            [format!(
                "bulletin unsubscribe --everything --sms NUMBER --topic-prefix {prefix} --region us-east-1"
            )]
        );
    }
}
