//! Messages of a deployment's queues, and the alerts that its subscriber received.

use std::time::{Duration as Wait, Instant};

use super::Deployment;
use crate::emulator::Emulator;

impl Deployment {
    /// The messages that the subscriber got since the last call.
    ///
    /// # Panics
    /// If the queue cannot be read.
    pub async fn heard(&self) -> Vec<String> {
        self.receive_all(&self.subscriber, false).await
    }

    /// Watches the subscriber's queue in a thread from now on. The thread returns the instant of the first
    /// message, which stays for [`heard`](Self::heard).
    ///
    /// # Panics
    /// In its thread, if the queue cannot be read.
    pub fn first_heard(&self, emulator: &Emulator) -> std::thread::JoinHandle<Instant> {
        // A separate client: the tasks of the client on this thread wait while the thread is busy.
        let (config, queue) = (emulator.config(), self.subscriber.clone());
        std::thread::spawn(move || {
            let sqs = aws_sdk_sqs::Client::new(&config);
            crate::run(async {
                loop {
                    let request = sqs.receive_message().queue_url(&queue).visibility_timeout(0);
                    let received = request.send().await.expect("messages");
                    if !received.messages().is_empty() {
                        return Instant::now();
                    }
                    tokio::time::sleep(Wait::from_millis(5)).await;
                }
            })
        })
    }

    /// Receives every message of a queue.
    ///
    /// # Panics
    /// If the queue cannot be read.
    pub async fn take_all(&self, queue: &str) -> Vec<String> {
        self.receive_all(queue, true).await
    }

    async fn receive_all(&self, queue: &str, delete: bool) -> Vec<String> {
        let mut bodies = Vec::new();
        loop {
            let received = self
                .sqs
                .receive_message()
                .queue_url(queue)
                .max_number_of_messages(10)
                .send()
                .await
                .expect("messages");
            let messages = received.messages.unwrap_or_default();
            if messages.is_empty() {
                return bodies;
            }
            for message in messages {
                if delete {
                    let delete = self.sqs.delete_message().queue_url(queue);
                    let delete = delete.set_receipt_handle(message.receipt_handle);
                    delete.send().await.expect("deleted");
                }
                bodies.extend(message.body);
            }
        }
    }
}
