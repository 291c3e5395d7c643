"""Reads the HTML of our own letters back: its text, its outline, its colours; so that a letter can be judged.

For letters from our templates only. Mail that comes in is read elsewhere, in its sandbox.
"""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCKS = frozenset(
    {"body", "br", "caption", "div", "h1", "h2", "h3", "h4", "li", "p", "table", "td", "th", "tr", "ul", "ol"}
)
_SILENT = frozenset({"title", "style", "script"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_CLASS_RULE = re.compile(r"\.([\w-]+)\s*\{([^{}]*)\}")

Style = dict[str, str]


@dataclass(frozen=True, slots=True)
class Element:
    """One start tag with its attributes, its own style, and the tags around it, outermost first."""

    tag: str
    attributes: dict[str, str]
    style: Style
    inside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """A run of text that is shown, with the style in force (inherited), in light and in dark mode."""

    text: str
    inside: tuple[str, ...]
    light: Style
    dark: Style


@dataclass(slots=True)
class LetterPage:
    """All that was found on the page; `sheet` is the text of its style block.

    `column_heads` are the indexes of those lines that name a column of a table.
    """

    elements: list[Element] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    lines: list[str] = field(default_factory=lambda: [""])
    column_heads: set[int] = field(default_factory=set)
    title: str = ""
    sheet: str = ""

    def text_within(self, tag: str) -> list[str]:
        """The text of each element of this name, blanks evened."""
        texts, inside = [""], False
        for run in self.runs:
            if tag in run.inside:
                texts[-1] += run.text
            elif texts[-1]:
                texts.append("")
            inside = tag in run.inside
        return [" ".join(text.split()) for text in texts if inside or text]


def read_page(html: str) -> LetterPage:
    """The page as a reader of the letter would find it. `html` is the output of our templates."""
    reader = _PageReader(html)
    reader.feed(html)
    reader.close()
    return reader.page


def words_of(text: str) -> list[str]:
    """The words of a text in order, whatever the blanks and line ends between them; list dashes do not count."""
    return [word for word in text.split() if word != "–"]


def words_of_page(page: LetterPage) -> list[str]:
    """The words that the page shows, in order, but for the names of columns: a text says each cell by itself."""
    return words_of("\n".join(line for at, line in enumerate(page.lines) if at not in page.column_heads))


def parse_style(text: str) -> Style:
    """The declarations of a style attribute; `!important` is dropped, since dark rules always carry it."""
    pairs = (declaration.partition(":") for declaration in text.split(";") if ":" in declaration)
    return {name.strip().lower(): value.replace("!important", "").strip().lower() for name, _, value in pairs}


class _PageReader(HTMLParser):
    """Follows open elements; our templates close what they open."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        sheet = "".join(re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL))
        self.page = LetterPage(sheet=sheet)
        self._classes = {name: parse_style(body) for name, body in _CLASS_RULE.findall(sheet)}
        self._open: list[tuple[str, Style, Style]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        own = parse_style(attributes.get("style", ""))
        self.page.elements.append(Element(tag, attributes, own, self._inside()))
        if tag in _BLOCKS:
            self.page.lines.append("")
        if tag == "th" and attributes.get("scope") == "col":
            self.page.column_heads.add(len(self.page.lines) - 1)
        if tag in _VOID:
            return
        dark = dict(own)
        for name in attributes.get("class", "").split():
            dark |= self._classes.get(name, {})
        self._open.append((tag, self._inherited(1) | own, self._inherited(2) | dark))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag in _BLOCKS:
            self.page.lines.append("")

    def handle_data(self, data: str) -> None:
        inside = self._inside()
        if "title" in inside:
            self.page.title += data
        elif not _SILENT & set(inside):
            self.page.lines[-1] += data
            self.page.runs.append(Run(data, inside, self._inherited(1), self._inherited(2)))

    def _inside(self) -> tuple[str, ...]:
        return tuple(tag for tag, _, _ in self._open)

    def _inherited(self, mode: int) -> Style:
        if not self._open:
            return {}
        _, light, dark = self._open[-1]
        return light if mode == 1 else dark
