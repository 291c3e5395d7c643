"""HTML to readable text: what a person would see, nothing else, in time proportional to the page.

libxml2 reports tags and text as it meets them, no tree is built and nothing recurses. Scripts, styles and hidden
elements are dropped, links keep their address as text, tables keep their rows. Nothing is ever fetched.
"""

import re
from dataclasses import dataclass, field

from lxml import etree

from triage.mail.reading.caps import HTML_BYTES, TEXT_BYTES, Repair
from triage.mail.reading.decoding.charsets import decode_bytes
from triage.mail.reading.decoding.cleaning import clean_line, clean_text

_DROPPED = {"script", "style", "title", "template", "iframe", "object", "select", "textarea"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "table", "pre", "hr", "dl"}
_LINES = {"div", "li", "tr", "address", "section", "article", "header", "footer", "center", "dt", "dd", "form"}
_FRAMES = {"td": "cell", "th": "cell", "tr": "row"}
_QUOTE_CLASS = re.compile(r"quote", re.IGNORECASE)
_GMAIL_QUOTE = "gmail_quote"  # a container that Gmail makes, and also the block that its writers make by a button
_INDENTED = re.compile(r"border(-left)?:(none|0)")
_HIDDEN = re.compile(r"display:none|visibility:hidden|mso-hide:all")
_META_CHARSET = re.compile(rb"""<meta[^<>]{0,200}?charset\s{0,5}=\s{0,5}["']?([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_ITEM = "- "
_LINK_CHARACTERS = 2_000
_NESTING = 12  # tables in tables; below, cells are read as lines


def html_to_text(data: bytes, *, charset: str | None, limit: int = HTML_BYTES, repairs: set[str]) -> str:
    """The text of the first `limit` bytes of one HTML part; quotations that the client marks begin with `> `."""
    if len(data) > limit:
        repairs.add(Repair.HTML_CUT)
        data = data[:limit]
    if charset is None:
        declared = _META_CHARSET.search(data[:4096])
        charset = declared[1].decode("ascii") if declared else None
    page, held = decode_bytes(data, charset)
    if not held:
        repairs.add(Repair.CHARSET_REPLACED)
    return _render(clean_text(page), repairs)


def _render(page: str, repairs: set[str]) -> str:
    target = _Page()
    parser = etree.HTMLParser(target=target, encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        parser.feed(page.encode("utf-8"))
        parser.close()
    except (etree.LxmlError, AssertionError, ValueError):
        repairs.add(Repair.HTML_BROKEN)  # what came before the break is kept
    return target.text()


@dataclass(slots=True)
class _Frame:
    """Text under construction: the page, a quotation, a table row or a cell."""

    kind: str
    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    blank_wanted: bool = False


@dataclass(frozen=True, slots=True)
class _Link:
    address: str
    frame: _Frame
    lines: int
    words: int


class _Page:
    """What libxml2 tells, put together as lines."""

    def __init__(self) -> None:
        self._frames = [_Frame("page")]
        self._opened: list[tuple[str, bool, bool]] = []  # (tag, whether it opened a frame, whether Gmail quotes in it)
        self._gmail_quotes = 0
        self._marked = False  # whether a quotation said that it is one
        self._last_block: tuple[int, int] | None = None  # lines of the page, of its last unmarked quotation
        self._dropped = 0  # elements that are open inside a dropped one
        self._pre = 0
        self._links: list[_Link] = []
        self._length = 0

    # What lxml calls.

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._dropped or tag in _DROPPED or _is_hidden(attributes):
            self._dropped += 1
            return
        if tag == "br":
            self._end_line()
        elif tag in _PARAGRAPHS or tag in _LINES:
            self._break(blank=tag in _PARAGRAPHS)
        gmail = tag == "div" and _GMAIL_QUOTE in (attributes.get("class") or "")
        self._gmail_quotes += gmail
        self._opened.append((tag, self._open_frame(tag, attributes), gmail))
        self._begin(tag, attributes)

    def end(self, tag: str) -> None:
        if self._dropped:
            self._dropped -= 1
            return
        opened, framed, gmail = self._opened.pop() if self._opened else (tag, False, False)
        self._gmail_quotes -= gmail
        if opened == "a" and self._links:
            self._end_link(self._links.pop())
        self._pre -= opened == "pre"
        if framed:
            self._close_frame()
        elif opened in _PARAGRAPHS or opened in _LINES:
            self._break(blank=opened in _PARAGRAPHS)

    def data(self, text: str) -> None:
        if self._dropped or self._length > TEXT_BYTES:
            return
        self._length += len(text)
        if self._pre:
            self._preformatted(text)
        else:
            self._words(_BLANKS.sub(" ", text))

    def close(self) -> None:
        while len(self._frames) > 1:
            self._close_frame()

    def text(self) -> str:
        """All lines, with no more than one blank line in a row."""
        self.close()
        lines = _finish(self._frames[0])
        if self._last_block and not self._marked:  # where a client marks its quotations, the others are the author's
            start, end = self._last_block
            lines[start:end] = _quote(lines[start:end])
        return _squeeze(lines)

    # How it is put together.

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "li":
            self._frames[-1].line.append(_ITEM)
        elif tag == "pre":
            self._pre += 1
        elif tag == "a":
            frame = self._frames[-1]
            self._links.append(_Link(attributes.get("href") or "", frame, len(frame.lines), len(frame.line)))
        elif tag == "img" and (attributes.get("alt") or "").strip():
            self._words(f"[{clean_line(attributes['alt'], limit=200)}]")

    def _open_frame(self, tag: str, attributes: dict[str, str]) -> bool:
        kind = _FRAMES.get(tag)
        if tag == "blockquote":
            kind = _quotation(attributes, in_gmail=bool(self._gmail_quotes))
        if kind is None or len(self._frames) > 3 * _NESTING:
            return False
        self._frames.append(_Frame(kind))
        return True

    def _close_frame(self) -> None:
        frame = self._frames.pop()
        outer = self._frames[-1]
        if frame.kind == "cell" and outer.kind == "row":
            outer.lines.append(_squeeze(_finish(frame)))
            return
        lines = _row(frame.lines, _finish(_Frame("", [], frame.line))) if frame.kind == "row" else _finish(frame)
        if frame.kind == "quote":
            lines = _quote(lines)
        self._break(blank=frame.kind in {"quote", "block"})
        if lines:
            _add(outer, lines[0])
            outer.lines.extend(lines[1:])
        outer.blank_wanted = outer.blank_wanted or frame.kind in {"quote", "block"}
        self._marked = self._marked or frame.kind == "quote"
        if frame.kind == "block" and len(self._frames) == 1:
            self._last_block = (len(outer.lines) - len(lines), len(outer.lines))

    def _break(self, *, blank: bool) -> None:
        """End the line before or after a block, if there is one; the mark of a list waits for its words."""
        frame = self._frames[-1]
        if frame.line != [_ITEM]:
            _finish(frame)
        frame.blank_wanted = frame.blank_wanted or (blank and frame.line != [_ITEM])

    def _end_line(self) -> None:
        """End the line even if it is empty."""
        frame = self._frames[-1]
        if frame.line or frame.lines:
            _add(frame, "".join(frame.line).rstrip(" "))
        frame.line = []

    def _words(self, text: str) -> None:
        line = self._frames[-1].line
        if not line or line[-1].endswith(" "):
            text = text.removeprefix(" ")
        if text:
            line.append(text)

    def _preformatted(self, text: str) -> None:
        first, *others = text.split("\n")
        frame = self._frames[-1]
        if first:
            frame.line.append(first)
        for other in others:
            _add(frame, "".join(frame.line).rstrip())
            frame.line = [other] if other else []

    def _end_link(self, link: _Link) -> None:
        address = clean_line(link.address, limit=_LINK_CHARACTERS + 1).replace(" ", "")
        if not address.lower().startswith(("http://", "https://", "mailto:")) or len(address) > _LINK_CHARACTERS:
            return
        if link.frame is not self._frames[-1] or len(link.frame.lines) != link.lines:
            shown = ""
        else:
            shown = "".join(link.frame.line[link.words :]).strip()
        bare = address.partition(":")[2].strip("/")
        if shown and bare not in shown:
            self._words(f" <{address}>")


def _quotation(attributes: dict[str, str], *, in_gmail: bool) -> str | None:
    """Whether a client quotes ("quote"), may quote ("block"), or the author indents (None)."""
    names = attributes.get("class") or ""
    if _GMAIL_QUOTE in names:
        return "quote" if in_gmail else None
    if attributes.get("type") == "cite" or _QUOTE_CLASS.search(names):
        return "quote"
    return None if _INDENTED.search((attributes.get("style") or "").lower().replace(" ", "")) else "block"


def _quote(lines: list[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in _squeeze(lines).split("\n")]


def _is_hidden(attributes: dict[str, str]) -> bool:
    style = attributes.get("style")
    return "hidden" in attributes or bool(style and _HIDDEN.search(style.lower().replace(" ", "")))


def _add(frame: _Frame, text: str) -> None:
    if frame.blank_wanted and frame.lines:
        frame.lines.append("")
    frame.blank_wanted = False
    frame.lines.append(text)


def _finish(frame: _Frame) -> list[str]:
    """The lines, with what stands on the last one."""
    rest = "".join(frame.line).rstrip(" ")
    if rest:
        _add(frame, rest)
    frame.line = []
    return frame.lines


def _row(cells: list[str], loose: list[str]) -> list[str]:
    """One line for a row of short cells; cells of several lines stand under each other."""
    filled = [cell for cell in cells if cell] + loose
    if all("\n" not in cell for cell in filled):
        return [" | ".join(filled)] if filled else []
    return [line for cell in filled for line in cell.split("\n")]


def _squeeze(lines: list[str]) -> str:
    out: list[str] = []
    for line in lines:
        bare = line.rstrip()
        if bare or (out and out[-1]):
            out.append(bare)
    return "\n".join(out).strip("\n")
