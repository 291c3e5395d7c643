"""« Le 4 mars à 10:20, … a écrit : » – the lines by which a mail client introduces what is answered.

A citizen may write the same words about a neighbour, so a verb alone is no attribution: it takes a date or an
address, and quoted lines right below it unless it has both. Each look ahead is a few short lines, so that reading
stays linear.
"""

import re
from dataclasses import dataclass

_MOST_LINES = 6  # as the worst clients break one over the name, the bracket, the address and the verb
_LINE_CHARACTERS = 400  # an attribution is shorter; longer lines are prose

_VERBS = (
    *(r"a\s+écrit", r"a\s+envoyé", "wrote", "sent", "schrieb", "schreef", "geschreven", "skrev", "napisała?"),
    *(r"napisał\(a\)", "escribió", r"ha\s+scritto", "escreveu", "написала?", "пишет", r"đã\s+viết"),
)
_VERB = re.compile(rf"(?<!\w)(?:{'|'.join(_VERBS)})(?!\w)", re.IGNORECASE)
_VERB_LAST = re.compile(rf"(?:{'|'.join(_VERBS)})\s?:?$", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s@]@[^\s@]")
_ADDRESS_LAST = re.compile(r"@[^\s<>@]{1,255}[>)]{1,3}\s?:?$")
_MOMENT = re.compile(r"\d{1,2}\s?[:h.]\s?\d{2}|(?<!\d)\d{4}(?!\d)|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}")
_DAY = r"(?:\S{1,20}\s{1,3}){0,3}\W?\d{1,4}(?:er\b|[\s.,/:h-])"  # a date within the first words, in any language
_DATE_FIRST = re.compile(_DAY)
_INSIDE = re.compile(rf"(?<=[\s-])(?:le|on)\s(?={_DAY})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attribution:
    """An attribution that takes `lines` lines; `certain` says that it is one whatever stands below it.

    `before` is what the author wrote on the same line in front of it.
    """

    lines: int
    certain: bool
    before: str = ""


def find_attribution(lines: list[str], index: int) -> Attribution | None:
    """The attribution that begins on a line, or None."""
    first = lines[index].strip()
    if not first or len(first) > _LINE_CHARACTERS or first.startswith(">"):
        return None
    if first.startswith("--") and first.endswith("--"):
        return Attribution(1, certain=True) if _VERB_LAST.search(first.strip("- ")) else None
    addressed = "@" in first
    return (
        (_shared(lines[index]) if addressed else None)
        or _wrapped(lines, index)
        or (_undated(first) if addressed else None)
    )


def _shared(line: str) -> Attribution | None:
    """One that a broken client puts behind the author's last words."""
    for match in _INSIDE.finditer(line):
        before, own = line[: match.start()].rstrip(" -"), line[match.start() :].strip()
        if before.strip() and _is_dated(own) and _ADDRESS.search(own) and _VERB_LAST.search(own):
            return Attribution(1, certain=False, before=before)
    return None


def _wrapped(lines: list[str], index: int) -> Attribution | None:
    """One that begins with its date and ends within the next lines."""
    if not _is_dated(lines[index].strip()):
        return None
    joined, without_colon = "", None
    for count, line in enumerate(lines[index : index + _MOST_LINES], start=1):
        piece = line.strip()
        if len(joined) + len(piece) > _LINE_CHARACTERS or (count > 1 and _is_dated(piece)):
            break
        joined = f"{joined} {piece}".strip()
        if _VERB_LAST.search(joined):
            return Attribution(count, certain=bool(_ADDRESS.search(joined)))
        if _ADDRESS_LAST.search(joined):
            if joined.endswith(":"):
                return Attribution(count, certain=bool(_VERB.search(joined)))
            without_colon = without_colon or Attribution(count, certain=False)
    return without_colon


def _undated(line: str) -> Attribution | None:
    """« Somebody <a@b.example> wrote: » on one line, as some phones put it."""
    return Attribution(1, certain=False) if _ADDRESS.search(line) and _VERB_LAST.search(line) else None


def _is_dated(line: str) -> bool:
    return len(line) <= _LINE_CHARACTERS and bool(_DATE_FIRST.match(line)) and bool(_MOMENT.search(line))
