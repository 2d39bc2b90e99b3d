//! The title and other places that name the month.

use bulletin::Month;

use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};

pub(crate) const KINDS: &[Kind] = &[
    unclear("title of another month", stale_title),
    unclear("title of another month, month asked for", stale_title_asked),
    unclear(
        "title and heading of another month, address right",
        stale_title_and_heading,
    ),
    unclear("address of another month", stale_address),
    unclear("heading of another month", stale_heading),
    clear("title in other words", title_in_other_words),
    clear("title without a month", title_without_month),
    clear("address of the month", address),
    clear("title marked as updated", title_updated),
    clear("main heading removed", no_main_heading),
    clear("other months in links and metadata", other_months),
    unclear("other month in a heading of the text", other_month_in_text),
];

/// Another month, in words.
pub(crate) fn another_month(month: Month, random: &mut Random) -> Month {
    match random.below(3) {
        0 => month.previous(),
        1 => month.next(),
        _ => Month::new(month.year() - 1, month.number()).unwrap(),
    }
}

pub(crate) fn set_title(page: &mut Page, title: &str) -> bool {
    let text = &mut page.texts[0];
    let Some(start) = text.find("<title>").map(|at| at + 7) else {
        return false;
    };
    let Some(end) = text[start..].find("</title>").map(|at| start + at) else {
        return false;
    };
    text.replace_range(start..end, title);
    true
}

/// Adds the page's canonical URL, as newer pages of the site have it.
pub(crate) fn set_address(page: &mut Page, month: Month) -> bool {
    let (name, year) = (month.name().to_lowercase(), month.year());
    let fiscal = month.fiscal_year();
    let link = format!(
        "<link rel=\"canonical\" href=\"https://travel.state.gov/content/travel/en/legal/visa-law0/visa-bulletin/\
         {fiscal}/visa-bulletin-for-{name}-{year}.html\">\n"
    );
    let text = &mut page.texts[0];
    let Some(at) = text.find("</title>").map(|at| at + 8) else {
        return false;
    };
    text.insert_str(at, &link);
    true
}

fn set_main_heading(page: &mut Page, month: Month) -> bool {
    let usual = format!("<h1>Visa Bulletin For {}</h1>", page.month.title());
    let text = &mut page.texts[0];
    let is_there = text.contains(&usual);
    *text = text.replace(&usual, &format!("<h1>Visa Bulletin For {}</h1>", month.title()));
    is_there
}

fn stale_title(page: &mut Page, random: &mut Random) -> bool {
    let month = another_month(page.month, random);
    set_address(page, page.month) && set_title(page, &format!("Visa Bulletin For {}", month.title()))
}

fn stale_title_asked(page: &mut Page, random: &mut Random) -> bool {
    page.asked = Some(page.month);
    stale_title(page, random)
}

fn stale_title_and_heading(page: &mut Page, random: &mut Random) -> bool {
    let month = another_month(page.month, random);
    page.asked = Some(page.month);
    set_main_heading(page, month)
        && set_address(page, page.month)
        && set_title(page, &format!("Visa Bulletin For {}", month.title()))
}

fn stale_address(page: &mut Page, random: &mut Random) -> bool {
    let month = another_month(page.month, random);
    set_address(page, month)
}

fn stale_heading(page: &mut Page, random: &mut Random) -> bool {
    let month = another_month(page.month, random);
    set_main_heading(page, month)
}

fn address(page: &mut Page, _: &mut Random) -> bool {
    set_address(page, page.month)
}

fn title_in_other_words(page: &mut Page, random: &mut Random) -> bool {
    let (name, year) = (page.month.name(), page.month.year());
    let title = match random.below(5) {
        0 => format!("{name} {year} Visa Bulletin"),
        1 => format!(
            "VISA BULLETIN FOR {} {year} | Travel.State.Gov",
            name.to_uppercase()
        ),
        2 => format!("Visa Bulletin for {name}, {year}"),
        3 => format!("\n  Visa&nbsp;Bulletin - {name} {year}\n"),
        _ => format!("U.S. Department of State: Visa Bulletin For {name} {year}"),
    };
    set_title(page, &title)
}

fn title_without_month(page: &mut Page, random: &mut Random) -> bool {
    set_title(
        page,
        random.one(["Visa Bulletin", "The Visa Bulletin | Travel.State.Gov", ""]),
    )
}

fn title_updated(page: &mut Page, random: &mut Random) -> bool {
    let note = random.one([
        " (Updated)",
        " - Revised",
        " [CORRECTED]",
        " | U.S. Department of State",
        " (posted last month)",
    ]);
    let title = format!("Visa Bulletin For {}{note}", page.month.title());
    set_title(page, &title)
}

fn no_main_heading(page: &mut Page, _: &mut Random) -> bool {
    let usual = format!("<h1>Visa Bulletin For {}</h1>", page.month.title());
    let text = &mut page.texts[0];
    let is_there = text.contains(&usual);
    *text = text.replace(&usual, "");
    is_there
}

/// Links to other bulletins, a date of the last change, and outdated metadata.
fn other_months(page: &mut Page, _: &mut Random) -> bool {
    let (before, after) = (page.month.previous().title(), page.month.next().title());
    let links = format!(
        "<ul id=\"recent_bulletins\"><li><a href=\"x.html\">Visa Bulletin For {before}</a></li><li><a>{after}</a></li></ul>\
         <p>Last Updated: {before}</p>"
    );
    let at = page.texts[0].find("<h1>Visa").unwrap_or(0);
    page.texts[0].insert_str(at, &links);
    let at = page.texts[0].find("</title>").map_or(0, |at| at + 8);
    page.texts[0].insert_str(
        at,
        &format!("<meta property=\"og:title\" content=\"Visa Bulletin For {before}\">"),
    );
    true
}

/// The text was copied from another month, which its heading names.
fn other_month_in_text(page: &mut Page, random: &mut Random) -> bool {
    let month = another_month(page.month, random).title().to_uppercase();
    page.texts[0].push_str(&format!("<p><b>IMMIGRANT NUMBERS FOR {month}</b></p>"));
    true
}
