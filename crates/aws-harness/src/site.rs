//! A stand-in for the department's site on this machine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bulletin::Month;
use bulletin_samples::{Page, page_path, render_index};

use crate::http::{Request, Response, Server};

/// The path of the index.
const INDEX: &str = "/content/travel/en/legal/visa-law0/visa-bulletin.html";

/// A site with two host names, so that a second poll can use another host.
#[derive(Debug)]
pub struct Site {
    server: Server,
    pages: Arc<Mutex<BTreeMap<Month, Vec<u8>>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Default for Site {
    fn default() -> Self {
        let pages: Arc<Mutex<BTreeMap<Month, Vec<u8>>>> = Arc::default();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let (served, noted) = (Arc::clone(&pages), Arc::clone(&asked));
        let server = Server::start(move |request| {
            noted.lock().unwrap().push(request.path.clone());
            answer(request, &served.lock().unwrap())
        });
        Self { server, pages, asked }
    }
}

impl Site {
    /// The two hosts.
    pub fn hosts(&self) -> [String; 2] {
        let port = self.server.port();
        [
            format!("http://127.0.0.1:{port}"),
            format!("http://localhost:{port}"),
        ]
    }

    /// Publishes a page, or replaces it.
    ///
    /// # Panics
    /// If a request has panicked.
    pub fn publish(&self, page: &Page) {
        self.publish_html(page.bulletin.month(), page.render().into_bytes());
    }

    /// Publishes this HTML at the path of a month's page.
    ///
    /// # Panics
    /// If a request has panicked.
    pub fn publish_html(&self, month: Month, html: Vec<u8>) {
        self.pages.lock().unwrap().insert(month, html);
    }

    /// Lists a month whose page no host has.
    ///
    /// # Panics
    /// If a request has panicked.
    pub fn list_without_page(&self, month: Month) {
        self.publish_html(month, Vec::new());
    }

    /// The paths that were requested since the last call.
    ///
    /// # Panics
    /// If a request has panicked.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn answer(request: &Request, pages: &BTreeMap<Month, Vec<u8>>) -> Response {
    if request.path == INDEX {
        let months: Vec<Month> = pages.keys().rev().copied().collect();
        return html(render_index(&months, None).into_bytes());
    }
    let page = pages.iter().find(|(month, _)| page_path(**month) == request.path);
    match page {
        Some((_, body)) if !body.is_empty() => html(body.clone()),
        _ => Response::new(404, "not found"),
    }
}

fn html(body: Vec<u8>) -> Response {
    let kind = ("content-type".to_owned(), "text/html; charset=utf-8".to_owned());
    Response::Answer(200, vec![kind], body)
}
