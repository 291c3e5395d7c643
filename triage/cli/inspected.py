"""What `triage inspect` says of one mail: as JSON for programs, in words for people. Nothing is read here."""

from dataclasses import dataclass
from datetime import UTC, datetime

from triage.cli.judgements import (
    CLAIMED_FORGED,
    DANGER_WORDS,
    LANGUAGE_WORDS,
    NATURE_WORDS,
    TRUNCATED,
    WITHHELD,
    WITHHOLD_WORDS,
    explain_status,
    explain_warning,
)
from triage.model.codes import Nature
from triage.model.judgement import AnswerVerdict, NatureVerdict, WithholdReason
from triage.model.message import Address, Attachment, BounceReport, ParsedMessage
from triage.model.trust import TrustPolicy
from triage.rules.agents.proof import claims_failure
from triage.rules.intake.answering import judge_answering
from triage.rules.intake.nature import judge_nature
from triage.rules.intake.trust import has_recipients, judge_trust
from triage.rules.tickets.attachments import find_danger

_PROPOSED = ("kind", "scope", "service", "motive", "client", "urgency", "priority")
_SHOWN_LINES = 12


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
        f"  Nature    {nature.nature.value}: {NATURE_WORDS[nature.reason]}",
        f"  Answer    {_answer_words(nature, answer.reason or _held(inspected))}",
        f"  Language  {LANGUAGE_WORDS[message.language]}",
        *(f"  Attached  {_attached(file)}" for file in message.attachments),
        *(f"  Bounce    {_bounced(one)}" for one in message.bounces),
        *(f"  Warning   {explain_warning(code)}" for code in _warnings(inspected, nature, answer)),
    ]
    text = message.new_text.split("\n") if message.new_text else []
    lines += [f"  | {line}".rstrip() for line in text[:_SHOWN_LINES]]
    if len(text) > _SHOWN_LINES:
        lines.append(f"  | ({len(text) - _SHOWN_LINES} more lines)")
    return "\n".join(lines)


def _bounced(report: BounceReport) -> str:
    told = f"{report.recipient}: {report.action} {report.status} {report.diagnostic}".rstrip()
    words = explain_status(report.status)
    return f"{told} ({words})" if words else told


def _attached(file: Attachment) -> str:
    danger = find_danger(file)
    said = f"{file.name or '(no name)'}, {file.type}, {file.size} bytes, SHA-256 {file.sha256}"
    return said if danger is None else f"{said}\n            careful: {DANGER_WORDS[danger]}"


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
        return f"a ticket, its acknowledgement held for a person: {WITHHOLD_WORDS[reason]}"
    return f"no ticket, no acknowledgement: {WITHHOLD_WORDS[reason]}"


def _warnings(inspected: Inspected, nature: NatureVerdict, answer: AnswerVerdict) -> list[str]:
    warnings = list(inspected.message.warnings)
    if inspected.truncated:
        warnings.append(TRUNCATED)
    if nature.nature is not Nature.PERSON:
        return warnings
    # What the message alone forbids, and what holds it for how it came, are two things: both are told.
    warnings += [f"{WITHHELD}:{reason}" for reason in (answer.reason, _held(inspected)) if reason is not None]
    if inspected.mailbox is None and claims_failure(inspected.message):
        warnings.append(CLAIMED_FORGED)
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
