//! Queues pages to be parsed again: the list of pages, and stopping with Ctrl-C.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use operations::replay::month::Again;

use crate::output::{Format, complain, counted, print_list};

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
        let is_stored = if page.is_stored { "yes" } else { "no" };
        let path = if page.path_is_known { "known" } else { "expected" };
        [
            Some(page.link.month.to_string()),
            Some(is_stored.to_owned()),
            Some(path.to_owned()),
            Some(page.link.path.clone()),
        ]
    });
    print_list(["Month", "Stored", "Address", "Path"], rows.collect(), format)
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
