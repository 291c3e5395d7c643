"""What a member of staff is told of a mail in their name: to the registered address, never to anybody else (MUST 31).

A receipt quotes what its reader typed, or what somebody else typed in their name; it is no letter and holds no secret
but a token of its reader's own.
"""

from dataclasses import dataclass
from enum import StrEnum

from triage.model.agents.staff import StaffMember
from triage.model.decision import Thread


class ReceiptKind(StrEnum):
    """What became of the mail."""

    DONE = "done"
    NOT_DONE = "not_done"  # a line was not understood, or may not be done
    DRY_RUN = "dry_run"
    DRAFT = "draft"  # text alone: shown, and not sent
    NOTED = "noted"
    ACKNOWLEDGED = "acknowledged"  # an answer to a reminder of several tickets
    CHALLENGE = "challenge"  # nothing is done until the reader answers
    UNCONFIRMED = "unconfirmed"  # nothing is done, and there is nothing to answer
    TO_APPROVE = "to_approve"  # a final answer waits for the reader's word
    APPROVED = "approved"  # an approver let the reader's final answer go
    SENT_BACK = "sent_back"  # an approver gave it back to the reader
    TOKEN_SHOWN = "token_shown"  # noqa: S105 - a code: somebody else wrote with the reader's token


@dataclass(frozen=True, slots=True)
class Shown:
    """A text that the receipt shows, under a heading."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
    """One receipt. `lines` tell of each line that was typed, `results` what was done or is known, in French.

    `reference` is the ticket, "" where there is none or several. `reply_to` and `code` carry a token of the reader,
    None and "" where an answer would lead nowhere. `button` is the text that the button « Envoyer » begins an answer
    with, "" for no button.
    """

    kind: ReceiptKind
    recipient: StaffMember
    reference: str = ""
    lines: tuple[str, ...] = ()
    results: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    reply_to: str | None = None
    code: str = ""
    button: str = ""
    thread: Thread = Thread(in_reply_to=None, references=())  # noqa: RUF009 - frozen
