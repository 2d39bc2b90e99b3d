//! Queues pages to be parsed again: the list of pages, and stopping with Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use operations::replay::month::Again;
use serde_json::json;

use crate::field::output::{PAGES_AGAIN, print_list};
use crate::output::{Format, complain, counted};

/// Set when Ctrl-C is pressed: the work stops before the next message.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on.
    pub(crate) fn listen() -> Self {
        let stop = Self::default();
        let heard = stop.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                heard.0.store(true, Ordering::Relaxed);
            }
        });
        stop
    }

    pub(crate) fn is_asked_for(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Lists the pages to be parsed again.
pub(crate) fn show_pages(pages: &[Again], format: Format) -> anyhow::Result<()> {
    let rows = pages.iter().map(|page| {
        json!({
            "bulletin_month": page.link.month,
            "is_stored": page.is_stored,
            "path_is_known": page.path_is_known,
            "path": page.link.path,
        })
    });
    print_list(
        &PAGES_AGAIN,
        &[
            ("Bulletin", "bulletin_month"),
            ("Stored", "is_stored"),
            ("Path known", "path_is_known"),
            ("Path", "path"),
        ],
        rows.collect(),
        format,
    )
}

/// Reports how many pages were queued. Returns true if all were.
pub(crate) fn report_queued(queued: usize, pages: usize, then: &str) -> bool {
    complain("note", &format!("{} queued; {then}", counted(queued, "page")));
    if queued < pages {
        complain(
            "note",
            &format!(
                "stopped; {} not queued. Run the same command again: pages that are queued twice do no harm",
                counted(pages - queued, "page")
            ),
        );
    }
    queued == pages
}
