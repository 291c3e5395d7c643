"""Whether mail can be read, moved and handed over as the daemon needs it (MUST 37, MUST 39; R-88)."""

from datetime import datetime, timedelta

from triage.model.delivery import SendPhase, SendResult
from triage.model.health import Finding, Level, MailboxFacts, SendingFacts, TlsFacts

CERTIFICATE_WARNING = timedelta(days=21)

_MENDS = {
    SendPhase.CONNECT: "mend [smtp] host, port or tls, and see that this machine may reach the server",
    SendPhase.TLS: "mend [smtp] tls or ca_file; the certificate must be valid for the name in [smtp] host",
    SendPhase.AUTH: "mend [smtp] username and the file named by password_file; see that SMTP logins are allowed",
    SendPhase.MAIL: "let the account of [smtp] send as [body] address, or mend that address",
}


def judge_mailbox(facts: MailboxFacts) -> tuple[Finding, ...]:
    """Login, folders, and the abilities by which mail is moved and announced."""
    made = " (made just now)" if facts.made_processed else ""
    if not facts.has_processed:
        made = " (which is made once the daemon may change the mailbox)"
    return (
        Finding("mailbox", Level.OK, f"logged in; {facts.inbox!r} holds {facts.messages} mails"),
        Finding("folders", Level.OK, f"mail that is done goes to {facts.processed!r}{made}"),
        _judge_moving(facts.capabilities),
        _judge_idle(facts.capabilities),
    )


def judge_sending(facts: SendingFacts | SendResult, *, sender: str) -> Finding:
    """How the mail server took all but a mail."""
    if isinstance(facts, SendResult):
        said = " ".join(str(part) for part in (facts.code, facts.text) if part)
        mend = _MENDS.get(facts.phase, "ask whoever runs the mail server what this answer means")
        return Finding("sending", Level.PROBLEM, f"the mail server stopped us at {facts.phase}: {said}", mend)
    login = "logged in" if facts.logged_in else "no login asked for"
    return Finding("sending", Level.OK, f"{login}; {sender} is taken as the sender; nothing was sent")


def judge_tls(check: str, facts: TlsFacts, *, now: datetime) -> Finding:
    """The version of TLS and the days that the server's certificate has left."""
    if facts.version is None:
        return Finding(check, Level.OK, "in clear, to this very machine")
    ends_at = facts.certificate_ends_at
    sentence = f"{facts.version}, certificate verified"
    if ends_at is None:
        return Finding(check, Level.OK, sentence)
    sentence = f"{sentence}, valid until {ends_at.date()}"
    if ends_at - now < CERTIFICATE_WARNING:
        mend = "have the certificate renewed: on the day after, no mail is read or sent"
        return Finding(check, Level.WARNING, f"{sentence} ({(ends_at - now).days} days)", mend)
    return Finding(check, Level.OK, sentence)


def judge_probe(seconds: float | None, *, address: str, patience: float) -> Finding:
    """Whether a mail to a plus address came back, after how many seconds; None where it did not."""
    if seconds is not None:
        return Finding("plus addressing", Level.OK, f"a mail to {address} was in the mailbox after {seconds:.0f} s")
    mend = "have plus addressing (subaddresses) switched on for the mailbox, and see where mail to it goes"
    sentence = f"a mail to {address} was not in the mailbox after {patience:.0f} s"
    return Finding("plus addressing", Level.PROBLEM, sentence, mend)


def _judge_moving(capabilities: frozenset[str]) -> Finding:
    missing = [name for name in ("MOVE", "UIDPLUS") if name not in capabilities]
    if not missing:
        return Finding("moving", Level.OK, "MOVE and UIDPLUS: each mail that was moved is accounted for")
    if "MOVE" in capabilities:
        sentence = "the server lacks UIDPLUS: a move is proved only by the mail's absence from the inbox"
        return Finding("moving", Level.WARNING, sentence, "nothing must be done; a server with UIDPLUS is better")
    if "UIDPLUS" in capabilities:
        sentence = "the server lacks MOVE: mail is copied, then removed by its UID"
        return Finding("moving", Level.WARNING, sentence, "nothing must be done; a server with MOVE is better")
    sentence = "the server lacks MOVE and UIDPLUS: mail that is done stays in the inbox, marked $TriageProcessed"
    return Finding("moving", Level.PROBLEM, sentence, "use a server with MOVE (RFC 6851) or UIDPLUS (RFC 4315)")


def _judge_idle(capabilities: frozenset[str]) -> Finding:
    if "IDLE" in capabilities:
        return Finding("announcements", Level.OK, "IDLE: new mail is seen at once")
    sentence = "the server lacks IDLE: new mail is seen once a minute ([imap] slice_seconds)"
    return Finding("announcements", Level.WARNING, sentence, "nothing must be done; a server with IDLE is better")
