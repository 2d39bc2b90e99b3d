//! Pages as people save, forward, translate and archive them.

use std::rc::Rc;

use bulletin_samples::{TransferEncoding, mhtml};

use crate::page::Page;
use crate::random::Random;
use crate::report::{Kind, clear, unclear};
use crate::text::{edit_tags, visible};

pub(crate) const KINDS: &[Kind] = &[
    unclear("page twice in one file", page_twice),
    unclear("source view saved as a page", source_view),
    unclear("page as plain text", plain_text),
    clear("saved as MHTML, quoted-printable", mhtml_quoted),
    clear("saved as MHTML, base64", mhtml_base64),
    clear("saved as MHTML, 8bit", mhtml_8bit),
    clear("forwarded as an e-mail", email),
    clear("saved as a complete page", complete_page),
    clear("saved as a single file", single_file),
    clear("saved in reader view", reader_view),
    clear("archived by the Wayback Machine", wayback),
    clear("translated by a browser", translated),
    clear("search hits marked", search_hits),
    clear("pasted from a word processor", word_processor),
    clear("pasted from a spreadsheet", spreadsheet),
    clear("sent with HTTP headers", http_headers),
    clear("emergency banner above", banner),
    clear("cookie notice above", cookie_notice),
];

fn rewrite(page: &mut Page, edit: impl Fn(&str) -> String + 'static) -> bool {
    page.rewrite(edit);
    true
}

fn page_twice(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| format!("{html}\n{html}"))
}

fn source_view(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        let escaped = html
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        format!("<html><head><title>view-source</title></head><body><pre>{escaped}</pre></body></html>")
    })
}

fn plain_text(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, visible)
}

fn single_file_in(page: &mut Page, encoding: TransferEncoding) -> bool {
    page.encode = Rc::new(move |html| mhtml(html, encoding).into_bytes());
    true
}

fn mhtml_quoted(page: &mut Page, _: &mut Random) -> bool {
    single_file_in(page, TransferEncoding::QuotedPrintable)
}

fn mhtml_base64(page: &mut Page, _: &mut Random) -> bool {
    single_file_in(page, TransferEncoding::Base64)
}

fn mhtml_8bit(page: &mut Page, random: &mut Random) -> bool {
    let encoding = random.one(["8bit", "binary", "7bit"]);
    page.encode = Rc::new(move |html| {
        let file = mhtml(html, TransferEncoding::EightBit);
        file.replacen("8bit", encoding, 1).into_bytes()
    });
    true
}

/// The page is the second of two alternatives, after one in plain text.
fn email(page: &mut Page, random: &mut Random) -> bool {
    let is_base64 = random.below(2) == 0;
    page.encode = Rc::new(move |html| {
        let encoding = if is_base64 {
            TransferEncoding::Base64
        } else {
            TransferEncoding::QuotedPrintable
        };
        let (name, body) = (encoding.name(), encoding.encode(html));
        let eml = format!(
            "Received: from a by b; Mon, 5 Jan 2026 10:00:00 -0000\r\nFrom: list@example.com\r\nTo: me@example.com\r\n\
             Subject: Fwd: the bulletin\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b7\r\n\r\n\
             --b7\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSee the attached page.\r\n--b7\r\nContent-Type: \
             text/html; charset=utf-8\r\nContent-Transfer-Encoding: {name}\r\n\r\n{body}\r\n--b7--\r\n"
        );
        eml.into_bytes()
    });
    true
}

fn complete_page(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        let html = html
            .replace("href=\"/", "href=\"https://travel.state.gov/")
            .replace("src=\"/", "src=\"./x_files/");
        format!(
            "<!DOCTYPE html>\n<!-- saved from url=(0080)https://travel.state.gov/content/travel/en/x.html -->\n{html}"
        )
    })
}

fn single_file(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        let noise = "<meta http-equiv=content-security-policy content=\"default-src 'none'\"><style>.sf-hidden{display:none!important}</style>";
        format!(
            "<!DOCTYPE html> <html lang=en><!--\n Page saved with SingleFile \n url: https://x \n-->{noise}{html}"
        )
    })
}

/// Only the title, the text and the tables remain, without attributes.
fn reader_view(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        edit_tags(html, |tag| {
            let name: String = tag[1..]
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
                .collect();
            let is_hidden = tag.contains("-10000px") || tag.contains("-1000px");
            let kept = [
                "p", "table", "tbody", "tr", "td", "th", "b", "u", "br", "title", "html", "head", "body",
                "h1",
            ];
            if is_hidden {
                tag.to_owned()
            } else if kept.contains(&name.trim_start_matches('/').to_ascii_lowercase().as_str()) {
                format!("<{name}>")
            } else {
                // Containers are kept so that hidden ones keep their ends.
                let closes = tag.starts_with("</");
                if name.ends_with("div") {
                    format!("<{}div>", if closes { "/" } else { "" })
                } else {
                    String::new()
                }
            }
        })
    })
}

fn wayback(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        let toolbar = "<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id=\"wm-ipp\" style=\"display:none\"><table><tr><td>OCT</td><td>NOV</td>\
                       <td>DEC</td></tr><tr><td>2022</td><td>15</td><td>2024</td></tr></table></div><!-- END WAYBACK TOOLBAR INSERT -->";
        let html = html.replace("href=\"/", "href=\"/web/20231115000000/https://travel.state.gov/");
        let html = html.replacen("<body>", &format!("<body>{toolbar}"), 1);
        format!("{html}<!--\n     FILE ARCHIVED ON 00:00:00 Nov 15, 2023\n-->")
    })
}

fn translated(page: &mut Page, _: &mut Random) -> bool {
    let (open, close) = (
        "<font style=\"vertical-align: inherit;\"><font style=\"vertical-align: inherit;\">",
        "</font></font>",
    );
    for cell in page
        .charts
        .iter_mut()
        .flat_map(|table| &mut table.rows)
        .flat_map(|row| &mut row.cells)
    {
        cell.inner = format!("{open}{}{close}", cell.inner);
    }
    true
}

fn search_hits(page: &mut Page, random: &mut Random) -> bool {
    let hit = random.one(["INDIA", "01", "C", "JAN", "Other"]);
    for cell in page
        .charts
        .iter_mut()
        .flat_map(|table| &mut table.rows)
        .flat_map(|row| &mut row.cells)
    {
        if !cell.inner.contains(['<', '&']) {
            cell.inner = cell
                .inner
                .replace(hit, &format!("<mark class=\"hit\">{hit}</mark>"));
        }
    }
    true
}

fn word_processor(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        table.open = table.open.replacen(
            "<table",
            "<table class=MsoNormalTable style='border-collapse:collapse;mso-yfti-tbllook:1184'",
            1,
        );
        for cell in table.rows.iter_mut().flat_map(|row| &mut row.cells) {
            cell.inner = format!(
                "<p class=MsoNormal style='margin-bottom:0in;text-indent:-.25in'><span style='font-size:10.0pt;mso-bidi-font-weight:\
                 bold'>{}<o:p></o:p></span></p>",
                cell.inner
            );
        }
    }
    true
}

fn spreadsheet(page: &mut Page, _: &mut Random) -> bool {
    for table in &mut page.charts {
        let at = table.open.find('>').map_or(0, |at| at + 1);
        table.open.insert_str(
            at,
            "<col width=64 style='mso-width-source:userset;width:48pt'><col span=5>",
        );
        for row in &mut table.rows {
            row.open = "<tr height=20 style='height:15.0pt'>".into();
            row.cells
                .iter_mut()
                .for_each(|cell| cell.set("x:str data-sheets-value=\"{&quot;1&quot;:2}\""));
        }
    }
    true
}

fn http_headers(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: text/html;charset=utf-8\r\nDate: Mon, 15 Jan 2024 10:00:00 GMT\r\nServer: x\r\n\r\n{html}"
        )
    })
}

fn banner(page: &mut Page, random: &mut Random) -> bool {
    let month = page.month.previous().title();
    let banner = match random.below(3) {
        0 => "<div class=alert><h3>Worldwide Caution: Access Denied to some posts</h3></div>".to_owned(),
        1 => format!("<div class=alert><p>The final action dates of {month} no longer apply.</p></div>"),
        _ => "<div class=alert>FINAL ACTION DATES have retrogressed. DATES FOR FILING are unchanged.</div>"
            .to_owned(),
    };
    let at = page.texts[0].find("<h1>Visa").unwrap_or(0);
    page.texts[0].insert_str(at, &banner);
    true
}

fn cookie_notice(page: &mut Page, _: &mut Random) -> bool {
    rewrite(page, |html| {
        let notice = "<div id=cookies role=dialog><table><tr><td>Purpose</td><td>C</td></tr><tr><td>Session</td><td>U</td></tr></table>\
                      <p>Please enable JavaScript and cookies to continue</p></div>";
        html.replacen("<body>", &format!("<body>{notice}"), 1)
    })
}
