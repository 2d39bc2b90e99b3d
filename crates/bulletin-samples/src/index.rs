//! The index page: links to the bulletins, as the site lists them.

use bulletin::Month;

use crate::page::{bottom, top};

/// The path of the site's folder of bulletins.
const FOLDER: &str = "/content/travel/en/legal/visa-law0/visa-bulletin";

/// The site's path of this month's page: `/content/.../2024/visa-bulletin-for-april-2024.html`.
pub fn page_path(month: Month) -> String {
    format!(
        "{FOLDER}/{}/visa-bulletin-for-{}-{}.html",
        month.fiscal_year(),
        month.name().to_lowercase(),
        month.year()
    )
}

/// The page that links to the bulletins of these months, newest first, in a list for each fiscal year.
///
/// Above the lists there are two boxes. *Current* is the newest month that is not upcoming; *Upcoming* is the
/// given month, or a button without a link, "Coming Soon".
pub fn render_index(months: &[Month], upcoming: Option<Month>) -> String {
    let mut months: Vec<Month> = months.iter().copied().chain(upcoming).collect();
    months.sort_unstable();
    months.dedup();
    months.reverse();
    let current = months
        .iter()
        .copied()
        .find(|month| upcoming.is_none_or(|upcoming| *month < upcoming));

    let mut html = top("The Visa Bulletin", true);
    html.push_str("<div class=\"recentbulletins section\">\n\n<ul id=\"recent_bulletins\">\n");
    html.push_str(&current_box("Current Visa Bulletin", current));
    html.push_str(&current_box("Upcoming Visa Bulletin", upcoming));
    html.push_str("</ul>\n<br style=\"clear:both;\" />\n\n    </div>\n");
    html.push_str(
        "<div class=\"tsg-rwd-text parbase section\">\n<p><b>NOTE:&nbsp; Final Action Dates and Dates for Filing are \
         printed as DAY-MONTH-YEAR <i>(dd-mmm-yy)</i>.</b></p>\n\
         <p>See also <a href=\"http://www.uscis.gov/visabulletininfo\">when to file</a> and \
         <a href=\"/content/travel/en/legal/visa-law0/visa-statistics.html\">statistics</a>.</p>\n</div>\n",
    );
    let mut years: Vec<i32> = months.iter().map(|month| month.fiscal_year()).collect();
    years.dedup();
    for year in years {
        html.push_str(&format!(
            "<div class=\"accordion parbase section\">\n\n<div class=' tsg-rwd-accordion'>\n\n\
             <a href=\"javascript:void(0);\" class=\"tsg-rwd-accordion-header\" aria-expanded=\"false\" \
             title=\"Fiscal Year {year} Visa Bulletins\">\n<h4 class=\"tsg-rwd-accordion-header-name-frame\">\n\
             Fiscal Year {year} Visa Bulletins\n</h4>\n</a>\n<div class=' tsg-rwd-accordion-copy' role=\"region\">\n"
        ));
        for month in months.iter().filter(|month| month.fiscal_year() == year) {
            html.push_str(&format!(
                "<ul>\n<li><a href=\"{}\" target=\"_blank\">Visa Bulletin For {}</a></li>\n</ul>\n",
                page_path(*month),
                month.title()
            ));
        }
        html.push_str("</div>\n</div>\n</div>\n");
    }
    html.push_str(&bottom(true));
    html
}

fn current_box(heading: &str, month: Option<Month>) -> String {
    let button = match month {
        Some(month) => format!(
            "<a class='btn btn-lg btn-success' href='{}' title=\"Visa Bulletin For {}\">{}<br><span \
             class=\"alt_font_size\">{}</span></a>",
            page_path(month),
            month.title(),
            month.name(),
            month.year()
        ),
        None => "<a class='btn btn-lg btn-success' title=\"Visa Bulletin Coming Soon\">Coming<br><span \
                 class=\"alt_font_size\">Soon</span></a>"
            .into(),
    };
    format!(
        "    <li class=\"current\">\n        <h2>{heading}</h2>\n            <div>\n                \
         <span class='fa fa-calendar fa-4x'></span> {button}\n            </div>\n    </li>\n\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Month {
        text.parse().unwrap()
    }

    #[test]
    fn october_lies_in_the_next_years_folder() {
        assert_eq!(
            page_path(month("2026-10")),
            "/content/travel/en/legal/visa-law0/visa-bulletin/2027/visa-bulletin-for-october-2026.html"
        );
    }

    #[test]
    fn an_upcoming_month_is_linked_only_once_it_is_out() {
        let before = render_index(&[month("2024-03")], None);
        assert!(before.contains("Coming Soon") && !before.contains("april-2024"));
        let after = render_index(&[month("2024-03")], Some(month("2024-04")));
        assert!(!after.contains("Coming Soon"));
        assert_eq!(after.matches("visa-bulletin-for-april-2024.html").count(), 2);
        assert!(after.find("march-2024").unwrap() < after.find("april-2024").unwrap());
    }
}
