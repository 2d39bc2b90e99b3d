//! The proxy between the Lambdas and the emulator, and its observations.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_harness::http::{Request, Response, Server, forward};

/// The words with which the emulator denies a permission to a role.
pub(crate) const REFUSED: &str = "is not authorized to perform: ";

/// A proxy that makes calls look like TLS to the emulator: queues and topics refuse everything else.
pub(crate) struct Passage {
    server: Server,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    refusals: Vec<Refusal>,
    /// The bodies that were sent to queues, each with its time in milliseconds since 1970.
    sent: Vec<(i64, String)>,
}

struct Refusal {
    at: Instant,
    text: String,
}

impl Passage {
    /// A proxy in front of the emulator on this port.
    pub(crate) fn to(port: u16) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let notes = Arc::clone(&seen);
        let server = Server::start(move |request| pass(request, port, &notes));
        Self { server, seen }
    }

    /// The URL of the proxy.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    /// The denied permissions since the observations were last cleared: `User: arn:…:assumed-role/… is not
    /// authorized to perform: sqs:SendMessage because …`
    pub(crate) fn refusals(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.refusals.iter().map(|refusal| refusal.text.clone()).collect()
    }

    /// The time since the first denial after this instant.
    pub(crate) fn refused_for(&self, since: Instant) -> Option<Duration> {
        let seen = self.seen.lock().unwrap();
        let found = seen.refusals.iter().find(|refusal| refusal.at >= since);
        found.map(|refusal| refusal.at.elapsed())
    }

    /// The time at which a Lambda called a queue to send a text with these words, in milliseconds since 1970,
    /// even if the call was denied.
    pub(crate) fn sent_at(&self, words: &str) -> Option<i64> {
        let seen = self.seen.lock().unwrap();
        let found = seen.sent.iter().find(|(_, text)| text.contains(words));
        found.map(|(at, _)| *at)
    }

    /// Clears the observations.
    pub(crate) fn forget(&self) {
        *self.seen.lock().unwrap() = Seen::default();
    }
}

fn pass(request: &Request, port: u16, seen: &Mutex<Seen>) -> Response {
    if request.header("x-amz-target") == Some("AmazonSQS.SendMessage") {
        let text = String::from_utf8_lossy(&request.body).into_owned();
        let now = chrono::Utc::now().timestamp_millis();
        seen.lock().unwrap().sent.push((now, text));
    }
    let mut request = request.clone();
    request.headers.push(("x-forwarded-proto".into(), "https".into()));
    let Ok(answer) = forward(&request, port) else {
        return Response::Cut;
    };
    if let Some(text) = refusal(&String::from_utf8_lossy(&answer)) {
        let at = Instant::now();
        seen.lock().unwrap().refusals.push(Refusal { at, text });
    }
    Response::Raw(answer)
}

/// The sentence of a denial, if the answer is one.
fn refusal(answer: &str) -> Option<String> {
    let status = answer.split(' ').nth(1)?;
    let (head, rest) = answer.split_once(REFUSED)?;
    let user = head.rfind("User: ").map_or("", |start| &head[start..]);
    let what = rest.split(['"', '<']).next().unwrap_or(rest);
    (status == "403").then(|| format!("{user}{REFUSED}{what}"))
}
