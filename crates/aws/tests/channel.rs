//! The contract of every channel, held by the SNS topics. SNS is replaced by an HTTP client that answers like it.

#![expect(
    clippy::unwrap_used,
    reason = "the setup is outside of the test functions, and its failures should stop the test"
)]

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use aws::SnsTopics;
use aws_sdk_sns::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_sns::{Client, Config};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;
use bulletin::Alert;
use pipeline::port::Channel;
use pipeline::testing::channel::{self, Fault, TestChannel};
use serde_json::Value;

const BATCH: &str = "PublishBatchRequestEntries.member.";

#[derive(Debug, Default)]
struct State {
    received: Vec<String>,
    fault: Option<(String, Fault)>,
}

/// SNS as an HTTP client.
#[derive(Debug, Clone, Default)]
struct Sns(Arc<Mutex<State>>);

impl Sns {
    /// Takes one message, unless a fault is due.
    fn take(&self, message: &str) -> Option<Fault> {
        let texts: Value = serde_json::from_str(message).unwrap();
        let alert: Value = serde_json::from_str(texts["default"].as_str().unwrap()).unwrap();
        let id = alert["id"].as_str().unwrap();
        let mut state = self.0.lock().unwrap();
        let fault = state.fault.take_if(|(failing, _)| failing == id);
        if fault.is_none() {
            state.received.push(id.to_owned());
        }
        fault.map(|(_, fault)| fault)
    }

    fn publish(&self, message: &str) -> Result<HttpResponse, ConnectorError> {
        match self.take(message) {
            None => Ok(answer(
                200,
                "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>",
            )),
            Some(Fault::LosesAnswer) => Err(ConnectorError::io(io::Error::other("no answer").into())),
            Some(_) => Ok(answer(
                400,
                "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>no</Message></Error>\
                 </ErrorResponse>",
            )),
        }
    }

    fn publish_batch(&self, form: &BTreeMap<String, String>) -> HttpResponse {
        let (mut sent, mut failed) = (String::new(), String::new());
        for number in 1.. {
            let Some(message) = form.get(&format!("{BATCH}{number}.Message")) else {
                break;
            };
            let id = &form[&format!("{BATCH}{number}.Id")];
            match self.take(message) {
                None => sent += &format!("<member><Id>{id}</Id><MessageId>{id}</MessageId></member>"),
                Some(_) => {
                    failed += &format!(
                        "<member><Id>{id}</Id><Code>InternalError</Code><SenderFault>false</SenderFault></member>"
                    );
                }
            }
        }
        answer(
            200,
            &format!(
                "<PublishBatchResponse><PublishBatchResult><Successful>{sent}</Successful><Failed>{failed}</Failed>\
                 </PublishBatchResult></PublishBatchResponse>"
            ),
        )
    }
}

impl HttpConnector for Sns {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let form = form(request.body().bytes().unwrap());
        HttpConnectorFuture::ready(match form.get("Message") {
            Some(message) => self.publish(message),
            None => Ok(self.publish_batch(&form)),
        })
    }
}

fn answer(status: u16, xml: &str) -> HttpResponse {
    HttpResponse::new(status.try_into().unwrap(), SdkBody::from(xml))
}

/// The fields of a form in the encoding of HTML.
fn form(body: &[u8]) -> BTreeMap<String, String> {
    let body = std::str::from_utf8(body).unwrap();
    let fields = body.split('&').map(|field| field.split_once('=').unwrap());
    fields
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (code, rest) = part.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).unwrap());
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).unwrap()
}

#[derive(Default)]
struct TestTopics {
    sns: Sns,
}

impl TestChannel for TestTopics {
    fn channel(&self) -> Box<dyn Channel + '_> {
        let connector = SharedHttpConnector::new(self.sns.clone());
        let config = Config::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("key", "secret", None, None, "test"))
            .retry_config(RetryConfig::disabled())
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build();
        let prefix = "arn:aws:sns:us-east-1:000000000000:test-";
        Box::new(SnsTopics::new(Client::from_conf(config), prefix))
    }

    fn fail(&self, alert: &Alert, fault: Fault) -> bool {
        self.sns.0.lock().unwrap().fault = Some((alert.id().to_string(), fault));
        // SNS refuses nothing permanently: `Refused` is an answer of one recipient.
        fault != Fault::Refuses
    }

    fn received(&self) -> Vec<String> {
        std::mem::take(&mut self.sns.0.lock().unwrap().received)
    }

    // The filter policies of the subscriptions do.
    fn selects_recipients(&self) -> bool {
        false
    }
}

#[tokio::test(flavor = "current_thread")]
async fn sns_keeps_the_contract_of_a_channel() {
    channel::all(|_| TestTopics::default()).await;
}
