"""What an agent typed themself, cut when in doubt: the strict reading of text that a requester will get (MUST 31).

The reader of mails keeps what is doubtful, for nothing may be lost; here what is doubtful stays out of the letter and
is shown in the receipt. Signatures go too, since the letter has its own. One pass over the lines, each looked at by
its first characters.
"""

import re
from dataclasses import dataclass

from triage.wording.folding import fold

MARKERS = ("repondez au-dessus de cette ligne", "ecrivez au-dessus de cette ligne", "reply above this line")
"""Our marker above the quotation, folded."""

MOST_CHARACTERS = 50_000
"""A longer text is no letter that somebody typed."""

_LOOKED_AT = 300
_OUR_END = "ref. "
_FIELD = re.compile(r"\W{0,3}(?:a|to|an|cc|copie|objet|subject|betreff|date|datum) ?:")
_SIGNATURE_LINES = 12
_SIGNATURE_WIDTH = 90

_RULE = re.compile(r"[-_=*~ ]{2,}")
_HEADER = re.compile(r"\W{0,3}(?:de|from|von|expediteur|envoye(?: le| par)?|sent|gesendet|date d'envoi) ?:")
_ATTRIBUTION_START = re.compile(r"\W{0,3}(?:le|on|el|il|am|em|op) \S")
_ATTRIBUTION_END = re.compile(r"(?:\becrit|\bwrote|\bescribio|\bha scritto|\bescreveu|\bschrieb|\bschreef) ?:$")
_SEPARATORS = frozenset(
    {
        *("message d'origine", "message original", "original message", "courriel d'origine", "message transfere"),
        *("forwarded message", "begin forwarded message", "debut du message reexpedie", "debut du message transfere"),
        *("message reexpedie", "courriel original"),
    }
)
_OPENINGS = (
    *("envoye de ", "envoye depuis ", "envoye a partir d", "sent from ", "telecharger outlook", "obtenir outlook"),
    *("get outlook", "avis de confidentialite", "ce courriel est confidentiel", "ce message est confidentiel"),
    *("ce courriel et ", "ce message et ", "this email ", "this e-mail ", "confidentiality notice"),
)
_NOTICE_WORDS = ("confidenti", "privilegi", "destinataire", "intended recipient", "par erreur", "in error", "imprim")
_NOTICE_ABOUT = ("courriel", "message", "email", "e-mail", "envoi", "fichier", "environnement")
_SIGN_OFFS = frozenset(
    {
        *("cordialement", "bien cordialement", "salutations", "salutations distinguees", "meilleures salutations"),
        *("salutations cordiales", "bonne journee", "bonne fin de journee", "bonne soiree", "bien a vous", "merci"),
        *("merci beaucoup", "merci et bonne journee", "cdlt", "respectueusement", "regards", "best regards"),
        *("kind regards", "sincerely", "yours sincerely", "thank you", "thanks", "best"),
    }
)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What is the agent's own, and all that was left out below it."""

    text: str
    cut: str

    @property
    def is_interleaved(self) -> bool:
        """Whether text may go on below a quotation: then nobody knows which of it is whose."""
        quoted = False
        for line in self.cut.splitlines():
            bare = fold(line[:_LOOKED_AT])
            if quoted and any(map(str.isalnum, bare)) and not bare.startswith(">"):
                return not bare.startswith(_OPENINGS)
            if quoted and _RULE.fullmatch(bare):
                return False
            quoted = quoted or bare.startswith(">")
        return False


def signs_before_end(text: str, *, signer: str) -> bool:
    """Whether the agent's whole name stands alone on a line and text goes on below it, nobody knows for whom."""
    name = fold(signer)
    signed = False
    for line in text.splitlines():
        bare = fold(line[:_LOOKED_AT]).strip(" ,.-–—*_")
        if signed and bare:
            return True
        signed = signed or (bool(name) and bare == name)
    return False


def has_pasted_words(typed: str, *, kept: str) -> bool:
    """Whether a text says more than what was `kept` of it, above the quotation of a mail of ours.

    What only introduces a quotation says nothing.
    """
    known = {line.strip() for line in kept.splitlines()}
    lines = [line.strip() for line in typed[:MOST_CHARACTERS].splitlines()]
    folded = [fold(line[:_LOOKED_AT]).lstrip("> ") for line in lines]
    ours = (at for at, line in enumerate(folded) if line.startswith(_OUR_END) or any(map(line.__contains__, MARKERS)))
    return any(
        line not in known and _says_something(folded, at) for at, line in enumerate(lines[: next(ours, len(lines))])
    )


def _says_something(folded: list[str], index: int) -> bool:
    line = folded[index]
    introduces = _begins_foreign(line) or _begins_attribution(folded, index) or bool(_FIELD.match(line))
    return any(map(str.isalnum, line)) and not introduces


def find_own_words(typed: str, *, signer: str = "") -> OwnWords:
    r"""The beginning of a text up to the first line that may be a quotation, a separator or a signature.

    `signer` is the agent's name: a line that holds nothing else, or the first name, begins a signature. An answer
    below a quotation is all cut.

    >>> find_own_words("Bonjour,\n> cité").text
    'Bonjour,'
    """
    lines = typed.splitlines()
    folded = [fold(line[:_LOOKED_AT]) for line in lines]
    signatures = _signature_starts(lines, folded)
    name = fold(signer)
    names = {name, name.partition(" ")[0]} - {""}
    end = len(lines)
    for index, line in enumerate(folded):
        signs = line.strip(" ,.!") in _SIGN_OFFS or line.strip(" ,.") in names
        if _begins_foreign(line) or (signs and signatures[index]) or _begins_attribution(folded, index):
            end = index
            break
    return OwnWords("\n".join(lines[:end]).strip(), "\n".join(lines[end:]).strip())


def _begins_foreign(line: str) -> bool:
    """Whether a folded line opens what somebody else wrote, or what a program put there."""
    if not line:
        return False
    return (
        line.lstrip("*_ ").startswith((">", *_OPENINGS))
        or any(marker in line for marker in MARKERS)
        or line.strip("-_=*~:> ") in _SEPARATORS
        or bool(_RULE.fullmatch(line))
        or bool(_HEADER.match(line))
    )


def _is_notice(line: str) -> bool:
    """Whether a line may be of what lawyers have put under every mail; only looked for below a name."""
    return any(word in line for word in _NOTICE_WORDS) and any(word in line for word in _NOTICE_ABOUT)


def _begins_attribution(folded: list[str], index: int) -> bool:
    """« Le … a écrit : », which programs wrap over up to three lines, or any line that ends so."""
    if _ATTRIBUTION_END.search(folded[index]):
        return True
    following = folded[index + 1 : index + 3]
    return bool(_ATTRIBUTION_START.match(folded[index])) and any(map(_ATTRIBUTION_END.search, following))


def _signature_starts(lines: list[str], folded: list[str]) -> list[bool]:
    """For each line, whether only a few short lines that end no sentence follow it."""
    found, count, plain = [], 0, True
    for index in reversed(range(len(lines))):
        line, bare = lines[index], folded[index]
        found.append(plain and count <= _SIGNATURE_LINES)
        # What programs put under a signature says nothing about it: the count begins anew above it.
        if _begins_foreign(bare) or _is_notice(bare) or _begins_attribution(folded, index):
            count, plain = 0, True
        elif bare:
            count += 1
            plain = plain and len(line) <= _SIGNATURE_WIDTH and not bare.endswith((".", "?", ";", ":"))
    return found[::-1]
