//! The layouts of the department's pages since 2001: their months, rows, columns and labels. Start at
//! [`Layout`].

use bulletin::{Area, Category, Chart, CutOff, Month, Preference, RawCell, Reading, Row, RowKey};

/// A family of layouts: the page format of one era.
///
/// The families and their first and last months come from a comparison of 176 captured pages, December 2001
/// to March 2026. If the months around a change are not among them, the later possible month is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layout {
    /// Until November 2003: two tables, each under a centered title. The first header cell is blank, and a
    /// row below the header says `Family` or `Employment-Based`. Labels `1st`, `2A*`.
    PlainTables,
    /// December 2003 to July 2004: the title is the table's first row and spans all columns. Cells are
    /// headings.
    TitledTables,
    /// August 2004 to June 2006: `th` headers that begin with `Family`, ordinals in `<sup>`, no title. In some
    /// months of 2005 areas are two letters.
    Ordinals,
    /// July 2006 to March 2011: bold `td` headers broken over lines.
    BoldHeaders,
    /// April 2011 to September 2015: as before, but with labels `F1` to `F4`, and each table in a separate
    /// section.
    LetteredFamily,
    /// October 2015 to October 2016: two charts. Headings `A. APPLICATION FINAL ACTION DATES ...`.
    FirstFilingCharts,
    /// From November 2016: headings `A. FINAL ACTION DATES ...`, and off-screen tables next to the real ones.
    TwoCharts,
}

impl Layout {
    /// Every layout, oldest first.
    pub const ALL: [Self; 7] = [
        Self::PlainTables,
        Self::TitledTables,
        Self::Ordinals,
        Self::BoldHeaders,
        Self::LetteredFamily,
        Self::FirstFilingCharts,
        Self::TwoCharts,
    ];

    /// The layout of this month; `None` before December 2001, from which no page is known.
    pub fn of(month: Month) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.fits(month))
    }

    /// True if the department used this layout in this month.
    pub fn fits(self, month: Month) -> bool {
        let (first, last) = self.months();
        (first..=last).contains(&(month.year(), month.number()))
    }

    /// Year and month number of the first and the last month. The last layout is assumed to continue until
    /// 2040.
    pub(crate) fn months(self) -> ((i32, u32), (i32, u32)) {
        match self {
            Self::PlainTables => ((2001, 12), (2003, 11)),
            Self::TitledTables => ((2003, 12), (2004, 7)),
            Self::Ordinals => ((2004, 8), (2006, 6)),
            Self::BoldHeaders => ((2006, 7), (2011, 3)),
            Self::LetteredFamily => ((2011, 4), (2015, 9)),
            Self::FirstFilingCharts => ((2015, 10), (2016, 10)),
            Self::TwoCharts => ((2016, 11), (2040, 12)),
        }
    }

    /// The charts on a page of this layout.
    pub fn charts(self) -> &'static [Chart] {
        if self < Self::FirstFilingCharts {
            &[Chart::FinalAction]
        } else {
            &Chart::ALL
        }
    }

    /// The rows of one half of a chart in this month, in the order of print.
    pub fn categories(month: Month, chart: Chart, preference: Preference) -> Vec<Category> {
        use Category as C;
        if preference == Preference::Family {
            return vec![C::F1, C::F2a, C::F2b, C::F3, C::F4];
        }
        let within = |first, last| (first..=last).contains(&(month.year(), month.number()));
        let mut rows = vec![C::Eb1, C::Eb2, C::Eb3];
        if within((2005, 8), (2006, 11)) {
            rows.push(C::ScheduleA);
        }
        rows.extend([C::OtherWorkers, C::Eb4, C::ReligiousWorkers]);
        if within((2007, 6), (2007, 7)) {
            rows.push(C::Translators);
        }
        let fifth: &[Category] = if within((0, 1), (2009, 8)) {
            &[C::Eb5, C::Eb5TargetedAreas]
        } else if within((2009, 9), (2011, 4)) {
            &[C::Eb5, C::Eb5TargetedAreas, C::Eb5PilotPrograms]
        } else if within((2011, 5), (2015, 8))
            || (chart == Chart::DatesForFiling && within((2015, 10), (2015, 10)))
        {
            &[C::Eb5TargetedAreas]
        } else if within((2015, 9), (2022, 4)) {
            &[C::Eb5NonRegional, C::Eb5Regional]
        } else if within((2022, 5), (2022, 5)) {
            &[
                C::Eb5UnreservedC5T5,
                C::Eb5UnreservedI5R5,
                C::Eb5Rural,
                C::Eb5HighUnemployment,
                C::Eb5Infrastructure,
            ]
        } else {
            &[
                C::Eb5Unreserved,
                C::Eb5Rural,
                C::Eb5HighUnemployment,
                C::Eb5Infrastructure,
            ]
        };
        rows.extend_from_slice(fifth);
        rows
    }

    /// The columns of one half of a chart in this month; some months lacked one or another of them.
    pub fn areas(month: Month, preference: Preference) -> Vec<Area> {
        let within = |first, last| (first..=last).contains(&(month.year(), month.number()));
        let employment = preference == Preference::Employment;
        [
            (Area::ALL, true),
            (Area::CHINA, within((2005, 2), (9999, 1))),
            (Area::DOMINICAN_REPUBLIC, within((2010, 6), (2011, 1))),
            (
                Area::EL_SALVADOR_GUATEMALA_HONDURAS,
                employment && within((2016, 5), (2023, 3)),
            ),
            (Area::INDIA, true),
            (Area::MEXICO, true),
            (Area::PHILIPPINES, true),
            (Area::VIETNAM, employment && within((2018, 8), (2021, 9))),
        ]
        .into_iter()
        .filter_map(|(area, listed)| listed.then_some(area))
        .collect()
    }

    /// A cell as this layout prints it in this month.
    pub fn row(self, month: Month, key: RowKey, cut_off: CutOff) -> Row {
        Row {
            key,
            reading: Reading::CutOff(cut_off),
            raw: self.raw(month, key, printed(cut_off)),
        }
    }

    /// A cell with this text instead of a cut-off.
    pub fn unreadable_row(self, month: Month, key: RowKey, text: &str) -> Row {
        Row {
            key,
            reading: Reading::Unreadable,
            raw: self.raw(month, key, text.to_owned()),
        }
    }

    /// The label of a row in this month, with `\n` for a line break.
    pub fn category_label(self, month: Month, chart: Chart, category: Category) -> &'static str {
        use Category as C;
        let filing = chart == Chart::DatesForFiling;
        let lettered = self >= Self::LetteredFamily;
        let from_2025 = month.year() >= 2025;
        match category {
            C::F1 if lettered => "F1",
            C::F2a if lettered => "F2A",
            C::F2b if lettered => "F2B",
            C::F3 if lettered => "F3",
            C::F4 if lettered => "F4",
            C::F2a if self < Self::BoldHeaders => "2A*",
            C::F2a => "2A",
            C::F2b => "2B",
            C::F1 | C::Eb1 => "1st",
            C::Eb2 => "2nd",
            C::F3 | C::Eb3 => "3rd",
            C::F4 | C::Eb4 => "4th",
            C::Eb5 => "5th",
            C::OtherWorkers if self < Self::BoldHeaders => "Other Workers",
            C::OtherWorkers => "Other\nWorkers",
            C::ScheduleA => "Schedule A Workers",
            C::ReligiousWorkers => "Certain Religious Workers",
            C::Translators => "Iraqi & Afghani\nTranslators",
            C::Eb5TargetedAreas if lettered && (month.year(), month.number()) >= (2011, 5) => {
                "5th\nTargeted\nEmployment Areas/\nRegional Centers and\nPilot Programs"
            }
            C::Eb5TargetedAreas if self == Self::PlainTables => "Targeted Employment Areas/Regional Centers",
            C::Eb5TargetedAreas => "Targeted\nEmployment Areas/\nRegional Centers",
            C::Eb5PilotPrograms => "5th Pilot Programs",
            C::Eb5NonRegional => "5th Non-Regional\nCenter\n(C5 and T5)",
            C::Eb5Regional => "5th Regional\nCenter\n(I5 and R5)",
            C::Eb5UnreservedC5T5 => "5th Unreserved\n(C5, T5, and all others)",
            C::Eb5UnreservedI5R5 => "5th Unreserved\n(I5 and R5)",
            C::Eb5Unreserved if from_2025 && !filing => "5th Unreserved\n(including C5, T5, I5, R5, NU, RU)",
            C::Eb5Unreserved => "5th Unreserved\n(including C5, T5, I5, R5)",
            C::Eb5Rural => match (filing, from_2025) {
                (false, false) => "5th Set Aside:\nRural (20%)",
                (false, true) => "5th Set Aside:\nRural (20%, including NR, RR)",
                (true, false) => "5th Set Aside:\n(Rural - 20%)",
                (true, true) => "5th Set Aside:\n(Rural: NR, RR - 20%)",
            },
            C::Eb5HighUnemployment => match (filing, from_2025) {
                (false, false) => "5th Set Aside:\nHigh Unemployment (10%)",
                (false, true) => "5th Set Aside:\nHigh Unemployment (10%, including NH, RH)",
                (true, false) => "5th Set Aside:\n(High Unemployment - 10%)",
                (true, true) => "5th Set Aside:\n(High Unemployment: NH, RH - 10%)",
            },
            C::Eb5Infrastructure => match (filing, from_2025) {
                (false, false) => "5th Set Aside:\nInfrastructure (2%)",
                (false, true) => "5th Set Aside:\nInfrastructure (2%, including RI)",
                (true, false) => "5th Set Aside:\n(Infrastructure - 2%)",
                (true, true) => "5th Set Aside:\n(Infrastructure: RI - 2%)",
            },
        }
    }

    /// The label of a column, with `\n` for a line break. The label of a country that never had a column
    /// follows the others: its name in capitals.
    pub fn area_label(self, area: Area) -> String {
        match area {
            Area::ALL if self <= Self::TitledTables => "All Chargeability Areas Except Those Listed".into(),
            Area::ALL if self < Self::FirstFilingCharts => {
                "All\nChargeability\nAreas Except\nThose Listed".into()
            }
            Area::ALL => "All Chargeability\nAreas Except\nThose Listed".into(),
            Area::CHINA if self < Self::FirstFilingCharts => "CHINA-\nmainland born".into(),
            Area::CHINA => "CHINA-\nmainland\nborn".into(),
            Area::EL_SALVADOR_GUATEMALA_HONDURAS => "EL SALVADOR\nGUATEMALA\nHONDURAS".into(),
            other => other.name().to_uppercase(),
        }
    }

    fn raw(self, month: Month, key: RowKey, value: String) -> RawCell {
        let folded = |label: &str| label.replace('\n', " ");
        RawCell {
            category: folded(self.category_label(month, key.chart, key.category)).into(),
            area: folded(&self.area_label(key.area)).into(),
            value: value.into(),
        }
    }
}

/// A cut-off as the department prints it: `01NOV13`, `C` or `U`.
pub fn printed(cut_off: CutOff) -> String {
    match cut_off {
        CutOff::Date(date) => date.format("%d%b%y").to_string().to_uppercase(),
        CutOff::Current => "C".into(),
        CutOff::Unavailable => "U".into(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_month_has_one_layout() {
        let first = Month::new(2001, 12).unwrap();
        assert_eq!(Layout::of(first.previous()), None);
        for month in first.through(Month::new(2040, 12).unwrap()) {
            assert_eq!(
                Layout::ALL.iter().filter(|layout| layout.fits(month)).count(),
                1,
                "{month}"
            );
        }
    }

    #[test]
    fn every_category_and_area_has_its_time() {
        let first = Month::new(2001, 12).unwrap();
        let mut categories = BTreeSet::new();
        let mut areas = BTreeSet::new();
        for month in first.through(Month::new(2026, 12).unwrap()) {
            for preference in Preference::ALL {
                categories.extend(Layout::categories(month, Chart::FinalAction, preference));
                areas.extend(Layout::areas(month, preference));
            }
        }
        assert_eq!(categories.len(), Category::ALL.len());
        assert_eq!(areas, Area::listed().collect());
    }
}
