"""What stands below an author's own words: a signature, a phone's line, a list's footer, a lawyer's notice.

Folded away for display only, and only where it is marked as such. « Merci, Jeanne » is what the author says, and
stays; a telephone number alone under a name stays too, since that is how somebody is called back.
"""

import re

from triage.mail.reading.texts.separators import is_rule

_MOBILE = re.compile(
    r"(envoyé (de|à partir de|depuis)|sent (from|via|with)|obtenir|télécharger|téléchargez|get|provenance\s?:)"
    r"(\s+[\w.'’-]+){1,6}(\s*<\S+>)?[.!]?",
    re.IGNORECASE,
)
_FOOTERS = re.compile(
    r"(please consider the environment|pensez à l['’]environnement|avant d['’]imprimer|think before you print"
    r"|l['’]absence de virus dans ce courrier|virus-free|ce courrier électronique a été vérifié)",
    re.IGNORECASE,
)
# A notice that nobody typed has several of these; « ce courriel est confidentiel » alone may be what a person asks.
_NOTICE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"confidenti[ae]l",
        r"destinataires?\b|intended (?:recipient|only|for)|addressee",
        r"par erreur|in error|by mistake",
        r"(?:dé|sup)(?:truire|primer)|détruisez|supprimez|\bdelete|\bdestroy",
        r"(?:strictement|formellement) (?:interdite?|prohibée?)|strictly prohibited|privileged|privilégié",
        r"(?:ce|le présent) (?:courriel|message)|this (?:e-?mail|message|communication)",
    )
)
_NOTICE_SIGNS = 3
_LIST_FOOTER = re.compile(
    r"mailing ?list|liste de diffusion|https?://\S+/listinfo/|se désabonner|unsubscribe", re.IGNORECASE
)
_CONTACT = {
    "mail": re.compile(r"(?:\w{1,12}\s?[:.]\s?)?<?[\w.+-]{1,64}@[\w.-]{1,255}>?", re.IGNORECASE),
    "page": re.compile(r"(?:https?://|www\.)\S{1,300}", re.IGNORECASE),
    "phone": re.compile(
        r"(?:[a-zé]{1,12}\s?[.:]{1,2}\s?)?\+?\(?\d[\d\s().-]{6,20}\d(?:\s?(?:poste|ext\.?)\s?\d{1,6})?", re.IGNORECASE
    ),
}
_NAME_MARK = re.compile(r"[-–—/~]\s?[A-ZÀ-Þ][\w'’.-]{0,30}(?:\s[\w'’.-]{1,30}){0,2}")
_SIGNATURE_LINES = 15
_FOOTER_LINES = 12
_NOTICE_LINES = 40
_SHORT = 80


def cut_endings(lines: list[str]) -> list[str]:
    """The lines above everything that only ends the mail; the list itself where nothing does."""
    for cut in (_cut_notice, _cut_list_footer, _cut_signature, _cut_contacts, _cut_name_mark):
        lines = cut(_cut_end(lines))
    return _cut_end(lines)


def is_client_line(line: str) -> bool:
    """Whether a phone or a program wrote this line about itself."""
    bare = line.strip()
    return len(bare) < 2 * _SHORT and bool(_MOBILE.fullmatch(bare) or _FOOTERS.search(bare))


def _cut_end(lines: list[str]) -> list[str]:
    """Without blank lines, rules and « Envoyé de mon … » at the end."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or is_rule(lines[end - 1]) or is_client_line(lines[end - 1])):
        end -= 1
    return lines[:end]


def _cut_notice(lines: list[str]) -> list[str]:
    """Without a last paragraph of a lawyer's words, and the title above it."""
    start = _last_paragraph(lines, most=_NOTICE_LINES)
    text = " ".join(lines[start:])[:5_000]
    if sum(bool(sign.search(text)) for sign in _NOTICE) < _NOTICE_SIGNS or len(text) < 2 * _SHORT:
        return lines
    return lines[:start]


def _cut_list_footer(lines: list[str]) -> list[str]:
    for index in range(len(lines) - 1, max(-1, len(lines) - _FOOTER_LINES - 1), -1):
        if is_rule(lines[index]) and _LIST_FOOTER.search("\n".join(lines[index:])[:2_000]):
            return lines[:index]
    return lines


def _cut_signature(lines: list[str]) -> list[str]:
    """The lines above a signature mark, where what follows is short enough to be one."""
    for index in range(len(lines) - 1, max(-1, len(lines) - _SIGNATURE_LINES - 1), -1):
        if lines[index].rstrip() == "--":
            return lines[:index]
    return lines


def _cut_contacts(lines: list[str]) -> list[str]:
    """Without a visiting card: of three kinds in the last paragraph, or of two under a rule."""
    start = _last_paragraph(lines, most=_SIGNATURE_LINES)
    if len(_contacts(lines[start:])) == len(_CONTACT):
        return lines[:start]
    for index in range(len(lines) - 1, max(-1, len(lines) - 2 * _SIGNATURE_LINES), -1):
        if is_rule(lines[index]):
            return lines[:index] if len(_contacts(lines[index + 1 :])) > 1 else lines
        if len(lines[index].strip()) > _SHORT:
            break
    return lines


def _contacts(lines: list[str]) -> set[str]:
    """The kinds of contact that stand on lines of their own; none where a line is too long for a card."""
    bare = [line.strip() for line in lines if line.strip()]
    if any(len(line) > _SHORT for line in bare):
        return set()
    return {kind for kind, pattern in _CONTACT.items() if any(map(pattern.fullmatch, bare))}


def _cut_name_mark(lines: list[str]) -> list[str]:
    """Without « -Jeanne » or « /Jeanne » as a paragraph of its own; where other lines begin so it is a list."""
    if not lines or not _NAME_MARK.fullmatch(lines[-1].strip()) or len(lines) < 3 or lines[-2].strip():
        return lines
    mark = lines[-1].strip()[0]
    return lines if any(line.lstrip().startswith(mark) for line in lines[:-1]) else lines[:-1]


def _last_paragraph(lines: list[str], *, most: int) -> int:
    """Where the last paragraph begins; the end where it is longer than that."""
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
        if len(lines) - start > most:
            return len(lines)
    return start
