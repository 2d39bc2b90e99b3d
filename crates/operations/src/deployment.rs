//! The names of a deployment's resources. A test checks that `infra-cdk` uses the same names. Excludes everything
//! that calls AWS. Start with [`Deployment`].

use std::fmt;
use std::str::FromStr;

use bulletin::UnknownSpelling;

#[cfg(feature = "aws")]
mod tables;

/// A deployment in an account and region, identified by its stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    stage: String,
}

/// A queue of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// Pages that await the parser.
    Pages,
    /// Pages that the parser refused or failed on repeatedly.
    RefusedPages,
    /// Whole stream records that the notifier could not parse.
    UnreadRecords,
    /// The stream positions of records on which the notifier failed for six hours.
    GivenUpRecords,
    /// Events on which the fetcher failed three times.
    FailedLooks,
    /// Events that the schedule could not deliver to the fetcher.
    MissedLooks,
}

impl Queue {
    /// The queues whose messages need an operator.
    pub const DEAD_LETTERS: [Self; 5] = [
        Self::RefusedPages,
        Self::UnreadRecords,
        Self::GivenUpRecords,
        Self::FailedLooks,
        Self::MissedLooks,
    ];

    /// The suffix of its name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::RefusedPages => "refused-pages",
            Self::UnreadRecords => "unread-records",
            Self::GivenUpRecords => "given-up-records",
            Self::FailedLooks => "failed-looks",
            Self::MissedLooks => "missed-looks",
        }
    }
}

/// A Lambda of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Polls for bulletins.
    Fetcher,
    /// Parses and stores pages.
    Parser,
    /// Sends alerts.
    Notifier,
}

impl Deployment {
    /// The stage.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The name of one of its queues.
    pub fn queue(&self, queue: Queue) -> String {
        format!("VisaBulletin-{}-{}", self.stage, queue.ending())
    }

    /// The name of one of its Lambdas.
    pub fn function(&self, function: Function) -> String {
        let name = match function {
            Function::Fetcher => "fetcher",
            Function::Parser => "parser",
            Function::Notifier => "notifier",
        };
        format!("VisaBulletin-{}-{name}", self.stage)
    }

    /// The prefix of its alert topics, followed by the code of a category or `BULLETINS`.
    pub fn topics(&self) -> String {
        format!("VisaBulletin-{}-alerts-", self.stage)
    }
}

impl fmt::Display for Deployment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.stage)
    }
}

impl FromStr for Deployment {
    type Err = UnknownSpelling;

    /// Parses a stage by the rules of `infra-cdk`.
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        let is_part_of_a_name = (1..=STAGE_LETTERS).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && !text.ends_with('-')
            && text != "data"
            && !text.ends_with("-data")
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if is_part_of_a_name {
            Ok(Self { stage: text.into() })
        } else {
            Err(UnknownSpelling::new("stage", text, ["prod".into(), "dev".into()]).because(
                "A stage is the word that a deployment's names have in them: 1 to 20 small letters, digits and hyphens, \
                 a letter first, not ending in -data.",
            ))
        }
    }
}

/// The maximum length of a stage.
const STAGE_LETTERS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_called_what_the_template_calls_it() {
        let template = include_str!("../../../infra-cdk/test/templates.snapshot.json");
        let prod: Deployment = "prod".parse().unwrap();
        let queues = [Queue::Pages].into_iter().chain(Queue::DEAD_LETTERS);
        let mut names: Vec<String> = queues.map(|queue| prod.queue(queue)).collect();
        names.extend(
            [Function::Fetcher, Function::Parser, Function::Notifier].map(|name| prod.function(name)),
        );
        names.push(format!("{}BULLETINS", prod.topics()));
        names.push(format!("{}EB3", prod.topics()));
        for name in names {
            assert!(template.contains(&format!("Name\": \"{name}\"")), "{name}");
        }
    }

    #[test]
    fn a_stage_that_cannot_be_part_of_a_name_is_refused() {
        for wrong in [
            "",
            "Prod",
            "pro d",
            "1st",
            "prod_2",
            "prod-",
            "data",
            "my-data",
            "a-stage-that-is-much-too-long",
        ] {
            assert!(wrong.parse::<Deployment>().is_err(), "{wrong}");
        }
        assert_eq!("dev-2".parse::<Deployment>().unwrap().stage(), "dev-2");
    }
}
