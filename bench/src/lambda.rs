//! The start of a Lambda: from exec to its first poll for an event, and its first invocations. Excludes the AWS
//! Lambda service itself. Start with [`measure`].

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail, ensure};

use crate::report::{Line, Reach, Section};

/// The Lambdas, and the empty one that they are compared with.
const LAMBDAS: [&str; 4] = [EMPTY, "fetcher", "parser", "notifier"];
const EMPTY: &str = "empty-handler";
const ROUNDS: usize = 3;
const STARTS: usize = 20;
/// The maximum CPU time of a start, as a multiple of the empty handler's.
const MOST_CPU: f64 = 2.0;
/// The maximum size of a zip, in millions of bytes.
const LARGEST_ZIP: f64 = 2.5;
/// The timeout of each operation.
const PATIENCE: Duration = Duration::from_secs(20);

/// The cost of one start.
#[derive(Debug, Clone, Copy)]
struct Start {
    /// CPU time from exec to the first poll for an event.
    cpu: Duration,
    wall: Duration,
    first: Duration,
    warm: Duration,
    /// Peak memory in bytes.
    memory: u64,
}

impl Start {
    /// The minimum of each figure.
    fn least(self, other: Self) -> Self {
        Self {
            cpu: self.cpu.min(other.cpu),
            wall: self.wall.min(other.wall),
            first: self.first.min(other.first),
            warm: self.warm.min(other.warm),
            memory: self.memory.min(other.memory),
        }
    }
}

/// Starts each Lambda many times, alternating, and takes the minimum of each figure.
///
/// # Errors
/// If a Lambda is not built, or does not poll for events.
pub(crate) fn measure(project: &Path) -> anyhow::Result<Section> {
    let folder = compiled(project)?;
    let mut least: [Option<Start>; 4] = [None; 4];
    for _ in 0..ROUNDS * STARTS {
        for (name, least) in LAMBDAS.iter().zip(&mut least) {
            let start = start(&folder.join(name), name).with_context(|| format!("the start of {name}"))?;
            *least = Some(least.map_or(start, |known| known.least(start)));
        }
    }
    let mut lines = Vec::new();
    let empty = least[0].context("no start")?.cpu.as_secs_f64();
    for (name, start) in LAMBDAS.iter().zip(least) {
        let start = start.context("no start")?;
        let cpu = start.cpu.as_secs_f64();
        let ratio = Reach::at_most(cpu / empty, MOST_CPU);
        lines.push(Line {
            what: format!("{name}: exec to first poll, CPU"),
            figure: format!("{:.2} ms, {:.2} times the empty handler", cpu * 1e3, cpu / empty),
            reach: (*name != EMPTY).then(|| ratio.said(format!("{MOST_CPU:.1} times"))),
        });
        lines.push(Line {
            what: format!("{name}: to first poll, first invocation, warm one, memory"),
            figure: format!(
                "{:.1} ms, {:.2} ms, {:.2} ms, {:.1} MB",
                millis(start.wall),
                millis(start.first),
                millis(start.warm),
                start.memory as f64 / 1e6
            ),
            reach: None,
        });
        let zip = zipped(&folder.join(name))? as f64 / 1e6;
        let reach = Reach::at_most(zip, LARGEST_ZIP);
        lines.push(Line {
            what: format!("{name}: zip"),
            figure: format!("{zip:.2} MB"),
            reach: (*name != EMPTY).then(|| reach.said(format!("{LARGEST_ZIP} MB"))),
        });
    }
    Ok(Section {
        title: "Lambda start".into(),
        note: format!(
            "Profile `lambda`, started alternately by a stub of the Runtime API; the minimum of {ROUNDS} rounds of \
             {STARTS}. CPU time is that of all threads since the fork, as the scheduler counts it. The invocations are an \
             empty batch for parser and notifier; the fetcher's only call returns an error. The zip is one file, \
             deflated. Fetcher and parser contain two HTTP clients, that of the AWS SDK and reqwest for the department's \
             site. HTTP/2, a tenth of each binary, is part of the SDK's client and cannot be disabled."
        ),
        lines,
    })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The folder of the built Lambdas.
///
/// # Errors
/// If one is not built.
pub(crate) fn compiled(project: &Path) -> anyhow::Result<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project.join("target"), PathBuf::from);
    let folder = target.join("lambda");
    for name in LAMBDAS {
        ensure!(
            folder.join(name).exists(),
            "{name} is not built: run `make bench`"
        );
    }
    Ok(folder)
}

/// The size of a binary in a Lambda's zip, in bytes.
fn zipped(binary: &Path) -> anyhow::Result<usize> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(&std::fs::read(binary)?)?;
    Ok(encoder.finish()?.len())
}

/// A process that is killed when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a Lambda and invokes it twice.
fn start(binary: &Path, name: &str) -> anyhow::Result<Start> {
    let api = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    // Replaces AWS and the department's site: each request gets an immediate error.
    let elsewhere = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = format!("http://{}", elsewhere.local_addr()?);
    std::thread::spawn(move || refuse_all(&elsewhere));
    let mut command = Command::new(binary);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", api.local_addr()?.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL", &address)
        .env("DATA_TABLE", "Data")
        .env("LINKS_TABLE", "Links")
        .env("MARKS_TABLE", "Marks")
        .env("QUEUE_URL", format!("{address}/queue"))
        .env("DEAD_RECORDS_URL", format!("{address}/dead"))
        .env("TOPIC_PREFIX", "arn:aws:sns:us-east-1:000000000000:VisaBulletin-")
        .env("SOURCE_HOSTS", "https://travel.state.gov")
        .env("SOURCE_CONTACT", "operator@example.com")
        .env("LOG_LEVEL", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let before = Instant::now();
    let running = Running(command.spawn()?);
    let id = running.0.id();
    let mut asked = Api::accept(&api, &["/invocation/next"])?;
    let wall = before.elapsed();
    let cpu = cpu_of(id)?;
    let mut times = [Duration::ZERO; 2];
    for time in &mut times {
        let begun = Instant::now();
        asked.give(&event_of(name))?;
        asked.next(&api, &["/response", "/error"])?;
        *time = begun.elapsed();
        asked.done()?;
        asked.next(&api, &["/invocation/next"])?;
    }
    Ok(Start {
        cpu,
        wall,
        first: times[0],
        warm: times[1],
        memory: memory_of(id)?,
    })
}

fn event_of(name: &str) -> String {
    match name {
        "parser" | "notifier" => r#"{"Records":[]}"#.into(),
        _ => "{}".into(),
    }
}

/// The CPU time of all threads of a process.
fn cpu_of(process: u32) -> anyhow::Result<Duration> {
    let mut nanoseconds = 0;
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
        let running = text.split_whitespace().next().context("no time in schedstat")?;
        nanoseconds += running.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(nanoseconds))
}

/// The peak memory of a process in bytes.
fn memory_of(process: u32) -> anyhow::Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.context("no VmHWM")?.trim().trim_end_matches(" kB");
    Ok(kilobytes.parse::<u64>()? * 1024)
}

/// A Lambda's connection to the Runtime API, with a request.
struct Api {
    connection: TcpStream,
    read: Vec<u8>,
}

impl Api {
    /// Waits for a connection and a request for one of these paths on it.
    fn accept(listener: &TcpListener, wanted: &[&str]) -> anyhow::Result<Self> {
        listener.set_nonblocking(true)?;
        let end = Instant::now() + PATIENCE;
        let connection = loop {
            match listener.accept() {
                Ok((connection, _)) => break connection,
                Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return Err(error.into()),
                Err(_) if Instant::now() > end => bail!("timed out waiting for a request"),
                // The Lambda uses the other core. A sleep would take as long as the time to measure.
                Err(_) => std::thread::yield_now(),
            }
        };
        connection.set_nonblocking(false)?;
        connection.set_nodelay(true)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        let mut api = Self {
            connection,
            read: Vec::new(),
        };
        ensure!(api.read_question(wanted)?, "the connection was closed");
        Ok(api)
    }

    /// Waits for a request for one of these paths, on this connection or a new one.
    fn next(&mut self, listener: &TcpListener, wanted: &[&str]) -> anyhow::Result<()> {
        if !self.read_question(wanted)? {
            *self = Self::accept(listener, wanted)?;
        }
        Ok(())
    }

    /// Reads a whole request; false if the connection was closed instead.
    fn read_question(&mut self, wanted: &[&str]) -> anyhow::Result<bool> {
        self.read.clear();
        let mut buffer = [0; 4096];
        loop {
            let text = String::from_utf8_lossy(&self.read);
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let head = head.to_ascii_lowercase();
                let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
                let is_whole = match field("content-length:") {
                    Some(length) => body.len() >= length.trim().parse()?,
                    None => field("transfer-encoding:").is_none() || body.ends_with("0\r\n\r\n"),
                };
                if is_whole {
                    let path = head.split_whitespace().nth(1).context("no path")?;
                    ensure!(
                        wanted.iter().any(|end| path.ends_with(end)),
                        "unexpected request: {path}"
                    );
                    return Ok(true);
                }
            }
            match self.connection.read(&mut buffer)? {
                0 => return Ok(false),
                count => self.read.extend_from_slice(&buffer[..count]),
            }
        }
    }

    /// Responds to a poll with an event.
    fn give(&mut self, event: &str) -> anyhow::Result<()> {
        let deadline = (SystemTime::now() + PATIENCE)
            .duration_since(UNIX_EPOCH)?
            .as_millis();
        let answer = format!(
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 00000000-0000-0000-0000-000000000000\r\n\
             Lambda-Runtime-Deadline-Ms: {deadline}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:bench\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{event}",
            event.len()
        );
        Ok(self.connection.write_all(answer.as_bytes())?)
    }

    /// Acknowledges a result.
    fn done(&mut self) -> anyhow::Result<()> {
        Ok(self
            .connection
            .write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}")?)
    }
}

/// Responds to each request with an error that is not retried.
fn refuse_all(listener: &TcpListener) {
    for connection in listener.incoming().map_while(Result::ok) {
        let mut connection = connection;
        let mut buffer = [0; 8192];
        let _ = connection.set_read_timeout(Some(PATIENCE));
        let _ = connection.read(&mut buffer);
        let body =
            r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"bench"}"#;
        let answer = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let _ = connection.write_all(answer.as_bytes());
    }
}
