"""Tells the run in plain words, as it happens: who writes, what triage does with it, what leaves, how it ended.

Mail is hostile even here: whatever is printed loses its control characters first, so no mail can drive the terminal.
"""

import contextlib
import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from triage.demo.account import Check, DueTime, Happening, SentMail, TakenIn, TicketLine
from triage.demo.people import Letter
from triage.demo.story import Scene

_WIDTH = 100
_MARGIN = " " * 9  # under the words that follow the seconds

_REASONS = {
    "new_matter": "a new matter; ticket {reference} is open",
    "follow_up": "it joins ticket {reference}; no second acknowledgement is due",
    "automation": "{nature}; no answer, and {place}",
    "duplicate": "a copy of a mail that is already here; nothing new to do",
    "own_loop": "a mail of our own that came back; no answer, and {place}",
    "unreadable": "it could not be read; ticket {reference} is open, marked for a person",
    "oversize": "it is too large to be taken whole; ticket {reference} is open",
    "staff_acted": "a colleague wrote; what was asked for was judged, and a receipt says how",
    "asked_in_a_word": "one word from the requester; it is answered, and no colleague is disturbed, {place}",
    "staff_challenged": "a colleague seems to write; nothing is done until they confirm",
    "staff_unverified": "somebody wrote with a colleague's token; nothing is done",
    "staff_quarantined": "it claims to be a colleague's and is not believed; nothing is done, and an alert is raised",
    "older_than_since": "it is older than this installation; kept, not acknowledged",
}
_NATURES = {
    "auto_reply": "an automatic reply",
    "bounce": "a delivery failure notice",
    "list": "a mailing list",
    "bulk": "a bulk mailing",
    "loop": "a mail of our own that came back",
    "report": "a report written by a machine",
}
_STANDARDS = {"E1": "To be taken in charge by", "E2": "To be answered by", "E3": "To be taken in charge by"}


def clean(text: str) -> str:
    """A text without control and formatting characters, on one line."""
    visible = "".join(" " if unicodedata.category(character).startswith("C") else character for character in text)
    return " ".join(filter(None, visible.split(" ")))  # not split(): no-break spaces are French text


def say_taken_in(taken_in: TakenIn) -> str:
    """What triage did with one mail."""
    nature = _NATURES.get(taken_in.nature, "not from a person")
    reference = taken_in.reference or "(none)"
    place = f"a line on ticket {reference}" if taken_in.reference else "no ticket; the reason is on record"
    sentence = _REASONS.get(taken_in.reason)
    if sentence is None:
        return clean(f"« {taken_in.reason} », {place}")
    return clean(sentence.format(reference=reference, nature=nature, place=place))


def say_standard(standard: str) -> str:
    """What falls due under a standard, as the head of a column."""
    return _STANDARDS.get(standard, f"Due under {standard}")


def say_instant(instant: datetime, zone: ZoneInfo) -> str:
    """An instant in the body's own time, to the minute."""
    return instant.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def say_due(due: DueTime, zone: ZoneInfo) -> str:
    """A due time as the daemon gave it: its local day where days are counted, else its instant."""
    return f"{due.due_on.isoformat()}, end of day" if due.due_on else say_instant(due.due_at, zone)


def arrange_tickets(tickets: Iterable[TicketLine], zone: ZoneInfo) -> list[list[str]]:
    """The tickets as rows of a table, its head first."""
    listed = sorted(tickets, key=lambda ticket: ticket.reference)
    standards = sorted({due.standard for ticket in listed for due in ticket.dues})
    rows = [["Ticket", "Received", *map(say_standard, standards)]]
    for ticket in listed:
        dues = {due.standard: say_due(due, zone) for due in ticket.dues}
        rows.append(
            [ticket.reference, say_instant(ticket.received_at, zone), *(dues.get(name, "–") for name in standards)]
        )
    return rows


class Narrator:
    """Prints, and flushes after each piece, so that a pipe sees it when it happens. `elapsed` gives seconds."""

    def __init__(self, out: TextIO, *, elapsed: Callable[[], float]) -> None:
        self._out = out
        self._elapsed = elapsed

    def say(self, sentence: str) -> None:
        """One sentence, with the seconds since the start."""
        self._print(f"{self._elapsed():5.1f} s  {sentence}")

    def tell_letter(self, scene: Scene, letter: Letter) -> None:
        """Who writes what, in their own words."""
        sender = letter.sender
        self._print()
        self.say(f"{sender.name} ({sender.organisation}) {scene.headline}:")
        self._print(f"{_MARGIN}  « {clean(letter.subject)} »")
        for line in filter(None, letter.words.splitlines()):
            for piece in textwrap.wrap(clean(line), _WIDTH - len(_MARGIN) - 4):
                self._print(f"{_MARGIN}  | {piece}")

    def tell_taken_in(self, taken_in: TakenIn) -> None:
        self.say(f"→ triage: {say_taken_in(taken_in)}.")

    def tell_acknowledgement(self, happening: Happening, mail: SentMail) -> None:
        """That an acknowledgement reached the mail server, and how soon."""
        seconds = (mail.sent_at - happening.written_at).total_seconds()
        subject = clean(str(mail.read()["Subject"]))
        self.say(f"← {happening.letter.sender.name} has an answer, {seconds:.1f} s after writing:")
        self._print(f"{_MARGIN}  « {subject} »")

    def tell_tickets(self, tickets: Iterable[TicketLine], zone: ZoneInfo) -> None:
        """The table of tickets, as the database has them."""
        self.tell_table("Tickets, as the daemon recorded them", arrange_tickets(tickets, zone))

    def tell_table(self, title: str, rows: list[list[str]]) -> None:
        """Rows of as many cells each, under each other."""
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        self._print(f"\n{title}")
        for row in rows:
            cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
            self._print("  " + "   ".join(cells).rstrip())

    def tell_unanswered(self, happenings: Iterable[Happening]) -> None:
        """Which mails got no answer, and why."""
        self._print("\nMails that were not answered, and why")
        for happening in happenings:
            self._print(f"  {happening.letter.sender.name}, « {clean(happening.letter.subject)} »")
            self._print(f"    {say_taken_in(happening.taken_in)}")

    def tell_checks(self, checks: Iterable[Check]) -> None:
        """What the run promised, and whether it held."""
        self._print("\nChecked")
        for check in checks:
            self._print(f"  {'held  ' if check.held else 'NOT SO'}  {check.sentence}")
            if not check.held:
                self._print(f"          found: {clean(check.found)}")

    def tell(self, text: str) -> None:
        """A line without the seconds."""
        self._print(text)

    def _print(self, text: str = "") -> None:
        # Whoever read along may be gone, with `| head` or the same Ctrl-C: the demo still ends in order.
        with contextlib.suppress(BrokenPipeError):
            print(text, file=self._out, flush=True)
