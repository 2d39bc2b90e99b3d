use proptest::prelude::*;

use super::super::tests::{any_series, series};
use super::*;

/// Current, then a date, unavailable, current to an earlier date and so on; later both charts.
const EVENTFUL: [&str; 12] = [
    "2004-12 C",
    "2005-01 C",
    "2005-02 2002-01-01",
    "2005-05 2002-06-01",
    "2005-08 U",
    "2005-10 1998-01-01",
    "2006-02 2000-01-01",
    "2006-06 2001-04-08",
    "2006-12 2001-04-22 2004-01-01",
    "2007-03 2001-06-22 2004-06-01",
    "2007-06 2003-06-01 C",
    "2007-07 C C",
];

#[test]
fn a_history_reads_as_it_went() {
    let drawn = draw(&series("EB3 INDIA", &EVENTFUL), 60, 18, false, Glyphs::Unicode);
    let expected = "\
EB3 INDIA
    cut-off  ━━━ Final Action Dates   ╍╍╍ Dates for Filing
    current ┤━━━                                           ━
            │                                            ╍╍╍
            │
       2004 ┤                                   ⠠⠤ ⠒⠁
            │                                            ⡠
            │       ⣀⡀                                 ⢠⠊
       2002 ┤   ⠐⠒⠉⠉                                 ⢀⠔⠁
            │                         ⣀⠤⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠉⠉⠁
            │                     ⢀⡠⠔⠉
       2000 ┤                   ⢀⠔⠁
            │                 ⡠⠒⠁
       1998 ┤               ⡠⠊
            │
unavailable ┤            ━
            └──┬────────────────┬─────────────────┬─────────
   bulletin  2005             2006              2007";
    assert_eq!(drawn, expected);
}

#[test]
fn ascii_says_the_same() {
    let drawn = draw(&series("EB3 INDIA", &EVENTFUL), 60, 18, false, Glyphs::Ascii);
    let expected = "\
EB3 INDIA
    cut-off  ### Final Action Dates   ooo Dates for Filing
    current +###                                           #
            |                                            ooo
            |
       2004 +                                   oooooo
            |                                            #
            |      ###                                 ##
       2002 +   ###                                   #
            |                          ###############
            |                       ###
       2000 +                    ###
            |                 ###
       1998 +               ##
            |
unavailable +            #
            +--+----------------+-----------------+---------
   bulletin  2005             2006              2007";
    assert_eq!(drawn, expected);
    assert!(drawn.is_ascii());
}

#[test]
fn only_a_locale_that_names_another_encoding_is_drawn_in_ascii() {
    for locale in ["en_US.UTF-8", "C.utf8", "de_DE.UTF-8@euro"] {
        assert_eq!(Glyphs::of(locale), Glyphs::Unicode, "{locale}");
    }
    for locale in ["C", "POSIX", "en_US.ISO-8859-1"] {
        assert_eq!(Glyphs::of(locale), Glyphs::Ascii, "{locale}");
    }
}

#[test]
fn always_current_has_a_band_and_no_dates() {
    let drawn = draw(
        &series("EB1 ALL", &["2025-01 C C", "2025-02 C C"]),
        40,
        12,
        false,
        Glyphs::Unicode,
    );
    assert!(
        drawn.contains(&format!("current ┤{}\n", "━".repeat(27))),
        "{drawn}"
    );
    assert!(drawn.contains(&format!("│{}\n", "╍".repeat(27))), "{drawn}");
    assert!(!drawn.contains("unavailable"), "{drawn}");
    assert!(drawn.contains("Jan 2025"), "{drawn}");
}

#[test]
fn nothing_to_draw_is_said() {
    let drawn = |bulletins: &[&str]| draw(&series("T", bulletins), 80, 24, true, Glyphs::Unicode);
    assert_eq!(drawn(&[]), "T\nNo bulletins to draw.");
    assert_eq!(drawn(&["2025-01 - -"]), "T\nNo bulletin has a cut-off to draw.");
}

#[test]
fn colour_codes_come_only_when_asked_for_and_change_nothing_else() {
    let series = series("EB3 INDIA", &EVENTFUL);
    let plain = draw(&series, 80, 24, false, Glyphs::Unicode);
    let mut coloured = draw(&series, 80, 24, true, Glyphs::Unicode);
    assert!(!plain.contains('\u{1b}'));
    assert!(coloured.contains(BLUE) && coloured.contains(ORANGE));
    for code in [BLUE, ORANGE, "0"] {
        coloured = coloured.replace(&format!("\u{1b}[{code}m"), "");
    }
    assert_eq!(coloured, plain);
}

proptest! {
    #[test]
    fn any_series_fits_its_room(
        series in any_series(),
        width in prop_oneof![20 => 0..120usize, 1 => Just(usize::MAX)],
        height in prop_oneof![20 => 0..50usize, 1 => Just(usize::MAX)],
        colour: bool,
        ascii: bool,
    ) {
        let glyphs = if ascii { Glyphs::Ascii } else { Glyphs::Unicode };
        let mut drawn = draw(&series, width, height, colour, glyphs);
        for code in [BLUE, ORANGE, "0"] {
            drawn = drawn.replace(&format!("\u{1b}[{code}m"), "");
        }
        prop_assert_eq!(drawn.find('\u{1b}'), None);
        prop_assert!(drawn.lines().count() <= height.clamp(HEIGHTS.0, HEIGHTS.1), "{}", drawn);
        for line in drawn.lines() {
            prop_assert!(line.chars().count() <= width.clamp(WIDTHS.0, WIDTHS.1), "{}", drawn);
        }
    }
}
