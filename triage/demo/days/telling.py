"""Tells the days in plain words, as they pass: who writes, what triage does with it, and to whom it writes."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from triage.demo.account import TakenIn, TicketLine, read_part
from triage.demo.configuration import ZONE
from triage.demo.days.diary.cast import STAFF
from triage.demo.days.diary.scene import Scene
from triage.demo.days.house import Left, News
from triage.demo.narrator import Narrator, clean, say_taken_in
from triage.demo.people import Letter
from triage.model.codes import NoticeKind
from triage.model.decision import Reason
from triage.model.papers.counting import Attainment, YearFigures
from triage.store.ledgers.received import ReceivedEntry
from triage.wording.spacing import NO_BREAK

_WIDTH = 108
_MARGIN = " " * 9
_NAMES = {each.person.address: each.person.name for each in STAFF}
_KINDS = {
    NoticeKind.WORKING_MAIL: "working mail, with all that was written",
    NoticeKind.FOLLOW_UP: "working mail, with what was added",
    NoticeKind.CLOSING_LIST: "list before closing",
    NoticeKind.FOLLOW_UP_RECEIVED: "confirmation",
}
_WITHOUT_SUBJECT = {NoticeKind.WORKING_MAIL, NoticeKind.FOLLOW_UP}
_NONE = "–"
_GREETINGS = {"bonjour", "bonsoir", "good morning"}
_DEED = re.compile(r"–\s(Dossier\s[0-9-]+\s:|Ligne.*\bpas compris\b)")
"""How a line of a receipt begins that says what came of it."""
_SOFT_BREAK = re.compile(r" \r?\n")
"""Where a paragraph of our mails is folded (RFC 3676)."""
_PROMISES = {
    "E1": "Complaints taken in charge within 24 hours",
    "E2": "Complaints answered within 15 business days",
    "E3": "Questions taken in charge within 2 business days",
}


class Teller:
    """Prints one day after the other."""

    def __init__(self, narrator: Narrator) -> None:
        self._narrator = narrator
        self._day: date | None = None
        self._told_at = ""

    def turn_to(self, at: datetime, days: Sequence[date]) -> None:
        """A new day has its own line, numbered where the office is open."""
        day = at.astimezone(ZONE).date()
        if day == self._day:
            return
        self._day, self._told_at = day, ""
        self._narrator.tell(f"\n{say_day(day, days)}")

    def tell_scene(self, scene: Scene, letter: Letter, entry: ReceivedEntry) -> None:
        """Who writes what, and what triage makes of it; where a receipt says that, it is left to the receipt."""
        self._say_at(scene.written_at, f"{say_writer(scene)}{scene.headline}:")
        for line in letter.words.splitlines():
            if line.strip() and clean(line).rstrip(",").lower() not in _GREETINGS:
                self._wrap(clean(line), first="| ")
        if entry.reason != Reason.STAFF_ACTED:
            taken_in = TakenIn(entry.reason or "", entry.nature or "", entry.ticket)
            self._wrap(f"{say_taken_in(taken_in)}.", first="→ ")

    def tell_news(self, news: News) -> None:
        """What left, each mail once however many have it."""
        for each, people in _gather(news.left):
            self._say_at(news.at, f"← {people}: {_say_what(each)}")
            for line in _deeds(each):
                self._wrap(line, first="    ")

    def tell_tickets(self, tickets: Iterable[TicketLine]) -> None:
        """How each ticket stands at the end."""
        self._narrator.tell_table("Tickets at the end, as the daemon recorded them", tabulate(tickets))

    def tell_figures(self, figures: YearFigures) -> None:
        """How far each promise was kept, as the exact fraction that the daemon counts."""
        self._narrator.tell("\nPromises kept so far, as the digest counts them")
        for each in figures.attainments:
            self._narrator.tell(f"  {say_attainment(each)}")

    def _say_at(self, at: datetime, words: str) -> None:
        told_at = f"{at.astimezone(ZONE):%H:%M}"
        head = told_at if told_at != self._told_at else " " * len(told_at)
        self._told_at = told_at
        self._wrap(words, first=f"  {head}  ", margin="")

    def _wrap(self, words: str, *, first: str, margin: str = _MARGIN) -> None:
        begin = f"{margin}{first}"
        after = " " * len(begin) if not first.startswith("|") else begin
        # No-break spaces stay whole: they are French text.
        for piece in textwrap.wrap(words, _WIDTH, initial_indent=begin, subsequent_indent=after):
            self._narrator.tell(piece)


def say_attainment(attainment: Attainment) -> str:
    """One promise with its fraction, its target, and what is not decided yet."""
    tally = attainment.promised
    name = _PROMISES.get(attainment.standard, attainment.standard)
    share = f"{tally.met}/{tally.counted}" if tally.counted else "nothing to count yet"
    percent = f" = {float(tally.share) * 100:.1f} %" if tally.share is not None else ""
    pending = f"; {tally.pending} open and in time" if tally.pending else ""
    return f"{attainment.standard}  {name}: {share}{percent} (target {attainment.target_percent} %){pending}"


def tabulate(tickets: Iterable[TicketLine]) -> list[list[str]]:
    """The tickets as rows of a table, its head first: what was promised, and what became of it."""
    rows = [["Ticket", "Received", "Taken in charge", "To be answered by", "Answered", "Status"]]
    for each in sorted(tickets, key=lambda each: each.reference):
        due_on = next((str(due.due_on) for due in each.dues if due.standard == "E2"), _NONE)
        instants = (each.received_at, each.taken_charge_at, each.answered_at)
        received, taken, answered = (_NONE if at is None else _minute(at) for at in instants)
        rows.append([each.reference, received, taken, due_on, answered, each.status.replace("_", " ")])
    return rows


def _minute(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M}"


def subject_of(left: Left) -> str:
    """The subject of a mail that left, on one line."""
    return clean(str(left.mail.read()["Subject"]))


def say_day(day: date, days: Sequence[date]) -> str:
    """A day by name, numbered among the business days where the office is open."""
    number = f"business day {days.index(day) + 1}" if day in days else "the office is closed"
    return f"{day:%A} {day.day} {day:%B %Y}, {number}"


def say_writer(scene: Scene) -> str:
    """Whom the headline is about; nobody where somebody writes in another's name."""
    return "" if scene.proof == "fail" else f"{scene.who.name} ({scene.who.organisation}) "


def say_recipient(left: Left) -> str:
    """A colleague by name, anybody else by address."""
    return _NAMES.get(left.mail.recipient, left.mail.recipient)


def say_kind(kind: NoticeKind) -> str:
    """What a mail is, in a word or two."""
    return _KINDS.get(kind, kind.replace("_", " "))


def _gather(left: Iterable[Left]) -> list[tuple[Left, str]]:
    """The first of all mails of one kind and subject, and the names of all who got it."""
    people: dict[tuple[NoticeKind, str], list[Left]] = {}
    for each in left:
        people.setdefault((each.kind, subject_of(each)), []).append(each)
    return [(mails[0], ", ".join(say_recipient(each) for each in mails)) for mails in people.values()]


def _say_what(left: Left) -> str:
    name = say_kind(left.kind)
    return name if left.kind in _WITHOUT_SUBJECT else f"{name}, «{NO_BREAK}{subject_of(left)}{NO_BREAK}»"


def _deeds(left: Left) -> list[str]:
    """What a receipt says was done, or was not understood."""
    if left.kind is not NoticeKind.RECEIPT:
        return []
    unfolded = _SOFT_BREAK.sub(" ", read_part(left.mail.read(), "plain"))
    lines = (clean(line) for line in unfolded.splitlines())
    return [line for line in lines if _DEED.match(line)]
