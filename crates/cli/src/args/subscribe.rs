use std::path::PathBuf;

use aws::subscribe::Endpoint;
use bulletin::UnknownSpelling;
use clap::{ArgGroup, Args as ClapArgs};
use mail::EmailAddress;

use super::{ConnectionArgs, WantedArgs};
use crate::output::Format;

/// Which deployment on AWS, and who asks it.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Where on AWS")]
pub(crate) struct AwsArgs {
    #[command(flatten)]
    pub(crate) connection: ConnectionArgs,
    /// What the ARNs of the topics begin with, where there is more than one deployment: its output TopicPrefix
    #[arg(long, value_name = "ARN", env = "VISA_BULLETIN_TOPIC_PREFIX", value_parser = parse_prefix)]
    pub(crate) topic_prefix: Option<String>,
}

/// Where the alerts go: one of these.
#[derive(Debug, ClapArgs)]
#[group(id = "endpoint", required = true, multiple = false)]
pub(crate) struct EndpointArgs {
    /// An e-mail address, which has to confirm
    #[arg(long, value_name = "ADDRESS")]
    email: Option<EmailAddress>,
    /// A telephone, with + and the country's number
    #[arg(long, value_name = "NUMBER", value_parser = parse_phone)]
    sms: Option<Endpoint>,
    /// A web address, which has to confirm
    #[arg(long, value_name = "URL", value_parser = parse_https)]
    https: Option<Endpoint>,
    /// A queue of SQS
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
            .ok_or_else(|| anyhow::anyhow!("say where the alerts go: --email, --sms, --https or --sqs"))
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
      an SMS for every movement
  bulletin subscribe --sqs arn:aws:sqs:us-east-1:000000000000:alerts --bulletins
      one summary of each bulletin, as JSON, to a queue
  bulletin subscribe --email you@example.com EB3 India --dry-run
      what that would do; nothing is done

Run it again for another case of the same address. The cases of one category share
one filter policy of SNS; where SNS does not allow that, it says why and changes
nothing. E-mail and web addresses hear nothing before they confirm. Addresses are
kept by SNS and nowhere else."
)]
pub(crate) struct SubscribeArgs {
    #[command(flatten)]
    pub(crate) wanted: WantedArgs,
    #[command(flatten)]
    pub(crate) to: EndpointArgs,
    /// How whoever has the telephone agreed to get SMS: in words, without the number. Needed with --sms
    #[arg(long, value_name = "WORDS", conflicts_with_all = ["email", "https", "sqs"])]
    pub(crate) consent: Option<String>,
    /// A file to which the record of that consent is added, as a line of JSON without the number
    #[arg(long, value_name = "FILE", requires = "consent")]
    pub(crate) consent_log: Option<PathBuf>,
    /// Say what would be done, and do nothing
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
      removes EB-3 India; the address keeps its other subscriptions
  bulletin unsubscribe --email you@example.com EB3 India --when current \\
      --priority-date 2013-03-15
      removes only that filter of EB-3 India
  bulletin unsubscribe --sms +12025550100 --everything --yes
      all of it, without a question

`bulletin subscriptions` lists what there is."
)]
pub(crate) struct UnsubscribeArgs {
    #[command(flatten)]
    pub(crate) wanted: WantedArgs,
    /// Every subscription of this address
    #[arg(long, conflicts_with_all = ["case", "bulletins", "priority_date", "when", "chart"])]
    pub(crate) everything: bool,
    #[command(flatten)]
    pub(crate) to: EndpointArgs,
    /// Do not ask
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
    /// Show addresses whole, in place of a***@example.com
    #[arg(long)]
    pub(crate) show_endpoints: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) aws: AwsArgs,
}

/// Reads a telephone number as ITU's E.164 writes it: `+`, the country's number, at most 15 digits.
fn parse_phone(text: &str) -> Result<Endpoint, UnknownSpelling> {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix('+').unwrap_or_default();
    let is_number = (8..=15).contains(&digits.len())
        && digits.bytes().all(|digit| digit.is_ascii_digit())
        && !digits.starts_with('0');
    if !is_number {
        return Err(UnknownSpelling::new("telephone", text, ["one like +12025550100".into()]).because(
            "That is no telephone number as SNS takes it (E.164): a plus, the country's number and the rest, 8 to 15 \
             digits without spaces.",
        ));
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
            UnknownSpelling::new("telephone", text, ["one like +12025550100".into()])
                .because("A number of North America is +1 and ten digits, area first."),
        );
    }
    Ok(Endpoint::new("sms", trimmed))
}

fn parse_https(text: &str) -> Result<Endpoint, UnknownSpelling> {
    let refused = |reason: &str| {
        UnknownSpelling::new(
            "web address",
            text,
            ["one like https://example.com/alerts".into()],
        )
        .because(reason)
    };
    let trimmed = text.trim();
    let Some(rest) = trimmed.strip_prefix("https://") else {
        return Err(refused(
            "Alerts go only to web addresses that begin with https://.",
        ));
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
        return Err(refused("That is no web address."));
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
        .because("That is no ARN of a standard queue of SQS."));
    }
    Ok(Endpoint::new("sqs", trimmed))
}

fn parse_prefix(text: &str) -> Result<String, UnknownSpelling> {
    let trimmed = text.trim();
    if trimmed.starts_with("arn:") && trimmed.matches(':').count() == 5 {
        return Ok(trimmed.to_owned());
    }
    Err(UnknownSpelling::new(
        "prefix",
        text,
        ["what the output TopicPrefix of the deployment says, such as arn:aws:sns:us-east-1:000000000000:VisaBulletin-prod-alerts-".into()],
    )
    .because("That is nothing that the ARNs of topics begin with."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_is_taken_only_as_e_164() {
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
            assert!(parse_phone(text).is_err(), "{text:?} is taken");
        }
    }

    #[test]
    fn web_addresses_and_queues_are_taken_only_whole() {
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
