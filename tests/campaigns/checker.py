"""The checker: what must hold when all is quiet, one invariant a function, each violation one sentence.

Independent of the product: it computes hashes, dates and expectations by itself from the ledger of the campaign.
A sentence names rows and kinds, never a person.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, timedelta
from hashlib import sha256

from tests.campaigns.chains import instant, walk_chain
from tests.campaigns.evidence import Evidence, Letter
from tests.campaigns.ledger import Draft, Fate, Ledger
from tests.campaigns.mails import MAILBOX
from tests.campaigns.public_days import in_french, last_day
from tests.campaigns.reading import Row

MOST_COPIES = 3
MOST_TRIES = 10
_OPENING = ("new_matter", "unreadable", "oversize")
_REASONS = {
    Fate.ANSWERED: {*_OPENING, "duplicate"},
    Fate.HELD: {*_OPENING, "duplicate"},
    Fate.FOLLOW_UP: {"follow_up"},
    Fate.MACHINE: {"automation", "own_loop"},
}


def check(evidence: Evidence, ledger: Ledger) -> list[str]:
    """Every violation, as « invariant: what »; an empty list where all holds."""
    return [f"{name}: {said}" for name, look in INVARIANTS for said in look(evidence, ledger)]


def nothing_disappeared(evidence: Evidence, ledger: Ledger) -> Iterator[str]:
    """The server holds what was put there, all of it in the processed folder, the inbox empty."""
    put = Counter(draft.digest for draft in ledger.drafts if draft.fate is not Fate.VANISHED)
    served = Counter(sha256(raw).hexdigest() for raw in evidence.processed.values())
    if evidence.inbox or evidence.elsewhere:
        yield f"{len(evidence.inbox)} left in the inbox, {len(evidence.elsewhere)} in other folders"
    for kind, count in Counter(draft.kind for draft in ledger.drafts if draft.digest in put - served).items():
        yield f"{count} of kind {kind} put but not in the processed folder"
    if served - put:
        yield f"{(served - put).total()} in the processed folder that nobody put there"


def every_byte_is_kept(evidence: Evidence, ledger: Ledger) -> Iterator[str]:
    """Each mail has its bytes in the database, under the hash of what the server serves."""
    rows = Counter(row["raw_sha256"] for row in evidence.rows("mail") if row["raw_sha256"] is not None)
    for draft in ledger.drafts:
        if draft.fate is Fate.VANISHED:
            continue
        if not evidence.kept.get(draft.digest, False):
            yield f"lost: a mail of kind {draft.kind} is not in the database byte for byte"
    put = Counter(draft.digest for draft in ledger.drafts if draft.fate is not Fate.VANISHED)
    if rows != put:
        yield f"{(put - rows).total()} mails without their row, {(rows - put).total()} rows without their mail"
    for row in evidence.rows("mail", remote_state="moved"):
        raw = evidence.processed.get(row["remote_uid"], b"")
        if sha256(raw).hexdigest() != row["raw_sha256"]:
            yield f"mail {row['id']} is said to be moved to a place where another mail is"


def every_mail_has_one_row(evidence: Evidence, ledger: Ledger) -> Iterator[str]:
    """One row a message of the server, in a final state with its reason."""
    places = Counter((row["folder_id"], row["uidvalidity"], row["uid"]) for row in evidence.rows("mail"))
    yield from (f"{count} rows for {place}" for place, count in places.items() if count > 1)
    fates = {draft.digest: draft.fate for draft in ledger.drafts}
    without = [row for row in evidence.rows("mail") if row["raw_sha256"] is None]
    if len(without) != len(ledger.of(Fate.VANISHED)) or not all(row["missing_since_at"] for row in without):
        yield f"{len(without)} rows without bytes, {len(ledger.of(Fate.VANISHED))} mails that were taken away"
    for row in evidence.rows("mail"):
        fate = fates.get(row["raw_sha256"])
        if row["raw_sha256"] is None:
            continue
        if row["state"] != "processed" or not row["settled_at"] or row["remote_state"] not in ("moved", "gone"):
            yield f"mail {row['id']} ends as {row['state']}, {row['remote_state']}"
        if fate is not None and row["reason"] not in _REASONS[fate] and not is_worn(row):
            yield f"mail {row['id']}, to be {fate}, was settled as {row['reason']}"


def each_matter_has_one_ticket(evidence: Evidence, ledger: Ledger) -> Iterator[str]:
    """A matter opens one ticket however often its mail came; a follow-up joins it; there is no other ticket."""
    matters = ledger.matters(Fate.ANSWERED, Fate.HELD)
    opened = [row for row in evidence.rows("mail") if row["reason"] in _OPENING]
    if len(evidence.rows("ticket")) != len(opened):
        yield f"{len(opened)} mails opened a ticket, there are {len(evidence.rows('ticket'))} tickets"
    allowed = {draft.digest for draft in ledger.of(Fate.ANSWERED, Fate.HELD)}
    strange = [row["id"] for row in opened if row["raw_sha256"] not in allowed and not is_worn(row)]
    yield from (f"mail {number} opened a ticket and must not" for number in strange)
    for matter, draft in matters.items():
        rows = evidence.rows("mail", raw_sha256=draft.digest)
        opening = [row for row in rows if row["reason"] in _OPENING]
        once = len(opening) == 1 and len({row["ticket_id"] for row in rows}) == 1
        if not (once or any(map(is_worn, rows))) or not all(row["ticket_id"] for row in rows):
            yield f"{matter} ({draft.kind}): {[(row['reason'], row['ticket_id']) for row in rows]}"
    for draft in ledger.of(Fate.FOLLOW_UP):
        home = {row["ticket_id"] for row in evidence.rows("mail", raw_sha256=matters[draft.matter].digest)}
        for row in evidence.rows("mail", raw_sha256=draft.digest):
            if {row["ticket_id"]} != home and not is_worn(row):
                yield f"a follow-up of {draft.matter} is on ticket {row['ticket_id']}, not {home}"


def every_person_has_one_answer(evidence: Evidence, ledger: Ledger) -> Iterator[str]:
    """One acknowledgement a matter, to its sender, threaded to the mail.

    Two exceptions, both shown to a person and counted in the figures: an unknown that was given up, and a mail in whose
    reading the daemon was killed as often as a mail may be tried.
    """
    letters = _by_recipient(evidence)
    for matter, draft in ledger.matters(Fate.ANSWERED).items():
        row = _acknowledgement(evidence, draft)
        if row is None:
            yield f"{matter} ({draft.kind}) has not exactly one outbox row"
            continue
        mine = letters.get(draft.sender, [])
        yield from (f"{matter} ({draft.kind}): {said}" for said in _judge_answer(evidence, row, mine))
        for letter in mine:
            yield from _judge_letter(letter, draft, evidence.rows("ticket", id=row["ticket_id"])[0])
        if row["key"] != f"acknowledgement:{row['mail_id']}" or row["recipient"] != draft.sender:
            yield f"outbox {row['id']} has a key or a recipient that does not follow from its mail"


def nobody_else_is_answered(evidence: Evidence, ledger: Ledger) -> Iterator[str]:
    """No machine, and nobody whose acknowledgement waits for a person, got anything."""
    expected = {draft.sender for draft in ledger.of(Fate.ANSWERED)}
    strangers = [letter for letter in evidence.letters if set(letter.recipients) - expected]
    if strangers:
        yield f"{len(strangers)} letters to addresses that are owed none"
    for matter, draft in ledger.matters(Fate.HELD).items():
        row = _acknowledgement(evidence, draft)
        homes = {mail["ticket_id"] for mail in evidence.rows("mail", raw_sha256=draft.digest)}
        withheld = [each for each in evidence.rows("event", kind="notice_withheld") if each["ticket_id"] in homes]
        if len(withheld) != 1 or (row is not None and (row["state"] != "held" or not row["hold_reason"])):
            yield f"{matter} ({draft.kind}) is not held with its reason"


def copies_have_their_unknown(evidence: Evidence, _ledger: Ledger) -> Iterator[str]:
    """A second copy only where an unknown is on record, of the same bytes; each copy's dot was booked first."""
    for row in evidence.rows("outbox"):
        copies = [letter for letter in evidence.letters if letter.message_id == row["message_id"]]
        attempts = evidence.rows("attempt", outbox_id=row["id"])
        dots = sum(attempt["dot_written_at"] is not None for attempt in attempts)
        if len(copies) > 1 and not row["unknowns"]:
            yield f"outbox {row['id']}: {len(copies)} copies and no unknown on record"
        if len(copies) > min(dots, MOST_COPIES):
            yield f"outbox {row['id']}: {len(copies)} copies, {dots} booked dots"
        if {sha256(copy.raw).hexdigest() for copy in copies} - {row["raw_sha256"]}:
            yield f"outbox {row['id']}: a copy differs from the stored bytes"
        if not copies and row["state"] == "sent":
            yield f"outbox {row['id']} is said to be sent and never came"
        if [attempt["number"] for attempt in attempts] != list(range(1, row["attempts"] + 1)):
            yield f"outbox {row['id']} has {row['attempts']} attempts and rows {len(attempts)}"


def every_story_is_whole(evidence: Evidence, ledger: Ledger) -> Iterator[str]:
    """Each ticket's events follow each other, hash by hash, and tell each thing once."""
    payloads = {row["event_id"]: row for row in evidence.rows("event_payload")}
    follow_ups = Counter(draft.matter for draft in ledger.of(Fate.FOLLOW_UP))
    for ticket in evidence.rows("ticket"):
        events = sorted(evidence.rows("event", ticket_id=ticket["id"]), key=lambda row: int(row["sequence"]))
        yield from walk_chain(ticket, events, payloads)
    for matter, draft in ledger.matters(Fate.ANSWERED).items():
        row = _acknowledgement(evidence, draft)
        if row is None or row["state"] != "sent":
            continue
        told = Counter(event["kind"] for event in evidence.rows("event", ticket_id=row["ticket_id"]))
        expected = {"opened": 1, "notice": 1, "sent": 1, "follow_up": follow_ups[matter]}
        if {kind: told[kind] for kind in expected} != expected:
            yield f"the story of {matter} ({draft.kind}) tells {dict(told)}"


def numbers_are_unique(evidence: Evidence, _ledger: Ledger) -> Iterator[str]:
    """Ticket numbers run from one without a gap, each once, in the order of opening."""
    references = [row["reference"] for row in evidence.rows("ticket")]
    series = {row["year"]: row["last"] for row in evidence.rows("number_series")}
    expected = [f"{year:04d}-{number:06d}" for year in sorted(series) for number in range(1, series[year] + 1)]
    if references != expected:
        yield f"{len(references)} numbers, {len(set(references))} of them different, {len(expected)} given"


def clocks_are_right(evidence: Evidence, _ledger: Ledger) -> Iterator[str]:
    """Each ticket runs 24 hours and fifteen business days from the server's own date of its mail."""
    for ticket in evidence.rows("ticket"):
        received_at = instant(ticket["received_at"])
        mails = [row for row in evidence.rows("mail", ticket_id=ticket["id"]) if row["reason"] in _OPENING]
        clocks = {row["standard"]: row for row in evidence.rows("clock", ticket_id=ticket["id"])}
        # A mail that comes while a pass looks has its date, of whole seconds, after the instant of that pass.
        dates = {min(instant(row["internal_date_at"]), instant(row["observed_at"])) for row in mails}
        if dates != {received_at}:
            yield f"ticket {ticket['id']} was not received when the server says"
        if instant(clocks["E1"]["due_at"]) != received_at + timedelta(hours=24):
            yield f"ticket {ticket['id']}: 24 hours end at {clocks['E1']['due_at']}"
        if clocks["E2"]["due_on"] != last_day(received_at, business_days=15).isoformat():
            yield f"ticket {ticket['id']}: fifteen business days end on {clocks['E2']['due_on']}"


def logs_are_silent(evidence: Evidence, ledger: Ledger) -> Iterator[str]:
    """No name, address, subject or text of a mail stands in what the daemons printed."""
    for draft in ledger.drafts:
        if any(secret in evidence.logs for secret in (*draft.secrets, draft.sender) if secret):
            yield f"words of a mail of kind {draft.kind}"


def _judge_answer(evidence: Evidence, row: Row, letters: Sequence[Letter]) -> Iterator[str]:
    """How the outbox row of a person's acknowledgement may end, and which letters then came."""
    ids = {letter.message_id for letter in letters}
    if row["state"] == "held" and is_worn(evidence.rows("mail", id=row["mail_id"])[0]):
        expected: list[set[str]] = [set()]
    elif row["state"] == "dead" and row["hold_reason"] == "unknown":
        expected = [set(), {row["message_id"]}]
    else:
        expected = [{row["message_id"]}]
        if row["state"] != "sent":
            yield f"outbox {row['id']} ends as {row['state']}, {row['hold_reason']}"
    if ids not in expected:
        yield f"answered by {len(ids)} letters"


def is_worn(mail: Row) -> bool:
    """Whether kills used up all tries of a mail (MUST 15): it then has a minimal ticket, whatever it was."""
    return bool(mail["reason"] == "unreadable" and mail["attempts"] > MOST_TRIES)


def _judge_letter(letter: Letter, draft: Draft, ticket: Row) -> Iterator[str]:
    """What one acknowledgement must say, and must not."""
    received_at = instant(ticket["received_at"])
    days = [received_at.astimezone(UTC), *(last_day(received_at, business_days=days) for days in (15, 2))]
    wanted = [f"[CAG {ticket['reference']}]", *(in_french(day) for day in days[1:])]
    if [text for text in wanted if text not in letter.texts]:
        yield f"the letter on {draft.matter} does not name its number and dates"
    if any(secret in letter.texts for secret in draft.secrets):
        yield f"the letter on {draft.matter} repeats words of the mail"
    head = letter.parsed
    threaded = str(head["In-Reply-To"] or "").strip("<> ") == (draft.message_id or "")
    if not threaded or head["Auto-Submitted"] != "auto-replied" or MAILBOX not in str(head["From"]):
        yield f"the letter on {draft.matter} has wrong headers"


def _acknowledgement(evidence: Evidence, draft: Draft) -> Row | None:
    """The one outbox row of a matter's ticket, None where there is none or more than one."""
    opening = [row for row in evidence.rows("mail", raw_sha256=draft.digest) if row["reason"] in _OPENING]
    rows = evidence.rows("outbox", ticket_id=opening[0]["ticket_id"]) if opening else []
    return rows[0] if len(rows) == 1 else None


def _by_recipient(evidence: Evidence) -> dict[str, list[Letter]]:
    found: dict[str, list[Letter]] = {}
    for letter in evidence.letters:
        for recipient in letter.recipients:
            found.setdefault(recipient, []).append(letter)
    return found


INVARIANTS: tuple[tuple[str, Callable[[Evidence, Ledger], Iterator[str]]], ...] = tuple(
    (look.__name__, look)
    for look in (
        nothing_disappeared,
        every_byte_is_kept,
        every_mail_has_one_row,
        each_matter_has_one_ticket,
        every_person_has_one_answer,
        nobody_else_is_answered,
        copies_have_their_unknown,
        every_story_is_whole,
        numbers_are_unique,
        clocks_are_right,
        logs_are_silent,
    )
)
