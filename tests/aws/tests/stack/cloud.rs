//! A separate emulator, and the AWS APIs that show the state of a deployment.
use aws_harness::emulator::{is_installed, ministack_program, start_ministack};
use aws_harness::http::{Request, forward};
use aws_harness::process::{Process, free_port, project};
use serde_json::{Value, json};

use crate::passage::Passage;

/// The account number of the emulator.
pub(crate) const ACCOUNT: &str = "000000000000";

/// An emulator, and the proxy through which the Lambdas call it.
pub(crate) struct Cloud {
    _emulator: Process,
    pub(crate) passage: Passage,
    port: u16,
}

impl Cloud {
    /// Starts an emulator that enforces the permissions of roles or ignores them; `None`, with a message, if
    /// it or the CDK is not installed.
    pub(crate) fn start(enforces_roles: bool) -> Option<Self> {
        let cdk = project().join("infra-cdk/node_modules/.bin/cdk");
        if !is_installed(&ministack_program()) || !is_installed(&cdk) {
            return None;
        }
        let port = free_port();
        let passage = Passage::to(port);
        let settings = [
            ("AWS_LAMBDA_LOG_FORMAT", "JSON"),
            ("AUTH", if enforces_roles { "true" } else { "false" }),
        ];
        let emulator = start_ministack(port, &passage.endpoint(), &settings);
        Some(Self {
            _emulator: emulator,
            passage,
            port,
        })
    }

    /// Calls a service that speaks JSON and has its action in a header: `DynamoDB_20120810.Scan`.
    ///
    /// # Panics
    /// If the service refuses.
    pub(crate) fn json(&self, service: &str, target: &str, body: &Value) -> Value {
        let headers = [
            ("x-amz-target", target),
            ("content-type", "application/x-amz-json-1.0"),
        ];
        let (status, answer) = self.send(service, "POST", "/", &headers, body.to_string());
        assert!(status == 200, "{target}: {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }

    /// Calls a service that takes a form, and returns its XML with the status.
    pub(crate) fn form(&self, service: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", percent_encoded(value)))
            .collect();
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        self.send(service, "POST", "/", &headers, body.join("&"))
    }

    /// Calls a service with paths, and returns its JSON.
    ///
    /// # Panics
    /// If the service refuses.
    pub(crate) fn rest(&self, service: &str, method: &str, path: &str, body: &Value) -> Value {
        let headers = [("content-type", "application/json")];
        let (status, answer) = self.send(service, method, path, &headers, body.to_string());
        assert!((200..300).contains(&status), "{path}: {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }

    /// Invokes a function and waits for its answer.
    ///
    /// # Errors
    /// The function's error answer.
    pub(crate) fn invoke(&self, function: &str, event: &Value) -> Result<Value, String> {
        let path = format!("/2015-03-31/functions/{function}/invocations");
        let answer = self.rest("lambda", "POST", &path, event);
        match answer.get("errorMessage") {
            Some(error) => Err(error.to_string()),
            None => Ok(answer),
        }
    }

    /// Adds variables to the environment of a function. The emulator restarts the function and, unlike AWS,
    /// aborts its running invocation.
    pub(crate) fn set_variables(&self, function: &str, variables: &[(&str, &str)]) {
        let path = format!("/2015-03-31/functions/{function}/configuration");
        let known = self.rest("lambda", "GET", &path, &Value::Null);
        let mut all = known["Environment"]["Variables"].clone();
        for (name, value) in variables {
            all[*name] = json!(value);
        }
        self.rest(
            "lambda",
            "PUT",
            &path,
            &json!({"Environment": {"Variables": all}}),
        );
    }

    fn send(
        &self,
        service: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> (u16, String) {
        // The emulator takes the service from this header. It requires no signature for the account's default
        // key.
        let scope = format!("AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request");
        let mut all = vec![
            ("host".to_owned(), format!("127.0.0.1:{}", self.port)),
            ("x-forwarded-proto".to_owned(), "https".to_owned()),
            (
                "authorization".to_owned(),
                format!("{scope}, SignedHeaders=host, Signature=none"),
            ),
        ];
        all.extend(
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            headers: all,
            body: body.into_bytes(),
        };
        let answer = forward(&request, self.port).expect("the emulator answers");
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        (status.expect("a status"), body.to_owned())
    }
}

/// The texts between every pair of these tags.
pub(crate) fn between<'a>(xml: &'a str, tag: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let parts = xml.split(&open).skip(1);
    parts.filter_map(|part| part.split(&close).next()).collect()
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// The decoded text of a percent encoding.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits: String = rest.by_ref().take(2).map(char::from).collect();
            bytes.push(u8::from_str_radix(&digits, 16).expect("two digits"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("a text")
}
