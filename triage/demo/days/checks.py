"""What the days must have made true, checked against the mails that left, the tickets and the daemon's own figures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from triage.demo.account import Check, MailboxCount, TicketLine, read_part
from triage.demo.configuration import ZONE
from triage.demo.days.counting import (
    Matter,
    count_answered,
    count_questions,
    count_taken,
    escalation_days,
    list_matters,
)
from triage.demo.days.diary.cast import LUC, NEWSLETTER, STAFF_ADDRESSES, SUPERVISOR
from triage.demo.days.diary.scene import Deed
from triage.demo.days.house import Left
from triage.demo.days.living import Lived
from triage.demo.days.telling import subject_of
from triage.model.codes import Language, NoticeKind
from triage.model.papers.counting import YearFigures
from triage.wording.dates import long_date

ALONE, COLLEAGUE = "paid twice", "colleague"
"""The matter on which nobody acts, and the one about a colleague."""
_OFFICE = (time(8, 30), time(16, 30))
_IN_OFFICE_HOURS = frozenset({NoticeKind.REMINDER, NoticeKind.ESCALATION, NoticeKind.CLOSING_LIST})
_DIGEST_AT = time(8)
_SHORTEST = 12  # characters of a line that can be told from any other


@dataclass(frozen=True, slots=True)
class Seen:
    """All that a run left behind."""

    lived: Lived
    tickets: tuple[TicketLine, ...]
    figures: YearFigures
    mailbox: MailboxCount

    @property
    def left(self) -> list[Left]:
        """Every mail that left, in order."""
        return self.lived.correspondence.left

    @property
    def matters(self) -> tuple[Matter, ...]:
        """The matters of the days that were lived."""
        return list_matters(each.scene for each in self.lived.played)

    def reference_of(self, matter: str) -> str:
        """The ticket's number, "" where the days were too few for it."""
        return self.lived.correspondence.references.get(matter, "")


def judge_days(seen: Seen) -> tuple[Check, ...]:
    """Every promise of the days."""
    return (
        _each_matter_has_its_ticket(seen),
        _each_is_acknowledged_at_once(seen),
        _figures_are_true(seen),
        _nothing_internal_left(seen),
        _the_colleague_heard_nothing(seen),
        _escalations_rose(seen),
        _digests_came(seen),
        _nobody_was_disturbed(seen),
        _nothing_left_twice(seen),
        _mailbox_is_tidy(seen),
    )


def _each_matter_has_its_ticket(seen: Seen) -> Check:
    opened = sorted(each.entry.ticket or "" for each in seen.lived.played if each.scene.deed is Deed.OPENS)
    known = sorted(each.reference for each in seen.tickets)
    return Check(
        f"Each of the {len(seen.matters)} matters has one ticket, and nothing else has one.",
        held=opened == known and "" not in opened,
        found=f"opened: {opened}; in the database: {known}",
    )


def _each_is_acknowledged_at_once(seen: Seen) -> Check:
    wrong = [each.key for each in seen.matters if not _is_acknowledged(seen, each)]
    return Check(
        "Each person was acknowledged at once and once, with the day that this story counts for itself.",
        held=not wrong,
        found=f"not so for {wrong}",
    )


def _is_acknowledged(seen: Seen, matter: Matter) -> bool:
    reference = seen.reference_of(matter.key)
    letters = [each for each in seen.left if each.kind is NoticeKind.ACKNOWLEDGEMENT and each.ticket == reference]
    day = _flat(long_date(matter.answer_due_on, language=Language.FRENCH))
    return [matter.opened_at] == [each.mail.sent_at for each in letters] and all(
        day in _flat(read_part(each.mail.read(), "plain")) for each in letters
    )


def _figures_are_true(seen: Seen) -> Check:
    now = seen.lived.ended_at
    expected = {
        "E1": count_taken(seen.matters, now=now),
        "E2": count_answered(seen.matters, now=now),
        "E3": count_questions(seen.matters, now=now),
    }
    found = {
        each.standard: (each.promised.met, each.promised.counted)
        for each in seen.figures.attainments
        if each.standard in expected
    }
    return Check(
        "The fractions of the digest are those that this story counts for itself.",
        held=expected == found,
        found=f"expected {expected}, found {found}",
    )


def _nothing_internal_left(seen: Seen) -> Check:
    lines = [
        _flat(line)
        for each in seen.lived.played
        if each.scene.internal
        for line in each.scene.words.replace("#note ", "").splitlines()
        if len(line) > _SHORTEST
    ]
    outside = [_flat(_all_text(each)) for each in seen.left if each.mail.recipient not in STAFF_ADDRESSES]
    found = [line for line in lines if any(line in text for text in outside)]
    return Check(
        f"Not one of the {len(lines)} lines meant for colleagues, or taken back, is in the {len(outside)} mails to "
        "people outside.",
        held=not found,
        found=f"{found}",
    )


def _the_colleague_heard_nothing(seen: Seen) -> Check:
    reference = seen.reference_of(COLLEAGUE)
    told = [each.number for each in seen.left if each.mail.recipient == LUC.address and reference in _all_text(each)]
    return Check(
        "The agent who is complained about got no mail that names the file.",
        held=not reference or not told,
        found=f"mails {told}",
    )


def _escalations_rose(seen: Seen) -> Check:
    """By the days on which somebody heard of the one file, alone or among others."""
    (alone,) = (each for each in seen.matters if each.key == ALONE)
    reference = seen.reference_of(ALONE)
    wanted = list(escalation_days(alone, until=seen.lived.days[-1]))
    told = {
        _day(each)
        for each in seen.left
        if each.kind in {NoticeKind.REMINDER, NoticeKind.ESCALATION} and reference in _all_text(each)
    }
    late = sorted(each for each in told if each > alone.opened_at.astimezone(ZONE).date())
    return Check(
        f"Of the complaint on which nobody acts, staff heard on exactly {len(wanted)} later days, and its requester "
        "nothing of that.",
        held=wanted == late and not _heard_by_outsiders(seen, reference),
        found=f"expected {_days(wanted)}, found {_days(late)}",
    )


def _heard_by_outsiders(seen: Seen, reference: str) -> bool:
    letters = {NoticeKind.ACKNOWLEDGEMENT, NoticeKind.FOLLOW_UP_RECEIVED}
    return any(
        each.mail.recipient not in STAFF_ADDRESSES and each.ticket == reference and each.kind not in letters
        for each in seen.left
    )


def _digests_came(seen: Seen) -> Check:
    came = [
        (_day(each), each.mail.recipient, each.mail.sent_at.astimezone(ZONE).time())
        for each in seen.left
        if each.kind is NoticeKind.DIGEST
    ]
    wanted = [(day, SUPERVISOR.person.address, _DIGEST_AT) for day in seen.lived.days]
    return Check(
        f"A digest came at eight on each of the {len(wanted)} business days, and on no other.",
        held=wanted == came,
        found=f"{len(came)} came",
    )


def _nobody_was_disturbed(seen: Seen) -> Check:
    opens, closes = _OFFICE
    wrong = [
        each.number
        for each in seen.left
        if each.kind in _IN_OFFICE_HOURS
        and not (opens <= each.mail.sent_at.astimezone(ZONE).time() <= closes and _day(each) in seen.lived.days)
    ]
    return Check(
        "Reminders and escalations left in opening hours only.", held=not wrong, found=f"not so for mails {wrong}"
    )


def _nothing_left_twice(seen: Seen) -> Check:
    counted = Counter((str(each.mail.read()["Message-ID"]), each.mail.recipient) for each in seen.left)
    twice = [key for key, times in counted.items() if times > 1]
    robots = [each.number for each in seen.left if each.mail.recipient == NEWSLETTER.address]
    return Check(
        f"None of the {len(seen.left)} mails left twice, and no robot was answered.",
        held=not twice and not robots,
        found=f"twice: {len(twice)}; to robots: {robots}",
    )


def _mailbox_is_tidy(seen: Seen) -> Check:
    return Check(
        "The inbox is empty, and every mail lies in the folder for processed mail.",
        held=seen.mailbox == MailboxCount(inbox=0, processed=len(seen.lived.played)),
        found=f"{seen.mailbox.inbox} in the inbox, {seen.mailbox.processed} in the folder",
    )


def _all_text(left: Left) -> str:
    mail = left.mail.read()
    return "\n".join((subject_of(left), read_part(mail, "plain"), read_part(mail, "html")))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _day(left: Left) -> date:
    return left.mail.sent_at.astimezone(ZONE).date()


def _days(days: Iterable[date]) -> str:
    return ", ".join(f"{day:%d.%m.}" for day in days)
