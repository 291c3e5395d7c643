"""`triage tickets` and `triage ticket`: what the database holds, for operators and scripts."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triage.cli.due_text import due_entry
from triage.cli.instants import show_instant, write_instant
from triage.cli.ledgers.access import look
from triage.cli.options import ConfigOption, JsonOption

if TYPE_CHECKING:
    from datetime import datetime

    from triage.model.ticket import TicketSnapshot
    from triage.store.story import TicketStory


def tickets(
    config: ConfigOption = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only these kinds (PLA, INF …).")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only these statuses (new, closed …).")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List tickets, newest first."""
    from triage.store.tickets import list_tickets

    found = look(config, lambda tx: list_tickets(tx, kinds=kind or (), statuses=status or (), limit=limit))
    for each in found:
        print(json.dumps(ticket_fields(each), ensure_ascii=False) if as_json else _line(each))
    if not found and not as_json:
        print("no tickets")


def ticket(
    reference: Annotated[str, typer.Argument(help="The number, for instance 2026-000123.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Everything on one ticket: its clocks, its mails in and out, its events."""
    from triage.store.story import read_story

    story = look(config, lambda tx: read_story(tx, reference))
    if story is None:
        raise typer.BadParameter(f"there is no ticket {reference}")
    if as_json:
        print(json.dumps(story_fields(story), ensure_ascii=False))
    else:
        print("\n".join(_story_lines(story)))


def ticket_fields(ticket: "TicketSnapshot") -> dict[str, Any]:
    """A ticket as the command-line contract prints it."""
    return {
        "reference": ticket.reference,
        "kind": ticket.kind,
        "status": ticket.status,
        "received_at": _instant(ticket.received_at),
        "acknowledged_at": _instant(ticket.acknowledged_at),
        "taken_charge_at": _instant(ticket.taken_charge_at),
        "answered_at": _instant(ticket.answered_at),
        "assigned_to": ticket.assigned_to,
        "due": [due_entry(due) for due in ticket.dues],
        "restricted": ticket.restricted,
        "flags": list(ticket.flags),
    }


def story_fields(story: "TicketStory") -> dict[str, Any]:
    """A ticket with its story, for `triage ticket --json`."""
    return ticket_fields(story.ticket) | {
        "possibly_related": story.possibly_related,
        "mails": [{**each, "arrived_at": _instant(each["arrived_at"])} for each in story.mails],
        "outbox": [
            {**each, "sent_at": _instant(each["sent_at"]), "next_attempt_at": _instant(each["next_attempt_at"])}
            for each in story.outbox
        ],
        "events": [{**each, "at": _instant(each["at"])} for each in story.events],
    }


def _instant(at: "datetime | None") -> str | None:
    return None if at is None else write_instant(at)


def _shown(at: "datetime | None") -> str | None:
    return None if at is None else show_instant(at)


def _line(ticket: "TicketSnapshot") -> str:
    dues = ", ".join(f"{due.standard} {due.due_on or _shown(due.due_at)}" for due in ticket.dues)
    acknowledged = "acknowledged" if ticket.acknowledged_at else "not acknowledged"
    flags = f"  [{' '.join(ticket.flags)}]" if ticket.flags else ""
    parts = (ticket.reference, ticket.kind, ticket.status, _shown(ticket.received_at), acknowledged, f"due {dues}")
    return "  ".join(map(str, parts)) + flags


def _attached(event: dict[str, Any]) -> list[str]:
    """What came with the mail of an event, as its payload keeps it; nothing where that was destroyed."""
    from triage.model.codes import Content
    from triage.model.message import Attachment
    from triage.rules.tickets.attachments import find_danger

    said = (event["payload"] or {}).get("said") or {}
    files = [Attachment(**{**each, "content": Content(each["content"])}) for each in said.get("attachments", ())]
    return [
        f"{file.sha256}  {file.name or '(no name)'}  {file.type}  {file.size} bytes"
        + (f"  careful: {danger}" if (danger := find_danger(file)) else "")
        for file in files
    ]


def _story_lines(story: "TicketStory") -> list[str]:
    lines = [_line(story.ticket)]
    if story.possibly_related:
        lines.append(f"possibly related to {story.possibly_related}")
    lines += [f"in   {_shown(m['arrived_at'])}  mail {m['id']}  {m['reason']}  {m['size']} bytes" for m in story.mails]
    lines += [f"file {line}" for event in story.events for line in _attached(event)]
    lines += [f"out  {_shown(m['sent_at']) or m['state']}  {m['kind']}  attempts {m['attempts']}" for m in story.outbox]
    lines += [f"{e['sequence']:>3}  {_shown(e['at'])}  {_what(e)}  by {e['actor']}" for e in story.events]
    return lines


def _what(event: dict[str, Any]) -> str:
    """The kind of an event, and what its payload says of it in codes; never what anybody wrote."""
    payload = event["payload"] or {}
    return " ".join([event["kind"], *(str(payload[name]) for name in ("kind", "verb", "reason") if payload.get(name))])
