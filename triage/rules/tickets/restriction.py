"""Whether a file is born restricted: what somebody wrote names a member of staff (R-74, R-75, R-80).

A machine may narrow who sees a file, never widen it, so that in doubt it narrows: a name in a quotation counts too.
Names are compared folded, as whole words; initials and given names alone name nobody.
"""

import re
from collections.abc import Iterable, Iterator

from triage.model.agents.staff import Staff, StaffMember
from triage.model.message import ParsedMessage
from triage.rules.agents.people import name_words
from triage.wording.folding import fold

_CIVILITIES = ("m", "mme", "mr", "mrs", "ms", "monsieur", "madame", "mademoiselle", "mlle", "docteur", "dr", "dre")
_LEAST_LETTERS = 2


def find_named(message: ParsedMessage, staff: Staff) -> tuple[StaffMember, ...]:
    """Everybody of the staff whom the subject, the text or the name of an attachment names, in the file's order."""
    if not staff.members:
        return ()
    texts = (message.subject, message.text, *(each.name for each in message.attachments))
    # One separator that is in no name keeps the end of one text from going on in the next.
    words = f" {' | '.join(name_words(text) for text in texts)} "
    folded = " | ".join(fold(text) for text in texts)
    return tuple(
        member for member in staff.members if _is_named(member, words) or _is_written_to(member.address, folded)
    )


def _is_named(member: StaffMember, words: str) -> bool:
    return any(f" {each} " in words for each in _forms(name_words(member.name).split()))


def _forms(name: list[str]) -> Iterator[str]:
    """« marie exemple », « exemple marie », « mme exemple »; nothing of a name that is initials alone."""
    if not any(len(word) >= _LEAST_LETTERS for word in name):
        return
    yield " ".join(name)
    for at in range(1, len(name)):
        family = name[at:]
        if len(family[-1]) < _LEAST_LETTERS:
            continue
        yield " ".join((*family, *name[:at]))
        yield from (f"{civility} {' '.join(family)}" for civility in _CIVILITIES)


def _is_written_to(address: str, folded: str) -> bool:
    return re.search(rf"(?<![\w.+-]){re.escape(fold(address))}(?![\w-]|\.\w)", folded) is not None


def addresses_of(members: Iterable[StaffMember]) -> tuple[str, ...]:
    """The registered addresses, as they are kept with the file."""
    return tuple(member.address for member in members)
