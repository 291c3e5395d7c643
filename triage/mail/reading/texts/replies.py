"""What is new in a text: without the quoted mail and the signature, line by line, in linear time.

For display only, and kept when in doubt: a complaint may itself say that « mon voisin a écrit : ». So a quotation
needs more than its first words, and a text that would vanish whole is left whole.
"""

import re

_MARKERS = ("répondez au-dessus de cette ligne", "écrivez au-dessus de cette ligne", "reply above this line")
_ORIGINAL = re.compile(
    r"[-_*\s]{3,100}(message d['’]origine|message original|original message|courriel d['’]origine)[-_*:\s]{0,100}",
    re.IGNORECASE,
)
# What is forwarded is what the sender wants to be read: nothing is cut from there on.
_FORWARDED = re.compile(
    r"[-_*\s]{0,100}(message transféré|(begin )?forwarded message|début du message (réexpédié|transféré))"
    r"[-_*:\s]{0,100}",
    re.IGNORECASE,
)
_ATTRIBUTION_START = re.compile(r"(le|on|el|il|am)\s+\S", re.IGNORECASE)
_ATTRIBUTION_END = re.compile(r"(a\s+écrit|wrote)\s*:?\s*$", re.IGNORECASE)
_DATED = re.compile(r"\d{1,2}[:h]\d{2}|\b\d{4}\b|@")
_FROM_LINE = re.compile(r"\*?(de|from|expéditeur)\s*:\*?\s*\S", re.IGNORECASE)
_SENT_LINE = re.compile(r"\*?(envoyé|envoyé le|sent|date)\s*:", re.IGNORECASE)
_TO_LINE = re.compile(r"\*?(à|to|destinataire|objet|subject)\s*:", re.IGNORECASE)
_MOBILE = re.compile(
    r"(envoyé (de|à partir de|depuis)|sent from|obtenir|télécharger|get)(\s+[\w.'’-]+){1,5}(\s*<\S+>)?", re.IGNORECASE
)
_RULE = re.compile(r"[-_=*\s]{5,}")
_SIGNATURE_LINES = 15
_HEADER_LINES = 6
_LINE_CHARACTERS = 400  # an attribution is shorter; longer lines are prose


def find_new_text(text: str) -> str:
    """The beginning of the text that is not quotation or signature, without blank lines around it."""
    lines = text.split("\n")
    kept = _strip_leading_quote(_cut_signature(lines[: _cut(lines)]))
    new = "\n".join(_strip_end(kept)).strip("\n")
    return new if new.strip() else text.strip("\n")


def _cut(lines: list[str]) -> int:
    """The number of the first line that begins what is not new, or the number of lines."""
    ends = _quotation_ends(lines)
    for index, line in enumerate(lines):
        bare = line.strip()
        if not bare or len(bare) > _LINE_CHARACTERS:
            continue
        if _FORWARDED.fullmatch(bare):
            return len(lines)
        if _is_marker(bare) or _ORIGINAL.fullmatch(bare) or _is_header_block(lines, index):
            return index
        count = _attribution_lines(lines, index)
        if count and _only_quotes_follow(lines, index, ends[index + count]):
            return index
    return _before_trailing_quotes(lines)


def _quotation_ends(lines: list[str]) -> list[tuple[int, int]]:
    """For each place: the next line that says something, and the next one that is not quoted."""
    filled = unquoted = len(lines)
    ends = [(filled, unquoted)]
    for index in range(len(lines) - 1, -1, -1):
        bare = lines[index].strip()
        filled = index if bare else filled
        unquoted = index if bare and not bare.startswith(">") else unquoted
        ends.append((filled, unquoted))
    return ends[::-1]


def _is_marker(line: str) -> bool:
    lowered = line.lower().lstrip("> ")
    return lowered.startswith(("-", "_", "=", "#")) and any(marker in lowered for marker in _MARKERS)


def _is_header_block(lines: list[str], index: int) -> bool:
    """« De : / Envoyé : / À : / Objet : » as Outlook puts it above the mail that is answered."""
    if not _FROM_LINE.match(lines[index].strip()):
        return False
    following = [line.strip()[:100] for line in lines[index + 1 : index + _HEADER_LINES]]
    return any(map(_SENT_LINE.match, following)) and any(map(_TO_LINE.match, following))


def _attribution_lines(lines: list[str], index: int) -> int:
    """How many lines « Le … a écrit : » takes here (clients wrap it), 0 where there is none."""
    if not _ATTRIBUTION_START.match(lines[index].strip()):
        return 0
    joined = ""
    for count in range(1, 4):
        if index + count > len(lines):
            return 0
        piece = lines[index + count - 1].strip()
        if not piece or len(joined) + len(piece) > _LINE_CHARACTERS:
            return 0
        joined = f"{joined} {piece}"
        if _ATTRIBUTION_END.search(piece[-40:]) and _DATED.search(joined):
            return count
        if piece in {"écrit :", "écrit:", "wrote:"} and _DATED.search(joined):
            return count
    return 0


def _only_quotes_follow(lines: list[str], index: int, ends: tuple[int, int]) -> bool:
    """Whether a quotation begins under the attribution, and goes on to the end or the signature."""
    filled, unquoted = ends
    if filled == unquoted and filled < len(lines):
        # Some clients quote without `>`: believed only where an address stands in the attribution.
        return "@" in "".join(lines[index : index + 3])
    return unquoted >= len(lines) or lines[unquoted].rstrip() == "--" or _is_mobile(lines[unquoted])


def _before_trailing_quotes(lines: list[str]) -> int:
    """Where the block of `>` lines at the end begins."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith(">")):
        end -= 1
    return end


def _cut_signature(lines: list[str]) -> list[str]:
    """The lines above a signature mark, where what follows is short enough to be one."""
    for index in range(len(lines) - 1, max(-1, len(lines) - _SIGNATURE_LINES - 1), -1):
        if lines[index].rstrip() == "--":
            return lines[:index]
    return lines


def _strip_leading_quote(lines: list[str]) -> list[str]:
    """The answer under a quotation: the quoted block is dropped where it opens the text, attribution included."""
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if start >= len(lines):
        return lines
    start += _attribution_lines(lines, start)
    end = start
    while end < len(lines) and (not lines[end].strip() or lines[end].lstrip().startswith(">")):
        end += 1
    quoted = any(line.lstrip().startswith(">") for line in lines[start:end])
    return lines[end:] if quoted and end < len(lines) else lines


def _strip_end(lines: list[str]) -> list[str]:
    """Without rules and « Envoyé de mon … » at the end."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _RULE.fullmatch(lines[end - 1]) or _is_mobile(lines[end - 1])):
        end -= 1
    return lines[:end]


def _is_mobile(line: str) -> bool:
    return len(line) < 120 and bool(_MOBILE.fullmatch(line.strip()))
