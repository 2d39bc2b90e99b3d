//! A minimal HTTP server and client for the harness: one request per connection, bodies of a known length.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A received request.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The headers in the received order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of a header; the name is case-insensitive.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self
            .headers
            .iter()
            .find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// The response to a request.
#[derive(Debug, Clone)]
pub enum Response {
    /// A status, headers and a body.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// These bytes, unchanged.
    Raw(Vec<u8>),
    /// None: the connection is closed.
    Cut,
}

impl Response {
    /// A response with this status and body.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Answer(status, Vec::new(), body.into())
    }
}

/// A server on a free port of this machine. It stops when dropped.
#[derive(Debug)]
pub struct Server {
    port: u16,
    stopping: Arc<AtomicBool>,
}

impl Server {
    /// Starts the server.
    ///
    /// # Panics
    /// If there is no free port.
    pub fn start(handle: impl Fn(&Request) -> Response + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("its number").port();
        let stopping = Arc::new(AtomicBool::new(false));
        let (stop, handle) = (Arc::clone(&stopping), Arc::new(handle));
        thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let handle = Arc::clone(&handle);
                // An error means that the client closed the connection: nothing is left to answer.
                thread::spawn(move || serve(&connection, handle.as_ref()));
            }
        });
        Self { port, stopping }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

fn serve(connection: &TcpStream, handle: &dyn Fn(&Request) -> Response) -> io::Result<()> {
    let request = read_request(connection)?;
    let bytes = match handle(&request) {
        Response::Cut => return Ok(()),
        Response::Raw(bytes) => bytes,
        Response::Answer(status, headers, body) => {
            let mut head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\n");
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
            let mut bytes = head.into_bytes();
            bytes.extend(body);
            bytes
        }
    };
    let mut connection = connection;
    connection.write_all(&bytes)
}

fn read_request(connection: &TcpStream) -> io::Result<Request> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut request = Request {
        method,
        path,
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        request.headers.push((name.to_owned(), value.trim().to_owned()));
    }
    if request
        .header("transfer-encoding")
        .is_some_and(|value| value.contains("chunked"))
    {
        request.body = read_chunks(&mut reader)?;
    } else {
        let length = request
            .header("content-length")
            .and_then(|length| length.parse().ok());
        request.body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut request.body)?;
    }
    Ok(request)
}

fn read_chunks(reader: &mut BufReader<&TcpStream>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let length = usize::from_str_radix(line.trim(), 16).map_err(|_| io::ErrorKind::InvalidData)?;
        let mut chunk = vec![0; length];
        reader.read_exact(&mut chunk)?;
        body.extend(chunk);
        line.clear();
        reader.read_line(&mut line)?;
        if length == 0 {
            return Ok(body);
        }
    }
}

/// Forwards a request to a port of this machine, and returns the bytes of the answer.
///
/// # Errors
/// An error if nobody answers there.
pub fn forward(request: &Request, port: u16) -> io::Result<Vec<u8>> {
    let mut upstream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.path);
    for (name, value) in &request.headers {
        let dropped = ["connection", "transfer-encoding", "content-length"];
        if !dropped.contains(&name.to_ascii_lowercase().as_str()) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
    }
    head.push_str(&format!(
        "connection: close\r\ncontent-length: {}\r\n\r\n",
        request.body.len()
    ));
    upstream.write_all(head.as_bytes())?;
    upstream.write_all(&request.body)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    Ok(answer)
}
