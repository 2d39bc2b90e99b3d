//! The parser of a cell's text: a cut-off, or the reason why it is unreadable. Start at [`read_cell`].

use bulletin::{CutOff, Month, UnreadableReason};
use chrono::NaiveDate;

use crate::text::{is_mark, is_plain};

/// Parses a cell: exactly a date such as `01NOV13`, `C` or `U`. Anything else is unreadable, with the reason:
/// a lenient parser returns wrong dates, and people act on them.
///
/// The century of a date follows from the month of the bulletin, because no cut-off is later than its
/// bulletin.
///
/// # Errors
/// [`UnreadableReason`] if it is anything else, or a date that no bulletin of this month can print.
pub fn read_cell(text: &str, month: Month) -> Result<CutOff, UnreadableReason> {
    if text.is_empty() {
        return Err(UnreadableReason::Blank);
    }
    if !is_plain(text) {
        return Err(UnreadableReason::NotACutOff);
    }
    match text {
        "C" => Ok(CutOff::Current),
        "U" => Ok(CutOff::Unavailable),
        _ => {
            let (day, number, year) = written_date(text).ok_or(UnreadableReason::NotACutOff)?;
            date(day, number, year, month).map(CutOff::Date)
        }
    }
}

/// True if a text has the format of a cut-off, even if the day does not exist or the text is struck through.
pub(crate) fn is_written_as_cut_off(text: &str) -> bool {
    // Marks are skipped without an allocation, because this runs for every cell.
    let mut letters = [0_u8; 7];
    let mut count = 0;
    for byte in text.bytes().filter(|byte| !is_mark(*byte)) {
        let Some(letter) = letters.get_mut(count) else {
            return false;
        };
        *letter = byte;
        count += 1;
    }
    let text = std::str::from_utf8(&letters[..count]).unwrap_or_default();
    matches!(text, "C" | "U") || written_date(text).is_some()
}

/// Day, number of the month and year of the century, from two digits, three letters and two digits.
fn written_date(text: &str) -> Option<(u32, u32, u32)> {
    const MONTHS: [&[u8]; 12] = [
        b"JAN", b"FEB", b"MAR", b"APR", b"MAY", b"JUN", b"JUL", b"AUG", b"SEP", b"OCT", b"NOV", b"DEC",
    ];
    let [d1, d2, name @ .., y1, y2] = text.as_bytes() else {
        return None;
    };
    let digits = |tens: &u8, ones: &u8| {
        (tens.is_ascii_digit() && ones.is_ascii_digit())
            .then(|| u32::from(tens - b'0') * 10 + u32::from(ones - b'0'))
    };
    let number = MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month))?;
    Some((digits(d1, d2)?, number as u32 + 1, digits(y1, y2)?))
}

fn date(day: u32, number: u32, year: u32, bulletin: Month) -> Result<NaiveDate, UnreadableReason> {
    // A date that is older than any cut-off is a misprint, and the existence of the day no longer matters.
    let month = Month::from_short_year(year, number, bulletin).ok_or(UnreadableReason::AfterTheBulletin)?;
    NaiveDate::from_ymd_opt(month.year(), number, day).ok_or(UnreadableReason::NoSuchDay)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, month: &str) -> Result<String, UnreadableReason> {
        read_cell(text, month.parse().unwrap()).map(|cut_off| cut_off.to_string())
    }

    #[test]
    fn a_cell_is_a_date_or_c_or_u() {
        assert_eq!(read("01NOV13", "2026-03").unwrap(), "2013-11-01");
        assert_eq!(read("29FEB00", "2026-03").unwrap(), "2000-02-29");
        assert_eq!(read("15Jun09", "2026-03").unwrap(), "2009-06-15");
        assert_eq!(read("C", "2026-03").unwrap(), "C");
        assert_eq!(read("U", "2026-03").unwrap(), "U");
    }

    #[test]
    fn anything_else_is_unreadable() {
        for text in [
            "8MAY97",
            "01 NOV 13",
            "01NOV2013",
            "01NOV13*",
            "C*",
            "c",
            "u",
            "Current",
            "CC",
            "N/A",
            "-",
            "O1NOV13",
            "01NOV1",
            "01SEPT13",
            "01NVO13",
            "2013-11-01",
            "\u{661}1NOV13",
            "01NOV13 C",
            "01JAN1\u{1}4\u{2}",
            "\u{1}C\u{2}",
            "01NOV13\u{fffd}",
            "\u{3}01NOV13",
        ] {
            assert_eq!(
                read(text, "2026-03"),
                Err(UnreadableReason::NotACutOff),
                "{text:?}"
            );
        }
        assert_eq!(read("", "2026-03"), Err(UnreadableReason::Blank));
    }

    #[test]
    fn there_must_be_such_a_day() {
        for text in ["31FEB20", "00JAN20", "32JAN20", "31APR20", "29FEB01"] {
            assert_eq!(read(text, "2026-03"), Err(UnreadableReason::NoSuchDay), "{text}");
        }
    }

    #[test]
    fn the_bulletin_s_month_fixes_the_century() {
        assert_eq!(read("01JAN99", "2001-12").unwrap(), "1999-01-01");
        assert_eq!(read("08JUL88", "2026-03").unwrap(), "1988-07-08");
        assert_eq!(read("31MAR26", "2026-03").unwrap(), "2026-03-31");
        for text in ["01APR26", "01JAN27", "01JAN35", "01JAN71", "31FEB27"] {
            assert_eq!(
                read(text, "2026-03"),
                Err(UnreadableReason::AfterTheBulletin),
                "{text}"
            );
        }
        assert_eq!(
            read("01JAN05", "2003-01"),
            Err(UnreadableReason::AfterTheBulletin)
        );
        assert_eq!(read("01DEC99", "2100-01").unwrap(), "2099-12-01");
    }
}
