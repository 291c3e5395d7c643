"""Each place where a conversation can break × each way to break it, and the exact result (MUST 19, 20, 22)."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest

from tests.servers.scripted_smtp import Ending, Fault, Point, ScriptedSmtpServer
from tests.smtp_sending import access_to, mail
from triage.model.delivery import SendOutcome, SendPhase
from triage.transport.smtp import SmtpAccess, SmtpSender

CODES = (421, 450, 451, 452, 550, 552, 554)
TROUBLE = SendOutcome.SERVER_TROUBLE
LOGIN = SendOutcome.LOGIN_REFUSED
LATER = SendOutcome.REFUSED_FOR_NOW
NEVER = SendOutcome.REFUSED
UNCERTAIN = SendOutcome.UNCERTAIN

# point: phase, then the outcome of 421, of the other 4xx, of 5xx, and of no answer (EOF, RST, silence)
TABLE = {
    Point.CONNECT: (SendPhase.CONNECT, TROUBLE, TROUBLE, TROUBLE, TROUBLE),
    Point.EHLO: (SendPhase.CONNECT, TROUBLE, TROUBLE, TROUBLE, TROUBLE),
    Point.AUTH: (SendPhase.AUTH, TROUBLE, TROUBLE, LOGIN, TROUBLE),
    Point.MAIL: (SendPhase.MAIL, TROUBLE, TROUBLE, LOGIN, TROUBLE),
    Point.RCPT: (SendPhase.RCPT, TROUBLE, LATER, NEVER, TROUBLE),
    Point.DATA: (SendPhase.DATA, TROUBLE, LATER, NEVER, TROUBLE),
    Point.DOT: (SendPhase.DOT, LATER, LATER, NEVER, UNCERTAIN),
}
REPLIES = [
    (point, code, table[0], table[1] if code == 421 else table[2] if code < 500 else table[3])
    for point, table in TABLE.items()
    for code in CODES
]
SILENCES = [(point, ending, table[0], table[4]) for point, table in TABLE.items() for ending in Ending]
LARGE = b"x" * 16_000_000  # more than the socket buffers of both sides hold
CREDENTIALS = ("plaintes", "mot de passe")


class Calls:
    """A `before_dot` that counts."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedSmtpServer]:
    """One server for the whole table; each test rewrites its script."""
    with ScriptedSmtpServer(credentials=CREDENTIALS) as server:
        yield server


@pytest.fixture
async def sender(server: ScriptedSmtpServer) -> AsyncIterator[SmtpSender]:
    """A sender with the usual patience."""
    sender = SmtpSender(_access(server))
    yield sender
    await sender.close()


@pytest.fixture
async def hasty(server: ScriptedSmtpServer) -> AsyncIterator[SmtpSender]:
    """A sender that soon takes silence for an answer."""
    sender = SmtpSender(replace(_access(server), connect_seconds=0.4, command_seconds=0.4, dot_timeout_seconds=0.4))
    yield sender
    await sender.close()


def _access(server: ScriptedSmtpServer) -> SmtpAccess:
    username, password = CREDENTIALS
    return replace(access_to(server), username=username, password=password)


@pytest.mark.parametrize("row", REPLIES, ids=lambda row: f"{row[0]}-{row[1]}")
async def test_a_reply_means_what_the_table_says(
    server: ScriptedSmtpServer, sender: SmtpSender, row: tuple[Point, int, SendPhase, SendOutcome]
) -> None:
    """Outcome, phase and code are exact, `before_dot` was awaited only for a dot, and the next mail goes out."""
    point, code, phase, outcome = row
    kept = len(server.kept)
    server.script(Fault(point, reply=f"{code} {code // 100}.3.0 as scripted"))
    calls = Calls()
    result = await sender.send(mail(), before_dot=calls)
    kept_after_fault = len(server.kept)
    after = await sender.send(mail(), before_dot=Calls())

    assert (outcome, phase, code, f"{code // 100}.3.0") == (result.outcome, result.phase, result.code, result.enhanced)
    assert int(phase is SendPhase.DOT) == calls.count
    assert kept == kept_after_fault
    assert SendOutcome.ACCEPTED == after.outcome


@pytest.mark.parametrize("row", SILENCES, ids=lambda row: f"{row[0]}-{row[1]}")
async def test_no_answer_means_what_the_table_says(
    server: ScriptedSmtpServer, hasty: SmtpSender, row: tuple[Point, Ending, SendPhase, SendOutcome]
) -> None:
    """A lost answer is trouble before the dot and uncertainty after it; the next mail goes out on a new connection."""
    point, ending, phase, outcome = row
    server.script(Fault(point, ending=ending))
    calls = Calls()
    result = await hasty.send(mail(), before_dot=calls)
    after = await hasty.send(mail(), before_dot=Calls())

    assert (outcome, phase, None) == (result.outcome, result.phase, result.code)
    assert int(phase is SendPhase.DOT) == calls.count
    assert SendOutcome.ACCEPTED == after.outcome


@pytest.mark.parametrize("ending", list(Ending))
@pytest.mark.parametrize("accept", [True, False])
async def test_uncertain_is_said_whether_or_not_the_server_kept_the_mail(
    server: ScriptedSmtpServer, hasty: SmtpSender, ending: Ending, *, accept: bool
) -> None:
    """From outside the two cases are one, and are told as one."""
    kept = len(server.kept)
    server.script(Fault(Point.DOT, ending=ending, accept=accept))
    result = await hasty.send(mail(), before_dot=Calls())

    assert (UNCERTAIN, SendPhase.DOT) == (result.outcome, result.phase)
    assert kept + int(accept) == len(server.kept)


@pytest.mark.parametrize("ending", list(Ending))
async def test_a_break_within_the_body_is_known_to_have_sent_nothing(
    server: ScriptedSmtpServer, hasty: SmtpSender, ending: Ending
) -> None:
    """The server stops reading a body too large for any socket buffer: the dot is never booked."""
    server.script(Fault(Point.BODY, ending=ending))
    calls = Calls()
    result = await hasty.send(mail(raw=LARGE), before_dot=calls)

    assert (TROUBLE, SendPhase.DATA, 0) == (result.outcome, result.phase, calls.count)


@pytest.mark.parametrize("ending", [Ending.EOF, Ending.SILENCE])
async def test_a_refusal_within_the_body_is_heard(
    server: ScriptedSmtpServer, sender: SmtpSender, ending: Ending
) -> None:
    """Some servers say 552 in the middle of a large body: that is a definite answer about this mail."""
    server.script(Fault(Point.BODY, reply="552 5.3.4 too large", ending=ending))
    calls = Calls()
    result = await sender.send(mail(raw=LARGE), before_dot=calls)
    after = await sender.send(mail(), before_dot=Calls())

    assert (NEVER, SendPhase.DATA, 552, 0) == (result.outcome, result.phase, result.code, calls.count)
    assert SendOutcome.ACCEPTED == after.outcome


@pytest.mark.parametrize("point", [Point.RCPT, Point.DATA, Point.DOT])
@pytest.mark.parametrize("status", ["5.7.30", "5.7.57", "5.7.60"])
async def test_an_exchange_refusal_of_our_account_is_not_blamed_on_the_mail(
    server: ScriptedSmtpServer, sender: SmtpSender, point: Point, status: str
) -> None:
    """Exchange says late that our login is retired or may not send as this sender: a person must mend it."""
    server.script(Fault(point, reply=f"550 {status} as scripted"))
    result = await sender.send(mail(), before_dot=Calls())

    assert (LOGIN, status) == (result.outcome, result.enhanced)


@pytest.mark.parametrize("reply", ["530 5.7.0 log in first", "535 5.7.8 no", "550 5.7.3 not authenticated"])
@pytest.mark.parametrize("before", [0, 1])
async def test_a_login_refused_over_one_recipient_is_the_recipients(
    server: ScriptedSmtpServer, sender: SmtpSender, reply: str, before: int
) -> None:
    """After AUTH and MAIL had passed on a fresh connection; the next recipient is served at once (MUST 21)."""
    server.script()
    for _ in range(before):  # then the connection is an old one, and a fresh one is asked first
        await sender.send(mail(), before_dot=Calls())
    server.script(Fault(Point.RCPT, reply=reply, times=1 + before))
    refused = await sender.send(mail(), before_dot=Calls())
    server.script()
    after = await sender.send(mail(), before_dot=Calls())

    assert (NEVER, SendPhase.RCPT, int(reply[:3])) == (refused.outcome, refused.phase, refused.code)
    assert SendOutcome.ACCEPTED is after.outcome


async def test_nobody_listening_is_trouble_of_the_server(unused_tcp_port: int) -> None:
    """A refused connection costs the mail nothing, and the text says what happened."""
    sender = SmtpSender(SmtpAccess(host="127.0.0.1", port=unused_tcp_port, tls="none"))
    result = await sender.send(mail(), before_dot=Calls())

    assert (TROUBLE, SendPhase.CONNECT) == (result.outcome, result.phase)
    assert "refused" in result.text


@pytest.mark.parametrize("reply", ["hello", "999 what", "150 perhaps", "354 go on"])
async def test_nonsense_after_the_dot_is_no_answer(server: ScriptedSmtpServer, sender: SmtpSender, reply: str) -> None:
    """Only 2xx, 4xx and 5xx are answers to the dot; anything else leaves it uncertain."""
    server.script(Fault(Point.DOT, reply=reply))
    result = await sender.send(mail(), before_dot=Calls())

    assert (UNCERTAIN, SendPhase.DOT) == (result.outcome, result.phase)
