"""The demo checks its own story, and sees when it goes wrong."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from email.message import EmailMessage

import pytest

from triage.demo.account import Account, DueTime, Happening, MailboxCount, SentMail, TakenIn, TicketLine
from triage.demo.people import Correspondent, Letter
from triage.demo.story import SCENES, judge

NOW = datetime(2026, 11, 21, 18, 4, tzinfo=UTC)
TAKEN_IN = {
    "complaint": TakenIn("new_matter", "person", "2026-000001"),
    "question": TakenIn("new_matter", "person", "2026-000002"),
    "newsletter": TakenIn("automation", "bulk", None),
    "broken": TakenIn("new_matter", "person", "2026-000003"),
    "follow_up": TakenIn("follow_up", "person", "2026-000001"),
    "out_of_office": TakenIn("automation", "auto_reply", "2026-000002"),
}
DUE = DueTime("E2", datetime(2026, 12, 12, 5, tzinfo=UTC), date(2026, 12, 11))
SENDERS = {"follow_up": "complaint", "out_of_office": "question"}


def make_happening(key: str) -> Happening:
    who = SENDERS.get(key, key)
    sender = Correspondent(name=who, address=f"{who}@people.example", organisation="", language="fr")
    letter = Letter(sender=sender, message_id=f"<{key}@people.example>", subject=key, words="", raw=b"")
    return Happening(key=key, written_at=NOW, letter=letter, taken_in=TAKEN_IN[key])


def make_acknowledgement(key: str, *, reference: str) -> SentMail:
    mail = EmailMessage()
    mail["Subject"] = f"[CAP {reference}] Nous avons bien reçu votre message"
    mail["In-Reply-To"] = f"<{key}@people.example>"
    mail.set_content("Nous visons à y répondre au plus tard le 11\N{NO-BREAK SPACE}décembre\n2026.\n")
    return SentMail(NOW, "box@body.example", f"{key}@people.example", mail.as_bytes())


def make_account() -> Account:
    return Account(
        happenings=tuple(make_happening(scene.key) for scene in SCENES),
        sent=tuple(
            make_acknowledgement(key, reference=str(TAKEN_IN[key].reference))
            for key in ("complaint", "question", "broken")
        ),
        tickets=tuple(TicketLine(f"2026-00000{number}", "new", NOW, NOW, (DUE,)) for number in (1, 2, 3)),
        mailbox=MailboxCount(inbox=0, processed=6),
    )


def take_in_otherwise(account: Account, key: str, taken_in: TakenIn) -> Account:
    happenings = tuple(replace(each, taken_in=taken_in) if each.key == key else each for each in account.happenings)
    return replace(account, happenings=happenings)


def test_a_good_run_holds() -> None:
    """Three tickets, three acknowledgements, an empty inbox: every promise holds."""
    checks = judge(make_account())

    assert [] == [check.sentence for check in checks if not check.held]


SPOILERS: dict[str, Callable[[Account], Account]] = {
    "one acknowledgement too many": lambda account: replace(account, sent=(*account.sent, account.sent[0])),
    "one acknowledgement missing": lambda account: replace(account, sent=account.sent[1:]),
    "the acknowledgement of another ticket": lambda account: replace(
        account, sent=(make_acknowledgement("complaint", reference="2026-000002"), *account.sent[1:])
    ),
    "a robot answered": lambda account: replace(
        account, sent=(*account.sent, make_acknowledgement("newsletter", reference="2026-000004"))
    ),
    "one ticket too many": lambda account: replace(
        account, tickets=(*account.tickets, TicketLine("2026-000004", "new", NOW, None, ()))
    ),
    "no ticket at all": lambda account: replace(account, tickets=()),
    "the follow-up opened a matter": lambda account: take_in_otherwise(
        account, "follow_up", TakenIn("new_matter", "person", "2026-000004")
    ),
    "the follow-up went to a stranger's ticket": lambda account: take_in_otherwise(
        account, "follow_up", TakenIn("follow_up", "person", "2026-000002")
    ),
    "the newsletter opened a matter": lambda account: take_in_otherwise(
        account, "newsletter", TakenIn("new_matter", "person", "2026-000004")
    ),
    "two matters on one ticket": lambda account: take_in_otherwise(
        account, "question", TakenIn("new_matter", "person", "2026-000001")
    ),
    "another day in the database than in the letter": lambda account: replace(
        account,
        tickets=(replace(account.tickets[0], dues=(replace(DUE, due_on=date(2026, 12, 14)),)), *account.tickets[1:]),
    ),
    "no day in the database": lambda account: replace(
        account, tickets=tuple(replace(ticket, dues=()) for ticket in account.tickets)
    ),
    "a mail left in the inbox": lambda account: replace(account, mailbox=MailboxCount(inbox=1, processed=5)),
    "a mail that is nowhere": lambda account: replace(account, mailbox=MailboxCount(inbox=0, processed=5)),
    "a scene that was not played": lambda account: replace(account, happenings=account.happenings[:-1]),
}


@pytest.mark.parametrize("spoiler", list(SPOILERS))
def test_a_spoiled_run_does_not_hold(spoiler: str) -> None:
    """Each way to break a promise is seen, and what was found instead is told."""
    broken = [check for check in judge(SPOILERS[spoiler](make_account())) if not check.held]

    assert broken
    assert all(check.found for check in broken)


def test_every_answer_follows_what_it_answers() -> None:
    """A scene answers only the acknowledgement of a scene before it that is owed one."""
    played: set[str] = set()
    for scene in SCENES:
        assert scene.answers is None or scene.answers in played

        if scene.expected == "own_ticket":
            played.add(scene.key)
