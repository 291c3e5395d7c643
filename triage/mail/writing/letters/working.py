"""What the templates of working mail may say: due times, what was written, attachments, and the card of commands.

Each command of the card is also a link that begins the answer: the reply address, the subject and the command are
filled in, and nothing is fetched. Texts longer than 64 KiB are cut, and the mail says so.
"""

from urllib.parse import quote

from triage.mail.writing.letterhead import LETTERHEAD_NAMES
from triage.mail.writing.letters.prose import blocks, clean, cut, one_line
from triage.model.codes import Language
from triage.model.letters.working import CardLine, Later, ListedAttachment, WorkingMailFacts, Written
from triage.model.notice import Letterhead
from triage.wording.dates import long_date
from triage.wording.hours import clock_time
from triage.wording.numbers import counted, number
from triage.wording.spacing import NO_BREAK

MOST_BYTES = 64 << 10
"""So much of one text is shown; the whole stays in the ticket."""

MOST_LATER_BYTES = 16 << 10
"""So much of each later message."""

MARKER = "--- Répondez au-dessus de cette ligne ---"
"""What stands above all that is ours, so that an answer's own words are found."""

WORKING_NAMES = LETTERHEAD_NAMES | {
    *("marker", "reference", "restricted", "received_day", "received_hour", "take_before_day", "take_before_hour"),
    *("answer_due_day", "sender", "subject", "new_text", "new_text_cut", "whole_text", "whole_text_cut"),
    *("attachments", "are_attached", "some_missing", "cautions", "proposals", "card", "reply_code"),
    *("later", "left_out", "given_by", "withheld"),
}

_KIBIBYTE = 1024


def working_values(facts: WorkingMailFacts, letterhead: Letterhead) -> dict[str, object]:
    """The values of one working mail, without those of the letterhead."""
    new_text, new_cut = cut(clean(facts.written.new_text or facts.written.text), most_bytes=MOST_BYTES)
    whole, whole_cut = cut(clean(facts.written.text), most_bytes=MOST_BYTES)
    repeats = whole == new_text
    take = facts.take_before_at
    return {
        "marker": MARKER,
        "reference": facts.reference,
        "restricted": facts.restricted,
        "received_day": long_date(facts.received_at.date(), language=Language.FRENCH, weekday=True),
        "received_hour": clock_time(facts.received_at.time(), language=Language.FRENCH),
        "take_before_day": "" if take is None else long_date(take.date(), language=Language.FRENCH, weekday=True),
        "take_before_hour": "" if take is None else clock_time(take.time(), language=Language.FRENCH),
        "answer_due_day": ""
        if facts.answer_due_on is None
        else long_date(facts.answer_due_on, language=Language.FRENCH, weekday=True),
        "sender": one_line(facts.written.sender),
        "subject": one_line(facts.written.subject),
        "new_text": blocks(new_text),
        "new_text_cut": new_cut,
        "whole_text": () if repeats else blocks(whole),
        "whole_text_cut": whole_cut and not repeats,
        "attachments": tuple(_attachment(each) for written in _all_written(facts) for each in written.attachments),
        "are_attached": bool(facts.originals),
        "some_missing": facts.originals_missing,
        "withheld": facts.withheld,
        "later": tuple(_later(each) for each in facts.later),
        "left_out": counted(facts.left_out, "autre message", "autres messages", language=Language.FRENCH)
        if facts.left_out
        else "",
        "given_by": one_line(facts.given_by),
        "cautions": facts.cautions,
        "proposals": facts.proposals,
        "card": tuple(_card_line(each, facts, letterhead) for each in facts.card),
        "reply_code": facts.code,
    }


def _all_written(facts: WorkingMailFacts) -> tuple[Written, ...]:
    return facts.written, *(each.written for each in facts.later)


def _later(later: Later) -> dict[str, object]:
    text, is_cut = cut(clean(later.written.new_text or later.written.text), most_bytes=MOST_LATER_BYTES)
    return {
        "received_day": long_date(later.received_at.date(), language=Language.FRENCH, weekday=True),
        "received_hour": clock_time(later.received_at.time(), language=Language.FRENCH),
        "text": blocks(text),
        "is_cut": is_cut,
    }


def _attachment(attachment: ListedAttachment) -> str:
    size = number(-(-attachment.size // _KIBIBYTE), language=Language.FRENCH)
    name = one_line(attachment.name) or "sans nom"
    warning = f". {attachment.warning}" if attachment.warning else ""
    return f"{name} ({one_line(attachment.type)}, {size}{NO_BREAK}Ko){warning}"


def _card_line(line: CardLine, facts: WorkingMailFacts, letterhead: Letterhead) -> dict[str, str]:
    subject = f"[{letterhead.short_name} {facts.reference}]"
    # Below the marker, so that the code is never taken for a part of what is to be sent.
    body = f"{line.typed}\r\n\r\n\r\n{MARKER}\r\nRéf.{NO_BREAK}{facts.code}"
    link = f"mailto:{quote(facts.reply_to, safe='@+')}?subject={quote(subject, safe='')}&body={quote(body, safe='')}"
    return {"label": line.label, "usage": line.usage, "effect": line.effect, "link": link}
