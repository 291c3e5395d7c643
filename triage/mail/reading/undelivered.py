"""What servers that send no report write in words about a mail that was not delivered: to whom, why, which mail.

Only a text that opens with such words is looked at, for people tell of undelivered mail further down in theirs.
Whether a machine wrote it is judged elsewhere (`rules.intake.nature`).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile, takewhile

from triage.mail.reading.addresses import tidy_address
from triage.mail.reading.caps import IDS
from triage.mail.reading.decoding.cleaning import clean_line
from triage.mail.reading.decoding.structure import Part
from triage.mail.reading.ids import read_id
from triage.model.message import BounceReport, fold_address

_OPENING_CHARACTERS = 400
_LINES = 60  # before what is returned begins
_RECIPIENTS = 20
_MESSAGE = r"(?:e-?mail|mail|message|courriel|pourriel|notification)"
_NOT = (
    r"(?:could ?n[o']t (?:be |deliver)|can ?not be |was not |has not been |were not |unable to |failed to "
    r"|is undeliverable|(?:was|has been) (?:automatically )?(?:rejected|refused|returned|delayed)|had permanent"
    r"|n['’]a pas (?:pu être|pu etre|été)|est en attente|a été (?:refusé|rejeté|retardé))"
)
_OPENINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:your|the|this|a|attached|votre|le|ce) (?:attached )?{_MESSAGE}\b.{{0,160}}{_NOT}",
        rf"\b(?:could not|unable to|impossible de) (?:be )?(?:deliver|remettre|livrer|distribuer).{{0,40}}{_MESSAGE}",
        r"\bcreated automatically by mail delivery software|\bcréé automatiquement par (?:le|un) (?:logiciel|système)",
        r"\bdelivery (?:of|to) (?:e-?mail|the following|this address|these recipients)|\bdelivery has failed to these",
        r"\béchec de la remise|\bremise (?:différée|retardée|impossible) (?:à|aux)",
        r"\bfailed (?:recipient|address)|\bno such user here|\badvisory-only e-?mail",
    )
)
# Who greets, or says « je », is a person who tells of such a notice.
_PERSONAL = re.compile(
    r"^\W{0,3}(?:bonjour|bonsoir|madame|monsieur|allo|salut|hello|hi|dear)\b|\b(?:je|j['’]|mon|ma|mes|nous|I|we|my)\b",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"will (?:continue to try|be retried|keep trying)|continue to be made|postponed|delayed|différée|retardée"
    r"|warning message only|will continue",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![0-9.])[45]\.[0-9]\.[0-9]{1,3}(?![0-9.])", re.ASCII)
# An address that is all of its line but for brackets, a label in front, or the reason behind it.
_RECIPIENT = re.compile(
    r"[>\s]{0,4}(?:[a-z][a-z -]{2,30}\s?[:=]\s?(?:rfc822;)?\s?)?[<\"“'(\[]?"
    r"([^\s<>\"'“”:;,()\[\]]{1,64}@[^\s<>\"'“”:;,@()\[\]]{1,255})[>\"”')\]]?(?:\s[:;,.-].{0,300}|[:;,].{0,300}|\.?\s{0,3})",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?<![^\s<>\"'“:;,()\[])[\w.+=%&/-]{1,64}@[\w-][\w.-]{0,254}")
# From here on it is the mail that came back, or the talk of two servers.
_STOPS = re.compile(
    r"(?:received|return-path|from|message-id|date|reporting-mta)\s?:"
    r"|-{2,}.{0,20}(?:original|returned|header|below|copy|d['’]origine)"
    r"|.{0,80}(?:original message (?:follows|was)|header of the|lines of (?:the|your)|copy of (?:the|your))",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"(?:postmaster|mailer-daemon|abuse|root)@|.{1,64}-(?:admin|request|owner)@", re.IGNORECASE)
_RETURNED = re.compile(r"^[>\s]{0,4}Message-ID:\s{0,3}(<[^<>\s]{1,300}>)", re.IGNORECASE | re.MULTILINE)
_RETURNED_CHARACTERS = 64 << 10


@dataclass(frozen=True, slots=True)
class Undelivered:
    """What such a text says; `opens` tells whether its first lines are a server's words."""

    opens: bool = False
    reports: tuple[BounceReport, ...] = ()
    returned: tuple[str, ...] = ()


def read_undelivered(whole: Part, text: str, *, senders: Iterable[str]) -> Undelivered:
    """The failed recipients, one report each, and the Message-IDs of the mails that came back in words or attached.

    Nothing but `opens` is read of a text that neither opens so nor comes from a server's own address.
    """
    lines = [line.strip() for line in text[: 64 * _LINES * 4].split("\n")]
    opening = _first_paragraph(lines)
    opens = not _PERSONAL.search(opening) and any(pattern.search(opening) for pattern in _OPENINGS)
    named = list(senders)
    people = [sender for sender in named if sender and not _NOBODY.match(sender)]
    if not opens and (people or not named):
        return Undelivered()
    return Undelivered(opens=opens, reports=_reports(_before_returned(lines), people), returned=_returned(whole, text))


def _first_paragraph(lines: list[str]) -> str:
    """The first lines that say something, up to an empty one: rows of stars and dashes say nothing."""
    said = dropwhile(lambda line: not any(map(str.isalnum, line)), lines)
    return " ".join(takewhile(bool, said))[:_OPENING_CHARACTERS]


def _before_returned(lines: list[str]) -> list[str]:
    end = next((number for number, line in enumerate(lines[:_LINES]) if number > 1 and _STOPS.match(line)), _LINES)
    return [line for line in lines[:end] if len(line) <= _OPENING_CHARACTERS]


def _reports(lines: list[str], senders: list[str]) -> tuple[BounceReport, ...]:
    text = "\n".join(lines)
    status = _STATUS.search(text)
    action = "delayed" if _DELAYED.search(text) else "failed"
    alone = [tidy_address(match[1]) for match in map(_RECIPIENT.fullmatch, lines) if match]
    within = [tidy_address(match[0].rstrip(".")) for line in lines for match in _ADDRESS.finditer(line)]
    refused = {fold_address(sender) for sender in senders}
    for found in (alone, within):
        recipients = [each for each in dict.fromkeys(found) if each and fold_address(each) not in refused]
        recipients = [each for each in recipients if not _NOBODY.match(each)][:_RECIPIENTS]
        if recipients:
            return tuple(BounceReport(each, status[0] if status else "", action) for each in recipients)
    return ()


def _returned(whole: Part, text: str) -> tuple[str, ...]:
    attached = (
        read_id(child.head.first("message-id"))
        for part in whole.walk()
        if part is not whole and part.type == "message/rfc822"
        for child in part.children
    )
    written = (clean_line(match[1], limit=300).strip("<>") for match in _RETURNED.finditer(text[:_RETURNED_CHARACTERS]))
    return tuple(dict.fromkeys(found for found in (*attached, *written) if found))[:IDS]
