//! Processes that end with the process that started them, in any case.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::ops::Range;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A process that is stopped, by its id, when this is dropped. It also stops when the test's process dies:
/// that closes the pipe on which a shell waits.
#[derive(Debug)]
pub struct Process(Child);

/// The ports for servers of tests. Systems give outgoing connections and servers without a fixed port higher ones: Linux from
/// 32768, macOS from 49152.
const PORTS: Range<u16> = 20_000..30_000;

/// Starts the command in its arguments, waits until standard input closes, and stops it.
const GUARD: &str = r#""$@" </dev/null & child=$!; read -r _; kill "$child"; wait "$child""#;

impl Process {
    /// Starts a program with exactly these environment variables. Its output is dropped.
    ///
    /// # Panics
    /// If it cannot be started.
    pub fn start(program: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let child = Command::new("/bin/sh")
            .args(["-c", GUARD, "guard", program])
            .args(arguments)
            .env_clear()
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell can be started");
        Self(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// A free port of this machine, reserved for this process until it ends.
///
/// It is not one of the ports that the system hands out by itself: between this call and the start of the server,
/// another program could get such a port. A lock on a file keeps it from other tests.
///
/// # Panics
/// If there is none.
pub fn free_port() -> u16 {
    static RESERVED: Mutex<Vec<File>> = Mutex::new(Vec::new());
    let folder = std::env::temp_dir().join("visa-bulletin-ports");
    fs::create_dir_all(&folder).expect("a folder for locks");
    for _ in 0..PORTS.len() {
        let port = fastrand::u16(PORTS);
        let lock = File::create(folder.join(port.to_string())).expect("a file for a lock");
        if lock.try_lock().is_ok() && TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            RESERVED.lock().expect("no thread panicked").push(lock);
            return port;
        }
    }
    panic!("no free port from {} to {}", PORTS.start, PORTS.end);
}

/// Waits until a port of this machine accepts connections.
///
/// # Panics
/// If it does not within half a minute.
pub fn wait_for(port: u16) {
    let patience = Instant::now() + Duration::from_secs(30);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(Instant::now() < patience, "nobody listens on port {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The project's folder.
pub fn project() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}
