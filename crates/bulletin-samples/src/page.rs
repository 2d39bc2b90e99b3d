//! A bulletin rendered as HTML in a layout. Sentences are in `prose.rs`. Start at [`Page::render`].

use bulletin::{Area, Bulletin, Category, Chart, Month, Preference, Reading, RowKey};

use crate::layout::{Layout, printed};
use crate::noise::Noise;
use crate::prose;

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

    fn table(&self, chart: Chart, preference: Preference) -> String {
        let month = self.bulletin.month();
        let areas = self.bulletin.areas(chart, preference);
        let mut categories = Layout::categories(month, chart, preference);
        let others = Category::ALL
            .iter()
            .filter(|category| category.preference() == preference);
        categories.extend(
            others
                .copied()
                .filter(|other| !categories.contains(other))
                .collect::<Vec<_>>(),
        );
        categories.retain(|category| {
            areas.iter().any(|area| {
                self.bulletin
                    .row(RowKey {
                        chart,
                        category: *category,
                        area: *area,
                    })
                    .is_some()
            })
        });
        if categories.is_empty() {
            return String::new();
        }
        let style = Style::of(self.layout);
        let mut html = self.table_start(preference, areas.len());
        html.push_str(&self.header(style, preference, &areas));
        for (row, category) in categories.into_iter().enumerate() {
            html.push_str("<tr>");
            let label = self.label(self.layout.category_label(month, chart, category), style);
            html.push_str(&style.row_label.replace("{}", &label));
            for (column, area) in areas.iter().enumerate() {
                let value = self.cell(RowKey {
                    chart,
                    category,
                    area: *area,
                });
                html.push_str(
                    &style
                        .cell
                        .replace("{}", &self.dressed(&value, row * 7 + column * 3)),
                );
            }
            html.push_str("</tr>");
        }
        html.push_str("</tbody></table>\n");
        html
    }

    fn table_start(&self, preference: Preference, columns: usize) -> String {
        let title = match preference {
            Preference::Family => "Priority Dates for Family Based Immigrant Visas",
            Preference::Employment => "Priority Dates for Employment-Based Immigrant Visas",
        };
        let attributes = "border=\"1\" cellspacing=\"0\" cellpadding=\"3\" width=\"100%\"";
        match self.layout {
            Layout::PlainTables if self.noise.caption => format!(
                "<table {attributes} summary=\"This table shows priority dates.\">\n\
                 <caption><p><span><b>{title}</b></span></p>\n</caption>\n<tbody>"
            ),
            // Some pages of 2001 and 2002 have an empty table before the real one.
            Layout::PlainTables if self.noise.decoys => {
                format!("<table>\n<tbody></tbody></table>\n<table class=\"grid\" {attributes}>\n<tbody>")
            }
            Layout::PlainTables => format!("<table class=\"grid\" {attributes}>\n<tbody>"),
            Layout::TitledTables => format!(
                "<table {attributes}>\n<tbody><tr nodeindex=\"1\"><td colspan=\"{}\"><p><b>{title}</b></p>\n</td>\n</tr>",
                columns + 1
            ),
            _ => format!("<table {attributes}>\n<tbody>"),
        }
    }

    fn header(&self, style: Style, preference: Preference, areas: &[Area]) -> String {
        let first = match (self.layout, preference) {
            (Layout::PlainTables, _) => "&nbsp;",
            (Layout::TitledTables | Layout::Ordinals, Preference::Family) => "Family",
            (Layout::TitledTables | Layout::Ordinals, Preference::Employment) => "Employment-<br>\nBased",
            (Layout::BoldHeaders | Layout::LetteredFamily, Preference::Family) => "Family-<br>\n Sponsored",
            (Layout::BoldHeaders | Layout::LetteredFamily, Preference::Employment) => {
                "Employment-<br>\n Based"
            }
            (_, Preference::Family) => "Family-<br>\n Sponsored&nbsp;",
            (_, Preference::Employment) => "Employment-<br>\n based",
        };
        let mut html = format!("<tr>{}", style.header.replace("{}", first));
        for area in areas {
            let short = match *area {
                Area::CHINA => "CH",
                Area::INDIA => "IN",
                Area::MEXICO => "ME",
                Area::PHILIPPINES => "PH",
                _ => "",
            };
            let label =
                if self.noise.two_letter_areas && preference == Preference::Employment && !short.is_empty() {
                    short.to_owned()
                } else {
                    self.label(&self.layout.area_label(*area), style)
                };
            html.push_str(&style.header.replace("{}", &label));
        }
        html.push_str("</tr>");
        if self.layout == Layout::PlainTables {
            let (label, value) = match preference {
                Preference::Family => ("<b>Family</b>", "&nbsp;"),
                Preference::Employment if self.noise.subheading_values => ("<b>Employment-Based</b>", "C"),
                Preference::Employment => ("<p><b>Employment-<br>\n Based</b></p>\n", "&nbsp;"),
            };
            html.push_str(&format!("<tr>{}", style.row_label.replace("{}", label)));
            html.push_str(&style.cell.replace("{}", value).repeat(areas.len()));
            html.push_str("</tr>");
        }
        html
    }

    /// A label as HTML: `\n` becomes a break.
    fn label(&self, label: &str, style: Style) -> String {
        let plain = label.replace('\n', " ");
        let replaced = self.noise.relabelled.iter().find(|(known, _)| *known == plain);
        let label = escaped(replaced.map_or(label, |(_, printed)| printed.as_str())).replace('\n', "<br>\n ");
        if !style.superscript {
            return label;
        }
        let ordinal = ["1st", "2nd", "3rd", "4th", "5th"].contains(&label.as_str());
        match label.split_at_checked(1) {
            Some((number, ending)) if ordinal => format!("{number}<sup>{ending}</sup>"),
            _ => label,
        }
    }

    fn cell(&self, key: RowKey) -> String {
        let misprint = self
            .noise
            .misprints
            .iter()
            .find(|(misprinted, _)| *misprinted == key);
        let text = match (misprint, self.bulletin.row(key)) {
            (Some((_, text)), _) => text.clone(),
            (None, Some(row)) => match row.reading {
                Reading::CutOff(cut_off) => printed(cut_off),
                Reading::Unreadable => row.raw.value.to_string(),
            },
            (None, None) => String::new(),
        };
        if text.is_empty() {
            "&nbsp;".into()
        } else {
            escaped(&text)
        }
    }

    fn dressed(&self, value: &str, place: usize) -> String {
        if !self.noise.dressing {
            return value.to_owned();
        }
        match place % 13 {
            0 => format!("{value}<br>\n"),
            4 => format!("{value}&nbsp;"),
            6 => format!("<p>{value}</p>\n"),
            9 => format!("<b>{value}</b>"),
            11 => format!("{value} &nbsp;"),
            _ => value.to_owned(),
        }
    }
}

/// The markup of the cells of a table; `{}` is their content.
#[derive(Clone, Copy)]
struct Style {
    header: &'static str,
    row_label: &'static str,
    cell: &'static str,
    superscript: bool,
}

impl Style {
    fn of(layout: Layout) -> Self {
        match layout {
            Layout::PlainTables => Self {
                header: "<th>{}</th>\n",
                row_label: "<th>{}</th>\n",
                cell: "<td valign=\"top\">{}</td>\n",
                superscript: false,
            },
            Layout::TitledTables => Self {
                header: "<td width=\"15%\" valign=\"top\"><h4>{}</h4>\n</td>\n",
                row_label: "<td width=\"15%\" valign=\"top\"><h4><b>{}</b></h4>\n</td>\n",
                cell: "<td width=\"20%\" valign=\"top\"><h4>{}</h4>\n</td>\n",
                superscript: false,
            },
            Layout::Ordinals => Self {
                header: "<th>{}</th>\n",
                row_label: "<td>{}</td>\n",
                cell: "<td>{}</td>\n",
                superscript: true,
            },
            Layout::BoldHeaders => Self {
                header: "<td width=\"68\"><p><b>{}</b></p>\n</td>\n",
                row_label: "<td>{}&nbsp;</td>\n",
                cell: "<td>{}</td>\n",
                superscript: false,
            },
            _ => Self {
                header: "<td><b>{}</b></td>\n",
                row_label: "<td>{}</td>\n",
                cell: "<td>{}</td>\n",
                superscript: false,
            },
        }
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
