//! Chargeability areas and countries, and the case that an area forms with a category.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

mod local;
mod spellings;

pub use local::parse_area;

use crate::area::spellings::{COUNTRIES, LISTED, Spellings};
use crate::category::Category;
use crate::spelling::{UnknownSpelling, is_same_word, nearest, squash};

/// A chargeability area: a column of a chart, or a country that may have one.
///
/// Most countries have no separate column and are counted under [`Area::ALL`] ("All Chargeability Areas Except Those
/// Listed"). Columns come and go, and differ between the charts of one page, so every country is an area here, and
/// [`Area::ruled_by`] returns the column that applies to it in a given chart.
///
/// ```
/// use bulletin::Area;
///
/// let brazil: Area = "Brazil".parse().unwrap();
/// assert_eq!(brazil.ruled_by(|column| [Area::ALL, Area::INDIA].contains(&column)), Area::ALL);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Area(u16);

impl Area {
    /// All Chargeability Areas Except Those Listed.
    pub const ALL: Self = Self(0);
    /// China, mainland born.
    pub const CHINA: Self = Self(1);
    /// Dominican Republic: its own column in some months of 2010 and 2011.
    pub const DOMINICAN_REPUBLIC: Self = Self(2);
    /// El Salvador, Guatemala and Honduras: one column in employment charts from May 2016 to 2023.
    pub const EL_SALVADOR_GUATEMALA_HONDURAS: Self = Self(3);
    /// India.
    pub const INDIA: Self = Self(4);
    /// Mexico.
    pub const MEXICO: Self = Self(5);
    /// Philippines.
    pub const PHILIPPINES: Self = Self(6);
    /// Vietnam: its own column in employment charts from 2018 to 2021.
    pub const VIETNAM: Self = Self(7);

    /// The areas that have had a column so far, in the order of their codes.
    pub fn listed() -> impl Iterator<Item = Self> {
        (0..LISTED.len() as u16).map(Self)
    }

    /// Every area: those that have had a column, then every other country.
    pub fn every() -> impl Iterator<Item = Self> {
        (0..(LISTED.len() + COUNTRIES.len()) as u16).map(Self)
    }

    /// The code in data, such as `INDIA` or `EL_SALVADOR_GUATEMALA_HONDURAS`.
    pub fn code(self) -> &'static str {
        self.entry().0
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        self.entry().1
    }

    /// The columns that can apply to this area, the most specific first; the last is always [`Area::ALL`].
    pub fn columns(self) -> impl Iterator<Item = Self> {
        let shared = ["EL_SALVADOR", "GUATEMALA", "HONDURAS"].contains(&self.code());
        [
            Some(self),
            shared.then_some(Self::EL_SALVADOR_GUATEMALA_HONDURAS),
            Some(Self::ALL),
        ]
        .into_iter()
        .flatten()
        .take(if self == Self::ALL { 1 } else { 3 })
    }

    /// The column that applies to this area in a chart; `listed` returns true for the columns of that chart.
    pub fn ruled_by(self, listed: impl Fn(Self) -> bool) -> Self {
        self.columns().find(|column| listed(*column)).unwrap_or(Self::ALL)
    }

    /// The area with exactly this name, as the heading of a new column would print it: no nicknames, no abbreviations,
    /// no nearest guess. Never [`Area::ALL`].
    pub fn by_name(name: &str) -> Option<Self> {
        Self::every()
            .skip(1)
            .find(|area| is_same_word(area.name(), name) || is_same_word(area.code(), name))
    }

    fn entry(self) -> Spellings {
        let index = usize::from(self.0);
        LISTED
            .get(index)
            .copied()
            .unwrap_or_else(|| COUNTRIES[index - LISTED.len()])
    }
}

impl fmt::Display for Area {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Area {
    type Err = UnknownSpelling;

    /// Parses a code, a name or a usual other spelling of any country: `INDIA`, `india`, `mainland China`, `Brazil`,
    /// `rest of world`.
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        // Stored data has codes, and much of it is read at a time.
        if let Some(area) = Self::every().find(|area| area.code() == text) {
            return Ok(area);
        }
        let bare = squash(text);
        let bare = bare.strip_suffix("born").unwrap_or(&bare);
        if ["hongkong", "hongkongsar", "macau", "macao", "macausar"].contains(&bare) {
            return Err(local::undecided(text));
        }
        let found = Self::every().find(|area| {
            let (code, name, aliases) = area.entry();
            squash(code) == bare || squash(name) == bare || aliases.contains(&bare)
        });
        found.ok_or_else(|| {
            let names = Self::every().flat_map(|area| [area.name(), area.code()]);
            let mut near: Vec<String> = Vec::new();
            for name in nearest(text, names, 6) {
                let code = Self::by_name(name).unwrap_or(Self::ALL).code().to_owned();
                if !near.contains(&code) {
                    near.push(code);
                }
            }
            near.truncate(3);
            if near.is_empty() {
                near = ["INDIA", "CHINA", "ALL"].map(str::to_owned).into();
            }
            UnknownSpelling::new("country or area", text, near)
        })
    }
}

impl TryFrom<String> for Area {
    type Error = UnknownSpelling;

    fn try_from(text: String) -> Result<Self, UnknownSpelling> {
        text.parse()
    }
}

impl From<Area> for String {
    fn from(area: Area) -> Self {
        area.code().to_owned()
    }
}

/// The people that a cut-off is about: a category and an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Case {
    /// The preference category.
    pub category: Category,
    /// The chargeability area.
    pub area: Area,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.category, self.area)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_and_name_reads_back_as_itself() {
        for area in Area::every() {
            assert_eq!(area.code().parse(), Ok(area));
            assert_eq!(area.name().parse(), Ok(area));
        }
    }

    #[test]
    fn no_spelling_names_two_areas() {
        let mut seen = std::collections::BTreeMap::new();
        for area in Area::every() {
            let (code, name, aliases) = area.entry();
            let own = [squash(code), squash(name)];
            for spelling in own
                .into_iter()
                .chain(aliases.iter().map(|alias| (*alias).to_owned()))
            {
                assert_eq!(squash(&spelling), spelling);
                let other = seen.insert(spelling.clone(), area);
                assert!(other.is_none_or(|other| other == area), "{spelling}");
            }
        }
    }

    #[test]
    fn people_spell_as_they_like() {
        for (text, area) in [
            ("mainland China", Area::CHINA),
            ("China - mainland born", Area::CHINA),
            ("india", Area::INDIA),
            ("Rest of World", Area::ALL),
            (
                "El Salvador Guatemala Honduras",
                Area::EL_SALVADOR_GUATEMALA_HONDURAS,
            ),
            ("Viet Nam", Area::VIETNAM),
        ] {
            assert_eq!(text.parse(), Ok(area), "{text}");
        }
        assert_eq!("Côte d'Ivoire".parse::<Area>().unwrap().code(), "COTE_D_IVOIRE");
        assert_eq!("Burma".parse::<Area>(), "Myanmar".parse::<Area>());
        assert_eq!("Indai".parse::<Area>().unwrap_err().nearest[0], "INDIA");
    }

    #[test]
    fn hong_kong_is_never_guessed() {
        assert_eq!("Hong Kong".parse::<Area>().unwrap_err().nearest, ["CHINA", "ALL"]);
    }

    #[test]
    fn a_country_follows_its_own_column_where_there_is_one() {
        let brazil: Area = "Brazil".parse().unwrap();
        let guatemala: Area = "Guatemala".parse().unwrap();
        let modern = [Area::ALL, Area::CHINA, Area::INDIA];
        let of_2018 = [Area::ALL, Area::EL_SALVADOR_GUATEMALA_HONDURAS, Area::VIETNAM];
        assert_eq!(brazil.ruled_by(|column| modern.contains(&column)), Area::ALL);
        assert_eq!(
            brazil.ruled_by(|column| [Area::ALL, brazil].contains(&column)),
            brazil
        );
        assert_eq!(
            Area::VIETNAM.ruled_by(|column| modern.contains(&column)),
            Area::ALL
        );
        assert_eq!(
            Area::VIETNAM.ruled_by(|column| of_2018.contains(&column)),
            Area::VIETNAM
        );
        assert_eq!(
            guatemala.ruled_by(|column| of_2018.contains(&column)),
            Area::EL_SALVADOR_GUATEMALA_HONDURAS
        );
        assert_eq!(Area::ALL.columns().collect::<Vec<_>>(), [Area::ALL]);
    }

    #[test]
    fn only_a_whole_name_makes_a_new_column() {
        assert_eq!(Area::by_name("BRAZIL").map(Area::code), Some("BRAZIL"));
        assert_eq!(Area::by_name("BRAZ"), None);
        assert_eq!(Area::by_name("row"), None);
    }
}
