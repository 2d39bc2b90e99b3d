//! The reasons to refuse a whole page. Start at [`Refusal`].

use bulletin::{Chart, Month, Preference};

use crate::MAX_PAGE_BYTES;

/// The reason why a whole page was refused: a sentence with the fault and the remedy.
///
/// Nothing of a refused page is used. A fault of a single cell, row or column of a page that was read is a
/// [`Finding`](bulletin::Finding) instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An empty body, or one of white space.
    #[error("The page is empty. Try another host, or save the page from a browser and feed it.")]
    Empty,
    /// Not text: an image, a PDF, a compressed body.
    #[error(
        "This is no text but binary data. Try another host, or save the page from a browser as HTML and feed it."
    )]
    Binary,
    /// A page saved as a single file (MHTML) that is incomplete or damaged. Nothing of it is read.
    #[error("The single file (MHTML) is damaged: {why}. Save the page again.")]
    DamagedMhtml {
        /// The damage.
        why: &'static str,
    },
    /// A body larger than any bulletin. It is refused unread.
    #[error(
        "The page has {bytes} bytes, and no bulletin has more than {MAX_PAGE_BYTES}. Look at what was fetched."
    )]
    TooLarge {
        /// The size.
        bytes: usize,
    },
    /// A page that asks the visitor to prove something, regardless of its status.
    #[error(
        "The host sent a challenge page (it says \"{marker}\") instead of what was asked for. Try another host, or save the page from a browser and feed it."
    )]
    Challenge {
        /// The text by which it was recognized.
        marker: &'static str,
    },
    /// An error page, regardless of its status.
    #[error(
        "The host sent an error page (\"{says}\") instead of what was asked for. {}",
        if *.not_found { "The page may not be out yet: try again later." } else { "Try another host or again later." }
    )]
    ErrorPage {
        /// True if the page does not exist, false for another error.
        not_found: bool,
        /// The text by which it was recognized.
        says: String,
    },
    /// No title names a month.
    #[error(
        "The page's title names no month, so it cannot be told which bulletin it is. Feed a bulletin's own page."
    )]
    NoMonth,
    /// The page is another month's bulletin.
    #[error("The page is the bulletin of {}, but {} was asked for. Try another host, or look at the link.", .found.title(), .expected.title())]
    WrongMonth {
        /// The requested month.
        expected: Month,
        /// The month in the page's title.
        found: Month,
    },
    /// The title, the headings and the canonical address do not agree on the month.
    #[error(
        "The page contradicts itself about its month: {sources}. Check which bulletin it is; for a page saved from a browser, save it again."
    )]
    MonthContradicted {
        /// Each source with its month.
        sources: String,
    },
    /// Nothing on the page is a chart of cut-off dates.
    #[error("The page of {} has no chart of cut-off dates. Look at it, and feed a bulletin's own page.", .month.title())]
    NoCharts {
        /// The month in the page's title.
        month: Month,
    },
    /// A required chart of this month, or its heading, is missing.
    #[error(
        "The {} chart, {}, is missing, or no heading names it. Look at the page: its layout has changed or it is incomplete.",
        .chart.name(),
        .preference.name()
    )]
    ChartMissing {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
    },
    /// The same chart occurs twice.
    #[error(
        "The {} chart, {}, stands on the page more than once. Look at which of them counts.",
        .chart.name(),
        .preference.name()
    )]
    ChartTwice {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
    },
    /// The charts are not in the order of every other bulletin, so their headings cannot be trusted.
    #[error(
        "The {} chart, {}, stands where no bulletin has it: headings may be swapped. Look at the page before trusting it.",
        .chart.name(),
        .preference.name()
    )]
    OutOfOrder {
        /// The first chart that is out of order.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
    },
    /// A heading names one preference and the table beneath it shows the other.
    #[error(
        "The heading over a table says {}, but the table itself says {}. Look at the page before trusting it.",
        .heading.name(),
        .table.name()
    )]
    HeadingContradicted {
        /// The preference in the heading.
        heading: Preference,
        /// The preference in the table's first cell or its rows.
        table: Preference,
    },
    /// A heading calls a chart by the letter of the other chart, as in "Chart B: Final Action Dates".
    #[error(
        "A heading says {}, {}, but calls it the chart {letter}, which is {}. Check the page before trusting it.",
        .chart.name(),
        .preference.name(),
        .other.name()
    )]
    LetterContradicted {
        /// The chart in the heading's words.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The letter.
        letter: char,
        /// The chart that always has this letter.
        other: Chart,
    },
    /// Most Dates for Filing are earlier than the Final Action Dates, so the charts' headings must be
    /// swapped.
    #[error(
        "{earlier} of {compared} {} Dates for Filing lie before the Final Action Dates: the headings must be swapped. Look at the page before trusting it.",
        .preference.name()
    )]
    ChartsSwapped {
        /// The half of the charts.
        preference: Preference,
        /// The number of earlier Dates for Filing.
        earlier: usize,
        /// The number of cells that differ.
        compared: usize,
    },
    /// A chart without a column for all other areas, or without one readable label.
    #[error(
        "The {} chart, {}, cannot be read: {why}. Look at the page: its layout has changed.",
        .chart.name(),
        .preference.name()
    )]
    ChartUnreadable {
        /// The chart.
        chart: Chart,
        /// The half of the chart.
        preference: Preference,
        /// The fault.
        why: String,
    },
    /// The page ends before it is complete.
    #[error("The page breaks off {place}. Fetch it again.")]
    Truncated {
        /// The place.
        place: &'static str,
    },
    /// An index page without a single link to a bulletin.
    #[error(
        "The index page links to no bulletin. Look at it: its layout has changed, or it is another page."
    )]
    NoLinks,
}

impl Refusal {
    /// The kind as data, such as `wrong_month`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Binary => "binary",
            Self::DamagedMhtml { .. } => "damaged_mhtml",
            Self::TooLarge { .. } => "too_large",
            Self::Challenge { .. } => "challenge",
            Self::ErrorPage { not_found: true, .. } => "not_found",
            Self::ErrorPage { not_found: false, .. } => "error_page",
            Self::NoMonth => "no_month",
            Self::WrongMonth { .. } => "wrong_month",
            Self::MonthContradicted { .. } => "month_contradicted",
            Self::LetterContradicted { .. } => "letter_contradicted",
            Self::NoCharts { .. } => "no_charts",
            Self::ChartMissing { .. } => "chart_missing",
            Self::ChartTwice { .. } => "chart_twice",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::HeadingContradicted { .. } => "heading_contradicted",
            Self::ChartsSwapped { .. } => "charts_swapped",
            Self::ChartUnreadable { .. } => "chart_unreadable",
            Self::Truncated { .. } => "truncated",
            Self::NoLinks => "no_links",
        }
    }

    /// True if the host did not give the page at all, so that another host may: a challenge, an error page,
    /// an empty body, or one that is not text. False for a page that was read and refused.
    pub fn is_blocked(&self) -> bool {
        matches!(
            self,
            Self::Empty
                | Self::Binary
                | Self::DamagedMhtml { .. }
                | Self::TooLarge { .. }
                | Self::Challenge { .. }
                | Self::ErrorPage { .. }
        )
    }

    /// True if the host says that the page does not exist: it may not be out yet.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::ErrorPage { not_found: true, .. })
    }

    /// True if another fetch makes sense, from another host if there is one: the page was blocked or
    /// truncated, or is a stale copy of another month's page.
    pub fn is_worth_another_fetch(&self) -> bool {
        self.is_blocked() || matches!(self, Self::Truncated { .. } | Self::WrongMonth { .. })
    }
}
