"""What a reply, or the lack of one, means at each phase (MUST 19, 20, 22).

Before the final dot has left, nothing is sent, whatever breaks. After it, only an answer is certain. 4xx and 5xx are
about this mail from RCPT on; earlier they are about the server, or about us, and cost the mail nothing.
"""

import re
import ssl

from aiosmtplib import SMTPConnectResponseError, SMTPResponseException

from triage.model.delivery import SendOutcome, SendPhase, SendResult

_TEXT_LENGTH = 500
_ENHANCED = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})(?:\s|$)", re.ASCII)

# Phases whose refusals are about the mail, not about the server or our account.
_ABOUT_THE_MAIL = frozenset({SendPhase.RCPT, SendPhase.DATA, SendPhase.DOT})
# A 5xx here refuses our account or our sender address: a person must mend the configuration. At MAIL too, since we
# announce neither size nor any other property of the mail there: the sender is all that can be refused.
_ABOUT_US = frozenset({SendPhase.AUTH, SendPhase.MAIL})
# Where a TLS error is the handshake's. Later it is a lost connection, and after the dot it proves nothing.
_HANDSHAKE = frozenset({SendPhase.CONNECT, SendPhase.TLS})
# Replies that mean "your account" wherever they come (RFC 4954 §6; the last five are Exchange Online's own).
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_NOT_AUTHENTICATED = "5.7.3"
_LOGIN_STATUSES = frozenset({_NOT_AUTHENTICATED, "5.7.30", "5.7.57", "5.7.60", "5.7.139"})
# The login cannot be checked now, or has run out in the middle (RFC 4954 §6): nothing of it is about a mail.
_LOGIN_FOR_NOW = (454, "4.7.0")


class ConversationEnded(Exception):
    """Leaves a conversation from any depth with its result; never leaves this package."""

    def __init__(self, result: SendResult) -> None:
        super().__init__(f"ended at {result.phase}")
        self.result = result


def judge_reply(phase: SendPhase, code: int, text: str) -> SendResult:
    """What a complete reply means that was not the one hoped for, or at the dot any reply."""
    status = _ENHANCED.match(text)
    enhanced = status.group(1) if status else None
    return SendResult(_outcome(phase, code, enhanced), phase, code, enhanced, clean_text(text))


def judge_failure(phase: SendPhase, error: Exception) -> SendResult:
    """What it means that the conversation broke with this error at this phase."""
    if isinstance(error, SMTPResponseException) and error.code >= 100:
        at = SendPhase.CONNECT if isinstance(error, SMTPConnectResponseError) else phase
        return judge_reply(at, error.code, error.message)
    handshake = _tls_error(error) if phase in _HANDSHAKE else None
    if handshake is not None:
        return SendResult(SendOutcome.SERVER_TROUBLE, SendPhase.TLS, text=clean_text(handshake))
    outcome = SendOutcome.UNCERTAIN if phase is SendPhase.DOT else SendOutcome.SERVER_TROUBLE
    return SendResult(outcome, phase, text=clean_text(_describe(error)))


def is_about_login(result: SendResult) -> bool:
    """Whether it is our login that the server no longer accepts: another one may do."""
    return result.outcome is SendOutcome.LOGIN_REFUSED or (result.code, result.enhanced) == _LOGIN_FOR_NOW


def is_about_recipient(result: SendResult) -> bool:
    """Whether a refusal worded like a login's came where only the recipient was new: login and sender had passed.

    True only of a connection that was just made; on an older one the login may have run out.
    """
    worded = result.code in _LOGIN_CODES or result.enhanced == _NOT_AUTHENTICATED
    return result.outcome is SendOutcome.LOGIN_REFUSED and result.phase is SendPhase.RCPT and worded


def clean_text(text: str) -> str:
    """At most 500 printable characters on one line; what cannot be printed becomes a space."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:_TEXT_LENGTH]


def _outcome(phase: SendPhase, code: int, enhanced: str | None) -> SendOutcome:
    if (code, enhanced) == _LOGIN_FOR_NOW:
        return SendOutcome.SERVER_TROUBLE
    if phase is SendPhase.DOT and not 400 <= code <= 599:
        # A 1xx or 3xx after the dot is no answer at all.
        return SendOutcome.ACCEPTED if 200 <= code <= 299 else SendOutcome.UNCERTAIN
    if code == 421 and phase is not SendPhase.DOT:
        return SendOutcome.SERVER_TROUBLE
    if code in _LOGIN_CODES or enhanced in _LOGIN_STATUSES or (phase in _ABOUT_US and 500 <= code <= 599):
        return SendOutcome.LOGIN_REFUSED
    if phase not in _ABOUT_THE_MAIL or not 400 <= code <= 599:
        return SendOutcome.SERVER_TROUBLE
    return SendOutcome.REFUSED_FOR_NOW if code < 500 else SendOutcome.REFUSED


def _tls_error(error: Exception) -> str | None:
    """The TLS library's complaint, which aiosmtplib lets through bare or wraps as the cause of a connect error."""
    found = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(found, ssl.SSLCertVerificationError):
        return f"the server's certificate is not trusted: {found.verify_message}"
    if isinstance(found, ssl.SSLError):
        return f"TLS failed: {found.reason}"
    return None


def _describe(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, SMTPResponseException):
        return "the answer is not SMTP"
    if isinstance(error, ConnectionError):
        cause = error.__cause__
        return f"connection lost or refused: {cause.strerror if isinstance(cause, OSError) else 'closed'}"
    return f"cannot talk to the server: {type(error).__name__}"
