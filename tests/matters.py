"""What tests of intake are about: the policy and stationery of a body of fiction, and mails that people write."""

from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from triage.mail.reading.parse import parse_message
from triage.mail.writing.templates import load_templates
from triage.model.codes import Channel, TicketKind, TicketStatus
from triage.model.decision import IntakePolicy
from triage.model.message import ParsedMessage
from triage.model.notice import Letterhead
from triage.model.ticket import TicketSnapshot
from triage.settings.dated import load_calendar, load_standards
from triage.settings.defaults import templates_dir
from triage.workflows.record import Stationery

ZONE = ZoneInfo("America/Toronto")
MAILBOX = "plaintes@organisme.example"
ALIAS = "anciennes-plaintes@organisme.example"
JEANNE = "jeanne@client.example"
STRANGER = "inconnu@ailleurs.example"
NOW = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)
"""A Monday, half past nine in Quebec: also when the mails of the fake mailbox arrive."""
SINCE = date(2026, 3, 1)

LETTERHEAD = Letterhead(
    name="Organisme de fiction",
    short_name="ODF",
    unit="Direction des plaintes",
    address=MAILBOX,
    display_name="Plaintes (ODF)",
    phone="418 555-0100",
    access_address="acces@organisme.example",
)


@cache
def make_policy(received_by: str | None = None) -> IntakePolicy:
    """The shipped calendar and standards, and a body that has one mailbox and one former address."""
    return IntakePolicy(
        own_addresses=frozenset({MAILBOX, ALIAS}),
        own_domain="organisme.example",
        received_by=received_by,
        calendar=load_calendar(None, zone=ZONE),
        standards=load_standards(None),
    )


@cache
def make_stationery() -> Stationery:
    """The shipped templates and a key of fiction."""
    return Stationery(
        letterhead=LETTERHEAD,
        templates=load_templates([templates_dir()]),
        zone=ZONE,
        domain="organisme.example",
        signing_key=b"clef de fiction, longue de 32 o.",
    )


def write_mail(
    body: str = "Bonjour, la livraison est en retard.",
    *,
    sender: str | None = f"Jeanne <{JEANNE}>",
    subject: str = "Livraison en retard",
    message_id: str | None = "1@client.example",
    **headers: str,
) -> bytes:
    """A mail as a person's client writes it; `headers` are added, `_` in their names stands for a hyphen."""
    fields = {
        "From": sender,
        "To": MAILBOX,
        "Subject": subject,
        "Date": "Mon, 02 Mar 2026 09:29:00 -0500",
        "Message-ID": None if message_id is None else f"<{message_id}>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
        "Content-Type": "text/plain; charset=utf-8",
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return f"{head}\r\n{body}\r\n".encode()


def read_mail(raw: bytes) -> ParsedMessage:
    """A mail as the reader understands it."""
    return parse_message(raw)


def make_ticket(reference: str = "2026-000001", *, correspondents: tuple[str, ...] = (JEANNE,)) -> TicketSnapshot:
    """A ticket that somebody may write about."""
    return TicketSnapshot(
        reference=reference,
        kind=TicketKind.COMPLAINT,
        channel=Channel.EMAIL,
        status=TicketStatus.NEW,
        received_at=NOW,
        acknowledged_at=None,
        taken_charge_at=None,
        answered_at=None,
        assigned_to=None,
        restricted=False,
        flags=(),
        correspondents=correspondents,
    )
