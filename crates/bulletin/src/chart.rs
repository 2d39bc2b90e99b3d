//! The two charts of a bulletin.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::spelling::{UnknownSpelling, squash};

/// One of the two charts of a bulletin.
///
/// Before October 2015 there was one chart of cut-off dates, a Final Action chart by today's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Chart {
    /// The chart that decides when a visa can be issued or an adjustment of status approved.
    FinalAction,
    /// The chart that decides when papers may be filed with the National Visa Center and, in months in which USCIS
    /// accepts it, for adjustment of status.
    DatesForFiling,
}

impl Chart {
    /// Both charts, in the order in which a bulletin prints them.
    pub const ALL: [Self; 2] = [Self::FinalAction, Self::DatesForFiling];

    /// The code in data: `final_action` or `dates_for_filing`.
    pub fn code(self) -> &'static str {
        match self {
            Self::FinalAction => "final_action",
            Self::DatesForFiling => "dates_for_filing",
        }
    }

    /// The department's name for the chart.
    pub fn name(self) -> &'static str {
        match self {
            Self::FinalAction => "Final Action Dates",
            Self::DatesForFiling => "Dates for Filing",
        }
    }
}

impl fmt::Display for Chart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Chart {
    type Err = UnknownSpelling;

    /// Parses the code, the department's name, `final`, `action`, `filing`, `FAD`, `DFF`, `A` or `B`.
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        match squash(text).as_str() {
            "finalaction" | "finalactiondates" | "final" | "action" | "fad" | "fa" | "a" => {
                Ok(Self::FinalAction)
            }
            "datesforfiling" | "filing" | "filingdates" | "dff" | "df" | "b" => Ok(Self::DatesForFiling),
            _ => Err(UnknownSpelling::new(
                "chart",
                text,
                Self::ALL.map(|chart| chart.code().to_owned()),
            )),
        }
    }
}
