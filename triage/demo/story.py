"""The scenes of the demo, in order, and the judgement of how the run ended. Pure: nothing here writes or waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from triage.demo import people
from triage.demo.account import Account, Check, Happening, SentMail, read_part
from triage.demo.people import Letter, Occasion
from triage.model.codes import Language
from triage.wording.dates import long_date


class Expected(StrEnum):
    """What must become of a mail."""

    OWN_TICKET = "own_ticket"
    SAME_TICKET = "same_ticket"  # that of the scene whose acknowledgement it answers
    NO_TICKET = "no_ticket"


@dataclass(frozen=True, slots=True)
class Scene:
    """One mail: who writes is in the letter. `answers` names the scene whose acknowledgement it answers."""

    key: str
    headline: str
    write: Callable[[Occasion], Letter]
    expected: Expected
    answers: str | None = None


SCENES: tuple[Scene, ...] = (
    Scene("complaint", "complains, with a photo", people.write_complaint, Expected.OWN_TICKET),
    Scene("question", "asks a question, in English", people.write_question, Expected.OWN_TICKET),
    Scene("newsletter", "sends its newsletter", people.write_newsletter, Expected.NO_TICKET),
    Scene(
        "broken",
        "writes from an old program that names a character set nobody knows",
        people.write_with_broken_charset,
        Expected.OWN_TICKET,
    ),
    Scene(
        "follow_up",
        "has her acknowledgement, and answers it to add something",
        people.write_follow_up,
        Expected.SAME_TICKET,
        answers="complaint",
    ),
    Scene(
        "out_of_office",
        "is away: his mail program answers the acknowledgement by itself",
        people.write_out_of_office,
        Expected.NO_TICKET,
        answers="question",
    ),
)


def judge(account: Account) -> tuple[Check, ...]:
    """Every promise of the demo, checked against what happened."""
    told = {happening.key: happening for happening in account.happenings}
    return (
        _all_were_taken_in(account),
        _each_matter_has_one_ticket(account, told),
        _follow_ups_joined(told),
        _each_person_has_one_acknowledgement(account, told),
        _letters_say_what_is_recorded(account),
        _robots_have_none(account, told),
        _mailbox_is_tidy(account),
    )


def _all_were_taken_in(account: Account) -> Check:
    wanted, found = [scene.key for scene in SCENES], [happening.key for happening in account.happenings]
    return Check(f"All {len(wanted)} mails were taken in.", held=wanted == found, found=f"{len(found)} were")


def _each_matter_has_one_ticket(account: Account, told: dict[str, Happening]) -> Check:
    matters = [told[scene.key].taken_in.reference for scene in _scenes(told, Expected.OWN_TICKET)]
    in_database = sorted(ticket.reference for ticket in account.tickets)
    return Check(
        f"Each of the {len(matters)} matters has one ticket of its own, and there is no other ticket.",
        held=None not in matters and sorted(filter(None, matters)) == in_database,
        found=f"said to be opened: {_listed(matters)}; in the database: {_listed(in_database)}",
    )


def _follow_ups_joined(told: dict[str, Happening]) -> Check:
    pairs = [
        (told[scene.key].taken_in.reference, told[scene.answers].taken_in.reference)
        for scene in _scenes(told, Expected.SAME_TICKET)
        if scene.answers in told
    ]
    return Check(
        "The answer to an acknowledgement joined the ticket that it was about.",
        held=bool(pairs) and all(joined is not None and joined == first for joined, first in pairs),
        found=f"tickets of the answer and of the matter: {pairs}",
    )


def _each_person_has_one_acknowledgement(account: Account, told: dict[str, Happening]) -> Check:
    owed = [told[scene.key] for scene in _scenes(told, Expected.OWN_TICKET)]
    wrong = [happening.key for happening in owed if not _is_acknowledged_once(happening, account.sent)]
    return Check(
        f"Each of the {len(owed)} people has one acknowledgement, with their ticket’s number, under their own mail.",
        held=bool(owed) and not wrong,
        found=f"not so for: {_listed(wrong)}",
    )


def _is_acknowledged_once(happening: Happening, sent: tuple[SentMail, ...]) -> bool:
    letters = [mail.read() for mail in sent if mail.recipient == happening.letter.sender.address]
    if len(letters) != 1 or happening.taken_in.reference is None:
        return False
    return (
        happening.taken_in.reference in str(letters[0]["Subject"])
        and str(letters[0]["In-Reply-To"]).strip() == happening.letter.message_id
    )


def _letters_say_what_is_recorded(account: Account) -> Check:
    """Only counted days can be compared: a letter does not print the instant at which 24 hours end."""
    wrong = [
        ticket.reference
        for ticket in account.tickets
        for due in ticket.dues
        if due.due_on and not _is_announced(ticket.reference, due.due_on, account.sent)
    ]
    counted = any(due.due_on for ticket in account.tickets for due in ticket.dues)
    return Check(
        "Each acknowledgement announces the day that the database holds for its ticket.",
        held=counted and not wrong,
        found=f"not so for: {_listed(wrong)}",
    )


def _is_announced(reference: str, due_on: date, sent: tuple[SentMail, ...]) -> bool:
    day = _flatten(long_date(due_on, language=Language.FRENCH))
    letters = [letter for letter in (mail.read() for mail in sent) if reference in str(letter["Subject"])]
    return bool(letters) and all(day in _flatten(read_part(letter, "plain")) for letter in letters)


def _flatten(text: str) -> str:
    """The words without their spacing: no-break spaces and line ends are typography."""
    return " ".join(text.split())


def _robots_have_none(account: Account, told: dict[str, Happening]) -> Check:
    people_owed = {told[scene.key].letter.sender.address for scene in _scenes(told, Expected.OWN_TICKET)}
    others = [mail for mail in account.sent if mail.recipient not in people_owed]
    ticketed = [
        scene.key for scene in _scenes(told, Expected.NO_TICKET) if told[scene.key].taken_in.reason == "new_matter"
    ]
    return Check(
        "No robot was answered, and none was given a ticket.",
        held=not others and not ticketed,
        found=f"{len(others)} mails to others; ticket given to: {_listed(ticketed)}",
    )


def _mailbox_is_tidy(account: Account) -> Check:
    return Check(
        "The inbox is empty, and every mail lies in the folder for processed mail.",
        held=account.mailbox.inbox == 0 and account.mailbox.processed == len(SCENES),
        found=f"{account.mailbox.inbox} in the inbox, {account.mailbox.processed} in the folder",
    )


def _scenes(told: dict[str, Happening], expected: Expected) -> list[Scene]:
    return [scene for scene in SCENES if scene.expected is expected and scene.key in told]


def _listed(words: list[str] | list[str | None]) -> str:
    return ", ".join(word or "none" for word in words) or "none"
