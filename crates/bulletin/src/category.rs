//! The preference categories: the rows of the charts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::spelling::{UnknownSpelling, nearest, squash};

/// The two halves of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// Family-sponsored: F1 to F4.
    Family,
    /// Employment-based: first to fifth, with their special rows.
    Employment,
}

impl Preference {
    /// Both, in the order in which a bulletin prints them.
    pub const ALL: [Self; 2] = [Self::Family, Self::Employment];

    /// The code in data: `family` or `employment`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Family => "family",
            Self::Employment => "employment",
        }
    }

    /// The department's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Family => "family-sponsored",
            Self::Employment => "employment-based",
        }
    }
}

impl fmt::Display for Preference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

macro_rules! categories {
    ($($(#[$doc:meta])* $variant:ident $code:literal $preference:ident $short:literal $name:literal
       [$($alias:literal),*] -> [$($heir:ident),*];)+) => {
        /// A row of a chart: one preference category, or one of the subcategories that the bulletin lists separately.
        ///
        /// The EB-5 rows follow the wording of their time and are never merged: "Regional Center" in 2010 is another
        /// group of people than in 2016.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum Category {
            $($(#[$doc])* $variant,)+
        }

        impl Category {
            /// Every category that ever had a row, in the order in which bulletins print them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code in data, such as `EB3`.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The half of the charts that contains the row.
            pub fn preference(self) -> Preference {
                match self { $(Self::$variant => Preference::$preference,)+ }
            }

            /// The short name for one line: `EB-3`.
            pub fn short(self) -> &'static str {
                match self { $(Self::$variant => $short,)+ }
            }

            /// The description in words.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The categories that replaced this one when it left the bulletin; empty if it is still listed or nothing
            /// replaced it.
            pub fn heirs(self) -> &'static [Self] {
                match self { $(Self::$variant => &[$(Self::$heir),*],)+ }
            }

            /// Squashed spellings in addition to code and short name.
            fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($alias),*],)+ }
            }
        }
    };
}

categories! {
    /// Unmarried sons and daughters of US citizens.
    F1 "F1" Family "F1" "unmarried sons and daughters of US citizens"
        ["fb1", "family1", "family1st", "familyfirst", "firstfamily", "1stfamily"] -> [];
    /// Spouses and children of permanent residents.
    F2a "F2A" Family "F2A" "spouses and children of permanent residents"
        ["2a", "fb2a", "family2a"] -> [];
    /// Unmarried sons and daughters (21 or older) of permanent residents.
    F2b "F2B" Family "F2B" "unmarried adult sons and daughters of permanent residents"
        ["2b", "fb2b", "family2b"] -> [];
    /// Married sons and daughters of US citizens.
    F3 "F3" Family "F3" "married sons and daughters of US citizens"
        ["fb3", "family3", "family3rd", "familythird", "thirdfamily", "3rdfamily"] -> [];
    /// Brothers and sisters of adult US citizens.
    F4 "F4" Family "F4" "brothers and sisters of adult US citizens"
        ["fb4", "family4", "family4th", "familyfourth", "fourthfamily", "4thfamily"] -> [];
    /// Priority workers.
    Eb1 "EB1" Employment "EB-1" "priority workers"
        ["e1", "employment1", "employment1st", "employmentfirst", "firstemployment", "1stemployment", "priorityworkers"] -> [];
    /// Members of the professions holding advanced degrees or persons of exceptional ability.
    Eb2 "EB2" Employment "EB-2" "advanced degrees or exceptional ability"
        ["e2", "employment2", "employment2nd", "employmentsecond", "secondemployment", "2ndemployment", "eb2niw", "niw"] -> [];
    /// Skilled workers and professionals.
    Eb3 "EB3" Employment "EB-3" "skilled workers and professionals"
        ["e3", "employment3", "employment3rd", "employmentthird", "thirdemployment", "3rdemployment", "skilledworkers"] -> [];
    /// Other Workers, within the third preference.
    OtherWorkers "EW" Employment "EB-3 Other Workers" "other workers"
        ["ow", "ew3", "eb3ow", "eb3ew", "eb3other", "otherworker", "otherworkers", "eb3otherworker", "unskilledworkers"] -> [];
    /// Schedule A Workers, listed for some months from 2005 on.
    ScheduleA "SCHED_A" Employment "Schedule A" "Schedule A workers"
        ["scheda", "schedulea", "scheduleaworker", "scheduleaworkers"] -> [Eb3];
    /// Certain special immigrants.
    Eb4 "EB4" Employment "EB-4" "certain special immigrants"
        ["e4", "employment4", "employment4th", "employmentfourth", "fourthemployment", "4themployment", "specialimmigrants"] -> [];
    /// Certain Religious Workers, within the fourth preference.
    ReligiousWorkers "SR" Employment "EB-4 Religious Workers" "certain religious workers"
        ["eb4sr", "eb4rw", "religious", "religiousworker", "religiousworkers", "certainreligiousworker", "certainreligiousworkers", "eb4religious", "eb4certainreligiousworkers"] -> [];
    /// Iraqi and Afghani translators, listed for some months within the fourth preference.
    Translators "SI" Employment "EB-4 Translators" "Iraqi and Afghani translators"
        ["translators", "translator", "iraqitranslators", "afghanitranslators", "afghantranslators", "iraqiafghanitranslators", "iraqiandafghanitranslators"] -> [Eb4];
    /// The fifth preference as one row, to April 2011.
    Eb5 "EB5" Employment "EB-5" "fifth preference (one row, to 2011)"
        ["e5", "employment5", "employment5th", "employmentfifth", "fifthemployment", "5themployment", "investors", "5th", "fifth"]
        -> [Eb5TargetedAreas];
    /// Targeted employment areas and regional centers; from May 2011 with the pilot programs.
    Eb5TargetedAreas "EB5_TEA" Employment "EB-5 TEA" "targeted employment areas and regional centers"
        ["tea", "eb5targeted", "targetedemploymentareas", "targetedemploymentareasregionalcenters"]
        -> [Eb5NonRegional, Eb5Regional];
    /// Pilot programs, 2009 to April 2011.
    Eb5PilotPrograms "EB5_PILOT" Employment "EB-5 Pilot" "pilot programs"
        ["eb5pilot", "pilotprograms", "eb5pilotprograms", "5thpilotprograms"] -> [Eb5TargetedAreas];
    /// Non-Regional Center (C5 and T5), September 2015 to April 2022.
    Eb5NonRegional "EB5_NON_REGIONAL" Employment "EB-5 Non-Regional" "non-regional center (C5 and T5)"
        ["nonregionalcenter", "eb5nonregionalcenter", "c5t5", "c5andt5"] -> [Eb5Unreserved];
    /// Regional Center (I5 and R5), September 2015 to April 2022.
    Eb5Regional "EB5_REGIONAL" Employment "EB-5 Regional" "regional center (I5 and R5)"
        ["regionalcenter", "eb5regionalcenter", "i5r5", "i5andr5"] -> [Eb5Unreserved];
    /// Unreserved (C5, T5, and all others), May 2022 only.
    Eb5UnreservedC5T5 "EB5_UNRESERVED_C5_T5" Employment "EB-5 Unreserved C5/T5" "unreserved (C5, T5, and all others)"
        [] -> [Eb5Unreserved];
    /// Unreserved (I5 and R5), May 2022 only.
    Eb5UnreservedI5R5 "EB5_UNRESERVED_I5_R5" Employment "EB-5 Unreserved I5/R5" "unreserved (I5 and R5)"
        [] -> [Eb5Unreserved];
    /// Unreserved, from June 2022.
    Eb5Unreserved "EB5_UNRESERVED" Employment "EB-5 Unreserved" "fifth preference, unreserved"
        ["unreserved", "eb5u", "5thunreserved"] -> [];
    /// Set aside: rural areas, from May 2022.
    Eb5Rural "EB5_RURAL" Employment "EB-5 Rural" "fifth preference, set aside for rural areas"
        ["rural", "eb5setasiderural"] -> [];
    /// Set aside: areas of high unemployment, from May 2022.
    Eb5HighUnemployment "EB5_HIGH_UNEMPLOYMENT" Employment "EB-5 High Unemployment"
        "fifth preference, set aside for areas of high unemployment"
        ["highunemployment", "eb5hu", "eb5setasidehighunemployment"] -> [];
    /// Set aside: infrastructure, from May 2022.
    Eb5Infrastructure "EB5_INFRASTRUCTURE" Employment "EB-5 Infrastructure"
        "fifth preference, set aside for infrastructure"
        ["infrastructure", "eb5setasideinfrastructure"] -> [];
}

impl Category {
    /// The category that a person means within one half of the charts: there `3rd`, `third` and `3` are enough.
    ///
    /// # Errors
    /// [`UnknownSpelling`] with the nearest codes of that half.
    pub fn parse_in(preference: Preference, text: &str) -> Result<Self, UnknownSpelling> {
        let bare = squash(text);
        let by_rank = match (preference, bare.trim_end_matches("preference")) {
            (Preference::Family, "1" | "1st" | "first") => Some(Self::F1),
            (Preference::Family, "3" | "3rd" | "third") => Some(Self::F3),
            (Preference::Family, "4" | "4th" | "fourth") => Some(Self::F4),
            (Preference::Employment, "1" | "1st" | "first") => Some(Self::Eb1),
            (Preference::Employment, "2" | "2nd" | "second") => Some(Self::Eb2),
            (Preference::Employment, "3" | "3rd" | "third") => Some(Self::Eb3),
            (Preference::Employment, "4" | "4th" | "fourth") => Some(Self::Eb4),
            (Preference::Employment, "5" | "5th" | "fifth") => Some(Self::Eb5),
            _ => None,
        };
        by_rank
            .or_else(|| Self::exactly(&bare).filter(|category| category.preference() == preference))
            .ok_or_else(|| Self::refusal(text, Some(preference)))
    }

    fn exactly(bare: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|category| {
            squash(category.code()) == bare
                || squash(category.short()) == bare
                || squash(category.name()) == bare
                || category.aliases().contains(&bare)
        })
    }

    fn refusal(text: &str, preference: Option<Preference>) -> UnknownSpelling {
        let within = |category: &Category| preference.is_none_or(|wanted| wanted == category.preference());
        let spellings: Vec<(&str, Category)> = Self::ALL
            .iter()
            .filter(|category| within(category))
            .flat_map(|category| {
                [category.code(), category.short(), category.name()]
                    .into_iter()
                    .chain(category.aliases().iter().copied())
                    .map(|spelling| (spelling, *category))
            })
            .collect();
        let mut codes: Vec<String> = Vec::new();
        for near in nearest(text, spellings.iter().map(|(spelling, _)| *spelling), 12) {
            let code = spellings
                .iter()
                .find(|(spelling, _)| *spelling == near)
                .map(|(_, category)| category.code());
            codes.extend(code.map(str::to_owned).filter(|code| !codes.contains(code)));
        }
        codes.truncate(3);
        if codes.is_empty() {
            codes = ["F1", "F2A", "EB2", "EB3"].map(str::to_owned).into();
        }
        UnknownSpelling::new("category", text, codes)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

impl FromStr for Category {
    type Err = UnknownSpelling;

    /// Parses `EB3`, `EB-3`, `eb3`, `"other workers"`, `employment 3rd` and the like. A bare `3rd` names one category
    /// of each preference and is refused with both: see [`Category::parse_in`].
    fn from_str(text: &str) -> Result<Self, UnknownSpelling> {
        // Stored data has codes, and much of it is read at a time.
        let by_code = Self::ALL.iter().copied().find(|category| category.code() == text);
        if let Some(category) = by_code.or_else(|| Self::exactly(&squash(text))) {
            return Ok(category);
        }
        let of_each: Vec<String> = Preference::ALL
            .into_iter()
            .filter_map(|preference| Self::parse_in(preference, text).ok())
            .map(|category| category.code().to_owned())
            .collect();
        if of_each.is_empty() {
            Err(Self::refusal(text, None))
        } else {
            let reason = format!(
                "\"{}\" is in both the family and the employment charts.",
                text.trim()
            );
            Err(UnknownSpelling::new("category", text, of_each).because(reason))
        }
    }
}

impl TryFrom<String> for Category {
    type Error = UnknownSpelling;

    fn try_from(text: String) -> Result<Self, UnknownSpelling> {
        text.parse()
    }
}

impl From<Category> for String {
    fn from(category: Category) -> Self {
        category.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_as_itself() {
        for category in Category::ALL {
            assert_eq!(category.code().parse(), Ok(*category));
            assert_eq!(category.short().parse(), Ok(*category));
        }
    }

    #[test]
    fn no_spelling_names_two_categories() {
        let mut seen = std::collections::BTreeMap::new();
        for category in Category::ALL {
            let own = [
                squash(category.code()),
                squash(category.short()),
                squash(category.name()),
            ];
            for spelling in own
                .into_iter()
                .chain(category.aliases().iter().map(|alias| (*alias).to_owned()))
            {
                let other = seen.insert(spelling.clone(), *category);
                assert!(
                    other.is_none_or(|other| other == *category),
                    "{spelling}: {other:?}, {category:?}"
                );
            }
        }
    }

    #[test]
    fn people_spell_as_they_like() {
        for (text, category) in [
            ("EB-3", Category::Eb3),
            ("eb3", Category::Eb3),
            ("Eb 3", Category::Eb3),
            ("employment 3rd", Category::Eb3),
            ("other workers", Category::OtherWorkers),
            ("f2a", Category::F2a),
            ("2B", Category::F2b),
            ("Certain Religious Workers", Category::ReligiousWorkers),
            ("eb5 unreserved", Category::Eb5Unreserved),
        ] {
            assert_eq!(text.parse(), Ok(category), "{text}");
        }
        assert_eq!(Category::parse_in(Preference::Family, "3rd"), Ok(Category::F3));
        assert_eq!(
            Category::parse_in(Preference::Employment, "3rd"),
            Ok(Category::Eb3)
        );
        assert_eq!(
            Category::parse_in(Preference::Employment, "Third preference"),
            Ok(Category::Eb3)
        );
    }

    #[test]
    fn a_bare_rank_is_refused_with_both_its_meanings() {
        let refusal = "3rd".parse::<Category>().unwrap_err();
        assert_eq!(refusal.nearest, ["F3", "EB3"]);
        assert!(Category::parse_in(Preference::Family, "EB3").is_err());
    }

    #[test]
    fn an_unknown_category_is_answered_with_the_nearest() {
        assert_eq!("EB33".parse::<Category>().unwrap_err().nearest[0], "EB3");
        assert_eq!("othr workers".parse::<Category>().unwrap_err().nearest[0], "EW");
        assert!(!"xyz".parse::<Category>().unwrap_err().nearest.is_empty());
    }
}
