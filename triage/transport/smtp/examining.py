"""What `triage check` asks the mail server: the line, the login, and whether it takes our address as a sender.

Everything but a mail: MAIL is taken back by RSET before anybody is named as a recipient.
"""

from triage.model.delivery import SendPhase, SendResult
from triage.model.health import SendingFacts
from triage.transport.certificate import facts_of_line
from triage.transport.smtp.access import SmtpAccess, make_tls_context
from triage.transport.smtp.answers import ConversationEnded
from triage.transport.smtp.connection import Connection
from triage.wording.addresses import is_sendable_address

_EXTENSIONS = ("8bitmime", "enhancedstatuscodes", "pipelining", "size", "dsn")


async def examine_server(access: SmtpAccess, *, sender: str) -> SendingFacts | SendResult:
    """The facts, or the result that broke the conversation off.

    Raises `ConfigurationError` where the certificate file of `access` cannot be read.
    """
    connection = Connection(access, make_tls_context(access))
    try:
        await connection.open()
        if is_sendable_address(sender):
            await connection.command(SendPhase.MAIL, b"MAIL", b"FROM:<" + sender.encode("ascii") + b">")
            await connection.command(SendPhase.MAIL, b"RSET")
        facts = SendingFacts(
            logged_in=access.username is not None,
            extensions=frozenset(name for name in _EXTENSIONS if connection.offers(name)),
            # Only this question needs the line itself, so the class does not offer it.
            tls=facts_of_line(_line_below(connection)),
        )
        await connection.say_goodbye()
    except ConversationEnded as ended:
        connection.abort()
        return ended.result
    return facts


def _line_below(connection: Connection) -> object:
    transport = connection._smtp.transport  # noqa: SLF001  as told above
    return None if transport is None else transport.get_extra_info("ssl_object")
