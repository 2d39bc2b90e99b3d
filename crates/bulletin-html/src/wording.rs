//! The wordings of labels: those that bulletins have printed, and others that mean the same.

use bulletin::{Area, Category, Preference};

/// The labels of rows, as bulletins print them: every wording since 2001.
pub(crate) const CATEGORIES: [(Category, &str); 39] = [
    (Category::F1, "F1"),
    (Category::F2a, "F2A"),
    (Category::F2b, "F2B"),
    (Category::F3, "F3"),
    (Category::F4, "F4"),
    (Category::F1, "1st"),
    (Category::F2a, "2A"),
    (Category::F2b, "2B"),
    (Category::F3, "3rd"),
    (Category::F4, "4th"),
    (Category::Eb1, "1st"),
    (Category::Eb2, "2nd"),
    (Category::Eb3, "3rd"),
    (Category::OtherWorkers, "Other Workers"),
    (Category::Eb4, "4th"),
    (Category::ReligiousWorkers, "Certain Religious Workers"),
    (
        Category::Eb5Unreserved,
        "5th Unreserved (including C5, T5, I5, R5, NU, RU)",
    ),
    (
        Category::Eb5Unreserved,
        "5th Unreserved (including C5, T5, I5, R5)",
    ),
    (Category::Eb5Rural, "5th Set Aside: Rural (20%, including NR, RR)"),
    (Category::Eb5Rural, "5th Set Aside: (Rural: NR, RR - 20%)"),
    (Category::Eb5Rural, "5th Set Aside: Rural (20%)"),
    (
        Category::Eb5HighUnemployment,
        "5th Set Aside: High Unemployment (10%, including NH, RH)",
    ),
    (
        Category::Eb5HighUnemployment,
        "5th Set Aside: (High Unemployment: NH, RH - 10%)",
    ),
    (
        Category::Eb5HighUnemployment,
        "5th Set Aside: High Unemployment (10%)",
    ),
    (
        Category::Eb5Infrastructure,
        "5th Set Aside: Infrastructure (2%, including RI)",
    ),
    (
        Category::Eb5Infrastructure,
        "5th Set Aside: (Infrastructure: RI - 2%)",
    ),
    (Category::Eb5Infrastructure, "5th Set Aside: Infrastructure (2%)"),
    (Category::Eb5NonRegional, "5th Non-Regional Center (C5 and T5)"),
    (Category::Eb5Regional, "5th Regional Center (I5 and R5)"),
    (
        Category::Eb5UnreservedC5T5,
        "5th Unreserved (C5, T5, and all others)",
    ),
    (Category::Eb5UnreservedI5R5, "5th Unreserved (I5 and R5)"),
    (
        Category::Eb5TargetedAreas,
        "5th Targeted Employment Areas/Regional Centers and Pilot Programs",
    ),
    (
        Category::Eb5TargetedAreas,
        "Targeted Employment Areas/Regional Centers",
    ),
    (Category::Eb5, "5th"),
    (Category::Eb5PilotPrograms, "5th Pilot Programs"),
    (Category::ScheduleA, "Schedule A Workers"),
    (Category::Translators, "Iraqi & Afghani Translators"),
    (Category::Translators, "Iraqi and Afghani Translators"),
    (Category::Translators, "Iraqi & Afghan Translators"),
];

/// Other unmistakable names of a row, which no bulletin has used for one yet.
pub(crate) const SYNONYMS: [(Category, &[&str]); 13] = [
    (Category::F1, &["First", "FB1"]),
    (Category::F2a, &["FB2A"]),
    (Category::F2b, &["FB2B"]),
    (Category::F3, &["Third", "FB3"]),
    (Category::F4, &["Fourth", "FB4"]),
    (Category::Eb1, &["First", "EB1", "E1"]),
    (Category::Eb2, &["Second", "EB2", "E2"]),
    (Category::Eb3, &["Third", "EB3", "E3"]),
    (Category::Eb4, &["Fourth", "EB4", "E4"]),
    (Category::Eb5, &["Fifth", "EB5", "E5"]),
    (Category::OtherWorkers, &["EW"]),
    (Category::ReligiousWorkers, &["Religious Workers"]),
    (
        Category::Eb5TargetedAreas,
        &["5th Targeted Employment Areas/Regional Centers"],
    ),
];

/// The fifth preference's rows without the text in their parentheses, which the department rewords most.
pub(crate) const FIFTH_WITHOUT_PARENTHESES: [(Category, &str); 6] = [
    (Category::Eb5Unreserved, "5th Unreserved"),
    (Category::Eb5Rural, "5th Set Aside Rural"),
    (Category::Eb5HighUnemployment, "5th Set Aside High Unemployment"),
    (Category::Eb5Infrastructure, "5th Set Aside Infrastructure"),
    (Category::Eb5NonRegional, "5th Non-Regional Center"),
    (Category::Eb5Regional, "5th Regional Center"),
];

/// The labels of columns, as bulletins print them.
pub(crate) const AREAS: [(Area, &str); 14] = [
    (Area::ALL, "All Chargeability Areas Except Those Listed"),
    (Area::CHINA, "CHINA - mainland born"),
    (Area::INDIA, "INDIA"),
    (Area::MEXICO, "MEXICO"),
    (Area::PHILIPPINES, "PHILIPPINES"),
    (
        Area::EL_SALVADOR_GUATEMALA_HONDURAS,
        "EL SALVADOR GUATEMALA HONDURAS",
    ),
    (Area::VIETNAM, "VIETNAM"),
    (Area::DOMINICAN_REPUBLIC, "DOMINICAN REPUBLIC"),
    (Area::CHINA, "CHINA"),
    (Area::CHINA, "CH"),
    (Area::INDIA, "IN"),
    (Area::MEXICO, "ME"),
    (Area::PHILIPPINES, "PH"),
    (
        Area::EL_SALVADOR_GUATEMALA_HONDURAS,
        "EL SALVADOR, GUATEMALA and HONDURAS",
    ),
];

/// The titles of a table, of its column of labels or of a group of rows.
pub(crate) const PREFERENCES: [(Preference, &str); 12] = [
    (Preference::Family, "Family"),
    (Preference::Family, "Family-Sponsored"),
    (Preference::Family, "Family-Based"),
    (Preference::Family, "Family Preference"),
    (Preference::Family, "Family-Sponsored Preference"),
    (
        Preference::Family,
        "Priority Dates for Family-Based Immigrant Visas",
    ),
    (Preference::Employment, "Employment"),
    (Preference::Employment, "Employment-Based"),
    (Preference::Employment, "Employment-Sponsored"),
    (Preference::Employment, "Employment Preference"),
    (Preference::Employment, "Employment-Based Preference"),
    (
        Preference::Employment,
        "Priority Dates for Employment-Based Immigrant Visas",
    ),
];

/// Other unmistakable names of a column, which no bulletin has used for one yet. A leading "the" is ignored.
pub(crate) const AREA_SYNONYMS: [(Area, &[&str]); 5] = [
    (
        Area::ALL,
        &[
            "All Areas",
            "All Areas Except Those Listed",
            "All Chargeability Areas",
            "All Chargeability Areas Except Those Listed Below",
            "All Chargeability Areas Except Those Listed Separately",
            "All Countries Except Those Listed",
            "All Other Areas",
            "All Other Chargeability Areas",
            "All Other Countries",
            "All Others",
            "Rest of World",
            "Rest of the World",
            "Worldwide",
        ],
    ),
    (
        Area::CHINA,
        &[
            "China (PRC)",
            "China mainland",
            "Mainland China",
            "Mainland-born China",
            "People's Republic of China",
            "China (People's Republic of)",
            "China, People's Republic of",
            "PRC",
        ],
    ),
    (Area::INDIA, &["India born"]),
    (Area::MEXICO, &["Mexico born"]),
    (Area::PHILIPPINES, &["Philippines born"]),
];

/// The words of a note next to a column's label that point to another part of the page and name no place.
pub(crate) const NOTE_WORDS: [&str; 11] = [
    "above",
    "below",
    "footnote",
    "item",
    "new",
    "note",
    "notes",
    "paragraph",
    "section",
    "see",
    "the",
];
