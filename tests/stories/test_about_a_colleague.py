"""A complaint about a colleague: from the mail to an SMTP server, and not one byte of it reaches that colleague."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.charge_worlds import LUC, MARIE, NADIA, STAFF
from tests.matters import JEANNE, make_policy, write_mail
from tests.office import Office
from tests.servers.scripted_smtp import ScriptedSmtpServer
from tests.smtp_sending import access_to
from triage.model.delivery import DeliveryPolicy
from triage.rules.sending_rate import SendingRate
from triage.store.database import Database
from triage.transport.smtp import SmtpSender
from triage.workflows.delivery import Delivery, Dispatcher
from triage.workflows.intake import Intake

ABOUT_MARIE = "Madame Exemple m’a raccroché au nez. Le fauteuil zébré grince toujours."


@pytest.fixture
def server() -> Iterator[ScriptedSmtpServer]:
    """A mail server that keeps what it is given."""
    with ScriptedSmtpServer() as made:
        yield made


def recipients(server: ScriptedSmtpServer) -> list[str]:
    """To whom each kept mail was sent, in order."""
    return [recipient for mail in server.kept for recipient in mail.recipients]


async def test_the_colleague_never_hears_of_it(database: Database, server: ScriptedSmtpServer) -> None:
    """The requester has a letter, a handler the words, colleague and team nothing, whatever comes later."""
    office = Office(database)
    tools = office.intake
    policy = replace(make_policy(), staff=STAFF)
    office.intake = Intake(tools.database, tools.reader, policy, tools.stationery, tools.on_enqueued)
    sender = SmtpSender(access_to(server))
    delivery = Delivery(database, sender, DeliveryPolicy(), lambda: office.now, lambda: 0.0)
    office.dispatcher = Dispatcher(delivery, rate=SendingRate(per_minute=6000))

    await office.handle(write_mail(ABOUT_MARIE, subject="Attitude"))
    office.wait(timedelta(days=1))
    await office.handle(
        write_mail("Elle a recommencé.", message_id="2@client.example", In_Reply_To="<1@client.example>")
    )
    await office.handle(write_mail("Une livraison en retard.", message_id="3@client.example", subject="Autre chose"))
    await sender.close()

    assert sorted([JEANNE, NADIA.address, JEANNE, NADIA.address, JEANNE, MARIE.address, LUC.address]) == sorted(
        recipients(server)
    )
    mine = [mail.raw for mail in server.kept if MARIE.address in mail.recipients]
    assert [(True, False)] == [(b"2026-000002" in raw, b"2026-000001" in raw) for raw in mine]
