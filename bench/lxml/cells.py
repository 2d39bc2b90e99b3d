"""Extracts the cells of bulletin pages with lxml.html, as a benchmark for the reader.

Reads the paths of pages, one per line up to an empty line, and prints the cells of each page as JSON. Then, for each
further line, extracts all pages again and prints the seconds that this took.
"""

import difflib
import json
import re
import sys
import time

import lxml
import lxml.html

AREAS = {
    "allchargeabilityareasexceptthoselisted": "ALL",
    "chinamainlandborn": "CHINA",
    "china": "CHINA",
    "ch": "CHINA",
    "india": "INDIA",
    "in": "INDIA",
    "mexico": "MEXICO",
    "me": "MEXICO",
    "philippines": "PHILIPPINES",
    "ph": "PHILIPPINES",
    "elsalvadorguatemalahonduras": "EL_SALVADOR_GUATEMALA_HONDURAS",
    "elsalvadorguatemalaandhonduras": "EL_SALVADOR_GUATEMALA_HONDURAS",
    "vietnam": "VIETNAM",
    "dominicanrepublic": "DOMINICAN_REPUBLIC",
}
FAMILY = {"f1": "F1", "f2a": "F2A", "f2b": "F2B", "f3": "F3", "f4": "F4"} | {
    "1st": "F1", "2a": "F2A", "2b": "F2B", "3rd": "F3", "4th": "F4"
}
EMPLOYMENT = {
    "1st": "EB1",
    "2nd": "EB2",
    "3rd": "EB3",
    "otherworkers": "EW",
    "4th": "EB4",
    "certainreligiousworkers": "SR",
    "5th": "EB5",
    "5thpilotprograms": "EB5_PILOT",
    "targetedemploymentareasregionalcenters": "EB5_TEA",
    "5thtargetedemploymentareasregionalcentersandpilotprograms": "EB5_TEA",
    "5thnonregionalcenterc5andt5": "EB5_NON_REGIONAL",
    "5thregionalcenteri5andr5": "EB5_REGIONAL",
    "5thunreservedc5t5andallothers": "EB5_UNRESERVED_C5_T5",
    "5thunreservedi5andr5": "EB5_UNRESERVED_I5_R5",
    "5thunreservedincludingc5t5i5r5": "EB5_UNRESERVED",
    "5thunreservedincludingc5t5i5r5nuru": "EB5_UNRESERVED",
    "5thsetasiderural20": "EB5_RURAL",
    "5thsetasiderural20includingnrrr": "EB5_RURAL",
    "5thsetasideruralnrrr20": "EB5_RURAL",
    "5thsetasidehighunemployment10": "EB5_HIGH_UNEMPLOYMENT",
    "5thsetasidehighunemployment10includingnhrh": "EB5_HIGH_UNEMPLOYMENT",
    "5thsetasidehighunemploymentnhrh10": "EB5_HIGH_UNEMPLOYMENT",
    "5thsetasideinfrastructure2": "EB5_INFRASTRUCTURE",
    "5thsetasideinfrastructure2includingri": "EB5_INFRASTRUCTURE",
    "5thsetasideinfrastructureri2": "EB5_INFRASTRUCTURE",
    "scheduleaworkers": "SCHED_A",
    "iraqiafghanitranslators": "SI",
    "iraqiandafghanitranslators": "SI",
    "iraqiafghantranslators": "SI",
}
MONTHS = {name: number for number, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)}
NAMES = "january february march april may june july august september october november december".split()
HEADING = re.compile(r"(FINAL ACTION DATES FOR|DATES FOR FILING)(?: OF)? (FAMILY|EMPLOYMENT)")
TITLE = re.compile(r"\b(" + "|".join(NAMES) + r")\s+(\d{4})\b", re.IGNORECASE)
DATE = re.compile(r"(\d\d)([A-Z]{3})(\d\d)", re.IGNORECASE)
NOT_LETTERS = re.compile(r"[^a-z0-9]+")


def squashed(text):
    return NOT_LETTERS.sub("", text.lower())


def folded(text):
    return " ".join(text.replace("\u00ad", "").split())


def named(label, names):
    """The name of a label that is a known spelling or close to one. Cached, because labels repeat across pages."""
    if label not in names:
        near = difflib.get_close_matches(label, names, n=1, cutoff=0.85) if len(label) > 5 else []
        names[label] = names[near[0]] if near else None
    return names[label]


def text_of(cell):
    """The text of a cell, with line breaks as spaces."""
    for line in cell.iter("br", "p"):
        line.tail = " " + (line.tail or "")
    return folded(cell.text_content())


def heading_before(table):
    """The last chart heading before a table."""
    element = table
    while element is not None:
        text = []
        for before in element.itersiblings(preceding=True):
            own = before.text_content() if isinstance(before.tag, str) else ""
            text.insert(0, own + (before.tail or ""))
            found = HEADING.findall(folded(" ".join(text)))
            if found:
                return found[-1]
        element = element.getparent()
    return None


def cut_off(text, year, month):
    if text in ("C", "U"):
        return text
    match = DATE.fullmatch(text)
    number = match and MONTHS.get(match[2].upper())
    if not number:
        return None
    century = year // 100 * 100
    own = century + int(match[3])
    if (own, number) > (year, month):
        own -= 100
    return f"{own:04}-{number:02}-{match[1]}"


def cells_of(page):
    root = lxml.html.document_fromstring(page, parser=lxml.html.HTMLParser(encoding="utf-8"))
    title = TITLE.search(root.findtext(".//title") or "")
    month, year = NAMES.index(title[1].lower()) + 1, int(title[2])
    cells = {}
    chart = preference = None
    for table in root.iter("table"):
        rows = [[text_of(cell) for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        columns = None
        for row in rows:
            label = squashed(row[0]) if row else ""
            if columns is None:
                areas = [named(squashed(text), AREAS) for text in row[1:]]
                if "ALL" in areas:
                    columns = areas
                    own = "FAMILY" if "famil" in label else "EMPLOYMENT" if "employ" in label else None
                    if (year, month) < (2015, 10):
                        labels = {squashed(row[0]) for row in rows if row}
                        shown = "FAMILY" if labels & {"2a", "f2a"} else "EMPLOYMENT" if "2nd" in labels else None
                        chart, preference = "final_action", own or shown or preference
                    else:
                        heading = heading_before(table)
                        chart = "final_action" if heading[0].startswith("FINAL") else "dates_for_filing"
                        preference = heading[1]
                elif "famil" in label:
                    preference = "FAMILY"
                elif "employ" in label:
                    preference = "EMPLOYMENT"
                continue
            category = named(label, FAMILY if preference == "FAMILY" else EMPLOYMENT)
            if category is None:
                continue
            for area, text in zip(columns, row[1:]):
                value = cut_off(text, year, month)
                if area and value:
                    cells[f"{chart} {category} {area}"] = value
    return cells


def main():
    print(lxml.__version__, flush=True)
    pages = []
    for line in sys.stdin:
        if not line.strip():
            break
        with open(line.rstrip("\n"), "rb") as file:
            pages.append(file.read())
    for page in pages:
        print(json.dumps(cells_of(page)), flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        for page in pages:
            cells_of(page)
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main()
