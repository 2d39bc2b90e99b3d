//! A bulletin rendered as HTML in a layout. Sentences are in `prose.rs`. Start at [`Page::render`].

use bulletin::{Area, Bulletin, Category, Chart, Month, Preference, RowKey};

use crate::layout::{Layout, printed};
use crate::noise::Noise;
use crate::prose;

mod table;

/// A bulletin as a page in one of the department's layouts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The layout of the charts.
    pub layout: Layout,
    /// The contents of the charts.
    pub bulletin: Bulletin,
    /// The other parts of the page.
    pub noise: Noise,
}

impl Page {
    /// The page of this bulletin in the layout of its month, with the usual noise; `None` before December
    /// 2001.
    pub fn new(bulletin: Bulletin) -> Option<Self> {
        let layout = Layout::of(bulletin.month())?;
        Some(Self {
            layout,
            bulletin,
            noise: Noise::usual(layout),
        })
    }

    /// The page as HTML.
    ///
    /// Cells print their cut-off, or their raw text if they are unreadable. Labels are those of the layout,
    /// regardless of the raw labels. A missing cell of an existing row and column is printed blank. A half of
    /// a chart without cells has its heading but no table.
    pub fn render(&self) -> String {
        let month = self.bulletin.month();
        let mut html = String::new();
        if self.noise.boilerplate {
            html.push_str(prose::TEXT_BEFORE_DOCTYPE);
        }
        html.push_str(&top(
            &format!("Visa Bulletin For {}", month.title()),
            self.noise.boilerplate,
        ));
        html.push_str(&self.content());
        html.push_str(&bottom(self.noise.boilerplate));
        self.noise.markup.apply(&html)
    }

    fn content(&self) -> String {
        let month = self.bulletin.month();
        let mut html = Sections::new();
        html.push(&format!(
            "<p><i>Number&nbsp;{}<br>\n Volume&nbsp;X<br>\n Washington,&nbsp;D.C.</i></p>\n",
            month.number() + 80
        ));
        match self.layout {
            Layout::PlainTables => self.plain_tables(&mut html),
            Layout::TitledTables | Layout::Ordinals | Layout::BoldHeaders => self.one_section(&mut html),
            Layout::LetteredFamily => self.one_chart_in_sections(&mut html),
            Layout::FirstFilingCharts | Layout::TwoCharts => self.two_charts(&mut html),
        }
        if self.noise.diversity {
            html.push(&self.diversity());
        }
        if self.noise.forecast {
            html.push(prose::FORECAST);
        }
        if self.noise.countries {
            html.push(&countries());
        }
        html.push(prose::CLOSING);
        html.finish()
    }

    fn plain_tables(&self, html: &mut Sections) {
        let family = title_paragraph("Priority Dates for Family Based Immigrant Visas");
        let employment = title_paragraph("Priority Dates for Employment-Based Immigrant Visas");
        for (preference, title) in [(Preference::Family, family), (Preference::Employment, employment)] {
            if !self.noise.caption {
                html.push(&title);
            }
            html.push(&self.table(Chart::FinalAction, preference));
            html.next();
        }
        if self.noise.prose {
            html.push(prose::RECORDED_MESSAGE);
        }
    }

    fn one_section(&self, html: &mut Sections) {
        let month = self.bulletin.month();
        html.push("<p><b>A. STATUTORY NUMBERS</b></p>\n");
        if self.noise.prose {
            html.push(&prose::introduction(month, false));
            html.push(prose::FAMILY_CLASSES);
            html.push(prose::EMPLOYMENT_CLASSES);
            html.push(prose::HOW_TO_READ);
        }
        html.push(&self.table(Chart::FinalAction, Preference::Family));
        if self.noise.prose {
            html.push(&prose::second_preference_note(month, self.second_preference()));
        }
        html.push(&self.table(Chart::FinalAction, Preference::Employment));
        if self.noise.prose {
            html.push(prose::RECORDED_MESSAGE);
        }
    }

    fn one_chart_in_sections(&self, html: &mut Sections) {
        let month = self.bulletin.month();
        html.push("<p><b>A. STATUTORY NUMBERS</b></p>\n");
        if self.noise.prose {
            html.push(&prose::introduction(month, false));
            html.push(prose::FAMILY_CLASSES);
            html.push(prose::HOW_TO_READ);
        }
        html.next();
        html.push(&self.table(Chart::FinalAction, Preference::Family));
        html.next();
        if self.noise.prose {
            html.push(&prose::second_preference_note(month, self.second_preference()));
            html.push(prose::EMPLOYMENT_CLASSES);
            html.push(prose::HOW_TO_READ);
        }
        html.next();
        html.push(&self.table(Chart::FinalAction, Preference::Employment));
        html.next();
        if self.noise.prose {
            html.push(prose::RECORDED_MESSAGE);
        }
    }

    fn two_charts(&self, html: &mut Sections) {
        let month = self.bulletin.month();
        let application = if self.layout == Layout::FirstFilingCharts {
            "APPLICATION "
        } else {
            ""
        };
        html.push("<p><b>A. <u>STATUTORY NUMBERS FOR PREFERENCE IMMIGRANT VISAS</u></b></p>\n");
        if self.noise.prose {
            html.push(&prose::introduction(month, true));
        }
        for (preference, classes) in [
            (Preference::Family, prose::FAMILY_CLASSES),
            (Preference::Employment, prose::EMPLOYMENT_CLASSES),
        ] {
            if self.noise.prose {
                html.push(classes);
            }
            let (action, filing) = match preference {
                Preference::Family => (
                    "A. &nbsp;<u>{}FINAL ACTION DATES FOR&nbsp;FAMILY-SPONSORED&nbsp;PREFERENCE CASES</u>",
                    "B.&nbsp; <u>DATES FOR FILING FAMILY-SPONSORED&nbsp;VISA APPLICATIONS</u>",
                ),
                Preference::Employment => (
                    "A.&nbsp; <u>{}FINAL ACTION DATES FOR&nbsp;EMPLOYMENT-BASED&nbsp;PREFERENCE CASES</u>",
                    "B.&nbsp; <u>DATES FOR FILING OF EMPLOYMENT-BASED&nbsp;VISA&nbsp;APPLICATIONS</u>",
                ),
            };
            html.push(&chart_heading(&action.replace("{}", application)));
            if self.noise.prose {
                html.push(prose::HOW_TO_READ);
            }
            html.next();
            html.push(&self.table(Chart::FinalAction, preference));
            if self.noise.decoys && preference == Preference::Family {
                html.push(&prose::decoys());
            }
            html.next();
            if self.noise.prose && preference == Preference::Family {
                html.push(&prose::second_preference_note(month, self.second_preference()));
            }
            html.push(&chart_heading(filing));
            if self.noise.prose {
                html.push(prose::HOW_TO_FILE);
            }
            html.push(&self.table(Chart::DatesForFiling, preference));
        }
    }

    /// The cut-off in the note on the second preference.
    fn second_preference(&self) -> String {
        let key = RowKey {
            chart: Chart::FinalAction,
            category: Category::F2a,
            area: Area::ALL,
        };
        let cut_off = self.bulletin.row(key).and_then(|row| row.reading.cut_off());
        cut_off
            .filter(|cut_off| cut_off.date().is_some())
            .map_or_else(|| "the listed date".into(), printed)
    }
}

/// The parts of the text, each in a separate `div`.
struct Sections(String);

impl Sections {
    const START: &'static str =
        "<div class=\"tsg-rwd-text parbase section\">\n\n<div style=\"margin-top:5px\">\n\n    <p>";
    const END: &'static str = "</p>\n\n</div></div>\n";

    fn new() -> Self {
        Self(Self::START.to_owned())
    }

    fn push(&mut self, html: &str) {
        self.0.push_str(html);
    }

    fn next(&mut self) {
        self.0.push_str(Self::END);
        self.0.push_str(Self::START);
    }

    fn finish(self) -> String {
        self.0 + Self::END
    }
}

fn title_paragraph(title: &str) -> String {
    format!("<p style=\"text-align: center;\"><b>{title}</b></p>\n")
}

fn chart_heading(heading: &str) -> String {
    format!("<p style=\"margin-left: 80px;\"><b>{heading}</b></p>\n")
}

/// Everything before the text, including the main heading.
pub(crate) fn top(title: &str, boilerplate: bool) -> String {
    let mut html = format!("<!DOCTYPE html>\n<html lang=\"en\">\n<title>{title}</title>\n<head>\n");
    if boilerplate {
        html.push_str(prose::HEAD);
    }
    html.push_str("  <meta charset=\"UTF-8\">\n</head>\n<body>\n");
    if boilerplate {
        html.push_str(prose::MENUS);
    }
    html.push_str(&format!(
        "<div class=\"tsg-rwd-main-copy-body-frame withrail\">\n<div class=\"tsg-rwd-page-subheader\">\n\
         <a name=\"inner-content\" id=\"inner-content\" href=\"javascript:void(0);\" title=\"start of main content\"></a>\n\
         <h1>{title}</h1>\n</div>\n<div class=\"tsg-rwd-content-page-parsysxxx parsys\">"
    ));
    html
}

/// Everything after the text.
pub(crate) fn bottom(boilerplate: bool) -> String {
    let footer = if boilerplate { prose::FOOTER } else { "" };
    format!("</div>\n</div>\n{footer}</body>\n</html>\n")
}

/// Text escaped for HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

fn countries() -> String {
    let mut html = String::from(
        "<p>Entrants registered for the coming Diversity Visa year, by country:</p>\n\
         <table border=\"1\" cellspacing=\"0\" cellpadding=\"3\" width=\"100%\">\n<tbody>\
         <tr><td colspan=\"3\"><b>ALL REGIONS</b></td>\n</tr>",
    );
    let names: Vec<&str> = Area::every().skip(8).map(Area::name).collect();
    for (row, three) in names.chunks(3).take(24).enumerate() {
        html.push_str("<tr>");
        for (column, name) in three.iter().enumerate() {
            html.push_str(&format!(
                "<td>{}&nbsp; {}</td>\n",
                escaped(&name.to_uppercase()),
                row * 30 + column + 1
            ));
        }
        html.push_str("</tr>");
    }
    html + "</tbody></table>\n"
}

impl Page {
    fn diversity(&self) -> String {
        let month = self.bulletin.month();
        if self.layout == Layout::PlainTables {
            return prose::NESTED_DIVERSITY.to_owned();
        }
        let table = |month: Month, scale: u32| {
            let mut html = format!(
                "<p>For <u>{}</u>, Diversity Visa numbers go to entrants whose rank is <u>BELOW</u> the number of \
                 their region:</p>\n<table width=\"100%\" border=\"1\" cellspacing=\"0\" cellpadding=\"3\">\n\
                 <tbody><tr><th>Region</th>\n<th>All DV Chargeability Areas Except<br>\n\
                 Those Listed Separately</th>\n<th>&nbsp;</th>\n</tr>",
                month.name()
            );
            for (region, thousands, except) in prose::REGIONS {
                let rank = if *thousands == 0 {
                    "CURRENT".into()
                } else {
                    format!("{},000", thousands * scale)
                };
                html.push_str(&format!(
                    "<tr><td>{region}</td>\n<td>{rank}</td>\n<td>{except}</td>\n</tr>"
                ));
            }
            html + "</tbody></table>\n"
        };
        format!(
            "<p><b>B</b>.&nbsp;&nbsp;<b><u>DIVERSITY&nbsp;IMMIGRANT&nbsp;(DV)&nbsp;CATEGORY FOR THE MONTH&nbsp;OF {}\
             </u></b></p>\n{}<p><b>C.&nbsp;&nbsp;<u>THE DIVERSITY (DV) IMMIGRANT&nbsp;CATEGORY RANK CUT-OFFS&nbsp;WHICH \
             WILL APPLY IN {}</u></b></p>\n{}",
            month.name().to_uppercase(),
            table(month, 1),
            month.next().name().to_uppercase(),
            table(month.next(), 2),
        )
    }
}
