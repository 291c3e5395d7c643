"""What is new in a text: without the quoted mail and what only ends it, line by line, in linear time.

For display only, and kept when in doubt: the whole text stays beside it. Answers between quoted lines are new, what
is forwarded is what the sender wants to be read, and a text that would vanish whole is left whole.
"""

import re
from dataclasses import dataclass, field

from triage.mail.reading.texts.attributions import find_attribution
from triage.mail.reading.texts.endings import cut_endings, is_client_line
from triage.mail.reading.texts.separators import (
    is_forward_line,
    is_header_block,
    is_marker,
    is_original_line,
    is_rule,
)

# What is left of a quoted link where a client broke the line and put no mark before the rest.
_LINK_REST = re.compile(r"(?:[(<]?https?://\S{1,500}|[^\s(<]{0,200}[=/%&][^\s(<]{0,200})[)>](?:\s{0,3}>)?")


def find_new_text(text: str, *, forwarded: bool = False) -> str:
    """What of the text its author wrote now, without blank lines around it.

    `forwarded` says that the subject announces a forwarded mail: then a block of header fields begins no quotation.
    """
    lines = text.split("\n")
    scan = _Scan(lines, forwarded=forwarded)
    scan.run()
    new = "\n".join(cut_endings(scan.new_lines())).strip("\n")
    return new if new.strip() else text.strip("\n")


@dataclass(slots=True)
class _Scan:
    """One walk down the lines: which are kept, which are quoted, and whether a client introduced a quotation."""

    lines: list[str]
    forwarded: bool
    kept: list[tuple[str, bool]] = field(default_factory=list)  # (line, whether it is quoted)
    introduced: bool = False
    said: bool = False  # whether the author has said anything so far

    def run(self) -> None:
        index = 0
        while index < len(self.lines):
            line = self.lines[index]
            if is_forward_line(line):
                self.kept += [(each, False) for each in self.lines[index:]]
                return
            if self.said and self._ends(index):
                return
            index = self._take_attribution(index) or self._take_line(index)

    def new_lines(self) -> list[str]:
        """The author's lines. Quoted ones go where a client introduced them, or where they only open or end."""
        if self.introduced:
            return _without_gaps(self.kept)
        first = next((n for n, (line, quoted) in enumerate(self.kept) if line.strip() and not quoted), 0)
        last = next((n for n in range(len(self.kept), 0, -1) if self._is_own(n - 1)), len(self.kept))
        if last and self.kept[last - 1][0].rstrip().endswith(":"):
            last = len(self.kept)  # « Voici ce qu’il m’a répondu : » – the author shows it, no client does
        return [line for line, _ in self.kept[first:last]]

    def _is_between_quotes(self, index: int) -> bool:
        return (
            bool(self.kept) and self.kept[-1][1] and index + 1 < len(self.lines) and _is_quoted(self.lines[index + 1])
        )

    def _is_own(self, number: int) -> bool:
        line, quoted = self.kept[number]
        return bool(line.strip()) and not quoted and not is_rule(line) and not is_client_line(line)

    def _ends(self, index: int) -> bool:
        """Whether all below this line is another mail."""
        line = self.lines[index]
        if is_marker(line) or is_original_line(line):
            return True
        return not self.forwarded and is_header_block(self.lines, index)

    def _take_attribution(self, index: int) -> int:
        """The line behind an attribution that counts here, else 0."""
        found = find_attribution(self.lines, index)
        if found is None:
            return 0
        after = index + found.lines
        filled = after
        while filled < len(self.lines) and not self.lines[filled].strip():
            filled += 1
        quoted = filled == len(self.lines) or _is_quoted(self.lines[filled])
        if not quoted and not (found.certain and self.said):
            return 0
        if found.before:
            self.kept.append((found.before, False))
            self.said = True
        self.introduced = True
        self.kept += [(each, True) for each in self.lines[index:after]]
        return filled if quoted else len(self.lines)

    def _take_line(self, index: int) -> int:
        line = self.lines[index]
        quoted = _is_quoted(line) or (self._is_between_quotes(index) and bool(_LINK_REST.fullmatch(line.strip())))
        self.kept.append((line, quoted))
        self.said = self.said or bool(line.strip() and not quoted and not is_rule(line) and not is_client_line(line))
        return index + 1


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _without_gaps(kept: list[tuple[str, bool]]) -> list[str]:
    """The lines that are not quoted, without the blank ones below a quotation."""
    out: list[str] = []
    below = False
    for line, quoted in kept:
        below = quoted or (below and not line.strip())
        if not below:
            out.append(line)
    return out
