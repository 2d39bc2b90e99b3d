//! Short names of charts, months and cases, for an SMS and the subject of an e-mail.

use crate::area::{Area, Case};
use crate::category::Category;
use crate::chart::Chart;
use crate::month::Month;
use crate::text;

pub(super) fn shortest_chart(chart: Chart) -> &'static str {
    match chart {
        Chart::FinalAction => "Final",
        Chart::DatesForFiling => "Filing",
    }
}

pub(super) fn short_month(month: Month) -> String {
    format!("{} {}", &month.name()[..3], month.year())
}

/// The longest shortened name of an area; longer names of countries are cut.
const LONGEST_AREA: usize = 14;

pub(super) fn short_name(case: Case) -> String {
    let category = match case.category {
        Category::OtherWorkers => "EB-3 Other",
        Category::ReligiousWorkers => "EB-4 Relig.",
        Category::Translators => "EB-4 Transl.",
        Category::Eb5NonRegional => "EB-5 NonReg",
        Category::Eb5Regional => "EB-5 Reg",
        Category::Eb5UnreservedC5T5 => "EB-5 C5/T5",
        Category::Eb5UnreservedI5R5 => "EB-5 I5/R5",
        Category::Eb5Unreserved => "EB-5 Unres",
        Category::Eb5HighUnemployment => "EB-5 HighUnemp",
        Category::Eb5Infrastructure => "EB-5 Infra",
        other => other.short(),
    };
    format!("{category} {}", short_area(case.area))
}

pub(super) fn short_area(area: Area) -> String {
    let name = match area {
        Area::ALL => "All Other".to_owned(),
        Area::CHINA => "China".to_owned(),
        Area::DOMINICAN_REPUBLIC => "Dominican Rep.".to_owned(),
        Area::EL_SALVADOR_GUATEMALA_HONDURAS => "ElSal/Gua/Hond".to_owned(),
        other => text::area_name(other),
    };
    name.chars().take(LONGEST_AREA).collect()
}
