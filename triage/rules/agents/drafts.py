"""Whether what an agent typed may leave as a letter: never what was written for us alone (MUST 31, R-78).

The text is first cut to the agent's own words; what is left is held, and shown, at the first sign of our mails in it.
A pure judgement of the texts that are given: whoever calls it names the internal mails of the ticket.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from triage.rules.agents.own_words import (
    MARKERS,
    MOST_CHARACTERS,
    OwnWords,
    find_own_words,
    signs_before_end,
)
from triage.rules.agents.running_words import repeats
from triage.wording.folding import fold

_HEADER_SPAN = 300  # characters from « De : » within which « Envoyé : » makes a header block

_TICKET = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[ -]{1,3}([0-9]{6})(?![0-9])")
_GROUPS = re.compile(r"(?<![a-z0-9])[a-z2-7]{4}(?: ?- ?[a-z2-7]{4}){3}(?![a-z0-9])")
_CODE_LINE = re.compile(r"(?<![a-z])ref\.? ?:? ?[a-z2-7]{4}(?:[ -]{0,3}[a-z2-7]{4}){3}(?![a-z0-9])")
_ADDRESS_TOKEN = re.compile(r"\+[a-z2-7]{16}@")
_SUBJECT = re.compile(
    r"\[[^\[\]\n]{1,40}[ ](?:19|20)[0-9]{2}-[0-9]{6}\]"
)  # as the subjects of our mails to staff begin
_FROM = re.compile(r"(?<![a-z])(?:de|from|expediteur) ?:")
_SENT = re.compile(r"(?<![a-z])(?:envoye(?: le)?|sent|date) ?:")


class DraftHold(StrEnum):
    """Why a text is shown to its writer and not sent: the closed list."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    INTERLEAVED = "interleaved"  # text goes on below a quotation, and the letter would leave without it
    MARKER = "marker"
    REFERENCE_CODE = "reference_code"  # a « Réf. » line or a reply address of ours
    HEADER_BLOCK = "header_block"  # « De : / Envoyé : »
    OTHER_TICKET = "other_ticket"
    BELOW_SIGNATURE = "below_signature"  # text goes on below the writer's name
    INTERNAL_WORDS = "internal_words"  # eight words running of an internal mail


@dataclass(frozen=True, slots=True)
class Draft:
    """The words that would leave, what was cut from below them, and every reason why they may not leave."""

    text: str
    cut: str
    holds: tuple[DraftHold, ...]

    @property
    def may_send(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.holds


def judge_draft(typed: str, *, reference: str, internal: Iterable[str], signer: str = "") -> Draft:
    """What of `typed` would leave for the requester of `reference`, and whether it may.

    `internal` are the texts of the mails that were written to staff about this ticket, and of staff's notes; `signer`
    is the agent's name. Time is linear in all texts.
    """
    if len(typed) > MOST_CHARACTERS:
        return Draft(text="", cut=typed, holds=(DraftHold.TOO_LONG,))
    own = find_own_words(typed, signer=signer)
    holds = tuple(_find_holds(own, reference=reference, internal=internal))
    below = (DraftHold.BELOW_SIGNATURE,) if signs_before_end(own.text, signer=signer) else ()
    return Draft(own.text, own.cut, (*holds, *below))


def _find_holds(own: OwnWords, *, reference: str, internal: Iterable[str]) -> Iterable[DraftHold]:
    folded = fold(own.text)
    if not folded:
        yield DraftHold.EMPTY
        return
    if own.is_interleaved:
        yield DraftHold.INTERLEAVED
    if any(marker in folded for marker in MARKERS):
        yield DraftHold.MARKER
    if any(pattern.search(folded) for pattern in (_GROUPS, _CODE_LINE, _ADDRESS_TOKEN)):
        yield DraftHold.REFERENCE_CODE
    if _has_header_block(folded) or _SUBJECT.search(folded):
        yield DraftHold.HEADER_BLOCK
    if any(f"{year}-{number}" != reference for year, number in _TICKET.findall(folded)):
        yield DraftHold.OTHER_TICKET
    if repeats(own.text, internal):
        yield DraftHold.INTERNAL_WORDS


def _has_header_block(folded: str) -> bool:
    """« De : » with « Envoyé : » soon after it, on one line or several."""
    sent = [match.start() for match in _SENT.finditer(folded)]
    for match in _FROM.finditer(folded):
        following = bisect_right(sent, match.end() - 1)
        if following < len(sent) and sent[following] - match.end() <= _HEADER_SPAN:
            return True
    return False
