//! The way from the Lambdas to the emulator, and what is seen on it.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_tests::http::{Request, Response, Server, forward};

/// How the emulator says that a role may not do something.
pub(crate) const REFUSED: &str = "is not authorized to perform: ";

/// A proxy through which the emulator is called as over TLS: queues and topics refuse everything else.
pub(crate) struct Passage {
    server: Server,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    refusals: Vec<Refusal>,
    /// What was to be sent to queues, with the millisecond since 1970.
    sent: Vec<(i64, String)>,
}

struct Refusal {
    at: Instant,
    text: String,
}

impl Passage {
    /// A way to the emulator on this port.
    pub(crate) fn to(port: u16) -> Self {
        let seen = Arc::new(Mutex::new(Seen::default()));
        let notes = Arc::clone(&seen);
        let server = Server::start(move |request| pass(request, port, &notes));
        Self { server, seen }
    }

    /// Where it begins.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    /// Which role might not do what since the last time that everything was forgotten:
    /// `User: arn:…:assumed-role/… is not authorized to perform: sqs:SendMessage because …`
    pub(crate) fn refusals(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.refusals.iter().map(|refusal| refusal.text.clone()).collect()
    }

    /// How long ago something was refused for the first time since then.
    pub(crate) fn refused_for(&self, since: Instant) -> Option<Duration> {
        let seen = self.seen.lock().unwrap();
        let found = seen.refusals.iter().find(|refusal| refusal.at >= since);
        found.map(|refusal| refusal.at.elapsed())
    }

    /// When a Lambda called a queue, in milliseconds since 1970, to send it what has these words; whether or not it might.
    pub(crate) fn sent_at(&self, words: &str) -> Option<i64> {
        let seen = self.seen.lock().unwrap();
        let found = seen.sent.iter().find(|(_, text)| text.contains(words));
        found.map(|(at, _)| *at)
    }

    /// Forgets what was seen.
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

/// The sentence that says so, where an answer refuses.
fn refusal(answer: &str) -> Option<String> {
    let status = answer.split(' ').nth(1)?;
    let (head, rest) = answer.split_once(REFUSED)?;
    let user = head.rfind("User: ").map_or("", |start| &head[start..]);
    let what = rest.split(['"', '<']).next().unwrap_or(rest);
    (status == "403").then(|| format!("{user}{REFUSED}{what}"))
}
