"""Finds what is wrong in the French of a letter: spaces, marks, hours, dates, words, and text before a variable (R-71).

Works on the text of a letter or on the source of its template, never on HTML tags. It finds, it does not mend:
a person writes letters. Rules are those of the Office québécois de la langue française (Québec, not France:
no space before « ; ! ? »).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.wording.typography.rules import ANY_VARIABLE, PLAIN_VARIABLE, RULES, FaultKind
from triage.wording.typography.vocabulary import FORBIDDEN_WORDS


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its line (from 1), the words around it, and what to write instead, in French for who writes it."""

    kind: FaultKind
    line: int
    excerpt: str
    advice: str


# A date, an hour or a number begins with no vowel that elides and no article that contracts; these names say so.
_PLAIN_VARIABLE = re.compile(r"\{\{-?\s*[\w.]*(?:_day|_hour|_number|reference)\b[^{}]*\}\}")
_VARIABLE = re.compile(r"\{\{[^{}]*\}\}")
_JINJA_STATEMENT = re.compile(r"\{%[^%]*%\}|\{#[^#]*#\}")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@[\w.-]*\w")
_URL = re.compile(r"(?:https?://|www\.)\S+")
_MAIL = "\ue002"


def find_faults(text: str) -> tuple[Fault, ...]:
    """Every fault in a French text or template source, in the order of its lines. Nothing found is an empty tuple."""
    prose = _prose(text)
    found = [*_by_rule(prose), *_by_word(prose), *_stray_quotes(prose), *_links(text)]
    return tuple(sorted(found, key=lambda fault: (fault.line, fault.kind, fault.excerpt)))


def find_long_sentences(text: str, *, words: int = 25) -> tuple[Fault, ...]:
    """Sentences over so many words (R-93 aims at fifteen): advice to the writer, not a fault of the language."""
    found = []
    for at, line in enumerate(_prose(text).splitlines(), start=1):
        for sentence in re.split(r"(?<=[.!?…])\s+", line):
            count = sum(1 for word in sentence.split(" ") if any(mark.isalnum() or mark > "\ud7ff" for mark in word))
            if count > words:
                found.append(Fault(FaultKind.LONG_SENTENCE, at, sentence[:60], f"{count} mots : deux phrases"))
    return tuple(found)


def _prose(text: str) -> str:
    """The text with variables and addresses as one private character each, and statements gone, lines kept."""
    text = _JINJA_STATEMENT.sub(lambda match: "\n" * match.group().count("\n"), text)
    text = _VARIABLE.sub(ANY_VARIABLE, _PLAIN_VARIABLE.sub(PLAIN_VARIABLE, text))
    return _ADDRESS.sub(_MAIL, text)


def _fault(kind: FaultKind, prose: str, match: re.Match[str], advice: str) -> Fault:
    around = prose[max(0, match.start() - 20) : match.end() + 20].replace("\n", " ")
    shown = around.replace(PLAIN_VARIABLE, "{{…}}").replace(ANY_VARIABLE, "{{…}}").replace(_MAIL, "…@…")
    return Fault(kind, prose.count("\n", 0, match.start()) + 1, shown, advice)


def _by_rule(prose: str) -> Iterator[Fault]:
    for kind, pattern, advice in RULES:
        yield from (_fault(kind, prose, match, advice) for match in pattern.finditer(prose))


def _by_word(prose: str) -> Iterator[Fault]:
    for pattern, advice in FORBIDDEN_WORDS:
        for match in pattern.finditer(prose):
            if match.groupdict().get("fine") is None:
                yield _fault(FaultKind.WORD, prose, match, advice)


def _stray_quotes(prose: str) -> Iterator[Fault]:
    """English quotation marks stand only inside « »."""
    for match in re.finditer("[“”]", prose):
        before = prose[: match.start()]
        if before.count("«") <= before.count("»"):
            yield _fault(FaultKind.MARK, prose, match, "guillemets français (« »)")


def _links(text: str) -> Iterator[Fault]:
    """A URL stands alone on its line, without a final period, so that every mail client finds its end."""
    for at, line in enumerate(text.splitlines(), start=1):
        for match in _URL.finditer(line):
            if line.strip() != match.group() or match.group().endswith((".", ",", ";")):
                yield Fault(FaultKind.LINK, at, line.strip()[:60], "adresse Web seule sur sa ligne, sans point final")
