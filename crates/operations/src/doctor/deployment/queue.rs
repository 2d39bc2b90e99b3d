//! Checks the queues of a deployment, and counts the dead letters in them.

use aws::reason::reason;
use aws_sdk_sqs::error::SdkError;
use aws_sdk_sqs::types::QueueAttributeName;
use aws_types::SdkConfig;

use crate::Deployment;
use crate::deployment::Queue;
use crate::doctor::{Circumstances, Part, Symptom, counted};

/// Checks that the queues of a deployment exist, and counts their dead letters.
pub(super) async fn queues(
    config: &SdkConfig,
    deployment: &Deployment,
    around: &Circumstances,
    symptoms: &mut Vec<Symptom>,
) {
    let client = aws_sdk_sqs::Client::new(config);
    let before = symptoms.len();
    for queue in std::iter::once(Queue::Pages).chain(Queue::DEAD_LETTERS) {
        let name = deployment.queue(queue);
        match read(&client, &name).await {
            Ok(state) => symptoms.extend(judged(queue, &name, &state, around)),
            Err(Unread::Missing) => symptoms.push(Symptom::bad(
                Part::DeadLetters,
                format!("the queue {name} does not exist"),
                "Deploy again, which creates it: `make deploy` in a checkout of this project.",
            )),
            Err(Unread::Because(reason)) => symptoms.push(Symptom::unknown(
                Part::DeadLetters,
                format!("the queue {name} cannot be read: {reason}"),
            )),
        }
    }
    if symptoms.len() == before {
        symptoms.push(Symptom::good(
            Part::DeadLetters,
            format!("none in {} queues", Queue::DEAD_LETTERS.len()),
        ));
    }
}

/// The attributes of a queue.
struct State {
    messages: usize,
    has_dead_letter_queue: bool,
}

enum Unread {
    Missing,
    Because(String),
}

async fn read(client: &aws_sdk_sqs::Client, name: &str) -> Result<State, Unread> {
    let url = match client.get_queue_url().queue_name(name).send().await {
        Ok(answer) => answer.queue_url.unwrap_or_default(),
        Err(SdkError::ServiceError(error)) if error.err().is_queue_does_not_exist() => {
            return Err(Unread::Missing);
        }
        Err(error) => return Err(Unread::Because(reason(&error))),
    };
    let request = client.get_queue_attributes().queue_url(url);
    let answer = request.attribute_names(QueueAttributeName::All).send().await;
    let answer = answer.map_err(|error| Unread::Because(reason(&error)))?;
    let attributes = answer.attributes.unwrap_or_default();
    let number = |name: &QueueAttributeName| {
        let text = attributes.get(name);
        text.and_then(|text| text.parse::<usize>().ok())
            .unwrap_or_default()
    };
    Ok(State {
        messages: number(&QueueAttributeName::ApproximateNumberOfMessages)
            + number(&QueueAttributeName::ApproximateNumberOfMessagesNotVisible),
        has_dead_letter_queue: attributes.contains_key(&QueueAttributeName::RedrivePolicy),
    })
}

fn judged(queue: Queue, name: &str, state: &State, around: &Circumstances) -> Option<Symptom> {
    let messages = counted(state.messages, "message");
    let replayed = |queue| around.command(&format!("replay --dead-letters --queue {queue}"));
    let (what, remedy, queue) = match queue {
        Queue::Pages if !state.has_dead_letter_queue => {
            return Some(Symptom::bad(
                Part::DeadLetters,
                format!("{name} has no dead-letter queue: a page that fails is lost"),
                "Deploy again, which adds it: `make deploy` in a checkout of this project.",
            ));
        }
        _ if state.messages == 0 || queue == Queue::Pages => return None,
        Queue::RefusedPages => (
            "refused pages",
            "Check the parser's logs and the page: docs/RUNBOOK.md, RefusedPages. When the page is correct, or a \
             fixed version is deployed, read it again.",
            "parser",
        ),
        Queue::UnreadRecords => (
            "stream records that could not be decoded",
            "See docs/RUNBOOK.md, UnreadRecords. When a fixed version is deployed, retry them.",
            "notifier",
        ),
        Queue::GivenUpRecords => (
            "alerts that were given up after six hours",
            "Fix the cause first: docs/RUNBOOK.md, NotifierErrors. Then send them.",
            "notifier",
        ),
        Queue::FailedLooks => (
            "polls that failed three times",
            "Fix the cause: docs/RUNBOOK.md, FailedLooks. Then poll again.",
            "fetcher",
        ),
        Queue::MissedLooks => (
            "polls that the schedule could not start",
            "Fix the cause: docs/RUNBOOK.md, MissedLooks. Then poll again.",
            "scheduler",
        ),
        Queue::Pages => return None,
    };
    let symptom = Symptom::bad(Part::DeadLetters, format!("{messages} in {name}: {what}"), remedy);
    Some(symptom.by(replayed(queue)))
}
