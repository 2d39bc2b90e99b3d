//! A proxy in front of the emulator that drops, delays and refuses calls, before or after they take effect.
//! Start at [`Proxy`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use fastrand::Rng;
use serde_json::Value;

use crate::http::{Request, Response, Server, forward};

/// The fault of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// The call gets an error and has no effect.
    ErrorBefore,
    /// The call takes effect, and gets an error.
    ErrorAfter,
    /// The connection is cut and the call has no effect.
    CutBefore,
    /// The call takes effect, and the connection is cut.
    CutAfter,
    /// The call is throttled.
    Throttled,
    /// The call is delayed.
    Delayed,
}

/// SNS's answer about an entry of a batch that it does not accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Untaken {
    /// The entry is listed among the failed.
    Named,
    /// The entry is listed neither among the failed nor among the successful.
    Unnamed,
}

#[derive(Debug)]
struct State {
    rng: Rng,
    share: f64,
    /// True if every call of SNS fails.
    no_sns: bool,
    /// The delay of every call of SNS.
    slow_sns: Duration,
    /// SNS does not accept the entry of a batch whose text contains this.
    refused_entry: Option<(String, Untaken)>,
    calls: BTreeMap<String, usize>,
    totals: BTreeMap<String, usize>,
    faults: usize,
    /// The number of items that DynamoDB read by key, and of those that it wrote in transactions.
    items: (usize, usize),
    /// The number of lost answers when an alert was published, by the alert's JSON text.
    lost: BTreeMap<String, usize>,
}

/// The proxy. It stops when dropped.
#[derive(Debug)]
pub struct Proxy {
    server: Server,
    state: Arc<Mutex<State>>,
}

impl State {
    /// Counts a call, and draws its fault.
    fn fault(&mut self, kind: &str, form: &BTreeMap<String, String>, body: &[u8]) -> Option<Fault> {
        *self.calls.entry(kind.to_owned()).or_default() += 1;
        *self.totals.entry(kind.to_owned()).or_default() += 1;
        let (read, written) = items(kind, body);
        self.items.0 += read;
        self.items.1 += written;
        let drawn = self.rng.f64() < self.share;
        let drawn_fault = Fault::drawn(self.rng.usize(..24));
        let fault = if self.no_sns && kind.starts_with("SNS.") {
            Fault::ErrorBefore
        } else if drawn {
            drawn_fault
        } else {
            return None;
        };
        self.faults += 1;
        if matches!(fault, Fault::ErrorAfter | Fault::CutAfter) && kind.starts_with("SNS.Publish") {
            for alert in published(form) {
                *self.lost.entry(alert).or_default() += 1;
            }
        }
        Some(fault)
    }
}

impl Fault {
    /// The fault of a number below 24.
    fn drawn(number: usize) -> Self {
        match number {
            0..4 => Self::ErrorBefore,
            4..10 => Self::ErrorAfter,
            10..14 => Self::CutBefore,
            14..20 => Self::CutAfter,
            20..23 => Self::Delayed,
            // Rare: after one the SDK's adaptive retries slow down for a while.
            _ => Self::Throttled,
        }
    }
}

impl Proxy {
    /// A proxy in front of this port that lets this share of calls fail, at random with this seed.
    pub fn before(port: u16, share: f64, seed: u64) -> Self {
        let state = Arc::new(Mutex::new(State {
            rng: Rng::with_seed(seed),
            share,
            no_sns: false,
            slow_sns: Duration::ZERO,
            refused_entry: None,
            calls: BTreeMap::new(),
            totals: BTreeMap::new(),
            faults: 0,
            items: (0, 0),
            lost: BTreeMap::new(),
        }));
        let shared = Arc::clone(&state);
        let server = Server::start(move |request| handle(request, port, &shared));
        Self { server, state }
    }

    /// The URL of the proxy.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    /// Makes every call of SNS fail, or ends that.
    ///
    /// # Panics
    /// If a call has panicked.
    pub fn break_sns(&self, broken: bool) {
        self.state.lock().unwrap().no_sns = broken;
    }

    /// Delays every call of SNS by this time.
    ///
    /// # Panics
    /// If a call has panicked.
    pub fn slow_sns(&self, time: Duration) {
        self.state.lock().unwrap().slow_sns = time;
    }

    /// Makes SNS not accept the entries of batches whose text contains this, or ends that.
    ///
    /// # Panics
    /// If a call has panicked.
    pub fn refuse_entry(&self, refused: Option<(&str, Untaken)>) {
        self.state.lock().unwrap().refused_entry = refused.map(|(text, untaken)| (text.to_owned(), untaken));
    }

    /// The total number of calls whose kind has this prefix.
    ///
    /// # Panics
    /// If a call has panicked.
    pub fn total(&self, kind: &str) -> usize {
        let state = self.state.lock().unwrap();
        let of_kind = state.totals.iter().filter(|(name, _)| name.starts_with(kind));
        of_kind.map(|(_, count)| count).sum()
    }

    /// The number of calls by kind since the last time this function was called.
    ///
    /// # Panics
    /// If a call has panicked.
    pub fn calls(&self) -> BTreeMap<String, usize> {
        std::mem::take(&mut self.state.lock().unwrap().calls)
    }

    /// The number of items that DynamoDB read by key, and of those that it wrote in transactions, since the
    /// last time this function was called.
    ///
    /// # Panics
    /// If a call has panicked.
    pub fn items(&self) -> (usize, usize) {
        std::mem::take(&mut self.state.lock().unwrap().items)
    }

    /// The number of failed calls.
    ///
    /// # Panics
    /// If a call has panicked.
    pub fn faults(&self) -> usize {
        self.state.lock().unwrap().faults
    }

    /// The number of lost answers when this alert was published.
    ///
    /// # Panics
    /// If a call has panicked.
    pub fn lost(&self, alert: &str) -> usize {
        self.state.lock().unwrap().lost.get(alert).copied().unwrap_or(0)
    }
}

fn handle(request: &Request, port: u16, state: &Mutex<State>) -> Response {
    let form = form(&request.body);
    let kind = match request.header("x-amz-target") {
        Some(target) => target.to_owned(),
        None => format!("SNS.{}", form.get("Action").map_or("?", String::as_str)),
    };
    let fault = state.lock().unwrap().fault(&kind, &form, &request.body);
    let is_sns = kind.starts_with("SNS.");
    match fault {
        Some(Fault::ErrorBefore) => return error(is_sns, 500, "InternalFailure"),
        Some(Fault::CutBefore) => return Response::Cut,
        Some(Fault::Throttled) => return error(is_sns, 400, "ThrottlingException"),
        Some(Fault::Delayed) => sleep(Duration::from_millis(100)),
        _ => {}
    }
    let (slow, refused) = {
        let state = state.lock().unwrap();
        (state.slow_sns, state.refused_entry.clone())
    };
    if is_sns {
        sleep(slow);
    }
    if let Some((text, untaken)) = refused
        && kind == "SNS.PublishBatch"
        && let Some(answer) = without_entry(request, &form, &text, untaken, port)
    {
        return answer;
    }
    let answer = forward(request, port);
    match (fault, answer) {
        (Some(Fault::ErrorAfter), _) => error(is_sns, 500, "InternalFailure"),
        (Some(Fault::CutAfter), _) | (_, Err(_)) => Response::Cut,
        (_, Ok(answer)) => Response::Raw(answer),
    }
}

fn error(is_sns: bool, status: u16, code: &str) -> Response {
    if is_sns {
        let xml = format!(
            "<ErrorResponse><Error><Type>Receiver</Type><Code>{code}</Code><Message>x</Message></Error></ErrorResponse>"
        );
        return Response::Answer(
            status,
            vec![("content-type".into(), "text/xml".into())],
            xml.into(),
        );
    }
    let json = format!(r#"{{"__type":"com.amazonaws#{code}","message":"x"}}"#);
    let kind = ("content-type".into(), "application/x-amz-json-1.0".into());
    Response::Answer(status, vec![kind], json.into())
}

/// The answer to a batch of SNS without the entries whose text contains this. The answer lists those entries as
/// failed or not at all. `None` if the batch has no such entry.
fn without_entry(
    request: &Request,
    form: &BTreeMap<String, String>,
    text: &str,
    untaken: Untaken,
    port: u16,
) -> Option<Response> {
    let entry = |name: &str| {
        let number = name.strip_prefix("PublishBatchRequestEntries.member.")?;
        Some(number.split('.').next()?.to_owned())
    };
    let holds = |number: &String| {
        let message = form.get(&format!("PublishBatchRequestEntries.member.{number}.Message"));
        message.is_some_and(|message| message.contains(text))
    };
    let mut refused: Vec<String> = form.keys().filter_map(|name| entry(name)).filter(holds).collect();
    refused.dedup();
    if refused.is_empty() {
        return None;
    }
    // Members are numbered without gaps.
    let mut numbers: Vec<String> = form.keys().filter_map(|name| entry(name)).collect();
    numbers.retain(|number| !refused.contains(number));
    numbers.sort_unstable();
    numbers.dedup();
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let kept = body.split('&').filter_map(|pair| {
        let Some(number) = entry(&decode(pair.split('=').next()?)) else {
            return Some(pair.to_owned());
        };
        let place = 1 + numbers.iter().position(|kept| *kept == number)?;
        Some(pair.replacen(&format!(".member.{number}."), &format!(".member.{place}."), 1))
    });
    let mut rest = request.clone();
    rest.body = kept.collect::<Vec<_>>().join("&").into_bytes();
    let answer = forward(&rest, port).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let failed: String = refused
        .iter()
        .filter(|_| untaken == Untaken::Named)
        .map(|number| {
            let id = &form[&format!("PublishBatchRequestEntries.member.{number}.Id")];
            format!(
                "<member><Id>{id}</Id><Code>InternalError</Code><Message>x</Message><SenderFault>false</SenderFault></member>"
            )
        })
        .collect();
    let (_, xml) = answer.split_once("\r\n\r\n")?;
    let xml = xml
        .replace("<Failed/>", "")
        .replace("<Failed></Failed>", "")
        .replace(
            "</PublishBatchResult>",
            &format!("<Failed>{failed}</Failed></PublishBatchResult>"),
        );
    let kind = ("content-type".into(), "text/xml".into());
    Some(Response::Answer(200, vec![kind], xml.into_bytes()))
}

/// The JSON texts of the alerts that a call publishes.
fn published(form: &BTreeMap<String, String>) -> Vec<String> {
    let messages = form
        .iter()
        .filter(|(name, _)| *name == "Message" || name.ends_with(".Message"));
    messages
        .filter_map(|(_, text)| {
            let texts: Value = serde_json::from_str(text).ok()?;
            Some(texts.get("default")?.as_str()?.to_owned())
        })
        .collect()
}

/// The number of items that a call of DynamoDB reads by key, and of those that it writes in a transaction.
fn items(kind: &str, body: &[u8]) -> (usize, usize) {
    let parsed = || serde_json::from_slice::<Value>(body).unwrap_or_default();
    let length = |list: &Value| list.as_array().map_or(0, Vec::len);
    match kind.split_once('.') {
        Some((_, "GetItem")) => (1, 0),
        Some((_, "BatchGetItem")) => {
            let body = parsed();
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            (tables.map(|(_, table)| length(&table["Keys"])).sum(), 0)
        }
        Some((_, "TransactWriteItems")) => (0, length(&parsed()["TransactItems"])),
        _ => (0, 0),
    }
}

/// The fields of a form.
fn form(body: &[u8]) -> BTreeMap<String, String> {
    let body = String::from_utf8_lossy(body);
    let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (decode(name), decode(value))).collect()
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
                let digits = String::from_utf8_lossy(&digits).into_owned();
                bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'?'));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
