//! What the things of a deployment are called. `infra-cdk` gives them these names; a test holds the two together.

use std::fmt;
use std::str::FromStr;

use aws::config::Tables;
use bulletin::UnknownSpelling;

/// One deployment in an account and region, told from others by its stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    stage: String,
}

/// One of a deployment's queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// Pages that wait for the parser.
    Pages,
    /// Pages that the parser refused or failed on, again and again.
    RefusedPages,
    /// Records of the stream that the notifier could not understand, whole.
    UnreadRecords,
    /// Where in the stream the records stand that the notifier failed on for six hours.
    GivenUpRecords,
    /// Events on which the fetcher failed three times.
    FailedLooks,
    /// Events with which the schedule could not reach the fetcher.
    MissedLooks,
}

impl Queue {
    /// Where something ends that an operator must look at.
    pub const DEAD_LETTERS: [Self; 5] = [
        Self::RefusedPages,
        Self::UnreadRecords,
        Self::GivenUpRecords,
        Self::FailedLooks,
        Self::MissedLooks,
    ];

    /// What its name ends with.
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

/// One of a deployment's Lambdas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// Finds bulletins.
    Fetcher,
    /// Reads pages.
    Parser,
    /// Sends alerts.
    Notifier,
}

impl Deployment {
    /// The stage.
    pub fn stage(&self) -> &str {
        &self.stage
    }

    /// The names of its tables.
    pub fn tables(&self) -> Tables {
        let stage = &self.stage;
        Tables {
            data: format!("VisaBulletinData-{stage}"),
            links: format!("ProcessedURLs-{stage}"),
            marks: format!("AlertMarks-{stage}"),
        }
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

    /// What the names of the topics of its alerts begin with, before a category's code or `BULLETINS`.
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

    /// Reads a stage as `infra-cdk` takes it.
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

/// How long a stage may be.
const STAGE_LETTERS: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_called_what_the_template_calls_it() {
        let template = include_str!("../../../infra-cdk/test/templates.snapshot.json");
        let prod: Deployment = "prod".parse().unwrap();
        let tables = prod.tables();
        let mut names = vec![tables.data, tables.links, tables.marks];
        names.extend(
            [Queue::Pages]
                .into_iter()
                .chain(Queue::DEAD_LETTERS)
                .map(|queue| prod.queue(queue)),
        );
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
