//! A web server on this machine that replaces the department's site. Start with [`Site`].

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Serves these paths, and 404 for every other, until the tests end.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pages: Arc<Mutex<BTreeMap<String, (u16, String)>>>,
    /// The value of its `Date` header; no header if it is empty.
    date: Arc<Mutex<String>>,
}

impl Site {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let pages: Arc<Mutex<BTreeMap<String, (u16, String)>>> = Arc::default();
        let served = Arc::clone(&pages);
        let date: Arc<Mutex<String>> = Arc::default();
        let told = Arc::clone(&date);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let Some(first) = read_request(&stream) else {
                    continue;
                };
                let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
                let pages = served.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                let (status, body) = match pages.get(&path).or_else(|| pages.get("*")) {
                    Some((status, body)) => (*status, body.as_str()),
                    None => (404, "<html><title>Page not found</title></html>"),
                };
                let date = match told
                    .lock()
                    .unwrap_or_else(|poisoned| poisoned.into_inner())
                    .as_str()
                {
                    "" => String::new(),
                    date => format!("Date: {date}\r\n"),
                };
                // A client may close the connection early.
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} Answer\r\n{date}Content-Type: text/html\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        Self { address, pages, date }
    }

    /// The site's root, as `--host` takes it.
    pub(crate) fn host(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets the response for a path; `*` is for every path without a separate response.
    pub(crate) fn answer(&self, path: &str, status: u16, body: impl Into<String>) {
        let mut pages = self.pages.lock().unwrap();
        pages.insert(path.into(), (status, body.into()));
    }

    /// Sets the `Date` header of every response.
    pub(crate) fn tell_time(&self, at: chrono::DateTime<chrono::Utc>) {
        *self.date.lock().unwrap() = at.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    }

    pub(crate) fn clear(&self) {
        self.pages.lock().unwrap().clear();
    }
}

/// Reads a request with its body, and returns its first line.
fn read_request(stream: &TcpStream) -> Option<String> {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok()?;
        }
    }
    reader.read_exact(&mut vec![0; length]).ok()?;
    (!first.is_empty()).then_some(first)
}
