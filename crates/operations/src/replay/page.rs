//! Moves pages that the parser gave up back into its queue. Start with [`Queues::redrive_pages`].
//!
//! The state of the link does not matter: the parser parses every page in its queue, and records the outcome in the
//! link again.

use std::time::Duration;

use aws_sdk_sqs::error::{ProvideErrorMetadata as _, SdkError};
use aws_sdk_sqs::types::ListMessageMoveTasksResultEntry;
use pipeline::port::LinkTable;

use crate::deployment::Queue;
use crate::replay::letter::{About, Letter};
use crate::replay::queues::Done;
use crate::replay::{Pace, Queues, ReplayError};

/// The interval between requests for the progress of AWS.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// The error codes of services that lack a call.
const NO_SUCH_CALL: [&str; 5] = [
    "InvalidAction",
    "NotImplemented",
    "UnknownOperation",
    "UnknownOperationException",
    "AWS.SimpleQueueService.InvalidAction",
];

/// The outcome for the dead letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Redriven {
    /// The number of pages moved back into the queue.
    pub moved: usize,
    /// True if it was stopped before all pages were moved.
    pub stopped: bool,
}

/// Adds the state of its link and its last event to each message about a page.
///
/// # Errors
/// [`ReplayError`].
pub async fn add_reasons(links: &impl LinkTable, letters: &mut [Letter]) -> Result<(), ReplayError> {
    for letter in letters {
        if let Some(month) = letter.month()
            && let Some(link) = links.link(month).await?
        {
            letter.reason = Some(format!("link {}: {}", link.state.code(), link.note));
        }
    }
    Ok(())
}

impl Queues {
    /// Moves these refused pages back into the queue of pages, at a limited rate: with `StartMessageMoveTask`, or
    /// one by one if a message must stay because it names no page, or if the service lacks that call. A message is
    /// deleted only after its copy was accepted, so a crash leaves at most one message in both queues, and parsing
    /// a page twice changes nothing.
    ///
    /// Calls `progress` with the number of moved messages, and ends when `stop` returns true.
    ///
    /// # Errors
    /// [`ReplayError`]. Messages moved until then stay moved; running it again moves the rest.
    pub async fn redrive_pages(
        &self,
        letters: &[Letter],
        most_a_second: Option<u32>,
        mut progress: impl FnMut(usize),
        stop: impl Fn() -> bool,
    ) -> Result<Redriven, ReplayError> {
        let all_are_pages = letters.iter().all(|letter| letter.month().is_some());
        if all_are_pages && !letters.is_empty() {
            let moved = self.start_move(most_a_second).await?;
            if let Some(handle) = moved {
                return self.follow_move(&handle, &mut progress, &stop).await;
            }
        }
        self.redrive_one_by_one(letters, most_a_second, progress, stop)
            .await
    }

    /// Starts a task that moves all messages; `None` if the service lacks the call.
    async fn start_move(&self, most_a_second: Option<u32>) -> Result<Option<String>, ReplayError> {
        let request = self
            .client
            .start_message_move_task()
            .source_arn(self.arn(Queue::RefusedPages).await?)
            .destination_arn(self.arn(Queue::Pages).await?)
            .set_max_number_of_messages_per_second(most_a_second.and_then(|most| i32::try_from(most).ok()));
        match request.send().await {
            Ok(answer) => Ok(Some(answer.task_handle.unwrap_or_default())),
            Err(SdkError::ServiceError(error))
                if error
                    .err()
                    .code()
                    .is_some_and(|code| NO_SUCH_CALL.contains(&code)) =>
            {
                Ok(None)
            }
            Err(error) => Err(self.failed(Queue::RefusedPages, &error)),
        }
    }

    async fn follow_move(
        &self,
        handle: &str,
        progress: &mut impl FnMut(usize),
        stop: &impl Fn() -> bool,
    ) -> Result<Redriven, ReplayError> {
        let source = self.arn(Queue::RefusedPages).await?;
        let mut cancelled = false;
        loop {
            let tasks = self
                .client
                .list_message_move_tasks()
                .source_arn(&source)
                .max_results(10)
                .send()
                .await
                .map_err(|error| self.failed(Queue::RefusedPages, &error))?;
            // A task that has ended has no handle; it is the newest.
            let is_ours = |task: &&ListMessageMoveTasksResultEntry| task.task_handle() == Some(handle);
            let tasks = tasks.results();
            let Some(task) = tasks.iter().find(is_ours).or_else(|| newest(tasks)) else {
                return Err(self.move_failed("AWS does not know of the move any more"));
            };
            let moved = usize::try_from(task.approximate_number_of_messages_moved()).unwrap_or(0);
            progress(moved);
            match task.status().unwrap_or_default() {
                "COMPLETED" => {
                    return Ok(Redriven {
                        moved,
                        stopped: false,
                    });
                }
                "CANCELLED" => return Ok(Redriven { moved, stopped: true }),
                "FAILED" => return Err(self.move_failed(task.failure_reason().unwrap_or("no reason given"))),
                _ => {}
            }
            if stop() && !cancelled {
                cancelled = true;
                let cancel = self.client.cancel_message_move_task().task_handle(handle);
                // A task that has just ended cannot be cancelled; the next response shows it.
                if let Err(error) = cancel.send().await
                    && !matches!(error, SdkError::ServiceError(_))
                {
                    return Err(self.failed(Queue::RefusedPages, &error));
                }
                continue;
            }
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    fn move_failed(&self, reason: &str) -> ReplayError {
        ReplayError::Move {
            queue: self.name(Queue::RefusedPages),
            reason: reason.to_owned(),
        }
    }

    async fn redrive_one_by_one(
        &self,
        letters: &[Letter],
        most_a_second: Option<u32>,
        mut progress: impl FnMut(usize),
        stop: impl Fn() -> bool,
    ) -> Result<Redriven, ReplayError> {
        let pages = self.url(Queue::Pages).await?;
        let mut pace = Pace::of(most_a_second);
        let mut redriven = Redriven::default();
        self.each(Queue::RefusedPages, letters, async |letter| {
            if matches!(letter.about, About::Unknown) {
                return Ok(Done::Leave);
            }
            if stop() {
                redriven.stopped = true;
                return Ok(Done::Stop);
            }
            pace.wait().await;
            self.client
                .send_message()
                .queue_url(&pages)
                .message_body(&letter.body)
                .set_message_attributes(Some(letter.attributes.clone()))
                .send()
                .await
                .map_err(|error| self.failed(Queue::Pages, &error))?;
            redriven.moved += 1;
            progress(redriven.moved);
            Ok(Done::Delete)
        })
        .await?;
        Ok(redriven)
    }
}

fn newest(tasks: &[ListMessageMoveTasksResultEntry]) -> Option<&ListMessageMoveTasksResultEntry> {
    tasks.iter().max_by_key(|task| task.started_timestamp())
}
