"""`triage outbox`: the outgoing mails, and what an operator may do with one that waits, failed, or must not leave."""

import json
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from triage.cli.ledgers.access import act, instant, look, shown, write_raw
from triage.cli.options import ConfigOption, JsonOption
from triage.model.codes import NoticeKind, OutboxState

if TYPE_CHECKING:
    from triage.store.engine import Transaction
    from triage.store.ledgers.outgoing import AttemptEntry, OutgoingEntry

app = typer.Typer(no_args_is_help=True, help="The mails that leave, or wait to.")

OutboxId = Annotated[int, typer.Argument(help="The id that `triage outbox list` shows.", metavar="ID", min=1)]
OutboxIds = Annotated[list[int], typer.Argument(help="Ids that `triage outbox list` shows.", metavar="ID…", min=1)]


@app.command("list")
def list_mails(
    *,
    config: ConfigOption = None,
    state: Annotated[list[OutboxState] | None, typer.Option(help="Only these states (held, dead, unknown …).")] = None,
    kind: Annotated[list[NoticeKind] | None, typer.Option(help="Only these kinds of notice.")] = None,
    reason: Annotated[list[str] | None, typer.Option(help="Only those held, given up or cancelled for this.")] = None,
    ticket: Annotated[str | None, typer.Option(help="Only those of this ticket.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List outgoing mails, newest first."""
    from triage.store.ledgers.outgoing import OutgoingFilter, list_outgoing

    wanted = OutgoingFilter(states=state or (), kinds=kind or (), reasons=reason or (), ticket=ticket)
    found = look(config, lambda tx: list_outgoing(tx, wanted, limit=limit))
    for each in found:
        print(json.dumps(outgoing_fields(each), ensure_ascii=False) if as_json else _line(each))
    if not found and not as_json:
        print("no outgoing mails")


@app.command()
def show(
    outbox_id: OutboxId,
    config: ConfigOption = None,
    raw: Annotated[bool, typer.Option("--raw", help="The very bytes that leave, nothing else.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Everything on one outgoing mail: why it waits, and each attempt with the server's answer."""
    entry, attempts, content = look(config, lambda tx: _everything(tx, outbox_id))
    if raw:
        write_raw(content)
    elif as_json:
        told = {"hold_reason": entry.hold_reason, "mail": entry.mail, "tries": [_attempt_fields(a) for a in attempts]}
        print(json.dumps({**outgoing_fields(entry), **told}, ensure_ascii=False))
    else:
        print("\n".join([_line(entry), *map(_attempt_line, attempts)]))


@app.command()
def release(outbox_id: OutboxIds, config: ConfigOption = None) -> None:
    """Let held mails leave, at the daemon's next look."""
    from triage.daemon.clock import utc_now
    from triage.workflows.record import release as let_go

    act(config, outbox_id, partial(let_go, now=utc_now()), done="released", sends=True)


@app.command()
def retry(
    outbox_id: OutboxIds,
    config: ConfigOption = None,
    force: Annotated[
        bool, typer.Option("--force", help="Also where nobody knows whether it left: it may arrive twice.")
    ] = False,
) -> None:
    """Try again mails that were given up, or are uncertain: the same bytes, the same Message-ID."""
    from triage.daemon.clock import utc_now
    from triage.workflows.record import retry as try_again

    act(config, outbox_id, partial(try_again, force=force, now=utc_now()), done="will be tried again", sends=True)


@app.command()
def cancel(
    outbox_id: OutboxIds,
    config: ConfigOption = None,
    reason: Annotated[str, typer.Option(help="Why, for the ticket's story.")] = "",
) -> None:
    """Keep mails that have not left from ever leaving."""
    from triage.daemon.clock import utc_now
    from triage.workflows.record import cancel as call_off

    act(config, outbox_id, partial(call_off, said=reason, now=utc_now()), done="cancelled", sends=False)


def outgoing_fields(entry: "OutgoingEntry") -> dict[str, Any]:
    """An outgoing mail as the command-line contract prints it."""
    return {
        "id": entry.id,
        "key": entry.key,
        "kind": entry.kind,
        "ticket": entry.ticket,
        "recipient": entry.recipient,
        "state": entry.state,
        "attempts": entry.attempts,
        "message_id": entry.message_id,
        "next_attempt_at": instant(entry.next_attempt_at),
        "sent_at": instant(entry.sent_at),
        "response": entry.response,
    }


def _everything(tx: "Transaction", outbox_id: int) -> "tuple[OutgoingEntry, tuple[AttemptEntry, ...], bytes]":
    from triage.store.ledgers.outgoing import find_outgoing, list_attempts
    from triage.store.raw import read_bytes

    entry = find_outgoing(tx, outbox_id)
    if entry is None:
        raise typer.BadParameter(f"there is no outgoing mail {outbox_id}")
    return entry, list_attempts(tx, outbox_id), read_bytes(tx, entry.sha256)


def _attempt_fields(attempt: "AttemptEntry") -> dict[str, Any]:
    return {
        "number": attempt.number,
        "started_at": instant(attempt.started_at),
        "dot_written_at": instant(attempt.dot_written_at),
        "ended_at": instant(attempt.ended_at),
        "outcome": attempt.outcome,
        "phase": attempt.phase,
        "code": attempt.code,
        "enhanced": attempt.enhanced,
        "text": attempt.text,
    }


def _line(entry: "OutgoingEntry") -> str:
    state = f"{entry.state} ({entry.hold_reason})" if entry.hold_reason else entry.state
    when = f"sent {shown(entry.sent_at)}" if entry.sent_at else f"due {shown(entry.next_attempt_at)}"
    timing = when if entry.sent_at or entry.next_attempt_at else f"since {shown(entry.created_at)}"
    parts = (entry.id, entry.ticket or "no ticket", entry.kind, entry.recipient, state, timing)
    return "  ".join([*map(str, parts), f"attempts {entry.attempts}"])


def _attempt_line(attempt: "AttemptEntry") -> str:
    answer = " ".join(str(each) for each in (attempt.code, attempt.text) if each)
    outcome = attempt.outcome or "under way"
    return f"  {attempt.number}  {shown(attempt.started_at)}  {outcome}  {attempt.phase or ''}  {answer}".rstrip()
