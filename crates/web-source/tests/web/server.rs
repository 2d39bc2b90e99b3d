//! An HTTP server on this machine with scripted answers. It stops when it is dropped, also on a panic.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// The server's answer to a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A complete answer: status line without version, headers, body.
    Whole(&'static str, Vec<(&'static str, String)>, Vec<u8>),
    /// An answer that announces this many bytes, sends these, and closes the connection.
    Cut(usize, Vec<u8>),
    /// An answer of this many bytes without a `Content-Length`.
    Flood(usize),
    /// An answer that sends its head and then single bytes without end.
    Drip,
}

impl Answer {
    pub(crate) fn page(body: impl Into<Vec<u8>>) -> Self {
        Self::status("200 OK", body)
    }

    pub(crate) fn status(status: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole(
            status,
            vec![("Content-Type", "text/html; charset=utf-8".into())],
            body.into(),
        )
    }

    pub(crate) fn redirect(location: impl Into<String>) -> Self {
        Self::Whole("302 Found", vec![("Location", location.into())], Vec::new())
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        if let Self::Whole(_, headers, _) = &mut self {
            headers.push((name, value.into()));
        }
        self
    }
}

/// A request: its path and the whole head.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) head: String,
}

impl Request {
    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Shared {
    requests: Mutex<Vec<Request>>,
    sent: AtomicUsize,
    is_over: AtomicBool,
}

impl Server {
    /// Starts a server whose answer depends on the number of the request, from 0, and on its path.
    pub(crate) fn start(answer: impl Fn(usize, &str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let answer = Arc::new(answer);
        let for_listener = Arc::clone(&shared);
        let listener = thread::spawn(move || {
            let mut connections = Vec::new();
            for stream in listener.incoming() {
                if for_listener.is_over.load(Ordering::SeqCst) {
                    break;
                }
                let (shared, answer) = (Arc::clone(&for_listener), Arc::clone(&answer));
                // An error on a connection is visible to the client, which the test checks.
                connections.push(thread::spawn(move || {
                    let _ = serve(stream?, &shared, &*answer);
                    std::io::Result::Ok(())
                }));
            }
            for connection in connections {
                let _ = connection.join();
            }
        });
        Self {
            address,
            shared,
            listener: Some(listener),
        }
    }

    /// Starts a server that always gives this answer.
    pub(crate) fn always(answer: Answer) -> Self {
        Self::start(move |_, _| answer.clone())
    }

    /// The URL for the configuration.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The name that the source uses for this host.
    pub(crate) fn name(&self) -> String {
        self.address.to_string()
    }

    /// All requests so far.
    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// The number of requests so far.
    pub(crate) fn asked(&self) -> usize {
        self.requests().len()
    }

    /// The number of body bytes that could be sent.
    pub(crate) fn sent(&self) -> usize {
        self.shared.sent.load(Ordering::SeqCst)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
        // Wakes the listener, which waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

fn serve(
    mut stream: TcpStream,
    shared: &Shared,
    answer: &dyn Fn(usize, &str) -> Answer,
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte)? == 0 {
            return Ok(());
        }
        head.push(byte[0]);
        if !head[0].is_ascii_uppercase() {
            // The client begins a TLS handshake.
            return stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let number = {
        let mut requests = shared.requests.lock().unwrap();
        requests.push(Request {
            path: path.clone(),
            head,
        });
        requests.len() - 1
    };
    match answer(number, &path) {
        Answer::Whole(status, headers, body) => {
            let mut head = format!(
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {}\r\n",
                body.len()
            );
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            stream.write_all(head.as_bytes())?;
            send(&mut stream, shared, &body)?;
        }
        Answer::Cut(announced, body) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\n\r\n");
            stream.write_all(head.as_bytes())?;
            send(&mut stream, shared, &body)?;
        }
        Answer::Flood(bytes) => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            let piece = [b' '; 64 * 1024];
            for _ in 0..bytes / piece.len() {
                send(&mut stream, shared, &piece)?;
            }
        }
        Answer::Drip => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")?;
            while !shared.is_over.load(Ordering::SeqCst) {
                send(&mut stream, shared, b" ")?;
                thread::sleep(Duration::from_millis(10));
            }
        }
    }
    Ok(())
}

fn send(stream: &mut TcpStream, shared: &Shared, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes)?;
    shared.sent.fetch_add(bytes.len(), Ordering::SeqCst);
    Ok(())
}
