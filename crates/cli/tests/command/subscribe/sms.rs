//! The checks before an SMS subscription, with responses as from AWS: the emulator does not support them.

use std::sync::{Arc, Mutex};

use aws_harness::http::{Response, Server};

use super::cloud::command;
use super::{PHONE, PREFIX};
use crate::tool::{Folder, answer};

/// The responses of SNS to the checks before an SMS subscription, as in its API reference.
fn sms_service(opted_out: bool, asked: Arc<Mutex<Vec<String>>>) -> Server {
    Server::start(move |request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let action = body
            .split('&')
            .find_map(|pair| pair.strip_prefix("Action="))
            .unwrap_or_default()
            .to_owned();
        let result = match action.as_str() {
            "CheckIfPhoneNumberIsOptedOut" => format!("<isOptedOut>{opted_out}</isOptedOut>"),
            "GetSMSSandboxAccountStatus" => "<IsInSandbox>true</IsInSandbox>".into(),
            "ListOriginationNumbers" => "<PhoneNumbers></PhoneNumbers>".into(),
            "GetSMSAttributes" => {
                "<attributes><entry><key>MonthlySpendLimit</key><value>1</value></entry></attributes>".into()
            }
            "ListSubscriptionsByTopic" => format!(
                "<Subscriptions><member><TopicArn>{PREFIX}EB3</TopicArn><Protocol>sms</Protocol>\
                 <SubscriptionArn>Deleted</SubscriptionArn><Owner>000000000000</Owner>\
                 <Endpoint>{PHONE}</Endpoint></member></Subscriptions>"
            ),
            "Subscribe" => format!("<SubscriptionArn>{PREFIX}EB3:1</SubscriptionArn>"),
            other => panic!("nobody should ask {other}"),
        };
        asked.lock().unwrap().push(action.clone());
        let xml = format!(
            "<{action}Response xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><{action}Result>{result}</{action}Result></{action}Response>"
        );
        Response::new(200, xml)
    })
}

#[test]
fn what_stands_in_the_way_of_sms_is_said_and_who_said_stop_is_not_subscribed() {
    for opted_out in [true, false] {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let server = sms_service(opted_out, Arc::clone(&asked));
        let folder = Folder::new();
        let args = [
            "subscribe",
            "--sms",
            PHONE,
            "EB3",
            "India",
            "--consent",
            "said yes",
            "--topic-prefix",
            PREFIX,
        ];
        let told = answer(command(
            &folder,
            &format!("http://127.0.0.1:{}", server.port()),
            &args,
        ));
        let subscribed = asked.lock().unwrap().iter().any(|action| action == "Subscribe");
        assert_eq!(subscribed, !opted_out, "{told:?}");
        if opted_out {
            told.exits(1)
                .says(&["+1******0100 has opted out of SMS by answering STOP, so nothing was subscribed"]);
        } else {
            told.exits(0).says(&[
                "the number has not opted out",
                "warning: this account is in the SMS sandbox",
                "warning: this account has no origination number",
                "the monthly SMS spending limit of this account is 1 US dollars",
            ]);
        }
    }
}
