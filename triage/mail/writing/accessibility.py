"""Finds what would keep someone from reading the HTML of a letter (R-91, R-95; SGQRI 008, after WCAG 2.1 and 2.2 AA).

Judges the page that our template made, in light and in dark mode. It finds, it does not mend. A table of checks:
each takes the page and names the barriers that it sees.
"""

import re
from collections.abc import Callable, Iterator

from triage.mail.writing.html_reading import LetterPage, Run, Style, read_page

MIN_CONTRAST = 4.5
_MIN_PIXELS = 16
_NARROW_PIXELS = 320
_REMOTE_TAGS = frozenset({"audio", "base", "embed", "iframe", "link", "object", "picture", "script", "svg", "video"})
_REMOTE_ATTRIBUTES = frozenset({"src", "srcset", "background", "poster", "data"})
_EMPTY_WORDS = frozenset(
    {"", "ici", "cliquez ici", "lien", "ce lien", "en savoir plus", "lire la suite", "suite", "here"}
)
_COLOUR = re.compile(r"#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})")
_PIXELS = re.compile(r"(\d+(?:\.\d+)?)px")


def find_barriers(html: str, *, language: str = "fr-CA") -> tuple[str, ...]:
    """Every barrier on the page, in English, for the operator who changed a template. None is an empty tuple."""
    page = read_page(html)
    found = [*_language(page, language)]
    for check in _CHECKS:
        found.extend(check(page))
    return tuple(dict.fromkeys(found))


def contrast(first: str, second: str) -> float:
    """The contrast ratio of two colours `#rrggbb` (WCAG 2, relative luminance), from 1 to 21."""
    high, low = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    match = _COLOUR.fullmatch(colour.lower())
    if match is None:
        raise ValueError("colours are written #rrggbb, so that their contrast can be computed")
    parts = [int(octet, 16) / 255 for octet in match.groups()]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _language(page: LetterPage, language: str) -> Iterator[str]:
    if [language] != [each.attributes.get("lang") for each in page.elements if each.tag == "html"]:
        yield f'the page does not say its language (<html lang="{language}">)'


def _title(page: LetterPage) -> Iterator[str]:
    headings = page.text_within("h1")
    if len([each for each in page.elements if each.tag == "h1"]) != 1:
        yield "the page needs exactly one <h1>"
    elif not page.title.strip() or headings != [" ".join(page.title.split())]:
        yield "<title> and <h1> must be there and say the same"


def _headings(page: LetterPage) -> Iterator[str]:
    level = 0
    for each in page.elements:
        if re.fullmatch("h[1-6]", each.tag):
            if int(each.tag[1]) > level + 1:
                yield f"<{each.tag}> skips a level of headings"
            level = int(each.tag[1])


def _lists(page: LetterPage) -> Iterator[str]:
    if any(each.tag == "li" and each.inside[-1:] not in {("ul",), ("ol",)} for each in page.elements):
        yield "<li> stands outside a list"
    if any(line.strip().startswith(("– ", "–\u00a0", "- ", "• ")) for line in page.lines):
        yield "a list is typed with dashes instead of <ul> and <li>"


def _images(page: LetterPage) -> Iterator[str]:
    if any(each.tag == "img" and "alt" not in each.attributes for each in page.elements):
        yield "an image has no alt text"


def _links(page: LetterPage) -> Iterator[str]:
    links = [each for each in page.elements if each.tag == "a"]
    texts = page.text_within("a")
    if len(texts) < len(links) or any(text.strip(" .\u00a0").lower() in _EMPTY_WORDS for text in texts):
        yield "a link does not say where it leads"
    if any(not each.attributes.get("href", "").startswith(("https://", "mailto:", "tel:")) for each in links):
        yield "a link leads to something else than https, mailto or tel"


def _tables(page: LetterPage) -> Iterator[str]:
    tables = [each for each in page.elements if each.tag == "table"]
    data = [each for each in tables if each.attributes.get("role") != "presentation"]
    headers = [each for each in page.elements if each.tag == "th"]
    if len(data) > sum(each.tag == "caption" for each in page.elements):
        yield "a table of data has no <caption>"
    if (data and not headers) or any(each.attributes.get("scope") not in {"col", "row"} for each in headers):
        yield "a table of data has no <th scope>"


def _remote(page: LetterPage) -> Iterator[str]:
    """Nothing is fetched when the letter is opened: privacy as well as access."""
    for each in page.elements:
        sources = _REMOTE_ATTRIBUTES & each.attributes.keys()
        local = each.tag == "img" and each.attributes.get("src", "").startswith("cid:")
        if each.tag in _REMOTE_TAGS or (sources and not local):
            yield f"<{each.tag}> fetches something"
        if any(name.startswith("on") for name in each.attributes):
            yield f"<{each.tag}> runs a script"
    styles = [page.sheet, *(each.attributes.get("style", "") for each in page.elements)]
    if any("url(" in style.lower() or "@import" in style.lower() for style in styles):
        yield "a style fetches something"
    if any("animation" in style.lower() or "transition" in style.lower() for style in styles):
        yield "a style moves something"


def _sizes(page: LetterPage) -> Iterator[str]:
    for each in page.elements:
        size = _PIXELS.fullmatch(each.style.get("font-size", f"{_MIN_PIXELS}px"))
        if size is None or float(size[1]) < _MIN_PIXELS:
            yield f"<{each.tag}> has text under {_MIN_PIXELS} px, or of a size that cannot be judged"
        for name in ("width", "min-width"):
            width = _PIXELS.fullmatch(each.style.get(name, "0px"))
            if width is not None and float(width[1]) > _NARROW_PIXELS:
                yield f"<{each.tag}> does not fit a screen of {_NARROW_PIXELS} px"
        if each.attributes.get("width", "0").isdecimal() and int(each.attributes.get("width", "0")) > _NARROW_PIXELS:
            yield f"<{each.tag}> does not fit a screen of {_NARROW_PIXELS} px"


def _contrasts(page: LetterPage) -> Iterator[str]:
    for run in page.runs:
        if run.text.strip():
            yield from _contrast_of(run, run.light, "light")
            yield from _contrast_of(run, run.dark, "dark")


def _contrast_of(run: Run, style: Style, mode: str) -> Iterator[str]:
    """White paper and black ink where a page says nothing: what a mail client shows."""
    ink, paper = style.get("color", "#000000"), style.get("background-color", "#ffffff")
    where = f"<{run.inside[-1]}>" if run.inside else "the page"
    if not (_COLOUR.fullmatch(ink) and _COLOUR.fullmatch(paper)):
        yield f"{where} has a colour that is not written #rrggbb ({mode} mode)"
    elif contrast(ink, paper) < MIN_CONTRAST:
        yield f"{where} has a contrast of {contrast(ink, paper):.1f} ({mode} mode), under {MIN_CONTRAST}"


_CHECKS: tuple[Callable[[LetterPage], Iterator[str]], ...] = (
    *(_title, _headings, _lists, _images, _links, _tables, _remote, _sizes, _contrasts),
)
