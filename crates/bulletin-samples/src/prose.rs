//! The sentences and the surroundings of a page, written for this project in imitation of the department's.
//! Charts are in `page.rs`.

use bulletin::Month;

/// The text that the site sends before the doctype.
pub(crate) const TEXT_BEFORE_DOCTYPE: &str = r#"






       <!-- START FORM CHECK -->
       <script type="text/javascript" src="https://static.example.com/check.js?render=explicit" async defer></script>
       <script type="text/javascript">
           var onloadCallback = function() {
               if (document.querySelector('#check') && 1 < 2) { window.checked = '<table><tr><td>C</td></tr></table>'; }
           };
       </script>
       <!-- END FORM CHECK -->

"#;

pub(crate) const HEAD: &str = r#"<meta name="viewport" content="width=device-width, initial-scale=1.0, maximum-scale=1.0">

    <!-- Sample page of the bulletin-samples crate: in the manner of the department's page, not that page. -->
    <link rel="stylesheet" href="/apps/tsg-rwd/components/content/top-menu/clientlib/css/menu.css">
    <link rel="icon" href="/apps/tsg-rwd/components/content/resources/icon-32x32.png" sizes="32x32">
    <meta property="og:description" content="" />
    <script src="/apps/tsg-rwd/components/content/top-menu/clientlib/js/menu.js"></script>
    <script type="text/javascript">
        (function(w, n) { w[n] = w[n] || []; w[n].push({ start: new Date().getTime(), event: 'page' }); })(window, 'layer');
        function fold(id) {
            var box = document.getElementById(id);
            for (var i = 0; i < box.children.length; i++) { box.children[i].classList.toggle('folded'); }
        }
    </script>
    <style>
        table.grid td { border: 1px solid #999; }
        .tsg-rwd-main-copy-frame > div { margin: 0 auto; }
    </style>
"#;

pub(crate) const MENUS: &str = r##"<div class="tsg-rwd-top-menu">
<ul class="default ">
<li><a href="/content/travel/en/passports.html" title="Passports">Passports</a></li>
<li><a href="/content/travel/en/international-travel.html" title="International Travel">International Travel</a></li>
<li><a href="/content/travel/en/us-visas.html" title="U.S. Visas">U.S. Visas</a></li>
<li><a href="/content/travel/en/legal.html" title="Legal Resources">Legal Resources</a></li>
</ul>
</div>
<div class="tsg-rwd-single-page-breadcrumb breadcrumb">
<a title="Home" href="/content/travel.html"> Home </a> >
<a title="Legal Resources" href="/content/travel/en/legal.html">Legal Resources</a> &gt; <a title="The Visa Bulletin" href="/content/travel/en/legal/visa-law0/visa-bulletin.html">The Visa Bulletin</a></div>
<div class="share-buttons">
<ul>
<li class="text-center"><a href="#" onclick="window.print()" aria-label="Print"> <i class="fa fa-print" aria-hidden="true"></i></a></li>
<li class="text-center"><a id="share-button-email" href="" aria-label="Email"><i class="fa fa-envelope" aria-hidden="true"></i></a></li>
</ul>
</div>
<div class="nav-frame">
<div class="nav-row">
<ul>
<li id="Abtn">A</li>
<li id="Bbtn">B</li>
<li id="Cbtn">C</li>
<li id="Ubtn">U</li>
<li id="allbtn">All</li>
</ul>
</div>
</div>
<div class='tsg-rwd-facetBox'>
</div>
"##;

pub(crate) const FOOTER: &str = r#"<div class="tsg-rwd-right-rail">
<div class="tsg-rwd-content-page-right-rail-parsys parsys"></div>
</div>
<div class="footer">
<p>Questions about this sample: <a href="mailto:samples@example.com">samples@example.com</a>, (202) 555-0142.</p>
<p>External links are no endorsement of what stands there. You are about to leave this site: <b id="external-link"></b></p>
</div>
<script type="text/javascript">
    document.addEventListener('DOMContentLoaded', function() { fold('recent_bulletins'); });
</script>
"#;

/// The opening paragraphs. With two charts they name both.
pub(crate) fn introduction(month: Month, two_charts: bool) -> String {
    let name = month.name();
    let before = month.previous().name();
    let year = month.fiscal_year();
    let charts = if two_charts {
        format!(
            "<p>For <u>{name}</u>&nbsp;this bulletin has two kinds of charts: “Final Action Dates” and “Dates for Filing \
             Applications”. The second says when papers may be gathered and sent in.</p>\n\
             <p>Whoever files inside the country goes by the “Final Action Dates” charts below, unless \
             <a href=\"http://www.uscis.gov/visabulletininfo\" target=\"_blank\">www.uscis.gov/visabulletininfo</a>&nbsp;\
             lets them go by the “Dates for Filing Visa Applications” charts this month.&nbsp;</p>\n"
        )
    } else {
        format!("<p>This bulletin says which immigrant numbers can be had during <b>{name}</b>.</p>\n")
    };
    format!(
        "{charts}<p>1.&nbsp; How the dates are found. Posts and offices reported by <u>{before} 7th</u> who had asked \
         for a visa. Where there were more of them than numbers, a class is oversubscribed, and the date of the first \
         who could not be reached is its cut-off. Only those <b>earlier</b>&nbsp;than it get a number.</p>\n\
         <p>2.&nbsp;&nbsp;For fiscal year {year} the law sets a limit for each of the family-sponsored and the \
         employment-based preferences, and one for any single country.</p>\n\
         <p>3.&nbsp; Numbers go to petitions in the order of their dates. Countries over their share have a column of \
         their own.&nbsp;</p>\n"
    )
}

pub(crate) const FAMILY_CLASSES: &str = r#"<p>4.&nbsp; The classes of the family preferences are these:&nbsp;</p>
<p><u><b>FAMILY-SPONSORED&nbsp;PREFERENCES</b></u></p>
<p><u><b>First</b></u>:&nbsp;(<b>F1</b>)&nbsp;unmarried sons and daughters of citizens.</p>
<p><u><b>Second</b></u>: families of permanent residents:</p>
<p>A. (<b>F2A</b>) spouses and children;</p>
<p>B. (<b>F2B</b>) unmarried sons and daughters of 21 years or more.</p>
<p><u><b>Third</b></u>: (<b>F3</b>) married sons and daughters of citizens.</p>
<p><u><b>Fourth</b></u>: (<b>F4</b>) brothers and sisters of adult citizens.</p>
"#;

pub(crate) const EMPLOYMENT_CLASSES: &str = r#"<p>5.&nbsp; The classes of the employment preferences are these:&nbsp;</p>
<p><u><b>EMPLOYMENT-BASED&nbsp;PREFERENCES</b></u></p>
<p><u><b>First</b></u>: &nbsp;priority workers.</p>
<p><u><b>Second</b></u>:&nbsp; advanced degrees, or exceptional ability.</p>
<p><u><b>Third</b></u>:&nbsp; skilled workers, professionals, and &quot;*Other Workers&quot;.</p>
<p><u><b>Fourth</b></u>:&nbsp; certain special immigrants.</p>
<p><u><b>Fifth</b></u>:&nbsp;&nbsp;employment creation, with parts set aside for some areas and Regional Centers.</p>
"#;

pub(crate) const HOW_TO_READ: &str = r#"<p>A date on the chart below says that a class is oversubscribed; &quot;C&quot; says that it is current and everybody is served; &quot;U&quot; says that no numbers are left. (NOTE: a priority date must be <b>earlier</b> than the date listed below.)</p>
"#;

pub(crate) const HOW_TO_FILE: &str = r#"<p>The chart below is about filing. Applicants whose priority date is <u>earlier than</u> the one listed may send in their papers once they are asked for them.<br>
</p>
<p>“C” says that a class is current and everybody may file, whatever the final action dates say.</p>
<p>Whether this chart may be used in place of the one in paragraph A., this month, is said at <a href="http://www.uscis.gov/visabulletininfo" target="_blank">www.uscis.gov/visabulletininfo</a>.&nbsp;<br>
</p>
"#;

pub(crate) const RECORDED_MESSAGE: &str = r#"<p>6. A recorded message with the dates can be heard at (202) 555-0199. It changes about the 10th of each month.</p>
"#;

pub(crate) const CLOSING: &str = r#"<p><b>D.&nbsp;&nbsp;<u>HOW TO GET THE BULLETIN</u></b></p>
<p>This is a sample. To be told of new ones, write to <a href="mailto:list@example.com"><b>list@example.com</b></a> with the text<br>
<b>Subscribe <i>Sample-Bulletin</i></b>.</p>
"#;

/// A note that names a cut-off in a sentence.
pub(crate) fn second_preference_note(month: Month, cut_off: String) -> String {
    format!(
        "<p>*NOTE: For {}, numbers of the second preference&nbsp;<u>SUBJECT to the limit by country</u>&nbsp;go to \
         applicants with priority dates&nbsp;<u>earlier</u>&nbsp;than {cut_off}; those EXEMPT from it may become \
         unavailable before the month is over.</p>\n",
        month.name()
    )
}

/// Tables that are invisible to visitors.
pub(crate) fn decoys() -> String {
    let hidden = "<div style=\"position: absolute; left: -10000px; width: 9000px; top: 0px;\">";
    let mut html = String::new();
    for (class, value) in [
        (
            "class=\"grid\" border=\"0\" cellspacing=\"0\" cellpadding=\"0\" width=\"619\"",
            "22MAR05",
        ),
        (
            "class=\"grid\" border=\"0\" cellspacing=\"0\" cellpadding=\"0\" width=\"619\"",
            "22DEC10",
        ),
        (
            "border=\"1\" cellspacing=\"0\" cellpadding=\"3\" width=\"100%\"",
            "01FEB16",
        ),
        (
            "border=\"1\" cellspacing=\"0\" cellpadding=\"3\" width=\"100%\"",
            "C",
        ),
    ] {
        html.push_str(&format!(
            "{hidden}<table {class}>\n<tbody><tr><td>{value}</td>\n</tr></tbody></table>\n</div>\n"
        ));
    }
    html.push_str(
        "<!-- <table><tbody><tr><td>Family-Sponsored</td><td>INDIA</td></tr><tr><td>F1</td><td>01JAN01</td></tr>\
         </tbody></table> -->\n",
    );
    html.push_str(
        "<div style=\"position: absolute; top: -1000px; left: -1000px;\"><table border=\"1\">\n\
         <tbody><tr><td>&nbsp;</td>\n<td>&nbsp;</td>\n</tr></tbody></table>\n</div>\n",
    );
    html
}

/// Regions, thousands of the rank (0: current) and the countries with a separate rank. The numbers are
/// fictitious.
pub(crate) const REGIONS: &[(&str, u32, &str)] = &[
    (
        "AFRICA",
        20,
        "Except:&nbsp; Algeria&nbsp; &nbsp;11,000<br>\n&nbsp; &nbsp; &nbsp; Egypt&nbsp; &nbsp; 12,000",
    ),
    (
        "ASIA",
        5,
        "<p>Except:&nbsp; Iran&nbsp; &nbsp;4,000<br>\nNepal&nbsp; 3,000</p>\n",
    ),
    ("EUROPE", 10, "&nbsp;"),
    ("NORTH AMERICA (BAHAMAS)", 0, "&nbsp;"),
    ("OCEANIA", 1, "&nbsp;"),
    ("SOUTH AMERICA,<br>\nand the CARIBBEAN", 2, "&nbsp;"),
];

pub(crate) const NESTED_DIVERSITY: &str = r#"<p><b>All DV Chargeability Areas Except Those Listed Separately</b></p>
<table>
<tbody><tr><td><table>
<tbody><tr><td><p><b><i>Region</i></b></p>
<p>AFRICA:&nbsp; AF 10,000<br>
ASIA:&nbsp; AS 5,000 Except:&nbsp; Bangladesh 4,000<br>
EUROPE:&nbsp; EU 10,000<br>
NORTH AMERICA (BAHAMAS):&nbsp; NA 8<br>
OCEANIA:&nbsp; OC 400<br>
SOUTH AMERICA, and the CARIBBEAN: S A 1,000</p>
</td>
</tr></tbody></table>
</td>
</tr></tbody></table>
"#;

pub(crate) const FORECAST: &str = r#"<p><b>F. VISA AVAILABILITY IN THE COMING MONTHS</b></p>
<p>FAMILY-sponsored categories (monthly)</p>
<p><b>Worldwide dates:</b></p>
<table>
<tbody><tr><td>F1:</td>
<td>four to six weeks</td>
</tr><tr><td>F2A:</td>
<td>up to two months</td>
</tr><tr><td>F2B:</td>
<td>three to six weeks</td>
</tr><tr><td>F3:&nbsp;</td>
<td>up to one month</td>
</tr><tr><td>F4:</td>
<td>three to five weeks</td>
</tr></tbody></table>
<p>EMPLOYMENT-based categories: <b>First</b>: Current. <b>Second</b>, India: no movement; the final action date may become unavailable.</p>
"#;
