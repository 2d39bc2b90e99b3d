//! Cut-offs that are misprinted, formatted or changed.

use bulletin::{CutOff, Month};

use crate::columns::any_chart;
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::table::Cell;
use crate::text::visible;

pub(crate) const KINDS: &[Kind] = &[
    unclear("value blank", blank),
    unclear("value is no cut-off", no_cut_off),
    unclear("value in words", in_words),
    unclear("value with a footnote mark", footnote),
    unclear("value with a trailing note", trailing_note),
    unclear("value with a one-digit day", one_digit_day),
    unclear("value with a four-digit year", four_digit_year),
    unclear("value with letters for digits", letters_for_digits),
    unclear("value in another alphabet", other_alphabet),
    unclear("value is an impossible day", impossible_day),
    unclear("value after the bulletin", after_the_bulletin),
    unclear("value with a misspelt month", misspelt_month),
    unclear("value in another format", other_format),
    unclear("value without one character", cut_short),
    unclear("two values in one cell", two_values),
    unclear("old value struck, new value added", corrected_in_place),
    unclear("value as an image or a field", image),
    unclear("value with a superscript digit", superscript_digit),
    unclear("value only in an attribute", only_in_attribute),
    clear("another valid value", another_value),
    clear("value in mixed case", mixed_case),
    clear("value in inline tags", inline_tags),
    clear("value in block tags", block_tags),
    clear("value among spaces and breaks", spaces),
    clear("value with invisible characters", invisible),
    clear("value as numeric references", references),
    clear("value split by tags", split_by_tags),
    clear("value beside a hidden sort key", hidden_sort_key),
    clear("value as a link with a title", link),
];

/// A random cut-off; with `dated`, one that is a date.
fn any_value<'a>(page: &'a mut Page, random: &mut Random, dated: bool) -> Option<&'a mut Cell> {
    let table = any_chart(page, random);
    let table = &mut page.charts[table];
    let mut values = table.values();
    if dated {
        values.retain(|(row, cell)| matches!(table.rows[*row].cells[*cell].value, Some(CutOff::Date(_))));
    }
    let (row, cell) = random.pick(&values)?;
    Some(&mut table.rows[row].cells[cell])
}

/// Replaces a value by text that must not be read as one.
fn misprint(page: &mut Page, random: &mut Random, text: &str) -> bool {
    let Some(cell) = any_value(page, random, false) else {
        return false;
    };
    text.clone_into(&mut cell.inner);
    cell.value = None;
    true
}

/// Rewrites a date so that it is not a valid cut-off.
fn spoil_date(page: &mut Page, random: &mut Random, edit: impl Fn(&str, &mut Random) -> String) -> bool {
    let Some(cell) = any_value(page, random, true) else {
        return false;
    };
    cell.inner = edit(&visible(&cell.inner), random);
    cell.value = None;
    true
}

/// Rewrites a value whose meaning stays the same.
fn dress(page: &mut Page, random: &mut Random, edit: impl Fn(&str, &mut Random) -> String) -> bool {
    let Some(cell) = any_value(page, random, false) else {
        return false;
    };
    cell.inner = edit(&visible(&cell.inner), random);
    true
}

fn blank(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one(["", "&nbsp;", "<p></p>", "<br>", "\u{200b}", "<b>&nbsp;</b>"]);
    misprint(page, random, text)
}

fn no_cut_off(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one([
        "-", "--", "&mdash;", "N/A", "NA", "TBD", "*", "?", "0", "X", "CC", "CU", "C/U", "V",
    ]);
    misprint(page, random, text)
}

fn in_words(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one([
        "Current",
        "CURRENT",
        "Unavailable",
        "Unauthorized",
        "see note",
        "No limit",
        "Curr.",
    ]);
    misprint(page, random, text)
}

fn footnote(page: &mut Page, random: &mut Random) -> bool {
    let mark = random.one([
        "*",
        "**",
        "&dagger;",
        "<sup>*</sup>",
        "<sup>1</sup>",
        "\u{b9}",
        " (1)",
        "[1]",
    ]);
    let Some(cell) = any_value(page, random, false) else {
        return false;
    };
    cell.inner = format!("{}{mark}", visible(&cell.inner));
    cell.value = None;
    true
}

fn trailing_note(page: &mut Page, random: &mut Random) -> bool {
    let note = random.one([
        " see D",
        " <i>new</i>",
        "<br>(retrogressed)",
        "<p>subject to change</p>",
        " or later",
    ]);
    let Some(cell) = any_value(page, random, false) else {
        return false;
    };
    cell.inner = format!("{}{note}", visible(&cell.inner));
    cell.value = None;
    true
}

fn one_digit_day(page: &mut Page, random: &mut Random) -> bool {
    spoil_date(page, random, |text, random| {
        let dropped = random.below(2);
        format!("{}{}", &text[1 - dropped..2 - dropped], &text[2..])
    })
}

fn four_digit_year(page: &mut Page, random: &mut Random) -> bool {
    spoil_date(page, random, |text, random| {
        let century = random.one(["19", "20"]);
        format!("{}{century}{}", &text[..5], &text[5..])
    })
}

fn letters_for_digits(page: &mut Page, random: &mut Random) -> bool {
    spoil_date(page, random, |text, random| {
        let (digit, letter) = random.one([('0', "O"), ('1', "l"), ('1', "I"), ('5', "S")]);
        let (day, rest) = text.split_at(2);
        let spoiled = format!("{}{}", day.replace(digit, letter), rest);
        if spoiled == text {
            format!("O{}", &text[1..])
        } else {
            spoiled
        }
    })
}

fn other_alphabet(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one([
        "\u{421}",
        "\u{ff23}",
        "\u{ff35}",
        "\u{ff10}\u{ff11}JAN01",
        "\u{661}1JAN01",
        "01J\u{410}N01",
    ]);
    misprint(page, random, text)
}

fn impossible_day(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one([
        "31FEB10", "00JAN01", "32JAN01", "31APR00", "30FEB98", "29FEB01", "31NOV99",
    ]);
    misprint(page, random, text)
}

fn after_the_bulletin(page: &mut Page, random: &mut Random) -> bool {
    let years = 1 + random.below(12) as i32;
    let month = Month::new(page.month.year() + years, page.month.number()).unwrap();
    let year = month.year() % 100;
    let text = format!("01{}{year:02}", month.name()[..3].to_uppercase());
    misprint(page, random, &text)
}

fn misspelt_month(page: &mut Page, random: &mut Random) -> bool {
    spoil_date(page, random, |text, random| {
        let month = random.one(["JNA", "SPE", "FEV", "MAI", "OKT", "JU", "SEPT", "AGU"]);
        format!("{}{month}{}", &text[..2], &text[5..])
    })
}

fn other_format(page: &mut Page, random: &mut Random) -> bool {
    spoil_date(page, random, |text, random| {
        let (day, month, year) = (&text[..2], &text[2..5], &text[5..]);
        match random.below(5) {
            0 => format!("{month} {day}, 20{year}"),
            1 => format!("{day}/03/{year}"),
            2 => format!("20{year}-03-{day}"),
            3 => format!("{month}{day}{year}"),
            _ => format!("{month} {year}"),
        }
    })
}

fn cut_short(page: &mut Page, random: &mut Random) -> bool {
    spoil_date(page, random, |text, random| {
        let mut text = text.to_owned();
        text.remove(random.below(text.len()));
        text
    })
}

fn two_values(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one([
        "01JAN01 01FEB01",
        "C U",
        "01JAN01<br>C",
        "<p>C</p><p>C</p>",
        "01JAN01/01FEB01",
        "U<hr>C",
    ]);
    misprint(page, random, text)
}

/// The old value is struck through; only the new one is valid.
fn corrected_in_place(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, random| match random.below(4) {
        0 => format!("<del>02FEB99</del> {text}"),
        1 => format!("<s>02FEB99</s><br>{text}"),
        2 => format!("<span style='text-decoration: line-through'>U</span> <ins>{text}</ins>"),
        _ => format!("<strike>C</strike> <font color=red>{text}</font>"),
    })
}

fn image(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one([
        "<img alt='C' src='c.png'>",
        "<input value='C'>",
        "<svg><title>C</title></svg>",
    ]);
    misprint(page, random, text)
}

fn superscript_digit(page: &mut Page, random: &mut Random) -> bool {
    spoil_date(page, random, |text, _| {
        format!("{}<sup>{}</sup>", &text[..6], &text[6..])
    })
}

fn only_in_attribute(page: &mut Page, random: &mut Random) -> bool {
    let text = random.one([
        "<span data-value='C'></span>",
        "<time datetime='2001-01-01'></time>",
        "<a title='01JAN01'></a>",
    ]);
    misprint(page, random, text)
}

fn another_value(page: &mut Page, random: &mut Random) -> bool {
    let Some(cell) = any_value(page, random, true) else {
        return false;
    };
    let Some(CutOff::Date(day)) = cell.value else {
        return false;
    };
    let Some(next) = day.succ_opt() else { return false };
    cell.inner = next.format("%d%b%y").to_string().to_uppercase();
    cell.value = Some(CutOff::Date(next));
    true
}

fn mixed_case(page: &mut Page, random: &mut Random) -> bool {
    let Some(cell) = any_value(page, random, true) else {
        return false;
    };
    let text = visible(&cell.inner);
    let month = match random.below(2) {
        0 => text[2..5].to_lowercase(),
        _ => format!("{}{}", &text[2..3], text[3..5].to_lowercase()),
    };
    cell.inner = format!("{}{month}{}", &text[..2], &text[5..]);
    true
}

fn inline_tags(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, random| match random.below(6) {
        0 => format!("<font face='Arial' size=2>{text}</font>"),
        1 => format!("<span class=\"a\"><span>{text}</span></span>"),
        2 => format!("<b><i><u>{text}</u></i></b>"),
        3 => format!("<mark>{text}</mark>"),
        4 => format!("<ins>{text}</ins>"),
        _ => format!("<em><strong>{text}</strong></em>"),
    })
}

fn block_tags(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, random| match random.below(4) {
        0 => format!("<div align=center>{text}</div>"),
        1 => format!("<p class='MsoNormal'>{text}<o:p></o:p></p>"),
        2 => format!("\n<h4>{text}</h4>\n"),
        _ => format!("<center>{text}</center>"),
    })
}

fn spaces(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, random| match random.below(5) {
        0 => format!("&nbsp;{text}&nbsp;"),
        1 => format!("<br>{text}<br><br>"),
        2 => format!("\t{text}\r\n"),
        3 => format!("&#160;&#xA0;{text}&emsp;"),
        _ => format!("\u{a0}{text}\u{2003}"),
    })
}

fn invisible(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, random| {
        let character = random.one([
            "&shy;", "\u{200b}", "\u{feff}", "&zwnj;", "<wbr>", "\u{2060}", "&lrm;", "\u{200e}",
        ]);
        let (start, end) = text.split_at(text.len().min(2));
        format!("{start}{character}{end}")
    })
}

fn references(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, random| {
        let is_hex = random.below(2) == 0;
        let reference = |c: char| {
            if is_hex {
                format!("&#x{:X};", c as u32)
            } else {
                format!("&#{};", c as u32)
            }
        };
        text.chars().map(reference).collect()
    })
}

fn split_by_tags(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, random| {
        let (start, end) = text.split_at(random.below(text.len()));
        match random.below(3) {
            0 => format!("<b>{start}</b>{end}"),
            1 => format!("<span>{start}</span><span class=\"hit\">{end}</span>"),
            _ => format!("{start}<!-- 01JAN99 -->{end}"),
        }
    })
}

fn hidden_sort_key(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, random| match random.below(3) {
        0 => format!("<span style=\"display:none\">20010203</span>{text}"),
        1 => format!("<span hidden>02FEB99</span>{text}"),
        _ => format!("{text}<span style='display: none !important'>C</span>"),
    })
}

fn link(page: &mut Page, random: &mut Random) -> bool {
    dress(page, random, |text, _| {
        format!("<a href=\"#note1\" title=\"was 01JAN99\" name=C>{text}</a>")
    })
}
