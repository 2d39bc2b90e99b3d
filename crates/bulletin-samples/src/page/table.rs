//! The table of one half of a chart.

use bulletin::{Area, Category, Chart, Preference, Reading, RowKey};

use crate::layout::{Layout, printed};
use crate::page::{Page, escaped};

impl Page {
    pub(super) fn table(&self, chart: Chart, preference: Preference) -> String {
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
