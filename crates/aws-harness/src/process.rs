//! Processes that end with the process that started them, in any case.

use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A process that is stopped, by its id, when this is dropped. It also stops when the test's process dies:
/// that closes the pipe on which a shell waits.
#[derive(Debug)]
pub struct Process(Child);

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

/// A free port of this machine.
///
/// # Panics
/// If there is none.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    listener.local_addr().expect("its number").port()
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
