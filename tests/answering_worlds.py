"""What happens to the letters of a staffed body: a mail server takes them, or they come back."""

from datetime import datetime, timedelta

from tests.fakes_sender import FakeSender
from tests.looking import look
from tests.matters import MAILBOX, NOW
from tests.staff_worlds import Sent, StaffDeskWorld
from triage.model.delivery import DeliveryPolicy
from triage.rules.sending_rate import SendingRate
from triage.workflows.delivery import Delivery, Dispatcher

QUARTER = timedelta(minutes=15)
ANSWER = (
    "#conclure fondée, norme\r\n\r\n"
    "Résumé\r\nLe colis a tardé.\r\n\r\n"
    "Vérifié\r\nNous avons relu la commande.\r\n\r\n"
    "Constaté\r\nLe camion est parti deux jours trop tard.\r\n\r\n"
    "Raisons\r\nLa date convenue est dépassée.\r\n\r\n"
    "Mesures\r\n- Un suivi chaque lundi.\r\n"
)


async def deliver(world: StaffDeskWorld, *, at: datetime, server: FakeSender | None = None) -> FakeSender:
    """All that is due at that instant is handed to a mail server."""
    server = server or FakeSender()
    delivery = Delivery(world.database, server, DeliveryPolicy(), lambda: at, lambda: 0.5)
    await Dispatcher(delivery, rate=SendingRate(per_minute=0, per_day=0)).deliver_due()
    return server


def write_bounce(letter: Sent, *, action: str = "failed") -> bytes:
    """What a mail server writes when it could not deliver a letter, which it brings back."""
    status = "5.1.1" if action == "failed" else "4.4.1"
    lines = (
        "Return-Path: <>",
        "From: MAILER-DAEMON@client.example",
        f"To: {MAILBOX}",
        "Subject: Undelivered Mail Returned to Sender",
        f"Message-ID: <{action}.{letter.headers['Message-ID'].strip('<>')}.b@client.example>",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        "",
        "--b",
        "Content-Type: text/plain",
        "",
        "The mailbox does not exist.",
        "",
        "--b",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; client.example",
        "",
        f"Final-Recipient: rfc822; {letter.recipient}",
        f"Action: {action}",
        f"Status: {status}",
        "",
        "--b",
        "Content-Type: text/rfc822-headers",
        "",
        f"Message-ID: {letter.headers['Message-ID']}",
        "",
        "--b--",
        "",
    )
    return "\r\n".join(lines).encode()


def standing(world: StaffDeskWorld) -> tuple[str, datetime | None, list[datetime | None]]:
    """Status, instant of the answer, and how each clock ended, of the newest ticket."""
    query = "SELECT id, status, answered_at FROM ticket ORDER BY id DESC LIMIT 1"
    ticket_id, status, answered_at = look(world.engine, query)[0]
    ended = look(world.engine, "SELECT met_at FROM clock WHERE ticket_id = :id ORDER BY standard", id=ticket_id)
    return str(status), _instant(answered_at), [_instant(each) for (each,) in ended]


def _instant(value: object) -> datetime | None:
    # SQLite keeps instants as texts.
    if value is None or isinstance(value, datetime):
        return value
    read = datetime.fromisoformat(str(value))
    return read if read.tzinfo else read.replace(tzinfo=NOW.tzinfo)
