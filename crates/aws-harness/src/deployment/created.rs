//! The queues and topics that a deployment creates.

use aws_sdk_sqs::types::QueueAttributeName;
use bulletin::Category;
use serde_json::json;

use super::MAX_RECEIVES;

/// Creates a queue, and returns its URL. Messages received too often move to the other queue.
pub(super) async fn queue(sqs: &aws_sdk_sqs::Client, name: &str, dead_letters: Option<&str>) -> String {
    let mut request = sqs.create_queue().queue_name(name);
    if let Some(dead_letters) = dead_letters {
        let policy = json!({
            "deadLetterTargetArn": arn(sqs, dead_letters).await,
            "maxReceiveCount": MAX_RECEIVES,
        });
        request = request.attributes(QueueAttributeName::RedrivePolicy, policy.to_string());
    }
    let answer = request.send().await.expect("a queue");
    answer.queue_url.expect("its address")
}

/// The ARN of a queue.
pub(super) async fn arn(sqs: &aws_sdk_sqs::Client, queue: &str) -> String {
    let request = sqs.get_queue_attributes().queue_url(queue);
    let request = request.attribute_names(QueueAttributeName::QueueArn);
    let answer = request.send().await.expect("attributes");
    let attributes = answer.attributes.unwrap_or_default();
    attributes[&QueueAttributeName::QueueArn].clone()
}

/// Creates every topic, subscribes a queue to all of them, and returns the prefix of their ARNs.
pub(super) async fn topics(sns: &aws_sdk_sns::Client, before: &str, subscriber: &str) -> String {
    let names = Category::ALL
        .iter()
        .map(|category| category.code())
        .chain(["BULLETINS"]);
    let mut prefix = String::new();
    for name in names {
        let created = sns.create_topic().name(format!("{before}-{name}"));
        let arn = created.send().await.expect("a topic").topic_arn.expect("its ARN");
        prefix = arn.strip_suffix(name).expect("its name").to_owned();
        sns.subscribe()
            .topic_arn(arn)
            .protocol("sqs")
            .endpoint(subscriber)
            .attributes("RawMessageDelivery", "true")
            .send()
            .await
            .expect("a subscription");
    }
    prefix
}
