"""What `triage inspect` says of one mail: as JSON for programs, in words for people. Nothing is read here."""

from dataclasses import dataclass
from datetime import UTC, datetime

from triage.model.codes import Nature
from triage.model.judgement import AnswerVerdict, NatureReason, NatureVerdict, WithholdReason
from triage.model.message import Address, Attachment, ParsedMessage
from triage.model.trust import TrustPolicy
from triage.rules.agents.proof import claims_failure
from triage.rules.intake.answering import judge_answering
from triage.rules.intake.nature import judge_nature
from triage.rules.intake.trust import has_recipients, judge_trust
from triage.rules.tickets.attachments import Danger, find_danger

_TRUNCATED = "truncated"
_WITHHELD = "acknowledgement_withheld"
_CLAIMED_FORGED = "authentication_results_say_failed"  # whoever wrote them: only a configuration says who is believed
_PROPOSED = ("kind", "scope", "service", "motive", "client", "urgency", "priority")
_SHOWN_LINES = 12

_NATURE_WORDS = {
    NatureReason.NO_SIGN_OF_AUTOMATION: "nothing says that a machine wrote it",
    NatureReason.NULL_RETURN_PATH: "its return path is empty, as machines leave it so that nobody answers",
    NatureReason.MAILER_DAEMON: "a mail server's own address sent it",
    NatureReason.DELIVERY_REPORT: "it is a report on the delivery of another mail",
    NatureReason.READ_RECEIPT: "it is a read receipt",
    NatureReason.FEEDBACK_REPORT: "it is an abuse report of a mail provider",
    NatureReason.MACHINE_REPORT: "it is a machine's report",
    NatureReason.BOUNCE_SUBJECT: "its subject and a server's code say that a mail was not delivered",
    NatureReason.DELIVERY_WORDS: "a server's words open it, about undelivered mail, and its headers are a server's",
    NatureReason.AUTO_SUBMITTED: "its Auto-Submitted header says that no person sent it",
    NatureReason.AUTO_REPLY_HEADER: "it carries the header of an automatic reply",
    NatureReason.AUTO_REPLY_SUBJECT: "its subject begins as absence notices do",
    NatureReason.OWN_ADDRESS: "our own address sent it, automatically",
    NatureReason.OWN_LOOP_HEADER: "it carries our own X-Loop header, and was sent automatically",
    NatureReason.OWN_MESSAGE_ID: "it is a mail of ours",
    NatureReason.LIST_HEADER: "it carries the headers of a mailing list",
    NatureReason.PRECEDENCE: "its Precedence header says that it was sent in bulk",
    NatureReason.UNREADABLE: "the reader gave no answer; only what stands in plain sight is shown",
}
_WITHHOLD_WORDS = {
    WithholdReason.UNREADABLE: "the mail could not be read",
    WithholdReason.NO_SENDER: "it names no sender",
    WithholdReason.SEVERAL_SENDERS: "it names more than one sender",
    WithholdReason.ADDRESS_REFUSED: "its sender's address is not one that mail is sent to",
    WithholdReason.NO_REPLY_SENDER: "nobody reads mail at its sender's address",
    WithholdReason.TOO_MANY_HOPS: "it passed so many servers that it may be going round in circles",
    WithholdReason.NOT_A_PERSON: "machines are not acknowledged",
    WithholdReason.LOOKS_AUTOMATIC: "its title or one header is a machine's, though nothing else says so",
    WithholdReason.AUTHENTICATION_FAILED: "a server that is trusted says that its sender is forged",
    WithholdReason.OWN_ADDRESS: "it comes in the name of an address of ours, though nothing automatic is about it",
    WithholdReason.NOT_ADDRESSED_TO_US: "no address of ours stands among its recipients",
}


_DANGER_WORDS = {
    Danger.PROGRAM: "a program",
    Danger.SCRIPT: "a program in text",
    Danger.MACROS: "a document with macros",
    Danger.LOCKED_ARCHIVE: "encrypted: no scanner can look into it",
    Danger.PAGE: "a web page, which may run programs",
    Danger.ARCHIVE: "an archive, which may hold anything",
}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """What a configuration says that bears on one mail: our addresses, lower-case, and whose word is believed."""

    own_addresses: frozenset[str]
    trust: TrustPolicy


@dataclass(frozen=True, slots=True)
class Inspected:
    """One mail that was read. `file` is the name as it was given; `mailbox` is None without configuration."""

    file: str
    message: ParsedMessage
    truncated: bool = False
    mailbox: Mailbox | None = None


def to_json(inspected: Inspected) -> dict[str, object]:
    """The object that is printed: a contract, whose keys stay."""
    message = inspected.message
    nature, answer = _judge(inspected)
    return {
        "file": inspected.file.encode("utf-8", "replace").decode("utf-8"),
        "readable": message.readable,
        "message_id": message.message_id,
        "from": _addresses(message.senders),
        "reply_to": _addresses(message.reply_to),
        "to": _addresses(message.to),
        "cc": _addresses(message.cc),
        "subject": message.subject,
        "date": _instant(message.date),
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "text": message.text,
        "html": message.html,
        "new_text": message.new_text,
        "attachments": [
            {
                "name": file.name,
                "type": file.type,
                "size": file.size,
                "sha256": file.sha256,
                "inline": file.inline,
                "content": file.content.value,
                "danger": find_danger(file),
            }
            for file in message.attachments
        ],
        "nature": nature.nature.value,
        "nature_reason": nature.reason.value,
        "may_acknowledge": answer.may,
        "bounce": [{"recipient": one.recipient, "status": one.status, "action": one.action} for one in message.bounces],
        "language": message.language.value,
        "proposal": _proposal(),
        "warnings": _warnings(inspected, nature, answer),
    }


def explain(inspected: Inspected) -> str:
    """The same for people: what was understood, what would be decided, and why."""
    message = inspected.message
    nature, answer = _judge(inspected)
    lines = [
        inspected.file,
        f"  From      {_people(message.senders) or '(none)'}",
        f"  To        {_people((*message.to, *message.cc)) or '(none)'}",
        f"  Subject   {message.subject or '(none)'}",
        f"  Date      {_instant(message.date) or '(none)'}",
        f"  Nature    {nature.nature.value}: {_NATURE_WORDS[nature.reason]}",
        f"  Answer    {_answer_words(nature, answer.reason or _held(inspected))}",
        f"  Language  {message.language.value}",
        *(f"  Attached  {_attached(file)}" for file in message.attachments),
        *(
            f"  Bounce    {one.recipient}: {one.action} {one.status} {one.diagnostic}".rstrip()
            for one in message.bounces
        ),
        *(f"  Warning   {warning}" for warning in _warnings(inspected, nature, answer)),
    ]
    text = message.new_text.split("\n") if message.new_text else []
    lines += [f"  | {line}".rstrip() for line in text[:_SHOWN_LINES]]
    if len(text) > _SHOWN_LINES:
        lines.append(f"  | ({len(text) - _SHOWN_LINES} more lines)")
    return "\n".join(lines)


def _attached(file: Attachment) -> str:
    danger = find_danger(file)
    said = f"{file.name or '(no name)'}, {file.type}, {file.size} bytes, SHA-256 {file.sha256}"
    return said if danger is None else f"{said}\n            careful: {_DANGER_WORDS[danger]}"


def _judge(inspected: Inspected) -> tuple[NatureVerdict, AnswerVerdict]:
    # Without configuration there are no addresses of ours: loops are told by the daemon only.
    box = inspected.mailbox or Mailbox(frozenset(), TrustPolicy())
    nature = judge_nature(inspected.message, own_addresses=box.own_addresses)
    return nature, judge_answering(inspected.message, nature)


def _held(inspected: Inspected) -> WithholdReason | None:
    """The hold that follows from how the mail came; without configuration only one that holds in any."""
    message, box = inspected.message, inspected.mailbox
    if box is not None:
        return judge_trust(message, own_addresses=box.own_addresses, trust=box.trust)
    return None if has_recipients(message) else WithholdReason.NOT_ADDRESSED_TO_US


def _answer_words(nature: NatureVerdict, reason: WithholdReason | None) -> str:
    if reason is None:
        return "a ticket, acknowledged"
    if nature.nature in {Nature.PERSON, Nature.UNREADABLE}:
        return f"a ticket, its acknowledgement held for a person: {_WITHHOLD_WORDS[reason]}"
    return f"no ticket, no acknowledgement: {_WITHHOLD_WORDS[reason]}"


def _warnings(inspected: Inspected, nature: NatureVerdict, answer: AnswerVerdict) -> list[str]:
    warnings = list(inspected.message.warnings)
    if inspected.truncated:
        warnings.append(_TRUNCATED)
    if nature.nature is not Nature.PERSON:
        return warnings
    # What the message alone forbids, and what holds it for how it came, are two things: both are told.
    warnings += [f"{_WITHHELD}:{reason}" for reason in (answer.reason, _held(inspected)) if reason is not None]
    if inspected.mailbox is None and claims_failure(inspected.message):
        warnings.append(_CLAIMED_FORGED)
    return warnings


def _proposal() -> dict[str, object]:
    """No proposal is made yet: every field is « à classer », and the strictest clock runs (R-25)."""
    unknown: dict[str, object] = {"value": None, "confidence": 0.0, "because": [], "second": None}
    return {**{name: dict(unknown) for name in _PROPOSED}, "flags": [], "strict_clock": True}


def _addresses(addresses: tuple[Address, ...]) -> list[dict[str, str]]:
    return [{"name": one.name, "address": one.address} for one in addresses]


def _people(addresses: tuple[Address, ...]) -> str:
    # The address first: a name is whatever its sender likes.
    return ", ".join(f"{one.address or '(no address)'} {one.name}".strip() for one in addresses)


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
