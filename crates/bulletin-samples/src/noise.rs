//! The parts of a page other than its charts, and the style of its markup. Start at [`Noise`].

use bulletin::RowKey;

use crate::layout::Layout;

/// The parts of a page other than its charts, and the style of its markup.
///
/// The default is nothing; [`Noise::usual`] is the noise of the department's pages in a layout.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Noise {
    /// Scripts, menus and links around the text, as the site serves them with every page, old and new.
    pub boilerplate: bool,
    /// The paragraphs around the charts. They name the charts, dates, `C` and `U`.
    pub prose: bool,
    /// Off-screen tables with about one cut-off each, and a table in a comment.
    pub decoys: bool,
    /// The Diversity Visa tables by region.
    pub diversity: bool,
    /// The table of expected movements, whose rows begin with `F1:`.
    pub forecast: bool,
    /// The list of Diversity Visa entrants by country.
    pub countries: bool,
    /// Non-breaking spaces, breaks, paragraphs and bold type in some cells and labels.
    pub dressing: bool,
    /// `CH`, `IN`, `ME`, `PH` for the areas of the employment chart, as in some months of 2005.
    pub two_letter_areas: bool,
    /// The title as the table's caption, as in December 2002. Only [`Layout::PlainTables`] has a title.
    pub caption: bool,
    /// A `C` in each cell of the row that says `Employment-Based`, as in April 2003. Only
    /// [`Layout::PlainTables`] has such a row.
    pub subheading_values: bool,
    /// The style of the tags.
    pub markup: Markup,
    /// Texts that replace these cells.
    pub misprints: Vec<(RowKey, String)>,
    /// Labels, with single spaces, and their replacements.
    pub relabelled: Vec<(String, String)>,
}

impl Noise {
    /// The noise of the department's pages in this layout.
    pub fn usual(layout: Layout) -> Self {
        Self {
            boilerplate: true,
            prose: true,
            decoys: layout == Layout::TwoCharts,
            diversity: true,
            dressing: true,
            ..Self::default()
        }
    }
}

/// The style of the tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Markup {
    /// In lower case, closed, with double quotes.
    #[default]
    Usual,
    /// Tags and attributes in capitals.
    UpperCase,
    /// Attributes in single quotes.
    SingleQuotes,
    /// Without the end tags of rows, cells and paragraphs, and without `tbody`.
    Unclosed,
}

impl Markup {
    /// Every style.
    pub const ALL: [Self; 4] = [Self::Usual, Self::UpperCase, Self::SingleQuotes, Self::Unclosed];

    /// Rewrites the tags of a page in this style. Scripts and comments are unchanged.
    pub(crate) fn apply(self, html: &str) -> String {
        let mut written = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            let (text, from_tag) = rest.split_at(start);
            written.push_str(text);
            let end = if from_tag.starts_with("<!--") {
                from_tag.find("-->").map(|end| end + 3)
            } else if from_tag.starts_with("<script") {
                from_tag.find("</script>").map(|end| end + 9)
            } else {
                from_tag.find('>').map(|end| end + 1)
            };
            let (tag, after) = from_tag.split_at(end.unwrap_or(from_tag.len()));
            if tag.starts_with("<!") || tag.starts_with("<script") {
                written.push_str(tag);
            } else {
                self.write_tag(tag, &mut written);
            }
            rest = after;
        }
        written + rest
    }

    fn write_tag(self, tag: &str, written: &mut String) {
        match self {
            Self::Usual => written.push_str(tag),
            Self::SingleQuotes => written.push_str(&tag.replace('"', "'")),
            Self::UpperCase => {
                let mut quoted = false;
                for c in tag.chars() {
                    quoted ^= c == '"';
                    written.push(if quoted { c } else { c.to_ascii_uppercase() });
                }
            }
            Self::Unclosed => {
                let left_out = ["</td>", "</th>", "</tr>", "</p>", "<tbody>", "</tbody>"];
                if !left_out.contains(&tag) {
                    written.push_str(tag);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_changes_tags_and_nothing_else() {
        let html = "<!-- <td> --><script>a < b</script><tr><td class=\"Grid\">01JAN10</td></tr> 1 > 0";
        assert_eq!(Markup::Usual.apply(html), html);
        assert_eq!(
            Markup::UpperCase.apply(html),
            "<!-- <td> --><script>a < b</script><TR><TD CLASS=\"Grid\">01JAN10</TD></TR> 1 > 0"
        );
        assert_eq!(
            Markup::Unclosed.apply(html),
            "<!-- <td> --><script>a < b</script><tr><td class=\"Grid\">01JAN10 1 > 0"
        );
    }
}
