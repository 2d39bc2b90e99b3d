//! A compiled Lambda, invoked through a Runtime API as on AWS.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::http::{Request, Response, Server};
use crate::process::{Process, project};

/// The interval between checks if a Lambda is to be killed.
const LOOK: Duration = Duration::from_millis(1);

/// One execution environment: a process, and the Runtime API from which it gets events.
#[derive(Debug)]
pub struct Lambda {
    // Declared first, so that it stops before its API.
    _process: Process,
    _api: Server,
    events: Sender<String>,
    results: Receiver<Result<Value, String>>,
    timeout: Duration,
}

impl Lambda {
    /// Starts the compiled Lambda of this name with these variables and this time limit for each invocation.
    /// Its logs are dropped.
    ///
    /// # Panics
    /// If it is not compiled.
    pub fn start(name: &str, environment: &[(&str, &str)], timeout: Duration) -> Self {
        let (events, next) = channel::<String>();
        let (answer, results) = channel();
        let (next, answer) = (Mutex::new(next), Mutex::new(answer));
        let api = Server::start(move |request| api(request, &next, &answer, timeout));
        let address = format!("127.0.0.1:{}", api.port());
        let mut variables = vec![
            ("AWS_LAMBDA_RUNTIME_API", address.as_str()),
            ("AWS_LAMBDA_FUNCTION_NAME", name),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
        ];
        variables.extend(environment);
        let binary = binaries().join(name).display().to_string();
        Self {
            _process: Process::start(&binary, &[], &variables),
            _api: api,
            events,
            results,
            timeout,
        }
    }

    /// Invokes the Lambda with an event and waits for its answer.
    ///
    /// # Errors
    /// The Lambda's error answer, or a timeout.
    pub fn invoke(&self, event: &Value) -> Result<Value, String> {
        self.invoke_until(event, || false)
    }

    /// Invokes the Lambda with an event and waits for its answer, or until it is to be killed: then the
    /// caller drops it.
    ///
    /// # Errors
    /// The Lambda's error answer, a timeout, or the kill.
    pub fn invoke_until(&self, event: &Value, mut is_killed: impl FnMut() -> bool) -> Result<Value, String> {
        self.events
            .send(event.to_string())
            .map_err(|_| "it has ended".to_owned())?;
        let end = Instant::now() + self.timeout;
        loop {
            match self.results.recv_timeout(LOOK) {
                Ok(result) => return result,
                Err(RecvTimeoutError::Disconnected) => return Err("it has ended".into()),
                Err(RecvTimeoutError::Timeout) if is_killed() => return Err("it was killed".into()),
                Err(RecvTimeoutError::Timeout) if Instant::now() >= end => {
                    return Err("it did not answer in time".into());
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

fn api(
    request: &Request,
    next: &Mutex<Receiver<String>>,
    answer: &Mutex<Sender<Result<Value, String>>>,
    timeout: Duration,
) -> Response {
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let result = if request.path.ends_with("/invocation/next") {
        let Ok(event) = next.lock().unwrap().recv() else {
            return Response::Cut;
        };
        let deadline = SystemTime::now() + timeout;
        let deadline = deadline.duration_since(UNIX_EPOCH).unwrap().as_millis();
        let headers = [
            (
                "Lambda-Runtime-Aws-Request-Id",
                "00000000-0000-0000-0000-000000000000".to_owned(),
            ),
            ("Lambda-Runtime-Deadline-Ms", deadline.to_string()),
            (
                "Lambda-Runtime-Invoked-Function-Arn",
                "arn:aws:lambda:us-east-1:000000000000:function:test".to_owned(),
            ),
            ("Content-Type", "application/json".to_owned()),
        ];
        let headers = headers.map(|(name, value)| (name.to_owned(), value)).into();
        return Response::Answer(200, headers, event.into_bytes());
    } else if request.path.ends_with("/response") {
        serde_json::from_str(&body).map_err(|error| error.to_string())
    } else {
        Err(body)
    };
    // After a timeout nobody receives this.
    let _ = answer.lock().unwrap().send(result);
    Response::new(202, "{}")
}

/// The folder of the compiled Lambdas.
static COMPILED: OnceLock<PathBuf> = OnceLock::new();

/// Uses the Lambdas in this folder and compiles none. A folder that was set or compiled before stays.
pub fn use_binaries(folder: PathBuf) {
    let _ = COMPILED.set(folder);
}

/// The folder of the compiled Lambdas. They are compiled once, into `debug` in the target folder of these tests.
///
/// # Panics
/// If they cannot be compiled.
pub fn binaries() -> &'static Path {
    COMPILED.get_or_init(|| {
        let test = std::env::current_exe().expect("this test's own file");
        let profile = test.ancestors().nth(2).expect("target/debug").to_owned();
        let target = profile.parent().expect("target");
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        // The variables of this test's package would make cargo run build scripts again.
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if ["CARGO_PKG_", "CARGO_MANIFEST_"]
                .iter()
                .any(|front| text.starts_with(front))
            {
                build.env_remove(&name);
            }
        }
        let status = build
            .args([
                "build", "--quiet", "--locked", "-p", "fetcher", "-p", "parser", "-p", "notifier",
            ])
            .arg("--target-dir")
            .arg(target)
            .current_dir(project())
            .status()
            .expect("cargo can be run");
        assert!(status.success(), "the Lambdas do not compile");
        target.join("debug")
    })
}
