//! A stand-in for the department's site with two host names, whose pages can differ.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_harness::http::{Request, Response, Server};
use bulletin::Month;
use bulletin_samples::{Page, page_path, render_index};

/// The path of the index.
const INDEX: &str = "/content/travel/en/legal/visa-law0/visa-bulletin.html";

/// The pages of one host; `None` if it does not answer.
type Pages = Option<BTreeMap<Month, Vec<u8>>>;

/// The site. It stops when dropped.
pub(crate) struct Department {
    server: Server,
    hosts: Arc<Mutex<[Pages; 2]>>,
}

impl Department {
    /// Starts a site without pages.
    pub(crate) fn open() -> Self {
        let hosts = Arc::new(Mutex::new([Some(BTreeMap::new()), Some(BTreeMap::new())]));
        let shown = Arc::clone(&hosts);
        let server = Server::start(move |request| {
            let is_second = request
                .header("host")
                .is_some_and(|host| host.starts_with("localhost"));
            answer(request, &shown.lock().unwrap()[usize::from(is_second)])
        });
        Self { server, hosts }
    }

    /// Both host names, in the order in which they are tried.
    pub(crate) fn names(&self) -> [String; 2] {
        ["127.0.0.1", "localhost"].map(|host| format!("http://{host}:{}", self.server.port()))
    }

    /// Publishes a page on both hosts.
    pub(crate) fn publish(&self, page: &Page) {
        for pages in self.hosts.lock().unwrap().iter_mut() {
            let pages = pages.get_or_insert_default();
            pages.insert(page.bulletin.month(), page.render().into_bytes());
        }
    }

    /// Silences the host with this name, and publishes this page on the other one.
    pub(crate) fn leave_only_the_other(&self, silent: &str, page: &Page) {
        self.publish(page);
        let silent = usize::from(silent.starts_with("localhost"));
        self.hosts.lock().unwrap()[silent] = None;
    }

    /// Silences both hosts.
    pub(crate) fn silence(&self) {
        *self.hosts.lock().unwrap() = [None, None];
    }

    /// Removes every page from both hosts, and lets both answer.
    pub(crate) fn clear(&self) {
        *self.hosts.lock().unwrap() = [Some(BTreeMap::new()), Some(BTreeMap::new())];
    }
}

fn answer(request: &Request, pages: &Pages) -> Response {
    let Some(pages) = pages else {
        return Response::new(403, "not for you");
    };
    let html = |body: Vec<u8>| {
        let kind = ("content-type".to_owned(), "text/html; charset=utf-8".to_owned());
        Response::Answer(200, vec![kind], body)
    };
    if request.path == INDEX {
        let months: Vec<Month> = pages.keys().rev().copied().collect();
        return html(render_index(&months, None).into_bytes());
    }
    match pages.iter().find(|(month, _)| page_path(**month) == request.path) {
        Some((_, body)) => html(body.clone()),
        None => Response::new(404, "not found"),
    }
}
