"""An invitation (RFC 5545) as a person reads it: what, when, where, and what was written with it.

Nothing is computed: dates stand as the sender's calendar gave them, with the zone that it names.
"""

import re

from triage.mail.reading.caps import SUBJECT_CHARACTERS, TEXT_BYTES
from triage.mail.reading.decoding.cleaning import clean_line, cut_utf8

_LINES = 2_000
_EVENTS = 20
_DESCRIPTION_CHARACTERS = 20_000
_TITLES = {"CANCEL": "Rendez-vous annulé", "REPLY": "Réponse à une invitation"}
_TITLE = "Invitation"
_LABELS = (("DTSTART", "Début"), ("DTEND", "Fin"), ("LOCATION", "Lieu"))
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{0,2}(Z?))?")
_ZONE = re.compile(r";TZID=\"?([^\";:]{1,100})", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([nN,;\\])")
_COLON = "\u00a0:"


def read_calendar(text: str) -> str:
    """The events of a calendar as text; "" where there are none."""
    events: list[dict[str, str]] = []
    method = ""
    for line in _unfold(text).split("\n")[:_LINES]:
        head, colon, value = line.partition(":")
        name = head.partition(";")[0].strip().upper()
        if name == "BEGIN" and value.strip().upper() in {"VEVENT", "VTODO"}:
            events.append({})
        elif name == "METHOD":
            method = value.strip().upper()
        elif colon and events and name not in events[-1]:
            events[-1][name] = _value(name, head, value)
    return cut_utf8("\n\n".join(_event(each, method) for each in events[:_EVENTS]), TEXT_BYTES)


def _event(fields: dict[str, str], method: str) -> str:
    title = clean_line(fields.get("SUMMARY", ""), limit=SUBJECT_CHARACTERS)
    lines = [f"{_TITLES.get(method, _TITLE)}{_COLON} {title}".rstrip()]
    lines += [f"{label}{_COLON} {clean_line(fields[name], limit=500)}" for name, label in _LABELS if fields.get(name)]
    description = fields.get("DESCRIPTION", "")[:_DESCRIPTION_CHARACTERS].strip("\n")
    return "\n".join([*lines, "", description]).strip("\n")


def _value(name: str, head: str, value: str) -> str:
    if name.startswith("DT"):
        moment, zone = _MOMENT.match(value.strip()), _ZONE.search(head)
        if moment:
            day = "-".join(moment.groups()[:3])
            hour = f" {moment[4]}:{moment[5]}" if moment[4] else ""
            return f"{day}{hour} {'UTC' if moment[6] else zone[1] if zone else ''}".rstrip()
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def _unfold(text: str) -> str:
    """Long lines are broken before a blank, which is no part of them."""
    return text.replace("\n ", "").replace("\n\t", "")
