//! The options of `subscribe`, `unsubscribe` and `subscriptions`, and the parsers of addresses.

use std::path::PathBuf;

use bulletin::{Endpoint, UnknownSpelling};
use clap::{ArgGroup, Args as ClapArgs};
use mail::EmailAddress;

use super::{ConnectionArgs, WantedArgs};
use crate::output::Format;

/// The topics of a deployment, and the connection to AWS.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "AWS options")]
pub(crate) struct AwsArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// The prefix of the topics' ARNs, needed if there are several deployments: the stack output TopicPrefix
    /// [env: VISA_BULLETIN_TOPIC_PREFIX]
    #[arg(long, value_name = "ARN", value_parser = parse_prefix)]
    pub(crate) topic_prefix: Option<String>,
}

/// The address that receives the alerts: exactly one of these.
#[derive(Debug, ClapArgs)]
#[group(id = "endpoint", required = true, multiple = false)]
pub(crate) struct EndpointArgs {
    /// An e-mail address
    #[arg(long, value_name = "ADDRESS")]
    email: Option<EmailAddress>,
    /// A phone number in E.164 format, such as +12025550100
    #[arg(long, value_name = "NUMBER", value_parser = parse_phone)]
    sms: Option<Endpoint>,
    /// An HTTPS endpoint
    #[arg(long, value_name = "URL", value_parser = parse_https)]
    https: Option<Endpoint>,
    /// An SQS queue
    #[arg(long, value_name = "ARN", value_parser = parse_queue)]
    sqs: Option<Endpoint>,
}

impl EndpointArgs {
    /// The address that was given.
    pub(crate) fn endpoint(&self) -> anyhow::Result<Endpoint> {
        let email = self.email.as_ref();
        email
            .map(|address| Endpoint::new("email", address.revealed()))
            .or_else(|| self.sms.clone())
            .or_else(|| self.https.clone())
            .or_else(|| self.sqs.clone())
            .ok_or_else(|| anyhow::anyhow!("no address: pass --email, --sms, --https or --sqs"))
    }
}

#[derive(Debug, ClapArgs)]
#[command(
    override_usage = "bulletin subscribe [OPTIONS] <CATEGORY COUNTRY|--bulletins> \\\n    \
                      <--email ADDRESS|--sms NUMBER|--https URL|--sqs ARN>",
    group(ArgGroup::new("what").args(["category", "category_word", "bulletins"]).required(true).multiple(true)),
    after_help = "\
Examples:
  bulletin subscribe --email you@example.com --category EB3 --country India \\
      --priority-date 2013-03-15 --when current
      an e-mail when that date becomes current, or stops being current
  bulletin subscribe --sms +12025550100 --category EB3 --country India \\
      --consent \"asked by e-mail on 2026-11-20, said yes\"
      an SMS for every movement and correction
  bulletin subscribe --sqs arn:aws:sqs:us-east-1:000000000000:alerts --bulletins
      one summary of each bulletin, as JSON, to a queue
  bulletin subscribe --email you@example.com EB3 India --dry-run
      print what would be done, without doing it

To add another case for the same address, run the command again. All cases of a
category share one SNS filter policy. If SNS cannot express them in one policy,
the command explains why and changes nothing.

E-mail and HTTPS endpoints receive nothing until they confirm. Addresses are
stored only in SNS."
)]
pub(crate) struct SubscribeArgs {
    #[command(flatten)]
    pub(crate) wanted: WantedArgs,
    #[command(flatten)]
    pub(crate) to: EndpointArgs,
    /// Describe how the owner of the phone agreed to receive SMS, without the number; required with --sms
    #[arg(long, value_name = "WORDS", conflicts_with_all = ["email", "https", "sqs"])]
    pub(crate) consent: Option<String>,
    /// Append the consent to this file, as a line of JSON without the number
    #[arg(long, value_name = "FILE", requires = "consent")]
    pub(crate) consent_log: Option<PathBuf>,
    /// Print what would be done, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
}

#[derive(Debug, ClapArgs)]
#[command(
    override_usage = "bulletin unsubscribe [OPTIONS] \\
    <CATEGORY COUNTRY|--bulletins|--everything> \\
    <--email ADDRESS|--sms NUMBER|--https URL|--sqs ARN>",
    group(ArgGroup::new("what").args(["category", "category_word", "bulletins", "everything"]).required(true).multiple(true)),
    after_help = "\
Examples:
  bulletin unsubscribe --email you@example.com --category EB3 --country India
      remove EB-3 India; the address keeps its other subscriptions
  bulletin unsubscribe --email you@example.com EB3 India --when current \\
      --priority-date 2013-03-15
      remove only this filter of EB-3 India
  bulletin unsubscribe --sms +12025550100 --everything --yes
      remove everything, without a confirmation prompt

`bulletin subscriptions` lists the subscriptions."
)]
pub(crate) struct UnsubscribeArgs {
    #[command(flatten)]
    pub(crate) wanted: WantedArgs,
    /// Remove every subscription of this address
    #[arg(long, conflicts_with_all = ["case", "bulletins", "priority_date", "when", "chart"])]
    pub(crate) everything: bool,
    #[command(flatten)]
    pub(crate) to: EndpointArgs,
    /// Skip the confirmation prompt
    #[arg(long, short)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin subscriptions
  bulletin subscriptions --region us-east-1 --format json
  bulletin subscriptions --show-endpoints")]
pub(crate) struct SubscriptionsArgs {
    /// Print full addresses instead of a***@example.com
    #[arg(long)]
    pub(crate) show_endpoints: bool,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
}

/// Parses a phone number in the format of ITU's E.164: `+`, the country code, at most 15 digits in total.
fn parse_phone(text: &str) -> Result<Endpoint, UnknownSpelling> {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix('+').unwrap_or_default();
    let is_number = (8..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0');
    if !is_number {
        return Err(
            UnknownSpelling::new("phone number", text, ["one like +12025550100".into()]).because(
                "SNS needs the E.164 format: a plus sign, the country code and the number, 8 to 15 digits without \
                 spaces.",
            ),
        );
    }
    // In North America the whole number has eleven digits, and neither area nor exchange begins with 0 or 1.
    let north_american = |rest: &str| {
        rest.len() == 10
            && [0, 3]
                .into_iter()
                .all(|at| !matches!(rest.as_bytes()[at], b'0' | b'1'))
    };
    if digits.strip_prefix('1').is_some_and(|rest| !north_american(rest)) {
        return Err(
            UnknownSpelling::new("phone number", text, ["one like +12025550100".into()])
                .because("A North American number is +1 and ten digits, starting with the area code."),
        );
    }
    Ok(Endpoint::new("sms", trimmed))
}

fn parse_https(text: &str) -> Result<Endpoint, UnknownSpelling> {
    let refused = |reason: &str| {
        UnknownSpelling::new("URL", text, ["one like https://example.com/alerts".into()]).because(reason)
    };
    let trimmed = text.trim();
    let Some(rest) = trimmed.strip_prefix("https://") else {
        return Err(refused("Alerts are sent only to URLs that start with https://."));
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let is_name = |name: &str| {
        !name.is_empty()
            && name.split('.').all(|label| {
                !label.is_empty() && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
            })
    };
    if !trimmed.bytes().all(|c| c.is_ascii_graphic()) || !is_name(name) || port.parse::<u16>().is_err() {
        return Err(refused("The URL is not valid."));
    }
    Ok(Endpoint::new("https", trimmed))
}

fn parse_queue(text: &str) -> Result<Endpoint, UnknownSpelling> {
    let trimmed = text.trim();
    let parts: Vec<&str> = trimmed.split(':').collect();
    let is_queue = match parts.as_slice() {
        ["arn", partition, "sqs", region, account, name] => {
            partition.starts_with("aws")
                && !region.is_empty()
                && account.len() == 12
                && account.bytes().all(|digit| digit.is_ascii_digit())
                && !name.is_empty()
                && name
                    .bytes()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'))
        }
        _ => false,
    };
    if !is_queue {
        return Err(UnknownSpelling::new(
            "queue",
            text,
            ["one like arn:aws:sqs:us-east-1:000000000000:alerts".into()],
        )
        .because("The ARN of a standard SQS queue is expected."));
    }
    Ok(Endpoint::new("sqs", trimmed))
}

pub(crate) fn parse_prefix(text: &str) -> Result<String, UnknownSpelling> {
    let trimmed = text.trim();
    if trimmed.starts_with("arn:") && trimmed.matches(':').count() == 5 {
        return Ok(trimmed.to_owned());
    }
    Err(UnknownSpelling::new(
        "prefix",
        text,
        ["the stack output TopicPrefix, such as arn:aws:sns:us-east-1:000000000000:VisaBulletin-prod-alerts-".into()],
    )
    .because("The prefix of SNS topic ARNs is expected."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_must_be_e_164() {
        for text in ["+12025550100", " +12025550100 ", "+441632960001", "+4915550100"] {
            assert_eq!(parse_phone(text).unwrap().revealed(), text.trim());
        }
        for text in [
            "",
            "+",
            "2025550100",
            "12025550100",
            "0012025550100",
            "+1 202 555 0100",
            "+1-202-555-0100",
            "+1202555010",
            "+120255501000",
            "+11025550100",
            "+12021550100",
            "+0442079460001",
            "+1202555010a",
            "+1234567890123456",
            "+\u{661}2025550100",
        ] {
            assert!(parse_phone(text).is_err(), "{text:?} is accepted");
        }
    }

    #[test]
    fn urls_and_queue_arns_must_be_complete() {
        for text in [
            "https://example.com",
            "https://a.example.com:8443/hook?key=1",
            "https://u:p@example.com/",
        ] {
            assert_eq!(parse_https(text).unwrap().revealed(), text);
        }
        for text in [
            "http://example.com/hook",
            "example.com",
            "https://",
            "https:///hook",
            "https://exa mple.com",
            "https://example..com",
            "https://example.com:port/",
            "https://example.com/\r\nX: y",
        ] {
            assert!(parse_https(text).is_err(), "{text:?} is taken");
        }
        assert!(parse_queue("arn:aws:sqs:us-east-1:000000000000:alerts").is_ok());
        for text in [
            "alerts",
            "https://sqs.us-east-1.amazonaws.com/000000000000/alerts",
            "arn:aws:sns:us-east-1:000000000000:alerts",
            "arn:aws:sqs:us-east-1:12:alerts",
            "arn:aws:sqs:us-east-1:000000000000:",
            "arn:aws:sqs:us-east-1:000000000000:alerts.fifo",
        ] {
            assert!(parse_queue(text).is_err(), "{text:?} is taken");
        }
    }
}
