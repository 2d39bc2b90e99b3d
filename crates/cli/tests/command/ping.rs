//! `run --ping`, with a receiver of pings on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};

use crate::sample;
use crate::tool::{Answer, Folder, answer};

const SECRET: &str = "0b1c-s3cret-uuid";
const RUN: [&str; 5] = ["run", "--source", "pages", "--as-of", "2024-04-12"];

/// A request: its method and path, and its body.
type Request = (String, String);

/// Receives pings.
struct Receiver {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    answer: Arc<Mutex<String>>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            answer: Arc::new(Mutex::new("200 OK\r\n".into())),
        };
        let (requests, answer) = (Arc::clone(&receiver.requests), Arc::clone(&receiver.answer));
        std::thread::spawn(move || {
            let mut hanging = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut first, mut length) = (String::new(), 0);
                let _ = reader.read_line(&mut first);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) <= 2 {
                        break;
                    }
                    let line = line.to_lowercase();
                    if let Some(value) = line.strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let request = first.trim_end_matches(" HTTP/1.1\r\n").to_owned();
                let body = String::from_utf8(body).unwrap();
                requests.lock().unwrap().push((request, body));
                match answer.lock().unwrap().as_str() {
                    "" => hanging.push(stream),
                    answer => {
                        let _ = write!(
                            stream,
                            "HTTP/1.1 {answer}Content-Length: 0\r\nConnection: close\r\n\r\n"
                        );
                    }
                }
            }
        });
        receiver
    }

    fn url(&self) -> String {
        format!("http://{}/{SECRET}", self.address)
    }

    /// The status line and headers of later answers; none at all if empty.
    fn answers(&self, answer: &str) {
        *self.answer.lock().unwrap() = answer.into();
    }

    /// The requests since the last call.
    fn taken(&self) -> Vec<Request> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

fn run(folder: &Folder, receiver: &Receiver, args: &[&str]) -> Answer {
    let url = receiver.url();
    let mut command = folder.command(&[&RUN, &["--ping", &url][..], args].concat());
    command.env("RUST_LOG", "trace");
    let answer = answer(command);
    assert!(
        !answer.err.contains(SECRET) && !answer.out.contains(SECRET),
        "{answer:#?}"
    );
    answer
}

/// The warnings about pings.
fn warnings(answer: &Answer) -> Vec<&str> {
    let lines = answer.err.lines();
    lines.filter(|line| line.contains("the ping of")).collect()
}

fn request(text: &str) -> Request {
    (text.replace("SECRET", SECRET), String::new())
}

#[test]
fn a_run_pings_at_its_start_and_at_its_end() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    sample::save(&folder, &["2024-05"]);
    run(&folder, &receiver, &[]).exits(0);
    assert_eq!(
        receiver.taken(),
        [request("GET /SECRET/start"), request("GET /SECRET")]
    );
}

#[test]
fn the_problems_of_a_run_are_the_body() {
    let (folder, receiver) = (sample::stored(&["2024-04"]), Receiver::start());
    let late = [
        "run",
        "--source",
        "pages",
        "--as-of",
        "2024-04-23",
        "--quiet",
        "--ping",
    ];
    for _ in 0..2 {
        // Also if the problem is not printed again.
        folder
            .bulletin(&[&late[..], &[&receiver.url()]].concat())
            .exits(1);
        let [start, (end, body)] = &receiver.taken()[..] else {
            panic!("not two requests")
        };
        assert_eq!(start, &request("GET /SECRET/start"));
        assert_eq!(end, &request("POST /SECRET/fail").0);
        assert_eq!(body, "the bulletin of May 2024 should be out and was not found");
    }
    // An error before the first poll.
    let db = ["--db", "pages", "--ping"];
    folder
        .bulletin(&[&RUN, &db[..], &[&receiver.url()]].concat())
        .exits(1);
    let taken = receiver.taken();
    assert_eq!(taken[1].0, request("POST /SECRET/fail").0);
    assert!(taken[1].1.contains("pages"), "{taken:?}");
}

#[test]
fn a_ping_that_fails_is_reported_once_and_fails_no_run() {
    let (folder, receiver, other) = (Folder::new(), Receiver::start(), Receiver::start());
    sample::save(&folder, &["2024-05"]);
    receiver.answers("404 Not Found\r\n");
    let loud = run(&folder, &receiver, &[]).exits(0);
    let masked = format!("warning: the ping of http://{}/******** failed", receiver.address);
    assert_eq!(warnings(&loud), [format!("{masked}: it answered 404 Not Found")]);
    receiver.answers(&format!("302 Found\r\nLocation: {}\r\n", other.url()));
    let first = run(&folder, &receiver, &["--quiet"]).exits(0);
    assert_eq!(
        warnings(&first),
        [format!(
            "{masked}: it answered 302 Found, and redirects are not followed"
        )]
    );
    assert!(other.taken().is_empty());
    let second = run(&folder, &receiver, &["--quiet"]).exits(0);
    assert!(warnings(&second).is_empty(), "{second:#?}");
    receiver.answers("200 OK\r\n");
    let solved = run(&folder, &receiver, &["--quiet"])
        .exits(0)
        .says_in_a_line(&["note: solved: the ping of"]);
    assert_eq!(warnings(&solved).len(), 1);
    assert!(warnings(&run(&folder, &receiver, &["--quiet"])).is_empty());
}

#[test]
fn a_receiver_that_hangs_or_is_gone_delays_the_run_for_seconds() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    sample::save(&folder, &["2024-05"]);
    receiver.answers("");
    let began = std::time::Instant::now();
    run(&folder, &receiver, &[])
        .exits(0)
        .says(&["no answer within 10s", "May 2024: stored"]);
    assert!(began.elapsed().as_secs() < 30);
    // The local port of an open connection: nothing listens there.
    let open = std::net::TcpStream::connect(receiver.address).unwrap();
    let gone = format!("http://{}/{SECRET}", open.local_addr().unwrap());
    let answer = folder
        .bulletin(&[&RUN, &["--ping", &gone][..]].concat())
        .exits(0)
        .says(&["failed: no connection"]);
    assert!(!answer.err.contains(SECRET), "{answer:#?}");
}

#[test]
fn the_url_is_a_setting_that_nothing_prints() {
    let (folder, receiver) = (Folder::new(), Receiver::start());
    sample::save(&folder, &["2024-05"]);
    folder.write(
        ".config/visa-bulletin/config.toml",
        format!("ping = \"{}\"", receiver.url()),
    );
    folder.bulletin(&RUN).exits(0).says(&["other users can read it"]);
    assert_eq!(receiver.taken().len(), 2);
    // With --quiet, once a day.
    for is_said in [true, false] {
        let quiet = folder.bulletin(&[&RUN[..], &["--quiet"]].concat()).exits(0);
        assert_eq!(
            quiet.err.contains("other users can read it"),
            is_said,
            "{quiet:#?}"
        );
    }
    receiver.taken();
    let show = folder
        .bulletin(&["config", "show"])
        .exits(0)
        .prints(&["ping", "********"]);
    assert!(!show.out.contains(SECRET), "{show:#?}");
    let mut environment = folder.command(&RUN);
    environment.env("VISA_BULLETIN_PING", format!("ftp://{SECRET}"));
    let refused = answer(environment)
        .exits(1)
        .says(&["VISA_BULLETIN_PING: invalid ping URL: expected a web address"]);
    let flag = folder
        .bulletin(&[&RUN, &["--ping", SECRET][..]].concat())
        .exits(1)
        .says(&["--ping: invalid ping URL"]);
    for answer in [refused, flag] {
        assert!(!answer.err.contains(SECRET), "{answer:#?}");
    }
    assert!(receiver.taken().is_empty());
}
