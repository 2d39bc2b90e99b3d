//! Answers from the shipped history where no bulletin is stored.

use bulletin::{Month, MonthRange};
use operations::Store;
use pipeline::port::{BulletinStore as _, Clock as _, SystemClock};
use pipeline::present_month;
use shipped_history::ShippedHistory;
use sqlite::SqliteStore;

use crate::command::blocked::from_to;
use crate::output::{self, Format, complain};

/// The bulletins of a database; if it has none, the shipped history, after printing `lead`.
pub(crate) async fn stored_or_shipped(store: Option<SqliteStore>, lead: Lead) -> anyhow::Result<Store> {
    if let Some(store) = store
        && !store.months().await?.is_empty()
    {
        return Ok(Store::Sqlite(Box::new(store)));
    }
    let history = ShippedHistory::load();
    lead.print(&history)?;
    Ok(Store::Shipped(Box::new(history)))
}

/// The first line of an answer from the shipped history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lead {
    /// Data formats keep standard output for data.
    pub(crate) format: Format,
    /// True if the answer is about the newest bulletin, false if it is about any month.
    pub(crate) is_about_newest: bool,
}

impl Lead {
    fn print(self, history: &ShippedHistory) -> anyhow::Result<()> {
        let Some(line) = self.line(history, present_month(SystemClock.now())) else {
            return Ok(());
        };
        match self.format {
            Format::Table => output::print(&output::wrapped(&line)),
            Format::Csv | Format::Json => {
                complain("note", &line);
                Ok(())
            }
        }
    }

    fn line(self, history: &ShippedHistory, present: Month) -> Option<String> {
        let newest = history.newest()?.title();
        let subject = if self.is_about_newest {
            format!("{newest} bulletin")
        } else {
            format!("Bulletins to {newest}")
        };
        let gap = match history.gap(present) {
            Some(gap) => format!("; {} not known here", unknown_months(gap)),
            None => String::new(),
        };
        Some(format!("{subject} (shipped with this version{gap})"))
    }
}

/// The months of a range as the subject of a sentence: `September to December 2026 are`.
pub(crate) fn unknown_months(range: MonthRange) -> String {
    let MonthRange { first, last } = range;
    if first == last {
        format!("{} is", first.title())
    } else {
        format!("{} are", from_to(first, last))
    }
}
