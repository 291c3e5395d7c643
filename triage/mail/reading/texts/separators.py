"""Lines that stand above a whole mail: our own marker, « Message d’origine », and Outlook's block of header fields.

Travellers write « De : Montréal / À : Québec » too, so a block of fields counts only with an address, with all four
fields, or under a rule. What is announced as forwarded is no quotation: the sender wants it to be read.
"""

import re

_MARKERS = ("répondez au-dessus de cette ligne", "écrivez au-dessus de cette ligne", "reply above this line")
_ORIGINAL = re.compile(
    r"[-_*\s]{2,100}(message d['’]origine|message original|courriel d['’]origine|original message|original appointment"
    r"|ursprüngliche nachricht|oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande"
    r"|opprinnelig melding|mensaje original|messaggio originale|mensagem original|oryginalna wiadomość"
    r"|wiadomość oryginalna|исходное сообщение)[-_*:\s]{0,100}",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"[-_*\s]{0,100}(message transféré|(begin )?forwarded message|début du message (réexpédié|transféré))"
    r"[-_*:\s]{0,100}",
    re.IGNORECASE,
)
_FORWARD_SUBJECT = re.compile(r"(?:tr|fw|fwd|wg|rv|rif|doorst|vs|vb|pd)\s?:", re.IGNORECASE)
_LABELS = {
    "from": "de|from|expéditeur|von|fra|från|od|van|da|от",
    "date": "envoyé|envoyé le|date|sent|gesendet|datum|sendt|skickat|wysłano|verzonden|data|enviado|fecha|inviato"
    "|отправлено|дата",
    "to": "à|to|destinataire|destinataires|an|til|till|do|aan|para|кому",
    "copy": "cc|copie|copie à|kopie|kopia",
    "subject": "objet|subject|betreff|emne|ämne|temat|onderwerp|asunto|oggetto|assunto|тема",
}
_KINDS = {label: kind for kind, labels in _LABELS.items() for label in labels.split("|")}
_FIELD = re.compile(rf"[*_\s]{{0,4}}({'|'.join(sorted(_KINDS, key=len, reverse=True))})\s?\*?\s?:", re.IGNORECASE)
_FIELD_INSIDE = re.compile(
    rf"(?<=\s)\*?({'|'.join(sorted(_KINDS, key=len, reverse=True))})\s?\*?\s?:\*?\s", re.IGNORECASE
)
_CLOCK = re.compile(r"\d{1,2}\s?[:h.]\s?\d{2}")
_RULE = re.compile(r"[-_=*\s]{5,}")
_MOST_LINES = 12
_LABEL_CHARACTERS = 30
_LINE_CHARACTERS = 400


def is_marker(line: str) -> bool:
    """Whether this is the line that our mail asks to be answered above."""
    lowered = line[:_LINE_CHARACTERS].strip().lower().lstrip("> ")
    return lowered.startswith(("-", "_", "=", "#")) and any(marker in lowered for marker in _MARKERS)


def is_forward_subject(subject: str) -> bool:
    """Whether the subject says that a mail is passed on, as clients write it."""
    return bool(_FORWARD_SUBJECT.match(subject.strip()))


def is_forward_line(line: str) -> bool:
    """Whether what follows is announced as forwarded."""
    return len(line) <= _LINE_CHARACTERS and bool(_FORWARDED.fullmatch(line.strip()))


def is_original_line(line: str) -> bool:
    """Whether this is the rule with words that some clients put above what is answered."""
    return len(line) <= _LINE_CHARACTERS and bool(_ORIGINAL.fullmatch(line.strip()))


def is_rule(line: str) -> bool:
    """Whether this is a line drawn with characters."""
    return len(line) <= _LINE_CHARACTERS and bool(_RULE.fullmatch(line))


def is_header_block(lines: list[str], index: int) -> bool:
    """Whether « De : / Envoyé : / À : / Objet : » of a quoted mail begins on this line, in whatever order."""
    if _kind(lines[index]) not in {"from", "date"}:
        return False
    block = _block(lines, index)
    kinds = {kind for line in block for kind in _all_kinds(line)}
    if "date" not in kinds or not kinds & {"from", "to"}:
        return False
    return (
        {"from", "to", "subject"} <= kinds
        or (any("@" in line for line in block) and any(_CLOCK.search(line) for line in block))
        or ({"from", "to"} <= kinds and _stands_under_rule(lines, index))
    )


def _block(lines: list[str], index: int) -> list[str]:
    """The lines of the fields, with what a field goes on to on a line of its own, and single blank lines.

    Each field stands once, so that a page of « De : » costs no more than any other.
    """
    block: list[str] = []
    seen: set[str] = set()
    strangers = 0
    for line in lines[index : index + _MOST_LINES]:
        bare = line.strip()[:_LINE_CHARACTERS]
        kind = _kind(bare)
        if kind in seen:
            break
        if kind:
            seen.add(kind)
            strangers = 0
        else:
            strangers += 1
            if strangers > 1:
                break
        block.append(bare)
    return block


def _kind(line: str) -> str | None:
    if ":" not in line[:_LABEL_CHARACTERS]:
        return None
    match = _FIELD.match(line[:_LINE_CHARACTERS])
    return _KINDS[match[1].lower()] if match else None


def _all_kinds(line: str) -> set[str]:
    """The kinds of the fields on one line: flattened HTML puts all of them there."""
    first = _kind(line)
    return {first, *(_KINDS[match[1].lower()] for match in _FIELD_INSIDE.finditer(line))} if first else set()


def _stands_under_rule(lines: list[str], index: int) -> bool:
    above = next((line for line in reversed(lines[max(0, index - 3) : index]) if line.strip()), "")
    return is_rule(above)
