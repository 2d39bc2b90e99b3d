//! `replay`, on a deployment and on one machine.

mod alert;
mod letter;
mod month;
mod moved;

use aws_harness::run;
use aws_sdk_sqs::types::MessageAttributeValue;
use operations::deployment::Queue;
use serde_json::json;

use crate::stage::Stage;

/// The messages of a queue: bodies with their trace, sorted by text.
fn bodies(stage: &Stage, queue: Queue) -> Vec<(String, Option<String>)> {
    let sqs = aws_sdk_sqs::Client::new(&stage.emulator.config());
    run(async {
        let url = stage.url(queue).await;
        let (mut bodies, mut receipts) = (Vec::new(), Vec::new());
        loop {
            let receive = sqs.receive_message().queue_url(&url).max_number_of_messages(10);
            let receive = receive.visibility_timeout(30).message_attribute_names("All");
            let messages = receive.send().await.unwrap().messages.unwrap_or_default();
            if messages.is_empty() {
                break;
            }
            for message in messages {
                let attributes = message.message_attributes.unwrap_or_default();
                let trace = attributes
                    .get("trace")
                    .and_then(|trace| trace.string_value.clone());
                bodies.push((message.body.unwrap(), trace));
                receipts.push(message.receipt_handle.unwrap());
            }
        }
        for receipt in receipts {
            let back = sqs.change_message_visibility().queue_url(&url);
            let back = back.receipt_handle(receipt).visibility_timeout(0);
            back.send().await.unwrap();
        }
        bodies.sort_unstable();
        bodies
    })
}

/// Sends a message with these attributes to a queue.
fn leave(stage: &Stage, queue: Queue, body: &str, attributes: &[(&str, &str)]) {
    let sqs = aws_sdk_sqs::Client::new(&stage.emulator.config());
    run(async {
        let mut send = sqs
            .send_message()
            .queue_url(stage.url(queue).await)
            .message_body(body);
        for (name, value) in attributes {
            let value = MessageAttributeValue::builder()
                .data_type("String")
                .string_value(*value)
                .build()
                .unwrap();
            send = send.message_attributes(*name, value);
        }
        send.send().await.unwrap();
    });
}

/// Sends the page of a month to the queue of refused ones.
fn refuse(stage: &Stage, month: &str) {
    let body = json!({"link": {"month": month, "path": format!("/content/{month}")}, "trace": month});
    leave(stage, Queue::RefusedPages, &body.to_string(), &[("trace", month)]);
}

/// The number of messages in a queue.
fn count(stage: &Stage, queue: Queue) -> usize {
    bodies(stage, queue).len()
}
