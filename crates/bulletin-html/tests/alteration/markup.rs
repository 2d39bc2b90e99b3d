//! Other markup, well formed or not, that does not change the meaning of the cells.

use crate::columns::any_chart;
use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::text::edit_tags;

pub(crate) const KINDS: &[Kind] = &[
    unclear("comment that is not closed", open_comment),
    unclear("script that is not closed", open_script),
    unclear("stray end of a table", stray_table_end),
    unclear("table that is not closed", table_not_closed),
    unclear("attribute that is not closed", attribute_not_closed),
    clear("tags in capitals", capitals),
    clear("cells and rows not closed", not_closed),
    clear("end tags twice", end_tags_twice),
    clear("rows not opened", rows_not_opened),
    clear("stray end tags in cells", stray_end_tags),
    clear("misnested formatting", misnested),
    clear("formatting that is not closed", open_formatting),
    clear("attributes in single quotes", single_quotes),
    clear("attributes without quotes", without_quotes),
    clear("odd attributes", odd_attributes),
    clear("spaces in tags", spaces_in_tags),
    clear("comments in cells", comments),
    clear("CDATA and processing instructions", cdata),
    clear("scripts and styles between the rows", scripts_between),
    clear("xhtml with namespaces", xhtml),
    clear("references without a semicolon", short_references),
    clear("spaces as numeric references", numeric_spaces),
    clear("labels as numeric references", numeric_labels),
    clear("soft hyphens in labels", soft_hyphens),
    clear("zero-width characters in labels", zero_width),
    clear("labels in nested elements", nested_labels),
    clear("minified", minified),
    clear("pretty printed", pretty),
];

fn rewrite(page: &mut Page, edit: impl Fn(&str) -> String + 'static) -> bool {
    page.rewrite(edit);
    true
}

/// Inserts text at a random position in or around the charts.
fn insert_somewhere(page: &mut Page, random: &mut Random, text: &str) -> bool {
    let index = any_chart(page, random);
    match random.below(3) {
        0 => page.texts[index].push_str(text),
        1 => page.charts[index].close.push_str(text),
        _ => {
            let body = page.charts[index].body();
            page.charts[index].rows[body[random.below(body.len())]]
                .before
                .push_str(text);
        }
    }
    true
}

fn open_comment(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    insert_somewhere(page, random, "<!-- begin of table ")
}

fn open_script(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    insert_somewhere(page, random, "<script>var x = 1;")
}

fn stray_table_end(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let body = page.charts[index].body();
    let row = body[random.below(body.len())];
    page.charts[index].rows[row].before.push_str("</table>");
    true
}

fn table_not_closed(page: &mut Page, random: &mut Random) -> bool {
    let index = any_chart(page, random);
    let table = &mut page.charts[index];
    table.close = table.close.replace("</table>", "").replace("</TABLE>", "");
    true
}

fn attribute_not_closed(page: &mut Page, random: &mut Random) -> bool {
    page.allow_undetectable_loss();
    let index = any_chart(page, random);
    let body = page.charts[index].body();
    let row = body[random.below(body.len())];
    let row = &mut page.charts[index].rows[row];
    let cell = random.below(row.cells.len());
    row.cells[cell].set("class=\"grid");
    true
}

fn capitals(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| edit_tags(html, str::to_uppercase))
}

fn not_closed(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        edit_tags(html, |tag| {
            let left_out = ["</td>", "</th>", "</tr>", "<tbody>", "</tbody>", "</p>"];
            if left_out.contains(&tag) {
                String::new()
            } else {
                tag.to_owned()
            }
        })
    })
}

fn end_tags_twice(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        edit_tags(html, |tag| match tag {
            "</td>" | "</th>" | "</tr>" | "</b>" | "</span>" => tag.repeat(2),
            _ => tag.to_owned(),
        })
    })
}

/// Rows begin with a cell right after the end of the row above.
fn rows_not_opened(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        for row in table.body() {
            table.rows[row].open.clear();
        }
    }
    true
}

fn stray_end_tags(page: &mut Page, random: &mut Random) -> bool {
    let stray = random.one(["</div>", "</span>", "</font></b>", "</li></ul>", "</a>"]);
    rewrite(page, move |html| html.replace("</td>", &format!("{stray}</td>")))
}

fn misnested(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        html.replace("<td>", "<td><b><i>")
            .replace("</td>", "</b></i></td>")
    })
}

fn open_formatting(page: &mut Page, random: &mut Random) -> bool {
    let open = random.one(["<b>", "<font size=2>", "<span>", "<a name=x>", "<i><u>"]);
    rewrite(page, move |html| html.replace("<td>", &format!("<td>{open}")))
}

fn single_quotes(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| edit_tags(html, |tag| tag.replace('"', "'")))
}

fn without_quotes(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        edit_tags(html, |tag| {
            let is_cell = ["<td ", "<th ", "<tr ", "<table "]
                .iter()
                .any(|start| tag.starts_with(start));
            if is_cell && !tag.contains(['\'', ';', ':']) && !tag.contains("\"\"") && !tag.contains("=\" ") {
                tag.replace('"', "")
            } else {
                tag.to_owned()
            }
        })
    })
}

fn odd_attributes(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        edit_tags(html, |tag| match tag.strip_prefix("<td") {
            Some(rest) => {
                format!("<td data-x='<td>C</td>' title=\"a > b\" onclick=\"f('</table>')\" x=y nowrap{rest}")
            }
            None => tag.to_owned(),
        })
    })
}

fn spaces_in_tags(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        html.replace("<td>", "<td\n >")
            .replace("</td>", "</td \t>")
            .replace("<tr>", "<tr\n>")
            .replace("</tr>", "</tr\n>")
    })
}

fn comments(page: &mut Page, random: &mut Random) -> bool {
    let comment = random.one([
        "<!-- <td>01JAN99</td> -->",
        "<!---->",
        "<!-- > -->",
        "<!-- </table> -->",
        "<!-- a -- b -->",
    ]);
    rewrite(page, move |html| {
        html.replace("</td>", &format!("{comment}</td>"))
    })
}

fn cdata(page: &mut Page, random: &mut Random) -> bool {
    let noise = random.one([
        "<![CDATA[x]]>",
        "<?xml:namespace prefix = o />",
        "<!DOCTYPE x>",
        "<!ELEMENT td>",
    ]);
    rewrite(page, move |html| html.replace("<tr>", &format!("{noise}<tr>")))
}

fn scripts_between(page: &mut Page, random: &mut Random) -> bool {
    let noise = random.one([
        "<script>document.write('<tr><td>F1<td>C</table>')</script>",
        "<style>td { color: red } /* </table> */</style>",
        "<script type=\"application/json\">{\"C\": \"</td>\"}</script>",
    ]);
    rewrite(page, move |html| html.replace("</tr>", &format!("</tr>{noise}")))
}

fn xhtml(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        let html = html
            .replace("<br>", "<br/>")
            .replace("<td>", "<td><o:p>")
            .replace("</td>", "</o:p></td>");
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{html}")
    })
}

fn short_references(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        html.replace("</td>", " &nbsp </td>").replace("&nbsp;", "&nbsp ")
    })
}

fn numeric_spaces(page: &mut Page, random: &mut Random) -> bool {
    let space = random.one([
        "&#160;", "&#xa0;", "&#XA0;", "\u{a0}", "&#8201;", "&emsp;", "&#0160;",
    ]);
    rewrite(page, move |html| {
        html.replace("&nbsp;", space)
            .replace("</td>", &format!("{space}</td>"))
    })
}

/// Edits the text of each label, tags excluded.
fn edit_labels(page: &mut Page, edit: impl Fn(&str) -> String) -> bool {
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        let is_header = row.is_header();
        for (index, cell) in row.cells.iter_mut().enumerate() {
            if is_header || index == 0 {
                cell.inner = edit_text(&cell.inner, &edit);
            }
        }
    }
    true
}

fn edit_text(html: &str, edit: impl Fn(&str) -> String) -> String {
    let mut edited = String::new();
    for (index, piece) in html.split('<').enumerate() {
        let (tag, text) = match (index, piece.find('>')) {
            (0, _) | (_, None) => ("", piece),
            (_, Some(end)) => piece.split_at(end + 1),
        };
        if index > 0 {
            edited.push('<');
        }
        edited.push_str(tag);
        edited.push_str(&edit(text));
    }
    edited
}

/// Inserts text into each word of four letters or more, outside of references.
fn into_words(text: &str, what: &str) -> String {
    let word = |word: &str| {
        if word.len() > 3 && word.chars().all(|c| c.is_ascii_alphabetic()) {
            format!("{}{what}{}", &word[..2], &word[2..])
        } else {
            word.to_owned()
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn numeric_labels(page: &mut Page, _: &mut Random) -> bool {
    edit_labels(page, |text| {
        if text.contains('&') {
            return text.to_owned();
        }
        text.chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() {
                    format!("&#{};", c as u32)
                } else {
                    c.to_string()
                }
            })
            .collect()
    })
}

fn soft_hyphens(page: &mut Page, random: &mut Random) -> bool {
    let hyphen = random.one(["&shy;", "\u{ad}", "&#173;"]);
    edit_labels(page, |text| into_words(text, hyphen))
}

fn zero_width(page: &mut Page, random: &mut Random) -> bool {
    let character = random.one([
        "\u{200b}", "&#8203;", "\u{feff}", "\u{200c}", "<wbr>", "\u{2060}", "\u{200e}",
    ]);
    edit_labels(page, |text| into_words(text, character))
}

fn nested_labels(page: &mut Page, random: &mut Random) -> bool {
    let (open, close) = random.one([
        ("<div><p><span>", "</span></p></div>"),
        ("<font face=Arial><strong>", "</strong></font>"),
        ("<a href=\"#note\"><abbr title=\"see note\">", "</abbr></a>"),
        ("<button type=button>", "</button>"),
        ("<label>", "</label>"),
        ("<center><h5>", "</h5></center>"),
    ]);
    for row in page.charts.iter_mut().flat_map(|table| &mut table.rows) {
        let is_header = row.is_header();
        for (index, cell) in row.cells.iter_mut().enumerate() {
            if is_header || index == 0 {
                cell.inner = format!("{open}{}{close}", cell.inner);
            }
        }
    }
    true
}

fn minified(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        let html = html.replace(">\n", ">").replace("<br>\n", "<br>");
        edit_tags(&html, |tag| {
            let left_out = ["</td>", "</tr>", "</tbody>", "<tbody>", "</p>", "</li>"];
            if left_out.contains(&tag) {
                String::new()
            } else {
                tag.to_owned()
            }
        })
    })
}

fn pretty(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        edit_tags(html, |tag| {
            let is_block = ["<td", "</td", "<tr", "</tr", "<th", "</th"]
                .iter()
                .any(|start| tag.starts_with(start));
            if is_block {
                format!("\r\n        {tag}\r\n            ")
            } else {
                tag.to_owned()
            }
        })
    })
}
