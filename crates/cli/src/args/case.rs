//! The options of `history` and `check`, and the arguments that name a case.

use std::path::PathBuf;

use bulletin::{Area, Case, Category, Chart, Month, MonthRange, parse_area, parse_month};
use chrono::NaiveDate;
use clap::{ArgGroup, Args as ClapArgs};

use super::PlaceArgs;
use super::value::parse_priority_date;
use crate::output::Format;

/// The category and country that make up a case.
#[derive(Debug, Clone, Copy, ClapArgs)]
pub(crate) struct CaseArgs {
    /// The preference category, such as F2A, EB-3 or "other workers"
    pub(crate) category: Category,
    /// The country of chargeability, such as India, "mainland China" or Brazil
    #[arg(value_name = "COUNTRY", value_parser = parse_area)]
    pub(crate) area: Area,
}

impl CaseArgs {
    pub(crate) fn case(self) -> Case {
        Case {
            category: self.category,
            area: self.area,
        }
    }
}

#[derive(Debug, ClapArgs)]
#[command(group = ArgGroup::new("picture").multiple(true), after_help = "\
Examples:
  bulletin history EB3 India --plot
  bulletin history EB3 India --plot --priority-date 2013-03-15
  bulletin history F2A Mexico --months 2020-01..2024-12 --format csv
  bulletin history EB2 China --plot --svg eb2-china.svg

A plot shows the priority date as a line: that of --priority-date, or that of \
this machine's watches of the same case.")]
pub(crate) struct HistoryArgs {
    #[command(flatten)]
    pub(crate) case: CaseArgs,
    /// Print only this chart: final or filing
    #[arg(long)]
    pub(crate) chart: Option<Chart>,
    /// Print only these months
    #[arg(long, value_name = "FROM..TO")]
    pub(crate) months: Option<MonthRange>,
    /// Print only the newest NUMBER months
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// Draw the cut-offs by bulletin month
    #[arg(long, group = "picture")]
    pub(crate) plot: bool,
    /// Write the plot to this SVG file
    #[arg(long, value_name = "FILE", group = "picture")]
    pub(crate) svg: Option<PathBuf>,
    /// Draw this priority date as a line [default: that of the watches of the case]
    #[arg(long, value_name = "DATE", value_parser = parse_priority_date, requires = "picture")]
    pub(crate) priority_date: Option<NaiveDate>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  bulletin check                       every watch of this machine
  bulletin check EB3 India --priority-date 2013-03-15
  bulletin check F2A Brazil --priority-date \"15 Mar 2023\" --month 2026-03

A priority date is current if it is earlier than the cut-off date. A priority
date equal to the cut-off date is not current.")]
pub(crate) struct CheckArgs {
    /// The preference category, such as F2A, EB-3 or "other workers" [default: every watch]
    #[arg(requires = "area", requires = "priority_date")]
    category: Option<Category>,
    /// The country of chargeability, such as India, "mainland China" or Brazil
    #[arg(value_name = "COUNTRY", value_parser = parse_area)]
    area: Option<Area>,
    /// The priority date, such as 2013-03-15
    #[arg(long, value_name = "DATE", value_parser = parse_priority_date, requires = "category")]
    priority_date: Option<NaiveDate>,
    /// Check against this bulletin instead of the one in force and the upcoming one
    #[arg(long, value_parser = parse_month)]
    pub(crate) month: Option<Month>,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
}

impl CheckArgs {
    /// The case to check with its priority date; `None` for every watch.
    pub(crate) fn case(&self) -> Option<(Case, NaiveDate)> {
        let case = Case {
            category: self.category?,
            area: self.area?,
        };
        Some((case, self.priority_date?))
    }
}
