//! `bulletin replay`: retries dead letters, parses pages again, and resends alerts. This file has the parts that both
//! modes share: [`cloud`] is a deployment, [`here`] this machine.

mod alert;
mod cloud;
mod here;

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bulletin::UnknownSpelling;
use indicatif::{ProgressBar, ProgressStyle};
use operations::replay::month::Again;

use crate::args::{ReplayArgs, StoreArgs};
use crate::command::block_on;
use crate::output::{self, Format, complain, counted};

pub(crate) fn run(store: &StoreArgs, args: &ReplayArgs) -> anyhow::Result<ExitCode> {
    if args.announce.is_some() && !args.yes && !args.dry_run && !std::io::stdin().is_terminal() {
        return Err(UnknownSpelling::new("answer", "", ["--yes".into()])
            .because("Standard input is not a terminal, so the command cannot ask for confirmation.")
            .into());
    }
    let well = block_on(async {
        match &args.place.stage {
            Some(deployment) => cloud::replay(deployment, args).await,
            None => here::replay(store, args).await,
        }
    })?;
    Ok(if well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Set when Ctrl-C is pressed: the work stops before the next message.
#[derive(Debug, Clone, Default)]
struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Listens from now on.
    fn listen() -> Self {
        let stop = Self::default();
        let heard = stop.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                heard.0.store(true, Ordering::Relaxed);
            }
        });
        stop
    }

    fn is_asked_for(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The largest number of messages for which no progress bar is shown.
const WORTH_A_BAR: usize = 3;

fn progress_bar(messages: usize) -> ProgressBar {
    if messages <= WORTH_A_BAR || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} messages, {eta} left");
    ProgressBar::new(messages as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

/// Prints a list with these headings. CSV and JSON use the headings in lower case.
fn show<const N: usize>(
    headings: [&str; N],
    rows: Vec<[Option<String>; N]>,
    format: Format,
) -> anyhow::Result<()> {
    let names = headings.map(|heading| heading.to_lowercase().replace(' ', "_"));
    match format {
        Format::Table if rows.is_empty() => Ok(()),
        Format::Table => {
            let mut table = output::table(&headings);
            for row in rows {
                table.add_row(row.map(|cell| cell.unwrap_or_else(|| "-".into())));
            }
            output::print(&output::fitted(table))
        }
        Format::Csv => output::print_csv(
            names.each_ref().map(String::as_str),
            rows.into_iter().map(|row| row.map(Option::unwrap_or_default)),
        ),
        Format::Json => {
            let objects: Vec<serde_json::Map<String, serde_json::Value>> = rows
                .into_iter()
                .map(|row| {
                    let cells = row.map(serde_json::Value::from);
                    names.iter().cloned().zip(cells).collect()
                })
                .collect();
            output::print_json(&objects)
        }
    }
}

/// Lists the pages to be parsed again.
fn show_pages(pages: &[Again], format: Format) -> anyhow::Result<()> {
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
    show(["Month", "Stored", "Address", "Path"], rows.collect(), format)
}

/// Reports how many pages were queued. Returns true if all were.
fn report_queued(queued: usize, pages: usize, then: &str) -> bool {
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
